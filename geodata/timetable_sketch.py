"""Owns timetables sketched from lines and stops without times: headways and speeds, all assumed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata import sketch_messages
from geodata.errors import Problem
from geodata.reading import Reading
from geodata.sketch_columns import SERVICES, route_columns, service_columns, stop_columns
from geodata.sketch_order import Course, courses_along
from geodata.sketch_string import strung
from geodata.timetable import Timetable, empty_fares, empty_transfers
from geodata.trip_columns import TripRecord, build_trip_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.errors import Problem
    from geodata.units import FloatArray

    Project = Callable[[FloatArray], FloatArray]

SPEED_KMH = {"rail": 45.0, "bus": 18.0}
"""Assumed speeds with stops."""
HEADWAY_MIN = {"rail": 30.0, "bus": 60.0}
"""Assumed headways where neither the file nor the configuration gives one."""

_START_S, _END_S = 6 * 3600, 21 * 3600
_LEAST = 0.5
_AT_COURSE_M = 50.0
_REACH_M = {"rail": 500.0, "bus": 150.0}
_EVERY_DAY = 3


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
    Return a timetable of assumed headways from lines and stops; see `sketch_reading`, which also tells what it did.

    `project`: degrees (N, 2) → plane (N, 2) [m].
    """
    return sketch_reading(lines, stops, project=project).value


def sketch_reading(lines: Sequence[SketchLine], stops: Sequence[SketchStop], *, project: Project) -> Reading[Timetable]:
    """
    Return a timetable of assumed headways from lines and stops, and what was assumed and could not be told.

    A line with a course calls at its stops in the order along it, with a pattern for each branch; a line without one at
    the stops that name it, if these form a string. Runs go both ways from 6 to 21 h, evenly: at the published number a
    day where there is one, else at the headway of the configuration, else every 30 (rail) or 60 minutes (bus). Running
    times are the way ÷ 45 (rail) or 18 km/h (bus), stops included. Lines of one id are one line: the course of one, the
    number of runs of the other.

    Parameters
    ----------
    lines, stops
        What was read; a stop that no line serves stays in the timetable.
    project
        Degrees (N, 2) → plane (N, 2) [m].

    Returns
    -------
    reading
        Timetable whose routes are all `assumed`; problems; counts of lines, patterns and stops.

    Notes
    -----
    Ids hang on what was read alone, not on its order. O(stops × log + Σ stops of a line²) time.

    References
    ----------
    Assumption: headways, speeds and hours of service; METHODS.md.
    """
    joined = _joined(lines)
    placed = _placed(stops, project)
    drafts, problems = _drafts(joined, placed, project)
    used = {stop for draft in drafts for course in draft.courses for stop in course.stops.tolist()}
    problems += _told(joined, drafts, len(placed.stops) - len(used))
    patterns, trips = build_trip_columns(
        [record for n, draft in enumerate(drafts) for record in _runs(n, draft)], [d.line.line_id for d in drafts]
    )
    table = Timetable(
        stops=stop_columns(placed.stops, placed.lonlat, placed.xy),
        routes=route_columns([d.line for d in drafts]),
        patterns=patterns,
        trips=trips,
        services=service_columns(),
        transfers=empty_transfers(),
        fares=empty_fares(),
    )
    counts = {
        "sketch_lines": len(drafts),
        "sketch_lines_left_out": len(joined) - len(drafts),
        "sketch_patterns": len(patterns.pattern_id),
        "sketch_stops": len(placed.stops),
        "sketch_stops_without_line": len(placed.stops) - len(used),
    }
    return Reading(table, tuple(problems), counts=counts)


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    stops: list[SketchStop]
    lonlat: FloatArray
    xy: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    line: SketchLine
    courses: list[Course]


def _joined(lines: Sequence[SketchLine]) -> list[SketchLine]:
    """Return one line for each id, in the order of their ids."""
    by_id: dict[str, SketchLine] = {}
    for line in sorted(lines, key=lambda one: (one.line_id, one.shape is None, one.source_id)):
        first = by_id.get(line.line_id)
        if first is None:
            by_id[line.line_id] = line
            continue
        runs = first.runs_per_day if not np.isnan(first.runs_per_day).all() else line.runs_per_day
        by_id[line.line_id] = replace(
            first,
            shape=first.shape if first.shape is not None else line.shape,
            runs_per_day=runs,
            headway_min=first.headway_min or line.headway_min,
            speed_kmh=first.speed_kmh or line.speed_kmh,
        )
    return list(by_id.values())


