"""Owns the slides of a comparison: verdicts, who gains, bars of KPIs, paths to the targets, cost, a map, sources."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.commands.numbers import format_value
from app.components.path_chart import describe as path_words
from app.components.path_words import bare_figure, spread
from app.components.verdict_words import alone_word, verdict_word, whole_verdict
from app.features.compare.fairness_view import winner_lines
from app.features.compare.target_view import find_paths
from app.fiscal_years import short_year
from app.report.pptx_charts import Bars, Line, Spot, bar_chart, path_chart
from app.report.pptx_deck import ALARM, HIGH_IN, LEAST_PT, SIDE_IN, SOFT, TOP_IN, WIDE_IN, Deck
from app.report.pptx_map import add_map
from app.report.table_book import THOUSAND
from app.report.table_front import (
    about_line,
    alarm_lines,
    city_name,
    distinct,
    foot_lines,
    pair_lines,
    run_name,
    short_name,
    source_words,
    version_line,
)
from app.report.table_strategy import runs_of
from app.report.table_years import Years
from app.text import say
from app.text.notes import translate_notes
from geodata.provenance import STATUS_TEXT, Status, weakest
from scenarios.targets import Verdict
from sim.kpi import KPIS
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path as File

    from app.report.order import Order
    from app.runs import Run
    from scenarios.targets import Path
    from sim.results import KpiRow

SHARES = (
    "catchment_population_share",
    "transit_coverage_share",
    "frequent_stop_share",
    "clinic_within_30min_share",
    "city_office_within_30min_share",
)
"""KPIs that stand as bars beside each other: all shares of residents."""
COST, TAKES = "operating_cost_yen", ("drivers_needed", "vehicle_km_year", "subsidy_yen", "cost_recovery_share")
IN_THOUSANDS = frozenset({"yen", "km"})
LAYERS = ("population", "timetable", "facilities", "targets")
MOST_SENTENCES, MOST_SOURCES = 4, 8
FULL = (SIDE_IN, TOP_IN, WIDE_IN - 2 * SIDE_IN, HIGH_IN - TOP_IN - 0.75)
FOOT = (SIDE_IN, HIGH_IN - 0.6, WIDE_IN - 2 * SIDE_IN, 0.5)
UNHELD = frozenset({Verdict.INFEASIBLE, Verdict.NOT_MET})
ROOM = 2
"""Scenarios that there is room for in words under a path; the others are in the notes of the slide."""


def write_slides(order: Order) -> tuple[File, ...]:
    """Write one deck on all runs of an order."""
    lang, runs = order.lang, distinct(order.runs)
    every = runs_of(order)
    title = say(lang, "deck_title", city=city_name(runs[-1], lang))
    deck = Deck(title, about_line(every, lang), lang)
    told = [run for run in every if not run.is_baseline]
    paths = [path for path in find_paths(order.services, every) if path.judged]
    _opening(deck, order, title, runs)
    if paths and told:
        _verdicts(deck, paths, told, every)
    for reference, run in order.pairs:
        _people(deck, order, reference, run)
    _shares(deck, every)
    for path in paths:
        if any(one.value is not None for one in path.forecasts):
            _path(deck, path, every)
    _cost(deck, every)
    for reference, run in order.pairs:
        add_map(deck, order, reference, run, _notes(every, lang))
    _closing(deck, every)
    return (deck.save(order.folder / "slides.pptx"),)


def _notes(runs: Sequence[Run], lang: str) -> tuple[str, ...]:
    return foot_lines(runs, LAYERS, lang)


def _opening(deck: Deck, order: Order, title: str, runs: Sequence[Run]) -> None:
    lang = deck.lang
    slide = deck.slide(title, _notes(runs, lang))
    lines = [run_name(run, lang) for run in runs]
    deck.text(slide, lines, (SIDE_IN, 1.7, WIDE_IN - 2 * SIDE_IN, 2.4), size=28, bold=True)
    beside = [line for pair in order.pairs for line in pair_lines(*pair, lang)[1:]]
    deck.text(slide, dict.fromkeys(beside), (SIDE_IN, 4.2, WIDE_IN - 2 * SIDE_IN, 1.2))
    deck.text(slide, [say(lang, "deck_disclaimer")], (SIDE_IN, 5.7, WIDE_IN - 2 * SIDE_IN, 0.9), color=SOFT)


def _verdicts(deck: Deck, paths: Sequence[Path], runs: Sequence[Run], every: Sequence[Run]) -> None:
    """Add the table of targets: figure and verdict of each run."""
    lang = deck.lang
    slide = deck.slide(say(lang, "deck_verdicts"), [say(lang, "targets_reading"), *_notes(every, lang)])
    heads = [say(lang, f"strategy_{key}") for key in ("kpi", "baseline", "target")]
    rows = [[*heads, *(short_name(run, lang) for run in runs)]]
    alarms = set()
    for r, path in enumerate(paths, 1):
        row = [path.title.get(lang)]
        row += [_dated(path, point, lang) for point in (path.baseline, path.target)]
        for c, one in enumerate(path.forecasts, len(row)):
            said = (verdict_word(one.verdict, lang), alone_word(one, lang))
            row.append("\n".join((bare_figure(path, one.value, lang), *filter(None, said))))
            if one.verdict in UNHELD:
                alarms.add((r, c))
        rows.append(row)
    room = WIDE_IN - 2 * SIDE_IN
    each = min(2.7, (room - 3.6 - 2 * 1.65) / len(runs))
    widths = [room - 2 * 1.65 - each * len(runs), 1.65, 1.65, *[each] * len(runs)]
    deck.table(slide, rows, widths, TOP_IN, alarms=frozenset(alarms))
    broken = alarm_lines(runs, lang)
    statuses = weakest(one.status for path in paths for one in path.forecasts if one.value is not None)
    high = 0.45 * len(broken)
    deck.text(slide, broken, (SIDE_IN, FOOT[1] - high, room, high), size=LEAST_PT, color=ALARM)
    deck.text(
        slide, [say(lang, "deck_status", status=STATUS_TEXT[statuses].get(lang))], FOOT, size=LEAST_PT, color=SOFT
    )


def _dated(path: Path, point: Any, lang: str) -> str:
    return "—" if point is None else f"{bare_figure(path, point.value, lang)}\n{short_year(point.year)}"


def _people(deck: Deck, order: Order, reference: Run, run: Run) -> None:
    """Add who gains and who loses, in sentences."""
    lang = deck.lang
    lines = [line.get(lang) for line in winner_lines(order.services, reference, run, public=order.public)]
    if not lines:
        return
    title = say(lang, "deck_people", run=short_name(run, lang))
    slide = deck.slide(title, [*pair_lines(reference, run, lang), *lines, *_notes((reference, run), lang)])
    shown = [f"・{line}" if lang == "ja" else f"• {line}" for line in lines[:MOST_SENTENCES]]
    deck.text(slide, shown, FULL, size=24)
    broken = alarm_lines((run,), lang)
    high = 0.45 * len(broken)
    deck.text(slide, broken, (SIDE_IN, FOOT[1] - high, FULL[2], high), size=LEAST_PT, color=ALARM)
    deck.text(slide, pair_lines(reference, run, lang)[-1:], FOOT, size=LEAST_PT, color=SOFT)


def _shares(deck: Deck, runs: Sequence[Run]) -> None:
    """Add bars of the KPIs that are shares of residents."""
    lang = deck.lang
    known = [kpi_id for kpi_id in SHARES if any(math.isfinite(_value(run, kpi_id)) for run in runs)]
    if not known:
        return
    titles = [KPIS[kpi_id].title.get(lang) for kpi_id in known]
    bars = [Bars(short_name(run, lang), tuple(_value(run, kpi_id) for kpi_id in known)) for run in runs]
    words = "; ".join(
        f"{title}: " + ", ".join(f"{one.name} {format_value(one.values[k], 'share', 1, lang)}" for one in bars)
        for k, title in enumerate(titles)
    )
    slide = deck.slide(say(lang, "deck_shares"), [words, *_notes(runs, lang)])
    bar_chart(Spot(slide, FULL, "0.0%", words), titles, bars)
    _status_foot(deck, slide, runs, known)


def _path(deck: Deck, path: Path, runs: Sequence[Run]) -> None:
    """Add the path of a KPI to its target: its chart, and beneath its absolute number in words."""
    lang = deck.lang
    points = [p for p in (path.baseline, path.target, *path.actuals) if p is not None]
    years = Years.spanning([*(p.year for p in points), *(one.year for one in path.forecasts)])
    actual = {p.year: p.value for p in (path.baseline, *path.actuals) if p is not None}
    lines = [
        Line(say(lang, "strategy_line_row"), _along(years, {y: path.line_at(y) for y in years.years}), "line"),
        Line(say(lang, "strategy_actual_row"), _along(years, actual), "actual"),
    ]
    for one in path.forecasts:
        if one.value is not None:
            low, high = (_along(years, {one.year: end}) for end in (one.low, one.high))
            ends = (low, high) if one.low is not None else ((), ())
            lines.append(Line(one.title.get(lang), _along(years, {one.year: one.value}), "run", *ends))
    title = say(lang, "deck_path", kpi=path.title.get(lang))
    said = [_said(path, number, lang) for number in range(len(path.forecasts))]
    slide = deck.slide(title, [path_words(path, lang), say(lang, "strategy_line_note"), *said, *_notes(runs, lang)])
    form = f"0.{'0' * path.decimals}%" if path.unit == "share" else f"#,##0.{'0' * path.decimals}".rstrip(".")
    box = (FULL[0], FULL[1], FULL[2], FULL[3] - 0.8)
    path_chart(Spot(slide, box, form, path_words(path, lang)), [short_year(y) for y in years.years], lines)
    more = [say(lang, "deck_more_runs", n=len(said) - ROOM)] if len(said) > ROOM else []
    deck.text(slide, [*said[-ROOM:], *more], (SIDE_IN, HIGH_IN - 1.5, FULL[2], 1.3), size=LEAST_PT)


def _said(path: Path, number: int, lang: str) -> str:
    """Return what one run says of a KPI, with its absolute number."""
    one, under = path.forecasts[number], path.absolute
    parts = [f"{bare_figure(path, one.value, lang)}", f"({spread(path, one, lang)})" if one.low is not None else ""]
    beneath = None if under is None else under.forecasts[number].value
    if under is not None and beneath is not None:
        parts.append(f"{under.title.get(lang)} {bare_figure(under, beneath, lang)}")
    told = " ".join(part for part in parts if part)
    between = "・" if lang == "ja" else " · "
    verdict = f"{whole_verdict(one, lang)}{between}{STATUS_TEXT[one.status].get(lang)}"
    return f"{one.title.get(lang)} {short_year(one.year)}: {told} {verdict}"


def _along(years: Years, held: Mapping[int, float | None]) -> tuple[float, ...]:
    found = (held.get(year) for year in years.years)
    return tuple(math.nan if value is None else value for value in found)


def _cost(deck: Deck, runs: Sequence[Run]) -> None:
    """Add what the plans cost and take; what cannot be computed is said, not drawn."""
    lang = deck.lang
    names = [short_name(run, lang) for run in runs]
    slide = deck.slide(say(lang, "deck_cost"), [say(lang, "transport_money"), *_notes(runs, lang)])
    values = [_value(run, COST) / THOUSAND for run in runs]
    title = _with_unit(KPIS[COST].title.get(lang), say(lang, "deck_thousand_yen"), lang)
    half = 5.2  # the rest is for a table of up to four runs
    rest = WIDE_IN - 2 * SIDE_IN - half
    top = TOP_IN
    if any(math.isfinite(value) for value in values):
        told = (say(lang, "deck_not_computed") if math.isnan(one) else f"{one:,.0f}" for one in values)
        words = ", ".join(f"{name} {word}" for name, word in zip(names, told, strict=True))
        bars = [Bars(title, tuple(values))]
        deck.text(slide, [title], (SIDE_IN, TOP_IN, half - 0.2, 0.5), size=LEAST_PT, bold=True)
        spot = Spot(slide, (SIDE_IN, TOP_IN + 0.5, half - 0.2, FULL[3] - 0.5), "#,##0", f"{title}: {words}")
        bar_chart(spot, names, bars, upright=True)
    rows = [["", *names]]
    for kpi_id in TAKES:
        spec = KPIS[kpi_id]
        cells = [_takes(run, kpi_id, lang) for run in runs]
        title = spec.title.get(lang)
        unit = say(lang, f"deck_thousand_{spec.unit}") if spec.unit in IN_THOUSANDS else ""
        rows.append([_with_unit(title, unit, lang) if unit else title, *cells])
    first = min(2.7, rest / 2)
    each = (rest - first) / len(runs)
    table = deck.table(slide, rows, [first, *[each] * len(runs)], top)
    from pptx.util import Inches  # noqa: PLC0415 - only where slides are made

    table.left = Inches(SIDE_IN + half)
    missing = [row for run in runs for one in TAKES if (row := _row(run, one)) is not None and row.value is None]
    reasons = dict.fromkeys(part for row in missing for part in translate_notes(row.note, lang))
    below = TOP_IN + table.height / Inches(1) + 0.1
    deck.text(slide, reasons, (SIDE_IN + half, below, rest, 1.0), size=LEAST_PT, color=SOFT)
    _status_foot(deck, slide, runs, (COST, *TAKES))


def _with_unit(title: str, unit: str, lang: str) -> str:
    return f"{title}（{unit}）" if lang == "ja" else f"{title} ({unit})"


def _takes(run: Run, kpi_id: str, lang: str) -> str:
    value, spec = _value(run, kpi_id), KPIS[kpi_id]
    if math.isnan(value):
        return say(lang, "deck_not_computed")
    if spec.unit in IN_THOUSANDS:
        return f"{value / THOUSAND:,.0f}"
    return format_value(value, spec.unit, spec.decimals, lang, bare=True)


def _closing(deck: Deck, runs: Sequence[Run]) -> None:
    """Add how sure the numbers are and where they are from."""
    lang = deck.lang
    slide = deck.slide(say(lang, "deck_sources"), _notes(runs, lang))
    sources = source_words(runs[-1], LAYERS, lang)
    shown = sources[:MOST_SOURCES]
    if len(sources) > len(shown):
        shown.append(say(lang, "deck_more_sources", n=len(sources) - len(shown)))
    deck.text(slide, [foot_lines(runs, LAYERS, lang)[0]], (FULL[0], TOP_IN, FULL[2], 1.2), size=LEAST_PT)
    deck.text(slide, shown, (FULL[0], TOP_IN + 1.25, FULL[2], 3.9), size=LEAST_PT)
    deck.text(slide, [version_line(runs, lang)], FOOT, size=LEAST_PT, color=SOFT)


def _status_foot(deck: Deck, slide: Any, runs: Sequence[Run], kpi_ids: Iterable[str]) -> None:
    rows = [run.rows.get((kpi_id, DEFAULT_SETTING, "all")) for run in runs for kpi_id in kpi_ids]
    known = [row.status for row in rows if row is not None and row.status is not Status.NO_DATA]
    told = STATUS_TEXT[weakest(known) if known else Status.NO_DATA].get(deck.lang)
    deck.text(slide, [say(deck.lang, "deck_status", status=told)], FOOT, size=LEAST_PT, color=SOFT)


def _value(run: Run, kpi_id: str) -> float:
    """Return a KPI of the whole city under its default setting; NaN without one."""
    row = _row(run, kpi_id)
    return math.nan if row is None or row.value is None else row.value


def _row(run: Run, kpi_id: str) -> KpiRow | None:
    return run.rows.get((kpi_id, DEFAULT_SETTING, "all"))
