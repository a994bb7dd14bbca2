"""Owns the page of on-demand fleets: a day that can be played, waits by hour, vehicles, autonomous operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dash import dcc, html

from app.addresses import geometry_url, layers_url, table_csv_url
from app.components.attributes import aria
from app.components.badges import plan_badge, status_badge
from app.components.frame import build_frame
from app.components.map_key import map_key
from app.components.run_tabs import KEY, chosen_run, run_head, run_tabs
from app.features.mobility.day import requests_of, rows_of_service, service_ids
from app.features.mobility.ids import ADDRESS, Id
from app.features.mobility.names import line_names, service_names
from app.features.mobility.tables import (
    autonomous_table,
    fates_told,
    figures,
    requests_table,
    rows_of,
    vehicles_table,
)
from app.features.mobility.waits import waits
from app.text import say
from geodata.provenance import Status

if TYPE_CHECKING:
    from app.runs import Run
    from app.services import Services
    from app.visit import Visit

SERVICE = "service"
TABLES = ("on_demand_services", "on_demand_hours", "on_demand_vehicles", "on_demand_events")
WORDS = (
    *("zoom_in", "zoom_out", "north", "map"),
    *("mobility_play", "mobility_pause", "mobility_next", "mobility_back", "mobility_time", "mobility_speed"),
    *("mobility_state", "mobility_idle", "mobility_empty", "mobility_loaded", "mobility_waiting", "mobility_vehicle"),
    *("mobility_col_vehicle", "mobility_col_state", "mobility_event_departed", "mobility_event_arrived"),
    *("mobility_event_picked_up", "mobility_event_set_down", "mobility_event_no_show", "mobility_event_passed"),
    *("mobility_none_yet", "mobility_failed", "mobility_no_shows"),
)
SIGNS = (("vehicle", "1"), ("party", "2"), ("rejected", "×"), ("missed", "?"), ("drive", ""), ("on_demand", ""))
"""Signs of the map with what is written on them; words: ``mobility_sign_…``."""


def build(visit: Visit) -> html.Div:
    """Return the page for a run and one of its services; without any, how to make one."""
    run, runs = chosen_run(visit, tells)
    if run is None:
        help_text = [html.P(say(visit.lang, "mobility_none")), html.Pre("ekisei run estate-hub-feeder --out …")]
        return build_frame(visit, "mobility", help_text)
    return build_frame(visit, "mobility", [run_tabs(visit, ADDRESS, run, runs), *_body(visit, run)])


def tells(run: Run) -> bool:
    """Return whether a run has a day to play, or runs that drive themselves."""
    return bool(service_ids(run.stored.tables.get("on_demand_events"))) or bool(_autonomous(run))


def _autonomous(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run.stored.layers.get("autonomous", {"features": []})["features"]
    return found


def _body(visit: Visit, run: Run) -> list[Any]:
    lang, tables = visit.lang, run.stored.tables
    services = service_ids(tables.get("on_demand_events"))
    wanted = visit.query.get(SERVICE, "")
    service = wanted if wanted in services else services[-1] if services else ""
    parts = [run_head(run, lang)]
    if service:
        parts += _service(visit.desk.services, run, service, services, lang)
    return [
        *parts,
        html.Section(
            [
                html.H3(say(lang, "mobility_h_autonomous")),
                *autonomous_table(_autonomous(run), line_names(run, lang), lang),
            ],
            className="panel",
        ),
    ]


def _service(services: Services, run: Run, service: str, every: list[str], lang: str) -> list[Any]:
    tables = run.stored.tables
    about = {str(row["service_id"]): row for row in tables["on_demand_services"].to_dict("records")}
    row = {str(key): value for key, value in about[service].items()}
    names = service_names(run, lang)
    requests = requests_of(rows_of_service(tables.get("on_demand_events"), service))
    badges: list[Any] = [
        plan_badge(str(row["plan_status"]), is_baseline=False, lang=lang),
        " ",
        status_badge(Status(str(row["status"])), lang),
    ]
    return [
        html.Nav(
            [_service_link(run, one, names.get(one) or str(about[one]["name"]), service, lang) for one in every],
            className="run-tabs",
            **aria(label=say(lang, "mobility_choose")),
        ),
        html.H3([names.get(service) or str(row["name"]), " ", *badges], className="service-head"),
        figures(row, lang),
        html.P(say(lang, "mobility_no_show_note"), className="place-notes"),
        *_note(row["note"], lang),
        html.Section(
            [
                html.H3(say(lang, "mobility_h_day")),
                html.P(say(lang, "mobility_day_note"), className="place-notes"),
                html.Div(id=Id.PLAYER, className="player"),
                html.Div(
                    id=Id.MAP,
                    className="place-map mobility-map",
                    role="region",
                    **aria(label=say(lang, "mobility_map")),
                ),
                map_key([(name, mark, say(lang, f"mobility_sign_{name}")) for name, mark in SIGNS]),
                html.P(fates_told(requests, lang), className="day-fates"),
                html.Details(
                    [html.Summary(say(lang, "mobility_requests")), requests_table(requests, lang)], open=False
                ),
            ],
            className="panel",
        ),
        html.Section(
            [
                html.H3(say(lang, "mobility_h_waits")),
                *waits(rows_of(tables.get("on_demand_hours"), service), lang),
                vehicles_table(rows_of(tables.get("on_demand_vehicles"), service), lang),
                _downloads(run, lang),
            ],
            className="panel",
        ),
        dcc.Store(id=Id.ORDER, data=map_order(services, run, service, lang)),
        dcc.Store(id=Id.DRAWN),
    ]


def _note(note: Any, lang: str) -> list[Any]:
    """Return what of a service is published and what assumed; the run keeps it in Japanese."""
    if not isinstance(note, str) or not note:
        return []
    told = html.P(note, className="place-notes", lang="ja")
    return [told] if lang == "ja" else [html.Details([html.Summary(say(lang, "mobility_note_ja")), told])]


def _service_link(run: Run, service_id: str, name: str, service: str, lang: str) -> html.A:
    query = urlencode({KEY: run.run_id, SERVICE: service_id, "lang": lang})
    here = aria(current="true") if service_id == service else {}
    return html.A(name, href=f"{ADDRESS}?{query}", className="run-tab", **here)


def _downloads(run: Run, lang: str) -> html.P:
    links = [
        html.A(
            say(lang, f"table_of_{name}"),
            href=table_csv_url(run.run_id, name),
            className="button quiet",
            download=f"{run.run_id}-{name}.csv",
        )
        for name in TABLES
        if name in run.stored.tables
    ]
    return html.P(links, className="downloads")


def map_order(services: Services, run: Run, service: str, lang: str) -> dict[str, Any]:
    """Return what mobility.js draws: the city, the run's lines and areas, and where the day is."""
    return {
        "host": Id.MAP,
        "player": Id.PLAYER,
        "geometry": geometry_url(services.geometry_key),
        "layers": layers_url(run.run_id, run.run_id, run.key + run.key),
        "day": f"mobility/{run.run_id}/{service}.json?key={run.key}",
        "lang": lang,
        "show": ["lines", "stops", "on_demand", "hubs", "autonomous"],
        "words": {key: say(lang, key) for key in WORDS},
    }
