"""Owns the wiring of the page of the population: the run chosen, and its numbers as JSON."""

from __future__ import annotations

import json
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from app.features.compare.routes import answer
from app.features.population.ids import Id
from app.features.population.layout import order_of
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from flask import Flask

    from app.desk import Desk
    from app.services import Run, Services

LAST_YEAR = 2050
KEPT = 8


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the page into an app."""
    dash_app.callback(Output(Id.ORDER, "data"), Input(Id.RUN, "value"), State("people-lang", "data"))(
        partial(choose, desk.services)
    )
    dash_app.clientside_callback(
        ClientsideFunction("ekiseiPeople", "draw"), Output(Id.DRAWN, "data"), Input(Id.ORDER, "data")
    )


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the route of the numbers to the server of one app."""
    shelf = Shelf(desk.services)
    server.add_url_rule("/population/<run_id>.json", "population_frames", lambda run_id: answer(shelf.frames(run_id)))


def choose(services: Services, run_id: str | None, lang: str) -> Any:
    """Return what is drawn for a run."""
    run = services.list_runs().get(run_id or "")
    return no_update if run is None else order_of(run.run_id, run.key, lang)


class Shelf:
    """Keeps the numbers of the runs asked for last: a run is projected once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = Lock()
        self._kept: dict[str, bytes | None] = {}

    def frames(self, run_id: str) -> bytes | None:
        """Return the numbers of a run as JSON; None for an unknown run, or one that no longer can be projected."""
        run = self._services.list_runs().get(run_id)
        if run is None:
            return None
        with self._lock:
            if run.key not in self._kept:
                self._kept[run.key] = self._compute(run)
                while len(self._kept) > KEPT:
                    self._kept.pop(next(iter(self._kept)))
            return self._kept[run.key]

    def _compute(self, run: Run) -> bytes | None:
        from app.features.population.frames import build_frames, note_of  # noqa: PLC0415 -- only once it is asked for
        from scenarios.people import population_years  # noqa: PLC0415 -- only once it is asked for

        city, scenario = self._services.city, run.stored.scenario
        try:
            people = population_years(city, years_of(self._services, run), scenario)
        except CitySimError:
            return None
        frames = build_frames(people, run.title, note_of(people, scenario))
        return json.dumps(frames, ensure_ascii=False, separators=(",", ":")).encode()


def years_of(services: Services, run: Run) -> tuple[int, ...]:
    """Return the years shown: from the residents of today to the end of the run's path."""
    from scenarios.population_path import path_of  # noqa: PLC0415 -- only once it is asked for
    from sim.population_path import path_points  # noqa: PLC0415 -- only once it is asked for

    first = services.city.population.year
    last = min(max(path_points(services.city, path_of(run.stored.scenario)), default=first), LAST_YEAR)
    return tuple(range(first, max(last, first) + 1))
