"""Owns the measures of fairness: inequality of access, the district that stays behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import weakest
from sim.clinic import OUTPATIENT_KINDS, outpatient_places
from sim.equity.districts import district_shares, names_of
from sim.equity.people import WHO, Who, people_of
from sim.kpi.clinic_measures import CLINIC_MEASURES, E2SFCA
from sim.kpi.measure import Measure, no_data, no_number, one_number
from sim.kpi.places import NO_FACILITY, access_status, measure_clinic_within_limit, row_statuses
from sim.params import parameter_status
from sim.pivot import join_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geodata.provenance import Status
    from geodata.units import FloatArray
    from sim.context import RunContext, Walker

GINI, WORST = "access_gini", "worst_district_clinic_share"
PLACES = "places-in-time"
NO_DISTRICT = "地区データ未登録"
NOBODY_COUNTED = "数える人数のある地区なし"
CONVENIENCE = "地区は便宜区分"
LOWEST = "最も低い地区: "


def measure_gini(context: RunContext) -> Iterable[Measure]:
    """Return the inequality of clinic access: with competition by transit and by car, and of places within reach."""
    return _ginis(context)


def _ginis(context: RunContext) -> Iterator[Measure]:
    for access in CLINIC_MEASURES[E2SFCA](context):
        setting = access.setting
        if access.missing:
            yield no_data(GINI, setting, access.missing)
            continue
        yield replace(access, kpi_id=GINI, how="gini", weighing={})
    yield _places_gini(context)


def _places_gini(context: RunContext) -> Measure:
    facilities = context.facilities(*OUTPATIENT_KINDS)
    places = outpatient_places(facilities)
    if len(places) == 0:
        return no_data(GINI, PLACES, NO_FACILITY)
    standard, older = (places_within(context, facilities.xy[places], walker) for walker in ("standard", "older"))
    status, note = access_status(context, GINI, row_statuses(context, facilities, places))
    return Measure(GINI, PLACES, "gini", standard, older, status, note)


def places_within(context: RunContext, places_xy: FloatArray, walker: Walker) -> FloatArray:
    """Return cell → number of the places within the time limit, shape (C,)."""
    limit_min = context.params.equity_places_within_min
    counts: FloatArray = (context.travel_minutes(walker, places_xy) <= limit_min).sum(axis=1).astype(np.float64)
    return counts


def measure_worst_district(context: RunContext) -> Iterable[Measure]:
    """Return the lowest share of a district within the time limit of a clinic: of all, of 75+, without licence."""
    access = measure_clinic_within_limit(context)
    return tuple(_worst(context, access, who) for who in WHO)


def _worst(context: RunContext, access: Measure, who: Who) -> Measure:
    setting = "default" if who == "all" else who
    population, people = context.city.population, people_of(context, who)
    missing = access.missing or people.missing or ("" if len(population.district_id) else NO_DISTRICT)
    if missing:
        return no_number(WORST, setting, missing)
    found = district_shares(population, access, people)
    lowest = found.lowest(context.params.equity_district_persons)
    if len(lowest) == 0:
        return no_number(WORST, setting, NOBODY_COUNTED)
    named = f"{LOWEST}{names_of(population, lowest).ja}（{found.persons[lowest].sum():,.0f}人）"
    note = join_notes(named, CONVENIENCE, access.note)
    return one_number(WORST, setting, float(found.shares[lowest[0]]), people_status(context, access.status, who), note)


def people_status(context: RunContext, access: Status, who: Who) -> Status:
    """Return the weakest status of an access and of who lives where: split by district, and by age and licence."""
    sure = [access, context.split_status("districts")]
    sure += [context.split_status("ages")] if who != "all" else []
    sure += [parameter_status("licence_shares")] if who == "75plus-no-licence" else []
    return weakest(sure)


EQUITY_MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {
    GINI: measure_gini,
    WORST: measure_worst_district,
}
"""KPI id → its measures, default setting first."""
