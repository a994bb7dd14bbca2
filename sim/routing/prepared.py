"""
Owns travel times prepared for many questions: everything about one set of places that does not depend on the others.

Half of every question stays the same while a planner moves facilities about: the cells, their walks to stops, the
timetable of the day, the changes in it. That half is prepared once; a further place then costs one search backward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.units import UNREACHED_S
from sim.routing.asking import check_request
from sim.routing.day import ScheduledDay, depends_on_draw, scheduled_day
from sim.routing.footpaths import Footpaths, build_footpaths
from sim.routing.legs import join_legs, mirror_legs, walk_legs
from sim.routing.network import build_network
from sim.routing.sharing import N_PARTS, parts_of, share
from sim.routing.trip_graph import TripGraph, build_trip_graph
from sim.routing.types import Components, Legs, Places, RoutingRequest, TravelTimes
from sim.routing.walk import walk_table

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import Float32Array, FloatArray, IntArray

N_THREADS = 2
Side = Literal["origins", "destinations"]
LegColumns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]

ROOTS_AT_ONCE = 32
"""Roots that are searched from side by side: their times fill one cache line."""
SAMPLES_AT_ONCE = 1 << 18
"""Samples held while places are worked through: they stay in the cache."""
SHORT_S = 65_000
"""Horizons up to here are searched in 16 bits."""


class Boardings(NamedTuple):
    """Place → first boardings, CSR: last leaving [s], falling within a place; node one arrives at next."""

    offsets: npt.NDArray[np.int64]
    leaving_s: IntArray
    node: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class PreparedTimes:
    """
    One side of a question, ready for the other.

    Parameters
    ----------
    city
        The city.
    request
        The question.
    places
        The places that stay, F of them.
    side
        Whether they are the origins or the destinations.
    legs
        Their legs, in the time of the graphs.
    graphs, boardings
        By draw: the day, and what can be boarded first from every place (got off last, if they are destinations).
    """

    city: City
    request: RoutingRequest
    places: Places
    side: Side
    legs: Legs
    graphs: tuple[TripGraph, ...]
    boardings: tuple[Boardings, ...]

    def times(
        self,
        others: Places,
        *,
        components: bool = False,
        more_legs: Legs | None = None,
        n_threads: int = N_THREADS,
    ) -> TravelTimes:
        """
        Return door-to-door times between the places and others.

        Parameters
        ----------
        others
            The other end of every journey, R of them.
        components
            Whether to fill the parts of the median journey.
        more_legs
            More legs at the others beside walking.
        n_threads
            Threads to share the work; changes nothing but the time taken.

        Returns
        -------
        times
            As `travel_times` returns them.

        Raises
        ------
        ValueError
            If legs differ by draw and the times were not prepared for that.
        """
        check_request(self.request, components=components)
        found = Answer(self, others, more_legs).sample(components=components, n_threads=n_threads)
        return self.told(found, others, components=components)

    def told(self, found: Found, others: Places, *, components: bool = False) -> TravelTimes:
        """Return what was found, by origin and destination, in minutes."""
        request = self.request
        order = np.argsort(np.argsort(request.percentiles, kind="stable"), kind="stable")
        turn = self.side == "destinations"

        def by_pair(table: npt.NDArray[Any]) -> npt.NDArray[Any]:
            """Return place, other, … as origin, destination, …."""
            return np.ascontiguousarray(np.swapaxes(table, 0, 1) if turn else table)

        origins, destinations = (others, self.places) if turn else (self.places, others)
        seconds = by_pair(found.seconds)[:, :, order]
        return TravelTimes(
            minutes=_minutes(seconds),
            percentiles=tuple(request.percentiles),
            reliability=by_pair(found.n_reached / self.n_samples).astype(np.float32),
            origin_id=np.array(origins.place_id),
            destination_id=np.array(destinations.place_id),
            components=_components(by_pair(found.consists)) if components else None,
        )

    def last_marks(self, others: Places, *, n_threads: int = N_THREADS) -> IntArray:
        """
        Return the last minute of a ``depart`` window with a journey by vehicle, no slower than walking.

        Parameters
        ----------
        others
            The other end, R of them.
        n_threads
            Threads to share the work.

        Returns
        -------
        last
            Shape (F, R) [s after 00:00]; `-UNREACHED_S` = none. The first percentile is taken over draws.
        """
        check_request(self.request)
        found = Answer(self, others, None).sample(components=False, n_threads=n_threads, last=True)
        last: IntArray = found.seconds[:, :, 0]
        return last

    def first_marks(self, others: Places, *, n_threads: int = N_THREADS) -> IntArray:
        """
        Return the first minute of an ``arrive_by`` window by which a vehicle leads from one end to the other.

        A journey counts as for `last_marks`: it is no slower than walking, and leaves at most the cutoff before the
        minute.

        Parameters
        ----------
        others
            The other end, R of them.
        n_threads
            Threads to share the work.

        Returns
        -------
        first
            Shape (F, R) [s after 00:00]; `UNREACHED_S` = none. The first percentile is taken over draws, the latest
            first: 25 = no later than this in at least three quarters of the draws.
        """
        check_request(self.request)
        found = Answer(self, others, None).sample(components=False, n_threads=n_threads, last=True)
        first: IntArray = -found.seconds[:, :, 0]
        return first

    @property
    def n_samples(self) -> int:
        """Samples per pair of places."""
        return len(self.graphs) * (len(self.marks_s) if self.request.samples == "all" else 1)

    @property
    def mirrored(self) -> bool:
        """Whether the graphs run backward in time: searches start at the others, which must come last."""
        return self.side == "destinations"

    @property
    def marks_s(self) -> IntArray:
        """Minutes of the window in the time of the graphs, rising [s]."""
        return marks_of(self.request, mirrored=self.mirrored)

    @property
    def marks_at_others(self) -> bool:
        """Whether the minutes of the window are those at the others' end."""
        return (self.request.direction == "depart") == self.mirrored


