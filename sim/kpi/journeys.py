"""Owns the measures of certain journeys: to school, to work, to the main station and home from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind
from geodata.provenance import Status
from sim.commuting import school_minutes, works_minutes
from sim.kpi.coverage import no_station, without_timetable
from sim.kpi.measure import Measure, no_data
from sim.kpi.places import NO_FACILITY, access_status, lines_note, row_statuses
from sim.kpi.registry import KPIS
from sim.main_station import find_main_station, last_home_s, station_minutes
from sim.on_demand.notes import services_note, services_status
from sim.pivot import join_notes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.main_station import MainStation

PUPILS = (15, 18)
WORKERS = (20, 64)


def measure_school(context: RunContext) -> Iterable[Measure]:
    """Return the share of people of high-school age who reach a school in time and come home in the evening."""
    return (_arrivals(context, "school_arrival_share", FacilityKind.HIGH_SCHOOL, PUPILS),)


def measure_works(context: RunContext) -> Iterable[Measure]:
    """Return the share of people of working age who reach a large workplace in time."""
    return (_arrivals(context, "works_arrival_share", FacilityKind.LARGE_WORKPLACE, WORKERS),)


def _arrivals(context: RunContext, kpi_id: str, kind: FacilityKind, ages: tuple[int, int]) -> Measure:
    facilities = context.facilities(kind)
    places = np.arange(facilities.n_facilities, dtype=np.int32)
    if len(places) == 0:
        return replace(no_data(kpi_id, "default", NO_FACILITY), ages=ages)
    minutes = school_minutes(context) if kind is FacilityKind.HIGH_SCHOOL else works_minutes(context)
    sure = (*row_statuses(context, facilities, places), context.ages_status())
    status, note = access_status(context, kpi_id, sure)
    reached = np.isfinite(minutes).astype(np.float64)
    return Measure(kpi_id, "default", "share", reached, reached, status, note, ages=ages)


def measure_last_bus(context: RunContext) -> Iterable[Measure]:
    """Return the last time half the people are still brought home from the main station; walkers left out."""
    kpi_id, station = "last_bus_time", find_main_station(context)
    if station is None or without_timetable(context):
        return (no_data(kpi_id, "default", no_station(context)),)
    standard, older = (last_home_s(context, w) for w in ("standard", "older"))
    status, note = _station_status(context, kpi_id, station)
    return (Measure(kpi_id, "default", "quantile", standard, older, status, note),)


def measure_station_front(context: RunContext) -> Iterable[Measure]:
    """Return the people within the time limit of the main station front."""
    kpi_id, station = "station_front_30min_population", find_main_station(context)
    if station is None:
        return (no_data(kpi_id, "default", no_station(context)),)
    limit_min = context.params.station_front_within_min
    standard, older = (_within(station_minutes(context, w), limit_min) for w in ("standard", "older"))
    status, note = _station_status(context, kpi_id, station)
    return (Measure(kpi_id, "default", "persons", standard, older, status, note),)


def _within(minutes: FloatArray, limit_min: float) -> FloatArray:
    inside: FloatArray = (minutes <= limit_min).astype(np.float64)
    return inside


def _station_status(context: RunContext, kpi_id: str, station: MainStation) -> tuple[Status, str]:
    rides = kpi_id == "station_front_30min_population"
    extra = (context.timetable_status(), station.status, *(services_status(context) if rides else ()))
    names = [n for n in KPIS[kpi_id].parameters if n != "walk_detour"]
    status = context.status("population", "streets", parameters=names, extra=extra)
    named = join_notes(lines_note(context), f"駅: {station.name}")
    return status, join_notes(named, services_note(context)) if rides else named
