"""Owns the main station of a city: which it is, who gets there, and until when one gets home from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind
from geodata.provenance import Status
from geodata.timetable import RouteClass
from sim.commuting import MEDIAN
from sim.frequency import departures_each_way

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext, Walker


@dataclass(frozen=True, slots=True, eq=False)
class MainStation:
    """Its name, place [m], shape (1, 2), and how sure the place is."""

    name: str
    xy: FloatArray
    status: Status


def find_main_station(context: RunContext) -> MainStation | None:
    """
    Return the station front or railway station the parameters name, else the busiest railway station of the city.

    Busiest: most departures each way on the day; of equal ones the smallest stop id. None = no railway in the city.
    """
    facilities, name = context.facilities(FacilityKind.STATION_FRONT), context.params.main_station
    named = np.flatnonzero(facilities.name == name)
    if len(named):
        first = named[np.argsort(facilities.facility_id[named], kind="stable")[0]]
        return MainStation(name, facilities.xy[first][None, :], Status(str(facilities.status[first])))
    stops = context.city.timetable.stops
    rail = context.city.timetable.stops_of_class(RouteClass.RAIL)
    rail = rail[stops.in_city[rail]]
    if len(rail) == 0:
        return None
    calls = departures_each_way(context.city.timetable, context.analysis.service_date(context.city))[rail]
    ranks = np.lexsort((stops.stop_id[rail], -calls, stops.name[rail] != name))
    stop = rail[ranks[0]]
    return MainStation(str(stops.name[stop]), stops.xy[stop][None, :], Status(str(stops.status[stop])))


def station_minutes(context: RunContext, walker: Walker) -> FloatArray:
    """Return cell → minutes to the main station front as to clinics, shape (C,); NaN = no station."""
    station = find_main_station(context)
    if station is None:
        return np.full(context.n_cells, np.nan)
    return context.nearest_minutes(walker, station.xy)


def last_home_s(context: RunContext, walker: Walker) -> FloatArray:
    """
    Return cell → last time one can leave the main station and be brought home by a vehicle, shape (C,) [s after 00:00].

    Whole minutes, median of draws. −inf = by no vehicle in the whole evening; NaN = near enough to walk, or no station.
    """
    station, params = find_main_station(context), context.params
    if station is None:
        return np.full(context.n_cells, np.nan)
    request = replace(
        context.routing_request(walker),
        direction="depart",
        departure_mode="random",
        window_start_s=params.clock_s("last_bus_from"),
        window_end_s=params.clock_s("last_bus_to") + 1,
        cutoff_s=round(params.last_bus_within_min * 60),
        percentiles=MEDIAN,
    )
    last = context.last_departures(request, station.xy)[:, 0].astype(np.float64)
    walk = context.walk_minutes(station.xy, max_min=params.last_bus_walk_min)
    slower = params.walk_standard_m_min / params.walk_m_min(walker)
    return np.where(walk * slower <= params.last_bus_walk_min, np.nan, last)
