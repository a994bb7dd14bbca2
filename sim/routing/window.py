"""
Owns the window of a question in the time of the graphs: its minutes ("marks"), how far journeys reach, what runs then.

Graphs of destinations run backward in time (`mirrored`), and so do the minutes in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.routing.day import ScheduledDay, scheduled_day

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import IntArray
    from sim.routing.types import RoutingRequest


def marks_of(request: RoutingRequest, *, mirrored: bool) -> IntArray:
    """Return the minutes of the window in the time of the graphs, rising [s]."""
    minutes = np.arange(request.window_start_s, request.window_end_s, request.step_s, dtype=np.int32)
    return (-minutes[::-1]).copy() if mirrored else minutes


def marks_at_others(request: RoutingRequest, *, mirrored: bool) -> bool:
    """Return whether the minutes of the window are those at the end that is searched from."""
    return (request.direction == "depart") == mirrored


def counted_marks(request: RoutingRequest, *, mirrored: bool) -> tuple[int, int, int]:
    """Return the first minute, the step and how many minutes tell one boarding from another; 0 = every instant does."""
    marks = marks_of(request, mirrored=mirrored)
    exact = marks_at_others(request, mirrored=mirrored) or request.departure_mode == "planned"
    return int(marks[0]), request.step_s, 0 if exact else len(marks)


def horizon_of(request: RoutingRequest) -> tuple[int, int]:
    """Return the first and last instant of interest: journeys may begin or end one cutoff beyond the window."""
    marks = marks_of(request, mirrored=False)
    ahead, after = (request.cutoff_s, 0) if request.direction == "arrive_by" else (0, request.cutoff_s)
    return int(marks[0]) - ahead, int(marks[-1]) + after


def day_of_draw(city: City, request: RoutingRequest, draw: int) -> ScheduledDay:
    """Return the runs of one draw that a question can touch."""
    first_s, last_s = horizon_of(request)
    return scheduled_day(city.timetable, request.date, first_s=first_s, last_s=last_s, draw=draw, seed=request.seed)
