"""Owns the look of one KPI card."""

from __future__ import annotations

import math
from typing import Any

from dash import html

from app.components.attributes import aria
from app.components.badges import status_badge
from app.components.verdict_words import alone_word, verdict_class, verdict_word
from app.features.compare.cards import Card, Official, is_zero, show, still_words, unit_of
from app.fiscal_years import era
from app.text import say
from app.text.notes import card_notes, translate_notes
from geodata.provenance import weakest
from sim.kpi import Judgement
from sim.results import KpiRow
from sim.uncertainty.paired import DISTINGUISHABLE, NOT_DISTINGUISHABLE

JUDGED = {Judgement.IMPROVED: "improved", Judgement.WORSE: "worsened"}
SURE = {DISTINGUISHABLE: "sure_yes", NOT_DISTINGUISHABLE: "sure_no"}
UNJUDGED = {Judgement.WITHHELD: "withheld", Judgement.DEFINITION: "definition_matters"}
"""Judgements that go before what the draws say → how they are worded."""
RAIL_PAD = 0.18


def kpi_card(card: Card, lang: str, card_id: dict[str, str]) -> html.Button:
    """Return a card as one button; pressing it opens the explanation."""
    title = card.spec.title.get(lang)
    parts: list[Any] = [
        html.Span([html.Span(title, className="kpi-title"), _badge(card, lang)], className="kpi-head"),
        html.Span(
            [
                html.Span(
                    [
                        html.Span(show(card.spec, _value(card.right)), className="kpi-value"),
                        html.Span(unit_of(card.spec, lang), className="kpi-unit"),
                    ]
                ),
                *_change(card, lang),
            ],
            className="kpi-main",
        ),
        *_sureness(card, lang),
        html.Span([*_interval(card, lang), *_left(card, lang), *_companion(card, lang)], className="kpi-beside"),
    ]
    if card.official:
        parts.append(_official(card, lang))
    if card.split is not None:
        parts.append(_split(card, lang))
    parts.extend(_notes(card, lang))
    return html.Button(parts, id=card_id, className="kpi", type="button", title=say(lang, "kpi_open", title=title))


def _value(row: KpiRow | None) -> float | None:
    return None if row is None else row.value


def _badge(card: Card, lang: str) -> html.Span:
    rows = [row for row in (card.left, card.right) if row is not None]
    return status_badge(weakest(row.status for row in rows), lang)


def _companion(card: Card, lang: str) -> list[Any]:
    if card.companion is None:
        return []
    spec, _, right = card.companion
    text = f"{show(spec, _value(right))} {unit_of(spec, lang)}"
    return [html.Span(text, className="kpi-companion", title=spec.title.get(lang))]


def _interval(card: Card, lang: str) -> list[Any]:
    """Return both lines of uncertainty of the right value, where the run has them."""
    lines = (("interval", card.interval), ("interval_other", card.other_ends if card.interval else None))
    return [
        html.Span(say(lang, key, ends=_ends(card, ends)), className="kpi-interval", title=say(lang, f"{key}_help"))
        for key, ends in lines
        if ends is not None
    ]


def _ends(card: Card, ends: tuple[float, float]) -> str:
    low, high = (show(card.spec, end) for end in ends)
    return low if low == high else f"{low}–{high}"


def _left(card: Card, lang: str) -> list[Any]:
    if _value(card.left) is None:
        return []
    return [html.Span(say(lang, "left_value", value=show(card.spec, _value(card.left))), className="kpi-left")]


def _change(card: Card, lang: str) -> list[Any]:
    change = card.change
    if change is None:
        return [html.Span(say(lang, "no_value"), className="pill none")]
    if is_zero(card.spec, change):
        still = still_words(show(card.spec, _value(card.left)), show(card.spec, _value(card.right)), lang)
        return [html.Span(still, className="pill none")]
    arrow = "▲" if change > 0 else "▼"
    amount = f"{arrow} {show(card.spec, change, signed=True)} {unit_of(card.spec, lang, signed=True)}"
    tone, word = tone_of(card, change)
    if tone == "withheld":
        return [
            html.Span(amount, className="pill none"),
            html.Span(say(lang, word), className="kpi-note kpi-withheld"),
        ]
    return [html.Span([amount, html.Span(say(lang, word), className="verdict")], className=f"pill {tone}")]


