"""
Owns door-to-door times between many places over a window: who is searched from, draws, threads, percentiles.

Definitions (exact, see METHODS):

- The window [start, end) is sampled every `step_s`, in each of `n_draws` draws of headway offsets; walking all the way
  (at most `max_direct_s`) competes with every journey.
- ``depart``: of the journeys that leave at the minute or later, the one that arrives first and, of those, leaves last.
  ``arrive_by``: of those that arrive by the minute, the one that leaves last and, of those, arrives first.
- ``random``: from the minute to the arrival, or from leaving to the minute. ``planned``: from leaving to the arrival of
  that journey. In both modes a sample is unreachable if more than `cutoff_s` lies between minute and far end.
- reliability = share of samples with a journey.
- ``samples="shortest"``: of each draw only its shortest sample counts.

Searches start at the origins (``depart``) or, in mirrored time, at the destinations (``arrive_by``), once per distinct
point. Threads only share out those points, so their number cannot change a result.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.city import City
from geodata.units import UNREACHED_S, BoolArray, Float32Array, FloatArray, IntArray
from sim.routing.asking import check_request
from sim.routing.day import depends_on_draw, scheduled_day
from sim.routing.footpaths import build_footpaths
from sim.routing.legs import join_legs, mirror_legs, walk_legs
from sim.routing.network import Network, build_network
from sim.routing.types import Components, Legs, Places, RoutingRequest, TravelTimes
from sim.routing.walk import walk_table

N_THREADS = 2


def travel_times(
    city: City,
    origins: Places,
    destinations: Places,
    request: RoutingRequest,
    *,
    components: bool = False,
    access: Legs | None = None,
    egress: Legs | None = None,
    n_threads: int = N_THREADS,
) -> TravelTimes:
    """
    Return door-to-door times between all origins and destinations.

    Parameters
    ----------
    city
        The city: its timetable, streets and plane coordinates are used.
    origins, destinations
        Places, in plane coordinates of the city; O and D of them.
    request
        Day, window, walker, limits, percentiles.
    components
        Whether to fill the parts of the median journey: of the first sample (by draw, then by minute from the far end
        of the window) that takes the median time. Journeys of equal time may differ in their parts; one is taken.
    access, egress
        More legs beside walking (origin → stop, stop → destination), such as on-demand rides.
    n_threads
        Threads to share the searches; changes nothing but the time taken.

    Returns
    -------
    times
        Percentiles [min] of shape (O, D, Q), and reliability, shape (O, D).

    Raises
    ------
    ModelError
        If the request holds numbers nobody can travel by, such as an empty window.

    Notes
    -----
    Bit-equal for any order of inputs and any number of threads. Added trips never worsen a ``random`` time.
    """
    check_request(request, components=components)
    question = _prepare(city, origins, destinations, request, access, egress)
    roots = range(len(question.root_offsets) - 1)
    with ThreadPoolExecutor(max(1, n_threads)) as pool:
        answers = list(pool.map(lambda root: question.answer(root, components=components), roots))
    n_far = len(question.far_legs.offsets) - 1
    order = np.argsort(np.argsort(request.percentiles, kind="stable"), kind="stable")

    def by_pair(parts: list[Any], *shape: int) -> npt.NDArray[Any]:
        """Return what every search found as (origin, destination, …)."""
        table = np.array(parts).reshape(len(parts), n_far, *shape)[question.root_of]
        return np.ascontiguousarray(np.swapaxes(table, 0, 1) if request.direction == "arrive_by" else table)

    seconds = by_pair([a.seconds for a in answers], len(request.percentiles))[:, :, order]
    return TravelTimes(
        minutes=_minutes(seconds, seconds == UNREACHED_S),
        percentiles=tuple(request.percentiles),
        reliability=by_pair([a.share for a in answers]).astype(np.float32),
        origin_id=np.array(origins.place_id),
        destination_id=np.array(destinations.place_id),
        components=_components(by_pair([a.consists for a in answers], 4)) if components else None,
    )


def _minutes(seconds: IntArray, unreached: BoolArray) -> Float32Array:
    return np.ascontiguousarray(np.where(unreached, np.inf, seconds / 60), np.float32)


def _components(consists: IntArray) -> Components:
    unreached = consists[:, :, 0] < 0
    walk, wait, ride = (_minutes(consists[:, :, n], unreached) for n in range(3))
    transfers = np.maximum(0, consists[:, :, 3])
    return Components(walk, wait, ride, np.where(unreached, np.inf, transfers).astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A request in the shape kernels want: networks by draw, legs at both ends, instants latest first."""

    request: RoutingRequest
    networks: tuple[Network, ...]
    root_of: npt.NDArray[np.intp]
    root_offsets: IntArray
    root_legs: Legs
    far_legs: Legs
    direct: IntArray
    instants_s: IntArray
    ranks: IntArray

    def answer(self, root: int, *, components: bool) -> _Answer:
        """Search from one place and sample all far places."""
        from sim.routing.extremes import shortest_places  # noqa: PLC0415 -- compiles on first use
        from sim.routing.sampling import parts_at_rank, sample_places  # noqa: PLC0415 -- compiles on first use

        lanes, parts = self.search(root, with_parts=components)
        far = self.far_legs
        legs = (far.stop, far.seconds, far.valid_from_s, far.valid_to_s, far.draw)
        direct, cutoff_s = self.direct[root], self.request.cutoff_s
        planned = self.request.departure_mode == "planned"
        reduce = shortest_places if self.request.samples == "shortest" else sample_places
        seconds, n_reached = reduce(lanes, far.offsets, legs, direct, self.instants_s, cutoff_s, planned, self.ranks)
        consists = np.zeros((0, 4), np.int32)
        if components:
            rank = nearest_rank(50, self.n_samples)
            consists = parts_at_rank(lanes, parts, far.offsets, legs, direct, self.instants_s, cutoff_s, planned, rank)
        return _Answer(seconds, n_reached / self.n_samples, consists)

    @property
    def n_samples(self) -> int:
        """Samples per pair of places."""
        return len(self.networks) * (len(self.instants_s) if self.request.samples == "all" else 1)

    def search(self, root: int, *, with_parts: bool) -> tuple[npt.NDArray[np.int64], IntArray]:
        """Return the lanes of one place, shape (draws, S, M), and what their journeys consist of."""
        from sim.routing.raptor import search_window  # noqa: PLC0415 -- compiles on first use

        request, legs = self.request, self.root_legs
        max_vehicles = 0 if request.max_transfers is None else request.max_transfers + 1
        by_event = request.departure_mode == "planned"
        n_stops, n_draws, n_lanes = len(self.networks[0].change_s), len(self.networks), len(self.instants_s)
        lanes = np.empty((n_draws, n_stops, n_lanes), np.int64)
        parts = np.empty((n_draws, n_stops, n_lanes, 3) if with_parts else (n_draws, 0, 0, 3), np.int32)
        for draw, network in enumerate(self.networks):
            rows = np.arange(self.root_offsets[root], self.root_offsets[root + 1])
            rows = rows[(legs.draw[rows] < 0) | (legs.draw[rows] == draw)]
            columns = (legs.stop[rows], legs.seconds[rows], legs.valid_from_s[rows], legs.valid_to_s[rows])
            lanes[draw], parts[draw] = search_window(
                network, columns, self.instants_s, request.cutoff_s, max_vehicles, by_event, with_parts
            )
        return lanes, parts


