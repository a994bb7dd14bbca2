"""Owns the small tables of a feed as columns of the timetable: stops, routes, services, transfers, fares."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.calendar import parse_date
from geodata.errors import DataError, Problem, Text
from geodata.readers.gtfs_holidays import holiday_rule
from geodata.readers.gtfs_tables import WEEKDAYS, Feed, Finding, drop_rows, row_errors
from geodata.readers.gtfs_texts import ENGLISH
from geodata.readers.tables import ROW, at, note, numbers_of
from geodata.timetable import RouteClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.units import IntArray

RAIL_TYPES = frozenset({0, 1, 2, 5, 7, 11, 12, *range(100, 118), *range(400, 406), *range(900, 907)})
"""route_type of trams, metros, trains, cable and funicular railways, monorails, with the extended codes."""

_FERRY_AND_AIR = frozenset({4, 6, *range(1000, 1400)})


def class_of(route_type: int) -> str:
    """Return the `RouteClass` of a GTFS route_type; what is neither rail, ferry nor cable car is a bus."""
    if route_type in RAIL_TYPES:
        return RouteClass.RAIL.value
    return RouteClass.OTHER.value if route_type in _FERRY_AND_AIR else RouteClass.BUS.value


def route_columns(feed: Feed, brt_routes: Sequence[str], source_id: str) -> pd.DataFrame:
    """
    Return one row per route: columns of `Routes`, `short`, `long`; those in `brt_routes` are of class ``brt``.

    A route without any name is called after the ends that ``routes_jp.txt`` gives.
    """
    routes = feed.table("routes")
    types = numbers_of(routes, "route_type")
    if np.isnan(types).any():
        finding = Finding(
            "gtfs.route_type",
            "route_type",
            lambda v: Text(f"route_type {v!r} は数値ではありません", f"route_type {v!r} is no number"),
            Text("バスは 3、鉄道は 2 と書いてください", "write 3 for buses, 2 for trains"),
        )
        raise DataError([*feed.problems, *row_errors(feed, "routes", np.isnan(types), finding)])
    short, long = feed.column("routes", "route_short_name"), feed.column("routes", "route_long_name")
    long = _long_names(feed, short, long)
    names = [_name(s, n, i) for s, n, i in zip(short, long, routes["route_id"], strict=True)]
    frame = pd.DataFrame({"route_id": routes["route_id"], "name": names, "short": short, "long": long})
    short_en, long_en = (feed.column("routes", ENGLISH.format(f"route_{n}_name")) for n in ("short", "long"))
    frame["name_en"] = [
        _name(s, n or kept, i) for s, n, kept, i in zip(short_en, long_en, long, routes["route_id"], strict=True)
    ]
    frame["agency"] = _agency_names(feed)
    frame["route_type"] = types.astype(np.int32)
    frame["route_class"] = [class_of(int(t)) for t in types]
    named = [
        any(is_named(pattern, *texts) for pattern in brt_routes)
        for texts in zip(routes["route_id"], short, long, names, strict=True)
    ]
    frame.loc[named, "route_class"] = RouteClass.BRT.value
    frame["color"] = feed.column("routes", "route_color").str.removeprefix("#")
    frame["source_id"] = source_id
    return frame


def service_columns(feed: Feed, *, mend_holidays: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return services (service_id, day_mask, holiday_aware, start_day, end_day), exceptions (service_id, day, added).

    A service that only ``calendar_dates.txt`` names runs on its added days alone. `mend_holidays`: see `holiday_rule`.
    """
    calendar, dates = feed.table("calendar"), feed.table("calendar_dates")
    mask = np.zeros(len(calendar), dtype=np.int64)
    for bit, name in enumerate(WEEKDAYS):
        mask |= (calendar[name] == "1").to_numpy(dtype=np.int64) << bit
    start, end = (_days(feed, "calendar", c) for c in ("start_date", "end_date"))
    day = _days(feed, "calendar_dates", "date")
    services = pd.DataFrame(
        {"service_id": calendar["service_id"], "day_mask": mask, "start_day": start, "end_day": end}
    )
    exceptions = pd.DataFrame(
        {"service_id": dates["service_id"], "day": day, "added": (dates["exception_type"] == "1").to_numpy()},
    )
    rest = exceptions[~exceptions["service_id"].isin(services["service_id"])]
    if len(rest):
        span = rest.groupby("service_id", sort=False)["day"].agg(["min", "max"]).reset_index()
        extra = pd.DataFrame(
            {"service_id": span["service_id"], "day_mask": 0, "start_day": span["min"], "end_day": span["max"]},
        )
        services = pd.concat([services, extra], ignore_index=True) if len(services) else extra
    rule = holiday_rule(feed, services, exceptions, repair=mend_holidays)
    return services.assign(day_mask=rule.day_mask, holiday_aware=rule.holiday_aware), exceptions


