"""Owns how 町丁・地区別一覧 stands on sheets and in CSV: a scenario, what it is compared with, and the difference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.report.table_book import Book, Column, Figure, Sheet, change, figure, number_form, sheet_name
from app.report.table_csv import write_csv
from app.report.table_districts import KPI_COLUMNS, DistrictLine, district_lines
from app.report.table_front import about_line, alarm_lines, foot_lines, pair_lines, short_name, sources_sheet
from app.text import say
from geodata.provenance import STATUS_TEXT, weakest
from sim.kpi import KPIS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.report.order import Order
    from app.report.table_book import Cell
    from app.report.table_csv import Value
    from app.report.table_stops import NearStop
    from app.runs import Run

AGES = ("all", "65plus", "75plus")
SHARES = ("catchment_share", "transit_coverage_share")
SERVICES = ("clinic_min", "clinic_30min_share", "office_min", "office_30min_share")
LAYERS = ("population", "timetable", "facilities", "streets")
NO_STOP = "—"
PERSONS = "persons"
SHARE_DECIMALS, MINUTE_DECIMALS = 1, 1
CSV_COLUMNS = (
    "scenario",
    "year",
    "role",
    "district_id",
    "district",
    "persons",
    "persons_65plus",
    "persons_75plus",
    "catchment_share",
    "transit_coverage_share",
    "stop",
    "stop_m",
    "stop_departures",
    "any_stop_m",
    "any_stop_departures",
    "clinic_min",
    "clinic_30min_share",
    "office_min",
    "office_30min_share",
    "status",
    "hidden",
)
"""Columns of the CSV; shares 0–1, minutes, metres, departures a weekday; `hidden`: what a public view withholds."""


def write_districts(order: Order) -> tuple[Path, ...]:
    """Write the table of districts of each run, as a workbook or as CSV."""
    from app.report.xlsx_book import write_book  # noqa: PLC0415 - only for workbooks

    written = []
    for reference, run in order.pairs:
        stem = f"districts-{run.run_id}"
        if order.format == "csv":
            rows = csv_rows(order, reference, run)
            written.append(write_csv(order.folder / f"{stem}.csv", CSV_COLUMNS, rows))
        else:
            written.append(write_book(district_book(order, reference, run), order.folder / f"{stem}.xlsx"))
    return tuple(written)


def district_book(order: Order, reference: Run, run: Run) -> Book:
    """Return the workbook of a run: its table, that of its reference, the difference, and the sources."""
    lang = order.lang
    title = say(lang, "districts_title")
    after = district_lines(order, run)
    sheets = [_level_sheet(order, run, (reference, run), after, ())]
    if reference.run_id != run.run_id:
        before = district_lines(order, reference)
        sheets.append(_level_sheet(order, reference, (reference, run), before, tuple(s.name for s in sheets)))
        sheets.append(_change_sheet(order, reference, run, before, after))
    sheets.append(sources_sheet((reference, run), lang))
    return Book(f"{title} {run.title.get(lang)}", about_line((reference, run), lang), tuple(sheets), lang)


def _level_sheet(
    order: Order, run: Run, pair: tuple[Run, Run], lines: Sequence[DistrictLine], taken: tuple[str, ...]
) -> Sheet:
    lang = order.lang
    stops = ("stop", "stop_m", "stop_departures", "any_stop", "any_stop_m", "any_stop_departures")
    keys = ("district", *AGES, "older_share", *SHARES, *stops, *SERVICES, "status")
    rows = tuple(_level_row(line, lang) for line in lines)
    return Sheet(
        name=sheet_name(short_name(run, lang), taken),
        title=f"{say(lang, 'districts_title')}: {short_name(run, lang)}",
        lead=(*pair_lines(pair[0], run if run is pair[1] else pair[0], lang), *_leads(order)),
        columns=tuple(_column(key, lang) for key in keys),
        alarms=alarm_lines((run,), lang),
        bands=_bands((("", 1), ("people", 4), ("coverage", 2), ("stops", 6), ("services", 4), ("", 1)), lang),
        rows=rows,
        notes=(*_notes(order, lang), *foot_lines(pair, LAYERS, lang)),
        strong=frozenset({len(rows) - 1}),
    )


def _level_row(line: DistrictLine, lang: str) -> tuple[Cell, ...]:
    name = line.name or say(lang, "districts_whole")
    hidden = say(lang, "book_hidden")
    if line.withheld:
        return (name, *[hidden] * 17)
    ages: list[Cell] = [hidden if age in line.hidden else figure(line.persons[age], PERSONS, 0, lang) for age in AGES]
    ages.append(hidden if "65plus" in line.hidden else figure(line.older_share, "share", SHARE_DECIMALS, lang))
    shares = [_value(line, key, lang) for key in SHARES]
    stops = [*_stop_cells(line.stop, lang), *_stop_cells(line.any_stop, lang)]
    if line.district_id == "all":
        stops = [""] * 6
    services = [_value(line, key, lang) for key in SERVICES]
    if line.district_id == "all":
        services[2] = ""
    return (name, *ages, *shares, *stops, *services, STATUS_TEXT[line.status].get(lang))


def _value(line: DistrictLine, key: str, lang: str) -> Cell:
    unit, decimals = _unit_of(key)
    return figure(line.values[key], unit, decimals, lang)


def _unit_of(key: str) -> tuple[str, int]:
    if key in KPI_COLUMNS:
        spec = KPIS[KPI_COLUMNS[key]]
        return spec.unit, spec.decimals
    return "min", MINUTE_DECIMALS


def _stop_cells(stop: NearStop | None, lang: str) -> list[Cell]:
    if stop is None:
        return [NO_STOP] * 3
    name = say(lang, "districts_assumed_stop") if stop.assumed else stop.name
    return [name, Figure(stop.distance_m, number_form(0)), Figure(stop.departures, number_form(0))]


def _change_sheet(
    order: Order, reference: Run, run: Run, before: Sequence[DistrictLine], after: Sequence[DistrictLine]
) -> Sheet:
    lang = order.lang
    keys = ("district", *AGES, *SHARES, "stop_m", "stop_departures", "any_stop_departures", *SERVICES, "status")
    rows = tuple(_change_row(a, b, lang) for a, b in zip(before, after, strict=True))
    return Sheet(
        name=say(lang, "districts_change_sheet"),
        title=f"{say(lang, 'districts_title')}: {say(lang, 'districts_change')}",
        lead=(*pair_lines(reference, run, lang), say(lang, "districts_change_lead"), *_leads(order)),
        columns=tuple(_column(key, lang, change=True) for key in keys),
        alarms=alarm_lines((reference, run), lang),
        bands=_bands((("", 1), ("people", 3), ("coverage", 2), ("stops", 3), ("services", 4), ("", 1)), lang),
        rows=rows,
        notes=(say(lang, "rounding"), *_notes(order, lang), *foot_lines((reference, run), LAYERS, lang)),
        strong=frozenset({len(rows) - 1}),
    )


def _change_row(a: DistrictLine, b: DistrictLine, lang: str) -> tuple[Cell, ...]:
    name, hidden = b.name or say(lang, "districts_whole"), say(lang, "book_hidden")
    if a.withheld or b.withheld:
        return (name, *[hidden] * 13)
    ages: list[Cell] = [
        hidden if age in a.hidden | b.hidden else change(b.persons[age] - a.persons[age], PERSONS, 0) for age in AGES
    ]
    moved = {key: change(_difference(a.values[key], b.values[key]), *_unit_of(key)) for key in (*SHARES, *SERVICES)}
    stops = [
        change(_difference(_of(a.stop, "m"), _of(b.stop, "m")), "m", 0),
        change(_difference(_of(a.stop, "n"), _of(b.stop, "n")), "runs", 0),
        change(_difference(_of(a.any_stop, "n"), _of(b.any_stop, "n")), "runs", 0),
    ]
    if b.district_id == "all":
        stops, moved["office_min"] = [""] * 3, ""
    status = STATUS_TEXT[weakest((a.status, b.status))].get(lang)
    return (name, *ages, *(moved[k] for k in SHARES), *stops, *(moved[k] for k in SERVICES), status)


def _of(stop: NearStop | None, what: str) -> float:
    """Return distance (``m``) or departures (``n``) of a stop; NaN without one."""
    return math.nan if stop is None else stop.distance_m if what == "m" else stop.departures


def _difference(a: float, b: float) -> float:
    return b - a if math.isfinite(a) and math.isfinite(b) else math.nan


def _column(key: str, lang: str, *, change: bool = False) -> Column:
    text = key in {"district", "stop", "any_stop", "status"}
    width = {"district": 19, "stop": 20, "any_stop": 20, "status": 11}.get(key, 10.5)
    points = change and key in {*SHARES, "clinic_30min_share", "office_30min_share"}
    title = say(lang, f"districts_{key}")
    return Column(f"{title}（{say(lang, 'book_points')}）" if points else title, width, right=not text)


def _bands(parts: tuple[tuple[str, int], ...], lang: str) -> tuple[tuple[str, int], ...]:
    return tuple((say(lang, f"districts_band_{key}") if key else "", n) for key, n in parts)


def _leads(order: Order) -> tuple[str, ...]:
    return (say(order.lang, "districts_lead"),)


def _notes(order: Order, lang: str) -> list[str]:
    definitions = {key: KPIS[kpi_id].formula.get(lang) for key, kpi_id in KPI_COLUMNS.items()}
    found = [say(lang, "districts_stops"), say(lang, "districts_medians")]
    found += [f"{say(lang, f'districts_{key}')}: {text}" for key, text in definitions.items()]
    if order.public:
        found.append(say(lang, "book_public", n=order.services.city.defaults.public_min_persons))
    if any(run.district_level for run in order.runs):
        found.append(say(lang, "districts_anonymous"))
    return found


# ---------------------------------------------------------------- CSV


def csv_rows(order: Order, reference: Run, run: Run) -> list[tuple[Value, ...]]:
    """Return the rows of the CSV: reference, scenario and their difference, district after district."""
    after = district_lines(order, run)
    if reference.run_id == run.run_id:
        return [_csv_row(run, "scenario", line) for line in after]
    before = district_lines(order, reference)
    rows = [_csv_row(reference, "reference", line) for line in before]
    rows += [_csv_row(run, "scenario", line) for line in after]
    return rows + [_csv_change(run, a, b) for a, b in zip(before, after, strict=True)]


def _csv_row(run: Run, role: str, line: DistrictLine) -> tuple[Value, ...]:
    head = (run.run_id, run.year, role, line.district_id, line.name)
    if line.withheld:
        return (*head, *[None] * 14, "", " ".join(AGES))
    persons = [None if age in line.hidden else line.persons[age] for age in AGES]
    shares = [line.values[key] for key in SHARES]
    stop, other = line.stop, line.any_stop
    stops: list[Value] = [
        "" if stop is None else stop.name,
        _of(stop, "m"),
        _of(stop, "n"),
        _of(other, "m"),
        _of(other, "n"),
    ]
    services = [line.values[key] for key in SERVICES]
    return (*head, *persons, *shares, *stops, *services, str(line.status), " ".join(sorted(line.hidden)))


def _csv_change(run: Run, a: DistrictLine, b: DistrictLine) -> tuple[Value, ...]:
    head = (run.run_id, run.year, "difference", b.district_id, b.name)
    hidden = a.hidden | b.hidden
    if "all" in hidden:
        return (*head, *[None] * 14, "", " ".join(AGES))
    persons = [None if age in hidden else b.persons[age] - a.persons[age] for age in AGES]
    shares = [_difference(a.values[key], b.values[key]) for key in SHARES]
    stops: list[Value] = [""]
    stops += [
        _difference(_of(old, what), _of(new, what))
        for old, new in ((a.stop, b.stop), (a.any_stop, b.any_stop))
        for what in ("m", "n")
    ]
    services = [_difference(a.values[key], b.values[key]) for key in SERVICES]
    status = str(weakest((a.status, b.status)))
    return (*head, *persons, *shares, *stops, *services, status, " ".join(sorted(hidden)))
