"""Owns how often stops are served: departures a day each way, all routes summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.timetable import Timetable
    from geodata.units import FloatArray, IntArray


def departures_each_way(timetable: Timetable, date: str) -> FloatArray:
    """
    Return stop → departures on a day in its busier direction, all routes summed, shape (S,).

    Platforms of one station count together. A direction the feed does not tell (−1) counts half each way. Arrivals at
    the end of a line and stops where nobody may board are no departures.

    Notes
    -----
    A headway trip stands for ⌈(end − start) ÷ headway⌉ runs.
    """
    trips, patterns = timetable.trips, timetable.patterns
    rows = np.diff(trips.time_offsets)
    trip = np.repeat(np.arange(len(rows)), rows)
    position = np.arange(len(trip)) - trips.time_offsets[trip]
    stop = patterns.stops[patterns.stop_offsets[trips.pattern[trip]] + position]
    counted = timetable.services.active_on(date)[trips.service[trip]] & trips.board_allowed
    counted &= position < rows[trip] - 1
    root = np.where(timetable.stops.parent >= 0, timetable.stops.parent, np.arange(timetable.n_stops))
    calls = np.zeros((timetable.n_stops, 3))
    direction = np.clip(patterns.direction[trips.pattern[trip]], -1, 1) + 1
    runs = runs_of_trips(timetable)[trip]
    np.add.at(calls, (root[stop[counted]], direction[counted]), runs[counted])
    busier: FloatArray = calls[:, 0] / 2 + np.maximum(calls[:, 1], calls[:, 2])
    return busier[root]


def runs_of_trips(timetable: Timetable) -> IntArray:
    """Return trip → runs it stands for, shape (T,); 1 for a scheduled trip."""
    trips = timetable.trips
    headway = np.maximum(trips.headway_s, 1)
    repeated = -(-(trips.end_s - trips.start_s) // headway)
    return np.where(trips.headway_s > 0, repeated, 1).astype(np.int32)
