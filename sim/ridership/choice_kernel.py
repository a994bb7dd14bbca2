"""Owns the kernels of the choice of a vehicle: shares of every market and cell, and their sums, in one pass."""

# ruff: noqa: ANN001, ANN201, ANN202 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _weigh(cost, asc, scale, market, cell, weight):
    """Fill in e^utility by mode, the best one 1; return their sum, 0 where nothing is to be had."""
    n_modes = cost.shape[1]
    best = -np.inf
    for mode in range(n_modes):
        weight[mode] = asc[market, mode] - scale * cost[market, mode, cell]
        best = max(best, weight[mode])
    total = 0.0
    for mode in range(n_modes):
        weight[mode] = math.exp(weight[mode] - best) if weight[mode] > -np.inf else 0.0
        total += weight[mode]
    return total


@njit(cache=True, nogil=True)
def market_shares(cost, asc, scale):
    """
    Return the shares of a logit.

    Parameters
    ----------
    cost
        market, mode, cell → generalised cost [min]; inf = not to be had, shape (M, K, C).
    asc
        market, mode → constant, shape (M, K).
    scale
        Utility lost per minute.

    Returns
    -------
    shares
        Same shape as `cost`; sums to 1 over the modes, 0 where nothing is to be had.
    """
    n_markets, n_modes, n_cells = cost.shape
    shares = np.zeros(cost.shape)
    weight = np.empty(n_modes)
    for market in range(n_markets):
        for cell in range(n_cells):
            total = _weigh(cost, asc, scale, market, cell, weight)
            if total > 0:
                for mode in range(n_modes):
                    shares[market, mode, cell] = weight[mode] / total
    return shares


@njit(cache=True, nogil=True)
def market_sums(cost, asc, scale, trips, boardings):
    """
    Return what the constants are judged by.

    Parameters
    ----------
    cost, asc, scale
        As for `market_shares`; the first mode is the bus.
    trips, boardings
        market, cell → trips; buses boarded per trip by bus, shape (M, C).

    Returns
    -------
    by_mode, rides
        market, mode → trips, shape (M, K); market → rides by bus, shape (M,).
    """
    n_markets, n_modes, n_cells = cost.shape
    by_mode = np.zeros((n_markets, n_modes))
    rides = np.zeros(n_markets)
    weight = np.empty(n_modes)
    for market in range(n_markets):
        for cell in range(n_cells):
            if trips[market, cell] <= 0:
                continue
            total = _weigh(cost, asc, scale, market, cell, weight)
            if total <= 0:
                continue
            for mode in range(n_modes):
                by_mode[market, mode] += trips[market, cell] * weight[mode] / total
            rides[market] += trips[market, cell] * weight[0] / total * boardings[market, cell]
    return by_mode, rides


@njit(cache=True, nogil=True)
def changed_by_increments(before, cost_was, cost_now, scale):
    """
    Return shares after a change of cost: p e^ΔV ÷ Σ p e^ΔV, ΔV = −scale × change of cost.

    Parameters
    ----------
    before
        market, mode, cell → share, shape (M, K, C).
    cost_was, cost_now
        Generalised cost [min]; inf = not to be had, same shape.
    scale
        Utility lost per minute.

    Returns
    -------
    after
        Same shape; sums to 1 over the modes where `before` does and one of its modes is left.
    """
    n_markets, n_modes, n_cells = before.shape
    after = np.zeros(before.shape)
    weight = np.empty(n_modes)
    for market in range(n_markets):
        for cell in range(n_cells):
            same = True
            for mode in range(n_modes):
                same = same and cost_was[market, mode, cell] == cost_now[market, mode, cell]
            if same:
                after[market, :, cell] = before[market, :, cell]
                continue
            best = -np.inf
            for mode in range(n_modes):
                weight[mode] = -np.inf
                if before[market, mode, cell] > 0 and cost_now[market, mode, cell] < np.inf:
                    saved = cost_was[market, mode, cell] - cost_now[market, mode, cell]
                    weight[mode] = scale * saved + math.log(before[market, mode, cell])
                best = max(best, weight[mode])
            if best == -np.inf:
                continue
            total = 0.0
            for mode in range(n_modes):
                weight[mode] = math.exp(weight[mode] - best)
                total += weight[mode]
            for mode in range(n_modes):
                after[market, mode, cell] = weight[mode] / total
    return after
