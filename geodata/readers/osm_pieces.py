"""
Owns how ways become pieces of streets: cut where they meet, cleared of small islands.

Ways are cut where they meet and at their ends; between these points a stretch is divided into equal pieces of at most
50 m, whatever shape points it has: snapping to the nearest node is then at most 25 m off along the street, the graph
stays small, and lengths are those of the full shape to the last bit of rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.units import BoolArray, FloatArray

    Int64Array = np.ndarray[Any, np.dtype[np.int64]]

MAX_PIECE_M = 50.0
MIN_ISLAND_SHARE = 0.02
"""Walkable islands with fewer nodes than this share of the largest are removed."""


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """
    Usable ways as flat points.

    `lonlat` (P, 2), `ref` (P,): points in the order of the ways; `way` (P,): point → way, ascending; `walk` (W,):
    walkable; `pace` (W, 2): seconds per metre by car along and against the way, inf = not allowed; `lifted` (W,):
    bridge or tunnel; `steps` (W,): stairs.
    """

    lonlat: FloatArray
    ref: Int64Array
    way: Int64Array
    walk: BoolArray
    pace: FloatArray
    lifted: BoolArray
    steps: BoolArray

    def only(self, keep: BoolArray) -> Ways:
        """Return some of the ways with their points."""
        if keep.all():
            return self
        point = keep[self.way]
        return Ways(
            lonlat=self.lonlat[point],
            ref=self.ref[point],
            way=(np.cumsum(keep) - 1)[self.way[point]],
            walk=self.walk[keep],
            pace=self.pace[keep],
            lifted=self.lifted[keep],
            steps=self.steps[keep],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """
    Pieces of streets: ends as nodes (M, 2), length [m] (M,), and the nodes' positions (N, 2).

    `walk`, `lifted`, `steps` (M,) and `pace` (M, 2) are those of the ways.
    """

    ends: Int64Array
    length_m: FloatArray
    node_lonlat: FloatArray
    walk: BoolArray
    pace: FloatArray
    lifted: BoolArray
    steps: BoolArray

    def only(self, keep: BoolArray) -> Pieces:
        """Return some of the pieces, with the nodes that they need."""
        used, ends = np.unique(self.ends[keep], return_inverse=True)
        return Pieces(
            ends=ends.reshape(-1, 2),
            length_m=self.length_m[keep],
            node_lonlat=self.node_lonlat[used],
            walk=self.walk[keep],
            pace=self.pace[keep],
            lifted=self.lifted[keep],
            steps=self.steps[keep],
        )


@dataclass(frozen=True, slots=True)
class Islands:
    """
    Walkable streets that do not connect: how many parts are kept and removed, and their lengths [km].

    `kept_km`: longest first.
    """

    kept_km: tuple[float, ...]
    n_removed: int
    removed_km: float


def cut_ways(ways: Ways, project: Callable[[FloatArray], FloatArray]) -> Pieces:
    """Cut ways at junctions and ends, and what lies between into equal pieces of at most `MAX_PIECE_M`."""
    refs, node, uses = np.unique(ways.ref, return_inverse=True, return_counts=True)
    last = np.r_[ways.way[1:] != ways.way[:-1], True]
    first = np.r_[True, last[:-1]]
    at = np.flatnonzero(first | last | (uses[node] > 1))
    start, end = at[:-1], at[1:]
    same = ways.way[start] == ways.way[end]
    start, end = start[same], end[same]
    step = np.hypot(*np.diff(project(ways.lonlat), axis=0).T)
    step[last[:-1]] = 0.0
    along = np.r_[0.0, np.cumsum(step)]
    length = along[end] - along[start]
    n_pieces = np.maximum(np.ceil(length / MAX_PIECE_M), 1).astype(np.int64)
    n_pieces = np.where((node[start] == node[end]) & (length > 0), np.maximum(n_pieces, 2), n_pieces)
    stretch = np.repeat(np.arange(len(start)), n_pieces)
    position = np.arange(len(stretch)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    inner = position > 0
    inner_id = len(refs) + np.cumsum(inner) - 1
    tail = np.where(inner, inner_id, node[start][stretch])
    head = np.where(position < n_pieces[stretch] - 1, np.r_[inner_id[1:], 0], node[end][stretch])
    share = position / n_pieces[stretch]
    points = _between(ways, along, start[stretch][inner], end[stretch][inner], share[inner])
    own = np.zeros((len(refs), 2))
    own[node] = ways.lonlat
    keep = (length[stretch] > 0) & (tail != head)
    way = ways.way[start][stretch][keep]
    return Pieces(
        ends=np.column_stack([tail, head])[keep],
        length_m=(length / n_pieces)[stretch][keep],
        node_lonlat=np.concatenate([own, points]),
        walk=ways.walk[way],
        pace=ways.pace[way],
        lifted=ways.lifted[way],
        steps=ways.steps[way],
    )


def off_islands(pieces: Pieces) -> tuple[BoolArray, Islands]:
    """Return which pieces to keep, and what the walkable islands are."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415 -- only when building
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    n = len(pieces.node_lonlat)
    tail, head = pieces.ends[pieces.walk].T
    graph = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(n, n))
    _, island = connected_components(graph, directed=False)
    used = np.zeros(n, dtype=bool)
    used[pieces.ends[pieces.walk].ravel()] = True
    n_islands = int(island.max(initial=0)) + 1
    sizes = np.bincount(island[used], minlength=n_islands)
    km = np.bincount(island[tail], weights=pieces.length_m[pieces.walk], minlength=n_islands) / 1000
    small = (sizes > 0) & (sizes < MIN_ISLAND_SHARE * sizes.max(initial=0))
    keep: BoolArray = ~(pieces.walk & small[island[pieces.ends[:, 0]]])
    kept_km = sorted(km[(sizes > 0) & ~small].tolist(), reverse=True)
    return keep, Islands(tuple(kept_km), int(small.sum()), float(km[small].sum()))


def _between(ways: Ways, along: FloatArray, start: Int64Array, end: Int64Array, share: FloatArray) -> FloatArray:
    """Return the points at a share of the way from one point of a way to another, along its shape [degrees]."""
    # Positions grow along all ways; a small gap between two ways keeps the end of one apart from the next.
    spaced = along + np.arange(len(along)) * 1e-7
    target = spaced[start] + share * (spaced[end] - spaced[start])
    columns = [np.interp(target, spaced, ways.lonlat[:, axis]) for axis in (0, 1)]
    return np.column_stack(columns)
