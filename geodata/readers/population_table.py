"""Owns a published population table as counts: which district, which ages, how many people, from which row."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.district_names import stem_of
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.grid_table import Grid, number_of
from geodata.readers.population_headings import Ages, Heading, Sex, ages_of, exact_sex, is_total_name
from geodata.readers.population_layout import (
    Block,
    district_level,
    header_rows,
    headings_by_values,
    is_heading_row,
    kept_rows,
    one_column_each,
    read_headings,
    said_of,
    side_by_side,
)
from geodata.readers.tables import at, listed, note

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from geodata.config.fitting import ControlsConfig

_CLOSE = 0.005


@dataclass(frozen=True, slots=True)
class Count:
    """One number of the table; `district` "" = the whole city, `ages` None = all ages, NaN persons = kept secret."""

    district: str
    ages: Ages | None
    sex: Sex
    persons: float
    row: int


@dataclass(slots=True)
class PopulationTable:
    """Counts of a table, those of rows that are sums of others apart, and what was found."""

    name: str
    counts: list[Count] = field(default_factory=list)
    totals: list[Count] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    n_rows: int = 0
    n_used: int = 0
    guessed: list[str] = field(default_factory=list)
    level: int = -1
    """Which of several columns of districts is counted by, from the left."""
    known: frozenset[str] = frozenset()
    """Stems of the names of the city's districts."""


def parse_population(grid: Grid, config: ControlsConfig, known: Collection[str]) -> PopulationTable:
    """
    Return the counts of a table.

    Parameters
    ----------
    grid
        The cells.
    config
        Columns a person named, rows to keep.
    known
        Stems of the names of the city's districts, which tell what a table of several levels counts.

    Returns
    -------
    table
        Counts and findings; nothing of a row that is neither a number nor a footnote is left out silently.

    Raises
    ------
    DataError
        If no header is found, or no column of persons, or a number cannot be read.
    """
    table = PopulationTable(grid.name, known=frozenset(known) | {stem_of(n) for n in config.names})
    first, last = header_rows(grid, config)
    headings = read_headings(grid, first, last, config)
    body = [n for n in range(last + 1, len(grid.cells)) if not is_heading_row(grid.cells[n], config)]
    body = kept_rows(grid, headings, body, config, table)
    headings = headings_by_values(grid, headings, body, config)
    _tell_beyond(grid, headings, body, table)
    blocks = side_by_side(headings)
    table.level = district_level(grid, blocks[0].district, body, known)
    blocks = [one_column_each(grid, headings, block, table) for block in blocks]
    table.n_rows = len(body)
    table.guessed = said_of(headings)
    used: set[int] = set()
    for block in blocks:
        used |= _read_block(grid, headings, block, body, config, table)
    table.n_used = len(used)
    left = [n for n in body if n not in used]
    if left:
        table.problems.append(
            note(
                "controls.rows_without_numbers",
                at(grid.name, grid.lines[left[0]]),
                Text("数値のない行（注記など）は使いません", "rows without numbers, such as footnotes, are not used"),
                count=len(left),
            ),
        )
    if not table.counts and not table.totals:
        raise DataError(
            [
                *[p for p in table.problems if p.severity.value == "error"],
                error(
                    "controls.no_numbers",
                    at(grid.name, grid.lines[last]),
                    Text(
                        f"人口の列が見つかりません（見出し: {listed(h.words for h in headings)}）",
                        f"no column of persons was found (headings: {listed(h.words for h in headings)})",
                    ),
                    Text("persons: または bands: に列名を書いてください", "name the columns in persons: or bands:"),
                ),
            ],
        )
    return table


def _tell_beyond(grid: Grid, headings: Sequence[Heading], body: Sequence[int], table: PopulationTable) -> None:
    """Tell numbers to the right of the last heading: such as 1,000 written without quotes."""
    end = max((n for n, h in enumerate(headings) if h.words), default=-1) + 1
    rows = [n for n in body if any(number_of(cell) is not None for cell in grid.cells[n][end:] if cell)]
    if rows:
        table.problems.append(
            warning(
                "controls.beyond_headings",
                at(grid.name, grid.lines[rows[0]]),
                Text("見出しのない列に数値があり、使いません", "numbers in columns without a heading are not used"),
                Text(
                    "桁区切りのカンマを含む数値は引用符で囲むか、カンマを消してください",
                    "put numbers with a comma in double quotes, or delete the comma",
                ),
                count=len(rows),
            ),
        )


def _read_block(
    grid: Grid,
    headings: Sequence[Heading],
    block: Block,
    body: Iterable[int],
    config: ControlsConfig,
    table: PopulationTable,
) -> set[int]:
    """Add the counts of one block; return the rows used."""
    used = set()
    above = [""] * len(block.district)
    for n in body:
        row = grid.cells[n]
        values = [(c, number_of(row[c])) for c in block.values if row[c]]
        _tell_unreadable(
            grid, n, [row[c] for c, v in values if v is None], any(v is not None for _, v in values), table
        )
        values = [(c, v) for c, v in values if v is not None]
        if not values:
            continue
        names = [row[c] for c in block.district]
        if block.age is not None or block.sex is not None:  # merged cells: the name stands in the first row only
            names = [name or last for name, last in zip(names, above, strict=True)]
        elif len(names) > 1:
            names = [
                name or last if i < len(names) - 1 else name
                for i, (name, last) in enumerate(zip(names, above, strict=True))
            ]
        above = names
        ages = None if block.age is None else ages_of(row[block.age], bare=True)
        if block.age is not None and ages is None and not _is_all_ages(row[block.age]):
            continue
        if block.district and not any(names):
            continue
        used.add(n)
        sex = exact_sex(row[block.sex]) if block.sex is not None else None
        for column, value in values:
            _add(grid, headings[column], _Cell(names, ages, sex, float(value or 0.0), n), config, table)
    return used


