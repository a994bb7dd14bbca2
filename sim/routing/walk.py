"""
Owns walking times between points: exact, in whole seconds, on a street network or on the plane.

Lengths are rounded to whole millimetres before they are added, so a sum never depends on the order of its parts: the
same walk takes the same seconds whichever side it is searched from and whatever else is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.frozen import freeze, require_lengths
from geodata.streets import DetourPlane, StreetModel, StreetNetwork
from geodata.units import Float32Array, FloatArray, IntArray
from sim.routing.csr import owner_of_rows
from sim.routing.sharing import N_THREADS
from sim.routing.street_search import MM_PER_M, StreetGraph, around, between, joined_rows, kept_graph, shared

Millimetres = npt.NDArray[np.int64]
Integers = npt.NDArray[np.integer[Any]]

FEW_PAIRS = 1_000_000
"""On the plane, of so many pairs all are measured: sooner done than looking for those that are near."""


@dataclass(frozen=True, slots=True, eq=False)
class WalkTable:
    """
    Walks from origins to the targets within reach, in CSR order by origin.

    Parameters
    ----------
    offsets
        origin → first row, shape (O+1,).
    target
        row → target index, ascending within an origin, shape (L,).
    seconds
        row → walking time [s, ≥ 0], rounded up, shape (L,).
    metres
        row → length of the walk [m], shape (L,).
    """

    offsets: IntArray
    target: IntArray
    seconds: IntArray
    metres: Float32Array

    def __post_init__(self) -> None:
        require_lengths("walk_table", len(self.target), seconds=self.seconds, metres=self.metres)
        freeze(self)

    @property
    def origin(self) -> IntArray:
        """Return row → origin index, shape (L,)."""
        return owner_of_rows(self.offsets)


def walk_seconds(millimetres: Millimetres, speed_m_min: float) -> npt.NDArray[np.int64]:
    """
    Return the time of walks in whole seconds, rounded up: the one place where metres become seconds.

    Parameters
    ----------
    millimetres
        Lengths, or efforts where there is slope [mm], any shape.
    speed_m_min
        Walking speed on the level [m/min, > 0].

    Returns
    -------
    seconds
        Smallest whole second not before the end of the walk [s]; a billionth of a second is forgiven.
    """
    exact = np.asarray(millimetres) * (60 / (MM_PER_M * speed_m_min))
    seconds: Millimetres = np.ceil(exact - 1e-9).astype(np.int64)
    return seconds


def walk_table(
    streets: StreetModel,
    origins_xy: FloatArray,
    targets_xy: FloatArray,
    *,
    max_s: int,
    speed_m_min: float,
    n_threads: int = N_THREADS,
) -> WalkTable:
    """
    Return every walk from an origin to a target that takes at most `max_s`.

    On `DetourPlane` a walk is the straight line × factor. On `StreetNetwork` it is the least effort over the streets
    between the nearest walkable nodes; the way to the node is walked straight, and a point farther than
    `max_snap_m` from any node walks nowhere.

    Parameters
    ----------
    streets
        Street model.
    origins_xy, targets_xy
        Places in plane coordinates [m], shapes (O, 2), (T, 2).
    max_s
        Longest walk [s], included.
    speed_m_min
        Walking speed on the level [m/min].
    n_threads
        Threads to share the searches; changes nothing but the time taken.

    Returns
    -------
    walks
        The walks in CSR order by origin; all exact.

    Notes
    -----
    Symmetric in origins and targets where there is no slope. The order of inputs only permutes the result.
    """
    max_mm = _longest_mm(max_s, speed_m_min)
    near, far = _points(origins_xy), _points(targets_xy)
    if isinstance(streets, DetourPlane):
        offsets, target, effort, length = _plane_pairs(streets, near, far, max_mm)
    else:
        offsets, target, effort, length = _network_pairs(streets, near, far, max_mm, n_threads)
    seconds = walk_seconds(effort, speed_m_min).astype(np.int32)
    metres = (length / MM_PER_M).astype(np.float32)
    return WalkTable(offsets.astype(np.int32), target.astype(np.int32), seconds, metres)


def nearest_walk_min(
    streets: StreetModel, origins_xy: FloatArray, targets_xy: FloatArray, *, speed_m_min: float, max_min: float
) -> FloatArray:
    """
    Return the walking time to the nearest target.

    Parameters
    ----------
    streets
        Street model.
    origins_xy, targets_xy
        Places in plane coordinates [m], shapes (O, 2), (T, 2).
    speed_m_min
        Walking speed on the level [m/min].
    max_min
        Longest walk that counts [min].

    Returns
    -------
    minutes
        Time to the nearest target [min], inf = none within `max_min`, shape (O,).
    """
    max_s = int(max_min * 60)
    if isinstance(streets, DetourPlane):
        seconds = _nearest_on_plane(streets, _points(origins_xy), _points(targets_xy), speed_m_min)
        return np.where(seconds <= max_s, seconds / 60, np.inf)
    mm = _nearest_on_network(streets, _points(origins_xy), _points(targets_xy), _longest_mm(max_s, speed_m_min))
    return np.where(mm >= 0, walk_seconds(mm, speed_m_min) / 60, np.inf)


class NodesWithin(NamedTuple):
    """
    Street nodes within reach of sources, in CSR order by source.

    Parameters
    ----------
    offsets
        source → first row, shape (S+1,).
    node
        row → node, shape (L,): each once, always in the same order, but in no particular one.
    millimetres
        row → least effort from the source [mm], shape (L,).
    """

    offsets: npt.NDArray[np.int64]
    node: IntArray
    millimetres: IntArray


def nodes_within(streets: StreetNetwork, sources: Integers, *, max_m: float, n_threads: int = 1) -> NodesWithin:
    """
    Return all street nodes that can be walked to within a distance of each source.

    Parameters
    ----------
    streets
        Street network.
    sources
        Nodes to start from, shape (S,).
    max_m
        Largest effort [m], included; metres on the level, so metres where there is no slope.
    n_threads
        Threads to share the searches; changes nothing but the time taken.

    Returns
    -------
    nodes
        The nodes within reach, the source among them; exact in whole millimetres.
    """
    offsets, node, millimetres, _ = _from_nodes(streets, sources, None, max_m, n_threads)
    return NodesWithin(offsets, node, millimetres)


def reach_sum(streets: StreetNetwork, weights: FloatArray, *, max_m: float, n_threads: int = N_THREADS) -> FloatArray:
    """
    Return the sum of weights over all street nodes that can be walked to within a distance, for every node.

    Parameters
    ----------
    streets
        Street network.
    weights
        node → what is summed, such as persons or jobs, shape (N,).
    max_m, n_threads
        As of `nodes_within`.

    Returns
    -------
    sums
        node → sum over the nodes within reach, itself included, shape (N,).
    """
    _, _, _, sums = _from_nodes(streets, np.arange(len(streets.node_xy)), weights, max_m, n_threads)
    return np.asarray(sums)


def _from_nodes(
    streets: StreetNetwork, sources: Integers, weights: FloatArray | None, max_m: float, n_threads: int
) -> list[Any]:
    """Return the rows of `nodes_within` and, if there are weights, their sums instead of rows."""
    from sim.routing.dijkstra import nodes_near  # noqa: PLC0415 -- compiles on first use

    graph = _walk_graph(streets).ahead
    search = around(graph, np.asarray(sources, np.int32), round(max_m * MM_PER_M))
    weight = np.zeros(0) if weights is None else np.asarray(weights, np.float64)[graph.node_of]
    work = partial(nodes_near, *search, graph.node_of, weight, weights is None)
    return joined_rows(shared(work, len(sources), n_threads))


def _points(xy: FloatArray) -> FloatArray:
    return np.array(xy, np.float64, order="C").reshape(-1, 2)  # own and writable: kernels compile for one layout


def _longest_mm(max_s: int, speed_m_min: float) -> int:
    """Return the largest length whose `walk_seconds` is at most `max_s` [mm]."""
    longest = int(max_s * speed_m_min * MM_PER_M / 60) + 2
    while walk_seconds(np.int64(longest), speed_m_min) > max_s:  # type: ignore[arg-type]
        longest -= 1
    return longest


def _plane_mm(streets: DetourPlane, from_xy: FloatArray, to_xy: FloatArray) -> Millimetres:
    difference = to_xy - from_xy
    straight = np.sqrt(difference[..., 0] ** 2 + difference[..., 1] ** 2)
    return np.rint(straight * (streets.walk_detour * MM_PER_M)).astype(np.int64)


def _plane_pairs(
    streets: DetourPlane, origins: FloatArray, targets: FloatArray, max_mm: int
) -> tuple[Any, Any, Millimetres, Millimetres]:
    """Return the walks in CSR order by origin, targets ascending: offsets, target, length twice."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- heavy

    if len(origins) * len(targets) <= FEW_PAIRS:
        everyone = _plane_mm(streets, origins[:, None, :], targets[None, :, :])
        near = everyone <= max_mm
        offsets = np.concatenate([[0], np.cumsum(np.count_nonzero(near, axis=1))])
        millimetres = everyone[near]
        return offsets, np.nonzero(near)[1], millimetres, millimetres
    radius = (max_mm + 1) / (MM_PER_M * streets.walk_detour) + 1e-6
    pairs = cKDTree(origins).sparse_distance_matrix(cKDTree(targets), radius, output_type="ndarray")
    pairs = pairs[np.argsort(pairs["i"] * len(targets) + pairs["j"])]
    millimetres = _plane_mm(streets, origins[pairs["i"]], targets[pairs["j"]])
    keep = millimetres <= max_mm
    offsets = np.searchsorted(pairs["i"][keep], np.arange(len(origins) + 1))
    return offsets, pairs["j"][keep], millimetres[keep], millimetres[keep]


