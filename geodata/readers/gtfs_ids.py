"""Owns the ids of a feed: each once, each leading somewhere; what does not is left out and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text, warning
from geodata.readers.gtfs_tables import Feed, Finding, drop_rows
from geodata.readers.tables import ROW, at, listed, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.units import BoolArray

KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stops", ("stop_id",)),
    ("routes", ("route_id",)),
    ("trips", ("trip_id",)),
    ("calendar", ("service_id",)),
    ("fare_attributes", ("fare_id",)),
)
"""Tables whose rows have an id, which must not be empty."""

FIRST_KEPT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stop_times", ("trip_id", "stop_sequence")),
    ("shapes", ("shape_id", "shape_pt_sequence")),
    ("frequencies", ("trip_id", "start_time")),
    ("fare_rules", ("fare_id", "route_id", "origin_id", "destination_id", "contains_id")),
    (
        "transfers",
        ("from_stop_id", "to_stop_id", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id"),
    ),
)
"""Tables in which a row with the same values in all of these columns says nothing new."""


def check_ids(feed: Feed) -> None:
    """
    Leave out rows with an id seen before and rows that lead nowhere, with warnings.

    Raises
    ------
    DataError
        If they are more than is tolerated.
    """
    _drop_duplicates(feed, "agency", ("agency_id",))
    for table, keys in KEYS:
        empty = (feed.column(table, keys[0]) == "").to_numpy(dtype=bool)
        drop_rows(feed, table, empty, _no_id(table, keys[0]))
        _drop_duplicates(feed, table, keys)
    for table, keys in FIRST_KEPT:
        _drop_duplicates(feed, table, keys)
    _drop_wrong_exceptions(feed)
    _drop_duplicates(feed, "calendar_dates", ("service_id", "date"), keep="last")
    _check_trips(feed)
    _check_fares(feed)
    _check_agencies(feed)


def _check_trips(feed: Feed) -> None:
    known = set(feed.table("trips")["trip_id"])
    services = set(feed.table("calendar")["service_id"]) | set(feed.table("calendar_dates")["service_id"])
    for column, target, ids in (
        ("route_id", "routes.txt", set(feed.table("routes")["route_id"])),
        ("service_id", "calendar.txt", services),
    ):
        drop_rows(feed, "trips", ~feed.table("trips")[column].isin(ids), dangling(column, target))
    left = set(feed.table("trips")["trip_id"])
    for table in ("stop_times", "frequencies"):
        owner = feed.column(table, "trip_id")
        drop_with(feed, table, owner.isin(known - left).to_numpy(dtype=bool), "trip_id")
        owner = feed.column(table, "trip_id")
        drop_rows(feed, table, ~owner.isin(left), dangling("trip_id", "trips.txt"))
    _leave_flexible(feed)
    times = feed.table("stop_times")
    drop_rows(
        feed, "stop_times", ~times["stop_id"].isin(feed.table("stops")["stop_id"]), dangling("stop_id", "stops.txt")
    )


def drop_with(feed: Feed, table: str, gone: BoolArray, column: str) -> None:
    """Leave out rows that belong to something left out before, with one note; however many they are."""
    if not gone.any():
        return
    first = feed.table(table).loc[gone].iloc[0]
    code = "gtfs.rows_of_left_out"
    feed.problems.append(
        note(
            code,
            at(feed.where(table), first[ROW]),
            Text(
                f"除いた {column} {first[column]!r} などの行も除きました",
                f"rows of {column} {first[column]!r} and others left out before were left out too",
            ),
            count=int(gone.sum()),
        ),
    )
    feed.leave_out(table, code, gone)


def dangling(column: str, target: str) -> Finding:
    """Return the finding of an id that its table does not have."""
    kind = column.removesuffix("_id").removeprefix("from_").removeprefix("to_")
    return Finding(
        f"gtfs.unknown_{kind}",
        column,
        lambda value: Text(f"{column} {value!r} が {target} にありません", f"{column} {value!r} is not in {target}"),
        Text(f"{target} にこの id を加えるか、行を消してください", f"add the id to {target} or delete the row"),
    )


def _no_id(table: str, column: str) -> Finding:
    return Finding(
        "gtfs.missing_id",
        column,
        lambda _: Text(f"{column} が空です", f"{column} is empty"),
        Text(f"{table}.txt の行に id を書いてください", f"give the row of {table}.txt an id"),
    )


def _leave_flexible(feed: Feed) -> None:
    places = (feed.column("stop_times", "location_id") + feed.column("stop_times", "location_group_id")) != ""
    flexible = (places & (feed.table("stop_times")["stop_id"] == "")).to_numpy(dtype=bool)
    if not flexible.any():
        return
    trips = feed.table("stop_times")["trip_id"].where(flexible).dropna().unique()
    gone = feed.table("stop_times")["trip_id"].isin(trips).to_numpy(dtype=bool)
    feed.problems.append(
        warning(
            "gtfs.flexible_trip",
            at(feed.where("stop_times"), feed.table("stop_times").loc[flexible, ROW].iloc[0]),
            Text(
                f"区域や地点群で乗り降りする便（{listed(trips)}）は使いません",
                f"trips that serve areas instead of stops ({listed(trips)}) are not used",
            ),
            Text("デマンド交通は設定の on_demand で表してください", "describe on-demand services in the configuration"),
            int(gone.sum()),
        ),
    )
    feed.leave_out("stop_times", "gtfs.flexible_trip", gone)


def _drop_wrong_exceptions(feed: Feed) -> None:
    kind = feed.column("calendar_dates", "exception_type")
    finding = Finding(
        "gtfs.exception_type",
        "exception_type",
        lambda v: Text(f"exception_type {v!r} は 1 でも 2 でもありません", f"exception_type {v!r} is neither 1 nor 2"),
        Text("運行する日は 1、しない日は 2 と書いてください", "write 1 for an added day, 2 for a removed one"),
    )
    drop_rows(feed, "calendar_dates", ~kind.isin(["1", "2"]), finding)


def _check_fares(feed: Feed) -> None:
    """
    Leave out rules that lead nowhere, however many: a timetable can do without them.

    A fare of which no rule is left goes with them; without rules it would count everywhere.
    """
    fares = set(feed.column("fare_attributes", "fare_id"))
    ruled = set(feed.column("fare_rules", "fare_id"))
    wrong = ~feed.column("fare_rules", "fare_id").isin(fares)
    drop_rows(feed, "fare_rules", wrong, dangling("fare_id", "fare_attributes.txt"), tolerated_share=1.0)
    known = set(feed.table("routes")["route_id"]) | {""}
    wrong = ~feed.column("fare_rules", "route_id").isin(known)
    drop_rows(feed, "fare_rules", wrong, dangling("route_id", "routes.txt"), tolerated_share=1.0)
    bare = ruled - set(feed.column("fare_rules", "fare_id"))
    drop_with(
        feed, "fare_attributes", feed.column("fare_attributes", "fare_id").isin(bare).to_numpy(dtype=bool), "fare_id"
    )
    zones = set(feed.column("stops", "zone_id")) | {""}
    lost = np.zeros(len(feed.table("fare_rules")), dtype=bool)
    for column in ("origin_id", "destination_id", "contains_id"):
        lost |= ~feed.column("fare_rules", column).isin(zones).to_numpy(dtype=bool)
    if lost.any():
        feed.problems.append(
            warning(
                "gtfs.unknown_zone",
                at(feed.where("fare_rules"), feed.table("fare_rules").loc[lost, ROW].iloc[0]),
                Text("どの停留所の zone_id でもないゾーンの運賃です", "fares of zones that no stop lies in"),
                Text("stops.txt の zone_id を確かめてください", "check zone_id in stops.txt"),
                int(lost.sum()),
            ),
        )


def _check_agencies(feed: Feed) -> None:
    known = set(feed.column("agency", "agency_id")) | {""}
    used = feed.column("routes", "agency_id")
    lost = (
        (~used.isin(known)).to_numpy(dtype=bool) if "agency_id" in feed.table("agency") else np.zeros(len(used), bool)
    )
    if lost.any():
        first = feed.table("routes").loc[lost].iloc[0]
        feed.problems.append(
            warning(
                "gtfs.unknown_agency",
                at(feed.where("routes"), first[ROW]),
                Text(
                    f"agency_id {first['agency_id']!r} が agency.txt にありません",
                    f"agency_id {first['agency_id']!r} is not in agency.txt",
                ),
                Text("agency.txt にこの id を加えてください", "add the id to agency.txt"),
                int(lost.sum()),
            ),
        )


def _drop_duplicates(feed: Feed, table: str, keys: Sequence[str], keep: str = "first") -> None:
    frame = feed.table(table)
    own = [k for k in keys if k in frame]
    if not own or len(frame) < 2:  # noqa: PLR2004 -- one row repeats nothing
        return
    again = frame.duplicated(own, keep="last" if keep == "last" else "first").to_numpy(dtype=bool)
    count = int(again.sum())
    if not count:
        return
    first = frame.loc[again].iloc[0]
    value = listed(first[k] for k in own)
    kept = Text("最初の行を残し、あとの行を除きます", "the first row is kept, the later ones are left out")
    if keep == "last":
        kept = Text("最後の行を残し、前の行を除きます", "the last row is kept, the earlier ones are left out")
    feed.problems.append(
        warning(
            "gtfs.duplicate_id",
            at(feed.where(table), first[ROW]),
            Text(f"{'+'.join(own)} {value} が重複しています", f"{'+'.join(own)} {value} occurs again"),
            kept,
            count,
        ),
    )
    feed.note_repair("gtfs.duplicate_id", count)
    feed.leave_out(table, "gtfs.duplicate_id", again)
