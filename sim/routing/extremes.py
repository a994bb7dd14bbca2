"""
Owns the extremes of a window: its shortest journey, and the last minute from which a vehicle still brings one there.

One number per draw; the order statistics are taken over draws.
"""

# ruff: noqa: ANN001, ANN201, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from sim.routing.raptor import NEVER, SHIFT
from sim.routing.sampling import best_lanes, sample_place, select


@njit(cache=True, nogil=True)
def shortest_places(lanes, legs_offsets, legs, direct_s, instants_s, cutoff_s, planned, ranks):
    """
    Reduce the lanes of one search to order statistics of the shortest time of every draw.

    Parameters are those of `sim.routing.sampling.sample_places`; ranks count draws.

    Returns
    -------
    seconds, n_reached
        place, rank → time [s], shape (F, Q); place → draws with any journey, shape (F,).
    """
    n_places = len(legs_offsets) - 1
    n_draws, _, n_lanes = lanes.shape
    seconds = np.empty((n_places, len(ranks)), np.int32)
    n_reached = np.zeros(n_places, np.int32)
    best = np.empty(n_lanes, np.int64)
    samples = np.empty(n_lanes, np.int32)
    shortest = np.empty(n_draws, np.int32)
    for place in range(n_places):
        for draw in range(n_draws):
            best_lanes(lanes[draw], legs, legs_offsets[place], legs_offsets[place + 1], draw, best)
            sample_place(best, instants_s, direct_s[place], cutoff_s, planned, samples)
            shortest[draw] = samples.min()
            n_reached[place] += shortest[draw] != NEVER
        for q in range(len(ranks)):
            seconds[place, q] = select(shortest, 0, n_draws - 1, ranks[q])
    return seconds, n_reached


@njit(cache=True, nogil=True)
def last_places(lanes, legs_offsets, legs, direct_s, instants_s, cutoff_s, rank):
    """
    Find the last instant from which a vehicle brings one to every place, as an order statistic over draws.

    A vehicle counts where it arrives within `cutoff_s` and no later than walking all the way would.

    Parameters
    ----------
    lanes, legs_offsets, legs, direct_s, instants_s, cutoff_s
        As of `sim.routing.sampling.sample_places`; instants latest first.
    rank
        Rank (from 0) among the draws, earliest first.

    Returns
    -------
    last
        place → instant [s], −NEVER = no vehicle in the window, shape (F,).
    """
    n_places = len(legs_offsets) - 1
    n_draws, _, n_lanes = lanes.shape
    last = np.empty(n_places, np.int32)
    best = np.empty(n_lanes, np.int64)
    found = np.empty(n_draws, np.int32)
    for place in range(n_places):
        allowed = cutoff_s if direct_s[place] == NEVER else min(cutoff_s, direct_s[place])
        for draw in range(n_draws):
            best_lanes(lanes[draw], legs, legs_offsets[place], legs_offsets[place + 1], draw, best)
            found[draw] = -NEVER
            for i in range(n_lanes):
                if (best[i] >> SHIFT) - instants_s[i] <= allowed:
                    found[draw] = instants_s[i]
                    break
        last[place] = select(found, 0, n_draws - 1, rank)
    return last
