"""Owns who is free at the hours of a visit: share of people by age group, weekday by day or evening, and weekend."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geodata.units import SECONDS_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.population import PopulationCells
    from geodata.units import BoolArray, FloatArray
    from sim.context import RunContext
    from sim.params import Params

AGES = (0, 20, 65, 75)
"""First age of each group: pupils, working age, 65–74, 75 and older."""
_SATURDAY = 5
_HOUR_S = 60 * SECONDS_PER_MIN


def age_groups(population: PopulationCells) -> FloatArray:
    """Return cell, age group of `AGES` → residents [persons], shape (C, G)."""
    from_age = np.stack([*(population.at_least(age) for age in AGES), np.zeros(population.n_cells)], axis=1)
    within: FloatArray = np.maximum(from_age[:, :-1] - from_age[:, 1:], 0.0)
    return within


def knows_age_groups(population: PopulationCells) -> bool:
    """Return whether the population tells these age groups apart."""
    return all(population.knows_age(age) for age in AGES)


def free_by_age(params: Params, weekday: int, start_s: int, end_s: int) -> FloatArray:
    """
    Return age group of `AGES` → share of people who are free at some time of a visit, 0–1, shape (G,).

    Parameters
    ----------
    params
        Shares by slot.
    weekday
        0 = Monday.
    start_s, end_s
        Open from and to [s after 00:00].

    Notes
    -----
    A visit that lasts into the evening takes the larger of both shares, so a longer visit never suits fewer people.
    Public holidays are not told apart. Assumption: every share.
    """
    evening_s = params.free_evening_from_h * _HOUR_S
    if weekday >= _SATURDAY:
        return np.full(len(AGES), params.free_weekend_share)
    by_day = [
        params.free_pupils_share,
        params.free_working_share,
        params.free_older_share,
        params.free_late_older_share,
    ]
    shares = np.array(by_day) if start_s < evening_s else np.zeros(len(AGES))
    return np.maximum(shares, params.free_evening_share) if end_s > evening_s else shares


def free_share(context: RunContext, weekday: int, start_s: int, end_s: int) -> FloatArray:
    """Return cell → share of its residents who are free at some time of a visit, 0–1; 0 where nobody lives."""
    persons = age_groups(context.city.population)
    total = persons.sum(axis=1)
    free = persons @ free_by_age(context.params, weekday, start_s, end_s)
    share: FloatArray = np.divide(free, total, out=np.zeros(len(total)), where=total > 0)
    return share


def levels(free: FloatArray) -> Iterator[tuple[float, BoolArray]]:
    """
    Yield (step of the share, visits that suit at least these people) from the most suitable visits on.

    Whoever is free at a less suitable hour is free at the more suitable ones too (assumption), so Σ step × people near
    one of the visits = people near a visit at which they are free, and the steps add up to the largest share.

    Parameters
    ----------
    free
        visit → share of a group of people that is free, shape (V,).
    """
    steps = np.append(np.unique(free)[::-1], 0.0)
    for high, low in pairwise(steps):
        if high > low:
            yield float(high - low), free >= high
