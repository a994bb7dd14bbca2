"""Owns indices of inequality over people: Gini, Palma, and the FGT family of shortfalls below a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.units import FloatArray

PALMA_TOP, PALMA_BOTTOM = 0.1, 0.4
"""Shares of people that the Palma ratio compares: the best served tenth and the worst served 40 %."""


def gini(values: FloatArray, persons: FloatArray) -> float:
    """
    Return the Gini coefficient of a good over people, 0 = all alike.

    Parameters
    ----------
    values
        What each person of an entry has, shape (N,), ≥ 0 and finite.
    persons
        People of an entry, shape (N,), ≥ 0; entries without people do not count.

    Returns
    -------
    index
        Within 0–1; 0 where nobody has anything (all alike); NaN without people.

    Notes
    -----
    Half the mean difference of two people drawn at random ÷ the mean: Σ_i Σ_j p_i p_j |x_i − x_j| ÷ (2 P² μ). Unchanged
    by a factor on all values, by a factor on all people, and by dividing an entry into parts. O(N log N).

    References
    ----------
    Lerman & Yitzhaki (1989), J. Econometrics 42(1): weighted ranks.
    """
    held = persons > 0
    if not held.any():
        return float("nan")
    return max(float(gini_parts(values[held], persons[held]).sum()), 0.0)  # rounding may pass 0 by a bit


def gini_parts(values: FloatArray, persons: FloatArray) -> FloatArray:
    """
    Return what each entry adds to the Gini coefficient; below 0 where people stand in the lower half, shape (N,).

    p_i x_i (2 F_i − 1) ÷ (P μ), F_i = share of people with less, and half of those with the same.
    """
    total = float(persons @ values)
    if total <= 0:
        return np.zeros(len(values))
    parts: FloatArray = persons * values * (2 * mid_ranks(values, persons) - 1) / total
    return parts


def mid_ranks(values: FloatArray, persons: FloatArray) -> FloatArray:
    """Return entry → share of people with less, and half of those with the same, shape (N,)."""
    order = np.argsort(values, kind="stable")
    placed = persons[order]
    starts = np.flatnonzero(np.r_[True, np.diff(values[order]) > 0])
    alike = np.add.reduceat(placed, starts)
    middle = np.cumsum(alike) - alike / 2
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(middle, np.diff(np.r_[starts, len(values)])) / placed.sum()
    return ranks


def palma(values: FloatArray, persons: FloatArray) -> float:
    """
    Return the Palma ratio: what the best served 10 % have together ÷ what the worst served 40 % have.

    A quarter (10 % ÷ 40 %) where all are alike; inf where the worst served 40 % have nothing; NaN where nobody has
    anything, and without people. An entry that a limit cuts counts by its part.

    References
    ----------
    Palma (2011), Development and Change 42(1).
    """
    held = persons > 0
    if not held.any() or float(persons[held] @ values[held]) <= 0:
        return float("nan")
    bottom, top = lorenz_at(values[held], persons[held], np.array([PALMA_BOTTOM, 1 - PALMA_TOP])).tolist()
    return (1 - top) / bottom if bottom > 0 else float("inf")


def lorenz_at(values: FloatArray, persons: FloatArray, shares: FloatArray) -> FloatArray:
    """Return the share of the whole that the worst served people have together, for shares of people 0–1."""
    order = np.argsort(values, kind="stable")
    people = np.r_[0.0, np.cumsum(persons[order])]
    held = np.r_[0.0, np.cumsum((persons * values)[order])]
    curve: FloatArray = np.interp(shares * people[-1], people, held) / held[-1]
    return curve


def fgt(values: FloatArray, persons: FloatArray, line: float, alpha: int) -> float:
    """
    Return the Foster–Greer–Thorbecke index: the mean shortfall below a line, to a power.

    Parameters
    ----------
    values, persons
        What each person of an entry has, ≥ 0; people of an entry; shapes (N,). Who has just the line is not below it.
    line
        The line, in the unit of the values, > 0.
    alpha
        0 = share of people below the line; 1 = their shortfall as a share of the line, over all people; 2 = the same
        squared, so that the worst served weigh more.

    Returns
    -------
    index
        Within 0–1, falling in `alpha`; NaN without people.

    References
    ----------
    Foster, Greer & Thorbecke (1984), Econometrica 52(3).
    """
    total = float(persons.sum())
    if total <= 0:
        return float("nan")
    shortfall = np.clip((line - values) / line, 0.0, 1.0)
    return float(persons @ np.where(values < line, shortfall**alpha, 0.0)) / total


def time_left(minutes: FloatArray, limit_min: float, budget_factor: float) -> FloatArray:
    """
    Return the minutes left of a budget, a good that FGT can be asked of: a journey that takes longer leaves less.

    The budget is the limit × `budget_factor`, and the line that goes with it is what a journey of just the limit
    leaves, (factor − 1) × limit. What takes the whole budget or cannot be reached (inf) leaves 0.
    """
    return np.maximum(budget_factor * limit_min - minutes, 0.0)
