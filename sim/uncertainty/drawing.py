"""Owns what one draw changes: parameters within their span, the phase of headways, the chance of on-demand rides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.rng import unit_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.params import Analysis, Params
    from sim.uncertainty.roles import Spread

_SEEDS = 2**31 - 1


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """
    Return the value below which a triangular number lies with probability `u`.

    Parameters
    ----------
    u
        Probability, 0–1.
    low, mode, high
        Ends and most likely value, low ≤ mode ≤ high, low < high.

    Notes
    -----
    Monotone in `u` and in each of the three, so scenarios that differ in the mode keep the same rank in a draw.
    """
    width = high - low
    turn = (mode - low) / width
    if u < turn:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


@dataclass(frozen=True, slots=True)
class Sets:
    """Which set of routes, set of models and draw the parameters are drawn from; None = as set."""

    route: int
    model: int | None = None
    draw: int | None = None

    def number_of(self, spread: Spread) -> int | None:
        """Return the number of the set that a parameter is drawn with."""
        return self.route if spread.reroutes else self.draw if spread.each else self.model


def drawn_params(params: Params, spreads: Iterable[Spread], seed: int, sets: Sets) -> Params:
    """
    Return the parameters of one draw.

    Parameters
    ----------
    params
        As the run has them.
    spreads
        What is drawn.
    seed
        Of the run, common to all scenarios.
    sets
        Numbers of the sets it is drawn from.

    Notes
    -----
    A number depends on seed, parameter and number alone: further draws, or further parameters, change none of it.
    """
    update: dict[str, float] = {}
    for spread in spreads:
        number = sets.number_of(spread)
        if number is None:
            continue
        u = unit_number(seed, "routes" if spread.reroutes else "draw", spread.name, number)
        value = triangular(u, spread.low, spread.mode, spread.high)
        update[spread.name] = round(value) if spread.whole else value
    return params.model_copy(update=update)


def rerouted(analysis: Analysis, route: int) -> Analysis:
    """Return the analysis with headways of another phase and other chance, a single set of them."""
    seed = int(unit_number(analysis.seed, "routes", "seed", route) * _SEEDS)
    return analysis.model_copy(update={"seed": seed, "n_draws": 1})
