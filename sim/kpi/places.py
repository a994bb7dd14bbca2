"""Owns the measures of places: clinics, city offices, shelters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind
from geodata.provenance import Status, weakest
from sim.assumed_lines import has_assumed_lines
from sim.clinic import (
    OFFICE_KINDS,
    OUTPATIENT_KINDS,
    city_offices,
    count_by_cell,
    nearest_minutes,
    outpatient_places,
    public_clinics,
)
from sim.kpi.coverage import ASSUMED_NOTE, without_timetable
from sim.kpi.measure import Measure, no_data
from sim.kpi.registry import KPIS
from sim.on_demand.notes import services_note, services_status
from sim.pivot import join_notes
from sim.shelter import HAZARDS, shelters_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geodata.facilities import Facilities
    from geodata.units import IntArray
    from sim.context import RunContext
    from sim.kpi.measure import How

NO_FACILITY = "施設データ未登録"
WALK_ONLY = "時刻表データ未登録（徒歩だけ）"


def measure_clinic_count(context: RunContext) -> Iterable[Measure]:
    """Return the number of clinics open to the public."""
    return (_clinic_count(context, "clinics_count", "count"),)


def measure_clinics_per_100k(context: RunContext) -> Iterable[Measure]:
    """Return the clinics open to the public per 100,000 residents."""
    return (_clinic_count(context, "clinics_per_100k", "per_100k"),)


def _clinic_count(context: RunContext, kpi_id: str, how: How) -> Measure:
    facilities = context.facilities(FacilityKind.CLINIC)
    clinics = public_clinics(facilities)
    if len(clinics) == 0:
        return no_data(kpi_id, "default", NO_FACILITY)
    counts = count_by_cell(context, facilities.xy[clinics])
    rows = row_statuses(context, facilities, clinics)
    status = weakest(rows) if how == "count" else context.status("population", extra=rows)
    return Measure(kpi_id, "default", how, counts, counts, status)


def row_statuses(context: RunContext, facilities: Facilities, places: IntArray) -> tuple[Status, ...]:
    """Return the statuses that occur among some facilities, and that of their layer."""
    rows = {Status(name) for name in facilities.status[places].tolist()}
    return (context.city.status_of("facilities"), *rows)


def measure_clinic_within_limit(context: RunContext, kinds: tuple[FacilityKind, ...] = OUTPATIENT_KINDS) -> Measure:
    """Return the share of residents within the time limit of a clinic or hospital (of some kinds), default setting."""
    facilities = context.facilities(*kinds)
    places = outpatient_places(facilities)
    return _within(context, "clinic_within_30min_share", facilities, places, context.params.clinic_within_min)


def measure_office_within(context: RunContext) -> Iterable[Measure]:
    """Return the share of residents within the time limit of the city hall or a branch."""
    facilities = context.facilities(*OFFICE_KINDS)
    places = city_offices(facilities)
    return (
        _within(context, "city_office_within_30min_share", facilities, places, context.params.city_office_within_min),
    )


def _within(context: RunContext, kpi_id: str, facilities: Facilities, places: IntArray, limit_min: float) -> Measure:
    if len(places) == 0:
        return no_data(kpi_id, "default", NO_FACILITY)
    standard = nearest_minutes(context, facilities.xy[places], "standard") <= limit_min
    older = nearest_minutes(context, facilities.xy[places], "older") <= limit_min
    status, note = access_status(context, kpi_id, row_statuses(context, facilities, places))
    return Measure(kpi_id, "default", "share", standard.astype(np.float64), older.astype(np.float64), status, note)


def measure_clinic_nearest(context: RunContext) -> Iterable[Measure]:
    """Return the time to the nearest clinic or hospital: median, 10th and 90th percentile, mean."""
    return _clinic_nearest(context)


def _clinic_nearest(context: RunContext) -> Iterator[Measure]:
    kpi_id = "clinic_nearest_min"
    facilities = context.facilities(*OUTPATIENT_KINDS)
    places = outpatient_places(facilities)
    ways: dict[str, tuple[How, float]] = {
        "default": ("quantile", 0.5),
        "p10": ("quantile", 0.1),
        "p90": ("quantile", 0.9),
        "mean": ("mean", 0.5),
    }
    for setting, (how, q) in ways.items():
        if len(places) == 0:
            yield no_data(kpi_id, setting, NO_FACILITY)
            continue
        standard, older = (nearest_minutes(context, facilities.xy[places], w) for w in ("standard", "older"))
        if how == "mean":
            standard, older = (np.minimum(t, context.params.cutoff_min) for t in (standard, older))
        status, note = access_status(context, kpi_id, row_statuses(context, facilities, places))
        yield Measure(kpi_id, setting, how, standard, older, status, note, q)


def access_status(context: RunContext, kpi_id: str, places: Iterable[Status]) -> tuple[Status, str]:
    """Return the weakest status of what a journey to these places rests on, and the flags of it."""
    extra = (context.timetable_status(), *places, *services_status(context))
    names = [n for n in KPIS[kpi_id].parameters if n != "walk_detour"]
    status = context.status("population", "streets", parameters=names, extra=extra)
    return status, join_notes(lines_note(context), services_note(context))


def lines_note(context: RunContext) -> str:
    """Return the flag of a journey that rests on assumed lines, or on no timetable at all."""
    if without_timetable(context):
        return WALK_ONLY
    return ASSUMED_NOTE if has_assumed_lines(context.city) else ""


def measure_shelter_walk(context: RunContext) -> Iterable[Measure]:
    """Return the median walk to a designated shelter, of any kind and by hazard."""
    return _shelter_walks(context)


def _shelter_walks(context: RunContext) -> Iterator[Measure]:
    kpi_id, params = "shelter_walk_min", context.params
    for setting in ("default", *HAZARDS):
        facilities = context.facilities(FacilityKind.SHELTER)
        places = shelters_for(facilities, setting)
        if len(places) == 0:
            yield no_data(kpi_id, setting, NO_FACILITY)
            continue
        xy = facilities.xy[places]
        standard = context.walk_minutes(xy, max_min=params.shelter_max_walk_min)
        older = standard * (params.walk_standard_m_min / params.walk_older_m_min)
        names = ("walk_standard_m_min", "walk_older_m_min", "older_from_age", "shelter_max_walk_min")
        status = context.status(
            "population", "streets", parameters=names, extra=row_statuses(context, facilities, places)
        )
        yield Measure(kpi_id, setting, "quantile", standard, older, status)
