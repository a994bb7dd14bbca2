"""Owns the lines, areas and points of printed maps: the same signs and colours as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from app.report.maps_world import World
    from geodata.units import FloatArray

CHANGE = {"added": "#1565c0", "changed": "#f2b705", "removed": "#c62828"}
INK, NAVY, WHITE = "#17212b", "#0b2545", "#ffffff"
BUS, BRT, GREEN, TEAL, ENTRANCE = "#56657a", "#d1495b", "#5d7f13", "#0f766e", "#e65100"
VANS = (TEAL, "#7c4a03", "#4a148c")
CARE = {
    "hospital": "#6a1b9a",
    "clinic": "#8e44ad",
    "city_office": NAVY,
    "branch_office": NAVY,
    "shelter": "#2e7d32",
}
PLAIN_PLACE = "#37474f"
BIG = ("hospital", "city_office")
LATIN = 0x2000  # letters above are as wide as high
NEAR_M = 9_000.0
"""Width of what is shown below which stops of buses and names of stops are drawn too [m]."""
ASIDE_PT = -9.0
"""Counts of a district stand left of its middle: the names of stations are written to the right."""
Feature = dict[str, Any]
Layers = dict[str, Any]


class Pen:
    """Draws on one map; `size` scales every width, 1 = a map about 100 mm wide."""

    def __init__(self, axes: Axes, world: World, size: float, *, thin: bool) -> None:
        self.axes, self.world, self.size = axes, world, size
        self.wide = 0.6 if thin else 1.0  # in a difference the cells that changed lie under the lines that changed them

    def lines(self, features: Iterable[Feature], color: str, width: float, order: float, **style: Any) -> None:
        """Draw lines in one colour."""
        from matplotlib.collections import LineCollection  # noqa: PLC0415 - slow

        parts = [self.world.plane(line) for feature in features for line in lines_of(feature["geometry"])]
        width *= self.size
        dashes = style.pop("dashes", None)
        if dashes is not None:
            style["linestyles"] = [(0, [dash / width for dash in scaled(dashes, self.size)])]
        found = LineCollection(
            parts, colors=color, linewidths=width, zorder=order, capstyle="butt", joinstyle="round", **style
        )
        self.axes.add_collection(found, autolim=False)

    def dots(self, features: Iterable[Feature], radius: float, fill: str, edge: str, order: float) -> None:
        """Draw points of one kind; the radius in points of the typographer."""
        at = self.places(features)
        if len(at):
            self.axes.scatter(
                at[:, 0], at[:, 1],
                s=(2 * radius * self.size) ** 2, c=fill, edgecolors=edge, linewidths=0.9 * self.size, zorder=order,
            )  # fmt: skip

    def words(self, features: Iterable[Feature], key: str, size: float, color: str, order: float, **more: Any) -> None:
        """Write the name of each point that lies on the map: to the right of it, at the right rim to the left."""
        from matplotlib import patheffects  # noqa: PLC0415 - slow

        points = list(features)
        (left, right), (bottom, top) = self.axes.get_xlim(), self.axes.get_ylim()
        halo = [patheffects.withStroke(linewidth=2.2 * self.size, foreground=more.pop("halo", WHITE))]
        offset = more.pop("offset", (0.0, 0.0))
        wide_pt = self.axes.get_window_extent().width * 72 / self.axes.figure.dpi
        for feature, (x, y) in zip(points, self.places(points), strict=True):
            text = more.get("text") or str(feature["properties"].get(key) or "")
            if text and left < x < right and bottom < y < top:
                room_pt = (right - x) / (right - left) * wide_pt
                turned = offset[0] > 0 and offset[0] * self.size + _width(text) * size * self.size > room_pt
                align = "center" if not offset[0] else "right" if turned else "left"
                shift = ((-1 if turned else 1) * offset[0] * self.size, offset[1] * self.size)
                self.axes.annotate(
                    text, (x, y), shift, textcoords="offset points", ha=align, va="center",
                    fontsize=size * self.size, color=color, zorder=order, path_effects=halo,
                )  # fmt: skip

    def places(self, features: Iterable[Feature]) -> FloatArray:
        """Return where points lie [m], shape (N, 2)."""
        at = [f["geometry"]["coordinates"] for f in features]
        return self.world.plane(np.array(at)) if at else np.zeros((0, 2))


def _width(text: str) -> float:
    """Return about how wide a text is, in heights of its letters: Japanese ones are square."""
    return sum(1.0 if ord(one) > LATIN else 0.6 for one in text)


def scaled(dashes: tuple[float, ...], size: float) -> list[float]:
    """Return lengths of dashes [points]."""
    return [dash * size for dash in dashes]


def lines_of(geometry: dict[str, Any]) -> list[FloatArray]:
    """Return the lines of a line, or the outlines of an area [degrees]."""
    coordinates = geometry["coordinates"]
    nested = {"LineString": [coordinates], "MultiLineString": coordinates, "Polygon": coordinates}
    if geometry["type"] == "MultiPolygon":
        return [np.array(ring) for polygon in coordinates for ring in polygon]
    return [np.array(line) for line in nested.get(geometry["type"], [])]


def draw_signs(pen: Pen, layers: Layers, lang: str) -> None:
    """Draw everything that stands over the cells, back to front."""
    _areas(pen, _features(layers, "on_demand"))
    _lines(pen, _features(layers, "lines"))
    _services(pen, layers)
    _points(pen, layers, "name_en" if lang == "en" else "name")


def _features(layers: Layers, name: str) -> list[Feature]:
    found: list[Feature] = layers.get(name, {}).get("features", [])
    return found


def _only(features: Iterable[Feature], **wanted: Any) -> list[Feature]:
    return [f for f in features if all(f["properties"].get(key) in values for key, values in wanted.items())]


def _kept(features: Iterable[Feature]) -> list[Feature]:
    return [f for f in features if f["properties"].get("change") != "removed"]


def _by_change(features: list[Feature], same: str) -> list[tuple[list[Feature], str]]:
    """Return features with the colour of their change; what only changed keeps its own."""
    added = _only(features, change=("added",))
    removed = _only(features, change=("removed",))
    rest = [f for f in features if f not in added and f not in removed]
    return [(rest, same), (added, CHANGE["added"]), (removed, CHANGE["removed"])]


def _areas(pen: Pen, areas: list[Feature]) -> None:
    from matplotlib.collections import PolyCollection  # noqa: PLC0415 - slow

    outlines = [f for f in areas if f["geometry"]["type"] in {"Polygon", "MultiPolygon"}]
    rings = [pen.world.plane(ring) for f in _kept(outlines) for ring in lines_of(f["geometry"])]
    pen.axes.add_collection(PolyCollection(rings, facecolors=GREEN, alpha=0.1, zorder=3), autolim=False)
    for features, color in _by_change(outlines, GREEN):
        pen.lines(features, color, 1.0, 3.1, dashes=(3.2, 1.7))


def _lines(pen: Pen, lines: list[Feature]) -> None:
    halo, w = pen.wide, pen.wide
    changed, kept = _only(lines, change=("changed",)), _kept(lines)
    pen.lines(_only(changed, assumed=(True,)), CHANGE["changed"], 2.2 * halo, 4.0, alpha=0.7)
    pen.lines(_only(changed, assumed=(False,)), CHANGE["changed"], 5.2 * halo, 4.0, alpha=0.95 * halo)
    if halo == 1:
        pen.lines(_only(lines, change=("added",)), CHANGE["added"], 5.2, 4.0, alpha=0.25)
    bus = _only(kept, **{"class": ("bus", "other")})
    for features, color in _by_change(_only(bus, assumed=(True,)), BUS):
        pen.lines(features, color, 0.75, 4.1, dashes=(2.3, 1.5), alpha=0.85)
    pen.lines(_only(bus, assumed=(False,)), WHITE, 1.9 * w, 4.2, alpha=0.9)
    for features, color in _by_change(_only(bus, assumed=(False,)), BUS):
        pen.lines(features, color, 1.0 * w, 4.3)
    brt = _only(kept, **{"class": ("brt",)})
    pen.lines(brt, WHITE, 3.4 * w, 4.4)
    for features, color in _by_change(brt, BRT):
        pen.lines(features, color, 2.1 * w, 4.5)
    rail = _only(kept, **{"class": ("rail",)})
    pen.lines(rail, INK, 2.6, 4.6)
    pen.lines(rail, WHITE, 1.5, 4.7, dashes=(3.6, 3.6))
    pen.lines(_only(lines, change=("removed",)), CHANGE["removed"], 1.7, 4.8, dashes=(2.2, 1.8))


def _services(pen: Pen, layers: Layers) -> None:
    """Draw tours dotted, one colour a vehicle, and what drives itself as a thin dark line along its route."""
    tours = _features(layers, "tours")
    for number, color in enumerate(VANS):
        ours = [f for f in tours if int(f["properties"].get("vehicle") or 0) % len(VANS) == number]
        pen.lines(ours, color, 1.0, 4.9, dashes=(0.9, 1.8), alpha=0.9)
    autonomous = _features(layers, "autonomous")
    pen.lines(autonomous, WHITE, 1.6, 5.0)
    pen.lines(autonomous, "#00363a", 1.0, 5.1, dashes=(2.4, 1.1))


def _points(pen: Pen, layers: Layers, named: str) -> None:
    stops = _features(layers, "stops")
    (left, right) = pen.axes.get_xlim()
    if right - left < NEAR_M:
        for features, color in _by_change(_only(stops, **{"class": ("bus", "other")}), BUS):
            pen.dots(features, 0.9, WHITE, color, 5.9)
    for features, color in _by_change(_only(stops, **{"class": ("brt",)}), BRT):
        pen.dots(features, 1.15, WHITE, color, 6.0)
    for kind in dict.fromkeys(str(f["properties"]["kind"]) for f in _features(layers, "facilities")):
        _facilities(pen, _only(_features(layers, "facilities"), kind=(kind,)), kind)
    pen.dots(_points_only(layers, "entrances"), 1.9, ENTRANCE, WHITE, 6.3)
    places = _points_only(layers, "places")
    pen.dots(places, 3.6, TEAL, WHITE, 6.4)
    pen.words(places, named, 5.2, WHITE, 6.5, text="市", halo=TEAL)
    stations = _only(stops, **{"class": ("rail",)})
    pen.dots(stations, 2.6, WHITE, INK, 6.6)
    hubs = _points_only(layers, "hubs")
    pen.dots(hubs, 4.4, WHITE, WHITE, 6.7)
    pen.dots(_kept(hubs), 3.7, GREEN, "#3c540a", 6.8)
    pen.words(_kept(hubs), named, 5.6, WHITE, 6.9, text="H", halo="#3c540a")
    _closures(pen, _points_only(layers, "closures"))
    if right - left < NEAR_M:
        pen.words(_only(stops, **{"class": ("brt",)}), named, 5.8, "#8c1f33", 7.1, offset=(3.4, 0.0))
    pen.words(stations, named, 8.2, NAVY, 7.2, offset=(4.6, 0.0))


def _points_only(layers: Layers, name: str) -> list[Feature]:
    return [f for f in _features(layers, name) if f["geometry"]["type"] == "Point"]


def _facilities(pen: Pen, facilities: list[Feature], kind: str) -> None:
    radius, fill = 1.9 if kind in BIG else 1.25, CARE.get(kind, PLAIN_PLACE)
    for change in ("same", "added", "changed", "removed"):
        ours = _only(facilities, change=(change,))
        pen.dots(
            ours, radius, WHITE if change == "removed" else fill, CHANGE.get(change, WHITE), 6.1 + (kind in BIG) / 9
        )


def _closures(pen: Pen, closures: list[Feature]) -> None:
    at = pen.places(closures)
    for feature, (x, y) in zip(closures, at, strict=True):
        text = f"−{feature['properties']['count']}"
        pen.axes.annotate(
            text, (x, y), (ASIDE_PT * pen.size, 0), textcoords="offset points",
            fontsize=6.6 * pen.size, color=CHANGE["removed"], ha="center", va="center", zorder=7.0,
            bbox={"boxstyle": "circle,pad=0.22", "fc": WHITE, "ec": CHANGE["removed"], "lw": 0.9 * pen.size},
            annotation_clip=True,
        )  # fmt: skip
