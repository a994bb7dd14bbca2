"""Owns how visits of the mobile office are written: weekdays, weeks, clock times, minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from geodata.mobile_office import OfficeVisit

DAYS = tuple(
    Text(ja, en) for ja, en in zip("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)
"""Weekday → its short name, 0 = Monday."""


def clock(seconds: int) -> str:
    """Return a time of day as ``HH:MM``, seconds cut off."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def minutes_up(seconds: int) -> int:
    """Return whole minutes, rounded up."""
    return -(-seconds // 60)


def when(visit: OfficeVisit) -> Text:
    """Return when a visit takes place: weeks, weekday, from and to."""
    weeks = visit.weeks_of_month
    day, span = DAYS[visit.weekday], f"{clock(visit.start_s)}–{clock(visit.end_s)}"
    if not weeks:
        return Text(f"毎週{day.ja} {span}", f"every {day.en} {span}")
    numbers = "・".join(map(str, weeks))
    return Text(f"第{numbers}{day.ja} {span}", f"{day.en} of weeks {', '.join(map(str, weeks))}, {span}")
