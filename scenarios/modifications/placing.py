"""Owns placing what a scenario adds: degrees to the city's plane, inside the city or not, distances along a line."""

from __future__ import annotations

import numpy as np

from geodata.city import City
from geodata.crs import to_plane
from geodata.errors import Text
from geodata.units import FloatArray, IntArray
from scenarios.modifications.base import ModificationBase, Notes

IN_CITY_M = 1_000.0
FAR_AWAY_M = 60_000.0
_OWN_PLANE_M = 100.0
ROUNDED_DEGREES = 5


def city_xy(city: City, lonlat: FloatArray) -> FloatArray:
    """
    Return plane coordinates [m] of degrees, shape (N, 2), in the plane the city's cells are drawn on.

    A made-up city may lie on a plane of its own; then the linear map that fits its cells is used.
    """
    people = city.population
    if not people.n_cells:
        return to_plane(city.epsg, lonlat)
    if np.abs(to_plane(city.epsg, people.lonlat[:1]) - people.xy[:1]).max() <= _OWN_PLANE_M:
        return to_plane(city.epsg, lonlat)
    base = people.lonlat[0]
    ones = np.ones((people.n_cells, 1))
    matrix, *_ = np.linalg.lstsq(np.hstack([people.lonlat - base, ones]), people.xy, rcond=None)
    mapped: FloatArray = np.hstack([lonlat - base, np.ones((len(lonlat), 1))]) @ matrix
    return mapped


def nearest_cell(city: City, xy: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the nearest cell of points and the distance to its centre [m], shapes (N,); −1 and inf without cells."""
    cells = city.population.xy
    if not len(cells):
        return np.full(len(xy), -1, np.int32), np.full(len(xy), np.inf)
    index, distance = np.zeros(len(xy), np.int32), np.zeros(len(xy))
    for number, point in enumerate(xy):
        away = np.hypot(cells[:, 0] - point[0], cells[:, 1] - point[1])
        index[number] = np.argmin(away)
        distance[number] = away[index[number]]
    return index, distance


def check_near(city: City, mod: ModificationBase, at: str, lonlat: FloatArray, notes: Notes) -> bool:
    """Return whether all points lie near the city; notes those that do not (swapped or zero coordinates)."""
    if not len(lonlat):
        return True
    _, far = nearest_cell(city, city_xy(city, lonlat))
    for number in np.flatnonzero(~(far < FAR_AWAY_M)):
        lon, lat = lonlat[number]
        notes.refuse(
            mod,
            at.format(number),
            "far_away",
            Text(
                f"座標（緯度 {lat}, 経度 {lon}）は都市から {far[number] / 1000:,.0f} km 離れています",
                f"the point (lat {lat}, lon {lon}) is {far[number] / 1000:,.0f} km from the city",
            ),
            Text("緯度と経度が逆、または 0 になっていませんか", "are lat and lon swapped, or zero?"),
        )
    return bool((far < FAR_AWAY_M).all())


def check_in_city(city: City, mod: ModificationBase, at: str, lonlat: FloatArray, notes: Notes) -> bool:
    """Return whether all points lie within `IN_CITY_M` of where someone may live; notes those that do not."""
    if not check_near(city, mod, at, lonlat, notes):
        return False
    _, far = nearest_cell(city, city_xy(city, lonlat))
    for number in np.flatnonzero(far > IN_CITY_M):
        lon, lat = lonlat[number]
        notes.refuse(
            mod,
            at.format(number),
            "outside_city",
            Text(
                f"座標（緯度 {lat}, 経度 {lon}）は市の外です（最も近いセルまで {far[number] / 1000:.1f} km）",
                f"the point (lat {lat}, lon {lon}) is outside of the city, {far[number] / 1000:.1f} km from its cells",
            ),
            Text("市内の位置を書いてください", "give a place within the city"),
        )
    return bool((far <= IN_CITY_M).all())


def hop_lengths_m(xy: FloatArray) -> FloatArray:
    """Return straight distances between consecutive points [m], shape (N-1,)."""
    lengths: FloatArray = np.hypot(*np.diff(xy, axis=0).T)
    return lengths


def hop_seconds(xy: FloatArray, speed_kmh: float, detour_factor: float) -> list[int]:
    """Return seconds in motion between consecutive points at a speed along the road, at least one each."""
    seconds = hop_lengths_m(xy) * detour_factor / (speed_kmh / 3.6)
    return [max(1, round(s)) for s in seconds.tolist()]
