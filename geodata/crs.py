"""Owns plane coordinates: which plane a place uses, and the way there and back."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import DataError, Problem, Text, error
from geodata.units import EARTH_RADIUS_M, FloatArray

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_ZONE_EPSG = 6669
"""EPSG code of plane rectangular zone I on JGD2011; the zones follow in order."""

ZONE_ORIGINS_LONLAT: tuple[tuple[float, float], ...] = (
    (129.5, 33.0),
    (131.0, 33.0),
    (132 + 1 / 6, 36.0),
    (133.5, 33.0),
    (134 + 1 / 3, 36.0),
    (136.0, 36.0),
    (137 + 1 / 6, 36.0),
    (138.5, 36.0),
    (139 + 5 / 6, 36.0),
    (140 + 5 / 6, 40.0),
    (140.25, 44.0),
    (142.25, 44.0),
    (144.25, 44.0),
    (142.0, 26.0),
    (127.5, 26.0),
    (124.0, 26.0),
    (131.0, 26.0),
    (136.0, 20.0),
    (154.0, 26.0),
)
"""Origins of zones I to XIX (平面直角座標系) [degrees]."""

_ZONE_REACH_M = 350_000.0
_UTM_LAT_LIMIT = 84.0


def plane_epsg(lon: float, lat: float) -> int:
    """
    Return the EPSG code of the plane system for a place.

    In Japan the plane rectangular zone (JGD2011) whose origin is nearest; elsewhere the UTM zone on WGS 84. The zone is
    chosen by distance, not by prefecture: distances inside a city are good to 1 in 10,000 either way.

    Parameters
    ----------
    lon, lat
        Any point of the city [degrees].

    Returns
    -------
    epsg
        Code of the plane system.

    Raises
    ------
    DataError
        If the point is not on the globe, or too near a pole for UTM.
    """
    if not (abs(lon) <= 180 and abs(lat) < _UTM_LAT_LIMIT):  # noqa: PLR2004 -- also catches NaN
        raise DataError(
            error(
                "crs.point",
                f"lon {lon}, lat {lat}",
                Text("経度・緯度の範囲を外れています", "outside the range of longitudes and latitudes"),
                Text("経度, 緯度の順（度）か確かめてください", "check the order longitude, latitude [degrees]"),
            ),
        )
    distances = [_great_circle_m(lon, lat, *origin) for origin in ZONE_ORIGINS_LONLAT]
    nearest = int(np.argmin(distances))
    if distances[nearest] <= _ZONE_REACH_M:
        return FIRST_ZONE_EPSG + nearest
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32_600 if lat >= 0 else 32_700) + zone


def require_plane(epsg: int, where: str) -> None:
    """Raise `DataError` at `where` unless a code is that of a plane in metres."""
    from pyproj import CRS  # noqa: PLC0415 -- opens a database
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        system = CRS.from_epsg(epsg)
    except (CRSError, OverflowError):
        raise DataError(_unknown(epsg, where)) from None
    if not (system.is_projected and {axis.unit_name for axis in system.axis_info[:2]} == {"metre"}):
        raise DataError(
            error(
                "crs.not_plane",
                where,
                Text(
                    f"EPSG:{epsg}（{system.name}）はメートルの平面座標系ではありません",
                    f"EPSG:{epsg} ({system.name}) is no plane system in metres",
                ),
                Text("epsg: を消すか、6669–6687 を書いてください", "remove epsg:, or write one of 6669 to 6687"),
            ),
        )


def to_plane(epsg: int, lonlat: FloatArray | Sequence[Sequence[float]]) -> FloatArray:
    """
    Project degrees to the plane.

    Parameters
    ----------
    epsg
        Plane system, such as from `plane_epsg`.
    lonlat
        Points [degrees], shape (N, 2).

    Returns
    -------
    xy
        Points (east, north) [m], shape (N, 2).

    Notes
    -----
    Degrees are taken on the datum of the plane itself (JGD2011 and WGS 84 differ by centimetres).
    """
    forward, _ = _transformers(epsg)
    return _apply(forward, lonlat)


def to_lonlat(epsg: int, xy: FloatArray | Sequence[Sequence[float]]) -> FloatArray:
    """Return degrees (N, 2) of plane points (N, 2) [m]; the inverse of `to_plane`."""
    _, backward = _transformers(epsg)
    return _apply(backward, xy)


def _apply(transformer: Any, points: FloatArray | Sequence[Sequence[float]]) -> FloatArray:
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    first, second = transformer.transform(array[:, 0], array[:, 1])
    return np.column_stack([first, second]).astype(np.float64, copy=False)


@lru_cache(maxsize=16)
def _transformers(epsg: int) -> tuple[Any, Any]:
    from pyproj import CRS, Transformer  # noqa: PLC0415 -- opens a database; many commands never project
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        plane = CRS.from_epsg(epsg)
    except CRSError:
        raise DataError(_unknown(epsg, f"EPSG:{epsg}")) from None
    globe = plane.geodetic_crs
    return (
        Transformer.from_crs(globe, plane, always_xy=True),
        Transformer.from_crs(plane, globe, always_xy=True),
    )


def _unknown(epsg: int, where: str) -> Problem:
    return error(
        "crs.unknown",
        where,
        Text(f"座標系 EPSG:{epsg} はありません", f"there is no coordinate system EPSG:{epsg}"),
        Text("日本なら EPSG 6669–6687 を使います", "in Japan use EPSG 6669 to 6687"),
    )


def _great_circle_m(lon: float, lat: float, lon2: float, lat2: float) -> float:
    a, b = math.radians(lat), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))
