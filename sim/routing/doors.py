"""
Owns walks to and from stops by whichever door is nearest: the point of the stop itself, or a further entrance.

An entrance (駅の出入口・自由通路) is a point from which the platform is reached in `inside_s`. A stop is as far as its
nearest door, the way inside included; without entrances every walk is the plain one, to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.routing.csr import offsets_of
from sim.routing.walk import WalkTable, walk_table

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Doors:
    """
    Where stops are entered: first every stop at its own point, then the entrances whose stop exists.

    `stop`: door → stop index. `xy`: door → plane coordinates [m]. `inside_s`: door → way to the platform [s].
    """

    stop: IntArray
    xy: FloatArray
    inside_s: IntArray

    def __post_init__(self) -> None:
        freeze(self)


def stop_doors(city: City) -> Doors:
    """Return the doors of all stops of a city."""
    stops = city.timetable.stops
    own = np.arange(len(stops.stop_id), dtype=np.int32)
    index = {name: n for n, name in enumerate(stops.stop_id.tolist())} if city.entrances else {}
    more = [entrance for entrance in city.entrances if entrance.stop_id in index]
    return Doors(
        np.concatenate([own, np.array([index[e.stop_id] for e in more], np.int32)]),
        np.concatenate([stops.xy.reshape(-1, 2), np.array([e.xy for e in more], np.float64).reshape(-1, 2)]),
        np.concatenate([np.zeros(len(own), np.int32), np.array([e.inside_s for e in more], np.int32)]),
    )


def walks_to_stops(city: City, points_xy: FloatArray, *, max_s: int, speed_m_min: float) -> WalkTable:
    """Return every walk from a point to a stop that takes at most `max_s`, CSR by point; see `walk_table`."""
    doors = stop_doors(city)
    walks = walk_table(city.streets, points_xy, doors.xy, max_s=max_s, speed_m_min=speed_m_min)
    if len(doors.stop) == city.timetable.n_stops:
        return walks
    inside_s = doors.inside_s[walks.target]
    return _nearest(walks, walks.origin, doors.stop[walks.target], inside_s, len(points_xy), max_s)


def walks_from_stops(city: City, points_xy: FloatArray, *, max_s: int, speed_m_min: float) -> WalkTable:
    """Return every walk from a stop to a point that takes at most `max_s`, CSR by stop."""
    doors = stop_doors(city)
    walks = walk_table(city.streets, doors.xy, points_xy, max_s=max_s, speed_m_min=speed_m_min)
    n_stops = city.timetable.n_stops
    if len(doors.stop) == n_stops:
        return walks
    return _nearest(walks, doors.stop[walks.origin], walks.target, doors.inside_s[walks.origin], n_stops, max_s)


def walks_between_stops(city: City, *, max_s: int, speed_m_min: float) -> WalkTable:
    """Return every walk from a stop to a stop that takes at most `max_s`, CSR by the first."""
    doors = stop_doors(city)
    walks = walk_table(city.streets, doors.xy, doors.xy, max_s=max_s, speed_m_min=speed_m_min)
    n_stops = city.timetable.n_stops
    if len(doors.stop) == n_stops:
        return walks
    inside_s = doors.inside_s[walks.origin] + doors.inside_s[walks.target]
    return _nearest(walks, doors.stop[walks.origin], doors.stop[walks.target], inside_s, n_stops, max_s)


def _nearest(
    walks: WalkTable, origin: IntArray, target: IntArray, inside_s: IntArray, n_origins: int, max_s: int
) -> WalkTable:
    """Return the shortest of the walks between the same ends, the way inside counted, CSR by origin."""
    seconds = walks.seconds + inside_s
    order = np.lexsort((seconds, target, origin))
    order = order[seconds[order] <= max_s]
    first = np.ones(len(order), np.bool_)
    first[1:] = np.any([np.diff(origin[order]) != 0, np.diff(target[order]) != 0], axis=0)
    kept = order[first]
    offsets = offsets_of(origin[kept], n_origins)
    return WalkTable(offsets, target[kept].astype(np.int32), seconds[kept].astype(np.int32), walks.metres[kept])
