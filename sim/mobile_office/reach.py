"""Owns how long it takes to a visit of the mobile city office by any mode, at its own day and hours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from sim.mobile_office.free_time import AGES, free_by_age

if TYPE_CHECKING:
    from geodata.mobile_office import MobileOfficePlan, OfficeVisit
    from geodata.units import Float32Array, FloatArray
    from sim.context import RunContext, Walker
    from sim.mobile_office.coverage import Plans
    from sim.params import DayId
    from sim.routing.types import RoutingRequest

_HOUR_S = 3_600
_SATURDAY = 5


def day_of(weekday: int) -> DayId:
    """Return the kind of day on which a visit falls; 0 = Monday."""
    return "weekday" if weekday < _SATURDAY else "saturday" if weekday == _SATURDAY else "holiday"


def visit_request(context: RunContext, visit: OfficeVisit, walker: Walker) -> RoutingRequest:
    """
    Return the question: be at the place at each minute of the visit, leaving home for the timetable.

    The hours are widened to full ones, so that visits of about the same hours share one search.
    """
    analysis = context.analysis.model_copy(update={"date": day_of(visit.weekday)})
    return replace(
        context.routing_request(walker),
        date=analysis.service_date(context.city),
        window_start_s=visit.start_s // _HOUR_S * _HOUR_S,
        window_end_s=-(-visit.end_s // _HOUR_S) * _HOUR_S,
        direction="arrive_by",
        departure_mode="planned",
    )


def visit_minutes(context: RunContext, plan: MobileOfficePlan, walker: Walker) -> Float32Array:
    """
    Return cell, visit → minutes by public transport or on foot at its hours, shape (C, V) [min]; inf = unreachable.

    Visits stand in the order of the plan: place by place, visit by visit. One search per day and hours.
    """
    return context.step("visits", walker, lambda: _visit_minutes(context, plan, walker), key=digest_of(plan))


def _visit_minutes(context: RunContext, plan: MobileOfficePlan, walker: Walker) -> Float32Array:
    visits = [(place.xy, visit) for place in plan.places for visit in place.visits]
    asked: dict[RoutingRequest, list[int]] = {}
    for n, (_, visit) in enumerate(visits):
        asked.setdefault(visit_request(context, visit, walker), []).append(n)
    minutes = np.full((context.n_cells, len(visits)), np.inf, dtype=np.float32)
    for request, columns in asked.items():
        places_xy = np.array([visits[n][0] for n in columns])
        minutes[:, columns] = context.travel_minutes(walker, places_xy, request)
    return minutes


def nearest_visit_minutes(context: RunContext, plans: Plans, walker: Walker) -> FloatArray:
    """Return cell → minutes to the nearest visit of any plan by any mode, shape (C,); inf = none in reach."""
    nearest = np.full(context.n_cells, np.inf)
    for plan in plans:
        minutes = visit_minutes(context, plan, walker)
        nearest = np.minimum(nearest, minutes.min(axis=1, initial=np.inf))
    return nearest


def free_within(context: RunContext, plans: Plans) -> FloatArray:
    """
    Return cell, age group of `AGES` → share of people free at some visit they can reach in time by any mode, (C, G).

    Whoever is free at a less suitable hour is free at the more suitable ones too (assumption): the best visit counts.
    """
    params = context.params
    covered = np.zeros((context.n_cells, len(AGES)))
    for plan in plans:
        visits = [visit for place in plan.places for visit in place.visits]
        free = np.array([free_by_age(params, v.weekday, v.start_s, v.end_s) for v in visits]).reshape(-1, len(AGES))
        for group, age in enumerate(AGES):
            walker: Walker = "older" if age >= params.older_from_age else "standard"
            inside = visit_minutes(context, plan, walker) <= params.mobile_office_within_min
            best = np.where(inside, free[None, :, group], 0.0).max(axis=1, initial=0.0)
            covered[:, group] = np.maximum(covered[:, group], best)
    return covered


def visits_within(context: RunContext, plans: Plans, walker: Walker) -> FloatArray:
    """Return cell → visits a month that can be reached by any mode within the time limit, shape (C,)."""
    visits = np.zeros(context.n_cells)
    for plan in plans:
        per_month = np.array([visit.per_month for place in plan.places for visit in place.visits])
        visits += (visit_minutes(context, plan, walker) <= context.params.mobile_office_within_min) @ per_month
    return visits
