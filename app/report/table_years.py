"""Owns rows that go by fiscal year: headings, and a cell for every year that is computed, official or to be entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.components.path_words import UNITS
from app.fiscal_years import short_year
from app.report.table_book import THOUSAND, YEN, Column, Entry, Figure, figure, number_form, share_form, unit_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.report.table_book import Cell
    from scenarios.targets import Path, Point

YEAR_WIDTH = 11


@dataclass(frozen=True, slots=True)
class Years:
    """The fiscal years of a table, ascending."""

    years: tuple[int, ...]

    @classmethod
    def spanning(cls, years: Iterable[int]) -> Years:
        """Return all years from the first to the last of some."""
        known = sorted(set(years))
        return cls(tuple(range(known[0], known[-1] + 1)) if known else ())

    def columns(self) -> tuple[Column, ...]:
        """Return a heading for each: R7 over 2025."""
        return tuple(
            Column(f"{short_year(y)}\n({y})" if short_year(y) != str(y) else str(y), YEAR_WIDTH) for y in self.years
        )

    def cells(self, held: Mapping[int, Cell], *, otherwise: Cell = "") -> tuple[Cell, ...]:
        """Return a cell for each year."""
        return tuple(held.get(year, otherwise) for year in self.years)

    def entries(self, held: Mapping[int, Cell], form: str, *, fixed: Iterable[int] = ()) -> tuple[Cell, ...]:
        """Return a cell to fill in for each year, with what is known; `fixed` years are official and stay."""
        kept = set(fixed)
        return tuple(held.get(year) if year in kept else Entry(_plain(held.get(year)), form) for year in self.years)


def _plain(cell: Cell) -> Figure | str | None:
    return cell.held if isinstance(cell, Entry) else cell


def form_of(unit: str, decimals: int) -> str:
    """Return the number format of a unit, for cells that are still empty."""
    return share_form(decimals) if unit == "share" else number_form(decimals)


def path_figure(path: Path, value: float | None, lang: str) -> Cell:
    """Return a value of a KPI that has a target."""
    return "—" if value is None else figure(value, path.unit, path.decimals, lang)


def path_unit(path: Path, lang: str) -> str:
    """Return the unit that `path_figure` shows a value in."""
    return UNITS[path.unit].get(lang) if path.unit in UNITS else unit_word(path.unit, lang)


def points_by_year(path: Path, points: Iterable[Point | None], lang: str) -> dict[int, Cell]:
    """Return year → figure of some points."""
    return {point.year: path_figure(path, point.value, lang) for point in points if point is not None}


def shown_value(value: float, unit: str) -> float:
    """Return a value as `figure` holds it: yen in thousands."""
    return value / THOUSAND if unit == YEN else value
