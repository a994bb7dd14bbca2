"""Owns access measures on travel times: time to the n-th nearest place, and weighted quantiles over people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.units import Float32Array, FloatArray


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
    held = (weights > 0) & ~np.isnan(values)
    if not held.any():
        return float("nan")
    values, weights = values[held], weights[held]
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    # The tolerance keeps the answer free of the order in which equal cells are summed.
    position = int(np.searchsorted(reached, q * reached[-1] * (1 - 1e-12)))
    return float(values[order][min(position, len(order) - 1)])
