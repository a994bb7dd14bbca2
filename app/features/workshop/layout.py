"""Owns the frame of the facilitator's page: all workshops with the form that opens one, or one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html
from flask import g

from app.access import Role, current
from app.components.attributes import aria
from app.components.frame import build_frame
from app.features.workshop import desk_view
from app.features.workshop.board import KEPT_DAYS, MOST_THEMES, local_day
from app.features.workshop.export import FILES
from app.features.workshop.ids import ADDRESS, Id
from app.features.workshop.moderation import WAITING, can_undo
from app.features.workshop.record import clock_time
from app.features.workshop.sign import join_parts
from app.features.workshop.wording import LONGEST_LINE, LONGEST_NOTE
from app.text import say

if TYPE_CHECKING:
    from app.features.workshop.board import Workshop
    from app.features.workshop.room import Room
    from app.visit import Visit

TICK_MS = 2_000
KEPT_CHOICES = (30, KEPT_DAYS, 365)


def build(visit: Visit) -> html.Div:
    """Return the page; only a facilitator sees what is inside."""
    lang = visit.lang
    # before the first request Dash builds the page once, for nobody
    if "ekisei_visitor" not in g or not current().may(Role.FACILITATOR):
        return build_frame(visit, "workshop", [html.H2(say(lang, "nav_workshop")), html.P(say(lang, "ws_role"))])
    room = visit.desk.workshops
    asked = visit.query.get("w", "")
    found = room.board.find(asked) if asked else None
    if found is not None:
        return build_frame(visit, "workshop", _one(visit, room, found))
    gone = [html.P(say(lang, "ws_not_found"), className="ws-refused", role="alert")] if asked else []
    return build_frame(visit, "workshop", [*gone, html.Div([_form(visit), _list(room, lang)], className="ws-start")])


def _list(room: Room, lang: str) -> html.Section:
    rows = [
        html.Li(
            [
                html.A(one.title, href=f"{ADDRESS}?w={one.workshop_id}&lang={lang}"),
                html.Span(f"{one.held_on:%Y-%m-%d} {one.place}"),
                _state(one, lang),
            ]
        )
        for one in room.board.list_all()
    ]
    body = html.Ul(rows, className="ws-list") if rows else html.P(say(lang, "ws_none_yet"), className="ws-quiet")
    return html.Section([html.H2(say(lang, "ws_list")), body], className="ws-card")


def _state(workshop: Workshop, lang: str) -> html.Span:
    word = say(lang, "ws_is_open" if workshop.is_open else "ws_closed")
    return html.Span(word, className=f"badge {'plan-planned' if workshop.is_open else 'plan-baseline'}")


def _form(visit: Visit) -> html.Section:
    lang = visit.lang
    runs = [{"value": run.run_id, "label": run.title.get(lang)} for run in visit.runs.values()]
    today = local_day(visit.desk.workshops.now())
    kept = [{"value": str(n), "label": say(lang, "ws_days", n=n)} for n in KEPT_CHOICES]
    fields = [
        dmc.TextInput(
            id=Id.TITLE, label=say(lang, "ws_title"), inputProps={"maxLength": LONGEST_LINE}, required=True, size="md"
        ),
        dmc.Group(
            [
                dmc.TextInput(
                    id=Id.HELD_ON,
                    label=say(lang, "ws_held_on_form"),
                    value=f"{today:%Y-%m-%d}",
                    inputProps={"maxLength": 10, "inputMode": "numeric"},
                    size="md",
                ),
                dmc.TextInput(
                    id=Id.VENUE, label=say(lang, "ws_venue"), inputProps={"maxLength": LONGEST_LINE}, size="md"
                ),
            ],
            grow=True,
        ),
        dmc.TextInput(
            id=Id.QUESTION,
            label=say(lang, "ws_question"),
            description=say(lang, "ws_question_hint"),
            inputProps={"maxLength": LONGEST_LINE},
            size="md",
        ),
        dmc.MultiSelect(
            id=Id.RUNS,
            label=say(lang, "ws_runs"),
            data=runs,
            value=[run["value"] for run in runs[:3]],
            searchable=True,
            size="md",
            comboboxProps={"transitionProps": {"duration": 0}},
        ),
        dmc.Textarea(
            id=Id.THEMES,
            label=say(lang, "ws_themes", most=MOST_THEMES),
            value=say(lang, "ws_themes_default"),
            minRows=5,
            autosize=True,
            size="md",
        ),
        dmc.RadioGroup(
            dmc.Group([dmc.Radio(label=one["label"], value=one["value"]) for one in kept]),
            id=Id.KEPT,
            label=say(lang, "ws_kept_for"),
            value=str(KEPT_DAYS),
            size="md",
        ),
        html.Button(say(lang, "ws_open_button"), id=Id.OPEN, type="button", className="button ws-big"),
        html.Div(id=Id.TOLD, role="alert"),
        dcc.Location(id=Id.OPENED, refresh=True),
        dcc.Store(id=Id.LANG, data=lang),
    ]
    return html.Section([html.H2(say(lang, "ws_open_new")), *fields], className="ws-card ws-form")


# ---------------------------------------------------------------- one workshop


def _one(visit: Visit, room: Room, workshop: Workshop) -> list[Any]:
    lang = visit.lang
    turnout = room.board.turnout(workshop.workshop_id)
    head = html.Div(
        [
            html.A(say(lang, "ws_to_list"), href=f"{ADDRESS}?lang={lang}"),
            html.H2([workshop.title, " ", _state(workshop, lang)]),
            html.P(f"{workshop.held_on:%Y-%m-%d} {workshop.place} {workshop.question}".strip(), className="ws-quiet"),
            html.Div(desk_view.counts(turnout, lang), id=Id.COUNTS, className="ws-counts"),
            html.P(say(lang, "ws_phones_help"), className="ws-quiet ws-phones-help"),
            html.Div(
                html.A(
                    f"▶ {say(lang, 'ws_project')}",
                    href=f"{ADDRESS}/wall/{workshop.workshop_id}?lang={lang}",
                    target="_blank",
                    className="button ws-big",
                ),
                className="ws-project",
            ),
        ],
        className="ws-head",
    )
    columns = html.Div(
        [
            html.Div([_joining(visit, workshop), _steering(room, workshop, lang)], className="ws-column"),
            _judging(room, workshop, lang),
            _minutes(room, workshop, lang),
        ],
        className="ws-desk",
    )
    summary = html.Section(
        [
            html.H2(say(lang, "ws_summary")),
            html.P(f"※ {say(lang, 'ws_disclaimer')}", className="ws-disclaimer"),
            html.Div(desk_view.summary(room, workshop, lang), id=Id.SUMMARY),
        ],
        className="ws-card",
    )
    return [
        head,
        html.Div(id=Id.TOLD, role="alert"),
        columns,
        summary,
        html.Div([_files(workshop, lang), _finish(workshop, lang)], className="ws-end"),
        dcc.Interval(id=Id.TICK, interval=TICK_MS),
        dcc.Store(id=Id.OF, data=workshop.workshop_id),
        dcc.Store(id=Id.LANG, data=lang),
        dcc.Store(id=Id.DID, data=0),
        dcc.Store(id=Id.SHOWN, data=f"{workshop.revision}/{WAITING}"),
        dcc.Store(id=Id.SAVED, data=workshop.draft),
        dcc.Location(id=Id.CLOSED, refresh=True),
        dcc.Location(id=Id.DELETED, refresh=True),
    ]


def _joining(visit: Visit, workshop: Workshop) -> html.Section:
    lang = visit.lang
    if not workshop.is_open:
        told = html.P(say(lang, "ws_refused_closed"))
        return html.Section([html.H3(say(lang, "ws_closed")), told], className="ws-card")
    code = html.P([say(lang, "ws_code"), html.B(workshop.code, className="ws-code")], className="ws-code-line")
    look = html.A(say(lang, "ws_try_phone"), href=f"/w/{workshop.code}?lang={lang}&look=1", target="_blank")
    parts = join_parts(workshop, visit.desk.settings, lang)
    return html.Section([html.H3(say(lang, "ws_join_sign")), *parts, code, html.P(look)], className="ws-card")


def _steering(room: Room, workshop: Workshop, lang: str) -> html.Section:
    return html.Section(
        [
            html.H3(say(lang, "ws_story_now")),
            html.P(say(lang, "ws_project_help"), className="ws-quiet"),
            html.Div(desk_view.story(room, workshop, lang), id=Id.STORY),
            dmc.Switch(
                id=Id.RESULTS,
                label=say(lang, "ws_results"),
                checked=workshop.results_shown,
                disabled=not workshop.is_open,
                size="md",
            ),
        ],
        className="ws-card",
    )


def _judging(room: Room, workshop: Workshop, lang: str) -> html.Section:
    turnout = room.board.turnout(workshop.workshop_id)
    undo = html.Button(
        say(lang, "ws_undo"),
        id=Id.UNDO,
        type="button",
        className="button quiet",
        disabled=not workshop.is_open or not can_undo(room.database, workshop.workshop_id),
    )
    return html.Section(
        [
            html.Div([html.H3(say(lang, "ws_queue")), undo], className="ws-card-head"),
            dmc.SegmentedControl(
                id=Id.TAB,
                data=desk_view.tabs(turnout, lang),
                value=WAITING,
                fullWidth=True,
                **aria(label=say(lang, "ws_queue")),
            ),
            html.Div(desk_view.queue(room, workshop, WAITING, lang), id=Id.QUEUE, className="ws-queue"),
        ],
        className="ws-card",
    )


def _minutes(room: Room, workshop: Workshop, lang: str) -> html.Section:
    write = [
        html.Label(say(lang, "ws_minute_new"), htmlFor=Id.DRAFT, className="label"),
        dcc.Textarea(id=Id.DRAFT, value=workshop.draft, maxLength=LONGEST_NOTE, rows=4, className="ws-draft"),
        html.Div(
            [
                html.Button(say(lang, "ws_minute_keep"), id=Id.NOTE, type="button", className="button"),
                html.Span(id=Id.SAVED_TOLD, className="ws-quiet", role="status"),
            ],
            className="ws-keep",
        ),
    ]
    return html.Section(
        [
            html.H3(say(lang, "ws_minutes")),
            html.Div(write, hidden=not workshop.is_open),
            html.Div(desk_view.notes(room, workshop, lang), id=Id.NOTES),
        ],
        className="ws-card",
    )


def _files(workshop: Workshop, lang: str) -> html.Section:
    links = [
        html.Li(html.A(say(lang, f"ws_file_{name}"), href=f"{ADDRESS}/files/{workshop.workshop_id}/{name}?lang={lang}"))
        for name in FILES
    ]
    return html.Section([html.H3(say(lang, "ws_files")), html.Ul(links)], className="ws-card")


def _finish(workshop: Workshop, lang: str) -> html.Section:
    if workshop.closed_at is None:
        ending: list[Any] = [
            html.P(say(lang, "ws_close_help"), className="ws-quiet"),
            dcc.ConfirmDialogProvider(
                html.Button(say(lang, "ws_close"), type="button", className="button"),
                id=Id.CLOSE,
                message=say(lang, "ws_close_sure"),
            ),
        ]
    else:
        ending = [html.P(say(lang, "ws_was_closed", time=clock_time(workshop.closed_at)))]
    deleting = [
        html.P(say(lang, "ws_expires", day=f"{workshop.expires_on:%Y-%m-%d}")),
        html.Details(
            [
                html.Summary(say(lang, "ws_delete")),
                html.P(say(lang, "ws_delete_help"), className="ws-quiet"),
                dmc.TextInput(id=Id.DELETE_CODE, label=say(lang, "ws_code"), inputProps={"maxLength": 12}, size="md"),
                html.Button(say(lang, "ws_delete"), id=Id.DELETE, type="button", className="button ws-danger"),
            ]
        ),
    ]
    return html.Section([html.H3(say(lang, "ws_finish")), *ending, *deleting], className="ws-card")
