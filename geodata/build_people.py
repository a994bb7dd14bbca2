"""Owns the people of a build: towns, population and what it is fitted to; empty cells where no file has people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.build_stages import SHARES
from geodata.crs import plane_epsg
from geodata.empty_layers import mesh_without_people
from geodata.errors import Text
from geodata.readers.control_totals import apply_controls
from geodata.readers.daytime import read_daytime
from geodata.readers.districts import read_districts
from geodata.readers.future_mesh import read_outlook
from geodata.readers.population import read_population
from geodata.readers.tables import note
from geodata.readers.towns import read_towns
from geodata.usual_days import SOME_YEAR, usual_days

if TYPE_CHECKING:
    from geodata.build_stages import Stages
    from geodata.config.population import PopulationConfig
    from geodata.readers.population_reading import PeopleReading
    from geodata.units import FloatArray


def read_people(stages: Stages) -> None:
    """Read towns, population, and what it is fitted to."""
    if stages.config.towns is not None:
        towns = stages.config.towns
        stages.towns = stages.found.take("towns", lambda: read_towns(towns, stages.find))
    wanted = stages.config.population
    if wanted is not None:
        reading = stages.found.read("population", lambda: _population_of(stages, wanted))
        if reading is not None:
            stages.population, stages.epsg, stages.cells_table = reading.population, reading.epsg, reading.table
            stages.found.of("population").add(
                problems=reading.problems, files=reading.files, counts=reading.counts, repairs=reading.repairs
            )
    if stages.epsg is None and stages.outline is not None:
        centre = stages.outline.centroid
        stages.epsg = plane_epsg(centre.x, centre.y)
    _fit_people(stages)


def _population_of(stages: Stages, wanted: PopulationConfig) -> PeopleReading:
    first, last = SHARES["population"]
    return read_population(
        wanted,
        stages.find,
        stages.epsg,
        outline=stages.outline,
        progress=lambda share: stages.tell("population", first + (last - first) * share),
    )


def _fit_people(stages: Stages) -> None:
    config, people = stages.config, stages.people
    if people is None:
        return
    if config.districts is not None:
        districts = config.districts
        whole = people
        fitted = stages.found.take("population", lambda: read_districts(districts, stages.find, whole))
        stages.population = people = fitted or people
    if config.controls:
        cells = people
        fitted = stages.found.take("population", lambda: apply_controls(config.controls, stages.find, cells))
        stages.population = people = fitted or people
    final = people
    if config.daytime is not None:
        daytime = config.daytime
        stages.daytime = stages.found.take("daytime", lambda: read_daytime(daytime, stages.find, final))
    if config.outlook is not None:
        outlook = config.outlook
        stages.outlook = stages.found.take("outlook", lambda: read_outlook(outlook, stages.find, final))


def place_nobody(stages: Stages) -> None:
    """Put cells without people around what there is, where no file brings people."""
    if stages.people is not None or stages.config.base is not None:
        return
    points = [s for s in (_stop_points(stages), _outline_points(stages)) if s is not None]
    if not points:
        return
    lonlat = np.concatenate(points)
    stages.project(lonlat)
    stages.population = stages.found.read(
        "population", lambda: mesh_without_people(stages.plane, lonlat, base_date=_some_date(stages))
    )
    if stages.population is None:
        return
    stages.people_missing = True
    stages.found.of("population").add(
        problems=[
            note(
                "population.none",
                "population",
                Text("人口データがないため、人のいないメッシュを置きました", "no population: cells without people"),
                Text(
                    "国勢調査の地域メッシュ統計（e-Stat）を population: に書くと人口の指標が計算できます",
                    "give census cells (e-Stat) in population: to compute shares of people",
                ),
            ),
        ],
        counts={"cells": stages.population.n_cells, "persons": 0},
    )


def _some_date(stages: Stages) -> str:
    """Return the date of a city without people: that of the configuration, or of its first feed."""
    if stages.config.date is not None:
        return stages.config.date.isoformat()
    starts = [] if stages.feeds is None else [first for first, _ in stages.feeds.valid.values() if first]
    return min(starts, default=usual_days(SOME_YEAR)[0].isoformat())


def _stop_points(stages: Stages) -> FloatArray | None:
    if stages.timetable is None or not stages.timetable.n_stops:
        return None
    return stages.timetable.stops.lonlat


def _outline_points(stages: Stages) -> FloatArray | None:
    if stages.outline is None:
        return None
    return shapely.get_coordinates(shapely.segmentize(stages.outline, 0.005))
