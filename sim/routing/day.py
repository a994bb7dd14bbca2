"""
Owns ScheduledDay: the runs of a timetable on one date, expanded, with the neighbouring days where they reach in.

- Trips of the day before that still run are shifted by −86,400 s, trips of the day after by +86,400 s.
- A headway trip becomes runs at start + u·h, start + u·h + h, … before its end; u in [0, 1) is a hash of seed, draw and
  trip id, the same for every scenario and whatever the headway is (whole seconds: ⌊u·h⌋). `exact_times` means u = 0.
  Pieces of a trip (id with ``~run3``) share its u.
- Runs are grouped into chains of the same stops and the same boarding rules in which no run overtakes another, so that
  "the first run to catch" is found by bisection and is never the wrong one to take.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.calendar import parse_date
from geodata.frozen import freeze
from geodata.timetable import Timetable
from geodata.units import SECONDS_PER_DAY, BoolArray, IntArray
from sim.rng import unit_numbers

HEADWAY_STREAM = "headway"
PIECE = re.compile(r"(~d[0-9a-f]{2}|~run\d+)+$")
"""End of the id of a piece of a headway trip: pieces share the offset of the whole, so that no run moves."""
Ints = npt.NDArray[np.integer[Any]]
Chain = tuple[tuple[int, bytes, bytes], Ints, Ints, Ints]


@dataclass(frozen=True, slots=True, eq=False)
class ScheduledDay:
    """
    Runs of one day in chains.

    Parameters
    ----------
    stop_offsets, stops, board, alight
        chain → its stops in order (CSR), and whether passengers may get on, off there.
    run_offsets
        chain → its runs, in order of time, CSR.
    time_offsets
        run → first row of its times, CSR.
    arrival_s, departure_s
        time row → seconds after 00:00 of the date; may be negative or pass 24 h.
    run_trip, run_shift_s
        run → trip of the timetable, and what was added to that trip's times [s].
    """

    n_stops: int
    stop_offsets: IntArray
    stops: IntArray
    board: BoolArray
    alight: BoolArray
    run_offsets: IntArray
    time_offsets: IntArray
    arrival_s: IntArray
    departure_s: IntArray
    run_trip: IntArray
    run_shift_s: IntArray

    def __post_init__(self) -> None:
        freeze(self)


def scheduled_day(
    timetable: Timetable,
    date: str,
    *,
    first_s: int,
    last_s: int,
    draw: int = 0,
    seed: int = 0,
    next_days: bool = True,
) -> ScheduledDay:
    """
    Expand a timetable for one date.

    Parameters
    ----------
    timetable
        The timetable.
    date
        The service day, ISO 8601.
    first_s, last_s
        Runs wholly outside [first, last] are left out [s after 00:00 of `date`].
    draw, seed
        Draw of the headway offsets.
    next_days
        False: services of the days after `date` are left out, though runs of `date` may pass midnight.

    Returns
    -------
    day
        All runs that touch the horizon.
    """
    trip, shift = _runs(timetable, date, (first_s, last_s), (draw, seed), next_days=next_days)
    return _chained(timetable, trip, shift)


def depends_on_draw(timetable: Timetable) -> bool:
    """Return whether any trip runs at a headway without exact times, so that draws differ."""
    trips = timetable.trips
    return bool(np.any((trips.headway_s > 0) & ~trips.exact_times))


def _runs(
    timetable: Timetable, date: str, horizon: tuple[int, int], drawn: tuple[int, int], *, next_days: bool
) -> tuple[Ints, Ints]:
    """Return (trip, shift) of every run that touches the horizon."""
    first_s, last_s = horizon
    trips = timetable.trips
    rows = np.diff(trips.time_offsets)
    usable = rows > 0
    begin = np.zeros(len(rows), np.int64)
    finish = np.zeros(len(rows), np.int64)
    begin[usable] = trips.departure_s[trips.time_offsets[:-1][usable]]
    finish[usable] = trips.arrival_s[trips.time_offsets[1:][usable] - 1]
    latest = int(np.max(np.maximum(finish, trips.end_s + finish - begin), initial=0))
    day = parse_date(date)
    found: list[tuple[Ints, Ints]] = []
    for k in range((first_s - latest) // SECONDS_PER_DAY, (last_s // SECONDS_PER_DAY if next_days else 0) + 1):
        shift = k * SECONDS_PER_DAY
        active = timetable.services.active_on((day + dt.timedelta(days=k)).isoformat())
        chosen = np.flatnonzero(active[trips.service] & usable)
        trip, offset = _repeat(timetable, chosen, *drawn)
        keep = (finish[trip] + offset + shift >= first_s) & (begin[trip] + offset + shift <= last_s)
        found.append((trip[keep], (offset + shift)[keep]))
    trip = np.concatenate([pair[0] for pair in found])
    return trip.astype(np.int32), np.concatenate([pair[1] for pair in found]).astype(np.int32)


def _repeat(timetable: Timetable, chosen: Ints, draw: int, seed: int) -> tuple[Ints, Ints]:
    """Return (trip, offset) of every run of the chosen trips: once, or at its headway."""
    trips = timetable.trips
    plain = chosen[trips.headway_s[chosen] <= 0]
    pairs = [(plain, np.zeros(len(plain), np.int64))]
    repeated = chosen[trips.headway_s[chosen] > 0]
    keys = [PIECE.sub("", trip_id) for trip_id in trips.trip_id[repeated].tolist()]
    share = unit_numbers(seed, HEADWAY_STREAM, draw, keys)
    for trip, u in zip(repeated.tolist(), share.tolist(), strict=True):
        headway = int(trips.headway_s[trip])
        start = 0 if trips.exact_times[trip] else int(u * headway)
        offsets = np.arange(start, int(trips.end_s[trip]) - int(trips.start_s[trip]), headway, dtype=np.int64)
        pairs.append((np.full(len(offsets), trip, np.int64), offsets))
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def _chained(timetable: Timetable, trip: Ints, shift: Ints) -> ScheduledDay:
    """Sort runs into chains without overtaking."""
    trips, patterns = timetable.trips, timetable.patterns
    groups: dict[tuple[int, bytes, bytes], list[int]] = {}
    keys: dict[int, tuple[int, bytes, bytes]] = {}
    for run, t in enumerate(trip.tolist()):
        key = keys.get(t)
        if key is None:
            rows = slice(trips.time_offsets[t], trips.time_offsets[t + 1])
            key = (int(trips.pattern[t]), trips.board_allowed[rows].tobytes(), trips.alight_allowed[rows].tobytes())
            keys[t] = key
        groups.setdefault(key, []).append(run)
    chains: list[Chain] = []
    for key, members in groups.items():
        runs = np.array(members)
        first = trips.time_offsets[trip[runs]][:, None] + np.arange(len(patterns.stops_of(key[0])))[None, :]
        arrival = trips.arrival_s[first] + shift[runs][:, None]
        departure = trips.departure_s[first] + shift[runs][:, None]
        order = _in_order(arrival, departure)
        for links in _without_overtaking(arrival[order], departure[order]):
            picked = order[links]
            chains.append((key, runs[picked], arrival[picked], departure[picked]))
    return _packed(timetable, chains, trip, shift)


def _in_order(arrival: Ints, departure: Ints) -> Ints:
    """Return rows by all departures, then all arrivals, then as they stand."""
    order = np.argsort(departure[:, 0], kind="stable")
    first = departure[order, 0]
    if np.all(first[1:] > first[:-1]):
        return order
    return np.lexsort((*arrival.T[::-1], *departure.T[::-1]))


def _without_overtaking(arrival: Ints, departure: Ints) -> list[Ints]:
    """Return rows of runs in chains: within one, every time is no earlier than that of the run before."""
    times = np.concatenate([arrival, departure], axis=1)
    if np.all(times[1:] >= times[:-1]):
        return [np.arange(len(times))]
    chains: list[list[int]] = []
    for row in range(len(times)):
        for chain in chains:
            if np.all(times[row] >= times[chain[-1]]):
                chain.append(row)
                break
        else:
            chains.append([row])
    return [np.array(chain) for chain in chains]


def _packed(
    timetable: Timetable,
    chains: list[Chain],
    trip: Ints,
    shift: Ints,
) -> ScheduledDay:
    stops = [timetable.patterns.stops_of(key[0]) for key, *_ in chains]
    n_runs = [len(runs) for _, runs, *_ in chains]
    lengths = [len(s) for s in stops]
    runs = _joined([c[1] for c in chains])
    return ScheduledDay(
        n_stops=timetable.n_stops,
        stop_offsets=_offsets(lengths),
        stops=_joined(stops),
        board=np.frombuffer(b"".join(c[0][1] for c in chains), bool).copy(),
        alight=np.frombuffer(b"".join(c[0][2] for c in chains), bool).copy(),
        run_offsets=_offsets(n_runs),
        time_offsets=_offsets(np.repeat(lengths, n_runs).tolist()),
        arrival_s=_joined([c[2].ravel() for c in chains]),
        departure_s=_joined([c[3].ravel() for c in chains]),
        run_trip=trip[runs].astype(np.int32),
        run_shift_s=shift[runs].astype(np.int32),
    )


def _offsets(lengths: list[int]) -> IntArray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _joined(parts: list[Any]) -> IntArray:
    return np.concatenate(parts).astype(np.int32) if parts else np.zeros(0, np.int32)
