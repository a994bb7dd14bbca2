"""
Owns many single questions at once: the earliest arrival for each pair of ends and its own departure, on one day.

- Ends are stops or places. Leaving a stop is boarding there at once, or walking on from it; arriving at a stop is
  alighting at it, or walking to it. Walks are what the request and `WalkRule` allow.
- Only runs of the date's services count, and those of the days before that still run: a journey may end past midnight,
  but nobody waits for the first vehicle of the next day.
- `n_transfers` belongs to the earliest arrival with the fewest vehicles; walking all the way has 0 and wins a tie.

One search answers all pairs that share origin and departure; it ends where no target can be reached earlier.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.city import City
from geodata.frozen import freeze, require_lengths
from geodata.units import SECONDS_PER_DAY, UNREACHED_S, FloatArray, IntArray
from sim.routing.asking import check_request
from sim.routing.csr import owner_of_rows
from sim.routing.day import scheduled_day
from sim.routing.doors import walks_from_stops, walks_to_stops
from sim.routing.footpaths import Footpaths, build_footpaths, feed_footpaths, no_footpaths
from sim.routing.network import Network, build_network
from sim.routing.sharing import threads
from sim.routing.types import RoutingRequest
from sim.routing.walk import walk_table

if TYPE_CHECKING:
    from collections.abc import Callable

WalkRule = Literal["none", "feed", "streets"]
"""``none``: nobody walks and transfers.txt is not read; ``feed``: only along transfers.txt; ``streets``: as routed."""

HORIZON_S = 4 * SECONDS_PER_DAY
ORIGINS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """
    One end of every pair: a stop, or a place.

    Parameters
    ----------
    stop
        pair → stop index, −1 = a place, shape (N,).
    xy
        pair → plane coordinates of a place [m]; not read where there is a stop, shape (N, 2).
    """

    stop: IntArray
    xy: FloatArray

    def __post_init__(self) -> None:
        require_lengths("ends", len(self.stop), xy=self.xy)
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class PairArrivals:
    """
    Answers in the order of the questions.

    `arrive_s`: pair → earliest arrival [s after 00:00 of the date], `UNREACHED_S` = not on this day, shape (N,).
    `n_transfers`: pair → changes of vehicle on the way, −1 = not reached, shape (N,).
    """

    arrive_s: IntArray
    n_transfers: IntArray

    def __post_init__(self) -> None:
        require_lengths("pair_arrivals", len(self.arrive_s), n_transfers=self.n_transfers)
        freeze(self)


def pair_arrivals(
    city: City,
    origins: Ends,
    targets: Ends,
    depart_s: IntArray,
    request: RoutingRequest,
    *,
    walk: WalkRule = "streets",
    progress: Callable[[float], None] | None = None,
) -> PairArrivals:
    """
    Return the earliest arrival of every pair.

    Parameters
    ----------
    city
        The city: its timetable and, for walks, its streets.
    origins, targets
        Both ends, N pairs.
    depart_s
        pair → instant of leaving the origin [s after 00:00], shape (N,).
    request
        Date, walker, limits, transfer cap and seed (draw 0); window and cutoff are not used.
    walk
        Who may walk where; with other rules than ``streets`` a place reaches nothing.
    progress
        Told the share of searches done, 0-1.

    Returns
    -------
    arrivals
        Exact answers in whole seconds.

    Raises
    ------
    ModelError
        If the request holds numbers nobody can travel by.

    Notes
    -----
    An added trip never makes an arrival later. Cost: one search per distinct (origin, departure).
    """
    check_request(request)
    n = len(depart_s)
    arrive, transfers = np.full(n, UNREACHED_S, np.int32), np.full(n, -1, np.int32)
    if not n:
        return PairArrivals(arrive, transfers)
    question = _prepare(city, origins, targets, np.asarray(depart_s, np.int32), request, walk)
    with ThreadPoolExecutor(threads()) as pool:
        try:
            for done, (rows, times, changes) in enumerate(pool.map(question.answer, question.groups), 1):
                arrive[rows], transfers[rows] = times, changes
                if progress is not None:
                    progress(done / len(question.groups))
        except BaseException:  # Ctrl-C too: else the pool would first answer all that is left
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return PairArrivals(arrive, transfers)


class _Walks(NamedTuple):
    """Ways between one end and stops: stop indices, seconds; shapes (L,)."""

    stop: IntArray
    seconds: IntArray


Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """All pairs in the shape the kernel wants; distinct origins and targets by number."""

    net: Network
    origin: Rows
    target: Rows
    depart_s: IntArray
    access: tuple[_Walks, ...]
    egress: tuple[_Walks, ...]
    direct_s: IntArray
    max_vehicles: int
    groups: tuple[Rows, ...]

    def answer(self, rows: Rows) -> tuple[Rows, IntArray, IntArray]:
        """Return arrivals and transfers of pairs that share origin and departure."""
        from sim.routing.one_departure import earliest_arrivals  # noqa: PLC0415 -- compiles on first use

        depart, targets = int(self.depart_s[rows[0]]), self.target[rows].tolist()
        direct = self.direct_s[rows]
        arrive = np.where(direct == UNREACHED_S, UNREACHED_S, depart + direct).astype(np.int32)
        vehicles = np.zeros(len(rows), np.int32)
        last = [self.egress[target] for target in targets]
        offsets = np.cumsum([0, *(len(ways.stop) for ways in last)])
        egress = np.concatenate([ways.stop for ways in last]), np.concatenate([ways.seconds for ways in last])
        access, horizon = self.access[self.origin[rows[0]]], depart + HORIZON_S
        earliest_arrivals(self.net, access, depart, offsets, egress, horizon, self.max_vehicles, arrive, vehicles)
        return rows, arrive, np.where(arrive == UNREACHED_S, -1, np.maximum(0, vehicles - 1))


def _prepare(
    city: City, origins: Ends, targets: Ends, depart_s: IntArray, request: RoutingRequest, walk: WalkRule
) -> _Question:
    feet = {"none": no_footpaths, "feed": feed_footpaths, "streets": build_footpaths}[walk](city, request)
    day = scheduled_day(
        city.timetable,
        request.date,
        first_s=int(depart_s.min()),
        last_s=HORIZON_S,
        seed=request.seed,
        next_days=False,
    )
    near, origin = _distinct(city, origins)
    far, target = _distinct(city, targets)
    both = np.stack([origin, depart_s], axis=1)
    _, group = np.unique(both, axis=0, return_inverse=True)
    order = np.argsort(group.reshape(-1), kind="stable")
    starts = np.flatnonzero(np.diff(group.reshape(-1)[order])) + 1
    return _Question(
        net=build_network(day, feet, mirrored=False),
        origin=origin,
        target=target,
        depart_s=depart_s,
        access=_ways(city, near, feet, request, walk, outward=True),
        egress=_ways(city, far, feet, request, walk, outward=False),
        direct_s=_direct(city, (near, origin), (far, target), feet, request, walk),
        max_vehicles=0 if request.max_transfers is None else request.max_transfers + 1,
        groups=tuple(np.split(order, starts)),
    )


def _distinct(city: City, ends: Ends) -> tuple[Ends, Rows]:
    """Return every end once, with coordinates for stops too, and pair → its number."""
    xy = np.where(ends.stop[:, None] >= 0, city.timetable.stops.xy[ends.stop], ends.xy)
    found, number = np.unique(np.column_stack([ends.stop, xy]), axis=0, return_inverse=True)
    return Ends(found[:, 0].astype(np.int32), np.ascontiguousarray(found[:, 1:])), number.reshape(-1)


def _ways(
    city: City, ends: Ends, feet: Footpaths, request: RoutingRequest, walk: WalkRule, *, outward: bool
) -> tuple[_Walks, ...]:
    """Return the ways between each end and stops: the stop itself at once, others on foot."""
    from_stop = owner_of_rows(feet.offsets)
    origin, to, seconds = from_stop, feet.to, feet.seconds
    end_of = ends.stop
    if walk == "streets":
        find = walks_to_stops if outward else walks_from_stops
        walks = find(city, ends.xy, max_s=request.max_access_s, speed_m_min=request.walk_speed_m_min)
        origin, to, seconds = walks.origin, walks.target, walks.seconds
        end_of = np.arange(len(ends.stop), dtype=np.int32)
    key, other = (origin, to) if outward else (to, origin)
    order = np.argsort(key, kind="stable")
    key, other, seconds = key[order], other[order], seconds[order]
    found = []
    for end, stop in zip(end_of.tolist(), ends.stop.tolist(), strict=True):
        rows = slice(*np.searchsorted(key, [end, end + 1]).tolist())
        itself = [stop] if stop >= 0 else []
        found.append(
            _Walks(
                np.concatenate([np.array(itself, np.int32), other[rows]]),
                np.concatenate([np.zeros(len(itself), np.int32), seconds[rows]]),
            )
        )
    return tuple(found)


def _direct(
    city: City,
    near: tuple[Ends, Rows],
    far: tuple[Ends, Rows],
    feet: Footpaths,
    request: RoutingRequest,
    walk: WalkRule,
) -> IntArray:
    """Return pair → walk all the way [s]: 0 between an end and itself, `UNREACHED_S` = too far, shape (N,)."""
    (origins, origin), (targets, target) = near, far
    a, b = origins.stop[origin], targets.stop[target]
    direct = np.full(len(origin), UNREACHED_S, np.int32)
    if walk == "streets":
        for first in range(0, len(origins.stop), ORIGINS_AT_ONCE):
            rows = np.flatnonzero((origin >= first) & (origin < first + ORIGINS_AT_ONCE))
            wanted, column = np.unique(target[rows], return_inverse=True)
            walks = walk_table(
                city.streets,
                origins.xy[first : first + ORIGINS_AT_ONCE],
                targets.xy[wanted],
                max_s=request.max_direct_s,
                speed_m_min=request.walk_speed_m_min,
            )
            found = np.full((ORIGINS_AT_ONCE, len(wanted)), UNREACHED_S, np.int32)
            found[walks.origin, walks.target] = walks.seconds
            direct[rows] = found[origin[rows] - first, column.reshape(-1)]
    else:
        n = len(feet.change_s)
        key = np.repeat(np.arange(n, dtype=np.int64), np.diff(feet.offsets)) * n + feet.to
        at = np.minimum(np.searchsorted(key, a.astype(np.int64) * n + b), max(0, len(key) - 1))
        if len(key):
            hit = (key[at] == a.astype(np.int64) * n + b) & (a >= 0) & (b >= 0)
            direct[hit] = feet.seconds[at[hit]]
    same_place = (a < 0) & (b < 0) & np.all(origins.xy[origin] == targets.xy[target], axis=1)
    direct[same_place | ((a >= 0) & (a == b))] = 0
    return direct


__all__ = ["Ends", "PairArrivals", "WalkRule", "pair_arrivals"]
