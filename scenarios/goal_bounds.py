"""Owns the bounds of levers that stand in the way of a target: how far each would have to be widened."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.goal_points import Evaluator, Outcome

MOST_STRETCHES = 6
"""Times a bound is widened before it is given up."""
_SMALL = 1e-9


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    A bound that binds: how far one lever would have to go beyond it for the target to be reached, all others full.

    `needed` None = no value of this lever does; `confirmed`: the model was asked at that value.
    """

    lever: int
    bound: float
    needed: float | None
    confirmed: bool = False


def find_stretches(evaluator: Evaluator, settings: tuple[str, ...], furthest: Outcome | None) -> tuple[Stretch, ...]:
    """Return what the bound of every lever at its end would have to be, found by going on in proportion."""
    if furthest is None:
        return ()
    found = []
    for number, (lever, grid) in enumerate(zip(evaluator.book.levers, evaluator.book.grid, strict=True)):
        if furthest.values[number] != grid[-1] or lever.is_switch:
            continue
        needed, confirmed = _needed(evaluator, settings, furthest, number)
        found.append(Stretch(number, grid[-1], needed, confirmed))
    return tuple(found)


def _needed(
    evaluator: Evaluator, settings: tuple[str, ...], furthest: Outcome, number: int
) -> tuple[float | None, bool]:
    """Return the value one lever would need, and whether the model confirms it; stepped on where it falls short."""
    ask, grid = evaluator.ask, evaluator.book.grid[number]
    step = grid[-1] - grid[-2]
    before = evaluator.at((*furthest.values[:number], grid[-2], *furthest.values[number + 1 :]))
    value, last, known = grid[-1], furthest, before
    for _ in range(MOST_STRETCHES):  # a share bends a little where residents are added
        gain = last.weakest(ask, settings) - known.weakest(ask, settings)
        if not math.isfinite(gain) or gain <= 0:
            return None, False
        short = ask.sign * ask.target - last.weakest(ask, settings)
        per_step = gain / max(1, round((value - known.values[number]) / step))
        needed = round(value + math.ceil(short / per_step - _SMALL) * step, 9)
        outcome = evaluator.at((*furthest.values[:number], needed, *furthest.values[number + 1 :]))
        if outcome.refused:
            return needed, False
        if outcome.reaches(ask, settings):
            return needed, True
        value, last, known = needed, outcome, last
    return value, False
