"""Owns the visit to a doctor as a whole: there within the hours of consultation, and home again in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from geodata.units import SECONDS_PER_MIN
from sim.clinic_access.supply import find_supply

if TYPE_CHECKING:
    from geodata.units import BoolArray, FloatArray, IntArray
    from sim.context import RunContext, Walker
    from sim.routing.types import RoutingRequest

MOST_DRAWS = (25,)
"""Percentile over draws: what holds in at least three quarters of them, so that two such facts hold in most at once."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Times of a visit [s]: at the clinic, longest way, how early one may come, and by when one is home."""

    stay_s: int
    way_s: int
    early_s: int
    home_by_s: int


def visit_of(context: RunContext) -> Visit:
    """Return the times of a visit by the parameters."""
    params = context.params
    minutes = (params.consultation_min, params.round_trip_way_min, params.round_trip_early_min)
    stay_s, way_s, early_s = (round(m * SECONDS_PER_MIN) for m in minutes)
    return Visit(stay_s, way_s, early_s, params.clock_s("round_trip_home_by"))


def round_trips(context: RunContext, walker: Walker) -> BoolArray:
    """
    Return cell → whether somebody living there can see a doctor on the day and be home in time, shape (C,).

    To see a doctor: to be at a place of care while it is open, with `consultation_min` left before it closes; then to
    be home by `round_trip_home_by`. Neither way takes longer than `round_trip_way_min`: from leaving home to being
    there (the last `round_trip_early_min` at the door before it opens, and what one waits inside, apart), and from the
    end of the visit, waits included, to being home.

    Notes
    -----
    For a place that is open from o to e, a visit of c: let a be the first minute from o − early on by which a journey
    (at most `way` long) leads there, and r the last minute up to e from which a journey (at most `way` long) leads
    home. Whoever is there by a can wait, so a visit may begin at any minute from max(o, a) on; whoever could leave at
    r can, having finished earlier, wait until the visit begins later. So a visit with both ways exists just where
    max(o, a) + c ≤ r: it then begins at r − c, is over at r, and lies within the hours since r ≤ e. Ways that arrive
    after `home_by` are kept out by asking for leaving until `home_by` − `way` only, as are those on foot by their own
    length: never optimistic.

    Offsets of headway services differ by draw. a and r hold in at least three quarters of the draws each, so they hold
    together in more than half: the answer is for most draws, as elsewhere, and again never optimistic.

    A place told to be open on other days only is closed. Desks of mobile offices count on the day they come.
    """
    supply, visit = find_supply(context), visit_of(context)
    rows = [(n, start, end) for n, spans in enumerate(supply.sessions) for start, end in spans]
    rows = [row for row in rows if row[1] + visit.stay_s <= row[2] and supply.week_hours[row[0]] > 0]
    if not rows:
        return np.zeros(context.n_cells, np.bool_)
    key = digest_of((rows, supply.xy))  # not the weekly hours: how many there are changes no way
    return context.step("ways", walker, lambda: _feasible(context, walker, rows, supply.xy), key=key)


def _feasible(context: RunContext, walker: Walker, rows: list[tuple[int, int, int]], xy: FloatArray) -> BoolArray:
    visit = visit_of(context)
    there = _there(context, walker, rows, xy, visit)
    home = _home(context, walker, rows, xy, visit)
    starts = np.array([start for _, start, _ in rows], np.float64)
    feasible: BoolArray = np.any(np.maximum(starts, there) + visit.stay_s <= home, axis=1)
    return feasible


def _there(
    context: RunContext, walker: Walker, rows: list[tuple[int, int, int]], xy: FloatArray, visit: Visit
) -> FloatArray:
    """Return cell, row → first minute one can be there [s], shape (C, R); one question for all that open alike."""
    first = np.full((context.n_cells, len(rows)), np.inf)
    place = np.array([n for n, _, _ in rows])
    opens, closes = (np.array([row[k] for row in rows]) for k in (1, 2))
    for start in np.unique(opens).tolist():
        alike = np.flatnonzero(opens == start)
        latest = int(closes[alike].max()) - visit.stay_s
        request = _way(context, walker, (max(start - visit.early_s, 0), latest), visit.way_s)
        first[:, alike] = context.first_arrivals(replace(request, direction="arrive_by"), xy[place[alike]])
    walk_s = walks(context, xy[place], request, homeward=False)
    return np.where(walk_s <= visit.way_s, np.minimum(first, opens), first)


def _home(
    context: RunContext, walker: Walker, rows: list[tuple[int, int, int]], xy: FloatArray, visit: Visit
) -> FloatArray:
    """Return cell, row → last minute one can leave for home [s], shape (C, R); one question by closing time."""
    last = np.full((context.n_cells, len(rows)), -np.inf)
    place = np.array([n for n, _, _ in rows])
    opens, closes = (np.array([row[k] for row in rows]) for k in (1, 2))
    request = _way(context, walker, (0, 0), visit.way_s)
    for end in np.unique(closes).tolist():
        alike = np.flatnonzero(closes == end)
        window = int(opens[alike].min()) + visit.stay_s, min(end, visit.home_by_s - visit.way_s)
        if window[0] <= window[1]:
            asked = replace(request, window_start_s=window[0], window_end_s=window[1] + 1)
            last[:, alike] = context.last_departures(asked, xy[place[alike]])
    walk_s = walks(context, xy[place], request, homeward=True)
    until = np.minimum(closes, visit.home_by_s - walk_s)
    return np.where(walk_s <= visit.way_s, np.maximum(last, until), last)


def _way(context: RunContext, walker: Walker, window: tuple[int, int], way_s: int) -> RoutingRequest:
    """Return the question for ways of at most a length that end (or begin) at a minute of a window, ends included."""
    request = context.routing_request(walker)
    return replace(
        request,
        direction="depart",
        departure_mode="random",
        window_start_s=window[0],
        window_end_s=window[1] + 1,
        cutoff_s=way_s,
        max_direct_s=min(request.max_direct_s, way_s),
        percentiles=MOST_DRAWS,
    )


def walks(context: RunContext, xy: FloatArray, request: RoutingRequest, *, homeward: bool) -> FloatArray:
    """Return cell, place → seconds on foot all the way, inf = too far, shape (C, P)."""
    distinct, of = np.unique(xy, axis=0, return_inverse=True)
    key = digest_of((distinct, request.max_direct_s, request.walk_speed_m_min, homeward))
    found = context.step(
        "walks", "home" if homeward else "there", lambda: _walks(context, distinct, request, homeward), key=key
    )
    table: FloatArray = found[:, of.reshape(-1)]
    return table


def _walks(context: RunContext, xy: FloatArray, request: RoutingRequest, homeward: bool) -> FloatArray:
    from sim.routing.walk import walk_table  # noqa: PLC0415 -- the package loads compiled kernels

    homes = context.city.population.xy
    ends = (xy, homes) if homeward else (homes, xy)
    found = walk_table(context.city.streets, *ends, max_s=request.max_direct_s, speed_m_min=request.walk_speed_m_min)
    seconds = np.full((len(homes), len(xy)), np.inf)
    pair: tuple[IntArray, IntArray] = (found.target, found.origin) if homeward else (found.origin, found.target)
    seconds[pair] = found.seconds
    return seconds
