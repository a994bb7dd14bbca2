"""Owns the wiring of the comparison: each callback translates between the page and plain functions."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from app.features.compare import views
from app.features.compare.cards_view import first_cards, more_cards
from app.features.compare.ids import Id, Kind
from app.features.compare.place_view import place_body
from app.features.compare.state import SIDES
from app.features.compare.steps import changed_by_control, changed_by_event, from_address, read_state, to_controls
from app.features.compare.winners_view import winners_body
from app.services import Services

# control → property that carries its value
CONTROLS = {
    "left": (Id.LEFT, "value"),
    "right": (Id.RIGHT, "value"),
    "third": (Id.THIRD, "value"),
    "fourth": (Id.FOURTH, "value"),
    "metric": (Id.METRIC, "value"),
    "group": (Id.GROUP, "value"),
    "threshold": (Id.THRESHOLD, "value"),
    "mode": (Id.MODE, "value"),
    "swipe": (Id.SWIPE, "value"),
    "tiles": (Id.TILES, "checked"),
    "tables": (Id.TABLES, "checked"),
    "public": (Id.PUBLIC, "checked"),
    "named": (Id.PLACE, "value"),
    "bands": (Id.BANDS, "checked"),
    "window": (Id.WINDOW, "value"),
    "percentile": (Id.PERCENTILE, "value"),
    "aim": (Id.AIM, "value"),
    "goal": (Id.GOAL, "value"),
    "depart": (Id.DEPART, "value"),
    "lang": (Id.LANG, "value"),
}
CARD = {"kind": Kind.CARD, "kpi": ALL}


def register(dash_app: Dash, services: Services) -> None:
    """Wire the comparison into an app."""
    register_state(dash_app, services)
    for outputs, build in (
        ([Output(Id.CARDS_HEAD, "children"), Output(Id.CARDS_FIRST, "children")], first_cards),
        ([Output(Id.NOTES, "children")], views.notes),
        ([Output(Id.LEGEND, "children")], views.legend),
        ([Output(Id.DIGEST, "children")], views.digest),
        ([Output(f"caption-{side}", "children") for side in SIDES], views.captions),
        (
            [
                Output(Id.TWIN_RIGHT_TITLE, "children"),
                *(Output(f"table-{s}", p) for s in SIDES[:2] for p in ("columnDefs", "rowData")),
            ],
            views.tables,
        ),
        ([Output(Id.DRAWER, "opened"), Output(Id.DRAWER_BODY, "children")], views.explanation),
        ([Output(Id.DRAWER_INPUTS, "children")], views.inputs),
        ([Output(Id.PLACE_BODY, "children"), Output(Id.WAYS, "data")], place_body),
        ([Output(Id.WINNERS_BODY, "children")], winners_body),
        ([Output(Id.PLACE_TEXT, "error")], views.place_error),
        ([Output(Id.SHELL, "className")], views.shell_class),
        ([Output("threshold-field", "hidden")], views.limit_hidden),
        ([Output(Id.WHEN, "hidden")], views.when_hidden),
        ([Output(Id.FOURTH_FIELD, "hidden")], views.fourth_hidden),
        ([Output(Id.PAINT, "data"), Output(Id.QUERY, "data")], views.orders),
    ):
        target = outputs if len(outputs) > 1 else outputs[0]
        wired = dash_app.callback(target, Input(Id.STATE, "data"), prevent_initial_call=True)  # the state comes first
        wired(partial(show, services, build))
    # the first time they wait for the maps; afterwards they come with the others
    dash_app.callback(Output(Id.CARDS_MORE, "children"), Input(Id.STATE, "data"), Input(Id.FIRST_DRAWN, "data"))(
        partial(show_more_cards, services)
    )
    dash_app.callback(Output(Id.CREDITS, "opened"), Input(Id.CREDITS_OPEN, "n_clicks"))(bool)
    dash_app.callback(Output(Id.TARGETS, "opened"), Input(Id.TARGETS_OPEN, "n_clicks"))(bool)
    dash_app.callback(
        Output(Id.TARGETS_BODY, "children"),
        Input(Id.TARGETS_OPEN, "n_clicks"),
        State(Id.STATE, "data"),
        prevent_initial_call=True,
    )(partial(show_targets, services))
    dash_app.callback(
        Output(Id.TARGETS_BODY, "children", allow_duplicate=True),
        Input(Id.STATE, "data"),
        State(Id.TARGETS_OPEN, "n_clicks"),
        State(Id.TARGETS_BODY, "children"),
        prevent_initial_call=True,
    )(partial(fill_targets, services))
    dash_app.clientside_callback(
        ClientsideFunction("ekisei", "drawFirst"), Output(Id.FIRST_DRAWN, "data"), Input(Id.FIRST, "data")
    )
    dash_app.clientside_callback(
        ClientsideFunction("ekisei", "draw"), Output(Id.DRAWN, "data"), Input(Id.PAINT, "data")
    )
    dash_app.clientside_callback(
        ClientsideFunction("ekisei", "drawWays"), Output(Id.WAYS_DRAWN, "data"), Input(Id.WAYS, "data")
    )
    dash_app.clientside_callback(
        ClientsideFunction("ekisei", "mirror"), Output(Id.MIRRORED, "data"), Input(Id.QUERY, "data")
    )


def register_state(dash_app: Dash, services: Services) -> None:
    """Wire everything that changes the view into one callback, so that there is one state."""
    dash_app.callback(
        {"state": Output(Id.STATE, "data"), "controls": {name: Output(*at) for name, at in CONTROLS.items()}},
        {
            "search": Input(Id.URL, "search"),
            "controls": {name: Input(*at) for name, at in CONTROLS.items()},
            "events": {
                Id.KEYS: Input(Id.KEYS, "data"),
                Id.SWAP: Input(Id.SWAP, "n_clicks"),
                Id.PRESENT: Input(Id.PRESENT, "n_clicks"),
                Id.PRESENT_END: Input(Id.PRESENT_END, "n_clicks"),
                Id.ASKED: Input(Id.ASKED, "data"),
                Id.DRAWER: Input(Id.CLOSED, "data"),
                Id.PICKED: Input(Id.PICKED, "data"),
                Id.PLACE_TEXT: Input(Id.PLACE_TEXT, "value"),
                Id.PLACE_CLOSE: Input(Id.PLACE_CLOSE, "n_clicks"),
            },
            "known": State(Id.STATE, "data"),
            "camera": State(Id.CAMERA, "data"),
        },
    )(partial(change_state, services))
    # cards are made anew with each view; in the browser, so that a new card is not taken for a click
    dash_app.clientside_callback(
        ClientsideFunction("ekisei", "asked"), Output(Id.ASKED, "data"), Input(CARD, "n_clicks")
    )
    dash_app.clientside_callback(
        ClientsideFunction("ekisei", "closed"),
        Output(Id.CLOSED, "data"),
        Input(Id.DRAWER, "opened"),
        State(Id.STATE, "data"),
        prevent_initial_call=True,
    )


def change_state(
    services: Services,
    *,
    search: str | None,
    controls: dict[str, Any],
    events: dict[str, Any],
    known: dict[str, Any] | None,
    camera: list[float] | None,
) -> dict[str, Any]:
    """Turn what the user did into the next state, and put the controls where the state says."""
    triggered, events = ctx.triggered_id, {**events, Id.PLACE: controls["named"]}
    if known is None or triggered == Id.URL:
        state = from_address(services, search or "")
        return {"state": state.model_dump(mode="json"), "controls": to_controls(state, controls)}
    held = read_state(services, known)
    before = held.changed(camera=camera)
    after = changed_by_event(services, before, triggered, events) or changed_by_control(services, before, controls)
    if (after.left, after.right) != (before.left, before.right):
        after = after.changed(missing="")
    if after == held:
        return {"state": no_update, "controls": to_controls(after, controls)}
    return {"state": after.model_dump(mode="json"), "controls": to_controls(after, controls)}


def show_targets(services: Services, clicks: int | None, state: dict[str, Any] | None) -> Any:
    """Fill the window of targets for the runs on the screen; it opens meanwhile."""
    if not clicks or state is None:
        return no_update
    return views.targets(services, read_state(services, state))


def fill_targets(services: Services, state: dict[str, Any] | None, clicks: int | None, shown: Any) -> Any:
    """Fill the window of targets that was opened before the page knew its state."""
    return no_update if shown else show_targets(services, clicks, state)


def show_more_cards(services: Services, state: dict[str, Any] | None, drawn: int | None) -> Any:
    """Fill the cards after the first, once the first maps are drawn."""
    return no_update if drawn is None else show(services, more_cards, state)


def show(services: Services, build: views.View, state: dict[str, Any] | None) -> Any:
    """Fill one part of the page from the state."""
    return no_update if state is None else build(services, read_state(services, state))
