"""
Owns ChainGraph: streets as junctions and the chains between them, in whole units, and which of its junctions are near.

Two thirds of the nodes of a street network lie between two others, or at a dead end. A search need not stop at them:
it runs over the junctions, and what lies on a chain follows from the chain's ends. Sums of whole numbers make this
exact.
"""

# ruff: noqa: C901, PLR0912, PLR0915 -- one function is typed by the compiler
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from geodata.units import FloatArray, IntArray
from sim.routing.csr import owner_of_rows
from sim.routing.z_order import z_order

Whole = npt.NDArray[np.int64]
TIE_BITS = 32
KEY_BITS = 61
SMALL_KEY_BITS = 29


class Keys(NamedTuple):
    """
    Efforts and lengths as one number, effort · 2^bits + length: the least key is the least effort, then length.

    Parameters
    ----------
    bits
        Bits of the length; 0 = lengths are left out.
    edge
        edge between junctions → key, shape (E,).
    come, leave
        node, end → key from the end to the node, from the node to the end, shape (N, 2); too long = none.
    usual, longest
        Median and greatest key of an edge, at least 1.
    """

    bits: int
    edge: npt.NDArray[Any]
    come: npt.NDArray[Any]
    leave: npt.NDArray[Any]
    usual: int
    longest: int


