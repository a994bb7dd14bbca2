"""
Owns walking times between points: exact, in whole seconds, on a street network or on the plane.

Lengths are rounded to whole millimetres before they are added, so a sum never depends on the order of its parts: the
same walk takes the same seconds whichever side it is searched from and whatever else is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.frozen import freeze, require_lengths
from geodata.streets import DetourPlane, StreetModel, StreetNetwork
from geodata.units import Float32Array, FloatArray, IntArray

MM_PER_M = 1_000
Millimetres = npt.NDArray[np.int64]


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
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))


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
    streets: StreetModel, origins_xy: FloatArray, targets_xy: FloatArray, *, max_s: int, speed_m_min: float
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
        origin, target, effort, length = _plane_pairs(streets, near, far, max_mm)
    else:
        origin, target, effort, length = _network_pairs(streets, near, far, max_mm)
    order = np.lexsort((target, origin))
    origin, target, effort, length = origin[order], target[order], effort[order], length[order]
    offsets = np.searchsorted(origin, np.arange(len(origins_xy) + 1)).astype(np.int32)
    seconds = walk_seconds(effort, speed_m_min).astype(np.int32)
    return WalkTable(offsets, target.astype(np.int32), seconds, (length / MM_PER_M).astype(np.float32))


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
    walks = walk_table(streets, origins_xy, targets_xy, max_s=max_s, speed_m_min=speed_m_min)
    nearest = np.full(len(origins_xy), np.inf)
    np.minimum.at(nearest, walks.origin, walks.seconds / 60)
    return nearest


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
) -> tuple[IntArray, IntArray, Millimetres, Millimetres]:
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- heavy

    if not len(targets) or not len(origins):
        none = np.zeros(0, np.int64)
        return none.astype(np.int32), none.astype(np.int32), none, none
    radius = (max_mm + 1) / (MM_PER_M * streets.walk_detour) + 1e-6
    rows = cKDTree(targets).query_ball_point(origins, radius)
    origin = np.repeat(np.arange(len(origins), dtype=np.int32), [len(row) for row in rows])
    target = np.array([t for row in rows for t in row], np.int32)
    millimetres = _plane_mm(streets, origins[origin], targets[target])
    keep = millimetres <= max_mm
    return origin[keep], target[keep], millimetres[keep], millimetres[keep]


def _nearest_on_plane(streets: DetourPlane, origins: FloatArray, targets: FloatArray, speed_m_min: float) -> FloatArray:
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- heavy

    if not len(targets) or not len(origins):
        return np.full(len(origins), np.inf)
    _, nearest = cKDTree(targets).query(origins)
    return walk_seconds(_plane_mm(streets, origins, targets[nearest]), speed_m_min).astype(np.float64)


def _network_pairs(
    streets: StreetNetwork, origins: FloatArray, targets: FloatArray, max_mm: int
) -> tuple[IntArray, IntArray, Millimetres, Millimetres]:
    """Search from the side with fewer points; sums of whole millimetres make both sides agree to the bit."""
    graph = WalkGraph.of(streets)
    swap = len(targets) < len(origins)
    near, far = (targets, origins) if swap else (origins, targets)
    found = _search(graph.reversed() if swap else graph, near, far, max_mm)
    near_index, far_index, effort, length = found
    return (far_index, near_index, effort, length) if swap else (near_index, far_index, effort, length)


@dataclass(frozen=True, slots=True, eq=False)
class WalkGraph:
    """The walkable part of a street network, in whole millimetres; `effort_mm` −1 = not walkable."""

    streets: StreetNetwork
    offsets: Millimetres
    to: IntArray
    effort_mm: Millimetres
    length_mm: Millimetres

    @classmethod
    def of(cls, streets: StreetNetwork) -> WalkGraph:
        """Round the efforts and lengths of a street network to millimetres."""
        walkable = np.isfinite(streets.edge_effort_m)
        effort = np.where(walkable, streets.edge_effort_m, 0.0)
        return cls(
            streets,
            np.array(streets.edge_offsets, np.int64),
            np.array(streets.edge_to, np.int32),
            np.where(walkable, np.rint(effort * MM_PER_M), -1).astype(np.int64),
            np.rint(streets.edge_length_m * MM_PER_M).astype(np.int64),
        )

    def reversed(self) -> WalkGraph:
        """Turn every edge around."""
        n = len(self.offsets) - 1
        origin = np.repeat(np.arange(n, dtype=np.int32), np.diff(self.offsets))
        order = np.argsort(self.to, kind="stable")
        offsets = np.searchsorted(self.to[order], np.arange(n + 1)).astype(np.int64)
        return WalkGraph(self.streets, offsets, origin[order], self.effort_mm[order], self.length_mm[order])

    def attach(self, xy: FloatArray) -> tuple[IntArray, Millimetres]:
        """Return the nearest walkable node of every point (−1 = none within reach) and the way to it [mm]."""
        from scipy.spatial import cKDTree  # noqa: PLC0415 -- heavy

        n = len(self.offsets) - 1
        origin = np.repeat(np.arange(n), np.diff(self.offsets))
        walkable = np.zeros(n, bool)
        walkable[origin[self.effort_mm >= 0]] = True
        walkable[self.to[self.effort_mm >= 0]] = True
        nodes = np.flatnonzero(walkable)
        if not len(nodes) or not len(xy):
            return np.full(len(xy), -1, np.int32), np.zeros(len(xy), np.int64)
        distance, nearest = cKDTree(self.streets.node_xy[nodes]).query(xy)
        node = np.where(distance <= self.streets.max_snap_m, nodes[nearest], -1).astype(np.int32)
        return node, np.rint(distance * MM_PER_M).astype(np.int64)


def _search(
    graph: WalkGraph, near: FloatArray, far: FloatArray, max_mm: int
) -> tuple[Any, Any, Millimetres, Millimetres]:
    from sim.routing.dijkstra import bounded_paths  # noqa: PLC0415 -- compiles on first use

    near_node, near_mm = graph.attach(near)
    far_node, far_mm = graph.attach(far)
    order = np.argsort(far_node, kind="stable").astype(np.int32)
    rows = np.searchsorted(far_node[order], np.arange(len(graph.offsets))).astype(np.int64)
    offsets, found, effort, length = bounded_paths(
        graph.offsets, graph.to, graph.effort_mm, graph.length_mm,
        near_node, near_mm, near, rows, order, far_mm, far, np.int64(max_mm),
    )  # fmt: skip
    origin = np.repeat(np.arange(len(near), dtype=np.int32), np.diff(offsets))
    return origin, found, effort, length
