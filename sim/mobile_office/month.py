"""Owns the calendar of a plan as dates: which visit falls on which day of a month, with the day of its vehicle."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.calendar import is_japanese_holiday
from sim.mobile_office.drives import plan_crew, plan_drives
from sim.mobile_office.tour_check import Stay, fit_lunch, gaps_of_day
from sim.mobile_office.tour_types import weeks_visited
from sim.mobile_office.words import DAYS, clock, minutes_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.mobile_office import LunchBreak, MobileOfficePlan, OfficeVisit
    from geodata.units import IntArray
    from sim.context import RunContext
    from sim.mobile_office.tour_check import Gap
    from sim.mobile_office.tour_types import Crew

MONTH_SHOWN = 10
"""Month that stands for the others in the tables of a run: October, which holds a public holiday (a Monday)."""
OPEN = "開設"
HOLIDAY = "休み（祝日）"
NEW_YEAR = "休み（年末年始）"
CLOSED_USES = frozenset({"office", "shop"})
"""Uses that rest on public holidays and over the New Year; emergency offices and early voting do not."""
COLUMNS = (
    "plan_id",
    "date",
    "weekday",
    "week_of_month",
    "status",
    "vehicle",
    "order",
    "place_id",
    "place",
    "leave",
    "arrive",
    "open",
    "close",
    "drive_min",
    "return_depot",
    "lunch_start",
    "lunch_end",
)


def week_of_month(day: dt.date) -> int:
    """Return which of its weekday a day is in its month: 1 = the first."""
    return (day.day - 1) // 7 + 1


def status_of(day: dt.date, use: str) -> str:
    """
    Return whether a plan opens on a day: `OPEN`, or why not.

    Source: 地方自治法第4条の2 (holidays of local governments). Assumption: 29 December to 3 January.
    """
    if use not in CLOSED_USES:
        return OPEN
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return NEW_YEAR
    return HOLIDAY if is_japanese_holiday(day.isoformat()) else OPEN


def visit_dates(visit: OfficeVisit, start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """Yield the dates of a recurring visit from `start` to `end` inclusive, holidays too."""
    first = start + dt.timedelta(days=(visit.weekday - start.weekday()) % 7)
    weeks = weeks_visited(visit)
    for n in range((end - first).days // 7 + 1):
        day = first + dt.timedelta(weeks=n)
        if week_of_month(day) in weeks:
            yield day


def month_table(plan: MobileOfficePlan, year: int, month: int, drive_s: IntArray | None = None) -> pd.DataFrame:
    """
    Return the visits of a plan in one month, one row each, by date, vehicle and opening.

    Parameters
    ----------
    plan
        The plan; visits without a vehicle are shown as vehicle 0.
    year, month
        The month.
    drive_s
        Drives between the places, the depot last (`plan_drives`); None = times on the road are left empty.

    Returns
    -------
    table
        `COLUMNS`: clock times ``HH:MM``, driving to the place [min], the lunch of the day on all of its rows, the
        return on its last one. A visit that falls on a day of rest has its status and no times on the road.

    Notes
    -----
    A vehicle leaves as late as it can to set up in time; lunch is taken in the first gap of the day that holds it.
    """
    start = dt.date(year, month, 1)
    end = dt.date(year, month, calendar.monthrange(year, month)[1])
    days: dict[tuple[dt.date, int], list[Stay]] = defaultdict(list)
    for number, place in enumerate(plan.places):
        for visit in place.visits:
            for day in visit_dates(visit, start, end):
                days[day, max(visit.vehicle, 0)].append(Stay(number, visit))
    crew = None if drive_s is None else plan_crew(plan, drive_s)
    rows = [row for (day, vehicle), stays in sorted(days.items()) for row in _rows(plan, day, vehicle, stays, crew)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    plan: MobileOfficePlan, day: dt.date, vehicle: int, stays: list[Stay], crew: Crew | None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one vehicle's day."""
    ordered = sorted(stays, key=lambda s: (s.visit.start_s, s.place))
    status = status_of(day, plan.use)
    road = _road(crew, ordered, has_depot=plan.depot_xy is not None) if crew is not None and status == OPEN else None
    for order, stay in enumerate(ordered):
        place = plan.places[stay.place]
        times = {} if road is None else road[order]
        yield {
            **dict.fromkeys(COLUMNS, ""),
            "drive_min": None,
            "plan_id": plan.plan_id,
            "date": day.isoformat(),
            "weekday": DAYS[day.weekday()].ja,
            "week_of_month": week_of_month(day),
            "status": status,
            "vehicle": vehicle + 1,
            "order": order + 1,
            "place_id": place.place_id,
            "place": place.name.ja,
            "open": clock(stay.visit.start_s),
            "close": clock(stay.visit.end_s),
            **times,
        }


def _road(crew: Crew, stays: list[Stay], *, has_depot: bool) -> list[dict[str, Any]]:
    """Return stay → leaving, arriving, driving, and the lunch of the day."""
    gaps = gaps_of_day(crew, stays)
    fit = None if crew.lunch is None else fit_lunch(crew.lunch, gaps)
    rests = [crew.lunch if fit == n else None for n in range(len(gaps))]
    rows: list[dict[str, Any]] = []
    shared: dict[str, Any] = {}
    for n, (gap, lunch) in enumerate(zip(gaps, rests, strict=True)):
        leave, arrive, rest = _within(gap, lunch, homeward=n == len(stays))
        if lunch is not None:
            shared = {"lunch_start": clock(rest), "lunch_end": clock(rest + lunch.duration_s)}
        if n < len(stays):
            on_road = {"leave": clock(leave), "arrive": clock(arrive)} if n or has_depot else {}
            rows.append({"drive_min": minutes_up(gap.drive_s), **on_road})
        elif has_depot:
            rows[-1]["return_depot"] = clock(minutes_up(arrive) * 60)
    return [{**row, **shared} for row in rows]


def _within(gap: Gap, lunch: LunchBreak | None, *, homeward: bool) -> tuple[int, int, int]:
    """
    Return when a vehicle leaves and arrives within a gap, and when lunch begins in it [s].

    It leaves as late as it can (homeward at once). Lunch: before leaving, else on arrival, else on the way.
    """
    latest_leave = gap.end_s - gap.drive_s
    if lunch is None:
        leave = gap.start_s if homeward else latest_leave
        return leave, leave + gap.drive_s, 0
    before, after = (max(t, lunch.earliest_s) for t in (gap.start_s, gap.start_s + gap.drive_s))
    fits_before = before + lunch.duration_s <= min(lunch.latest_s, latest_leave)
    fits_after = after + lunch.duration_s <= min(lunch.latest_s, gap.end_s)
    if homeward and fits_after:
        return gap.start_s, gap.start_s + gap.drive_s, after
    if fits_before:
        leave = before + lunch.duration_s if homeward else latest_leave
        return leave, leave + gap.drive_s, before
    if fits_after:
        return after - gap.drive_s, after, after
    leave = latest_leave - lunch.duration_s
    return leave, gap.end_s, before


# ---------------------------------------------------------------- the table of a run


def office_month(context: RunContext) -> pd.DataFrame:
    """Return the representative month (`MONTH_SHOWN` of the scenario's year) of every plan, one row per visit."""
    plans = context.city.mobile_offices
    if not plans:
        return pd.DataFrame(columns=list(COLUMNS))
    year, streets, kmh = context.city.population.year, context.city.streets, context.params.car_offpeak_kmh
    months = [month_table(plan, year, MONTH_SHOWN, plan_drives(streets, plan, kmh)) for plan in plans]
    return pd.concat(months, ignore_index=True)
