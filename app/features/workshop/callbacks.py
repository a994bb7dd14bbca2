"""Owns the wiring of the facilitator's page: opening, stepping, judging, noting, ending."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from app.access import Role, require
from app.access.visitor import here
from app.clock import JST
from app.features.workshop import desk_view
from app.features.workshop.board import KEPT_DAYS, Plan, plain_code
from app.features.workshop.errors import Refusal
from app.features.workshop.ids import ADDRESS, Id, Kind
from app.features.workshop.minutes import keep_draft, note, strike
from app.features.workshop.moderation import STATES, WAITING, can_undo, judge, undo
from app.text import say
from app.typed_callback import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desk import Desk

DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the page into an app."""
    dash_app.callback(
        Output(Id.OPENED, "href"),
        Output(Id.TOLD, "children"),
        Input(Id.OPEN, "n_clicks"),
        *(State(one, "value") for one in (Id.TITLE, Id.HELD_ON, Id.VENUE, Id.QUESTION, Id.RUNS, Id.THEMES, Id.KEPT)),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(open_one, desk))
    _register_live(dash_app, desk)
    _register_deeds(dash_app, desk)


def _register_live(dash_app: Dash, desk: Desk) -> None:
    dash_app.callback(
        *(Output(one, "children") for one in (Id.COUNTS, Id.STORY, Id.QUEUE, Id.SUMMARY)),
        Output(Id.TAB, "data"),
        Output(Id.UNDO, "disabled"),
        Output(Id.SHOWN, "data"),
        Input(Id.TICK, "n_intervals"),
        Input(Id.DID, "data"),
        Input(Id.TAB, "value"),
        State(Id.SHOWN, "data"),
        State(Id.OF, "data"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(refresh, desk))
    dash_app.callback(
        Output(Id.SAVED, "data"),
        Output(Id.SAVED_TOLD, "children"),
        Input(Id.TICK, "n_intervals"),
        State(Id.DRAFT, "value"),
        State(Id.SAVED, "data"),
        State(Id.OF, "data"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(save_draft, desk))


def _register_deeds(dash_app: Dash, desk: Desk) -> None:
    buttons = (
        Input({"kind": Kind.STEP, "to": ALL, "by": ALL}, "n_clicks"),
        Input({"kind": Kind.JUDGE, "post": ALL, "to": ALL, "why": ALL}, "n_clicks"),
        Input(Id.UNDO, "n_clicks"),
    )
    dash_app.callback(
        Output(Id.DID, "data"),
        Output(Id.TOLD, "children", allow_duplicate=True),
        *buttons,
        Input(Id.RESULTS, "checked"),
        State(Id.DID, "data"),
        State(Id.OF, "data"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(act, desk))
    dash_app.callback(
        Output(Id.NOTES, "children"),
        Output(Id.DRAFT, "value"),
        Output(Id.TOLD, "children", allow_duplicate=True),
        Input(Id.NOTE, "n_clicks"),
        Input({"kind": Kind.STRIKE, "number": ALL}, "n_clicks"),
        State(Id.DRAFT, "value"),
        State(Id.OF, "data"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(minute, desk))
    dash_app.callback(
        Output(Id.CLOSED, "href"),
        Input(Id.CLOSE, "submit_n_clicks"),
        State(Id.OF, "data"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(close, desk))
    dash_app.callback(
        Output(Id.DELETED, "href"),
        Output(Id.TOLD, "children", allow_duplicate=True),
        Input(Id.DELETE, "n_clicks"),
        State(Id.DELETE_CODE, "value"),
        State(Id.OF, "data"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(delete, desk))


def told(refusal: Refusal, lang: str) -> html.P:
    """Return why something was not done."""
    return html.P(say(lang, f"ws_refused_{refusal.code}", **refusal.parts), className="ws-refused")


def read_day(text: str | None) -> date:
    """
    Return a day as it is usually written.

    Raises
    ------
    Refusal
        ``bad_date``.
    """
    for form in DAY_FORMS:
        try:
            return datetime.strptime((text or "").strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refusal("bad_date")


def open_one(  # noqa: PLR0913, PLR0917 - one argument a field of the form
    desk: Desk,
    clicks: int | None,
    title: str | None,
    held_on: str | None,
    place: str | None,
    question: str | None,
    runs: list[str] | None,
    themes: str | None,
    kept: str | None,
    lang: str,
) -> tuple[Any, Any]:
    """Open a workshop and go to its page."""
    if not clicks:
        return no_update, no_update
    require(Role.FACILITATOR)
    known = desk.services.list_runs()
    try:
        plan = Plan(
            title=title or "",
            held_on=read_day(held_on),
            runs=tuple(run for run in runs or () if run in known),
            place=place or "",
            question=question or "",
            themes=tuple((themes or "").splitlines()),
            kept_days=int(kept) if kept and kept.isdecimal() else KEPT_DAYS,
        )
        made = desk.workshops.board.open(plan)
    except Refusal as refusal:
        return no_update, told(refusal, lang)
    return f"{ADDRESS}?w={made.workshop_id}&lang={lang}", ""


def refresh(
    desk: Desk, _ticks: int | None, _did: int, tab: str, shown: str, workshop_id: str, lang: str
) -> tuple[Any, ...]:
    """Return what changed since it was shown; nothing moves while nothing is new."""
    require(Role.FACILITATOR)
    room = desk.workshops
    found = room.board.find(workshop_id)
    wanted = f"{found.revision}/{tab}" if found else shown
    if found is None or wanted == shown:
        return (no_update,) * 7
    turnout = room.board.turnout(workshop_id)
    return (
        desk_view.counts(turnout, lang),
        desk_view.story(room, found, lang),
        desk_view.queue(room, found, tab if tab in STATES else WAITING, lang),
        desk_view.summary(room, found, lang),
        desk_view.tabs(turnout, lang),
        not found.is_open or not can_undo(room.database, workshop_id),
        wanted,
    )


def save_draft(
    desk: Desk, _ticks: int | None, text: str | None, saved: str | None, workshop_id: str, lang: str
) -> tuple[Any, Any]:
    """Keep what is being written, while it is being written."""
    if (text or "") == (saved or ""):
        return no_update, no_update
    require(Role.FACILITATOR)
    desk.access.note_activity(here().visit)  # comes by the clock, but somebody is typing
    room = desk.workshops
    try:
        keep_draft(room.database, workshop_id, text or "")
    except Refusal as refusal:
        return no_update, told(refusal, lang)
    return text or "", say(lang, "ws_minute_saved", time=f"{room.now().astimezone(JST):%H:%M:%S}")


def act(
    desk: Desk,
    _steps: list[int | None],
    _judged: list[int | None],
    _undone: int | None,
    results: bool,
    did: int,
    workshop_id: str,
    lang: str,
) -> tuple[Any, Any]:
    """Do what a button says: show a step, judge a voice, take the last decision back, show the counts."""
    pressed = ctx.triggered_id
    if not any(one["value"] is not None for one in ctx.triggered) or pressed is None:
        return no_update, no_update  # buttons that have just been drawn
    require(Role.FACILITATOR)
    try:
        _deed(desk, pressed, results, workshop_id)()
    except Refusal as refusal:
        return (did or 0) + 1, told(refusal, lang)
    return (did or 0) + 1, ""


def _deed(desk: Desk, pressed: Any, results: bool, workshop_id: str) -> Callable[[], object]:
    room = desk.workshops
    if pressed == Id.UNDO:
        return lambda: undo(room.database, workshop_id)
    if pressed == Id.RESULTS:
        return lambda: room.board.show_results(workshop_id, shown=bool(results))
    if pressed["kind"] == Kind.STEP:
        return lambda: room.board.show_step(workshop_id, number_of(pressed, "to"))
    return lambda: judge(
        room.database, workshop_id, str(pressed["post"]), str(pressed["to"]), room.now(), str(pressed["why"])
    )


def minute(
    desk: Desk, _kept: int | None, _struck: list[int | None], text: str | None, workshop_id: str, lang: str
) -> tuple[Any, Any, Any]:
    """Keep a note with its moment, or delete one."""
    pressed = ctx.triggered_id
    if not any(one["value"] for one in ctx.triggered):
        return (no_update,) * 3
    require(Role.FACILITATOR)
    room = desk.workshops
    try:
        found = room.board.get(workshop_id)
        if isinstance(pressed, dict):
            keep_draft(room.database, workshop_id, text or "")
            strike(room.database, workshop_id, number_of(pressed, "number"))
        else:
            note(room.database, workshop_id, text or "", room.step_of(found)[1].run_id, room.now())
        return desk_view.notes(room, found, lang), room.board.get(workshop_id).draft, ""
    except Refusal as refusal:
        return no_update, no_update, told(refusal, lang)


def close(desk: Desk, clicks: int | None, workshop_id: str, lang: str) -> Any:
    """End a workshop, and show its page again."""
    if not clicks:
        return no_update
    require(Role.FACILITATOR)
    with suppress(Refusal):  # ended or deleted in another window: the page says so when it is shown again
        desk.workshops.board.close(workshop_id)
    return f"{ADDRESS}?w={workshop_id}&lang={lang}&ended=1"


def delete(desk: Desk, clicks: int | None, typed: str | None, workshop_id: str, lang: str) -> tuple[Any, Any]:
    """Delete a workshop whose code was typed, and show the list."""
    if not clicks:
        return no_update, no_update
    require(Role.FACILITATOR)
    found = desk.workshops.board.find(workshop_id)
    if found is not None and plain_code(typed or "") != found.code:
        return no_update, told(Refusal("wrong_code"), lang)
    if found is not None:  # else it was deleted in another window
        desk.workshops.board.delete(workshop_id)
    return f"{ADDRESS}?lang={lang}", ""
