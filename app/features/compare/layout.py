"""Owns the frame of the comparison: head, controls, maps with their tables, cards, foot."""

from __future__ import annotations

from collections import Counter
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from app.components.attributes import aria, marked
from app.features.compare.explanation import build_credits
from app.features.compare.ids import Id
from app.features.compare.metrics import TIME_LIMITS, find_metric, list_metrics
from app.features.compare.state import ViewState
from app.services import Run, Services
from app.text import CATALOGUES, say

Children = list[Any]


def build_head(services: Services, state: ViewState) -> Children:
    """Return the title bar."""
    lang = state.lang
    return [
        html.Div(
            [
                html.Span("駅勢", className="logo", **aria(hidden="true")),
                html.Div(
                    [
                        html.H1([html.B(services.city.name.get(lang)), " ", say(lang, "title")]),
                    ]
                ),
            ],
            className="brand",
        ),
        html.Div(
            [
                html.Span(
                    dmc.Switch(
                        id=Id.PUBLIC, label=say(lang, "public"), checked=state.public, size="sm", labelPosition="left"
                    ),
                    title=say(lang, "public_help"),
                ),
                dmc.SegmentedControl(
                    id=Id.LANG,
                    value=lang,
                    size="xs",
                    data=[{"value": "ja", "label": "日本語"}, {"value": "en", "label": "English"}],
                    className="lang",
                    attributes={"root": {"aria-label": say(lang, "language")}},
                ),
                html.Button(say(lang, "targets_open"), id=Id.TARGETS_OPEN, className="button targets", type="button"),
                html.Span(say(lang, "present_hint"), className="present-hint"),
                html.Button(say(lang, "present_end"), id=Id.PRESENT_END, className="button present-end", type="button"),
                html.Button(say(lang, "present"), id=Id.PRESENT, className="button present", type="button"),
            ],
            className="tools",
        ),
    ]


def build_controls(runs: dict[str, Run], state: ViewState, *, with_tiles: bool) -> Children:
    """Return the controls on the left."""
    lang = state.lang
    options = run_options(runs, lang)
    return [
        html.H2(say(lang, "controls")),
        _select(Id.LEFT, say(lang, "left_scenario"), options, state.left),
        _select(Id.RIGHT, say(lang, "right_scenario"), options, state.right),
        html.Button(f"⇄ {say(lang, 'swap')}", id=Id.SWAP, className="link", type="button"),
        html.Hr(),
        _select(Id.METRIC, say(lang, "metric"), metric_options(lang), state.metric),
        _segmented(Id.GROUP, say(lang, "group"), state.group, _words(lang, "group", ("all", "65plus", "75plus"))),
        _segmented(Id.THRESHOLD, say(lang, "threshold"), str(state.threshold or ""), limit_options(lang)),
        html.Hr(),
        _segmented(Id.MODE, say(lang, "mode"), state.mode, _words(lang, "mode", ("side", "swipe", "diff"))),
        html.Div(
            [
                html.Span(say(lang, "swipe"), className="label", id="swipe-label"),
                dmc.Slider(
                    id=Id.SWIPE,
                    value=state.swipe,
                    min=3,
                    max=97,
                    step=1,
                    size="sm",
                    updatemode="mouseup",
                    thumbLabel=say(lang, "swipe"),
                ),
            ],
            className="field swipe-field",
        ),
        dmc.Switch(id=Id.TABLES, label=say(lang, "tables"), checked=state.tables, size="sm"),
        html.Div(
            dmc.Switch(
                id=Id.TILES,
                label=say(lang, "tiles"),
                description=say(lang, "tiles_help"),
                checked=state.tiles,
                size="sm",
            ),
            hidden=not with_tiles,
        ),
        html.Div(id=Id.NOTES, className="notes"),
    ]


def run_options(runs: dict[str, Run], lang: str) -> list[dict[str, Any]]:
    """Return the scenarios to choose from; titles that two of them share are told apart by the id."""
    count = Counter(run.title.get(lang) for run in runs.values())
    return [
        {"value": run.run_id, "label": title if count[title] == 1 else f"{title}（{run.run_id}）"}
        for run in runs.values()
        for title in [run.title.get(lang)]
    ]


def metric_options(lang: str) -> list[dict[str, Any]]:
    """Return the mapped columns, grouped by the KPI they belong to."""
    return [{"value": name, "label": short_label(name, lang)} for name, metric in list_metrics().items()]


def short_label(metric: str, lang: str) -> str:
    """Return a label that fits the list; the legend has the whole one."""
    key = f"metric_{metric}"
    return say(lang, key) if key in CATALOGUES["ja"] else find_metric(metric).label.get(lang)


def limit_options(lang: str) -> list[dict[str, str]]:
    """Return the time limits."""
    return [
        {"value": "", "label": say(lang, "threshold_none")},
        *({"value": str(limit), "label": f"{limit}"} for limit in TIME_LIMITS),
    ]


def _words(lang: str, prefix: str, values: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"value": value, "label": say(lang, f"{prefix}_{value}")} for value in values]


def _select(component: Id, label: str, options: list[dict[str, Any]], value: str) -> dmc.Select:
    return dmc.Select(
        id=component,
        label=label,
        data=options,
        value=value,
        allowDeselect=False,
        checkIconPosition="right",
        maxDropdownHeight=420,
        size="sm",
        className="field",
        comboboxProps={"transitionProps": {"duration": 0}},
    )


def _segmented(component: Id, label: str, value: str, options: list[dict[str, str]]) -> html.Div:
    control = dmc.SegmentedControl(
        id=component,
        value=value,
        data=options,
        fullWidth=True,
        size="xs",
        transitionDuration=0,
        attributes={"root": {"aria-label": label}},
    )
    return html.Div([html.Span(label, className="label"), control], className="field", id=f"{component}-field")


