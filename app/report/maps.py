"""Owns maps as pictures: one for each run and one for each difference, with everything a reader needs on them."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from app.report.fonts import FAMILY, font_file
from app.report.maps_furniture import draw_legend, draw_signs_legend, wrapped
from app.report.maps_panel import draw_panel
from app.report.maps_scene import difference_scene, value_scene
from app.report.maps_signs import NAVY
from app.report.maps_world import frame_of, shape_of, world_of
from app.report.wording import credits_line, digest_line, fiscal_year, plan_word, status_word
from app.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from app.report.maps_scene import Scene
    from app.report.order import Order
    from app.runs import Run

DPI = 300
MM = 1 / 25.4
WIDE, MARGIN, HEAD, LEGEND, FOOT_LINE = 180.0, 8.0, 16.0, 23.0, 3.4
"""Sizes of a picture [mm]."""
MAPPED = ("population", "streets", "timetable", "facilities", "on_demand")
"""Layers of the city that stand behind what a map shows."""
MAP_RATIO = 0.95
"""Width by height of the map on a picture."""
PANEL_MM = 100.0
"""Width of a map whose signs have size 1."""
_FONTS = Lock()


def write_maps(order: Order) -> tuple[Path, ...]:
    """Write the values of each run and of what it is compared with, and each difference, as PNG of 300 dpi."""
    wanted: dict[str, Scene] = {}
    for left, right in order.pairs:
        metric = order.view.metric_name
        for run in (left, right):
            name = f"{run.run_id}-{metric}.png"
            wanted.setdefault(name, value_scene(order, run, left, right))
        if left.key != right.key:
            wanted[f"{right.run_id}-minus-{left.run_id}-{metric}.png"] = difference_scene(order, left, right)
    paths = []
    for number, (name, scene) in enumerate(wanted.items()):
        order.tell(say(order.lang, "report.drawing"), number / len(wanted))
        path = order.folder / name
        path.write_bytes(picture(order, scene))
        paths.append(path)
    return tuple(paths)


def picture(order: Order, scene: Scene) -> bytes:
    """Return a whole map as PNG: title, map, legend, signs, sources."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow

    lang, services = order.lang, order.services
    runs = (scene.reference, scene.run) if scene.is_difference else (scene.run,)
    signs = services.signs((scene.reference, scene.run), scene.metric.facilities)
    inner = WIDE - 2 * MARGIN
    foot = [
        *wrapped(credits_line(services, lang, layers=MAPPED), 6.5, inner),
        *wrapped(digest_line(services, runs, lang), 6.5, inner),
    ]
    rows = 1 + len(signs) // 5
    world = world_of(services)
    ratio = shape_of(world, order.view.extent) or MAP_RATIO
    high_map = inner / ratio
    high = MARGIN + HEAD + high_map + LEGEND + 5.4 * rows + FOOT_LINE * len(foot) + MARGIN
    with Typeface():
        figure = Figure(figsize=(WIDE * MM, high * MM), dpi=DPI, facecolor="white")
        paper = figure.add_axes((0, 0, 1, 1))
        paper.set(xlim=(0, WIDE), ylim=(high, 0))
        paper.axis("off")
        for n, (words, size, color) in enumerate(heading(order, scene)):
            paper.text(MARGIN, MARGIN + 3.5 + 7.0 * n, words, fontsize=size, color=color, va="center")
        top = MARGIN + HEAD
        axes = figure.add_axes((MARGIN / WIDE, 1 - (top + high_map) / high, inner / WIDE, high_map / high))
        draw_panel(axes, world, scene, frame_of(world, order.view.extent, ratio), lang, (inner / PANEL_MM) ** 0.7)
        below = _millimetres(figure, MARGIN, top + high_map + 2, inner, LEGEND + 5.4 * rows, high)
        draw_legend(below, scene, lang, public=order.public, wide_mm=inner)
        draw_signs_legend(below, signs, lang, wide_mm=inner, top_mm=LEGEND)
        for n, line in enumerate(foot):
            y = high - MARGIN - FOOT_LINE * (len(foot) - n - 0.5)
            paper.text(MARGIN, y, line, fontsize=6.5, color="#465463", va="center")
        return png_bytes(figure)


def heading(order: Order, scene: Scene) -> list[tuple[str, float, str]]:
    """Return the two lines over a map: what, and of which year."""
    lang = order.lang
    metric = scene.metric.label.get(lang)
    group, status = say(lang, f"group_{order.view.group}"), status_word(scene.run, lang)
    if scene.is_difference:
        names = {"left": scene.reference.title.get(lang), "right": scene.run.title.get(lang)}
        return [
            (f"{metric}：{say(lang, 'report.difference')}" if lang == "ja" else f"{metric}: change", 15, NAVY),
            (f"{say(lang, 'report.difference_of', **names)} ・ {group} ・ {status}", 9, "#17212b"),
        ]
    return [(metric, 15, NAVY), (f"{run_words(scene.run, lang)} ・ {group} ・ {status}", 9, "#17212b")]


def run_words(run: Run, lang: str) -> str:
    """Return a run with its year and how firm it is."""
    return f"{run.title.get(lang)} ・ {fiscal_year(run.year, lang)} ・ {plan_word(run, lang)}"


def bare_map(order: Order, scene: Scene, wide_mm: float, high_mm: float) -> bytes:
    """Return a map alone as PNG, for a sheet that has its own words around it."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow

    with Typeface():
        figure = Figure(figsize=(wide_mm * MM, high_mm * MM), dpi=DPI, facecolor="white")
        axes = figure.add_axes((0.003, 0.003, 0.994, 0.994))
        world = world_of(order.services)
        frame = frame_of(world, order.view.extent, wide_mm / high_mm)
        draw_panel(axes, world, scene, frame, order.lang, max(0.72, wide_mm / PANEL_MM))
        return png_bytes(figure)


def _millimetres(figure: Figure, left: float, top: float, wide: float, tall: float, high: float) -> Axes:
    """Return axes measured in millimetres from their upper left corner."""
    axes = figure.add_axes((left / WIDE, 1 - (top + tall) / high, wide / WIDE, tall / high))
    axes.set(xlim=(0, wide), ylim=(tall, 0))
    axes.axis("off")
    return axes


def png_bytes(figure: Figure) -> bytes:
    """Return a figure as PNG."""
    target = BytesIO()
    figure.savefig(target, format="png", metadata={"Software": None})
    return target.getvalue()


class Typeface:
    """Makes matplotlib write in the typeface of what is printed, one figure at a time: its settings are global."""

    def __enter__(self) -> None:
        from matplotlib import font_manager, rc_context  # noqa: PLC0415 - slow

        _FONTS.acquire()
        if FAMILY not in {font.name for font in font_manager.fontManager.ttflist}:
            font_manager.fontManager.addfont(str(font_file()))
        # a name that holds $ signs is no formula
        self.context = rc_context({"font.family": FAMILY, "axes.unicode_minus": True, "text.parse_math": False})
        self.context.__enter__()

    def __exit__(self, *failure: object) -> None:
        self.context.__exit__(None, None, None)
        _FONTS.release()
