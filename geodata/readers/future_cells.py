"""Owns which cells of the city a mesh of estimates stands for, and how its people are shared among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.errors import DataError
from geodata.mesh import CODE_LENGTH, centres_many, encode_many, level_of
from geodata.readers.mesh_cells import mesh_boxes

if TYPE_CHECKING:
    from geodata.population import PopulationCells
    from geodata.readers.future_years import FutureTable
    from geodata.readers.suppression import IndexArray
    from geodata.units import BoolArray, FloatArray

NEARLY_ALL = 0.95
"""A mesh cell with at least this share of its people in the city's cells counts whole; below, by that share."""
_WHOLE = 0.99  # [share of the area] outlines in degrees do not meet to the last bit
_COARSER = 2.0  # times the area of a mesh cell


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """
    Links between mesh cells of estimates and cells of the city.

    Parameters
    ----------
    mesh, cell, share
        link → index of the mesh cell, of the city's cell, and the share of the mesh cell's people it gets, shape (L,).
    n_cells
        Cells of the city.
    no_data
        cell → whether people live there today but no mesh cell stands for it, shape (n_cells,).
    used
        mesh cell → whether some cell takes people from it.
    n_partly, n_left_over
        Mesh cells that count in part; that touch cells of the city but match none.
    persons_unmatched
        People of today in cells without an estimate.
    """

    mesh: IndexArray
    cell: IndexArray
    share: FloatArray
    n_cells: int
    no_data: BoolArray
    used: BoolArray
    n_partly: int
    n_left_over: int
    persons_unmatched: float

    @property
    def n_matched(self) -> int:
        """Cells of the city that take people from a mesh cell."""
        return len(np.unique(self.cell))

    @property
    def n_unmatched(self) -> int:
        """Cells where people live today without an estimate."""
        return int(self.no_data.sum())

    def spread(self, persons: FloatArray) -> FloatArray:
        """Return persons by cell of the city and age group from those by mesh cell (M, A), shape (n_cells, A)."""
        out = np.zeros((self.n_cells, persons.shape[1]))
        np.add.at(out, self.cell, persons[self.mesh] * self.share[:, None])
        out[self.no_data] = np.nan
        return out


def share_cells(table: FutureTable, population: PopulationCells) -> Shares:
    """
    Link mesh cells of estimates to cells of the city.

    Notes
    -----
    Shares of a mesh cell sum to 1 where the city's cells cover it, so its people are conserved.
    """
    index = pd.Index(table.code)
    present = population.total
    mesh_area = shapely.area(mesh_boxes(table.code[:1]))[0]
    cell_area = shapely.area(population.polygon_lonlat)
    city_level = _mesh_level(population)
    if city_level is not None and city_level < table.level:
        mesh, cell = _into_coarser_mesh(table, population, city_level)
    elif city_level is None and np.median(cell_area) > _COARSER * mesh_area:
        mesh, cell = _into_polygons(table, population)
    else:
        found = index.get_indexer(pd.Index(encode_many(population.lonlat, table.level)))
        cell = np.flatnonzero(found >= 0).astype(np.int64)
        mesh = found[cell].astype(np.int64)
        return _by_people(table, population, mesh, cell, cell_area / mesh_area)
    matched = np.zeros(population.n_cells, dtype=np.bool_)
    matched[cell] = True
    used = np.zeros(len(table.code), dtype=np.bool_)
    used[mesh] = True
    lost = ~matched & (present > 0)
    return Shares(
        mesh,
        cell,
        np.ones(len(mesh)),
        population.n_cells,
        lost,
        used,
        0,
        _left_over(table, population, used),
        float(present[lost].sum()),
    )


def _by_people(
    table: FutureTable, population: PopulationCells, mesh: IndexArray, cell: IndexArray, cell_share: FloatArray
) -> Shares:
    """Share each mesh cell among the cells in it by their people, by area where nobody lives."""
    n = len(table.code)
    present = population.total
    people = np.bincount(mesh, weights=present[cell], minlength=n)
    area = np.bincount(mesh, weights=cell_share[cell], minlength=n)
    used = np.bincount(mesh, minlength=n) > 0
    first = table.total[table.years[0]]
    lives_here = np.divide(people, first, out=np.ones(n), where=first > 0)
    whole = (area >= _WHOLE) | (lives_here >= NEARLY_ALL)
    counted = np.where(whole, 1.0, np.where(first > 0, lives_here, np.minimum(area, 1.0)))
    by_people = np.divide(present[cell], people[mesh], out=np.zeros(len(cell)), where=people[mesh] > 0)
    by_area = np.divide(cell_share[cell], area[mesh], out=np.zeros(len(cell)), where=area[mesh] > 0)
    share = np.where(people[mesh] > 0, by_people, by_area) * counted[mesh]
    lost = present > 0
    lost[cell] = False
    return Shares(
        mesh,
        cell,
        share,
        population.n_cells,
        lost,
        used,
        int((used & ~whole).sum()),
        _left_over(table, population, used),
        float(present[lost].sum()),
    )


def _mesh_level(population: PopulationCells) -> int | None:
    """Return the mesh level of the city's cells; None where they are no mesh."""
    lengths = np.unique(np.char.str_len(population.cell_id))
    if len(lengths) != 1 or int(lengths[0]) not in CODE_LENGTH.values():
        return None
    try:
        level = level_of(str(population.cell_id[0]))
        centres = centres_many(population.cell_id)
    except DataError:
        return None
    return level if np.allclose(centres, population.lonlat, atol=1e-4) else None


def _into_coarser_mesh(table: FutureTable, population: PopulationCells, level: int) -> tuple[IndexArray, IndexArray]:
    codes = encode_many(centres_many(table.code), level)
    found = pd.Index(population.cell_id).get_indexer(pd.Index(codes))
    mesh = np.flatnonzero(found >= 0)
    return mesh.astype(np.int64), found[mesh].astype(np.int64)


def _into_polygons(table: FutureTable, population: PopulationCells) -> tuple[IndexArray, IndexArray]:
    points = shapely.points(centres_many(table.code))
    mesh, cell = shapely.STRtree(population.polygon_lonlat).query(points, predicate="intersects")
    # A middle on the edge of two cells counts once, in the first.
    once, first = np.unique(mesh, return_index=True)
    return once.astype(np.int64), cell[first].astype(np.int64)


def _left_over(table: FutureTable, population: PopulationCells, used: BoolArray) -> int:
    rest = np.flatnonzero(~used)
    if not len(rest):
        return 0
    points = shapely.points(centres_many(table.code[rest]))
    west, south, east, north = shapely.total_bounds(population.polygon_lonlat)
    x, y = shapely.get_x(points), shapely.get_y(points)
    near = rest[(x >= west) & (x <= east) & (y >= south) & (y <= north)]
    if not len(near):
        return 0
    inner = shapely.buffer(mesh_boxes(table.code[near]), -1e-7)
    found = shapely.STRtree(population.polygon_lonlat).query(inner, predicate="intersects")
    return len(np.unique(found[0]))
