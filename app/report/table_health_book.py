"""Owns how まちづくりの健康診断 is handed out: a sheet, our CSV, and CSV files as MLIT's tool writes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.report.table_book import Book, Cell, Column, Sheet, change, figure
from app.report.table_csv import write_csv
from app.report.table_front import about_line, alarm_lines, foot_lines, pair_lines, short_name, sources_sheet
from app.report.table_health import Examined, Reading, examine, readings
from app.report.table_health_list import INDICATORS, Indicator
from app.report.table_health_tool import write_tool_files
from app.text import say
from geodata.provenance import STATUS_TEXT, weakest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.report.order import Order
    from app.report.table_csv import Value
    from app.runs import Run

LAYERS = ("population", "timetable", "facilities", "zones")
CSV_COLUMNS = (
    "scenario",
    "year",
    "compare_to",
    "part",
    "indicator",
    "title",
    "tool_column",
    "unit",
    "reference",
    "value",
    "difference",
    "status",
    "definition",
    "note",
)
"""Columns of our CSV; shares 0–1, an empty value = no data, and `note` says why."""


def write_health_check(order: Order) -> tuple[Path, ...]:
    """Write the examination of each run: a workbook, or our CSV with those of the tool beside it."""
    from app.report.xlsx_book import write_book  # noqa: PLC0415 - only for workbooks

    written: list[Path] = []
    for reference, run in order.pairs:
        pair = (examine(order, reference), examine(order, run))
        if order.format == "csv":
            path = order.folder / f"health-check-{run.run_id}.csv"
            written.append(write_csv(path, CSV_COLUMNS, csv_rows(pair)))
            base = order.services.baseline
            before = examine(order, base) if base is not None and base.year < run.year else None
            written += write_tool_files(order.folder, before, pair[1])
        else:
            written.append(write_book(health_book(order, pair), order.folder / f"health-check-{run.run_id}.xlsx"))
    return tuple(written)


def health_book(order: Order, pair: tuple[Examined, Examined]) -> Book:
    """Return the workbook of one run beside its reference."""
    lang, reference, run = order.lang, pair[0].run, pair[1].run
    title = f"{say(lang, 'health_title')}: {short_name(run, lang)}"
    runs = (reference, run)
    columns = (
        Column(say(lang, "health_part"), 14, right=False),
        Column(say(lang, "health_indicator"), 40, right=False),
        Column(say(lang, "health_unit"), 10, right=False),
        Column(short_name(reference, lang), 14),
        Column(short_name(run, lang), 14),
        Column(say(lang, "health_difference"), 12),
        Column(say(lang, "health_status"), 10, right=False),
        Column(say(lang, "health_definition"), 48, right=False),
        Column(say(lang, "health_note"), 48, right=False),
        Column(say(lang, "health_tool"), 44, right=False),
    )
    sheet = Sheet(
        name=say(lang, "health_sheet"),
        title=title,
        lead=(*pair_lines(reference, run, lang), say(lang, "health_lead")),
        alarms=alarm_lines(runs, lang),
        columns=columns,
        rows=tuple(_rows(pair, lang)),
        notes=(say(lang, "health_sources"), say(lang, "health_tool_note"), *foot_lines(runs, LAYERS, lang)),
        frozen=2,
    )
    return Book(title, about_line(runs, lang), (sheet, sources_sheet(runs, lang)), lang)


def _rows(pair: tuple[Examined, Examined], lang: str) -> Iterator[tuple[Cell, ...]]:
    before, after = (readings(one) for one in pair)
    same = pair[0].run.run_id == pair[1].run.run_id
    for one in INDICATORS:
        a, b = before[one.key], after[one.key]
        yield (
            say(lang, f"health_part_{one.part}"),
            one.title.get(lang),
            unit_of(one, lang),
            _cell(one, a, lang),
            _cell(one, b, lang),
            "—" if same else _change(one, a, b),
            STATUS_TEXT[weakest((a.status, b.status))].get(lang),
            definition_of(one, pair[1], lang),
            b.note,
            one.tool,
        )


def _cell(one: Indicator, reading: Reading, lang: str) -> Cell:
    return figure(reading.value, one.unit, one.decimals, lang) if one.unit != "yen" else _yen(reading, one, lang)


def _yen(reading: Reading, one: Indicator, lang: str) -> Cell:
    """Return a sum per resident, in yen and not in thousands."""
    return figure(reading.value, "each", one.decimals, lang)


def _change(one: Indicator, a: Reading, b: Reading) -> Cell:
    return change(b.value - a.value, "each" if one.unit == "yen" else one.unit, one.decimals)


def unit_of(one: Indicator, lang: str) -> str:
    """Return the unit of an indicator in words."""
    return "%" if one.unit == "share" else say(lang, f"health_unit_{one.unit}")


def definition_of(one: Indicator, found: Examined, lang: str) -> str:
    """Return which definition the value of a run goes by."""
    return one.definition.get(lang).format(
        station=f"{found.station_m:,.0f}", stop=f"{found.stop_m:,.0f}", frequent=f"{found.frequent:,.0f}"
    )


def csv_rows(pair: tuple[Examined, Examined]) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of our CSV."""
    before, after = (readings(one) for one in pair)
    run: Run = pair[1].run
    reference = pair[0].run.run_id
    lang = pair[1].lang
    for one in INDICATORS:
        a, b = before[one.key], after[one.key]
        status = str(weakest((a.status, b.status)))
        moved = b.value - a.value if math.isfinite(a.value) and math.isfinite(b.value) else math.nan
        yield (
            run.run_id, run.year, reference, one.part, one.key, one.title.get(lang), one.tool,
            "share" if one.unit == "share" else unit_of(one, lang), a.value, b.value, moved, status,
            definition_of(one, pair[1], lang), b.note,
        )  # fmt: skip
