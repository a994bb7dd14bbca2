"""Owns coverage by circles: which share of each cell lies within a distance of stations or stops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.timetable import RouteClass

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.timetable import Timetable
    from geodata.units import FloatArray, IntArray

Polygons = np.ndarray[Any, Any]

_QUAD_SEGS = 64
_CORNERS = 4 * _QUAD_SEGS
_AREA_FACTOR = math.sqrt(2 * math.pi / (_CORNERS * math.sin(2 * math.pi / _CORNERS)))
"""Radius of the regular 256-gon ÷ radius of the circle with the same area."""


def circle_polygons(centres_xy: FloatArray, radii_m: FloatArray) -> Polygons:
    """Return one 256-gon per centre with exactly the circle's area, shape (K,)."""
    points = shapely.points(np.asarray(centres_xy, dtype=np.float64).reshape(-1, 2))
    circles: Polygons = np.asarray(shapely.buffer(points, np.asarray(radii_m) * _AREA_FACTOR, quad_segs=_QUAD_SEGS))
    return circles


def cover_share(polygons_xy: Polygons, centres_xy: FloatArray, radii_m: FloatArray) -> FloatArray:
    """
    Return the share of each cell that lies in the union of circles, by area.

    Parameters
    ----------
    polygons_xy
        Cells, shape (C,), plane coordinates [m].
    centres_xy, radii_m
        Circles, shapes (K, 2), (K,) [m].

    Returns
    -------
    share
        0–1, shape (C,).

    Notes
    -----
    Never falls when a radius grows or a circle is added. Circles are 256-gons of equal area: the share of a cut cell is
    off by less than 0.01 % of the circle's area.
    """
    if len(centres_xy) == 0:
        return np.zeros(len(polygons_xy))
    circles = circle_polygons(centres_xy, radii_m)
    return area_share(polygons_xy, circles)


def area_share(polygons_xy: Polygons, areas_xy: Polygons) -> FloatArray:
    """Return the share of each cell that lies in the union of areas, shape (C,)."""
    share = np.zeros(len(polygons_xy))
    if len(areas_xy) == 0:
        return share
    shapely.prepare(areas_xy)
    area, cell = shapely.STRtree(polygons_xy).query(areas_xy, predicate="intersects")
    inside = shapely.covers(areas_xy[area], polygons_xy[cell])
    share[cell[inside]] = 1.0
    cut = share[cell] < 1.0
    area, cell = area[cut], cell[cut]
    pieces = shapely.intersection(polygons_xy[cell], areas_xy[area])
    share += _united_area(pieces, cell, len(share)) / shapely.area(polygons_xy)
    clipped: FloatArray = np.minimum(share, 1.0)
    return clipped


def _united_area(pieces: Polygons, cell: IntArray, n_cells: int) -> FloatArray:
    """Return the area of the union of the pieces of each cell, shape (C,)."""
    united = np.zeros(n_cells)
    order = np.argsort(cell, kind="stable")
    cells, starts, counts = np.unique(cell[order], return_index=True, return_counts=True)
    areas = shapely.area(pieces[order])
    single = counts == 1
    united[cells[single]] = areas[starts[single]]
    for c, start, count in zip(cells[~single], starts[~single], counts[~single], strict=True):
        united[c] = shapely.area(shapely.union_all(pieces[order[start : start + count]]))
    return united


def station_xy(timetable: Timetable) -> FloatArray:
    """Return the stations of the city (stops of railways within its borders), each place once, shape (K, 2) [m]."""
    rail = timetable.stops_of_class(RouteClass.RAIL)
    return distinct_xy(timetable.stops.xy[rail[timetable.stops.in_city[rail]]])


def stop_xy(timetable: Timetable, *classes: str) -> FloatArray:
    """Return the places of stops served by routes of some classes, inside the city or not, shape (K, 2) [m]."""
    return distinct_xy(timetable.stops.xy[timetable.stops_of_class(*classes)])


def distinct_xy(xy: FloatArray) -> FloatArray:
    """Return each point once, ascending by x, then y."""
    unique: FloatArray = np.unique(np.asarray(xy, dtype=np.float64).reshape(-1, 2), axis=0)
    return unique


def fit_radius(share_at: Callable[[float], float], official: float, *, low_m: float, high_m: float) -> float | None:
    """
    Return the radius at which a share that never falls reaches the official one, or None outside the bounds.

    Halving, then rounded to whole metres, which is how it is printed; `share_at` maps a radius [m] to the city's share.
    """
    if not share_at(low_m) <= official <= share_at(high_m):
        return None
    while high_m - low_m > 0.1:  # noqa: PLR2004 -- a tenth of a metre
        middle = (low_m + high_m) / 2
        if share_at(middle) < official:
            low_m = middle
        else:
            high_m = middle
    return float(round(high_m))
