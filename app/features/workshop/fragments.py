"""Owns the pieces that wall and phones have in common, as escaped HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.features.workshop.themes import theme_word
from app.features.workshop.wall_figures import Figure, Shown
from app.import_report.markup import esc, tag
from app.text import say
from app.theme import STATUS_CLASS
from geodata.provenance import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.features.workshop.moderation import Voice
    from app.features.workshop.summary import Count
    from app.features.workshop.wall_map import Picture


THUMB = "M2 11h4v10H2zM8 21V11l4-9c2 0 3 1.4 3 3l-.8 4H20c1.4 0 2.3 1.2 2 2.5l-1.9 7.7c-.3 1.1-1 1.8-2.2 1.8z"
PLACE = "M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zm0 9.5a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5z"


def icon(kind: str) -> str:
    """Return a sign as a drawing: not every machine in a city hall has the letters for it."""
    turned = ' transform="rotate(180 12 12)"' if kind == "down" else ""
    path = PLACE if kind == "pin" else THUMB
    return f'<svg class="icon icon-{kind}" viewBox="0 0 24 24" aria-hidden="true"><path d="{path}"{turned}/></svg>'


def figure_card(figure: Figure, lang: str) -> str:
    """Return one leading figure; sign, word and colour say the same."""
    badge = tag("span", esc(figure.status_word), class_=f"badge status-{STATUS_CLASS[Status(figure.status)]}")
    head = tag("p", tag("span", esc(figure.title)) + badge, class_="fig-title")
    value = tag("b", esc(figure.value)) + tag("span", esc(figure.unit), class_="fig-unit")
    parts = [head, tag("p", value, class_="fig-value")]
    if figure.change:
        parts.append(tag("p", esc(figure.change), class_=f"fig-change {figure.tone}"))
    if figure.remark:
        parts.append(tag("p", esc(figure.remark), class_="fig-remark"))
    if figure.beside:
        parts.append(tag("p", esc(say(lang, "ws_beside", value=figure.beside)), class_="fig-beside"))
    if figure.verdict:
        parts.append(tag("p", esc(figure.verdict), class_="fig-verdict"))
    return tag("li", "".join(parts), class_="fig")


def figure_list(figures: Iterable[Figure], lang: str) -> str:
    """Return leading figures as a list."""
    return tag("ul", "".join(figure_card(figure, lang) for figure in figures), class_="figs")


def head_of(shown: Shown, level: str, lang: str) -> str:
    """Return title, year, how firm the plan is, what changes in one sentence, and which limit it breaks."""
    against = esc(say(lang, "ws_against", other=shown.against)) if shown.against else ""
    labels = [tag("span", esc(shown.year)), tag("span", esc(shown.plan), class_="plan")]
    labels += [tag("span", against)] if against else []
    parts = [tag(level, esc(shown.title)), tag("p", "".join(labels), class_="labels")]
    parts.append(tag("p", esc(shown.sentence), class_="sentence"))
    if shown.warning:
        parts.append(tag("p", f"⚠ {esc(shown.warning)}", class_="warning"))
    return "".join(parts)


def legend(picture: Picture, lang: str) -> str:
    """Return what the colours of a map mean."""
    rows = "".join(
        tag("li", f'<i style="background:{esc(color)}"></i>{esc(label)}')
        for color, label in zip(picture.colors, picture.labels, strict=True)
    )
    title = say(
        lang, "ws_map_change" if picture.is_difference else "ws_map_level", title=picture.metric.label.get(lang)
    )
    hidden = tag("p", esc(say(lang, "ws_hidden_cells")), class_="small")
    return tag("p", esc(title), class_="legend-title") + tag("ul", rows, class_="classes") + hidden


def tally(count: Count, lang: str) -> str:
    """Return the votes on a scenario as two bars with their numbers."""
    most = max(count.total, 1)
    rows = [
        tag(
            "li",
            tag("span", icon(kind) + esc(say(lang, key)), class_="tally-word")
            + tag("span", f'<i style="width:{100 * number / most:.0f}%"></i>', class_=f"tally-bar {kind}")
            + tag("b", esc(say(lang, "ws_votes", n=number))),
        )
        for key, kind, number in (("ws_up", "up", count.up), ("ws_down", "down", count.down))
    ]
    return tag("ul", "".join(rows), class_="tally")


def voice_list(voices: Sequence[Voice], districts: Mapping[str, str], lang: str) -> str:
    """Return approved voices, the latest first."""
    if not voices:
        return tag("p", esc(say(lang, "ws_no_voices")), class_="quiet")
    return tag("ul", "".join(voice_item(voice, districts, lang) for voice in reversed(voices)), class_="voices")


def voice_item(voice: Voice, districts: Mapping[str, str], lang: str) -> str:
    """Return one voice: theme, words, place; line breaks stay."""
    labels = [tag("span", esc(theme_word(voice.theme, lang)), class_="theme")] if voice.theme else []
    if voice.place:
        labels.append(tag("span", icon("pin") + esc(districts.get(voice.place, voice.place)), class_="where"))
    text = esc(voice.text).replace("\n", "<br>") or esc(say(lang, "ws_pin_only"))
    return tag("li", tag("p", text, class_="words") + tag("p", "".join(labels), class_="labels"))


def disclaimer(lang: str) -> str:
    """Return what must stand beside every count of participants."""
    return tag("p", esc(say(lang, "ws_disclaimer")), class_="disclaimer")
