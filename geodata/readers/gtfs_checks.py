"""Owns what is odd about the tables of a feed without being in the way: names, codes, values of no meaning."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Problem, Severity, Text
from geodata.readers.tables import NO_HINT, ROW, at, listed

if TYPE_CHECKING:
    import pandas as pd

    from geodata.readers.gtfs_tables import Feed
    from geodata.units import BoolArray

ALLOWED: dict[tuple[str, str], frozenset[str]] = {
    ("stops", "location_type"): frozenset("01234"),
    ("stops", "wheelchair_boarding"): frozenset("012"),
    ("trips", "direction_id"): frozenset("01"),
    ("stop_times", "pickup_type"): frozenset("0123"),
    ("stop_times", "drop_off_type"): frozenset("0123"),
    ("stop_times", "timepoint"): frozenset("01"),
    ("frequencies", "exact_times"): frozenset("01"),
    ("transfers", "transfer_type"): frozenset("012345"),
    ("fare_attributes", "payment_method"): frozenset("01"),
    ("calendar", "monday"): frozenset("01"),
    ("calendar", "saturday"): frozenset("01"),
    ("calendar", "sunday"): frozenset("01"),
}
"""Values with a meaning; an empty one stands for the default."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A kind of odd row: code, severity, the column to quote, message of the first values, and hint."""

    code: str
    severity: Severity
    column: str
    message: Text
    hint: Text = NO_HINT


def tell_rows(feed: Feed, table: str, odd: BoolArray | pd.Series[bool], oddity: Oddity) -> None:
    """Tell odd rows of a table once, with the first of them and their number; they stay."""
    mask = np.asarray(odd, dtype=bool)
    if not mask.any():
        return
    rows = feed.table(table).loc[mask]
    who = listed(rows[oddity.column].unique()) if oddity.column in rows else ""
    shown = Text(f"{oddity.message.ja}: {who}", f"{oddity.message.en}: {who}") if who else oddity.message
    where = at(feed.where(table), rows[ROW].iloc[0])
    feed.problems.append(Problem(oddity.severity, oddity.code, where, shown, oddity.hint, len(rows)))


def check_tables(feed: Feed) -> None:
    """Tell what is odd about the tables of a feed as read; nothing is changed."""
    _check_agency(feed)
    _check_routes(feed)
    _check_values(feed)
    _check_stop_times(feed)
    _check_feed_info(feed)
    odd = feed.column("fare_attributes", "currency_type")
    tell_rows(feed, "fare_attributes", ~odd.str.fullmatch(r"[A-Z]{3}"), _CURRENCY)
    calendar = feed.table("calendar")
    if len(calendar):
        tell_rows(feed, "calendar", calendar["start_date"] > calendar["end_date"], _SPAN)


