"""Owns car times: free-flow over the street network, or straight line × detour factor at a given speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.streets import DetourPlane, StreetModel, StreetNetwork
from geodata.units import SECONDS_PER_MIN, FloatArray

if TYPE_CHECKING:
    from geodata.units import IntArray

M_PER_KM = 1_000


def car_minutes(
    streets: StreetModel,
    origins_xy: FloatArray,
    targets_xy: FloatArray,
    *,
    speed_kmh: float,
    terminal_min: float = 0.0,
) -> FloatArray:
    """
    Return the time by car between all origins and targets.

    On `StreetNetwork` the quickest way at free flow between the nearest nodes open to cars; on `DetourPlane` the
    straight line × `car_detour`. The way to and from the network is driven straight at `speed_kmh`; a point farther
    than `max_snap_m` from every node is not reached.

    Parameters
    ----------
    streets
        Street model.
    origins_xy, targets_xy
        Places in plane coordinates [m], shapes (O, 2), (T, 2).
    speed_kmh
        Speed off the network or on the plane [km/h, > 0].
    terminal_min
        Getting to the car and parking, added to every time [min].

    Returns
    -------
    minutes
        Times, shape (O, T) [min]; inf = not reachable.
    """
    origins = np.asarray(origins_xy, np.float64).reshape(-1, 2)
    targets = np.asarray(targets_xy, np.float64).reshape(-1, 2)
    m_per_min = speed_kmh * M_PER_KM / SECONDS_PER_MIN
    if isinstance(streets, DetourPlane):
        difference = origins[:, None, :] - targets[None, :, :]
        straight = np.hypot(difference[..., 0], difference[..., 1])
        return np.asarray(straight * streets.car_detour / m_per_min + terminal_min, np.float64)
    return _over_network(streets, origins, targets, m_per_min) + terminal_min


def _over_network(streets: StreetNetwork, origins: FloatArray, targets: FloatArray, m_per_min: float) -> FloatArray:
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- heavy
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    open_to_cars = np.isfinite(streets.edge_car_s)
    n = len(streets.node_xy)
    tail = np.repeat(np.arange(n, dtype=np.int32), np.diff(streets.edge_offsets))[open_to_cars]
    head = streets.edge_to[open_to_cars]
    seconds = _least_of_parallel(tail, head, streets.edge_car_s[open_to_cars], n)
    nodes = np.unique(np.concatenate([tail, head]))
    minutes = np.full((len(origins), len(targets)), np.inf)
    if not len(nodes) or not minutes.size:
        return minutes
    start, start_m = _attach(streets, nodes, origins)
    end, end_m = _attach(streets, nodes, targets)
    roots, root_of = np.unique(start, return_inverse=True)
    graph = csr_matrix(seconds, shape=(n, n))
    for root in range(len(roots)):  # one row at a time: a dense table of all nodes would not fit
        rows = np.flatnonzero(root_of == root)
        driven = dijkstra(graph, indices=int(roots[root]))[end] / SECONDS_PER_MIN
        minutes[rows] = driven + (start_m[rows, None] + end_m[None, :]) / m_per_min
    return minutes


def _least_of_parallel(
    tail: IntArray, head: IntArray, seconds: FloatArray, n: int
) -> tuple[FloatArray, tuple[IntArray, IntArray]]:
    """Keep the quickest of parallel edges: a sparse matrix would add them up, and take 0 for no edge."""
    order = np.lexsort((seconds, head, tail))
    _, first = np.unique(tail[order].astype(np.int64) * n + head[order], return_index=True)
    kept = order[first]
    return np.maximum(seconds[kept], 1e-9), (tail[kept], head[kept])


def _attach(streets: StreetNetwork, nodes: IntArray, xy: FloatArray) -> tuple[IntArray, FloatArray]:
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- heavy

    distance, nearest = cKDTree(streets.node_xy[nodes]).query(xy)
    return nodes[nearest], np.where(distance <= streets.max_snap_m, distance, np.inf)
