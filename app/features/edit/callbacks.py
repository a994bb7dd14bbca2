"""Owns the wiring of the editor: each callback translates between the page and plain functions."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import TYPE_CHECKING, Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from pydantic import TypeAdapter

from app.features.edit import starting, steps, views
from app.features.edit.about_callbacks import ABOUT, register_about
from app.features.edit.ids import Id, Kind
from app.features.edit.list_view import problem_rows
from app.features.edit.routes import board_of
from app.features.edit.state import EditState, Entered, Pressed, Request
from app.features.edit.tool_callbacks import NO_TOOL, register_tools
from app.features.edit.wording import both_languages
from app.typed_callback import number_of
from geodata.errors import CitySimError
from scenarios.yaml_reading import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desk import Desk

_REQUEST = TypeAdapter(Request)
_PRESSED = TypeAdapter(Pressed)
NOTE = {"id": Id.SCENARIO_ID, "title_ja": Id.TITLE_JA, "title_en": Id.TITLE_EN, "who": Id.WHO, "why": Id.WHY}
FOLLOWING = ("id", "title_ja", "title_en")
"""Of the note of a save: what the scenario itself holds."""
BUTTONS = (Id.UNDO, Id.REDO, Id.DO, Id.TEXT_DO, Id.ABOUT_DO, Id.SAVE, Id.SAVE_AS, Id.RELOAD, Id.IMPORT)
TOLD_AT = {
    "form": Id.FORM_PROBLEMS,
    "message": Id.MESSAGE,
    "saved": Id.SAVED,
    "imported": Id.IMPORTED,
    "text": Id.TEXT_PROBLEMS,
    "about": Id.ABOUT_PROBLEMS,
}
"""Where a refusal is told, by what was refused."""
NOT_DONE: dict[str, str] = {
    **dict.fromkeys((Id.SAVE, Id.SAVE_AS), "edit_not_saved"),
    **dict.fromkeys((Id.START, Id.RELOAD, Kind.RESTORE), "edit_not_opened"),
    **dict.fromkeys((Id.UPLOAD, Id.IMPORT), "edit_not_taken_in"),
}
"""The word over a refusal, by what was wished; whatever else is refused could not be computed."""


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the editor into an app."""
    register_state(dash_app, desk)
    register_tools(dash_app, desk)
    register_about(dash_app, desk)
    register_views(dash_app, desk)
    for function, output, inputs in (
        ("begin", Output(Id.REQUEST, "data"), [Input(Id.BEGIN, "data")]),
        ("keep", Output(Id.KEPT, "data"), [Input(Id.STATE, "data"), State(Id.BEGIN, "data")]),
        ("follow", Output(Id.FOLLOWED, "data"), [Input(Id.ASKED, "data"), State(Id.SESSION, "data")]),
        ("draw", Output(Id.DRAWN, "data"), [Input(Id.PAINT, "data")]),
        ("sketch", Output(Id.SKETCHED, "data"), [Input(Id.SPOTS, "data"), Input(Id.IN_HAND, "data")]),
    ):
        dash_app.clientside_callback(ClientsideFunction("ekiseiEdit", function), output, *inputs)


# ---------------------------------------------------------------- the scenario


def register_state(dash_app: Dash, desk: Desk) -> None:
    """Wire everything that changes the scenario into one callback, so that there is one state."""
    dash_app.clientside_callback(
        ClientsideFunction("ekiseiEdit", "pressOne"),
        Output(Id.WISHED, "data"),
        Input({"kind": Kind.SWITCH, "mod": ALL}, "checked"),
        Input({"kind": Kind.DELETE, "mod": ALL}, "n_clicks"),
        Input({"kind": Kind.RESTORE, "number": ALL}, "n_clicks"),
        State(Id.STATE, "data"),
        prevent_initial_call=True,
    )
    dash_app.callback(
        {
            "state": Output(Id.STATE, "data"),
            "in_hand": Output(Id.IN_HAND, "data", allow_duplicate=True),
            "spots": Output(Id.SPOTS, "data", allow_duplicate=True),
            "text_window": Output(Id.TEXT_WINDOW, "opened", allow_duplicate=True),
            "about_window": Output(Id.ABOUT_WINDOW, "opened", allow_duplicate=True),
            "note": {name: Output(NOTE[name], "value", allow_duplicate=True) for name in FOLLOWING},
            "told": {name: Output(place, "children") for name, place in TOLD_AT.items()},
        },
        {
            "wishes": {
                Id.REQUEST: Input(Id.REQUEST, "data"),
                Id.START: Input(Id.START, "value"),
                Id.UPLOAD: Input(Id.UPLOAD, "contents"),
                Id.WISHED: Input(Id.WISHED, "data"),
                **{button: Input(button, "n_clicks") for button in BUTTONS},
            },
            "entered": {
                "values": State({"kind": Kind.FIELD, "name": ALL}, "value"),
                "names": State({"kind": Kind.FIELD, "name": ALL}, "id"),
                "spots": State(Id.SPOTS, "data"),
                "in_hand": State(Id.IN_HAND, "data"),
                "text": State(Id.TEXT, "value"),
                "paste": State(Id.PASTE, "value"),
                "file": State(Id.UPLOAD, "filename"),
                **{name: State(place, "value") for name, place in NOTE.items()},
                "about": {name: State(place, "value") for name, place in ABOUT.items()},
            },
            "known": State(Id.STATE, "data"),
            "lang": State(Id.LANG, "data"),
        },
        prevent_initial_call=True,
    )(partial(change_state, desk))


