"""Owns lines and on-demand services of a run as a sheet: what runs, what it costs, and cells for what was counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.report.table_book import Cell, Column, Entry, Figure, Sheet, number_form, sheet_name
from app.report.table_front import alarm_lines, foot_lines, run_name, short_name
from app.text import say
from app.text.notes import translate_notes
from geodata.provenance import STATUS_TEXT, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.runs import Run

LAYERS = ("timetable", "on_demand")
CLASSES = ("rail", "brt", "bus", "other")


def lines_sheet(run: Run, lang: str, taken: tuple[str, ...] = ()) -> Sheet:
    """Return the sheet of lines and services of a run."""
    keys = (
        ("line", 24), ("class", 11), ("status", 12), ("runs_weekday", 10), ("runs_year", 10), ("km_year", 12),
        ("hours_year", 11), ("cost", 12), ("boardings", 12), ("per_run", 10), ("note", 40), ("counted", 13),
        ("income", 13), ("public", 13),
    )  # fmt: skip
    texts = {"line", "class", "status", "note"}
    rows = (*_line_rows(run, lang), *_service_rows(run, lang))
    return Sheet(
        name=sheet_name(say(lang, "lines_sheet", run=short_name(run, lang)), taken),
        title=say(lang, "lines_title", run=run.title.get(lang)),
        lead=(say(lang, "book_about_run", run=run_name(run, lang), id=run.run_id), say(lang, "book_fill_in")),
        alarms=alarm_lines((run,), lang),
        columns=tuple(Column(say(lang, f"lines_{key}"), width, right=key not in texts) for key, width in keys),
        bands=(("", 3), (say(lang, "lines_band_runs"), 7), ("", 1), (say(lang, "lines_band_enter"), 3)),
        rows=rows,
        notes=(say(lang, "lines_assumed"), *foot_lines((run,), LAYERS, lang)),
    )


def _line_rows(run: Run, lang: str) -> tuple[tuple[Cell, ...], ...]:
    routes, loads = run.stored.tables.get("operations_routes"), run.stored.tables.get("ride_loads")
    if routes is None:
        return ()
    riders = {} if loads is None else {str(row["route_id"]): row for row in loads.to_dict("records")}
    return tuple(_line_row(row, riders.get(str(row["route_id"]), {}), lang) for row in routes.to_dict("records"))


def _line_row(row: Mapping[Any, Any], load: Mapping[Any, Any], lang: str) -> tuple[Cell, ...]:
    kind = str(row["route_class"])
    reason = load.get("note")
    note = "; ".join(translate_notes(reason, lang)) if isinstance(reason, str) else ""
    return (
        str(row["name"]),
        say(lang, f"lines_{kind}") if kind in CLASSES else kind,
        STATUS_TEXT[Status(str(row["status"]))].get(lang),
        _number(row["weekday_runs"]),
        _number(row["runs_year"]),
        _number(row["km_year"]),
        _number(row["hours_year"]),
        _number(row["cost_thousand_yen"]),
        _number(load.get("boardings_day")),
        _number(load.get("riders_per_run_mean"), 1),
        note,
        *_entries(),
    )


def _service_rows(run: Run, lang: str) -> tuple[tuple[Cell, ...], ...]:
    table = run.stored.tables.get("on_demand_services")
    if table is None or "persons_per_day" not in table:
        return ()
    return tuple(
        (
            str(row["name"]),
            say(lang, "lines_on_demand"),
            STATUS_TEXT[Status(str(row["status"]))].get(lang),
            "—",
            "—",
            "—",
            "—",
            "—",
            _number(row["persons_per_day"], 1),
            "—",
            say(lang, "lines_service", vehicles=_plain(row["vehicles"]), days=_plain(row["days_a_week"])),
            *_entries(),
        )
        for row in table.to_dict("records")
        if isinstance(row["name"], str)
    )


def _entries() -> tuple[Entry, ...]:
    return (Entry(form=number_form(0)),) * 3


def _number(value: Any, decimals: int = 0) -> Cell:
    found = math.nan if value is None else float(value)
    return "—" if math.isnan(found) else Figure(found, number_form(decimals))


def _plain(value: Any) -> str:
    return f"{float(value):g}"
