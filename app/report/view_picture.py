"""Owns the maps of a view as one picture, as they stand on the screen: titles, maps, one legend, signs, sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.features.compare.metrics import REACH, find_metric, shown_column
from app.features.compare.paint import is_by_district, place_point
from app.features.compare.place_view import place_body, place_words
from app.features.compare.shown import is_timed, shown_facilities, shown_runs, shown_values, timed_words
from app.features.compare.views import signs as drawn_over
from app.features.compare.views import within_words
from app.features.compare.winners_view import COLORS, SIGNS, WINNERS, verdict_values, verdict_words
from app.report.maps import DPI, MAPPED, MM, Typeface, png_bytes, run_words
from app.report.maps_furniture import PICKED, SOFT, WAY, draw_legend, draw_signs_legend, legend_title, wrapped
from app.report.maps_panel import draw_panel
from app.report.maps_scene import Scene, dense_of, differences, layers_of, mix_colors, persons_of
from app.report.maps_signs import INK, NAVY, WHITE
from app.report.maps_world import camera_extent, frame_of, shape_of, world_of
from app.report.order import Order, View
from app.report.wording import credits_line, digest_line, status_word
from app.services import ROUNDING
from app.text import say
from app.theme import class_colors, difference_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from app.features.compare.state import ViewState
    from app.report.maps_world import World
    from app.runs import Run
    from app.services import Services
    from geodata.units import FloatArray

WIDE, MARGIN, HEAD, CAPTION, GAP, LEGEND, FOOT_LINE = 260.0, 8.0, 9.0, 11.0, 4.0, 23.0, 3.4
"""Sizes of the picture [mm]."""
ASKED = 5.0
"""Line of the chosen place, under the title [mm]."""
COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}
RATIO = {1: 1.35, 2: 0.95, 3: 0.72, 4: 1.25}
"""Number of maps → maps in a row, width by height of one where the address does not tell the screen's."""
WINNER_BREAKS = (0.5, 1.5, 2.5, 3.5)


