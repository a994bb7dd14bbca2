"""Owns the table of cells: one row per cell, each computed column a step of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.facilities import FacilityKind
from sim.catchment import station_xy
from sim.clinic import OFFICE_KINDS, OUTPATIENT_KINDS, city_offices, nearest_minutes, outpatient_places
from sim.clinic_access.competition import Mode
from sim.clinic_access.emergency import doctor_car_minutes, emergency_minutes, find_emergency
from sim.clinic_access.supply import find_supply
from sim.commuting import school_minutes, works_minutes
from sim.kpi.clinic_measures import competition, round_trip
from sim.kpi.coverage import CIRCLES, catchment_cover, coverage_circles, frequent_circles, without_timetable
from sim.kpi.measures import MEASURES
from sim.main_station import last_home_s, station_minutes
from sim.mobile_office.columns import any_mode_minutes, free_share_of_cells, visit_or_office
from sim.mobile_office.coverage import covered_share, visits_within_reach
from sim.ridership.baseline import BASE_COLUMNS
from sim.ridership.outcome import rides_per_person
from sim.shelter import shelters_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.population import PopulationCells
    from geodata.units import FloatArray
    from sim.context import RunContext, Walker


def _nearest(context: RunContext, kind: str, walker: Walker) -> FloatArray:
    """Return cell → minutes to the nearest of some facilities by walker; NaN where there are none."""
    facilities = context.facilities(*(OUTPATIENT_KINDS if kind == "clinic" else OFFICE_KINDS))
    places = outpatient_places(facilities) if kind == "clinic" else city_offices(facilities)
    none = np.full(context.n_cells, np.nan)
    return nearest_minutes(context, facilities.xy[places], walker) if len(places) else none


def _e2sfca(context: RunContext, mode: Mode, walker: Walker) -> FloatArray:
    """Return cell → consultation hours within reach by walker, competition counted; NaN where there is no clinic."""
    if len(find_supply(context).xy) == 0:
        return np.full(context.n_cells, np.nan)
    found = competition(context, mode)
    return (found.older if walker == "older" else found.standard)[0]


def _round_trip(context: RunContext, walker: Walker) -> FloatArray:
    """Return cell → 1 where one can see a doctor and be home in time, else 0; NaN where there is no clinic."""
    known = len(find_supply(context).xy) > 0
    return round_trip(context, walker) if known else np.full(context.n_cells, np.nan)


def _emergency_minutes(context: RunContext) -> FloatArray:
    """Return cell → minutes by car to emergency care or from a doctor car; NaN where neither is known."""
    found = find_emergency(context)
    if len(found.hospitals) + len(found.bases) == 0:
        return np.full(context.n_cells, np.nan)
    return np.minimum(emergency_minutes(context, found.hospitals), doctor_car_minutes(context, found.bases))


def _transit_covered(context: RunContext) -> FloatArray:
    params = context.params
    return context.cover(coverage_circles(context, params.coverage_station_m, params.coverage_stop_m))


def default_catchment(context: RunContext) -> FloatArray:
    """Return cell → share in the catchment by the default definition; NaN where there is no station."""
    measure = next(iter(MEASURES["catchment_population_share"](context)))
    return np.full(context.n_cells, np.nan) if measure.missing else measure.standard


def station_distance_m(context: RunContext) -> FloatArray:
    """
    Return cell centre → straight line to the nearest JR station [m], shape (C,).

    inf where there is none; NaN where there is no timetable.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- slow to load

    stations = station_xy(context.city.timetable)
    if len(stations) == 0:
        return np.full(context.n_cells, np.nan if without_timetable(context) else np.inf)
    distance: FloatArray = cKDTree(stations).query(context.city.population.xy)[0]
    return distance


def _shelter_minutes(context: RunContext) -> FloatArray:
    facilities = context.facilities(FacilityKind.SHELTER)
    places = shelters_for(facilities, "default")
    if len(places) == 0:
        return np.full(context.n_cells, np.nan)
    return context.walk_minutes(facilities.xy[places], max_min=context.params.shelter_max_walk_min)


