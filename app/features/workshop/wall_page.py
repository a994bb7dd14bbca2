"""Owns the projector's view: one step of the story at a time, to be read from the back of the room."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from app.features.workshop import fragments
from app.features.workshop.moderation import APPROVED, list_voices
from app.features.workshop.phone_page import document, map_url
from app.features.workshop.story import build_story
from app.features.workshop.turnout import phone_counts
from app.features.workshop.venue import draw_code, join_addresses, own_addresses, start_commands
from app.features.workshop.wall_map import draw_pins, pin_sign
from app.import_report.markup import esc, tag
from app.text import say
from geodata.errors import Text

if TYPE_CHECKING:
    from app.features.workshop.board import Workshop
    from app.features.workshop.room import Room
    from app.runs import Run
    from app.settings import Settings

MOST_VOICES = 9
"""What fits on a wall in letters that can be read."""


@dataclass(frozen=True, slots=True)
class WallView:
    """What the projector shows now; whether all follow it, or the workshop is over and each looks for himself."""

    revision: int
    is_open: bool
    step: int
    steps: int
    title: str
    body: str
    foot: str

    def to_plain(self) -> dict[str, object]:
        """Return it as it is sent."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def build_view(room: Room, workshop: Workshop, settings: Settings, lang: str, look: int | None = None) -> WallView:
    """Return the step that is on the wall, or another one that only this projector looks at."""
    workshop = workshop if look is None else replace(workshop, step=max(look, 0))
    runs = room.services.list_runs()
    number, step = room.step_of(workshop)
    run = runs.get(step.run_id)
    if run is None:
        over = step.kind == "join" and not workshop.is_open
        title = say(lang, "ws_closed" if over else f"ws_step_{step.kind}")
        body = _join(workshop, settings, lang) if step.kind == "join" else _voices(room, workshop, lang)
    else:
        title = run.title.get(lang)
        body = _map(room, workshop, run, lang) if step.kind == "map" else _figures(room, workshop, run, lang)
    foot = _foot(room, workshop, lang)
    return WallView(workshop.revision, workshop.is_open, number, len(build_story(workshop, runs)), title, body, foot)


def build_wall(
    room: Room, workshop: Workshop, settings: Settings, lang: str, assets: dict[str, str], token: str
) -> str:
    """Return the whole page of the projector."""
    view = build_view(room, workshop, settings, lang)
    runs = room.services.list_runs()
    back = f"/workshop?w={workshop.workshop_id}&lang={lang}"
    buttons = [
        tag("button", f"◀ {esc(say(lang, 'ws_back'))}", type="button", id="back"),
        tag("span", "", id="place", role="status"),
        tag("button", f"{esc(say(lang, 'ws_next'))} ▶", type="button", id="next"),
        tag("button", esc(say(lang, "ws_end")), type="button", id="end"),
    ]
    head = tag("h1", tag("span", "駅勢", class_="logo", aria_hidden="true") + esc(workshop.title))
    body = [
        tag("header", head + tag("nav", "".join(buttons), aria_label=say(lang, "ws_story"))),
        tag("main", view.body, id="stage", aria_live="polite", tabindex="0"),
        tag("footer", view.foot, id="foot"),
        _over(back, lang),
    ]
    return document(
        f"{workshop.title} – {say(lang, 'ws_wall')}",
        "".join(body),
        lang,
        assets,
        ("wall_js",),
        class_="wall",
        data_workshop=workshop.workshop_id,
        data_token=token,
        data_revision=str(view.revision),
        data_step=str(view.step),
        data_steps=str(view.steps),
        data_lang=lang,
        data_open=str(int(workshop.is_open)),
        data_maps=json.dumps([map_url(room, workshop, runs[run], lang) for run in workshop.runs if run in runs]),
    )


def _over(back: str, lang: str) -> str:
    """Return what is left on the wall once projecting has ended: nothing that only a facilitator may see."""
    again = tag("button", esc(say(lang, "ws_project_again")), type="button", id="again")
    desk = tag("a", esc(say(lang, "ws_to_desk")), href=back, rel="noopener")
    told = tag("h1", esc(say(lang, "ws_projected")), id="over-title", tabindex="-1")
    told += tag("p", esc(say(lang, "ws_projected_help"))) + tag("p", again + desk, class_="ways")
    return f'<main id="over" aria-labelledby="over-title" hidden>{told}</main>'


