"""Owns the maps of the workshop: classes of one scenario on a sheet, as SVG for eyes and as areas for a phone's map."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from app.features.compare.metrics import PERSONS_COLUMN, Metric, find_metric
from app.features.compare.paint import is_by_district
from app.features.compare.telling import telling_metric
from app.features.workshop.fragments import legend
from app.features.workshop.wall_figures import other_of
from app.import_report.canvas import Canvas, canvas_of, cells_path, line
from app.import_report.markup import esc
from app.text import say
from app.theme import class_colors, difference_colors
from geodata.crs import to_plane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.features.workshop.moderation import Voice
    from app.runs import Run
    from app.services import Services
    from geodata.city import City
    from geodata.units import FloatArray

LINES = {"rail": ("#1d2433", 2.6), "brt": ("#d1495b", 3.2)}
NEW_LINE = ("#1565c0", 3.2)
DIGITS = 5
_LAND = "#f6f5f0"
PIN = (
    '<path d="M0 0c-3-5-7-8-7-13a7 7 0 1 1 14 0c0 5-4 8-7 13z" fill="#17212b" stroke="#fff" stroke-width="3"'
    ' stroke-linejoin="round" paint-order="stroke"/><circle cy="-13" r="3" fill="#ffd400"/>'
)
"""The sign of a voice at its point (0, 0): ink, which no class and no line is drawn in, on a white rim."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """
    What is mapped of one scenario.

    Parameters
    ----------
    metric
        The column.
    group
        Cell → class, −1 where nothing may or can be shown, shape (C,).
    colors, labels
        Class → colour and words.
    is_difference
        Whether classes are changes against another scenario.
    """

    metric: Metric
    group: np.ndarray[Any, np.dtype[np.intp]]
    colors: tuple[str, ...]
    labels: tuple[str, ...]
    is_difference: bool


def paint_run(services: Services, run: Run, lang: str) -> Picture:
    """
    Return the most telling map of a scenario: what changes, or how it is where it is compared with nothing.

    Cells with fewer persons than the city shows in public have no class.
    """
    other = other_of(services, run)
    key = ("workshop-classes", picture_key(services, run), lang)
    return services.kept(key, lambda: _paint(services, run, other, lang))


def picture_key(services: Services, run: Run) -> str:
    """Return what changes whenever the map of a scenario does: with its result, and with what it is compared with."""
    other = other_of(services, run)
    return run.key if other is None else f"{run.key}{other.key}"


def _paint(services: Services, run: Run, other: Run | None, lang: str) -> Picture:
    column = telling_metric(services, (other or run).run_id, run.run_id)
    metric = find_metric(column)
    if other is None or run.is_baseline:
        values = services.column(run, column, public=True)
        breaks, colors = metric.breaks, class_colors(len(metric.breaks) + 1, metric.good)
    else:
        by_district = is_by_district((other, run), column)
        before, after = (services.column(one, column, public=True, by_district=by_district) for one in (other, run))
        with np.errstate(invalid="ignore"):
            values = after - before
        values[np.isinf(before) & np.isinf(after)] = 0.0  # out of reach in both
        breaks, colors = metric.difference_breaks, difference_colors(len(metric.difference_breaks) + 1, metric.good)
    empty = np.isnan(values) | ~(run.cells[PERSONS_COLUMN["all"]].to_numpy(dtype=float) > 0)
    group = np.where(empty, -1, np.searchsorted(breaks, values, side="right"))
    is_difference = not (other is None or run.is_baseline)
    return Picture(metric, group, tuple(colors), _labels(metric, breaks, lang, is_difference), is_difference)


def _labels(metric: Metric, breaks: tuple[float, ...], lang: str, is_difference: bool) -> tuple[str, ...]:
    unit = (metric.difference_unit if is_difference else metric.unit).get(lang)
    texts = [_number(metric, value, signed=is_difference) for value in breaks]
    inner = [say(lang, "ws_between", low=low, high=high) for low, high in pairwise(texts)]
    labels = [say(lang, "ws_below", value=_with(texts[0], unit)), *(_with(text, unit) for text in inner)]
    labels.append(say(lang, "ws_from", value=_with(texts[-1], unit)))
    if is_difference:
        labels[len(labels) // 2] = say(lang, "ws_same")
        better, worse = (0, -1) if metric.good == "down" else (-1, 0)
        if metric.good in {"up", "down"}:
            labels[better] = say(lang, "ws_better", label=labels[better])
            labels[worse] = say(lang, "ws_worse", label=labels[worse])
    return tuple(labels)


def _with(text: str, unit: str) -> str:
    return f"{text} {unit}".strip()


def _number(metric: Metric, value: float, *, signed: bool) -> str:
    scaled = value * metric.factor
    if metric.clock and not signed:
        return f"{int(scaled) // 60}:{int(scaled) % 60:02d}"
    return (f"{scaled:+,g}" if signed else f"{scaled:,g}").replace("-", "−")


# ---------------------------------------------------------------- for eyes


def draw_run(services: Services, run: Run, lang: str) -> str:
    """Return the map as SVG: sea, land, classes, lines, stations, scale and north."""
    key = ("workshop-svg", picture_key(services, run), lang)
    return services.kept(key, lambda: _draw(services, run, lang))


def _draw(services: Services, run: Run, lang: str) -> str:
    city = services.city
    canvas = canvas_of(city)
    if canvas is None:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    picture = paint_run(services, run, lang)
    polygons = city.population.polygon_xy
    parts = [f'<path fill="{_LAND}" d="{cells_path(canvas, polygons)}"/>']
    parts += [
        f'<path fill="{color}" d="{cells_path(canvas, polygons[picture.group == number])}"/>'
        for number, color in enumerate(picture.colors)
        if (picture.group == number).any()
    ]
    parts += [_lines(services, run, canvas), _stations(city, canvas, lang), _furniture(canvas)]
    title = esc(f"{run.title.get(lang)}: {picture.metric.label.get(lang)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {canvas.width} {canvas.height}" role="img"'
        f' font-family="Noto Sans CJK JP,Noto Sans JP,Hiragino Sans,Yu Gothic UI,Meiryo,sans-serif">'
        f'<title>{title}</title><rect width="{canvas.width}" height="{canvas.height}" fill="#d5e3ec"/>'
        f"{''.join(parts)}</svg>"
    )


def _lines(services: Services, run: Run, canvas: Canvas) -> str:
    drawn = []
    for properties, lonlat in line_parts(services, run):
        color, width = NEW_LINE if properties.get("change") == "added" else LINES[properties["class"]]
        path = line(canvas.pixels(to_plane(services.city.epsg, lonlat)))
        drawn.append(
            f'<path fill="none" stroke="#fff" stroke-width="{width + 2}" d="{path}"/>'
            f'<path fill="none" stroke="{color}" stroke-width="{width}" d="{path}"/>'
        )
    return "".join(drawn)


def line_parts(services: Services, run: Run) -> list[tuple[dict[str, Any], FloatArray]]:
    """Return properties and course [degrees] of what orients on a map: rail, BRT, and what the scenario adds."""
    other = other_of(services, run)
    found = services.layers_beside(run, run if other is None else other)["lines"]["features"]
    parts = []
    for feature in found:
        properties, geometry = feature["properties"], feature["geometry"]
        added = properties.get("change") == "added"
        if properties.get("change") == "removed" or (properties["class"] not in LINES and not added):
            continue
        lines = [geometry["coordinates"]] if geometry["type"] == "LineString" else geometry["coordinates"]
        parts += [(properties, np.array(one, dtype=float)) for one in lines]
    return sorted(parts, key=lambda part: part[0].get("change") == "added")


def stations(city: City) -> list[tuple[str, str, float, float]]:
    """Return stations in the city: Japanese and English name, longitude, latitude; each name once."""
    table = city.timetable
    found: dict[str, tuple[str, str, float, float]] = {}
    for k in table.stops_of_class("rail"):
        if table.stops.in_city[k]:
            name, (lon, lat) = str(table.stops.name[k]), table.stops.lonlat[k].tolist()
            found.setdefault(name, (name, str(table.stops.name_en[k]), lon, lat))
    return list(found.values())


def _stations(city: City, canvas: Canvas, lang: str) -> str:
    found = stations(city)
    if not found:
        return ""
    pixels = canvas.pixels(to_plane(city.epsg, np.array([one[2:] for one in found])))
    drawn = []
    for (ja, en, *_), (x, y) in zip(found, pixels.tolist(), strict=True):
        name = esc(en if lang == "en" else ja)
        text = f'x="{x + 9:.0f}" y="{y + 7:.0f}" font-size="20" font-weight="700"'
        drawn.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4.5" fill="#fff" stroke="#1d2433" stroke-width="2"/>'
            f'<text {text} stroke="#fff" stroke-width="4" stroke-linejoin="round">{name}</text>'
            f'<text {text} fill="#1d2433">{name}</text>'
        )
    return "".join(drawn)


def _furniture(canvas: Canvas) -> str:
    bar, label = canvas.scale_bar()
    y, x = canvas.height - 16, canvas.width - 24
    return (
        f'<g fill="none" stroke="#17212b" stroke-width="1.6"><path d="M16 {y - 5}v5h{bar:.1f}v-5"/>'
        f'<path d="M{x} 40v-24m-5 8l5 -8l5 8"/></g><g fill="#17212b" font-size="19" text-anchor="middle">'
        f'<text x="{16 + bar / 2:.1f}" y="{y - 9}">{label}</text><text x="{x}" y="60">N</text></g>'
    )


def draw_pins(city: City, voices: Sequence[Voice]) -> str:
    """Return the pins of approved voices as a sheet to lie over the map; their words are read elsewhere."""
    canvas = canvas_of(city)
    places = np.array([(one.lon, one.lat) for one in voices if one.lon is not None], dtype=float).reshape(-1, 2)
    if canvas is None or not len(places):
        return ""
    pixels = canvas.pixels(to_plane(city.epsg, places))
    drawn = "".join(
        f'<g transform="translate({x:.0f} {y:.0f}) scale(1.5)">{PIN}</g>'
        for x, y in pixels[canvas.inside(pixels)].tolist()
    )
    box = f'viewBox="0 0 {canvas.width} {canvas.height}"'
    return f'<svg class="pins" {box} aria-hidden="true">{drawn}</svg>'


def pin_sign() -> str:
    """Return the pin alone, as it stands in the legend and on a phone's map: its point is the middle of its foot."""
    return f'<svg class="pin-sign" viewBox="-10 -24 20 24" aria-hidden="true">{PIN}</svg>'