@dataclass(frozen=True, slots=True)
class _Cell:
    names: list[str]
    ages: Ages | None
    sex: Sex | None
    persons: float
    n: int


def _is_all_ages(text: str) -> bool:
    return not text or is_total_name(text)


def _add(grid: Grid, heading: Heading, cell: _Cell, config: ControlsConfig, table: PopulationTable) -> None:
    names = cell.names
    ages = cell.ages if cell.ages is not None else heading.ages
    sex: Sex = cell.sex if cell.sex is not None else heading.sex
    if not names and heading.role is None:  # a district by column
        names, said_of = heading.words.split(" ")[:1], map(exact_sex, heading.words.split(" ")[1:])
        told: Sex | None = next((s for s in said_of if s is not None), None)
        sex = cell.sex or told or sex
    if cell.persons < 0:
        table.problems.append(
            error(
                "controls.negative",
                at(grid.name, grid.lines[cell.n]),
                Text(f"人口が負の値です（{cell.persons:,.0f}）", f"persons are negative ({cell.persons:,.0f})"),
                Text("元の表の数値を確かめてください", "check the number in the table"),
            ),
        )
        return
    said = [n for n in names if n]
    total = any(is_total_name(n) or n in config.total_rows for n in said)
    name = names[table.level] if names and len(names) > 1 else next(iter(said), "")
    if not total and names and not name:
        return
    count = Count("" if total else name, ages, sex, cell.persons, grid.lines[cell.n])
    if not total:
        table.counts.append(count)
    elif len(said) == 1 and not _is_part(said[0]):
        table.totals.append(count)


def _is_part(name: str) -> bool:
    """Return whether a total is of a part of the city (小計, 多賀地区計)."""
    plain = "".join(name.split())
    whole = {
        "計",
        "合計",
        "総計",
        "総数",
        "総合計",
        "全市",
        "全体",
        "市全体",
        "全域",
        "全地区",
        "全区",
        "市内",
        "総人口",
        "人口総数",
    }
    return plain not in whole and not plain.startswith(("市", "全", "総")) and "市" not in plain


def _tell_unreadable(grid: Grid, n: int, texts: Sequence[str], has_numbers: bool, table: PopulationTable) -> None:
    if texts and has_numbers:
        table.problems.append(
            error(
                "controls.number",
                at(grid.name, grid.lines[n]),
                Text(f"数値として読めません: {texts[0]!r}", f"this is no number: {texts[0]!r}"),
                Text("半角の数値にするか、その行を消してください", "write a plain number, or delete the row"),
            ),
        )


def by_sex(counts: Iterable[Count], table: PopulationTable) -> Iterator[Count]:
    """Yield counts of both sexes together: the total where it stands, else men and women; a difference is told."""
    grouped: dict[tuple[str, Ages | None], list[Count]] = defaultdict(list)
    for count in counts:
        grouped[(count.district, count.ages)].append(count)
    differing: list[tuple[Count, float]] = []
    again: list[Count] = []
    alone: list[Count] = []
    for (district, ages), found in grouped.items():
        if len(found) > len({c.sex for c in found}):
            again.append(found[0])
        sums = {s: math.fsum(c.persons for c in found if c.sex == s) for s in {c.sex for c in found}}
        parts = sums.get("male", 0.0) + sums.get("female", 0.0)
        if "total" in sums:
            if {"male", "female"} <= set(sums) and abs(parts - sums["total"]) > _CLOSE:
                differing.append((found[0], parts))
            yield Count(district, ages, "total", sums["total"], found[0].row)
        elif {"male", "female"} <= set(sums):
            yield Count(district, ages, "total", parts, found[0].row)
        else:
            alone.append(found[0])
    if differing:
        count, parts = differing[0]
        table.problems.append(
            warning(
                "controls.sexes_differ",
                at(table.name, count.row),
                Text(
                    f"男＋女（{parts:,.0f} 人）が計と一致しません。計を使います",
                    "men and women do not sum to the total, which is used",
                ),
                count=len(differing),
            ),
        )
    if again and again[0].district:
        table.problems.append(
            note(
                "controls.rows_summed",
                at(table.name, again[0].row),
                Text(f"同じ地区の行を合計しました（例: {again[0].district}）", "rows of one district were summed"),
                count=len({c.district for c in again}),
            ),
        )
    if alone:
        table.problems.append(
            error(
                "controls.one_sex",
                at(table.name, alone[0].row),
                Text("男女の一方しかありません", "there is only one of the sexes"),
                Text("計の列、または男女両方の列が必要です", "a total, or both sexes, are needed"),
            ),
        )
