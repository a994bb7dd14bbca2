"""Owns the wiring of the overview: the scenarios chosen, on the board and in the address."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, no_update

from app.features.overview.chosen import KEY, MOST_ASKED, as_query, choose_runs
from app.features.overview.ids import Id
from app.features.overview.layout import board

if TYPE_CHECKING:
    from app.desk import Desk


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the overview into an app."""
    dash_app.callback(
        Output(Id.BOARD, "children"),
        Output(Id.URL, "search"),
        Input(Id.CHOICE, "value"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(show_chosen, desk))


def show_chosen(desk: Desk, chosen: list[str] | None, lang: str) -> Any:
    """Return the board of the chosen scenarios; without any, the board stays as it is."""
    if not chosen:
        return no_update, no_update
    asked = as_query(chosen[:MOST_ASKED])
    runs = choose_runs(desk.services.list_runs(), asked)
    return board(desk.services, runs, lang), "?" + urlencode({KEY: asked, "lang": lang}, safe=",")
