"""Owns daytime population from tables by mesh code, district or point, put on the cells of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.daytime import DaytimePopulation
from geodata.errors import DataError, Problem, Severity, Text, error, warning
from geodata.readers.daytime_cells import DaytimeTable, placed_rows
from geodata.readers.daytime_columns import DaytimeColumns, find_columns
from geodata.readers.grid_table import Grid, number_of, read_grid
from geodata.readers.records import file_record
from geodata.readers.tables import at, note
from geodata.reading import FileRecord, ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.config.fitting import DaytimeConfig
    from geodata.population import PopulationCells
    from geodata.units import FloatArray, IntArray

READER = ReaderInfo(
    "daytime",
    Text("昼間人口・流入人口の表", "daytime population and commuters coming in"),
    "地域メッシュ統計（e-Stat 統計GIS, 2 行見出し）、経済センサス 地域メッシュ、全国の人流オープンデータ（2019–2021）",
    verified=False,
)


def read_daytime(
    config: DaytimeConfig, find: Callable[[str], Path], population: PopulationCells
) -> Reading[DaytimePopulation]:
    """
    Return people by day on the cells of the city.

    A mesh cell coarser than the city's cells is shared among those whose centres lie in it by their residents (by area
    where nobody lives); a finer one is added to the cell that holds its centre. A district is shared by residents. A
    point belongs to the cell that holds it. A cell without any row has no data (NaN).

    Parameters
    ----------
    config
        Files and columns; columns not given are guessed from their headings.
    find
        Turns a path of the configuration into one on disk.
    population
        The cells.

    Returns
    -------
    reading
        Daytime population; warnings count the people of rows outside the cells.

    Raises
    ------
    DataError
        If no column of persons or of the place is found, or numbers, codes or districts cannot be read.
    """
    problems: list[Problem] = []
    files: list[FileRecord] = []
    persons, inflow = (np.full(population.n_cells, np.nan) for _ in range(2))
    for name in config.path:
        path = find(name)
        try:
            grid, found = read_grid(path)
            problems += found
            table = _read_table(grid, config, problems)
            shares = placed_rows(table, config, population, problems)
        except DataError as exc:
            problems += exc.problems
            continue
        cell, row, share = shares
        _add(persons, table.persons, cell, row, share)
        _add(inflow, table.inflow, cell, row, share)
        _tell_outside(table, row, problems)
        files.append(file_record(path, READER, len(table.lines), len(np.unique(row))))
    if any(p.severity is Severity.ERROR for p in problems):
        raise DataError([p for p in problems if p.severity is Severity.ERROR])
    known = np.isfinite(persons)
    counts = {"daytime_cells": int(known.sum()), "daytime_persons": round(float(np.nansum(persons)))}
    return Reading(DaytimePopulation(persons, inflow, config.year), tuple(problems), tuple(files), counts)


def _add(total: FloatArray, values: FloatArray, cell: IntArray, row: IntArray, share: FloatArray) -> None:
    """Add row values to cells by their shares, in place; a cell with any known row is known."""
    known = np.isfinite(values[row])
    sums = np.bincount(cell[known], weights=values[row[known]] * share[known], minlength=len(total))
    touched = np.zeros(len(total), dtype=bool)
    touched[cell[known]] = True
    total[touched] = np.nan_to_num(total[touched]) + sums[touched]


def _read_table(grid: Grid, config: DaytimeConfig, problems: list[Problem]) -> DaytimeTable:
    columns = find_columns(grid, config, problems)
    rows = [
        n
        for n in range(columns.first, len(grid.cells))
        if all(grid.cells[n][c] == v for c, v in columns.kept.items()) and all(grid.cells[n][c] for c in columns.keys)
    ]
    errors: list[Problem] = []
    values = {
        what: np.array([_value(grid, n, c, errors) for n in rows]) if c is not None else np.full(len(rows), np.nan)
        for what, c in (("persons", columns.persons), ("inflow", columns.inflow))
    }
    if not rows:
        errors.append(
            error(
                "daytime.no_rows",
                grid.name,
                Text("使える行がありません", "there is no row to use"),
                Text("where: の条件と、コード・地区の列を確かめてください", "check where: and the column of the place"),
            ),
        )
    if errors:
        raise DataError(errors)
    keys = [tuple(grid.cells[n][c] for c in columns.keys) for n in rows]
    months = _months(grid, columns, rows, problems)
    if months == 1 and columns.key != "point" and len(set(keys)) < len(keys):
        problems.append(
            note(
                "daytime.rows_summed",
                grid.name,
                Text("同じ場所の行を合計しました", "rows of one place were summed"),
                Text("年や区分が混ざっていれば where: で絞ってください", "use where: if years or kinds are mixed"),
                len(keys) - len(set(keys)),
            ),
        )
    lines = [grid.lines[n] for n in rows]
    return DaytimeTable(grid.name, columns.key, keys, values["persons"] / months, values["inflow"] / months, lines)


def _months(grid: Grid, columns: DaytimeColumns, rows: Sequence[int], problems: list[Problem]) -> int:
    """Return how many months the rows tell of: 全国の人流オープンデータ has one row each, which are averaged."""
    months = {tuple(grid.cells[n][c] for c in columns.months) for n in rows}
    if len(months) > 1:
        problems.append(
            note(
                "daytime.months_averaged",
                grid.name,
                Text(f"{len(months)} か月の値を平均しました", f"{len(months)} months were averaged"),
                Text("1 か月だけにするには where: に year と month を書いてください", "use where: for one month only"),
            ),
        )
    return max(len(months), 1)


def _value(grid: Grid, n: int, column: int, errors: list[Problem]) -> float:
    text = grid.cells[n][column]
    value = number_of(text) if text else float("nan")
    if value is None or value < 0:
        errors.append(
            error(
                "daytime.number",
                at(grid.name, grid.lines[n]),
                Text(f"人数として使えません: {text!r}", f"this is no number of persons: {text!r}"),
                Text("0 以上の数値を書いてください", "write a number of 0 or more"),
            ),
        )
        return float("nan")
    return value


def _tell_outside(table: DaytimeTable, row: IntArray, problems: list[Problem]) -> None:
    left = np.setdiff1d(np.arange(len(table.lines)), row)
    if not len(left):
        return
    persons = float(np.nansum(table.persons[left]))
    problems.append(
        warning(
            "daytime.outside",
            at(table.name, table.lines[int(left[0])]),
            Text(
                f"都市のセルの外の行は使いません（{persons:,.0f} 人）",
                f"rows outside the cells of the city are not used ({persons:,.0f} persons)",
            ),
            Text(
                "この都市のファイルか、人口のセルが市全体を覆うか確かめてください",
                "check that the file is of this city, and that its cells cover all of it",
            ),
            count=len(left),
        ),
    )
