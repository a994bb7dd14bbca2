"""Owns the daily ways to school and work: there in time, and home again in the evening."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind
from geodata.units import SECONDS_PER_MIN
from sim.accessibility import dual_access

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.routing.types import Direction, RoutingRequest

_STEP_S = 60
MEDIAN = (50,)


def school_minutes(context: RunContext) -> FloatArray:
    """
    Return cell → shortest way to a high school from which one also comes home in the evening, shape (C,) [min].

    inf = to no school in time and back; NaN = the city knows no high school.
    """
    params = context.params
    schools = context.facilities(FacilityKind.HIGH_SCHOOL).xy
    if len(schools) == 0:
        return np.full(context.n_cells, np.nan)
    limit_min = params.school_within_min
    there = context.travel_minutes("standard", schools, arrival_request(context, "school_bell", limit_min))
    home = context.travel_minutes("standard", schools, evening_request(context, limit_min))
    return dual_access(np.where(np.isfinite(home), there, np.float32(np.inf)))


def works_minutes(context: RunContext) -> FloatArray:
    """Return cell → shortest way to a large workplace by its start, shape (C,) [min]; inf = none, NaN = none known."""
    works = context.facilities(FacilityKind.LARGE_WORKPLACE).xy
    if len(works) == 0:
        return np.full(context.n_cells, np.nan)
    request = arrival_request(context, "works_start", context.params.works_within_min)
    return dual_access(context.travel_minutes("standard", works, request))


def arrival_request(context: RunContext, clock: str, limit_min: float) -> RoutingRequest:
    """
    Return the question: is there a way to be there by a time of day, within a limit, leaving home not too early?

    Any journey there in time counts, however early it arrives, so a later bell never takes one away: the shortest
    journey over all minutes up to the bell, of each draw; the median of draws.
    """
    return _within(context, "arrive_by", context.params.clock_s("commute_leave_from"), clock, limit_min)


def evening_request(context: RunContext, limit_min: float) -> RoutingRequest:
    """Return the question: is there a way home from school in the evening, within a limit and not too late?"""
    return _within(context, "depart", context.params.clock_s("school_home_from"), "school_home_by", limit_min)


def _within(context: RunContext, direction: Direction, from_s: int, by: str, limit_min: float) -> RoutingRequest:
    """
    Return the question for journeys that leave from, arrive by, and take at most a limit.

    Both ends hold because every minute asked for leaves room for the limit: with the first one `limit` after `from_s`
    (arriving), or the last one `limit` before the end (departing), nothing within the cutoff lies outside.
    """
    by_s = context.params.clock_s(by)
    cutoff_s = min(round(limit_min * SECONDS_PER_MIN), by_s - from_s)
    slack_s = (by_s - from_s - cutoff_s) // _STEP_S * _STEP_S
    start_s = by_s - slack_s if direction == "arrive_by" else from_s
    request = context.routing_request("standard")
    return replace(
        request,
        direction=direction,
        window_start_s=start_s,
        window_end_s=start_s + slack_s + 1,
        departure_mode="planned",
        cutoff_s=cutoff_s,
        max_direct_s=min(request.max_direct_s, cutoff_s),
        samples="shortest",
        percentiles=MEDIAN,
    )
