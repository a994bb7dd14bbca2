"""Owns how the shares of the ways of travelling change from the baseline: constants, increments, new lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.frozen import freeze
from sim.params import PARAMETERS
from sim.ridership.baseline import base_parts, base_persons, known_share, own_parts
from sim.ridership.behaviour import behaviour
from sim.ridership.calibration import Known, calibrate
from sim.ridership.choice import point_elasticity
from sim.ridership.cost import Costs, bus_fares, nominal_weights, of_markets, slower_walk, weights_of
from sim.ridership.fares import fare_factor
from sim.ridership.markets import BUS, MARKETS, MODES, trip_rates

if TYPE_CHECKING:
    from geodata.units import BoolArray, FloatArray
    from sim.context import RunContext
    from sim.ridership.baseline import Parts
    from sim.ridership.calibration import Pattern

Response = Literal["default", "low", "high"]
KPI_ID = "bus_rides_per_citizen"


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """
    Shares of ways of travelling before and after, shape (M, K, C): market, mode, cell.

    `scale`: utility lost per minute by which they changed. `opened`: whether some took a rate transferred to where no
    bus ran.
    """

    scale: float
    before: FloatArray
    after: FloatArray
    opened: bool = False

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """
    Costs before and after, shape (M, K, C), and what a scale follows from: by market and cell, shape (M, C).

    `rides`: rides a year at the baseline; `fare_min`: what they pay, in minutes.
    """

    cost_was: FloatArray
    cost_now: FloatArray
    rides: FloatArray
    fare_min: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def fare_elasticity(context: RunContext, response: Response) -> float:
    """Return the fare elasticity that sets the scale: the parameter, or the ends of its range (low = weak response)."""
    known = PARAMETERS["ride_fare_elasticity"]
    ends = {"low": known.high, "high": known.low}
    end = ends.get(response)
    return context.params.ride_fare_elasticity if end is None else end


def market_factors(context: RunContext, rates: FloatArray, persons: FloatArray, *, changed: bool) -> FloatArray:
    """
    Return market → what its riders pay over the full bus fare, mean over their ages, shape (M,).

    `rates`, `persons`: trips and residents of the baseline, so that only passes move it; `changed`: with the passes of
    the scenario.
    """
    bands = context.city.population.bands
    trips = rates * persons.sum(axis=0)
    paid = np.array(
        [[fare_factor(context, m.purpose, b.from_age, b.to_age, changed=changed) for b in bands] for m in MARKETS]
    )
    total = trips.sum(axis=1)
    factors: FloatArray = np.divide((trips * paid).sum(axis=1), total, out=np.ones(len(MARKETS)), where=total > 0)
    return factors


def official_rides(context: RunContext, persons: float) -> float:
    """Return the bus rides a year of the baseline on the lines looked at: official (else assumed) rate × residents."""
    target = context.city.targets.find(KPI_ID, "baseline")
    rate = context.params.ride_without_official if target is None else target.value
    return rate * persons * known_share(context)


def find_pattern(context: RunContext) -> Pattern | None:
    """
    Return the shares of the baseline, None where no bus runs there; a slow step.

    It reads who lives where, journeys at nominal weights and fares, and how many ride, but no weight that a draw moves.
    """
    return context.step("rides", "pattern", lambda: _find_pattern(context))


def _find_pattern(context: RunContext) -> Pattern | None:
    parts, persons = base_parts(context), base_persons(context)
    if not parts or persons.sum() <= 0:
        return None
    costs = Costs(parts, nominal_weights(), slower_walk(context), np.ones(len(MARKETS)))
    known = Known(
        trips=_trips(trip_rates(context, changed=False), persons, parts),
        cost_min=costs.all_markets(context.n_cells),
        boardings=of_markets(parts, "boardings", context.n_cells),
        rides=_rides_by_group(context, official_rides(context, float(persons.sum()))),
        split=_split(context),
        scale=context.params.ride_pattern_scale,
    )
    return calibrate(known)


def base_trips(context: RunContext) -> FloatArray:
    """Return market, cell → one-way trips a year at the baseline, shape (M, C)."""
    return _trips(trip_rates(context, changed=False), base_persons(context), base_parts(context))


def _trips(rates: FloatArray, persons: FloatArray, parts: Parts) -> FloatArray:
    known = np.array([market.purpose in parts for market in MARKETS], np.float64)
    trips: FloatArray = (rates * known[:, None]) @ persons.T
    return trips


def _rides_by_group(context: RunContext, rides: float) -> FloatArray:
    params = context.params
    pupil, captive = params.ride_pupil_rides_share, params.ride_captive_rides_share
    return rides * np.array([pupil, captive, 1.0 - pupil - captive])


def _split(context: RunContext) -> FloatArray:
    """Return captive or not, mode → share among the ways other than the bus, in the order of `MODES`."""
    p = context.params
    free = (p.ride_lift_share_car, p.ride_taxi_share_car, p.ride_walk_share_car)
    captive = (p.ride_lift_share_captive, p.ride_taxi_share_captive)
    return np.array([[0.0, 1.0 - sum(free), *free], [0.0, 0.0, *captive, 1.0 - sum(captive)]])


def find_choice(context: RunContext, response: Response = "default") -> Choice | None:
    """Return the shares before and after; None where no bus runs at the baseline or nothing is known of it."""
    return context.step("rides", f"choice {response}", lambda: _find_choice(context, response))


def _find_choice(context: RunContext, response: Response) -> Choice | None:
    pattern = find_pattern(context)
    if pattern is None:
        return None
    change = context.step("rides", "change", lambda: _find_change(context))
    elasticity = fare_elasticity(context, response) * behaviour(context).fare_elasticity_factor
    scale = scale_of(pattern.shares[:, BUS], change.rides, change.fare_min, elasticity)
    if context.is_baseline:
        return Choice(scale, pattern.shares, pattern.shares)
    after = changed_shares(pattern.shares, change.cost_was, change.cost_now, scale)
    opened = np.isinf(change.cost_was[:, BUS]) & np.isfinite(change.cost_now[:, BUS])
    if opened.any():
        after = with_new_lines(after, opened, _transferred(context))
    return Choice(scale, pattern.shares, after, bool(opened.any()))


def _find_change(context: RunContext) -> Change:
    pattern = find_pattern(context)  # asked for within the step, so that what it reads counts as read
    assert pattern is not None  # noqa: S101 -- without one nobody asks
    was, persons, weights = base_parts(context), base_persons(context), weights_of(context.params)
    rates, n_cells, slower = trip_rates(context, changed=False), context.n_cells, slower_walk(context)
    factors = market_factors(context, rates, persons, changed=False)
    cost_was = Costs(was, weights, slower, factors).all_markets(n_cells)
    rides = _trips(rates, persons, was) * pattern.shares[:, BUS] * of_markets(was, "boardings", n_cells)
    vot = np.array([weights.vot[market.purpose] for market in MARKETS])
    fare_min = bus_fares(context, was) * (factors / vot)[:, None]
    if context.is_baseline:
        return Change(cost_was, cost_was, rides, fare_min)
    factors = market_factors(context, rates, persons, changed=True)
    now = Costs(parts_now(context), weights, slower, factors).all_markets(n_cells, behaviour(context))
    return Change(cost_was, now, rides, fare_min)


def scale_of(bus: FloatArray, rides: FloatArray, fare_min: FloatArray, elasticity: float) -> float:
    """
    Return the utility lost per minute at which a logit answers fares by an elasticity [1/min].

    Parameters
    ----------
    bus, rides, fare_min
        market, cell → share by bus, rides, fare in minutes, shape (M, C).
    elasticity
        What it must imply [< 0].

    Returns
    -------
    scale
        −elasticity × Σ rides ÷ Σ rides × (1 − share) × fare; 0 where nobody pays.
    """
    implied = point_elasticity(bus, np.divide(rides, bus, out=np.zeros_like(rides), where=bus > 0), fare_min, 1.0)
    return elasticity / implied if implied < 0 else 0.0


def _transferred(context: RunContext) -> FloatArray:
    """Return market, cell → share by bus that the constants of the baseline give on the journeys of now (assumed)."""
    rate = context.params.ride_transfer_rate
    return rate * context.step("rides", "transferred", lambda: _pattern_now(context))


def _pattern_now(context: RunContext) -> FloatArray:
    pattern = find_pattern(context)
    assert pattern is not None  # noqa: S101 -- without one nobody asks
    costs = Costs(parts_now(context), nominal_weights(), slower_walk(context), np.ones(len(MARKETS)))
    return pattern.shares_at(costs.all_markets(context.n_cells))[:, BUS]


def parts_now(context: RunContext) -> Parts:
    """Return purpose → parts of trips in this city, of purposes known at the baseline; without a place no bus runs."""
    from dataclasses import replace  # noqa: PLC0415 -- seldom

    was, own = base_parts(context), own_parts(context)
    none = np.full(context.n_cells, np.inf)
    return {p: own[p] if p in own else replace(parts, beyond_min=none) for p, parts in was.items()}


def changed_shares(before: FloatArray, cost_was: FloatArray, cost_now: FloatArray, scale: float) -> FloatArray:
    """
    Return the shares after a change of cost, by increments: p′ = p e^ΔV ÷ Σ p e^ΔV.

    Parameters
    ----------
    before
        market, mode, cell → share at the baseline, shape (M, K, C).
    cost_was, cost_now
        Generalised cost [min], same shape; inf = not to be had.
    scale
        Utility lost per minute.

    Returns
    -------
    after
        Same shape; sums to 1 over the modes. Where no bus ran, none is taken (see `with_new_lines`).
    """
    from sim.ridership.choice_kernel import changed_by_increments  # noqa: PLC0415 -- compiles on first use

    after: FloatArray = changed_by_increments(before, cost_was, cost_now, scale)
    return after


def with_new_lines(after: FloatArray, opened: BoolArray, rate: FloatArray) -> FloatArray:
    """
    Return the shares where a bus runs that did not: a transferred rate, taken from all other ways alike.

    Parameters
    ----------
    after
        market, mode, cell → share without it, shape (M, K, C).
    opened
        market, cell → whether a bus runs now and none did, shape (M, C).
    rate
        market, cell → share by bus there, 0–1.
    """
    taken = np.where(opened, rate, 0.0)
    shares = after * (1.0 - taken)[:, None, :]
    shares[:, BUS] += taken
    return shares


__all__ = ["KPI_ID", "MODES", "Choice", "Response", "changed_shares", "find_choice", "find_pattern", "with_new_lines"]
