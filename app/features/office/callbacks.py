"""Owns the wiring of the page of the mobile city office, and the calendar that may be taken along."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dash import ClientsideFunction, Dash, Input, Output
from flask import Flask, Response

from app.features.office.ids import Id
from scenarios.office_calendar import CALENDAR_FILE

if TYPE_CHECKING:
    from app.desk import Desk
    from app.services import Services


def register(dash_app: Dash, _: Desk) -> None:
    """Wire the page into an app."""
    dash_app.clientside_callback(
        ClientsideFunction("ekiseiOffice", "draw"), Output(Id.DRAWN, "data"), Input(Id.ORDER, "data")
    )


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the address of the calendars to the server of one app."""
    server.add_url_rule("/office/<run_id>.ics", "office_calendar", partial(calendar, desk.services))


def calendar(services: Services, run_id: str) -> Response:
    """Return the visits of a run as iCalendar, as the run wrote them."""
    run = services.list_runs().get(run_id)
    path = None if run is None else run.stored.folder / CALENDAR_FILE
    if path is None or not path.is_file():
        return Response("not found", 404)
    kept = f'attachment; filename="{run_id}.ics"'
    return Response(path.read_bytes(), mimetype="text/calendar", headers={"Content-Disposition": kept})
