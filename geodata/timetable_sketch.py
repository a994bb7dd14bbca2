"""Owns timetables sketched from lines and stops without times: headways and speeds, all assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import Status
from geodata.reading import Reading
from geodata.timetable import Routes, Services, Stops, Timetable, empty_fares, empty_transfers
from geodata.trip_columns import build_trip_columns, text_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geodata.units import FloatArray

    Project = Callable[[FloatArray], FloatArray]
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class SketchLine:
    """
    A line without a timetable.

    Parameters
    ----------
    line_id
        Unique; what stops name in `SketchStop.lines`.
    name, operator
        As published.
    route_class
        A `RouteClass` value: ``rail`` or ``bus``.
    shape
        Its course [degrees], one or more lines; None = not published, stops are strung along their own course.
    runs_per_day
        Published runs a day and direction on weekdays, Saturdays, Sundays and holidays; NaN = not published.
    headway_min, speed_kmh
        What the configuration assumes; None = the default of its class.
    source_id
        Id of its source.
    """

    line_id: str
    name: str
    operator: str
    route_class: str
    shape: BaseGeometry | None
    runs_per_day: tuple[float, float, float] = (float("nan"), float("nan"), float("nan"))
    headway_min: float | None = None
    speed_kmh: float | None = None
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class SketchStop:
    """
    A stop or station without a timetable.

    `lines`: ids of the lines that call there, where published; a stop that no line serves stays in the timetable.
    """

    stop_id: str
    name: str
    lon: float
    lat: float
    route_class: str
    lines: tuple[str, ...] = ()
    operator: str = ""
    source_id: str = ""
    position_error_m: float = 0.0


def sketch_timetable(lines: Sequence[SketchLine], stops: Sequence[SketchStop], *, project: Project) -> Timetable:
    """
    Return a timetable of assumed headways from lines and stops; see `sketch_reading` for what it tells.

    `project`: degrees (N, 2) → plane (N, 2) [m].
    """
    return sketch_reading(lines, stops, project=project).value


def sketch_reading(lines: Sequence[SketchLine], stops: Sequence[SketchStop], *, project: Project) -> Reading[Timetable]:
    """Return a timetable of assumed headways from lines and stops, and what was assumed and could not be told."""
    lonlat = np.array([(s.lon, s.lat) for s in stops], dtype=np.float64).reshape(-1, 2)
    patterns, trips = build_trip_columns([], [])
    none = np.zeros(0, dtype=np.int32)
    n = len(stops)
    table = Timetable(
        stops=Stops(
            stop_id=text_array([s.stop_id for s in stops]),
            name=text_array([s.name for s in stops]),
            name_en=text_array([s.name for s in stops]),
            lonlat=lonlat,
            xy=project(lonlat),
            parent=np.full(n, -1, np.int32),
            zone_id=np.full(n, "", dtype="<U1"),
            in_city=np.ones(n, dtype=np.bool_),
            position_error_m=np.array([s.position_error_m for s in stops], dtype=np.float64),
            status=np.full(n, Status.OBSERVED.value),
        ),
        routes=Routes(
            route_id=text_array([]),
            name=text_array([]),
            name_en=text_array([]),
            agency=text_array([]),
            route_type=none,
            route_class=text_array([]),
            color=text_array([]),
            status=text_array([]),
            source_id=text_array([]),
        ),
        patterns=patterns,
        trips=trips,
        services=Services(
            text_array([]), none.astype(np.uint8), none.astype(bool), none, none, none, none, none.astype(bool)
        ),
        transfers=empty_transfers(),
        fares=empty_fares(),
    )
    return Reading(table, counts={"lines": len(lines)})
