"""Owns the tables of running vehicles that a run writes: by route, by day type and service, and the money."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.provenance import Status
from geodata.units import SECONDS_PER_MIN
from sim.operations.blocks import headway_vehicles, link_runs
from sim.operations.day_plan import lengths_km, plan_days, runs_of_day
from sim.operations.money import INDICATIVE, NEEDS_GTFS, operation_money, route_costs
from sim.operations.plan import operation_plan, why_unknown
from sim.params import parameter_status

if TYPE_CHECKING:
    from sim.context import RunContext
    from sim.operations.money import OperationMoney
    from sim.operations.plan import OperationPlan
    from sim.operations.runs import DayRuns

_THOUSAND = 1_000


def operations_routes(context: RunContext) -> pd.DataFrame:
    """
    Return one row per route that bus drivers drive: runs, kilometres, hours, vehicles and cost.

    `vehicles_alone`: the fewest if the route shared none with others, on the weekday. `vehicles_by_headway`: ⌈(round
    trip + layovers) ÷ headway⌉ at its densest weekday headway; empty for a scheduled route.
    """
    plan = operation_plan(context)
    routes = context.city.timetable.routes
    weekday = runs_of_day(context, plan_days(context)[0])
    cost = route_costs(context, plan)
    length = lengths_km(context)
    rows = [
        {
            "route_id": str(routes.route_id[route]),
            "name": str(routes.name[route]),
            "route_class": str(routes.route_class[route]),
            "status": str(routes.status[route]),
            "weekday_runs": int((weekday.route == route).sum()),
            "weekday_km": float(length[weekday.pattern[weekday.route == route]].sum()),
            "vehicles_alone": _vehicles_alone(context, weekday, int(route)),
            "vehicles_by_headway": by_headway(context, weekday, int(route)),
            "runs_year": float(plan.route_runs[route]),
            "km_year": float(plan.route_km[route]),
            "hours_year": float(plan.route_hours[route]),
            "cost_thousand_yen": float(cost[route]) / _THOUSAND,
        }
        for route in np.flatnonzero(plan.route_runs).tolist()
    ]
    return pd.DataFrame(rows)


def _vehicles_alone(context: RunContext, runs: DayRuns, route: int) -> int:
    own = runs.where(runs.route == route)
    return link_runs(own, context.params.turnaround_min * SECONDS_PER_MIN).n_vehicles


def by_headway(context: RunContext, runs: DayRuns, route: int) -> float:
    """Return the vehicles of a headway line at its densest by the formula; NaN where it has no headway."""
    trips = context.city.timetable.trips
    own = runs.where(runs.route == route)
    headway = trips.headway_s[own.trip]
    if not len(own) or not headway.any():
        return math.nan
    densest = int(headway[headway > 0].min())
    held = own.where(headway == densest)
    patterns, first = np.unique(held.pattern, return_index=True)
    round_trip = float(held.drive_s[first].sum()) * (2 if len(patterns) == 1 else 1)
    layover_s = context.params.turnaround_min * SECONDS_PER_MIN
    return float(headway_vehicles(round_trip, layover_s * max(len(patterns), 2), densest))


def operations_duties(context: RunContext) -> pd.DataFrame:
    """Return one row per day type of the lines and per on-demand service: vehicles, duties, hours, drivers."""
    plan = operation_plan(context)
    rows: list[dict[str, Any]] = [
        {
            "what": "lines",
            "name": figures.day.day,
            "days_year": float(figures.day.n_days),
            "runs": figures.n_runs,
            "km_day": figures.km,
            "hours_day": figures.hours,
            "vehicles": figures.vehicles,
            "vehicles_at_once": figures.vehicles_at_once,
            "duties": figures.duties.duties,
            "duties_at_least": figures.duties.at_least,
            "span_h_mean": figures.duties.span_h / figures.duties.duties if figures.duties.duties else math.nan,
            "drive_h_mean": figures.duties.drive_h / figures.duties.duties if figures.duties.duties else math.nan,
        }
        for figures in plan.days
    ]
    rows += [
        {
            "what": "on-demand",
            "name": fleet.name,
            "days_year": fleet.n_days,
            "hours_day": fleet.hours_year / fleet.n_days if fleet.n_days else math.nan,
            "vehicles": fleet.n_vehicles,
            "duties": float(fleet.duties_day),
            "drivers": fleet.drivers,
        }
        for fleet in plan.fleets
    ]
    if not plan.bus_hours and not plan.fleets:
        return pd.DataFrame()
    rows.append({"what": "lines", "name": "drivers", "drivers": plan.bus_drivers})
    rows.append({"what": "lines", "name": "drivers, spans up to 15 h", "drivers": plan.bus_drivers_longest})
    return pd.DataFrame(rows)


def operations_money(context: RunContext) -> pd.DataFrame:
    """Return the money of a year and what it comes to per resident, ride and run, one row per item."""
    plan, money = operation_plan(context), operation_money(context)
    if why_unknown(context):
        return pd.DataFrame()
    fares_status = Status.NO_DATA if money.missing else Status.ASSUMED
    status = parameter_status("bus_cost_yen_km", "bus_cost_yen_hour")
    flag = money.missing or (INDICATIVE if plan.assumed else "")
    rows = [
        ("vehicles", plan.vehicles, "count", plan.status, "予備車とデマンド交通を含む"),
        ("bus_vehicles", plan.bus_vehicles, "count", plan.status, ""),
        ("drivers", plan.drivers, "persons", plan.status, ""),
        ("bus_km", plan.bus_km, "km", plan.status, ""),
        ("bus_hours", plan.bus_hours, "h", plan.status, ""),
        ("on_demand_hours", plan.on_demand_hours, "h", plan.status, ""),
        ("operating_cost", money.cost_yen, "yen", status, "資本費を除く"),
        ("on_demand_cost", money.on_demand_cost_yen, "yen", status, ""),
        ("capital", money.capital_yen, "yen", status, "車両価格 ÷ 使用年数。道路・専用道・システムは含まない"),
        ("fares", money.revenue_yen, "yen", fares_status, flag),
        ("deficit", money.deficit_yen, "yen", fares_status, flag),
        *_payers(context, money, fares_status),
        *_ratios(context, plan, money, fares_status),
    ]
    frame = pd.DataFrame(rows, columns=["item", "value", "unit", "status", "note"])
    return frame.assign(status=frame["status"].map(str))


Row = tuple[str, float, str, Status, str]


def _payers(context: RunContext, money: OperationMoney, status: Status) -> list[Row]:
    """Return the deficit by who pays it."""
    share = context.params.state_subsidy_share
    note = money.missing or f"赤字の {share:.0%}（入力値。要件と上限は確認が必要）"
    return [
        ("paid_by_state", money.deficit_yen * share, "yen", status, note),
        ("paid_by_others", money.deficit_yen * (1 - share), "yen", status, money.missing),
    ]


def _ratios(context: RunContext, plan: OperationPlan, money: OperationMoney, status: Status) -> list[Row]:
    """Return subsidy per resident, cost and subsidy per ride, rides per run, and the mean load of a run."""
    persons = float(context.city.population.total.sum())
    nothing = money.missing
    rides, minutes = math.nan, math.nan
    if not nothing:
        from sim.ridership.outcome import ride_outcome  # noqa: PLC0415 -- heavy: only where fares may be told

        outcome = ride_outcome(context)
        if outcome is not None:
            rides, minutes = outcome.boardings_total, outcome.person_min_total
    bus_cost = float(money.route_cost_yen.sum())
    hours_min = plan.bus_hours * SECONDS_PER_MIN
    note = nothing or (NEEDS_GTFS if math.isnan(rides) else "")
    calendars = note or _two_calendars(context, plan)
    return [
        ("subsidy_per_resident", over(money.deficit_yen, persons), "yen", status, nothing),
        ("bus_cost_per_ride", over(bus_cost, rides), "yen", status, note),
        ("bus_deficit_per_ride", over(bus_cost - money.bus_revenue_yen, rides), "yen", status, note),
        ("rides_per_run", over(rides, float(plan.route_runs.sum())), "persons", status, calendars),
        ("mean_load", over(minutes, hours_min), "persons", status, calendars),
        ("bus_cost_per_km", over(bus_cost, plan.bus_km), "yen/km", parameter_status("bus_cost_yen_km"), ""),
    ]


def _two_calendars(context: RunContext, plan: OperationPlan) -> str:
    """Return how many weekdays the rides and the runs of a year count; "" where as many."""
    rides, runs = context.params.ride_weekdays_a_year, plan.days[0].day.n_days
    return "" if rides == runs else f"1年の平日は、乗車が{rides}日（年末年始を休日とする）、便が{runs}日"


def over(amount: float, by: float) -> float:
    """Return amount ÷ by, NaN where there is nothing to divide by."""
    return amount / by if by else math.nan
