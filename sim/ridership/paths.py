"""Owns the journeys by public transport from every cell to the places of one purpose: which runs, which stops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.digest import digest_of
from geodata.frozen import freeze, require_lengths
from sim.ridership.hops import Hops, day_hops
from sim.ridership.purposes import Destinations, Purpose, find_destinations

if TYPE_CHECKING:
    from geodata.units import Float32Array, FloatArray, IntArray
    from sim.context import RunContext
    from sim.routing.day import ScheduledDay
    from sim.routing.types import Legs, RoutingRequest

N_THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class PlacePaths:
    """
    Journeys from N cells with a stop within reach to one place, in S samples (minutes of the window, parted by draw).

    Parameters
    ----------
    key
        Digest of all that they follow from.
    parts
        row, part → mean over the samples with a journey, see `sim.ridership.journey_kernel` [s, m, number], shape
        (N, P).
    share
        row → share of samples with a journey, 0–1, shape (N,).
    path_of
        sample, row → journey within the sample, −1 = none, shape (S, N).
    path_offsets
        sample → first of its journeys, shape (S,).
    leg_offsets
        journey → first of its rides, CSR.
    leg_pattern, leg_board, leg_alight, leg_s
        ride → pattern, positions where one gets on and off, and when one gets on [s].
    """

    key: str
    parts: Float32Array
    share: Float32Array
    path_of: npt.NDArray[np.int16]
    path_offsets: IntArray
    leg_offsets: IntArray
    leg_pattern: IntArray
    leg_board: IntArray
    leg_alight: IntArray
    leg_s: IntArray

    def __post_init__(self) -> None:
        require_lengths("paths", len(self.share), parts=self.parts)
        require_lengths("path rides", len(self.leg_pattern), board=self.leg_board, alight=self.leg_alight, s=self.leg_s)
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """
    Journeys from N cells with a stop within reach to D places.

    Parameters
    ----------
    destinations
        The places.
    cell
        row → cell, shape (N,).
    of_place
        place → its journeys; places that stand together share them.
    """

    destinations: Destinations
    cell: IntArray
    of_place: tuple[PlacePaths, ...]

    def __post_init__(self) -> None:
        for found in self.of_place:
            require_lengths("paths", len(self.cell), share=found.share)
        freeze(self)

    @property
    def n_samples(self) -> int:
        """Samples per pair."""
        return len(self.destinations.marks_s)

    @property
    def parts(self) -> Float32Array:
        """Return row, place, part → mean, shape (N, D, P)."""
        from sim.ridership.journey_kernel import N_PARTS  # noqa: PLC0415 -- compiles on first use

        none = np.zeros((len(self.cell), 0, N_PARTS), np.float32)
        return np.stack([found.parts for found in self.of_place], axis=1) if self.of_place else none

    @property
    def share(self) -> Float32Array:
        """Return row, place → share of samples with a journey, 0–1, shape (N, D)."""
        none = np.zeros((len(self.cell), 0), np.float32)
        return np.stack([found.share for found in self.of_place], axis=1) if self.of_place else none

    @property
    def nbytes(self) -> int:
        """Bytes beside the journeys themselves, which many share."""
        return self.cell.nbytes


class _Day(NamedTuple):
    """One draw: its hops, and the footpaths of all draws."""

    hops: Hops
    feet: tuple[IntArray, ...]


class _Search(NamedTuple):
    """Everything that is the same for all places; `cell`: row → cell."""

    cell: IntArray
    days: tuple[_Day, ...]
    legs: tuple[npt.NDArray[Any], ...]
    weights: tuple[float, float, float, float]
    most_vehicles: int
    cutoff_s: int


def find_paths(context: RunContext, purpose: Purpose) -> Paths:
    """
    Return the journeys of one purpose.

    Parameters
    ----------
    context
        The city; only timetable, streets, stops, on-demand rides to stops and routing parameters count, not who lives
        where.
    purpose
        Why people travel; decides places and minutes.

    Returns
    -------
    paths
        Of every cell from which a stop is within reach.

    Notes
    -----
    Everybody takes the journey that costs least: riding × 1, walking, waiting and being early weighed, a change so many
    minutes (`path_*` of the parameters). All cells count, inhabited or not.
    """
    destinations = context.step("places", purpose, lambda: find_destinations(context, purpose))
    request = request_of(context, destinations)
    legs, told = context.step("feeders", purpose, lambda: _feeders(context, request), key=digest_of(request))
    key = digest_of((destinations.xy, destinations.marks_s, request, told))
    found = context.step("paths", purpose, lambda: _compute(context, destinations, request, legs, told), key=key)
    if found.destinations is destinations:
        return found
    return replace(found, destinations=destinations)  # the same points may be places of another size


def request_of(context: RunContext, destinations: Destinations) -> RoutingRequest:
    """Return the question: be there by each minute, leaving for the timetable."""
    first, last = int(destinations.marks_s[0]), int(destinations.marks_s[-1])
    return replace(
        context.routing_request("standard"),
        window_start_s=first,
        window_end_s=last + 1,
        departure_mode="planned",
        percentiles=(50,),
    )


def _feeders(context: RunContext, request: RoutingRequest) -> tuple[Legs | None, str]:
    """Return the on-demand rides between cells and stops with their digest; None where there are none."""
    rides = context.rides_for(request)
    legs = None if rides is None else rides.legs
    return legs, "" if legs is None else digest_of(legs)


def _compute(
    context: RunContext, destinations: Destinations, request: RoutingRequest, more: Legs | None, told: str
) -> Paths:
    """Return the journeys, searching those that no other set of places has asked for."""
    from sim.routing.sharing import share  # noqa: PLC0415 -- loads compiled kernels

    search, digest = context.step(
        "journeys", "search", lambda: _search(context, request, more), key=digest_of((request, told))
    )
    egress = _egress(context, destinations, request)
    keys = [digest_of((digest, destinations.marks_s, walks)) for walks in egress]
    found: dict[str, PlacePaths] = {key: known for key in keys if (known := context.reuse.find(key)) is not None}
    # Places that stand together, such as clinics in one building, are the same question.
    walks_of = dict(zip(keys, egress, strict=True))
    missing = [key for key in walks_of if key not in found]
    searched = share(lambda key: _search_place(key, search, destinations.marks_s, walks_of[key]), missing, N_THREADS)
    for answer in searched:
        context.reuse.keep(answer.key, answer)
        found[answer.key] = answer
    return Paths(destinations, search.cell, tuple(found[key] for key in keys))


def _search(context: RunContext, request: RoutingRequest, more: Legs | None) -> tuple[_Search, str]:
    """Return what is the same for all places, and its digest."""
    from sim.routing.legs import join_legs, walk_legs  # noqa: PLC0415 -- loads compiled kernels

    city, speed = context.city, request.walk_speed_m_min
    legs = walk_legs(city, city.population.xy, to_stops=True, max_s=request.max_access_s, speed_m_min=speed)
    if more is not None:
        legs = join_legs(legs, more)
    cell = np.flatnonzero(np.diff(legs.offsets) > 0).astype(np.int32)
    search = _prepare(context, request, legs, cell)
    return search, digest_of(search)


def _prepare(context: RunContext, request: RoutingRequest, legs: Legs, cell: IntArray) -> _Search:
    """Return the days of all draws and the legs of the cells that have any."""
    from sim.routing.day import depends_on_draw, scheduled_day  # noqa: PLC0415 -- loads compiled kernels
    from sim.routing.footpaths import build_footpaths  # noqa: PLC0415 -- loads compiled kernels

    city, params, timetable = context.city, context.params, context.city.timetable
    feet = build_footpaths(city, request)
    drawn = depends_on_draw(timetable) or bool(np.any(legs.draw >= 0))
    first_s, last_s = request.window_start_s - request.cutoff_s, request.window_end_s

    def day(draw: int) -> ScheduledDay:
        return scheduled_day(timetable, request.date, first_s=first_s, last_s=last_s, draw=draw, seed=request.seed)

    changes = tuple(np.ascontiguousarray(a, np.int32) for a in (feet.offsets, feet.to, feet.seconds, feet.change_s))
    days = tuple(_Day(day_hops(timetable, day(n)), changes) for n in range(request.n_draws if drawn else 1))
    offsets = np.append(legs.offsets[cell], legs.offsets[-1]).astype(np.int32)
    columns = (legs.stop, legs.seconds, legs.valid_from_s, legs.valid_to_s, legs.draw, legs.kind)
    weights = (
        params.path_walk_weight,
        params.path_wait_weight,
        params.path_slack_weight,
        params.path_change_min * 60.0,
    )
    return _Search(
        cell,
        days,
        tuple(np.ascontiguousarray(c, np.int32) for c in (offsets, *columns)),
        weights,
        4 if request.max_transfers is None else request.max_transfers + 1,
        request.cutoff_s,
    )


def _egress(context: RunContext, destinations: Destinations, request: RoutingRequest) -> IntArray:
    """Return place, stop → walk from the stop to the place [s], −1 = too far, shape (D, S)."""
    from sim.routing.doors import walks_from_stops  # noqa: PLC0415 -- loads compiled kernels

    seconds = np.full((len(destinations.xy), context.city.timetable.n_stops), -1, np.int32)
    if len(destinations.xy):
        speed = request.walk_speed_m_min
        walks = walks_from_stops(context.city, destinations.xy, max_s=request.max_access_s, speed_m_min=speed)
        seconds[walks.target, walks.origin] = walks.seconds
    return seconds


def _search_place(key: str, search: _Search, marks_s: IntArray, egress_s: IntArray) -> PlacePaths:
    """Search the journeys of all cells to one place in all samples."""
    from sim.ridership import journey_kernel as k  # noqa: PLC0415 -- compiles on first use

    n, n_samples = len(search.cell), len(marks_s)
    path_of = np.full((n_samples, n), -1, np.int16)
    sums, counts = np.zeros((n, k.N_PARTS)), np.zeros(n, np.int64)
    n_paths = np.zeros(n_samples, np.int32)
    vehicles: list[IntArray] = []
    rides: list[IntArray] = []
    sample = 0
    for draw, (hops, feet) in enumerate(search.days):
        n_stops, n_hops = len(hops.slot_offsets) - 1, len(hops.dep_s)
        slots = (
            hops.slot_offsets, np.zeros(n_stops, np.int32), np.zeros(n_hops, np.int32), np.zeros(n_hops),
            np.zeros(n_hops, np.int32), np.zeros(n_hops, np.int32), np.zeros(n_stops),
        )  # fmt: skip
        scratch = (
            np.zeros(n_hops), np.zeros(n_hops, np.int32), np.zeros(n_hops, np.int32),
            np.zeros(n, np.int32), np.zeros(n, np.int32),
        )  # fmt: skip
        most = min(n_hops, n)
        found = (
            np.zeros((most, k.N_PARTS)), np.zeros((most, search.most_vehicles, 4), np.int32), np.zeros(most, np.int32)
        )  # fmt: skip
        # Each draw has its own instants: a line at times that no draw moves is seen at as many as a line that they do.
        for mark in marks_s[draw :: len(search.days)].tolist():
            span = (mark - search.cutoff_s, mark)
            of_sample = n_paths[sample : sample + 1]
            of_sample[0] = k.search_place(
                hops.timed, hops.ridden, feet, egress_s, span, draw, search.weights, search.legs, slots, scratch,
                found, path_of[sample], sums, counts,
            )  # fmt: skip
            own = found[2][: of_sample[0]].copy()
            inside = np.arange(search.most_vehicles)[None, :] < own[:, None]
            vehicles.append(own)
            rides.append(found[1][: of_sample[0]][inside])
            sample += 1
    mean: FloatArray = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], np.inf)
    ridden = np.concatenate(rides).astype(np.int32)
    return PlacePaths(
        key=key,
        parts=mean.astype(np.float32),
        share=(counts / n_samples).astype(np.float32),
        path_of=path_of,
        path_offsets=(np.cumsum(n_paths) - n_paths).astype(np.int32),
        leg_offsets=np.concatenate([[0], np.cumsum(np.concatenate(vehicles))]).astype(np.int32),
        leg_pattern=ridden[:, 0].copy(),
        leg_board=ridden[:, 1].copy(),
        leg_alight=ridden[:, 2].copy(),
        leg_s=ridden[:, 3].copy(),
    )
