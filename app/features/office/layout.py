"""Owns the page of the mobile city office: month, map with its table, what a step more or less changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dash import dcc, html

from app.addresses import geometry_url, layers_url, table_csv_url
from app.components.attributes import aria
from app.components.badges import status_badge
from app.components.frame import build_frame
from app.components.map_key import map_key
from app.components.plain_table import number, people, per_cent
from app.components.run_tabs import chosen_run, run_head, run_tabs
from app.features.office.ids import ADDRESS, Id
from app.features.office.month import month_table
from app.features.office.tables import (
    NAMES,
    districts_table,
    marginal_table,
    named_in_english,
    overlap_table,
    places_table,
    points_table,
    procedures_table,
    rows_of,
)
from app.text import say
from geodata.provenance import Status, weakest

if TYPE_CHECKING:
    from app.runs import Run
    from app.services import Services
    from app.visit import Visit

TABLES = ("office_month", "office_places", "office_districts", "office_marginal", "office_overlap", "office_points")
WHOLE_CITY = ("", "nan")
"""How a table read back names the row of the whole city."""
METRES_PER_DEGREE = 111_320.0
CORNERS = 40
USUAL_WALK_M = 500.0


def build(visit: Visit) -> html.Div:
    """Return the page for the plan of a run; without any, how to make one."""
    run, runs = chosen_run(visit, lambda one: bool(rows_of(one.stored.tables.get("office_places"))))
    if run is None:
        help_text = [html.P(say(visit.lang, "office_none")), html.Pre("ekisei run mobile-office-best --out …")]
        return build_frame(visit, "office", help_text)
    return build_frame(
        visit, "office", [run_tabs(visit, ADDRESS, run, runs), *_body(visit.desk.services, run, visit.lang)]
    )


def _body(services: Services, run: Run, lang: str) -> list[Any]:
    tables = run.stored.tables
    places = [named_in_english(row, services.english_names) for row in rows_of(tables.get("office_places"))]
    districts = rows_of(tables.get("office_districts"))
    numbers = {str(row["place_id"]): n for n, row in enumerate(places, start=1)}
    names = {str(row["place_id"]): f"{n}. {row[NAMES[lang]]}" for n, row in enumerate(places, start=1)}
    month = tables.get("office_month")
    order = map_order(services, run, places, lang)
    told = {str(row["place_id"]): str(row[NAMES[lang]]) for row in places}
    calendar = [] if month is None else [month_table(month, numbers, lang, told)]
    return [
        run_head(run, lang),
        _figures(places, districts, lang),
        html.Section(
            [html.H3(say(lang, "office_h_month")), *calendar, _downloads(run, lang)], className="panel office-calendar"
        ),
        html.Section(
            [
                html.H3(say(lang, "office_h_places")),
                html.Div(
                    [
                        html.Div([_map(lang), map_key(_signs(order, lang))], className="beside-map"),
                        html.Div(
                            [
                                places_table(places, lang),
                                procedures_table(places, lang),
                                html.P(say(lang, "office_rivals"), className="place-notes"),
                            ]
                        ),
                    ],
                    className="map-beside",
                ),
            ],
            className="panel",
        ),
        html.Section(
            [
                html.H3(say(lang, "office_h_marginal")),
                *marginal_table(rows_of(tables.get("office_marginal")), lang),
                *overlap_table(rows_of(tables.get("office_overlap")), names, lang),
            ],
            className="panel",
        ),
        html.Section(
            [
                html.H3(say(lang, "office_h_districts")),
                districts_table(districts, lang),
                *points_table(tables.get("office_points"), lang),
            ],
            className="panel",
        ),
        dcc.Store(id=Id.ORDER, data=order),
        dcc.Store(id=Id.DRAWN),
    ]


def _map(lang: str) -> html.Div:
    return html.Div(id=Id.MAP, className="place-map office-map", role="region", **aria(label=say(lang, "office_map")))


def _signs(order: dict[str, Any], lang: str) -> list[tuple[str, str, str]]:
    """Return the key of the map; the radius of the circles is told, as it is shorter than the walk."""
    radii = sorted({round(visit["radius_m"]) for visit in order["visits"]})
    walks = sorted({round(visit["walk_m"]) for visit in order["visits"]})
    radius, walk = ("–".join(str(one) for one in dict.fromkeys((some[0], some[-1]))) for some in (radii, walks))
    return [
        ("visit", "1", say(lang, "office_sign_visit")),
        ("walk", "", say(lang, "office_sign_walk", walk=walk, radius=radius)),
        ("tour", "", say(lang, "office_sign_tour")),
        *((name, "", say(lang, f"office_sign_{name}")) for name in ("rail", "brt", "assumed")),
    ]


def _figures(places: list[dict[str, Any]], districts: list[dict[str, Any]], lang: str) -> html.Div:
    """Return the figures of the whole plan, and how sure they are."""
    city = next((row for row in districts if str(row["district_id"]) in WHOLE_CITY), None)
    told: list[tuple[str, Any]] = [
        ("places", str(len(places))),
        ("visits", number(sum(float(row["visits_per_month"]) for row in places))),
        ("done", number(_total(places, "procedures_per_month"), 1)),
        ("capacity", number(_total(places, "capacity_per_month"), 1)),
    ]
    if city is not None:
        told[2:2] = [
            ("covered", [people(city["covered"], lang), " ", html.Small(f"({per_cent(city['covered_share'])})")]),
            ("covered75", people(city["covered_75plus"], lang)),
            ("free", per_cent(city["free_covered_share"])),
        ]
    figures = [
        html.Div([html.Dt(say(lang, f"office_fig_{key}")), html.Dd(value)], className="figure") for key, value in told
    ]
    status = weakest(Status(str(row["status"])) for row in [*places, *districts])
    note = html.P([status_badge(status, lang), " ", say(lang, "office_status")], className="place-status")
    return html.Div([html.Dl(figures, className="figures"), note])


def _total(rows: list[dict[str, Any]], name: str) -> float:
    values = [float(row[name]) for row in rows if not math.isnan(float(row[name]))]
    return sum(values) if values else math.nan


def _downloads(run: Run, lang: str) -> html.P:
    calendar = html.A(
        say(lang, "office_ics"), href=f"office/{run.run_id}.ics", className="button quiet", download=f"{run.run_id}.ics"
    )
    csv = [
        html.A(
            say(lang, f"table_of_{name}"),
            href=table_csv_url(run.run_id, name),
            className="button quiet",
            download=f"{run.run_id}-{name}.csv",
        )
        for name in TABLES
        if name in run.stored.tables
    ]
    return html.P([calendar, *csv], className="downloads")


def map_order(services: Services, run: Run, places: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    """Return what the map draws: lines and tours of the run, numbered visits, and the walk around each."""
    walks = {
        (round(lon, 5), round(lat, 5)): float(feature["properties"].get("walk_m", 0.0))
        for feature in run.stored.layers.get("places", {"features": []})["features"]
        for lon, lat in [feature["geometry"]["coordinates"][:2]]
    }
    detour = float(getattr(services.city.streets, "walk_detour", 1.0))
    spots = [(float(row["lon"]), float(row["lat"])) for row in places]
    walk_m = [walks.get((round(lon, 5), round(lat, 5)), USUAL_WALK_M) for lon, lat in spots]
    return {
        "host": Id.MAP,
        "geometry": geometry_url(services.geometry_key),
        "layers": layers_url(run.run_id, run.run_id, run.key + run.key),
        "lang": lang,
        "show": ["lines", "stops", "tours"],
        "words": {key: say(lang, key) for key in ("zoom_in", "zoom_out", "north", "map")},
        "visits": [
            {"n": n, "at": list(at), "walk_m": walk, "radius_m": walk / detour, "ring": ring(at, walk / detour)}
            for n, (at, walk) in enumerate(zip(spots, walk_m, strict=True), start=1)
        ],
    }


def ring(at: tuple[float, float], radius_m: float) -> list[list[float]]:
    """Return a circle around (lon, lat) as a closed ring [degrees]."""
    lon, lat = at
    north = radius_m / METRES_PER_DEGREE
    east = north / math.cos(math.radians(lat))
    turns = [2 * math.pi * k / CORNERS for k in range(CORNERS + 1)]
    return [[round(lon + east * math.cos(t), 6), round(lat + north * math.sin(t), 6)] for t in turns]
