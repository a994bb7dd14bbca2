"""Owns the trips of a feed as records of the timetable: directions, headways, lines on the map."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.calendar import format_time
from geodata.errors import Text, warning
from geodata.readers.gtfs_along import shapes_of
from geodata.readers.gtfs_tables import Feed, Finding, drop_rows
from geodata.readers.gtfs_times import parse_times, read_stop_times
from geodata.readers.tables import ROW, at, numbers_of
from geodata.trip_columns import TripRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.readers.gtfs_times import StopTimes


def trip_records(feed: Feed, lookups: Mapping[str, Mapping[str, int]]) -> list[TripRecord]:
    """
    Return the trips of a feed.

    A feed without ``direction_id`` gets directions by route: the most frequent list of stops is direction 0, and a list
    that passes stops of the same names mostly in reverse order is direction 1.

    Parameters
    ----------
    feed
        The feed, its stops placed.
    lookups
        ``stops``, ``routes``, ``services`` → id → index in the timetable.
    """
    times = read_stop_times(feed)
    records = _scheduled(feed, times, lookups)
    if not (feed.column("trips", "direction_id") != "").any():
        records = _with_directions(records, feed, lookups)
    _report_empty_trips(feed, times)
    return _with_headways(feed, records)


def _scheduled(feed: Feed, times: StopTimes, lookups: Mapping[str, Mapping[str, int]]) -> list[TripRecord]:
    stop_row = np.array([lookups["stops"][s] for s in feed.table("stops")["stop_id"]], dtype=np.int64)[times.stop]
    stops, arrival, departure = stop_row.tolist(), times.arrival_s.tolist(), times.departure_s.tolist()
    board, alight = times.board.tolist(), times.alight.tolist()
    lines = {name: tuple(map(tuple, line.tolist())) for name, line in shapes_of(feed).items()}
    columns = {
        name: feed.column("trips", name).to_numpy()
        for name in ("trip_id", "route_id", "service_id", "direction_id", "trip_headsign", "block_id", "shape_id")
    }
    records = []
    for a, b in zip(times.first[:-1].tolist(), times.first[1:].tolist(), strict=True):
        row = {name: str(values[times.trip[a]]) for name, values in columns.items()}
        records.append(
            TripRecord(
                trip_id=row["trip_id"],
                route=lookups["routes"][row["route_id"]],
                service=lookups["services"][row["service_id"]],
                stops=tuple(stops[a:b]),
                arrival_s=tuple(arrival[a:b]),
                departure_s=tuple(departure[a:b]),
                direction=int(row["direction_id"] == "1"),
                headsign=row["trip_headsign"],
                block_id=row["block_id"],
                board=tuple(board[a:b]),
                alight=tuple(alight[a:b]),
                shape_lonlat=lines.get(row["shape_id"], ()),
            ),
        )
    return records


def _with_directions(
    records: Sequence[TripRecord],
    feed: Feed,
    lookups: Mapping[str, Mapping[str, int]],
) -> list[TripRecord]:
    name_of = dict(zip(feed.table("stops")["stop_id"], feed.column("stops", "stop_name"), strict=True))
    label = {row: name_of.get(stop) or stop for stop, row in lookups["stops"].items()}
    by_route: dict[int, Counter[tuple[int, ...]]] = {}
    for record in records:
        by_route.setdefault(record.route, Counter())[record.stops] += 1
    direction: dict[tuple[int, tuple[int, ...]], int] = {}
    for route, lists in by_route.items():
        main = min(lists, key=lambda s: (-lists[s], s))
        place = {label[s]: n for n, s in reversed(list(enumerate(main)))}
        for stops in lists:
            met = [place[label[s]] for s in stops if label[s] in place]
            direction[route, stops] = int(np.sign(np.diff(met)).sum() < 0) if len(met) > 1 else 0
    return [replace(r, direction=direction[r.route, r.stops]) for r in records]


def _with_headways(feed: Feed, records: Sequence[TripRecord]) -> list[TripRecord]:
    """Replace each trip that ``frequencies.txt`` names by one record per row of it."""
    if feed.table("frequencies").empty:
        return list(records)
    rows = _frequencies(feed)
    found = []
    for record in records:
        own = rows.get(record.trip_id, [])
        if not own:
            found.append(record)
        for number, (start, end, headway, exact) in enumerate(own):
            shift = start - record.departure_s[0]
            name = record.trip_id if len(own) == 1 else f"{record.trip_id}@{format_time(start)[:5]}#{number + 1}"
            found.append(
                replace(
                    record,
                    trip_id=name,
                    arrival_s=tuple(t + shift for t in record.arrival_s),
                    departure_s=tuple(t + shift for t in record.departure_s),
                    headway_s=headway,
                    start_s=start,
                    end_s=end,
                    exact_times=exact,
                ),
            )
    return found


def _frequencies(feed: Feed) -> dict[str, list[tuple[int, int, int, bool]]]:
    frame = feed.table("frequencies")
    drop_rows(
        feed,
        "frequencies",
        ~frame["trip_id"].isin(feed.table("trips")["trip_id"]),
        Finding(
            "gtfs.unknown_trip",
            "trip_id",
            lambda v: Text(f"便 {v!r} が trips.txt にありません", f"trip {v!r} is not in trips.txt"),
            Text("trips.txt にこの id を加えるか、行を消してください", "add the id to trips.txt or delete the row"),
        ),
    )
    frame = feed.table("frequencies")
    start, end = parse_times(frame["start_time"]), parse_times(frame["end_time"])
    headway = numbers_of(frame, "headway_secs")
    with np.errstate(invalid="ignore"):
        wrong = (start < 0) | (end <= start) | ~(headway >= 1)
    drop_rows(
        feed,
        "frequencies",
        wrong,
        Finding(
            "gtfs.frequency",
            "trip_id",
            lambda v: Text(
                f"便 {v!r} の時間帯か運行間隔が正しくありません", f"the span or headway of trip {v!r} is wrong"
            ),
            Text(
                "start_time < end_time と 1 秒以上の headway_secs が必要です",
                "start_time must come before end_time, headway_secs must be at least 1",
            ),
        ),
    )
    keep = ~wrong
    exact = (feed.column("frequencies", "exact_times") == "1").tolist()
    found: dict[str, list[tuple[int, int, int, bool]]] = {}
    columns = (
        feed.table("frequencies")["trip_id"],
        start[keep].tolist(),
        end[keep].tolist(),
        headway[keep].tolist(),
        exact,
    )
    for trip, first, last, seconds, fixed in zip(*columns, strict=True):
        found.setdefault(trip, []).append((first, last, int(seconds), fixed))
    return {trip: sorted(rows) for trip, rows in found.items()}


def _report_empty_trips(feed: Feed, times: StopTimes) -> None:
    trips = feed.table("trips")
    empty = ~pd.Series(np.arange(len(trips))).isin(times.trip).to_numpy()
    if empty.any():
        first = trips.loc[empty].iloc[0]
        feed.problems.append(
            warning(
                "gtfs.trip_without_times",
                at(feed.where("trips"), first[ROW]),
                Text(f"便 {first['trip_id']!r} に停車時刻がありません", f"trip {first['trip_id']!r} has no stop times"),
                Text("この便を除いて続けます", "the trip is left out"),
                int(empty.sum()),
            ),
        )
        feed.note_repair("gtfs.trip_without_times", int(empty.sum()))
