"""Owns the calendar of a mobile office as an iCalendar file: what a calendar application shows, day by day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sim.mobile_office.month import NEW_YEAR, OPEN, status_of, visit_dates
from sim.mobile_office.words import when

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit

CALENDAR_FILE = "mobile-office.ics"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONE = "Asia/Tokyo"
FIRST_MONTH = 4
_STATUS_JA = {"planned": "計画に記載", "studied": "検討中", "hypothetical": "仮想"}
_USE_JA = {"office": "動く市役所", "disaster": "臨時窓口（災害後）", "shop": "移動販売", "voting": "期日前投票"}


def calendar_bytes(plans: Iterable[MobileOfficePlan], year: int) -> bytes:
    """
    Return the visits of plans in a fiscal year (1 April to 31 March) as an iCalendar file.

    Parameters
    ----------
    plans
        The plans of a city.
    year
        Fiscal year (年度).

    Returns
    -------
    text
        UTF-8, lines as RFC 5545 wants them. Each recurring visit is one event: every week, or the n-th weekdays of the
        month; days of rest (public holidays, New Year) are excluded. Equal plans give equal bytes: the stamp of every
        event is the first day of the year, and its UID follows from plan, place and visit.

    References
    ----------
    RFC 5545, 3.3.10 (recurrence), 3.8.5.1 (exceptions).
    """
    from icalendar import Calendar  # noqa: PLC0415 -- only wanted here

    start = dt.date(year, FIRST_MONTH, 1)
    end = dt.date(year + 1, FIRST_MONTH, 1) - dt.timedelta(days=1)
    calendar = Calendar()
    calendar.add("prodid", "-//Ekisei//mobile office//JA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-timezone", ZONE)
    calendar.add_component(_time_zone())
    for plan in plans:
        for place in plan.places:
            for number in range(len(place.visits)):
                event = _event(plan, place, number, (start, end))
                if event is not None:
                    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def fiscal_year(year: int, month: int) -> int:
    """Return the fiscal year that a month lies in; it begins in April."""
    return year if month >= FIRST_MONTH else year - 1


def _event(plan: MobileOfficePlan, place: OfficePlace, number: int, span: tuple[dt.date, dt.date]) -> Any:
    """Return one recurring visit as an event; None where no date of it lies within the span."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 -- only wanted here

    from icalendar import Event  # noqa: PLC0415 -- as above

    visit, zone = place.visits[number], ZoneInfo(ZONE)
    dates = list(visit_dates(visit, *span))
    if not dates:
        return None
    event = Event()
    event.add("uid", f"{place.place_id}-{number + 1}@ekisei".replace(":", "-"))
    event.add("dtstamp", dt.datetime.combine(span[0], dt.time(), dt.UTC))
    event.add("dtstart", _at(dates[0], visit.start_s, zone))
    event.add("dtend", _at(dates[0], visit.end_s, zone))
    event.add("rrule", {**_rule(visit), "until": _at(dates[-1], visit.start_s, zone).astimezone(dt.UTC)})
    rests = [_at(d, visit.start_s, zone) for d in dates if status_of(d, plan.use) != OPEN]
    if rests:
        event.add("exdate", rests)
    event.add("summary", f"{plan.name.ja}: {place.name.ja}")
    event.add("location", place.name.ja)
    event.add("geo", (round(place.lonlat[1], 6), round(place.lonlat[0], 6)))
    event.add("description", _description(plan, visit))
    event.add("categories", [_USE_JA[plan.use]])
    return event


def _rule(visit: OfficeVisit) -> dict[str, Any]:
    day = DAYS[visit.weekday]
    if not visit.weeks_of_month:
        return {"freq": "WEEKLY", "byday": day}
    return {"freq": "MONTHLY", "byday": [f"{week}{day}" for week in sorted(set(visit.weeks_of_month))]}


def _at(day: dt.date, seconds: int, zone: ZoneInfo) -> dt.datetime:
    """Return a time of a day; 24:00 is midnight of the next one."""
    return dt.datetime.combine(day, dt.time(), zone) + dt.timedelta(seconds=seconds)


def _description(plan: MobileOfficePlan, visit: OfficeVisit) -> str:
    lines = [
        f"{when(visit).ja}（祝日・{NEW_YEAR.removeprefix('休み（').rstrip('）')}は休み）"
        if plan.use in {"office", "shop"}
        else when(visit).ja,
        f"取扱い: {'、'.join(plan.services)}",
        f"位置づけ: {_STATUS_JA.get(plan.plan_status, plan.plan_status)}（試算の計画であり、市の予定ではありません）",
    ]
    if visit.vehicle >= 0:
        lines.insert(1, f"車両 {visit.vehicle + 1}")
    if plan.reservation == "required":
        lines.insert(1, "要予約")
    return "\n".join(lines)


def _time_zone() -> Any:
    """Return the zone of Japan: nine hours ahead, no summer time."""
    from icalendar import Timezone, TimezoneStandard  # noqa: PLC0415 -- only wanted here

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("tzname", "JST")
    standard.add("dtstart", dt.datetime(1970, 1, 1))  # noqa: DTZ001 -- local by RFC 5545
    standard.add("tzoffsetfrom", dt.timedelta(hours=9))
    standard.add("tzoffsetto", dt.timedelta(hours=9))
    zone.add_component(standard)
    return zone
