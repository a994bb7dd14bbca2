"""Owns the frame of the comparison: maps, cards, foot, windows, and where head, controls and tables stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.components.attributes import aria, marked
from app.features.compare.cards_view import build_deck
from app.features.compare.controls import build_controls
from app.features.compare.explanation import build_credits
from app.features.compare.head import build_head
from app.features.compare.ids import Id
from app.features.compare.paint import build_paint
from app.features.compare.place_panel import build_place_panel, place_choice
from app.features.compare.state import SIDES, ViewState
from app.features.compare.twins import build_twins
from app.features.compare.views import captions
from app.features.compare.winners_view import build_winners_panel
from app.services import Run, Services
from app.text import say
from app.text.credit_lines import joined_credits

if TYPE_CHECKING:
    from collections.abc import Mapping

Children = list[Any]


def build_maps(services: Services, state: ViewState) -> html.Div:
    """Return the hosts of the maps; map.js fills as many as there are scenarios."""
    lang = state.lang
    told = dict(zip(SIDES, captions(services, state), strict=True))  # maps are fitted under them
    return html.Div(
        [
            *(_pane(side, lang, told[side]) for side in SIDES),
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


def _pane(side: str, lang: str, caption: Children) -> html.Div:
    return html.Div(
        [
            html.Div(id=f"map-{side}", className="map", role="region", **aria(label=say(lang, f"map_{side}"))),
            html.Div(caption, id=f"caption-{side}", className="caption"),
            html.Div(id=f"tip-{side}", className="tip", hidden=True, **marked(side=side)),
        ],
        className=f"pane pane-{side}",
    )


def build_foot(services: Services, lang: str, version: str) -> Children:
    """Return credits, version and the digests of what is shown."""
    credit = joined_credits(services.city.sources, lang)
    return [
        html.Button(say(lang, "credits"), id=Id.CREDITS_OPEN, className="link", type="button"),
        html.Span(credit, className="credit-line"),
        html.Span([say(lang, "version", version=version), "　", html.Span(id=Id.DIGEST)], className="digest"),
    ]


def build_shell(
    services: Services, runs: Mapping[str, Run], state: ViewState, version: str, navigation: html.Nav
) -> html.Div:
    """Return the whole page; what depends on the view is filled by callbacks."""
    lang = state.lang
    with_tiles = services.settings.tiles_url is not None
    return html.Div(
        [
            html.A(say(lang, "skip"), href="#cards", className="skip"),
            html.Header([*build_head(services, state), navigation], id=Id.HEAD, className="head"),
            html.Aside(
                build_controls(runs, state, place_choice(services, lang), with_tiles=with_tiles),
                id=Id.CONTROLS,
                className="controls",
                **aria(label=say(lang, "controls")),
            ),
            html.Main(
                [build_maps(services, state), html.Div(id=Id.LEGEND, className="legend"), build_twins(lang)],
                className="main",
            ),
            html.Aside(build_deck(services, state), id=Id.CARDS, className="cards", **aria(label=say(lang, "kpis"))),
            build_winners_panel(state),
            build_place_panel(services, state),
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


def build_stores(services: Services, state: ViewState) -> Children:
    """Return the stores: addresses and view state only, never tables; the first order to the maps comes with them."""
    return [
        dcc.Location(id=Id.URL, refresh=False),
        dcc.Store(id=Id.FIRST, data=build_paint(services, state)),
        *(
            dcc.Store(id=name)
            for name in (
                *(Id.STATE, Id.PAINT, Id.DRAWN, Id.CAMERA, Id.KEYS, Id.QUERY, Id.CLOSED, Id.ASKED, Id.MIRRORED),
                *(Id.PICKED, Id.WAYS, Id.WAYS_DRAWN, Id.FIRST_DRAWN),
            )
        ),
    ]
