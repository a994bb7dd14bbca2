"""Owns the visit to a doctor as a whole: there within the hours of consultation, and home again in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from geodata.units import SECONDS_PER_MIN
from sim.clinic_access.supply import find_supply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.units import BoolArray, FloatArray, IntArray
    from sim.context import RunContext, Walker
    from sim.routing.types import RoutingRequest

Point = tuple[float, float]
Span = tuple[int, int]

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
    spans = [
        (point, start, end)
        for point, sessions, hours in zip(
            map(tuple, supply.xy.tolist()), supply.sessions, supply.week_hours, strict=True
        )
        for start, end in sessions
        if start + visit.stay_s <= end and hours > 0  # not how many hours: they change no way
    ]
    hours_of: dict[Point, list[Span]] = {}
    for point, start, end in spans:
        hours_of.setdefault(point, []).append((start, end))
    asked = _Asked(context, walker, visit, tuple((start, end) for _, start, end in spans))
    of_key = {repr((point, sorted(set(hours)), visit)): (point, hours) for point, hours in hours_of.items()}
    possible = np.zeros(context.n_cells, np.bool_)
    for feasible in context.step_each(
        "way", walker, list(of_key), lambda missing: asked.feasible([of_key[key] for key in missing])
    ):
        possible |= feasible
    return possible


@dataclass(frozen=True, slots=True)
class _Asked:
    """
    The questions behind all places of a city: one there by opening time, one home by closing time.

    Their windows span the hours of all places that open (close) alike, so that a further place asks what was asked: for
    a place that closes earlier (opens later), minutes beyond its own hours make no visit, and cost none.
    """

    context: RunContext
    walker: Walker
    visit: Visit
    spans: tuple[Span, ...]

    def feasible(self, places: Sequence[tuple[Point, Sequence[Span]]]) -> list[BoolArray]:
        """Return cell → whether a visit is possible in any of the hours, shape (C,), of each place (point, hours)."""
        context, visit = self.context, self.visit
        xy = np.array([point for point, _ in places])
        rows = [(n, start, end) for n, (_, hours) in enumerate(places) for start, end in hours]
        place, opens, closes = (np.array([row[k] for row in rows]) for k in range(3))
        there, home = np.full((context.n_cells, len(rows)), np.inf), np.full((context.n_cells, len(rows)), -np.inf)
        for start in np.unique(opens).tolist():
            alike = np.flatnonzero(opens == start)
            there[:, alike] = context.first_arrivals(self.there(start), xy[place[alike]])
        for end in np.unique(closes).tolist():
            alike, request = np.flatnonzero(closes == end), self.home(end)
            if request is not None:
                home[:, alike] = context.last_departures(request, xy[place[alike]])
        on_foot = _way(context, self.walker, (0, 0), visit.way_s)
        there_s, home_s = (walks(context, xy, on_foot, homeward=way)[:, place] for way in (False, True))
        there = np.where(there_s <= visit.way_s, np.minimum(there, opens), there)
        until = np.minimum(closes, visit.home_by_s - home_s)
        home = np.where(home_s <= visit.way_s, np.maximum(home, until), home)
        possible = np.maximum(opens, there) + visit.stay_s <= home
        return [possible[:, place == n].any(axis=1) for n in range(len(places))]

    def there(self, start_s: int) -> RoutingRequest:
        """Return the question which minute one can first be at a place that opens then."""
        latest = max(end for start, end in self.spans if start == start_s) - self.visit.stay_s
        window = max(start_s - self.visit.early_s, 0), latest
        return replace(_way(self.context, self.walker, window, self.visit.way_s), direction="arrive_by")

    def home(self, end_s: int) -> RoutingRequest | None:
        """Return the question which minute one can last leave a place that closes then; None = never in time."""
        visit = self.visit
        first = min(start for start, end in self.spans if end == end_s) + visit.stay_s
        last = min(end_s, visit.home_by_s - visit.way_s)
        return _way(self.context, self.walker, (first, last), visit.way_s) if first <= last else None


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
