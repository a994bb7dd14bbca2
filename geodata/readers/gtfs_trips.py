"""Owns the trips of a feed as flat columns: directions, headways, lines on the map."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.calendar import format_time
from geodata.errors import Text, warning
from geodata.readers.gtfs_along import shapes_of
from geodata.readers.gtfs_ids import drop_with
from geodata.readers.gtfs_tables import Feed, Finding, drop_rows
from geodata.readers.gtfs_time_checks import check_trips
from geodata.readers.gtfs_times import parse_times, read_stop_times
from geodata.readers.tables import ROW, at, listed, note, numbers_of
from geodata.trip_columns import TripTable, offsets_of, stop_lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.readers.gtfs_times import StopTimes
    from geodata.units import FloatArray, IntArray

_COLUMNS = ("trip_id", "route_id", "service_id", "direction_id", "trip_headsign", "block_id", "shape_id")


def trip_table(feed: Feed, lookups: Mapping[str, Mapping[str, int]]) -> TripTable:
    """
    Return the trips of a feed.

    A feed without ``direction_id`` gets directions by route: the most frequent list of stops is direction 0, and a list
    that passes stops of the same names mostly in reverse order is direction 1. A trip that ``frequencies.txt`` names
    stands once for each row of it.

    Parameters
    ----------
    feed
        The feed, its stops placed.
    lookups
        ``stops``, ``routes``, ``services`` → id → index in the timetable.
    """
    times = read_stop_times(feed)
    _report_empty_trips(feed, times)
    lines = shapes_of(feed)
    table = _scheduled(feed, times, lookups, lines)
    feed.used |= {"stop_times": len(times.trip), "trips": len(times.first) - 1}
    _count_shapes(feed, times, lines)
    check_trips(feed, times, lines)
    return _with_headways(feed, table)


def join_tables(parts: Sequence[TripTable]) -> TripTable:
    """Return the trips of several feeds, one after the other."""
    if len(parts) == 1:
        return parts[0]
    n_rows = np.cumsum([0, *(int(p.offsets[-1]) for p in parts)])
    n_lines = np.cumsum([0, *(len(p.lines) for p in parts)])

    def joined(name: str) -> IntArray:
        return np.concatenate([getattr(p, name) for p in parts])

    offsets = np.concatenate([[0], *(p.offsets[1:] + n for p, n in zip(parts, n_rows, strict=False))])
    shape = [np.where(p.shape < 0, -1, p.shape + n) for p, n in zip(parts, n_lines, strict=False)]
    return TripTable(
        trip_id=[i for p in parts for i in p.trip_id],
        route=joined("route"),
        service=joined("service"),
        direction=joined("direction"),
        headsign=[h for p in parts for h in p.headsign],
        block_id=[b for p in parts for b in p.block_id],
        headway_s=joined("headway_s"),
        start_s=joined("start_s"),
        end_s=joined("end_s"),
        exact_times=joined("exact_times").astype(np.bool_),
        offsets=offsets.astype(np.int32),
        stops=joined("stops"),
        arrival_s=joined("arrival_s"),
        departure_s=joined("departure_s"),
        board=joined("board").astype(np.bool_),
        alight=joined("alight").astype(np.bool_),
        shape=np.concatenate(shape).astype(np.int32),
        lines=[line for p in parts for line in p.lines],
    )


def _scheduled(
    feed: Feed, times: StopTimes, lookups: Mapping[str, Mapping[str, int]], lines: Mapping[str, FloatArray]
) -> TripTable:
    stop_row = np.array([lookups["stops"][s] for s in feed.table("stops")["stop_id"]], dtype=np.int32)[times.stop]
    owner = times.trip[times.first[:-1]]
    own = {name: feed.column("trips", name).to_numpy()[owner].tolist() for name in _COLUMNS}
    line_of = {name: n for n, name in enumerate(lines)}
    none = np.zeros(len(owner), dtype=np.int32)
    route = np.array([lookups["routes"][r] for r in own["route_id"]], dtype=np.int32)
    offsets = times.first.astype(np.int32)
    if (feed.column("trips", "direction_id") != "").any():
        direction = np.array([d == "1" for d in own["direction_id"]], dtype=np.int32)
    else:
        direction = _directions(feed, route, offsets, stop_row, lookups)
    return TripTable(
        trip_id=own["trip_id"],
        route=route,
        service=np.array([lookups["services"][s] for s in own["service_id"]], dtype=np.int32),
        direction=direction,
        headsign=_headsigns(feed, times, own["trip_headsign"]),
        block_id=own["block_id"],
        headway_s=none,
        start_s=none,
        end_s=none,
        exact_times=none.astype(np.bool_),
        offsets=offsets,
        stops=stop_row,
        arrival_s=times.arrival_s.astype(np.int32),
        departure_s=times.departure_s.astype(np.int32),
        board=times.board,
        alight=times.alight,
        shape=np.array([line_of.get(s, -1) for s in own["shape_id"]], dtype=np.int32),
        lines=list(lines.values()),
    )


def _headsigns(feed: Feed, times: StopTimes, given: list[str]) -> list[str]:
    """Return the headsign of each trip; where it has none, that of its first stop."""
    if "stop_headsign" not in feed.table("stop_times"):
        return given
    first = feed.table("stop_times")["stop_headsign"].to_numpy()[times.first[:-1]].tolist()
    return [sign or instead for sign, instead in zip(given, first, strict=True)]


def _directions(
    feed: Feed, route: IntArray, offsets: IntArray, stops: IntArray, lookups: Mapping[str, Mapping[str, int]]
) -> IntArray:
    name_of = dict(zip(feed.table("stops")["stop_id"], feed.column("stops", "stop_name"), strict=True))
    label = {row: name_of.get(stop) or stop for stop, row in lookups["stops"].items()}
    kind, lists = stop_lists(offsets, stops)
    pairs, of_trip, counts = np.unique(np.stack([route, kind]), axis=1, return_inverse=True, return_counts=True)
    place: dict[str, int] = {}
    found = np.zeros(pairs.shape[1], dtype=np.int32)
    for owner in np.unique(pairs[0]):
        own = np.flatnonzero(pairs[0] == owner)
        main = own[np.lexsort((pairs[1, own], -counts[own]))[0]]
        place = {label[s]: n for n, s in reversed(list(enumerate(lists[pairs[1, main]])))}
        for n in own:
            met = [place[label[s]] for s in lists[pairs[1, n]] if label[s] in place]
            found[n] = int(np.sign(np.diff(met)).sum() < 0) if len(met) > 1 else 0
    return found[of_trip.ravel()]


def _with_headways(feed: Feed, table: TripTable) -> TripTable:
    """Replace each trip that ``frequencies.txt`` names by one trip per row of it."""
    if feed.table("frequencies").empty:
        return table
    rows = _frequencies(feed, set(table.trip_id))
    feed.used["frequencies"] = sum(len(r) for r in rows.values())
    trip: list[int] = []
    span: list[tuple[int, int, int, bool]] = []
    names: list[str] = []
    for t, name in enumerate(table.trip_id):
        own = rows.get(name) or [(0, 0, 0, False)]
        trip += [t] * len(own)
        span += own
        names += [name] if len(own) == 1 else [f"{name}@{format_time(r[0])[:5]}#{n + 1}" for n, r in enumerate(own)]
    picked = np.array(trip, dtype=np.int64)
    start, end, headway = (np.array([r[n] for r in span], dtype=np.int32) for n in range(3))
    lengths = np.diff(table.offsets)[picked]
    offsets = offsets_of(lengths)
    rows_of = np.repeat(table.offsets[:-1][picked] - offsets[:-1], lengths) + np.arange(offsets[-1])
    first = table.departure_s[table.offsets[:-1]][picked] if len(picked) else np.zeros(0, dtype=np.int32)
    shift = np.repeat(np.where(headway > 0, start - first, 0), lengths).astype(np.int32)
    return TripTable(
        trip_id=names,
        route=table.route[picked],
        service=table.service[picked],
        direction=table.direction[picked],
        headsign=[table.headsign[t] for t in trip],
        block_id=[table.block_id[t] for t in trip],
        headway_s=headway,
        start_s=start,
        end_s=end,
        exact_times=np.array([r[3] for r in span], dtype=np.bool_),
        offsets=offsets,
        stops=table.stops[rows_of],
        arrival_s=table.arrival_s[rows_of] + shift,
        departure_s=table.departure_s[rows_of] + shift,
        board=table.board[rows_of],
        alight=table.alight[rows_of],
        shape=table.shape[picked],
        lines=table.lines,
    )


def _frequencies(feed: Feed, standing: set[str]) -> dict[str, list[tuple[int, int, int, bool]]]:
    owner = feed.table("frequencies")["trip_id"]
    drop_with(feed, "frequencies", ~owner.isin(standing).to_numpy(dtype=bool), "trip_id")
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
    _tell_overlaps(feed, found)
    return {trip: sorted(rows) for trip, rows in found.items()}


def _tell_overlaps(feed: Feed, found: Mapping[str, list[tuple[int, int, int, bool]]]) -> None:
    twice = [t for t, rows in found.items() if any(b[0] < a[1] for a, b in pairwise(sorted(rows)))]
    if twice:
        feed.problems.append(
            warning(
                "gtfs.frequency_overlap",
                feed.where("frequencies"),
                Text(f"時間帯が重なっています: {listed(twice)}", f"spans overlap: {listed(twice)}"),
                Text("重なる間は両方の間隔で走るものとします", "both headways run while they overlap"),
                len(twice),
            ),
        )


def _report_empty_trips(feed: Feed, times: StopTimes) -> None:
    trips = feed.table("trips")
    empty = ~pd.Series(np.arange(len(trips))).isin(times.trip).to_numpy()
    feed.note_left_out("trips", "gtfs.trip_without_times", int(empty.sum()))
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


def _count_shapes(feed: Feed, times: StopTimes, lines: Mapping[str, FloatArray]) -> None:
    frame = feed.table("shapes")
    if frame.empty:
        return
    named = set(feed.column("trips", "shape_id").to_numpy()[times.trip[times.first[:-1]]].tolist()) - {""}
    feed.used["shapes"] = sum(len(line) for name, line in lines.items() if name in named)
    idle = [name for name in lines if name not in named]
    count = sum(len(lines[name]) for name in idle)
    feed.note_left_out("shapes", "gtfs.unused_shape", count)
    if idle:
        feed.problems.append(
            note(
                "gtfs.unused_shape",
                feed.where("shapes"),
                Text(f"どの便も使わない線形です: {listed(idle)}", f"shapes that no trip uses: {listed(idle)}"),
                count=len(idle),
            ),
        )
