"""Owns how wide a number is: the interval of its draws, and the ends that other definitions reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.uncertainty.draws import DRAW, OTHER, ROUTE

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.uncertainty.draws import Draws

LEVEL = 0.90
"""Probability that the interval of draws holds the number, were the spans of the parameters true."""
FEWEST_DRAWS, FEWEST_ROUTES = 5, 2
"""Fewer draws or sets of routes give ends that are no interval of anything: nothing is judged by them."""


def is_enough(n_draws: int, n_rerouted: int) -> bool:
    """
    Return whether something may be judged or told apart by the interval of so many draws and sets of routes.

    Notes
    -----
    A single set of routes shows nothing of what routes do, so its interval is narrower than one of three sets.
    """
    return n_draws >= FEWEST_DRAWS and n_rerouted >= FEWEST_ROUTES


def level_of(n_draws: int) -> float:
    """
    Return the probability that the interval of so few draws holds a further one, `LEVEL` where they are enough.

    Notes
    -----
    Where rank p (N + 1) lies beyond the draws their least and largest are the ends, and these hold a further draw with
    probability (N − 1) / (N + 1) whatever the distribution: 19 draws give `LEVEL`.
    """
    return min(LEVEL, (n_draws - 1) / (n_draws + 1))


def draw_interval(central: FloatArray, routed: FloatArray, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return low and high of the interval that holds a further draw with probability `LEVEL`.

    Parameters
    ----------
    central
        Row → value of the run, shape (R,).
    routed
        Row, set of routes → value with all but the routes as set, shape (R, K).
    drawn
        Row, draw → value; draw d stands on the routes d mod K, shape (R, N).

    Notes
    -----
    Two parts, added in quadrature. What the routes do is seen K times only: a prediction interval of Student's t with
    K − 1 degrees of freedom, s √(1 + 1/K) t, so few sets of routes make it wider, never narrower. What the other
    parameters do is seen N times: quantiles of draw − its routes at ranks p (N + 1), which hold a further draw with
    probability `LEVEL` on average whatever the distribution. The run's own value always lies within.
    """
    n_routes = routed.shape[1]
    with np.errstate(invalid="ignore"):  # where a number is out of reach (inf) in some evaluation
        other = drawn - routed[:, np.arange(drawn.shape[1]) % n_routes]
        low, middle, high = (quantile(other, p) for p in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
        routes = _t_width(routed)
        centre = routed.mean(axis=1) + middle
        below = centre - np.hypot(middle - low, routes)
        above = centre + np.hypot(high - middle, routes)
    ends = np.stack([below, above, central])
    clear = np.isfinite(ends).all(axis=0)
    every = np.concatenate([central[:, None], routed, drawn], axis=1)
    least, most = _ends(every)
    clear &= least < most  # else not even a rounding error
    return np.where(clear, ends.min(axis=0), least), np.where(clear, ends.max(axis=0), most)


def quantile(values: FloatArray, p: float) -> FloatArray:
    """Return row → value at rank p (N + 1) of its columns, the ends beyond them, shape (R,)."""
    found: FloatArray = np.quantile(values, p, axis=1, method="weibull")
    return found


def _t_width(routed: FloatArray) -> FloatArray:
    """Return row → half the width that K sets of routes give, 0 for a single one (see `is_enough`)."""
    from scipy.special import stdtrit  # noqa: PLC0415 -- slow to load

    n_routes = routed.shape[1]
    if n_routes < FEWEST_ROUTES:
        return np.zeros(len(routed))
    factor = float(stdtrit(n_routes - 1, (1 + LEVEL) / 2)) * np.sqrt(1 + 1 / n_routes)
    width: FloatArray = routed.std(axis=1, ddof=1) * factor
    return width


def _ends(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the least and the largest of each row, NaN left out; NaN where nothing is known."""
    known = ~np.isnan(values)
    least = np.where(known, values, np.inf).min(axis=1)
    most = np.where(known, values, -np.inf).max(axis=1)
    some = known.any(axis=1)
    return np.where(some, least, np.nan), np.where(some, most, np.nan)


def intervals_of(draws: Draws, central: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return low and high of each row of a run by its draws."""
    return draw_interval(central, draws.of(ROUTE), draws.of(DRAW))


def other_ends(draws: Draws, central: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return the least and largest value that other data or definitions give, one at a time, and the run's own.

    An evaluation without a number leaves its row alone.
    """
    return _ends(np.concatenate([central[:, None], draws.of(OTHER)], axis=1))
