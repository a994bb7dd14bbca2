"""Owns the frame of the page of journeys: a form whose address holds the question, the answer, the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.addresses import geometry_url, layers_url
from app.components.attributes import aria, marked
from app.components.frame import build_frame
from app.components.time_field import time_field
from app.features.compare.controls import run_options
from app.features.journey.ids import ADDRESS, Field, Id
from app.features.journey.question import DAYS, WALKERS, Question, labels_of, read_question
from app.text import say

if TYPE_CHECKING:
    from app.services import Services
    from app.visit import Visit


def build(visit: Visit) -> html.Div:
    """Return the page for the question of its address."""
    services, lang = visit.desk.services, visit.lang
    asked = read_question(visit.runs, visit.query)
    return build_frame(
        visit,
        "journey",
        [
            dcc.Store(id=Id.ASKED, data={**_plain(asked), "lang": lang}),
            dcc.Store(id=Id.ORDER),
            dcc.Store(id=Id.DRAWN),
            html.P(say(lang, "journey_lead"), className="lead"),
            html.Div(
                [
                    html.Div([_form(visit, asked), _map(lang)], className="journey-left-column"),
                    html.Div(
                        dcc.Loading(
                            html.Div(id=Id.FOUND, **aria(live="polite")),
                            custom_spinner=html.P(say(lang, "place_filling"), className="explaining", role="status"),
                            delay_show=200,
                        ),
                        className="journey-right-column",
                    ),
                ],
                className="journey-body",
            ),
            dcc.Store(id="journey-base", data=map_order(services, asked, lang)),
        ],
    )


def _plain(asked: Question) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in asked.__dataclass_fields__}


def map_order(services: Services, asked: Question, lang: str) -> dict[str, Any]:
    """Return what the map shows beneath the journeys: the city and the lines of the right scenario."""
    left, right = services.pair(asked.left, asked.right)
    return {
        "host": Id.MAP,
        "geometry": geometry_url(services.geometry_key),
        "layers": layers_url(right.run_id, left.run_id, right.key + left.key),
        "lang": lang,
        "show": ["lines", "stops", "hubs", "entrances", "autonomous", "on_demand"],
        "words": {key: say(lang, key) for key in ("zoom_in", "zoom_out", "north", "map")},
    }


def _form(visit: Visit, asked: Question) -> html.Form:
    lang = visit.lang
    places = list(labels_of(visit.desk.services.places, lang))
    runs = run_options(visit.runs, lang)
    days = [{"value": day, "label": say(lang, f"journey_day_{day}")} for day in DAYS]
    walkers = [{"value": walker, "label": say(lang, f"journey_walker_{walker}")} for walker in WALKERS]
    clicks = [{"value": end, "label": say(lang, f"journey_{end}")} for end in ("from", "to")]
    return html.Form(
        [
            _end(Id.FROM, Field.FROM, say(lang, "journey_from"), asked.origin, places),
            _end(Id.TO, Field.TO, say(lang, "journey_to"), asked.target, places),
            html.Div(
                [
                    html.Span(say(lang, "journey_click"), className="label"),
                    dmc.SegmentedControl(
                        id=Id.CLICK,
                        value="to" if asked.origin else "from",
                        data=clicks,
                        size="xs",
                        attributes={"root": {"aria-label": say(lang, "journey_click")}},
                    ),
                ],
                className="field journey-click",
            ),
            html.Div(
                [
                    _select(Id.DAY, Field.DAY, say(lang, "journey_day"), days, asked.day),
                    time_field(
                        Id.DEPART,
                        Field.DEPART,
                        say(lang, "place_depart"),
                        asked.depart,
                        say(lang, "journey_depart_title"),
                    ),
                    _select(Id.WALKER, Field.WALKER, say(lang, "journey_walker"), walkers, asked.walker),
                ],
                className="journey-row",
            ),
            html.Div(
                [
                    _select(Id.LEFT, Field.LEFT, say(lang, "left_scenario"), runs, asked.left),
                    _select(Id.RIGHT, Field.RIGHT, say(lang, "right_scenario"), runs, asked.right),
                ],
                className="journey-pair",
            ),
            dcc.Input(type="hidden", name="lang", value=lang, id="journey-lang"),
            html.Button(say(lang, "journey_search"), type="submit", className="button"),
        ],
        action=ADDRESS,
        method="get",
        className="journey-form",
    )


def _end(component: Id, name: Field, label: str, value: str, places: list[str]) -> dmc.Autocomplete:
    return dmc.Autocomplete(
        id=component,
        name=name,
        label=label,
        value=value,
        data=places,
        limit=12,
        size="sm",
        placeholder="36.5902,140.6616",
        comboboxProps={"transitionProps": {"duration": 0}},
    )


def _select(component: Id, name: Field, label: str, options: list[dict[str, Any]], value: str) -> dmc.Select:
    return dmc.Select(
        id=component,
        name=name,
        label=label,
        data=options,
        value=value,
        allowDeselect=False,
        size="sm",
        comboboxProps={"transitionProps": {"duration": 0}},
    )


def _map(lang: str) -> html.Div:
    keys = [
        html.Span([html.Span(className=f"sign sign-way-{side}"), say(lang, f"scenario_{side}")], className="sign-row")
        for side in ("left", "right")
    ]
    return html.Div(
        [
            html.Div(
                id=Id.MAP,
                className="place-map",
                role="region",
                **aria(label=say(lang, "journey_map")),
                **marked(drawn="", **{"from": say(lang, "journey_from"), "to": say(lang, "journey_to")}),
            ),
            html.Div(keys, className="signs journey-signs"),
        ],
        className="journey-map-frame",
    )
