"""Owns the plain routes beside Dash: geometry, values, layers and cells as CSV, with caching and compression."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from app.features.compare.export import view_table
from app.features.compare.metrics import shown_column
from app.features.compare.shown import reach_values, timed_answer
from app.features.compare.steps import from_address
from app.features.compare.winners_view import verdicts
from app.services import Services
from app.spreadsheet import frame_csv
from app.travel import When
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from app.features.compare.state import ViewState
    from sim.routing.types import WalkerId

FOREVER = "private, max-age=31536000, immutable"  # the address holds a digest
MIN_COMPRESSED = 1_000
_DRAWING = Lock()


def register_routes(server: Flask, services: Services) -> None:
    """Add the routes to the server of one app."""
    server.add_url_rule("/geometry/<city_key>", "geometry", partial(geometry, services))
    server.add_url_rule("/values/<run_id>/<column>", "values", partial(values, services))
    server.add_url_rule("/view.csv", "view_csv", partial(view_csv, services))
    server.add_url_rule("/view.png", "view_png", partial(view_png, services))
    server.add_url_rule("/timed/<run_id>/<column>", "timed", partial(timed, services))
    server.add_url_rule("/reach/<run_id>/<cell_id>", "reach", partial(reach, services))
    server.add_url_rule("/winners/<left_id>/<right_id>", "winners", partial(winners, services))
    server.add_url_rule("/layers/<run_id>", "layers", partial(layers, services))
    server.add_url_rule("/cells/<run_id>/<kpi_id>.csv", "cells", partial(cells, services))
    server.add_url_rule("/tables/<run_id>/<name>.csv", "tables", partial(tables, services))


def geometry(services: Services, city_key: str) -> Response:
    """Return the outlines of all cells, once per city."""
    return answer(services.geometry if city_key == services.geometry_key else None)


def values(services: Services, run_id: str, column: str) -> Response:
    """Return one value per cell."""
    public, by_district = request.args.get("public") != "0", request.args.get("district") == "1"
    return answer(services.values(run_id, column, public=public, by_district=by_district))


def timed(services: Services, run_id: str, column: str) -> Response:
    """Return one value per cell for another time of day or percentile; a refusal says why."""
    public, by_district = request.args.get("public") != "0", request.args.get("district") == "1"
    try:
        found = timed_answer(services, run_id, column, when_asked(), public=public, by_district=by_district)
    except CitySimError as trouble:
        lang = "en" if request.args.get("lang") == "en" else "ja"
        message = " ".join(problem.message.get(lang) for problem in trouble.problems)
        return Response(json.dumps({"message": message}), 422, mimetype="application/json")
    return answer(found)


def when_asked() -> When:
    """Return the time of day, percentile and walker of an address; what cannot be read is a percentile nobody knows."""
    percentile = request.args.get("q", "0")
    walker: WalkerId = "older" if request.args.get("by") == "older" else "standard"
    number = int(percentile) if percentile.isdecimal() else -1
    return When(request.args.get("w", "own"), number or None, walker)


def reach(services: Services, run_id: str, cell_id: str) -> Response:
    """Return minutes from one cell to all of them."""
    return answer(reach_values(services, run_id, cell_id, when_asked(), public=request.args.get("public") != "0"))


def winners(services: Services, left_id: str, right_id: str) -> Response:
    """Return of each cell whether most people of it gain or lose."""
    public = request.args.get("public") != "0"
    return answer(verdicts(services, left_id, right_id, request.args.get("aim", ""), public=public))


def layers(services: Services, run_id: str) -> Response:
    """Return what is drawn over the cells."""
    return answer(services.layers(run_id, request.args.get("left", "")))


def cells(services: Services, run_id: str, kpi_id: str) -> Response:
    """Return the contributions of cells as a CSV that Excel opens; without the flag the public view applies."""
    group = request.args.get("group", "all")
    text = services.cells_csv(run_id, kpi_id, group, public=request.args.get("public") != "0")
    return answer_csv(text, f"{run_id}-{kpi_id}")


def view_csv(services: Services) -> Response:
    """Return the cells of a view as a CSV that Excel opens."""
    state = from_address(services, request.query_string.decode())
    return answer_csv(frame_csv(view_table(services, state)), file_stem(state))


def view_png(services: Services) -> Response:
    """Return the maps of a view as a picture; one at a time, as each takes seconds."""
    from app.report.view_picture import view_picture  # noqa: PLC0415 - reports read this room too

    state = from_address(services, request.query_string.decode())
    with _DRAWING:
        body = view_picture(services, state)
    kept = {"Content-Disposition": f'attachment; filename="{file_stem(state)}.png"', "Cache-Control": "no-store"}
    return Response(body, mimetype="image/png", headers=kept)


def file_stem(state: ViewState) -> str:
    """Return the name of a file of a view: its scenarios and what the maps show."""
    return "-".join([*dict.fromkeys(state.sides.values()), shown_column(state)])


def tables(services: Services, run_id: str, name: str) -> Response:
    """Return a table of services of a run as a CSV that Excel opens."""
    return answer_csv(services.table_csv(run_id, name), f"{run_id}-{name}")


def answer_csv(text: str | None, name: str) -> Response:
    """Return a CSV to keep; the byte order mark lets spreadsheets read Japanese."""
    if text is None:
        return Response("not found", 404)
    kept = f'attachment; filename="{name}.csv"'
    return Response("\ufeff" + text, mimetype="text/csv", headers={"Content-Disposition": kept})


def answer(body: bytes | None) -> Response:
    """Return JSON that browsers may keep; compressed where they understand it."""
    if body is None:
        return Response('{"error":"not found"}', 404, mimetype="application/json")
    response = Response(
        body, mimetype="application/json", headers={"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    )
    response.set_etag(hashlib.sha256(body).hexdigest()[:16])
    if len(body) > MIN_COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.make_conditional(request)
    return response
