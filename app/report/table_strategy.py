"""Owns 総合戦略 KPI検証シート: verdicts, figures year by year with cells to fill in, and KPIs that no model claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.components.path_words import cautions_of, premise_of
from app.components.verdict_words import alone_word, verdict_word
from app.features.compare.target_view import entered_figures, find_paths
from app.fiscal_years import short_year
from app.report.table_book import Book, Cell, Column, Entry, Sheet
from app.report.table_front import about_line, alarm_lines, city_name, distinct, foot_lines, run_name, sources_sheet
from app.report.table_years import Years, form_of, path_figure, path_unit, points_by_year
from app.text import say
from geodata.provenance import STATUS_TEXT
from scenarios.targets import DEFINITION, DRAWS, judge_actual

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as File

    from app.report.order import Order
    from app.runs import Run
    from geodata.targets import Targets
    from scenarios.targets import Forecast, Path

    Row = tuple[Cell, ...]

LAYERS = ("targets", "population", "timetable", "facilities")


@dataclass(frozen=True, slots=True)
class _Front:
    """What all sheets of the workbook have over and under their tables."""

    title: str
    lead: tuple[str, ...]
    alarms: tuple[str, ...]
    foot: tuple[str, ...]


def write_strategy(order: Order) -> tuple[File, ...]:
    """Write the sheet of all runs in one workbook."""
    from app.report.xlsx_book import write_book  # noqa: PLC0415 - only for workbooks

    return (write_book(strategy_book(order), order.folder / "strategy-kpi.xlsx"),)


def runs_of(order: Order) -> tuple[Run, ...]:
    """Return the runs of an order after what they are compared with; the city as it is holds the baselines."""
    pairs = order.pairs
    return distinct([*(reference for reference, _ in pairs), *(run for _, run in pairs)])


def strategy_book(order: Order) -> Book:
    """Return the workbook."""
    lang, runs = order.lang, runs_of(order)
    paths = find_paths(order.services, runs)
    figures, wrong = entered_figures(order.services)
    told = [run for run in runs if not run.is_baseline]
    lead = [say(lang, "book_about_runs", runs="／".join(run_name(run, lang) for run in (told or runs)))]
    alarms = list(alarm_lines(runs, lang))
    alarms += [say(lang, "strategy_actuals_wrong", text=" ".join(wrong.split()))] if wrong else []
    foot = (say(lang, "targets_reading"), *foot_lines(runs, LAYERS, lang))
    judged, reference = ([p for p in paths if p.judged is flag] for flag in (True, False))
    title = f"{say(lang, 'strategy_title')}: {city_name(runs[-1], lang)}"
    front = _Front(title, tuple(lead), tuple(alarms), foot)
    sheets = (
        _verdict_sheet(judged, told, lang, front),
        _yearly_sheet(judged, figures, lang, front),
        _reference_sheet(reference, figures, lang, front),
        sources_sheet(runs, lang),
    )
    return Book(title, about_line(runs, lang), sheets, lang)


# ---------------------------------------------------------------- verdicts


def _verdict_sheet(paths: list[Path], runs: list[Run], lang: str, front: _Front) -> Sheet:
    keys = (
        ("kpi", 30), ("unit", 10), ("baseline", 11), ("year", 7), ("actual", 11), ("year", 7), ("standing", 14),
        ("target", 11), ("year", 7), ("run", 20), ("run_year", 7), ("value", 11), ("low", 10), ("high", 10),
        ("low", 10), ("high", 10), ("verdict", 18), ("cautions", 44), ("status", 11),
    )  # fmt: skip
    texts = {"kpi", "unit", "year", "standing", "run", "run_year", "verdict", "cautions", "status"}
    rows = [row for path in paths for row in _verdict_rows(path, runs, lang)]
    return Sheet(
        name=say(lang, "strategy_verdicts"),
        title=f"{front.title} — {say(lang, 'strategy_verdicts')}",
        lead=front.lead,
        alarms=front.alarms,
        columns=tuple(Column(say(lang, f"strategy_{key}"), width, right=key not in texts) for key, width in keys),
        bands=(
            ("", 2), (say(lang, "strategy_band_official"), 7), (say(lang, "strategy_band_run"), 3),
            (say(lang, "line_draws"), 2), (say(lang, "line_definition"), 2), ("", 3),
        ),
        rows=tuple(rows),
        notes=(say(lang, "strategy_absolute_note"), *front.foot),
    )  # fmt: skip


def _verdict_rows(path: Path, runs: list[Run], lang: str) -> Iterator[Row]:
    under = path.absolute
    for number in range(max(len(runs), 1)):
        forecast = path.forecasts[number] if path.forecasts else None
        yield _verdict_row(path, forecast, lang, path.title.get(lang))
        if under is not None:
            beneath = under.forecasts[number] if under.forecasts else None
            yield _verdict_row(under, beneath, lang, say(lang, "strategy_absolute", title=under.title.get(lang)))


def _verdict_row(path: Path, forecast: Forecast | None, lang: str, title: str) -> Row:
    official = [
        cell
        for point in (path.baseline, path.latest)
        for cell in (path_figure(path, None if point is None else point.value, lang), _year(point))
    ]
    official.append(judge_actual(path).get(lang))
    official += [path_figure(path, path.target.value if path.target else None, lang), _year(path.target)]
    head: list[Cell] = [title, path_unit(path, lang), *official]
    if forecast is None:
        return (*head, *[""] * 10)
    lines = {line: next((i for i in forecast.intervals if i.line == line), None) for line in (DRAWS, DEFINITION)}
    ends = [
        path_figure(path, end, lang)
        for one in lines.values()
        for end in ((None, None) if one is None else (one.low, one.high))
    ]
    verdict = _verdict(forecast, lang) if path.judged else ""
    beside = [*(text.get(lang) for text in forecast.broken), premise_of(forecast, lang), *cautions_of(forecast, lang)]
    cautions = [text for text in beside if text] if path.judged else []
    value = path_figure(path, forecast.value, lang)
    run = (forecast.title.get(lang), short_year(forecast.year), value)
    return (*head, *run, *ends, verdict, "\n".join(cautions), STATUS_TEXT[forecast.status].get(lang))


def _verdict(forecast: Forecast, lang: str) -> str:
    """Return the verdict with its sign; over a limit what the value by itself would be, on a line of its own."""
    return "\n".join(word for word in (verdict_word(forecast.verdict, lang), alone_word(forecast, lang)) if word)


def _year(point: object) -> str:
    return "" if point is None else short_year(int(getattr(point, "year")))  # noqa: B009 - a point or nothing


# ---------------------------------------------------------------- year by year


def _yearly_sheet(paths: list[Path], figures: Targets, lang: str, front: _Front) -> Sheet:
    years = _years_of(paths)
    columns = (
        Column(say(lang, "strategy_kpi"), 40, right=False),
        Column(say(lang, "strategy_unit"), 8, right=False),
        Column(say(lang, "strategy_row"), 26, right=False),
        *years.columns(),
        Column(say(lang, "strategy_verdict"), 20, right=False),
        Column(say(lang, "strategy_comment"), 34, right=False),
    )
    rows: list[Row] = []
    starts: list[int] = []
    for path in paths:
        starts.append(len(rows))
        rows += _yearly_rows(path, years, figures, lang, path.title.get(lang))
        if path.absolute is not None:
            starts.append(len(rows))
            under = say(lang, "strategy_absolute", title=path.absolute.title.get(lang))
            rows += _yearly_rows(path.absolute, years, figures, lang, under)
    return Sheet(
        name=say(lang, "strategy_yearly"),
        title=f"{front.title} — {say(lang, 'strategy_yearly')}",
        lead=(*front.lead, say(lang, "book_fill_in")),
        alarms=front.alarms,
        columns=columns,
        rows=tuple(rows),
        notes=(say(lang, "strategy_line_note"), *front.foot),
        frozen=3,
        starts=frozenset(starts),
    )


def _years_of(paths: list[Path]) -> Years:
    points = [p.year for path in paths for p in (path.baseline, path.target, *path.actuals) if p is not None]
    return Years.spanning([*points, *(one.year for path in paths for one in path.forecasts)])


def _yearly_rows(path: Path, years: Years, figures: Targets, lang: str, title: str) -> Iterator[Row]:
    """Yield actuals with the comment, targets, the line between, and what each run says."""
    head: tuple[Cell, Cell] = (title, path_unit(path, lang))
    form = form_of(path.unit, path.decimals)
    base = [] if path.baseline is None else [path.baseline.year]
    actuals = points_by_year(path, (path.baseline, *path.actuals), lang)
    standing = judge_actual(path).get(lang)
    row = say(lang, "strategy_actual_row")
    yield (*head, row, *years.entries(actuals, form, fixed=base), standing, Entry())
    rows = [one for one in figures.rows if (one.kpi_id, one.kind) == (path.kpi_id, "target")]
    own = {one.year: path_figure(path, one.value, lang) for one in rows}
    targets = points_by_year(path, (path.target,), lang) | own
    fixed = [] if path.target is None else [path.target.year]
    yield (*head, say(lang, "strategy_target_row"), *years.entries(targets, form, fixed=fixed), "", "")
    line = {year: path_figure(path, value, lang) for year in years.years if (value := path.line_at(year)) is not None}
    if line:
        yield (*head, say(lang, "strategy_line_row"), *years.cells(line), "", "")
    for one in path.forecasts:
        yield from _forecast_rows(path, one, years, head, lang)


def _forecast_rows(path: Path, one: Forecast, years: Years, head: tuple[Cell, Cell], lang: str) -> Iterator[Row]:
    verdict = _verdict(one, lang) if path.judged else ""
    told = say(lang, "strategy_run_row", run=one.title.get(lang))
    yield (*head, told, *years.cells({one.year: path_figure(path, one.value, lang)}), verdict, "")
    if one.low is not None and one.high is not None:
        for key, end in (("strategy_low_row", one.low), ("strategy_high_row", one.high)):
            yield (*head, say(lang, key), *years.cells({one.year: path_figure(path, end, lang)}), "", "")


# ---------------------------------------------------------------- for reference


def _reference_sheet(paths: list[Path], figures: Targets, lang: str, front: _Front) -> Sheet:
    years = _years_of(paths)
    columns = (
        Column(say(lang, "strategy_kpi"), 40, right=False),
        Column(say(lang, "strategy_unit"), 8, right=False),
        Column(say(lang, "strategy_row"), 20, right=False),
        *years.columns(),
        Column(say(lang, "strategy_standing"), 14, right=False),
        Column(say(lang, "strategy_comment"), 34, right=False),
    )
    rows = [row for path in paths for row in list(_yearly_rows(path, years, figures, lang, path.title.get(lang)))[:2]]
    return Sheet(
        name=say(lang, "strategy_reference"),
        title=f"{front.title} — {say(lang, 'strategy_reference')}",
        lead=(say(lang, "strategy_reference_lead"), say(lang, "book_fill_in")),
        columns=columns,
        rows=tuple(rows),
        notes=front.foot[1:],
        frozen=3,
        starts=frozenset(range(0, len(rows), 2)),
    )
