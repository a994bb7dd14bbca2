"""Owns whose access fairness asks about: everybody, the oldest, and those of them without a driving licence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.errors import Text
from sim.clinic_access.ages import OLDEST, weighted_persons
from sim.clinic_access.licences import licence_table
from sim.kpi.measure import NO_AGES, NO_POPULATION, GroupWeights, group_weights

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext

Who = Literal["all", "75plus", "75plus-no-licence"]
WHO: dict[Who, Text] = {
    "all": Text("市民", "residents"),
    "75plus": Text("75歳以上", "residents of 75 and older"),
    "75plus-no-licence": Text("免許のない75歳以上", "residents of 75 and older without a driving licence"),
}
"""Whose access is asked about → words."""
OLDEST_FROM = 75


def people_of(context: RunContext, who: Who) -> GroupWeights:
    """Return the people by cell, those who walk as the older walker apart."""
    if who == "75plus-no-licence":
        return context.step("people", who, lambda: _without_licence(context))
    return context.step("people", who, lambda: _by_age(context, who))


def _by_age(context: RunContext, group: str) -> GroupWeights:
    return group_weights(context.city.population, group, context.params.older_from_age)


def _without_licence(context: RunContext) -> GroupWeights:
    """Return residents of 75 and older × the share of their age without a licence."""
    population, none = context.city.population, np.zeros(context.n_cells)
    missing = "" if population.knows_age(OLDEST_FROM) else NO_AGES
    missing = missing if population.total.any() else NO_POPULATION
    if missing:
        return GroupWeights(none, none, np.ones(context.n_cells), missing)
    table = tuple((age, 1.0 - share) for age, share in licence_table(context.params))
    older_from = max(context.params.older_from_age, OLDEST_FROM)
    return GroupWeights(
        weighted_persons(population, table, OLDEST_FROM, older_from),
        weighted_persons(population, table, older_from, OLDEST),
        np.ones(context.n_cells),
    )


def persons_of(people: GroupWeights) -> FloatArray:
    """Return cell → people of both walkers, shape (C,)."""
    return people.standard + people.older
