"""Owns one server's workshops together with what they show: scenarios, city, how fast phones may post."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from sqlalchemy import and_, func, insert, select

from app.features.workshop.board import Board, Workshop, writable
from app.features.workshop.errors import Refusal
from app.features.workshop.limits import MOST_ASKED, MOST_ASKED_BY_ALL, Pace
from app.features.workshop.posts import Wall
from app.features.workshop.story import Step, step_now
from app.features.workshop.summary import Summary, summarize
from app.features.workshop.tables import wall as walls
from app.features.workshop.wall_figures import Shown, keep_digests, keep_figures, show_run, votable_runs
from app.features.workshop.wall_map import areas_of, draw_run, paint_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.database import Database
    from app.features.workshop.wall_map import Picture
    from app.runs import Run
    from app.services import Services

    Found = TypeVar("Found")
    Drawer = Callable[[Services, Run, str], Found]

NEAR_M = 500.0
"""A pin this far from the nearest cell still belongs to the city: a river bank, the harbour."""
METRES_PER_DEGREE = 111_320.0
EXPIRE_EVERY_S = 600.0
DRAWERS = 32
"""Pictures and figures that may be found out at once, each of them by one thread."""


class Room:
    """
    What facilitator, wall and phones of one server share.

    Parameters
    ----------
    database
        Where workshops are kept.
    services
        Scenarios and the city.
    pace
        How fast phones may post.
    """

    def __init__(self, database: Database, services: Services, pace: Pace | None = None) -> None:
        self.database = database
        self.services = services
        self.board = Board(database)
        self.pace = Pace() if pace is None else pace
        self.joining = Pace()  # phones that open the page: they use up nothing of those that post
        self.asking = Pace(MOST_ASKED, MOST_ASKED_BY_ALL)  # each phone's looks at its own posts
        self._lock = Lock()
        self._kept: set[tuple[str, str, str]] = set()
        self._busy = tuple(Lock() for _ in range(DRAWERS))
        self._expired_at = -math.inf

    @property
    def least(self) -> int:
        """Fewest persons of a group that is shown."""
        return max(int(self.services.city.defaults.public_min_persons), 1)

    def now(self) -> datetime:
        """Return this moment."""
        return self.board.clock()

    def find_code(self, code: str) -> Workshop:
        """
        Return the workshop of a code that was typed.

        Raises
        ------
        Refusal
            ``no_such_code``.
        """
        self.expire()
        found = self.board.find_code(code)
        if found is None:
            raise Refusal("no_such_code")
        return found

    def expire(self) -> None:
        """Delete the workshops whose time is over, now and then."""
        with self._lock:
            due = time.monotonic() - self._expired_at > EXPIRE_EVERY_S
            if due:
                self._expired_at = time.monotonic()
                self._kept.clear()  # only spares a look at the tables
        if due:
            self.board.expire()

    # ---------------------------------------------------------------- what is shown

    def step_of(self, workshop: Workshop) -> tuple[int, Step]:
        """Return the number of the step on the wall, and the step."""
        return step_now(workshop, self.services.list_runs())

    def show(self, workshop: Workshop, run: Run, lang: str) -> Shown:
        """Return a scenario as the room sees it; from now on it is known what was seen."""
        shown = self._once("figures", run, lang, show_run)
        self._keep(workshop, run)
        return shown

    def paint(self, run: Run, lang: str) -> Picture:
        """Return the classes of the map of a scenario."""
        return self._once("classes", run, lang, paint_run)

    def draw(self, run: Run, lang: str) -> str:
        """Return the map of a scenario as SVG."""
        return self._once("svg", run, lang, draw_run)

    def areas(self, run: Run, lang: str) -> bytes:
        """Return the map of a scenario as areas for a phone."""
        return self._once("areas", run, lang, areas_of)

    def _once(self, what: str, run: Run, lang: str, find: Drawer[Found]) -> Found:
        """Return what is kept by the services; thirty phones that ask for it at once have it found out once."""
        with self._busy[hash((what, run.key, lang)) % DRAWERS]:
            return find(self.services, run, lang)

    def _keep(self, workshop: Workshop, run: Run) -> None:
        mark = (workshop.workshop_id, run.run_id, run.key)
        with self._lock:
            if mark in self._kept:
                return
        own = and_(
            walls.c.workshop_id == workshop.workshop_id, walls.c.run_id == run.run_id, walls.c.run_key == run.key
        )
        with self.database.reading() as connection:
            known = connection.scalar(select(func.count()).select_from(walls).where(own))
        if not known and workshop.is_open:
            row = {
                "workshop_id": workshop.workshop_id,
                "run_id": run.run_id,
                "run_key": run.key,
                "digests": keep_digests(run),
                "figures": keep_figures(run, self._once("figures", run, "ja", show_run)),
                "first_at": self.now(),
            }
            with suppress(Refusal), self.database.writing() as connection:
                writable(connection, workshop.workshop_id)  # one after another: all phones see a scenario at once
                if not connection.scalar(select(func.count()).select_from(walls).where(own)):
                    connection.execute(insert(walls).values(**row))
        with self._lock:
            self._kept.add(mark)

    def wall(self, workshop: Workshop) -> Wall:
        """Return what posts are checked against; the scenarios of the workshop are kept as they are now."""
        runs = self.services.list_runs()
        for run_id in workshop.runs:
            if run_id in runs:
                self._keep(workshop, runs[run_id])
        return Wall(
            keys={run_id: run.key for run_id, run in runs.items()},
            votable=votable_runs(self.services),
            districts=frozenset(self.districts("ja")),
            find_district=self.find_district,
        )

    def summary(self, workshop: Workshop) -> Summary:
        """Return what the room may see of votes and voices."""
        return summarize(self.database, workshop, self.least)

    # ---------------------------------------------------------------- the city

    def districts(self, lang: str) -> dict[str, str]:
        """Return district → name, in the order of the city."""
        cells = self.services.city.population
        names = cells.district_name_en if lang == "en" else cells.district_name
        return dict(zip(map(str, cells.district_id), map(str, names), strict=True))

    def find_district(self, lon: float, lat: float) -> str | None:
        """Return the district of a place; empty where it has none, None outside of the city."""
        cells = self.services.city.population
        if not cells.n_cells:
            return ""
        east = (cells.lonlat[:, 0] - lon) * math.cos(math.radians(lat))
        away_m = np.hypot(east, cells.lonlat[:, 1] - lat) * METRES_PER_DEGREE
        nearest = int(np.argmin(away_m))
        reach_m = math.sqrt(float(cells.area_m2[nearest])) + NEAR_M
        if away_m[nearest] > reach_m:
            return None
        district = int(cells.district[nearest])
        return str(cells.district_id[district]) if district >= 0 else ""
