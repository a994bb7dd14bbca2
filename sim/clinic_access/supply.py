"""Owns the supply of care: which places count, how many consultation hours a week each offers, and when it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import day_type, parse_date
from geodata.facilities import FacilityKind
from geodata.mobile_office import WEEKS_PER_MONTH
from geodata.units import SECONDS_PER_MIN
from sim.clinic import OUTPATIENT_KINDS, outpatient_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.facilities import Facilities
    from geodata.mobile_office import MobileOfficePlan, OfficeVisit
    from geodata.units import BoolArray, FloatArray, IntArray
    from sim.context import RunContext
    from sim.params import Params

    Spans = tuple[tuple[int, int], ...]

SECONDS_PER_HOUR = 60 * SECONDS_PER_MIN
N_WEEKDAYS = 7
HOLIDAY_BIT = 7
SATURDAY = 5
DAYS_PER_WEEK = 7
_NOT_ON_WEEKDAYS = ("休日", "夜間")
"""Specialties of places that are closed on ordinary days unless their hours say otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class Desks:
    """Clinic desks on board of mobile offices: places [m], weekly hours, and times open on the day looked at."""

    xy: FloatArray
    week_hours: FloatArray
    sessions: tuple[Spans, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """
    Places of care.

    Parameters
    ----------
    xy
        place → position [m], shape (J, 2).
    week_hours
        place → consultation hours a week, shape (J,).
    sessions
        place → (from, to) it is open on the day looked at [s after 00:00], ascending, apart.
    rows
        place → row among the outpatient facilities, −1 = a desk of a mobile office, shape (J,).
    n_assumed
        Places whose hours nobody told: the parameters' stand for them.
    """

    xy: FloatArray
    week_hours: FloatArray
    sessions: tuple[Spans, ...]
    rows: IntArray
    n_assumed: int


def find_supply(context: RunContext) -> Supply:
    """
    Return clinics and hospitals open to the public, then the clinic desks of mobile offices.

    Notes
    -----
    One unit for all: weekly consultation hours. A facility's capacity where known; else the sum of its opening hours;
    else the parameters' hours for its kind. A place for holidays or nights only, whose hours nobody told, is left out.
    """
    facilities, params = context.facilities(*OUTPATIENT_KINDS), context.params
    places = _counted(facilities, params)
    hours = week_hours_of(facilities, params)[places]
    sessions = _sessions(facilities, context)
    desks = _desks(context)
    return Supply(
        xy=np.concatenate([facilities.xy[places], desks.xy]),
        week_hours=np.concatenate([hours, desks.week_hours]),
        sessions=(*(sessions[n] for n in places.tolist()), *desks.sessions),
        rows=np.concatenate([places, np.full(len(desks.xy), -1, np.int32)]).astype(np.int32),
        n_assumed=int((~knows_week_hours(facilities))[places].sum()),
    )


def week_hours_of(facilities: Facilities, params: Params) -> FloatArray:
    """Return facility → consultation hours a week: capacity, else opening hours, else the parameters', shape (F,)."""
    opened = opening_week_hours(facilities)
    assumed = np.where(
        facilities.kind == FacilityKind.HOSPITAL.value, params.hospital_week_hours, params.clinic_week_hours
    )
    told = np.where(_has_rows(facilities), opened, assumed)
    return np.where(np.isnan(facilities.capacity), told, facilities.capacity)


def knows_week_hours(facilities: Facilities) -> BoolArray:
    """Return facility → whether its capacity or its opening hours are known, shape (F,)."""
    known: BoolArray = ~np.isnan(facilities.capacity) | _has_rows(facilities)
    return known


def opening_week_hours(facilities: Facilities) -> FloatArray:
    """Return facility → hours open Monday to Sunday [h/week], times told twice counted once, shape (F,)."""
    hours = np.zeros(facilities.n_facilities)
    for day in range(N_WEEKDAYS):
        for facility, spans in _spans_on(facilities, day).items():
            hours[facility] += sum(end - start for start, end in spans) / SECONDS_PER_HOUR
    return hours


def day_bit(date: str) -> int:
    """Return the bit of opening hours that holds on a date: 0 Monday … 6 Sunday, 7 a public holiday."""
    weekday = parse_date(date).weekday()
    return HOLIDAY_BIT if day_type(date) == "holiday" and weekday != N_WEEKDAYS - 1 else weekday


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return spans of time in order, those that touch or overlap joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def _counted(facilities: Facilities, params: Params) -> IntArray:
    places = outpatient_places(facilities)
    specialty = facilities.specialty[places].tolist()
    wanted = [params.clinic_specialty in name for name in specialty]
    known = knows_week_hours(facilities)[places]
    ordinary = [not any(word in name for word in _NOT_ON_WEEKDAYS) for name in specialty]
    counted: IntArray = places[np.array(wanted, bool) & (known | np.array(ordinary, bool))]
    return counted


def _has_rows(facilities: Facilities) -> BoolArray:
    has = np.zeros(facilities.n_facilities, bool)
    has[facilities.hours_facility] = True
    return has


def _spans_on(facilities: Facilities, day: int) -> dict[int, Spans]:
    rows = np.flatnonzero(facilities.hours_days & (1 << day))
    spans: dict[int, list[tuple[int, int]]] = {}
    for row in rows.tolist():
        times = int(facilities.hours_start_s[row]), int(facilities.hours_end_s[row])
        spans.setdefault(int(facilities.hours_facility[row]), []).append(times)
    return {facility: merged(found) for facility, found in spans.items()}


def _sessions(facilities: Facilities, context: RunContext) -> list[Spans]:
    """Return facility → when it is open on the day of the analysis; the parameters' sessions where nobody told."""
    date = context.analysis.service_date(context.city)
    told, usual, has = _spans_on(facilities, day_bit(date)), usual_sessions(context.params, date), _has_rows(facilities)
    return [told.get(n, ()) if has[n] else usual for n in range(facilities.n_facilities)]


def usual_sessions(params: Params, date: str) -> Spans:
    """Return the assumed sessions of a date: morning and afternoon on weekdays, the morning on Saturdays, else none."""
    morning = params.clock_s("clinic_morning_from"), params.clock_s("clinic_morning_to")
    afternoon = params.clock_s("clinic_afternoon_from"), params.clock_s("clinic_afternoon_to")
    kind = day_type(date)
    spans = {"weekday": (morning, afternoon), "saturday": (morning,)}.get(kind, ())
    return merged(span for span in spans if span[0] < span[1])


def _desks(context: RunContext) -> Desks:
    """Return the desks of all plans that carry one, a place each."""
    date = context.analysis.service_date(context.city)
    found = [
        (place.xy, _desk_hours(plan, place.visits), _open_spans(place.visits, date))
        for plan in context.plans_with_desk()
        for place in plan.places
        if place.visits
    ]
    return Desks(
        xy=np.array([xy for xy, _, _ in found], np.float64).reshape(-1, 2),
        week_hours=np.array([hours for _, hours, _ in found], np.float64),
        sessions=tuple(spans for _, _, spans in found),
    )


def _desk_hours(plan: MobileOfficePlan, visits: tuple[OfficeVisit, ...]) -> float:
    share = 0.0 if plan.clinic_desk is None else plan.clinic_desk.doctor_hours_share
    return share * sum(visit.hours_per_month for visit in visits) / WEEKS_PER_MONTH


def _open_spans(visits: tuple[OfficeVisit, ...], date: str) -> Spans:
    return merged((visit.start_s, visit.end_s) for visit in visits if _opens_on(visit, date))


def _opens_on(visit: OfficeVisit, date: str) -> bool:
    day = parse_date(date)
    week = (day.day - 1) // DAYS_PER_WEEK + 1
    return day.weekday() == visit.weekday and (not visit.weeks_of_month or week in visit.weeks_of_month)