# ---------------------------------------------------------------- for a map on a phone


def areas_of(services: Services, run: Run, lang: str) -> bytes:
    """Return land, one area a class, lines and stations as JSON; a few dozen kB, where cells would be megabytes."""
    key = ("workshop-areas", picture_key(services, run), lang)
    return services.kept(key, lambda: _areas(services, run, lang))


def _areas(services: Services, run: Run, lang: str) -> bytes:
    from app.features.compare.geometry import dissolve, extent_of  # noqa: PLC0415 - brings the city's outlines

    city, picture = services.city, paint_run(services, run, lang)
    polygons = shapely.set_precision(city.population.polygon_lonlat, 10.0**-DIGITS)
    classes = [
        {
            "type": "Feature",
            "properties": {"color": color},
            "geometry": json.loads(shapely.to_geojson(shapely.union_all(polygons[picture.group == number]))),
        }
        for number, color in enumerate(picture.colors)
        if (picture.group == number).any()
    ]
    lines = [
        {
            "type": "Feature",
            "properties": {"color": (NEW_LINE if p.get("change") == "added" else LINES[p["class"]])[0]},
            "geometry": {"type": "LineString", "coordinates": np.round(course, DIGITS).tolist()},
        }
        for p, course in line_parts(services, run)
    ]
    points = [
        {
            "type": "Feature",
            "properties": {"name": en if lang == "en" else ja},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for ja, en, lon, lat in stations(city)
    ]
    found = {
        "land": json.loads(shapely.to_geojson(dissolve(city))),
        "classes": {"type": "FeatureCollection", "features": classes},
        "lines": {"type": "FeatureCollection", "features": lines},
        "stations": {"type": "FeatureCollection", "features": points},
        "extent": extent_of(city),
        "legend": legend(picture, lang),
        "pin": pin_sign(),
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def legend_of(picture: Picture) -> list[tuple[str, str]]:
    """Return colour and words of each class, from the top of a list down."""
    return list(zip(picture.colors, picture.labels, strict=True))