def _by_timetable(compute: Callable[[RunContext], FloatArray]) -> Callable[[RunContext], FloatArray]:
    """Return the same column, NaN where the city has no timetable."""
    return lambda context: np.full(context.n_cells, np.nan) if without_timetable(context) else compute(context)


CELL_STEPS: dict[str, Callable[[RunContext], FloatArray]] = {
    "station_distance_m": station_distance_m,
    "catchment_share": default_catchment,
    "catchment_jr800_brt500_share": _by_timetable(lambda c: catchment_cover(c, *CIRCLES["jr800-brt500"])),
    "transit_covered_share": _by_timetable(_transit_covered),
    "frequent_covered_share": _by_timetable(lambda c: c.cover(frequent_circles(c))),
    "clinic_nearest_min": lambda c: _nearest(c, "clinic", "standard"),
    "clinic_nearest_min_older": lambda c: _nearest(c, "clinic", "older"),
    "clinic_e2sfca": lambda c: _e2sfca(c, "transit", "standard"),
    "clinic_e2sfca_older": lambda c: _e2sfca(c, "transit", "older"),
    "clinic_e2sfca_car": lambda c: _e2sfca(c, "car", "standard"),
    "clinic_round_trip": lambda c: _round_trip(c, "standard"),
    "clinic_round_trip_older": lambda c: _round_trip(c, "older"),
    "emergency_car_min": _emergency_minutes,
    "city_office_nearest_min": lambda c: _nearest(c, "office", "standard"),
    "city_office_nearest_min_older": lambda c: _nearest(c, "office", "older"),
    "shelter_walk_min": _shelter_minutes,
    "school_min": school_minutes,
    "works_min": works_minutes,
    "station_front_min": lambda c: station_minutes(c, "standard"),
    "station_front_min_older": lambda c: station_minutes(c, "older"),
    "last_bus_s": _by_timetable(lambda c: last_home_s(c, "standard")),
    "last_bus_s_older": _by_timetable(lambda c: last_home_s(c, "older")),
    "mobile_office_share": covered_share,
    "mobile_office_visits_per_month": visits_within_reach,
    "mobile_office_free_share": free_share_of_cells,
    "mobile_office_any_mode_min": any_mode_minutes,
    "visit_or_office_share": visit_or_office,
    "bus_rides_per_person": rides_per_person,
    **BASE_COLUMNS,
}
"""Computed column of the table of cells → what computes it; the others are the residents themselves."""


def cell_frame(context: RunContext) -> pd.DataFrame:
    """
    Return the table of cells; columns are declared in `sim.kpi.CELL_COLUMNS`.

    What later runs tell a change from stands in the table of the baseline only: any other would repeat it.
    """
    people = residents(context)
    columns: dict[str, Any] = {str(name): people[name] for name in people}
    for name, compute in CELL_STEPS.items():
        if name in BASE_COLUMNS and not context.is_baseline:
            continue
        columns[name] = context.step("column", name, lambda f=compute: f(context))  # type: ignore[misc]
    return pd.DataFrame(columns)


def residents(context: RunContext) -> pd.DataFrame:
    """Return who lives in each cell, and where it is: the columns that nothing is computed for."""
    return context.step("residents", "", lambda: _residents(context))


def _known(population: PopulationCells, age: int) -> FloatArray:
    """Return cell → residents of `age` or older; NaN where the bands do not tell them apart."""
    return population.at_least(age) if population.knows_age(age) else np.full(population.n_cells, np.nan)


def _residents(context: RunContext) -> pd.DataFrame:
    population = context.city.population
    district = np.append(population.district_id.astype(object), "")[population.district]
    columns = {
        "cell_id": population.cell_id.astype(object),
        "lon": population.lonlat[:, 0],
        "lat": population.lonlat[:, 1],
        "district_id": district,
        "persons": population.total if population.total.any() else np.full(population.n_cells, np.nan),
        "persons_65plus": _known(population, 65),
        "persons_75plus": _known(population, 75),
    }
    return pd.DataFrame(columns)
