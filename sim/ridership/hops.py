"""Owns the hops of a day in the order the search for journeys looks at them: last departure first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geodata.timetable import RouteClass

if TYPE_CHECKING:
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray, IntArray
    from sim.routing.day import ScheduledDay


class Hops(NamedTuple):
    """
    Ways of vehicles from one stop to the next, H of them.

    `dep_s`, `arr_s`: when they leave and arrive [s]. `from_stop`, `to_stop`: stops. `next_hop`: the next one of the
    run, −1 = none. `board`, `alight`: whether one may get on at its start, off at its end. `pattern`, `position`: where
    in the timetable. `is_rail`: by train. `metres`: straight line [m]. `slot_offsets`: stop → first of its slots.
    """

    dep_s: IntArray
    arr_s: IntArray
    from_stop: IntArray
    to_stop: IntArray
    next_hop: IntArray
    board: BoolArray
    alight: BoolArray
    pattern: IntArray
    position: IntArray
    is_rail: BoolArray
    metres: FloatArray
    slot_offsets: IntArray

    @property
    def timed(self) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray, BoolArray, BoolArray]:
        """Columns that the scan reads."""
        return self[:7]

    @property
    def ridden(self) -> tuple[IntArray, IntArray, BoolArray, FloatArray]:
        """Columns that tell what was ridden."""
        return self[7:11]


def day_hops(timetable: Timetable, day: ScheduledDay) -> Hops:
    """
    Return the hops of a day.

    Parameters
    ----------
    timetable
        The timetable the day was expanded from.
    day
        Its runs.

    Returns
    -------
    hops
        Sorted by departure, the last first; of equal ones the later arrival, then the later in its run first. A change
        between two runs that both take no time at the same instant is not seen.
    """
    n_runs = np.diff(day.run_offsets)
    chain = np.repeat(np.arange(len(n_runs)), n_runs)
    lengths = np.diff(day.stop_offsets)[chain]
    run = np.repeat(np.arange(len(chain)), np.maximum(lengths - 1, 0))
    starts = np.cumsum(np.maximum(lengths - 1, 0)) - np.maximum(lengths - 1, 0)
    position = np.arange(len(run)) - starts[run]
    row, at = day.time_offsets[run] + position, day.stop_offsets[chain[run]] + position
    pattern = timetable.trips.pattern[day.run_trip[run]]
    order = np.lexsort((-position, -day.arrival_s[row + 1], -day.departure_s[row]))
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    last = position == lengths[run] - 2
    following = np.where(last, -1, place[np.minimum(np.arange(len(run)) + 1, len(run) - 1)]) if len(run) else place
    from_stop, to_stop = day.stops[at], day.stops[at + 1]
    xy = timetable.stops.xy
    metres = np.hypot(*(xy[to_stop] - xy[from_stop]).T)
    rail = timetable.routes.route_class[timetable.patterns.route[pattern]] == RouteClass.RAIL
    calls = np.bincount(from_stop, minlength=timetable.n_stops)

    def sorted_as(column: Any, kind: type) -> Any:
        """Return a column in the order of the hops."""
        return np.ascontiguousarray(column[order], kind)

    return Hops(
        dep_s=sorted_as(day.departure_s[row], np.int32),
        arr_s=sorted_as(day.arrival_s[row + 1], np.int32),
        from_stop=sorted_as(from_stop, np.int32),
        to_stop=sorted_as(to_stop, np.int32),
        next_hop=sorted_as(following, np.int32),
        board=sorted_as(day.board[at], np.bool_),
        alight=sorted_as(day.alight[at + 1], np.bool_),
        pattern=sorted_as(pattern, np.int32),
        position=sorted_as(position, np.int32),
        is_rail=sorted_as(rail, np.bool_),
        metres=sorted_as(metres, np.float64),
        slot_offsets=np.concatenate([[0], np.cumsum(calls)]).astype(np.int32),
    )