class _Answer(NamedTuple):
    """Times at far places [s], shape (F, Q); share of samples reached, (F,); parts of the median, (F, 4) or (0, 4)."""

    seconds: IntArray
    share: FloatArray
    consists: IntArray


def _prepare(
    city: City, origins: Places, destinations: Places, request: RoutingRequest, access: Legs | None, egress: Legs | None
) -> _Question:
    backward = request.direction == "arrive_by"
    near, far = (destinations, origins) if backward else (origins, destinations)
    near_xy, root_of = _distinct(near.xy)
    stops_xy = city.timetable.stops.xy
    walker: dict[str, Any] = {"speed_m_min": request.walk_speed_m_min, "max_s": request.max_access_s}
    root_legs = walk_legs(city.streets, near_xy, stops_xy, to_stops=not backward, **walker)
    far_legs = walk_legs(city.streets, far.xy, stops_xy, to_stops=backward, **walker)
    near_more, far_more = (egress, access) if backward else (access, egress)
    if near_more is not None:  # legs differ by place, so places must not be merged
        near_xy, root_of = np.array(near.xy), np.arange(len(near.xy))
        root_legs = walk_legs(city.streets, near_xy, stops_xy, to_stops=not backward, **walker)
        root_legs = join_legs(root_legs, near_more)
    if far_more is not None:
        far_legs = join_legs(far_legs, far_more)
    if backward:
        root_legs, far_legs = mirror_legs(root_legs), mirror_legs(far_legs)
    drawn = depends_on_draw(city.timetable) or bool(np.any(root_legs.draw >= 0)) or bool(np.any(far_legs.draw >= 0))
    networks = _networks(city, request, request.n_draws if drawn else 1, mirrored=backward)
    minutes = np.arange(request.window_start_s, request.window_end_s, request.step_s, dtype=np.int32)
    n_samples = len(networks) * (len(minutes) if request.samples == "all" else 1)
    return _Question(
        request=request,
        networks=networks,
        root_of=root_of,
        root_offsets=root_legs.offsets,
        root_legs=root_legs,
        far_legs=far_legs,
        direct=_direct(city, near_xy, far.xy, request, backward=backward),
        instants_s=-minutes if backward else minutes[::-1].copy(),
        ranks=np.array([nearest_rank(p, n_samples) for p in sorted(request.percentiles)], np.int32),
    )


