"""Owns the maps of cells in the import report: people, people by day, and how they change."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from app.import_report.canvas import Canvas, cells_path, outline
from app.import_report.map_sheet import Map, background
from app.import_report.words import word
from app.theme import NOTHING, PLAIN, ramp
from geodata.errors import Text

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray

MOST_CELLS = 12_000
DENSITY = (100.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0)
CHANGE = (-0.5, -0.3, -0.15, -0.05, 0.05)
_CHANGE_COLORS = ("#8c1d18", "#c9553d", "#e9a287", "#f5d9cc", "#e9e9e4", "#8db6e0")


def land(city: City, canvas: Canvas) -> str:
    """Return the silhouette of the city: where its cells are, else its municipality."""
    people = city.population
    if people.n_cells:
        return (
            _raster(canvas, people.xy, np.ones(people.n_cells))
            if people.n_cells > MOST_CELLS
            else cells_path(canvas, people.polygon_xy)
        )
    return outline(canvas, [z.xy for z in city.zones if z.kind == "municipality"])


def population_map(city: City, canvas: Canvas) -> Map | None:
    """Return people by area."""
    if not city.population.n_cells:
        return None
    return _density(city, canvas, city.population.total, word("persons_per_km2"))


def daytime_map(city: City, canvas: Canvas) -> Map | None:
    """Return people by day, by area."""
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
    body = background() + _classes(city, canvas, np.where(known, group, -1), colors)
    return Map(body, tuple(zip(colors, names, strict=True)), title)


def outlook_map(city: City, canvas: Canvas) -> Map | None:
    """Return the change of people from the first year to the last."""
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
    body = background() + _classes(city, canvas, group, _CHANGE_COLORS)
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