def transfer_columns(feed: Feed) -> pd.DataFrame:
    """Return transfers between known stops (from_stop, to_stop as ids, kind, min_time_s)."""
    frame = feed.table("transfers")
    known = feed.table("stops")["stop_id"]
    for column in ("from_stop_id", "to_stop_id"):
        frame = feed.table("transfers")
        finding = Finding(
            "gtfs.unknown_stop",
            column,
            lambda v: Text(f"停留所 {v!r} が stops.txt にありません", f"stop {v!r} is not in stops.txt"),
            Text("stops.txt にこの id を加えるか、行を消してください", "add the id to stops.txt or delete the row"),
        )
        drop_rows(feed, "transfers", ~frame[column].isin(known) & (frame[column] != ""), finding)
    frame = feed.table("transfers")
    kind = numbers_of(frame, "transfer_type")
    kind = np.where(np.isnan(kind), 0, kind).astype(np.int32)
    narrow = np.zeros(len(frame), dtype=bool)
    for column in ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id"):
        narrow |= (feed.column("transfers", column) != "").to_numpy()
    narrow |= (kind > 3) | (frame["from_stop_id"] == "").to_numpy() | (frame["to_stop_id"] == "").to_numpy()  # noqa: PLR2004 -- 4, 5: in-seat
    single = Text("路線・便ごとの乗換規則は使いません", "transfer rules for single routes or trips are not used")
    feed.note_ignored("transfers", "gtfs.transfer_ignored", narrow, single)
    feed.used["transfers"] = int((~narrow).sum())
    seconds = numbers_of(frame, "min_transfer_time") if "min_transfer_time" in frame else np.full(len(frame), np.nan)
    rows = pd.DataFrame({"from_stop": frame["from_stop_id"], "to_stop": frame["to_stop_id"], "kind": kind})
    rows["min_time_s"] = np.where(np.isnan(seconds), -1, seconds).astype(np.int32)
    return rows[~narrow]


def _name(short: str, long: str, route_id: str) -> str:
    if short and long and short not in long:
        return f"{short} {long}"
    return long or short or route_id


def _long_names(feed: Feed, short: pd.Series[str], long: pd.Series[str]) -> pd.Series[str]:
    """Return the long names; where a route has neither name, ``origin〜via〜destination`` of ``routes_jp.txt``."""
    nameless = (short == "") & (long == "")
    ends = feed.table("routes_jp")
    if not nameless.any() or "route_id" not in ends:
        return long
    parts = [feed.column("routes_jp", c) for c in ("origin_stop", "via_stop", "destination_stop")]
    texts = ["〜".join(p for p in row if p) for row in zip(*parts, strict=True)]
    by_id = dict(zip(ends["route_id"], texts, strict=True))
    made = feed.table("routes")["route_id"].map(by_id).fillna("").where(nameless, "")
    count = int((made != "").sum())
    if count:
        first = feed.table("routes").loc[(made != "").to_numpy(dtype=bool)].iloc[0]
        feed.note_repair("gtfs.route_named_by_ends", count)
        feed.problems.append(
            note(
                "gtfs.route_named_by_ends",
                at(feed.where("routes"), first[ROW]),
                Text(
                    "名前のない路線を routes_jp.txt の起点・経由・終点で呼びます",
                    "routes without a name are called after origin and destination in routes_jp.txt",
                ),
                count=count,
            ),
        )
    return long.where(~nameless, made)


def _agency_names(feed: Feed) -> list[str]:
    agency = feed.table("agency")
    names = feed.column("agency", "agency_name")
    by_id = dict(zip(feed.column("agency", "agency_id"), names, strict=True))
    only = str(names.iloc[0]) if len(agency) == 1 else ""
    return [by_id.get(a, only) for a in feed.column("routes", "agency_id")]


def _days(feed: Feed, table: str, column: str) -> IntArray:
    """Return dates as proleptic ordinals; a text that is no date is an error."""
    frame = feed.table(table)
    codes, texts = pd.factorize(frame[column])
    days: list[int] = []
    problems: list[Problem] = []
    for number, text in enumerate(texts):
        where = at(feed.where(table), frame.loc[codes == number, ROW].iloc[0])
        try:
            days.append(parse_date(str(text), where).toordinal())
        except DataError as exc:
            problems.extend(exc.problems)
    if problems:
        raise DataError([*feed.problems, *problems])
    found: IntArray = np.array(days, dtype=np.int32)[codes] if days else np.zeros(0, dtype=np.int32)
    return found


def is_named(pattern: str, *texts: str) -> bool:
    """Return whether a name or id fits a pattern (``*`` and ``?`` allowed)."""
    return any(fnmatchcase(text, pattern) for text in texts if text)
