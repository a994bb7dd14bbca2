"""Owns the step from single trips to flat columns: trips with the same route, direction and stops share a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geodata.timetable import Patterns, Trips

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class TripRecord:
    """
    One trip as a row of a table a person could write.

    `stops`: stop indices in order. `arrival_s`, `departure_s`: as in `Trips`. Empty `board`, `alight` mean allowed
    everywhere. `shape_lonlat`: polyline of the pattern (first one given wins).
    """

    trip_id: str
    route: int
    service: int
    stops: tuple[int, ...]
    arrival_s: tuple[int, ...]
    departure_s: tuple[int, ...]
    direction: int = 0
    headsign: str = ""
    headway_s: int = 0
    start_s: int = 0
    end_s: int = 0
    exact_times: bool = False
    block_id: str = ""
    board: tuple[bool, ...] = ()
    alight: tuple[bool, ...] = ()
    shape_lonlat: tuple[tuple[float, float], ...] = ()


def offsets_of(lengths: Sequence[int] | IntArray) -> IntArray:
    """Return CSR offsets of row lengths, shape (N+1,)."""
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, dtype=np.int64))]).astype(np.int32)


def text_array(values: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Return a text array that is never of width zero."""
    return np.array(list(values), dtype=np.str_) if values else np.zeros(0, dtype="<U1")


@dataclass(frozen=True, slots=True, eq=False)
class TripTable:
    """
    Trips as flat columns, in any order; what `TripRecord` is for one trip.

    `trip_id`, `headsign`, `block_id` (T,): texts. `offsets` (T+1,): trip → first of its rows in `stops`, `arrival_s`,
    `departure_s`, `board`, `alight` (ΣL,). `shape` (T,): row of `lines`, −1 = none; `lines`: polylines [degrees].
    """

    trip_id: Sequence[str]
    route: IntArray
    service: IntArray
    direction: IntArray
    headsign: Sequence[str]
    block_id: Sequence[str]
    headway_s: IntArray
    start_s: IntArray
    end_s: IntArray
    exact_times: BoolArray
    offsets: IntArray
    stops: IntArray
    arrival_s: IntArray
    departure_s: IntArray
    board: BoolArray
    alight: BoolArray
    shape: IntArray
    lines: Sequence[FloatArray]


def build_trip_columns(records: Sequence[TripRecord], route_ids: Sequence[str]) -> tuple[Patterns, Trips]:
    """Turn trip records into `Patterns` and `Trips`, see `build_from_table`."""
    return build_from_table(_table(records), route_ids)


def build_from_table(table: TripTable, route_ids: Sequence[str]) -> tuple[Patterns, Trips]:
    """
    Turn trips into `Patterns` and `Trips`, ordered by pattern, then first departure, then trip id.

    A pattern's id is ``<route_id>:<n>``, numbered in the order of direction and stops within the route, so that it does
    not depend on the order of the trips. A pattern has the first line and the first headsign of its trips.

    Notes
    -----
    O(ΣL + T log T) time; memory linear in the rows.
    """
    kind, lists = stop_lists(table.offsets, table.stops)
    route, direction = table.route, table.direction
    group, first = _groups(route, direction, kind)
    keys = [(int(route[t]), int(direction[t]), lists[kind[t]]) for t in first]
    start = np.where(table.headway_s > 0, table.start_s, _first_departures(table))
    order = np.lexsort((text_array(list(table.trip_id)), start, group)).astype(np.int32)
    shapes = _first_given(group, order, np.asarray(table.shape) >= 0)
    signs = _first_given(group, order, np.array([bool(h) for h in table.headsign], dtype=np.bool_))
    lines = {p: table.lines[int(table.shape[t])] for p, t in shapes.items()}
    patterns = _patterns(keys, lines, {p: table.headsign[t] for p, t in signs.items()}, route_ids)
    return patterns, _trips(table, order, group, start)


def stop_lists(offsets: IntArray, stops: IntArray) -> tuple[IntArray, list[tuple[int, ...]]]:
    """Return trip → number of its list of stops, shape (T,), and the lists in ascending order."""
    flat = np.ascontiguousarray(stops, dtype=np.int32)
    seen: dict[bytes, int] = {}
    bounds = offsets.tolist()
    own = [seen.setdefault(flat[a:b].tobytes(), len(seen)) for a, b in pairwise(bounds)]
    lists = [tuple(np.frombuffer(raw, dtype=np.int32).tolist()) for raw in seen]
    ranked = sorted(range(len(lists)), key=lists.__getitem__)
    rank = np.empty(len(lists), dtype=np.int32)
    rank[ranked] = np.arange(len(lists), dtype=np.int32)
    return rank[np.array(own, dtype=np.int64)] if own else np.zeros(0, np.int32), [lists[n] for n in ranked]


