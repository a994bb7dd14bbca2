"""
Owns the step from arrivals at roots to door-to-door times: every minute of the window, walking, order statistics.

The minutes of the window ("marks") lie either at the listed places, which leave, or at the roots, where one has to be.
A percentile p of N samples is the ⌈p·N/100⌉-th smallest (nearest rank, at least the first): always a time that occurs.
Unreachable samples count as the largest.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, FURB136, PLR0912, PLR0913, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S
from sim.routing.departures import leave_next

NEVER = np.int32(UNREACHED_S)
ALL, SHORTEST, FIRST_MARK, LAST_MARK = 0, 1, 2, 3
"""What is kept of a draw: every minute, the shortest time, or the first or last minute with a journey by vehicle."""


@njit(cache=True, nogil=True)
def _leave_at_marks(arrivals, base_s, never, leaving_s, node, first, last, marks_s, planned, span, journey):
    """Write, for leaving one place at every mark or later, the time to the first arrival at every root."""
    n_roots = arrivals.shape[1]
    best = np.full(n_roots, never, arrivals.dtype)
    left = np.zeros(n_roots, np.int32)
    p = first
    for m in range(len(marks_s) - 1, -1, -1):
        mark = marks_s[m]
        while n_roots == 1 and p < last and leaving_s[p] >= mark:  # no rows to work on side by side
            if arrivals[node[p], 0] < best[0]:
                best[0] = arrivals[node[p], 0]
                left[0] = leaving_s[p]
            p += 1
        while p < last and leaving_s[p] >= mark:
            row = node[p]
            if planned:
                for b in range(n_roots):
                    if arrivals[row, b] < best[b]:
                        best[b] = arrivals[row, b]
                        left[b] = leaving_s[p]
            else:
                for b in range(n_roots):
                    x = arrivals[row, b]
                    y = best[b]
                    best[b] = x if x < y else y
            p += 1
        for b in range(n_roots):
            time = np.int32(best[b])
            span[m, b] = NEVER if best[b] == never else time + np.int32(base_s - mark)
        if planned:
            for b in range(n_roots):
                journey[m, b] = np.int32(best[b]) + np.int32(base_s) - left[b]


@njit(cache=True, nogil=True)
def _arrive_by_marks(arrivals, base_s, never, leaving_s, node, first, last, marks_s, step_s, planned, span, journey):
    """Write, for being at every root by every mark, the time from the last leaving of one place to the mark."""
    n_roots = arrivals.shape[1]
    n_marks = len(marks_s)
    earliest = np.full(n_roots, never, arrivals.dtype)
    reached = np.empty(n_roots, arrivals.dtype)
    filled = np.full(n_roots, n_marks, np.int64)
    span[:] = NEVER
    open_marks = n_marks * n_roots
    p = first
    while p < last and open_marks > 0:
        while n_roots == 1 and p < last and arrivals[node[p], 0] >= earliest[0]:  # the most, and no use
            p += 1
        if p == last:
            break
        leaving = leaving_s[p]
        p, better = leave_next(arrivals, never, leaving_s, node, p, last, earliest, reached)
        if not better:
            continue
        for b in range(n_roots):
            if reached[b] >= earliest[b]:
                continue
            earliest[b] = reached[b]
            arrival = np.int64(reached[b]) + base_s
            low = max(0, -((marks_s[0] - arrival) // step_s))  # first mark not before the arrival
            for m in range(low, filled[b]):
                span[m, b] = marks_s[m] - leaving
                if planned:
                    journey[m, b] = arrival - leaving
            if low < filled[b]:
                open_marks -= filled[b] - low
                filled[b] = low


@njit(cache=True, nogil=True)
def _first_mark_of_one(arrivals, base_s, never, leaving_s, node, first, last, marks_s, step_s, at_roots, limit_s):
    """Return the number of the first mark with a journey of at most `limit_s` to the only root, −1 = none."""
    best = len(marks_s)
    for p in range(last - 1, first - 1, -1):
        leaving = np.int64(leaving_s[p])
        if best < len(marks_s) and at_roots and leaving >= marks_s[best]:
            break  # nobody who leaves then is there any earlier
        if arrivals[node[p], 0] == never:
            continue
        arrival = np.int64(arrivals[node[p], 0]) + base_s
        earliest = arrival if at_roots else arrival - limit_s
        latest = leaving + limit_s if at_roots else leaving
        m = max(0, -((marks_s[0] - earliest) // step_s))  # first mark not before
        if m < best and marks_s[m] <= latest:
            best = m
    return best if best < len(marks_s) else -1


@njit(cache=True, nogil=True)
def _last_mark_of_one(arrivals, base_s, never, leaving_s, node, first, last, marks_s, step_s, at_roots, limit_s):
    """Return the number of the last mark with a journey of at most `limit_s` to the only root, −1 = none."""
    for p in range(first, last):
        latest = np.int64(leaving_s[p]) + (limit_s if at_roots else 0)
        if latest < marks_s[0]:
            break  # and those who leave earlier are too late all the more
        if arrivals[node[p], 0] == never:
            continue
        arrival = np.int64(arrivals[node[p], 0]) + base_s
        m = min(len(marks_s) - 1, (latest - marks_s[0]) // step_s)
        if marks_s[m] >= (arrival if at_roots else arrival - limit_s):
            return m
    return -1


@njit(cache=True, nogil=True)
def _sample_marks_of_one(
    arrivals,
    base_s,
    never,
    boardings,
    first_place,
    n_places,
    marks_s,
    step_s,
    direct_s,
    cutoff_s,
    modes,
    samples,
    n_kept,
):
    """Do what `sample_places` does where one mark is kept and there is one root: no minute is looked at by itself."""
    at_roots, _, kept = modes
    offsets, leaving_s, node = boardings
    for i in range(n_places):
        place = first_place + i
        limit = np.int64(min(np.int32(cutoff_s), direct_s[place, 0]))
        own = offsets[place], offsets[place + 1]
        if kept == LAST_MARK:
            m = _last_mark_of_one(
                arrivals, base_s, never, leaving_s, node, own[0], own[1], marks_s, step_s, at_roots, limit
            )
            samples[i, n_kept, 0] = marks_s[m] if m >= 0 else -NEVER
        else:
            m = _first_mark_of_one(
                arrivals, base_s, never, leaving_s, node, own[0], own[1], marks_s, step_s, at_roots, limit
            )
            samples[i, n_kept, 0] = -marks_s[m] if m >= 0 else -NEVER


@njit(cache=True, nogil=True)
def sample_places(
    arrivals,
    base_s,
    never,
    boardings,
    first_place,
    n_places,
    marks_s,
    step_s,
    direct_s,
    cutoff_s,
    modes,
    samples,
    n_kept,
):
    """
    Write the samples of one draw at some places.

    Parameters
    ----------
    arrivals
        node, root → arrival − base, shape (E, B); `never` = none.
    base_s
        Base of the arrivals [s].
    boardings
        (offsets, leaving_s, node) of the places.
    first_place, n_places
        Places to sample.
    marks_s, step_s
        Minutes of the window in the time of the graph, rising [s], shape (M,), and their distance.
    direct_s
        place, root → walk all the way [s], NEVER = too far, shape (F, B).
    cutoff_s
        Longer times count as unreachable [s].
    modes
        (whether the marks lie at the roots, whether a sample is the journey alone, what is kept).
    samples
        place (from the first one), sample, root → time [s], NEVER = unreachable; filled from `n_kept` on. Of a mark,
        its time by the clock (in a graph turned in time, negated), or −NEVER.
    n_kept
        Samples of earlier draws.
    """
    at_roots, planned, kept = modes
    offsets, leaving_s, node = boardings
    n_roots = arrivals.shape[1]
    n_marks = len(marks_s)
    if kept >= FIRST_MARK and n_roots == 1:
        _sample_marks_of_one(
            arrivals, base_s, never, boardings, first_place, n_places, marks_s, step_s, direct_s, cutoff_s, modes,
            samples, n_kept,
        )  # fmt: skip
        return
    span = np.empty((n_marks, n_roots), np.int32)
    journey = np.empty((n_marks if planned else 0, n_roots), np.int32)
    for i in range(n_places):
        place = first_place + i
        first, last = offsets[place], offsets[place + 1]
        if at_roots:
            _arrive_by_marks(
                arrivals, base_s, never, leaving_s, node, first, last, marks_s, step_s, planned, span, journey
            )
        else:
            _leave_at_marks(arrivals, base_s, never, leaving_s, node, first, last, marks_s, planned, span, journey)
        if kept >= FIRST_MARK:
            for b in range(n_roots):
                samples[i, n_kept, b] = -NEVER
            for m in range(n_marks):
                mark = marks_s[m] if kept == LAST_MARK else -marks_s[n_marks - 1 - m]
                row = m if kept == LAST_MARK else n_marks - 1 - m
                for b in range(n_roots):
                    if span[row, b] <= min(np.int32(cutoff_s), direct_s[place, b]):
                        samples[i, n_kept, b] = mark
            continue
        if kept == SHORTEST:
            for b in range(n_roots):
                samples[i, n_kept, b] = NEVER
        for m in range(n_marks):
            row = n_kept if kept == SHORTEST else n_kept + m
            for b in range(n_roots):
                by_vehicle = span[m, b]
                walked = direct_s[place, b]
                time = by_vehicle
                if planned:
                    time = journey[m, b]
                time = walked if by_vehicle > walked else time
                time = NEVER if min(by_vehicle, walked) > cutoff_s else time
                if kept == SHORTEST:
                    time = min(time, samples[i, row, b])
                samples[i, row, b] = time


@njit(cache=True, nogil=True)
def _order_statistics_of_one(samples, ranks, seconds, n_reached):
    """Do what `order_statistics` does for one root: samples of a place lie side by side, and are counted together."""
    n_places, n_samples = samples.shape
    for place in range(n_places):
        row = samples[place]
        finite = np.int32(0)
        low = NEVER
        top = -NEVER
        for n in range(n_samples):
            value = row[n]
            finite += np.int32(value < NEVER)
            low = min(low, value)
            top = max(top, value if value < NEVER else -NEVER)
        n_reached[place, 0] = finite
        for q in range(len(ranks)):
            high = top
            if ranks[q] >= finite:
                low = NEVER
                high = NEVER
            while low < high:
                middle = np.int32((np.int64(low) + np.int64(high)) >> np.int64(1))
                below = np.int32(0)
                for n in range(n_samples):
                    below += np.int32(row[n] <= middle)
                if below > ranks[q]:
                    high = middle
                else:
                    low = middle + np.int32(1)
            seconds[place, 0, q] = low


@njit(cache=True, nogil=True)
def order_statistics(samples, ranks, seconds, n_reached):
    """
    Reduce samples to order statistics, by halving the range of values: no sample is moved.

    Parameters
    ----------
    samples
        place, sample, root → value, NEVER = unreachable, shape (P, N, B).
    ranks
        Ranks (from 0) of the sorted samples to report, rising, shape (Q,).
    seconds, n_reached
        Filled in: place, root, rank → value, shape (P, B, Q); place, root → samples with a journey, shape (P, B).
    """
    n_places, n_samples, n_roots = samples.shape
    if n_roots == 1:
        _order_statistics_of_one(samples.reshape(n_places, n_samples), ranks, seconds, n_reached)
        return
    low = np.empty(n_roots, np.int32)
    high = np.empty(n_roots, np.int32)
    top = np.empty(n_roots, np.int32)
    middle = np.empty(n_roots, np.int32)
    below = np.empty(n_roots, np.int32)
    finite = np.empty(n_roots, np.int32)
    for place in range(n_places):
        low[:] = NEVER
        top[:] = -NEVER
        finite[:] = 0
        for n in range(n_samples):
            for b in range(n_roots):
                value = samples[place, n, b]
                reached = value < NEVER
                finite[b] += np.int32(reached)
                low[b] = min(low[b], value)
                top[b] = max(top[b], value if reached else -NEVER)
        for b in range(n_roots):
            n_reached[place, b] = finite[b]
        for q in range(len(ranks)):
            rank = ranks[q]
            for b in range(n_roots):
                high[b] = top[b]
                if rank >= finite[b]:
                    low[b] = NEVER
                    high[b] = NEVER
            halving = True
            while halving:
                for b in range(n_roots):
                    middle[b] = np.int32((np.int64(low[b]) + np.int64(high[b])) >> np.int64(1))
                    below[b] = 0
                for n in range(n_samples):
                    for b in range(n_roots):
                        below[b] += np.int32(samples[place, n, b] <= middle[b])
                halving = False
                for b in range(n_roots):
                    if low[b] < high[b]:
                        if below[b] > rank:
                            high[b] = middle[b]
                        else:
                            low[b] = middle[b] + 1
                        halving |= low[b] < high[b]
            for b in range(n_roots):
                seconds[place, b, q] = low[b]
