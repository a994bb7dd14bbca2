"""Owns what all measures of one run look at: city, settings, parameters, and the slow arrays they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geodata.digest import digest_of
from geodata.provenance import Status, weakest
from geodata.streets import DetourPlane
from geodata.units import SECONDS_PER_MIN, UNREACHED_S
from sim.accessibility import dual_access
from sim.assumed_lines import without_assumed_lines
from sim.base_columns import BareColumns
from sim.catchment import Polygons, area_share, cover_share, rings_of
from sim.facility_kinds import facilities_of
from sim.journal import PLACES
from sim.params import parameter_status
from sim.travel_context import TravelContext, Walker, question
from sim.watching import CELLS, DESKS, FACILITIES, plans_with_desk, status_where_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geodata.facilities import Facilities
    from geodata.mobile_office import MobileOfficePlan
    from geodata.timetable import Timetable
    from geodata.units import Float32Array, FloatArray
    from sim.on_demand.legs import Rides
    from sim.routing.types import RoutingRequest

MOST_UNKNOWN = 0.5
"""Share of places whose times are known, above which the others are asked for one by one."""
MOST_NEAREST = 16
"""Sets of places of one question whose nearest is remembered."""
_SAMPLES = 4
"""Points per side by which the share of a cell within a walk on real streets is taken."""


class Nearest(NamedTuple):
    """Places, and cell → minutes to the nearest of them, shape (C,); None: there are no places."""

    places: frozenset[tuple[float, float]]
    minutes: Float32Array | None


class RunContext(TravelContext):
    """
    One city under one analysis and one set of parameters, as measures look at it.

    Steps and what they read: `sim.step_context`. Travel times: `sim.travel_context`. Here: facilities, areas on foot,
    and how sure all of it is.
    """

    nearest_alone = False
    """Whether the nearest of many places is worth asking for before the times to each of them are known."""

    def bare(self) -> RunContext:
        """Return the context of the same city without assumed lines; this one where there are none."""
        key = digest_of(("bare", self._digest("timetable")))

        def compute() -> tuple[Timetable | None, str]:
            bare = without_assumed_lines(self._city)
            return (None, "") if bare is self._city else (bare.timetable, bare.layer_digest("timetable"))

        self._note_read("timetable")
        (timetable, digest), _ = self.reuse.get(key, compute)
        if timetable is None:
            return self
        other = RunContext(
            self._city.replace(timetable=timetable),
            self._analysis,
            self._params,
            self.reuse,
            self._fitted,
            base=None if self._base is None else BareColumns(self._base),
            rides_of=None if self._rides_of is None else self._rides_of.bare(),
        )
        other.journal, other._frames, other._facilities = self.journal, self._frames, self._facilities
        other._digests = {**self.city_digests(), "timetable": digest}
        return other

    def facilities(self, *kinds: str) -> Facilities:
        """Return the facilities of some kinds, as a table of their own; the others count as not read."""
        named = tuple(sorted(str(kind) for kind in kinds))
        self._note_read(FACILITIES + ",".join(named))
        if named not in self._facilities:
            self._facilities[named] = facilities_of(self._city.facilities, named)
        return self._facilities[named]

    def plans_with_desk(self) -> tuple[MobileOfficePlan, ...]:
        """Return the plans of mobile offices that carry a clinic desk; the others count as not read."""
        self._note_read(DESKS)
        return plans_with_desk(self._city)

    def nearest_minutes(self, walker: Walker, places_xy: FloatArray) -> FloatArray:
        """
        Return cell → minutes by public transport, on foot or by on-demand rides to the nearest of places, shape (C,).

        From the times to each of them, or, where hardly any are known and `nearest_alone`, without them: the same bits.
        """
        if not self.nearest_alone or not len(places_xy) or self._known_share(walker, places_xy) > MOST_UNKNOWN:
            return dual_access(self.travel_minutes(walker, places_xy))
        request = self.routing_request(walker)
        parts, (rides, added) = self._travel_parts(request)
        key = self._travel_key("nearest", request, parts, added)
        known: tuple[Nearest, ...] = self.reuse.find(key) or ()
        wanted = frozenset((float(x), float(y)) for x, y in places_xy)
        within = [one for one in known if one.places <= wanted]
        most = max(within, key=lambda one: len(one.places), default=Nearest(frozenset(), None))
        minutes, more = most.minutes, sorted(wanted - most.places)
        if more or minutes is None:
            with self.journal.timed("nearest", question("times", request)):
                found = self._nearest_of(np.array(more), request, rides)
            minutes = found if minutes is None else np.minimum(minutes, found)
            others = [one for one in known if one is not most]
            self.reuse.keep(key, (*others, Nearest(wanted, minutes), most)[-MOST_NEAREST:])
        return minutes.astype(np.float64)

    def _nearest_of(self, places_xy: FloatArray, request: RoutingRequest, rides: Rides | None) -> Float32Array:
        from sim.routing.nearest import nearest_seconds  # noqa: PLC0415 -- loads compiled kernels
        from sim.routing.types import Places  # noqa: PLC0415

        cells = Places(self._city.population.cell_id, self._city.population.xy)
        places = Places(np.array([f"t{n}" for n in range(len(places_xy))]), places_xy)
        seconds = nearest_seconds(self._prepared(cells, request, "origins", rides), places)
        minutes: Float32Array = np.where(seconds == UNREACHED_S, np.inf, seconds / 60).astype(np.float32)
        if rides is None:
            return minutes
        from sim.on_demand.legs import with_rides  # noqa: PLC0415 -- only where a city has services

        none = np.full((self.n_cells, len(places_xy)), np.inf, np.float32)
        ridden = self._unnoted(lambda: with_rides(self.whole, none, places_xy, request, rides))
        least: Float32Array = np.minimum(minutes, ridden.min(axis=1))
        return least

    def _known_share(self, walker: Walker, places_xy: FloatArray) -> float:
        """Return the share of places whose times are remembered."""
        request = self.routing_request(walker)
        parts, (_, added) = self._travel_parts(request)
        wanted = [(float(x), float(y)) for x, y in places_xy]
        columns = self.reuse.travel_columns(self._travel_key("times", request, parts, added), wanted)
        return sum(point in columns for point in wanted) / max(1, len(wanted))

    # ---------------------------------------------------------------- arrays by cell

    def cover(self, circles: Iterable[tuple[FloatArray, float]]) -> FloatArray:
        """Return cell → share within circles given as (centres, radius) groups, by area."""
        groups = list(circles)
        centres = np.concatenate([xy for xy, _ in groups]) if groups else np.zeros((0, 2))
        radii = np.concatenate([np.full(len(xy), r) for xy, r in groups]) if groups else np.zeros(0)
        self._note_read(CELLS)
        key = digest_of(("cover", self._digest(CELLS), centres, radii))
        polygons = self._city.population.polygon_xy

        def compute() -> FloatArray:
            """The outlines are taken apart once for all circles."""
            name = f"rings {self._digest(CELLS)}"
            rings, _ = self.reuse.prepared(name, lambda: rings_of(polygons), lambda parts: sum(p.nbytes for p in parts))
            return cover_share(polygons, centres, radii, rings=rings)

        return self._get("cover", key, compute)

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

    def _nearest(self, origins: FloatArray, targets: FloatArray, max_min: float, what: str) -> FloatArray:
        from sim.routing import nearest_walk_min  # noqa: PLC0415 -- loads compiled kernels

        speed = self.params.walk_standard_m_min
        self._note_reads((CELLS, "streets"))
        key = digest_of(("walk", what, self._digest(CELLS), self._digest("streets"), targets, speed, max_min))
        streets = self._city.streets
        return self._get(
            "walk",
            key,
            lambda: np.asarray(
                nearest_walk_min(streets, origins, targets, speed_m_min=speed, max_min=max_min), dtype=np.float64
            ),
        )

    def _get(self, kind: str, key: str, compute: Callable[[], FloatArray]) -> FloatArray:
        with self.journal.timed(kind, ""):
            value, known = self.reuse.get(key, compute)
        if known:
            self.journal.found(kind, "", key)
        else:
            self.journal.computed(kind, "", key, because=(PLACES,))
        return value

    # ---------------------------------------------------------------- how sure

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
        return self.split_status("ages")

    def split_status(self, part: str) -> Status:
        """Return how sure the split of the residents by ``ages`` or ``districts`` is, where the city says so apart."""
        return status_where_told(self._city, f"population.{part}", self._note_read)

    def timetable_status(self, *classes: str) -> Status:
        """Return the weakest status of routes in use (of some classes) and of their stops."""
        return self.step("status", "", lambda: status_of_lines(self.city.timetable, classes), key="|".join(classes))


def status_of_lines(timetable: Timetable, classes: Sequence[str] = ()) -> Status:
    """Return the weakest status of routes in use (of some classes) and of their stops."""
    stop, route = timetable.routes_at_stop()
    if classes:
        kept = np.isin(timetable.routes.route_class[route], classes)
        stop, route = stop[kept], route[kept]
    names = {*timetable.routes.status[route].tolist(), *timetable.stops.status[stop].tolist()}
    return weakest(Status(name) for name in names)


def sample_points(polygons_xy: Polygons, n: int) -> FloatArray:
    """Return n × n points spread over the bounding box of each polygon, shape (C, n², 2)."""
    bounds = shapely.bounds(polygons_xy)
    steps = (np.arange(n) + 0.5) / n
    x = bounds[:, 0, None] + (bounds[:, 2] - bounds[:, 0])[:, None] * steps
    y = bounds[:, 1, None] + (bounds[:, 3] - bounds[:, 1])[:, None] * steps
    grid: FloatArray = np.stack(np.broadcast_arrays(x[:, None, :], y[:, :, None]), axis=-1).reshape(len(bounds), -1, 2)
    return grid


__all__ = ["RunContext", "Walker", "sample_points", "status_of_lines"]
