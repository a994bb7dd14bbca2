"""Owns what a workbook is before a file format is known: sheets, columns, and cells that say how they are shown."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.commands.numbers import EXTRA_DECIMALS
from app.text import say
from geodata.units import SECONDS_PER_MIN
from sim.kpi import KPIS, UNIT_TEXT
from sim.kpi.words import NO_VALUE, UNREACHED, format_clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.results import KpiRow

DAY_S = 86_400.0
NOTHING = '"±0"'
"""Format of a difference that shows in no decimal."""
THOUSAND = 1_000.0
YEN, SHARE, TIME = "yen", "share", "time"
MOST_SIGNS = 31
"""Signs that a name of a sheet may have."""
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as computed, times of day apart never rounded, and the format that a spreadsheet shows it in."""

    value: float
    form: str = "#,##0"


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell that the city fills in; `held`: what was entered already."""

    held: Figure | str | None = None
    form: str = "General"


Cell = str | Figure | Entry | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and its width in signs of half width."""

    title: str
    width: float = 11
    right: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One sheet.

    Parameters
    ----------
    name, title
        On its tab and over its table.
    lead, alarms
        Lines between title and table: which run, beside what; what nobody may overlook, such as a broken limit.
    columns, rows
        The table.
    bands
        Headings over several columns: words, and over how many; empty = none.
    notes
        Lines under the table: statuses, sources, version.
    frozen
        Columns that stay where they are.
    strong, starts
        Rows in bold, such as sums; rows that begin a block, whose first words the rows below repeat.
    """

    name: str
    title: str
    lead: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    bands: tuple[tuple[str, int], ...] = ()
    frozen: int = 1
    strong: frozenset[int] = field(default_factory=frozenset)
    starts: frozenset[int] = field(default_factory=frozenset)
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: title, what is written into its properties, and its sheets."""

    title: str
    about: str
    sheets: tuple[Sheet, ...]
    lang: str = "ja"


# ---------------------------------------------------------------- numbers


def number_form(decimals: int) -> str:
    """Return the format of a number with separated thousands."""
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def signed_form(decimals: int) -> str:
    """Return the format of a difference: +1.2, −1.2, ±0.0."""
    plain = number_form(decimals)
    return f"+{plain};−{plain};±{plain}"


def share_form(decimals: int) -> str:
    """Return the format of a share, stored as 0–1 and shown as %."""
    return "0" + ("." + "0" * decimals if decimals else "") + "%"


def figure(value: float | None, unit: str, decimals: int, lang: str) -> Cell:
    """
    Return a value of kpi.csv as a cell: shares as %, yen in thousands, times of day as such.

    A missing value and one out of reach become words: an empty cell would be read as nought. Times are whole minutes.
    """
    if value is None or math.isnan(value):
        return NO_VALUE.get(lang)
    if math.isinf(value):
        return UNREACHED.get(lang)
    if unit == SHARE:
        return Figure(value, share_form(decimals))
    if unit == TIME:  # spreadsheets cut seconds off where all else rounds them
        hours, minutes = (int(part) for part in format_clock(value).split(":"))
        return Figure((60 * hours + minutes) * SECONDS_PER_MIN / DAY_S, "[h]:mm")
    return Figure(value / THOUSAND if unit == YEN else value, number_form(decimals))


def change(value: float | None, unit: str, decimals: int) -> Cell:
    """
    Return a difference as a cell: shares in points, yen in thousands, times of day in minutes; — without one.

    As on the command line: what rounds to nought is shown with up to `EXTRA_DECIMALS` more decimals, then as ±0.
    """
    if value is None or not math.isfinite(value):
        return "—"
    moved = value * {SHARE: 100.0, YEN: 1 / THOUSAND, TIME: 1 / SECONDS_PER_MIN}.get(unit, 1.0)
    places = (n for n in range(decimals, decimals + EXTRA_DECIMALS + 1) if round(moved, n) != 0)
    shown = next(places, None)
    return Figure(moved, NOTHING if shown is None else signed_form(shown))


def row_figure(row: KpiRow | None, lang: str) -> Cell:
    """Return the value of a row of a run."""
    if row is None:
        return NO_VALUE.get(lang)
    return figure(row.value, row.unit, KPIS[row.kpi_id].decimals, lang)


def row_change(before: KpiRow | None, after: KpiRow | None) -> Cell:
    """Return what changes from one row to another; — where either has no value."""
    if before is None or after is None or before.value is None or after.value is None:
        return "—"
    return change(after.value - before.value, after.unit, KPIS[after.kpi_id].decimals)


def unit_word(unit: str, lang: str) -> str:
    """Return the unit that `figure` shows a value in."""
    if unit == YEN:
        return say(lang, "book_thousand_yen")
    return UNIT_TEXT[unit].get(lang) if unit in UNIT_TEXT else unit


def change_unit(unit: str, lang: str) -> str:
    """Return the unit that `change` shows a difference in."""
    if unit == SHARE:
        return say(lang, "book_points")
    return UNIT_TEXT["min"].get(lang) if unit == TIME else unit_word(unit, lang)


# ---------------------------------------------------------------- names


def sheet_name(wanted: str, taken: Iterable[str] = ()) -> str:
    """Return a name that a sheet may have, unlike those that are taken."""
    seen = "".join(sign if sign.isprintable() else " " for sign in wanted)  # others are no text in XML
    plain = " ".join(seen.translate(NOT_IN_NAMES).split())[:MOST_SIGNS].strip() or "1"
    known = {name.lower() for name in taken}
    number, found = 2, plain
    while found.lower() in known:
        tail = f" ({number})"
        found = plain[: MOST_SIGNS - len(tail)].strip() + tail
        number += 1
    return found
