"""Owns one calendar for the lines of two timetables: those that stay run on the days of those that came."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import to_ordinal
from geodata.errors import Problem, Text, warning

if TYPE_CHECKING:
    from geodata.city import CityDefaults
    from geodata.timetable import Timetable
    from geodata.units import BoolArray

    Span = tuple[int, int]


def calendar_of(timetable: Timetable) -> Span:
    """Return the first and last day on which anything may run, as ordinals; (0, 0) without a service."""
    services = timetable.services
    regular = services.day_mask > 0
    days = services.exception_day[services.exception_added]
    starts = np.concatenate([services.start_day[regular], days])
    ends = np.concatenate([services.end_day[regular], days])
    return (int(starts.min()), int(ends.max())) if len(starts) else (0, 0)


def stretched(
    stays: Timetable, before: CityDefaults, after: CityDefaults, span: Span
) -> tuple[Timetable, list[Problem]]:
    """
    Return the lines that stay so that they run on the new days as they did on the old ones.

    Services that ran on one of the base's three days (平日, 土曜, 日祝) by their weekdays get the period of the own
    timetable too; what still differs on the three new days is set by exceptions. Nothing changes where the old period
    holds the new days.

    Parameters
    ----------
    stays
        Lines of the base that stay.
    before, after
        Days of the base, and those used now.
    span
        First and last day of the own timetable, as ordinals.
    """
    pairs = [(before.date, after.date), (before.saturday, after.saturday), (before.holiday, after.holiday)]
    ran = [stays.services.active_on(old) for old, _ in pairs]
    if all(np.array_equal(was, stays.services.active_on(new)) for was, (_, new) in zip(ran, pairs, strict=True)):
        return stays, []
    grown = _longer(stays, np.logical_or.reduce(ran), [to_ordinal(new) for _, new in pairs], span)
    mended, n_set = grown, 0
    for was, (_, new) in zip(ran, pairs, strict=True):
        differs = mended.services.active_on(new) != was
        n_set += int(differs.sum())
        mended = _set_on(mended, new, was, differs)
    problems = [_told(stays, grown, after, n_set)]
    return mended, problems


def _longer(stays: Timetable, typical: BoolArray, days: list[int], span: Span) -> Timetable:
    services = stays.services
    regular = typical & (services.day_mask > 0)
    first, last = min([*days, span[0] or days[0]]), max([*days, span[1] or days[0]])
    start = np.where(regular, np.minimum(services.start_day, first), services.start_day).astype(np.int32)
    end = np.where(regular, np.maximum(services.end_day, last), services.end_day).astype(np.int32)
    return replace(stays, services=replace(services, start_day=start, end_day=end))


def _set_on(stays: Timetable, day: str, wanted: BoolArray, differs: BoolArray) -> Timetable:
    """Return the timetable whose differing services run, or rest, on one day as wanted."""
    rows = np.flatnonzero(differs).astype(np.int32)
    if not len(rows):
        return stays
    services, ordinal = stays.services, to_ordinal(day)
    other = ~((services.exception_day == ordinal) & np.isin(services.exception_service, rows))
    new = replace(
        services,
        exception_service=np.concatenate([services.exception_service[other], rows]).astype(np.int32),
        exception_day=np.concatenate([services.exception_day[other], np.full(len(rows), ordinal)]).astype(np.int32),
        exception_added=np.concatenate([services.exception_added[other], wanted[rows]]),
    )
    return replace(stays, services=new)


def _told(stays: Timetable, grown: Timetable, after: CityDefaults, n_set: int) -> Problem:
    longer = int(
        (
            (grown.services.start_day != stays.services.start_day) | (grown.services.end_day != stays.services.end_day)
        ).sum()
    )
    first, last = (dt.date.fromordinal(max(d, 1)).isoformat() for d in calendar_of(stays))
    names = "、".join(dict.fromkeys(stays.routes.name.tolist()[:3]))
    names_en = ", ".join(dict.fromkeys(stays.routes.name_en.tolist()[:3]))
    return warning(
        "overlay.calendar_stretched",
        f"date: {after.date}",
        Text(
            f"土台から残した路線（{names}）の運行期間 {first}–{last} に使う日がないため、"
            f"運行日 {longer} 件の期間を延ばし、{n_set} 件を例外日として合わせました",
            f"the lines that stay ({names_en}) run {first} to {last}, without the days used: "
            f"{longer} services got a longer period, {n_set} an exception",
        ),
        Text(
            "その年のダイヤではなく土台のダイヤのままです。date: などを土台の期間内にすると延ばさずに使えます",
            "they keep the runs of the base, not those of that year; a date: inside their period needs no stretching",
        ),
        longer + n_set,
    )
