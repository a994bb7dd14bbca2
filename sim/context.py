"""Owns what all measures of one run look at: city, settings, parameters, and the slow arrays they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import numpy as np
import shapely

from geodata.calendar import format_time
from geodata.digest import digest_of
from geodata.provenance import Status, weakest
from geodata.streets import DetourPlane
from geodata.units import SECONDS_PER_MIN, UNREACHED_S
from sim.assumed_lines import without_assumed_lines
from sim.catchment import Polygons, area_share, cover_share
from sim.facility_kinds import facilities_of
from sim.journal import NEW, PLACES, Journal, reused_lines
from sim.params import Analysis, Params, parameter_status
from sim.reuse import size_of
from sim.watching import (
    ANALYSIS,
    CELLS,
    DESKS,
    EVERYTHING,
    FACILITIES,
    PARAM,
    digest_of_read,
    plans_with_desk,
    status_where_told,
    watch,
    watch_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from geodata.city import City
    from geodata.facilities import Facilities
    from geodata.mobile_office import MobileOfficePlan
    from geodata.timetable import Timetable
    from geodata.units import Float32Array, FloatArray
    from sim.on_demand.legs import Rides
    from sim.reuse import Reuse
    from sim.routing.prepared import PreparedTimes
    from sim.routing.types import Places, RoutingRequest

T = TypeVar("T")
Walker = Literal["standard", "older"]

FITTED = "fitted"
"""Reading of the radii fitted on the baseline."""
BASE = "base:"
"""Reading of a column of the baseline's cells, which follows the colon."""
TRAVEL_READS = (CELLS, "timetable", "streets")
RIDES = "rides"
"""Reading of all that decides on-demand rides: plans of services, who asks for them, and where to."""
CHANGES = "changes"
"""Reading of what hubs do to changes."""
DOORS = "doors"
"""Reading of the further entrances of stops."""
_DERIVED = (RIDES, CHANGES, DOORS)

_SAMPLES = 4
"""Points per side by which the share of a cell within a walk on real streets is taken."""


