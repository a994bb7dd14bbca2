"""
Owns what an edited timetable does to the graph of a day: runs that are gone, runs that are added, and what follows.

Runs are told apart by what they do: stops, times, where one can get on and off. A run that moved is one gone and one
added. Everything else keeps its nodes, its changes and its boardings; only these come on top:

- Changes into added runs, and of added runs. What is kept of them is the least among themselves, so it is enough.
- Where a change leads to a run that is gone, the change to the next run of its chain that is still there. A change into
  a chain was left out only because the first run that could be caught later on the way is no later a run: if that one
  is gone, the next one after it is still no later. So with needless changes at hand, nothing is missed.
- Boardings likewise: of added runs, and of the next run where one is gone.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.routing.csr import offsets_of, owner_of_rows, rows_of
from sim.routing.first_boardings import Boardings, first_boardings
from sim.routing.network import Network, visits, with_day
from sim.routing.sharing import parts_of, share
from sim.routing.trip_graph import (
    TripGraph,
    chain_of_runs,
    changes_by_node,
    nodes_of_stops,
    rows_of_nodes,
    spare_changes,
)
from sim.routing.window import counted_marks, day_of_draw

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import BoolArray, IntArray
    from sim.routing.prepared import PreparedTimes

Links = tuple["IntArray", "IntArray"]
"""node → nodes, CSR: offsets, to."""


class KeptGraph(NamedTuple):
    """
    The graph of a draw with what edits of it ask for.

    `spare`: needless changes. `runs`: what a run does → the runs that do it.
    """

    graph: TripGraph
    spare: Links
    runs: dict[bytes, list[int]]


class EditedGraph(NamedTuple):
    """
    What the edit does; nodes of added runs are numbered after all others.

    Parameters
    ----------
    gone
        node → whether its run is no more, shape (E,).
    weak
        node → whether kept changes may not suffice there, so that needless ones are needed.
    more
        node → changes that came with the edit.
    stay, changes
        added node → the next one of its run counted among the added, −1 = none; its changes.
    added
        The added nodes alone, as a graph: their stops, arrivals and where one can get off.
    boardings
        place → boardings that came with the edit, in no order.
    n_gone, n_added, n_runs
        Runs that are gone, added, and all there are now.
    """

    gone: BoolArray
    weak: BoolArray
    more: Links
    changes: Links
    added: TripGraph
    boardings: Boardings
    n_gone: int
    n_added: int
    n_runs: int


def keep_graph(graph: TripGraph, *, n_threads: int) -> KeptGraph:
    """Return a graph with what edits of it ask for."""
    runs: dict[bytes, list[int]] = {}
    for run, does in enumerate(_what_runs_do(graph.net)):
        runs.setdefault(does, []).append(run)
    return KeptGraph(graph, spare_changes(graph, n_threads=n_threads), runs)


def edit_graph(prepared: PreparedTimes, kept: KeptGraph, city: City, draw: int, *, n_threads: int) -> EditedGraph:
    """
    Return what another timetable among the same stops and streets does to the graph of a draw.

    Parameters
    ----------
    prepared, kept
        The travel times prepared for the city before, and the graph of the draw.
    city
        The city with the other timetable.
    draw
        The draw.
    n_threads
        Threads to share the work; changes nothing but the time taken.
    """
    from sim.routing.edited_search import find_weak  # noqa: PLC0415 -- compiles on first use

    graph = kept.graph
    net = with_day(graph.net, day_of_draw(city, prepared.request, draw), mirrored=prepared.mirrored)
    twin, gone_run = _twins(kept, net)
    new_runs = np.flatnonzero(twin < 0).astype(np.int32)
    rows = rows_of(net.time_offsets, new_runs)
    beside = _beside(graph, net, new_runs, rows)
    added, node_of = _added_nodes(graph, net, beside, twin, rows)
    run_of_row = owner_of_rows(graph.net.time_offsets)
    gone = gone_run[run_of_row[graph.row]]
    instead = _next_instead(graph, gone, gone_run, run_of_row)
    into_added = _into_added(graph, added, n_threads)
    weak = find_weak(graph.stay, graph.change_offsets, graph.change_to, gone)
    links = [(graph.change_offsets, graph.change_to), kept.spare]
    more = _joined(into_added, [_stand_ins(some, gone, instead) for some in links], graph.n_nodes)
    changes = _of_added(graph, net, new_runs, node_of, added)
    boardings = _boardings(prepared, graph, draw, added, gone, instead)
    return EditedGraph(gone, weak, more, changes, added, boardings, int(gone_run.sum()), len(new_runs), len(twin))


def _what_runs_do(net: Network) -> list[bytes]:
    """Return run → its stops, times, where one can get on and off."""
    chains = [
        b"".join(column[first:last].tobytes() for column in (net.stops, net.board, net.alight))
        for first, last in pairwise(net.stop_offsets.tolist())
    ]
    rows = pairwise(net.time_offsets.tolist())
    arrival_s, departure_s = net.arrival_s, net.departure_s
    return [
        chains[chain] + arrival_s[first:last].tobytes() + departure_s[first:last].tobytes()
        for chain, (first, last) in zip(chain_of_runs(net).tolist(), rows, strict=True)
    ]


def _twins(kept: KeptGraph, net: Network) -> tuple[IntArray, BoolArray]:
    """Return run of the other day → the run before that does the same, −1 = none; and which runs before have none."""
    twin = np.full(len(net.time_offsets) - 1, -1, np.int32)
    gone = np.ones(len(kept.graph.net.time_offsets) - 1, np.bool_)
    used: dict[bytes, int] = {}
    for run, does in enumerate(_what_runs_do(net)):
        same = kept.runs.get(does, ())
        n = used.get(does, 0)
        if n < len(same):
            used[does] = n + 1
            twin[run] = same[n]
            gone[same[n]] = False
    return twin, gone


def _beside(graph: TripGraph, net: Network, runs: IntArray, rows: IntArray) -> Network:
    """Return all runs before and, in chains of their own, the added ones; only these can be boarded."""
    old = graph.net
    chain_of = chain_of_runs(net)[runs]
    chains = np.unique(chain_of)
    lengths = np.diff(net.stop_offsets)[chains]
    places = rows_of(net.stop_offsets, chains)
    stop_offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    run_ends = np.cumsum(np.bincount(np.searchsorted(chains, chain_of), minlength=len(chains)))
    n_each = net.time_offsets[runs + 1] - net.time_offsets[runs]
    stops, board = net.stops[places], net.board[places]
    offsets, chain, position = visits(stop_offsets, stops, board, len(net.change_s))
    return Network(
        np.concatenate([old.stop_offsets, old.stop_offsets[-1] + stop_offsets[1:]]),
        np.concatenate([old.stops, stops]),
        np.concatenate([old.board, board]),
        np.concatenate([old.alight, net.alight[places]]),
        np.concatenate([old.run_offsets, old.run_offsets[-1] + run_ends.astype(np.int32)]),
        np.concatenate([old.time_offsets, old.time_offsets[-1] + np.cumsum(n_each).astype(np.int32)]),
        np.concatenate([old.arrival_s, net.arrival_s[rows]]),
        np.concatenate([old.departure_s, net.departure_s[rows]]),
        offsets, (chain + len(old.stop_offsets) - 1).astype(np.int32), position, *old[-4:],
    )  # fmt: skip


def _added_nodes(
    graph: TripGraph, net: Network, beside: Network, twin: IntArray, rows: IntArray
) -> tuple[TripGraph, IntArray]:
    """Return the added nodes as a graph of their own, and time row of the other day → node."""
    n_before, n_rows = len(graph.net.arrival_s), len(net.arrival_s)
    new = rows_of_nodes(beside, graph.first_s, graph.last_s)
    row = new[new >= n_before]
    number = np.full(len(beside.arrival_s) + 1, -1, np.int32)
    number[row] = np.arange(len(row), dtype=np.int32)
    node_of = np.full(n_rows + 1, -1, np.int32)
    node_of[rows] = np.where(number[n_before:-1] >= 0, number[n_before:-1] + graph.n_nodes, -1)
    lengths = np.diff(net.time_offsets)
    kept_rows = np.repeat(twin >= 0, lengths)
    shift = graph.net.time_offsets[twin] - net.time_offsets[:-1]
    node_of[:-1][kept_rows] = graph.node_of[(np.arange(n_rows) + np.repeat(shift, lengths))[kept_rows]]
    run = np.searchsorted(beside.time_offsets, row, "right") - 1
    place = beside.stop_offsets[chain_of_runs(beside)[run]] + row - beside.time_offsets[run]
    stop, can_alight = beside.stops[place], beside.alight[place]
    alight_offsets, alight_node = nodes_of_stops(stop, can_alight, len(net.change_s))
    added = TripGraph(
        net=beside,
        node_of=np.where(number >= 0, number + graph.n_nodes, -1).astype(np.int32),
        arrival_s=beside.arrival_s[row],
        row=row,
        stay=np.where(row + 1 == beside.time_offsets[run + 1], -1, number[row + 1]).astype(np.int32),
        change_offsets=np.zeros(len(row) + 1, np.int32),
        change_to=np.zeros(0, np.int32),
        stop=stop,
        can_alight=can_alight,
        stop_before=beside.stops[place - 1],
        alight_offsets=alight_offsets,
        alight_node=alight_node,
        first_s=graph.first_s,
        last_s=graph.last_s,
    )
    return added, node_of


def _next_instead(graph: TripGraph, gone: BoolArray, gone_run: BoolArray, run_of_row: IntArray) -> IntArray:
    """Return node of a run that is gone → that of the next run of its chain that is not, same stop; −1 = none."""
    net = graph.net
    instead = np.full(graph.n_nodes, -1, np.int32)
    runs = np.arange(len(gone_run))
    staying = np.where(gone_run, len(gone_run), runs)
    following = np.minimum.accumulate(staying[::-1])[::-1]
    following = np.where(following < net.run_offsets[1:][chain_of_runs(net)], following, -1)
    nodes = np.flatnonzero(gone)
    run = run_of_row[graph.row[nodes]]
    there = following[run] >= 0
    nodes, run = nodes[there], run[there]
    row = graph.row[nodes] - net.time_offsets[run] + net.time_offsets[following[run]]
    instead[nodes] = graph.node_of[row]
    return instead


def _into_added(graph: TripGraph, added: TripGraph, n_threads: int) -> Links:
    """Return the changes into added runs."""
    from sim.routing.transfers import find_transfers  # noqa: PLC0415 -- compiles on first use

    if not added.n_nodes:
        return np.zeros(graph.n_nodes + 1, np.int32), np.zeros(0, np.int32)
    beside, chain_of = added.net, chain_of_runs(added.net)
    found = share(
        lambda part: find_transfers(beside, chain_of, part[0], part[1], graph.first_s, graph.last_s),
        parts_of(len(graph.net.time_offsets) - 1), n_threads,
    )  # fmt: skip
    offsets, to = changes_by_node(found, graph.row)
    return offsets, added.node_of[to]


def _stand_ins(links: Links, gone: BoolArray, instead: IntArray) -> tuple[IntArray, IntArray]:
    """Return (node, to) of the changes that stand in for those into runs that are gone."""
    offsets, to = links
    rows = np.flatnonzero(gone[to])
    found = instead[to[rows]]
    node = np.searchsorted(offsets, rows, "right") - 1
    there = found >= 0
    return node[there].astype(np.int32), found[there]


def _joined(links: Links, pairs: list[tuple[IntArray, IntArray]], n_nodes: int) -> Links:
    """Return links and further pairs in one."""
    node = np.concatenate([owner_of_rows(links[0]), *(pair[0] for pair in pairs)])
    to = np.concatenate([links[1], *(pair[1] for pair in pairs)])
    return offsets_of(node, n_nodes), to[np.argsort(node, kind="stable")]


def _of_added(graph: TripGraph, net: Network, runs: IntArray, node_of: IntArray, added: TripGraph) -> Links:
    """Return the changes of added runs."""
    from sim.routing.transfers import find_transfers  # noqa: PLC0415 -- compiles on first use

    chain_of = chain_of_runs(net)
    ends = np.flatnonzero(np.diff(runs, append=-1) != 1)
    begins = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    found = [
        find_transfers(net, chain_of, int(runs[first]), int(runs[last]) + 1, graph.first_s, graph.last_s)
        for first, last in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
    offsets, to = changes_by_node(found, added.row - len(graph.net.arrival_s))
    return offsets, node_of[to]


def _boardings(
    prepared: PreparedTimes, graph: TripGraph, draw: int, added: TripGraph, gone: BoolArray, instead: IntArray
) -> Boardings:
    """Return the boardings that come with the edit."""
    before, legs, n_places = prepared.boardings[draw], prepared.legs, len(prepared.places.xy)
    counted = counted_marks(prepared.request, mirrored=prepared.mirrored)
    new = first_boardings(added, legs, draw, n_places, counted, 1)
    rows = np.flatnonzero(gone[before.node])
    rows = rows[instead[before.node[rows]] >= 0]
    node = instead[before.node[rows]]
    departure_s, row = graph.net.departure_s, graph.row
    later_s = departure_s[row[node] - 1] - departure_s[row[before.node[rows]] - 1]
    place = np.concatenate([owner_of_rows(new.offsets), np.searchsorted(before.offsets, rows, "right") - 1])
    order = np.argsort(place, kind="stable")
    return Boardings(
        np.concatenate([[0], np.cumsum(np.bincount(place, minlength=n_places))]),
        np.concatenate([new.leaving_s, before.leaving_s[rows] + later_s])[order],
        np.concatenate([new.node, node])[order],
    )
