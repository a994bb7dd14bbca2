"""Owns the columns of the mobile city office in the table of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clinic import OFFICE_KINDS, city_offices
from sim.mobile_office.coverage import free_covered_share, office_plans, visit_or_office_share
from sim.mobile_office.free_time import age_groups, knows_age_groups
from sim.mobile_office.reach import nearest_visit_minutes

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.mobile_office.coverage import Plans


def free_share_of_cells(context: RunContext) -> FloatArray:
    """Return cell → share of its people near a visit and free then; 0 without plans, NaN where ages are not known."""
    plans = office_plans(context)
    return all_ages(context, plans) if plans else np.zeros(context.n_cells)


def all_ages(context: RunContext, plans: Plans) -> FloatArray:
    """Return cell → share of people of all ages near a visit and free then; NaN where ages are not known."""
    population = context.city.population
    if not knows_age_groups(population):
        return np.full(population.n_cells, np.nan)
    persons = age_groups(population)
    inside, total = (free_covered_share(context, plans) * persons).sum(axis=1), persons.sum(axis=1)
    share: FloatArray = np.divide(inside, total, out=np.zeros(len(total)), where=total > 0)
    return share


def any_mode_minutes(context: RunContext) -> FloatArray:
    """Return cell → minutes to the nearest visit by any mode, standard walker; NaN without plans."""
    plans = office_plans(context)
    return nearest_visit_minutes(context, plans, "standard") if plans else np.full(context.n_cells, np.nan)


def visit_or_office(context: RunContext) -> FloatArray:
    """Return cell → share with a visit on foot or a fixed office in time; NaN where the city knows no office."""
    known = len(city_offices(context.facilities(*OFFICE_KINDS))) > 0
    return visit_or_office_share(context, "standard") if known else np.full(context.n_cells, np.nan)
