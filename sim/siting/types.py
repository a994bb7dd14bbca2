"""Owns Siting: which candidates were chosen, how good that is, and how much better any other choice could be."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.frozen import freeze
from geodata.units import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Siting:
    """
    A choice of places among candidates.

    Parameters
    ----------
    chosen
        Indices of the chosen candidates, ascending, shape (K,).
    objective
        What the choice achieves: weight covered, weighted cost, or largest cost.
    bound
        What no allowed choice can beat: at or above `objective` where more is better, at or below it where less is.
    gap
        Distance of `objective` from `bound`, as a share of the larger of the two; 0 = proven the best.
    assignment
        demand → the chosen candidate that serves it, −1 = none, shape (D,).
    """

    chosen: IntArray
    objective: float
    bound: float
    gap: float
    assignment: IntArray

    def __post_init__(self) -> None:
        freeze(self)


NEGLIGIBLE = 1e-9
"""Share of the objective below which a gap is rounding of sums, not a difference."""


def gap_between(objective: float, bound: float) -> float:
    """Return how far two values lie apart as a share of the larger one; rounding of sums counts as 0."""
    largest = max(abs(objective), abs(bound))
    apart = abs(objective - bound)
    return 0.0 if apart <= NEGLIGIBLE * largest else apart / largest
