"""Owns how full lines are: riders spread over the ways they take, section by section, there and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.frozen import freeze, require_lengths
from geodata.units import SECONDS_PER_MIN
from sim.ridership.fares import M_PER_KM
from sim.ridership.paths import find_paths
from sim.ridership.purposes import PURPOSES
from sim.ridership.sections import Sections, find_sections, pattern_of_row, runs_by_route, sums
from sim.ridership.spreading import place_trips

if TYPE_CHECKING:
    from geodata.timetable import Timetable
    from geodata.units import FloatArray, IntArray
    from sim.context import RunContext
    from sim.ridership.paths import Paths, PlacePaths
    from sim.ridership.purposes import Purpose


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """
    Riders away from home on an average day, by row of the stops of patterns, shape (L,).

    `boarded`, `left`: who gets on and off there; `load`: who is on board between there and the next stop.
    """

    boarded: FloatArray
    left: FloatArray
    load: FloatArray

    def __post_init__(self) -> None:
        require_lengths("flows", len(self.boarded), left=self.left, load=self.load)
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class RouteLoads:
    """
    Riders of an average day by route, both ways, R routes.

    Their number is the official one, riders from outside included, spread over where residents go.

    Parameters
    ----------
    boardings, passenger_km, person_min
        Vehicles boarded, kilometres (straight from stop to stop) and minutes on board, shape (R,).
    runs, vehicle_km
        Runs of the day looked at, and the kilometres they cover (straight), shape (R,).
    max_load
        Riders of both ways on the fullest section, shape (R,).
    max_from, max_to
        Stops at its ends, −1 = no riders, shape (R,).
    max_runs
        Runs over it, both ways, shape (R,).
    """

    boardings: FloatArray
    passenger_km: FloatArray
    person_min: FloatArray
    runs: FloatArray
    vehicle_km: FloatArray
    max_load: FloatArray
    max_from: IntArray
    max_to: IntArray
    max_runs: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def max_per_run(self) -> FloatArray:
        """Riders per run on the fullest section, shape (R,); NaN where nothing runs."""
        return _divide(self.max_load, self.max_runs)

    @property
    def mean_per_run(self) -> FloatArray:
        """Riders per run, mean over the length of the line, shape (R,); NaN where nothing runs."""
        return _divide(self.passenger_km, self.vehicle_km)


def route_loads(context: RunContext) -> RouteLoads | None:
    """
    Return how full every line is.

    Parameters
    ----------
    context
        The city.

    Returns
    -------
    loads
        None where no rides are known.

    Notes
    -----
    Riders take the ways of `find_paths`; who goes by public transport and where is `sim.ridership.outcome`'s. The way
    back is the mirror image of the way there. Assumption: everybody of a cell and a place takes the same way at a time.
    """
    return context.step("loads", "", lambda: _find_loads(context))


def _find_loads(context: RunContext) -> RouteLoads | None:
    timetable, flows = context.city.timetable, None
    for purpose in PURPOSES:
        trips = place_trips(context, purpose)
        if trips is None:
            continue
        found = flows_of(timetable, find_paths(context, purpose), trips)
        flows = found if flows is None else add_flows(flows, found)
    if flows is None:
        return None
    return loads_of(timetable, flows, context.analysis.service_date(context.city))


def flows_of(timetable: Timetable, paths: Paths, trips: FloatArray) -> Flows:
    """
    Spread trips over the rides of their journeys.

    Parameters
    ----------
    timetable
        The timetable of the paths.
    paths
        Journeys of one purpose.
    trips
        cell, place → trips a day, shape (C, D); a pair takes its journeys of all samples in equal parts.

    Returns
    -------
    flows
        Pairs without a journey ride nowhere.
    """
    n = len(timetable.patterns.stops)
    boarded, left = np.zeros(n), np.zeros(n)
    for place, found in enumerate(paths.of_place):
        legs = np.repeat(path_flows(found, trips[paths.cell, place]), np.diff(found.leg_offsets))
        first = timetable.patterns.stop_offsets[found.leg_pattern]
        boarded += sums(first + found.leg_board, legs, n)
        left += sums(first + found.leg_alight, legs, n)
    return Flows(boarded, left, np.maximum(np.cumsum(boarded - left), 0.0))


def path_flows(paths: PlacePaths, trips: FloatArray) -> FloatArray:
    """Return journey → riders a day; `trips`: row → trips a day to the place, shape (N,)."""
    own = paths.path_of.astype(np.int32)
    reached = (own >= 0).sum(axis=0)
    each = np.divide(trips, reached, out=np.zeros(len(reached)), where=reached > 0)
    index = (own + paths.path_offsets[:, None])[own >= 0]
    return sums(index, np.broadcast_to(each, own.shape)[own >= 0], len(paths.leg_offsets) - 1)


def add_flows(first: Flows, second: Flows) -> Flows:
    """Return the riders of both."""
    return Flows(first.boarded + second.boarded, first.left + second.left, first.load + second.load)


def loads_of(timetable: Timetable, flows: Flows, date: str) -> RouteLoads:
    """
    Return flows by route, the way back added, with the runs of a day.

    Parameters
    ----------
    timetable
        The timetable.
    flows
        Riders away from home.
    date
        Day whose runs are counted, ISO 8601.

    Returns
    -------
    loads
        A section is what lies between two neighbouring stops of a line, whatever the platforms: stops of one station or
        one name are one.
    """
    rows = find_sections(timetable, date)
    n_routes = len(timetable.routes.route_id)
    km = rows.metres / M_PER_KM
    load, through = flows.load[rows.row], (flows.load - flows.boarded)[rows.row]

    def by_route(values: FloatArray) -> FloatArray:
        return sums(rows.route, values, n_routes)

    section, inverse = np.unique(np.stack([rows.route, rows.low, rows.high], axis=1), axis=0, return_inverse=True)
    on_section = 2.0 * sums(inverse.reshape(-1), load, len(section))
    runs_over = sums(inverse.reshape(-1), rows.runs, len(section))
    fullest = _fullest(section[:, 0].astype(np.int64), on_section, n_routes)
    known = fullest >= 0
    ends = np.full((n_routes, 2), -1, np.int32)
    ends[known] = _ends(rows, inverse.reshape(-1), fullest[known])
    route_of_row = timetable.patterns.route[pattern_of_row(timetable)]
    return RouteLoads(
        boardings=2.0 * sums(route_of_row, flows.boarded, n_routes),
        passenger_km=2.0 * by_route(load * km),
        person_min=2.0 * by_route((load * rows.seconds + through * rows.dwell_s) / SECONDS_PER_MIN),
        runs=runs_by_route(timetable, date),
        vehicle_km=by_route(rows.runs * km),
        max_load=np.where(known, on_section[fullest] if len(on_section) else 0.0, 0.0),
        max_from=ends[:, 0].copy(),
        max_to=ends[:, 1].copy(),
        max_runs=np.where(known, runs_over[fullest] if len(runs_over) else 0.0, 0.0),
    )


def _fullest(route: npt.NDArray[np.int64], load: FloatArray, n_routes: int) -> npt.NDArray[np.int64]:
    """Return route → its section with most riders, the first of equal ones; −1 = no riders."""
    fullest = np.full(n_routes, -1)
    order = np.lexsort((-np.arange(len(load)), load))
    fullest[route[order]] = order
    empty = fullest >= 0
    empty[empty] = load[fullest[empty]] <= 0
    return np.where(empty, -1, fullest)


def _ends(rows: Sections, section_of: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> IntArray:
    """Return the stops at both ends of some sections, as the first pattern over them has them."""
    first = np.full(int(section_of.max(initial=-1)) + 1, len(section_of))
    np.minimum.at(first, section_of, np.arange(len(section_of)))
    ends: IntArray = rows.stops[first[wanted]]
    return ends


def _divide(total: FloatArray, by: FloatArray) -> FloatArray:
    ratio: FloatArray = np.divide(total, by, out=np.full(len(total), np.nan), where=by > 0)
    return ratio


def trips_by_purpose(context: RunContext) -> dict[Purpose, FloatArray]:
    """Return purpose → cell, place → trips of an average day away from home, of purposes whose trips are known."""
    found = {purpose: place_trips(context, purpose) for purpose in PURPOSES}
    return {purpose: trips for purpose, trips in found.items() if trips is not None}