def _placed(stops: Sequence[SketchStop], project: Project) -> _Placed:
    by_id = {s.stop_id: s for s in stops}
    ordered = [by_id[stop_id] for stop_id in sorted(by_id)]
    lonlat = np.array([(s.lon, s.lat) for s in ordered], dtype=np.float64).reshape(-1, 2)
    return _Placed(ordered, lonlat, project(lonlat))


def _drafts(lines: list[SketchLine], placed: _Placed, project: Project) -> tuple[list[_Draft], list[Problem]]:
    calling: dict[str, list[int]] = defaultdict(list)
    for n, stop in enumerate(placed.stops):
        for line_id in stop.lines:
            calling[line_id].append(n)
    tree = shapely.STRtree(np.asarray(shapely.points(placed.xy), dtype=object)) if len(placed.xy) else None
    drafts, unclear, few = [], [], []
    for line in lines:
        own = _stops_of(line, calling[line.line_id], placed, tree, project)
        courses = _courses(line, own, placed, project)
        if courses:
            drafts.append(_Draft(line, courses))
        elif len(own) > 1:
            unclear.append(line.name)
        else:
            few.append(line.name)
    problems = []
    if unclear:
        problems.append(sketch_messages.unclear(unclear))
    if few:
        problems.append(sketch_messages.few(few))
    return drafts, problems


def _stops_of(
    line: SketchLine, named: list[int], placed: _Placed, tree: shapely.STRtree | None, project: Project
) -> list[int]:
    """Return the stops that name a line, or, where fewer than two do, those of its class that lie at its course."""
    if len(named) > 1 or line.shape is None or tree is None:
        return named
    plane = shapely.transform(line.shape, project)
    near = tree.query(plane, predicate="dwithin", distance=_AT_COURSE_M).tolist()
    return sorted({n for n in near if placed.stops[n].route_class == line.route_class} | set(named))


def _courses(line: SketchLine, own: list[int], placed: _Placed, project: Project) -> list[Course]:
    if len(own) < 2:  # noqa: PLR2004 -- a line has two ends
        return []
    index = np.array(own, dtype=np.int32)
    if line.shape is not None:
        found = courses_along(line.shape, project, placed.xy[index], _REACH_M[line.route_class])
    else:
        course = strung(placed.xy[index])
        found = [] if course is None else [course]
    return [replace(course, stops=index[course.stops]) for course in found]


def _runs(route: int, draft: _Draft) -> list[TripRecord]:
    """Return the headway trips of a line, both ways, on each kind of day that has any."""
    line = draft.line
    metres_per_s = (line.speed_kmh or SPEED_KMH[line.route_class]) / 3.6
    records = []
    for n, course in enumerate(draft.courses):
        for direction in (0, 1):
            stops = course.stops if direction == 0 else course.stops[::-1]
            along = course.along_m if direction == 0 else course.along_m[-1] - course.along_m[::-1]
            times = tuple((_START_S + np.round(along / metres_per_s)).astype(int).tolist())
            drawn = course.lonlat if direction == 0 else course.lonlat[::-1]
            records += [
                TripRecord(
                    trip_id=f"{line.line_id}:{n}:{direction}:{SERVICES[service][0]}",
                    route=route,
                    service=service,
                    stops=tuple(stops.tolist()),
                    arrival_s=times,
                    departure_s=times,
                    direction=direction,
                    headway_s=headway_s,
                    start_s=_START_S,
                    end_s=_END_S,
                    shape_lonlat=tuple((float(x), float(y)) for x, y in drawn),
                )
                for service, headway_s in _headways(line)
            ]
    return records


def _headways(line: SketchLine) -> list[tuple[int, int]]:
    """Return (service, headway [s]) of the days on which a line runs; days without a number have that of weekdays."""
    runs = np.array(line.runs_per_day)
    if np.isnan(runs).all():
        minutes = line.headway_min or HEADWAY_MIN[line.route_class]
        return [(_EVERY_DAY, round(minutes * 60))]
    known = runs[~np.isnan(runs)]
    filled = np.where(np.isnan(runs), runs[0] if not np.isnan(runs[0]) else known[0], runs)
    return [
        (day, max(round((_END_S - _START_S) / max(n, 1.0)), 60)) for day, n in enumerate(filled.tolist()) if n >= _LEAST
    ]


def _told(lines: list[SketchLine], drafts: list[_Draft], n_alone: int) -> list[Problem]:
    problems = []
    published = sum(not np.isnan(d.line.runs_per_day).all() for d in drafts)
    if drafts:
        problems.append(sketch_messages.assumed(len(drafts), published))
    still = [d.line.name for d in drafts if not _headways(d.line)]
    if still:
        problems.append(sketch_messages.no_runs(still))
    if n_alone and lines:
        problems.append(sketch_messages.alone(n_alone))
    return problems