def prepare_times(
    city: City,
    places: Places,
    request: RoutingRequest,
    *,
    side: Side,
    more_legs: Legs | None = None,
    drawn: bool = False,
    n_threads: int = N_THREADS,
) -> PreparedTimes:
    """
    Prepare the travel times of places that stay while others come and go.

    Parameters
    ----------
    city
        The city: its timetable, streets and plane coordinates are used.
    places
        The places that stay; best the many, such as all cells.
    request
        Day, window, walker, limits, percentiles.
    side
        Whether they are the ``origins`` or the ``destinations``.
    more_legs
        More legs at them beside walking, such as on-demand rides.
    drawn
        Whether legs of the others will differ between draws.
    n_threads
        Threads to share the work; changes nothing but the time taken.

    Returns
    -------
    prepared
        Ask it for `times` of others.

    Raises
    ------
    ModelError
        If the request holds numbers nobody can travel by, such as an empty window.
    """
    check_request(request)
    mirrored = side == "destinations"
    legs = _legs(city, places, request, outward=not mirrored, mirrored=mirrored, more=more_legs)
    drawn = drawn or depends_on_draw(city.timetable) or bool(np.any(legs.draw >= 0))
    counted = counted_marks(request, mirrored=mirrored)
    feet = build_footpaths(city, request)
    n_draws = request.n_draws if drawn else 1
    inner = n_threads if n_draws == 1 else 1

    def of_draw(draw: int) -> tuple[TripGraph, Boardings]:
        graph = _graph(city, request, feet, draw, mirrored=mirrored, n_threads=inner)
        return graph, first_boardings(graph, legs, draw, len(places.xy), counted, inner)

    found = share(of_draw, range(n_draws), n_threads)
    graphs, boardings = tuple(graph for graph, _ in found), tuple(listed for _, listed in found)
    return PreparedTimes(city, request, places, side, legs, graphs, boardings)


