"""Owns the maps of lines in the import report: routes with their stops, and streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.import_report.canvas import Canvas, dots, line, segments
from app.import_report.map_sheet import Map, background, outside
from app.import_report.words import word
from geodata.crs import to_plane
from geodata.errors import Text
from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray

MOST_SEGMENTS = 20_000
MOST_LINE_CHARS = 600_000
_CLASS_COLORS = {"rail": "#1d2433", "brt": "#c4421a", "bus": "#2b6cb0", "other": "#7a6f9b"}
_CLASS_NAMES = {
    "rail": Text("鉄道", "rail"),
    "brt": Text("BRT", "BRT"),
    "bus": Text("バス", "bus"),
    "other": Text("その他", "other"),
}
_LINE = {False: "line", True: "line assumed"}


def timetable_map(city: City, canvas: Canvas) -> Map | None:
    """Return lines by class, assumed ones apart, and stops."""
    table = city.timetable
    if not table.n_stops:
        return None
    lines: dict[tuple[str, bool], set[str]] = {}
    n_chars = 0
    for pattern in range(len(table.patterns.pattern_id)):
        route = int(table.patterns.route[pattern])
        key = (str(table.routes.route_class[route]), str(table.routes.status[route]) == "assumed")
        path = line(_course(city, canvas, pattern))
        known = lines.setdefault(key, set())
        if path and path not in known and n_chars < MOST_LINE_CHARS:
            known.add(path)
            n_chars += len(path)
    order = ("other", "bus", "brt", "rail")
    drawn = [
        f'<path class="{_LINE[assumed]}" stroke="{_CLASS_COLORS[kind]}" d="{"".join(sorted(paths))}"/>'
        for (kind, assumed), paths in sorted(lines.items(), key=lambda item: order.index(item[0][0]))
    ]
    pixels = canvas.pixels(table.stops.xy)
    inside = canvas.inside(pixels)
    kinds = sorted({kind for kind, _ in lines}, key=order.index, reverse=True)
    legend = [(_CLASS_COLORS[k], _CLASS_NAMES[k]) for k in kinds]
    legend.append(("#111827", Text(f"停留所 {table.n_stops:,}", f"stops {table.n_stops:,}")))
    body = f'{background()}{"".join(drawn)}<path class="stops" d="{dots(pixels[inside])}"/>'
    return Map(body, tuple(legend), Text("路線と停留所", "Lines and stops"), outside(inside))


def _course(city: City, canvas: Canvas, pattern: int) -> FloatArray:
    """Return the polyline of a pattern in pixels: its shape, else from stop to stop."""
    patterns = city.timetable.patterns
    first, last = patterns.shape_offsets[pattern], patterns.shape_offsets[pattern + 1]
    if last - first > 1:
        return canvas.pixels(to_plane(city.epsg, patterns.shape_lonlat[first:last]))
    return canvas.pixels(city.timetable.stops.xy[patterns.stops_of(pattern)])


def street_map(city: City, canvas: Canvas) -> Map | None:
    """Return streets, those for cars and those to walk only."""
    streets = city.streets
    if not isinstance(streets, StreetNetwork):
        return None
    owner = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    once = owner < streets.edge_to
    pixels = canvas.pixels(streets.node_xy)
    start, end = pixels[owner], pixels[streets.edge_to]
    seen = once & (canvas.inside(start) | canvas.inside(end))
    cars = np.isfinite(streets.edge_car_s)
    body = (
        f'{background()}<path class="walk" d="{segments(start[seen & ~cars], end[seen & ~cars], MOST_SEGMENTS)}"/>'
        f'<path class="street" d="{segments(start[seen & cars], end[seen & cars], MOST_SEGMENTS)}"/>'
    )
    legend = (("#374151", word("street")), ("#b08968", word("walk_only")))
    return Map(body, legend, Text("道路（間引いて表示）", "Streets (thinned)"))