class RunContext:
    """
    One city under one analysis and one set of parameters.

    `city`, `analysis` and `params` note what is read of them (see `sim.watching`), so that a `step` is done again only
    where that differs; a step must read them itself, never get what was read before it but by its `key`.
    `fitted`: setting → radius [m] that reproduces the official catchment share on the baseline. `base`: column → value
    on every cell of the baseline, for models that tell a change from it; None = this city is the baseline. `rides_of`:
    context whose on-demand rides feed the travel times, for other residents of the same city; None = this one. `like`:
    context of the very same city under other settings, whose digests of the city need not be worked out again.
    """

    def __init__(
        self,
        city: City,
        analysis: Analysis,
        params: Params,
        reuse: Reuse,
        fitted: dict[str, float] | None = None,
        *,
        base: Mapping[str, FloatArray] | None = None,
        rides_of: RunContext | None = None,
        like: RunContext | None = None,
    ) -> None:
        self._city = with_walk_detour(city, params)
        self.city = watch(self._city, self._note_read)
        self._analysis, self._params = analysis, params
        self.analysis = watch_settings(analysis, ANALYSIS, self._note_read)
        self.params = watch_settings(params, PARAM, self._note_read)
        self.reuse = reuse
        self.journal = Journal()
        self._fitted = fitted
        self._base = base
        self._rides_of = rides_of
        self._frames: list[dict[str, None]] = []
        self._digests = {} if like is None or like._city is not self._city else like.city_digests()  # noqa: SLF001
        self._facilities: dict[tuple[str, ...], Facilities] = {}
        self._rides: dict[RoutingRequest, tuple[Rides | None, str]] = {}

    @property
    def reused(self) -> tuple[str, ...]:
        """How much of each kind of step was found in the memory."""
        return reused_lines(self.journal.notes())

    @property
    def rides_of(self) -> RunContext | None:
        """Whose on-demand services are simulated in the place of this context's; None = its own."""
        return self._rides_of

    @property
    def fitted(self) -> dict[str, float] | None:
        """Fitted setting → radius [m]."""
        self._note_read(FITTED)
        return self._fitted

    @fitted.setter
    def fitted(self, fitted: dict[str, float] | None) -> None:
        self._fitted = fitted
        self._digests.pop(FITTED, None)

    @property
    def is_baseline(self) -> bool:
        """Return whether this city is the baseline itself."""
        self._note_read(BASE)
        return self._base is None

    def base_column(self, name: str) -> FloatArray | None:
        """Return cell → value of a column of the baseline; None on the baseline itself or where it has none."""
        self._note_read(BASE + name)
        return None if self._base is None else self._base.get(name)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return self.city.population.n_cells

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

    # ---------------------------------------------------------------- steps

    def step(self, kind: str, name: str, compute: Callable[[], T], *, key: str = "", plain: bool = False) -> T:
        """
        Return the value of a step, from the memory where everything it reads of the city is the same.

        Parameters
        ----------
        kind, name
            What it is, for the account of the run.
        compute
            Computes it from this context alone; what it returns is shared and must not be changed.
        key
            Digest of what else it depends on, such as a parameter that was read before the step.
        plain
            Whether the value is a tuple without arrays.
        """
        unit = step_key(kind, name, key)
        known = self.reuse.recall(unit, self._digest)
        if known.found:
            self.journal.found(kind, name, unit, reads=known.reads)
            self._note_reads(known.reads)
            return cast("T", known.value)
        self._frames.append({})
        try:
            with self.journal.timed(kind, name):
                value = compute()
        finally:
            reads = self._frames.pop()
        self._note_reads(reads)
        self.reuse.memorize(unit, {read: self._digest(read) for read in reads}, value, plain=plain)
        self.journal.computed(kind, name, unit, because=known.differs or (NEW,), reads=reads)
        return value

    def recalled(self, kind: str, name: str) -> Any | None:
        """Return the value of a step where the memory holds it for this city and these settings, else None."""
        known = self.reuse.recall(step_key(kind, name), self._digest)
        if not known.found:
            return None
        self._note_reads(known.reads)
        return known.value

    def trace_of(self, kind: str, name: str) -> tuple[str, dict[str, str]] | None:
        """Return (digest of a step, name of each reading → digest) where the memory holds its value for this city."""
        unit = step_key(kind, name)
        known = self.reuse.recall(unit, self._digest)
        return (unit, {read: self._digest(read) for read in known.reads}) if known.found else None

    def _note_read(self, name: str) -> None:
        if self._frames:
            self._frames[-1][name] = None

    def _note_reads(self, names: Iterable[str]) -> None:
        for name in names:
            self._note_read(name)

    def _digest(self, name: str) -> str:
        """Return the digest of a reading in this city, worked out once."""
        if name not in self._digests:
            self._digests[name] = self._find_digest(name)
        return self._digests[name]

    def city_digests(self) -> dict[str, str]:
        """Return reading → digest, of what was read of the city alone."""
        settings = (PARAM, ANALYSIS, BASE)
        others = {FITTED, EVERYTHING, *_DERIVED}
        return {n: d for n, d in self._digests.items() if n not in others and not n.startswith(settings)}

    def _find_digest(self, name: str) -> str:
        if name.startswith((PARAM, ANALYSIS)):
            kind, field = name.split(":", 1)
            return repr(getattr(self._params if f"{kind}:" == PARAM else self._analysis, field))
        if name == FITTED or name.startswith(BASE):
            return self._base_digest(name)
        if name == CELLS:  # thousands of outlines: once for all runs on these residents
            key = digest_of((CELLS, self._digest("population")))
            return self.reuse.get(key, lambda: digest_of_read(self._city, CELLS))[0]
        if name not in _DERIVED:
            return digest_of_read(self._city, name)
        if self._rides_of is not None:
            return self._rides_of.digest_of_reading(name)
        return self._unnoted(lambda: digest_of_derived(self, self._city, name))

    def _base_digest(self, name: str) -> str:
        """Return the digest of what is read of the baseline: fitted radii, a column, or whether this is it."""
        if name == FITTED:
            return repr(sorted((self._fitted or {}).items()))
        column = name.removeprefix(BASE)
        return digest_of((self._base or {}).get(column)) if column else str(self._base is None)

    def _unnoted(self, compute: Callable[[], T]) -> T:
        """Return a value whose readings the caller notes by a name of his own."""
        self._frames.append({})
        try:
            return compute()
        finally:
            self._frames.pop()

    def digest_of_reading(self, name: str) -> str:
        """Return the digest of a reading, such as a layer, which counts as read."""
        self._note_read(name)
        return self._digest(name)

    def kept(self, kind: str, name: str, key: str, compute: Callable[[], T]) -> T:
        """Return a value from the memory by a key that names everything it depends on, or compute it."""
        with self.journal.timed(kind, name):
            value, known = self.reuse.get(key, compute)
        if known:
            self.journal.found(kind, name, key)
        else:
            self.journal.computed(kind, name, key, because=(NEW,))
        return value

    # ---------------------------------------------------------------- arrays by cell

    def cover(self, circles: Iterable[tuple[FloatArray, float]]) -> FloatArray:
        """Return cell → share within circles given as (centres, radius) groups, by area."""
        groups = list(circles)
        centres = np.concatenate([xy for xy, _ in groups]) if groups else np.zeros((0, 2))
        radii = np.concatenate([np.full(len(xy), r) for xy, r in groups]) if groups else np.zeros(0)
        self._note_read(CELLS)
        key = digest_of(("cover", self._digest(CELLS), centres, radii))
        polygons = self._city.population.polygon_xy
        return self._get("cover", key, lambda: cover_share(polygons, centres, radii))

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
        return self._travel_columns("last", replace(request, direction="depart"), origins_xy, self._last)

    def first_arrivals(self, request: RoutingRequest, places_xy: FloatArray) -> Float32Array:
        """Return cell, place → first minute [s] by which a vehicle leads there; inf = none, shape (C, D)."""
        return self._travel_columns("first", replace(request, direction="arrive_by"), places_xy, self._first)

    def _travel_columns(
        self,
        what: str,
        request: RoutingRequest,
        places_xy: FloatArray,
        compute: Callable[[Places, Places, RoutingRequest, Rides | None], Float32Array],
    ) -> Float32Array:
        """Return the columns of places, computing those the memory lacks; `compute` returns (cell, place)."""
        from sim.routing.types import Places  # noqa: PLC0415 -- the package loads compiled kernels

        parts, (rides, added) = self._travel_parts(request)
        key, name = self._travel_key(what, request, parts, added), question(what, request)
        columns, known = self.reuse.travel_columns(key)
        wanted = [(float(x), float(y)) for x, y in places_xy]
        distinct = list(dict.fromkeys(wanted))
        missing = [point for point in distinct if point not in columns]
        self.journal.found("travel", name, *((key, point) for point in distinct if point in columns))
        if missing:
            earlier = self.reuse.recall(digest_of((what, request)), self._digest)
            with self.journal.timed("travel", name):
                cells = Places(self._city.population.cell_id, self._city.population.xy)
                places = Places(np.array([f"t{n}" for n in range(len(missing))]), np.array(missing, dtype=np.float64))
                table = compute(cells, places, request, rides)
                new = {point: table[:, n].copy() for n, point in enumerate(missing)}
                self.reuse.keep_travel(key, new)
            columns.update(new)
            self.reuse.memorize(digest_of((what, request)), parts, True)
            because = (PLACES,) if known else earlier.differs or (NEW,)
            self.journal.computed("travel", name, *((key, point) for point in missing), because=because)
        empty: Float32Array = np.zeros((self.n_cells, 0), dtype=np.float32)
        return np.stack([columns[p] for p in wanted], axis=1) if wanted else empty

    def _travel_parts(self, request: RoutingRequest) -> tuple[dict[str, str], tuple[Rides | None, str]]:
        """Return reading → digest of all that travel times depend on; what on-demand services add, and its digest."""
        self._note_reads((*TRAVEL_READS, *_DERIVED))
        parts = {name: self._digest(name) for name in (*TRAVEL_READS, *_DERIVED)}
        if not parts[RIDES]:
            return parts, (None, "")
        from sim.on_demand.legs import find_rides  # noqa: PLC0415 -- only where a city has services

        of, older_from = self._rides_of or self, self.params.older_from_age
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

        return self._unnoted(lambda: with_rides(self, minutes, places.xy, request, rides))

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
        from sim.routing import prepare_times  # noqa: PLC0415 -- loads compiled kernels

        parts = {name: self._digest(name) for name in (*TRAVEL_READS, *_DERIVED)}
        added = "" if rides is None or rides.legs is None else digest_of(rides.legs)
        key, name = self._travel_key(f"prepared {side}", request, parts, added), question("prepare", request)
        legs = None if rides is None else rides.legs
        with self.journal.timed("prepare", name):
            prepared, known = self.reuse.prepared(
                key,
                lambda: prepare_times(self._city, cells, request, side=side, more_legs=legs),
                lambda p: size_of((p.legs, p.graphs, p.boardings)),
            )
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