def join_sign(workshop: Workshop, settings: Settings, lang: str) -> str:
    """Return QR code, address and code; where phones cannot come, why, and how to let them."""
    found = join_addresses(settings.listen_host, settings.listen_port, workshop.code, own_addresses())
    if not found:
        lines = "".join(tag("code", esc(one)) for one in start_commands(settings.listen_port, lang))
        told = tag("p", tag("b", esc(say(lang, "ws_alone"))))
        told += tag("p", esc(say(lang, "ws_alone_help"))) + tag("p", lines, class_="commands")
        return tag("div", told, class_="alone", role="note")
    alt = say(lang, "ws_qr", address=found[0])
    picture = tag("div", draw_code(found[0], Text(alt, alt), lang), class_="qr-box")
    return picture + tag("p", esc(found[0]), class_="address")


def _join(workshop: Workshop, settings: Settings, lang: str) -> str:
    """Return how to join; of a workshop that is over, what a phone can still do."""
    question = tag("p", esc(workshop.question), class_="question") if workshop.question else ""
    if not workshop.is_open:
        told = tag("p", esc(say(lang, "ws_refused_closed")))
        return tag("div", tag("div", tag("h2", esc(workshop.title)) + question + told), class_="join over")
    code = tag("p", esc(say(lang, "ws_code")) + tag("b", esc(workshop.code), class_="code"), class_="code-line")
    steps = "".join(tag("li", esc(say(lang, f"ws_join_{k}"))) for k in (1, 2, 3))
    right = tag("h2", esc(workshop.title)) + question + tag("ol", steps) + code
    right += tag("p", esc(say(lang, "ws_notice_short")), class_="small")
    return tag(
        "div", tag("div", join_sign(workshop, settings, lang), class_="sign-box") + tag("div", right), class_="join"
    )


def _figures(room: Room, workshop: Workshop, run: Run, lang: str) -> str:
    shown = room.show(workshop, run, lang)
    head = tag("div", fragments.head_of(shown, "h2", lang), class_="headline")
    return tag("div", head + fragments.figure_list(shown.figures, lang), class_="figures")


def _map(room: Room, workshop: Workshop, run: Run, lang: str) -> str:
    shown = room.show(workshop, run, lang)
    picture = room.paint(run, lang)
    alt = say(lang, "ws_map_alt", title=shown.title, metric=picture.metric.label.get(lang))
    image = f'<img src="{esc(map_url(room, workshop, run, lang))}" alt="{esc(alt)}">'
    voices = list_voices(room.database, workshop.workshop_id, APPROVED)
    pins = draw_pins(room.services.city, [one for one in voices if one.run_id == run.run_id])
    side = fragments.head_of(shown, "h2", lang) + fragments.legend(picture, lang)
    side += tag("p", pin_sign() + esc(say(lang, "ws_pin_means")), class_="pin-key") if pins else ""
    left = run.compare_to or run.run_id
    mode = "diff" if picture.is_difference else "side"
    link = (
        f"/compare?l={quote(left)}&r={quote(run.run_id)}&m={quote(picture.metric.column)}"
        f"&v={mode}&pub=1&p=1&lang={lang}"
    )
    side += tag("p", tag("a", esc(say(lang, "ws_open_compare")), href=link, target="_blank", rel="noopener"))
    return tag("div", tag("figure", image + pins) + tag("div", side, class_="side"), class_="mapped")


def _voices(room: Room, workshop: Workshop, lang: str) -> str:
    runs = room.services.list_runs()
    summary = room.summary(workshop)
    rows = "".join(
        tag("li", tag("h3", esc(runs[run_id].title.get(lang))) + fragments.tally(count, lang))
        for run_id, count in summary.runs.items()
        if run_id in runs and not runs[run_id].is_baseline
    )
    voices = list_voices(room.database, workshop.workshop_id, APPROVED)[-MOST_VOICES:]
    left = tag("h2", esc(say(lang, "ws_votes_title"))) + tag("ul", rows, class_="counts")
    right = tag("h2", esc(say(lang, "ws_voices"))) + fragments.voice_list(voices, room.districts(lang), lang)
    return tag("div", tag("div", left + fragments.disclaimer(lang)) + tag("div", right), class_="spoken")


def _foot(room: Room, workshop: Workshop, lang: str) -> str:
    turnout = room.board.turnout(workshop.workshop_id)
    parts = [
        *([say(lang, "ws_code") + " " + workshop.code] if workshop.is_open else []),
        *phone_counts(turnout, lang),
        say(lang, "ws_votes_all", n=turnout.votes),
        say(lang, "ws_voices_all", n=turnout.approved),
    ]
    if not workshop.is_open:
        parts.append(say(lang, "ws_closed"))
    counts = "".join(tag("span", esc(part)) for part in parts)
    return tag("p", counts, class_="counts-line") + tag("p", esc(say(lang, "ws_modelled")), class_="credit")
