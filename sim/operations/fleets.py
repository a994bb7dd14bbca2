"""Owns what on-demand services take: vehicles, people at the wheel, hours and kilometres a year, and their fares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.on_demand.service import run_services
from sim.operations.days import service_days

if TYPE_CHECKING:
    from geodata.on_demand import OnDemandPlan, OnDemandService
    from geodata.provenance import Status
    from sim.context import RunContext

SECONDS_PER_H = 3_600


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """
    What one on-demand service takes, known without simulating it.

    `posts`: people at the wheel (or watching from afar) at once. `duties_day`: of a day with service. `n_days`: days a
    year. `hours_year`: vehicles × hours of operation [h]. `hour_yen`: cost of a vehicle hour that the scenario gives;
    None = the parameter's. `drivers`: people on the payroll for it.
    """

    service_id: str
    name: str
    n_vehicles: int
    posts: int
    duties_day: int
    n_days: float
    hours_year: float
    hour_yen: float | None
    drivers: int
    status: Status


@dataclass(frozen=True, slots=True)
class FleetYear:
    """What the simulated days of a service come to in a year; NaN where it is not simulated, or its fare not known."""

    service_id: str
    km: float
    persons: float
    fares_yen: float


def fleet_plans(context: RunContext) -> tuple[FleetPlan, ...]:
    """Return what every on-demand service with a plan takes, in the order of the city."""
    return tuple(_fleet_plan(context, s, s.plan) for s in context.city.on_demand if s.plan is not None)


def _fleet_plan(context: RunContext, service: OnDemandService, plan: OnDemandPlan) -> FleetPlan:
    params = context.params
    own = [o for o in context.city.autonomous if o.service_id == service.service_id]
    remote = plan.fleet.attendant == "remote"
    each = max((o.vehicles_per_attendant for o in own), default=1.0) if remote else 1.0
    posts = math.ceil(plan.fleet.n_vehicles / each)
    hours = (plan.end_s - plan.start_s) / SECONDS_PER_H
    duties = posts * max(1, math.ceil(hours / params.duty_drive_h))
    away = min((o.weather_availability for o in own if o.fallback == "none"), default=1.0)
    n_days = service_days(plan.days, context.city.defaults.date) * away
    days_each = params.driver_days_year * (1 - params.driver_reserve_share)
    given = [o.cost_per_vehicle_hour_yen for o in own if o.cost_per_vehicle_hour_yen is not None]
    return FleetPlan(
        service.service_id,
        service.name.ja,
        plan.fleet.n_vehicles,
        posts,
        duties,
        n_days,
        plan.fleet.n_vehicles * hours * n_days,
        given[0] if given else None,
        max(duties, math.ceil(duties * n_days / days_each)) if n_days else 0,
        service.status,
    )


def fleet_years(context: RunContext) -> tuple[FleetYear, ...]:
    """Return what the simulated days of every service with a plan come to in a year."""

    def compute() -> tuple[FleetYear, ...]:
        found = []
        for run in run_services(context) if any(s.plan is not None for s in context.city.on_demand) else ():
            plan, outcome = run.plan, run.outcome
            days = service_days(plan.days, context.city.defaults.date)
            days_running = days * (len(run.simulations) / max(1, sum(len(draw) for draw in run.draws)))
            km = math.nan if outcome is None else outcome.vehicle_km_per_day * days_running
            persons = math.nan if outcome is None else outcome.persons_per_day * days_running
            fare = math.nan if plan.fare_yen is None else plan.fare_yen
            found.append(FleetYear(run.service.service_id, km, persons, persons * fare))
        return tuple(found)

    return context.step("operations", "fleets", compute)
