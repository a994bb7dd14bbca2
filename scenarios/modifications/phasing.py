"""Owns phasing: departures of a line shifted so that people from another line wait as little as can be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from scenarios.modifications.selecting import find_rows, refuse_unknown, trips_of
from scenarios.modifications.timetable_edit import replace_times, runs_on, shift_times, times_of

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray, IntArray
    from scenarios.modifications.base import ModificationBase, Notes

DAYS = 7
MOST_SHIFT_S = 1_800
"""A line is shifted by at most this, earlier or later [s]."""


@dataclass(frozen=True, slots=True, eq=False)
class _Calls:
    """Calls of a line at a place: times [s] and day bits on which they are made, shapes (N,)."""

    seconds: IntArray
    days: IntArray

    def on(self, day: int) -> IntArray:
        """Return the times of one day of the week, ascending."""
        chosen: BoolArray = (self.days >> day & 1).astype(bool)
        return np.sort(self.seconds[chosen])


def apply_phase(
    city: City,
    mod: ModificationBase,
    routes: tuple[str, ...],
    wanted: tuple[str, int | None, int],
    ends: tuple[IntArray, IntArray],
    notes: Notes,
) -> City:
    """
    Return the city with the departures of some lines shifted, pattern by pattern.

    Parameters
    ----------
    city, mod, notes
        What is changed, by what, and where findings go.
    routes
        Lines whose departures shift.
    wanted
        The line that arrives, its direction (None = both), and the time from its arrival to the departure [s].
    ends
        Stops where people get off, and where they board.
    """
    timetable = city.timetable
    known = len(notes.problems)
    arriving, direction, gap_s = wanted
    patterns = timetable.patterns
    coming = np.flatnonzero(np.isin(patterns.route, _routes(timetable, mod, "phase_with.route", (arriving,), notes)))
    if direction is not None:
        coming = coming[patterns.direction[coming] == direction]
    going = np.flatnonzero(np.isin(patterns.route, _routes(timetable, mod, "routes", routes, notes)))
    if len(notes.problems) > known:
        return city
    if not _known_times(timetable, mod, coming.astype(np.int32), arriving, notes):
        return city
    arrivals = _calls(timetable, coming.astype(np.int32), ends[0], arriving=True)
    shifts = {p: _best_shift(_one(timetable, p, ends[1]), arrivals, gap_s) for p in going.tolist()}
    found = {p: shift for p, shift in shifts.items() if shift is not None}
    if not found:
        _never_meet(mod, arriving, notes)
        return city
    before, after = (_mean_wait(timetable, f, ends[1], arrivals, gap_s) for f in (dict.fromkeys(found, 0), found))
    notes.tell(
        mod,
        "timetable",
        f"{len(found)} 系統の発車をずらす（乗継の余分な待ち 平均 {before:.1f} → {after:.1f} 分）",
        f"shifted {len(found)} patterns (mean wait beyond the change {before:.1f} → {after:.1f} min)",
    )
    return city.replace(timetable=_shifted(timetable, found))


def _routes(timetable: Timetable, mod: ModificationBase, at: str, names: tuple[str, ...], notes: Notes) -> list[int]:
    routes = timetable.routes
    found: list[int] = []
    for number, name in enumerate(names):
        rows = find_rows(name, routes.route_id, routes.name, routes.name_en)
        if not len(rows):
            place = at if "." in at else f"{at}[{number}]"
            refuse_unknown(notes, mod, place, "route", name, [*routes.name.tolist(), *routes.route_id.tolist()])
        found += rows.tolist()
    return found


def _known_times(timetable: Timetable, mod: ModificationBase, patterns: IntArray, name: str, notes: Notes) -> bool:
    """Return whether the arrivals of patterns are known to the minute; notes a line that has only a headway."""
    trips = timetable.trips
    unsure = trips_of(timetable, patterns) & (trips.headway_s > 0) & ~trips.exact_times
    if not unsure.any():
        return True
    notes.refuse(
        mod,
        "phase_with.route",
        "times_not_known",
        Text(
            f"{name} は運行間隔だけで、着く時刻が分かりません",
            f"{name} has only a headway: when it arrives is not known",
        ),
        Text(
            "時刻表のデータを取り込むか、adjust-frequency で exact_times: true の時刻にしてください",
            "bring its timetable, or give it times by adjust-frequency with exact_times: true",
        ),
    )
    return False


def _calls(timetable: Timetable, patterns: IntArray, stops: IntArray, *, arriving: bool) -> _Calls:
    """Return the calls of patterns at stops: arrivals (not at their first stop) or departures (not at their last)."""
    trips = timetable.trips
    masks = sum((runs_on(timetable, 1 << day).astype(np.int32) << day for day in range(DAYS)), np.int32(0))
    seconds: list[int] = []
    days: list[int] = []
    for trip in np.flatnonzero(trips_of(timetable, patterns)).tolist():
        served = timetable.patterns.stops_of(int(trips.pattern[trip]))
        at = np.flatnonzero(np.isin(served, stops))
        at = at[at > 0] if arriving else at[at < len(served) - 1]
        if not len(at):
            continue
        column = trips.arrival_s if arriving else trips.departure_s
        first = int(column[trips.time_offsets[trip] + int(at[0])])
        headway = int(trips.headway_s[trip])
        span = int(trips.end_s[trip]) - int(trips.start_s[trip]) if headway else 1
        offsets = range(0, span, headway or 1)
        seconds += [first + offset for offset in offsets]
        days += [int(np.atleast_1d(masks)[trips.service[trip]])] * len(offsets)
    return _Calls(np.array(seconds, np.int32), np.array(days, np.int32))


def _one(timetable: Timetable, pattern: int, stops: IntArray) -> _Calls:
    return _calls(timetable, np.array([pattern], np.int32), stops, arriving=False)


def _waits(departures: _Calls, arrivals: _Calls, gap_s: int, shift_s: int) -> FloatArray:
    """
    Return the wait beyond `gap_s` of the arrivals while the line runs [s], the same ones whatever the shift.

    Who comes too late for the last departure counts as waiting one usual gap.
    """
    usual = _usual_gap(departures)
    found = [np.zeros(0)]
    for day in range(DAYS):
        leave, come = departures.on(day), arrivals.on(day) + gap_s
        if not len(leave):
            continue
        come = come[(come > leave[0] - usual) & (come <= leave[-1])]
        shifted = np.append(leave + shift_s, np.iinfo(np.int32).max)
        waits = shifted[np.searchsorted(shifted, come)] - come
        found.append(np.minimum(waits, usual).astype(float))
    return np.concatenate(found)


def _best_shift(departures: _Calls, arrivals: _Calls, gap_s: int) -> int | None:
    """Return the shift with the shortest mean wait, the smallest of equal ones; None where the lines never meet."""
    if not len(departures.seconds) or not len(arrivals.seconds):
        return None
    reach = min(MOST_SHIFT_S, _usual_gap(departures) // 2)
    wanted = (arrivals.seconds[:, None] + gap_s - departures.seconds[None, :]).ravel()
    candidates = np.unique(np.append(wanted[np.abs(wanted) <= reach], 0))
    candidates = candidates[candidates + int(departures.seconds.min()) >= 0]
    scored = [
        (float(waits.mean()), abs(shift), shift)
        for shift in candidates.tolist()
        if len(waits := _waits(departures, arrivals, gap_s, shift))
    ]
    return min(scored)[2] if scored else None


def _usual_gap(departures: _Calls) -> int:
    """Return the usual time between departures of the busiest day [s]."""
    busiest = max((departures.on(day) for day in range(DAYS)), key=len)
    gaps = np.diff(busiest)
    return int(np.median(gaps)) if len(gaps) else 2 * MOST_SHIFT_S


def _mean_wait(timetable: Timetable, shifts: dict[int, int], stops: IntArray, arrivals: _Calls, gap_s: int) -> float:
    waits = [_waits(_one(timetable, p, stops), arrivals, gap_s, shift) for p, shift in shifts.items()]
    return float(np.concatenate(waits).mean()) / 60 if any(len(w) for w in waits) else float("nan")


def _never_meet(mod: ModificationBase, name: str, notes: Notes) -> None:
    notes.refuse(
        mod,
        "phase_with",
        "never_meet",
        Text(f"ずらす路線と {name} はこの停留所で同じ日に出会いません", f"the lines never meet {name} at these stops"),
        Text("停留所と方向を確かめてください", "check the stops and the direction"),
    )


def _shifted(timetable: Timetable, shifts: dict[int, int]) -> Timetable:
    trips = timetable.trips
    exact = trips.exact_times.copy()
    times, windows = {}, {}
    for trip in np.flatnonzero(np.isin(trips.pattern, list(shifts))).tolist():
        shift = shifts[int(trips.pattern[trip])]
        times[trip] = shift_times(times_of(trips, trip), shift)
        if trips.headway_s[trip] > 0:
            windows[trip] = int(trips.start_s[trip]) + shift, int(trips.end_s[trip]) + shift
            exact[trip] = True
    new = replace_times(timetable, times, windows)
    return replace(new, trips=replace(new.trips, exact_times=exact))
