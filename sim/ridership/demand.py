"""Owns how the shares of the ways of travelling change from the baseline: constants, increments, new lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.frozen import freeze
from sim.params import PARAMETERS
from sim.ridership.baseline import base_parts, base_persons, known_share, own_parts
from sim.ridership.behaviour import Behaviour, behaviour
from sim.ridership.calibration import Known, calibrate
from sim.ridership.choice import incremental_shares
from sim.ridership.cost import Costs, bus_fares, of_markets, value_of_time
from sim.ridership.fares import fare_factor
from sim.ridership.markets import BUS, MARKETS, MODES, trip_rates

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.baseline import Parts
    from sim.ridership.calibration import Constants

Response = Literal["default", "low", "high"]
KPI_ID = "bus_rides_per_citizen"


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """
    Shares of ways of travelling before and after, shape (M, K, C): market, mode, cell.

    `constants`: of the baseline. `factors`: market → what its riders pay over the full bus fare, shape (M,).
    """

    constants: Constants
    before: FloatArray
    after: FloatArray
    factors: FloatArray

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


def find_constants(context: RunContext, response: Response) -> Constants | None:
    """Return the constants that reproduce the baseline; None where no bus runs there."""
    return context.step("rides", f"constants {response}", lambda: _find_constants(context, response))


def _find_constants(context: RunContext, response: Response) -> Constants | None:
    parts, persons = base_parts(context), base_persons(context)
    if not parts or persons.sum() <= 0:
        return None
    rates = trip_rates(context, changed=False)
    factors = market_factors(context, rates, persons, changed=False)
    known = Known(
        trips=_trips(rates, persons, parts),
        cost_min=Costs(context, parts, factors, Behaviour()).all_markets(),
        boardings=of_markets(parts, "boardings", context.n_cells),
        fare_min=_fare_minutes(context, parts, factors),
        rides=_rides_by_group(context, official_rides(context, float(persons.sum()))),
        split=_split(context),
        fare_elasticity=fare_elasticity(context, response),
    )
    return calibrate(known)


def _trips(rates: FloatArray, persons: FloatArray, parts: Parts) -> FloatArray:
    known = np.array([market.purpose in parts for market in MARKETS], np.float64)
    trips: FloatArray = (rates * known[:, None]) @ persons.T
    return trips


def _fare_minutes(context: RunContext, parts: Parts, factors: FloatArray) -> FloatArray:
    vot = np.array([value_of_time(context, market.purpose) for market in MARKETS])
    minutes: FloatArray = bus_fares(context, parts) * (factors / vot)[:, None]
    return minutes


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
    constants = find_constants(context, response)
    if constants is None:
        return None
    was, persons = base_parts(context), base_persons(context)
    rates = trip_rates(context, changed=False)
    factors = market_factors(context, rates, persons, changed=False)
    cost = Costs(context, was, factors, Behaviour()).all_markets()
    before = constants.shares(cost)
    if context.is_baseline:
        return Choice(constants, before, before, factors)
    factors = market_factors(context, rates, persons, changed=True)
    now = Costs(context, parts_now(context), factors, behaviour(context)).all_markets()
    after = changed_shares(constants, before, cost, now, context.params.ride_transfer_rate)
    return Choice(constants, before, after, factors)


def parts_now(context: RunContext) -> Parts:
    """Return purpose → parts of trips in this city, of purposes known at the baseline; without a place no bus runs."""
    from dataclasses import replace  # noqa: PLC0415 -- seldom

    was, own = base_parts(context), own_parts(context)
    none = np.full(context.n_cells, np.inf)
    return {p: own[p] if p in own else replace(parts, beyond_min=none) for p, parts in was.items()}


def changed_shares(
    constants: Constants, before: FloatArray, cost_was: FloatArray, cost_now: FloatArray, transfer_rate: float
) -> FloatArray:
    """
    Return the shares after a change of cost, by increments; where no bus ran, a transferred rate.

    Parameters
    ----------
    constants
        Of the baseline.
    before
        market, mode, cell → share at the baseline, shape (M, K, C).
    cost_was, cost_now
        Generalised cost [min], same shape; inf = not to be had.
    transfer_rate
        Factor on the share that the constants of the baseline give where no bus ran (assumed), 0–1.

    Returns
    -------
    after
        Same shape; sums to 1 over the modes.
    """
    lost, new = np.isinf(cost_now), np.isinf(cost_was) & np.isfinite(cost_now)
    change = np.where(lost, -np.inf, -constants.scale * (_finite(cost_now) - _finite(cost_was)))
    after = np.moveaxis(incremental_shares(np.moveaxis(before, 1, 0), np.moveaxis(change, 1, 0)), 0, 1)
    opened = new[:, BUS]
    if not opened.any():
        return after
    rate = np.where(opened, transfer_rate * constants.shares(cost_now)[:, BUS], 0.0)
    after = after * (1.0 - rate[:, None, :])
    after[:, BUS] += rate
    return after


def _finite(cost: FloatArray) -> FloatArray:
    return np.where(np.isfinite(cost), cost, 0.0)


__all__ = ["KPI_ID", "MODES", "Choice", "Response", "changed_shares", "find_choice", "find_constants"]
