"""Owns the step from single trips to flat columns: trips with the same route, direction and stops share a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.timetable import Patterns, Trips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.units import FloatArray, IntArray


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


def offsets_of(lengths: Sequence[int]) -> IntArray:
    """Return CSR offsets of row lengths, shape (N+1,)."""
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, dtype=np.int64))]).astype(np.int32)


def text_array(values: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Return a text array that is never of width zero."""
    return np.array(list(values), dtype=np.str_) if values else np.zeros(0, dtype="<U1")


def build_trip_columns(records: Sequence[TripRecord], route_ids: Sequence[str]) -> tuple[Patterns, Trips]:
    """
    Turn trip records into `Patterns` and `Trips`, ordered by pattern, then first departure, then trip id.

    A pattern's id is ``<route_id>:<n>``, numbered by first departure within the route, so that it does not depend on
    the order of the records.
    """
    ordered = sorted(records, key=lambda r: (r.route, r.direction, r.stops, _start(r), r.trip_id))
    keys = sorted({(r.route, r.direction, r.stops) for r in ordered})
    pattern_of = {key: n for n, key in enumerate(keys)}
    shapes: dict[int, tuple[tuple[float, float], ...]] = {}
    headsigns: dict[int, str] = {}
    for record in ordered:
        number = pattern_of[(record.route, record.direction, record.stops)]
        if record.shape_lonlat:
            shapes.setdefault(number, record.shape_lonlat)
        if record.headsign:
            headsigns.setdefault(number, record.headsign)
    patterns = _patterns(keys, shapes, headsigns, route_ids)
    return patterns, _trips(ordered, pattern_of)


def _start(record: TripRecord) -> int:
    return record.start_s if record.headway_s else record.departure_s[0]


def _patterns(
    keys: Sequence[tuple[int, int, tuple[int, ...]]],
    shapes: dict[int, tuple[tuple[float, float], ...]],
    headsigns: dict[int, str],
    route_ids: Sequence[str],
) -> Patterns:
    counts: dict[int, int] = {}
    ids: list[str] = []
    for route, _, _ in keys:
        counts[route] = counts.get(route, 0) + 1
        ids.append(f"{route_ids[route]}:{counts[route]}")
    lines: list[FloatArray] = [np.array(shapes.get(n, ()), dtype=np.float64).reshape(-1, 2) for n in range(len(keys))]
    return Patterns(
        pattern_id=text_array(ids),
        route=np.array([k[0] for k in keys], dtype=np.int32),
        direction=np.array([k[1] for k in keys], dtype=np.int32),
        headsign=text_array([headsigns.get(n, "") for n in range(len(keys))]),
        stop_offsets=offsets_of([len(k[2]) for k in keys]),
        stops=np.array([s for k in keys for s in k[2]], dtype=np.int32),
        shape_offsets=offsets_of([len(line) for line in lines]),
        shape_lonlat=np.concatenate(lines) if lines else np.zeros((0, 2)),
    )


def _trips(ordered: Sequence[TripRecord], pattern_of: dict[tuple[int, int, tuple[int, ...]], int]) -> Trips:
    numbers = [pattern_of[(r.route, r.direction, r.stops)] for r in ordered]
    return Trips(
        trip_id=text_array([r.trip_id for r in ordered]),
        pattern=np.array(numbers, dtype=np.int32),
        service=np.array([r.service for r in ordered], dtype=np.int32),
        block_id=text_array([r.block_id for r in ordered]),
        headway_s=np.array([r.headway_s for r in ordered], dtype=np.int32),
        start_s=np.array([_start(r) for r in ordered], dtype=np.int32),
        end_s=np.array([r.end_s for r in ordered], dtype=np.int32),
        exact_times=np.array([r.exact_times for r in ordered], dtype=np.bool_),
        time_offsets=offsets_of([len(r.stops) for r in ordered]),
        arrival_s=np.array([t for r in ordered for t in r.arrival_s], dtype=np.int32),
        departure_s=np.array([t for r in ordered for t in r.departure_s], dtype=np.int32),
        board_allowed=_flags(ordered, [r.board for r in ordered]),
        alight_allowed=_flags(ordered, [r.alight for r in ordered]),
    )


def _flags(
    ordered: Sequence[TripRecord], given: Sequence[tuple[bool, ...]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    rows = [flag for r, flags in zip(ordered, given, strict=True) for flag in (flags or (True,) * len(r.stops))]
    return np.array(rows, dtype=np.bool_)


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
