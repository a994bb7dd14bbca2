"""Owns the expected procedures of the mobile city office: min(demand, capacity), less what its rivals take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from geodata.mobile_office import WEEKS_PER_MONTH
from sim.mobile_office.coverage import circles
from sim.mobile_office.free_time import AGES, age_groups, free_by_age, levels
from sim.mobile_office.rivals import near_office, office_minutes_by_age
from sim.mobile_office.services import CLASSES, convenience_by_class, needs_per_month, offered, with_card_share

if TYPE_CHECKING:
    from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
    from geodata.units import BoolArray, FloatArray
    from sim.context import RunContext
    from sim.mobile_office.coverage import Plans
    from sim.params import Params

_DAYS_PER_WEEK = 7
SECONDS_PER_HOUR = 3_600
MONTHS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """
    Expected procedures a month of some plans, by place; rows are the places that have visits.

    Parameters
    ----------
    places
        place → its plan and itself.
    reach
        cell, place → share within the walk, shape (C, P).
    needs
        place → procedures of people within reach, free and able to wait, who choose the van, before rivals, (P,).
    to_convenience, to_offices
        place → of these, what convenience stores and near offices take, (P,).
    demand
        place, class → what remains, (P, K).
    capacity
        place → procedures per hour × hours open, (P,).
    served
        place → min(demand, capacity), (P,).
    card_by_cell
        cell → served procedures that use the card, by where people live, (C,).

    Notes
    -----
    needs = to_convenience + to_offices + demand; Σ card_by_cell ≤ Σ served ≤ Σ capacity.
    """

    places: tuple[tuple[MobileOfficePlan, OfficePlace], ...]
    reach: FloatArray
    needs: FloatArray
    to_convenience: FloatArray
    to_offices: FloatArray
    demand: FloatArray
    capacity: FloatArray
    served: FloatArray
    card_by_cell: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def expected_procedures(context: RunContext, plans: Plans, params: Params | None = None) -> Expected:
    """
    Return the procedures that some plans can expect a month.

    Parameters
    ----------
    context
        The run.
    plans
        Plans; a person near several places counts once, and what they need is divided among the places by the visits
        they make within reach.
    params
        Rates and shares; None = the run's.

    Notes
    -----
    Needs of a person arise evenly over the month and wait `procedure_wait_days`; with k visits a month within reach the
    share min(1, k × days ÷ 7 ÷ weeks per month) meets a visit. A visit shorter than `visit_full_h` counts in proportion
    to its hours. A person turned away at a full place does not try
    another. Assumption: every rate.
    """
    params = context.params if params is None else params
    places = tuple((plan, place) for plan in plans for place in plan.places if place.visits)
    reach = _reach(context, places)
    offers = np.array([offered(plan) for plan, _ in places]).reshape(-1, len(CLASSES))
    persons = age_groups(context.city.population)
    away = params.rival_office_choice_share * near_office(office_minutes_by_age(context), params)
    shape = (context.n_cells, len(places))
    needs, convenience, offices, card = (np.zeros(shape) for _ in range(4))
    demand = np.zeros((*shape, len(CLASSES)))
    rates = needs_per_month(params) * params.mobile_office_choice_share
    store, with_card = convenience_by_class(params), with_card_share(params)
    for k in range(len(CLASSES)):
        if not offers[:, k].any():
            continue
        wanted = persons * met_share(context, places, reach, offers[:, k], params) * rates[k]  # cell, age → needs
        parts = _parts(places, reach, offers[:, k])
        stores, near = wanted * store[k], wanted * (1.0 - store[k]) * away
        needs += wanted.sum(axis=1)[:, None] * parts
        convenience += stores.sum(axis=1)[:, None] * parts
        offices += near.sum(axis=1)[:, None] * parts
        left = wanted - stores - near
        demand[:, :, k] = left.sum(axis=1)[:, None] * parts
        card += (left * with_card[k]).sum(axis=1)[:, None] * parts
    capacity = np.array([_capacity(plan, place, params) for plan, place in places])
    by_place = demand.sum(axis=(0, 2))
    served = np.minimum(by_place, capacity)
    rate = np.divide(served, by_place, out=np.zeros(len(places)), where=by_place > 0)
    return Expected(
        places=places,
        reach=reach,
        needs=needs.sum(axis=0),
        to_convenience=convenience.sum(axis=0),
        to_offices=offices.sum(axis=0),
        demand=demand.sum(axis=0),
        capacity=capacity,
        served=served,
        card_by_cell=card @ rate,
    )


def met_share(
    context: RunContext,
    places: tuple[tuple[MobileOfficePlan, OfficePlace], ...],
    reach: FloatArray,
    offering: BoolArray,
    params: Params,
) -> FloatArray:
    """
    Return cell, age group → share of needs that meet a visit on foot while people are free, shape (C, G).

    Σ over levels of free time of step × min(share within reach, visits a month within reach × wait).
    """
    visits = [(p, visit) for p in np.flatnonzero(offering) for visit in places[p][1].visits]
    free = np.array([free_by_age(params, visit.weekday, visit.start_s, visit.end_s) for _, visit in visits])
    per_visit = params.procedure_wait_days / _DAYS_PER_WEEK / WEEKS_PER_MONTH
    met = np.zeros((context.n_cells, len(AGES)))
    for group in range(len(AGES)):
        for step, suits in levels(free[:, group]):
            per_month = np.zeros(len(places))
            for (p, visit), suit in zip(visits, suits, strict=True):
                per_month[p] += _whole_visits(visit, params) if suit else 0.0
            near = context.reach_share(circles(_circle(*places[p]) for p in np.flatnonzero(per_month)))
            met[:, group] += step * np.minimum(near, reach @ per_month * per_visit)
    return met


def points_by_cell(context: RunContext, expected: Expected, params: Params | None = None) -> FloatArray:
    """
    Return cell → what it adds to the share of services done with the card, shape (C,); the sum are the points.

    Yearly procedures with the card at the van ÷ (residents × procedures per person and year).
    """
    params = context.params if params is None else params
    every = params.procedures_per_person_year * float(context.city.population.total.sum())
    return expected.card_by_cell * (MONTHS / every if every > 0 else 0.0)


def _whole_visits(visit: OfficeVisit, params: Params) -> float:
    """Return the visits a month, those too short for everybody to come in proportion to their hours."""
    return visit.per_month * min(1.0, (visit.end_s - visit.start_s) / (params.visit_full_h * SECONDS_PER_HOUR))


def _circle(plan: MobileOfficePlan, place: OfficePlace) -> tuple[tuple[float, float], float]:
    return place.xy, plan.walk_m


def _reach(context: RunContext, places: tuple[tuple[MobileOfficePlan, OfficePlace], ...]) -> FloatArray:
    columns = [context.reach_share(circles([_circle(plan, place)])) for plan, place in places]
    return np.stack(columns, axis=1) if columns else np.zeros((context.n_cells, 0))


def _parts(
    places: tuple[tuple[MobileOfficePlan, OfficePlace], ...], reach: FloatArray, offering: BoolArray
) -> FloatArray:
    """Return cell, place → part of the cell's needs that goes there: by visits within reach; rows sum to 1 or 0."""
    per_month = np.array([sum(visit.per_month for visit in place.visits) for _, place in places])
    visits = reach * np.where(offering, per_month, 0.0)
    total = visits.sum(axis=1, keepdims=True)
    parts: FloatArray = np.divide(visits, total, out=np.zeros(visits.shape), where=total > 0)
    return parts


def _capacity(plan: MobileOfficePlan, place: OfficePlace, params: Params) -> float:
    per_hour = params.procedures_per_hour if plan.procedures_per_hour is None else plan.procedures_per_hour
    return per_hour * sum(visit.hours_per_month for visit in place.visits)
