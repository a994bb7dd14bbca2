"""Owns service dates, Japanese holidays and GTFS times."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from geodata.errors import DataError, Text, error

_DATE = re.compile(r"^(\d{4})(?:(\d{2})(\d{2})|([-/])(\d{1,2})\4(\d{1,2}))$")
_TIME = re.compile(r"^\s*(\d{1,3}):([0-5]?\d)(?::([0-5]?\d))?\s*$")


def parse_date(text: str, where: str = "date") -> dt.date:
    """Parse ``YYYY-MM-DD``, ``YYYY/M/D`` or ``YYYYMMDD``; raise `DataError` naming `where` otherwise."""
    match = _DATE.match(text.strip())
    year, month, day, _, month_too, day_too = match.groups() if match else ("0",) * 6
    try:
        return dt.date(int(year), int(month or month_too), int(day or day_too))
    except ValueError:
        raise DataError(
            error(
                "calendar.date",
                where,
                Text(f"日付 {text!r} を読めません", f"cannot read the date {text!r}"),
                Text("2025-10-01 の形で書いてください", "write it like 2025-10-01"),
            ),
        ) from None


def to_ordinal(date: str) -> int:
    """Return the proleptic ordinal of an ISO date."""
    return parse_date(date).toordinal()


@lru_cache(maxsize=4096)
def is_japanese_holiday(date: str) -> bool:
    """Return whether an ISO date is a Japanese public holiday (国民の祝日, substitute holidays included)."""
    import jpholiday  # noqa: PLC0415 -- loads a rule table; most runs never ask

    return bool(jpholiday.is_holiday(parse_date(date)))


def day_type(date: str) -> str:
    """Return ``weekday``, ``saturday`` or ``holiday`` (Sundays and Japanese holidays) of an ISO date."""
    day = parse_date(date)
    if day.weekday() == 6 or is_japanese_holiday(date):  # noqa: PLR2004 -- Sunday
        return "holiday"
    return "saturday" if day.weekday() == 5 else "weekday"  # noqa: PLR2004 -- Saturday


def parse_gtfs_time(text: str) -> int | None:
    """Parse ``H:MM[:SS]`` with hours past 24 allowed → seconds; None if it is not a time."""
    match = _TIME.match(text)
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)


def format_time(seconds: int) -> str:
    """Return seconds after 00:00 as ``HH:MM:SS`` (hours may pass 24)."""
    sign = "-" if seconds < 0 else ""
    rest = abs(int(seconds))
    return f"{sign}{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
