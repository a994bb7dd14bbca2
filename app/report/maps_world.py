"""Owns the ground of printed maps: outlines of cells and land in metres, and which part of it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.features.compare.geometry import dissolve, focus
from geodata.crs import to_plane

if TYPE_CHECKING:
    from app.report.order import Extent
    from app.services import Services
    from geodata.city import City
    from geodata.units import FloatArray, IntArray

ROOM = 0.03
"""Room left around what is asked for, of its size."""
TILE_PX = 512
"""Width of the whole world on the screen at zoom 0 [px]."""
ZOOMS = (7.0, 16.0)
"""Least and most zoom that the maps of the page have; an address may tell any."""
SCREEN_PX = (620, 560)
"""What one map of the page measures on a desk, for a view that is told by centre and zoom [px]."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """
    A city's ground in plane coordinates.

    `rings`: outlines of cells [m], `cell`: ring → cell, shape (R,). `land`: outlines of the land [m].
    """

    epsg: int
    rings: tuple[FloatArray, ...]
    cell: IntArray
    land: tuple[FloatArray, ...]
    focus: Extent

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
    west, south, east, north = focus(city)
    return World(city.epsg, tuple(rings), np.array(cell, np.int32), tuple(land), (west, south, east, north))


def camera_extent(lon: float, lat: float, zoom: float) -> Extent:
    """Return the part of the world that a map of the page shows around a centre at a zoom it has [degrees]."""
    per_px = 360.0 / (TILE_PX * 2.0 ** min(max(zoom, ZOOMS[0]), ZOOMS[1]))
    wide, high = (per_px * size / 2 for size in SCREEN_PX)
    high *= math.cos(math.radians(lat))
    return lon - wide, lat - high, lon + wide, lat + high


def frame_of(world: World, extent: Extent | None, ratio: float) -> Extent:
    """
    Return left, bottom, right, top of a map [m] that shows an extent whole.

    Parameters
    ----------
    extent
        Degrees; None, and one that the plane system cannot hold: where people live.
    ratio
        Width by height of the map.
    """
    corners = _corners(world, world.focus if extent is None else extent)
    if not np.isfinite(corners).all():
        corners = _corners(world, world.focus)
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    wide, high = (1 + 2 * ROOM) * (right - left), (1 + 2 * ROOM) * (top - bottom)
    wide, high = max(wide, high * ratio), max(high, wide / ratio)
    x, y = (left + right) / 2, (bottom + top) / 2
    return float(x - wide / 2), float(y - high / 2), float(x + wide / 2), float(y + high / 2)


def _corners(world: World, extent: Extent) -> FloatArray:
    west, south, east, north = extent
    return world.plane(np.array([[west, south], [west, north], [east, south], [east, north]]))
