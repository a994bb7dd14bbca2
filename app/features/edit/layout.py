"""Owns the frame of the editor: bar, tools and changes, map, numbers, and what is kept and handed out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.components.attributes import aria, marked
from app.components.frame import build_frame
from app.features.edit.about_view import about_window
from app.features.edit.form_view import form_shell, tool_buttons
from app.features.edit.ids import Id
from app.features.edit.paint import FIRST_SHOWN, shown_columns
from app.features.edit.starting import options, usual
from app.features.edit.steps import places_of
from app.features.edit.window import STILL, build_window, text_field, window_head
from app.text import say

if TYPE_CHECKING:
    from app.visit import Visit

MAX_UPLOAD = 1_000_000


def build(visit: Visit) -> Any:
    """Return the page; what depends on the scenario is filled by callbacks."""
    lang = visit.lang
    visit.desk.engine.start()  # warm by the time the first change is made
    body = [
        *_stores(visit),
        _bar(visit),
        html.Div(
            [
                html.Section(
                    [
                        html.H2(say(lang, "edit_tools"), className="edit-heading"),
                        html.Div(tool_buttons(lang, ""), id=Id.TOOLS, className="edit-tool-groups"),
                        form_shell(places_of(visit.desk), lang),
                        html.H2(say(lang, "edit_changes"), className="edit-heading"),
                        html.Div(id=Id.LIST, className="edit-list"),
                    ],
                    className="edit-left",
                    **aria(label=say(lang, "edit_left")),
                ),
                _map(lang),
                html.Section(
                    id=Id.CARDS, className="edit-right cards", tabIndex=0, **aria(label=say(lang, "edit_numbers"))
                ),
            ],
            className="edit-columns",
        ),
        _keeping(visit),
        _text_window(lang),
        about_window(lang),
    ]
    return build_frame(visit, "edit", body)


def _stores(visit: Visit) -> list[Any]:
    begin = {
        "start": visit.query.get("start") or "",
        "usual": usual(visit.runs),
        "city": visit.desk.services.city.city_id,
        "lang": visit.lang,
    }
    given: dict[Id, Any] = {Id.BEGIN: begin, Id.SESSION: secrets.token_hex(8), Id.LANG: visit.lang}
    given[Id.IN_HAND] = {"tool": "", "instead": "", "values": {}}
    empty = (
        Id.STATE,
        Id.SPOTS,
        Id.REQUEST,
        Id.PICKED,
        Id.WISHED,
        Id.TAKEN,
        Id.SORTED,
        Id.PAINT,
        Id.ASKED,
        Id.TOLD,
        Id.DRAWN,
        Id.FOLLOWED,
        Id.KEPT,
        Id.SKETCHED,
    )
    return [
        *(dcc.Store(id=name, data=value) for name, value in given.items()),
        *(dcc.Store(id=name) for name in empty),
        dcc.Download(id=Id.DOWNLOAD),
    ]


def _bar(visit: Visit) -> html.Div:
    lang = visit.lang
    return html.Div(
        [
            dmc.Select(
                id=Id.START,
                label=say(lang, "edit_start"),
                data=options(visit.desk, visit.runs, lang),
                placeholder=say(lang, "edit_start_choose"),
                searchable=True,
                size="sm",
                className="field edit-start",
                comboboxProps=STILL,
            ),
            html.Div(
                [
                    html.Div(id=Id.HEAD, className="edit-title", **aria(live="polite")),
                    html.Button(say(lang, "edit_about"), id=Id.ABOUT_OPEN, type="button", className="link"),
                ],
                className="edit-what",
            ),
            html.Div(
                [
                    html.Button("↶", id=Id.UNDO, type="button", className="edit-step", disabled=True),
                    html.Button("↷", id=Id.REDO, type="button", className="edit-step", disabled=True),
                    html.Button(say(lang, "edit_keep"), id=Id.KEEP_OPEN, type="button", className="button"),
                    html.A(
                        say(lang, "edit_compute"),
                        id=Id.COMPUTE,
                        href="/jobs",
                        className="button quiet",
                        hidden="jobs" not in dict(visit.places),
                    ),
                ],
                className="edit-bar-buttons",
            ),
            html.Div(id=Id.MESSAGE, className="edit-message", role="status"),
        ],
        className="edit-bar",
    )


def _map(lang: str) -> html.Section:
    return html.Section(
        [
            html.Div(
                [
                    html.Div(id="edit-map", className="map", role="region", **aria(label=say(lang, "edit_map"))),
                    html.Div(say(lang, "edit_stale"), id="edit-stale-note", className="edit-stale-note", hidden=True),
                    html.Div(id="edit-map-hint", className="edit-map-hint", role="status"),
                ],
                id="edit-map-frame",
                className="edit-map-frame",
                **marked(
                    hint_none="",
                    **{f"hint-{kind}": say(lang, f"edit_hint_{kind}") for kind in ("one", "line", "stops", "area")},
                ),
            ),
            html.Div(
                [
                    dmc.Select(
                        id=Id.SHOWN,
                        label=say(lang, "edit_shown"),
                        data=shown_columns(lang),
                        value=FIRST_SHOWN,
                        size="xs",
                        className="field",
                        allowDeselect=False,
                        comboboxProps=STILL,
                    ),
                    html.Div(
                        dmc.Switch(id=Id.SHOWN_AS, label=say(lang, "edit_shown_as"), checked=False, size="sm"),
                        id=Id.SHOWN_AS_PRESSED,
                        n_clicks=0,
                    ),
                    html.Div(id=Id.LEGEND, className="edit-legend"),
                    html.Div(id=Id.SIGNS, className="edit-signs", role="group", **aria(label=say(lang, "edit_signs"))),
                ],
                className="edit-under",
            ),
        ],
        className="edit-middle",
        **aria(label=say(lang, "edit_map_area")),
    )


def _keeping(visit: Visit) -> dmc.Drawer:
    lang = visit.lang
    return dmc.Drawer(
        [
            window_head(lang, "edit_keep", Id.KEEP_CLOSE),
            html.Section(
                [
                    html.H3(say(lang, "edit_save_title")),
                    text_field(Id.TITLE_JA, say(lang, "edit_title_ja")),
                    text_field(Id.TITLE_EN, say(lang, "edit_title_en")),
                    text_field(Id.SCENARIO_ID, say(lang, "edit_id"), say(lang, "edit_id_help")),
                    text_field(Id.WHO, say(lang, "edit_who"), say(lang, "edit_who_help")),
                    text_field(Id.WHY, say(lang, "edit_why"), say(lang, "edit_why_help")),
                    html.Div(
                        [
                            html.Button(say(lang, "edit_save"), id=Id.SAVE, type="button", className="button"),
                            html.Button(
                                say(lang, "edit_save_as"), id=Id.SAVE_AS, type="button", className="button quiet"
                            ),
                            html.Button(
                                say(lang, "edit_reload"), id=Id.RELOAD, type="button", className="button quiet"
                            ),
                        ],
                        className="edit-row",
                    ),
                    html.Div(id=Id.SAVED, className="edit-problems", role="status"),
                ],
                className="edit-section",
            ),
            html.Section([html.H3(say(lang, "edit_history")), html.Div(id=Id.HISTORY)], className="edit-section"),
            html.Section(
                [
                    html.H3(say(lang, "edit_out")),
                    html.P(say(lang, "edit_command_help"), className="edit-help"),
                    html.Code(id=Id.COMMAND, className="edit-command", tabIndex=0),
                    dcc.Clipboard(target_id=Id.COMMAND, title=say(lang, "edit_copy"), className="edit-copy"),
                    html.Div(
                        html.Button(say(lang, "edit_export"), id=Id.EXPORT, type="button", className="button quiet"),
                        className="edit-row",
                    ),
                    html.Details(
                        [
                            html.Summary(say(lang, "edit_see_yaml")),
                            html.Pre(
                                id=Id.YAML, className="edit-yaml", tabIndex=0, **aria(label=say(lang, "edit_see_yaml"))
                            ),
                        ]
                    ),
                ],
                className="edit-section",
            ),
            html.Section(
                [
                    html.H3(say(lang, "edit_in")),
                    dcc.Upload(
                        html.Span(say(lang, "edit_upload"), className="button quiet"),
                        id=Id.UPLOAD,
                        accept=".yaml,.yml",
                        max_size=MAX_UPLOAD,
                        className="edit-upload",
                    ),
                    dmc.Textarea(
                        id=Id.PASTE,
                        label=say(lang, "edit_paste"),
                        autosize=True,
                        minRows=3,
                        maxRows=10,
                        size="sm",
                        className="field edit-mono",
                    ),
                    html.Button(say(lang, "edit_import"), id=Id.IMPORT, type="button", className="button quiet"),
                    html.Div(id=Id.IMPORTED, className="edit-problems", role="status"),
                ],
                className="edit-section",
            ),
        ],
        id=Id.KEEPING,
        position="right",
        size="min(560px, 96vw)",
        withCloseButton=False,
        transitionProps={"duration": 0},
        keepMounted=True,
    )


def _text_window(lang: str) -> dmc.Modal:
    return build_window(
        [
            html.P(say(lang, "edit_text_help"), className="edit-help"),
            dmc.Textarea(
                id=Id.TEXT,
                label=say(lang, "edit_text"),
                autosize=True,
                minRows=8,
                maxRows=24,
                className="field edit-mono",
            ),
            html.Div(id=Id.TEXT_PROBLEMS, className="edit-problems", role="alert"),
            html.Button(say(lang, "edit_text_do"), id=Id.TEXT_DO, type="button", className="button"),
        ],
        lang=lang,
        title="edit_text_title",
        window=Id.TEXT_WINDOW,
        close=Id.TEXT_CLOSE,
        size="min(760px, 96vw)",
    )
