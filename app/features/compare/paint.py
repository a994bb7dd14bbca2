"""Owns the order the server gives to map.js: addresses of arrays, classes, words; never the arrays themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.addresses import geometry_url, layers_url, values_url
from app.features.compare.metrics import PERSONS_COLUMN, REACH, Metric, find_metric, shown_column
from app.features.compare.shown import shown_facilities, shown_runs, shown_url, shown_values
from app.features.compare.state import ViewState
from app.features.compare.winners_view import winners_order
from app.services import Run, Services
from app.text import say
from app.theme import class_colors, difference_colors
from sim.params import Params
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    "working",
    "failed",
)


def build_paint(services: Services, state: ViewState) -> dict[str, Any]:
    """Return everything map.js needs to draw a view."""
    runs = services.list_runs()
    column = shown_column(state)
    metric = find_metric(column)
    by_district = is_by_district([runs[run] for run in state.sides.values()], column)
    order: dict[str, Any] = {
        "geometry": geometry_url(services.geometry_key),
        "mode": state.mode,
        "swipe": state.swipe,
        "sides": list(state.sides),
        **{
            side: _side(runs[run], runs[state.left], state, by_district=by_district)
            for side, run in state.sides.items()
        },
        "scale": {"breaks": metric.breaks, "colors": class_colors(len(metric.breaks) + 1, metric.good)},
        "diff": {
            "breaks": metric.difference_breaks,
            "colors": difference_colors(len(metric.difference_breaks) + 1, metric.good),
        },
        "metric": _metric(metric, state.lang),
        "threshold": state.threshold if metric.has_limit and not by_district else None,
        "facilities": shown_facilities(state),
        "winners": winners_order(services, state),
        "place": place_point(services, state),
        "tiles": services.settings.tiles_url if state.tiles else None,
        "camera": state.camera,
        "presenting": state.presenting,
        "lang": state.lang,
        "words": {key: say(state.lang, key) for key in WORDS},
    }
    order["key"] = state.changed(camera=None, kpi=None).to_query()
    return order


def place_point(services: Services, state: ViewState) -> list[float] | None:
    """Return where the chosen place is (lon, lat), None where none is chosen."""
    cell = None if state.place is None else services.travel.cell_index(state.place)
    return None if cell is None else services.city.population.lonlat[cell].round(6).tolist()


def is_by_district(runs: Iterable[Run], column: str) -> bool:
    """Tell whether a column is shown by district: one of the runs has no other values."""
    return any(column in run.district_level for run in runs)


def _side(run: Run, left: Run, state: ViewState, *, by_district: bool) -> dict[str, str]:
    persons = PERSONS_COLUMN[state.group]
    return {
        "name": run.title.get(state.lang),
        "values": shown_url(run, state, by_district=by_district),
        "persons": values_url(run.run_id, run.key, persons, public=state.public),
        "layers": layers_url(run.run_id, left.run_id, run.key + left.key),
    }


def _metric(metric: Metric, lang: str) -> dict[str, Any]:
    return {
        "unit": metric.unit.get(lang),
        "diff_unit": metric.difference_unit.get(lang),
        "factor": metric.factor,
        "decimals": metric.decimals,
        "clock": metric.clock,
        "good": metric.good,
        "even": metric.column in PERSONS_COLUMN.values(),
        "filled": metric.column == REACH,
    }


def within(services: Services, run: Run, state: ViewState) -> tuple[float, float] | None:
    """
    Return persons within the time limit and their share, or None where no limit is set or nothing may be counted.

    Values by district count nobody; the KPI of the same question stands in where there is one. Without residents there
    is no share.
    """
    column = shown_column(state)
    if state.threshold is None or not find_metric(column).has_limit:
        return None
    persons = np.nan_to_num(run.cells[PERSONS_COLUMN[state.group]].to_numpy(dtype=float))
    everyone = float(persons.sum())
    if everyone <= 0:
        return None
    if is_by_district(shown_runs(services, state).values(), column):
        share = _share_within(run, state)
        return None if share is None else (share * everyone, share)
    inside = float(np.sum(persons[shown_values(services, run, state) <= state.threshold]))
    return inside, inside / everyone


def _share_within(run: Run, state: ViewState) -> float | None:
    """Return the share of residents within the limit from kpi.csv, or None for a limit without a KPI."""
    limit = Params.model_validate(run.stored.manifest["parameters_changed"]).clinic_within_min
    if state.metric != "clinic_nearest_min" or state.threshold != limit:
        return None
    row = run.rows.get(("clinic_within_30min_share", DEFAULT_SETTING, state.group))
    return None if row is None else row.value
