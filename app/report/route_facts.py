"""Owns what a route sheet says of a line: runs by day, span, headways, stops and minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import Status
from geodata.units import SECONDS_PER_MIN

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.timetable import Timetable
    from geodata.units import BoolArray

Changes = dict[int, tuple[tuple[str, str], ...]]
"""Stop → id and name of the known routes that serve it."""
DAYS = ("weekday", "saturday", "holiday")
KILOMETRE = 1000.0
CHANGE_M = 300.0
"""As the crow flies: how near another route counts as one that can be changed to [m]."""


@dataclass(frozen=True, slots=True)
class Span:
    """
    Runs of one pattern on one type of day.

    `headway_min` None: one run that leaves at `start_s` as published; else runs every so often from `start_s` to
    `end_s` [s after 00:00], whose minutes nobody knows. `runs`: how many that are.
    """

    trip_id: str
    start_s: int
    end_s: int
    headway_min: float | None
    runs: int


@dataclass(frozen=True, slots=True)
class StopOnWay:
    """One stop of a pattern: minutes and kilometres from the first; `changes`: other routes that serve it."""

    sequence: int
    stop_id: str
    name: str
    minutes: float
    km: float
    error_m: float
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One pattern of a route: where it goes, its stops, and its runs by type of day."""

    pattern_id: str
    headsign: str
    direction: int
    stops: tuple[StopOnWay, ...]
    spans: dict[str, tuple[Span, ...]]

    def runs(self, day: str) -> int:
        """Return the runs of a type of day."""
        return sum(span.runs for span in self.spans[day])


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """One route with its ways; `assumed`: it stands for a line that nobody knows."""

    route_id: str
    name: str
    route_class: str
    status: Status
    ways: tuple[Way, ...]

    @property
    def assumed(self) -> bool:
        """Whether it stands for a line that nobody knows: no stops, no times are told."""
        return self.status is Status.ASSUMED

    @property
    def has_times(self) -> bool:
        """Whether every run leaves at a published minute."""
        spans = [span for way in self.ways for day in DAYS for span in way.spans[day]]
        return bool(spans) and all(span.headway_min is None for span in spans)

    def runs(self, day: str) -> int:
        """Return the runs of a type of day, both ways."""
        return sum(way.runs(day) for way in self.ways)

    def first_and_last(self, day: str) -> tuple[int, int] | None:
        """Return the first departure and the end of the last span [s]; None where nothing runs."""
        spans = [span for way in self.ways for span in way.spans[day]]
        return (min(s.start_s for s in spans), max(s.end_s for s in spans)) if spans else None

    def headways(self, day: str) -> tuple[float, float] | None:
        """Return the shortest and the longest headway [min]; None where runs have times, or nothing runs."""
        found = [s.headway_min for way in self.ways for s in way.spans[day] if s.headway_min is not None]
        return (min(found), max(found)) if found else None


def routes_of(city: City, lang: str) -> tuple[RouteFacts, ...]:
    """Return every route that runs, in the order of the timetable; real ones first."""
    timetable = city.timetable
    dates = dict(zip(DAYS, (city.defaults.date, city.defaults.saturday, city.defaults.holiday), strict=True))
    active = {day: timetable.services.active_on(date) for day, date in dates.items()}
    changes = _changes(timetable, lang)
    used = np.unique(timetable.trips.pattern)
    found = []
    for route in range(len(timetable.routes.route_id)):
        patterns = [int(p) for p in np.flatnonzero(timetable.patterns.route == route) if p in used]
        ways = tuple(_way(timetable, p, active, changes, lang) for p in patterns)
        if ways:
            names = timetable.routes.name_en if lang == "en" else timetable.routes.name
            status = Status(str(timetable.routes.status[route]))
            kind = str(timetable.routes.route_class[route])
            found.append(RouteFacts(str(timetable.routes.route_id[route]), str(names[route]), kind, status, ways))
    return tuple(sorted(found, key=lambda one: one.assumed))


def _way(timetable: Timetable, pattern: int, active: dict[str, BoolArray], changes: Changes, lang: str) -> Way:
    trips, patterns = timetable.trips, timetable.patterns
    rows = np.flatnonzero(trips.pattern == pattern)
    spans = {day: tuple(_span(timetable, int(t)) for t in rows if on[trips.service[t]]) for day, on in active.items()}
    ordered = {day: tuple(sorted(found, key=lambda s: (s.start_s, s.end_s))) for day, found in spans.items()}
    return Way(
        str(patterns.pattern_id[pattern]),
        str(patterns.headsign[pattern]),
        int(patterns.direction[pattern]),
        _stops(timetable, pattern, int(rows[-1]), changes, lang),
        ordered,
    )


def _span(timetable: Timetable, trip: int) -> Span:
    trips = timetable.trips
    headway, first = int(trips.headway_s[trip]), int(trips.departure_s[trips.time_offsets[trip]])
    if headway == 0:
        return Span(str(trips.trip_id[trip]), first, first, None, 1)
    start, end = int(trips.start_s[trip]), int(trips.end_s[trip])
    runs = -(-(end - start) // headway)  # one at least within each headway, as many as fit
    return Span(str(trips.trip_id[trip]), start, end, headway / SECONDS_PER_MIN, runs)


def _stops(timetable: Timetable, pattern: int, trip: int, changes: Changes, lang: str) -> tuple[StopOnWay, ...]:
    """Return the stops of a pattern with minutes of one of its runs and kilometres along the line."""
    trips, stops = timetable.trips, timetable.stops
    at = timetable.patterns.stops_of(pattern)
    first = int(trips.time_offsets[trip])
    arrivals = trips.arrival_s[first : first + len(at)]
    minutes = (arrivals - int(trips.departure_s[first])) / SECONDS_PER_MIN
    hops = np.hypot(*np.diff(stops.xy[at], axis=0).T) if len(at) > 1 else np.zeros(0)
    km = np.concatenate([[0.0], np.cumsum(hops)]) / KILOMETRE
    names = stops.name_en if lang == "en" else stops.name
    own = str(timetable.routes.route_id[timetable.patterns.route[pattern]])
    return tuple(
        StopOnWay(
            n + 1,
            str(stops.stop_id[s]),
            str(names[s]),
            max(0.0, float(minutes[n])),
            float(km[n]),
            float(stops.position_error_m[s]),
            tuple(name for route_id, name in changes.get(int(s), ()) if route_id != own),
        )
        for n, s in enumerate(at.tolist())
    )


def _changes(timetable: Timetable, lang: str) -> Changes:
    """Return stop → the known routes within a short walk of it (id, name); assumed ones are not named."""
    stop, route = timetable.routes_at_stop()
    names = timetable.routes.name_en if lang == "en" else timetable.routes.name
    found: dict[int, list[tuple[str, str]]] = {}
    for s, r in zip(stop.tolist(), route.tolist(), strict=True):
        if str(timetable.routes.status[r]) != Status.ASSUMED:
            found.setdefault(s, []).append((str(timetable.routes.route_id[r]), str(names[r])))
    known = np.array(list(found), dtype=np.int64)
    xy = timetable.stops.xy[known]
    near = {s: known[np.hypot(*(xy - timetable.stops.xy[s]).T) <= CHANGE_M] for s in found}
    return {s: tuple(dict.fromkeys(one for n in others.tolist() for one in found[n])) for s, others in near.items()}
