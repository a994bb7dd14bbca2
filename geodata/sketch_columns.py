"""Owns the flat columns of a sketched timetable: stops, routes, kinds of days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import to_ordinal
from geodata.provenance import Status
from geodata.timetable import Routes, Services, Stops
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from geodata.timetable_sketch import SketchLine, SketchStop
    from geodata.units import FloatArray

SERVICES = (
    ("sketch-weekday", 0b0001_1111),
    ("sketch-saturday", 0b0010_0000),
    ("sketch-holiday", 0b1100_0000),
    ("sketch-everyday", 0b1111_1111),
)
"""Id and days (bit 0 Monday … 6 Sunday, 7 Japanese holidays) of each service."""

_FIRST_DAY, _LAST_DAY = "2000-01-01", "2050-12-31"
_ROUTE_TYPE = {"rail": 2, "bus": 3}


def stop_columns(stops: list[SketchStop], lonlat: FloatArray, xy: FloatArray) -> Stops:
    """Return stops as columns; where they are is observed."""
    n = len(stops)
    names = text_array([s.name for s in stops])
    return Stops(
        stop_id=text_array([s.stop_id for s in stops]),
        name=names,
        name_en=names.copy(),
        lonlat=lonlat,
        xy=xy,
        parent=np.full(n, -1, np.int32),
        zone_id=np.full(n, "", dtype="<U1"),
        in_city=np.ones(n, dtype=np.bool_),
        position_error_m=np.array([s.position_error_m for s in stops], dtype=np.float64),
        status=np.full(n, Status.OBSERVED.value),
    )


def route_columns(lines: list[SketchLine]) -> Routes:
    """Return lines as routes, all of them assumed."""
    n = len(lines)
    names = text_array([line.name for line in lines])
    return Routes(
        route_id=text_array([line.line_id for line in lines]),
        name=names,
        name_en=names.copy(),
        agency=text_array([line.operator for line in lines]),
        route_type=np.array([_ROUTE_TYPE[line.route_class] for line in lines], dtype=np.int32),
        route_class=text_array([line.route_class for line in lines]),
        color=np.full(n, "", dtype="<U1"),
        status=np.full(n, Status.ASSUMED.value),
        source_id=text_array([line.source_id for line in lines]),
    )


def service_columns() -> Services:
    """Return the kinds of days of `SERVICES`."""
    n = len(SERVICES)
    none = np.zeros(0, np.int32)
    return Services(
        service_id=text_array([name for name, _ in SERVICES]),
        day_mask=np.array([mask for _, mask in SERVICES], dtype=np.uint8),
        holiday_aware=np.ones(n, dtype=np.bool_),
        start_day=np.full(n, to_ordinal(_FIRST_DAY), dtype=np.int32),
        end_day=np.full(n, to_ordinal(_LAST_DAY), dtype=np.int32),
        exception_service=none,
        exception_day=none.copy(),
        exception_added=np.zeros(0, dtype=np.bool_),
    )
