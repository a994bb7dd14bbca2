"""Owns the days that stand for 平日, 土曜 and 日祝 where no timetable says which are usual."""

from __future__ import annotations

import datetime as dt

from geodata.calendar import day_type

SOME_YEAR = 2025
"""Year of a city whose inputs name none."""

_FIRST = (10, 10)
"""October, when censuses are taken: no school holidays, few public ones."""


def usual_days(year: int) -> tuple[dt.date, dt.date, dt.date]:
    """Return the first Wednesday that is no holiday, Saturday and Sunday from 10 October of a year on."""
    days = [dt.date(year, *_FIRST) + dt.timedelta(days=n) for n in range(28)]
    found = [
        next(d for d in days if d.weekday() == weekday and day_type(d.isoformat()) == kind)
        for weekday, kind in ((2, "weekday"), (5, "saturday"), (6, "holiday"))
    ]
    return found[0], found[1], found[2]
