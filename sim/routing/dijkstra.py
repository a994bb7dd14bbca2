"""Owns the walking kernel: bounded shortest paths from many sources over a street graph, in whole millimetres."""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

FAR_MM = np.int64(1) << np.int64(60)


@njit(cache=True, nogil=True)
def _push(keys, lengths, nodes, size, key, length, node):
    """Add an entry to a binary heap ordered by (key, length, node)."""
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if keys[up] < key or (keys[up] == key and lengths[up] <= length):
            break
        keys[i] = keys[up]
        lengths[i] = lengths[up]
        nodes[i] = nodes[up]
        i = up
    keys[i] = key
    lengths[i] = length
    nodes[i] = node


@njit(cache=True, nogil=True)
def _pop(keys, lengths, nodes, size):
    """Drop the first entry of the heap, which holds `size` entries before."""
    last = size - 1
    key = keys[last]
    length = lengths[last]
    node = nodes[last]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= last:
            break
        right = child + 1
        if right < last and (
            keys[right] < keys[child] or (keys[right] == keys[child] and lengths[right] < lengths[child])
        ):
            child = right
        if key < keys[child] or (key == keys[child] and length <= lengths[child]):
            break
        keys[i] = keys[child]
        lengths[i] = lengths[child]
        nodes[i] = nodes[child]
        i = child
    keys[i] = key
    lengths[i] = length
    nodes[i] = node


@njit(cache=True, nogil=True)
def bounded_paths(
    edge_offsets,
    edge_to,
    edge_effort,
    edge_length,
    source_node,
    source_mm,
    source_xy,
    node_offsets,
    node_targets,
    target_mm,
    target_xy,
    max_mm,
):
    """
    Find, for every source, the targets within a bound by least effort and, among equals, least length.

    Parameters
    ----------
    edge_offsets, edge_to, edge_effort, edge_length
        The graph in CSR form; effort and length in whole mm, effort < 0 = not walkable.
    source_node, source_mm, source_xy
        source → its node (−1 = not attached), the mm to it, and its place [m].
    node_offsets, node_targets, target_mm, target_xy
        node → targets attached to it (CSR); target → mm from its node, and its place [m].
    max_mm
        Largest total effort [mm].

    Returns
    -------
    offsets, target, effort, length
        CSR by source: targets in the order found, total effort and length [mm].

    Notes
    -----
    A source and a target attached to the same node walk straight if that is shorter than by way of the node.
    """
    n_nodes = len(edge_offsets) - 1
    best = np.full(n_nodes, FAR_MM)
    best_length = np.full(n_nodes, FAR_MM)
    done = np.zeros(n_nodes, np.bool_)
    touched = np.empty(n_nodes, np.int32)
    capacity = len(edge_to) + 2
    keys = np.empty(capacity, np.int64)
    lengths = np.empty(capacity, np.int64)
    nodes = np.empty(capacity, np.int32)
    offsets = np.zeros(len(source_node) + 1, np.int64)
    room = 1024
    found = np.empty(room, np.int32)
    found_effort = np.empty(room, np.int64)
    found_length = np.empty(room, np.int64)
    n_found = 0
    for source in range(len(source_node)):
        n_touched = 0
        start = source_node[source]
        size = 0
        if start < 0:
            offsets[source + 1] = n_found
            continue
        here = node_offsets[start + 1] - node_offsets[start]
        if n_found + here > room:
            more = room + here
            found = np.append(found, np.empty(more, np.int32))
            found_effort = np.append(found_effort, np.empty(more, np.int64))
            found_length = np.append(found_length, np.empty(more, np.int64))
            room += more
        for row in range(node_offsets[start], node_offsets[start + 1]):
            target = node_targets[row]
            east = source_xy[source, 0] - target_xy[target, 0]
            north = source_xy[source, 1] - target_xy[target, 1]
            straight = np.int64(np.rint(1000.0 * np.sqrt(east * east + north * north)))
            around = min(straight, source_mm[source] + target_mm[target])
            if around <= max_mm:
                found[n_found] = target
                found_effort[n_found] = around
                found_length[n_found] = around
                n_found += 1
        if source_mm[source] <= max_mm:
            best[start] = source_mm[source]
            best_length[start] = source_mm[source]
            touched[0] = start
            n_touched = 1
            _push(keys, lengths, nodes, 0, best[start], best_length[start], start)
            size = 1
        while size > 0:
            node = nodes[0]
            _pop(keys, lengths, nodes, size)
            size -= 1
            if done[node]:
                continue
            done[node] = True
            effort = best[node]
            length = best_length[node]
            for row in range(node_offsets[node], node_offsets[node + 1]):
                target = node_targets[row]
                if node == start or effort + target_mm[target] > max_mm:
                    continue
                if n_found == room:
                    room *= 2
                    found = np.append(found, np.empty(room - n_found, np.int32))
                    found_effort = np.append(found_effort, np.empty(room - n_found, np.int64))
                    found_length = np.append(found_length, np.empty(room - n_found, np.int64))
                found[n_found] = target
                found_effort[n_found] = effort + target_mm[target]
                found_length[n_found] = length + target_mm[target]
                n_found += 1
            for edge in range(edge_offsets[node], edge_offsets[node + 1]):
                if edge_effort[edge] < 0:
                    continue
                to = edge_to[edge]
                next_effort = effort + edge_effort[edge]
                if next_effort > max_mm or done[to] or next_effort > best[to]:
                    continue
                next_length = length + edge_length[edge]
                if next_effort == best[to] and next_length >= best_length[to]:
                    continue
                if best[to] == FAR_MM:
                    touched[n_touched] = to
                    n_touched += 1
                best[to] = next_effort
                best_length[to] = next_length
                _push(keys, lengths, nodes, size, next_effort, next_length, to)
                size += 1
        for i in range(n_touched):
            best[touched[i]] = FAR_MM
            best_length[touched[i]] = FAR_MM
            done[touched[i]] = False
        offsets[source + 1] = n_found
    return offsets, found[:n_found], found_effort[:n_found], found_length[:n_found]


__all__ = ["bounded_paths"]
