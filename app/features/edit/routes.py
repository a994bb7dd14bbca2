"""Owns the plain routes of the editor: what is new, and layers and values of the newest answer."""

from __future__ import annotations

import json
from functools import partial
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import numpy as np
from flask import Flask, Response, request

from app.addresses import UNREACHABLE
from app.features.compare.geometry import collect_layers
from app.features.compare.routes import answer
from app.features.edit.paint import ROUNDING

if TYPE_CHECKING:
    from app.desk import Desk
    from app.features.edit.live import LiveBoard
    from geodata.units import FloatArray

PATIENCE_S = 8.0
"""How long a page waits for news in one request."""
MOST_PATIENT = 8
"""Pages that wait so long, half of the server's threads; more of them ask again soon, so phones never wait for them."""
IMPATIENCE_S = 0.3
_PATIENT = BoundedSemaphore(MOST_PATIENT)


def board_of(desk: Desk) -> LiveBoard:
    """Return the board of one server."""
    return desk.live_board


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the routes to the server of one app."""
    server.add_url_rule("/edit/live/<session>", "edit-live", partial(live, desk))
    server.add_url_rule("/edit/layers/<session>", "edit-layers", partial(layers, desk))
    server.add_url_rule("/edit/values/<session>/<column>", "edit-values", partial(values, desk))


def live(desk: Desk, session: str) -> Response:
    """Return how far the answer of a request has come, once it is further than the part seen."""
    asked = {name: request.args.get(name, 0, int) for name in ("request", "seen")}
    is_patient = _PATIENT.acquire(blocking=False)
    try:
        patience_s = PATIENCE_S if is_patient else IMPATIENCE_S
        found = desk.engine.wait(session, asked["request"], part=asked["seen"], timeout_s=patience_s)
    finally:
        if is_patient:
            _PATIENT.release()
    content = {"request": found.request, "part": found.part, "state": found.state}
    return Response(json.dumps(content), mimetype="application/json", headers={"Cache-Control": "no-store"})


def layers(desk: Desk, session: str) -> Response:
    """Return what is drawn over the cells, marked by what the scenario changes."""
    told = board_of(desk).told(session)
    found = None if told is None or told.result is None else told.result.layers
    return answer(json.dumps(collect_layers(dict(found)), ensure_ascii=False).encode() if found else None)


def values(desk: Desk, session: str, column: str) -> Response:
    """Return one value per cell of both scenarios, and who lives there."""
    told = board_of(desk).told(session)
    result = None if told is None else told.result
    if result is None or column not in result.cells or column not in result.cells_against:
        return answer(None)
    persons = result.cells.get("persons")
    people = desk.services.city.population.total if persons is None else persons
    found = {"values": result.cells[column], "against": result.cells_against[column], "persons": people}
    return answer(json.dumps({name: plain_values(array) for name, array in found.items()}).encode())


def plain_values(array: FloatArray) -> list[float | None]:
    """Return values as JSON can write them: None = no data, ±1e9 = unreachable."""
    finite = np.nan_to_num(np.round(array, ROUNDING), nan=np.nan, posinf=UNREACHABLE, neginf=-UNREACHABLE)
    return [None if np.isnan(value) else value for value in finite.tolist()]
