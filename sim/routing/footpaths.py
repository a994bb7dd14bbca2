"""
Owns changes between vehicles: at one stop, and on foot between stops.

Between stops people walk by the street model, at most `max_transfer_s`; one walk per change, never two in a row. The
feed's transfers.txt adds: type 2 a minimum time (the longer of it and the walk, or of it and `change_s`, counts, even
beyond the limit of walks), type 3 no change there. A rule at a station holds for its boarding points unless a more
specific one does: stop to stop before stop to station before station to station; of equal ones the stricter.

A mobility hub has the last word but one: between its stops a change takes at most the hub's time, never longer than the
walk, whatever transfers.txt asks for; a change that transfers.txt forbids (type 3) stays forbidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.city import City
from geodata.frozen import freeze
from geodata.timetable import Timetable
from geodata.units import UNREACHED_S, IntArray
from sim.routing.csr import offsets_of, owner_of_rows
from sim.routing.doors import walks_between_stops
from sim.routing.hub_changes import Pairs, hub_changes
from sim.routing.types import RoutingRequest

MIN_TIME = 2
NOT_POSSIBLE = 3
FOOTPATH_KINDS = (0, 1, MIN_TIME, NOT_POSSIBLE)
_Seconds = npt.NDArray[np.int64]
_Rows = tuple[IntArray, IntArray, _Seconds, npt.NDArray[Any]]
"""From, to, seconds and metres of walks."""


@dataclass(frozen=True, slots=True, eq=False)
class Footpaths:
    """
    Ways to change.

    Parameters
    ----------
    offsets, to, seconds
        stop → other stops that can be walked to, and the time [s], CSR, shapes (S+1,), (L,).
    metres
        row → length of the walk [m], shape (L,).
    change_s
        stop → time between two vehicles at it [s]; `UNREACHED_S` = not possible, shape (S,).
    """

    offsets: IntArray
    to: IntArray
    seconds: IntArray
    metres: IntArray
    change_s: IntArray

    def __post_init__(self) -> None:
        freeze(self)


def build_footpaths(city: City, request: RoutingRequest) -> Footpaths:
    """Return the changes of a city for one walker."""
    walks = walks_between_stops(city, max_s=request.max_transfer_s, speed_m_min=request.walk_speed_m_min)
    seconds = walks.seconds.astype(np.int64)
    origin, target = walks.origin, walks.target
    keep = origin != target
    n = city.timetable.n_stops
    change = np.full(n, request.change_s, np.int64)
    key = origin.astype(np.int64) * n + target
    rules = _rules(city.timetable)
    for (a, b), (kind, min_time) in rules.items():
        if a == b:
            change[a] = UNREACHED_S if kind == NOT_POSSIBLE else max(change[a], min_time)
            continue
        row = int(np.searchsorted(key, a * n + b))
        if row == len(key) or key[row] != a * n + b:
            continue
        keep[row] &= kind != NOT_POSSIBLE
        seconds[row] = max(seconds[row], min_time)
    rows = origin[keep], target[keep], seconds[keep], walks.metres[keep]
    hubs = {pair: s for pair, s in hub_changes(city).items() if rules.get(pair, (0, 0))[0] != NOT_POSSIBLE}
    return _through_hubs(rows, change, hubs) if hubs else _footpaths(rows, change)


def _footpaths(rows: _Rows, change: _Seconds) -> Footpaths:
    """Return walks that are sorted by origin as CSR."""
    origin, target, seconds, metres = rows
    offsets = offsets_of(origin, len(change))
    return Footpaths(offsets, target, seconds.astype(np.int32), metres, change.astype(np.int32))


def _through_hubs(rows: _Rows, change: _Seconds, hubs: Pairs) -> Footpaths:
    """Return the walks shortened where a hub does so, and those it adds."""
    origin, target, seconds, metres = rows
    n = len(change)
    for (a, b), most in hubs.items():
        if a == b:
            change[a] = min(change[a], most)
    pairs = np.array([pair for pair in hubs if pair[0] != pair[1]], np.int64).reshape(-1, 2)
    most_s = np.array([s for pair, s in hubs.items() if pair[0] != pair[1]], np.int64)
    key, wanted = origin.astype(np.int64) * n + target, pairs[:, 0] * n + pairs[:, 1]
    _, walked, there = np.intersect1d(key, wanted, return_indices=True)
    seconds[walked] = np.minimum(seconds[walked], most_s[there])
    new = np.setdiff1d(np.arange(len(wanted)), there)
    key = np.concatenate([key, wanted[new]])
    order = np.argsort(key, kind="stable")
    joined = (
        np.concatenate([origin, pairs[new, 0]]).astype(np.int32)[order],
        np.concatenate([target, pairs[new, 1]]).astype(np.int32)[order],
        np.concatenate([seconds, most_s[new]])[order],
        np.concatenate([metres, np.zeros(len(new), metres.dtype)])[order],
    )
    return _footpaths(joined, change)


def no_footpaths(city: City, request: RoutingRequest) -> Footpaths:
    """Return no walks at all: people change only at the stop where they get off, in `change_s`."""
    n = city.timetable.n_stops
    none = np.zeros(0, np.int32)
    return Footpaths(np.zeros(n + 1, np.int32), none, none.copy(), none.copy(), np.full(n, request.change_s, np.int32))


def feed_footpaths(city: City, request: RoutingRequest) -> Footpaths:
    """
    Return only the changes that transfers.txt names.

    Types 0, 1 and 2 with a minimum time are footpaths of that time, whatever the distance; without one they take the
    walk by the street model, if it is at most `max_transfer_s`. Type 3 and rules at one stop as in `build_footpaths`.
    """
    walked = build_footpaths(city, request)
    n = city.timetable.n_stops
    starts = owner_of_rows(walked.offsets).tolist()
    on_foot = dict(zip(zip(starts, walked.to.tolist(), strict=True), walked.seconds.tolist(), strict=True))
    found: dict[tuple[int, int], int] = {}
    for (a, b), (kind, min_time) in _rules(city.timetable, FOOTPATH_KINDS, least=-1).items():
        seconds = min_time if min_time >= 0 else on_foot.get((a, b), -1)
        if a != b and kind != NOT_POSSIBLE and seconds >= 0:
            found[a, b] = seconds
    rows = sorted(found)
    start = np.array([a for a, _ in rows], np.int64)
    return Footpaths(
        offsets_of(start, n),
        np.array([b for _, b in rows], np.int32),
        np.array([found[row] for row in rows], np.int32),
        np.zeros(len(rows), np.int32),
        walked.change_s.copy(),
    )


def _rules(
    timetable: Timetable, kinds: tuple[int, ...] = (MIN_TIME, NOT_POSSIBLE), *, least: int = 0
) -> dict[tuple[int, int], tuple[int, int]]:
    """Return (from, to) → (kind, minimum time, at least `least`), station rules spread over boarding points."""
    table, parent = timetable.transfers, timetable.stops.parent.tolist()
    points: dict[int, list[int]] = {}
    for stop, station in enumerate(parent):
        if station >= 0:
            points.setdefault(station, []).append(stop)
    columns = (table.from_stop.tolist(), table.to_stop.tolist(), table.kind.tolist(), table.min_time_s.tolist())
    found: dict[tuple[int, int], tuple[int, int, int]] = {}
    for a, b, kind, min_time in zip(*columns, strict=True):
        if kind not in kinds:
            continue
        ends = points.get(a), points.get(b)
        rule = (sum(end is None for end in ends), kind, max(min_time, least))
        for x in ends[0] or [a]:
            for y in ends[1] or [b]:
                found[x, y] = max(rule, found.get((x, y), rule))
        if ends != (None, None):  # people may also ride to the station itself
            found[a, b] = max((2, *rule[1:]), found.get((a, b), rule))
    return {pair: (kind, seconds) for pair, (_, kind, seconds) in found.items()}
