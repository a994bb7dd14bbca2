"""Owns how a place that a person writes is found: latitude and longitude, or the code of a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from geodata.units import EARTH_RADIUS_M

if TYPE_CHECKING:
    from app.services import Services
    from geodata.units import FloatArray

FARTHEST_M = 2_000.0
"""A point farther than this from every cell's centre belongs to none [m]."""
LARGEST_LAT, LARGEST_LON = 90.0, 180.0
PAIR = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,、 ]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")


def read_lonlat(text: str) -> tuple[float, float] | None:
    """Return (lon, lat) of ``lat,lon`` as maps write it; None for anything else."""
    match = PAIR.fullmatch(text)
    if match is None:
        return None
    lat, lon = float(match[1]), float(match[2])
    return (lon, lat) if abs(lat) <= LARGEST_LAT and abs(lon) <= LARGEST_LON else None


def find_cell(services: Services, text: str) -> str | None:
    """Return the id of the cell of a point ``lat,lon``, or of the cell that is named; None where there is none."""
    known = text.strip()
    if services.travel.cell_index(known) is not None:
        return known
    lonlat = read_lonlat(text)
    if lonlat is None:
        return None
    cells = services.city.population
    away = distance_m(cells.lonlat, lonlat)
    nearest = int(np.argmin(away))
    return str(cells.cell_id[nearest]) if away[nearest] <= FARTHEST_M else None


def distance_m(lonlat: FloatArray, place: tuple[float, float]) -> FloatArray:
    """Return how far points are from a place, along the globe, shape (N,) [m]."""
    lon, lat = np.radians(place)
    lons, lats = np.radians(lonlat).T
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lats) * np.cos(lat) * np.sin((lons - lon) / 2) ** 2
    found: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found


def cell_at(services: Services, xy: tuple[float, float]) -> str:
    """Return the id of the cell whose centre is nearest to a point of the plane [m]."""
    from sim.cells import nearest_cell  # noqa: PLC0415 - brings the models

    cells = services.city.population
    return str(cells.cell_id[nearest_cell(cells, np.array([xy]))[0]])
