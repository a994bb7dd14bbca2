"""Owns 地域公共交通計画の評価: riders, accounts and public money by year, 試算 beside what the city has to enter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.features.compare.target_view import entered_figures
from app.report.table_book import Book, Cell, Column, Entry, Sheet, figure, unit_word
from app.report.table_front import about_line, alarm_lines, city_name, foot_lines, run_name, sources_sheet
from app.report.table_lines import lines_sheet
from app.report.table_strategy import runs_of
from app.report.table_years import Years, form_of
from app.text import say
from app.text.notes import translate_notes
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, Status
from scenarios.money import IN_THOUSANDS, ITEMS, TABLE
from sim.kpi import KPIS
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.report.order import Order
    from app.runs import Run
    from geodata.targets import Targets

    Row = tuple[Cell, ...]

LAYERS = ("targets", "timetable", "on_demand", "population")
MONEY = "money:"
PARTS: dict[str, tuple[str, ...]] = {
    "riders": ("bus_rides_total", "bus_rides_per_citizen", "linked_trips_total"),
    "accounts": ("operating_cost_yen", f"{MONEY}fares", f"{MONEY}deficit", "cost_recovery_share"),
    "public_money": (
        "subsidy_yen",
        f"{MONEY}paid_by_state",
        f"{MONEY}paid_by_others",
        f"{MONEY}subsidy_per_resident",
    ),
    "means": ("vehicle_km_year", "drivers_needed", f"{MONEY}vehicles"),
}
"""Part of the sheet → its measures: a KPI, or an item of the table of money."""
TARGET_KINDS = ("target",)
ACTUAL_KINDS = ("actual", "baseline")


@dataclass(frozen=True, slots=True)
class Value:
    """What one run says of a measure: value, its ends, status, and why there is none."""

    value: float
    low: float
    high: float
    status: Status
    note: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: words, unit, decimals."""

    key: str
    title: Text
    unit: str
    decimals: int


def measure_of(key: str) -> Measure:
    """Return how a measure is shown."""
    if not key.startswith(MONEY):
        spec = KPIS[key]
        return Measure(key, spec.title, spec.unit, spec.decimals)
    item = key.removeprefix(MONEY)
    unit = "yen" if item in IN_THOUSANDS else {"vehicles": "vehicles"}.get(item, "plain_yen")
    return Measure(key, ITEMS[item], unit, 0)


def value_of(run: Run, key: str) -> Value | None:
    """Return what a run says of a measure; None where it has no such row."""
    if not key.startswith(MONEY):
        row = run.rows.get((key, DEFAULT_SETTING, "all"))
        if row is None:
            return None
        value, low, high = (math.nan if end is None else end for end in (row.value, row.low, row.high))
        return Value(value, low, high, row.status, row.note)
    table = run.stored.tables.get(TABLE)
    hit = None if table is None else table[table["item"] == key.removeprefix(MONEY)]
    if hit is None or hit.empty:
        return None
    one = hit.iloc[0]
    note = one["note"] if isinstance(one["note"], str) else ""
    return Value(float(one["value"]), math.nan, math.nan, Status(str(one["status"])), note)


def write_transport_plan(order: Order) -> tuple[Path, ...]:
    """Write the evaluation of all runs in one workbook."""
    from app.report.xlsx_book import write_book  # noqa: PLC0415 - only for workbooks

    return (write_book(transport_book(order), order.folder / "transport-plan.xlsx"),)


def transport_book(order: Order) -> Book:
    """Return the workbook: the three measures of the plan by year, lines and services of each run, sources."""
    lang, runs = order.lang, runs_of(order)
    title = f"{say(lang, 'transport_title')}: {city_name(runs[-1], lang)}"
    sheets = [_yearly_sheet(order, runs, title)]
    for run in order.runs:
        sheets.append(lines_sheet(run, lang, tuple(sheet.name for sheet in sheets)))
    return Book(title, about_line(runs, lang), (*sheets, sources_sheet(runs, lang)), lang)


