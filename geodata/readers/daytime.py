"""Owns daytime population from tables by mesh code, district or point, put on the cells of the city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.daytime import DaytimePopulation
from geodata.district_names import plain_name
from geodata.errors import DataError, Problem, Severity, Text, error, warning
from geodata.readers.daytime_cells import DaytimeTable, placed_rows
from geodata.readers.grid_table import Grid, number_of, read_grid
from geodata.readers.records import file_record
from geodata.readers.tables import at, listed, note
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

CODES = (
    "KEY_CODE",
    "MESH_CODE",
    "MESHCODE",
    "メッシュコード",
    "地域メッシュコード",
    "MESH1KMID",
    "MESHID",
    "MESH_ID",
    "メッシュ",
)
DISTRICTS = (
    "地区名",
    "地区",
    "学区名",
    "学区",
    "小学校区",
    "校区",
    "町丁名",
    "町名",
    "地域名",
    "DISTRICT",
    "S_NAME",
    "町丁・字等名",
)
LONGITUDES = ("経度", "LON", "LONGITUDE", "X", "LNG")
LATITUDES = ("緯度", "LAT", "LATITUDE", "Y")
PERSONS = (
    "昼間人口",
    "日中人口",
    "滞在人口",
    "従業者数",
    "従業者",
    "従業地・通学地による人口",
    "POPULATION",
    "人口",
    "人数",
    "総数",
)
INFLOW = ("流入人口", "流入", "市外からの通勤", "他市区町村から", "INFLOW")
_EMPLOYEES = "従業者"
_HEADER_WITHIN = 30
_TO_OPEN_DATA = {"dayflag": "1", "timezone": "0"}
"""Of 全国の人流オープンデータ: weekdays (平日), by day (11 時台〜14 時台)."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Column numbers; `key` says by what rows are placed: code, district or point."""

    key: str
    keys: tuple[int, ...]
    persons: int | None
    inflow: int | None
    kept: dict[int, str]
    months: tuple[int, ...]
    first: int


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
    columns = _columns(grid, config, problems)
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


def _months(grid: Grid, columns: _Columns, rows: Sequence[int], problems: list[Problem]) -> int:
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


def _columns(grid: Grid, config: DaytimeConfig, problems: list[Problem]) -> _Columns:
    """Return the columns by name: as configured, else guessed; a second row of labels is read with the first."""
    head, first, words = _heading(grid, config)
    place = {"code": (config.code, CODES), "lon": (config.lon, LONGITUDES), "lat": (config.lat, LATITUDES)}
    found = {k: _find(words, given, known) for k, (given, known) in place.items()}
    found["district"] = _find(words, config.district, DISTRICTS)
    key, keys = next(
        (
            (name, tuple(found[k] for k in wanted))
            for name, wanted in (("code", ("code",)), ("point", ("lon", "lat")), ("district", ("district",)))
            if all(found[k] is not None for k in wanted)
        ),
        ("", ()),
    )
    persons, inflow = _find(words, config.persons, PERSONS), _find(words, config.inflow, INFLOW)
    if persons == inflow and config.persons is None:
        persons = None
    given = (config.code, config.lon, config.lat, config.district, config.persons, config.inflow, *config.where)
    missing = [name for name in given if name is not None and _find(words, name, ()) is None]
    if not key or (persons is None and inflow is None) or missing:
        raise DataError(_no_columns(grid, head, words, missing))
    kept = {int(_find(words, c, ()) or 0): v for c, v in config.where.items()}
    if not config.where:
        kept |= {c: v for w, v in _TO_OPEN_DATA.items() if (c := _find(words, w, ())) is not None}
    months = tuple(c for w in ("year", "month") if (c := _find(words, w, ())) is not None)
    said = "、".join(
        f"{k}={words[c]}" for k, c in (("場所", keys[0]), ("人口", persons), ("流入", inflow)) if c is not None
    )
    problems.append(
        note(
            "daytime.guessed",
            grid.name,
            Text(f"列をこう読みました: {said}", f"columns were read as: {said}"),
            Text("違うときは daytime: に列名を書いてください", "name the columns in daytime: where that is wrong"),
        ),
    )
    if persons is not None and _EMPLOYEES in words[persons]:
        problems.append(
            warning(
                "daytime.employees",
                grid.name,
                Text(
                    "従業者数を昼間人口の代わりに使います（買物客・児童生徒・在宅の人を含みません）",
                    "employees stand for the daytime population: without shoppers, pupils and those at home",
                ),
            ),
        )
    return _Columns(key, tuple(int(k) for k in keys if k is not None), persons, inflow, kept, months, first)


def _heading(grid: Grid, config: DaytimeConfig) -> tuple[int, int, list[str]]:
    """Return the row of the headings, the first row of data, and one text per column."""
    known = {*CODES, *DISTRICTS, *LONGITUDES, *LATITUDES}
    named = {config.code, config.district, config.lon, config.lat} - {None}
    for head, cells in enumerate(grid.cells[:_HEADER_WITHIN]):
        upper = {c.upper() for c in cells if c}
        if upper & known or set(cells) & named:
            below = grid.cells[head + 1] if head + 1 < len(grid.cells) else []
            labels = bool(below) and not any(number_of(c) is not None for c in below if c)
            words = [f"{a} {b}".strip() if labels else a for a, b in zip(cells, below or cells, strict=True)]
            return head, head + 1 + labels, words
    raise DataError(_no_columns(grid, 0, grid.cells[0], []))


def _find(words: Sequence[str], given: str | None, known: Sequence[str]) -> int | None:
    """Return the column named, or the first whose heading is, or else begins or ends like, one of the known."""
    plain = [plain_name(w).upper() for w in words]
    parts = [[plain_name(p).upper() for p in w.split(" ")] for w in words]
    if given is not None:
        wanted = plain_name(given).upper()
        return next((n for n, p in enumerate(parts) if wanted in p or plain[n] == wanted), None)
    for name in map(str.upper, known):
        exact = next((n for n, p in enumerate(parts) if name in p), None)
        if exact is not None:
            return exact
    wide = [k.upper() for k in known if len(k) > 2 and not k.isascii()]  # noqa: PLR2004 -- 地区 stands in many words
    return next((n for k in wide for n, p in enumerate(plain) if k in p), None)


def _no_columns(grid: Grid, head: int, words: Sequence[str], missing: Sequence[str]) -> Problem:
    said = listed([w for w in words if w], 12)
    lack = f"（{', '.join(missing)}）" if missing else ""
    return error(
        "daytime.columns",
        at(grid.name, grid.lines[head]),
        Text(
            f"場所（メッシュコード・地区・経度緯度）と人口の列が見つかりません{lack}。列: {said}",
            f"no column of the place and of persons{lack}; columns: {said}",
        ),
        Text(
            "daytime: の code:、district:、persons: などに列名を書いてください",
            "name them in code:, district:, persons:",
        ),
    )


# ---------------------------------------------------------------- from rows to cells


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
