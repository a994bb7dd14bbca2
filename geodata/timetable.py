"""Owns Timetable: public transport as flat columns (stops, routes, patterns, trips, services, transfers, fares)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from weakref import WeakKeyDictionary

import numpy as np

from geodata.calendar import is_japanese_holiday, to_ordinal
from geodata.frozen import freeze, require_lengths
from geodata.units import BoolArray, ByteArray, FloatArray, IntArray, StrArray


class RouteClass(StrEnum):
    """What a route is for coverage and drawing; finer than GTFS route_type where a city needs it."""

    RAIL = "rail"
    BRT = "brt"
    BUS = "bus"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Stops:
    """
    Boarding points; stations are stops too.

    `name_en`: stop → name for English pages; the Japanese one where none is known, shape (S,).

    `position_error_m`: radius within which the true place lies [m]; 0 = as published, shape (S,).
    `in_city`: False for a stop outside the municipality, such as the next station, shape (S,).
    `parent`: stop → index of its parent station, −1 = none, shape (S,).
    `zone_id`: stop → GTFS fare zone, "" = none, shape (S,).
    `status`: stop → how sure its place is (a `Status` value), shape (S,).
    """

    stop_id: StrArray
    name: StrArray
    name_en: StrArray
    lonlat: FloatArray
    xy: FloatArray
    parent: IntArray
    zone_id: StrArray
    in_city: BoolArray
    position_error_m: FloatArray
    status: StrArray

    def __post_init__(self) -> None:
        columns = {
            n: getattr(self, n) for n in ("name", "name_en", "lonlat", "xy", "parent", "zone_id", "in_city", "status")
        }
        require_lengths(
            "stops",
            len(self.stop_id),
            position_error_m=self.position_error_m,
            **columns,
        )
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """
    Lines as passengers know them.

    `route_type`: GTFS code. `route_class`: a `RouteClass` value. `status`: how sure the timetable is (a `Status`
    value); an `assumed` route is drawn dashed and unnamed. All shapes (R,).
    """

    route_id: StrArray
    name: StrArray
    name_en: StrArray
    agency: StrArray
    route_type: IntArray
    route_class: StrArray
    color: StrArray
    status: StrArray
    source_id: StrArray

    def __post_init__(self) -> None:
        columns = {
            n: getattr(self, n)
            for n in (
                "name",
                "name_en",
                "agency",
                "route_type",
                "route_class",
                "color",
                "status",
                "source_id",
            )
        }
        require_lengths("routes", len(self.route_id), **columns)
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """
    One ordered list of stops served by trips of one route in one direction.

    `stop_offsets` (P+1) and `stops` (ΣL): pattern → stop indices, in order (CSR; a stop may occur twice).
    `shape_offsets` (P+1) and `shape_lonlat` (ΣV, 2): pattern → polyline for drawing [degrees]; empty = straight hops.
    """

    pattern_id: StrArray
    route: IntArray
    direction: IntArray
    headsign: StrArray
    stop_offsets: IntArray
    stops: IntArray
    shape_offsets: IntArray
    shape_lonlat: FloatArray

    def __post_init__(self) -> None:
        require_lengths("patterns", len(self.pattern_id), route=self.route, direction=self.direction)
        require_lengths(
            "patterns",
            len(self.pattern_id) + 1,
            offsets=self.stop_offsets,
            shapes=self.shape_offsets,
        )
        freeze(self)

    def stops_of(self, pattern: int) -> IntArray:
        """Return the stop indices of one pattern, in order."""
        return self.stops[self.stop_offsets[pattern] : self.stop_offsets[pattern + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """
    Runs along a pattern; scheduled, or repeated at a headway.

    Parameters
    ----------
    trip_id, pattern, service, block_id
        trip → id, pattern index, service index, GTFS block ("" = none), shape (T,).
    headway_s
        trip → 0 for a scheduled trip; else it stands for runs every `headway_s` whose first-stop departures lie in
        [`start_s`, `end_s`), shape (T,).
    exact_times
        trip → True: runs at start, start + headway, …; False: the same with a seeded offset within one headway.
    time_offsets
        trip → first row of its stop times, CSR, shape (T+1,). Row count = stops of the pattern.
    arrival_s, departure_s
        stop time row → seconds after 00:00 of the service day (may pass 24 h), shape (ΣL,). For headway trips the
        times are those of a run leaving the first stop at `start_s`.
    board_allowed, alight_allowed
        stop time row → passengers may get on, off, shape (ΣL,).
    """

    trip_id: StrArray
    pattern: IntArray
    service: IntArray
    block_id: StrArray
    headway_s: IntArray
    start_s: IntArray
    end_s: IntArray
    exact_times: BoolArray
    time_offsets: IntArray
    arrival_s: IntArray
    departure_s: IntArray
    board_allowed: BoolArray
    alight_allowed: BoolArray

    def __post_init__(self) -> None:
        columns = {n: getattr(self, n) for n in ("pattern", "service", "block_id", "headway_s", "start_s", "end_s")}
        require_lengths("trips", len(self.trip_id), exact_times=self.exact_times, **columns)
        require_lengths("trips", len(self.trip_id) + 1, time_offsets=self.time_offsets)
        require_lengths(
            "stop_times",
            len(self.arrival_s),
            departure_s=self.departure_s,
            board_allowed=self.board_allowed,
            alight_allowed=self.alight_allowed,
        )
        freeze(self)

    def where(self, kept: BoolArray) -> Trips:
        """Return the trips where `kept`, shape (T,), is True, in order; patterns keep their indices."""
        lengths = np.diff(self.time_offsets)
        rows = np.repeat(kept, lengths)
        return Trips(
            trip_id=self.trip_id[kept],
            pattern=self.pattern[kept],
            service=self.service[kept],
            block_id=self.block_id[kept],
            headway_s=self.headway_s[kept],
            start_s=self.start_s[kept],
            end_s=self.end_s[kept],
            exact_times=self.exact_times[kept],
            time_offsets=np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int32),
            arrival_s=self.arrival_s[rows],
            departure_s=self.departure_s[rows],
            board_allowed=self.board_allowed[rows],
            alight_allowed=self.alight_allowed[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Services:
    """
    Days on which trips run.

    `day_mask` (V): bit 0 Monday … bit 6 Sunday, bit 7 Japanese holidays. `holiday_aware` (V): True = on a Japanese
    holiday only bit 7 counts; False (plain GTFS) = bit 7 is ignored. `start_day`, `end_day` (V): first and last day as
    proleptic ordinals, inclusive. Exceptions: `exception_service`, `exception_day`, `exception_added` (E).
    """

    service_id: StrArray
    day_mask: ByteArray
    holiday_aware: BoolArray
    start_day: IntArray
    end_day: IntArray
    exception_service: IntArray
    exception_day: IntArray
    exception_added: BoolArray

    def __post_init__(self) -> None:
        columns = {n: getattr(self, n) for n in ("day_mask", "holiday_aware", "start_day", "end_day")}
        require_lengths("services", len(self.service_id), **columns)
        freeze(self)

    def active_on(self, date: str) -> BoolArray:
        """Return service → runs on `date` (ISO 8601), shape (V,)."""
        day = to_ordinal(date)
        weekday = (day + 6) % 7  # date.toordinal() 1 is a Monday
        regular = (self.day_mask >> weekday) & 1
        holiday = (self.day_mask >> 7) & 1
        in_force = np.where(self.holiday_aware & is_japanese_holiday(date), holiday, regular).astype(bool)
        active: BoolArray = in_force & (self.start_day <= day) & (day <= self.end_day)
        active = active.copy()
        for added in (True, False):
            hit = (self.exception_day == day) & (self.exception_added == added)
            active[self.exception_service[hit]] = added
        return active


@dataclass(frozen=True, slots=True, eq=False)
class Transfers:
    """GTFS transfers: `kind` is transfer_type, `min_time_s` −1 where the feed gives none, shapes (X,)."""

    from_stop: IntArray
    to_stop: IntArray
    kind: IntArray
    min_time_s: IntArray

    def __post_init__(self) -> None:
        require_lengths(
            "transfers",
            len(self.from_stop),
            to=self.to_stop,
            kind=self.kind,
            min_time=self.min_time_s,
        )
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Fares:
    """
    GTFS fare_attributes × fare_rules, one row per rule.

    `price_yen` (G,) in the feed's `currency`; `route` −1 = any; `origin_zone`, `destination_zone` "" = any.
    """

    price_yen: FloatArray
    route: IntArray
    origin_zone: StrArray
    destination_zone: StrArray
    currency: str = "JPY"

    def __post_init__(self) -> None:
        require_lengths("fares", len(self.price_yen), route=self.route, origin=self.origin_zone)
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Timetable:
    """A whole public transport timetable; indices point into the sibling tables."""

    stops: Stops
    routes: Routes
    patterns: Patterns
    trips: Trips
    services: Services
    transfers: Transfers
    fares: Fares
    agency_timezone: str = "Asia/Tokyo"

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return len(self.stops.stop_id)

    def routes_at_stop(self) -> tuple[IntArray, IntArray]:
        """Return (stop, route) pairs of every route that serves a stop with at least one trip, each pair once."""
        known = _ROUTES_AT_STOP.get(self)
        if known is None:
            known = _ROUTES_AT_STOP[self] = self._find_routes_at_stop()
        return known

    def _find_routes_at_stop(self) -> tuple[IntArray, IntArray]:
        used = np.unique(self.trips.pattern)
        lengths = np.diff(self.patterns.stop_offsets)
        owner = np.repeat(np.arange(len(lengths)), lengths)
        keep = np.isin(owner, used)
        pairs = np.stack([self.patterns.stops[keep], self.patterns.route[owner[keep]]], axis=1)
        pairs = np.unique(pairs, axis=0) if len(pairs) else pairs
        stop, route = pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32)
        stop.flags.writeable = route.flags.writeable = False  # shared by all who ask
        return stop, route

    def stops_of_class(self, *classes: str) -> IntArray:
        """Return the stops served by routes of the given classes, ascending."""
        stop, route = self.routes_at_stop()
        return np.unique(stop[np.isin(self.routes.route_class[route], classes)])


_ROUTES_AT_STOP: WeakKeyDictionary[Timetable, tuple[IntArray, IntArray]] = WeakKeyDictionary()
"""What was found of a timetable: every measure asks for it."""


def empty_fares() -> Fares:
    """Return a fare table without rows."""
    return Fares(np.zeros(0), np.zeros(0, np.int32), np.zeros(0, "<U1"), np.zeros(0, "<U1"))


def empty_transfers() -> Transfers:
    """Return a transfer table without rows."""
    none = np.zeros(0, np.int32)
    return Transfers(none, none.copy(), none.copy(), none.copy())
