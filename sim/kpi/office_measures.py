"""Owns the measures of the mobile city office: coverage, visits within reach, services done with the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import Status, weakest
from sim.clinic import OFFICE_KINDS, city_offices
from sim.kpi.measure import NO_AGES, Measure, no_data
from sim.kpi.places import NO_FACILITY, access_status, row_statuses
from sim.mobile_office.coverage import (
    covered_share,
    free_covered_share,
    office_plans,
    visit_or_office_share,
    visits_within_reach,
)
from sim.mobile_office.free_time import AGES, age_groups, knows_age_groups
from sim.mobile_office.procedures import expected_procedures, points_by_cell
from sim.mobile_office.reach import free_within, nearest_visit_minutes, visits_within
from sim.office_params import DEMAND_PARAMETERS, FREE_PARAMETERS
from sim.params import parameter_status
from sim.pivot import NO_OFFICIAL, join_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.mobile_office.coverage import Plans

NO_PLAN = "開設計画なし"
OTHER_USE = "窓口以外の用途の計画あり（設定 any-use と表）"
CARRIED_ON = "公表年の値のまま（仮定）"
PLAN_STAGES = {"planned": "計画に記載", "studied": "検討中", "hypothetical": "仮想"}
TO_SET = "加算ポイントの分母は仮定（要設定）"


def measure_mobile_coverage(context: RunContext) -> Iterable[Measure]:
    """Return the share of residents within a walk of a visit; 0 where nothing is planned."""
    return _mobile_coverages(context)


def _mobile_coverages(context: RunContext) -> Iterator[Measure]:
    params = context.params
    walks = {
        "default": None,
        "walk-500m": params.mobile_office_walk_m,
        "walk-300m": params.mobile_office_walk_short_m,
    }
    for setting, walk_m in walks.items():
        values = covered_share(context, walk_m)
        status, note = plan_status(context)
        yield Measure("mobile_office_coverage_share", setting, "share", values, values, status, note)
    yield _free_weighted(context)
    yield _any_mode(context)
    yield _free_any_mode(context)
    yield _visit_or_office(context)
    yield _any_use(context)


def _free_weighted(context: RunContext) -> Measure:
    """Return the share of people near a visit at whose hours they are free."""
    status, note = plan_status(context, *FREE_PARAMETERS)
    return _of_free(context, "free-weighted", free_covered_share, status, note)


def _of_free(
    context: RunContext,
    setting: str,
    covered_by_age: Callable[[RunContext, Plans], FloatArray],
    status: Status,
    note: str,
) -> Measure:
    """Return a share that differs by age, from cell, age → share of the people of that age who are covered and free."""
    kpi_id, plans, population = "mobile_office_coverage_share", office_plans(context), context.city.population
    if not plans:
        none = np.zeros(context.n_cells)
        return Measure(kpi_id, setting, "share", none, none, status, note)
    if not knows_age_groups(population):
        return no_data(kpi_id, setting, NO_AGES)
    covered, persons = covered_by_age(context, plans), age_groups(population)
    values = {age: _mean_from(covered, persons, age) for age in (0, 65, 75)}
    of_ages = {age: (values[age], values[age]) for age in (65, 75)}
    return Measure(kpi_id, setting, "share", values[0], values[0], status, note, of_ages=of_ages)


def _mean_from(values: FloatArray, persons: FloatArray, age: int) -> FloatArray:
    """Return cell → mean over people of `age` or older; 0 where there are none."""
    held = np.array(AGES) >= age
    people = persons[:, held].sum(axis=1)
    inside = (values[:, held] * persons[:, held]).sum(axis=1)
    mean: FloatArray = np.divide(inside, people, out=np.zeros(len(people)), where=people > 0)
    return mean


def _any_mode(context: RunContext) -> Measure:
    kpi_id, plans = "mobile_office_coverage_share", office_plans(context)
    limit_min = context.params.mobile_office_within_min
    standard, older = (
        (nearest_visit_minutes(context, plans, walker) <= limit_min).astype(np.float64)
        for walker in ("standard", "older")
    )
    status, note = journey_status(context, kpi_id)
    return Measure(kpi_id, "any-mode-30min", "share", standard, older, status, note)


def _free_any_mode(context: RunContext) -> Measure:
    """Return the share of people within the time limit, by any mode, of a visit at whose hours they are free."""
    status, note = journey_status(context, "mobile_office_coverage_share")
    surer = weakest([status, parameter_status(*FREE_PARAMETERS)])
    return _of_free(context, "free-any-mode-30min", free_within, surer if office_plans(context) else status, note)


def _any_use(context: RunContext) -> Measure:
    """Return the share within a walk of any vehicle, whatever it is used for: relief desks, shops, polling places."""
    plans = tuple(context.city.mobile_offices)
    values = covered_share(context, plans=plans)
    return Measure("mobile_office_coverage_share", "any-use", "share", values, values, *_status_of(context, plans))


def _visit_or_office(context: RunContext) -> Measure:
    kpi_id, setting = "mobile_office_coverage_share", "visit-or-office"
    facilities = context.facilities(*OFFICE_KINDS)
    offices = city_offices(facilities)
    _, note = plan_status(context)
    if len(offices) == 0:
        return no_data(kpi_id, setting, NO_FACILITY)
    standard, older = (visit_or_office_share(context, walker) for walker in ("standard", "older"))
    status, lines = access_status(context, kpi_id, row_statuses(context, facilities, offices))
    return Measure(kpi_id, setting, "share", standard, older, status, join_notes(note, lines))


def measure_mobile_visits(context: RunContext) -> Iterable[Measure]:
    """Return the visits a month within reach of an average resident; 0 where nothing is planned."""
    return _mobile_visits(context)


def _mobile_visits(context: RunContext) -> Iterator[Measure]:
    kpi_id = "mobile_office_visits_per_month"
    values = visits_within_reach(context)
    yield Measure(kpi_id, "default", "mean", values, values, *plan_status(context))
    plans = office_plans(context)
    standard, older = (visits_within(context, plans, walker) for walker in ("standard", "older"))
    yield Measure(kpi_id, "any-mode-30min", "mean", standard, older, *journey_status(context, kpi_id))


def measure_mynumber(context: RunContext) -> Iterable[Measure]:
    """Return the points that the mobile office adds to the official share; the pivot puts them on it."""
    kpi_id = "mynumber_service_share"
    target = context.city.targets.find(kpi_id, "baseline")
    if target is None:
        return (no_data(kpi_id, "default", NO_OFFICIAL),)
    plans = office_plans(context)
    if not plans:
        none = np.zeros(context.n_cells)
        later = context.city.population.year > target.year
        status, note = plan_status(context)
        status = Status.ASSUMED if later else target.status
        return (Measure(kpi_id, "default", "city", none, none, status, join_notes(note, CARRIED_ON if later else "")),)
    if not knows_age_groups(context.city.population):
        return (no_data(kpi_id, "default", NO_AGES),)
    points = context.step("office", "points", lambda: _points(context))
    status, note = plan_status(context, "procedures_per_person_year", *DEMAND_PARAMETERS)
    return (Measure(kpi_id, "default", "city", points, points, status, join_notes(note, TO_SET)),)


def _points(context: RunContext) -> FloatArray:
    """Return cell → points; the plans are looked up here, within the step, so that they count as read."""
    return points_by_cell(context, expected_procedures(context, office_plans(context)))


def plan_status(context: RunContext, *parameters: str) -> tuple[Status, str]:
    """Return the status of what is computed from the plans of offices, and the stages they are at."""
    plans = office_plans(context)
    if not plans and context.city.mobile_offices:
        return context.status("population"), OTHER_USE
    return _status_of(context, plans, *parameters)


def _status_of(context: RunContext, plans: Plans, *parameters: str) -> tuple[Status, str]:
    if not plans:
        return context.status("population"), NO_PLAN
    sure = [] if all(plan.plan_status == "planned" for plan in plans) else [Status.ASSUMED]
    status = context.status("population", "streets", parameters=("mobile_office_walk_m", *parameters), extra=sure)
    stages = {PLAN_STAGES.get(plan.plan_status, plan.plan_status) for plan in plans}
    return status, "計画の段階: " + "・".join(sorted(stages))


def journey_status(context: RunContext, kpi_id: str) -> tuple[Status, str]:
    """Return the status of a journey to a visit, and its flags."""
    status, note = plan_status(context)
    if not office_plans(context):
        return status, note
    travel, lines = access_status(context, kpi_id, (status,))
    return travel, join_notes(note, lines)


OFFICE_MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {
    "mobile_office_coverage_share": measure_mobile_coverage,
    "mobile_office_visits_per_month": measure_mobile_visits,
    "mynumber_service_share": measure_mynumber,
}
"""KPI id → its measures, default setting first."""
