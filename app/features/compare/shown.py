"""Owns the values the maps show: a column of a run, or minutes from the place that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.addresses import reach_url, values_url
from app.features.compare.metrics import REACH, shown_column
from app.features.compare.state import ViewState
from app.services import Run, Services, pack_values
from app.travel import WINDOWS, When

if TYPE_CHECKING:
    from geodata.units import FloatArray

PERCENTILES = (50, 90)


def when_of(state: ViewState) -> When:
    """Return when and as whom one travels: those of 75 and older walk as the older walker, as everywhere."""
    return When(state.window, state.percentile, "older" if state.group == "75plus" else "standard")


def shown_values(services: Services, run: Run, state: ViewState, *, by_district: bool = False) -> FloatArray:
    """Return one value per cell as the maps show it, nothing hidden, shape (C,)."""
    column = shown_column(state)
    if column != REACH:
        return services.column(run, column, by_district=by_district)
    cell = services.travel.cell_index(state.place or "")
    if cell is None:
        return np.full(len(run.cells), np.nan)
    return services.travel.minutes_to_cells(run, cell, when_of(state))


def shown_url(run: Run, state: ViewState, *, by_district: bool) -> str:
    """Return where the browser fetches what the maps show."""
    column = shown_column(state)
    if column != REACH:
        return values_url(run.run_id, run.key, column, public=state.public, by_district=by_district)
    when = when_of(state)
    question = (when.window, when.percentile, when.walker)
    return reach_url(run.run_id, state.place or "", run.key, question, public=state.public)


def reach_values(services: Services, run_id: str, cell_id: str, when: When, *, public: bool) -> bytes | None:
    """Return minutes from a cell as JSON, or None for an unknown run or cell, or a question nobody may ask."""
    run, cell = services.list_runs().get(run_id), services.travel.cell_index(cell_id)
    known = when.window in WINDOWS and when.percentile in (None, *PERCENTILES)
    if run is None or cell is None or not known:
        return None
    minutes = services.travel.minutes_to_cells(run, cell, when)
    return pack_values(np.where(services.hidden(run, "persons"), np.nan, minutes) if public else minutes)
