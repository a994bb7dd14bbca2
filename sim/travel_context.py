"""Owns the travel times of one run: which question, which columns are known, and what on-demand rides add."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.calendar import format_time
from geodata.digest import digest_of
from geodata.units import UNREACHED_S
from sim.derived import CHANGES, DERIVED, DOORS, RIDES
from sim.journal import NEW, PLACES
from sim.reuse import size_of
from sim.step_context import TRAVEL_READS, StepContext
from sim.travel_memory import TravelColumns, Variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.units import Float32Array, FloatArray, IntArray
    from sim.on_demand.legs import Rides
    from sim.routing.prepared import PreparedTimes
    from sim.routing.types import Places, RoutingRequest
    from sim.travel_memory import Point

    Compute = Callable[[Places, Places, RoutingRequest, Rides | None], Float32Array]
    """(Cells, places, question, rides) → minutes, shape (C, D)."""

MOST_MENDED = 0.6
"""Share of the cells above which mending is no use."""
Walker = Literal["standard", "older"]


class TravelContext(StepContext):
    """Travel times by public transport, on foot and by on-demand rides, remembered place by place."""

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return self.city.population.n_cells

    def travel_minutes(
        self, walker: Walker, places_xy: FloatArray, request: RoutingRequest | None = None
    ) -> Float32Array:
        """
        Return cell, place → minutes by public transport or on foot, shape (C, D).

        `request` None = be there by each minute of the window (`routing_request`). One that departs is answered from
        the places to the cells. Columns are remembered one by one, so that a new or closed facility costs at most its
        own column.
        """
        asked = self.routing_request(walker) if request is None else request
        return self._travel_columns("times", asked, places_xy, self._route)

    def last_departures(self, request: RoutingRequest, origins_xy: FloatArray) -> Float32Array:
        """Return cell, origin → last minute [s] from which a vehicle still leads home; −inf = none, shape (C, O)."""
        return self._travel_columns("last", replace(request, direction="depart"), origins_xy, self._last)

    def first_arrivals(self, request: RoutingRequest, places_xy: FloatArray) -> Float32Array:
        """Return cell, place → first minute [s] by which a vehicle leads there; inf = none, shape (C, D)."""
        return self._travel_columns("first", replace(request, direction="arrive_by"), places_xy, self._first)

    def rides_for(self, request: RoutingRequest) -> Rides | None:
        """Return what on-demand services add to a question; None = nothing."""
        return self._travel_parts(request)[1][0]

    def _travel_columns(
        self,
        what: str,
        request: RoutingRequest,
        places_xy: FloatArray,
        compute: Compute,
    ) -> Float32Array:
        """Return the columns of places, computing those the memory lacks; `compute` returns (cell, place)."""
        parts, (rides, added) = self._travel_parts(request)
        key, name = self._travel_key(what, request, parts, added), question(what, request)
        wanted: list[tuple[float, float]] = list(map(tuple, np.asarray(places_xy, np.float64).tolist()))
        distinct = list(dict.fromkeys(wanted))
        columns = self.reuse.travel_columns(key, distinct)
        missing = [point for point in distinct if point not in columns]
        self.journal.found("travel", name, *((key, point) for point in distinct if point in columns))
        if missing:
            known = self.reuse.knows_travel(key)
            earlier = self.reuse.recall(digest_of((what, request)), self._digest)
            with self.journal.timed("travel", name):
                new = {} if rides is None else self._mended(what, request, missing, rides, compute)
                rest = [point for point in missing if point not in new]
                new |= self._columns_of(rest, None, request, rides, compute)
                self.reuse.keep_travel(key, new)
            columns.update(new)
            self.reuse.memorize(digest_of((what, request)), parts, True)
            because = (PLACES,) if known else earlier.differs or (NEW,)
            self.journal.computed("travel", name, *((key, point) for point in missing), because=because)
        empty: Float32Array = np.zeros((self.n_cells, 0), dtype=np.float32)
        return np.stack([columns[p] for p in wanted], axis=1) if wanted else empty

    def _columns_of(
        self,
        points: list[Point],
        cells: IntArray | None,
        request: RoutingRequest,
        rides: Rides | None,
        compute: Compute,
    ) -> TravelColumns:
        """Return the columns of places; `cells`: of these rows alone."""
        from sim.routing.types import Places  # noqa: PLC0415 -- the package loads compiled kernels

        if not points:
            return {}
        population, rows = self._city.population, slice(None) if cells is None else cells
        homes = Places(population.cell_id[rows], population.xy[rows])
        places = Places(np.array([f"t{n}" for n in range(len(points))]), np.array(points, dtype=np.float64))
        table = compute(homes, places, request, rides)
        return {point: table[:, n].copy() for n, point in enumerate(points)}

    def _mended(
        self, what: str, request: RoutingRequest, points: list[Point], rides: Rides, compute: Compute
    ) -> TravelColumns:
        """
        Return the columns of places that are known under other on-demand rides, mended where these differ.

        Whoever comes to live, or a place that opens, in the area of a service changes its waits, but for the homes in
        the area only: the same bits as asking anew.
        """
        from sim.on_demand.legs import changed_homes  # noqa: PLC0415 -- only where a city has services

        parts, (_, added) = self._travel_parts(request)
        key, asked = self._travel_key(what, request, parts, added), self._travel_key(what, request, parts, "")
        own = Variant(key, rides.are_drawn, rides.areas)
        found: TravelColumns = {}
        for other in self.reuse.travel_variants(asked):
            left = [point for point in points if point not in found]
            known = self.reuse.travel_columns(other.key, left) if other.drawn == own.drawn else {}
            if not known:
                continue
            cells = np.flatnonzero(changed_homes(self._city.population.xy, other.areas, own.areas)).astype(np.int32)
            if len(cells) > MOST_MENDED * self.n_cells:
                continue
            mended = {point: column.copy() for point, column in known.items()}
            if len(cells):
                for point, rows in self._columns_of(
                    list(known), cells, request, rides.of_cells(cells), compute
                ).items():
                    mended[point][cells] = rows
            found |= mended
        self.reuse.note_variant(asked, own)
        return found

    def _travel_parts(self, request: RoutingRequest) -> tuple[dict[str, str], tuple[Rides | None, str]]:
        """Return reading → digest of all that travel times depend on; what on-demand services add, and its digest."""
        self._note_reads((*TRAVEL_READS, *DERIVED))
        parts = {name: self._digest(name) for name in (*TRAVEL_READS, *DERIVED)}
        if not parts[RIDES]:
            return parts, (None, "")
        from sim.on_demand.legs import find_rides  # noqa: PLC0415 -- only where a city has services

        of = self._rides_of or self.whole
        older_from = self.params.older_from_age if request.walker == "older" else 0  # whom it says who may ride
        if request not in self._rides:
            key = digest_of(("rides", request, parts, older_from))

            def compute() -> tuple[Rides | None, str]:
                rides = of._unnoted(lambda: find_rides(of, request))  # noqa: SLF001 -- another of this class
                return (rides, rides.digest) if rides.digest else (None, "")

            self._rides[request], _ = self.reuse.prepared(key, compute, size_of)
        return parts, self._rides[request]

    @staticmethod
    def _travel_key(what: str, request: RoutingRequest, parts: dict[str, str], rides: str) -> str:
        """Return the key of travel times; `rides`: digest of what services add to the question, not of their plans."""
        told = [parts[name] for name in (*TRAVEL_READS, CHANGES, DOORS) if name in TRAVEL_READS or parts[name]]
        return digest_of((what, *told, request, *((rides,) if rides else ())))

    def _route(self, cells: Places, places: Places, request: RoutingRequest, rides: Rides | None) -> Float32Array:
        homeward = request.direction == "depart"
        prepared = self._prepared(cells, request, "destinations" if homeward else "origins", rides)
        minutes = prepared.times(places).at(request.percentiles[0])
        minutes = minutes.T if homeward else minutes
        if rides is None:
            return minutes
        from sim.on_demand.legs import with_rides  # noqa: PLC0415 -- only where a city has services

        return self._unnoted(lambda: with_rides(self.whole, minutes, places.xy, request, rides))

    def _last(self, cells: Places, places: Places, request: RoutingRequest, rides: Rides | None) -> Float32Array:
        asked = replace(request, direction="depart", departure_mode="random")  # as `last_departures` asks
        seconds = self._prepared(cells, asked, "destinations", rides).last_marks(places)
        last: Float32Array = np.where(seconds == -UNREACHED_S, -np.inf, seconds).astype(np.float32)
        return last

    def _first(self, cells: Places, places: Places, request: RoutingRequest, rides: Rides | None) -> Float32Array:
        asked = replace(request, direction="arrive_by", departure_mode="random")  # as minutes are judged, see `_last`
        seconds = self._prepared(cells, asked, "origins", rides).first_marks(places)
        first: Float32Array = np.where(seconds == UNREACHED_S, np.inf, seconds).astype(np.float32)
        return first

    def _prepared(
        self, cells: Places, request: RoutingRequest, side: Literal["origins", "destinations"], rides: Rides | None
    ) -> PreparedTimes:
        """Return the half of the question that stays while places come and go: cells, timetable, streets, legs."""
        from sim.routing.prepared import build_graphs, prepare_times  # noqa: PLC0415 -- loads compiled kernels

        parts = {name: self._digest(name) for name in (*TRAVEL_READS, *DERIVED)}
        added = (
            ""
            if rides is None or (rides.legs is None and rides.cells is None)
            else digest_of((rides.legs, rides.cells))
        )
        key, name = self._travel_key(f"prepared {side}", request, parts, added), question("prepare", request)
        legs, drawn = (None, False) if rides is None else (rides.legs, rides.are_drawn)
        of_graphs = self._travel_key(f"graphs {side} {drawn}", request, parts, "")

        def compute() -> PreparedTimes:
            graphs, _ = self.reuse.prepared(
                of_graphs, lambda: build_graphs(self._city, request, side=side, drawn=drawn), size_of
            )
            return prepare_times(self._city, cells, request, side=side, more_legs=legs, graphs=graphs)

        with self.journal.timed("prepare", name):
            prepared, known = self.reuse.prepared(key, compute, lambda p: size_of((p.legs, p.boardings)))
        if known:
            self.journal.found("prepare", name, key)
        else:
            self.journal.computed("prepare", name, key, because=(NEW,))
        return prepared

    def routing_request(self, walker: Walker) -> RoutingRequest:
        """Return the question behind every access KPI: be there by each minute of the window."""
        from sim.routing.types import RoutingRequest  # noqa: PLC0415 -- the package loads compiled kernels

        analysis, params = self.analysis, self.params
        start_s, end_s = analysis.window_s(self.city)
        return RoutingRequest(
            date=analysis.service_date(self.city),
            window_start_s=start_s,
            window_end_s=end_s,
            direction="arrive_by",
            departure_mode=analysis.departure_mode,
            walker=walker,
            max_transfers=params.max_transfers,
            max_access_s=round(params.max_access_min * 60),
            max_transfer_s=round(params.max_transfer_walk_min * 60),
            max_direct_s=round(params.max_direct_walk_min * 60),
            change_s=round(params.change_min * 60),
            percentiles=(analysis.percentile,),
            cutoff_s=round(params.cutoff_min * 60),
            n_draws=analysis.n_draws,
            seed=analysis.seed,
            walk_speed_m_min=params.walk_m_min(walker),
        )


def question(what: str, request: RoutingRequest) -> str:
    """Return a request in a few signs, for the account of a run: walker, direction, window."""
    window = f"{format_time(request.window_start_s)[:5]}-{format_time(request.window_end_s)[:5]}"
    return f"{what}:{request.walker}:{request.direction}:{window}"
