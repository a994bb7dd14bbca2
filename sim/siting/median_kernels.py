"""
Owns the kernels of the p-median: greedy start, exchange of one place for another, and the Lagrangian lower bound.

Costs stand as candidate × demand, weighted, so that every inner loop runs along memory.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np
from numba import njit

FAR = np.inf
PATIENCE = 10.0
SMOOTHING = 0.2
SMALLEST_STEP = 1e-4


@njit(cache=True, nogil=True)
def greedy_sites(cost, fixed, n_sites):
    """
    Choose places one by one, each the one that lowers the total cost most.

    Parameters
    ----------
    cost
        candidate, demand → weighted cost, shape (C, D).
    fixed
        candidate → must be chosen, shape (C,).
    n_sites
        Places to choose, at least as many as are fixed.

    Returns
    -------
    sites
        The choice, fixed ones first, shape (n_sites,).
    """
    n_candidates, n_demands = cost.shape
    sites = np.empty(n_sites, np.int32)
    taken = np.zeros(n_candidates, np.bool_)
    nearest = np.full(n_demands, FAR)
    n = 0
    for j in range(n_candidates):
        if fixed[j]:
            sites[n] = j
            taken[j] = True
            n += 1
            for i in range(n_demands):
                nearest[i] = min(nearest[i], cost[j, i])
    while n < n_sites:
        best, best_total = -1, FAR
        for j in range(n_candidates):
            if taken[j]:
                continue
            total = 0.0
            for i in range(n_demands):
                total += min(nearest[i], cost[j, i])
            if best < 0 or total < best_total:
                best, best_total = j, total
        sites[n] = best
        taken[best] = True
        n += 1
        for i in range(n_demands):
            nearest[i] = min(nearest[i], cost[best, i])
    return sites


@njit(cache=True, nogil=True)
def _two_nearest(cost, sites, i):
    """Return positions of the nearest and second nearest place of a demand (−1 = there is no second)."""
    one, two = 0, -1
    for s in range(1, len(sites)):
        c = cost[sites[s], i]
        if c < cost[sites[one], i]:
            one, two = s, one
        elif two < 0 or c < cost[sites[two], i]:
            two = s
    return one, two


@njit(cache=True, nogil=True)
def improve_by_exchange(cost, fixed, sites):
    """
    Exchange one chosen place for another as long as the total cost falls (fast interchange).

    Parameters
    ----------
    cost
        candidate, demand → weighted cost, shape (C, D).
    fixed
        candidate → must stay, shape (C,).
    sites
        The choice to begin with; changed in place, shape (P,).

    Returns
    -------
    total
        Cost of the choice: no single exchange lowers it.

    References
    ----------
    Whitaker (1983), Information Systems and Operational Research 21(2).
    Hansen, Mladenović (1997), Location Science 5(4).
    """
    n_candidates, n_demands = cost.shape
    n_sites = len(sites)
    taken = np.zeros(n_candidates, np.bool_)
    for s in range(n_sites):
        taken[sites[s]] = True
    one = np.empty(n_demands, np.int32)
    two = np.empty(n_demands, np.int32)
    first = np.empty(n_demands)
    second = np.empty(n_demands)
    total = 0.0
    for i in range(n_demands):
        one[i], two[i] = _two_nearest(cost, sites, i)
        first[i] = cost[sites[one[i]], i]
        second[i] = cost[sites[two[i]], i] if two[i] >= 0 else FAR
        total += first[i]
    loss = np.empty(n_sites)
    unchanged = 0
    j = -1
    while unchanged < n_candidates:
        j = (j + 1) % n_candidates
        unchanged += 1
        if taken[j]:
            continue
        loss[:] = 0.0
        gain = 0.0
        for i in range(n_demands):
            c = cost[j, i]
            if c < first[i]:
                gain += first[i] - c
            else:
                loss[one[i]] += min(c, second[i]) - first[i]
        out = -1
        for s in range(n_sites):
            if not fixed[sites[s]] and (out < 0 or loss[s] < loss[out]):
                out = s
        if out < 0 or gain - loss[out] <= 1e-12 * total:
            continue
        taken[sites[out]] = False
        taken[j] = True
        sites[out] = j
        unchanged = 0
        total = 0.0
        for i in range(n_demands):
            c = cost[j, i]
            if one[i] == out or two[i] == out or c < second[i]:
                one[i], two[i] = _two_nearest(cost, sites, i)
                first[i] = cost[sites[one[i]], i]
                second[i] = cost[sites[two[i]], i] if two[i] >= 0 else FAR
            total += first[i]
    return total


@njit(cache=True, nogil=True)
def saving_of_each(cost, price):
    """Return candidate → Σ over demands of min(0, cost − price): what opening it saves at these prices, shape (C,)."""
    n_candidates, n_demands = cost.shape
    saving = np.empty(n_candidates)
    whole = n_demands - n_demands % 4
    for j in range(n_candidates):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0  # four sums side by side: adding waits for nothing
        for i in range(0, whole, 4):
            a += min(0.0, cost[j, i] - price[i])
            b += min(0.0, cost[j, i + 1] - price[i + 1])
            c += min(0.0, cost[j, i + 2] - price[i + 2])
            d += min(0.0, cost[j, i + 3] - price[i + 3])
        for i in range(whole, n_demands):
            a += min(0.0, cost[j, i] - price[i])
        saving[j] = (a + b) + (c + d)
    return saving


@njit(cache=True, nogil=True)
def raise_bound(cost, fixed, n_sites, best_total, scale, state, prices, best_prices, direction, n_steps, goal_gap):
    """
    Raise the Lagrangian lower bound of the p-median by steps along a smoothed subgradient.

    Each demand may be served by any number of places at a price for not being served by exactly one; at any prices
    the cheapest such choice costs at most as much as the best real one.

    Parameters
    ----------
    cost
        candidate, demand → weighted cost, shape (C, D).
    fixed
        candidate → must be chosen, shape (C,).
    n_sites
        Places to choose.
    best_total
        Cost of the best choice known, which sets the step length.
    scale
        demand → how far its price moves beside the others, shape (D,).
    state
        Best bound, step factor, steps without a better bound; changed in place, shape (3,).
    prices, best_prices, direction
        demand → price, price at the best bound, smoothed subgradient; changed in place, shapes (D,).
    n_steps
        Steps to take at most.
    goal_gap
        Stop where the bound is within this share of `best_total`.

    Returns
    -------
    sites
        Places open at the last prices, shape (n_sites,).
    taken
        Steps taken.

    References
    ----------
    Beasley (1993), European Journal of Operational Research 65(3); Barahona, Anbil (2000), Mathematical Programming
    87(3).
    """
    n_candidates, n_demands = cost.shape
    sites = np.empty(n_sites, np.int32)
    served = np.empty(n_demands)
    taken = 0
    for _ in range(n_steps):
        taken += 1
        saving = saving_of_each(cost, prices)
        for j in range(n_candidates):
            if fixed[j]:
                saving[j] = -FAR  # must be among the first
        order = np.argsort(saving, kind="mergesort")
        served[:] = 0.0
        bound = prices.sum()
        for s in range(n_sites):
            j = order[s]
            sites[s] = j
            for i in range(n_demands):
                below = cost[j, i] - prices[i]
                if below < 0.0:
                    bound += below
                    served[i] += 1.0
        state[2] = 0.0 if bound > state[0] * (1 + 1e-6) else state[2] + 1.0
        if bound > state[0]:
            state[0] = bound
            best_prices[:] = prices
        if best_total - state[0] <= goal_gap * best_total or state[1] < SMALLEST_STEP:
            break
        if state[2] >= PATIENCE:  # back to the best prices, with smaller steps
            state[1] /= 2
            state[2] = 0.0
            prices[:] = best_prices
            direction[:] = 0.0
            continue
        norm = 0.0
        for i in range(n_demands):
            direction[i] = (1 - SMOOTHING) * direction[i] + SMOOTHING * (1.0 - served[i])
            norm += direction[i] * direction[i] * scale[i]
        if norm == 0.0:
            break
        step = state[1] * (best_total - bound) / norm
        for i in range(n_demands):
            prices[i] = max(0.0, prices[i] + step * scale[i] * direction[i])
    return sites, taken
