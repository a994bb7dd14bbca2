"""Owns the wiring of the tools: which is in hand, its form, and the places chosen for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from pydantic import TypeAdapter

from app.features.edit import spots as chosen
from app.features.edit import steps, views
from app.features.edit.edits import own_modifications, text_of
from app.features.edit.form_view import tool_of
from app.features.edit.ids import Id, Kind
from app.features.edit.reading_back import form_of
from app.features.edit.state import EditState, Hand, Pick, Pressed, Spot
from app.typed_callback import number_of

if TYPE_CHECKING:
    from app.desk import Desk

_PICK = TypeAdapter(Pick)
_PRESSED = TypeAdapter(Pressed)
NO_TOOL: dict[str, Any] = {"tool": "", "instead": "", "values": {}}


def register_tools(dash_app: Dash, desk: Desk) -> None:
    """Wire the tools, their form and the places chosen for them."""
    for place, many in (
        (Id.TAKEN, [{"kind": Kind.TOOL, "tool": ALL}, {"kind": Kind.OPEN, "mod": ALL}]),
        (Id.SORTED, [{"kind": Kind.SPOT, "what": ALL, "number": ALL}]),
    ):
        dash_app.clientside_callback(
            ClientsideFunction("ekiseiEdit", "pressOne"),
            Output(place, "data"),
            *(Input(one, "n_clicks") for one in many),
            prevent_initial_call=True,
        )
    dash_app.callback(
        {
            "in_hand": Output(Id.IN_HAND, "data"),
            "spots": Output(Id.SPOTS, "data"),
            "opened": Output(Id.TEXT_WINDOW, "opened"),
            "text": Output(Id.TEXT, "value"),
        },
        {
            "pressed": {
                Id.TAKEN: Input(Id.TAKEN, "data"),
                Id.CANCEL: Input(Id.CANCEL, "n_clicks"),
                Id.AS_TEXT: Input(Id.AS_TEXT, "n_clicks"),
                Id.TEXT_CLOSE: Input(Id.TEXT_CLOSE, "n_clicks"),
            },
            "in_hand": State(Id.IN_HAND, "data"),
            "known": State(Id.STATE, "data"),
            "lang": State(Id.LANG, "data"),
        },
        prevent_initial_call=True,
    )(partial(take_tool, desk))
    dash_app.callback(
        {
            "form": Output(Id.FORM, "children"),
            "area": Output(Id.SPOT_AREA, "hidden"),
            "title": Output(Id.SPOT_TITLE, "children"),
            "help": Output(Id.SPOT_HELP, "children"),
            "hidden": Output(Id.FORM_SHELL, "hidden"),
            "tools": Output(Id.TOOLS, "children"),
            "as_text": Output(Id.AS_TEXT, "hidden"),
            "problems": Output(Id.FORM_PROBLEMS, "children", allow_duplicate=True),
        },
        {"in_hand": Input(Id.IN_HAND, "data"), "known": State(Id.STATE, "data"), "lang": State(Id.LANG, "data")},
        prevent_initial_call=True,
    )(partial(views.show_form, desk))
    dash_app.callback(
        Output(Id.SPOTS, "data", allow_duplicate=True),
        {
            "wishes": {
                Id.PICKED: Input(Id.PICKED, "data"),
                Id.SPOT_ADD: Input(Id.SPOT_ADD, "n_clicks"),
                Id.SPOT_PUT: Input(Id.SPOT_PUT, "n_clicks"),
                Id.SORTED: Input(Id.SORTED, "data"),
            },
            "spots": State(Id.SPOTS, "data"),
            "named": State(Id.SPOT_PICK, "value"),
            "degrees": [State(Id.SPOT_LAT, "value"), State(Id.SPOT_LON, "value")],
            "in_hand": State(Id.IN_HAND, "data"),
            "lang": State(Id.LANG, "data"),
        },
        prevent_initial_call=True,
    )(partial(change_spots, desk))
    dash_app.callback(
        Output(Id.SPOT_LIST, "children"),
        Input(Id.SPOTS, "data"),
        State(Id.LANG, "data"),
    )(views.show_spots)


def take_tool(
    desk: Desk, *, pressed: dict[str, Any], in_hand: Hand, known: dict[str, Any] | None, lang: str
) -> dict[str, Any]:
    """Take a tool into the hand, lay it down, or open a change in the form that makes such ones, else as text."""
    nothing = {"in_hand": no_update, "spots": no_update, "opened": no_update, "text": no_update}
    if known is None or not ctx.triggered or not ctx.triggered[0]["value"]:
        return nothing
    state = EditState.model_validate(known)
    if ctx.triggered_id != Id.TAKEN:
        laid_down: dict[str, Any] = {
            Id.CANCEL: {"in_hand": NO_TOOL, "spots": []},
            Id.TEXT_CLOSE: {"opened": False},
            Id.AS_TEXT: {"opened": True, "text": text_of(state.content, str(in_hand["instead"]))},
        }
        return {**nothing, **laid_down[str(ctx.triggered_id)]}
    taken = _PRESSED.validate_python(pressed[Id.TAKEN])
    if taken["kind"] == Kind.TOOL:
        tool = str(taken.get("tool", ""))
        tool = "" if tool == in_hand.get("tool") and not in_hand.get("instead") else tool
        return {**nothing, "in_hand": {**NO_TOOL, "tool": tool}, "spots": []}
    mod_id = str(taken.get("mod"))
    mod = next((one for one in own_modifications(state.content) if one.get("id") == mod_id), None)
    form = None if mod is None else form_of(mod, lang)
    places = steps.places_of(desk)
    placed = [] if form is None else [places.with_position(spot, lang) for spot in form.spots]
    if form is None or None in placed:
        hand = {**NO_TOOL, "instead": mod_id}
        return {"in_hand": hand, "spots": [], "opened": True, "text": text_of(state.content, mod_id)}
    return {**nothing, "in_hand": {"tool": form.tool, "instead": mod_id, "values": form.values}, "spots": placed}


def change_spots(
    desk: Desk,
    *,
    wishes: dict[str, Any],
    spots: list[Spot] | None,
    named: str | None,
    degrees: list[Any],
    in_hand: Hand,
    lang: str,
) -> Any:
    """Turn what was pointed at or entered into the places of the tool in hand."""
    tool = tool_of(str(in_hand.get("tool", "")))
    if tool is None or not ctx.triggered or not ctx.triggered[0]["value"]:
        return no_update
    triggered, known, places = ctx.triggered_id, spots or [], steps.places_of(desk)
    if triggered == Id.PICKED:
        return chosen.picked(known, _PICK.validate_python(wishes[Id.PICKED]), tool, places, lang)
    if triggered == Id.SPOT_ADD:
        return chosen.added(known, places.spot(named or "", lang), tool)
    if triggered == Id.SPOT_PUT:
        return chosen.added(known, chosen.by_degrees(*degrees), tool)
    moved = _PRESSED.validate_python(wishes[Id.SORTED])
    return (chosen.moved_up if moved.get("what") == "up" else chosen.taken_out)(known, number_of(moved, "number"))
