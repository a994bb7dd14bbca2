"""Owns DayRuns: the bus runs of one day as an operator would drive them, between terminals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geodata.frozen import freeze, require_lengths
from geodata.timetable import RouteClass
from geodata.units import EARTH_RADIUS_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray, IntArray, StrArray

DRIVEN = (RouteClass.BUS.value, RouteClass.BRT.value)
"""Classes of routes that bus drivers drive; trains are the railway's own."""


@dataclass(frozen=True, slots=True, eq=False)
class DayRuns:
    """
    Bus runs of one day, in order of departure; all shapes (N,).

    `trip`, `pattern`, `route`: indices into the timetable. `start_s`, `end_s`: departure at the first and arrival at
    the last stop [s after 00:00]. `origin`, `destination`: terminals, as `terminals_of` numbers them. `block`: GTFS
    block, "" where the feed leaves the vehicles open. `agency`: whose vehicle it is.
    """

    trip: IntArray
    pattern: IntArray
    route: IntArray
    start_s: IntArray
    end_s: IntArray
    origin: IntArray
    destination: IntArray
    block: StrArray
    agency: StrArray

    def __post_init__(self) -> None:
        require_lengths("runs", len(self.trip), **{f.name: getattr(self, f.name) for f in fields(self)})
        freeze(self)

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.trip)

    @property
    def drive_s(self) -> IntArray:
        """Time from the first departure to the last arrival, shape (N,) [s]."""
        return self.end_s - self.start_s

    def where(self, kept: BoolArray | IntArray | NDArray[np.int64]) -> DayRuns:
        """Return the runs where `kept`, shape (N,), is True, or those of these indices."""
        return DayRuns(*(getattr(self, f.name)[kept] for f in fields(self)))


def terminals_of(timetable: Timetable, join_m: float) -> IntArray:
    """
    Return stop → terminal: stops of one station, or within `join_m` of each other, where runs begin or end.

    Parameters
    ----------
    timetable
        The timetable.
    join_m
        Stops this near are one terminal, chained [m, ≥ 0].

    Returns
    -------
    terminal
        Stop → number of its terminal, shape (S,); −1 where no run begins or ends.
    """
    patterns = timetable.patterns
    used = np.unique(timetable.trips.pattern)
    used = used[np.diff(patterns.stop_offsets)[used] > 0]
    ends = np.unique([patterns.stops[patterns.stop_offsets[used]], patterns.stops[patterns.stop_offsets[used + 1] - 1]])
    terminal = np.full(timetable.n_stops, -1, np.int32)
    if not len(ends):
        return terminal
    pairs = KDTree(timetable.stops.xy[ends]).query_pairs(join_m, output_type="ndarray")
    parent = timetable.stops.parent[ends]
    held = np.flatnonzero(parent >= 0)
    first = {int(p): int(n) for n, p in reversed([*zip(held, parent[held], strict=True)])}
    same = [(int(n), first[int(p)]) for n, p in zip(held, parent[held], strict=True)]
    links = np.concatenate([pairs, np.array(same, dtype=np.int64).reshape(-1, 2)])
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(ends), len(ends)))
    terminal[ends] = connected_components(graph, directed=False)[1]
    return terminal


def day_runs(timetable: Timetable, date: str, *, turnaround_s: int, join_m: float) -> DayRuns:
    """
    Return the bus runs of the services of a date; those of the day before that pass midnight are its own.

    Parameters
    ----------
    timetable
        The timetable.
    date
        The service day, ISO 8601.
    turnaround_s
        Layover at a terminal [s], by which the two directions of a headway line are phased.
    join_m
        See `terminals_of`.

    Returns
    -------
    runs
        In order of departure, then of trip.

    Notes
    -----
    A headway line tells no departures. Its vehicles and drivers are counted as an operator would time it: the way back
    leaves as soon as a vehicle that came is ready (`headway_offsets`), not at the random offsets of the access models.
    """
    trips, patterns, routes = timetable.trips, timetable.patterns, timetable.routes
    driven = np.isin(routes.route_class[patterns.route[trips.pattern]], DRIVEN)
    long_enough = np.diff(trips.time_offsets) > 1
    active = timetable.services.active_on(date)[trips.service]
    chosen = np.flatnonzero(active & driven & long_enough).astype(np.int32)
    begin, finish = trip_ends(timetable, chosen)
    terminal = terminals_of(timetable, join_m)
    first = terminal[patterns.stops[patterns.stop_offsets[trips.pattern[chosen]]]]
    last = terminal[patterns.stops[patterns.stop_offsets[trips.pattern[chosen] + 1] - 1]]
    offset = headway_offsets(timetable, chosen, turnaround_s)
    spans = _spans(timetable, chosen, offset)
    repeats = [np.arange(o, e, h) if h else np.zeros(1, np.int64) for o, e, h in spans]
    row = np.repeat(np.arange(len(chosen)), [len(r) for r in repeats])
    shift = np.concatenate([np.zeros(0, np.int64), *repeats])
    start = begin[row] + shift
    order = np.lexsort((chosen[row], start))
    row, shift = row[order], shift[order]
    trip = chosen[row].astype(np.int32)
    route = patterns.route[trips.pattern[trip]]
    return DayRuns(
        trip=trip,
        pattern=trips.pattern[trip].astype(np.int32),
        route=route.astype(np.int32),
        start_s=(begin[row] + shift).astype(np.int32),
        end_s=(finish[row] + shift).astype(np.int32),
        origin=first[row],
        destination=last[row],
        block=trips.block_id[trip],
        agency=routes.agency[route],
    )


