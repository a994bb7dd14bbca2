"""Owns how the state of the view moves: from the address, by a control, by a key or a button."""

from __future__ import annotations

from typing import Any, cast

from dash import no_update

from app.components.time_field import read_time
from app.features.compare.ids import Id
from app.features.compare.metrics import list_metrics
from app.features.compare.state import SIDES, Lang, ViewState
from app.features.compare.telling import compared_with, telling_metric, telling_view
from app.places import cell_at, find_cell
from app.services import Services
from sim.kpi import KPIS

PREFERRED = "brt-extend-hitachi"
UNNAMED = ""


def start_state(services: Services, lang: Lang) -> ViewState:
    """Return what is shown first: a scenario that changes something, beside what it compares with."""
    runs = list(services.list_runs())
    right = PREFERRED if PREFERRED in runs else runs[min(1, len(runs) - 1)]
    return telling_view(services, right, lang)


def from_address(services: Services, search: str) -> ViewState:
    """
    Return the state of an address; runs, metrics and KPIs that do not exist fall back to the start.

    A scenario that is named alone stands beside what it compares with. Scenarios that are not there are remembered, so
    that the page can say so.
    """
    start = start_state(services, services.settings.lang)
    wanted = ViewState.from_query(search, start.changed(left=UNNAMED, metric=UNNAMED))
    runs = services.list_runs()
    if wanted.left == UNNAMED:
        wanted = wanted.changed(left=compared_with(services, wanted.right if wanted.right in runs else start.right))
    missing = ", ".join(dict.fromkeys(run for run in _named(wanted) if run not in runs))
    state = _known(services, wanted.changed(missing=missing), start)
    if wanted.metric == UNNAMED:
        return state.changed(metric=telling_metric(services, state.left, state.right))
    return state


def read_state(services: Services, known: dict[str, Any]) -> ViewState:
    """
    Return the state that a page holds; what has gone since it was opened, as a run can, falls back to the start.

    Raises
    ------
    pydantic.ValidationError
        If it is no state.
    """
    state, runs = ViewState.model_validate(known), services.list_runs()
    is_known = state.left in runs and state.right in runs and state.metric in list_metrics()
    return (
        state
        if is_known and (state.kpi is None or state.kpi in KPIS)
        else _known(services, state, start_state(services, state.lang))
    )


def _named(state: ViewState) -> tuple[str, ...]:
    """Return the scenarios a view names, those not on the screen included."""
    return tuple(run for run in (getattr(state, side) for side in SIDES) if run is not None)


def _known(services: Services, state: ViewState, start: ViewState) -> ViewState:
    runs = services.list_runs()
    third, fourth, *_ = *(run for run in (state.third, state.fourth) if run in runs), None, None  # no gap between
    left = state.left if state.left in runs else start.left
    right = state.right if state.right in runs else start.right
    metric = state.metric if state.metric in list_metrics() else start.metric
    kpi = state.kpi if state.kpi in KPIS else None
    place = state.place if state.place is None or services.travel.cell_index(state.place) is not None else None
    tiles = state.tiles and services.settings.tiles_url is not None
    return state.changed(
        left=left, right=right, third=third, fourth=fourth, metric=metric, kpi=kpi, place=place, tiles=tiles
    )


def changed_by_control(services: Services, state: ViewState, controls: dict[str, Any]) -> ViewState:
    """Return the state with the values of the controls."""
    numbers: dict[str, Any] = {
        name: int(controls[name] or 0) or None for name in ("threshold", "percentile") if name in controls
    }
    absent: dict[str, Any] = {name: controls[name] or None for name in ("third", "fourth") if name in controls}
    if "depart" in controls:
        absent["depart"] = read_time(controls["depart"] or "")
    after = _known(services, state.changed(**controls | numbers | absent | {"named": state.named}), state)
    added = len(_named(after)) > len(_named(state))
    return after.changed(mode="side") if added else after  # whoever adds a map wants to see it


def changed_by_event(services: Services, state: ViewState, triggered: Any, events: dict[str, Any]) -> ViewState | None:
    """Return the state after a button or a key; None where neither was used."""
    if triggered in (Id.PICKED, Id.PLACE, Id.PLACE_TEXT, Id.PLACE_CLOSE):
        return at_place(services, state, triggered, events[triggered])
    if triggered == Id.ASKED:
        kpi = _told(events, Id.ASKED).get("kpi")
        return state.changed(kpi=kpi) if kpi in KPIS else state
    if triggered in (Id.DRAWER, Id.CLOSED):
        return state.changed(kpi=None)
    if triggered == Id.SWAP:
        return state.changed(left=state.right, right=state.left)
    if triggered in (Id.PRESENT, Id.PRESENT_END):
        begins = triggered == Id.PRESENT
        return state.changed(presenting=begins, public=begins, kpi=None) if events[triggered] else state
    return stepped(services, state, _told(events, Id.KEYS).get("order")) if triggered == Id.KEYS else None


def _told(events: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what a script told; empty where it told nothing."""
    found = events[name]
    return found if isinstance(found, dict) else {}


def at_place(services: Services, state: ViewState, triggered: str, chosen: Any) -> ViewState:
    """Return the state with the place that was clicked, named or typed, or with none."""
    cells = services.city.population
    if triggered == Id.PLACE_CLOSE:
        return state.changed(place=None, named=None, unfound="") if chosen else state
    if triggered == Id.PICKED:
        cell = chosen.get("cell") if isinstance(chosen, dict) else None
        known = isinstance(cell, int) and 0 <= cell < cells.n_cells
        return state.changed(place=str(cells.cell_id[cell]), named=None, unfound="") if known else state
    if not chosen:
        return state.changed(unfound="")
    if triggered == Id.PLACE:
        place = services.places.get(chosen)
        return state if place is None else state.changed(place=cell_at(services, place.xy), named=chosen, unfound="")
    found = find_cell(services, chosen)
    return state.changed(unfound=chosen[:40]) if found is None else state.changed(place=found, named=None, unfound="")


def stepped(services: Services, state: ViewState, order: str | None) -> ViewState:
    """Return the state after a key of 発表モード: next and back walk through the scenarios on the right."""
    if order == "end":
        return state.changed(kpi=None) if state.kpi else state.changed(presenting=False, public=False)
    runs = [run for run in services.list_runs() if run != state.left] or [state.right]
    move = {"next": 1, "back": -1}.get(order or "", 0)
    at = runs.index(state.right) if state.right in runs else -move
    return state.changed(right=runs[(at + move) % len(runs)])


def to_controls(state: ViewState, shown: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the controls; the ones that already stand right are left alone."""
    wanted: dict[str, Any] = {name: getattr(state, name) for name in shown}
    written = {
        "threshold": str(state.threshold or ""),
        "percentile": str(state.percentile or 0),
        "depart": state.depart or "",
        "third": state.third or "",
        "fourth": state.fourth or "",
    }
    wanted |= {name: text for name, text in written.items() if name in shown}
    return {name: no_update if shown[name] == value else value for name, value in wanted.items()}


def read_lang(text: str | None, default: Lang) -> Lang:
    """Return a language of the page."""
    return cast("Lang", text) if text in ("ja", "en") else default