@dataclass(frozen=True, slots=True, eq=False)
class ChainGraph:
    """
    A directed graph whose nodes stand at junctions or on chains between them.

    Parameters
    ----------
    node_of
        The nodes at junctions, near ones next to each other, then those of chain after chain, shape (N,).
    place
        node → its chain; nodes at junctions follow, each at a place of its own, shape (N,).
    position
        node → where in its chain it stands, from end 0, shape (N,).
    ends
        node → junctions at the ends of its chain, −1 = dead end; a junction is its own end 0, shape (N, 2).
    come, leave
        node, end → effort and length from the end to the node and from the node to the end, shape (N, 2, 2).
    chain_offsets, chain_ends
        chain → its nodes, counted from behind the junctions, CSR; chain → its ends as junctions, shape (K, 2).
    edge_offsets, edge_to, edge_cost
        junction → edges to other junctions, CSR; effort and length, shape (E, 2).
    steepest, flat, total
        Most length per effort of any one edge, rounded up, at least 1; length of all edges without effort, and of all.
    """

    node_of: IntArray
    place: IntArray
    position: IntArray
    ends: IntArray
    come: Whole
    leave: Whole
    chain_offsets: Whole
    chain_ends: IntArray
    edge_offsets: Whole
    edge_to: IntArray
    edge_cost: Whole
    steepest: int
    flat: int
    total: int
    _keys: dict[tuple[int, str], Keys] = field(default_factory=dict)

    @classmethod
    def of(cls, tail: IntArray, head: IntArray, effort: Whole, length: Whole, xy: FloatArray) -> ChainGraph:
        """
        Contract a graph of edges tail → head with whole efforts and lengths ≥ 0.

        Of parallel edges the least (effort, then length) stays; loops at one node go.
        """
        n = len(xy)
        nearby = np.argsort(z_order(xy, 16), kind="stable").astype(np.int32)
        rank = np.empty(n, np.int32)
        rank[nearby] = np.arange(n, dtype=np.int32)
        tail, head, cost = _simple(rank[tail], rank[head], np.stack([effort, length], axis=1))
        offsets = np.searchsorted(tail, np.arange(n + 1)).astype(np.int64)
        place, position, ends, come, leave, chain_nodes, chain_offsets, n_chains = trace_chains(offsets, head, cost)
        chain_offsets = chain_offsets[: n_chains + 1].copy()
        chain_nodes = chain_nodes[: chain_offsets[-1]]
        junctions = np.flatnonzero(place < 0)
        at = np.full(n + 1, -1, np.int32)  # the last stands for a dead end
        at[junctions] = np.arange(len(junctions), dtype=np.int32)
        place[junctions] = n_chains + np.arange(len(junctions), dtype=np.int32)
        plain = (place[tail] >= n_chains) & (place[head] >= n_chains)
        first = chain_nodes[chain_offsets[:-1]]
        chain_ends = at[ends[first]]
        first = first[ends[first, 1] >= 0]
        a, b = at[ends[first, 0]], at[ends[first, 1]]
        edge_tail, edge_to, edge_cost = _simple(
            np.concatenate([at[tail[plain]], a, b]),
            np.concatenate([at[head[plain]], b, a]),
            np.concatenate([cost[plain], come[first, 0] + leave[first, 1], come[first, 1] + leave[first, 0]]),
        )
        some = cost[:, 0] > 0
        return cls(
            node_of=nearby[np.concatenate([junctions, chain_nodes])],
            place=place[rank],
            position=position[rank],
            ends=at[ends[rank]],
            come=come[rank],
            leave=leave[rank],
            chain_offsets=chain_offsets,
            chain_ends=chain_ends,
            edge_offsets=np.searchsorted(edge_tail, np.arange(len(junctions) + 1)).astype(np.int64),
            edge_to=edge_to,
            edge_cost=edge_cost,
            steepest=int(np.max(-(-cost[some, 1] // cost[some, 0]), initial=1)),
            flat=int(cost[~some, 1].sum()),
            total=int(cost[:, 1].sum()),
        )

    def reversed(self) -> ChainGraph:
        """Turn every edge around."""
        n = self.n_junctions
        tail = owner_of_rows(self.edge_offsets)
        order = np.argsort(self.edge_to, kind="stable")
        return replace(
            self,
            come=self.leave,
            leave=self.come,
            edge_offsets=np.searchsorted(self.edge_to[order], np.arange(n + 1)).astype(np.int64),
            edge_to=tail[order],
            edge_cost=self.edge_cost[order],
            _keys={},
        )

    @property
    def n_junctions(self) -> int:
        """Number of junctions."""
        return len(self.edge_offsets) - 1

    @property
    def n_places(self) -> int:
        """Number of chains and junctions."""
        return len(self.chain_ends) + self.n_junctions

    def keys(self, limit: int | None, *, ties: bool = True) -> Keys:
        """
        Return keys wide enough for every way whose effort is at most `limit`, or for all ways if that is None.

        Parameters
        ----------
        limit
            Largest effort that counts; None = any, then there are no ties.
        ties
            Whether lengths decide among equal efforts; without, keys are efforts, in 32 bits if there is a limit.

        Raises
        ------
        OverflowError
            If they do not fit: a way would have to be hundreds of kilometres long.
        """
        ties = ties and limit is not None
        bits, dtype, room = 0, "int64", KEY_BITS
        if ties and limit is not None:
            longest = min(self.steepest * limit + self.flat, self.total) + limit
            bits = max(TIE_BITS, longest.bit_length())
        elif limit is not None:
            dtype, room = "int32", SMALL_KEY_BITS
        if limit is not None and (limit + 1).bit_length() + bits > room:
            message = f"a way of {limit} is too long to be compared with others"
            raise OverflowError(message)
        if (bits, dtype) not in self._keys:
            most = np.int64(1) << (room - bits)
            edge, come, leave = (
                _packed(cost, bits, most).astype(dtype) for cost in (self.edge_cost, self.come, self.leave)
            )
            usual = int(np.median(edge)) if len(edge) else 1
            self._keys[bits, dtype] = Keys(bits, edge, come, leave, usual, int(edge.max(initial=1)))
        return self._keys[bits, dtype]


def _packed(cost: Whole, bits: int, most: np.int64) -> Whole:
    """Return the keys of costs; a way longer than any limit is cut, so that no sum overflows."""
    if not bits:
        return np.minimum(cost[..., 0], most)
    return np.where(cost[..., 0] < most, (cost[..., 0] << bits) + cost[..., 1], most << bits)


def _simple(tail: IntArray, head: IntArray, cost: Whole) -> tuple[IntArray, IntArray, Whole]:
    """Return edges by tail, head, without loops and of parallels only the least."""
    order = np.lexsort((cost[:, 1], cost[:, 0], head, tail))
    order = order[tail[order] != head[order]]
    tail, head = tail[order], head[order]
    first = np.ones(len(order), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return tail[first].astype(np.int32), head[first].astype(np.int32), cost[order[first]]


@njit(cache=True, nogil=True)
def trace_chains(offsets, to, cost):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """
    Find the chains of a graph without loops and parallel edges.

    Parameters
    ----------
    offsets, to, cost
        The graph in CSR form; effort and length of each edge, shape (E, 2).

    Returns
    -------
    chain, position, ends, come, leave, nodes, chain_offsets, n_chains
        As in `ChainGraph`, with nodes for junctions; `chain` is −1 at junctions; nodes of chain after chain.

    Notes
    -----
    A node is on a chain if it has one or two neighbours and edges both ways to each. A ring or a path without any
    junction gets its first node as one.
    """
    n = len(offsets) - 1
    n_in = np.zeros(n, np.int32)
    for edge in range(len(to)):
        n_in[to[edge]] += 1
    inner = np.zeros(n, np.bool_)
    for v in range(n):
        n_out = offsets[v + 1] - offsets[v]
        if n_out != n_in[v] or n_out < 1 or n_out > 2:  # noqa: PLR2004 -- between two others, or at a dead end
            continue
        both = True
        for edge in range(offsets[v], offsets[v + 1]):
            back = False
            for other in range(offsets[to[edge]], offsets[to[edge] + 1]):
                back = back or to[other] == v
            both = both and back
        inner[v] = both
    chain = np.full(n, -1, np.int32)
    position = np.zeros(n, np.int32)
    ends = np.full((n, 2), -1, np.int32)
    come = np.zeros((n, 2, 2), np.int64)
    leave = np.zeros((n, 2, 2), np.int64)
    nodes = np.empty(n, np.int32)
    chain_offsets = np.zeros(n + 1, np.int64)
    n_nodes = 0
    n_chains = 0
    for turn in range(2):
        for a in range(n):
            if turn == 0 and inner[a]:
                continue
            if turn == 1:
                if not inner[a] or chain[a] >= 0:
                    continue
                inner[a] = False
            ends[a, 0] = a
            for start in range(offsets[a], offsets[a + 1]):
                v = to[start]
                if not inner[v] or chain[v] >= 0:
                    continue
                first = n_nodes
                before = a
                b = -1
                while True:
                    chain[v] = n_chains
                    position[v] = n_nodes - first
                    ends[v, 0] = a
                    nodes[n_nodes] = v
                    n_nodes += 1
                    after = -1
                    for edge in range(offsets[v], offsets[v + 1]):
                        if to[edge] == before:
                            for part in range(2):
                                leave[v, 0, part] = leave[before, 0, part] + cost[edge, part]
                        else:
                            after = to[edge]
                    for edge in range(offsets[before], offsets[before + 1]):
                        if to[edge] == v:
                            for part in range(2):
                                come[v, 0, part] = come[before, 0, part] + cost[edge, part]
                    if after < 0 or not inner[after]:
                        b = after
                        break
                    before = v
                    v = after
                after = b
                row = n_nodes - 1
                while b >= 0 and row >= first:
                    v = nodes[row]
                    ends[v, 1] = b
                    for edge in range(offsets[v], offsets[v + 1]):
                        if to[edge] == after:
                            for part in range(2):
                                leave[v, 1, part] = leave[after, 1, part] + cost[edge, part]
                    for edge in range(offsets[after], offsets[after + 1]):
                        if to[edge] == v:
                            for part in range(2):
                                come[v, 1, part] = come[after, 1, part] + cost[edge, part]
                    after = v
                    row -= 1
                n_chains += 1
                chain_offsets[n_chains] = n_nodes
    return chain, position, ends, come, leave, nodes, chain_offsets, n_chains
