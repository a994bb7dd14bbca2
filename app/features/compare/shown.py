"""Owns the values the maps show: a column of a run, or minutes from the place that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.addresses import reach_url, timed_url, values_url
from app.features.compare.goals import GOALS
from app.features.compare.metrics import REACH, find_metric, shown_column
from app.features.compare.state import ViewState
from app.services import Run, Services, pack_values
from app.text import say
from app.travel import WINDOWS, When
from geodata.errors import CitySimError
from sim.kpi import CELL_COLUMNS

if TYPE_CHECKING:
    from geodata.units import FloatArray

PERCENTILES = (25, 50, 75, 90)


def when_of(state: ViewState) -> When:
    """Return when and as whom one travels: those of 75 and older walk as the older walker, as everywhere."""
    return When(state.window, state.percentile, "older" if state.group == "75plus" else "standard")


def shown_runs(services: Services, state: ViewState) -> dict[str, Run]:
    """Return place of a map → its run, for the maps on the screen; one that has gone since is the first."""
    runs = services.list_runs()
    first = next(iter(runs.values()))
    return {side: runs.get(run, first) for side, run in state.sides.items()}


def shown_facilities(state: ViewState) -> tuple[str, ...]:
    """Return the kinds of facilities that are drawn: of the metric, or those one gets to from the chosen place."""
    return find_metric(shown_column(state)).facilities if state.place is None else GOALS.get(state.goal, ())


def is_timed(state: ViewState) -> bool:
    """Tell whether the maps show minutes that no run holds: of another time of day or percentile."""
    asked = state.window != "own" or state.percentile is not None
    return asked and shown_column(state) != REACH and find_metric(shown_column(state)).at_any_time


def timed_words(state: ViewState) -> str:
    """Return for which time of day and percentile the maps were asked again."""
    lang = state.lang
    window, percentile = say(lang, f"window_{state.window}"), say(lang, f"percentile_{state.percentile or 0}")
    return say(lang, "timed", window=window, percentile=percentile)


def shown_values(services: Services, run: Run, state: ViewState, *, by_district: bool = False) -> FloatArray:
    """
    Return one value per cell as the maps show it, nothing hidden, shape (C,).

    All NaN where a run of an older version cannot be asked again: the map says why.
    """
    column, when = shown_column(state), when_of(state)
    try:
        if column == REACH:
            cell = services.travel.cell_index(state.place or "")
            none = np.full(len(run.cells), np.nan)
            return none if cell is None else services.travel.minutes_to_cells(run, cell, when)
        if is_timed(state):
            return timed_values(services, run, column, when, by_district=by_district)
    except CitySimError:
        return np.full(len(run.cells), np.nan)
    return services.column(run, column, by_district=by_district)


def timed_values(services: Services, run: Run, column: str, when: When, *, by_district: bool) -> FloatArray:
    """Return a column asked again for another time of day or percentile; closed clinics stay told by district."""
    values = services.travel.column(run, column, when)
    if not by_district and column not in run.district_level:
        return values
    from scenarios import anonymous  # noqa: PLC0415 - brings the models

    persons = run.cells[anonymous.DISTRICT_LEVEL[column]].to_numpy(dtype=float)
    return anonymous.by_district(values, persons, run.cells["district_id"].to_numpy())


def shown_url(run: Run, state: ViewState, *, by_district: bool) -> str:
    """Return where the browser fetches what the maps show."""
    column = shown_column(state)
    if column != REACH:
        plain = values_url(run.run_id, run.key, column, public=state.public, by_district=by_district)
        return timed_url(plain, state.window, state.percentile, state.lang) if is_timed(state) else plain
    when = when_of(state)
    question = (when.window, when.percentile, when.walker)
    return reach_url(run.run_id, state.place or "", run.key, question, public=state.public)


def reach_values(services: Services, run_id: str, cell_id: str, when: When, *, public: bool) -> bytes | None:
    """Return minutes from a cell as JSON, or None for an unknown run or cell, or a question nobody may ask."""
    run, cell = services.list_runs().get(run_id), services.travel.cell_index(cell_id)
    if run is None or cell is None or not _is_known(when):
        return None
    minutes = services.travel.minutes_to_cells(run, cell, when)
    return pack_values(np.where(services.hidden(run, "persons"), np.nan, minutes) if public else minutes)


def timed_answer(
    services: Services, run_id: str, column: str, when: When, *, public: bool, by_district: bool
) -> bytes | None:
    """Return a column for another time of day or percentile as JSON, or None for what nobody may ask."""
    run = services.list_runs().get(run_id)
    if run is None or column not in CELL_COLUMNS or not find_metric(column).at_any_time or not _is_known(when):
        return None
    values = timed_values(services, run, column, when, by_district=by_district)
    return pack_values(np.where(services.hidden(run, "persons"), np.nan, values) if public else values)


def _is_known(when: When) -> bool:
    return when.window in WINDOWS and when.percentile in (None, *PERCENTILES)
