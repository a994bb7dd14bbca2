"""Owns the ground of printed maps: outlines of cells and land in metres, and which part of it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.features.compare.geometry import dissolve, extent_of
from geodata.crs import to_plane

if TYPE_CHECKING:
    from app.report.order import Extent
    from app.services import Services
    from geodata.city import City
    from geodata.units import FloatArray, IntArray

ROOM = 0.03
"""Room left around where people live, of its size."""
TILE_PX = 512
"""Width of the whole world on the screen at zoom 0 [px]."""
ZOOMS = (7.0, 16.0)
"""Least and most zoom that the maps of the page have; an address may tell any."""
SCREEN_PX = (620.0, 560.0)
"""What one map of the page measures on a desk, for a view that is told by centre and zoom alone [px]."""
SCREEN_LIMITS_PX = (100.0, 8000.0)
"""Least and most that a map on a screen measures; an address may tell any."""
SHAPES = (0.5, 2.4)
"""Least and most width by height that a picture takes over from the screen."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """
    A city's ground in plane coordinates.

    `rings`: outlines of cells [m], `cell`: ring → cell, shape (R,). `land`: outlines of the land [m].
    `whole`: what shows all of the city [degrees].
    """

    epsg: int
    rings: tuple[FloatArray, ...]
    cell: IntArray
    land: tuple[FloatArray, ...]
    whole: Extent

    def plane(self, lonlat: FloatArray) -> FloatArray:
        """Return points in metres, shape (N, 2)."""
        return to_plane(self.epsg, lonlat)


def world_of(services: Services) -> World:
    """Return the ground of the city, made once."""
    return services.kept(("report-world", services.geometry_key), lambda: _build(services.city))


def _build(city: City) -> World:
    rings, cell = [], []
    for n, outline in enumerate(city.population.polygon_xy):
        for part in shapely.get_parts(outline):
            rings.append(shapely.get_coordinates(part.exterior))
            cell.append(n)
    land = [to_plane(city.epsg, shapely.get_coordinates(part.exterior)) for part in shapely.get_parts(dissolve(city))]
    west, south, east, north = extent_of(city)
    return World(city.epsg, tuple(rings), np.array(cell, np.int32), tuple(land), (west, south, east, north))


def camera_extent(
    lon: float, lat: float, zoom: float, wide_px: float = SCREEN_PX[0], high_px: float = SCREEN_PX[1]
) -> Extent:
    """Return the part of the world that a map of the page shows: centre, zoom it has, size on the screen [degrees]."""
    per_px = 2 * math.pi / (TILE_PX * 2.0 ** min(max(zoom, ZOOMS[0]), ZOOMS[1]))
    wide, high = (per_px * min(max(size, SCREEN_LIMITS_PX[0]), SCREEN_LIMITS_PX[1]) / 2 for size in (wide_px, high_px))
    middle = math.asinh(math.tan(math.radians(lat)))  # of Mercator
    south, north = (math.degrees(math.atan(math.sinh(middle + side * high))) for side in (-1, 1))
    return lon - math.degrees(wide), south, lon + math.degrees(wide), north


def shape_of(world: World, extent: Extent | None) -> float | None:
    """Return width by height of a picture of an extent, None where the picture may choose."""
    if extent is None:
        return None
    corners = _corners(world, extent)
    if not np.isfinite(corners).all():
        return None
    wide, high = corners.max(axis=0) - corners.min(axis=0)
    return float(np.clip(wide / high, *SHAPES))


def fitted(world: World, extent: Extent | None, wide: float, high: float) -> tuple[float, float]:
    """Return the largest size of an extent's shape within width and height: what is printed is what was seen."""
    shape = shape_of(world, extent)
    return (wide, high) if shape is None else (min(wide, high * shape), min(high, wide / shape))


def frame_of(world: World, extent: Extent | None, ratio: float) -> Extent:
    """
    Return left, bottom, right, top of a map [m] that shows an extent whole, and no more than its shape asks for.

    Parameters
    ----------
    extent
        Degrees; None, and one that the plane system cannot hold: the whole city, with a little room around.
    ratio
        Width by height of the map.
    """
    corners, room = _corners(world, world.whole if extent is None else extent), 0.0 if extent is not None else ROOM
    if not np.isfinite(corners).all():
        corners, room = _corners(world, world.whole), ROOM
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    wide, high = (1 + 2 * room) * (right - left), (1 + 2 * room) * (top - bottom)
    wide, high = max(wide, high * ratio), max(high, wide / ratio)
    x, y = (left + right) / 2, (bottom + top) / 2
    return float(x - wide / 2), float(y - high / 2), float(x + wide / 2), float(y + high / 2)


def _corners(world: World, extent: Extent) -> FloatArray:
    west, south, east, north = extent
    return world.plane(np.array([[west, south], [west, north], [east, south], [east, north]]))