def trip_ends(timetable: Timetable, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first departure and the last arrival of trips [s]; of a headway trip those of its first run."""
    trips = timetable.trips
    return trips.departure_s[trips.time_offsets[chosen]], trips.arrival_s[trips.time_offsets[chosen + 1] - 1]


def _spans(timetable: Timetable, chosen: IntArray, offset: IntArray) -> list[tuple[int, int, int]]:
    """Return (first offset, end, headway) of each trip, counted from its start [s]."""
    trips = timetable.trips
    ends = trips.end_s[chosen] - trips.start_s[chosen]
    return list(zip(offset.tolist(), ends.tolist(), trips.headway_s[chosen].tolist(), strict=True))


def headway_offsets(timetable: Timetable, chosen: IntArray, turnaround_s: int) -> IntArray:
    """
    Return how long after its start each headway trip leaves first [s]; 0 for scheduled ones.

    Of two directions of a route with one headway, the second follows the first: its runs leave when those of the first
    that arrived are ready. Then a line at one headway all day takes ⌈(round trip + two layovers) ÷ headway⌉ vehicles.

    Notes
    -----
    The first direction is the one with the smaller number; where it does not end where the other begins, or runs at
    another headway, the other leaves at its start. A headway counted from a given minute (`exact_times`) is phased too:
    a scenario gives both directions one start, which no operator would drive.
    """
    trips, patterns = timetable.trips, timetable.patterns
    begin, finish = trip_ends(timetable, chosen)
    offset = np.zeros(len(chosen), np.int32)
    open_trips = np.flatnonzero(trips.headway_s[chosen] > 0)
    pattern = trips.pattern[chosen]
    leads: dict[tuple[int, int, int], list[int]] = {}
    for n in open_trips.tolist():
        key = int(patterns.route[pattern[n]]), int(trips.headway_s[chosen[n]]), int(patterns.direction[pattern[n]])
        leads.setdefault(key, []).append(n)
    for n in open_trips.tolist():
        headway = int(trips.headway_s[chosen[n]])
        route, direction = int(patterns.route[pattern[n]]), int(patterns.direction[pattern[n]])
        others = leads.get((route, headway, direction - 1), [])
        first_stop = patterns.stops_of(int(pattern[n]))[0]
        matching = [o for o in others if patterns.stops_of(int(pattern[o]))[-1] == first_stop]
        if matching:
            near = min(matching, key=lambda o: (abs(int(begin[o]) - int(begin[n])), o))
            offset[n] = (int(finish[near]) + turnaround_s - int(begin[n])) % headway
    return offset


def run_lengths_m(timetable: Timetable, detour: float) -> FloatArray:
    """
    Return pattern → length [m], shape (P,): along its shape, or straight hops × `detour` where it has none.

    Parameters
    ----------
    timetable
        The timetable.
    detour
        Road distance ÷ straight distance [≥ 1].
    """
    straight, shape = straight_lengths_m(timetable)
    return np.where(shape > 0, shape, straight * detour)


def straight_lengths_m(timetable: Timetable) -> tuple[FloatArray, FloatArray]:
    """Return pattern → straight hops, and length of its shape (0 = none), shapes (P,) [m]."""
    patterns = timetable.patterns
    straight = _path_lengths(timetable.stops.xy[patterns.stops], patterns.stop_offsets)
    lonlat = patterns.shape_lonlat.reshape(-1, 2)
    middle = np.radians(lonlat[:, 1].mean()) if len(lonlat) else 0.0  # one scale: a city is small
    flat = lonlat * _M_PER_DEGREE * np.array([np.cos(middle), 1.0])
    return straight, _path_lengths(flat, patterns.shape_offsets)


_M_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180
"""Metres per degree of latitude on a sphere."""


def _path_lengths(points: FloatArray, offsets: IntArray) -> FloatArray:
    """Return the length of each path given as points in CSR order."""
    if len(points) < 2:  # noqa: PLR2004 -- no hop
        return np.zeros(len(offsets) - 1)
    hops = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T)])
    starts = offsets[:-1][np.diff(offsets) > 0]
    hops[starts] = 0.0
    total = np.concatenate([[0.0], np.cumsum(hops)])
    return np.diff(total[offsets])