def nearest_rank(percentile: int, n_samples: int) -> int:
    """Return the rank (from 0) of a percentile among sorted samples: ⌈p·N/100⌉ − 1, at least 0."""
    return max(0, -(-percentile * n_samples // 100) - 1)


def _networks(city: City, request: RoutingRequest, n_draws: int, *, mirrored: bool) -> tuple[Network, ...]:
    """Return the network of every draw; journeys may begin or end one cutoff beyond the window."""
    feet = build_footpaths(city, request)
    first_s = request.window_start_s - (request.cutoff_s if mirrored else 0)
    last_s = request.window_end_s + (0 if mirrored else request.cutoff_s)
    return tuple(
        build_network(
            scheduled_day(city.timetable, request.date, first_s=first_s, last_s=last_s, draw=draw, seed=request.seed),
            feet,
            mirrored=mirrored,
        )
        for draw in range(n_draws)
    )


def _direct(
    city: City, near_xy: FloatArray, far_xy: FloatArray, request: RoutingRequest, *, backward: bool
) -> IntArray:
    """Return the walk all the way between near and far places [s], shape (near, far)."""
    origins, targets = (far_xy, near_xy) if backward else (near_xy, far_xy)
    walks = walk_table(city.streets, origins, targets, max_s=request.max_direct_s, speed_m_min=request.walk_speed_m_min)
    direct = np.full((len(near_xy), len(far_xy)), UNREACHED_S, np.int32)
    place = (walks.target, walks.origin) if backward else (walks.origin, walks.target)
    direct[place] = walks.seconds
    return direct


def _distinct(xy: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    if not len(xy):
        return np.zeros((0, 2)), np.zeros(0, np.intp)
    found, inverse = np.unique(np.asarray(xy, np.float64), axis=0, return_inverse=True)
    return found, inverse.reshape(-1)
