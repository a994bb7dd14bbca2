"""Owns OperationMoney: what a year of service costs, brings in, and leaves to be paid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.operations.fleets import fleet_years
from sim.operations.plan import operation_plan

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.operations.plan import OperationPlan

NEEDS_GTFS = "算定不可（実GTFSが必要）"
NO_RIDES = "乗車の試算なし"
INDICATIVE = "参考値"


@dataclass(frozen=True, slots=True, eq=False)
class OperationMoney:
    """
    Money of a year [yen].

    `route_cost_yen`: route → operating cost, shape (R,). `on_demand_cost_yen`: of all on-demand services.
    `capital_yen`: price ÷ years of use of all vehicles, outside the operating cost. `bus_revenue_yen`: fares of the
    lines, NaN where they cannot be told (`missing` says why). `on_demand_revenue_yen`: fares of services whose fare is
    known (passes are not: how many hold one is not published).
    """

    route_cost_yen: FloatArray
    on_demand_cost_yen: float
    capital_yen: float
    bus_revenue_yen: float
    on_demand_revenue_yen: float
    missing: str

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def cost_yen(self) -> float:
        """Operating cost, capital apart."""
        return float(self.route_cost_yen.sum()) + self.on_demand_cost_yen

    @property
    def revenue_yen(self) -> float:
        """Fares of lines and services."""
        return self.bus_revenue_yen + self.on_demand_revenue_yen

    @property
    def deficit_yen(self) -> float:
        """Cost that fares do not meet, ≥ 0."""
        return max(self.cost_yen - self.revenue_yen, 0.0) if not math.isnan(self.revenue_yen) else math.nan


def operation_money(context: RunContext) -> OperationMoney:
    """Return what a year of service costs and brings in."""

    def compute() -> OperationMoney:
        plan = operation_plan(context)
        revenue, missing = bus_revenue(context, plan)
        return OperationMoney(
            route_costs(context, plan),
            on_demand_cost(context, plan),
            capital_year(context, plan),
            revenue,
            on_demand_revenue(context),
            missing,
        )

    return context.step("operations", "money", compute)


def operating_cost(context: RunContext) -> float:
    """Return the operating cost of a year [yen], without asking for rides."""
    plan = operation_plan(context)
    return float(route_costs(context, plan).sum()) + on_demand_cost(context, plan)


def route_costs(context: RunContext, plan: OperationPlan) -> FloatArray:
    """
    Return route → operating cost of a year, shape (R,) [yen].

    By kilometres (empty ones too) and hours in service; by the standard cost of a kilometre in service where one is
    entered. Hours of autonomous runs cost what their scenario says, shared by all routes by their kilometres.
    """
    params = context.params
    if params.bus_standard_cost_yen_km is not None:
        cost = plan.route_km * params.bus_standard_cost_yen_km
    else:
        driven_km = plan.route_km * (1 + params.deadhead_km_share)
        cost = driven_km * params.bus_cost_yen_km + plan.route_hours * params.bus_cost_yen_hour
    if plan.own_hour_hours:
        cost = cost + _other_hours(context, plan) * plan.route_km / plan.bus_km
    return np.asarray(cost, np.float64)


def _other_hours(context: RunContext, plan: OperationPlan) -> float:
    """Return what autonomous hours cost more than those of other runs [yen a year]."""
    params = context.params
    plain = plan.own_hour_hours * params.bus_cost_yen_hour
    if params.bus_standard_cost_yen_km is not None:
        plain = plan.own_hour_km * params.bus_standard_cost_yen_km
    return plan.own_hour_yen - plain


def on_demand_cost(context: RunContext, plan: OperationPlan) -> float:
    """Return the operating cost of on-demand services [yen a year], by vehicle hours."""
    usual = context.params.on_demand_cost_yen_hour
    return math.fsum(f.hours_year * (usual if f.hour_yen is None else f.hour_yen) for f in plan.fleets)


def capital_year(context: RunContext, plan: OperationPlan) -> float:
    """Return price ÷ years of use of all vehicles [yen a year]."""
    params = context.params
    buses = (plan.bus_vehicles + plan.spare_vehicles) * params.bus_price_yen / params.bus_life_years
    vans = plan.on_demand_vehicles * params.on_demand_vehicle_price_yen / params.on_demand_vehicle_life_years
    return buses + vans


def bus_revenue(context: RunContext, plan: OperationPlan) -> tuple[float, str]:
    """Return the fares of the lines [yen a year], and why there is no number."""
    if plan.assumed and not context.analysis.include_assumed_lines:
        return math.nan, NEEDS_GTFS
    if not plan.bus_km:
        return 0.0, ""
    from sim.ridership.outcome import ride_outcome  # noqa: PLC0415 -- heavy: only where fares may be told

    rides = ride_outcome(context)
    if rides is None or math.isnan(rides.revenue_yen):
        return math.nan, NO_RIDES
    return rides.revenue_yen, ""


def on_demand_revenue(context: RunContext) -> float:
    """Return the fares of services whose fare is known [yen a year]; nothing for passes and simulated waits."""
    return math.fsum(year.fares_yen for year in fleet_years(context) if not math.isnan(year.fares_yen))
