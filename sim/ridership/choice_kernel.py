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
def market_sums(cost, asc, scale, trips, boardings, fare_min):
    """
    Return what the constants are judged by.

    Parameters
    ----------
    cost, asc, scale
        As for `market_shares`; the first mode is the bus.
    trips, boardings, fare_min
        market, cell → trips; buses boarded per trip by bus; fare [min], shape (M, C).

    Returns
    -------
    by_mode, rides, fare_rides
        market, mode → trips, shape (M, K); market → rides by bus, and Σ rides × (1 − share) × fare, shape (M,).
    """
    n_markets, n_modes, n_cells = cost.shape
    by_mode = np.zeros((n_markets, n_modes))
    rides = np.zeros(n_markets)
    fare_rides = np.zeros(n_markets)
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
            share = weight[0] / total
            ridden = trips[market, cell] * share * boardings[market, cell]
            rides[market] += ridden
            fare_rides[market] += ridden * (1.0 - share) * fare_min[market, cell]
    return by_mode, rides, fare_rides
