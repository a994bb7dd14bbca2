"""Owns day types: weekday, Saturday, Sunday and holiday, and how many of each a year has."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from geodata.calendar import day_type, parse_date
from sim.on_demand.days import runs_on

if TYPE_CHECKING:
    from geodata.city import CityDefaults

DAY_TYPES = ("weekday", "saturday", "holiday")
_FISCAL_YEAR_BEGINS = 4


@dataclass(frozen=True, slots=True)
class DayType:
    """One type of day: `day` is its name, `date` the day that stands for all (ISO 8601), `n_days` their number."""

    day: str
    date: str
    n_days: int


@lru_cache(maxsize=8)
def year_days(defaults: CityDefaults) -> tuple[DayType, ...]:
    """
    Return the day types of the city's standard year: the fiscal year of its default weekday.

    The same year for all scenarios, so that no calendar makes a difference between two of them.
    """
    count = dict.fromkeys(DAY_TYPES, 0)
    for date in fiscal_year(defaults.date):
        count[day_type(date)] += 1
    dates = {"weekday": defaults.date, "saturday": defaults.saturday, "holiday": defaults.holiday}
    return tuple(DayType(name, dates[name], count[name]) for name in DAY_TYPES)


@lru_cache(maxsize=8)
def fiscal_year(date: str) -> tuple[str, ...]:
    """Return all dates of the Japanese fiscal year (April to March) of a date, ISO 8601."""
    day = parse_date(date)
    year = day.year if day.month >= _FISCAL_YEAR_BEGINS else day.year - 1
    first, last = dt.date(year, _FISCAL_YEAR_BEGINS, 1), dt.date(year + 1, _FISCAL_YEAR_BEGINS, 1)
    return tuple(dt.date.fromordinal(n).isoformat() for n in range(first.toordinal(), last.toordinal()))


@lru_cache(maxsize=512)
def service_days(days: int, date: str) -> int:
    """Return the days on which a service with these day bits runs in the fiscal year of a date."""
    return sum(runs_on(days, each) for each in fiscal_year(date))
