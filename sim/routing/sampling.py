"""
Owns the step from arrivals at stops to door-to-door times: last legs, walking all the way, order statistics.

A percentile p of N samples is the ⌈p·N/100⌉-th smallest (nearest rank, at least the first): always a time that occurs.
Unreachable samples count as the largest.
"""

# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from sim.routing.raptor import LOW, NEVER, NO_LANE, SHIFT, ZERO


@njit(cache=True, nogil=True)
def select(values, low, high, rank):
    """Return the `rank`-th smallest (from 0) of values, which are reordered within [low, high]."""
    while low < high:
        pivot = values[(low + high) >> 1]
        i = low
        j = high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return values[rank]


@njit(cache=True, nogil=True)
def best_lanes(lanes, legs, first, last, draw, best):
    """Write the best packed arrival at one place by any of its legs [first, last) into `best`, one per instant."""
    stops, seconds, valid_from, valid_to, draws = legs
    best[:] = NO_LANE
    for leg in range(first, last):
        if draws[leg] >= 0 and draws[leg] != draw:
            continue
        row = lanes[stops[leg]]
        add = np.int64(seconds[leg]) << SHIFT
        if valid_from[leg] == -NEVER and valid_to[leg] == NEVER:
            for i in range(len(best)):
                best[i] = min(best[i], row[i] + add)
            continue
        for i in range(len(best)):
            arrival = row[i] >> SHIFT
            start = max(arrival, np.int64(valid_from[leg]))
            if arrival != NEVER and start < valid_to[leg]:
                best[i] = min(best[i], row[i] + ((start - arrival) << SHIFT) + add)


@njit(cache=True, nogil=True)
def sample_place(best, instants_s, direct_s, cutoff_s, planned, samples):
    """Write the time of every instant at one place into `samples` [s]; NEVER = unreachable."""
    for i in range(len(best)):
        arrival = best[i] >> SHIFT
        walked = np.int64(NEVER)
        if direct_s != NEVER:
            walked = np.int64(instants_s[i]) + direct_s
        samples[i] = NEVER
        if min(arrival, walked) - instants_s[i] > cutoff_s:
            continue
        if arrival > walked:
            samples[i] = direct_s
        elif planned:
            samples[i] = arrival - (ZERO - (best[i] & LOW))
        else:
            samples[i] = arrival - instants_s[i]


@njit(cache=True, nogil=True)
def sample_places(lanes, legs_offsets, legs, direct_s, instants_s, cutoff_s, planned, ranks):
    """
    Reduce the lanes of one search to order statistics at every place.

    Parameters
    ----------
    lanes
        draw, stop, instant → packed arrival, shape (N, S, M).
    legs_offsets, legs
        place → its last legs, CSR: (stop, seconds, valid_from_s, valid_to_s, draw).
    direct_s
        place → walk all the way [s], NEVER = too far, shape (F,).
    instants_s, cutoff_s
        As in the search.
    planned
        Whether a sample is the journey alone.
    ranks
        Ranks (from 0) of the sorted samples to report, ascending, shape (Q,).

    Returns
    -------
    seconds, n_reached
        place, rank → time [s], shape (F, Q); place → samples with a journey, shape (F,).
    """
    n_places = len(legs_offsets) - 1
    n_draws, _, n_lanes = lanes.shape
    seconds = np.empty((n_places, len(ranks)), np.int32)
    n_reached = np.zeros(n_places, np.int32)
    best = np.empty(n_lanes, np.int64)
    samples = np.empty(n_draws * n_lanes, np.int32)
    for place in range(n_places):
        for draw in range(n_draws):
            best_lanes(lanes[draw], legs, legs_offsets[place], legs_offsets[place + 1], draw, best)
            part = samples[draw * n_lanes : (draw + 1) * n_lanes]
            sample_place(best, instants_s, direct_s[place], cutoff_s, planned, part)
        for i in range(len(samples)):
            n_reached[place] += samples[i] != NEVER
        low = 0
        for q in range(len(ranks)):
            seconds[place, q] = select(samples, low, len(samples) - 1, ranks[q])
            low = ranks[q]
    return seconds, n_reached


@njit(cache=True, nogil=True)
def parts_at_rank(lanes, parts, legs_offsets, legs, direct_s, instants_s, cutoff_s, planned, rank):
    """
    Take one order statistic apart: what the first sample (by draw, then instant) with that time consists of.

    Parameters are those of `sample_places`; `parts` as of `search_window`, with draws in front, and one `rank`.

    Returns
    -------
    found
        place → walking, waiting, riding [s], transfers, shape (F, 4); −1 = unreachable.
    """
    n_places = len(legs_offsets) - 1
    n_draws, _, n_lanes = lanes.shape
    found = np.full((n_places, 4), -1, np.int32)
    best = np.empty(n_lanes, np.int64)
    samples = np.empty(n_draws * n_lanes, np.int32)
    for place in range(n_places):
        first, last = legs_offsets[place], legs_offsets[place + 1]
        for draw in range(n_draws):
            best_lanes(lanes[draw], legs, first, last, draw, best)
            part = samples[draw * n_lanes : (draw + 1) * n_lanes]
            sample_place(best, instants_s, direct_s[place], cutoff_s, planned, part)
        value = select(samples.copy(), 0, len(samples) - 1, rank)
        if value == NEVER:
            continue
        at = 0
        while samples[at] != value:
            at += 1
        draw, lane = at // n_lanes, at % n_lanes
        best_lanes(lanes[draw], legs, first, last, draw, best)
        if direct_s[place] != NEVER and (best[lane] >> SHIFT) > np.int64(instants_s[lane]) + direct_s[place]:
            found[place, 0] = direct_s[place]
            found[place, 1:] = 0
            continue
        for leg in range(first, last):
            if legs[4][leg] >= 0 and legs[4][leg] != draw:
                continue
            row = lanes[draw, legs[0][leg], lane]
            arrival = row >> SHIFT
            start = max(arrival, np.int64(legs[2][leg]))
            if start >= legs[3][leg] or row + ((start - arrival + legs[1][leg]) << SHIFT) != best[lane]:
                continue
            consists = parts[draw, legs[0][leg], lane]
            found[place, 0] = consists[0] + legs[1][leg]
            found[place, 2] = consists[1]
            found[place, 1] = value - found[place, 0] - consists[1]
            found[place, 3] = consists[2] - 1
            break
    return found
