"""Owns the maps of places in the import report: facilities, opinions and zones by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from app.import_report.canvas import Canvas, dots, outline
from app.import_report.map_sheet import Map, background, outside
from geodata.crs import to_plane
from geodata.errors import Text

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray

_KIND_NAMES = {
    "clinic": Text("診療所", "clinics"),
    "hospital": Text("病院", "hospitals"),
    "doctor_car_base": Text("ドクターカーの拠点", "doctor car bases"),
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


def facility_map(city: City, canvas: Canvas) -> Map | None:
    """Return facilities by kind."""
    facilities = city.facilities
    if not facilities.n_facilities:
        return None
    pixels = canvas.pixels(facilities.xy)
    inside = canvas.inside(pixels)
    return _by_name(pixels, inside, [str(k) for k in facilities.kind], Text("施設の種類", "Kinds of facilities"))


def opinion_map(city: City, canvas: Canvas) -> Map | None:
    """Return opinions by theme."""
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
    return Map(background() + "".join(reversed(drawn)), tuple(legend), title, outside(inside))


def zone_map(city: City, canvas: Canvas) -> Map | None:
    """Return zones by kind."""
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
    return Map(background() + "".join(drawn), tuple(legend), Text("区域", "Zones"))
