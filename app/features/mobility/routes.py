"""Owns the address of a simulated day: its moves and requests, placed on the map of the run's city."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output

from app.features.compare.routes import answer
from app.features.mobility.day import day_of, rows_of_service
from app.features.mobility.ids import Id
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from flask import Flask, Response

    from app.desk import Desk
    from app.runs import Run
    from app.services import Services


def register(dash_app: Dash, _: Desk) -> None:
    """Wire the page into an app."""
    dash_app.clientside_callback(
        ClientsideFunction("ekiseiMobility", "draw"), Output(Id.DRAWN, "data"), Input(Id.ORDER, "data")
    )


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the address of the days to the server of one app."""
    server.add_url_rule("/mobility/<run_id>/<service>.json", "mobility_day", partial(day, desk.services))


def day(services: Services, run_id: str, service: str) -> Response:
    """Return the day of a service as JSON."""
    run = services.list_runs().get(run_id)
    found = None if run is None else day_data(services, run, service)
    body = None if found is None else json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return answer(body)


def day_data(services: Services, run: Run, service: str) -> dict[str, Any] | None:
    """
    Return the day of a service that the run logged; None where there is none, or it can no longer be placed.

    The log numbers the points of the simulation; where they are follows from the scenario, which is applied again.
    """
    return services.kept(("day", run.key, service), lambda: _find(services, run, service))


def _find(services: Services, run: Run, service: str) -> dict[str, Any] | None:
    from geodata.crs import to_lonlat  # noqa: PLC0415 - loads the projection library
    from sim.on_demand.service import service_asks  # noqa: PLC0415 - brings the models

    rows = rows_of_service(run.stored.tables.get("on_demand_events"), service)
    if not rows:
        return None
    try:
        world = services.travel.world(run)
        ask = next((one for one in service_asks(world.context) if one.service_id == service), None)
    except CitySimError:
        return None
    most = max(int(row["point"]) for row in rows)
    if ask is None or most >= len(ask.points_xy):
        return None
    lonlat = np.asarray(to_lonlat(world.city.epsg, ask.points_xy))
    day = day_of(rows, lonlat, ask.rules.n_vehicles, (ask.rules.start_s, ask.rules.end_s))
    return {**day, "no_show_share": ask.demand.no_show_share}
