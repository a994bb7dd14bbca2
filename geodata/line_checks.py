"""Owns whether the lines of a city run on the day, in the hours and at the place it is measured."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import format_time
from geodata.errors import Problem, Text, warning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray, StrArray

HOUR_S = 3_600
_APART_M = 150_000.0
_IDLE_SHARE = 0.1
"""A feed with fewer departures an hour in the window than this share of its busiest hour is told."""


def lines_run(city: City) -> list[Problem]:
    """
    Return what is odd about each source of lines, such as a feed.

    That it hardly runs on the default day in the default window; and, where there are several, that it does not run on
    that day at all, or lies far from the first.
    """
    timetable, defaults = city.timetable, city.defaults
    if not len(timetable.trips.trip_id):
        return []
    runs = timetable.services.active_on(defaults.date)[timetable.trips.service]
    source = timetable.routes.source_id[timetable.patterns.route[timetable.trips.pattern]]
    names = list(dict.fromkeys(source.tolist()))
    problems = _far_apart(timetable, source, names)
    for name in names:
        own = source == name
        if (runs & own).any():
            problems += _hardly_runs(city, name, departures_s(timetable, runs & own))
        elif len(names) > 1:
            problems.append(_never_runs(city, name, own))
    return problems


def _hardly_runs(city: City, source: str, seconds: FloatArray) -> list[Problem]:
    start, end = city.defaults.window_start_s, city.defaults.window_end_s
    per_hour = np.bincount((seconds // HOUR_S).astype(np.int64))
    inside = int(((seconds >= start) & (seconds < end)).sum())
    if inside * HOUR_S >= _IDLE_SHARE * per_hour.max() * (end - start):
        return []
    return [_idle(city, source, inside, per_hour)]


def _never_runs(city: City, source: str, own: BoolArray) -> Problem:
    services = city.timetable.services
    used = np.unique(city.timetable.trips.service[own])
    first, last = (dt.date.fromordinal(int(d)) for d in (services.start_day[used].min(), services.end_day[used].max()))
    day, n = city.defaults.date, int(own.sum())
    return warning(
        "build.feed_idle",
        f"date: {day}",
        Text(
            f"{source} の {n:,} 便は、平日の {day} に 1 本も走りません（運行期間 {first}–{last}）",
            f"none of the {n:,} trips of {source} runs on the weekday {day} (true from {first} to {last})",
        ),
        Text(
            "すべての時刻表が走る日を date: に書くか、同じ時期の GTFS にそろえてください",
            "write a date: on which all of them run, or use feeds of one time",
        ),
        n,
    )


def _far_apart(timetable: Timetable, source: StrArray, names: Sequence[str]) -> list[Problem]:
    """Tell of sources whose stops lie far from those of the first."""
    stops = timetable.patterns.stops
    owner = np.repeat(np.arange(len(timetable.patterns.pattern_id)), np.diff(timetable.patterns.stop_offsets))
    middles = []
    for name in names:
        patterns = np.unique(timetable.trips.pattern[source == name])
        middles.append(np.median(timetable.stops.xy[stops[np.isin(owner, patterns)]], axis=0))
    gaps = [float(np.hypot(*(middle - middles[0]))) for middle in middles]
    return [
        warning(
            "build.feeds_apart",
            f"gtfs: {name}",
            Text(
                f"{name} の停留所は {names[0]} から {gap / 1000:,.0f} km 離れています",
                f"the stops of {name} lie {gap / 1000:,.0f} km from those of {names[0]}",
            ),
            Text("別の都市のファイルでないか確かめてください", "check that it is no file of another city"),
        )
        for name, gap in zip(names, gaps, strict=True)
        if gap > _APART_M
    ]


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
