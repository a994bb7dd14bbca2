"""Owns coverage by circles: which share of each cell lies within a distance of stations or stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.timetable import RouteClass
from geodata.units import FloatArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.timetable import Timetable
    from geodata.units import BoolArray, IntArray

Polygons = np.ndarray[Any, Any]
Rings = tuple[Any, FloatArray, Any, FloatArray]

MOST_EASY = 6
"""Polygons in one cell, at most, whose union is computed from their subsets."""


def cover_share(
    polygons_xy: Polygons, centres_xy: FloatArray, radii_m: FloatArray, *, rings: Rings | None = None
) -> FloatArray:
    """
    Return the share of each cell that lies in the union of circles, by area.

    Parameters
    ----------
    polygons_xy
        Cells, shape (C,), plane coordinates [m].
    centres_xy, radii_m
        Circles, shapes (K, 2), (K,) [m].
    rings
        `rings_of` the cells, where they are at hand.

    Returns
    -------
    share
        0–1, shape (C,).

    Notes
    -----
    Circles are circles, not polygons: the area follows from their arcs by Green's theorem, to rounding. It never falls
    when a radius grows or a circle is added.
    """
    from sim.circle_union import open_arcs, union_area  # noqa: PLC0415 -- compiles on first use

    centres = np.asarray(centres_xy, np.float64).reshape(-1, 2)
    circles = np.unique(np.column_stack([centres, np.broadcast_to(radii_m, len(centres))]), axis=0)
    circles = circles[circles[:, 2] > 0]
    if not len(circles) or not len(polygons_xy):
        return np.zeros(len(polygons_xy))
    centre, radius = np.ascontiguousarray(circles[:, :2]), np.ascontiguousarray(circles[:, 2])
    area = union_area(*(rings_of(polygons_xy) if rings is None else rings), centre, radius, *open_arcs(centre, radius))
    share: FloatArray = np.where(area < 0, 1.0, np.minimum(area / shapely.area(polygons_xy), 1.0))
    return share


def rings_of(polygons_xy: Polygons) -> Rings:
    """Return cell → corners of its rings (CSR), corner → place and ring, ring → 1, −1 = cell on its left, right."""
    parts, cell = shapely.get_parts(polygons_xy, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    outer = np.ones(len(rings), bool)
    outer[1:] = part[1:] != part[:-1]
    offsets = np.searchsorted(cell[part[ring]], np.arange(len(polygons_xy) + 1))
    return offsets, xy, ring, np.where(shapely.is_ccw(rings) == outer, 1.0, -1.0)


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
    easy = (_convex(polygons_xy)[cell] & _convex(areas_xy)[area]) if len(cell) else np.zeros(0, bool)
    easy &= (np.bincount(cell, minlength=len(share)) <= MOST_EASY)[cell]
    easy &= (np.bincount(cell[~easy], minlength=len(share)) == 0)[cell]
    united = _convex_area(polygons_xy, areas_xy, area[easy], cell[easy])
    area, cell = area[~easy], cell[~easy]
    united += _united_area(shapely.intersection(polygons_xy[cell], areas_xy[area]), cell, len(share))
    clipped: FloatArray = np.minimum(share + united / shapely.area(polygons_xy), 1.0)
    return clipped


def _convex(polygons_xy: Polygons) -> BoolArray:
    """Return which shapes are single convex polygons, shape (C,)."""
    plain = shapely.get_type_id(polygons_xy) == shapely.GeometryType.POLYGON
    area = shapely.area(polygons_xy)
    return np.asarray(plain & (shapely.area(shapely.convex_hull(polygons_xy)) - area <= 1e-12 * area))


def _convex_area(polygons_xy: Polygons, areas_xy: Polygons, area: IntArray, cell: IntArray) -> FloatArray:
    """Return the area of the union of convex areas in convex cells, shape (C,); pairs of area and cell are given."""
    from sim.convex_union import convex_union_area  # noqa: PLC0415 -- compiles on first use

    united = np.zeros(len(polygons_xy))
    if not len(cell):
        return united
    order = np.lexsort((area, cell))
    cells, starts = np.unique(cell[order], return_index=True)
    used, place = np.unique(area[order], return_inverse=True)
    offsets = np.append(starts, len(order))
    united[cells] = convex_union_area(
        np.arange(len(cells)), *_corners(polygons_xy[cells]), place, *_corners(areas_xy[used]), offsets
    )
    return united


def _corners(polygons_xy: Polygons) -> tuple[Any, FloatArray]:
    """Return polygon → corners of its outline, counterclockwise and closed (CSR) [m]."""
    rings = shapely.get_exterior_ring(polygons_xy)
    rings = np.where(shapely.is_ccw(rings), rings, shapely.reverse(rings))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return np.searchsorted(ring, np.arange(len(rings) + 1)), xy


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
