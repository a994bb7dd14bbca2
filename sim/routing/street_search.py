"""
Owns the preparation of searches on a street network: its graphs, kept as long as its arrays live, and what kernels ask.

Threads share the sources of a search in pieces. Each source is searched on its own, so neither their number nor the
order of the sources changes a bit.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import hashlib
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.routing.chains import ChainGraph, Keys, Whole
from sim.routing.sharing import threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.streets import StreetNetwork
    from geodata.units import FloatArray, IntArray

PIECES_PER_THREAD = 4
LEAST_SOURCES = 16
"""Fewer sources than this are not shared out."""
MOST_SLOT_BITS = 16
MOST_ATTACHED = 32
MM_PER_M = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Attached:
    """
    Points at a graph.

    Parameters
    ----------
    xy
        The points [m], shape (P, 2).
    node, metres, way
        Their nearest nodes, −1 = none within reach, and the straight ways to them [m], [mm]; inf, 0 = none; shape (P,).
    """

    xy: FloatArray
    node: IntArray
    metres: FloatArray
    way: Whole
    _as_targets: dict[tuple[int, int], tuple[Any, Any]] = field(default_factory=dict)

    def as_targets(self, graph: ChainGraph, keys: Keys) -> tuple[Any, Any]:
        """Return junction → targets around it and the keys from it, ascending, and place → targets at it (both CSR)."""
        known = (id(keys), keys.bits)
        if known not in self._as_targets:
            self._as_targets[known] = (_entries(graph, keys, self), _company(graph, self))
        return self._as_targets[known]


@dataclass(frozen=True, slots=True, eq=False)
class StreetGraph:
    """
    One way of moving over a street network: the graph in both directions, and the nodes where one may enter.

    It remembers the last sets of points that were attached to it.
    """

    ahead: ChainGraph
    back: ChainGraph
    nodes: IntArray
    tree: Any
    max_snap_m: float
    _attached: dict[bytes, Attached] = field(default_factory=dict)

    @classmethod
    def of(cls, streets: StreetNetwork, tail: IntArray, head: IntArray, effort: Whole, length: Whole) -> StreetGraph:
        """Prepare the edges tail → head that are open."""
        from scipy.spatial import cKDTree  # noqa: PLC0415 -- heavy

        used = np.zeros(len(streets.node_xy), bool)
        used[tail] = True
        used[head] = True
        nodes = np.flatnonzero(used).astype(np.int32)
        tree = cKDTree(streets.node_xy[nodes]) if len(nodes) else None
        ahead = ChainGraph.of(tail, head, effort, length, np.asarray(streets.node_xy, np.float64))
        return cls(ahead, ahead.reversed(), nodes, tree, streets.max_snap_m)

    def attach(self, xy: FloatArray) -> Attached:
        """Attach points to their nearest nodes."""
        name = hashlib.blake2b(xy.tobytes(), digest_size=16).digest()
        with _LOCK:
            found = self._attached.pop(name, None)
            if found is None:
                found = Attached(xy, *self._nearest(xy))
            self._attached[name] = found
            while len(self._attached) > MOST_ATTACHED:
                del self._attached[next(iter(self._attached))]
        return found

    def _nearest(self, xy: FloatArray) -> tuple[IntArray, FloatArray, Whole]:
        if self.tree is None or not len(xy):
            return np.full(len(xy), -1, np.int32), np.full(len(xy), np.inf), np.zeros(len(xy), np.int64)
        metres, nearest = self.tree.query(xy)
        near = metres <= self.max_snap_m
        node = np.where(near, self.nodes[np.where(near, nearest, 0)], -1).astype(np.int32)
        way = np.rint(np.where(near, metres, 0.0) * MM_PER_M).astype(np.int64)
        return node, np.where(near, metres, np.inf), way


class _Kept(NamedTuple):
    owners: tuple[weakref.ref[Any], ...]
    graph: StreetGraph


_KEPT: dict[tuple[object, ...], _Kept] = {}
_LOCK = threading.RLock()


def kept_graph(kind: str, streets: StreetNetwork, build: Callable[[StreetNetwork], StreetGraph]) -> StreetGraph:
    """Return the graph of a kind for a street network, built once for as long as the network's arrays live."""
    arrays = (
        streets.node_xy,
        streets.edge_offsets,
        streets.edge_to,
        streets.edge_length_m,
        streets.edge_effort_m,
        streets.edge_car_s,
    )
    key = (kind, streets.max_snap_m, *map(id, arrays))

    def forget(_: object) -> None:
        _KEPT.pop(key, None)

    with _LOCK:
        kept = _KEPT.get(key)
        if kept is None:
            kept = _Kept(tuple(weakref.ref(array, forget) for array in arrays), build(streets))
            _KEPT[key] = kept
    return kept.graph


class Search(NamedTuple):
    """What the kernels take, in their order; see `sim.routing.dijkstra.walks_between`."""

    graph: tuple[Any, ...]
    chains: tuple[Any, ...]
    nodes: tuple[IntArray, IntArray]
    ways: tuple[Whole, Whole]
    xy: tuple[FloatArray, FloatArray]
    seeds: tuple[IntArray, Any]
    entries: tuple[Any, ...]
    company: tuple[Any, ...]
    limit: np.int64
    bits: int
    shift: int
    n_slots: int