BASE_PREFIX = "ride_base_"
"""How columns of cells begin that a later run reads of its baseline."""
BARE_PREFIX = "ride_base_bare_"
"""The same of the baseline without assumed lines, which a run without them reads in their place."""


class BareColumns(Mapping[str, "FloatArray"]):
    """Columns of the baseline as a run without assumed lines reads them."""

    def __init__(self, base: Mapping[str, FloatArray]) -> None:
        self._base = base

    def __getitem__(self, name: str) -> FloatArray:
        bare = name.replace(BASE_PREFIX, BARE_PREFIX, 1)
        return self._base[bare if bare in self._base else name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._base if not name.startswith(BARE_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def digest_of_derived(context: RunContext, city: City, name: str) -> str:
    """Return the digest of what a derived reading gives, "" where it gives nothing."""
    if name == DOORS:
        found: object = [(e.stop_id, e.xy, e.inside_s) for e in city.entrances]
    elif name == CHANGES:
        from sim.routing.hub_changes import hub_changes  # noqa: PLC0415 -- the package loads compiled kernels

        found = list(hub_changes(city).items()) if city.hubs else []
    elif not any(service.computed for service in city.on_demand):
        found = []
    else:
        from sim.on_demand.service import service_asks  # noqa: PLC0415 -- only where a city has services

        plans = {service.service_id: service.plan for service in city.on_demand}
        found = [(ask, plans[ask.service_id]) for ask in service_asks(context)]
    return digest_of(found) if found else ""


def status_of_lines(timetable: Timetable, classes: Sequence[str] = ()) -> Status:
    """Return the weakest status of routes in use (of some classes) and of their stops."""
    stop, route = timetable.routes_at_stop()
    if classes:
        kept = np.isin(timetable.routes.route_class[route], classes)
        stop, route = stop[kept], route[kept]
    names = {*timetable.routes.status[route].tolist(), *timetable.stops.status[stop].tolist()}
    return weakest(Status(name) for name in names)


@lru_cache(maxsize=8_192)
def step_key(kind: str, name: str, key: str = "") -> str:
    """Return the digest of a step: what it is."""
    return digest_of(("step", kind, name, key))


def question(what: str, request: RoutingRequest) -> str:
    """Return a request in a few signs, for the account of a run: walker, direction, window."""
    window = f"{format_time(request.window_start_s)[:5]}-{format_time(request.window_end_s)[:5]}"
    return f"{what}:{request.walker}:{request.direction}:{window}"


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
