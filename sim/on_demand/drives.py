"""Owns how long a vehicle of an on-demand service drives between points, never faster than it may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.streets import StreetNetwork
from geodata.units import SECONDS_PER_MIN, UNREACHED_S

if TYPE_CHECKING:
    from geodata.streets import StreetModel
    from geodata.units import FloatArray, IntArray

_SECONDS_PER_H = 3_600
_M_PER_KM = 1_000


def capped(streets: StreetModel, speed_kmh: float) -> StreetModel:
    """Return streets on which nobody drives faster than `speed_kmh`; the plane knows no speed of its own."""
    if not isinstance(streets, StreetNetwork):
        return streets
    least_s = streets.edge_length_m / (speed_kmh * _M_PER_KM / _SECONDS_PER_H)
    return replace(streets, edge_car_s=np.maximum(streets.edge_car_s, least_s))


def drive_seconds(streets: StreetModel, from_xy: FloatArray, to_xy: FloatArray, speed_kmh: float) -> IntArray:
    """
    Return the drives between points in whole seconds, rounded up, shape (A, B); `UNREACHED_S` = no way.

    `streets` are the `capped` ones on a network.
    """
    from sim.routing.car import car_minutes  # noqa: PLC0415 -- loads compiled kernels

    minutes = car_minutes(streets, from_xy, to_xy, speed_kmh=speed_kmh)
    seconds = np.ceil(minutes * SECONDS_PER_MIN - 1e-6)
    return np.where(np.isfinite(seconds), seconds, UNREACHED_S).astype(np.int32)


def drive_tables(streets: StreetModel, points_xy: FloatArray, speed_kmh: float) -> tuple[IntArray, FloatArray]:
    """
    Return (seconds, metres) of the drives between all points, both (P, P), 0 from a point to itself.

    Metres are the time at running speed, so on streets slower than that they are more than the road is long.
    """
    drive_s = drive_seconds(capped(streets, speed_kmh), points_xy, points_xy, speed_kmh)
    np.fill_diagonal(drive_s, 0)
    metres = np.where(drive_s == UNREACHED_S, np.inf, drive_s * (speed_kmh * _M_PER_KM / _SECONDS_PER_H))
    return drive_s, metres
