"""Owns cutting areas along a mesh into pieces, their people spread by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.mesh import SIZE_M, cells_over
from geodata.readers.mesh_cells import mesh_boxes

if TYPE_CHECKING:
    from geodata.readers.area_polygons import Areas
    from geodata.units import FloatArray, IntArray, StrArray

LEAST_PIECE = 0.02
"""A piece smaller than this share of a mesh cell is merged into the neighbouring piece of its area."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """
    Pieces of areas.

    `piece_id`: ``code-mesh``, or the code of an area left whole, shape (P,). `area`: index of the area. `polygons`:
    outlines in degrees. `persons`: by age group, shape (P, A). `n_merged`: slivers merged into a neighbour.
    """

    piece_id: StrArray
    area: IntArray
    polygons: np.ndarray[Any, Any]
    persons: FloatArray
    n_merged: int


def cut_areas(areas: Areas, persons: FloatArray, cell_m: int) -> Pieces:
    """
    Cut areas along the mesh and spread their people by area.

    Parameters
    ----------
    areas
        Areas with their outlines.
    persons
        People by area and age group, shape (N, A).
    cell_m
        Size of the mesh cells [m]; 0 = leave areas whole.

    Returns
    -------
    pieces
        The people of the pieces of an area sum to those of the area, in all and by age group.
    """
    n = len(areas.code)
    if cell_m == 0:
        return Pieces(areas.code.copy(), np.arange(n, dtype=np.int32), areas.polygons, persons, 0)
    level = {size: level for level, size in SIZE_M.items()}[cell_m]
    ids: list[str] = []
    owner: list[int] = []
    shapes: list[Any] = []
    parts: list[FloatArray] = []
    merged = 0
    for area in range(n):
        codes, polygons, n_merged = _cut(areas.polygons[area], level)
        merged += n_merged
        code = str(areas.code[area])
        ids += [f"{code}-{c}" for c in codes] if len(codes) > 1 else [code]
        owner += [area] * len(codes)
        shapes += list(polygons)
        parts.append(_spread(persons[area], shapely.area(polygons)))
    return Pieces(
        np.array(ids, dtype=np.str_),
        np.array(owner, dtype=np.int32),
        np.array([*shapes, None], dtype=object)[:-1],
        np.concatenate(parts),
        merged,
    )


def _cut(polygon: Any, level: int) -> tuple[list[str], np.ndarray[Any, Any], int]:
    """Return mesh codes and pieces of one outline; slivers belong to the piece they share the longest border with."""
    west, south, east, north = (float(v) for v in polygon.bounds)
    codes = cells_over((west, south, east, north), level)
    if len(codes) == 1:
        return codes, np.array([polygon], dtype=object), 0
    boxes = mesh_boxes(np.array(codes, dtype=np.str_))
    shapely.prepare(polygon)
    hit = np.flatnonzero(shapely.intersects(boxes, polygon))
    pieces = shapely.intersection(boxes[hit], polygon)
    areas = shapely.area(pieces)
    large = areas >= LEAST_PIECE * shapely.area(boxes[0])
    if not large.any():
        return [codes[hit[int(np.argmax(areas))]]], np.array([polygon], dtype=object), int((areas > 0).sum()) - 1
    small = np.flatnonzero(~large & (areas > 0))
    groups: dict[int, list[int]] = {int(i): [int(i)] for i in np.flatnonzero(large)}
    heads = np.array(list(groups))
    for sliver in small:
        shared = shapely.length(shapely.intersection(pieces[heads], pieces[sliver]))
        apart = shapely.distance(pieces[heads], pieces[sliver])
        groups[int(heads[np.lexsort((apart, -shared))[0]])].append(int(sliver))
    whole = [
        shapely.union_all(pieces[members]) if len(members) > 1 else pieces[members[0]] for members in groups.values()
    ]
    return [codes[hit[i]] for i in groups], np.array([*whole, None], dtype=object)[:-1], len(small)


def _spread(persons: FloatArray, weights: FloatArray) -> FloatArray:
    """Return persons by piece and age group, by area, shape (P, A)."""
    return np.asarray(weights[:, None] / weights.sum() * persons[None, :])
