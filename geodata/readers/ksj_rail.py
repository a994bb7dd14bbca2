"""Owns the railways of 国土数値情報 (N02): lines and their stations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Text
from geodata.readers.ksj_lines import check_reach, line_id_of, no_layer
from geodata.readers.ksj_tables import LINEAR, Findings, KsjRows, inside
from geodata.timetable import RouteClass
from geodata.timetable_sketch import SketchLine, SketchStop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.config.ksj import KsjConfig
    from geodata.units import FloatArray

RAIL_MARGIN_DEGREES = 0.1
"""Railways are kept this far around the municipality (about 10 km), so that the next stations are there."""

_SAME_STATION_M = 500.0
_METRES_PER_DEGREE = 111_320.0


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
            no_layer("N02", layers, Text("路線（RailroadSection）と駅（Station）", "sections and stations"))
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
            line_id=line_id_of(RouteClass.RAIL, operator, name),
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
    found.counts |= {"N02_lines": len(lines), "N02_stops": len(stops)}
    check_reach("N02", sections[0].where, len(lines), outside, outline, found)
    if n_outside:
        found.outside("N02", stations[0].where, n_outside)
    return lines, stops, kept + n_stations


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
            places[name].append((point, line_id_of(RouteClass.RAIL, operator, line), operator, group))
    stops: dict[str, SketchStop] = {}
    for name, some in sorted(places.items()):
        for n, members in enumerate(_near_each_other(some)):
            centre = np.mean([m[0] for m in members], axis=0)
            group = min((m[3] for m in members if m[3]), default="")
            stop_id = f"N02-{group}"
            if not group or stop_id in stops:
                stop_id = f"N02-{name}-{n + 1}"
            stops[stop_id] = SketchStop(
                stop_id=stop_id,
                name=name,
                lon=float(centre[0]),
                lat=float(centre[1]),
                route_class=RouteClass.RAIL.value,
                lines=tuple(sorted({m[1] for m in members})),
                operator=members[0][2],
                source_id=layers[0].source_id,
            )
    return tuple(stops.values()), kept, outside


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
