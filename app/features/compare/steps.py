"""Owns how the state of the view moves: from the address, by a control, by a key or a button."""

from __future__ import annotations

from typing import Any, cast

from dash import no_update

from app.features.compare.ids import Id
from app.features.compare.metrics import DEFAULT_METRIC, list_metrics
from app.features.compare.state import Lang, ViewState
from app.services import Services
from sim.kpi import KPIS

PREFERRED = "brt-extend-hitachi"


def start_state(services: Services, lang: Lang) -> ViewState:
    """Return what is shown first: a scenario that changes something, beside what it compares with."""
    found = services.list_runs()
    runs = list(found)
    right = PREFERRED if PREFERRED in runs else runs[min(1, len(runs) - 1)]
    left = found[right].compare_to
    metrics = list_metrics()
    metric = DEFAULT_METRIC if DEFAULT_METRIC in metrics else next(iter(metrics))
    return ViewState(left=left if left in found else runs[0], right=right, metric=metric, lang=lang)


def from_address(services: Services, search: str) -> ViewState:
    """Return the state of an address; runs, metrics and KPIs that do not exist fall back to the start."""
    start = start_state(services, services.settings.lang)
    return _known(services, ViewState.from_query(search, start), start)


def _known(services: Services, state: ViewState, start: ViewState) -> ViewState:
    runs = services.list_runs()
    left = state.left if state.left in runs else start.left
    right = state.right if state.right in runs else start.right
    metric = state.metric if state.metric in list_metrics() else start.metric
    kpi = state.kpi if state.kpi in KPIS else None
    tiles = state.tiles and services.settings.tiles_url is not None
    return state.changed(left=left, right=right, metric=metric, kpi=kpi, tiles=tiles)


def changed_by_control(services: Services, state: ViewState, controls: dict[str, Any]) -> ViewState:
    """Return the state with the values of the controls."""
    given = {**controls, "threshold": int(controls["threshold"]) if controls["threshold"] else None}
    return _known(services, state.changed(**given), state)


def changed_by_event(services: Services, state: ViewState, triggered: Any, events: dict[str, Any]) -> ViewState | None:
    """Return the state after a button or a key; None where neither was used."""
    if triggered == Id.ASKED:
        kpi = (events[Id.ASKED] or {}).get("kpi")
        return state.changed(kpi=kpi) if kpi in KPIS else state
    if triggered in (Id.DRAWER, Id.CLOSED):
        return state.changed(kpi=None)
    if triggered == Id.SWAP:
        return state.changed(left=state.right, right=state.left)
    if triggered in (Id.PRESENT, Id.PRESENT_END):
        begins = triggered == Id.PRESENT
        return state.changed(presenting=begins, public=begins, kpi=None) if events[triggered] else state
    return stepped(services, state, (events[Id.KEYS] or {}).get("order")) if triggered == Id.KEYS else None


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
    wanted["threshold"] = str(state.threshold or "")
    return {name: no_update if shown[name] == value else value for name, value in wanted.items()}


def read_lang(text: str | None, default: Lang) -> Lang:
    """Return a language of the page."""
    return cast("Lang", text) if text in ("ja", "en") else default
