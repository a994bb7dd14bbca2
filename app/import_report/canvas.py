"""Owns the sheet that every map of the report is drawn on: one extent, pixels, a scale bar, compact paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.city import City
    from geodata.units import FloatArray

WIDTH = 640
TALLEST, FLATTEST = 700, 340
_MARGIN = 0.04
_SMALLEST_M = 500.0


@dataclass(frozen=True, slots=True)
class Canvas:
    """A rectangle of the plane [m] on a sheet of `width` × `height` pixels."""

    west: float
    north: float
    m_per_px: float
    width: int
    height: int

    def pixels(self, xy: FloatArray) -> FloatArray:
        """Return plane coordinates (N, 2) [m] as pixels, y downwards."""
        points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        return np.stack(
            [(points[:, 0] - self.west) / self.m_per_px, (self.north - points[:, 1]) / self.m_per_px], axis=1
        )

    def inside(self, pixels: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which pixels lie on the sheet."""
        x, y = pixels[:, 0], pixels[:, 1]
        return np.asarray((x >= 0) & (x <= self.width) & (y >= 0) & (y <= self.height))

    def scale_bar(self) -> tuple[float, str]:
        """Return the length of a round distance in pixels, and its name."""
        most_m = self.m_per_px * self.width / 4
        base = 10 ** np.floor(np.log10(most_m))
        length_m = float(max(m for m in (base, 2 * base, 5 * base) if m <= most_m))
        return length_m / self.m_per_px, f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"  # noqa: PLR2004


def canvas_of(city: City) -> Canvas | None:
    """Return the sheet around the people of a city, else its stops, else its places; None where there is nothing."""
    people = city.population
    bounds = shapely.bounds(people.polygon_xy[people.total > 0]) if people.n_cells else np.zeros((0, 4))
    if not len(bounds):
        for xy in (city.timetable.stops.xy, city.facilities.xy):
            if len(xy):
                bounds = np.hstack([xy, xy])
                break
    if not len(bounds):
        bounds = np.array([z.xy.bounds for z in city.zones]).reshape(-1, 4)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return None
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    return _around(float(west), float(south), float(east), float(north))


def _around(west: float, south: float, east: float, north: float) -> Canvas:
    wide, tall = max(east - west, _SMALLEST_M), max(north - south, _SMALLEST_M)
    middle = ((west + east) / 2, (south + north) / 2)
    wide, tall = wide * (1 + 2 * _MARGIN), tall * (1 + 2 * _MARGIN)
    height = float(np.clip(WIDTH * tall / wide, FLATTEST, TALLEST))
    m_per_px = max(wide / WIDTH, tall / height)
    return Canvas(
        west=middle[0] - m_per_px * WIDTH / 2,
        north=middle[1] + m_per_px * height / 2,
        m_per_px=m_per_px,
        width=WIDTH,
        height=round(height),
    )


def dots(pixels: FloatArray) -> str:
    """Return a path of points, drawn by a round line end; those on the same half pixel stand once."""
    places = np.unique(np.round(np.asarray(pixels) * 2).astype(np.int64), axis=0) / 2
    return "".join(f"M{x:g} {y:g}h0" for x, y in places.tolist())


def segments(start: FloatArray, end: FloatArray, most: int) -> str:
    """Return a path of straight pieces, whole pixels; equal ones once, every n-th where there are too many."""
    pieces = np.hstack([np.round(start), np.round(end)]).astype(np.int64)
    turned = (pieces[:, 0] > pieces[:, 2]) | ((pieces[:, 0] == pieces[:, 2]) & (pieces[:, 1] > pieces[:, 3]))
    pieces[turned] = pieces[turned][:, [2, 3, 0, 1]]
    pieces = np.unique(pieces[(pieces[:, :2] != pieces[:, 2:]).any(axis=1)], axis=0)
    step = -(-len(pieces) // most) or 1
    return "".join(f"M{a} {b}L{c} {d}" for a, b, c, d in pieces[::step].tolist())


def line(pixels: FloatArray) -> str:
    """Return a path through points, in whole pixels, without points that fall together."""
    points = np.round(pixels).astype(np.int64)
    if not len(points):
        return ""
    kept = np.ones(len(points), dtype=bool)
    kept[1:] = (points[1:] != points[:-1]).any(axis=1)
    first, *rest = points[kept].tolist()
    if not rest:
        return ""
    return f"M{first[0]} {first[1]}L" + " ".join(f"{x} {y}" for x, y in rest)


def outline(canvas: Canvas, shapes: Iterable[object], tolerance_px: float = 0.6) -> str:
    """Return a path around polygons, simplified to what can be seen."""
    simple = shapely.simplify(np.array(list(shapes), dtype=object), canvas.m_per_px * tolerance_px)
    parts = shapely.get_parts(simple)
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    found = []
    for ring in rings:
        path = line(canvas.pixels(shapely.get_coordinates(ring))[:-1])
        if path:
            found.append(path + "z")
    return "".join(found)


def cells_path(canvas: Canvas, polygons: np.ndarray[tuple[int], np.dtype[np.object_]]) -> str:
    """Return a path of small cells: boxes where they are boxes, else their outlines."""
    bounds = shapely.bounds(polygons)
    boxes = np.isclose(shapely.area(polygons), (bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1]), rtol=0.05)
    corners = np.hstack([canvas.pixels(bounds[boxes][:, [0, 3]]), canvas.pixels(bounds[boxes][:, [2, 1]])])
    found = []
    for x0, y0, x1, y1 in np.round(corners * 2).astype(np.int64).tolist():
        wide, tall = max(x1 - x0, 1) / 2, max(y1 - y0, 1) / 2
        found.append(f"M{x0 / 2:g} {y0 / 2:g}h{wide:g}v{tall:g}h{-wide:g}z")
    return "".join(found) + outline(canvas, polygons[~boxes], 0.3)
