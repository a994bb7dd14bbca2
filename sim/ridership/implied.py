"""Owns what the choice of a vehicle implies, to be laid beside the literature: elasticities, and the gain of users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.frozen import freeze
from sim.params import PARAMETERS
from sim.ridership.baseline import base_parts, base_persons
from sim.ridership.choice import incremental_gain, point_elasticity, rule_of_half
from sim.ridership.cost import Costs, bus_fares, of_markets, slower_walk, weights_of
from sim.ridership.demand import base_trips, find_choice, market_factors, parts_now
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
    choice = find_choice(context, response)
    if choice is None:
        return None
    parts = base_parts(context)
    weight = base_trips(context) * of_markets(parts, "boardings", context.n_cells)
    costs = lever_minutes(context, parts)
    groups = np.array([RIDER_GROUPS.index(market.riders) for market in MARKETS])
    share = choice.before[:, BUS]
    sign = {"fare": 1.0, "frequency": -1.0, "time": 1.0}

    def of(rows: BoolArray, lever: str) -> float:
        return sign[lever] * point_elasticity(share[rows], weight[rows], costs[lever][rows], choice.scale)

    every = np.ones(len(MARKETS), np.bool_)
    of_riders = {lever: np.array([of(groups == g, lever) for g in range(len(RIDER_GROUPS))]) for lever in costs}
    return Implied({lever: of(every, lever) for lever in costs}, of_riders, choice.scale)


def lever_minutes(context: RunContext, parts: Parts) -> dict[str, FloatArray]:
    """
    Return lever → market, cell → change of the cost of a bus trip per relative change of the lever [min], shape (M, C).

    The wait at the first stop is in proportion to the headway, so 1 % more departures shorten it by 1 %; beyond the
    knee only a share of it counts.
    """
    params = context.params
    rates = trip_rates(context, changed=False)
    factors = market_factors(context, rates, base_persons(context), changed=False)
    weights = weights_of(params)
    vot = np.array([weights.vot[market.purpose] for market in MARKETS])
    slack = of_markets(parts, "slack_min", context.n_cells)
    beyond = np.where(slack > weights.knee_min, weights.beyond_share, 1.0)
    return {
        "fare": bus_fares(context, parts) * (factors / vot)[:, None],
        "frequency": weights.wait * beyond * slack,
        "time": of_markets(parts, "ride_min", context.n_cells),
    }


@dataclass(frozen=True, slots=True)
class UserGain:
    """Gain of bus users of a year in minutes: by the rule of half, and by the logsum of the choice."""

    rule_of_half_min: float
    logsum_min: float


def user_gain(context: RunContext) -> UserGain | None:
    """
    Return what the residents gain against the baseline, None where no bus runs there.

    In time and fares, passes included; other likings (`adjust-behaviour`) are no gain of a plan.
    Only people in cells with a bus before and after count: the rule of half has no price for what could not be had.
    """
    choice = find_choice(context)
    if choice is None:
        return None
    was, n_cells = base_parts(context), context.n_cells
    rates, weights, slower = trip_rates(context, changed=False), weights_of(context.params), slower_walk(context)
    paid = [market_factors(context, rates, base_persons(context), changed=changed) for changed in (False, True)]
    before = Costs(was, weights, slower, paid[0]).all_markets(n_cells)
    after = Costs(parts_now(context), weights, slower, paid[1]).all_markets(n_cells)
    held = np.isfinite(before[:, BUS]) & np.isfinite(after[:, BUS])
    known = np.array([market.purpose in was for market in MARKETS], np.float64)
    trips = np.where(held, (rates * known[:, None]) @ context.city.population.persons.T, 0.0)
    saved = np.subtract(before, after, out=np.zeros_like(before), where=np.isfinite(before) & np.isfinite(after))
    half = rule_of_half(trips[:, None] * choice.before, trips[:, None] * choice.after, saved)
    return UserGain(half, incremental_gain(choice.before, saved, trips, choice.scale))


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
