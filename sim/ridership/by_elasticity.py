"""Owns the second way of telling rides: baseline rides × log-arc elasticities of frequency or wait, fare and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.ridership.baseline import base_parts, base_persons
from sim.ridership.behaviour import behaviour
from sim.ridership.cost import bus_fares, of_markets
from sim.ridership.demand import find_choice, market_factors, parts_now
from sim.ridership.elasticity import Arc, join_arcs, log_arc
from sim.ridership.markets import BUS, MARKETS, trip_rates

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.baseline import Parts
    from sim.ridership.parts import TripParts


@dataclass(frozen=True, slots=True, eq=False)
class ElasticRides:
    """
    Boardings by cell and age group, shape (C, A).

    `refused_share`: share of rides where a change was beyond the limit, or began or ended at zero; these keep their
    rate. `unmet_persons`: residents where no bus ran before and one does now, who count no rides.
    """

    boardings: FloatArray
    refused_share: float
    unmet_persons: float

    def __post_init__(self) -> None:
        freeze(self)


def elastic_rides(context: RunContext) -> ElasticRides | None:
    """Return the rides of a year by elasticities; None where no bus runs at the baseline."""
    return context.step("rides", "elastic", lambda: _elastic_rides(context))


def _elastic_rides(context: RunContext) -> ElasticRides | None:
    choice = find_choice(context)
    if choice is None:
        return None
    was, now, n_cells = base_parts(context), parts_now(context), context.n_cells
    arcs = {purpose: purpose_arc(context, parts, now[purpose]) for purpose, parts in was.items()}
    paid_was, paid_now = (_paid(context, parts, changed=changed) for parts, changed in ((was, False), (now, True)))
    known = [m.purpose in was for m in MARKETS]
    joined = [
        _with_fare(context, arcs[m.purpose], paid_was[row], paid_now[row], was[m.purpose]) if known[row] else None
        for row, m in enumerate(MARKETS)
    ]
    factor = np.stack([np.ones(n_cells) if arc is None else arc.factor for arc in joined])
    refused = np.stack([np.zeros(n_cells, np.bool_) if arc is None else arc.refused for arc in joined])
    rates = trip_rates(context, changed=not context.is_baseline)
    persons = context.city.population.persons
    before = choice.before[:, BUS] * of_markets(was, "boardings", n_cells)
    boardings = persons * ((before * factor).T @ rates)
    rides = before * (rates @ persons.T)
    total = float(rides.sum())
    opened = np.any([(parts.served == 0) & (now[p].served > 0) for p, parts in was.items()], axis=0)
    share = float(rides[refused].sum()) / total if total > 0 else 0.0
    return ElasticRides(boardings, share, float(persons.sum(axis=1)[opened].sum()))


def _paid(context: RunContext, parts: Parts, *, changed: bool) -> FloatArray:
    """Return market, cell → bus fare that riders pay [yen], shape (M, C); `changed`: with passes of the scenario."""
    rates = trip_rates(context, changed=False)
    factors = market_factors(context, rates, base_persons(context), changed=changed and not context.is_baseline)
    paid: FloatArray = bus_fares(context, parts) * factors[:, None]
    return paid


def purpose_arc(context: RunContext, was: TripParts, now: TripParts) -> Arc:
    """Return the factor on rides by frequency or wait and by time, for one purpose, by cell; fares are apart."""
    params, supposed = context.params, behaviour(context)
    limit, frequency = params.ride_arc_limit_share, params.ride_frequency_elasticity
    frequency *= supposed.frequency_elasticity_factor
    if params.ride_elasticity_lever == "frequency":
        # Half a headway is waited on average, so frequencies are as the inverse of these waits.
        lever = log_arc(_inverse(was.slack_min), _inverse(now.slack_min), frequency, limit)
    else:
        lever = log_arc(was.slack_min + was.wait_min, now.slack_min + now.wait_min, -frequency, limit)
    ride = log_arc(was.ride_min, now.ride_min, params.ride_time_elasticity * supposed.time_elasticity_factor, limit)
    return join_arcs([lever, ride])


def _with_fare(context: RunContext, others: Arc, paid_was: FloatArray, paid_now: FloatArray, was: TripParts) -> Arc:
    """Return the factor of one market, what its riders pay included; where no bus ran there is nothing to refuse."""
    params = context.params
    elasticity = params.ride_fare_elasticity * behaviour(context).fare_elasticity_factor
    joined = join_arcs([others, log_arc(paid_was, paid_now, elasticity, params.ride_arc_limit_share)])
    unserved = was.served == 0
    return Arc(np.where(unserved, 1.0, joined.factor), joined.refused & ~unserved)


def _inverse(minutes: FloatArray) -> FloatArray:
    return np.divide(1.0, minutes, out=np.zeros_like(minutes), where=minutes > 0)
