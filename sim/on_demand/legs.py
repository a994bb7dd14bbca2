"""
Owns how on-demand services enter travel times: as legs between homes and stops, and as rides within the area.

A leg takes: the walk to where the vehicle stops (services between points), the experienced wait, boarding and the
direct drive × the experienced detour, and the walk from where it sets down. It may begin within the hour frame it was
experienced in, as long as one is set down before the service ends, and belongs to the draw whose luck it is (see
`sim.on_demand.experience`), so that good and bad luck spreads through the percentiles. Legs and rides are asked for at
the homes' end; every draw is the same for all scenarios.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from geodata.units import UNREACHED_S
from sim.on_demand.days import runs_on
from sim.on_demand.drives import capped, drive_seconds
from sim.on_demand.riders import cells_inside
from sim.on_demand.service import ServiceRun, picked_up_at, run_services
from sim.routing.legs import join_legs, legs_of_places
from sim.routing.types import Legs
from sim.routing.walk import walk_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from geodata.on_demand import OnDemandPlan
    from geodata.units import BoolArray, Float32Array, FloatArray, IntArray
    from sim.context import RunContext
    from sim.routing.types import RoutingRequest, WalkerId

MOST_STOPS = 24
"""Of the stops of an area (not of a feeder), so many nearest to a home by drive get legs."""
ON_DEMAND = 1
"""Kind of an on-demand leg."""


@dataclass(frozen=True, slots=True, eq=False)
class Rides:
    """
    What the services of a city add to one question.

    Parameters
    ----------
    legs
        Between cells and stops: access where the cells are left, egress where they are reached; None = none.
    runs
        Services whose rides count: within their area, and of feeders to their stops and on foot from there.
    cells
        Cells whose legs these are, ascending; None = all.
    """

    legs: Legs | None
    runs: tuple[ServiceRun, ...]
    cells: IntArray | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that are held by this alone: the runs are shared with the memory of their simulation."""
        return 0 if self.legs is None else sum(getattr(self.legs, part.name).nbytes for part in fields(self.legs))

    @property
    def digest(self) -> str:
        """Digest of all that can change a travel time; "" where nothing can."""
        if self.legs is None and not self.runs:
            return ""
        return digest_of((self.legs, [_told(run) for run in self.runs]))

    @property
    def areas(self) -> dict[str, BaseGeometry]:
        """Digest of all that a service does for travellers → its area, where their homes lie."""
        return {digest_of(_told(run)): run.plan.area_xy for run in self.runs}

    @property
    def are_drawn(self) -> bool:
        """Whether legs differ between draws."""
        return self.legs is not None and bool(np.any(self.legs.draw >= 0))

    def of_cells(self, cells: IntArray) -> Rides:
        """Return what is added for some cells only, ascending."""
        return Rides(None if self.legs is None else legs_of_places(self.legs, cells), self.runs, cells)


def _told(run: ServiceRun) -> tuple[object, ...]:
    """Return all of a service that can change a travel time."""
    plan = run.plan
    described = (plan.area_xy, plan.points_xy, plan.policy, plan.to_stops, plan.egress)
    return (*described, run.ask.speed_kmh, run.experience)


def changed_homes(
    cells_xy: FloatArray, earlier: Mapping[str, BaseGeometry], later: Mapping[str, BaseGeometry]
) -> BoolArray:
    """
    Return cell → whether services may take those who live there differently, shape (C,).

    Legs and rides begin (or end) at homes within the area of their service: where no service differs, nothing does, as
    long as both (`Rides.areas`) answer the same question on the same timetable and streets.
    """
    changed = np.zeros(len(cells_xy), np.bool_)
    for told in earlier.keys() ^ later.keys():
        changed |= cells_inside(cells_xy, earlier[told] if told in earlier else later[told])
    return changed


def find_rides(context: RunContext, request: RoutingRequest) -> Rides:
    """Return what the services that run on the date, for this walker and around this window, add to a question."""
    runs = tuple(run for run in run_services(context) if serves(context, run, request))
    tables = [legs for run in runs if (legs := _legs_of(context, run, request)) is not None]
    return Rides(reduce(join_legs, tables) if tables else None, runs)


def serves(context: RunContext, run: ServiceRun, request: RoutingRequest) -> bool:
    """Return whether a service runs on the date, takes this walker and operates when a journey may be under way."""
    plan = run.plan
    first_s, last_s = _horizon(request)
    on_time = plan.start_s <= last_s and plan.end_s > first_s
    return on_time and runs_on(plan.days, request.date) and takes(plan, request.walker, context.params.older_from_age)


def takes(plan: OnDemandPlan, walker: WalkerId, older_from_age: int) -> bool:
    """Return whether everybody whom a walker stands for may ride; the older walker is `older_from_age` and more."""
    return plan.from_age <= (older_from_age if walker == "older" else 0)


def _horizon(request: RoutingRequest) -> tuple[int, int]:
    """Return the first and last instant at which a journey that counts is under way [s]."""
    ahead, after = (request.cutoff_s, 0) if request.direction == "arrive_by" else (0, request.cutoff_s)
    return request.window_start_s - ahead, request.window_end_s + after


