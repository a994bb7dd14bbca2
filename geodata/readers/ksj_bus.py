"""Owns the buses of 国土数値情報: stops (P11) and routes (N07)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, warning
from geodata.readers.ksj_lines import check_reach, line_id_of, no_layer
from geodata.readers.ksj_tables import LINEAR, Findings, KsjRows, code, inside, number
from geodata.readers.tables import ROW
from geodata.timetable import RouteClass
from geodata.timetable_sketch import SketchLine, SketchStop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.config.ksj import KsjConfig

BUS_MARGIN_DEGREES = 0.02
"""Bus stops and routes are kept this far around the municipality (about 2 km)."""

_UNKNOWN_RUNS = 999.0
"""N07-11 writes 999 where the number of runs is not known."""
_SEPARATORS = re.compile("[,，、]")
_ON_DEMAND = "4"
_ON_DEMAND_TEXT = Text("デマンドバス（決まった便がない）", "buses on demand, without fixed runs")
_NO_RUNS = (float("nan"), float("nan"), float("nan"))


def read_bus_stops(
    layers: Sequence[KsjRows], config: KsjConfig, outline: BaseGeometry | None, found: Findings
) -> tuple[tuple[SketchLine, ...], tuple[SketchStop, ...], int]:
    """
    Return the bus stops of P11 in and around the outline, and the routes that they name, without a course.

    P11-10 pairs operators (P11_003_n) with routes (P11_004_n), both lists with commas; P11-22 has one operator
    (P11_002) and routes in P11_003_01 to 35.

    Raises
    ------
    DataError
        If a layer lacks the columns, or everything lies outside.
    """
    reach = None if outline is None else outline.buffer(BUS_MARGIN_DEGREES)
    stops: list[SketchStop] = []
    names: dict[str, tuple[str, str]] = {}
    outside = 0
    for rows in layers:
        if not rows.has("P11_001"):
            raise DataError(no_layer("P11", layers, Text("P11_001（バス停名）", "P11_001 (name)")))
        here = inside(rows, reach)
        outside += int((~here).sum())
        near = rows.kept(here)
        points = shapely.get_coordinates(shapely.centroid(np.array(near.shapes, dtype=object)))
        for n, (name, routes) in enumerate(zip(near.column("P11_001"), _routes_of(near), strict=True)):
            ids = tuple(dict.fromkeys(line_id_of(RouteClass.BUS, operator, route) for operator, route in routes))
            names |= dict(zip((line_id_of(RouteClass.BUS, *r) for r in routes), routes, strict=True))
            stops.append(
                SketchStop(
                    stop_id=f"{near.stem}-{near.table[ROW].iloc[n]}",
                    name=name,
                    lon=float(points[n, 0]),
                    lat=float(points[n, 1]),
                    route_class=RouteClass.BUS.value,
                    lines=ids,
                    operator=routes[0][0] if routes else "",
                    source_id=near.source_id,
                ),
            )
    lines = tuple(
        _bus_line(line_id, names[line_id], None, _NO_RUNS, config, layers[0].source_id) for line_id in sorted(names)
    )
    found.counts |= {"P11_stops": len(stops), "P11_lines": len(lines)}
    check_reach("P11", layers[0].where, len(stops), outside, outline, found)
    return lines, tuple(stops), len(stops)


def read_bus_routes(
    layers: Sequence[KsjRows], config: KsjConfig, outline: BaseGeometry | None, found: Findings
) -> tuple[tuple[SketchLine, ...], int]:
    """
    Return the bus routes of N07 in and around the outline, with the runs a day that N07-11 gives.

    N07-22 has the operator alone: its courses name no route, so no line can be made of them, which is told.

    Raises
    ------
    DataError
        If a layer lacks the columns, or everything lies outside.
    """
    reach = None if outline is None else outline.buffer(BUS_MARGIN_DEGREES)
    courses: dict[tuple[str, str], list[tuple[BaseGeometry, tuple[float, float, float]]]] = defaultdict(list)
    kept = outside = nameless = 0
    for rows in layers:
        if not rows.has("N07_001"):
            raise DataError(no_layer("N07", layers, Text("N07_001", "N07_001")))
        lines = rows.only(LINEAR)
        here = inside(lines, reach)
        outside += int((~here).sum())
        near = lines.kept(here)
        if not near.has("N07_003"):
            nameless += len(near.shapes)
            continue
        fixed = np.array([code(c) != _ON_DEMAND for c in near.column("N07_001")], dtype=np.bool_)
        found.left_out("ksj.on_demand", near.where, _ON_DEMAND_TEXT, int((~fixed).sum()))
        near = near.kept(fixed)
        kept += len(near.shapes)
        runs = zip(*(map(_runs, near.column(f"N07_00{n}")) for n in (4, 5, 6)), strict=True)
        for operator, name, shape, per_day in zip(
            near.column("N07_002"), near.column("N07_003"), near.shapes, runs, strict=True
        ):
            courses[operator, name].append((shape, per_day))
    if nameless:
        found.problems.append(_nameless(layers[0].where, nameless))
    made = tuple(
        _bus_line(
            line_id_of(RouteClass.BUS, operator, name),
            (operator, name),
            shapely.union_all([shape for shape, _ in some]),
            _most([per_day for _, per_day in some]),
            config,
            layers[0].source_id,
        )
        for (operator, name), some in sorted(courses.items())
    )
    found.counts["N07_lines"] = len(made)
    check_reach("N07", layers[0].where, kept + nameless, outside, outline, found)
    return made, kept


def _bus_line(
    line_id: str,
    names: tuple[str, str],
    shape: BaseGeometry | None,
    runs: tuple[float, float, float],
    config: KsjConfig,
    source_id: str,
) -> SketchLine:
    operator, name = names
    return SketchLine(
        line_id=line_id,
        name=name,
        operator=operator,
        route_class=RouteClass.BUS.value,
        shape=shape,
        runs_per_day=runs,
        headway_min=config.headway_min,
        speed_kmh=config.speed_kmh,
        source_id=source_id,
    )


def _routes_of(rows: KsjRows) -> list[list[tuple[str, str]]]:
    """Return row → (operator, route) pairs."""
    routes = [c for c in rows.table.columns if re.fullmatch(r"P11_004_\d+", str(c))]
    if rows.has("P11_003_1"):
        operators = _joined(rows, [c for c in rows.table.columns if re.fullmatch(r"P11_003_\d+", str(c))])
        lists = _joined(rows, routes)
        return [_paired(some, many) for some, many in zip(operators, lists, strict=True)]
    lists = _joined(rows, [c for c in rows.table.columns if re.fullmatch(r"P11_003_\d+", str(c))])
    return [_paired([owner], many) for owner, many in zip(rows.column("P11_002"), lists, strict=True)]


def _paired(operators: list[str], routes: list[str]) -> list[tuple[str, str]]:
    """Return operator and route side by side; one operator stands for all routes, the last for any without one."""
    if not operators:
        operators = [""]
    filled = operators + [operators[-1]] * (len(routes) - len(operators))
    return [(owner, route) for owner, route in zip(filled, routes, strict=False) if route]


def _joined(rows: KsjRows, columns: Iterable[str]) -> list[list[str]]:
    """Return row → the parts of lists that go on over numbered columns."""
    numbered = sorted(columns, key=lambda c: int(str(c).rpartition("_")[2]))
    texts = zip(*(rows.column(c) for c in numbered), strict=True) if numbered else ([()] * len(rows.shapes))
    return [[part.strip() for text in some if text for part in _SEPARATORS.split(text)] for some in texts]


def _runs(text: str) -> float:
    runs = number(text)
    return runs if 0 <= runs < _UNKNOWN_RUNS else float("nan")


def _most(runs: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return the largest published number of each kind of day, NaN where there is none."""
    columns = [[r[day] for r in runs if not np.isnan(r[day])] for day in range(3)]
    weekday, saturday, holiday = (max(column, default=float("nan")) for column in columns)
    return weekday, saturday, holiday


def _nameless(where: str, count: int) -> Problem:
    return warning(
        "ksj.no_route_names",
        where,
        Text(
            "系統名のないバスルート（2022 年版）は経路がどの系統のものか分からないため、運行には使いません",
            "bus routes without names (edition 2022) do not tell which route runs where: not used for runs",
        ),
        Text("系統名と本数のある 2011 年版か、GTFS を使ってください", "use the edition of 2011, or GTFS"),
        count,
    )
