"""Owns the lines and stops of 国土数値情報: railways (N02), bus stops (P11), bus routes (N07)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.ksj_tables import LINEAR, Findings, KsjRows, code, folded, inside, number
from geodata.readers.tables import ROW, listed
from geodata.timetable import RouteClass
from geodata.timetable_sketch import SketchLine, SketchStop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.config.ksj import KsjConfig
    from geodata.units import FloatArray

RAIL_MARGIN_DEGREES = 0.1
"""Railways are kept this far around the municipality (about 10 km), so that the next stations are there."""
BUS_MARGIN_DEGREES = 0.02
"""Bus stops and routes likewise (about 2 km)."""

_SAME_STATION_M = 500.0
_METRES_PER_DEGREE = 111_320.0
_UNKNOWN_RUNS = 999.0
"""N07-11 writes 999 where the number of runs is not known."""
_SEPARATORS = re.compile("[,，、]")
_ON_DEMAND = "4"
_ON_DEMAND_TEXT = Text("デマンドバス（決まった便がない）", "buses on demand, without fixed runs")
_NO_RUNS = (float("nan"), float("nan"), float("nan"))


def read_rail(
    layers: Sequence[KsjRows], config: KsjConfig, outline: BaseGeometry | None, found: Findings
) -> tuple[tuple[SketchLine, ...], tuple[SketchStop, ...], int]:
    """
    Return the railways of N02 in and around the outline, their stations, and how many rows of the file they stand for.

    A station is one stop for all its lines: of one group code, or of one name within 500 m.

    Raises
    ------
    DataError
        If no layer has stations or none has sections.
    """
    sections = [rows for rows in layers if rows.has("N02_003", "N02_004") and not rows.has("N02_005")]
    stations = [rows for rows in layers if rows.has("N02_003", "N02_004", "N02_005")]
    if not sections or not stations:
        raise DataError(
            _no_layer("N02", layers, Text("路線（RailroadSection）と駅（Station）", "sections and stations"))
        )
    reach = None if outline is None else outline.buffer(RAIL_MARGIN_DEGREES)
    parts: dict[tuple[str, str], list[BaseGeometry]] = defaultdict(list)
    kept = outside = 0
    for rows in sections:
        here = inside(rows.only(LINEAR), reach)
        near = rows.only(LINEAR).kept(here)
        outside += int((~here).sum())
        kept += len(near.shapes)
        for name, operator, shape in zip(near.column("N02_003"), near.column("N02_004"), near.shapes, strict=True):
            parts[name, operator].append(shape)
    _fill_gaps(parts, stations)
    lines = tuple(
        SketchLine(
            line_id=_line_id(RouteClass.RAIL, operator, name),
            name=name,
            operator=operator,
            route_class=RouteClass.RAIL.value,
            shape=shapely.union_all(shapes),
            headway_min=config.headway_min,
            speed_kmh=config.speed_kmh,
            source_id=sections[0].source_id,
        )
        for (name, operator), shapes in sorted(parts.items())
    )
    stops, n_stations, n_outside = _stations(stations, reach)
    found.counts |= {"lines": len(lines), "stops": len(stops), "ksj_outside": outside + n_outside}
    _check_reach("N02", sections[0].where, len(lines), outside, outline, found)
    return lines, stops, kept + n_stations


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
            raise DataError(_no_layer("P11", layers, Text("P11_001（バス停名）", "P11_001 (name)")))
        here = inside(rows, reach)
        outside += int((~here).sum())
        near = rows.kept(here)
        points = shapely.get_coordinates(shapely.centroid(np.array(near.shapes, dtype=object)))
        for n, (name, routes) in enumerate(zip(near.column("P11_001"), _routes_of(near), strict=True)):
            ids = tuple(dict.fromkeys(_line_id(RouteClass.BUS, operator, route) for operator, route in routes))
            names |= dict(zip((_line_id(RouteClass.BUS, *r) for r in routes), routes, strict=True))
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
    found.counts |= {"stops": len(stops), "lines": len(lines), "ksj_outside": outside}
    _check_reach("P11", layers[0].where, len(stops), outside, outline, found)
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
            raise DataError(_no_layer("N07", layers, Text("N07_001", "N07_001")))
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
            _line_id(RouteClass.BUS, operator, name),
            (operator, name),
            shapely.union_all([shape for shape, _ in some]),
            _most([per_day for _, per_day in some]),
            config,
            layers[0].source_id,
        )
        for (operator, name), some in sorted(courses.items())
    )
    found.counts |= {"lines": len(made), "ksj_outside": outside}
    _check_reach("N07", layers[0].where, kept + nameless, outside, outline, found)
    return made, kept


def _fill_gaps(parts: dict[tuple[str, str], list[BaseGeometry]], stations: list[KsjRows]) -> None:
    """Add the track along platforms, which some editions draw with the station alone, where it joins two sections."""
    ends = {key: {end for shape in shapes for end in _ends(shape)} for key, shapes in parts.items()}
    for rows in stations:
        for name, operator, shape in zip(rows.column("N02_003"), rows.column("N02_004"), rows.shapes, strict=True):
            if shape.geom_type in LINEAR and set(_ends(shape)) <= ends.get((name, operator), set()):
                parts[name, operator].append(shape)


def _ends(shape: BaseGeometry) -> list[tuple[float, float]]:
    """Return the ends of the lines of a geometry, to about a metre."""
    lines = [shapely.get_coordinates(part)[[0, -1]] for part in shapely.get_parts(shape)]
    return [(round(float(x), 5), round(float(y), 5)) for line in lines for x, y in line]


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


def _line_id(route_class: RouteClass, operator: str, name: str) -> str:
    """Return the id that N07 and P11 give alike to one route, however wide its letters are written."""
    return f"{route_class.value}:{folded(operator)}:{folded(name)}"


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


def _stations(layers: list[KsjRows], reach: BaseGeometry | None) -> tuple[tuple[SketchStop, ...], int, int]:
    """Return stations put together over their lines, how many rows they stand for, how many lie outside."""
    places: dict[str, list[tuple[FloatArray, str, str, str]]] = defaultdict(list)
    kept = outside = 0
    for rows in layers:
        here = inside(rows, reach)
        near = rows.kept(here)
        outside += int((~here).sum())
        kept += len(near.shapes)
        points = shapely.get_coordinates(shapely.centroid(np.array(near.shapes, dtype=object)))
        columns = ("N02_005", "N02_003", "N02_004", "N02_005g")
        for point, name, line, operator, group in zip(points, *(near.column(c) for c in columns), strict=True):
            places[name].append((point, _line_id(RouteClass.RAIL, operator, line), operator, group))
    stops = []
    for name, some in sorted(places.items()):
        for n, members in enumerate(_near_each_other(some)):
            centre = np.mean([m[0] for m in members], axis=0)
            group = min((m[3] for m in members if m[3]), default="")
            stops.append(
                SketchStop(
                    stop_id=f"N02-{group}" if group else f"N02-{name}-{n + 1}",
                    name=name,
                    lon=float(centre[0]),
                    lat=float(centre[1]),
                    route_class=RouteClass.RAIL.value,
                    lines=tuple(sorted({m[1] for m in members})),
                    operator=members[0][2],
                    source_id=layers[0].source_id,
                ),
            )
    return tuple(stops), kept, outside


def _near_each_other(
    some: list[tuple[FloatArray, str, str, str]],
) -> list[list[tuple[FloatArray, str, str, str]]]:
    """Return stations of one name in groups: of one group code, or within 500 m of the first of the group."""
    ordered = sorted(some, key=lambda m: (m[0][0], m[0][1], m[1]))
    groups: list[list[tuple[FloatArray, str, str, str]]] = []
    for member in ordered:
        for group in groups:
            first = group[0]
            apart = (member[0] - first[0]) * [np.cos(np.radians(first[0][1])), 1.0] * _METRES_PER_DEGREE
            if (member[3] and member[3] == first[3]) or float(np.hypot(*apart)) <= _SAME_STATION_M:
                group.append(member)
                break
        else:
            groups.append([member])
    return groups


def _check_reach(
    dataset: str, where: str, n_kept: int, outside: int, outline: BaseGeometry | None, found: Findings
) -> None:
    if n_kept == 0 and outside:
        raise DataError(
            error(
                "ksj.elsewhere",
                where,
                Text(
                    f"{dataset} の {outside} 件はすべて市域の外です",
                    f"all {outside} rows of {dataset} lie outside the city",
                ),
                Text("都道府県のファイルを間違えていないか確かめてください", "see that it is the right prefecture"),
            ),
        )
    if outline is None:
        found.problems.append(
            warning(
                "ksj.no_outline",
                where,
                Text("市域が分からないため、全部を使います", "the municipality is not known: everything is used"),
                Text("N03 か boundaries: で市域を書いてください", "give its boundary with N03 or boundaries:"),
            ),
        )


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


def _no_layer(dataset: str, layers: Sequence[KsjRows], what: Text) -> Problem:
    shown = listed([rows.where for rows in layers], 6)
    return error(
        "ksj.columns",
        layers[0].where,
        Text(f"{dataset} の{what.ja}がありません（読んだもの: {shown}）", f"{dataset} lacks {what.en} (read: {shown})"),
        Text("zip のまま指定してください", "give the zip as it was published"),
    )