def change_state(
    desk: Desk, *, wishes: dict[str, Any], entered: Entered, known: dict[str, Any] | None, lang: str
) -> dict[str, Any]:
    """Turn what the planner did into the next state, or tell why not, beside what was pressed."""
    answer: dict[str, Any] = {
        "state": no_update,
        "in_hand": no_update,
        "spots": no_update,
        "text_window": no_update,
        "about_window": no_update,
        "note": dict.fromkeys(FOLLOWING, no_update),
        "told": dict.fromkeys(TOLD_AT, no_update),
    }
    if not ctx.triggered or ctx.triggered[0]["value"] is None:
        return answer  # a button that was only drawn anew
    triggered = ctx.triggered_id
    if triggered == Id.WISHED:
        triggered = _PRESSED.validate_python(wishes[Id.WISHED])
    before = None if known is None else EditState.model_validate(known)
    place = _place_of(triggered)
    try:
        after = _next_state(desk, triggered, wishes, entered, before)
    except CitySimError as cause:
        wish = triggered["kind"] if isinstance(triggered, dict) else triggered
        answer["told"][place] = problem_rows(cause.problems, lang, NOT_DONE.get(wish, "edit_problem_error"))
        return answer
    if after is None:
        return answer
    answer["told"][place] = views.done_words(triggered, before, after, lang)
    if triggered == Id.DO:
        answer |= {"in_hand": NO_TOOL, "spots": []}
    if triggered == Id.TEXT_DO:
        answer["text_window"] = False
    if triggered == Id.ABOUT_DO:
        answer["about_window"] = False
    if after != before:
        answer["state"] = after.model_dump(mode="json")
        answer["note"] = note_after(triggered, before, after)
    return answer


def note_after(triggered: Any, before: EditState | None, after: EditState) -> dict[str, Any]:
    """
    Return what the fields of id and titles become after a wish.

    A save takes them as they were at its press, and planners type on while it runs: only a new id comes back.
    """
    was, now = {} if before is None else named(before), named(after)
    follow = {"id"} if triggered in (Id.SAVE, Id.SAVE_AS) else {*FOLLOWING}
    return {key: now[key] if key in follow and was.get(key) != now[key] else no_update for key in FOLLOWING}


def named(state: EditState) -> dict[str, str]:
    """Return id and titles of a scenario, by the field that holds them."""
    return dict(zip(FOLLOWING, (state.scenario_id, *both_languages(state.content.get("title"))), strict=True))


def _place_of(triggered: Any) -> str:
    """Return where the answer to a wish is told."""
    if isinstance(triggered, dict):
        return "saved" if triggered["kind"] == Kind.RESTORE else "message"
    places = {Id.DO: "form", Id.TEXT_DO: "text", Id.ABOUT_DO: "about", Id.IMPORT: "imported", Id.UPLOAD: "imported"}
    places |= dict.fromkeys((Id.SAVE, Id.SAVE_AS, Id.RELOAD), "saved")
    return places.get(triggered, "message")


def _next_state(
    desk: Desk, triggered: Any, wishes: dict[str, Any], entered: dict[str, Any], before: EditState | None
) -> EditState | None:
    opening: dict[Any, Callable[[], EditState]] = {
        Id.REQUEST: lambda: steps.requested(desk, before, _REQUEST.validate_python(wishes[Id.REQUEST])),
        Id.START: lambda: steps.requested(desk, before, {"do": "start", "choice": wishes[Id.START]}),
        Id.UPLOAD: lambda: starting.imported(_uploaded(wishes[Id.UPLOAD]), str(entered["file"] or "import.yaml"), desk),
        Id.IMPORT: lambda: starting.imported(str(entered["paste"] or ""), "import.yaml", desk),
    }
    if not isinstance(triggered, dict) and triggered in opening:
        return opening[triggered]()
    if before is None:
        return None
    if isinstance(triggered, dict):
        return _next_of_many(desk, triggered, before)
    note = {name: str(entered[name] or "") for name in NOTE}
    fields = {one["name"]: value for one, value in zip(entered["names"], entered["values"], strict=True)}
    todo: dict[str, Callable[[], EditState]] = {
        Id.UNDO: before.undone,
        Id.REDO: before.redone,
        Id.DO: lambda: steps.with_tool(desk, before, entered["in_hand"], fields, entered["spots"] or []),
        Id.TEXT_DO: lambda: steps.rewritten(
            desk, before, str(entered["in_hand"]["instead"]), str(entered["text"] or "")
        ),
        Id.ABOUT_DO: lambda: steps.described(desk, before, {k: str(v or "") for k, v in entered["about"].items()}),
        Id.SAVE: lambda: steps.saved(desk, before, note, as_new=False),
        Id.SAVE_AS: lambda: steps.saved(desk, before, note, as_new=True),
        Id.RELOAD: lambda: steps.reloaded(desk, before),
    }
    return todo[triggered]()


