"""Owns the look of the live numbers: each KPI with what it was, how it moved, or why it cannot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dash import html

from app.components.attributes import marked
from app.components.badges import status_badge
from app.components.kpi_card import JUDGED
from app.features.compare.cards import difference, is_zero, show, still_words, unit_of
from app.rounding import rounding_words
from app.text import say
from geodata.provenance import weakest
from sim.kpi import KPIS, Judgement, KpiSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.engine_result import LiveResult
    from app.features.edit.live import Told
    from geodata.targets import Targets
    from sim.results import KpiRow

OFFICIAL = "target"


def build_cards(told: Told | None, targets: Targets, lang: str) -> list[Any]:
    """Return the numbers known so far, those still to come, and why others cannot move."""
    result = None if told is None else told.result
    if told is None or result is None:
        word = "edit_refused" if told is not None and told.refused else "edit_first"
        return [_head(told, lang), html.P(say(lang, word), className="edit-none", role="status")]
    rows = [row for row in result.rows if row.group == "all" and row.kpi_id in KPIS]
    alike = is_alike(result, rows)
    rows.sort(key=lambda row: _tier(row, result, targets))
    cards = [_card(row, result, targets, lang, alike=alike) for row in rows]
    known = {row.kpi_id for row in rows}
    waiting = [_waiting(KPIS[kpi], lang) for kpi in result.pending if kpi in KPIS and kpi not in known]
    refused = [html.P(say(lang, "edit_refused"), className="edit-problem edit-problem-error")] if told.refused else []
    return [
        _head(told, lang),
        *refused,
        *([html.P(say(lang, "edit_alike"), className="edit-help")] if alike else _definitions(result, lang)),
        *_phase(rows, result, lang),
        *_rounding(rows, result, lang),
        html.Div([*cards, *waiting], className="deck"),
        *([] if alike else _still(result, known, lang)),
    ]


def is_alike(result: LiveResult, rows: Sequence[KpiRow]) -> bool:
    """Tell whether nothing differs from what it compares with: every KPI stays, and for one and the same reason."""
    from scenarios.reactions import NO_PLAN  # noqa: PLC0415 -- brings the models

    reasons = {result.unmoved.get(row.kpi_id) for row in rows}
    return len(reasons - set(NO_PLAN.values())) == 1 and None not in reasons


def _tier(row: KpiRow, result: LiveResult, targets: Targets) -> int:
    """Return where a card stands: what moves first, then official figures, then the rest, in the engine's order."""
    change = difference(result.row(row.kpi_id, against=True), row)
    if change is not None and not is_zero(KPIS[row.kpi_id], change):
        return 0
    return 1 if targets.find(row.kpi_id, OFFICIAL) is not None else 2


def _definitions(result: LiveResult, lang: str) -> list[Any]:
    """Return that the definitions of the catchment do not agree, where they do not."""
    words = result.definitions.get(lang)
    return [html.P(f"⚠ {words}", className="kpi-warning")] if words else []


def _phase(rows: Sequence[KpiRow], result: LiveResult, lang: str) -> list[Any]:
    """Return once that what moved may be of the phase of headways, where anything did that may be."""
    for row in rows:
        change = difference(result.row(row.kpi_id, against=True), row)
        if row.kpi_id in result.by_phase and change is not None and not is_zero(KPIS[row.kpi_id], change):
            return [html.P(say(lang, "edit_phase"), className="edit-help")]
    return []


def _rounding(rows: Sequence[KpiRow], result: LiveResult, lang: str) -> list[Any]:
    """Return once why some change is not the difference of the two values beside it, as printed."""
    pairs = [(result.row(row.kpi_id, against=True), row, KPIS[row.kpi_id]) for row in rows]
    sums = (
        (show(spec, before.value), show(spec, difference(before, row), signed=True), show(spec, row.value))
        for before, row, spec in pairs
        if before is not None
    )
    return [html.P(words, className="edit-help") for words in rounding_words(sums, lang)]


