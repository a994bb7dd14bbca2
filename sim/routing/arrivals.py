"""
Owns the search: the earliest arrival at some places from every node of the graph, for all places at once.

Searched backward from the places ("roots"): a node's arrival is the best of getting off and walking to the root,
staying on, and changing. Every round allows one more vehicle and is one pass over the nodes; the roots stand side by
side in a row, so one step serves all of them.
"""

# ruff: noqa: ANN001, ANN201, FURB136 -- kernels are typed by the compiler, which spreads this form over 16-bit lanes
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S

NEVER = np.int32(UNREACHED_S)


@njit(cache=True, nogil=True)
def get_off(graph, legs_offsets, legs, draw, base_s, arrivals):
    """
    Write the arrival at every root by getting off at a node and using a last leg.

    Parameters
    ----------
    graph
        The `TripGraph`.
    legs_offsets, legs
        root → its last legs, CSR: (stop, seconds, valid_from_s, valid_to_s, draw).
    draw
        Draw of the graph.
    base_s
        Subtracted from every arrival [s].
    arrivals
        node, root → the arrival, lowered in place, shape (E, B).
    """
    stops, seconds, valid_from, valid_to, draws = legs
    for root in range(len(legs_offsets) - 1):
        for leg in range(legs_offsets[root], legs_offsets[root + 1]):
            if draws[leg] >= 0 and draws[leg] != draw:
                continue
            for i in range(graph.alight_offsets[stops[leg]], graph.alight_offsets[stops[leg] + 1]):
                node = graph.alight_node[i]
                start = max(graph.arrival_s[node], valid_from[leg])
                if start >= valid_to[leg] or start + seconds[leg] > graph.last_s:
                    continue
                arrivals[node, root] = min(np.int64(arrivals[node, root]), np.int64(start + seconds[leg] - base_s))


@njit(cache=True, nogil=True)
def stay_on(stay, arrivals):
    """Lower arrivals by staying on: one vehicle."""
    for node in range(len(stay)):
        then = stay[node]
        if then >= 0:
            for b in range(arrivals.shape[1]):
                x = arrivals[then, b]
                y = arrivals[node, b]
                arrivals[node, b] = x if x < y else y


@njit(cache=True, nogil=True)
def change_once_more(stay, change_offsets, change_to, before, after):
    """Write the arrivals with one more vehicle than `before`; return whether any is earlier."""
    width = before.shape[1]
    fell = False
    if width == 1:  # no rows to work on side by side
        for node in range(len(stay)):
            best = before[node, 0]
            if stay[node] >= 0:
                best = min(best, after[stay[node], 0])
            for i in range(change_offsets[node], change_offsets[node + 1]):
                best = min(best, before[change_to[i], 0])
            after[node, 0] = best
            fell |= best != before[node, 0]
        return fell
    for node in range(len(stay)):
        for b in range(width):
            after[node, b] = before[node, b]
        then = stay[node]
        if then >= 0:
            for b in range(width):
                x = after[then, b]
                y = after[node, b]
                after[node, b] = x if x < y else y
        for i in range(change_offsets[node], change_offsets[node + 1]):
            to = change_to[i]
            for b in range(width):
                x = before[to, b]
                y = after[node, b]
                after[node, b] = x if x < y else y
        if not fell:
            for b in range(width):
                fell |= after[node, b] != before[node, b]
    return fell
