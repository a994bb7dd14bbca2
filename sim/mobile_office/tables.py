"""Owns the tables of a mobile city office: places, districts, overlaps, what a step more or less changes, points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.mobile_office.cases import points_cases
from sim.mobile_office.columns import all_ages
from sim.mobile_office.coverage import (
    added_share,
    circles,
    close_by,
    covered_share,
    office_plans,
    visits_within_reach,
)
from sim.mobile_office.free_time import age_groups, free_by_age, knows_age_groups
from sim.mobile_office.marginal import Variant, one_hour_less, one_more_van
from sim.mobile_office.procedures import Expected, expected_procedures, points_by_cell
from sim.mobile_office.reach import nearest_visit_minutes, visit_minutes
from sim.mobile_office.rivals import nearest_office, office_minutes
from sim.mobile_office.services import uncounted
from sim.office_params import DEMAND_PARAMETERS, FREE_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geodata.mobile_office import MobileOfficePlan, OfficePlace
    from geodata.units import FloatArray
    from sim.context import RunContext, Walker
    from sim.mobile_office.coverage import Plans

_USES = ("office", "disaster", "shop", "voting")
_OFFICE_AGES = (0, 65, 75)
_NOBODY = 1e-6
"""Fewer persons than this are rounding."""


def office_places(context: RunContext) -> pd.DataFrame:
    """Return one row per place with a visit: people within reach, overlap, procedures against capacity, rivals."""
    rows = [row for use in _USES for row in _place_rows(context, _plans_of(context, use))]
    return pd.DataFrame(rows)


def _plans_of(context: RunContext, use: str) -> Plans:
    return tuple(plan for plan in context.city.mobile_offices if plan.use == use)


def expected_of_city(context: RunContext) -> Expected:
    """Return the expected procedures of all mobile city offices together."""
    return context.step("office", "expected", lambda: expected_procedures(context, office_plans(context)))


def _place_rows(context: RunContext, plans: Plans) -> Iterator[dict[str, Any]]:
    places = [(plan, place) for plan in plans for place in plan.places if place.visits]
    counted = bool(places) and plans[0].use == "office" and knows_age_groups(context.city.population)
    expected = expected_of_city(context) if counted else None
    status = str(context.status("population", "streets", parameters=("mobile_office_walk_m", *DEMAND_PARAMETERS)))
    for n, (plan, place) in enumerate(places):
        others = [(p.xy, owner.walk_m) for m, (owner, p) in enumerate(places) if m != n]
        row = _plan_words(plan) | {
            "place_id": place.place_id,
            "name_ja": place.name.ja,
            "name_en": place.name.en,
            "lon": place.lonlat[0],
            "lat": place.lonlat[1],
            "visits_per_month": sum(visit.per_month for visit in place.visits),
            "hours_per_month": sum(visit.hours_per_month for visit in place.visits),
        }
        yield (
            row
            | _people_near(context, plan, place, others)
            | _procedures(expected, n)
            | {
                "services_not_counted": "、".join(uncounted(plan)) if plan.use == "office" else "",
                "status": status,
            }
        )


def _plan_words(plan: MobileOfficePlan) -> dict[str, Any]:
    return {"plan_id": plan.plan_id, "plan_status": plan.plan_status, "use": plan.use}


def _people_near(
    context: RunContext,
    plan: MobileOfficePlan,
    place: OfficePlace,
    others: list[tuple[tuple[float, float], float]],
) -> dict[str, Any]:
    """Return people within reach of one place: on foot by age, while free, by any mode, shared with other places."""
    population, params = context.city.population, context.params
    circle = (place.xy, plan.walk_m)
    near = context.reach_share(circles([circle]))
    shared = near - added_share(context, circle, others)
    office = office_minutes(context, "standard") <= params.rival_office_within_min
    counts: dict[str, Any] = {f"persons{_suffix(a)}": float(_people(context, a) @ near) for a in _OFFICE_AGES}
    free = np.max([free_by_age(params, v.weekday, v.start_s, v.end_s) for v in place.visits], axis=0)
    known = knows_age_groups(population)
    fixed, fixed_m = nearest_office(context, place.xy)
    return counts | {
        "free_persons": float(near @ age_groups(population) @ free) if known else np.nan,
        "any_mode_persons": _any_mode_persons(context, plan, place),
        "overlap_persons": float(population.total @ shared),
        "nearest_office": fixed,
        "nearest_office_m": fixed_m,
        "near_office_persons": float((population.total * near) @ office),
    }


def _any_mode_persons(context: RunContext, plan: MobileOfficePlan, place: OfficePlace) -> float:
    """Return the people who reach a place within the limit at the hours of one of its visits."""
    owner = [p.place_id for p in plan.places for _ in p.visits]
    own = np.array([place_id == place.place_id for place_id in owner])
    within = []
    for walker in ("standard", "older"):
        minutes = visit_minutes(context, plan, walker)[:, own]
        within.append(minutes.min(axis=1, initial=np.inf) <= context.params.mobile_office_within_min)
    older = _people(context, context.params.older_from_age)
    return float((_people(context, 0) - older) @ within[0] + older @ within[1])


def _procedures(expected: Expected | None, n: int) -> dict[str, Any]:
    names = (
        "needs_per_month",
        "to_convenience_per_month",
        "to_offices_per_month",
        "demand_per_month",
        "capacity_per_month",
        "procedures_per_month",
    )
    if expected is None:
        return {**dict.fromkeys(names, np.nan), "binding": ""}
    demand, capacity = float(expected.demand[n].sum()), float(expected.capacity[n])
    taken = expected.needs[n], expected.to_convenience[n], expected.to_offices[n]
    values = (*(float(value) for value in taken), demand, capacity, float(expected.served[n]))
    return {**dict(zip(names, values, strict=True)), "binding": "capacity" if demand > capacity else "demand"}


def _suffix(age: int) -> str:
    return f"_{age}plus" if age else ""


def _people(context: RunContext, age: int) -> FloatArray:
    """Return cell → residents of `age` or older; NaN where the bands do not tell."""
    population = context.city.population
    if age == 0:
        return population.total
    return population.at_least(age) if population.knows_age(age) else np.full(population.n_cells, np.nan)


# -------------------------------------------------------------------- districts


def office_districts(context: RunContext) -> pd.DataFrame:
    """Return one row per use and district, the whole city first: who is covered, who is not."""
    rows = [row for use in _USES for row in _district_rows(context, use)]
    return pd.DataFrame(rows)


def _district_rows(context: RunContext, use: str) -> Iterator[dict[str, Any]]:
    plans = _plans_of(context, use)
    if not any(place.visits for plan in plans for place in plan.places):
        return
    population = context.city.population
    covered = covered_share(context, plans=plans)
    visits = visits_within_reach(context, plans=plans)
    values = {"covered": covered, "free_covered": all_ages(context, plans)} | _reached(context, plans, covered)
    status = str(context.status("population", "streets", parameters=("mobile_office_walk_m", *FREE_PARAMETERS)))
    everywhere = np.ones(population.n_cells, dtype=np.bool_)
    parts = [("", "市全域", "whole city", everywhere)]
    for n, district_id in enumerate(population.district_id.tolist()):
        names = str(population.district_name[n]), str(population.district_name_en[n])
        parts.append((district_id, *names, population.district == n))
    for district_id, ja, en, inside in parts:
        row: dict[str, Any] = {"use": use, "district_id": district_id, "name_ja": ja, "name_en": en}
        for age in _OFFICE_AGES:
            people = np.where(inside, _people(context, age), 0.0)
            row[f"persons{_suffix(age)}"] = float(people.sum())
            row[f"covered{_suffix(age)}"] = float(people @ covered)
            row[f"uncovered{_suffix(age)}"] = float(people @ (1.0 - covered))
        people = np.where(inside, population.total, 0.0)
        total = float(people.sum())
        row |= {f"{name}_share": float(people @ v) / total if total else np.nan for name, v in values.items()}
        row["visits_per_month"] = float(people @ visits) / total if total else np.nan
        yield row | {"status": status}


def _reached(context: RunContext, plans: Plans, covered: FloatArray) -> dict[str, FloatArray]:
    """Return the share who reach a visit by any mode, and a visit on foot or a fixed office, all ages."""
    population, params = context.city.population, context.params
    older = _people(context, params.older_from_age)
    older_share = np.divide(older, population.total, out=np.zeros(len(older)), where=population.total > 0)
    shares = {"any_mode": np.zeros(len(older)), "visit_or_office": np.zeros(len(older))}
    parts: tuple[tuple[Walker, FloatArray], ...] = (("standard", 1.0 - older_share), ("older", older_share))
    for walker, part in parts:
        near = nearest_visit_minutes(context, plans, walker) <= params.mobile_office_within_min
        office = office_minutes(context, walker) <= params.city_office_within_min
        shares["any_mode"] += part * near
        shares["visit_or_office"] += part * np.where(office, 1.0, covered)
    return shares


# -------------------------------------------------------------------- overlaps


def office_overlap(context: RunContext) -> pd.DataFrame:
    """Return one row per pair of places whose walks share people."""
    return pd.DataFrame([row for use in _USES for row in _overlap_rows(context, use)])


def _overlap_rows(context: RunContext, use: str) -> Iterator[dict[str, Any]]:
    places = [(plan, p) for plan in _plans_of(context, use) for p in plan.places if p.visits]
    for n, (plan, first) in enumerate(places):
        for other, second in places[n + 1 :]:
            one, two = (first.xy, plan.walk_m), (second.xy, other.walk_m)
            if not close_by(one, [two]):
                continue
            apart_m = float(np.hypot(first.xy[0] - second.xy[0], first.xy[1] - second.xy[1]))
            shared = context.reach_share(circles([one])) - added_share(context, one, [two])
            if float(context.city.population.total @ shared) < _NOBODY:
                continue
            counts = {f"persons{_suffix(age)}": float(_people(context, age) @ shared) for age in _OFFICE_AGES}
            ids = {"place_id": first.place_id, "other_place_id": second.place_id, "apart_m": apart_m}
            status = str(context.status("population", "streets", parameters=("mobile_office_walk_m",)))
            yield {"use": use} | ids | counts | {"status": status}


# -------------------------------------------------------------------- a step more or less


def office_marginal(context: RunContext) -> pd.DataFrame:
    """Return, per plan of a mobile city office, what it gives as planned, with one more van, with one hour less."""
    plans = office_plans(context)
    if not plans or not knows_age_groups(context.city.population):
        return pd.DataFrame()
    return pd.DataFrame([row for plan in plans if plan.places for row in _marginal_rows(context, plan, plans)])


def _marginal_rows(context: RunContext, plan: MobileOfficePlan, plans: Plans) -> Iterator[dict[str, Any]]:
    now = _outcome(context, plans, expected_of_city(context))
    yield _plan_words(plan) | {"variant": "as-planned"} | now | _changes(now, now) | _end(context, None)
    for variant in (one_more_van(context, plan, plans), one_hour_less(plan)):
        changed = tuple(variant.plan if p is plan else p for p in plans)
        found = _outcome(context, changed, expected_procedures(context, changed))
        words = _plan_words(plan) | {"variant": variant.variant_id}
        yield words | found | _changes(found, now) | _end(context, variant)


def _outcome(context: RunContext, plans: Plans, expected: Expected) -> dict[str, float]:
    covered = covered_share(context, plans=plans)
    return {
        "hours_per_month": sum(v.hours_per_month for plan in plans for p in plan.places for v in p.visits),
        **{f"covered{_suffix(age)}": float(_people(context, age) @ covered) for age in _OFFICE_AGES},
        "demand_per_month": float(expected.demand.sum()),
        "capacity_per_month": float(expected.capacity.sum()),
        "procedures_per_month": float(expected.served.sum()),
        "mynumber_points": float(points_by_cell(context, expected).sum()),
    }


def _changes(found: dict[str, float], now: dict[str, float]) -> dict[str, float]:
    return {f"change_{name}": found[name] - now[name] for name in now}


def _end(context: RunContext, variant: Variant | None) -> dict[str, Any]:
    gained: Iterable[OfficePlace] = () if variant is None else variant.gained
    status = str(context.status("population", "streets", "facilities", parameters=DEMAND_PARAMETERS))
    return {
        "places_added": "、".join(place.name.ja for place in gained),
        "calendar_clashes": np.nan if variant is None or not variant.gained else len(variant.clashes),
        "first_clash_ja": variant.clashes[0].ja if variant is not None and variant.clashes else "",
        "rule_ja": "計画のまま" if variant is None else variant.rule.ja,
        "rule_en": "as planned" if variant is None else variant.rule.en,
        "status": status,
    }


def office_points(context: RunContext) -> pd.DataFrame:
    """Return the points added to the My Number share: as set, and with every assumption at its low or high end."""
    plans = office_plans(context)
    if not any(plan.places for plan in plans) or not knows_age_groups(context.city.population):
        return pd.DataFrame()
    return points_cases(context, plans)
