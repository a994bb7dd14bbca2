"""Owns the slide of a map: the picture of what changes, with a legend of text that can be read from the last row."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

from app.components.legend import class_limits
from app.report.maps import bare_map
from app.report.maps_furniture import legend_ends, legend_notes, legend_title, sign_words
from app.report.maps_scene import difference_scene, value_scene
from app.report.maps_signs import CHANGE
from app.report.maps_world import fitted, world_of
from app.report.pptx_deck import HIGH_IN, LEAST_PT, SIDE_IN, SOFT, TOP_IN, WIDE_IN
from app.report.table_front import pair_lines, short_name
from app.report.wording import status_word
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.report.maps_scene import Scene
    from app.report.order import Order
    from app.report.pptx_deck import Deck
    from app.runs import Run

MM_PER_IN = 25.4
MAP_WIDE, MAP_HIGH = 7.2, HIGH_IN - TOP_IN - 0.45
"""Size of the map [inches]."""
STEP = 0.38
"""Height of a line of the legend [inches]."""


def add_map(deck: Deck, order: Order, reference: Run, run: Run, notes: Sequence[str]) -> None:
    """Add what changes on the map from the reference to a run; the values of a run that stands beside nothing."""
    lang = deck.lang
    if not order.view.metric:
        from app.report.metric_choice import most_moved_metric  # noqa: PLC0415 - only where nobody chose

        order = replace(order, view=replace(order.view, metric=most_moved_metric(order)))
    alone = reference.key == run.key
    scene = value_scene(order, run, run, run) if alone else difference_scene(order, reference, run)
    title = legend_title(scene, lang)
    slide = deck.slide(f"{short_name(run, lang)}: {title}", [*pair_lines(reference, run, lang), *notes])
    wide, high = fitted(world_of(order.services), order.view.extent, MAP_WIDE, MAP_HIGH)
    png = BytesIO(bare_map(order, scene, wide * MM_PER_IN, high * MM_PER_IN))
    deck.picture(slide, png, (SIDE_IN, TOP_IN, wide, high), f"{title} — {run.title.get(lang)}")
    _add_legend(deck, slide, order, scene)


def _add_legend(deck: Deck, slide: object, order: Order, scene: Scene) -> None:
    lang = deck.lang
    left, top = SIDE_IN + MAP_WIDE + 0.35, TOP_IN
    room = WIDE_IN - SIDE_IN - left
    labels = class_words(scene, lang)
    for number, (color, words) in enumerate(zip(scene.colors, labels, strict=True)):
        y = top + number * STEP
        deck.swatch(slide, color, (left, y + 0.06, 0.5, STEP - 0.06))
        deck.text(slide, [words], (left + 0.55, y - 0.05, room - 0.55, STEP), size=LEAST_PT)
    y = top + len(labels) * STEP + 0.15
    signs = order.services.signs((scene.reference, scene.run), scene.metric.facilities)
    for key in (one for one in signs if one in CHANGE):
        deck.swatch(slide, CHANGE[key], (left, y + 0.16, 0.5, 0.09))
        deck.text(slide, [sign_words(key, lang)], (left + 0.55, y - 0.05, room - 0.55, STEP), size=LEAST_PT)
        y += STEP
    whose = f"{say(lang, f'group_{order.view.group}')} ・ {status_word(scene.run, lang)}"
    notes = [whose, say(lang, "deck_map_source"), *legend_notes(scene, lang, public=order.public)]
    deck.text(slide, notes, (left, y + 0.1, room, HIGH_IN - y - 0.3), size=LEAST_PT, color=SOFT)


def class_words(scene: Scene, lang: str) -> list[str]:
    """Return what each class of a map means; the ends of a difference named better and worse."""
    limits = class_limits(scene.metric, difference=scene.is_difference)
    low, high = legend_ends(scene, lang)
    unit = scene.unit.get(lang)
    words = [say(lang, "deck_below", limit=limits[0], unit=unit)]
    words += [say(lang, "deck_between", low=a, high=b) for a, b in pairwise(limits)]
    words.append(say(lang, "deck_above", limit=limits[-1], unit=unit))
    if low:
        words[0], words[-1] = f"{words[0]} {low}", f"{words[-1]} {high}"
    return words
