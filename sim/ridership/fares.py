"""Owns what a journey costs: fares of the feed, else by distance, changed by the scenario; season tickets, support."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from geodata.timetable import RouteClass

if TYPE_CHECKING:
    from geodata.fare_changes import FareChange
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, Float32Array, FloatArray, IntArray
    from sim.context import RunContext
    from sim.fare_params import FareParams
    from sim.ridership.paths import Paths, PlacePaths
    from sim.ridership.purposes import Purpose

BUS_FIXED, BUS_FIRST, BUS_EXTRA_KM, RAIL_FIXED, RAIL_FIRST, RAIL_EXTRA_KM = range(6)
"""Columns of what a fare is made of: yen known beforehand; number of lowest fares; kilometres beyond their distance."""
N_BASIS = 6
M_PER_KM = 1_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Rides:
    """Rides of journeys: route, its class rail or not, stops got on and off, straight line from stop to stop [km]."""

    route: IntArray
    is_rail: BoolArray
    board: IntArray
    alight: IntArray
    km: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def rides_of(timetable: Timetable, paths: PlacePaths) -> Rides:
    """Return the rides of all journeys to a place, shape (L,) each."""
    patterns, xy = timetable.patterns, timetable.stops.xy
    hop_m = np.zeros(len(patterns.stops))
    if len(hop_m) > 1:
        hop_m[1:] = np.hypot(*np.diff(xy[patterns.stops], axis=0).T)
    along = np.cumsum(hop_m)
    first = patterns.stop_offsets[paths.leg_pattern]
    on, off = first + paths.leg_board, first + paths.leg_alight
    route = patterns.route[paths.leg_pattern]
    rail = timetable.routes.route_class[route] == RouteClass.RAIL
    return Rides(route, rail, patterns.stops[on], patterns.stops[off], (along[off] - along[on]) / M_PER_KM)


def fare_basis(context: RunContext, paths: Paths) -> Float32Array:
    """
    Return what the fares between cells and places are made of, mean over samples, shape (N, D, 6).

    A fare is linear in the parameters (`fare_yen`), so that a draw of them costs no search. Every ride is paid for by
    itself: discounts at changes are not known.
    """
    found = [
        context.step("place fares", "", lambda of=of: _basis_of_place(context, of), key=of.key)  # type: ignore[misc]
        for of in paths.of_place
    ]
    return np.stack(found, axis=1) if found else np.zeros((len(paths.cell), 0, N_BASIS), np.float32)


def _basis_of_place(context: RunContext, paths: PlacePaths) -> Float32Array:
    timetable = context.city.timetable
    table = _ride_basis(context, timetable, rides_of(timetable, paths))
    ends = np.concatenate([np.zeros((1, N_BASIS)), np.cumsum(table, axis=0)])[paths.leg_offsets]
    return mean_of_paths(paths, np.vstack([np.diff(ends, axis=0), np.zeros((1, N_BASIS))]))


def mean_of_paths(paths: PlacePaths, of_path: FloatArray) -> Float32Array:
    """Return row → mean over samples of values of journeys, shape (N, V); the last row of `of_path` stands for none."""
    from sim.ridership.path_means import add_up_paths  # noqa: PLC0415 -- compiles on first use

    found = np.zeros((paths.path_of.shape[1], of_path.shape[1]), np.float32)
    add_up_paths(paths.path_of, paths.path_offsets, np.ascontiguousarray(of_path), found)
    return found


def _ride_basis(context: RunContext, timetable: Timetable, rides: Rides) -> FloatArray:
    """Return ride → what its fare is made of, after the changes of the scenario, shape (L, 6)."""
    params = context.params
    known = _feed_fares(timetable, rides)
    first_km = np.where(rides.is_rail, params.rail_first_km, params.fare_first_km)
    priced = np.isfinite(known)
    columns = (
        np.where(priced, np.nan_to_num(known), 0.0),
        np.where(priced, 0.0, 1.0),
        np.where(priced, 0.0, np.maximum(0.0, rides.km - first_km)),
    )
    basis = np.zeros((len(rides.km), N_BASIS))
    for n, column in enumerate(columns):
        basis[:, n] = np.where(rides.is_rail, 0.0, column)
        basis[:, n + RAIL_FIXED] = np.where(rides.is_rail, column, 0.0)
    for change in context.city.fare_changes:
        _apply(change, timetable, rides, basis)
    return basis


def _apply(change: FareChange, timetable: Timetable, rides: Rides, basis: FloatArray) -> None:
    """Change the fares of the rides a change is about, in place."""
    about = concerned(change, timetable, rides)
    if change.scale is not None:
        basis[about] *= change.scale
    if change.flat_yen is not None:
        basis[about] = 0.0
        basis[about, np.where(rides.is_rail[about], RAIL_FIXED, BUS_FIXED)] = change.flat_yen


def concerned(change: FareChange, timetable: Timetable, rides: Rides) -> BoolArray:
    """Return ride → whether a change of fares is about it: its route or class, and both ends inside the area."""
    about = np.ones(len(rides.route), np.bool_)
    if change.route_ids:
        about &= np.isin(timetable.routes.route_id[rides.route], change.route_ids)
    if change.route_classes:
        about &= np.isin(timetable.routes.route_class[rides.route], change.route_classes)
    if change.area_xy is not None:
        import shapely  # noqa: PLC0415 -- only where there is an area

        inside = shapely.intersects_xy(change.area_xy, *timetable.stops.xy.T)
        about &= inside[rides.board] & inside[rides.alight]
    return about


def _feed_fares(timetable: Timetable, rides: Rides) -> FloatArray:
    """Return ride → cheapest matching fare of the feed [yen]; NaN where it tells none."""
    fares, zone = timetable.fares, timetable.stops.zone_id
    found = np.full(len(rides.route), np.nan)
    if not len(fares.price_yen) or fares.currency != "JPY":
        return found
    keys = np.stack([rides.route, rides.board, rides.alight], axis=1)
    distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
    prices = np.full(len(distinct), np.nan)
    for n, (route, board, alight) in enumerate(distinct.tolist()):
        match = (
            np.isin(fares.route, (-1, route))
            & np.isin(fares.origin_zone, ("", zone[board]))
            & np.isin(fares.destination_zone, ("", zone[alight]))
        )
        if match.any():
            prices[n] = fares.price_yen[match].min()
    return np.asarray(prices[inverse.reshape(-1)], np.float64)


def fare_yen(params: FareParams, basis: Float32Array) -> tuple[Float32Array, Float32Array]:
    """
    Return full one-way fares of buses (at most half a day ticket) and of trains [yen].

    Parameters
    ----------
    params
        Fares.
    basis
        What they are made of, shape (…, 6); a mean over places does as well as a single pair.

    Returns
    -------
    bus_yen, rail_yen
        Shape (…).
    """
    bus = basis[..., BUS_FIXED] + np.float32(params.fare_first_yen) * basis[..., BUS_FIRST]
    bus = bus + np.float32(params.fare_per_km_yen) * basis[..., BUS_EXTRA_KM]
    rail = basis[..., RAIL_FIXED] + np.float32(params.rail_first_yen) * basis[..., RAIL_FIRST]
    rail = rail + np.float32(params.rail_per_km_yen) * basis[..., RAIL_EXTRA_KM]
    return np.minimum(bus, np.float32(params.fare_day_pass_yen / 2)), rail


def fare_factor(
    context: RunContext, purpose: Purpose, from_age: int, to_age: int | None, *, changed: bool = True
) -> float:
    """
    Return what riders of an age pay for a purpose, over the full bus fare.

    Season tickets for work and school, the city's support for older riders on other ways, and passes by age of the
    scenario; a band that straddles an age counts by the share of its years (an open-ended band counts whole).

    Parameters
    ----------
    context
        The city and its parameters.
    purpose
        Why they travel.
    from_age, to_age
        Ages, inclusive; None = open-ended.
    changed
        Whether passes of the scenario count; False = what the baseline pays.

    Returns
    -------
    factor
        0 = free, 1 = the full fare.
    """
    params = context.params
    factor = 1.0
    if purpose == "work":
        factor -= params.ride_work_pass_share * params.ride_work_pass_discount
    elif purpose == "school":
        factor -= params.ride_school_pass_share * params.ride_school_pass_discount
    else:
        share = _overlap(from_age, to_age, params.older_pass_from_age, None)
        factor -= share * params.older_pass_share * params.older_pass_discount
    for change in context.city.fare_changes if changed else ():
        for age_pass in change.passes:
            share = _overlap(from_age, to_age, age_pass.from_age, age_pass.to_age)
            factor *= 1.0 - share * age_pass.uptake * (1.0 - age_pass.scale)
    return factor


def _overlap(from_age: int, to_age: int | None, low: int, high: int | None) -> float:
    """Return the share of a band of ages that lies within [low, high]."""
    if to_age is None:
        return 1.0 if low <= from_age and high is None else float(low <= from_age <= (high or from_age))
    years = min(to_age, to_age if high is None else high) - max(from_age, low) + 1
    return max(0, years) / (to_age - from_age + 1)
