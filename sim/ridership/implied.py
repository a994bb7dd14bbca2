"""Owns what the choice of a vehicle implies, to be laid beside the literature: elasticities, and the gain of users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.frozen import freeze
from sim.params import PARAMETERS
from sim.ridership.baseline import base_parts, base_persons
from sim.ridership.behaviour import Behaviour
from sim.ridership.choice import logsum_gain, point_elasticity, rule_of_half
from sim.ridership.cost import Costs, bus_fares, of_markets, value_of_time
from sim.ridership.demand import find_choice, find_constants, market_factors, parts_now
from sim.ridership.markets import BUS, MARKETS, RIDER_GROUPS, trip_rates

if TYPE_CHECKING:
    from geodata.units import BoolArray, FloatArray
    from sim.context import RunContext
    from sim.ridership.baseline import Parts
    from sim.ridership.demand import Response

LEVERS = {"fare": "ride_fare_elasticity", "frequency": "ride_frequency_elasticity", "time": "ride_time_elasticity"}
"""What is changed → parameter that holds the literature's elasticity."""


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """
    Elasticities of bus rides that the choice of a vehicle implies at the baseline.

    Parameters
    ----------
    of_all
        Lever (`LEVERS`) → elasticity of all rides.
    of_riders
        Lever → elasticity by group of riders (`RIDER_GROUPS`), shape (G,); NaN where the group has no rides.
    scale
        Utility lost per minute.
    """

    of_all: dict[str, float]
    of_riders: dict[str, FloatArray]
    scale: float

    def __post_init__(self) -> None:
        freeze(self)


def find_implied(context: RunContext, response: Response = "default") -> Implied | None:
    """Return the elasticities at the baseline, None where no bus runs; a step of its own."""
    return context.step("rides", f"implied {response}", lambda: _find_implied(context, response))


def _find_implied(context: RunContext, response: Response) -> Implied | None:
    choice, constants = find_choice(context, response), find_constants(context, response)
    if choice is None or constants is None:
        return None
    parts = base_parts(context)
    rates = trip_rates(context, changed=False)
    known = np.array([market.purpose in parts for market in MARKETS], np.float64)
    weight = (rates * known[:, None]) @ base_persons(context).T * of_markets(parts, "boardings", context.n_cells)
    costs = lever_minutes(context, parts, rates)
    groups = np.array([RIDER_GROUPS.index(market.riders) for market in MARKETS])
    share = choice.before[:, BUS]

    def of(rows: BoolArray, cost: FloatArray) -> float:
        return point_elasticity(share[rows], weight[rows], cost[rows], constants.scale)

    every = np.ones(len(MARKETS), np.bool_)
    sign = {"fare": 1.0, "frequency": -1.0, "time": 1.0}
    of_all = {lever: sign[lever] * of(every, cost) for lever, cost in costs.items()}
    of_riders = {
        lever: np.array([sign[lever] * of(groups == g, cost) for g in range(len(RIDER_GROUPS))])
        for lever, cost in costs.items()
    }
    return Implied(of_all, of_riders, constants.scale)


def lever_minutes(context: RunContext, parts: Parts, rates: FloatArray) -> dict[str, FloatArray]:
    """
    Return lever → market, cell → change of the cost of a bus trip per relative change of the lever [min], shape (M, C).

    The wait at the first stop is in proportion to the headway, so 1 % more departures shorten it by 1 %; beyond the
    knee only a share of it counts.
    """
    params = context.params
    factors = market_factors(context, rates, base_persons(context), changed=False)
    vot = np.array([value_of_time(context, market.purpose) for market in MARKETS])
    slack = of_markets(parts, "slack_min", context.n_cells)
    beyond = np.where(slack > params.ride_wait_knee_min, params.ride_wait_beyond_share, 1.0)
    return {
        "fare": bus_fares(context, parts) * (factors / vot)[:, None],
        "frequency": params.ride_wait_weight * beyond * slack,
        "time": of_markets(parts, "ride_min", context.n_cells),
    }


@dataclass(frozen=True, slots=True)
class UserGain:
    """Gain of bus users of a year in minutes: by the rule of half, and by the logsum of the choice."""

    rule_of_half_min: float
    logsum_min: float


def user_gain(context: RunContext) -> UserGain | None:
    """
    Return what today's residents gain against the baseline, None where no bus runs there.

    Only people in cells with a bus before and after count: the rule of half has no price for what could not be had.
    """
    choice = find_choice(context)
    if choice is None:
        return None
    was, now = base_parts(context), parts_now(context)
    rates = trip_rates(context, changed=False)
    factors = market_factors(context, rates, base_persons(context), changed=False)
    before, after = (Costs(context, parts, factors, Behaviour()).all_markets() for parts in (was, now))
    held = np.isfinite(before[:, BUS]) & np.isfinite(after[:, BUS])
    known = np.array([market.purpose in was for market in MARKETS], np.float64)
    trips = np.where(held, (rates * known[:, None]) @ context.city.population.persons.T, 0.0)
    saved = np.where(held, np.nan_to_num(before[:, BUS] - after[:, BUS], posinf=0.0, neginf=0.0), 0.0)
    half = rule_of_half(trips * choice.before[:, BUS], trips * choice.after[:, BUS], saved)
    constants = choice.constants
    was_utility, now_utility = (np.moveaxis(constants.utilities(cost), 1, 0) for cost in (before, after))
    return UserGain(half, logsum_gain(was_utility, now_utility, trips, constants.scale))


def ride_elasticities(context: RunContext) -> pd.DataFrame:
    """Return the table `ride_elasticities`: what the choice implies beside the literature, by lever and riders."""
    columns = ["lever", "riders", "implied", "literature_low", "literature_mid", "literature_high", "scale_per_min"]
    found = find_implied(context)
    if found is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for lever, name in LEVERS.items():
        known = PARAMETERS[name]
        of_riders = dict(zip(RIDER_GROUPS, found.of_riders[lever].tolist(), strict=True))
        for riders, value in {"all": found.of_all[lever], **of_riders}.items():
            rows.append((lever, riders, value, known.low, known.mid, known.high, found.scale))
    return pd.DataFrame(rows, columns=columns)


__all__ = ["Implied", "UserGain", "find_implied", "ride_elasticities", "user_gain"]