def between(graph: ChainGraph, sources: Attached, targets: Attached, max_whole: int | None) -> Search:
    """Return the search from sources to targets by ways of at most `max_whole`; None = of any length, without ties."""
    keys = graph.keys(max_whole)
    seeds = seeds_of(graph, keys.leave, sources.node, _keys_of(sources.way, keys))
    limit = np.int64(1) << 62 if max_whole is None else np.int64(max_whole + 1) << keys.bits
    shift, n_slots = _buckets(keys, seeds[1], int(limit))
    return Search(
        (graph.edge_offsets, graph.edge_to, keys.edge),
        (graph.place, graph.position, graph.come, graph.leave),
        (sources.node, targets.node),
        (sources.way, targets.way),
        (sources.xy, targets.xy),
        seeds,
        *targets.as_targets(graph, keys),
        limit,
        keys.bits,
        shift,
        n_slots,
    )


class Around(NamedTuple):
    """What the kernel of one-to-all searches takes; see `sim.routing.dijkstra.nodes_near`."""

    graph: tuple[Any, ...]
    chains: tuple[Any, ...]
    network: tuple[Any, ...]
    sources: IntArray
    seeds: tuple[IntArray, Any]
    limit: int
    shift: int
    n_slots: int


def around(graph: ChainGraph, sources: IntArray, max_whole: int) -> Around:
    """Return the search from nodes to all nodes by ways of at most `max_whole`."""
    keys = graph.keys(max_whole, ties=False)
    seeds = seeds_of(graph, keys.leave, sources, np.zeros(len(sources), keys.leave.dtype))
    return Around(
        (graph.edge_offsets, graph.edge_to, keys.edge),
        (graph.place, graph.position, graph.come, graph.leave),
        _rows(graph, keys),
        sources,
        seeds,
        max_whole + 1,
        *_buckets(keys, seeds[1], max_whole + 1),
    )


def _rows(graph: ChainGraph, keys: Keys) -> tuple[Any, ...]:
    """Return the chains as `sim.routing.dijkstra.nodes_near` reads them."""
    row_node = graph.node_of[graph.n_junctions :]
    at = np.concatenate([graph.chain_ends[:, 0], graph.chain_ends[:, 1]])
    chain = np.arange(len(graph.chain_ends), dtype=np.int32)
    chain = np.concatenate([2 * chain, 2 * chain + 1])
    rows = np.flatnonzero((at >= 0) & ((chain & 1 == 0) | (at != graph.chain_ends[chain >> 1, 0])))
    rows = rows[np.argsort(at[rows], kind="stable")]
    at_offsets = np.searchsorted(at[rows], np.arange(graph.n_junctions + 1))
    return graph.chain_offsets, row_node, keys.come[row_node], graph.chain_ends, at_offsets, chain[rows]


def shared(work: Callable[[int, int], Any], n: int, n_threads: int) -> list[Any]:
    """Return work(first, last) of pieces of 0 … n, in order, done by threads."""
    n_threads = threads(n_threads)
    pieces = 1 if n < LEAST_SOURCES or n_threads < 2 else n_threads * PIECES_PER_THREAD  # noqa: PLR2004 -- one is none
    bounds = [n * piece // pieces for piece in range(pieces + 1)]
    if pieces == 1:
        return [work(0, n)]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, bounds[:-1], bounds[1:]))


def joined_rows(parts: list[Any]) -> list[Any]:
    """Return one CSR table of several: offsets are counted on, columns joined."""
    if len(parts) == 1:
        return list(parts[0])
    ends = np.cumsum([0, *(part[0][-1] for part in parts)])
    offsets = [part[0][:-1] + end for part, end in zip(parts, ends[:-1], strict=True)]
    columns = [np.concatenate(column) for column in list(zip(*parts, strict=True))[1:]]
    return [np.concatenate([*offsets, ends[-1:]]), *columns]


def seeds_of(graph: ChainGraph, ways: Any, node: IntArray, keys: Any) -> tuple[IntArray, Any]:
    """Return the junctions at the ends of nodes' chains (−1 = none) and keys plus the ways to them, shapes (P, 2)."""
    known = np.maximum(node, 0)
    return (
        np.where(node[:, None] >= 0, graph.ends[known], -1).astype(np.int32),
        np.where(node[:, None] >= 0, ways[known] + keys[:, None], 0).astype(ways.dtype),
    )


def _keys_of(way: Whole, keys: Keys) -> Whole:
    return (way << keys.bits) + way if keys.bits else way


def _buckets(keys: Keys, seed_keys: Any, limit: int) -> tuple[int, int]:
    """Return the width of buckets (as a shift), half a usual edge, and how many: queued keys all differ."""
    most = min(limit, max(keys.longest, int(seed_keys.max(initial=1))))
    shift = max(keys.bits, keys.usual.bit_length() - 1, most.bit_length() - MOST_SLOT_BITS)
    return shift, 1 << ((most >> shift) + 2).bit_length()


def _entries(graph: ChainGraph, keys: Keys, targets: Attached) -> tuple[Any, ...]:
    """Return junction → targets around it and the keys from it, ascending (CSR)."""
    junction, key = seeds_of(graph, keys.come, targets.node, _keys_of(targets.way, keys))
    rows = np.flatnonzero(junction.ravel() >= 0)
    junction, key = junction.ravel()[rows], key.ravel()[rows]
    order = np.lexsort((key, junction))
    offsets = np.searchsorted(junction[order], np.arange(graph.n_junctions + 1))
    return offsets, (rows[order] >> 1).astype(np.int32), key[order]


def _company(graph: ChainGraph, targets: Attached) -> tuple[Any, ...]:
    """Return place → targets at it (CSR)."""
    known = np.flatnonzero(targets.node >= 0)
    place = graph.place[targets.node[known]]
    order = np.argsort(place, kind="stable")
    return np.searchsorted(place[order], np.arange(graph.n_places + 1)), known[order].astype(np.int32)
