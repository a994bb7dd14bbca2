"""
Owns the search kernels: shortest paths over the junctions of a ChainGraph, and what stands on its chains.

A search keeps junctions in buckets of keys (Dial). Within a bucket they come in any order, and one that is found
nearer is taken out again: whatever the order, the labels end at the one least key, so results never depend on it.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np
from numba import njit

FAR = np.int64(1) << np.int64(62)
SMALL_FAR = np.int32(1 << 30)
NOT_QUEUED = -2
ROOM = 4096


@njit(cache=True, nogil=True)
def _spread(
    edge_offsets, edge_to, edge_key, seeds, seed_keys, limit, far, shift, best, touched, heads, following, preceding
):
    """
    Find the least key of every junction within reach of the seeds.

    Parameters
    ----------
    edge_offsets, edge_to, edge_key
        The junctions in CSR form.
    seeds, seed_keys
        Junctions to start from (−1 = none) and their keys, shape (R,).
    limit, far, shift
        Keys must be below `limit`; `far` stands for not reached; bucket = key >> shift.
    best, touched, heads, following, preceding
        Room: junction → key, all `far`; the junctions found; bucket → first junction, all −1, a power of two of them
        and more than any two queued keys are apart; junction → next and last one in its bucket (`NOT_QUEUED`).

    Returns
    -------
    n_touched
        How many junctions were found. `best` holds their keys, the rest is as it was.
    """
    mask = len(heads) - 1
    n_touched = 0
    n_queued = 0
    bucket = np.int64(far) >> shift
    for row in range(len(seeds)):
        node = seeds[row]
        key = seed_keys[row]
        if node < 0 or key >= limit or key >= best[node]:
            continue
        if best[node] == far:
            touched[n_touched] = node
            n_touched += 1
            n_queued += 1
        else:
            slot = (best[node] >> shift) & mask
            before = preceding[node]
            after = following[node]
            if before >= 0:
                following[before] = after
            else:
                heads[slot] = after
            if after >= 0:
                preceding[after] = before
        best[node] = key
        slot = (key >> shift) & mask
        first = heads[slot]
        following[node] = first
        preceding[node] = -1
        if first >= 0:
            preceding[first] = node
        heads[slot] = node
        bucket = min(bucket, np.int64(key) >> shift)
    while n_queued > 0:
        slot = bucket & mask
        node = heads[slot]
        while node >= 0:
            after = following[node]
            heads[slot] = after
            if after >= 0:
                preceding[after] = -1
            preceding[node] = NOT_QUEUED
            n_queued -= 1
            key = best[node]
            for edge in range(edge_offsets[node], edge_offsets[node + 1]):
                to = edge_to[edge]
                next_key = key + edge_key[edge]
                known = best[to]
                if next_key >= known or next_key >= limit:
                    continue
                to_slot = (next_key >> shift) & mask
                if known == far:
                    touched[n_touched] = to
                    n_touched += 1
                    n_queued += 1
                elif preceding[to] == NOT_QUEUED:
                    n_queued += 1
                else:
                    known_slot = (known >> shift) & mask
                    if known_slot == to_slot:
                        best[to] = next_key
                        continue
                    before = preceding[to]
                    after = following[to]
                    if before >= 0:
                        following[before] = after
                    else:
                        heads[known_slot] = after
                    if after >= 0:
                        preceding[after] = before
                best[to] = next_key
                first = heads[to_slot]
                following[to] = first
                preceding[to] = -1
                if first >= 0:
                    preceding[first] = to
                heads[to_slot] = to
            node = heads[slot]
        bucket += 1
    return n_touched


@njit(cache=True, nogil=True)
def _longer(column, n, n_more):
    """Return a copy of the first n entries with room for more."""
    longer = np.empty(2 * (n + n_more), column.dtype)
    for i in range(n):
        longer[i] = column[i]
    return longer


@njit(cache=True, nogil=True)
def _along(a, b, position, come, leave):
    """Return effort and length from node a to node b on the same chain."""
    if position[b] >= position[a]:
        return come[b, 0, 0] - come[a, 0, 0], come[b, 0, 1] - come[a, 0, 1]
    return leave[a, 0, 0] - leave[b, 0, 0], leave[a, 0, 1] - leave[b, 0, 1]


@njit(cache=True, nogil=True)
def _beside(source, target, nodes, ways, xy, chains, limit, bits):
    """Return the key from a source to a target of the same place without passing a junction, `limit` if too far."""
    a, b = nodes[0][source], nodes[1][target]
    around = ways[0][source] + ways[1][target]
    effort = np.int64(0)
    length = np.int64(0)
    if a == b:
        east = xy[0][source, 0] - xy[1][target, 0]
        north = xy[0][source, 1] - xy[1][target, 1]
        straight = np.int64(np.rint(1000.0 * np.sqrt(east * east + north * north)))
        around = min(straight, around)
    else:
        effort, length = _along(a, b, chains[1], chains[2], chains[3])
    if around + effort >= limit >> bits:
        return limit
    return ((around + effort) << bits) + (around + length if bits > 0 else np.int64(0))


@njit(cache=True, nogil=True)
def _near_junctions(best, touched, n_touched, entries, limit, best_target, found, n_found):
    """Lower the keys of the targets around the junctions found; return how many targets are found by now."""
    offsets, targets, keys = entries
    for i in range(n_touched):
        key = best[touched[i]]
        for row in range(offsets[touched[i]], offsets[touched[i] + 1]):
            whole = key + keys[row]
            if whole >= limit:
                break
            target = targets[row]
            if whole < best_target[target]:
                if best_target[target] == FAR:
                    found[n_found] = target
                    n_found += 1
                best_target[target] = whole
    return n_found


@njit(cache=True, nogil=True)
def _near_place(source, place, nodes, ways, xy, chains, company, limit, bits, best_target, found, n_found):
    """Lower the keys of the targets at the same place as a source; return how many targets are found by now."""
    for row in range(company[0][place], company[0][place + 1]):
        target = company[1][row]
        key = _beside(source, target, nodes, ways, xy, chains, limit, bits)
        if key < best_target[target] and key < limit:
            if best_target[target] == FAR:
                found[n_found] = target
                n_found += 1
            best_target[target] = key
    return n_found


@njit(cache=True, nogil=True)
def walks_between(graph, chains, nodes, ways, xy, seeds, entries, company, limit, bits, shift, n_slots, first, last):
    """
    Find the targets within reach of each of the sources `first` … `last` − 1.

    Parameters
    ----------
    graph
        Junctions in CSR form: offsets, ends, keys of edges.
    chains
        place, position, come, leave of `ChainGraph`.
    nodes, ways, xy
        Node (−1 = none), way to it and point, of the sources and of the targets.
    seeds
        Junctions a source starts from (−1 = none) and the keys to them, shapes (S, 2).
    entries
        junction → targets around it and the keys from it, ascending by key, CSR.
    company
        place → targets at it, CSR.
    limit, bits, shift, n_slots
        Keys must be below `limit`; bits of the length in a key; buckets (see `_spread`).

    Returns
    -------
    offsets, target, key
        CSR by source, in no particular order within a source.

    Notes
    -----
    A source and a target attached to the same node walk straight if that is shorter than by way of the node.
    """
    edge_offsets, edge_to, edge_key = graph
    n = len(edge_offsets) - 1
    n_targets = len(nodes[1])
    best = np.full(n, FAR)
    touched = np.empty(n, np.int32)
    heads = np.full(n_slots, -1, np.int32)
    following = np.empty(n, np.int32)
    preceding = np.full(n, NOT_QUEUED, np.int32)
    best_target = np.full(n_targets, FAR)
    found = np.empty(n_targets, np.int32)
    offsets = np.zeros(last - first + 1, np.int64)
    target = np.empty(ROOM, np.int32)
    key = np.empty(ROOM, np.int64)
    for source in range(first, last):
        n_found = 0
        if nodes[0][source] >= 0:
            n_touched = _spread(
                edge_offsets, edge_to, edge_key, seeds[0][source], seeds[1][source], limit, FAR, shift,
                best, touched, heads, following, preceding,
            )  # fmt: skip
            n_found = _near_junctions(best, touched, n_touched, entries, limit, best_target, found, 0)
            place = chains[0][nodes[0][source]]
            n_found = _near_place(
                source, place, nodes, ways, xy, chains, company, limit, bits, best_target, found, n_found
            )
            for i in range(n_touched):
                best[touched[i]] = FAR
        begin = offsets[source - first]
        offsets[source - first + 1] = begin + n_found
        if begin + n_found > len(target):
            target = _longer(target, begin, n_found)
            key = _longer(key, begin, n_found)
        for i in range(n_found):
            target[begin + i] = found[i]
            key[begin + i] = best_target[found[i]]
            best_target[found[i]] = FAR
    return offsets, target[: offsets[-1]], key[: offsets[-1]]


@njit(cache=True, nogil=True)
def nearest_walks(graph, chains, nodes, ways, xy, seeds, entries, company, limit, bits, shift, n_slots):
    """
    Find the least key to each target from any source; `FAR` = none within reach.

    Parameters as of `walks_between`.
    """
    edge_offsets, edge_to, edge_key = graph
    n = len(edge_offsets) - 1
    best = np.full(n, FAR)
    touched = np.empty(n, np.int32)
    best_target = np.full(len(nodes[1]), FAR)
    found = np.empty(len(nodes[1]), np.int32)
    n_touched = _spread(
        edge_offsets, edge_to, edge_key, seeds[0].ravel(), seeds[1].ravel(), limit, FAR, shift,
        best, touched, np.full(n_slots, -1, np.int32), np.empty(n, np.int32), np.full(n, NOT_QUEUED, np.int32),
    )  # fmt: skip
    n_found = _near_junctions(best, touched, n_touched, entries, limit, best_target, found, 0)
    for source in range(len(nodes[0])):
        if nodes[0][source] >= 0:
            place = chains[0][nodes[0][source]]
            n_found = _near_place(
                source, place, nodes, ways, xy, chains, company, limit, bits, best_target, found, n_found
            )
    return best_target


@njit(cache=True, nogil=True)
def _near_nodes(node, chains, network, best, touched, n_touched, limit, rows, millimetres):
    """
    Write the nodes within reach and the way to them; return how many they are.

    Parameters
    ----------
    node, chains
        The source, and place, position, come, leave of `ChainGraph`.
    network
        chain → its rows (CSR), row → node and way from the ends, chain → junctions at its ends; junction → chains
        at it (CSR), each as 2 · chain + end.
    best, touched, n_touched
        What `_spread` found.
    limit
        Ways must be below it.
    rows, millimetres
        Room for the answer: junctions as they are, rows of chains after them.
    """
    row_offsets, row_node, row_come, chain_ends, at_offsets, at_chain = network
    n_junctions = len(best)
    n = 0
    own = chains[0][node]
    if own < len(chain_ends):
        a, b = chain_ends[own]
        from_a = best[a]
        from_b = best[b] if b >= 0 else SMALL_FAR
        for row in range(row_offsets[own], row_offsets[own + 1]):
            way = np.int64(min(from_a + row_come[row, 0], from_b + row_come[row, 1]))
            effort, _ = _along(node, row_node[row], chains[1], chains[2], chains[3])
            way = min(way, effort)
            if way < limit:
                rows[n] = n_junctions + row
                millimetres[n] = way
                n += 1
    for i in range(n_touched):
        junction = touched[i]
        rows[n] = junction
        millimetres[n] = best[junction]
        n += 1
        for at in range(at_offsets[junction], at_offsets[junction + 1]):
            chain = at_chain[at] >> 1
            a, b = chain_ends[chain]
            if chain == own or (at_chain[at] & 1 and best[a] != SMALL_FAR):
                continue
            from_a = best[a]
            from_b = best[b] if b >= 0 else SMALL_FAR
            for row in range(row_offsets[chain], row_offsets[chain + 1]):
                way = min(from_a + row_come[row, 0], from_b + row_come[row, 1])
                if way < limit:
                    rows[n] = n_junctions + row
                    millimetres[n] = way
                    n += 1
    return n


@njit(cache=True, nogil=True)
def nodes_near(graph, chains, network, sources, seeds, limit, shift, n_slots, node_of, weight, listed, first, last):
    """
    Find the nodes within reach of each of the sources `first` … `last` − 1, or sum weights over them.

    Parameters
    ----------
    graph, chains, seeds, limit, shift, n_slots
        As of `walks_between`, with 32-bit keys without lengths.
    network
        See `_near_nodes`.
    sources
        Nodes to search from.
    node_of, weight
        Nodes and weights of junctions, then of rows of chains; no weights if `listed`.
    listed
        Whether nodes are wanted, not sums.

    Returns
    -------
    offsets, node, millimetres
        CSR by source, empty unless `listed`; always in the same order, but in no particular one.
    sums
        source → sum of the weights within reach, added in that order; 0 if `listed`.
    """
    edge_offsets, edge_to, edge_key = graph
    n = len(edge_offsets) - 1
    best = np.full(n, SMALL_FAR)
    touched = np.empty(n, np.int32)
    heads = np.full(n_slots, -1, np.int32)
    following = np.empty(n, np.int32)
    preceding = np.full(n, NOT_QUEUED, np.int32)
    rows = np.empty(len(node_of), np.int32)
    ways = np.empty(len(node_of), np.int32)
    offsets = np.zeros(last - first + 1, np.int64)
    sums = np.zeros(last - first)
    node = np.empty(ROOM if listed else 0, np.int32)
    millimetres = np.empty(ROOM if listed else 0, np.int32)
    for source in range(first, last):
        n_touched = _spread(
            edge_offsets, edge_to, edge_key, seeds[0][source], seeds[1][source], limit, SMALL_FAR, shift,
            best, touched, heads, following, preceding,
        )  # fmt: skip
        n_near = _near_nodes(sources[source], chains, network, best, touched, n_touched, limit, rows, ways)
        for i in range(n_touched):
            best[touched[i]] = SMALL_FAR
        if listed:
            begin = offsets[source - first]
            offsets[source - first + 1] = begin + n_near
            if begin + n_near > len(node):
                node = _longer(node, begin, n_near)
                millimetres = _longer(millimetres, begin, n_near)
            for i in range(n_near):
                node[begin + i] = node_of[rows[i]]
                millimetres[begin + i] = ways[i]
        else:
            total = 0.0
            for i in range(n_near):
                total += weight[rows[i]]
            sums[source - first] = total
    return offsets, node[: offsets[-1]], millimetres[: offsets[-1]], sums


@njit(cache=True, nogil=True)
def turn_rows(offsets, column, key, n_columns):
    """
    Turn a table round: CSR by row to CSR by column.

    Parameters
    ----------
    offsets, column, key
        row → its entries (CSR), and entry → column and key.
    n_columns
        Number of columns.

    Returns
    -------
    offsets, row, key
        CSR by column, ascending by row within a column.
    """
    turned = np.zeros(n_columns + 1, np.int64)
    for entry in range(len(column)):
        turned[column[entry] + 1] += 1
    for c in range(n_columns):
        turned[c + 1] += turned[c]
    rows = np.empty(len(column), np.int32)
    keys = np.empty(len(column), np.int64)
    free = turned[:-1].copy()
    for row in range(len(offsets) - 1):
        for entry in range(offsets[row], offsets[row + 1]):
            place = free[column[entry]]
            free[column[entry]] = place + 1
            rows[place] = row
            keys[place] = key[entry]
    return turned, rows, keys


__all__ = ["FAR", "nearest_walks", "nodes_near", "turn_rows", "walks_between"]
