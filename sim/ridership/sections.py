"""Owns the sections of lines: what lies between two neighbouring stops, and how many runs cover it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geodata.frozen import freeze
from sim.frequency import runs_of_trips

if TYPE_CHECKING:
    from geodata.timetable import Timetable
    from geodata.units import FloatArray, IntArray


def sums(index: npt.NDArray[Any], values: npt.NDArray[Any], n: int) -> FloatArray:
    """Return the sum of values by index, shape (n,)."""
    return np.bincount(index, values, minlength=n).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Sections:
    """
    Sections of patterns: row of the stop they begin at, route, stops at both ends, place names at both ends in order,
    length [m], time in motion and time at the stop they begin at [s], runs a day.
    """

    row: IntArray
    route: IntArray
    stops: IntArray
    low: IntArray
    high: IntArray
    metres: FloatArray
    seconds: FloatArray
    dwell_s: FloatArray
    runs: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def pattern_of_row(timetable: Timetable) -> npt.NDArray[np.int64]:
    """Return row of the stops of patterns → pattern, shape (L,)."""
    lengths = np.diff(timetable.patterns.stop_offsets)
    return np.repeat(np.arange(len(lengths)), lengths)


def find_sections(timetable: Timetable, date: str) -> Sections:
    """Return the sections of all patterns with the runs of a day."""
    patterns, stops = timetable.patterns, timetable.stops
    pattern = pattern_of_row(timetable)
    row = np.flatnonzero(pattern[:-1] == pattern[1:]) if len(pattern) else np.zeros(0, np.int64)
    ends = np.stack([patterns.stops[row], patterns.stops[row + 1]], axis=1)
    root = np.where(stops.parent >= 0, stops.parent, np.arange(timetable.n_stops))
    _, place = np.unique(stops.name[root], return_inverse=True)
    places = np.sort(place.reshape(-1)[ends], axis=1).astype(np.int32)
    runs, seconds, dwell_s = runs_and_times(timetable, date)
    return Sections(
        row=row.astype(np.int32),
        route=patterns.route[pattern[row]],
        stops=ends.astype(np.int32),
        low=places[:, 0],
        high=places[:, 1],
        metres=np.hypot(*(stops.xy[ends[:, 1]] - stops.xy[ends[:, 0]]).T),
        seconds=seconds[row],
        dwell_s=dwell_s[row],
        runs=runs[pattern[row]],
    )


def runs_and_times(timetable: Timetable, date: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return pattern → runs on a day; row → mean times to the next stop and at the stop [s], of all its trips."""
    trips, patterns = timetable.trips, timetable.patterns
    active = timetable.services.active_on(date)[trips.service]
    runs = sums(trips.pattern, runs_of_trips(timetable) * active, len(patterns.pattern_id))
    lengths = np.diff(trips.time_offsets)
    trip = np.repeat(np.arange(len(lengths)), lengths)
    position = np.arange(len(trip)) - trips.time_offsets[trip]
    hop = np.flatnonzero(position < lengths[trip] - 1)
    at = patterns.stop_offsets[trips.pattern[trip[hop]]] + position[hop]
    took = (trips.arrival_s[hop + 1] - trips.departure_s[hop]).astype(np.float64)
    n = len(patterns.stops)
    stood = (trips.departure_s[hop] - trips.arrival_s[hop]).astype(np.float64)
    count = np.maximum(sums(at, np.ones(len(at)), n), 1)
    return runs, sums(at, took, n) / count, sums(at, stood, n) / count


def runs_by_route(timetable: Timetable, date: str) -> FloatArray:
    """Return route → runs on a day, shape (R,)."""
    runs, _, _ = runs_and_times(timetable, date)
    return sums(timetable.patterns.route, runs, len(timetable.routes.route_id))
