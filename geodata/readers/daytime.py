"""Owns daytime population from tables by mesh code, district or point, put on the cells of the city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.daytime import DaytimePopulation
from geodata.district_names import match_names, plain_name
from geodata.errors import DataError, Problem, Severity, Text, error, warning
from geodata.mesh import CODE_LENGTH, bounds_many, encode_many
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
_ENOUGH = 0.9
_HEADER_WITHIN = 30
_TO_OPEN_DATA = {"dayflag": "1", "timezone": "0"}
"""Of 全国の人流オープンデータ: weekdays (平日), by day (11 時台〜14 時台)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Rows of one file: keys as text, numbers, line of each row."""

    name: str
    key: str
    keys: list[tuple[str, ...]]
    persons: FloatArray
    inflow: FloatArray
    lines: list[int]


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
            shares = _placed(table, config, population, problems)
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


def _read_table(grid: Grid, config: DaytimeConfig, problems: list[Problem]) -> _Table:
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
    return _Table(grid.name, columns.key, keys, values["persons"] / months, values["inflow"] / months, lines)


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

Placed = tuple["IntArray", "IntArray", "FloatArray"]


def _placed(table: _Table, config: DaytimeConfig, population: PopulationCells, problems: list[Problem]) -> Placed:
    """Return cell, row and share of the row in the cell; the shares of a row inside sum to 1."""
    if table.key == "code":
        return _by_code(table, population)
    if table.key == "point":
        return _by_point(table, population)
    matches = match_names(
        [k[0] for k in table.keys],
        [str(n) for n in population.district_name],
        renamed=config.names,
        where=table.name,
        code="daytime",
    )
    problems += matches.problems
    group = np.array([matches.found.get(k[0], -1) for k in table.keys], dtype=np.int32)
    return _shared(population, population.district, group)


def _by_code(table: _Table, population: PopulationCells) -> Placed:
    codes = np.array([k[0] for k in table.keys])
    lengths = np.char.str_len(codes)
    levels = {length: level for level, length in CODE_LENGTH.items()}
    wrong = [n for n in range(len(codes)) if lengths[n] not in levels or not str(codes[n]).isdigit()]
    if wrong or len(set(lengths.tolist())) > 1:
        n = wrong[0] if wrong else int(np.flatnonzero(lengths != lengths[0])[0])
        raise DataError(
            error(
                "daytime.mesh_code",
                at(table.name, table.lines[n]),
                Text(
                    f"メッシュコード {codes[n]} は使えません（桁数が混ざっているか、コードではありません）",
                    f"mesh code {codes[n]} cannot be used: no code, or of another level than the others",
                ),
                Text("次数（1 km・500 m・250 m）ごとにファイルを分けてください", "use one file per level"),
            ),
        )
    level = levels[int(lengths[0])]
    boxes = bounds_many(codes)
    degrees = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    usual = float(np.median(shapely.area(population.polygon_lonlat)))
    if float(np.median(degrees)) >= _ENOUGH * usual:
        known, row = np.unique(codes, return_inverse=True)
        own = encode_many(population.lonlat, level)
        place = np.clip(np.searchsorted(known, own), 0, len(known) - 1)
        group = np.where(known[place] == own, place, -1).astype(np.int32)
        return _shared(population, group, row.astype(np.int32))
    return _holding(population, (boxes[:, :2] + boxes[:, 2:]) / 2)


def _by_point(table: _Table, population: PopulationCells) -> Placed:
    lonlat = np.array([[number_of(v) for v in k] for k in table.keys], dtype=np.float64)
    wrong = ~((np.abs(lonlat) <= (180.0, 90.0)).all(axis=1))
    if wrong.any():
        n = int(np.flatnonzero(wrong)[0])
        raise DataError(
            error(
                "daytime.position",
                at(table.name, table.lines[n]),
                Text(f"経度・緯度が使えません（{'、'.join(table.keys[n])}）", "no usable longitude and latitude"),
                Text("度で、経度と緯度を取り違えずに書いてください", "write degrees, not swapped"),
            ),
        )
    return _holding(population, lonlat)


def _holding(population: PopulationCells, lonlat: FloatArray) -> Placed:
    """Return the cell that holds each point; a point on a border belongs to the first."""
    tree = shapely.STRtree(population.polygon_lonlat)
    point, cell = tree.query(shapely.points(lonlat), predicate="intersects")
    order = np.lexsort((cell, point))
    point, cell = point[order], cell[order]
    first = np.concatenate([[True], point[1:] != point[:-1]]) if len(point) else np.zeros(0, dtype=bool)
    return cell[first].astype(np.int32), point[first].astype(np.int32), np.ones(int(first.sum()))


def _shared(population: PopulationCells, group_of_cell: IntArray, group_of_row: IntArray) -> Placed:
    """Return each row shared among the cells of its group by residents, by area where nobody lives."""
    n_groups = int(max(group_of_cell.max(initial=-1), group_of_row.max(initial=-1))) + 1
    inside = np.flatnonzero(group_of_cell >= 0)
    group = group_of_cell[inside]
    people, area = population.total[inside], population.area_m2[inside]
    held = np.bincount(group, weights=people, minlength=n_groups)
    weights = np.where(held[group] > 0, people, area)
    share = weights / np.bincount(group, weights=weights, minlength=n_groups)[group]
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(n_groups + 1))
    rows = np.flatnonzero(group_of_row >= 0)
    sizes = (starts[1:] - starts[:-1])[group_of_row[rows]]
    row = np.repeat(rows, sizes)
    within = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    picked = order[starts[group_of_row[row]] + within]
    return inside[picked].astype(np.int32), row.astype(np.int32), share[picked]


def _tell_outside(table: _Table, row: IntArray, problems: list[Problem]) -> None:
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
            count=len(left),
        ),
    )