def _yearly_sheet(order: Order, runs: tuple[Run, ...], title: str) -> Sheet:
    lang = order.lang
    figures, wrong = entered_figures(order.services)
    keys = [key for part in PARTS.values() for key in part]
    official = [row.year for row in figures.rows if row.kpi_id in keys and row.kind in {*TARGET_KINDS, *ACTUAL_KINDS}]
    years = Years.spanning([*official, *(run.year for run in runs)])
    columns = (
        Column(say(lang, "transport_part"), 14, right=False),
        Column(say(lang, "strategy_kpi"), 40, right=False),
        Column(say(lang, "strategy_unit"), 8, right=False),
        Column(say(lang, "strategy_row"), 26, right=False),
        *years.columns(),
        Column(say(lang, "strategy_status"), 12, right=False),
        Column(say(lang, "transport_why"), 58, right=False),
        Column(say(lang, "strategy_comment"), 30, right=False),
    )
    rows: list[Row] = []
    starts = []
    for part, members in PARTS.items():
        for key in members:
            starts.append(len(rows))
            rows += _rows(part, measure_of(key), runs, years, figures, lang)
    lead = [say(lang, "book_about_runs", runs="／".join(run_name(run, lang) for run in runs))]
    lead += [say(lang, "book_fill_in"), say(lang, "transport_lead")]
    alarms = list(alarm_lines(runs, lang))
    alarms += [say(lang, "strategy_actuals_wrong", text=" ".join(wrong.split()))] if wrong else []
    return Sheet(
        name=say(lang, "transport_sheet"),
        title=title,
        lead=tuple(lead),
        alarms=tuple(alarms),
        columns=columns,
        rows=tuple(rows),
        notes=(say(lang, "transport_boardings"), say(lang, "transport_money"), *foot_lines(runs, LAYERS, lang)),
        frozen=4,
        starts=frozenset(starts),
    )


def _rows(
    part: str, measure: Measure, runs: tuple[Run, ...], years: Years, figures: Targets, lang: str
) -> Iterator[Row]:
    """Yield target, actual and 試算 of a measure."""
    unit = say(lang, f"transport_{measure.unit}") if measure.unit in {"plain_yen", "vehicles"} else None
    head = (say(lang, f"transport_{part}"), measure.title.get(lang), unit or unit_word(measure.unit, lang))
    form = form_of(measure.unit, measure.decimals)
    official = [row for row in figures.rows if row.kpi_id == measure.key]
    for key, kinds, comment in (("target", TARGET_KINDS, ""), ("actual", ACTUAL_KINDS, Entry())):
        rows = [row for row in official if row.kind in kinds]
        held = {row.year: figure(row.value, measure.unit, measure.decimals, lang) for row in rows}
        fixed = [row.year for row in rows if row.kind == "baseline" or row.kind in TARGET_KINDS]
        status = STATUS_TEXT[rows[-1].status].get(lang) if rows else ""
        if rows and key == "target":
            status = say(lang, "transport_target_status")  # a wish is neither measured nor computed
        told = say(lang, "transport_known" if rows else "transport_enter")
        yield (*head, say(lang, f"transport_{key}"), *years.entries(held, form, fixed=fixed), status, told, comment)
    for run in runs:
        yield from _run_rows(head, measure, run, years, lang)


def _run_rows(head: tuple[str, str, str], measure: Measure, run: Run, years: Years, lang: str) -> Iterator[Row]:
    found = value_of(run, measure.key)
    label = say(lang, "strategy_run_row", run=run.title.get(lang))
    if found is None:
        why = say(lang, "transport_no_row")
        status = STATUS_TEXT[Status.NO_DATA].get(lang)
        yield (*head, label, *years.cells({run.year: "—"}), status, why, "")
        return
    cell = figure(found.value, measure.unit, measure.decimals, lang)
    why = ("。" if lang == "ja" else "; ").join(translate_notes(found.note, lang))
    status = STATUS_TEXT[found.status].get(lang)
    yield (*head, label, *years.cells({run.year: cell}), status, why, "")
    for key, end in (("strategy_low_row", found.low), ("strategy_high_row", found.high)):
        if math.isfinite(end):
            value = figure(end, measure.unit, measure.decimals, lang)
            yield (*head, say(lang, key), *years.cells({run.year: value}), status, "", "")