def _nearest_on_plane(streets: DetourPlane, origins: FloatArray, targets: FloatArray, speed_m_min: float) -> FloatArray:
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- heavy

    if not len(targets) or not len(origins):
        return np.full(len(origins), np.inf)
    _, nearest = cKDTree(targets).query(origins)
    return walk_seconds(_plane_mm(streets, origins, targets[nearest]), speed_m_min).astype(np.float64)


def _network_pairs(
    streets: StreetNetwork, origins: FloatArray, targets: FloatArray, max_mm: int, n_threads: int
) -> tuple[Any, Any, Millimetres, Millimetres]:
    """
    Return the walks in CSR order by origin, targets ascending: offsets, target, effort, length.

    The search starts from the side with fewer points; sums of whole millimetres make both sides agree to the bit.
    """
    from sim.routing.dijkstra import turn_rows, walks_between  # noqa: PLC0415 -- compiles on first use

    graph = _walk_graph(streets)
    swap = len(targets) < len(origins)
    near, far = (targets, origins) if swap else (origins, targets)
    search = between(graph.back if swap else graph.ahead, graph.attach(near), graph.attach(far), max_mm)
    offsets, target, key = joined_rows(shared(partial(walks_between, *search), len(near), n_threads))
    offsets, target, key = turn_rows(offsets, target, key, len(far))
    if not swap:
        offsets, target, key = turn_rows(offsets, target, key, len(near))
    return offsets, target, key >> search.bits, key & ((1 << search.bits) - 1)


def _nearest_on_network(streets: StreetNetwork, origins: FloatArray, targets: FloatArray, max_mm: int) -> Millimetres:
    """Return the least effort from every origin to any target [mm], −1 = none within `max_mm`: one search for all."""
    from sim.routing.dijkstra import FAR, nearest_walks  # noqa: PLC0415 -- compiles on first use

    graph = _walk_graph(streets)
    search = between(graph.back, graph.attach(targets), graph.attach(origins), max_mm)
    key = nearest_walks(*search)
    return np.where(key < FAR, key >> search.bits, -1)


def _walk_graph(streets: StreetNetwork) -> StreetGraph:
    return kept_graph("walk", streets, _build_walk_graph)


def _build_walk_graph(streets: StreetNetwork) -> StreetGraph:
    """Round the efforts and lengths of the walkable part of a street network to millimetres."""
    walkable = np.isfinite(streets.edge_effort_m)
    tail = owner_of_rows(streets.edge_offsets)
    effort, length = (
        np.rint(metres[walkable] * MM_PER_M).astype(np.int64)
        for metres in (streets.edge_effort_m, streets.edge_length_m)
    )
    return StreetGraph.of(streets, tail[walkable], streets.edge_to[walkable], effort, length)