def _head(told: Told | None, lang: str) -> html.Div:
    result = None if told is None else told.result
    against = "" if result is None else result.against_title.get(lang) or result.against
    words: list[Any] = [html.H2(say(lang, "edit_numbers"))]
    if against:
        words.append(html.P(say(lang, "edit_against", name=against), className="edit-against"))
    return html.Div(words, className="cards-head", **marked(of="" if told is None else told.of))


def _card(row: KpiRow, result: LiveResult, targets: Targets, lang: str, *, alike: bool) -> html.Article:
    spec, before = KPIS[row.kpi_id], result.row(row.kpi_id, against=True)
    statuses = [one.status for one in (row, before) if one is not None]
    parts: list[Any] = [
        html.Div(
            [html.H3(spec.title.get(lang), className="kpi-title"), status_badge(weakest(statuses), lang)],
            className="kpi-head",
        ),
        html.Div(
            [
                html.Span(
                    [
                        html.Span(show(spec, row.value), className="kpi-value"),
                        html.Span(unit_of(spec, lang), className="kpi-unit"),
                    ]
                ),
                *_change(spec, before, row, result, lang),
            ],
            className="kpi-main",
        ),
        html.Div(_beside(spec, before, targets, lang), className="kpi-beside"),
    ]
    reason = result.unmoved.get(row.kpi_id)
    if reason is not None and not alike:
        parts.append(html.P(say(lang, "edit_stays", reason=reason.get(lang)), className="kpi-still"))
    return html.Article(parts, className="kpi edit-kpi", **marked(kpi=row.kpi_id))


def _change(spec: KpiSpec, before: KpiRow | None, row: KpiRow, result: LiveResult, lang: str) -> list[Any]:
    change = difference(before, row)
    if change is None:
        return [html.Span(say(lang, "no_value"), className="pill none")]
    if is_zero(spec, change):
        was, now = (show(spec, None if one is None else one.value) for one in (before, row))
        return [html.Span(still_words(was, now, lang), className="pill none")]
    amount = f"{'▲' if change > 0 else '▼'} {show(spec, change, signed=True)} {unit_of(spec, lang, signed=True)}"
    judged = result.judgements.get((row.kpi_id, row.group))
    if judged is Judgement.WITHHELD:
        return [html.Span(amount, className="pill none"), html.Span(say(lang, "withheld"), className="kpi-note")]
    word = JUDGED.get(judged, "") if judged is not None else ""
    tone = word or "none"
    word = word or ("increase" if change > 0 else "decrease")
    return [html.Span([amount, html.Span(say(lang, word), className="verdict")], className=f"pill {tone}")]


def _beside(spec: KpiSpec, before: KpiRow | None, targets: Targets, lang: str) -> list[Any]:
    parts = []
    if before is not None and before.value is not None and not math.isnan(before.value):
        parts.append(html.Span(say(lang, "edit_before", value=show(spec, before.value), unit=unit_of(spec, lang))))
    target = targets.find(spec.kpi_id, OFFICIAL)
    if target is not None:
        words = say(lang, "edit_target", value=show(spec, target.value), unit=unit_of(spec, lang), year=target.year)
        parts.append(html.Span(words))
    return parts


def _waiting(spec: KpiSpec, lang: str) -> html.Article:
    title = html.H3(spec.title.get(lang), className="kpi-title")
    return html.Article(
        [html.Div([title], className="kpi-head"), html.P(say(lang, "edit_pending"), className="edit-pending")],
        className="kpi edit-kpi waiting",
        **marked(kpi=spec.kpi_id),
    )


def _still(result: LiveResult, shown: Iterable[str], lang: str) -> list[Any]:
    """Return the other KPIs that nothing here can move, each with its reason."""
    items = [
        html.Li([html.B(KPIS[kpi].title.get(lang)), html.Span(reason.get(lang), className="edit-reason")])
        for kpi, reason in result.unmoved.items()
        if kpi in KPIS and kpi not in set(shown)
    ]
    if not items:
        return []
    title = html.Summary(say(lang, "edit_unmoved", count=len(items)))
    return [html.Details([title, html.Ul(items, className="edit-unmoved")], className="edit-still")]
