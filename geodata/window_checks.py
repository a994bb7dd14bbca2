"""Owns whether the lines of a city run in the hours it is measured in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import format_time
from geodata.errors import Problem, Text, warning

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray

HOUR_S = 3_600
_IDLE_SHARE = 0.1
"""A feed with fewer departures an hour in the window than this share of its busiest hour is told."""


def window_served(city: City) -> list[Problem]:
    """Return a warning for each source of lines that hardly run on the default day in the default window."""
    timetable, defaults = city.timetable, city.defaults
    if not len(timetable.trips.trip_id):
        return []
    runs = timetable.services.active_on(defaults.date)[timetable.trips.service]
    source = timetable.routes.source_id[timetable.patterns.route[timetable.trips.pattern]]
    problems = []
    for name in np.unique(source[runs]):
        seconds = departures_s(timetable, runs & (source == name))
        per_hour = np.bincount((seconds // HOUR_S).astype(np.int64))
        start, end = defaults.window_start_s, defaults.window_end_s
        inside = int(((seconds >= start) & (seconds < end)).sum())
        if inside * HOUR_S < _IDLE_SHARE * per_hour.max() * (end - start):
            problems.append(_idle(city, str(name), inside, per_hour))
    return problems


def departures_s(timetable: Timetable, chosen: BoolArray) -> FloatArray:
    """
    Return every departure of the chosen trips from every stop but the last [s after 00:00].

    Runs of a headway trip count at their first stop, spread evenly from its start to its end.
    """
    trips = timetable.trips
    owner = np.repeat(np.arange(len(trips.trip_id)), np.diff(trips.time_offsets))
    last = np.zeros(len(owner), dtype=bool)
    last[trips.time_offsets[1:] - 1] = True
    timed = chosen[owner] & (trips.headway_s[owner] == 0) & ~last
    every = [trips.departure_s[timed].astype(np.float64)]
    every += [
        np.arange(trips.start_s[t], trips.end_s[t], trips.headway_s[t], dtype=np.float64)
        for t in np.flatnonzero(chosen & (trips.headway_s > 0))
    ]
    return np.concatenate(every)


def _idle(city: City, source: str, inside: int, per_hour: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Problem:
    defaults = city.defaults
    window = "–".join(format_time(s)[:5] for s in (defaults.window_start_s, defaults.window_end_s))
    busy = np.flatnonzero(per_hour >= per_hour.max() / 2)
    first, last = int(busy[0]), int(busy[-1]) + 1
    hours = f"{first:02d}:00–{last:02d}:00"
    better = f'window: ["{first:02d}:00", "{min(first + 2, last):02d}:00"]'
    return warning(
        "build.window_idle",
        f"window: {window}",
        Text(
            f"{source} は {defaults.date} の {window} にほとんど走りません（発車 {inside:,} 回。多いのは {hours}）",
            f"{source} hardly runs from {window} on {defaults.date} ({inside:,} departures; most are {hours})",
        ),
        Text(
            f"到達時間はこの時間帯で測ります。{better} のように変えてください",
            f"journeys are measured then; set {better} or the like",
        ),
    )
