"""Owns the wiring of the page of targets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from app.access import Role, require
from app.features.overview.chosen import MOST_ASKED, as_query, choose_runs
from app.features.targets.entry import enter, entered_list, remove
from app.features.targets.ids import Id, Kind
from app.features.targets.layout import body_of
from app.typed_callback import number_of

if TYPE_CHECKING:
    from app.desk import Desk


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the page into an app."""
    dash_app.callback(
        Output(Id.BODY, "children"),
        Output(Id.ENTERED, "children"),
        Output(Id.TOLD, "children"),
        Input(Id.CHOICE, "value"),
        Input(Id.ENTER, "n_clicks"),
        Input({"kind": Kind.REMOVE, "kpi": ALL, "year": ALL}, "n_clicks"),
        State(Id.KPI, "value"),
        State(Id.YEAR, "value"),
        State(Id.VALUE, "value"),
        State(Id.SOURCE, "value"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(change, desk))


def change(  # noqa: PLR0917 -- dash hands the parts of the form over one by one
    desk: Desk,
    chosen: list[str] | None,
    _enter: int | None,
    _remove: list[int | None],
    kpi_id: str,
    year: str,
    value: str | None,
    source: str | None,
    lang: str,
) -> Any:
    """Do what was asked for, and show paths and actuals as they stand then."""
    asked = ctx.triggered_id
    told: Any = no_update
    if asked == Id.ENTER:
        told = enter(desk, kpi_id, year, value or "", source or "", lang, require(Role.EDITOR).name)
    elif isinstance(asked, dict):
        if not any(one["value"] for one in ctx.triggered):
            return no_update, no_update, no_update  # buttons that were only drawn anew
        remove(desk, str(asked["kpi"]), number_of(asked, "year"), require(Role.EDITOR).name)
        told = ""
    runs = choose_runs(desk.services.list_runs(), as_query((chosen or [])[:MOST_ASKED]))
    return body_of(desk, runs, lang), entered_list(desk, lang), told
