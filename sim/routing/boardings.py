"""
Owns first boardings: from a place, the runs one can board, and the last instant of leaving for each.

Listed by place, the latest leaving first. A boarding is left out if another of the same chain leaves no earlier and is
on no later a run at no later a position: whatever can be reached from it can be reached from that one as soon.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S

NEVER = np.int32(UNREACHED_S)
_FIELD = 20
"""Bits for a position, and for a leg of one place, in a key."""


@njit(cache=True, nogil=True)
def leave_by(seconds, valid_from, valid_to, leg, departure_s):
    """Return the last instant at which a leg can start to be at its stop by a departure, or −NEVER."""
    instant = min(departure_s - seconds[leg], valid_to[leg] - 1)
    return instant if instant >= valid_from[leg] else -NEVER


@njit(cache=True, nogil=True)
def _visits(net, legs, first_leg, last_leg, draw):
    """Return what can be boarded from one place as sorted keys: chain, position, leg."""
    n = 0
    for leg in range(first_leg, last_leg):
        n += net.visit_offsets[legs[0][leg] + 1] - net.visit_offsets[legs[0][leg]]
    keys = np.empty(n, np.int64)
    n = 0
    for leg in range(first_leg, last_leg):
        if legs[4][leg] >= 0 and legs[4][leg] != draw:
            continue
        for visit in range(net.visit_offsets[legs[0][leg]], net.visit_offsets[legs[0][leg] + 1]):
            chain = np.int64(net.visit_chain[visit])
            position = np.int64(net.visit_position[visit])
            keys[n] = (((chain << _FIELD) | position) << _FIELD) | (leg - first_leg)
            n += 1
    return np.sort(keys[:n])


@njit(cache=True, nogil=True)
def find_boardings(graph, legs_offsets, legs, draw, first_place, last_place, mark_0, step_s, n_marks):
    """
    List the first boardings of some places.

    Parameters
    ----------
    graph
        The `TripGraph`.
    legs_offsets, legs
        place → its first legs, CSR: (stop, seconds, valid_from_s, valid_to_s, draw).
    draw
        Draw of the graph.
    first_place, last_place
        Places to look at: first included, last excluded.
    mark_0, step_s, n_marks
        Where only the first minute not after leaving counts: the first minute, the step and how many there are [s];
        `n_marks` 0 = the exact instant counts.

    Returns
    -------
    offsets, leaving_s, node
        place (from the first one) → its boardings, CSR: last leaving, falling [s], and the node one arrives at next.
    """
    net = graph.net
    offsets = np.zeros(last_place - first_place + 1, np.int64)
    found = np.empty(1024, np.int64)
    n = 0
    longest = 0
    for chain in range(len(net.stop_offsets) - 1):
        longest = max(longest, net.stop_offsets[chain + 1] - net.stop_offsets[chain])
    best = np.empty(longest, np.int32)
    mask = (np.int64(1) << _FIELD) - 1
    for place in range(first_place, last_place):
        first_leg = legs_offsets[place]
        keys = _visits(net, legs, first_leg, legs_offsets[place + 1], draw)
        start = n
        low = 0
        while low < len(keys):
            chain = keys[low] >> (2 * _FIELD)
            high = low
            while high < len(keys) and keys[high] >> (2 * _FIELD) == chain:
                best[(keys[high] >> _FIELD) & mask] = -NEVER
                high += 1
            for run in range(net.run_offsets[chain], net.run_offsets[chain + 1]):
                latest = -NEVER
                i = low
                while i < high:
                    position = (keys[i] >> _FIELD) & mask
                    row = net.time_offsets[run] + position
                    leaving = -NEVER
                    while i < high and (keys[i] >> _FIELD) & mask == position:
                        leg = first_leg + (keys[i] & mask)
                        leaving = max(leaving, leave_by(legs[1], legs[2], legs[3], leg, net.departure_s[row]))
                        i += 1
                    latest = max(latest, best[position])
                    node = graph.node_of[row + 1]
                    if leaving < graph.first_s or node < 0:
                        continue
                    counts = leaving
                    if n_marks > 0:
                        counts = min((leaving - mark_0) // step_s, n_marks - 1)
                    if counts <= latest:
                        continue
                    latest = counts
                    best[position] = counts
                    if n == len(found):
                        found = np.append(found, np.empty(n, np.int64))
                    found[n] = ((np.int64(NEVER) - leaving) << np.int64(32)) | node
                    n += 1
            low = high
        found[start:n].sort()
        offsets[place - first_place + 1] = n
    leaving_s = np.empty(n, np.int32)
    nodes = np.empty(n, np.int32)
    for i in range(n):
        leaving_s[i] = np.int64(NEVER) - (found[i] >> np.int64(32))
        nodes[i] = found[i] & ((np.int64(1) << np.int64(32)) - 1)
    return offsets, leaving_s, nodes
