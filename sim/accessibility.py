"""Owns access measures on travel times: time to the n-th nearest place, and weighted quantiles over people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.units import Float32Array, FloatArray, IntArray


def dual_access(minutes: Float32Array, *, n: int = 1) -> FloatArray:
    """
    Return the time to the n-th nearest destination of each origin.

    Parameters
    ----------
    minutes
        Travel times, shape (O, D) [min]; inf = unreachable.
    n
        Which nearest, ≥ 1.

    Returns
    -------
    time
        Shape (O,) [min]; inf where fewer than `n` destinations can be reached.

    Notes
    -----
    Never rises when a destination is added.
    """
    if minutes.shape[1] < n:
        return np.full(len(minutes), np.inf)
    nth: FloatArray = np.partition(minutes, n - 1, axis=1)[:, n - 1].astype(np.float64)
    return nth


def weighted_quantile(values: FloatArray, weights: FloatArray, q: float) -> float:
    """
    Return the smallest value that at least the share `q` of all weight does not exceed.

    Parameters
    ----------
    values
        Shape (N,); ±inf allowed, it stays the largest or smallest; NaN does not count.
    weights
        Shape (N,), ≥ 0.
    q
        0–1.

    Returns
    -------
    value
        NaN where there is no weight.
    """
    return quantile_of_sorted(*ascending(values), weights, q)


def ascending(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the values that are numbers in ascending order, and where they stood."""
    order = np.argsort(values, kind="stable")[: len(values) - int(np.isnan(values).sum())]  # NaN sorts last
    return values[order], order.astype(np.int32)


def quantile_of_sorted(values: FloatArray, order: IntArray, weights: FloatArray, q: float) -> float:
    """Return `weighted_quantile` of values sorted by `ascending`: many groups of people share one order."""
    placed = weights[order]
    held = placed > 0
    if not held.any():
        return float("nan")
    reached = np.cumsum(placed[held])
    # The tolerance keeps the answer free of the order in which equal cells are summed.
    position = int(np.searchsorted(reached, q * reached[-1] * (1 - 1e-12)))
    return float(values[held][min(position, len(reached) - 1)])
