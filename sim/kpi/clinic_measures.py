"""Owns the measures of clinic access beyond counts and nearest times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind
from geodata.provenance import Status, weakest
from sim.accessibility import dual_access
from sim.clinic import OUTPATIENT_KINDS, outpatient_places
from sim.clinic_access.ages import FROM_AGES, split_means
from sim.clinic_access.competition import Competition, Mode, compete, minutes_to, online_table
from sim.clinic_access.emergency import ALL_HOSPITALS, doctor_car_minutes, emergency_minutes, find_emergency
from sim.clinic_access.licences import licence_table
from sim.clinic_access.round_trip import round_trips
from sim.clinic_access.supply import Supply, find_supply
from sim.kpi.measure import Measure, no_data
from sim.kpi.places import NO_FACILITY, access_status, measure_clinic_within_limit, row_statuses
from sim.params import parameter_status
from sim.pivot import join_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geodata.units import BoolArray, FloatArray
    from sim.clinic_access.ages import Table
    from sim.context import RunContext, Walker

E2SFCA, ROUND_TRIP, WITHIN = "clinic_e2sfca", "clinic_round_trip_share", "clinic_within_30min_share"
EMERGENCY = "emergency_within_15min_share"
NO_BASE = "ドクターカーの拠点なし"
NO_ONLINE = "オンライン診療の割合 0（仮定）"


def measure_e2sfca(context: RunContext) -> Iterable[Measure]:
    """Return clinic access with competition: by public transport or on foot, and by car."""
    return _e2sfca(context)


def _e2sfca(context: RunContext) -> Iterator[Measure]:
    modes: dict[str, Mode] = {"default": "transit", "car": "car"}
    for setting, mode in modes.items():
        supply = find_supply(context)
        if len(supply.xy) == 0:
            yield no_data(E2SFCA, setting, NO_FACILITY)
            continue
        found = competition(context, mode)
        of_ages = {age: (found.standard[age], found.older[age]) for age in FROM_AGES}
        status, note = _supply_status(context, E2SFCA, supply)
        if mode == "car":
            note = supply_note(supply)
        standard, older = of_ages[0]
        yield Measure(E2SFCA, setting, "mean", standard, older, status, note, of_ages=of_ages, weighing=found.visits)


def competition(context: RunContext, mode: Mode) -> Competition:
    """Return E2SFCA on the cells, computed once for the KPI, the columns and the tables."""
    return context.step("e2sfca", mode, lambda: compete(context, mode))


def _supply_status(context: RunContext, kpi_id: str, supply: Supply) -> tuple[Status, str]:
    """Return the weakest status of a journey to these places and of what they offer, and what is assumed of them."""
    facilities = context.facilities(*OUTPATIENT_KINDS)
    rows = supply.rows[supply.rows >= 0]
    extra = row_statuses(context, facilities, rows)
    if np.any(supply.rows < 0):
        extra = (*extra, context.city.status_of("mobile_offices"))
    status, note = access_status(context, kpi_id, extra)
    return status, join_notes(note, supply_note(supply))


def supply_note(supply: Supply) -> str:
    """Return how many places have assumed hours."""
    return f"診療時間は {supply.n_assumed}/{len(supply.xy)} か所で仮定" if supply.n_assumed else ""


def measure_round_trip(context: RunContext) -> Iterable[Measure]:
    """Return who can see a doctor within opening hours and be home in time; and with visits that need no trip."""
    supply = find_supply(context)
    if len(supply.xy) == 0:
        return tuple(no_data(ROUND_TRIP, setting, NO_FACILITY) for setting in ("default", "with-online"))
    standard, older = (round_trip(context, walker) for walker in ("standard", "older"))
    status, note = _supply_status(context, ROUND_TRIP, supply)
    default = Measure(ROUND_TRIP, "default", "share", standard, older, status, note)
    return default, _with_online(context, default)


def round_trip(context: RunContext, walker: Walker) -> FloatArray:
    """Return cell → 1 where a visit to a doctor and back is possible, else 0, shape (C,)."""
    return context.step("round trip", walker, lambda: round_trips(context, walker).astype(np.float64))


def measure_clinic_within(context: RunContext) -> Iterable[Measure]:
    """Return who is within the time limit of a clinic: by public transport, of hospitals, by licence, online."""
    return _within(context)


def _within(context: RunContext) -> Iterator[Measure]:
    default = measure_clinic_within_limit(context)
    yield default
    yield replace(measure_clinic_within_limit(context, (FacilityKind.HOSPITAL,)), setting="hospital")
    if default.missing:
        yield from (no_data(WITHIN, setting, default.missing) for setting in ("by-licence", "with-online"))
        return
    facilities, params = context.facilities(*OUTPATIENT_KINDS), context.params
    places = facilities.xy[outpatient_places(facilities)]
    by_car = dual_access(minutes_to(context, places, "car", older=False).astype(np.float32)) <= params.clinic_within_min
    yield _by_age(context, default, "by-licence", np.maximum(default.standard, by_car), licence_table(params))
    yield _with_online(context, default)


def _with_online(context: RunContext, default: Measure) -> Measure:
    """Return the share where visits that need no trip count for those who do not get there."""
    online = _by_age(context, default, "with-online", np.ones(context.n_cells), online_table(context))
    note = NO_ONLINE if context.params.online_visit_share <= 0 else ""
    return replace(online, note=join_notes(online.note, note))


def _by_age(context: RunContext, default: Measure, setting: str, other: FloatArray, table: Table) -> Measure:
    """Return the share where those of whom a table by age speaks reach `other`, and the rest as in the default."""
    population, older_from = context.city.population, context.params.older_from_age

    def mix(from_age: int) -> tuple[FloatArray, FloatArray]:
        shares = split_means(population, table, older_from, from_age)
        held = default.standard, default.older
        return (  # of the older walkers, who is not spoken of walks as they do
            (1 - shares[0]) * held[0] + shares[0] * np.maximum(other, held[0]),
            (1 - shares[1]) * held[1] + shares[1] * np.maximum(other, held[1]),
        )

    of_ages = {age: mix(age) for age in FROM_AGES}
    names = ("licence_shares", "car_offpeak_kmh") if setting == "by-licence" else ("online_visit_share",)
    status = weakest([default.status, parameter_status(*names), context.ages_status()])
    standard, older = of_ages[0]
    return replace(default, setting=setting, standard=standard, older=older, status=status, of_ages=of_ages)


def measure_emergency(context: RunContext) -> Iterable[Measure]:
    """Return the share of residents within the time limit of emergency care by car."""
    return _emergency(context)


def _emergency(context: RunContext) -> Iterator[Measure]:
    found, limit_min = find_emergency(context), context.params.emergency_within_min
    if len(context.facilities(FacilityKind.HOSPITAL, FacilityKind.DOCTOR_CAR_BASE).kind) == 0:
        yield no_data(EMERGENCY, "default", NO_FACILITY)
        yield no_data(EMERGENCY, "doctor-car", NO_BASE)
        return
    rows = np.concatenate([found.hospitals, found.bases]).astype(np.int32)
    told = Status.ASSUMED if found.told_by == ALL_HOSPITALS else Status.OBSERVED
    names = ("emergency_within_min", "car_peak_kmh")
    status = context.status(
        "population", "streets", parameters=names, extra=(*row_statuses(context, found.facilities, rows), told)
    )
    by_base = doctor_car_minutes(context, found.bases)
    reached = np.minimum(emergency_minutes(context, found.hospitals), by_base) <= limit_min
    note = ALL_HOSPITALS if found.told_by == ALL_HOSPITALS and len(found.hospitals) else ""
    yield _within_reach("default", reached, status, note)
    yield _within_reach("doctor-car", by_base <= limit_min, status, "" if len(found.bases) else NO_BASE)


def _within_reach(setting: str, reached: BoolArray, status: Status, note: str) -> Measure:
    values = reached.astype(np.float64)
    return Measure(EMERGENCY, setting, "share", values, values, status, note)


CLINIC_MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {
    E2SFCA: measure_e2sfca,
    ROUND_TRIP: measure_round_trip,
    EMERGENCY: measure_emergency,
}
"""KPI id → its measures, default setting first."""
