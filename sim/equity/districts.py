"""Owns values by district: the share of some people who reach something, and which district has the lowest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from sim.equity.people import persons_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.population import PopulationCells
    from geodata.units import FloatArray, IntArray
    from sim.kpi.measure import GroupWeights, Measure

NAMED = 3
"""Districts named where several are equally low; the others are counted."""
ALIKE = 1e-9
"""Shares that differ by less are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class DistrictShares:
    """District → people asked about, and the share of them who reach it (NaN where nobody lives), shapes (K,)."""

    persons: FloatArray
    shares: FloatArray

    def lowest(self, from_persons: float) -> IntArray:
        """Return the districts with the lowest share, among those with enough people; in order, empty = none."""
        return self._at(np.minimum, from_persons)

    def highest(self, from_persons: float) -> IntArray:
        """Return the districts with the highest share, among those with enough people; in order, empty = none."""
        return self._at(np.maximum, from_persons)

    def _at(self, end: np.ufunc, from_persons: float) -> IntArray:
        counted = np.flatnonzero((self.persons >= from_persons) & ~np.isnan(self.shares))
        if len(counted) == 0:
            return counted.astype(np.int32)
        wanted = end.reduce(self.shares[counted])
        found: IntArray = counted[np.abs(self.shares[counted] - wanted) < ALIKE].astype(np.int32)
        return found


def district_sums(population: PopulationCells, values: FloatArray) -> FloatArray:
    """Return district → Σ over its cells, shape (K,); cells of no district do not count."""
    inside = population.district >= 0
    n_districts = len(population.district_id)
    return np.bincount(population.district[inside], weights=values[inside], minlength=n_districts).astype(np.float64)


def district_shares(population: PopulationCells, measure: Measure, people: GroupWeights) -> DistrictShares:
    """Return the mean of a measure over some people, by district: of a yes-or-no measure, the share who reach it."""
    persons = district_sums(population, persons_of(people))
    reached = district_sums(population, measure.standard * people.standard + measure.older * people.older)
    shares = np.divide(reached, persons, out=np.full(len(persons), np.nan), where=persons > 0)
    return DistrictShares(persons, shares)


def names_of(population: PopulationCells, districts: Sequence[int] | IntArray) -> Text:
    """Return the names of districts in both languages, the first few, and how many more."""
    shown, more = [int(d) for d in districts[:NAMED]], len(districts) - NAMED
    ja = "・".join(str(population.district_name[d]) for d in shown)
    en = ", ".join(str(population.district_name_en[d]) for d in shown)
    return Text(f"{ja}ほか{more}地区", f"{en} and {more} more") if more > 0 else Text(ja, en)
