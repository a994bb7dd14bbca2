"""Owns the address that a monitor asks: whether the server can do its work, cheap, no login, no contents."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, Response

from app.access.guard import HEALTH
from app.commands.folders import home_folder
from app.logs import event_of
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desk import Desk

KEPT_S = 5.0
"""How long an answer is given again: however often it is asked, nothing is looked at more often."""
LEAST_FREE = 50_000_000
"""Bytes that saving, logs and the database may need before anybody can react."""
LOG = logging.getLogger("ekisei.health")
_FINE, _NOT_FINE = 200, 503


class Health:
    """
    What the server needs, looked at when somebody asks.

    Parameters
    ----------
    desk
        The server's things.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._known: dict[str, bool] = {}
        self._at = float("-inf")

    def look(self) -> dict[str, bool]:
        """Return each thing that is needed, and whether it is there; as it was a moment ago, if that is known."""
        with self._lock:
            if time.monotonic() - self._at >= KEPT_S:
                before, self._known = self._known, {name: _tried(check) for name, check in self._checks().items()}
                self._at = time.monotonic()
                for name, fine in self._known.items():
                    if before.get(name, True) != fine:
                        LOG.warning(
                            "%s: %s", name, "fine" if fine else "failing", extra=event_of("health", of=name, fine=fine)
                        )
            return self._known

    def _checks(self) -> dict[str, Callable[[], bool]]:
        return {"runs": self._has_runs, "database": self._has_database, "disk": self._has_room}

    def _has_runs(self) -> bool:
        folder = self._desk.settings.runs_folder
        return not folder.exists() or os.access(folder, os.R_OK | os.X_OK)  # a desk without runs can be worked at

    def _has_database(self) -> bool:
        with self._desk.database.reading() as connection:
            return bool(connection.exec_driver_sql("SELECT 1").scalar())

    def _has_room(self) -> bool:
        home = self._desk.settings.home_folder or home_folder()
        nearest = next(path for path in (home, *home.parents) if path.exists())
        return shutil.disk_usage(nearest).free >= LEAST_FREE


def _tried(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (CitySimError, OSError):
        return False


def register_health(server: Flask, desk: Desk) -> None:
    """Add the address to the server of one app."""
    health = Health(desk)

    def answer() -> Response:
        found = health.look()
        fine = all(found.values())
        body = json.dumps({"status": "ok" if fine else "failing", "checks": found})
        headers = {"Cache-Control": "no-store"}
        return Response(body, _FINE if fine else _NOT_FINE, mimetype="application/json", headers=headers)

    server.add_url_rule(HEALTH, "health", answer)
