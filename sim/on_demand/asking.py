"""Owns how much oftener people ask for rides as fewer of them hold a driving licence."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.clinic_access.ages import OLDEST, weighted_persons
from sim.clinic_access.licences import licence_table
from sim.on_demand.types import CLASS_AGES

if TYPE_CHECKING:
    from geodata.population import PopulationCells
    from geodata.units import FloatArray
    from sim.params import Params


def licence_factors(population: PopulationCells, params: Params, from_age: int = 0) -> FloatArray:
    """
    Return cell, class of age → rides per person ÷ those without returned licences, shape (C, len(CLASS_AGES)).

    Of the rides, `on_demand_no_licence_share` are made by people without a licence and grow with their number:
    1 + share × ((1 − licence share now) ÷ (1 − licence share without returns) − 1). Exactly 1 where nobody returns,
    where all hold a licence without returns (nothing to grow from), or where the residents' ages are not told.

    Assumption: who returns a licence asks as often as those of the age and cell who have none.

    Parameters
    ----------
    population
        The residents.
    params
        Licences by age, returns, and whose rides they are.
    from_age
        Age from which one may ride.
    """
    factors = np.ones((population.n_cells, len(CLASS_AGES)))
    told = all(population.knows_age(age) for age in (*CLASS_AGES, from_age))
    if not told or params.licence_return_share <= 0:
        return factors
    now = _without(licence_table(params))
    before = _without(params.licence_shares)
    for n, (first, end) in enumerate(pairwise((*CLASS_AGES, OLDEST))):
        have_none, had_none = (weighted_persons(population, t, max(first, from_age), end) for t in (now, before))
        grown = np.divide(have_none, had_none, out=np.ones(population.n_cells), where=had_none > 0)
        factors[:, n] += params.on_demand_no_licence_share * (grown - 1)
    return factors


def _without(licences: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Return (first age, share without a licence)."""
    return tuple((age, 1.0 - share) for age, share in licences)
