"""Owns car times: free-flow over the street network, or straight line × detour factor at a given speed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from geodata.streets import DetourPlane, StreetModel, StreetNetwork
from geodata.units import SECONDS_PER_MIN, FloatArray
from sim.routing.csr import owner_of_rows
from sim.routing.sharing import N_THREADS
from sim.routing.street_search import Attached, StreetGraph, between, joined_rows, kept_graph, shared

if TYPE_CHECKING:
    from geodata.units import IntArray

M_PER_KM = 1_000
US_PER_S = 1_000_000


def car_minutes(
    streets: StreetModel,
    origins_xy: FloatArray,
    targets_xy: FloatArray,
    *,
    speed_kmh: float,
    terminal_min: float = 0.0,
    n_threads: int = N_THREADS,
) -> FloatArray:
    """
    Return the time by car between all origins and targets.

    On `StreetNetwork` the quickest way at free flow between the nearest nodes open to cars, in whole microseconds per
    street; on `DetourPlane` the straight line × `car_detour`. The way to and from the network is driven straight at
    `speed_kmh`; a point farther than `max_snap_m` from every node is not reached.

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
    n_threads
        Threads to share the searches; changes nothing but the time taken.

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
    return _over_network(streets, origins, targets, m_per_min, n_threads) + terminal_min


def _over_network(
    streets: StreetNetwork, origins: FloatArray, targets: FloatArray, m_per_min: float, n_threads: int
) -> FloatArray:
    """Search between the distinct nodes of origins and targets, from the side with fewer."""
    from sim.routing.dijkstra import walks_between  # noqa: PLC0415 -- compiles on first use

    graph = kept_graph("car", streets, _build_car_graph)
    minutes = np.full((len(origins), len(targets)), np.inf)
    start, end = graph.attach(origins), graph.attach(targets)
    starts, start_of = np.unique(start.node, return_inverse=True)
    ends, end_of = np.unique(end.node, return_inverse=True)
    swap = len(ends) < len(starts)
    near, far = (ends, starts) if swap else (starts, ends)
    search = between(graph.back if swap else graph.ahead, _at(near), _at(far), None)
    offsets, found, driven_us = joined_rows(shared(partial(walks_between, *search), len(near), n_threads))
    driven = np.full((len(near), len(far)), np.inf)
    driven[owner_of_rows(offsets), found] = driven_us / (US_PER_S * SECONDS_PER_MIN)
    driven = driven.T if swap else driven
    off_road_m = start.metres[:, None] + end.metres[None, :]
    minutes[:] = driven[start_of[:, None], end_of[None, :]] + off_road_m / m_per_min
    return minutes


def _at(node: IntArray) -> Attached:
    """Return points that stand at nodes."""
    n = len(node)
    return Attached(np.zeros((n, 2)), node.astype(np.int32), np.zeros(n), np.zeros(n, np.int64))


def _build_car_graph(streets: StreetNetwork) -> StreetGraph:
    """Round the times of the streets open to cars to microseconds."""
    open_to_cars = np.isfinite(streets.edge_car_s)
    tail = owner_of_rows(streets.edge_offsets)[open_to_cars]
    time = np.rint(streets.edge_car_s[open_to_cars] * US_PER_S).astype(np.int64)
    return StreetGraph.of(streets, tail, streets.edge_to[open_to_cars], time, np.zeros_like(time))