def _uploaded(contents: Any) -> str:
    """Return the text of a file as the browser hands it over."""
    try:
        return base64.b64decode(str(contents).partition(",")[2]).decode("utf-8-sig", errors="replace")
    except binascii.Error:
        return ""  # cut on its way: refused as a file without a scenario


def _next_of_many(desk: Desk, triggered: dict[str, Any], before: EditState) -> EditState:
    if triggered["kind"] == Kind.DELETE:
        return steps.deleted(desk, before, str(triggered.get("mod")))
    if triggered["kind"] == Kind.RESTORE:
        return steps.restored(desk, before, number_of(triggered, "number"))
    return steps.switched(desk, before, str(triggered.get("mod")), on=bool(triggered.get("on")))


# ---------------------------------------------------------------- what is shown


def register_views(dash_app: Dash, desk: Desk) -> None:
    """Wire what follows from the scenario and from the numbers."""
    state, told, lang = Input(Id.STATE, "data"), Input(Id.TOLD, "data"), State(Id.LANG, "data")
    session = State(Id.SESSION, "data")
    dash_app.callback(Output(Id.ASKED, "data"), state, session)(partial(ask, desk))
    dash_app.callback(Output(Id.CARDS, "children"), told, session, lang)(partial(views.show_cards, desk))
    dash_app.callback(Output(Id.LIST, "children"), state, told, State(Id.LIST, "children"), session, lang)(
        partial(views.show_list, desk)
    )
    dash_app.callback(
        Output(Id.PAINT, "data"),
        Output(Id.LEGEND, "children"),
        Output(Id.SIGNS, "children"),
        Output(Id.SHOWN_AS, "checked"),
        state,
        told,
        Input(Id.SHOWN, "value"),
        Input(Id.SHOWN_AS, "checked"),
        State(Id.SHOWN_AS_PRESSED, "n_clicks"),
        session,
        lang,
    )(partial(views.show_map, desk))
    dash_app.callback(
        {
            "head": Output(Id.HEAD, "children"),
            "undo": [Output(Id.UNDO, name) for name in ("disabled", "title")],
            "redo": [Output(Id.REDO, name) for name in ("disabled", "title")],
            "command": Output(Id.COMMAND, "children"),
            "yaml": Output(Id.YAML, "children"),
            "compute": Output(Id.COMPUTE, "href"),
        },
        {"known": state, "lang": lang},
    )(partial(views.show_head, desk))
    dash_app.callback(
        Output(Id.KEEPING, "opened"),
        *(Output(NOTE[name], "value") for name in FOLLOWING),
        Input(Id.KEEP_OPEN, "n_clicks"),
        Input(Id.KEEP_CLOSE, "n_clicks"),
        State(Id.STATE, "data"),
        prevent_initial_call=True,
    )(show_keeping)
    dash_app.callback(Output(Id.HISTORY, "children"), Input(Id.KEEPING, "opened"), state, lang)(
        partial(views.show_history, desk)
    )
    dash_app.callback(
        Output(Id.DOWNLOAD, "data"), Input(Id.EXPORT, "n_clicks"), State(Id.STATE, "data"), prevent_initial_call=True
    )(hand_out)


def ask(desk: Desk, known: dict[str, Any] | None, session: str) -> Any:
    """Ask the engine for the numbers of the scenario; one that was asked already is not asked again."""
    if known is None:
        return no_update
    state, board = EditState.model_validate(known), board_of(desk)
    number = board.asked(session, state)
    return {"request": board.ask(session, state) if number is None else number, "of": state.digest}


def show_keeping(_open: int | None, _close: int | None, known: dict[str, Any] | None) -> Any:
    """Open the window of saving with id and titles as they stand, or close it."""
    if ctx.triggered_id != Id.KEEP_OPEN or known is None:
        return False, no_update, no_update, no_update
    return True, *named(EditState.model_validate(known)).values()


def hand_out(clicks: int | None, known: dict[str, Any] | None) -> Any:
    """Hand out the scenario as the file the command line reads."""
    if not clicks or known is None:
        return no_update
    state = EditState.model_validate(known)
    return {"content": dump_yaml(state.content), "filename": f"{state.scenario_id}.yaml", "type": "application/yaml"}