# ---------------------------------------------------------------- legs


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Places of one end of a ride: index, where the vehicle stops for them [m], and the walk there [s]."""

    index: IntArray
    xy: FloatArray
    walk_s: IntArray


def home_ends(context: RunContext, run: ServiceRun, request: RoutingRequest) -> Ends:
    """Return the cells whose centre lies in the area, as one end of rides."""
    population = context.city.population
    cells = np.flatnonzero(cells_inside(population.xy, run.plan.area_xy)).astype(np.int32)
    return place_ends(context, run, request, (cells, population.xy[cells]), boards=request.direction == "arrive_by")


def place_ends(
    context: RunContext, run: ServiceRun, request: RoutingRequest, places: tuple[IntArray, FloatArray], *, boards: bool
) -> Ends:
    """
    Return places (index, position) as one end of rides; those with no point within the longest walk are left out.

    `boards`: rides begin there, so one walks from the place to the point and not back.
    """
    index, xy = places
    at = picked_up_at(run.plan, xy)
    if at is xy or not len(xy):
        return Ends(index, xy, np.zeros(len(index), np.int32))
    own, of_place = np.unique(at, axis=0, return_inverse=True)
    ends = (xy, own) if boards else (own, xy)
    walks = walk_table(context.city.streets, *ends, max_s=request.max_access_s, speed_m_min=request.walk_speed_m_min)
    seconds = np.full((len(xy), len(own)), UNREACHED_S, np.int32)
    seconds[(walks.origin, walks.target) if boards else (walks.target, walks.origin)] = walks.seconds
    walk_s = seconds[np.arange(len(xy)), of_place.reshape(-1)]
    kept = walk_s < UNREACHED_S
    return Ends(index[kept], at[kept], walk_s[kept])


def _stop_ends(context: RunContext, run: ServiceRun, request: RoutingRequest) -> Ends:
    """Return the stops that a service leads to: at those it names it stops at the door."""
    timetable, plan = context.city.timetable, run.plan
    used = np.zeros(timetable.n_stops, np.bool_)
    used[timetable.routes_at_stop()[0]] = True
    named = np.isin(timetable.stops.stop_id, plan.to_stops) if plan.to_stops else np.zeros_like(used)
    xy = timetable.stops.xy
    around = used & ~named & cells_inside(xy, plan.area_xy) & (plan.policy != "feeder")
    fed, near = (np.flatnonzero(which).astype(np.int32) for which in (used & named, around))
    walked = place_ends(context, run, request, (near, xy[near]), boards=request.direction == "depart")
    return Ends(
        np.concatenate([fed, walked.index]),
        np.concatenate([xy[fed], walked.xy]),
        np.concatenate([np.zeros(len(fed), np.int32), walked.walk_s]),
    )


def _legs_of(context: RunContext, run: ServiceRun, request: RoutingRequest) -> Legs | None:
    """Return the legs of one service over all cells, None where there are none."""
    outward = request.direction == "arrive_by"
    if not outward and not run.plan.egress:
        return None
    homes, stops = home_ends(context, run, request), _stop_ends(context, run, request)
    if not len(homes.index) or not len(stops.index):
        return None
    streets, speed = capped(context.city.streets, run.ask.speed_kmh), run.ask.speed_kmh
    if outward:
        drive_s = drive_seconds(streets, homes.xy, stops.xy, speed)
    else:
        drive_s = drive_seconds(streets, stops.xy, homes.xy, speed).T
    home, stop = np.nonzero(_near_enough(drive_s, run.plan))
    first, last = (homes.walk_s[home], stops.walk_s[stop]) if outward else (stops.walk_s[stop], homes.walk_s[home])
    return _rows(
        run, request, (homes.index[home], stops.index[stop]), drive_s[home, stop], (first, last), context.n_cells
    )


def _near_enough(drive_s: IntArray, plan: OnDemandPlan) -> BoolArray:
    """Return home, stop → whether there is a leg: to all stops of a feeder, else to the nearest ones."""
    reached: BoolArray = drive_s < UNREACHED_S
    if plan.policy == "feeder" or drive_s.shape[1] <= MOST_STOPS:
        return reached
    farthest = np.partition(drive_s, MOST_STOPS - 1, axis=1)[:, MOST_STOPS - 1 : MOST_STOPS]
    return reached & (drive_s <= farthest)


def _rows(
    run: ServiceRun,
    request: RoutingRequest,
    pair: tuple[IntArray, IntArray],
    drive_s: IntArray,
    walks: tuple[IntArray, IntArray],
    n_cells: int,
) -> Legs | None:
    """Return the legs of some (cell, stop) pairs: one for every draw and hour frame that can matter."""
    experience = run.experience
    ride = np.ceil(experience.seconds(drive_s.astype(np.float64)) - 1e-6)  # (pair, D, F)
    seconds = ride + (walks[0] + walks[1])[:, None, None]
    before = walks[0][:, None, None]  # one leaves on foot before the wish
    start = np.broadcast_to(experience.start_s - before, ride.shape)
    end = np.minimum(experience.end_s, experience.end_s[-1] - ride + 1) - before  # whoever is set down in time
    first_s, last_s = _horizon(request)
    usable = (seconds <= request.cutoff_s) & (end > np.maximum(start, first_s)) & (start <= last_s)
    row, draw, frame = np.nonzero(usable)
    if not len(row):
        return None
    cell = pair[0][row]
    order = np.argsort(cell, kind="stable")
    row, draw, frame = row[order], draw[order], frame[order]
    given = not run.draws  # the same in every draw
    return Legs(
        offsets=np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=n_cells))]).astype(np.int32),
        stop=pair[1][row].astype(np.int32),
        seconds=seconds[row, draw, frame].astype(np.int32),
        valid_from_s=start[row, draw, frame].astype(np.int32),
        valid_to_s=end[row, draw, frame].astype(np.int32),
        draw=np.full(len(row), -1, np.int32) if given else draw.astype(np.int32),
        kind=np.full(len(row), ON_DEMAND, np.int32),
    )


# ---------------------------------------------------------------- rides within the area


def with_rides(
    context: RunContext,
    minutes: Float32Array,
    places_xy: FloatArray,
    request: RoutingRequest,
    rides: Rides,
) -> Float32Array:
    """
    Return cell, place → the lesser of minutes and of a ride without any other vehicle, shape (C, D).

    Where the rides are those of some cells, so are the minutes.

    A ride leads to a place within the area, or to a stop that is fed and on foot from there.
    The percentile of the ride is taken over the same draws and minutes as that of the journey, and then the lesser of
    both percentiles: never less than the percentile of the lesser of both, which would be exact.
    """
    if not rides.runs:
        return minutes
    found = minutes.copy()
    for run in rides.runs:
        homes = home_ends(context, run, request)
        homes = homes if rides.cells is None else _only(homes, rides.cells)
        for places in _far_ends(context, run, request, places_xy):
            if len(homes.index) and len(places.index):
                block = np.ix_(homes.index, places.index)
                found[block] = np.minimum(found[block], _ride_minutes(context, run, request, homes, places))
    return found


def _only(homes: Ends, cells: IntArray) -> Ends:
    """Return the ends of some cells (ascending), by their place among them."""
    kept = np.isin(homes.index, cells)
    return Ends(np.searchsorted(cells, homes.index[kept]).astype(np.int32), homes.xy[kept], homes.walk_s[kept])


def _far_ends(context: RunContext, run: ServiceRun, request: RoutingRequest, places_xy: FloatArray) -> Iterator[Ends]:
    """Yield places as the far end of rides: those within the area, and around each fed stop those within a walk."""
    outward = request.direction == "arrive_by"
    if run.plan.policy != "feeder":
        inside = np.flatnonzero(cells_inside(places_xy, run.plan.area_xy)).astype(np.int32)
        yield place_ends(context, run, request, (inside, places_xy[inside]), boards=not outward)
    if not outward and not run.plan.egress:
        return
    stops = context.city.timetable.stops
    for stop in np.flatnonzero(np.isin(stops.stop_id, run.plan.to_stops)).tolist():
        ends = (stops.xy[stop : stop + 1], places_xy) if outward else (places_xy, stops.xy[stop : stop + 1])
        walks = walk_table(
            context.city.streets, *ends, max_s=request.max_access_s, speed_m_min=request.walk_speed_m_min
        )
        place = walks.target if outward else walks.origin
        yield Ends(place, np.repeat(stops.xy[stop : stop + 1], len(place), axis=0), walks.seconds)


def _ride_minutes(
    context: RunContext, run: ServiceRun, request: RoutingRequest, homes: Ends, places: Ends
) -> Float32Array:
    from sim.on_demand.ride_samples import distinct_ways, sample_rides  # noqa: PLC0415 -- compiles on first use

    outward = request.direction == "arrive_by"
    streets, speed, experience = capped(context.city.streets, run.ask.speed_kmh), run.ask.speed_kmh, run.experience
    if outward:
        drive_s = drive_seconds(streets, homes.xy, places.xy, speed)
    else:
        drive_s = drive_seconds(streets, places.xy, homes.xy, speed).T
    before = homes.walk_s[:, None] if outward else places.walk_s[None, :]
    after = places.walk_s[None, :] if outward else homes.walk_s[:, None]
    marks = np.arange(request.window_start_s, request.window_end_s, request.step_s, dtype=np.int32)
    draws = request.n_draws if experience.wait_s.shape[0] > 1 else 1
    rows = np.arange(draws) % experience.wait_s.shape[0]
    drives, walks_before, walks_after, way = distinct_ways(drive_s, before, after)
    found = sample_rides(
        drives,
        walks_before,
        walks_after,
        (experience.start_s, experience.end_s),
        (experience.wait_s[rows], experience.factor[rows], experience.boarding_s, experience.offset_s),
        marks,
        (outward, request.departure_mode == "planned", request.samples == "shortest"),
        request.cutoff_s,
        request.percentiles[0],
    )
    seconds = found[0][way]
    return np.where(seconds == UNREACHED_S, np.inf, seconds / 60).astype(np.float32)
