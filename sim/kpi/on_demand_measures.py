"""Owns the measures of on-demand services: one number each for the city, over all services that have a fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.units import SECONDS_PER_MIN
from sim.accessibility import weighted_quantile
from sim.kpi.judgement import SERVICES
from sim.kpi.measure import no_number, one_number
from sim.on_demand.days import days_a_week
from sim.on_demand.requests import demand_growth
from sim.on_demand.service import run_services
from sim.on_demand.totals import service_totals
from sim.pivot import join_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.context import RunContext
    from sim.kpi.measure import Measure
    from sim.on_demand.service import ServiceRun
    from sim.on_demand.totals import ServiceTotals

    Totals = tuple[tuple[float, ServiceTotals], ...]

NO_SERVICE = "デマンド交通なし"
NO_FLEET = "待ち時間を与えたデマンド交通だけ（配車は模擬しない）"
NO_REQUEST = "リクエストなし"
RETURNS = "免許返納によるリクエスト増を含む（仮定）"
_P90 = 0.9


def measure_wait(context: RunContext) -> Iterable[Measure]:
    """Return the 90th percentile of waits of those served."""
    return (_measure(context, "on_demand_wait_p90_min", _wait_p90_min),)


def measure_rejection(context: RunContext) -> Iterable[Measure]:
    """Return the share of requests that were refused."""
    return (_measure(context, "on_demand_rejection_share", _rejection_share),)


def measure_productivity(context: RunContext) -> Iterable[Measure]:
    """Return the people carried per vehicle and hour of operation."""
    return (_measure(context, "on_demand_rides_per_vehicle_hour", _rides_per_hour),)


def _measure(context: RunContext, kpi_id: str, number_of: Callable[[Totals], float]) -> Measure:
    services = [service for service in context.city.on_demand if service.plan is not None]
    if not services:
        return no_number(kpi_id, "default", NO_SERVICE)
    runs = [run for run in run_services(context) if run.draws]
    if not runs:
        return no_number(kpi_id, "default", NO_FLEET)
    number = number_of(tuple((float(days_a_week(run.plan.days)) or 1.0, service_totals(run)) for run in runs))
    if np.isnan(number):
        return no_number(kpi_id, "default", NO_REQUEST)
    extra = [context.city.status_of("facilities"), *(run.service.status for run in runs)]
    status = context.status("population", "streets", parameters=("on_demand_days",), extra=extra)
    note = join_notes(_names(runs), RETURNS if _grows(runs) else "")
    return one_number(kpi_id, "default", number, status, note)


def _grows(runs: list[ServiceRun]) -> bool:
    return any(demand_growth(run.ask.demand, run.ask.params) > 1 for run in runs)


def _names(runs: list[ServiceRun]) -> str:
    return SERVICES + "・".join(run.service.name.ja for run in runs)


def _wait_p90_min(totals: Totals) -> float:
    waits = np.concatenate([each.wait_s for _, each in totals])
    weights = np.concatenate([np.full(len(each.wait_s), days) for days, each in totals])
    return weighted_quantile(waits, weights, _P90) / SECONDS_PER_MIN


def _rejection_share(totals: Totals) -> float:
    asked = sum(days * each.n_requests for days, each in totals)
    return sum(days * each.n_rejected for days, each in totals) / asked if asked else float("nan")


def _rides_per_hour(totals: Totals) -> float:
    hours = sum(days * each.vehicle_hours for days, each in totals)
    return sum(days * each.persons for days, each in totals) / hours if hours else float("nan")


ON_DEMAND_MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {
    "on_demand_wait_p90_min": measure_wait,
    "on_demand_rejection_share": measure_rejection,
    "on_demand_rides_per_vehicle_hour": measure_productivity,
}
"""KPI id → its measures, default setting first."""
