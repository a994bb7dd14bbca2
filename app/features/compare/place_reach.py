"""Owns what is told of one place on one run: how much of each kind is reached in time, the nearest, the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.features.compare.goals import CARE, GOALS, goals_of
from app.features.compare.metrics import PERSONS_COLUMN
from app.features.compare.shown import when_of
from app.features.compare.state import ViewState
from geodata.calendar import parse_gtfs_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services import Run, Services
    from geodata.facilities import Facilities
    from geodata.units import Float32Array, FloatArray, IntArray
    from sim.routing.types import Itinerary

DEFAULT_LIMIT_MIN = 30


@dataclass(frozen=True, slots=True)
class Within:
    """
    What of one kind is reached.

    `n`: places within the time limit. `total`: places there are. `nearest`: name of the nearest, "" = none can be
    reached. `minutes`: to the nearest [min], inf = none. `index`: its row in the facilities of the run, −1 = none.
    """

    n: int
    total: int
    nearest: str
    minutes: float
    index: int


@dataclass(frozen=True, slots=True)
class PlaceSide:
    """
    One run, seen from the place.

    `goals`: goal → what is reached of it; None = told by district only, see `hidden_minutes`. `persons`: residents of
    the age group within the time limit. `way`: the journey to the nearest of the goal, None = none.
    """

    goals: Mapping[str, Within | None]
    persons: float
    way: Itinerary | None
    hidden_minutes: float | None = None


def limit_of(state: ViewState) -> int:
    """Return the time limit of the counts [min]."""
    return state.threshold or DEFAULT_LIMIT_MIN


def depart_s(services: Services, run: Run, state: ViewState) -> int:
    """Return when the journey of a place begins: as chosen, or at the start of the window [s]."""
    chosen = None if state.depart is None else parse_gtfs_time(state.depart)
    return chosen if chosen is not None else services.travel.world(run).request(when_of(state)).window_start_s


def hides_care(services: Services, runs: tuple[Run, Run]) -> bool:
    """Return whether one of the runs closes clinics nobody may locate: both are then told by district."""
    return any(services.travel.world(run).hides_clinics for run in runs)


def place_side(services: Services, run: Run, state: ViewState, cell: int, *, hidden: bool) -> PlaceSide:
    """
    Return what is told of a place on one run.

    Parameters
    ----------
    services, run, state
        Whose travel times, of which run, for which view.
    cell
        The cell one leaves.
    hidden
        Whether access to clinics is told by district only.
    """
    travel = services.travel
    reach = travel.reach(run, cell, when_of(state))
    facilities = travel.world(run).city.facilities
    found: dict[str, Within | None] = {}
    for goal in goals_of(services.city):
        rows = travel.facilities(run, GOALS[goal])
        withheld = hidden and goal in CARE
        found[goal] = None if withheld else _within(facilities, rows, reach.to_facilities, limit_of(state))
    persons = np.nan_to_num(run.cells[PERSONS_COLUMN[state.group]].to_numpy(dtype=float))
    near = float(persons[reach.to_cells <= limit_of(state)].sum())
    there, way = found.get(told_goal(found, state)), None
    if there is not None and there.index >= 0:
        ends = pair(services.city.population.xy[cell]), pair(facilities.xy[there.index])
        way = travel.itinerary(run, ends, depart_s(services, run, state), when_of(state).walker)
    told = hidden and "clinic_nearest_min" in run.cells
    return PlaceSide(found, near, way, float(run.cells["clinic_nearest_min"].iloc[cell]) if told else None)


def told_goal(goals: Mapping[str, Within | None], state: ViewState) -> str:
    """Return where the journey leads: as asked, or the first that may be told where that one may not."""
    told = [goal for goal, one in goals.items() if one is not None]
    return state.goal if state.goal in told or not told else told[0]


def pair(row: FloatArray) -> tuple[float, float]:
    """Return a point as two plain numbers."""
    return float(row[0]), float(row[1])


def _within(facilities: Facilities, rows: IntArray, minutes: Float32Array, limit_min: float) -> Within:
    own = minutes[rows].astype(np.float64)
    if not np.isfinite(own).any():
        return Within(0, len(rows), "", float("inf"), -1)
    nearest = int(np.argmin(own))
    index = int(rows[nearest])
    name = str(facilities.name[index])
    return Within(int(np.sum(own <= limit_min)), len(rows), name, float(own[nearest]), index)
