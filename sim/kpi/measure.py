"""Owns Measure: a KPI as values on cells, and its one way from cells to a number for any group of people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.provenance import Status
from sim.accessibility import ascending, quantile_of_sorted
from sim.equity.indices import gini

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.population import PopulationCells
    from geodata.units import FloatArray, IntArray

    Ordered = tuple[FloatArray, IntArray]

How = Literal["share", "persons", "mean", "quantile", "count", "per_100k", "number", "city", "gini"]

PER_100K = 100_000.0
NO_POPULATION = "人口データ未登録"
NO_AGES = "年齢別人口データ未登録"
FEWER_GROUPS = frozenset({"count", "per_100k", "city"})
"""Ways for which an age group has no meaning: a clinic belongs to a place, not to an age."""


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """
    One KPI under one setting, on cells.

    Parameters
    ----------
    kpi_id, setting
        What it is.
    how
        How cells become a number. ``share``, ``mean``: Σ persons × value ÷ Σ persons (see `weighing`). ``persons``:
        Σ persons × value. ``quantile``: the value that the share `q` of persons does not exceed. ``count``: Σ value.
        ``per_100k``: that ÷ Σ persons × 100,000. ``number``: the city's one value, of no cell and no group (see
        `one_number`).
        ``city``: Σ value, of the whole city only. ``gini``: how unequally the value is spread over persons.
    standard, older
        cell → value for people younger than, and from, the age of the older walker, shape (C,); of a ``number`` the
        value alone, shape (1,).
    status, note
        Weakest status of the inputs; flags in Japanese joined by "; ".
    missing
        Why there is no value ("" = there is one); then the arrays are not used.
    ages
        First and last age it is about, both included; None = everybody. Then there are no rows by age group.
    of_ages
        From age → (standard, older) for the group of that age and more, where who they are by age changes the values
        themselves; other groups take `standard` and `older`.
    weighing
        From age → (standard, older) weight of a person of that age and more, shape (C,), of a mean that is not over
        people alike but over what they ask for, such as visits: Σ persons × weight × value ÷ Σ persons × weight. 0 for
        everybody; empty = people alike.

    Notes
    -----
    A NaN in the arrays of a ``quantile`` leaves the people of that cell out.
    """

    kpi_id: str
    setting: str
    how: How
    standard: FloatArray
    older: FloatArray
    status: Status
    note: str = ""
    q: float = 0.5
    missing: str = ""
    ages: tuple[int, int] | None = None
    of_ages: Mapping[int, tuple[FloatArray, FloatArray]] = field(default_factory=dict)
    weighing: Mapping[int, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def of_group(self, group: str) -> Measure:
        """Return the measure with the values, and the weights of a person, of a group."""
        age = int(group.removesuffix("plus")) if group.endswith("plus") else 0
        standard, older = self.of_ages.get(age, (self.standard, self.older)) if age else (self.standard, self.older)
        weighing = {0: self.weighing[age]} if age in self.weighing else self.weighing
        return replace(self, standard=standard, older=older, weighing=weighing)

    def weighed(self, weights: GroupWeights) -> GroupWeights:
        """Return the people of a group by their weight, of a measure of that group; as they are if all count alike."""
        if 0 not in self.weighing or weights.missing:
            return weights
        standard, older = self.weighing[0]
        return replace(weights, standard=weights.standard * standard, older=weights.older * older)

    def speaks_of(self, group: str) -> bool:
        """Return whether a group has a meaning for it."""
        if self.how in {"number", "city"}:
            return group == "all"
        return not group.endswith("plus") or (self.how not in FEWER_GROUPS and self.ages is None)


def no_data(kpi_id: str, setting: str, reason: str) -> Measure:
    """Return a measure without a value, and why."""
    none = np.zeros(0)
    return Measure(kpi_id, setting, "share", none, none, Status.NO_DATA, missing=reason)


def one_number(kpi_id: str, setting: str, value: float, status: Status, note: str = "") -> Measure:
    """Return a measure that is one number of the whole city, such as a wait over all requests."""
    values = np.array([value])
    return Measure(kpi_id, setting, "number", values, values, status, note)


def no_number(kpi_id: str, setting: str, reason: str) -> Measure:
    """Return a measure without the one number of the city it would be, and why."""
    none = np.zeros(0)
    return Measure(kpi_id, setting, "number", none, none, Status.NO_DATA, missing=reason)


@dataclass(frozen=True, slots=True, eq=False)
class GroupWeights:
    """
    People of one group by cell, split by who walks: shapes (C,), (C,); `cells` True where the group may live.

    `missing`: why nobody is known to be in the group, "" where the population tells.
    """

    standard: FloatArray
    older: FloatArray
    cells: FloatArray
    missing: str = ""


def group_weights(
    population: PopulationCells, group: str, older_from_age: int, ages: tuple[int, int] | None = None
) -> GroupWeights:
    """Return the people of a KPI group by cell, of some `ages` only, those from `older_from_age` apart."""
    inside = np.ones(population.n_cells)
    youngest = 0
    if group.startswith("district:"):
        wanted = np.flatnonzero(population.district_id == group.removeprefix("district:"))
        inside = np.isin(population.district, wanted).astype(np.float64)
    elif group != "all":
        youngest = int(group.removesuffix("plus"))
    missing = NO_AGES if not all(map(population.knows_age, (youngest, *(ages or ())))) else ""
    missing = NO_POPULATION if not population.total.any() else missing
    if missing:
        none = np.zeros(population.n_cells)
        return GroupWeights(none, none, inside, missing)
    above = np.zeros(population.n_cells)
    if ages is not None:
        youngest, above = ages[0], population.at_least(ages[1] + 1)
    everyone = np.maximum(population.at_least(youngest) - above, 0.0) * inside
    older = np.maximum(population.at_least(max(youngest, older_from_age)) - above, 0.0) * inside
    return GroupWeights(np.maximum(everyone - older, 0.0), older, inside)


def ordered(measure: Measure) -> Ordered | None:
    """Return the values of a quantile in ascending order, for `group_value` of many groups; None for other ways."""
    if measure.how != "quantile" or measure.missing:
        return None
    return ascending(np.concatenate([measure.standard, measure.older]))


def group_value(measure: Measure, weights: GroupWeights, order: Ordered | None = None) -> float | None:
    """Return the number of one group; None where the group has no people (or no meaning)."""
    if measure.how == "number":
        return float(measure.standard[0])
    weights = measure.weighed(weights)
    persons = float(weights.standard.sum() + weights.older.sum())
    if measure.how in {"count", "city"}:
        return float(weights.cells @ measure.standard)
    if persons <= 0:
        return None
    if measure.how == "per_100k":
        return float(weights.cells @ measure.standard) / persons * PER_100K
    if measure.how in {"quantile", "gini"}:
        found = _over_people(measure, weights, order)
        return None if np.isnan(found) else found
    inside = weighted_sum(measure.standard, weights.standard) + weighted_sum(measure.older, weights.older)
    mean = inside / persons
    return {"persons": inside, "share": min(mean, 1.0)}.get(measure.how, mean)  # rounding may pass 1 by a bit


def _over_people(measure: Measure, weights: GroupWeights, order: Ordered | None) -> float:
    """Return a number that needs the people in the order of their values: a quantile, or the Gini coefficient."""
    both = np.concatenate([measure.standard, measure.older])
    people = np.concatenate([weights.standard, weights.older])
    if measure.how == "gini":
        return gini(both, people)
    return quantile_of_sorted(*(order or ascending(both)), people, measure.q)


def weighted_sum(values: FloatArray, weights: FloatArray) -> float:
    """Return Σ weight × value, where no weight means no contribution even of an infinite value."""
    held = weights > 0
    return float(values[held] @ weights[held])
