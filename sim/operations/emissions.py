"""Owns the CO₂ of a year: buses with their empty kilometres, on-demand vehicles, and cars as far as rides tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.operations.fleets import fleet_years
from sim.operations.plan import operation_plan

if TYPE_CHECKING:
    from sim.context import RunContext

KG_PER_T = 1_000


def vehicles_co2_t(context: RunContext) -> float:
    """Return the CO₂ of buses and on-demand vehicles [t a year]."""
    params = context.params
    bus_km = operation_plan(context).bus_km * (1 + params.deadhead_km_share)
    return (bus_km * params.bus_co2_kg_km + on_demand_km(context) * params.on_demand_co2_kg_km) / KG_PER_T


def cars_co2_t(context: RunContext) -> float:
    """Return the CO₂ of residents' cars [t a year], NaN where no rides are computed."""
    from sim.ridership.outcome import ride_outcome  # noqa: PLC0415 -- heavy: asked for only here

    rides = ride_outcome(context)
    return math.nan if rides is None else rides.car_km_total * context.params.car_co2_kg_km / KG_PER_T


def on_demand_km(context: RunContext) -> float:
    """Return the kilometres of simulated on-demand services [km a year]."""
    return math.fsum(year.km for year in fleet_years(context) if not math.isnan(year.km))
