"""Owns which days stand for 平日, 土曜 and 日祝 of a timetable."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import day_type
from geodata.errors import Problem, Severity, Text, warning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city_config import CityConfig
    from geodata.readers.gtfs import FeedReading
    from geodata.timetable import Timetable
    from geodata.units import IntArray

    Days = tuple[dt.date, dt.date, dt.date]

_LONGEST_SEARCH_DAYS = 800
_FAR_YEAR = 2050
_KINDS = ("weekday", "saturday", "holiday")


def choose_days(config: CityConfig, reading: FeedReading) -> tuple[Days, list[Problem]]:
    """
    Return the days to use, and what to know about them.

    A day in the configuration is used as it is, with a warning if a feed's calendar does not hold it. Where nothing
    runs on it, as after the end of a calendar, the representative day stands in, and the warning says so. A day not
    configured is the first of its kind, among those all feeds hold and declare in ``feed_info.txt``, with the number
    of trips that most such days have.
    """
    problems: list[Problem] = []
    given = (config.date, config.saturday, config.holiday)
    spans = declared_spans(reading)
    chosen = representative_days(reading.timetable, list(spans.values()), japanese=_is_japanese(reading.timetable))
    names = ("date", "saturday", "holiday")
    found: list[dt.date] = []
    for name, day, instead in zip(names, given, chosen, strict=True):
        idle = day is not None and not _runs(reading.timetable, day) and _runs(reading.timetable, instead)
        found.append(instead if day is None or idle else day)
        if day is not None:
            problems += _check_day(name, day, instead, reading, replaced=idle)
    if config.date is None:
        span = "、".join(f"{feed}: {a}–{b}" for feed, (a, b) in spans.items())
        problems.append(
            Problem(
                Severity.INFO,
                "build.date_chosen",
                "date",
                Text(
                    f"平日として {chosen[0]} を使います（有効期間 {span}）", f"{chosen[0]} stands for weekdays ({span})"
                ),
                Text("別の日にするには date: を書いてください", "write date: to use another day"),
            ),
        )
    return (found[0], found[1], found[2]), problems


def declared_spans(reading: FeedReading) -> dict[str, tuple[str, str]]:
    """
    Return feed → first and last day on which its times are both in its calendar and declared in ``feed_info.txt``.

    A calendar may begin long before the times of this edition were true. Where the two share no day, or nothing is
    declared, the calendar stands.
    """
    spans = dict(reading.valid)
    for feed, (first, last) in reading.valid.items():
        about = reading.about.get(feed)
        start, end = (about.start or first, about.end or last) if about else (first, last)
        if max(first, start) <= min(last, end):
            spans[feed] = (max(first, start), min(last, end))
    return spans


def representative_days(
    timetable: Timetable,
    valid: Sequence[tuple[str, str]],
    *,
    japanese: bool = True,
) -> Days:
    """Return a weekday, Saturday and Sunday-or-holiday typical of a timetable; a kind that never runs gets the next."""
    first = max(dt.date.fromisoformat(a) for a, _ in valid)
    last = min(dt.date.fromisoformat(b) for _, b in valid)
    if first > last:  # the feeds never run together
        first, last = min(dt.date.fromisoformat(a) for a, _ in valid), max(dt.date.fromisoformat(b) for _, b in valid)
    first = _search_from(timetable, first, last)
    span = min((last - first).days + 1, _LONGEST_SEARCH_DAYS)
    days = [first + dt.timedelta(days=n) for n in range(span)]
    per_service = np.bincount(timetable.trips.service, minlength=len(timetable.services.service_id)).astype(np.int32)
    running = [trips_on(timetable, day, per_service) for day in days]
    found = []
    for kind in _KINDS:
        own = [(day, n) for day, n in zip(days, running, strict=True) if n and _kind_of(day, japanese=japanese) == kind]
        usual = Counter(n for _, n in own).most_common()
        most = max((n for n, times in usual if times == usual[0][1]), default=0)
        found.append(next((day for day, n in own if n == most), _next_of_kind(first, kind)))
    return found[0], found[1], found[2]


def _search_from(timetable: Timetable, first: dt.date, last: dt.date) -> dt.date:
    """
    Return the first day to look at; later than `first` only where a calendar runs for longer than is searched.

    Calendars such as 2000–2099 say nothing about when their times were true: days with exceptions do, else the end of
    the calendar where it is not far off.
    """
    if (last - first).days < _LONGEST_SEARCH_DAYS:
        return first
    named = timetable.services.exception_day
    named = named[(named >= first.toordinal()) & (named <= last.toordinal())]
    end = int(named.max()) if len(named) else last.toordinal()
    if not len(named) and last.year >= _FAR_YEAR:
        return first
    return dt.date.fromordinal(max(first.toordinal(), end - _LONGEST_SEARCH_DAYS + 1))


def trips_on(timetable: Timetable, day: dt.date, per_service: IntArray) -> int:
    """Return how many trips run on a day."""
    return int(per_service[timetable.services.active_on(day.isoformat())].sum())


def _runs(timetable: Timetable, day: dt.date) -> bool:
    per_service = np.bincount(timetable.trips.service, minlength=len(timetable.services.service_id)).astype(np.int32)
    return trips_on(timetable, day, per_service) > 0


def _check_day(name: str, day: dt.date, instead: dt.date, reading: FeedReading, *, replaced: bool) -> list[Problem]:
    problems = []
    then = Text(f"。代わりに {instead} で計算します", f"; {instead} is used instead") if replaced else Text("", "")
    for feed, (first, last) in reading.valid.items():
        if not first <= day.isoformat() <= last:
            problems.append(
                warning(
                    "gtfs.calendar_over",
                    f"{feed}/calendar.txt",
                    Text(
                        f"{name}: {day} は運行カレンダーの期間（{first}–{last}）の外です{then.ja}",
                        f"{name}: {day} lies outside the calendar ({first}–{last}){then.en}",
                    ),
                    Text(
                        f"新しい GTFS にするか、設定の {name}: を期間内の日（例: {instead}）にしてください",
                        f"use a newer feed, or set {name}: to a day inside, such as {instead}",
                    ),
                ),
            )
    if not problems and not _runs(reading.timetable, day):
        problems.append(
            warning(
                "gtfs.no_service",
                f"{name}: {day}",
                Text(f"{day} に走る便がありません{then.ja}", f"no trip runs on {day}{then.en}"),
                Text(f"別の日（例: {instead}）にしてください", f"use another day, such as {instead}"),
            ),
        )
    return problems


def _is_japanese(timetable: Timetable) -> bool:
    return timetable.agency_timezone in {"Asia/Tokyo", "Japan", ""}


def _kind_of(day: dt.date, *, japanese: bool) -> str:
    if japanese:
        return day_type(day.isoformat())
    return {5: "saturday", 6: "holiday"}.get(day.weekday(), "weekday")


def _next_of_kind(first: dt.date, kind: str) -> dt.date:
    weekday = {"weekday": 2, "saturday": 5, "holiday": 6}[kind]
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7)