def _sureness(card: Card, lang: str) -> list[Any]:
    """Return whether the two runs can be told apart by this KPI, and within which ends the difference lies."""
    sure = card.sureness
    change = card.change
    if sure is None or sure.verdict not in SURE or change is None or is_zero(card.spec, change):
        return []
    if card.judgement in UNJUDGED:
        return []  # the card says why nothing is judged
    low, high = (show(card.spec, end, signed=True) for end in sure.ends)
    word = html.Span(say(lang, SURE[sure.verdict]), className=f"sure sure-{sure.verdict}")
    ends = html.Span(say(lang, "change_between", low=low, high=high), className="sure-ends")
    return [html.Span([word, ends], className="kpi-sure", title=say(lang, "sure_help"))]


def tone_of(card: Card, change: float) -> tuple[str, str]:
    """
    Return the class and the word of a change.

    The judgement says it: nothing is called better where only the denominator moved, where boardings rise by changes
    alone, where the definition decides, or where draws and definitions cannot tell the two runs apart.
    """
    if card.judgement is Judgement.WITHHELD:
        return "withheld", "withheld"
    if card.judgement in JUDGED:
        word = JUDGED[card.judgement]
        return word, word
    word = "increase" if change > 0 else "decrease"
    return "none", f"{word}_changes" if card.judgement is Judgement.UNPROVEN else word


def _official(card: Card, lang: str) -> html.Span:
    unit = unit_of(card.spec, lang)
    words = [
        html.Span(
            [f"{say(lang, f.kind, era=era(f.year, lang))} ", html.B(f"{show(card.spec, f.value)} {unit}")],
            className=f"official-{f.kind}",
        )
        for f in card.official
    ]
    reached = []
    if card.reached is not None:
        verdict = card.reached.verdict
        reached = [html.Span(verdict_word(verdict, lang), className=f"target-verdict {verdict_class(verdict)}")]
        reached += [html.Span(word, className="kpi-alone") for word in (alone_word(card.reached, lang),) if word]
    scale = _scale(card, card.official)
    return html.Span([scale, html.Span([*words, *reached], className="official-words")], className="official")


def _scale(card: Card, official: tuple[Official, ...]) -> html.Span:
    marks = {f.kind: f.value for f in official}
    marks |= {name: v for name, v in (("left", _value(card.left)), ("right", _value(card.right))) if v is not None}
    lines = [("rail-other", card.other_ends if card.interval else None), ("rail-band", card.interval)]
    bands = [(name, line) for name, line in lines if line is not None and all(map(math.isfinite, line))]
    every = [*marks.values(), *(end for _, line in bands for end in line)]
    low, high = min(every), max(every)
    pad = (high - low) * RAIL_PAD or 1.0
    at = {name: 100 * (value - low + pad) / (high - low + 2 * pad) for name, value in marks.items()}
    ticks = [html.Span(className=f"mark mark-{name}", style={"left": f"{x:.1f}%"}) for name, x in at.items()]
    drawn = []
    for name, line in bands:
        a, b = (100 * (value - low + pad) / (high - low + 2 * pad) for value in line)
        drawn.append(html.Span(className=name, style={"left": f"{a:.1f}%", "width": f"{b - a:.1f}%"}))
    return html.Span([*drawn, *ticks], className="rail", **aria(hidden="true"))


def _split(card: Card, lang: str) -> html.Span:
    split = card.split
    if split is None:
        return html.Span()
    parts = [("split_demographic", split.demographic), ("split_policy", split.policy)]
    if not is_zero(card.spec, split.apparent):
        parts.append(("split_apparent", split.apparent))
    words = [
        html.Span([say(lang, key), " ", html.B(show(card.spec, value, signed=True))], className=key)
        for key, value in parts
    ]
    return html.Span([html.Span(say(lang, "split"), className="split-title"), *words], className="split")


def _notes(card: Card, lang: str) -> list[Any]:
    notes = []
    if card.verdict.ja:
        notes.append(html.Span(f"⚠ {say(lang, 'definition_matters')}", className="kpi-warning"))
    if card.reaction is not None and not card.reaction.reacts and card.change is not None and not card.change:
        reason = card.reaction.reason.get(lang)
        notes.append(html.Span(say(lang, "cannot_react", reason=reason), className="kpi-still"))
    if card.judgement is Judgement.UNPROVEN:
        notes.append(html.Span(say(lang, "unproven_reason"), className="kpi-note"))
    note = card.right.note if card.right is not None else ""
    beside = card.left.note if card.left is not None else ""
    words = card_notes(note, lang, other_year=card.split is not None, left=beside, names=card.names)
    if _value(card.right) is None:
        words = translate_notes(note, lang, card.names)
    return [*notes, *(html.Span(text, className="kpi-note") for text in words)]
