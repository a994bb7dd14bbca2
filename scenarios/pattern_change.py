"""Owns what changed on a way of a line between two timetables: its stops, its times, or only how far it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.modifications.timetable_edit import times_of

if TYPE_CHECKING:
    from geodata.timetable import Timetable


def stop_ids(timetable: Timetable, pattern: int) -> list[str]:
    """Return the ids of the stops of a pattern, in their order."""
    return [str(s) for s in timetable.stops.stop_id[timetable.patterns.stops_of(pattern)]]


def pattern_change(base: Timetable, new: Timetable, before: int | None, after: int | None) -> str:
    """Return the change of a pattern: added | changed | removed | same; None = it is not there."""
    if after is None or before is None:
        return "removed" if after is None else "added"
    same = stop_ids(base, before) == stop_ids(new, after) and _service_of(base, before) == _service_of(new, after)
    return "same" if same else "changed"


def _service_of(timetable: Timetable, pattern: int) -> list[tuple[Any, ...]]:
    """Return when a pattern runs: one row per trip, in an order of their own."""
    trips, services = timetable.trips, timetable.services
    rows = [
        (
            int(services.day_mask[trips.service[t]]),
            int(trips.headway_s[t]),
            int(trips.start_s[t]),
            int(trips.end_s[t]),
            times_of(trips, t).arrival_s.tolist(),
            times_of(trips, t).departure_s.tolist(),
        )
        for t in np.flatnonzero(trips.pattern == pattern).tolist()
    ]
    return sorted(rows)


def only_grew(base: Timetable, before: int, new: Timetable, after: int) -> bool:
    """Return whether all that ran still runs, at the same times at its stops, and goes on further: nobody loses."""
    old_ids, new_ids = stop_ids(base, before), stop_ids(new, after)
    n = len(old_ids)
    starts = [k for k in range(len(new_ids) - n + 1) if new_ids[k : k + n] == old_ids]
    return any(_times_at(base, before, 0, n) == _times_at(new, after, k, n) for k in starts)


def _times_at(timetable: Timetable, pattern: int, first: int, n: int) -> list[tuple[Any, ...]]:
    """Return when a pattern leaves and reaches `n` of its stops: one row per trip, wherever its trips begin."""
    trips, services = timetable.trips, timetable.services
    rows = []
    for t in np.flatnonzero(trips.pattern == pattern).tolist():
        times, lasts = times_of(trips, t), int(trips.end_s[t] - trips.start_s[t]) if trips.headway_s[t] else 0
        arrival, departure = (one[first : first + n].tolist() for one in (times.arrival_s, times.departure_s))
        day_mask, headway_s = int(services.day_mask[trips.service[t]]), int(trips.headway_s[t])
        rows.append((day_mask, headway_s, lasts, arrival[1:], departure[:-1]))
    return sorted(rows)
