"""Owns live questions about travel on stored runs: what they rest on is kept, so that the next answer comes at once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from app.runs import Run
    from app.services import Services
    from geodata.city import City
    from geodata.provenance import Status
    from geodata.timetable import Timetable
    from geodata.units import FloatArray, IntArray
    from scenarios.apply import Applied
    from sim.context import RunContext
    from sim.reach import Lookout, Reach
    from sim.routing.itinerary import JourneyDay
    from sim.routing.types import Itinerary, Leg, RoutingRequest, WalkerId

Found = TypeVar("Found")

KEPT_WORLDS = 6
KEPT_LOOKOUTS = 6
KEPT_DAYS = 8
KEPT_REACHES = 64
KEPT_COLUMNS = 64
HOUR_S = 3_600
WINDOWS = {"own": None, "morning": (7, 9), "day": (10, 12), "evening": (17, 19)}
"""Name of a time of day → hours of its window; None = the window of the run itself."""
DAY_STARTS_S = 5 * HOUR_S
DAY_ENDS_S = 23 * HOUR_S


@dataclass(frozen=True, slots=True)
class When:
    """When and as whom one travels: a key of `WINDOWS`, a percentile of the window (None = the run's), the walker."""

    window: str = "own"
    percentile: int | None = None
    walker: WalkerId = "standard"


@dataclass(frozen=True, eq=False)  # no slots: what is costly is made when it is first asked for
class World:
    """A stored run as it can be asked again: its context, what it stands on, whether clinics are told by district."""

    context: RunContext
    applied: Applied
    hides_clinics: bool

    @property
    def city(self) -> City:
        """The city of the run, with the walking detour of its parameters."""
        return self.context.city

    @cached_property
    def travel_status(self) -> Status:
        """How sure a journey is at most: streets, stops, the lines that run, and on-demand services."""
        from sim.on_demand.notes import services_status  # noqa: PLC0415 - brings the models

        return self.context.status("streets", extra=(self.context.timetable_status(), *services_status(self.context)))

    def at(self, when: When) -> RunContext:
        """Return the context of the run at another time of day or percentile, sharing what it remembers."""
        from sim.context import RunContext  # noqa: PLC0415 - brings the models

        own, hours = self.applied.analysis, WINDOWS[when.window]
        changes: dict[str, object] = {} if hours is None else {"window": tuple(f"{hour:02}:00" for hour in hours)}
        changes |= {} if when.percentile is None else {"percentile": when.percentile}
        analysis = type(own).model_validate({**own.model_dump(), **changes})
        return RunContext(self.applied.city, analysis, self.applied.params, self.context.reuse)

    def request(self, when: When) -> RoutingRequest:
        """Return the question of the access KPIs, at another time of day or percentile where that is asked."""
        asked = self.context.routing_request(when.walker)
        hours = WINDOWS[when.window]
        if hours is not None:
            asked = replace(asked, window_start_s=hours[0] * HOUR_S, window_end_s=hours[1] * HOUR_S)
        return asked if when.percentile is None else replace(asked, percentiles=(when.percentile,))


class Travel:
    """
    Answers questions about travel on stored runs.

    One question at a time: contexts keep an account of what they read, and both cores work on a question anyway.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = RLock()
        self._kept: dict[str, OrderedDict[Hashable, object]] = {}

    def _keep(self, shelf: str, key: Hashable, most: int, make: Callable[[], Found]) -> Found:
        """Return what is kept under a key, made now if it is not there; the longest unused goes first."""
        with self._lock:
            held = self._kept.setdefault(shelf, OrderedDict())
            if key not in held:
                held[key] = make()
                while len(held) > most:
                    held.popitem(last=False)
            held.move_to_end(key)
            return held[key]  # type: ignore[return-value]

    def world(self, run: Run) -> World:
        """Return a run as it can be asked again; applying its scenario may take seconds the first time."""
        from scenarios.anonymous import hides_places  # noqa: PLC0415 - brings the models
        from scenarios.stored_context import context_of  # noqa: PLC0415 - likewise

        def make() -> World:
            context, applied = context_of(self._services.city, run.stored)
            return World(context, applied, hides_places(c.kind for c in applied.closures))

        return self._keep("worlds", run.key, KEPT_WORLDS, make)

    def cell_index(self, cell_id: str) -> int | None:
        """Return the index of a cell, or None for one that is not of this city."""
        found = np.flatnonzero(self._services.city.population.cell_id == cell_id)
        return int(found[0]) if len(found) else None

    def reach(self, run: Run, cell: int, when: When) -> Reach:
        """Return minutes from a cell to all cells and facilities of a run; the first of a question takes seconds."""
        from sim.reach import look_out  # noqa: PLC0415 - brings the compiled router

        def prepare() -> Lookout:
            world = self.world(run)
            return look_out(world.context, world.request(when))

        def make() -> Reach:
            return self._keep("lookouts", (run.key, when), KEPT_LOOKOUTS, prepare).reach(cell)

        return self._keep("reaches", (run.key, when, cell), KEPT_REACHES, make)

    def itinerary(
        self,
        run: Run,
        ends: tuple[tuple[float, float], tuple[float, float]],
        depart_s: int,
        walker: WalkerId = "standard",
        date: str = "",
        walk_s: int | None = None,
    ) -> Itinerary | None:
        """
        Return the earliest arrival of one departure on a run, leg by leg.

        Parameters
        ----------
        run
            The run.
        ends
            From and to, in plane coordinates of the city [m].
        depart_s
            Departure [s after 00:00].
        walker
            Who walks.
        date
            Service day, ISO 8601; "" = the run's.
        walk_s
            How long the walk all the way takes where that is known [s]: no longer is searched while nothing beats it.
        """
        from sim.routing import itinerary_xy  # noqa: PLC0415 - brings the compiled router

        with self._lock:
            world = self.world(run)
            day = self._day(run, walker, date)
            asked = replace(day.request, window_start_s=depart_s, window_end_s=depart_s + 60)
            if walk_s is not None and walk_s < asked.cutoff_s:
                walk = itinerary_xy(world.city, *ends, replace(asked, cutoff_s=walk_s), ready=day)
                if walk is not None and all(leg.mode == "walk" for leg in walk.legs):
                    return walk  # a ride that beats it is searched whole: of two as early, the limit may take the other
            return itinerary_xy(world.city, *ends, asked, ready=day)

    def _day(self, run: Run, walker: WalkerId, date: str) -> JourneyDay:
        from sim.routing import prepare_day  # noqa: PLC0415 - brings the compiled router

        def make() -> JourneyDay:
            world = self.world(run)
            asked = world.context.routing_request(walker)
            whole = replace(asked, date=date or asked.date, window_start_s=0, window_end_s=24 * HOUR_S)
            return prepare_day(world.city, replace(whole, direction="depart"))

        return self._keep("days", (run.key, walker, date), KEPT_DAYS, make)

    def headway_min(self, run: Run, trip_id: str) -> float | None:
        """Return the headway a run of a line stands for, or None for one with a time of its own [min]."""
        trips = self.world(run).city.timetable.trips
        found = np.flatnonzero(trips.trip_id == trip_id)
        seconds = int(trips.headway_s[found[0]]) if len(found) else 0
        return seconds / 60 if seconds > 0 else None

    def lines_of(self, run: Run, found: Itinerary | None) -> dict[str, object]:
        """Return the legs of a journey as GeoJSON lines, vehicles along the stops they call at."""
        legs = [] if found is None else [leg for leg in found.legs if leg.mode != "wait"]
        timetable = None if found is None else self.world(run).city.timetable
        features = [
            {
                "type": "Feature",
                "properties": {"mode": leg.mode, "status": leg.status},
                "geometry": {"type": "LineString", "coordinates": course_of(timetable, leg)},
            }
            for leg in legs
        ]
        return {"type": "FeatureCollection", "features": features}

    def facilities(self, run: Run, kinds: tuple[str, ...]) -> IntArray:
        """Return the facilities of some kinds that are open to the public; indices into those of the run's city."""
        facilities = self.world(run).city.facilities
        found = facilities.of_kind(*kinds)
        return found[facilities.open_to_public[found]]

    def column(self, run: Run, name: str, when: When) -> FloatArray:
        """
        Return a computed column of the cells as a run at another time of day or percentile would hold it, shape (C,).

        The first answer takes seconds: the very steps of a run are done, with its travel times where they are known.
        """
        from sim.cell_table import CELL_STEPS  # noqa: PLC0415 - brings the models

        def make() -> FloatArray:
            return CELL_STEPS[name](self.world(run).at(when))

        return self._keep("columns", (run.key, name, when.window, when.percentile), KEPT_COLUMNS, make)

    def minutes_to_cells(self, run: Run, cell: int, when: When) -> FloatArray:
        """Return cell → minutes from a cell, shape (C,); inf = unreachable."""
        return self.reach(run, cell, when).to_cells.astype(np.float64)


def course_of(timetable: Timetable | None, leg: Leg) -> list[list[float]]:
    """Return the course of a leg: its two ends, or the stops a vehicle calls at between them [degrees]."""
    straight = [list(leg.from_lonlat), list(leg.to_lonlat)]
    if timetable is None or not leg.trip_id:
        return straight
    trip = np.flatnonzero(timetable.trips.trip_id == leg.trip_id)
    if not len(trip):
        return straight
    stops = timetable.patterns.stops_of(int(timetable.trips.pattern[trip[0]]))
    lonlat = timetable.stops.lonlat[stops]
    begins = np.flatnonzero(np.all(np.isclose(lonlat, leg.from_lonlat), axis=1))
    for first in begins.tolist():
        last = first + leg.n_stops
        if last < len(stops) and np.allclose(lonlat[last], leg.to_lonlat):
            return np.round(lonlat[first : last + 1], 5).tolist()  # type: ignore[no-any-return]
    return straight
