"""Owns values by age on cells: persons weighted by age, and the mean of a table by age over who lives in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.population import PopulationCells
    from geodata.units import FloatArray

    Table = Sequence[tuple[float, float]]

OLDEST = 200
"""Beyond every age."""
FROM_AGES = (0, 65, 75)
"""Ages from which the groups of the KPIs count: everybody, 65+, 75+."""
ALIKE: Table = ((0.0, 1.0),)
"""A table that counts residents of all ages alike."""


def weighted_persons(population: PopulationCells, table: Table, from_age: int = 0, below: int = OLDEST) -> FloatArray:
    """
    Return cell → Σ persons × value of their age, of ages from `from_age` to just below `below`, shape (C,).

    Parameters
    ----------
    population
        The residents; a band that straddles an age counts by the share of its years.
    table
        (first age, value), ages ascending from 0; each value holds up to the next first age.
    from_age, below
        Ages counted.
    """
    total = np.zeros(population.n_cells)
    ends = [age for age, _ in table[1:]] + [OLDEST]
    for (first, value), end in zip(table, ends, strict=True):
        low, high = max(int(first), from_age), min(int(end), below)
        if low < high:
            total += value * np.maximum(population.at_least(low) - population.at_least(high), 0.0)
    return total


def mean_by_age(population: PopulationCells, table: Table, from_age: int, below: int, by: Table = ALIKE) -> FloatArray:
    """
    Return cell → mean of a table over its residents of some ages, shape (C,); 0 where nobody of them lives.

    `by`: how much a resident of each age counts, such as visits to a doctor; everybody alike unless told.
    """
    counted = weighted_persons(population, by, from_age, below)
    total = weighted_persons(population, product(by, table), from_age, below)
    return np.divide(total, counted, out=np.zeros(len(counted)), where=counted > 0)


def split_means(
    population: PopulationCells, table: Table, older_from: int, from_age: int, by: Table = ALIKE
) -> tuple[FloatArray, FloatArray]:
    """Return the means over residents from an age on: of those below the age of the older walker, and of the others."""
    limit = max(older_from, from_age)
    return mean_by_age(population, table, from_age, limit, by), mean_by_age(population, table, limit, OLDEST, by)


def value_at(table: Table, age: float) -> float:
    """Return the value of a table at an age."""
    return [value for first, value in table if first <= age][-1]


def product(one: Table, other: Table) -> tuple[tuple[float, float], ...]:
    """Return the product of two tables by age."""
    ages = sorted({age for table in (one, other) for age, _ in table})
    return tuple((age, value_at(one, age) * value_at(other, age)) for age in ages)