def build_maps(lang: str) -> html.Div:
    """Return the two map hosts; map.js fills them."""
    return html.Div(
        [
            *(_pane(side, lang) for side in ("left", "right")),
            html.Div(
                id="swipe-handle",
                role="slider",
                tabIndex=0,
                **aria(
                    label=say(lang, "swipe_handle"),
                    valuemin="3",
                    valuemax="97",
                    valuenow="50",
                    orientation="horizontal",
                ),
            ),
            html.Div(say(lang, "tiles_credit"), id="tiles-credit", className="tiles-credit", hidden=True),
            html.Div(id="map-message", className="map-message", role="status"),
            html.Div([html.Span("▲", **aria(hidden="true")), html.Span("N")], className="north"),
        ],
        id="maps",
        **marked(mode="side", loading=say(lang, "loading_maps")),
    )


def _pane(side: str, lang: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=f"map-{side}", className="map", role="region", **aria(label=say(lang, f"map_{side}"))),
            html.Div(id=f"caption-{side}", className="caption"),
            html.Div(id=f"tip-{side}", className="tip", hidden=True, **marked(side=side)),
        ],
        className=f"pane pane-{side}",
    )


def build_twins(lang: str) -> html.Div:
    """Return the two tables under the maps."""
    return html.Div(
        [
            html.Section(
                [html.H3(say(lang, f"table_{side}"), id=f"twin-title-{side}"), _grid(f"table-{side}", lang)],
                id=f"twin-{side}",
                className="twin",
                **aria(labelledby=f"twin-title-{side}"),
            )
            for side in ("left", "right")
        ],
        id=Id.TABLES + "-area",
        className="twins",
    )


def _grid(component: str, lang: str) -> dag.AgGrid:
    return dag.AgGrid(
        id=component,
        columnDefs=[],
        rowData=[],
        className="grid",
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "suppressMovable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        dashGridOptions={
            "localeText": grid_words(lang),
            "rowHeight": 28,
            "headerHeight": 32,
            "animateRows": False,
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
        },
    )


def grid_words(lang: str) -> dict[str, str]:
    """Return the words of the grid that can appear, in Japanese; the grid itself speaks English."""
    ja = {
        "noRowsToShow": "表示する行がありません",
        "loadingOoo": "読み込み中…",
        "ariaSortableColumn": "Enter キーで並べ替え",
        "ariaColumn": "列",
        "ariaRowSelect": "スペースキーで選択",
    }
    return ja if lang == "ja" else {}


def build_foot(services: Services, lang: str, version: str) -> Children:
    """Return credits, version and the digests of what is shown."""
    credit = " ／ ".join(dict.fromkeys(source.credit for source in services.city.sources if source.credit))
    return [
        html.Button(say(lang, "credits"), id=Id.CREDITS_OPEN, className="link", type="button"),
        html.Span(credit, className="credit-line"),
        html.Span([say(lang, "version", version=version), "　", html.Span(id=Id.DIGEST)], className="digest"),
    ]


def build_shell(services: Services, runs: dict[str, Run], state: ViewState, version: str) -> html.Div:
    """Return the whole page; what depends on the view is filled by callbacks."""
    lang = state.lang
    with_tiles = services.settings.tiles_url is not None
    return html.Div(
        [
            html.A(say(lang, "skip"), href="#cards", className="skip"),
            html.Header(build_head(services, state), id=Id.HEAD, className="head"),
            html.Aside(
                build_controls(runs, state, with_tiles=with_tiles),
                id=Id.CONTROLS,
                className="controls",
                **aria(label=say(lang, "controls")),
            ),
            html.Main(
                [build_maps(lang), html.Div(id=Id.LEGEND, className="legend"), build_twins(lang)], className="main"
            ),
            html.Aside(id=Id.CARDS, className="cards", **aria(label=say(lang, "kpis"))),
            html.Footer(build_foot(services, lang, version), id=Id.FOOT, className="foot"),
            dmc.Drawer(
                [
                    html.Div(id=Id.DRAWER_BODY),
                    dcc.Loading(
                        html.Div(id=Id.DRAWER_INPUTS),
                        custom_spinner=html.P(say(lang, "explaining"), className="explaining", role="status"),
                        delay_show=200,
                    ),
                ],
                id=Id.DRAWER,
                title=say(lang, "explain"),
                position="right",
                size="min(720px, 94vw)",
                closeButtonProps={"aria-label": say(lang, "explain_close")},
                transitionProps={"duration": 0},
            ),
            dmc.Modal(
                dcc.Loading(
                    html.Div(id=Id.TARGETS_BODY, className="targets-body"),
                    custom_spinner=html.P(say(lang, "targets_filling"), className="explaining", role="status"),
                    delay_show=200,
                ),
                id=Id.TARGETS,
                title=say(lang, "targets_title"),
                size="min(1080px, 96vw)",
                closeButtonProps={"aria-label": say(lang, "targets_close")},
                transitionProps={"duration": 0},
            ),
            dmc.Modal(
                build_credits(services, lang),
                id=Id.CREDITS,
                title=say(lang, "credits"),
                size="min(1000px, 94vw)",
                closeButtonProps={"aria-label": say(lang, "credits_close")},
                transitionProps={"duration": 0},
            ),
        ],
        id=Id.SHELL,
        className="shell",
    )


def build_stores() -> Children:
    """Return the stores: addresses and view state only, never tables."""
    return [
        dcc.Location(id=Id.URL, refresh=False),
        *(
            dcc.Store(id=name)
            for name in (Id.STATE, Id.PAINT, Id.DRAWN, Id.CAMERA, Id.KEYS, Id.QUERY, Id.CLOSED, Id.ASKED, Id.MIRRORED)
        ),
    ]
