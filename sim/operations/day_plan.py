"""Owns the plan of one day type: runs, vehicles and duties, each a step of its own, and who watches driverless runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.units import SECONDS_PER_MIN
from sim.operations.blocks import Blocks, link_runs, most_at_once
from sim.operations.days import DayType, year_days
from sim.operations.duties import Duties, cut_duties
from sim.operations.duty_rules import DutyRules
from sim.operations.runs import DayRuns, day_runs, run_lengths_m

if TYPE_CHECKING:
    from geodata.autonomous import AutonomousOperation
    from geodata.units import BoolArray, FloatArray
    from sim.context import RunContext

SECONDS_PER_H = 3_600
HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class DayDuties:
    """
    Duties of a day, weighed over the days on which runs drive themselves and those on which they cannot.

    `duties`: of an average day of the type. `most`: on the day that takes most. `at_least`: no plan undercuts it on
    that day. `span_h`, `drive_h`: all duties' hours from sign-on to sign-off, and driving [h a day].
    """

    duties: float
    most: int
    at_least: int
    span_h: float
    drive_h: float


def plan_days(context: RunContext) -> tuple[DayType, ...]:
    """Return the day types of the city's standard year."""
    return year_days(context.city.defaults)


def runs_of_day(context: RunContext, day: DayType) -> DayRuns:
    """Return the bus runs of a day type; days with the same services share them."""
    alike = _alike(context, day)

    def compute() -> DayRuns:
        params = context.params
        turnaround_s = params.turnaround_min * SECONDS_PER_MIN
        return day_runs(context.city.timetable, alike.date, turnaround_s=turnaround_s, join_m=params.terminal_join_m)

    return context.step("operations", f"runs {alike.day}", compute, key=alike.date)


def blocks_of_day(context: RunContext, day: DayType) -> Blocks:
    """Return the vehicles of a day type."""
    alike = _alike(context, day)

    def compute() -> Blocks:
        return link_runs(runs_of_day(context, alike), context.params.turnaround_min * SECONDS_PER_MIN)

    return context.step("operations", f"blocks {alike.day}", compute, key=alike.date)


def duties_of_day(context: RunContext, day: DayType, *, longest: bool = False) -> Duties:
    """Return the duties of a day type, all runs driven by drivers; `longest`: spans up to the legal maximum."""
    alike = _alike(context, day)

    def compute() -> Duties:
        runs, blocks = runs_of_day(context, alike), blocks_of_day(context, alike)
        return cut_duties(runs, blocks, duty_rules(context, longest=longest))

    name = f"duties {alike.day}" + (" longest" if longest else "")
    return context.step("operations", name, compute, key=alike.date)


def _alike(context: RunContext, day: DayType) -> DayType:
    """Return the first day type with the same services as this one."""
    services = context.city.timetable.services
    mine = services.active_on(day.date)
    return next(d for d in plan_days(context) if np.array_equal(services.active_on(d.date), mine))


LONGEST_SPAN_H = 15.0
"""Span of a duty that the standard allows as an exception (more than 14 h up to three times a week) [h]."""


def duty_rules(context: RunContext, *, longest: bool = False) -> DutyRules:
    """Return what a duty may be; so much rest stays before the next day's that the same duty can be driven again."""
    params = context.params
    span_h = LONGEST_SPAN_H if longest else min(params.duty_span_h, HOURS_PER_DAY - params.duty_rest_h)
    minute = SECONDS_PER_MIN
    return DutyRules(
        span_s=round(span_h * SECONDS_PER_H),
        drive_s=round(params.duty_drive_h * SECONDS_PER_H),
        continuous_s=round(params.continuous_drive_h * SECONDS_PER_H),
        break_s=params.drive_break_min * minute,
        pause_s=params.drive_pause_min * minute,
        sign_on_s=params.sign_on_min * minute,
        sign_off_s=params.sign_off_min * minute,
        depot_s=params.depot_run_min * minute,
        relief_s=params.relief_travel_min * minute,
        layover_s=params.turnaround_min * minute,
    )