_CURRENCY = Oddity(
    "gtfs.currency",
    Severity.WARNING,
    "currency_type",
    Text("通貨コードではない currency_type です", "currency_type is no currency code"),
    Text("JPY のように書いてください", "write it like JPY"),
)
_SPAN = Oddity(
    "gtfs.calendar_span",
    Severity.WARNING,
    "service_id",
    Text("終わりが始まりより前のサービスです（走る日がありません）", "services that end before they start never run"),
    Text("start_date と end_date を確かめてください", "check start_date and end_date"),
)
_ZONE = Oddity(
    "gtfs.timezone_unknown",
    Severity.WARNING,
    "agency_timezone",
    Text("知られていない時間帯です", "an unknown time zone"),
    Text("日本なら Asia/Tokyo と書いてください", "write it like Asia/Tokyo"),
)
_ZONES = Oddity(
    "gtfs.timezones",
    Severity.WARNING,
    "agency_timezone",
    Text("agency.txt の時間帯が事業者ごとに違います", "agencies of one feed have several time zones"),
    Text("最初のものを使います", "the first one is used"),
)
_NAMELESS = Oddity(
    "gtfs.route_without_name",
    Severity.WARNING,
    "route_id",
    Text("名前のない路線です", "routes without a name"),
    Text("route_id を名前として使います", "their ids stand for their names"),
)
_COLOR = Oddity(
    "gtfs.color",
    Severity.INFO,
    "route_color",
    Text("色ではない route_color です", "route_color is no color"),
    Text("FF8000 のような 6 桁で書いてください", "write six digits like FF8000"),
)
_SHAPE = Oddity(
    "gtfs.unknown_shape",
    Severity.WARNING,
    "shape_id",
    Text("shapes.txt にない線形を使う便です", "trips name shapes that are not in shapes.txt"),
    Text("地図では停留所を直線で結びます", "the map joins their stops by straight lines"),
)
_TIMEPOINT = Oddity(
    "gtfs.timepoint_without_time",
    Severity.WARNING,
    "trip_id",
    Text("timepoint=1 なのに時刻がありません", "timepoint is 1, but there is no time"),
    Text("前後から補います", "it is filled in from its neighbours"),
)
_ONE_TIME = Oddity(
    "gtfs.one_time_only",
    Severity.INFO,
    "",
    Text("着と発の一方だけの時刻は、両方に使います", "a lone arrival or departure time stands for both"),
)
_ARRANGED = Oddity(
    "gtfs.by_arrangement",
    Severity.INFO,
    "",
    Text(
        "電話予約・乗務員に申告の乗降（2、3）は乗降できるものとします",
        "boarding by arrangement (2, 3) counts as allowed",
    ),
)
_CONTINUOUS = Oddity(
    "gtfs.continuous_pickup",
    Severity.INFO,
    "",
    Text("自由乗降区間は停留所だけで乗り降りするものとします", "hail-and-ride sections: only the stops are used"),
)
_NO_DATES = Oddity(
    "gtfs.feed_info_date",
    Severity.INFO,
    "",
    Text("feed_info.txt に有効期間がありません", "feed_info.txt names no span"),
)


def _check_agency(feed: Feed) -> None:
    zone = feed.column("agency", "agency_timezone")
    tell_rows(feed, "agency", np.array([not _is_zone(z) for z in zone], dtype=np.bool_), _ZONE)
    if len(zone.unique()) > 1:
        tell_rows(feed, "agency", zone != zone.iloc[0], _ZONES)


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check_routes(feed: Feed) -> None:
    names = feed.column("routes", "route_short_name") + feed.column("routes", "route_long_name")
    named = set(feed.column("routes_jp", "route_id")) if "routes_jp" in feed.tables else set()
    tell_rows(feed, "routes", (names == "") & ~feed.table("routes")["route_id"].isin(named), _NAMELESS)
    color = feed.column("routes", "route_color")
    tell_rows(feed, "routes", (color != "") & ~color.str.fullmatch(r"#?[0-9A-Fa-f]{6}"), _COLOR)
    shape = feed.column("trips", "shape_id")
    tell_rows(feed, "trips", (shape != "") & ~shape.isin(feed.column("shapes", "shape_id").unique()), _SHAPE)


def _check_values(feed: Feed) -> None:
    for (table, column), allowed in ALLOWED.items():
        if column not in feed.table(table):
            continue
        values = feed.table(table)[column]
        odd = ~values.isin([*allowed, ""])
        message = Text(f"{column} の値に意味がありません", f"values of {column} without a meaning")
        tell_rows(feed, table, odd, Oddity("gtfs.unexpected_value", Severity.WARNING, column, message))


def _check_stop_times(feed: Feed) -> None:
    arrival, departure = (feed.column("stop_times", f"{n}_time") == "" for n in ("arrival", "departure"))
    tell_rows(feed, "stop_times", arrival & departure & (feed.column("stop_times", "timepoint") == "1"), _TIMEPOINT)
    tell_rows(feed, "stop_times", arrival != departure, _ONE_TIME)
    arranged = feed.column("stop_times", "pickup_type").isin(["2", "3"])
    arranged |= feed.column("stop_times", "drop_off_type").isin(["2", "3"])
    tell_rows(feed, "stop_times", arranged, _ARRANGED)
    for table in ("routes", "stop_times"):
        own = [feed.column(table, f"continuous_{n}").isin(["0", "2", "3"]) for n in ("pickup", "drop_off")]
        tell_rows(feed, table, own[0] | own[1], _CONTINUOUS)


def _check_feed_info(feed: Feed) -> None:
    dates = [feed.column("feed_info", f"feed_{n}_date") == "" for n in ("start", "end")]
    tell_rows(feed, "feed_info", dates[0] | dates[1], _NO_DATES)
