"""Owns services called 日祝, 休日 or 平日 whose calendar says nothing about public holidays."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import is_japanese_holiday
from geodata.errors import Text, warning
from geodata.readers.tables import listed

if TYPE_CHECKING:
    import pandas as pd

    from geodata.readers.gtfs_tables import Feed
    from geodata.units import BoolArray, IntArray

SUNDAY_BIT, HOLIDAY_BIT = 6, 7
_LONGEST_SPAN_DAYS = 1200

ON_HOLIDAYS = re.compile(r"日祝|日・祝|日祭|休日|祝日|祝祭|土日祝|土休|holiday", re.IGNORECASE)
"""Names of services that run on public holidays; 平日 and 土曜 do not."""

NOT_ON_HOLIDAYS = re.compile(r"平日|祝日?[はを]?除|祝日?運休|weekday", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """What becomes of the services of a feed on public holidays: `day_mask`, `holiday_aware` by service, shape (V,)."""

    day_mask: IntArray
    holiday_aware: BoolArray


def holiday_rule(feed: Feed, services: pd.DataFrame, exceptions: pd.DataFrame, *, repair: bool) -> HolidayRule:
    """
    Return the day masks of a feed's services, with public holidays where its calendar forgot them.

    A Japanese feed has forgotten them if a service is called 日祝, 休日 …, or one is called 平日 beside one that runs
    on Sundays, and not one public holiday from Monday to Saturday inside its span has an exception. With `repair`, the
    services of Sundays run on those holidays and no others; where a service called so does not run on Sundays (土祝),
    only those called so.

    Parameters
    ----------
    feed
        The feed; gets a warning with the number of holidays.
    services
        Columns service_id, day_mask, start_day, end_day.
    exceptions
        Columns service_id, day, added.
    repair
        Whether to mend it; the warning comes in either case.
    """
    mask = services["day_mask"].to_numpy(dtype=np.int64)
    plain = HolidayRule(mask.astype(np.int32), np.zeros(len(mask), dtype=np.bool_))
    names = [str(s) for s in services["service_id"]]
    regular = mask > 0
    sunday = ((mask >> SUNDAY_BIT) & 1).astype(np.bool_)
    weekday = np.array([bool(NOT_ON_HOLIDAYS.search(n)) for n in names], dtype=np.bool_)
    named = np.array([bool(ON_HOLIDAYS.search(n)) for n in names], dtype=np.bool_) & ~weekday & regular
    if not _is_japanese(feed) or not (named.any() or ((weekday & regular).any() and sunday.any())):
        return plain
    days = _holidays(services.loc[regular])
    if not days or {d.toordinal() for d in days} & set(exceptions["day"].tolist()):
        return plain
    running = named if (named & ~sunday).any() else named | sunday
    _tell(
        feed, days, listed(n for n, own in zip(names, (named | weekday) & regular, strict=True) if own), repair=repair
    )
    if not repair:
        return plain
    feed.note_repair("gtfs.holidays_missing", len(days))
    return HolidayRule((mask | (running.astype(np.int64) << HOLIDAY_BIT)).astype(np.int32), regular)


def _holidays(services: pd.DataFrame) -> list[dt.date]:
    """Return the public holidays from Monday to Saturday within the span of the services."""
    first, last = int(services["start_day"].min()), int(services["end_day"].max())
    last = min(last, first + _LONGEST_SPAN_DAYS)
    days = [dt.date.fromordinal(d) for d in range(first, last + 1)]
    return [d for d in days if d.weekday() != SUNDAY_BIT and is_japanese_holiday(d.isoformat())]


def _is_japanese(feed: Feed) -> bool:
    return str(feed.table("agency")["agency_timezone"].iloc[0]) in {"Asia/Tokyo", "Japan", ""}


def _tell(feed: Feed, days: list[dt.date], who: str, *, repair: bool) -> None:
    span = f"{days[0]}–{days[-1]}"
    feed.problems.append(
        warning(
            "gtfs.holidays_missing",
            feed.where("calendar_dates"),
            Text(
                f"{who} というサービスがありますが、期間内の祝日 {len(days)} 日（{span}）がどれも登録されていません",
                f"there are services called {who}, but none of {len(days)} public holidays ({span}) is in the calendar",
            ),
            Text(
                "祝日は日曜・日祝の便が走るものとします（設定 holidays: calendar で登録どおりにできます）",
                "Sunday services are taken to run on holidays (holidays: calendar takes the feed as it is)",
            )
            if repair
            else Text("登録どおり、祝日も曜日の便が走るものとします", "as registered, holidays are ordinary days"),
            len(days),
        ),
    )
