"""
Owns the least of many percentiles: over the places one may want to be at, without sampling those that cannot be it.

While marks lie at the roots and a sample is the journey alone, all minutes that one departure serves share one time: a
sample is a run of equal values. A percentile is counted over runs, and only where it can be less than the least so far.
"""

# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- a kernel is typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S
from sim.routing.departures import leave_next

NEVER = np.int32(UNREACHED_S)


@njit(cache=True, nogil=True)
def nearest_of_places(
    arrivals,
    never,
    base_s,
    offsets,
    leaving_s,
    node,
    first_mark_s,
    step_s,
    n_marks,
    direct_s,
    cutoff_s,
    rank,
    first,
    last,
    least_s,
):
    """
    Lower the least percentile of some places by some roots.

    Parameters
    ----------
    arrivals
        node of any draw, root → arrival − base, shape (ΣE, B); `never` = none.
    base_s
        Base of the arrivals [s].
    offsets, leaving_s, node
        Boardings by draw and place, CSR: offsets of shape (D, F + 1) into the others; leaving falls within a place.
    first_mark_s, step_s, n_marks
        Minutes of the window [s].
    direct_s
        place, root → walk all the way [s], NEVER = too far, shape (F, B).
    cutoff_s
        Longer times count as unreachable [s].
    rank
        Rank (from 0) of the percentile among all samples of a pair.
    first, last
        Places to look at.
    least_s
        place → least percentile so far [s], NEVER = none; lowered in place, shape (F,).
    """
    n_draws, n_roots = offsets.shape[0], arrivals.shape[1]
    n_samples = n_draws * n_marks
    step = np.float64(step_s)  # whole numbers this small divide exactly, and much faster
    most = np.int64(0)
    for place in range(first, last):
        listed = np.int64(0)
        for d in range(n_draws):
            listed += offsets[d, place + 1] - offsets[d, place]
        most = max(most, listed)
    value = np.empty((n_roots, most), np.int32)
    count = np.empty((n_roots, most), np.int32)
    n_runs = np.empty(n_roots, np.int64)
    counted = np.empty(n_roots, np.int64)
    lowest = np.empty(n_roots, np.int32)
    earliest = np.empty(n_roots, arrivals.dtype)
    reached = np.empty(n_roots, arrivals.dtype)
    filled = np.empty(n_roots, np.int64)
    for place in range(first, last):
        n_runs[:] = 0
        counted[:] = 0
        for b in range(n_roots):
            lowest[b] = direct_s[place, b] if direct_s[place, b] <= cutoff_s else NEVER
        for d in range(n_draws):
            earliest[:] = never
            filled[:] = n_marks
            open_marks = n_marks * n_roots
            p, end = offsets[d, place], offsets[d, place + 1]
            while p < end and open_marks > 0:
                leaving = np.int64(leaving_s[p])
                p, better = leave_next(arrivals, never, leaving_s, node, p, end, earliest, reached)
                if not better:
                    continue
                for b in range(n_roots):
                    if reached[b] >= earliest[b]:
                        continue
                    earliest[b] = reached[b]
                    arrival = np.int64(reached[b]) + base_s
                    low = max(0, -np.int64(np.floor((first_mark_s - arrival) / step)))  # first mark not before it
                    if low >= filled[b]:
                        continue
                    # marks so late that walking, or the cutoff, is less than the time from leaving to the mark
                    limit = min(np.int64(direct_s[place, b]), cutoff_s)
                    high = min(filled[b], np.int64(np.floor((leaving + limit - first_mark_s) / step)) + 1)
                    if high > low:
                        value[b, n_runs[b]] = arrival - leaving
                        count[b, n_runs[b]] = high - low
                        n_runs[b] += 1
                        counted[b] += high - low
                        lowest[b] = min(lowest[b], np.int32(arrival - leaving))
                    open_marks -= filled[b] - low
                    filled[b] = low
        least = least_s[place]
        for turn in range(n_roots + 1):
            chosen = turn - 1
            if turn == 0:  # the most likely one, so that the others need not be looked at closely
                chosen = 0
                for b in range(1, n_roots):
                    if lowest[b] < lowest[chosen]:
                        chosen = b
            if lowest[chosen] >= least:
                continue
            walked = direct_s[place, chosen] if direct_s[place, chosen] <= cutoff_s else NEVER
            n_walked = n_samples - counted[chosen]
            below = n_walked if walked < least else 0
            for k in range(n_runs[chosen]):
                if value[chosen, k] < least:
                    below += count[chosen, k]
            if below <= rank:
                continue
            low_s, high_s = np.int64(lowest[chosen]), np.int64(least) - 1
            while low_s < high_s:
                middle = (low_s + high_s) >> 1
                below = n_walked if walked <= middle else 0
                for k in range(n_runs[chosen]):
                    if value[chosen, k] <= middle:
                        below += count[chosen, k]
                if below > rank:
                    high_s = middle
                else:
                    low_s = middle + 1
            least = np.int32(low_s)
        least_s[place] = least
