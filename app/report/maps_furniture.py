"""Owns what stands around a printed map: title, legend of classes, signs, sources."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from app.components.legend import class_limits, pale_note
from app.report.maps_signs import BRT, BUS, CHANGE, ENTRANCE, GREEN, INK, NAVY, TEAL, WHITE
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from app.report.maps_scene import Scene

SOFT = "#465463"
WAY, PICKED = "#111827", "#d9480f"
"""Colours of the way from a chosen place, and of the place."""
LINE_SIGNS = {
    "bus": (BUS, 1.6, "-"),
    "assumed": (BUS, 1.2, (0, (3, 2))),
    "added": (CHANGE["added"], 2.6, "-"),
    "changed": (CHANGE["changed"], 4.0, "-"),
    "removed": (CHANGE["removed"], 1.7, (0, (2, 1.4))),
    "tour": (TEAL, 1.4, (0, (1, 1.6))),
    "autonomous": ("#00363a", 1.4, (0, (2.4, 1.1))),
    "way": (WAY, 1.7, "-"),
    "brt": (BRT, 2.6, "-"),
}
DOT_SIGNS = {
    "clinic": "#8e44ad",
    "hospital": "#6a1b9a",
    "city_office": NAVY,
    "shelter": "#2e7d32",
    "high_school": "#37474f",
    "large_workplace": "#37474f",
    "entrance": ENTRANCE,
}
MARKED = {"place": (TEAL, "市"), "hub": (GREEN, "H")}


def legend_title(scene: Scene, lang: str) -> str:
    """Return what the colours mean, with the unit."""
    words, unit = scene.metric.label.get(lang), scene.unit.get(lang)
    if scene.is_difference:
        words += f"：{say(lang, 'report.difference')}" if lang == "ja" else f": {say(lang, 'report.difference')}"
    if not unit:
        return words
    return f"{words}（{unit}）" if lang == "ja" else f"{words} ({unit})"


def legend_ends(scene: Scene, lang: str) -> tuple[str, str]:
    """Return what the low and the high end of a difference are called; empty for values."""
    if not scene.is_difference:
        return "", ""
    good = scene.metric.good
    if good == "none":
        return say(lang, "legend_less"), say(lang, "legend_more")
    ends = say(lang, "legend_worse"), say(lang, "legend_better")
    return ends if good == "up" else (ends[1], ends[0])


def legend_notes(scene: Scene, lang: str, *, public: bool) -> list[str]:
    """Return what must be said of the colours."""
    notes = [pale_note(scene.metric, lang, has_limit=scene.has_limit)]
    if scene.by_district:
        notes.append(say(lang, "by_district_only"))
    if public:
        notes.append(say(lang, "report.public"))
    return notes


def draw_legend(axes: Axes, scene: Scene, lang: str, *, public: bool, wide_mm: float) -> None:
    """Draw the strip of classes into axes measured in millimetres, from the top down."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - slow

    axes.text(0, 3.0, legend_title(scene, lang), fontsize=9.5, color=NAVY, va="center")
    low, high = legend_ends(scene, lang)
    start = 0.0 if not low else 3.0 + 3.2 * len(low) * (1 if lang == "ja" else 0.6)
    step = min(13.0, (wide_mm * 0.62 - start) / len(scene.colors))
    if low:
        axes.text(start - 1.5, 8.2, low, fontsize=8.5, color=INK, va="center", ha="right")
        axes.text(start + step * len(scene.colors) + 1.5, 8.2, high, fontsize=8.5, color=INK, va="center")
    limits = class_limits(scene.metric, difference=scene.is_difference)
    for n, color in enumerate(scene.colors):
        axes.add_patch(Rectangle((start + n * step, 6.4), step, 3.6, fc=color, ec="#aab4bf", lw=0.4))
        if n < len(limits):
            axes.text(start + (n + 1) * step, 12.0, limits[n], fontsize=8, color=INK, ha="center", va="center")
    notes = " ・ ".join(legend_notes(scene, lang, public=public))
    for n, line in enumerate(wrapped(notes, 7.5, wide_mm)):
        axes.text(0, 16.6 + 3.8 * n, line, fontsize=7.5, color=SOFT, va="center")


def draw_signs_legend(axes: Axes, keys: list[str], lang: str, *, wide_mm: float, top_mm: float) -> float:
    """Draw what lines and points mean, in as many rows as it takes; return where the last one ends [mm]."""
    x, y = 0.0, top_mm
    for key in keys:
        words = sign_words(key, lang)
        long = 9.0 + text_mm(words, 8.0)
        if x and x + long > wide_mm:
            x, y = 0.0, y + 5.2
        _sign(axes, key, x, y)
        axes.text(x + 8.0, y, words, fontsize=8, color=INK, va="center")
        x += long + 3.0
    return y


def sign_words(key: str, lang: str) -> str:
    """Return what a sign means; on paper nothing is left or right of anything."""
    return say(lang, f"report.{key}" if key in CHANGE else f"legend_{key}")


def text_mm(words: str, points: float) -> float:
    """Return about how wide a text is [mm]: full-width signs are square, others half as wide."""
    cells = sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1.05 for sign in words)
    return cells / 2 * points * 25.4 / 72


def _sign(axes: Axes, key: str, x: float, y: float) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415 - slow
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    if key in LINE_SIGNS:
        color, width, style = LINE_SIGNS[key]
        axes.add_line(Line2D([x, x + 6.5], [y, y], color=color, lw=width, ls=style, solid_capstyle="butt"))
    elif key == "rail":
        axes.add_line(Line2D([x, x + 6.5], [y, y], color=INK, lw=3.0, solid_capstyle="butt"))
        axes.add_line(Line2D([x, x + 6.5], [y, y], color=WHITE, lw=1.7, ls=(0, (2, 2))))
    elif key == "on_demand":
        area = Rectangle((x + 0.3, y - 1.4), 5.9, 2.8, fc="#eef2e3", ec=GREEN, lw=1.0, ls=(0, (2.4, 1.4)))
        axes.add_patch(area)
    else:
        _dot(axes, key, x + 3.2, y)


def _dot(axes: Axes, key: str, x: float, y: float) -> None:
    from matplotlib.patches import Circle  # noqa: PLC0415 - slow

    if key == "closure":
        axes.add_patch(Circle((x, y), 1.7, fc=WHITE, ec=CHANGE["removed"], lw=1.1))
        axes.text(x, y, "−1", fontsize=5.2, color=CHANGE["removed"], ha="center", va="center")
        return
    if key == "picked":
        axes.add_patch(Circle((x, y), 1.4, fc=PICKED, ec=WAY, lw=1.4))
        return
    fill, mark = MARKED.get(key, (DOT_SIGNS.get(key, "#37474f"), ""))
    axes.add_patch(Circle((x, y), 1.8 if mark else 1.15, fc=fill, ec=WHITE, lw=0.5))
    if mark:
        axes.text(x, y, mark, fontsize=5.6, color=WHITE, ha="center", va="center")


def wrapped(words: str, points: float, wide_mm: float) -> Iterator[str]:
    """Yield a text in lines that fit; broken at any sign, as Japanese is."""
    line = ""
    for sign in words:
        if line and text_mm(line + sign, points) > wide_mm:
            yield line
            line = sign.lstrip()
        else:
            line += sign
    yield line
