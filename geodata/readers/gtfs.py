"""
Owns GTFS and GTFS-JP feeds → Timetable.

What is read: agency, stops, routes, trips, stop_times, calendar, calendar_dates, frequencies, transfers, shapes,
fare_attributes, fare_rules and the English texts of translations. What is mended, with a warning or note and a count:
cp932 text; rows with ids that lead nowhere or occur again, trips with one stop, without end times or with times that
go backwards (while they are at most 10 % of their table, beyond that they are an error); unused stops without a
position; empty times. ``pickup_type`` and ``drop_off_type`` 1 forbid boarding and alighting; by arrangement (2, 3)
counts as allowed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.provenance import Status
from geodata.readers.gtfs_about import FeedAbout, about_of
from geodata.readers.gtfs_catalog import CHECKED, READER
from geodata.readers.gtfs_checks import check_tables
from geodata.readers.gtfs_columns import (
    is_named,
    route_columns,
    service_columns,
    transfer_columns,
)
from geodata.readers.gtfs_fares import join_fares
from geodata.readers.gtfs_files import read_feed
from geodata.readers.gtfs_merge import feed_name, make_ids_unique
from geodata.readers.gtfs_parents import parent_rows
from geodata.readers.gtfs_stops import place_stops
from geodata.readers.gtfs_texts import ENGLISH, NAME, add_english
from geodata.readers.gtfs_trips import join_tables, trip_table
from geodata.readers.records import file_record
from geodata.readers.tables import listed, note
from geodata.route_groups import group_routes
from geodata.timetable import Routes, Services, Stops, Timetable, Transfers
from geodata.trip_columns import build_from_table, text_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geodata.readers.gtfs_tables import Feed
    from geodata.reading import FileRecord
    from geodata.units import FloatArray, IntArray


WHOLE = ("agency", "routes", "calendar", "calendar_dates")
"""Tables of which every row that was not left out stands in the timetable."""


@dataclass(frozen=True, slots=True)
class FeedReading:
    """
    What came of one or more feeds.

    `repairs`: code of a documented repair → how often. `valid`: feed → first and last day of its services (ISO 8601).
    `files`: one record per feed. `rows_in`: feed → table → rows in its file; each row stands either in `rows_used`
    (feed → table → rows the timetable was made of) or in `rows_left_out` (feed → table → code of the problem that
    tells it → rows). `about`: feed → what it says about itself. `counts`: what there is → how many.
    """

    timetable: Timetable
    problems: tuple[Problem, ...]
    repairs: dict[str, int]
    valid: dict[str, tuple[str, str]]
    files: tuple[FileRecord, ...] = ()
    rows_in: dict[str, dict[str, int]] = field(default_factory=dict)
    rows_used: dict[str, dict[str, int]] = field(default_factory=dict)
    rows_left_out: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    about: dict[str, FeedAbout] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def read_gtfs(
    paths: Sequence[Path],
    *,
    project: Callable[[FloatArray], FloatArray],
    brt_routes: Sequence[str] = (),
    source_ids: Sequence[str] = (),
    status: Status = Status.OBSERVED,
    holidays: Sequence[str] = (),
) -> FeedReading:
    """
    Read one or more feeds as one timetable.

    Parameters
    ----------
    paths
        Zip files or folders. Ids that an earlier feed uses too get ``<feed name>:`` in front.
    project
        Degrees (N, 2) → plane coordinates (N, 2) [m].
    brt_routes
        Ids or names (``*`` allowed) of routes that are of class ``brt``.
    source_ids
        Source of each feed, as in `City.sources`; its name unless given.
    status
        How sure the timetables are.
    holidays
        ``auto`` or ``calendar`` for each feed, as in `FeedConfig`; ``auto`` unless given.

    Returns
    -------
    reading
        The timetable; every stop is `in_city` until a boundary says otherwise.

    Raises
    ------
    DataError
        With the problems of all feeds.
    """
    feeds = _read_all(paths)
    for feed in feeds:
        check_tables(feed)
        add_english(feed)
    make_ids_unique(feeds)
    for feed in feeds:
        place_stops(feed)
    names = list(source_ids) or [feed_name(f) for f in feeds]
    routes = pd.concat(
        [route_columns(f, brt_routes, n) for f, n in zip(feeds, names, strict=True)],
        ignore_index=True,
    )
    _check_brt_routes(brt_routes, routes)
    stops = pd.concat([f.table("stops") for f in feeds], ignore_index=True)
    rules = list(holidays) or ["auto"] * len(feeds)
    pairs = [service_columns(f, mend_holidays=r != "calendar") for f, r in zip(feeds, rules, strict=True)]
    services = pd.concat([s for s, _ in pairs], ignore_index=True)
    lookups = {"stops": _rows(stops["stop_id"]), "routes": _rows(routes["route_id"])}
    lookups["services"] = _rows(services["service_id"])
    table = join_tables([trip_table(f, lookups) for f in feeds])
    patterns, trips = build_from_table(table, routes["route_id"].tolist())
    timetable = Timetable(
        stops=_stops(stops, project),
        routes=_routes(routes, status),
        patterns=patterns,
        trips=trips,
        services=_services(services, pd.concat([e for _, e in pairs], ignore_index=True), lookups["services"]),
        transfers=_transfers(pd.concat([transfer_columns(f) for f in feeds], ignore_index=True), lookups["stops"]),
        fares=join_fares(feeds, lookups["routes"]),
        agency_timezone=_timezone(feeds),
    )
    counts = _count_lines(feeds[0], timetable.routes)
    repairs: dict[str, int] = {}
    for feed in feeds:
        feed.used |= {t: len(feed.table(t)) for t in (*WHOLE, *CHECKED) if t in feed.tables}
        for code, count in feed.repairs.items():
            repairs[code] = repairs.get(code, 0) + count
    valid = {f.name: _valid(s) for f, (s, _) in zip(feeds, pairs, strict=True)}
    return FeedReading(
        timetable,
        tuple(p for f in feeds for p in f.problems),
        repairs,
        valid,
        files=tuple(_record(f, Path(p)) for f, p in zip(feeds, paths, strict=True)),
        rows_in={f.name: dict(f.rows_in) for f in feeds},
        rows_used={f.name: dict(f.used) for f in feeds},
        rows_left_out={f.name: {t: dict(c) for t, c in f.left_out.items()} for f in feeds},
        about={f.name: about_of(f) for f in feeds},
        counts=counts,
    )


def _count_lines(feed: Feed, routes: Routes) -> dict[str, int]:
    """Return how many routes there are and how many lines by name, with a note where they differ."""
    n_routes, n_lines = len(routes.route_id), len(group_routes(routes))
    if n_lines < n_routes:
        feed.problems.append(
            note(
                "gtfs.lines_by_name",
                feed.where("routes"),
                Text(
                    f"路線 {n_routes:,} は、名前でまとめると {n_lines:,} 路線です（route_id は元のまま）",
                    f"{n_routes:,} routes are {n_lines:,} lines by name (each keeps its route_id)",
                ),
            ),
        )
    return {"lines_by_name": n_lines}


def _record(feed: Feed, path: Path) -> FileRecord:
    return file_record(path, READER, sum(feed.rows_in.values()), sum(feed.used.values()))


def _read_all(paths: Sequence[Path]) -> list[Feed]:
    feeds: list[Feed] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            feeds.append(read_feed(Path(path)))
        except DataError as exc:
            problems.extend(exc.problems)
    if problems:
        raise DataError(problems)
    return feeds


def _rows(ids: pd.Series[str]) -> dict[str, int]:
    return {str(i): n for n, i in enumerate(ids)}


def _check_brt_routes(wanted: Sequence[str], routes: pd.DataFrame) -> None:
    rows = list(zip(routes["route_id"], routes["short"], routes["long"], routes["name"], strict=True))
    problems = [
        error(
            "config.unknown_route",
            f"brt_routes: {pattern}",
            Text(f"路線 {pattern!r} が GTFS にありません", f"no feed has a route {pattern!r}"),
            Text(
                f"route_id か路線名（* も可）を書いてください。例: {listed(routes['name'])}",
                f"write a route id or name (* is allowed), such as {listed(routes['name'])}",
            ),
        )
        for pattern in wanted
        if not any(is_named(pattern, *texts) for texts in rows)
    ]
    if problems:
        raise DataError(problems)


def _stops(frame: pd.DataFrame, project: Callable[[FloatArray], FloatArray]) -> Stops:
    n = len(frame)
    lonlat = frame[["lon", "lat"]].to_numpy(dtype=np.float64)
    name = frame[NAME]
    zone = frame["zone_id"] if "zone_id" in frame else pd.Series("", index=frame.index)
    return Stops(
        stop_id=text_array(frame["stop_id"].tolist()),
        name=text_array(name.fillna("").tolist()),
        name_en=text_array(frame[ENGLISH.format("stop_name")].fillna("").tolist()),
        lonlat=lonlat,
        xy=project(lonlat),
        parent=parent_rows(frame),
        zone_id=text_array(zone.fillna("").tolist()),
        in_city=np.ones(n, dtype=np.bool_),
        position_error_m=np.zeros(n),
        status=np.full(n, Status.OBSERVED.value),
    )


def _routes(frame: pd.DataFrame, status: Status) -> Routes:
    texts = {c: text_array(frame[c].tolist()) for c in ("route_id", "name", "name_en", "agency", "color", "source_id")}
    return Routes(
        **texts,
        route_type=frame["route_type"].to_numpy(dtype=np.int32),
        route_class=text_array(frame["route_class"].tolist()),
        status=np.full(len(frame), status.value),
    )


def _services(frame: pd.DataFrame, exceptions: pd.DataFrame, row_of: dict[str, int]) -> Services:
    return Services(
        service_id=text_array(frame["service_id"].tolist()),
        day_mask=frame["day_mask"].to_numpy(dtype=np.uint8),
        holiday_aware=frame["holiday_aware"].to_numpy(dtype=np.bool_),
        start_day=frame["start_day"].to_numpy(dtype=np.int32),
        end_day=frame["end_day"].to_numpy(dtype=np.int32),
        exception_service=_indices(exceptions["service_id"], row_of),
        exception_day=exceptions["day"].to_numpy(dtype=np.int32),
        exception_added=exceptions["added"].to_numpy(dtype=np.bool_),
    )


def _transfers(frame: pd.DataFrame, row_of: dict[str, int]) -> Transfers:
    return Transfers(
        from_stop=_indices(frame["from_stop"], row_of),
        to_stop=_indices(frame["to_stop"], row_of),
        kind=frame["kind"].to_numpy(dtype=np.int32),
        min_time_s=frame["min_time_s"].to_numpy(dtype=np.int32),
    )


def _indices(ids: pd.Series[str], row_of: dict[str, int]) -> IntArray:
    return np.array([row_of.get(str(i), -1) for i in ids], dtype=np.int32)


def _timezone(feeds: Sequence[Feed]) -> str:
    zones = [str(f.table("agency")["agency_timezone"].iloc[0]) for f in feeds]
    if len(set(zones)) > 1:
        feeds[0].problems.append(
            warning(
                "gtfs.timezones",
                feeds[0].where("agency"),
                Text(f"時間帯が異なる GTFS です: {listed(zones)}", f"feeds of several time zones: {listed(zones)}"),
                Text("時刻はそのまま使います", "times are used as they stand"),
            ),
        )
    return zones[0]


def _valid(services: pd.DataFrame) -> tuple[str, str]:
    first, last = int(services["start_day"].min()), int(services["end_day"].max())
    return dt.date.fromordinal(first).isoformat(), dt.date.fromordinal(last).isoformat()
