"""Owns single runs of a timetable: listing them, choosing some evenly, and parting them from their headway trips."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scenarios.modifications.frequency import DAY_BITS
from scenarios.modifications.timetable_edit import (
    NewTrip,
    append_trips,
    keep_trips,
    on_days,
    replace_times,
    runs_on,
    shift_times,
    times_of,
    with_services,
    without_days,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geodata.timetable import Timetable
    from geodata.units import IntArray
    from scenarios.modifications.timetable_edit import StopTimes

    Retime = Callable[[int, StopTimes], StopTimes]
    """Pattern, times of a run → its new times."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    One run: the `number`-th of a trip (0 for a scheduled trip).

    `departure_s`: from its first stop [s]; of a trip without exact times the middle of what it may be.
    """

    trip: int
    number: int
    departure_s: float


def runs_of(timetable: Timetable, trips: Iterable[int]) -> list[Run]:
    """Return the runs of trips, by departure."""
    table = timetable.trips
    found: list[Run] = []
    for trip in trips:
        headway = int(table.headway_s[trip])
        first = float(table.departure_s[table.time_offsets[trip]])
        if headway == 0:
            found.append(Run(trip, 0, first))
            continue
        count = -(-(int(table.end_s[trip]) - int(table.start_s[trip])) // headway)
        middle = 0.0 if table.exact_times[trip] else headway / 2
        found += [Run(trip, k, first + k * headway + middle) for k in range(count)]
    return sorted(found, key=lambda r: (r.departure_s, str(table.trip_id[r.trip]), r.number))


def days_by_service(timetable: Timetable, trips: IntArray, mask: int) -> list[tuple[int, list[int]]]:
    """Return (day bits, the trips that run then) for the days of `mask`, days with the same trips together."""
    found: dict[tuple[int, ...], int] = {}
    for bit in range(DAY_BITS):
        if mask >> bit & 1:
            running = runs_on(timetable, 1 << bit)[timetable.trips.service[trips]]
            key = tuple(trips[running].tolist())
            found[key] = found.get(key, 0) | 1 << bit
    return [(bits, list(trips_then)) for trips_then, bits in found.items() if trips_then]


def spread(runs: Sequence[Run], wanted: Sequence[float]) -> list[Run]:
    """
    Return the runs nearest to wanted departures [s], one each, in order; at least as many runs as departures.

    The sum of the differences is the least there is.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 -- only choosing runs needs it

    away = np.abs(np.array([[r.departure_s - w for r in runs] for w in wanted]))
    _, chosen = linear_sum_assignment(away)
    return [runs[k] for k in chosen.tolist()]


def evenly(start_s: float, end_s: float, count: int) -> list[float]:
    """Return `count` times in the middle of equal parts of [start, end) [s]."""
    step = (end_s - start_s) / count
    return [start_s + (k + 0.5) * step for k in range(count)]


def retime_runs(timetable: Timetable, chosen: dict[Run, int], retime: Retime) -> tuple[Timetable, tuple[str, ...]]:
    """
    Give single runs other times on some days and leave all others as they are.

    Parameters
    ----------
    timetable
        What to edit.
    chosen
        Run → bits of the days on which it changes.
    retime
        Gives the new times.

    Returns
    -------
    timetable
        Headway trips are parted: pieces keep the offset of the whole, so that no other run moves.
    trip_ids
        The trips that stand for the chosen runs.
    """
    by_trip: dict[int, dict[int, int]] = {}
    for run, bits in chosen.items():
        by_trip.setdefault(run.trip, {})[run.number] = bits
    new, named = timetable, list[str]()
    added: list[NewTrip] = []
    drop: list[int] = []
    moved: dict[int, int] = {}
    in_place: dict[int, StopTimes] = {}
    for trip, numbers in sorted(by_trip.items()):
        service = int(timetable.trips.service[trip])
        groups = _by_days(numbers)
        new, rest = without_days(new, service, _union(groups))
        whole = rest is None and len(groups) == 1
        if whole and int(timetable.trips.headway_s[trip]) == 0:
            in_place[trip] = retime(int(timetable.trips.pattern[trip]), times_of(timetable.trips, trip))
            named.append(str(timetable.trips.trip_id[trip]))
            continue
        if rest is None:
            drop.append(trip)
        else:
            moved[trip] = rest
        for bits, picked in groups.items():
            new, own = on_days(new, service, bits)
            tag = "" if whole else f"~d{bits:02x}"
            pieces = _pieces(timetable, trip, picked, retime, tag)
            added += [replace(piece, service=own) for piece, _ in pieces]
            named += [piece.trip_id for piece, changed in pieces if changed]
    new = append_trips(with_services(replace_times(new, in_place), moved), added)
    keep = np.ones(len(new.trips.trip_id), bool)
    keep[drop] = False
    return keep_trips(new, keep), tuple(named)


def _by_days(numbers: dict[int, int]) -> dict[int, set[int]]:
    """Return day bits → the runs that change on exactly these days, days apart from each other."""
    by_bit = {1 << bit: frozenset(n for n, bits in numbers.items() if bits >> bit & 1) for bit in range(DAY_BITS)}
    found: dict[frozenset[int], int] = {}
    for bit, picked in by_bit.items():
        if picked:
            found[picked] = found.get(picked, 0) | bit
    return {bits: set(picked) for picked, bits in found.items()}


def _union(groups: dict[int, set[int]]) -> int:
    union = 0
    for bits in groups:
        union |= bits
    return union


def _pieces(timetable: Timetable, trip: int, picked: set[int], retime: Retime, tag: str) -> list[tuple[NewTrip, bool]]:
    """Return a trip as pieces: every picked run alone with its new times, the stretches between as they were."""
    trips = timetable.trips
    pattern, service, headway = int(trips.pattern[trip]), int(trips.service[trip]), int(trips.headway_s[trip])
    times, trip_id = times_of(trips, trip), f"{trips.trip_id[trip]}{tag}"
    if headway == 0:
        return [(NewTrip(trip_id, pattern, service, retime(pattern, times)), True)]
    start, end = int(trips.start_s[trip]), int(trips.end_s[trip])
    count = -(-(end - start) // headway)
    edges = sorted({0, count, *picked, *(k + 1 for k in picked)})
    found: list[tuple[NewTrip, bool]] = []
    for first, last in itertools.pairwise(edges):
        own = shift_times(times, first * headway)
        changed = first in picked
        piece = NewTrip(
            f"{trip_id}~run{first}",
            pattern,
            service,
            retime(pattern, own) if changed else own,
            headway,
            start + first * headway,
            min(start + last * headway, end),
            bool(trips.exact_times[trip]),
        )
        found.append((piece, changed))
    return found
