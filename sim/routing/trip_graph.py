"""
Owns the graph of one day that range queries are answered on: arrivals of runs, staying on, and changing.

A node is one arrival of a run at a stop (never its first). Nodes are numbered from the last arrival to the first, so
that whoever works through them in order finds what can happen later already done, and close by in memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.units import BoolArray, IntArray
from sim.routing.csr import owner_of_rows
from sim.routing.network import Network
from sim.routing.sharing import parts_of, share


class TripGraph(NamedTuple):
    """
    The graph.

    Parameters
    ----------
    net
        The network it was made from.
    node_of
        time row of the network → node, −1 = outside the horizon or first stop of a run.
    arrival_s
        node → arrival [s], falling, shape (E,).
    row
        node → time row of the network, shape (E,).
    stay
        node → node of the next stop of the same run, −1 = none, shape (E,).
    change_offsets, change_to
        node → nodes one arrives at next after changing there, CSR.
    stop, can_alight, stop_before
        node → its stop, whether one can get off there, and the stop of its run before, shapes (E,).
    alight_offsets, alight_node
        stop → nodes at which one can get off there, CSR.
    first_s, last_s
        Horizon: nothing leaves before the first or arrives after the last [s].
    """

    net: Network
    node_of: IntArray
    arrival_s: IntArray
    row: IntArray
    stay: IntArray
    change_offsets: IntArray
    change_to: IntArray
    stop: IntArray
    can_alight: BoolArray
    stop_before: IntArray
    alight_offsets: IntArray
    alight_node: IntArray
    first_s: int
    last_s: int

    @property
    def n_nodes(self) -> int:
        """Number of arrivals."""
        return len(self.arrival_s)


def build_trip_graph(net: Network, *, first_s: int, last_s: int, n_threads: int) -> TripGraph:
    """
    Return the graph of a network.

    Parameters
    ----------
    net
        The network, mirrored or not.
    first_s, last_s
        Horizon, in the time of the network [s].
    n_threads
        Threads to share the work; changes nothing but the time taken.

    Returns
    -------
    graph
        The graph.
    """
    lengths = np.diff(net.time_offsets)
    n_rows = int(net.time_offsets[-1])
    position = np.arange(n_rows) - np.repeat(net.time_offsets[:-1], lengths)
    row = rows_of_nodes(net, first_s, last_s)
    node_of = np.full(n_rows + 1, -1, np.int32)
    node_of[row] = np.arange(len(row), dtype=np.int32)
    ends = np.zeros(n_rows, np.bool_)
    ends[net.time_offsets[1:][lengths > 0] - 1] = True
    chain_of = chain_of_runs(net)
    offsets, to = _changes(net, chain_of, row, node_of, (first_s, last_s), n_threads)
    chain_position = net.stop_offsets[np.repeat(chain_of, lengths)[row]] + position[row]
    stop, can_alight = net.stops[chain_position], net.alight[chain_position]
    alight_offsets, alight_node = nodes_of_stops(stop, can_alight, len(net.change_s))
    return TripGraph(
        net=net,
        node_of=node_of,
        arrival_s=net.arrival_s[row],
        row=row,
        stay=np.where(ends[row], -1, node_of[row + 1]).astype(np.int32),
        change_offsets=offsets,
        change_to=to,
        stop=stop,
        can_alight=can_alight,
        stop_before=net.stops[chain_position - 1],
        alight_offsets=alight_offsets,
        alight_node=alight_node,
        first_s=first_s,
        last_s=last_s,
    )


def rows_of_nodes(net: Network, first_s: int, last_s: int) -> IntArray:
    """Return node → time row of the network: arrivals within the horizon, the last first."""
    position = np.arange(int(net.time_offsets[-1])) - np.repeat(net.time_offsets[:-1], np.diff(net.time_offsets))
    rows = np.flatnonzero((position > 0) & (net.arrival_s >= first_s) & (net.arrival_s <= last_s))
    late_first = (last_s - net.arrival_s[rows].astype(np.int64)) << np.int64(24)
    return rows[np.argsort(late_first - position[rows], kind="stable")].astype(np.int32)


def nodes_of_stops(stop: IntArray, can_alight: BoolArray, n_stops: int) -> tuple[IntArray, IntArray]:
    """Return stop → nodes at which one can get off there, CSR: offsets, node."""
    alights = np.flatnonzero(can_alight)
    order = alights[np.argsort(stop[alights], kind="stable")]
    return np.searchsorted(stop[order], np.arange(n_stops + 1)).astype(np.int32), order.astype(np.int32)


def chain_of_runs(net: Network) -> IntArray:
    """Return run → its chain."""
    return owner_of_rows(net.run_offsets)


def spare_changes(graph: TripGraph, *, n_threads: int) -> tuple[IntArray, IntArray]:
    """Return the needless changes of a graph that can stand in for its own when runs fall away; CSR by node."""
    from sim.routing.transfers import find_transfers  # noqa: PLC0415 -- compiles on first use

    net, chain_of = graph.net, chain_of_runs(graph.net)
    found = share(
        lambda part: find_transfers(net, chain_of, part[0], part[1], graph.first_s, graph.last_s, True),
        parts_of(len(net.time_offsets) - 1),
        n_threads,
    )
    offsets, rows = changes_by_node(found, graph.row)
    spare = rows < 0
    before = np.concatenate([[0], np.cumsum(spare)])
    return before[offsets].astype(np.int32), graph.node_of[-1 - rows[spare]]


def changes_by_node(found: list[tuple[IntArray, IntArray, IntArray]], row: IntArray) -> tuple[IntArray, IntArray]:
    """
    Return changes in the order of nodes, CSR.

    Parameters
    ----------
    found
        What `find_transfers` returned, part by part.
    row
        node → row in the parts laid end to end.
    """
    if not found:
        return np.zeros(len(row) + 1, np.int32), np.zeros(0, np.int32)
    counts = np.array([len(to) for _, _, to in found])
    before = np.repeat(np.cumsum(counts) - counts, [len(begin) for begin, _, _ in found])
    begin = (np.concatenate([f[0] for f in found]) + before)[row]
    n_each = np.concatenate([f[1] - f[0] for f in found])[row]
    offsets = np.concatenate([[0], np.cumsum(n_each)])
    picked = np.repeat(begin - offsets[:-1], n_each) + np.arange(offsets[-1])
    return offsets.astype(np.int32), np.concatenate([f[2] for f in found])[picked]


def _changes(
    net: Network, chain_of: IntArray, row: IntArray, node_of: IntArray, horizon: tuple[int, int], n_threads: int
) -> tuple[IntArray, IntArray]:
    """Return the changes by node, in the order of nodes."""
    from sim.routing.transfers import find_transfers  # noqa: PLC0415 -- compiles on first use

    runs = parts_of(len(net.time_offsets) - 1)
    found = share(lambda part: find_transfers(net, chain_of, part[0], part[1], *horizon), runs, n_threads)
    offsets, to = changes_by_node(found, row)
    return offsets, node_of[to]
