"""Owns the small maps of the import report: one SVG a layer, all on the same sheet, thinned to what can be seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from app.import_report.canvas import Canvas, canvas_of, cells_path, dots, line, outline, segments
from app.import_report.markup import both, esc
from app.import_report.words import word
from app.theme import NOTHING, PLAIN, ramp
from geodata.crs import to_plane
from geodata.errors import Text
from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray

MOST_CELLS = 12_000
MOST_SEGMENTS = 20_000
MOST_LINE_CHARS = 600_000
DENSITY = (100.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0)
CHANGE = (-0.5, -0.3, -0.15, -0.05, 0.05)
_CHANGE_COLORS = ("#8c1d18", "#c9553d", "#e9a287", "#f5d9cc", "#e9e9e4", "#8db6e0")
_CLASS_COLORS = {"rail": "#1d2433", "brt": "#c4421a", "bus": "#2b6cb0", "other": "#7a6f9b"}
_CLASS_NAMES = {
    "rail": Text("鉄道", "rail"),
    "brt": Text("BRT", "BRT"),
    "bus": Text("バス", "bus"),
    "other": Text("その他", "other"),
}
_LINE = {False: "line", True: "line assumed"}
_KIND_NAMES = {
    "clinic": Text("診療所", "clinics"),
    "hospital": Text("病院", "hospitals"),
    "city_office": Text("市役所", "city offices"),
    "branch_office": Text("支所", "branch offices"),
    "community_centre": Text("公民館・集会施設", "community centres"),
    "elementary_school": Text("小学校", "elementary schools"),
    "junior_high_school": Text("中学校", "junior high schools"),
    "high_school": Text("高校", "high schools"),
    "large_workplace": Text("大規模事業所", "large workplaces"),
    "shop": Text("店舗", "shops"),
    "welfare": Text("福祉施設", "welfare"),
    "shelter": Text("避難所", "shelters"),
    "station_front": Text("駅前", "station fronts"),
    "park_or_sports": Text("公園・運動施設", "parks, sports"),
    "other": Text("その他", "other"),
    "municipality": Text("行政区域", "municipality"),
    "school_district": Text("学区", "school districts"),
    "flood": Text("洪水浸水想定区域", "flood zones"),
    "landslide": Text("土砂災害警戒区域", "landslide zones"),
    "residential_guidance": Text("居住誘導区域", "residential guidance areas"),
    "urban_function": Text("都市機能誘導区域", "urban function areas"),
}
_COLORS = ("#c4421a", "#2b6cb0", "#2f855a", "#b7791f", "#6b46c1", "#0f8a9d", "#b83280", "#4a5568", "#9c4221", "#718096")


@dataclass(frozen=True, slots=True)
class Map:
    """One drawing: markup of the sheet, its legend (colour, name), and what it does not show ("" = nothing)."""

    body: str
    legend: tuple[tuple[str, Text], ...]
    title: Text
    beside: Text = Text("", "")


def draw_maps(city: City) -> tuple[str, dict[str, str]]:
    """Return the shared definitions of a page, and layer → markup of its map."""
    canvas = canvas_of(city)
    if canvas is None:
        return "", {}
    land = _land(city, canvas)
    drawn = {
        "population": _population(city, canvas),
        "daytime": _daytime(city, canvas),
        "outlook": _outlook(city, canvas),
        "timetable": _timetable(city, canvas),
        "streets": _streets(city, canvas),
        "facilities": _facilities(city, canvas),
        "zones": _zones(city, canvas),
        "opinions": _opinions(city, canvas),
    }
    shared = f'<svg width="0" height="0" aria-hidden="true"><defs><path id="land" d="{land}"/></defs></svg>'
    return shared, {layer: _figure(canvas, found) for layer, found in drawn.items() if found is not None}


def _figure(canvas: Canvas, drawing: Map) -> str:
    bar, label = canvas.scale_bar()
    y = canvas.height - 14
    scale = (
        f'<g class="scale"><path d="M14 {y - 4}v4h{bar:.1f}v-4"/>'
        f'<text x="{14 + bar / 2:.1f}" y="{y - 8}">{label}</text>'
        f'<path d="M{canvas.width - 20} 34v-20m-4 6l4 -6l4 6"/><text x="{canvas.width - 20}" y="46">N</text></g>'
    )
    keys = "".join(f'<li><i style="background:{esc(color)}"></i>{both(name)}</li>' for color, name in drawing.legend)
    beside = f'<li class="beside">{both(drawing.beside)}</li>' if drawing.beside.ja else ""
    return (
        f'<figure><svg viewBox="0 0 {canvas.width} {canvas.height}" role="img" aria-label="{esc(drawing.title.ja)}">'
        f'<rect class="sheet" width="{canvas.width}" height="{canvas.height}"/>{drawing.body}{scale}</svg>'
        f"<figcaption><b>{both(drawing.title)}</b><ul>{keys}{beside}</ul></figcaption></figure>"
    )


def _land(city: City, canvas: Canvas) -> str:
    """Return the silhouette of the city: where its cells are, else its municipality."""
    people = city.population
    if people.n_cells:
        return (
            _raster(canvas, people.xy, np.ones(people.n_cells))
            if people.n_cells > MOST_CELLS
            else cells_path(canvas, people.polygon_xy)
        )
    return outline(canvas, [z.xy for z in city.zones if z.kind == "municipality"])


def _background() -> str:
    return '<use href="#land" class="land"/>'


def _population(city: City, canvas: Canvas) -> Map | None:
    if not city.population.n_cells:
        return None
    return _density(city, canvas, city.population.total, word("persons_per_km2"))


def _daytime(city: City, canvas: Canvas) -> Map | None:
    if city.daytime is None:
        return None
    return _density(city, canvas, city.daytime.persons, word("daytime_per_km2"))


def _density(city: City, canvas: Canvas, persons: FloatArray, title: Text) -> Map:
    people = city.population
    density = np.asarray(persons, dtype=np.float64) / np.maximum(people.area_m2, 1) * 1e6
    known = np.isfinite(density)
    group = np.where(density > 0, np.searchsorted(DENSITY, density, side="right") + 1, 0)
    colors = [NOTHING, *ramp(PLAIN, len(DENSITY) + 1)]
    names = [word("zero"), *_ranges([f"{b:,.0f}" for b in DENSITY])]
    body = _background() + _classes(city, canvas, np.where(known, group, -1), colors)
    return Map(body, tuple(zip(colors, names, strict=True)), title)


def _outlook(city: City, canvas: Canvas) -> Map | None:
    outlook = city.outlook
    if outlook is None or len(outlook.years) < 1:
        return None
    last = outlook.years[-1]
    first = outlook.total(outlook.years[0]) if len(outlook.years) > 1 else city.population.total
    start = outlook.years[0] if len(outlook.years) > 1 else city.population.year
    with np.errstate(divide="ignore", invalid="ignore"):
        change = outlook.total(last) / first - 1
    group = np.where(np.isfinite(change), np.searchsorted(CHANGE, change, side="right"), -1)
    names = _ranges([f"{b:+.0%}" for b in CHANGE])
    title = Text(f"{word('change').ja}（{start}→{last} 年）", f"{word('change').en} ({start} to {last})")
    body = _background() + _classes(city, canvas, group, _CHANGE_COLORS)
    return Map(body, tuple(zip(_CHANGE_COLORS, names, strict=True)), title)


def _ranges(breaks: list[str]) -> list[Text]:
    """Return the names of classes between breaks: below the first, between, from the last on."""
    inner = [f"{a}–{b}" for a, b in pairwise(breaks)]
    return [
        Text(f"{breaks[0]} 未満", f"below {breaks[0]}"),
        *(Text(i, i) for i in inner),
        Text(f"{breaks[-1]} 以上", f"{breaks[-1]} and more"),
    ]


def _classes(city: City, canvas: Canvas, group: FloatArray, colors: list[str] | tuple[str, ...]) -> str:
    people = city.population
    if people.n_cells > MOST_CELLS:
        return "".join(
            f'<path fill="{color}" d="{_raster(canvas, people.xy[group == k], people.area_m2[group == k])}"/>'
            for k, color in enumerate(colors)
        )
    return "".join(
        f'<path fill="{color}" d="{cells_path(canvas, people.polygon_xy[group == k])}"/>'
        for k, color in enumerate(colors)
        if (group == k).any()
    )


def _raster(canvas: Canvas, xy: FloatArray, area: FloatArray) -> str:
    """Return very many cells as squares of whole pixels, each place once."""
    if not len(xy):
        return ""
    side = max(2, round(float(np.sqrt(np.median(area))) / canvas.m_per_px)) if area.max() > 1 else 3
    pixels = canvas.pixels(xy)
    places = np.unique((pixels[canvas.inside(pixels)] // side).astype(np.int64) * side, axis=0)
    return "".join(f"M{x} {y}h{side}v{side}h-{side}z" for x, y in places.tolist())


def _timetable(city: City, canvas: Canvas) -> Map | None:
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
    body = f'{_background()}{"".join(drawn)}<path class="stops" d="{dots(pixels[inside])}"/>'
    return Map(body, tuple(legend), Text("路線と停留所", "Lines and stops"), _outside(inside))


def _course(city: City, canvas: Canvas, pattern: int) -> FloatArray:
    """Return the polyline of a pattern in pixels: its shape, else from stop to stop."""
    patterns = city.timetable.patterns
    first, last = patterns.shape_offsets[pattern], patterns.shape_offsets[pattern + 1]
    if last - first > 1:
        return canvas.pixels(to_plane(city.epsg, patterns.shape_lonlat[first:last]))
    return canvas.pixels(city.timetable.stops.xy[patterns.stops_of(pattern)])


def _outside(inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Text:
    n = int((~inside).sum())
    return Text(f"図の外 {n:,}", f"outside the map {n:,}") if n else Text("", "")


def _streets(city: City, canvas: Canvas) -> Map | None:
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
        f'{_background()}<path class="walk" d="{segments(start[seen & ~cars], end[seen & ~cars], MOST_SEGMENTS)}"/>'
        f'<path class="street" d="{segments(start[seen & cars], end[seen & cars], MOST_SEGMENTS)}"/>'
    )
    legend = (("#374151", word("street")), ("#b08968", word("walk_only")))
    return Map(body, legend, Text("道路（間引いて表示）", "Streets (thinned)"))


def _facilities(city: City, canvas: Canvas) -> Map | None:
    facilities = city.facilities
    if not facilities.n_facilities:
        return None
    pixels = canvas.pixels(facilities.xy)
    inside = canvas.inside(pixels)
    return _by_name(pixels, inside, [str(k) for k in facilities.kind], Text("施設の種類", "Kinds of facilities"))


def _opinions(city: City, canvas: Canvas) -> Map | None:
    opinions = city.opinions
    if opinions is None or not opinions.n_opinions:
        return None
    known = np.isfinite(opinions.lonlat).all(axis=1)
    themes = [str(t) or "—" for t in opinions.theme]
    pixels = np.full((opinions.n_opinions, 2), -1.0)
    if known.any():
        pixels[known] = canvas.pixels(to_plane(city.epsg, opinions.lonlat[known]))
    drawing = _by_name(pixels, canvas.inside(pixels), themes, Text("意見の場所とテーマ", "Opinions by place and theme"))
    unknown = int((~canvas.inside(pixels)).sum())
    if not unknown:
        return drawing
    return replace(drawing, beside=Text(f"場所不明・図の外 {unknown:,}", f"place not known or outside {unknown:,}"))


def _by_name(
    pixels: FloatArray, inside: np.ndarray[tuple[int], np.dtype[np.bool_]], names: list[str], title: Text
) -> Map:
    """Return dots coloured by name; beyond the nine most frequent ones the rest is one."""
    counts = Counter(names)
    kept = [name for name, _ in counts.most_common(len(_COLORS) - 1)]
    rest = len(names) - sum(counts[k] for k in kept)
    array = np.array(names)
    drawn, legend = [], []
    for color, name in zip(_COLORS, [*kept, *([""] if rest else [])], strict=False):
        mine = inside & ((array == name) if name else ~np.isin(array, kept))
        drawn.append(f'<path class="place" stroke="{color}" d="{dots(pixels[mine])}"/>')
        label = _KIND_NAMES.get(name, Text(name, name)) if name else Text("ほか", "others")
        n = counts[name] if name else rest
        legend.append((color, Text(f"{label.ja} {n:,}", f"{label.en} {n:,}")))
    return Map(_background() + "".join(reversed(drawn)), tuple(legend), title, _outside(inside))


def _zones(city: City, canvas: Canvas) -> Map | None:
    if not city.zones:
        return None
    counts = Counter(z.kind for z in city.zones)
    drawn, legend = [], []
    for n, (kind, count) in enumerate(counts.most_common()):
        color = "#374151" if kind == "municipality" else _COLORS[n % len(_COLORS)]
        path = outline(canvas, [z.xy for z in city.zones if z.kind == kind])
        style = "zone border" if kind == "municipality" else "zone"
        drawn.append(f'<path class="{style}" fill="{color}" stroke="{color}" d="{path}"/>')
        label = _KIND_NAMES.get(kind, Text(kind, kind))
        legend.append((color, Text(f"{label.ja} {count:,}", f"{label.en} {count:,}")))
    return Map(_background() + "".join(drawn), tuple(legend), Text("区域", "Zones"))
