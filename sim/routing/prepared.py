"""
Owns travel times prepared for many questions: everything about one set of places that does not depend on the others.

Half of every question stays the same while a planner moves facilities about: the cells, their walks to stops, the
timetable of the day, the changes in it. That half is prepared once; a further place then costs one search backward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from geodata.units import UNREACHED_S
from sim.routing.answer import Answer, Found
from sim.routing.asking import check_request
from sim.routing.day import depends_on_draw
from sim.routing.first_boardings import Boardings, first_boardings
from sim.routing.footpaths import Footpaths, build_footpaths
from sim.routing.legs import asked_legs
from sim.routing.network import build_network
from sim.routing.sharing import N_THREADS, share
from sim.routing.trip_graph import TripGraph, build_trip_graph
from sim.routing.types import Components, Legs, Places, RoutingRequest, TravelTimes
from sim.routing.window import counted_marks, day_of_draw, horizon_of, marks_at_others, marks_of

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import Float32Array, IntArray

Side = Literal["origins", "destinations"]


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
        return self._by_vehicle(others, n_threads)

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
        return -self._by_vehicle(others, n_threads)

    def _by_vehicle(self, others: Places, n_threads: int) -> IntArray:
        """Return the last minute with a journey by vehicle; of an ``arrive_by`` window the first one, negated."""
        check_request(self.request)
        found = Answer(self, others, None).sample(components=False, n_threads=n_threads, last=True)
        mark: IntArray = found.seconds[:, :, 0]
        return mark

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
        return marks_at_others(self.request, mirrored=self.mirrored)


def prepare_times(
    city: City,
    places: Places,
    request: RoutingRequest,
    *,
    side: Side,
    more_legs: Legs | None = None,
    drawn: bool = False,
    graphs: tuple[TripGraph, ...] | None = None,
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
    graphs
        What `build_graphs` made of the city and the question; None = it is asked. So many draws are prepared.
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
    legs = asked_legs(city, places, request, outward=not mirrored, mirrored=mirrored, more=more_legs)
    if graphs is None:
        drawn = drawn or bool(np.any(legs.draw >= 0))
        graphs = build_graphs(city, request, side=side, drawn=drawn, n_threads=n_threads)
    counted = counted_marks(request, mirrored=mirrored)
    inner = n_threads if len(graphs) == 1 else 1

    def of_draw(draw: int) -> Boardings:
        return first_boardings(graphs[draw], legs, draw, len(places.xy), counted, inner)

    boardings = tuple(share(of_draw, range(len(graphs)), n_threads))
    return PreparedTimes(city, request, places, side, legs, graphs, boardings)


def build_graphs(
    city: City, request: RoutingRequest, *, side: Side, drawn: bool = False, n_threads: int = N_THREADS
) -> tuple[TripGraph, ...]:
    """Return the graph of every draw of a question; only one where neither timetable nor legs (`drawn`) are drawn."""
    feet = build_footpaths(city, request)
    n_draws = request.n_draws if drawn or depends_on_draw(city.timetable) else 1
    inner, mirrored = n_threads if n_draws == 1 else 1, side == "destinations"

    def of_draw(draw: int) -> TripGraph:
        return _graph(city, request, feet, draw, mirrored=mirrored, n_threads=inner)

    return tuple(share(of_draw, range(n_draws), n_threads))


def _graph(
    city: City, request: RoutingRequest, feet: Footpaths, draw: int, *, mirrored: bool, n_threads: int
) -> TripGraph:
    """Return the graph of one draw."""
    first_s, last_s = horizon_of(request)
    net = build_network(day_of_draw(city, request, draw), feet, mirrored=mirrored)
    horizon = (-last_s, -first_s) if mirrored else (first_s, last_s)
    return build_trip_graph(net, first_s=horizon[0], last_s=horizon[1], n_threads=n_threads)


def _minutes(seconds: IntArray) -> Float32Array:
    return np.ascontiguousarray(np.where(seconds == UNREACHED_S, np.inf, seconds / 60), np.float32)


def _components(consists: IntArray) -> Components:
    unreached = consists[:, :, 0] < 0
    walk, wait, ride = (np.where(unreached, np.inf, consists[:, :, n] / 60).astype(np.float32) for n in range(3))
    transfers = np.maximum(0, consists[:, :, 3])
    return Components(walk, wait, ride, np.where(unreached, np.inf, transfers).astype(np.float32))
