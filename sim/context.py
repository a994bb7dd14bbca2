"""Owns what all measures of one run look at: city, settings, parameters, and the slow arrays they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from geodata.digest import digest_of
from geodata.provenance import Status, weakest
from geodata.streets import DetourPlane
from geodata.units import SECONDS_PER_MIN
from sim.catchment import Polygons, area_share, cover_share
from sim.params import Analysis, Params, parameter_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geodata.city import City
    from geodata.units import Float32Array, FloatArray
    from sim.reuse import Reuse
    from sim.routing.types import Places, RoutingRequest

Walker = Literal["standard", "older"]

_SAMPLES = 4
"""Points per side by which the share of a cell within a walk on real streets is taken."""


class RunContext:
    """
    One city under one analysis and one set of parameters.

    `fitted`: setting → radius [m] that reproduces the official catchment share on the baseline. `reused`: names of
    steps found in the memory.
    """

    def __init__(
        self, city: City, analysis: Analysis, params: Params, reuse: Reuse, fitted: dict[str, float] | None = None
    ) -> None:
        self.city = with_walk_detour(city, params)
        self.analysis = analysis
        self.params = params
        self.reuse = reuse
        self.fitted = fitted
        self.reused: list[str] = []
        self._computed: set[str] = set()
        layers = self.city.layer_digests()
        population = self.city.population
        self._cells_digest = digest_of((population.cell_id, population.xy, population.polygon_xy))
        self._streets_digest = layers["streets"]
        self._timetable_digest = layers["timetable"]

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return self.city.population.n_cells

    def for_city(self, city: City) -> RunContext:
        """Return a context of another city with the same settings and memory."""
        other = RunContext(city, self.analysis, self.params, self.reuse, self.fitted)
        other.reused, other._computed = self.reused, self._computed
        return other

    def cover(self, circles: Iterable[tuple[FloatArray, float]]) -> FloatArray:
        """Return cell → share within circles given as (centres, radius) groups, by area."""
        groups = list(circles)
        centres = np.concatenate([xy for xy, _ in groups]) if groups else np.zeros((0, 2))
        radii = np.concatenate([np.full(len(xy), r) for xy, r in groups]) if groups else np.zeros(0)
        key = digest_of(("cover", self._cells_digest, centres, radii))
        polygons = self.city.population.polygon_xy
        return self._get("駅勢圏・カバー圏の面積", key, lambda: cover_share(polygons, centres, radii))

    def within_areas(self, areas_xy: Polygons) -> FloatArray:
        """Return cell → share within the union of polygons, by area."""
        return area_share(self.city.population.polygon_xy, areas_xy)

    def walk_minutes(self, targets_xy: FloatArray, *, max_min: float) -> FloatArray:
        """Return cell centre → minutes on foot to the nearest target, standard walker; inf = farther than `max_min`."""
        return self._nearest(self.city.population.xy, targets_xy, max_min, "cells")

    def reach_share(self, groups: Iterable[tuple[FloatArray, float]]) -> FloatArray:
        """
        Return cell → share within a walk of any target, given as (targets, metres on foot) groups.

        Exact by area where walking is straight line × factor; by 16 points per cell on real streets.
        """
        streets = self.city.streets
        held = [(xy, walk_m) for xy, walk_m in groups if len(xy)]
        if isinstance(streets, DetourPlane):
            return self.cover([(xy, walk_m / streets.walk_detour) for xy, walk_m in held])
        points = sample_points(self.city.population.polygon_xy, _SAMPLES).reshape(-1, 2)
        inside = np.zeros(len(points), dtype=np.bool_)
        speed = self.params.walk_standard_m_min
        for xy, walk_m in held:
            limit_min = (walk_m / speed) + 1 / SECONDS_PER_MIN  # walks are whole seconds, rounded up
            inside |= self._nearest(points, xy, limit_min, "samples") <= limit_min
        share: FloatArray = inside.reshape(self.n_cells, -1).mean(axis=1)
        return share

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
        return self._travel_columns("last", request, origins_xy, self._last)

    def _travel_columns(
        self,
        what: str,
        request: RoutingRequest,
        places_xy: FloatArray,
        compute: Callable[[Places, Places, RoutingRequest], Float32Array],
    ) -> Float32Array:
        """Return the columns of places, computing those the memory lacks; `compute` returns (cell, place)."""
        from sim.routing.types import Places  # noqa: PLC0415 -- the package loads compiled kernels

        key = digest_of((what, self._cells_digest, self._timetable_digest, self._streets_digest, request))
        columns, known = self.reuse.travel_columns(key)
        wanted = [(float(x), float(y)) for x, y in places_xy]
        missing = [point for point in dict.fromkeys(wanted) if point not in columns]
        if not known:
            self._computed.add(key)
        if len(missing) < len(set(wanted)):
            self._note_reuse(f"公共交通の所要時間（{request.walker}）", key)
        if missing:
            cells = Places(self.city.population.cell_id, self.city.population.xy)
            places = Places(np.array([f"t{n}" for n in range(len(missing))]), np.array(missing, dtype=np.float64))
            table = compute(cells, places, request)
            columns.update({point: table[:, n].copy() for n, point in enumerate(missing)})
            self.reuse.keep_travel(key, columns)
        empty: Float32Array = np.zeros((self.n_cells, 0), dtype=np.float32)
        return np.stack([columns[p] for p in wanted], axis=1) if wanted else empty

    def _route(self, cells: Places, places: Places, request: RoutingRequest) -> Float32Array:
        from sim.routing import travel_times  # noqa: PLC0415 -- loads compiled kernels

        homeward = request.direction == "depart"
        ends = (places, cells) if homeward else (cells, places)
        minutes = travel_times(self.city, *ends, request).at(request.percentiles[0])
        return minutes.T if homeward else minutes

    def _last(self, cells: Places, places: Places, request: RoutingRequest) -> Float32Array:
        from sim.routing import last_departures  # noqa: PLC0415 -- loads compiled kernels

        return last_departures(self.city, places, cells, request).T

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

    def _nearest(self, origins: FloatArray, targets: FloatArray, max_min: float, what: str) -> FloatArray:
        from sim.routing import nearest_walk_min  # noqa: PLC0415 -- loads compiled kernels

        speed = self.params.walk_standard_m_min
        key = digest_of(("walk", what, self._cells_digest, self._streets_digest, targets, speed, max_min))
        streets = self.city.streets
        return self._get(
            "徒歩時間",
            key,
            lambda: np.asarray(
                nearest_walk_min(streets, origins, targets, speed_m_min=speed, max_min=max_min), dtype=np.float64
            ),
        )

    def _get(self, name: str, key: str, compute: Callable[[], FloatArray]) -> FloatArray:
        value, known = self.reuse.get(key, compute)
        if known:
            self._note_reuse(name, key)
        else:
            self._computed.add(key)
        return value

    def _note_reuse(self, name: str, key: str) -> None:
        """Say what came from an earlier run; what this run computed itself is no reuse."""
        if key not in self._computed and name not in self.reused:
            self.reused.append(name)

    def status(self, *layers: str, parameters: Iterable[str] = (), extra: Iterable[Status] = ()) -> Status:
        """
        Return the weakest status of layers, parameters and further inputs.

        At best `modelled`: what this tool works out is 試算, however sure its inputs are.
        """
        found = [self._layer_status(layer) for layer in layers]
        return weakest([Status.MODELLED, *found, parameter_status(*parameters), *extra])

    def _layer_status(self, layer: str) -> Status:
        if layer == "streets" and isinstance(self.city.streets, DetourPlane):
            return parameter_status("walk_detour")
        return self.city.status_of(layer)

    def ages_status(self) -> Status:
        """Return how sure the split of the residents by age is, where the city says so apart."""
        return weakest(s.status for s in self.city.sources if s.layer == "population.ages")

    def timetable_status(self, *classes: str) -> Status:
        """Return the weakest status of routes in use (of some classes) and of their stops."""
        timetable = self.city.timetable
        stop, route = timetable.routes_at_stop()
        if classes:
            kept = np.isin(timetable.routes.route_class[route], classes)
            stop, route = stop[kept], route[kept]
        names = {*timetable.routes.status[route].tolist(), *timetable.stops.status[stop].tolist()}
        return weakest(Status(name) for name in names)


def with_walk_detour(city: City, params: Params) -> City:
    """Return the city with the detour factor of the parameters, where it walks by one and they set it."""
    streets = city.streets
    if params.walk_detour is None or not isinstance(streets, DetourPlane) or streets.walk_detour == params.walk_detour:
        return city
    return city.replace(streets=DetourPlane(params.walk_detour, streets.car_detour))


def sample_points(polygons_xy: Polygons, n: int) -> FloatArray:
    """Return n × n points spread over the bounding box of each polygon, shape (C, n², 2)."""
    bounds = shapely.bounds(polygons_xy)
    steps = (np.arange(n) + 0.5) / n
    x = bounds[:, 0, None] + (bounds[:, 2] - bounds[:, 0])[:, None] * steps
    y = bounds[:, 1, None] + (bounds[:, 3] - bounds[:, 1])[:, None] * steps
    grid: FloatArray = np.stack(np.broadcast_arrays(x[:, None, :], y[:, :, None]), axis=-1).reshape(len(bounds), -1, 2)
    return grid
