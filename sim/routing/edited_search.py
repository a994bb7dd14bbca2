"""
Owns the kernels that carry arrivals and samples over to an edited timetable, touching only what differs.

Per node and round, `state` says whether any arrival of a block of roots is earlier than before the edit (`FELL`) or
later (`ROSE`); where it is 0, the arrivals kept from before hold. Nodes of runs that are gone have no arrival; nodes of
added runs had none.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, FURB136, PLR0912, PLR0913, PLR0915, PLR0917, PLR2004 -- kernels
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S
from sim.routing.samples import order_statistics, sample_places

NEVER = np.int32(UNREACHED_S)
FELL, ROSE = np.uint8(1), np.uint8(2)
FEW = 8
"""Roots that are sampled anew together."""


@njit(cache=True, nogil=True)
def find_weak(stay, change_offsets, change_to, gone):
    """Return the nodes from which some kept change, there or later on the run, led to a run that is gone."""
    weak = np.zeros(len(stay), np.bool_)
    for n in range(len(stay)):
        found = stay[n] >= 0 and weak[stay[n]]
        for i in range(change_offsets[n], change_offsets[n + 1]):
            found |= gone[change_to[i]]
        weak[n] = found
    return weak


@njit(cache=True, nogil=True)
def _lower(values, n, others, t):
    """Lower a row of values to a row of others."""
    for b in range(values.shape[1]):
        x = others[t, b]
        y = values[n, b]
        values[n, b] = x if x < y else y


@njit(cache=True, nogil=True)
def _compared(values, kept, n):
    """Return whether any value of a row fell below or rose above that kept."""
    fell = 0
    rose = 0
    for b in range(values.shape[1]):
        fell += values[n, b] < kept[n, b]
        rose += values[n, b] > kept[n, b]
    return (FELL if fell else np.uint8(0)) | (ROSE if rose else np.uint8(0))


@njit(cache=True, nogil=True)
def change_once_more_again(graph, spare, more, added, gone, weak, kept, new, state_before, state_after, check):
    """
    Write the arrivals with one more vehicle in the edited graph, where they differ from those kept.

    An arrival can differ only if an arrival it is the least of does. A needless change cannot have been less, so it
    matters only at weak nodes, and there only if it fell or what is found without it is later than what was kept.

    Parameters
    ----------
    graph
        The `TripGraph` before the edit.
    spare
        (offsets, to): its needless changes.
    more
        (offsets, to): changes of its nodes that came with the edit.
    added
        (stay, change_offsets, change_to) of the added nodes; `stay` counts among them.
    gone, weak
        node → whether it is no more; whether kept changes may not suffice there.
    kept
        (before, after): arrivals kept of both rounds, shape (E, B).
    new
        (before, after): arrivals of both rounds in the edited graph, shape (E + A, B); only where `state` is not 0.
    state_before, state_after
        node → whether arrivals `FELL` or `ROSE`, shape (E + A,); those after are written.
    check
        Whether to compare the rounds.

    Returns
    -------
    moved
        Whether any arrival differs between the rounds; only if `check` and the kept ones do not.
    """
    stay, offsets, to = graph.stay, graph.change_offsets, graph.change_to
    spare_offsets, spare_to = spare
    more_offsets, more_to = more
    stay_added, offsets_added, to_added = added
    before_old, after_old = kept
    before_new, after_new = new
    n_old, width = before_old.shape
    moved = False
    for n in range(n_old):
        state_after[n] = 0
        if gone[n]:
            state_after[n] = ROSE
            continue
        then = stay[n]
        state = state_before[n]
        if then >= 0:
            state |= state_after[then]
        for i in range(offsets[n], offsets[n + 1]):
            state |= state_before[to[i]]
        falls = np.uint8(0)
        if weak[n]:
            for i in range(spare_offsets[n], spare_offsets[n + 1]):
                falls |= state_before[spare_to[i]]
        for i in range(more_offsets[n], more_offsets[n + 1]):
            falls |= state_before[more_to[i]]
        state |= falls & FELL
        if state == 0:
            continue
        if state_before[n]:
            for b in range(width):
                after_new[n, b] = before_new[n, b]
        else:
            for b in range(width):
                after_new[n, b] = before_old[n, b]
        if then >= 0:
            if state_after[then]:
                _lower(after_new, n, after_new, then)
            else:
                _lower(after_new, n, after_old, then)
        later = False
        for part in range(3):
            if part == 0:
                first, last, targets = offsets[n], offsets[n + 1], to
            elif part == 1:
                first, last, targets = more_offsets[n], more_offsets[n + 1], more_to
            elif weak[n]:
                first, last, targets = spare_offsets[n], spare_offsets[n + 1], spare_to
                later = _compared(after_new, after_old, n) & ROSE != 0
            else:
                continue
            for i in range(first, last):
                t = targets[i]
                if state_before[t]:
                    if (part == 2 and not later and not state_before[t] & FELL) or (t < n_old and gone[t]):
                        continue
                    _lower(after_new, n, before_new, t)
                elif (part != 2 or later) and t < n_old:
                    _lower(after_new, n, before_old, t)
        state_after[n] = _compared(after_new, after_old, n)
        if check and not moved:
            if state_before[n]:
                for b in range(width):
                    moved |= after_new[n, b] != before_new[n, b]
            else:
                for b in range(width):
                    moved |= after_new[n, b] != before_old[n, b]
    for a in range(len(stay_added)):
        n = n_old + a
        state_after[n] = FELL
        for b in range(width):
            after_new[n, b] = before_new[n, b]
        if stay_added[a] >= 0:
            then = n_old + stay_added[a]
            _lower(after_new, n, after_new, then)
        for i in range(offsets_added[a], offsets_added[a + 1]):
            t = to_added[i]
            if state_before[t]:
                _lower(after_new, n, before_new, t)
            else:
                _lower(after_new, n, before_old, t)
        if check and not moved:
            for b in range(width):
                moved |= after_new[n, b] != before_new[n, b]
    return moved


@njit(cache=True, nogil=True)
def put_together(kept, state, gone, never, new, differing):
    """
    Fill the arrivals of the edited graph, (E + A, B), with those kept where they do not differ.

    Where they do, `differing` gets the earlier of both, else `never`; only for nodes whose `state` is not 0.
    """
    n_old, width = kept.shape
    for n in range(len(new)):
        if n >= n_old:
            for b in range(width):
                differing[n, b] = new[n, b]
        elif gone[n]:
            for b in range(width):
                new[n, b] = never
                differing[n, b] = kept[n, b]
        elif state[n] == 0:
            for b in range(width):
                new[n, b] = kept[n, b]
        else:
            for b in range(width):
                x = kept[n, b]
                y = new[n, b]
                differing[n, b] = never if x == y else min(x, y)


@njit(cache=True, nogil=True)
def reached_at_last_mark(arrivals, base_s, never, offsets, leaving_s, node, last_mark, direct_s, longest_s):
    """Raise `longest_s`, (F, B), to the time from every place to every root when leaving at the last mark."""
    width = direct_s.shape[1]
    best = np.empty(width, arrivals.dtype)
    for place in range(len(offsets) - 1):
        best[:] = never
        for p in range(offsets[place], offsets[place + 1]):
            if leaving_s[p] < last_mark:
                break
            for b in range(width):
                x = arrivals[node[p], b]
                y = best[b]
                best[b] = x if x < y else y
        for b in range(width):
            time = NEVER if best[b] == never else np.int32(best[b]) + np.int32(base_s - last_mark)
            longest_s[place, b] = max(longest_s[place, b], min(time, direct_s[place, b]))


@njit(cache=True, nogil=True)
def join_boardings(offsets, leaving_s, node, gone, more_offsets, more_leaving_s, more_node, node_0):
    """
    Return the boardings of all places without those of runs that are gone and with some more, the latest first.

    Parameters
    ----------
    offsets, leaving_s, node
        place → its boardings, CSR.
    gone
        node → whether it is no more.
    more_offsets, more_leaving_s, more_node
        place → further boardings, CSR in any order.
    node_0
        Added to every node.
    """
    n_places = len(offsets) - 1
    joined_offsets = np.zeros(n_places + 1, np.int64)
    joined_leaving_s = np.empty(len(node) + len(more_node), np.int32)
    joined_node = np.empty(len(node) + len(more_node), np.int32)
    keys = np.empty(len(more_node), np.int64)
    mask = (np.int64(1) << np.int64(32)) - 1
    n = 0
    for place in range(n_places):
        first, m = more_offsets[place], more_offsets[place + 1]
        for k in range(first, m):
            keys[k] = ((np.int64(NEVER) - more_leaving_s[k]) << np.int64(32)) | more_node[k]
        if m - first > 1:
            keys[first:m].sort()
        i = first
        for p in range(offsets[place], offsets[place + 1]):
            while i < m and np.int64(NEVER) - (keys[i] >> np.int64(32)) > leaving_s[p]:
                joined_leaving_s[n] = np.int64(NEVER) - (keys[i] >> np.int64(32))
                joined_node[n] = node_0 + (keys[i] & mask)
                n += 1
                i += 1
            if not gone[node[p]]:
                joined_leaving_s[n] = leaving_s[p]
                joined_node[n] = node_0 + node[p]
                n += 1
        while i < m:
            joined_leaving_s[n] = np.int64(NEVER) - (keys[i] >> np.int64(32))
            joined_node[n] = node_0 + (keys[i] & mask)
            n += 1
            i += 1
        joined_offsets[place + 1] = n
    return joined_offsets, joined_leaving_s[:n], joined_node[:n]


@njit(cache=True, nogil=True)
def find_touched(differing, state, base_s, before, more, last_mark, to_mark, within_s, within_last_s, touched):
    """
    Mark the groups of roots whose samples from a place can differ in order or number.

    A boarding that differs cannot matter where neither its earlier nor its new arrival gives a time up to a limit: the
    number of samples up to any shorter time stays the same.

    Parameters
    ----------
    differing, state
        node, root → the earlier one of both arrivals, if they differ; node → whether any does.
    base_s
        Base of the arrivals [s].
    before, more
        (offsets, leaving_s, node) of the boardings before, and of those that came with the edit.
    last_mark, to_mark
        Last minute of the window; (first minute, step) if one leaves at minutes, step 0 = one leaves at any instant.
    within_s, within_last_s
        place, root → limits [s], shape (F, B); the second one for boardings from the last minute on.
    touched
        place → groups of `FEW` roots, written.
    """
    mark_0, step_s = to_mark
    width = differing.shape[1]
    early = np.empty(width, np.int32)
    late = np.empty(width, np.int32)
    for place in range(len(touched)):
        early[:] = NEVER
        late[:] = NEVER
        for side in range(2):
            offsets, leaving_s, node = before if side == 0 else more
            for p in range(offsets[place], offsets[place + 1]):
                n = node[p]
                if not state[n]:
                    continue
                leaving = np.int64(leaving_s[p])
                left = leaving
                if step_s > 0:
                    left = min(mark_0 + (leaving - mark_0) // step_s * step_s, np.int64(last_mark))
                since = np.int32(base_s - left)
                if leaving >= last_mark:
                    for b in range(width):
                        x = np.int32(differing[n, b]) + since
                        y = late[b]
                        late[b] = x if x < y else y
                else:
                    for b in range(width):
                        x = np.int32(differing[n, b]) + since
                        y = early[b]
                        early[b] = x if x < y else y
        for b in range(width):
            if early[b] <= within_s[place, b] or late[b] <= within_last_s[place, b]:
                touched[place] |= np.uint64(1) << np.uint64(b // FEW)


@njit(cache=True, nogil=True)
def sample_touched(
    arrivals, words, base_s, never, boardings, touched, marks_s, step_s, direct_s, cutoff_s, modes, ranks, seconds,
    n_reached,
):  # fmt: skip
    """
    Sample the touched groups of roots anew and write their order statistics.

    Parameters
    ----------
    arrivals, words
        node, root → arrival − base, the draws' nodes one after another, shape (ΣE, B); the same as 64-bit words.
    base_s, never
        Base of the arrivals [s]; what stands for none.
    boardings
        By draw: (offsets, leaving_s, node), laid end to end; offsets of shape (D, F + 1).
    touched
        place → groups of `FEW` roots.
    marks_s, step_s, direct_s, cutoff_s, modes
        As in `sample_places`; `direct_s` of shape (F, B).
    ranks, seconds, n_reached
        As in `order_statistics`, over all places and the roots that are there: shapes (F, R, Q), (F, R).
    """
    offsets, leaving_s, node = boardings
    n_draws = len(offsets)
    n_each = len(marks_s) if modes[2] == 0 else 1
    n_places, n_roots = n_reached.shape
    n_groups = direct_s.shape[1] // FEW
    one = np.uint64(1)
    n_words = words.shape[1] // n_groups
    longest = 0
    for draw in range(n_draws):
        for place in range(n_places):
            longest = max(longest, offsets[draw, place + 1] - offsets[draw, place])
    counted = np.arange(longest)
    groups = np.empty(n_groups, np.int64)
    for place in range(n_places):
        n = 0
        for g in range(n_groups):
            if touched[place] & (one << np.uint64(g)):
                groups[n] = g
                n += 1
        if n == 0:
            continue
        if 2 * n > n_groups:  # copying costs more than it spares
            n = n_groups
            for g in range(n):
                groups[g] = g
        width = n * FEW
        walked = np.empty((1, width), np.int32)
        for i in range(n):
            walked[0, i * FEW : i * FEW + FEW] = direct_s[place, groups[i] * FEW : groups[i] * FEW + FEW]
        samples = np.empty((1, n_draws * n_each, width), np.int32)
        for draw in range(n_draws):
            first, last = offsets[draw, place], offsets[draw, place + 1]
            if n == n_groups:
                sample_places(
                    arrivals, base_s, never, (offsets[draw, place : place + 2], leaving_s, node), 0, 1, marks_s, step_s,
                    walked, cutoff_s, modes, samples, draw * n_each,
                )  # fmt: skip
                continue
            rows = np.empty((last - first, n * n_words), np.uint64)
            for p in range(first, last):
                row = words[node[p]]
                for i in range(n):
                    for w in range(n_words):
                        rows[p - first, i * n_words + w] = row[groups[i] * n_words + w]
            listed = (np.array([0, last - first]), leaving_s[first:last], counted[: last - first])
            sample_places(
                rows.view(arrivals.dtype), base_s, never, listed, 0, 1, marks_s, step_s, walked, cutoff_s, modes,
                samples, draw * n_each,
            )  # fmt: skip
        values = np.empty((1, width, len(ranks)), np.int32)
        reached = np.empty((1, width), np.int32)
        order_statistics(samples, ranks, values, reached)
        for i in range(n):
            for b in range(FEW):
                root = groups[i] * FEW + b
                if root < n_roots:
                    seconds[place, root] = values[0, i * FEW + b]
                    n_reached[place, root] = reached[0, i * FEW + b]
