"""Owns the page of access to care: three ways side by side, emergencies, the map and the districts, the levers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from app.addresses import geometry_url, layers_url, table_csv_url, values_url
from app.components.attributes import aria
from app.components.frame import build_frame
from app.components.legend import value_legend
from app.components.run_tabs import KEY, chosen_run, run_head, run_tabs
from app.features.clinics.districts import TABLE, districts_table, rows_of
from app.features.clinics.ids import ADDRESS, Id
from app.features.clinics.measures import MORE, WAYS, levers_of, measure_card
from app.features.compare.metrics import find_metric
from app.text import say
from app.theme import class_colors

if TYPE_CHECKING:
    from app.desk import Desk
    from app.runs import Run
    from app.services import Services
    from app.visit import Visit

COLUMNS = ("clinic_e2sfca", "clinic_round_trip", "clinic_nearest_min", "emergency_car_min")
"""What the map may show."""
MEASURE = "m"


def register(dash_app: Dash, _: Desk) -> None:
    """Wire the page into an app."""
    dash_app.clientside_callback(
        ClientsideFunction("ekiseiClinics", "draw"), Output(Id.DRAWN, "data"), Input(Id.ORDER, "data")
    )


def build(visit: Visit) -> html.Div:
    """Return the page for a run; without clinics, what is missing."""
    run, runs = chosen_run(visit, lambda one: bool(rows_of(one)))
    if run is None:
        return build_frame(visit, "clinics", [html.P(say(visit.lang, "clinics_none"))])
    return build_frame(visit, "clinics", [run_tabs(visit, ADDRESS, run, runs), *_body(visit, run)])


def reference_of(services: Services, run: Run) -> Run | None:
    """Return what a run is compared with: its own reference, else the baseline; None for the baseline itself."""
    runs = services.list_runs()
    found = runs.get(run.compare_to or "") or services.baseline
    return None if found is None or found.run_id == run.run_id else found


def _body(visit: Visit, run: Run) -> list[Any]:
    lang, services = visit.lang, visit.desk.services
    reference = reference_of(services, run)
    wanted = visit.query.get(MEASURE, "")
    column = wanted if wanted in COLUMNS else COLUMNS[0]
    metric = find_metric(column)
    hidden = [html.P(say(lang, "by_district_only"), className="legend-warning")] if column in run.district_level else []
    return [
        run_head(run, lang),
        html.P(say(lang, "clinics_lead"), className="lead"),
        html.Div([measure_card(kpi_id, run, reference, lang) for kpi_id in WAYS], className="clinic-cards"),
        html.H2(say(lang, "clinics_h_more")),
        html.Div([measure_card(kpi_id, run, reference, lang) for kpi_id in MORE], className="clinic-cards"),
        html.Section(
            [
                html.H3(say(lang, "clinics_h_districts")),
                _columns(run, column, lang),
                *hidden,
                html.Div(
                    [
                        html.Div(
                            [_map(lang), html.Div(value_legend(metric, lang, has_limit=False), className="legend")],
                            className="beside-map",
                        ),
                        html.Div(
                            [
                                districts_table(services, run, reference, lang),
                                html.P(say(lang, "clinics_columns"), className="place-notes"),
                            ]
                        ),
                    ],
                    className="map-beside",
                ),
                html.P(
                    html.A(
                        say(lang, "table_of_clinic_districts"),
                        href=table_csv_url(run.run_id, TABLE),
                        className="button quiet",
                        download=f"{run.run_id}-{TABLE}.csv",
                    ),
                    className="downloads",
                ),
            ],
            className="panel",
        ),
        html.Section(
            [
                html.H3(say(lang, "clinics_h_levers")),
                *levers_of(run, lang),
                html.P(html.A(say(lang, "clinics_edit"), href=f"/edit?start={quote(run.run_id)}&lang={lang}")),
                html.P(say(lang, "clinics_note"), className="place-notes"),
            ],
            className="panel",
        ),
        dcc.Store(id=Id.ORDER, data=map_order(services, run, column, lang)),
        dcc.Store(id=Id.DRAWN),
    ]


def _map(lang: str) -> html.Div:
    return html.Div(id=Id.MAP, className="place-map clinics-map", role="region", **aria(label=say(lang, "clinics_map")))


def _columns(run: Run, column: str, lang: str) -> html.Nav:
    links = [
        html.A(
            find_metric(name).label.get(lang),
            href=f"{ADDRESS}?{urlencode({KEY: run.run_id, MEASURE: name, 'lang': lang})}#{Id.MAP}",
            className="run-tab",
            **(aria(current="true") if name == column else {}),
        )
        for name in COLUMNS
    ]
    return html.Nav(links, className="run-tabs", **aria(label=say(lang, "clinics_show")))


def map_order(services: Services, run: Run, column: str, lang: str) -> dict[str, Any]:
    """Return what clinics.js draws: the cells in classes, lines, clinics and hospitals."""
    metric = find_metric(column)
    return {
        "host": Id.MAP,
        "geometry": geometry_url(services.geometry_key),
        "layers": layers_url(run.run_id, run.run_id, run.key + run.key),
        "values": values_url(run.run_id, run.key, column, public=True),
        "persons": values_url(run.run_id, run.key, "persons", public=True),
        "breaks": metric.breaks,
        "colors": class_colors(len(metric.breaks) + 1, metric.good),
        "facilities": metric.facilities,
        "lang": lang,
        "show": ["lines", "stops"],
        "words": {key: say(lang, key) for key in ("zoom_in", "zoom_out", "north", "map")},
    }
