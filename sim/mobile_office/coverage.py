"""Owns who lives within a walk of a visit of the mobile city office, and how many visits a month that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.mobile_office.free_time import AGES, free_by_age, levels
from sim.mobile_office.reach import nearest_visit_minutes
from sim.mobile_office.rivals import office_minutes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geodata.mobile_office import MobileOfficePlan, OfficePlace
    from geodata.units import FloatArray
    from sim.context import RunContext, Walker

OFFICE = "office"
Circle = tuple[tuple[float, float], float]
"""A point [m] and the walk around it [m]."""
Plans = tuple["MobileOfficePlan", ...]


def office_plans(context: RunContext) -> Plans:
    """Return the plans that are a mobile city office; relief desks, shops and polling places are no part of it."""
    return tuple(plan for plan in context.city.mobile_offices if plan.use == OFFICE)


def circles(around: Iterable[Circle]) -> list[tuple[FloatArray, float]]:
    """Return (point, radius) pairs as `RunContext.reach_share` asks for them, each once."""
    return [(np.array([xy]), walk_m) for xy, walk_m in dict.fromkeys(around)]


def close_by(circle: Circle, others: Iterable[Circle]) -> list[Circle]:
    """Return the other walks that may share ground with one: centres no farther apart than both together."""
    (x, y), walk_m = circle
    return [(xy, m) for xy, m in others if np.hypot(xy[0] - x, xy[1] - y) < walk_m + m]


def added_share(context: RunContext, circle: Circle, others: Iterable[Circle]) -> FloatArray:
    """Return cell → share within one walk and within none of the others, shape (C,); looks at those close by only."""
    near = close_by(circle, others)
    alone = context.reach_share(circles([circle]))
    if not near:
        return alone
    both = context.reach_share(circles([*near, circle]))
    return np.clip(both - context.reach_share(circles(near)), 0.0, alone)


def open_places(plans: Plans) -> Iterator[tuple[OfficePlace, float]]:
    """Yield each place that has a visit, with its plan's catchment on foot [m]."""
    for plan in plans:
        for place in plan.places:
            if place.visits:
                yield place, plan.walk_m


def covered_share(context: RunContext, walk_m: float | None = None, *, plans: Plans | None = None) -> FloatArray:
    """
    Return cell → share within a walk of any visit, shape (C,).

    Parameters
    ----------
    context
        The run.
    walk_m
        Catchment [m]; None = each plan's own.
    plans
        Which plans; None = the mobile city offices of the city.
    """
    places = open_places(office_plans(context) if plans is None else plans)
    return context.reach_share(circles((place.xy, walk_m or own) for place, own in places))


def visits_within_reach(context: RunContext, *, plans: Plans | None = None) -> FloatArray:
    """Return cell → visits a month within a walk, averaged over the cell's area, shape (C,)."""
    visits = np.zeros(context.n_cells)
    for place, walk_m in open_places(office_plans(context) if plans is None else plans):
        per_month = sum(visit.per_month for visit in place.visits)
        visits += per_month * context.reach_share([(np.array([place.xy]), walk_m)])
    return visits


def free_covered_share(context: RunContext, plans: Plans) -> FloatArray:
    """
    Return cell, age group → share of people within a walk of a visit at which they are free, shape (C, G).

    Never more than the share within a walk; exact by area where circles overlap.
    """
    reached = [
        ((place.xy, walk_m), free_by_age(context.params, visit.weekday, visit.start_s, visit.end_s))
        for place, walk_m in open_places(plans)
        for visit in place.visits
    ]
    covered = np.zeros((context.n_cells, len(AGES)))
    for group in range(len(AGES) if reached else 0):
        for step, suits in levels(np.array([free[group] for _, free in reached])):
            near = circles(circle for (circle, _), suit in zip(reached, suits, strict=True) if suit)
            covered[:, group] += step * context.reach_share(near)
    return covered


def visit_or_office_share(context: RunContext, walker: Walker) -> FloatArray:
    """Return cell → 1 where a visit or a fixed office is in time by any mode, else the share within a walk of one."""
    params = context.params
    office = office_minutes(context, walker) <= params.city_office_within_min
    visit = nearest_visit_minutes(context, office_plans(context), walker) <= params.mobile_office_within_min
    return np.where(office | visit, 1.0, covered_share(context))
