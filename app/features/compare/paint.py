"""Owns the order the server gives to map.js: addresses of arrays, classes, words; never the arrays themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.addresses import geometry_url, layers_url, values_url
from app.features.compare.metrics import PERSONS_COLUMN, Metric, column_for, find_metric
from app.features.compare.state import ViewState
from app.services import Run, Services
from app.text import say
from app.theme import class_colors, difference_colors

WORDS = (
    "zoom_in",
    "zoom_out",
    "north",
    "map",
    "persons",
    "persons_unit",
    "difference",
    "hidden",
    "no_data",
    "unreachable",
    "reach_changed",
    "tiles_failed",
    "tiles_credit",
)


def build_paint(services: Services, state: ViewState) -> dict[str, Any]:
    """Return everything map.js needs to draw a view."""
    runs = services.list_runs()
    column = column_for(state.metric, state.group)
    metric = find_metric(column)
    order: dict[str, Any] = {
        "geometry": geometry_url(services.geometry_key),
        "mode": state.mode,
        "swipe": state.swipe,
        "left": _side(runs[state.left], runs[state.right], column, state),
        "right": _side(runs[state.right], runs[state.left], column, state),
        "scale": {"breaks": metric.breaks, "colors": class_colors(len(metric.breaks) + 1, metric.good)},
        "diff": {
            "breaks": metric.difference_breaks,
            "colors": difference_colors(len(metric.difference_breaks) + 1, metric.good),
        },
        "metric": _metric(metric, state.lang),
        "threshold": state.threshold if metric.has_limit else None,
        "facilities": metric.facilities,
        "tiles": services.settings.tiles_url if state.tiles else None,
        "camera": state.camera,
        "presenting": state.presenting,
        "lang": state.lang,
        "words": {key: say(state.lang, key) for key in WORDS},
    }
    order["key"] = state.changed(camera=None, kpi=None).to_query()
    return order


def _side(run: Run, other: Run, column: str, state: ViewState) -> dict[str, str]:
    persons = PERSONS_COLUMN[state.group]
    return {
        "name": run.title.get(state.lang),
        "values": values_url(run.run_id, run.key, column, public=state.public),
        "persons": values_url(run.run_id, run.key, persons, public=state.public),
        "layers": layers_url(run.run_id, other.run_id, run.key + other.key),
    }


def _metric(metric: Metric, lang: str) -> dict[str, Any]:
    return {
        "unit": metric.unit.get(lang),
        "diff_unit": metric.difference_unit.get(lang),
        "factor": metric.factor,
        "decimals": metric.decimals,
        "good": metric.good,
        "even": metric.column in PERSONS_COLUMN.values(),
    }


def within(services: Services, run: Run, state: ViewState) -> tuple[float, float] | None:
    """Return persons within the time limit and their share, or None where no limit is set."""
    column = column_for(state.metric, state.group)
    if state.threshold is None or not find_metric(column).has_limit:
        return None
    persons = run.cells[PERSONS_COLUMN[state.group]].to_numpy(dtype=float)
    near = services.column(run, column) <= state.threshold
    inside = float(np.sum(persons[near]))
    return inside, inside / float(persons.sum()) if persons.sum() else 0.0
