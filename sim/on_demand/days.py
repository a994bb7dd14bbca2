"""Owns on which days on-demand services run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.calendar import is_japanese_holiday, to_ordinal

if TYPE_CHECKING:
    from geodata.on_demand import OnDemandService
    from sim.context import RunContext

DAYS_A_WEEK = 7
_HOLIDAY_BIT = 7


def runs_on(days: int, date: str) -> bool:
    """Return whether day bits hold a date (ISO 8601); on a Japanese holiday only bit 7 counts, as for buses."""
    weekday = (to_ordinal(date) + 6) % DAYS_A_WEEK
    return bool(days >> (_HOLIDAY_BIT if is_japanese_holiday(date) else weekday) & 1)


def days_a_week(days: int) -> int:
    """Return the days of an ordinary week that day bits hold."""
    return (days & ((1 << DAYS_A_WEEK) - 1)).bit_count()


def bits_of(days: int) -> tuple[int, ...]:
    """Return the days of an ordinary week that day bits hold; those for holidays alone where there are none."""
    bits = tuple(bit for bit in range(DAYS_A_WEEK) if days >> bit & 1)
    return bits or tuple(bit for bit in (_HOLIDAY_BIT,) if days >> bit & 1)


def services_of_day(context: RunContext) -> tuple[OnDemandService, ...]:
    """Return the services with a plan that run on the day of the analysis."""
    date = context.analysis.service_date(context.city)
    return tuple(s for s in context.city.on_demand if s.plan is not None and runs_on(s.plan.days, date))
