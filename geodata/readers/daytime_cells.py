"""Owns the way from rows of a daytime table to cells: by mesh code, district or point, with the share of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.district_names import match_names
from geodata.errors import DataError, Problem, Text, error
from geodata.mesh import CODE_LENGTH, bounds_many, encode_many
from geodata.readers.grid_table import number_of
from geodata.readers.tables import at

if TYPE_CHECKING:
    from geodata.config.fitting import DaytimeConfig
    from geodata.population import PopulationCells
    from geodata.units import FloatArray, IntArray

_ENOUGH = 0.9


Placed = tuple["IntArray", "IntArray", "FloatArray"]


@dataclass(frozen=True, slots=True, eq=False)
class DaytimeTable:
    """Rows of one file: keys as text, numbers, line of each row."""

    name: str
    key: str
    keys: list[tuple[str, ...]]
    persons: FloatArray
    inflow: FloatArray
    lines: list[int]


def placed_rows(
    table: DaytimeTable, config: DaytimeConfig, population: PopulationCells, problems: list[Problem]
) -> Placed:
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


def _by_code(table: DaytimeTable, population: PopulationCells) -> Placed:
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


def _by_point(table: DaytimeTable, population: PopulationCells) -> Placed:
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