def nearest_rank(percentile: int, n_samples: int) -> int:
    """Return the rank (from 0) of a percentile among sorted samples: ⌈p·N/100⌉ − 1, at least 0."""
    return max(0, -(-percentile * n_samples // 100) - 1)


def counted_marks(request: RoutingRequest, *, mirrored: bool) -> tuple[int, int, int]:
    """Return the first minute, the step and how many minutes tell one boarding from another; 0 = every instant does."""
    marks = marks_of(request, mirrored=mirrored)
    at_others = (request.direction == "depart") == mirrored
    exact = at_others or request.departure_mode == "planned"
    return int(marks[0]), request.step_s, 0 if exact else len(marks)


class Found(NamedTuple):
    """Times [s], shape (F, R, Q); samples reached, (F, R); parts of the median, (F, R, 4) or (F, R, 0)."""

    seconds: IntArray
    n_reached: IntArray
    consists: IntArray


class Answer:
    """One set of others being searched from, each distinct point once."""

    def __init__(self, prepared: PreparedTimes, others: Places, more_legs: Legs | None) -> None:
        self.prepared = prepared
        of_draws = more_legs is not None and bool(np.any(more_legs.draw >= 0))
        if of_draws and len(prepared.graphs) < prepared.request.n_draws:
            message = "legs differ by draw, but the times were prepared for one: prepare_times(drawn=True)"
            raise ValueError(message)
        if more_legs is None:
            roots, self.root_of = _distinct(others)
        else:  # legs differ by place, so places must not be merged
            roots, self.root_of = others, np.arange(len(others.xy))
        request, city = prepared.request, prepared.city
        self.legs = _legs(city, roots, request, outward=prepared.mirrored, mirrored=prepared.mirrored, more=more_legs)
        ends = (roots, prepared.places) if prepared.mirrored else (prepared.places, roots)
        walks = walk_table(
            city.streets, ends[0].xy, ends[1].xy, max_s=request.max_direct_s, speed_m_min=request.walk_speed_m_min
        )
        pair = (walks.target, walks.origin) if prepared.mirrored else (walks.origin, walks.target)
        self.direct_s = np.full((len(prepared.places.xy), len(roots.xy)), UNREACHED_S, np.int32)
        self.direct_s[pair] = walks.seconds
        self.n_roots = len(roots.xy)

    def sample(self, *, components: bool, n_threads: int, last: bool = False) -> Found:
        """Search from all roots and sample all places; found is by place and other."""
        return self.spread(self.by_root(components=components, n_threads=n_threads, last=last))

    def spread(self, found: Found) -> Found:
        """Return what was found by root for every other that stands there."""
        return Found(*(table[:, self.root_of] for table in found))

    def by_root(self, *, components: bool = False, n_threads: int, last: bool = False) -> Found:
        """Search from all roots and sample all places; found is by place and root."""
        prepared = self.prepared
        n_places = len(prepared.places.xy)
        n_values = len(prepared.graphs) if last else prepared.n_samples
        percentiles = prepared.request.percentiles[:1] if last else tuple(sorted(prepared.request.percentiles))
        ranks = np.array([nearest_rank(p, n_values) for p in percentiles], np.int32)
        found = Found(
            np.empty((n_places, self.n_roots, len(ranks)), np.int32),
            np.empty((n_places, self.n_roots), np.int32),
            np.full((n_places, self.n_roots, 4 if components else 0), -1, np.int32),
        )
        width = max(1, min(ROOTS_AT_ONCE, -(-self.n_roots // max(1, n_threads))))
        batches = [slice(first, min(first + width, self.n_roots)) for first in range(0, self.n_roots, width)]
        parts = parts_of(n_places, 1 if len(batches) > 1 else N_PARTS)

        def fill(batch: slice) -> None:
            draws = range(len(prepared.graphs))
            rounds = tuple(self.search(draw, batch, keep_all=components) for draw in draws)
            offsets = np.ascontiguousarray(self.legs.offsets[batch.start : batch.stop + 1])
            direct_s = np.ascontiguousarray(self.direct_s[:, batch])
            reduce = _Reduction(prepared, rounds, offsets, leg_columns(self.legs), direct_s, ranks, last)
            views = found.seconds[:, batch], found.n_reached[:, batch], found.consists[:, batch]
            share(lambda part: reduce.fill(slice(*part), *views), parts, n_threads)

        share(fill, batches, n_threads)
        return found

    def search(self, draw: int, roots: slice, *, keep_all: bool) -> npt.NDArray[Any]:
        """Return the earliest arrivals at roots by round and node, shape (K, E, B); else of the last round only."""
        from sim.routing.arrivals import change_once_more, get_off, stay_on  # noqa: PLC0415 -- compiles on first use

        graph, cap = self.prepared.graphs[draw], self.prepared.request.max_transfers
        short = graph.last_s - graph.first_s < SHORT_S
        never = np.iinfo(np.uint16).max if short else UNREACHED_S
        n_roots = roots.stop - roots.start
        arrivals = np.full((graph.n_nodes, n_roots), never, np.uint16 if short else np.int32)
        offsets = np.ascontiguousarray(self.legs.offsets[roots.start : roots.stop + 1])
        get_off(graph, offsets, leg_columns(self.legs), draw, graph.first_s, arrivals)
        stay_on(graph.stay, arrivals)
        rounds = [arrivals]
        n_changes = 0
        fell = True
        while fell and (cap is None or n_changes < cap):
            spare = np.empty_like(arrivals) if keep_all or len(rounds) == 1 else rounds.pop(0)
            fell = change_once_more(graph.stay, graph.change_offsets, graph.change_to, rounds[-1], spare)
            rounds.append(spare)
            n_changes += 1
        return np.stack(rounds) if keep_all else rounds[-1][None]


@dataclass(frozen=True, slots=True, eq=False)
class _Reduction:
    """Arrivals at some roots by draw and round, about to be sampled and reduced to order statistics."""

    prepared: PreparedTimes
    rounds: tuple[npt.NDArray[Any], ...]
    root_offsets: IntArray
    root_legs: LegColumns
    direct_s: IntArray
    ranks: IntArray
    last: bool

    def fill(self, places: slice, seconds: IntArray, n_reached: IntArray, parts: IntArray) -> None:
        """Write order statistics, how many samples reach, and parts of the median, of some places into their rows."""
        from sim.routing import samples as s  # noqa: PLC0415 -- compiles on first use

        prepared, request = self.prepared, self.prepared.request
        marks = prepared.marks_s
        kept = s.ALL if request.samples == "all" else s.SHORTEST
        if self.last:
            # By the clock the last minute one can leave, or the first one can be there (negated, so that it is least).
            kept = s.FIRST_MARK if prepared.mirrored != (request.direction == "arrive_by") else s.LAST_MARK
        n_each = len(marks) if kept == s.ALL else 1
        n_samples, n_roots = n_each * len(self.rounds), self.direct_s.shape[1]
        n_at_once = max(1, SAMPLES_AT_ONCE // (n_samples * n_roots))
        modes = (prepared.marks_at_others, request.departure_mode == "planned" and not self.last, kept)
        samples = np.empty((n_at_once, n_samples, n_roots), np.int32)
        for first in range(places.start, places.stop, n_at_once):
            n_places = min(n_at_once, places.stop - first)
            rows = slice(first, first + n_places)
            for draw, (graph, boardings, rounds) in enumerate(
                zip(prepared.graphs, prepared.boardings, self.rounds, strict=True)
            ):
                s.sample_places(
                    rounds[-1], graph.first_s, never_of(rounds), boardings, first, n_places, marks, request.step_s,
                    self.direct_s, request.cutoff_s, modes, samples, draw * n_each,
                )  # fmt: skip
            values = np.empty((n_places, n_roots, len(self.ranks)), np.int32)
            reached = np.empty((n_places, n_roots), np.int32)
            s.order_statistics(samples[:n_places], self.ranks, values, reached)
            seconds[rows] = values
            n_reached[rows] = reached
            if parts.shape[2]:
                parts[rows] = self._parts(first, samples[:n_places])

    def _parts(self, first: int, samples: IntArray) -> IntArray:
        """Return what the medians of some places consist of, shape (P, B, 4); −1 = unreachable."""
        from sim.routing.parts import parts_of_medians  # noqa: PLC0415 -- compiles on first use
        from sim.routing.samples import order_statistics  # noqa: PLC0415 -- compiles on first use

        prepared = self.prepared
        n_places, n_samples, n_roots = samples.shape
        medians = np.empty((n_places, n_roots, 1), np.int32)
        rank = np.array([nearest_rank(50, n_samples)], np.int32)
        order_statistics(samples, rank, medians, np.empty((n_places, n_roots), np.int32))
        parts = np.full((n_places, n_roots, 4), -1, np.int32)
        for draw, rounds in enumerate(self.rounds):
            graph = prepared.graphs[draw]
            parts_of_medians(
                graph, rounds, graph.first_s, never_of(rounds), prepared.boardings[draw], prepared.legs.offsets,
                leg_columns(prepared.legs), self.root_offsets, self.root_legs, draw, first, prepared.marks_s,
                prepared.marks_at_others, self.direct_s, samples, medians[:, :, 0], parts,
            )  # fmt: skip
        return parts


def leg_columns(legs: Legs) -> LegColumns:
    """Return the columns of legs as kernels read them."""
    return legs.stop, legs.seconds, legs.valid_from_s, legs.valid_to_s, legs.draw


def never_of(arrivals: npt.NDArray[Any]) -> int:
    """Return what stands for no arrival among arrivals."""
    return int(np.iinfo(np.uint16).max) if arrivals.dtype == np.uint16 else int(UNREACHED_S)


def marks_of(request: RoutingRequest, *, mirrored: bool) -> IntArray:
    """Return the minutes of the window in the time of the graphs, rising [s]."""
    minutes = np.arange(request.window_start_s, request.window_end_s, request.step_s, dtype=np.int32)
    return (-minutes[::-1]).copy() if mirrored else minutes


def _legs(
    city: City, places: Places, request: RoutingRequest, *, outward: bool, mirrored: bool, more: Legs | None
) -> Legs:
    """Return the legs of places in the time of the graph; `outward` = they are walked from the place to stops."""
    legs = walk_legs(
        city,
        places.xy,
        to_stops=outward,
        max_s=request.max_access_s,
        speed_m_min=request.walk_speed_m_min,
    )
    if more is not None:
        legs = join_legs(legs, more)
    return mirror_legs(legs) if mirrored else legs


def _graph(
    city: City, request: RoutingRequest, feet: Footpaths, draw: int, *, mirrored: bool, n_threads: int
) -> TripGraph:
    """Return the graph of one draw."""
    first_s, last_s = _horizon(request)
    net = build_network(day_of_draw(city, request, draw), feet, mirrored=mirrored)
    horizon = (-last_s, -first_s) if mirrored else (first_s, last_s)
    return build_trip_graph(net, first_s=horizon[0], last_s=horizon[1], n_threads=n_threads)


def day_of_draw(city: City, request: RoutingRequest, draw: int) -> ScheduledDay:
    """Return the runs of one draw that a question can touch."""
    first_s, last_s = _horizon(request)
    return scheduled_day(city.timetable, request.date, first_s=first_s, last_s=last_s, draw=draw, seed=request.seed)


def _horizon(request: RoutingRequest) -> tuple[int, int]:
    """Return the first and last instant of interest: journeys may begin or end one cutoff beyond the window."""
    marks = marks_of(request, mirrored=False)
    ahead, after = (request.cutoff_s, 0) if request.direction == "arrive_by" else (0, request.cutoff_s)
    return int(marks[0]) - ahead, int(marks[-1]) + after


def first_boardings(
    graph: TripGraph, legs: Legs, draw: int, n_places: int, counted: tuple[int, int, int], n_threads: int
) -> Boardings:
    """Return the first boardings of all places in one draw."""
    from sim.routing.boardings import find_boardings  # noqa: PLC0415 -- compiles on first use

    def of_part(part: tuple[int, int]) -> tuple[npt.NDArray[np.int64], IntArray, IntArray]:
        return find_boardings(graph, legs.offsets, leg_columns(legs), draw, part[0], part[1], *counted)  # type: ignore[no-any-return]

    found = share(of_part, parts_of(n_places), n_threads)
    if not found:
        return Boardings(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))
    counts = np.concatenate([np.diff(offsets) for offsets, _, _ in found])
    return Boardings(
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate([leaving for _, leaving, _ in found]),
        np.concatenate([node for _, _, node in found]),
    )


def _minutes(seconds: IntArray) -> Float32Array:
    return np.ascontiguousarray(np.where(seconds == UNREACHED_S, np.inf, seconds / 60), np.float32)


def _components(consists: IntArray) -> Components:
    unreached = consists[:, :, 0] < 0
    walk, wait, ride = (np.where(unreached, np.inf, consists[:, :, n] / 60).astype(np.float32) for n in range(3))
    transfers = np.maximum(0, consists[:, :, 3])
    return Components(walk, wait, ride, np.where(unreached, np.inf, transfers).astype(np.float32))


def _distinct(places: Places) -> tuple[Places, npt.NDArray[np.intp]]:
    """Return every point once, neighbors close to each other, and place → its number."""
    xy = np.asarray(places.xy, np.float64).reshape(-1, 2)
    if not len(xy):
        return Places(np.zeros(0, str), np.zeros((0, 2))), np.zeros(0, np.intp)
    found, first, inverse = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(_along_a_curve(found), kind="stable")
    number = np.empty(len(order), np.intp)
    number[order] = np.arange(len(order))
    return Places(np.asarray(places.place_id)[first[order]], found[order]), number[inverse.reshape(-1)]


def _along_a_curve(xy: FloatArray) -> npt.NDArray[np.int64]:
    """Return numbers by which points sort along a Z-order curve over 1024 × 1024 squares."""
    low, size = xy.min(axis=0), np.maximum(np.ptp(xy, axis=0).max(), 1.0)
    square = np.clip((xy - low) / size * 1_023, 0, 1_023).astype(np.int64)
    bits = np.arange(10)
    spread = (square[:, :, None] >> bits & 1) << (2 * bits + np.array([[0], [1]]))
    return np.asarray(spread.sum(axis=(1, 2)), np.int64)