def view_picture(services: Services, state: ViewState) -> bytes:
    """Return the maps on the screen as PNG of 300 dpi."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow

    lang, runs = state.lang, shown_runs(services, state)
    order = _order(services, state, tuple(runs.values()))
    scenes = _scenes(order, state, runs)
    count = len(scenes)
    columns, inner = COLUMNS[count], WIDE - 2 * MARGIN
    world = world_of(services)
    ratio = shape_of(world, order.view.extent) or RATIO[count]
    wide = (inner - GAP * (columns - 1)) / columns
    rows, tall = -(-count // columns), wide / ratio
    ways = place_body(services, state)[1]
    signs = [sign for sign in drawn_over(services, state) if sign != "way" or _has_ways(ways)]
    asked = place_line(services, state)
    head = HEAD + (ASKED if asked else 0.0)
    foot = [
        *wrapped(credits_line(services, lang, layers=MAPPED), 6.5, inner),
        *wrapped(digest_line(services, tuple(runs.values()), lang), 6.5, inner),
    ]
    below = LEGEND + 5.4 * (1 + len(signs) // 7)
    high = 2 * MARGIN + head + rows * (tall + CAPTION) + below + FOOT_LINE * len(foot)
    with Typeface():
        figure = Figure(figsize=(WIDE * MM, high * MM), dpi=DPI, facecolor="white")
        paper = _paper(figure, (0.0, 0.0, WIDE, high), high)
        paper.text(MARGIN, MARGIN + 3, _title(scenes[-1], state), fontsize=14, color=NAVY, va="center")
        paper.text(MARGIN, MARGIN + HEAD, asked, fontsize=9.5, color=INK, va="center")
        for n, (scene, (side, words)) in enumerate(zip(scenes, _captions(services, runs, state), strict=True)):
            x = MARGIN + (n % columns) * (wide + GAP)
            y = MARGIN + head + (n // columns) * (tall + CAPTION)
            for k, line in enumerate(words):
                size = 9 if len(words) == 1 or not k else 7.5
                paper.text(x, y + 2.6 + 4.2 * k, line, fontsize=size, color=INK if not k else SOFT, va="center")
            axes = figure.add_axes((x / WIDE, 1 - (y + CAPTION - 1 + tall) / high, wide / WIDE, tall / high))
            frame = frame_of(world, order.view.extent, wide / tall)
            draw_panel(axes, world, scene, frame, lang, max(0.72, (wide / 100.0) ** 0.7))
            _place(axes, world, services, state, ways.get(side))
        top = high - MARGIN - FOOT_LINE * len(foot) - below
        strip = _paper(figure, (MARGIN, top, inner, below), high)
        if state.mode == WINNERS:
            _winners_legend(strip, state)
        else:
            draw_legend(strip, scenes[-1], lang, public=state.public, wide_mm=inner)
        draw_signs_legend(strip, signs, lang, wide_mm=inner, top_mm=LEGEND)
        for n, line in enumerate(foot):
            y = high - MARGIN - FOOT_LINE * (len(foot) - n - 0.5)
            paper.text(MARGIN, y, line, fontsize=6.5, color=SOFT, va="center")
        return png_bytes(figure)


def _order(services: Services, state: ViewState, runs: tuple[Run, ...]) -> Order:
    extent = None if state.camera is None else camera_extent(*state.camera)
    view = View(state.metric, state.group, extent)
    return Order(services, runs, "png", Path(), state.lang, state.public, view=view)


def _scenes(order: Order, state: ViewState, runs: dict[str, Run]) -> list[Scene]:
    """Return what each map shows: one of a pair in the modes that tell of both, else one for each scenario."""
    services, metric = order.services, find_metric(shown_column(state))
    by_district = is_by_district(runs.values(), metric.column)
    crowd = dense_of(persons_of(order, runs["right"]))

    def values_of(run: Run) -> FloatArray:
        values = np.round(shown_values(services, run, state, by_district=by_district), ROUNDING)
        return np.where(services.hidden(run, "persons") & state.public, np.nan, values)

    def scene(run: Run, values: FloatArray, breaks: tuple[float, ...], colors: tuple[str, ...], limit: Any) -> Scene:
        paint = mix_colors(values, metric, breaks, colors, persons_of(order, run), crowd, limit=limit)
        drawn = layers_of(services, run, runs["left"], shown_facilities(state))
        is_difference, has_limit = state.mode == "diff", limit is not None
        return Scene(
            metric, run, runs["left"], is_difference, by_district, values, paint, breaks, colors, drawn, has_limit
        )

    if state.mode == WINNERS:
        values = verdict_values(services, runs["left"], runs["right"], state.aim, public=state.public)
        return [scene(runs["right"], values, WINNER_BREAKS, COLORS, None)]
    if state.mode == "diff":
        values = differences(values_of(runs["left"]), values_of(runs["right"]))
        breaks = metric.difference_breaks
        colors = tuple(difference_colors(len(breaks) + 1, metric.good))
        return [scene(runs["right"], values, breaks, colors, None)]
    colors = tuple(class_colors(len(metric.breaks) + 1, metric.good))
    limit = state.threshold if metric.has_limit and not by_district else None
    return [scene(run, values_of(run), metric.breaks, colors, limit) for run in runs.values()]


def _title(scene: Scene, state: ViewState) -> str:
    """Return what the maps show, for whom, and for which time of day."""
    shown = say(state.lang, "winners_map_title") if state.mode == WINNERS else legend_title(scene, state.lang)
    group = say(state.lang, f"group_{state.group}")
    return " ・ ".join([shown, group, *([timed_words(state)] if is_timed(state) and state.mode != WINNERS else [])])


def place_line(services: Services, state: ViewState) -> str:
    """Return the chosen place, and from when and how surely the minutes from it are; "" where none is chosen."""
    cell = None if state.place is None else services.travel.cell_index(state.place)
    if cell is None:
        return ""
    lang = state.lang
    told = [("place_title", "".join(place_words(services, lang, cell)).strip())]
    if shown_column(state) == REACH and state.mode != WINNERS:
        told += [("window", say(lang, f"window_{state.window}"))]
        told += [("percentile", say(lang, f"percentile_{state.percentile or 0}"))]
    return " ・ ".join(f"{say(lang, key)}: {words}" for key, words in told)


def _has_ways(ways: dict[str, Any]) -> bool:
    return any(one["features"] for one in ways.values())


def _captions(services: Services, runs: dict[str, Run], state: ViewState) -> list[tuple[str, list[str]]]:
    """Return the side and the lines over each map: its scenario, its year, how firm and how sure it is."""
    lang = state.lang
    lines = {
        side: [
            f"{say(lang, f'scenario_{side}')}: {run_words(run, lang)}",
            " ・ ".join(filter(None, (status_word(run, lang), within_words(services, run, state)))),
        ]
        for side, run in runs.items()
    }
    if state.mode in ("diff", WINNERS):
        return [("right", [lines["right"][0], lines["left"][0]])]
    return list(lines.items())


def _paper(figure: Any, box: tuple[float, float, float, float], high: float) -> Axes:
    """Return axes measured in millimetres from their upper left corner; `box`: left, top, width, height."""
    left, top, wide, tall = box
    axes: Axes = figure.add_axes((left / WIDE, 1 - (top + tall) / high, wide / WIDE, tall / high))
    axes.set(xlim=(0, wide), ylim=(tall, 0))
    axes.axis("off")
    return axes


def _place(axes: Axes, world: World, services: Services, state: ViewState, ways: Any) -> None:
    """Draw the chosen place and the way from it."""
    point = place_point(services, state)
    if point is None:
        return
    for feature in (ways or {}).get("features", ()):
        line = world.plane(np.array(feature["geometry"]["coordinates"]))
        dashes = "-" if feature["properties"]["mode"] == "transit" else (0, (1, 1.6))
        axes.plot(line[:, 0], line[:, 1], color=WHITE, lw=3.4, zorder=9)
        axes.plot(line[:, 0], line[:, 1], color=WAY, lw=1.7, ls=dashes, zorder=9.1)
    x, y = world.plane(np.array([point]))[0]
    axes.plot(x, y, "o", ms=8, mfc=PICKED, mec=WAY, mew=1.6, zorder=9.2)


def _winners_legend(axes: Axes, state: ViewState) -> None:
    """Draw what befalls the people of a cell: one swatch, sign and word for each class."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - slow

    for n, (color, sign, word) in enumerate(zip(COLORS, SIGNS, verdict_words(state.lang), strict=True)):
        axes.add_patch(Rectangle((46.0 * n, 6.4), 8, 3.6, fc=color, ec="#aab4bf", lw=0.4))
        axes.text(46.0 * n + 10, 8.2, f"{sign} {word}", fontsize=8.5, color=INK, va="center")
    axes.text(0, 16.6, say(state.lang, "winners_most"), fontsize=7.5, color=SOFT, va="center")
