"""Owns several feeds as one: ids of a later feed get its name in front where an earlier feed has them too."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.readers.tables import listed, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.readers.gtfs_tables import Feed

ID_COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "stop": (
        ("stops", "stop_id"),
        ("stops", "parent_station"),
        ("stop_times", "stop_id"),
        ("transfers", "from_stop_id"),
        ("transfers", "to_stop_id"),
    ),
    "route": (("routes", "route_id"), ("trips", "route_id"), ("fare_rules", "route_id"), ("routes_jp", "route_id")),
    "trip": (("trips", "trip_id"), ("stop_times", "trip_id"), ("frequencies", "trip_id")),
    "service": (("calendar", "service_id"), ("calendar_dates", "service_id"), ("trips", "service_id")),
    "block": (("trips", "block_id"),),
    "zone": (("stops", "zone_id"), ("fare_rules", "origin_id"), ("fare_rules", "destination_id")),
}
"""Kind of id → where it stands; tables that define it come first."""

_DEFINING = {"stop": 1, "route": 1, "trip": 1, "service": 2, "block": 1, "zone": 3}


def feed_name(feed: Feed) -> str:
    """Return the name of a feed without the ending of its file."""
    return PurePath(feed.name).stem


def make_ids_unique(feeds: Sequence[Feed]) -> None:
    """Put ``<feed name>:`` before every id that an earlier feed uses for something else, in all its tables."""
    for kind, columns in ID_COLUMNS.items():
        taken: set[str] = set()
        for feed in feeds:
            own = _ids(feed, columns[: _DEFINING[kind]])
            again = own & taken
            if again:
                _prefix(feed, columns, again)
                first = listed(sorted(again))
                feed.problems.append(
                    note(
                        "gtfs.id_collision",
                        feed.name,
                        Text(
                            f"ほかの GTFS と同じ {kind} の id に「{feed_name(feed)}:」を付けました: {first}",
                            f"{kind} ids that another feed has too got “{feed_name(feed)}:”: {first}",
                        ),
                        count=len(again),
                    ),
                )
            taken |= _ids(feed, columns[: _DEFINING[kind]])


def _ids(feed: Feed, columns: Sequence[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    for table, column in columns:
        if table in feed.tables and column in feed.tables[table]:
            found |= set(feed.tables[table][column].unique())
    return found - {""}


def _prefix(feed: Feed, columns: Sequence[tuple[str, str]], again: set[str]) -> None:
    for table, column in columns:
        if table in feed.tables and column in feed.tables[table]:
            frame = feed.tables[table]
            hit = frame[column].isin(again)
            feed.tables[table] = frame.assign(
                **{column: frame[column].where(~hit, feed_name(feed) + ":" + frame[column])}
            )
