"""Owns OperationPlan: what it takes to run a timetable and the on-demand services for a year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from geodata.provenance import Status, weakest
from sim.assumed_lines import assumed_trips
from sim.operations.day_plan import (
    SECONDS_PER_H,
    DayDuties,
    blocks_of_day,
    day_duties,
    lengths_km,
    plan_days,
    running_share,
    runs_of_day,
)
from sim.operations.fleets import FleetPlan, fleet_plans
from sim.operations.runs import DRIVEN

if TYPE_CHECKING:
    from geodata.units import FloatArray, IntArray
    from sim.context import RunContext
    from sim.operations.days import DayType

WEEKS_PER_YEAR = 52
NOTHING_RUNS = "運行する便もデマンド交通もなし"
NO_TIMETABLE = "時刻表データ未登録"


@dataclass(frozen=True, slots=True)
class DayFigures:
    """
    One day type of the lines.

    `n_runs`, `km`, `hours`: runs, kilometres and hours in service a day. `vehicles`: the fewest, spares left out.
    `vehicles_at_once`: on the road at the same moment. `duties`: see `DayDuties`.
    """

    day: DayType
    n_runs: int
    km: float
    hours: float
    vehicles: int
    vehicles_at_once: int
    duties: DayDuties


@dataclass(frozen=True, slots=True, eq=False)
class OperationPlan:
    """
    What a year of service takes.

    Parameters
    ----------
    days
        Lines by day type.
    route_km, route_hours, route_runs
        Route → kilometres, hours and runs in service a year, shapes (R,); 0 for routes that no bus driver drives.
    own_hour_km, own_hour_hours, own_hour_yen
        Kilometres, hours and money a year of autonomous runs whose cost per hour the scenario gives.
    fleets
        On-demand services.
    bus_vehicles, spare_vehicles
        Buses in use on the day that takes most, and spares beside them.
    bus_drivers
        Drivers of the lines on the payroll, the reserve included.
    bus_drivers_longest
        The same where duties may span the legal maximum.
    driver_days
        Days a year that a driver can work under the weekly and yearly limits.
    assumed
        Whether lines of status assumed are among them.
    status
        Weakest status of lines and services.
    """

    days: tuple[DayFigures, ...]
    route_km: FloatArray
    route_hours: FloatArray
    route_runs: FloatArray
    own_hour_km: float
    own_hour_hours: float
    own_hour_yen: float
    fleets: tuple[FleetPlan, ...]
    bus_vehicles: int
    spare_vehicles: int
    bus_drivers: int
    bus_drivers_longest: int
    driver_days: float
    assumed: bool
    status: Status

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def bus_km(self) -> float:
        """Kilometres of the lines in service a year."""
        return float(self.route_km.sum())

    @property
    def bus_hours(self) -> float:
        """Hours of the lines in service a year."""
        return float(self.route_hours.sum())

    @property
    def on_demand_hours(self) -> float:
        """Vehicle hours of on-demand services a year."""
        return math.fsum(fleet.hours_year for fleet in self.fleets)

    @property
    def on_demand_vehicles(self) -> int:
        """Vehicles of on-demand services."""
        return sum(fleet.n_vehicles for fleet in self.fleets)

    @property
    def on_demand_drivers(self) -> int:
        """People on the payroll of on-demand services."""
        return sum(fleet.drivers for fleet in self.fleets)

    @property
    def drivers(self) -> int:
        """All who drive or watch."""
        return self.bus_drivers + self.on_demand_drivers

    @property
    def vehicles(self) -> int:
        """All vehicles, spare buses included."""
        return self.bus_vehicles + self.spare_vehicles + self.on_demand_vehicles


def operation_plan(context: RunContext) -> OperationPlan:
    """Return what a year of service takes in a city: vehicles, duties, drivers, kilometres, hours."""
    return context.step("operations", "plan", lambda: _operation_plan(context))


def why_unknown(context: RunContext) -> str:
    """
    Return why nothing can be said of running vehicles, "" where something can.

    Without a timetable the on-demand services alone are no number for all: a limit is not kept because nobody knows.
    """
    if context.city.timetable.n_stops == 0:
        return NO_TIMETABLE
    plan = operation_plan(context)
    return "" if plan.bus_hours or plan.fleets else NOTHING_RUNS


def _operation_plan(context: RunContext) -> OperationPlan:
    timetable = context.city.timetable
    n_routes = len(timetable.routes.route_id)
    km, hours, counts = np.zeros(n_routes), np.zeros(n_routes), np.zeros(n_routes)
    length = lengths_km(context)
    own = np.zeros(3)
    days = []
    for day in plan_days(context):
        runs = runs_of_day(context, day)
        share = running_share(context, runs)
        run_km, run_h = share * length[runs.pattern], share * runs.drive_s / SECONDS_PER_H
        for total, of_run in ((km, run_km), (hours, run_h), (counts, share)):
            np.add(total, day.n_days * np.bincount(runs.route, weights=of_run, minlength=n_routes), out=total)
        hour_yen = _given_hour_yen(context, runs.trip)
        given = ~np.isnan(hour_yen)
        yen = float((run_h * hour_yen)[given].sum())
        own += day.n_days * np.array([run_km[given].sum(), run_h[given].sum(), yen])
        blocks = blocks_of_day(context, day)
        days.append(
            DayFigures(
                day,
                len(runs),
                float(run_km.sum()),
                float(run_h.sum()),
                blocks.n_vehicles,
                blocks.n_at_once,
                day_duties(context, day),
            )
        )
    fleets = fleet_plans(context)
    vehicles = max(d.vehicles for d in days)
    return OperationPlan(
        days=tuple(days),
        route_km=km,
        route_hours=hours,
        route_runs=counts,
        own_hour_km=float(own[0]),
        own_hour_hours=float(own[1]),
        own_hour_yen=float(own[2]),
        fleets=fleets,
        bus_vehicles=vehicles,
        spare_vehicles=math.ceil(round(vehicles * context.params.spare_vehicle_share, 9)),
        bus_drivers=drivers_of(context, [(d.day.n_days, d.duties) for d in days]),
        bus_drivers_longest=drivers_of(
            context, [(d.day.n_days, day_duties(context, d.day, longest=True)) for d in days]
        ),
        driver_days=driver_days(context, [(d.day.n_days, d.duties) for d in days]),
        assumed=bool(assumed_trips(timetable).any()),
        status=weakest([context.timetable_status(*DRIVEN), *(fleet.status for fleet in fleets)]),
    )


def _given_hour_yen(context: RunContext, trip: IntArray) -> FloatArray:
    """Return run → cost of an hour that an autonomous operation gives, NaN = none, shape (N,)."""
    found = np.full(len(trip), np.nan)
    trip_id = context.city.timetable.trips.trip_id[trip]
    for operation in context.city.autonomous:
        if operation.cost_per_vehicle_hour_yen is not None and operation.trip_ids:
            found[np.isin(trip_id, operation.trip_ids)] = operation.cost_per_vehicle_hour_yen
    return found


def driver_days(context: RunContext, days: list[tuple[int, DayDuties]]) -> float:
    """
    Return the days a year that a driver works: those agreed, or fewer where hours run out first.

    The limits by the week (mean of four) and by the year are kept on average, all drivers taking turns.
    """
    params = context.params
    duties = math.fsum(n * d.duties for n, d in days)
    if not duties:
        return params.driver_days_year
    span_h = math.fsum(n * d.span_h for n, d in days) / duties
    drive_h = math.fsum(n * d.drive_h for n, d in days) / duties
    by_span = min(params.year_span_h, params.week_span_h * WEEKS_PER_YEAR) / span_h
    return min(params.driver_days_year, by_span, params.week_drive_h * WEEKS_PER_YEAR / drive_h)


def drivers_of(context: RunContext, days: list[tuple[int, DayDuties]]) -> int:
    """Return the drivers for the duties of a year; at least those of the day that takes most, plus the reserve."""
    duties = math.fsum(n * d.duties for n, d in days)
    working = max(duties / driver_days(context, days), *(d.most for _, d in days))
    return math.ceil(round(working / (1 - context.params.driver_reserve_share), 9))
