"""Owns one printed map: ground, cells, signs, scale bar and north."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from app.report.maps_scene import LAND
from app.report.maps_signs import INK, NAVY, WHITE, Pen, draw_signs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from app.report.maps_scene import Scene
    from app.report.maps_world import World
    from app.report.order import Extent

SEA, SHORE, OUTLINE = "#dde7ee", "#c9d7e2", "#7d92a5"
KILOMETRE = 1000.0
BAR_SHARE = 0.28
"""Longest scale bar, of the width of the map."""


def draw_panel(axes: Axes, world: World, scene: Scene, frame: Extent, lang: str, size: float = 1.0) -> None:
    """
    Draw a map into axes.

    Parameters
    ----------
    frame
        Left, bottom, right, top [m]; the axes must have its shape.
    size
        Scale of signs and words, 1 = a map about 100 mm wide.
    """
    from matplotlib.collections import PolyCollection  # noqa: PLC0415 - slow

    left, bottom, right, top = frame
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", xticks=[], yticks=[], facecolor=SEA)
    for spine in axes.spines.values():
        spine.set(edgecolor=OUTLINE, linewidth=0.6)
    axes.add_collection(PolyCollection(world.land, facecolors=SHORE, edgecolors=SHORE, lw=3.2 * size, zorder=1))
    axes.add_collection(PolyCollection(world.land, facecolors=LAND, edgecolors="none", zorder=1.1))
    _cells(axes, world, scene)
    axes.add_collection(PolyCollection(world.land, facecolors="none", edgecolors=OUTLINE, lw=0.7 * size, zorder=2.2))
    draw_signs(Pen(axes, world, size, thin=scene.is_difference), scene.layers, lang)
    _scale_bar(axes, frame, size)
    _north(axes, lang, size)


def _cells(axes: Axes, world: World, scene: Scene) -> None:
    """Draw the cells that are not hidden; each edge has the colour of its cell, so that no seams show."""
    from matplotlib.collections import PolyCollection  # noqa: PLC0415 - slow

    color = scene.color[world.cell]
    shown = np.flatnonzero(~np.isnan(color[:, 0]))
    rings = [world.rings[k] for k in shown]
    found = PolyCollection(rings, facecolors=color[shown], edgecolors=color[shown], linewidths=0.15, zorder=2)
    axes.add_collection(found, autolim=False)


def bar_length(width_m: float) -> float:
    """Return a round length for a scale bar [m]: 1, 2 or 5 of a power of ten."""
    most = width_m * BAR_SHARE
    power = 10.0 ** math.floor(math.log10(most))
    return max(power * step for step in (1, 2, 5) if power * step <= most)


def _scale_bar(axes: Axes, frame: Extent, size: float) -> None:
    left, bottom, right, top = frame
    length, margin = bar_length(right - left), 0.03 * (right - left)
    high = 0.006 * (top - bottom)
    x, y = left + margin, bottom + margin
    words = f"{length / KILOMETRE:g} km" if length >= KILOMETRE else f"{length:g} m"
    axes.fill(
        [x - margin / 2, x + length + margin, x + length + margin, x - margin / 2],
        [y - margin / 2, y - margin / 2, y + margin * 1.75, y + margin * 1.75],
        color=WHITE, alpha=0.82, zorder=8, linewidth=0,
    )  # fmt: skip
    for part, color in ((0, INK), (1, WHITE)):
        at = x + part * length / 2
        axes.fill([at, at + length / 2, at + length / 2, at], [y, y, y + high, y + high], fc=color, ec=INK,
                  lw=0.6 * size, zorder=8.1)  # fmt: skip
    axes.text(x + length, y + high * 1.7, words, fontsize=7 * size, color=INK, ha="center", va="bottom", zorder=8.2)
    axes.text(x, y + high * 1.7, "0", fontsize=7 * size, color=INK, ha="center", va="bottom", zorder=8.2)


def _north(axes: Axes, lang: str, size: float) -> None:
    """Draw an arrow to the north: up, as the plane system has it (off true north by less than one degree)."""
    word = "N" if lang == "en" else "北"
    axes.annotate(
        word, (0.955, 0.975), (0.955, 0.915), xycoords="axes fraction", textcoords="axes fraction",
        ha="center", va="center", fontsize=8 * size, color=NAVY, zorder=8.2,
        arrowprops={"arrowstyle": "-|>", "color": NAVY, "lw": 1.2 * size, "shrinkA": 0, "shrinkB": 0},
        bbox={"boxstyle": "round,pad=0.15", "fc": WHITE, "ec": "none", "alpha": 0.7},
    )  # fmt: skip