def _table(records: Sequence[TripRecord]) -> TripTable:
    lines = [np.array(r.shape_lonlat, dtype=np.float64).reshape(-1, 2) for r in records]

    def whole(name: str) -> IntArray:
        return np.array([getattr(r, name) for r in records], dtype=np.int32)

    def rows(values: Sequence[Sequence[int]]) -> IntArray:
        return np.array([v for own in values for v in own], dtype=np.int32)

    def flags(values: Sequence[Sequence[bool]]) -> BoolArray:
        own = [f for given, r in zip(values, records, strict=True) for f in (given or (True,) * len(r.stops))]
        return np.array(own, dtype=np.bool_)

    return TripTable(
        trip_id=[r.trip_id for r in records],
        route=whole("route"),
        service=whole("service"),
        direction=whole("direction"),
        headsign=[r.headsign for r in records],
        block_id=[r.block_id for r in records],
        headway_s=whole("headway_s"),
        start_s=whole("start_s"),
        end_s=whole("end_s"),
        exact_times=whole("exact_times").astype(np.bool_),
        offsets=offsets_of([len(r.stops) for r in records]),
        stops=rows([r.stops for r in records]),
        arrival_s=rows([r.arrival_s for r in records]),
        departure_s=rows([r.departure_s for r in records]),
        board=flags([r.board for r in records]),
        alight=flags([r.alight for r in records]),
        shape=np.array([n if len(line) else -1 for n, line in enumerate(lines)], dtype=np.int32),
        lines=lines,
    )


def _first_departures(table: TripTable) -> IntArray:
    found: IntArray = table.departure_s[table.offsets[:-1]] if len(table.route) else np.zeros(0, dtype=np.int32)
    return found


def _groups(route: IntArray, direction: IntArray, kind: IntArray) -> tuple[IntArray, IntArray]:
    """Return trip → pattern, in the order of route, direction and stops, and pattern → one of its trips."""
    order = np.lexsort((kind, direction, route))
    columns = np.stack([route, direction, kind])[:, order]
    new = np.r_[True, (columns[:, 1:] != columns[:, :-1]).any(axis=0)] if len(order) else np.zeros(0, dtype=bool)
    group = np.empty(len(order), dtype=np.int32)
    group[order] = np.cumsum(new) - 1
    return group, order[new].astype(np.int32)


def _first_given(group: IntArray, order: IntArray, given: BoolArray) -> dict[int, int]:
    """Return pattern → the first of its trips, in order, for which something is given."""
    rows = order[given[order]]
    patterns, first = np.unique(group[rows], return_index=True)
    return {int(p): int(rows[n]) for p, n in zip(patterns, first, strict=True)}


def _patterns(
    keys: Sequence[tuple[int, int, tuple[int, ...]]],
    shapes: Mapping[int, FloatArray],
    headsigns: Mapping[int, str],
    route_ids: Sequence[str],
) -> Patterns:
    counts: dict[int, int] = {}
    ids: list[str] = []
    for route, _, _ in keys:
        counts[route] = counts.get(route, 0) + 1
        ids.append(f"{route_ids[route]}:{counts[route]}")
    none = np.zeros((0, 2))
    lines: list[FloatArray] = [shapes.get(n, none) for n in range(len(keys))]
    return Patterns(
        pattern_id=text_array(ids),
        route=np.array([k[0] for k in keys], dtype=np.int32),
        direction=np.array([k[1] for k in keys], dtype=np.int32),
        headsign=text_array([headsigns.get(n, "") for n in range(len(keys))]),
        stop_offsets=offsets_of([len(k[2]) for k in keys]),
        stops=np.array([s for k in keys for s in k[2]], dtype=np.int32),
        shape_offsets=offsets_of([len(line) for line in lines]),
        shape_lonlat=np.concatenate(lines) if lines else none,
    )


def _trips(table: TripTable, order: IntArray, group: IntArray, start: IntArray) -> Trips:
    lengths = np.diff(table.offsets)[order]
    offsets = offsets_of(lengths)
    rows = np.repeat(table.offsets[:-1][order] - offsets[:-1], lengths) + np.arange(offsets[-1])
    return Trips(
        trip_id=text_array([table.trip_id[t] for t in order]),
        pattern=group[order].astype(np.int32),
        service=table.service[order].astype(np.int32),
        block_id=text_array([table.block_id[t] for t in order]),
        headway_s=table.headway_s[order].astype(np.int32),
        start_s=start[order].astype(np.int32),
        end_s=table.end_s[order].astype(np.int32),
        exact_times=table.exact_times[order].astype(np.bool_),
        time_offsets=offsets,
        arrival_s=table.arrival_s[rows].astype(np.int32),
        departure_s=table.departure_s[rows].astype(np.int32),
        board_allowed=table.board[rows].astype(np.bool_),
        alight_allowed=table.alight[rows].astype(np.bool_),
    )


def records_of(patterns: Patterns, trips: Trips) -> list[TripRecord]:
    """Return trip records of flat columns; `build_trip_columns` turns them back into equal columns."""
    records = []
    for t in range(len(trips.trip_id)):
        p = int(trips.pattern[t])
        rows = slice(int(trips.time_offsets[t]), int(trips.time_offsets[t + 1]))
        line = patterns.shape_lonlat[patterns.shape_offsets[p] : patterns.shape_offsets[p + 1]]
        records.append(
            TripRecord(
                trip_id=str(trips.trip_id[t]),
                route=int(patterns.route[p]),
                service=int(trips.service[t]),
                stops=tuple(patterns.stops_of(p).tolist()),
                arrival_s=tuple(trips.arrival_s[rows].tolist()),
                departure_s=tuple(trips.departure_s[rows].tolist()),
                direction=int(patterns.direction[p]),
                headsign=str(patterns.headsign[p]),
                headway_s=int(trips.headway_s[t]),
                start_s=int(trips.start_s[t]),
                end_s=int(trips.end_s[t]),
                exact_times=bool(trips.exact_times[t]),
                block_id=str(trips.block_id[t]),
                board=tuple(trips.board_allowed[rows].tolist()),
                alight=tuple(trips.alight_allowed[rows].tolist()),
                shape_lonlat=tuple((float(x), float(y)) for x, y in line),
            ),
        )
    return records
