"""Owns the second way of telling rides: baseline rides × log-arc elasticities of frequency or wait, fare and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.ridership.baseline import base_parts
from sim.ridership.behaviour import behaviour
from sim.ridership.cost import fares_yen, of_markets
from sim.ridership.demand import find_choice, parts_now
from sim.ridership.elasticity import Arc, join_arcs, log_arc
from sim.ridership.markets import BUS, MARKETS, trip_rates

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
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
    none, served = np.ones(n_cells), np.zeros(n_cells, np.bool_)
    factor = np.stack([arcs[m.purpose].factor if m.purpose in arcs else none for m in MARKETS])
    refused = np.stack([arcs[m.purpose].refused if m.purpose in arcs else served for m in MARKETS])
    rates = trip_rates(context, changed=not context.is_baseline)
    persons = context.city.population.persons
    before = choice.before[:, BUS] * of_markets(was, "boardings", n_cells)
    boardings = persons * ((before * factor).T @ rates)
    rides = before * (rates @ persons.T)
    total = float(rides.sum())
    opened = np.any([(parts.served == 0) & (now[p].served > 0) for p, parts in was.items()], axis=0)
    share = float(rides[refused].sum()) / total if total > 0 else 0.0
    return ElasticRides(boardings, share, float(persons.sum(axis=1)[opened].sum()))


def purpose_arc(context: RunContext, was: TripParts, now: TripParts) -> Arc:
    """Return the factor on rides for one purpose, by cell; where no bus ran before there is nothing to refuse."""
    params, supposed = context.params, behaviour(context)
    limit, frequency = params.ride_arc_limit_share, params.ride_frequency_elasticity
    frequency *= supposed.frequency_elasticity_factor
    if params.ride_elasticity_lever == "frequency":
        # Half a headway is waited on average, so frequencies are as the inverse of these waits.
        lever = log_arc(_inverse(was.slack_min), _inverse(now.slack_min), frequency, limit)
    else:
        lever = log_arc(was.slack_min + was.wait_min, now.slack_min + now.wait_min, -frequency, limit)
    was_yen, now_yen = fares_yen(params, was)[0], fares_yen(params, now)[0]
    fare = log_arc(was_yen, now_yen, params.ride_fare_elasticity * supposed.fare_elasticity_factor, limit)
    ride = log_arc(was.ride_min, now.ride_min, params.ride_time_elasticity * supposed.time_elasticity_factor, limit)
    joined = join_arcs([lever, fare, ride])
    unserved = was.served == 0
    return Arc(np.where(unserved, 1.0, joined.factor), joined.refused & ~unserved)


def _inverse(minutes: FloatArray) -> FloatArray:
    return np.divide(1.0, minutes, out=np.zeros_like(minutes), where=minutes > 0)
