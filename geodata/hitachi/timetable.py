"""Owns reading the timetable of the bundled city: running times by pattern, trips at a time or at a headway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from geodata.calendar import to_ordinal
from geodata.crs import to_plane
from geodata.timetable import Patterns, Routes, Services, Stops, Timetable, Trips, empty_fares, empty_transfers
from geodata.units import FloatArray, IntArray, StrArray

ReadTable = Callable[[str], pd.DataFrame]


def build_timetable(read: ReadTable, epsg: int) -> Timetable:
    """Return the timetable of a compiled folder; `read` gives a table by name, all columns as text."""
    stops, routes, services = read("stops"), read("routes"), read("services")
    patterns, pattern_stops, shapes = read("patterns"), read("pattern_stops"), read("shapes")
    return Timetable(
        stops=_stops(stops, epsg),
        routes=_routes(routes),
        patterns=_patterns(patterns, pattern_stops, shapes, _index(routes["route_id"]), _index(stops["stop_id"])),
        trips=_trips(read("trips"), pattern_stops, _index(patterns["pattern_id"]), _index(services["service_id"])),
        services=_services(services),
        transfers=empty_transfers(),
        fares=empty_fares(),
    )


def _lookup(column: pd.Series[Any], index: dict[str, int]) -> IntArray:
    return np.array([index[value] for value in column], dtype=np.int32)


def _index(column: pd.Series[Any]) -> dict[str, int]:
    return {value: i for i, value in enumerate(column)}


def _text(frame: pd.DataFrame, column: str) -> StrArray:
    return frame[column].to_numpy(dtype=str)


def _whole(frame: pd.DataFrame, column: str) -> IntArray:
    return frame[column].to_numpy(dtype=np.int32)


def _offsets(owner: IntArray, n_owners: int) -> IntArray:
    """Return CSR offsets of rows that stand grouped by owner, in order."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n_owners))]).astype(np.int32)


def _lonlat(frame: pd.DataFrame) -> FloatArray:
    return frame[["lon", "lat"]].to_numpy(dtype=np.float64)


def _stops(frame: pd.DataFrame, epsg: int) -> Stops:
    lonlat = _lonlat(frame)
    return Stops(
        stop_id=_text(frame, "stop_id"),
        name=_text(frame, "name"),
        name_en=_text(frame, "name_en"),
        lonlat=lonlat,
        xy=to_plane(epsg, lonlat),
        parent=np.full(len(frame), -1, np.int32),
        zone_id=np.full(len(frame), "", "<U1"),
        in_city=_text(frame, "in_city") == "1",
        position_error_m=frame["position_error_m"].to_numpy(dtype=np.float64),
        status=_text(frame, "status"),
    )


def _routes(frame: pd.DataFrame) -> Routes:
    return Routes(
        route_id=_text(frame, "route_id"),
        name=_text(frame, "name"),
        name_en=_text(frame, "name_en"),
        agency=_text(frame, "agency"),
        route_type=_whole(frame, "route_type"),
        route_class=_text(frame, "route_class"),
        color=_text(frame, "color"),
        status=_text(frame, "status"),
        source_id=_text(frame, "source_id"),
    )


def _patterns(
    patterns: pd.DataFrame,
    pattern_stops: pd.DataFrame,
    shapes: pd.DataFrame,
    route_index: dict[str, int],
    stop_index: dict[str, int],
) -> Patterns:
    index = _index(patterns["pattern_id"])
    stop_owner = _lookup(pattern_stops["pattern_id"], index)
    shape_owner = _lookup(shapes["pattern_id"], index)
    return Patterns(
        pattern_id=_text(patterns, "pattern_id"),
        route=_lookup(patterns["route_id"], route_index),
        direction=_whole(patterns, "direction"),
        headsign=_text(patterns, "headsign"),
        stop_offsets=_offsets(stop_owner, len(patterns)),
        stops=_lookup(pattern_stops["stop_id"], stop_index),
        shape_offsets=_offsets(shape_owner, len(patterns)),
        shape_lonlat=_lonlat(shapes),
    )


def _trips(
    trips: pd.DataFrame,
    pattern_stops: pd.DataFrame,
    pattern_index: dict[str, int],
    service_index: dict[str, int],
) -> Trips:
    pattern = _lookup(trips["pattern_id"], pattern_index)
    owner = _lookup(pattern_stops["pattern_id"], pattern_index)
    first = _offsets(owner, len(pattern_index))
    lengths = np.diff(first)[pattern]
    row = np.concatenate([np.arange(int(first[p]), int(first[p + 1])) for p in pattern.tolist()])
    headway = _whole(trips, "headway_s")
    start = _seconds(trips["start"])
    offset = np.repeat(start, lengths)
    everywhere = np.ones(len(row), dtype=bool)
    return Trips(
        trip_id=_text(trips, "trip_id"),
        pattern=pattern,
        service=_lookup(trips["service_id"], service_index),
        block_id=np.full(len(trips), "", "<U1"),
        headway_s=headway,
        start_s=np.where(headway > 0, start, 0).astype(np.int32),
        end_s=np.where(headway > 0, _seconds(trips["end"]), 0).astype(np.int32),
        exact_times=headway == 0,
        time_offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        arrival_s=(_whole(pattern_stops, "arrival_s")[row] + offset).astype(np.int32),
        departure_s=(_whole(pattern_stops, "departure_s")[row] + offset).astype(np.int32),
        board_allowed=everywhere,
        alight_allowed=everywhere.copy(),
    )


def _seconds(column: pd.Series[Any]) -> IntArray:
    parts = [text.split(":") if text else ["0", "0"] for text in column]
    return np.array([int(h) * 3600 + int(m) * 60 for h, m in parts], dtype=np.int32)


def _services(frame: pd.DataFrame) -> Services:
    none = np.zeros(0, np.int32)
    return Services(
        service_id=_text(frame, "service_id"),
        day_mask=frame["day_mask"].to_numpy(dtype=np.uint8),
        holiday_aware=_text(frame, "holiday_aware") == "1",
        start_day=np.array([to_ordinal(d) for d in frame["start_date"]], dtype=np.int32),
        end_day=np.array([to_ordinal(d) for d in frame["end_date"]], dtype=np.int32),
        exception_service=none,
        exception_day=none.copy(),
        exception_added=np.zeros(0, dtype=bool),
    )
