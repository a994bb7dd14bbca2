"""Owns the order the server gives to edit.js: addresses of arrays, classes, handles, words; never the arrays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from app.addresses import geometry_url, layers_url
from app.features.compare.geometry import collect_layers
from app.features.compare.metrics import find_metric, list_metrics
from app.features.compare.signs import drawn_signs
from app.features.edit.edits import handles, own_modifications
from app.features.edit.places import name_of
from app.features.edit.wording import type_word
from app.text import say
from app.theme import class_colors, difference_colors
from geodata.facilities import FacilityKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.engine_result import LiveResult
    from app.features.edit.live import Told
    from app.features.edit.state import EditState, Plain
    from app.services import Run, Services

FIRST_SHOWN = "transit_covered_share"
ROUNDING = 4
"""Digits of a value that are sent: what differs by less looks the same."""
STOP_OF = re.compile(r"stops\[(\d+)\]")
WORDS = ("zoom_in", "zoom_out", "north", "map", "persons_unit", "no_data", "unreachable", "edit_handle", "edit_spot")


def shown_columns(lang: str) -> list[dict[str, str]]:
    """Return the columns to choose from: those the engine gives at once, residents apart."""
    from app.engine_result import LIVE_COLUMNS  # noqa: PLC0415 -- brings the models

    names = [name for name in LIVE_COLUMNS if name in list_metrics() and name != "persons"]
    return [{"value": name, "label": find_metric(name).label.get(lang)} for name in names]


def tell_difference(told: Told | None, column: str) -> bool | None:
    """Tell whether any cell differs from what it is compared with; None = no values of the column yet."""
    result = None if told is None else told.result
    if result is None or column not in result.cells or column not in result.cells_against:
        return None
    here, there = (np.round(side[column], ROUNDING) for side in (result.cells, result.cells_against))
    return not np.array_equal(here, there, equal_nan=True)


def build_paint(
    services: Services, session: str, state: EditState, told: Told | None, *, column: str, as_change: bool, lang: str
) -> dict[str, Any]:
    """Return everything edit.js needs to draw the map."""
    result, differs = None if told is None else told.result, tell_difference(told, column)
    name = "" if differs is None else column
    stamp = "" if told is None else told.stamp
    order: dict[str, Any] = {
        "geometry": geometry_url(services.geometry_key),
        "layers": _layers(services, session, stamp, result),
        "facilities": _kinds(name),
        "values": f"edit/values/{quote(session)}/{quote(name)}?n={stamp}" if name else None,
        "column": name,
        "change": as_change,
        "differs": differs,
        "handles": named_handles(state.content, lang),
        "of": "" if told is None else told.of,
        "over": told is not None and told.over,
        "stamp": stamp,
        "lang": lang,
        "words": {key: say(lang, key) for key in WORDS},
    }
    if name:
        metric = find_metric(name)
        breaks = metric.difference_breaks if as_change else metric.breaks
        colors = (difference_colors if as_change else class_colors)(len(breaks) + 1, metric.good)
        order |= {"breaks": breaks, "colors": colors}
    return order


def named_handles(content: Plain, lang: str) -> list[Plain]:
    """Return what can be dragged, each with the name of its place, else of the change that it is of."""
    own = {mod.get("id"): mod for mod in own_modifications(content)}
    found = []
    for handle in handles(content):
        mod = own[handle["mod"]]
        number = STOP_OF.match(handle["path"])
        stop = mod["stops"][int(number[1])] if number else {}
        name = name_of(stop, lang) or name_of(mod, lang) or type_word(mod, lang)
        found.append({**handle, "name": name})
    return found


def _kinds(column: str) -> tuple[str, ...]:
    """Return the kinds of facilities that are drawn with a column ("" = none); hospitals help to find one's way."""
    return (FacilityKind.HOSPITAL, *(find_metric(column).facilities if column else ()))


def map_signs(services: Services, order: Mapping[str, Any], told: Told | None) -> list[str]:
    """Return the signs of what edit.js draws for an order, for the legend."""
    result = None if told is None else told.result
    if result is not None and result.layers:
        layers = collect_layers(dict(result.layers))
    else:
        first = _first(services)
        layers = {} if first is None else services.layers_beside(first, first)
    places = [
        one["properties"]
        for one in layers.get("facilities", {"features": []})["features"]
        if one["properties"]["kind"] in order["facilities"] or one["properties"]["change"] != "same"
    ]
    drawn = {**layers, "facilities": {"features": [{"properties": one} for one in places]}}
    return [*drawn_signs([drawn]), *(["handle"] if order["handles"] else [])]


def _first(services: Services) -> Run | None:
    """Return the run whose lines and places are drawn until there is an answer."""
    return services.baseline or next(iter(services.list_runs().values()), None)


def _layers(services: Services, session: str, stamp: str, result: LiveResult | None) -> str:
    """Return where lines, stops and places are: of the answer, or of the first run until there is one."""
    if result is not None and result.layers:
        return f"edit/layers/{quote(session)}?n={stamp}"
    first = _first(services)
    return "" if first is None else layers_url(first.run_id, first.run_id, first.key)