# ---------------------------------------------------------------- runs that drive themselves


def remote_operations(context: RunContext) -> tuple[AutonomousOperation, ...]:
    """Return the operations of lines that save a driver's post: watched from afar, nobody on board."""
    return tuple(o for o in context.city.autonomous if o.trip_ids and o.attendant == "remote")


def driverless(context: RunContext, runs: DayRuns) -> BoolArray:
    """Return run → has nobody on board, shape (N,)."""
    trip_ids = [trip for operation in remote_operations(context) for trip in operation.trip_ids]
    return np.isin(context.city.timetable.trips.trip_id[runs.trip], trip_ids)


def running_share(context: RunContext, runs: DayRuns) -> FloatArray:
    """Return run → share of days on which it runs; autonomous runs without a driver to fall back on stay away."""
    share = np.ones(len(runs))
    trip_id = context.city.timetable.trips.trip_id[runs.trip]
    for operation in context.city.autonomous:
        if operation.fallback == "none" and operation.trip_ids:
            share[np.isin(trip_id, operation.trip_ids)] = operation.weather_availability
    return share


def day_duties(context: RunContext, day: DayType, *, longest: bool = False) -> DayDuties:
    """
    Return the duties of a day type, attendants who watch driverless runs included.

    Notes
    -----
    On the share of days on which driverless runs cannot drive themselves, drivers take them over (or they are
    cancelled): those days need all duties, and the drivers for them must be there.
    """
    full = duties_of_day(context, day, longest=longest)
    whole = _told(full)
    operations = remote_operations(context)
    runs = runs_of_day(context, day)
    away = driverless(context, runs)
    if not away.any():
        return whole

    alike = _alike(context, day)

    def compute() -> Duties:
        kept = runs_of_day(context, alike)
        kept = kept.where(~driverless(context, kept))
        blocks = link_runs(kept, context.params.turnaround_min * SECONDS_PER_MIN)
        return cut_duties(kept, blocks, duty_rules(context, longest=longest))

    name = f"duties driven {alike.day}" + (" longest" if longest else "")
    driven = _told(context.step("operations", name, compute, key=alike.date))
    watching = sum(_watchers(context, runs, operation) for operation in operations)
    fair = min(operation.weather_availability for operation in operations)
    foul = whole if any(o.fallback == "driver" for o in operations) else driven
    mixed = [fair * a + (1 - fair) * b for a, b in ((driven.span_h, foul.span_h), (driven.drive_h, foul.drive_h))]
    duties = fair * (driven.duties + watching) + (1 - fair) * foul.duties
    most = max(driven.most + watching, foul.most if fair < 1 else 0)
    return DayDuties(duties, most, min(driven.at_least + watching, most), mixed[0], mixed[1])


def _told(duties: Duties) -> DayDuties:
    span_h, drive_h = float(duties.span_s.sum()) / SECONDS_PER_H, float(duties.drive_s.sum()) / SECONDS_PER_H
    return DayDuties(float(len(duties)), len(duties), duties.at_least, span_h, drive_h)


def _watchers(context: RunContext, runs: DayRuns, operation: AutonomousOperation) -> int:
    """Return the duties of those who watch the runs of an operation from afar: posts at the peak × shifts."""
    held = np.isin(context.city.timetable.trips.trip_id[runs.trip], operation.trip_ids)
    if not held.any():
        return 0
    posts = int(np.ceil(most_at_once(runs.start_s[held], runs.end_s[held]) / operation.vehicles_per_attendant))
    hours = float(runs.end_s[held].max() - runs.start_s[held].min()) / SECONDS_PER_H
    return posts * int(np.ceil(hours / context.params.duty_drive_h))


def lengths_km(context: RunContext) -> FloatArray:
    """Return pattern → length [km], shape (P,)."""
    return run_lengths_m(context.city.timetable, context.params.bus_detour) / 1_000
