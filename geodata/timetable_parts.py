"""Owns a part of a timetable: some of its routes, with whatever only they need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.timetable import Patterns, Services, Transfers

if TYPE_CHECKING:
    from geodata.timetable import Fares, Timetable
    from geodata.units import BoolArray, IntArray


def keep_routes(timetable: Timetable, kept: BoolArray, *, stops_too: BoolArray | None = None) -> Timetable:
    """
    Return the timetable with some of its routes only; ids never change.

    With a route go its patterns, trips and fares, services that only they ran on, and stops that only they served,
    together with stations left without a stop. What no route used before stays.

    Parameters
    ----------
    timetable
        What to keep a part of.
    kept
        Route → stays, shape (R,).
    stops_too
        Stop → stays even without a route, shape (S,); left out, none.
    """
    if bool(kept.all()):
        return timetable
    patterns, trips, services = timetable.patterns, timetable.trips, timetable.services
    pattern_kept = kept[patterns.route]
    trip_kept = pattern_kept[trips.pattern]
    before = _used(trips.service, len(services.service_id))
    service_kept = ~before | _used(trips.service[trip_kept], len(services.service_id))
    stop_kept = _stops_kept(timetable, pattern_kept)
    if stops_too is not None:
        stop_kept = _with_parents(stop_kept | stops_too, timetable.stops.parent)
    to_stop, to_route = _new_rows(stop_kept), _new_rows(kept)
    left = trips.where(trip_kept)
    return replace(
        timetable,
        stops=_rows(timetable.stops, stop_kept, parent=_through(to_stop, timetable.stops.parent[stop_kept])),
        routes=_rows(timetable.routes, kept),
        patterns=_patterns(patterns, pattern_kept, to_route, to_stop),
        trips=replace(
            left,
            pattern=_new_rows(pattern_kept)[left.pattern],
            service=_new_rows(service_kept)[left.service],
        ),
        services=_services(services, service_kept),
        transfers=_transfers(timetable.transfers, stop_kept, to_stop),
        fares=_fares_kept(timetable.fares, kept, to_route),
    )


def offsets_of_lengths(lengths: Any) -> IntArray:
    """Return CSR offsets of row lengths, shape (N+1,)."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int32)


def _used(rows: IntArray, n: int) -> BoolArray:
    used = np.zeros(n, np.bool_)
    used[rows] = True
    return used


def _stops_kept(timetable: Timetable, pattern_kept: BoolArray) -> BoolArray:
    """
    Return stop → served by a pattern that stays, or a station of one, or served by none before, shape (S,).

    An entrance (never served) goes with its station.
    """
    patterns, parent = timetable.patterns, timetable.stops.parent
    kept_rows = np.repeat(pattern_kept, np.diff(patterns.stop_offsets))
    served = _with_parents(_used(patterns.stops, timetable.n_stops), parent)
    still = _with_parents(_used(patterns.stops[kept_rows], timetable.n_stops), parent)
    gone = served & ~still
    with_station = np.append(gone, np.False_)[parent]  # −1 (no station) is the last entry
    kept: BoolArray = still | (~served & ~with_station)
    return kept


def _with_parents(chosen: BoolArray, parent: IntArray) -> BoolArray:
    """Return stop → chosen, or a station, or station of a station, of a chosen one, shape (S,)."""
    grown = chosen.copy()
    rising: IntArray = np.flatnonzero(chosen).astype(np.int32)
    while len(rising):
        above: IntArray = np.unique(parent[rising])
        above = above[above >= 0]
        rising = above[~grown[above]]
        grown[rising] = True
    return grown


def _new_rows(kept: BoolArray) -> IntArray:
    """Return row → its row among the kept ones, −1 where it goes, shape (N,)."""
    rows: IntArray = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    return rows


def _through(new_rows: IntArray, rows: IntArray) -> IntArray:
    found: IntArray = np.append(new_rows, np.int32(-1))[rows]  # −1 (none) is the last entry
    return found


def _rows(table: Any, kept: BoolArray, **columns: Any) -> Any:
    """Return a table of plain columns with some of its rows."""
    names = [n for n in table.__dataclass_fields__ if n not in columns]
    return replace(table, **{n: getattr(table, n)[kept] for n in names}, **columns)


def _patterns(patterns: Patterns, kept: BoolArray, to_route: IntArray, to_stop: IntArray) -> Patterns:
    n_stops, n_points = np.diff(patterns.stop_offsets), np.diff(patterns.shape_offsets)
    return Patterns(
        pattern_id=patterns.pattern_id[kept],
        route=to_route[patterns.route[kept]],
        direction=patterns.direction[kept],
        headsign=patterns.headsign[kept],
        stop_offsets=offsets_of_lengths(n_stops[kept]),
        stops=to_stop[patterns.stops[np.repeat(kept, n_stops)]],
        shape_offsets=offsets_of_lengths(n_points[kept]),
        shape_lonlat=patterns.shape_lonlat[np.repeat(kept, n_points)],
    )


def _services(services: Services, kept: BoolArray) -> Services:
    rows = kept[services.exception_service]
    return Services(
        service_id=services.service_id[kept],
        day_mask=services.day_mask[kept],
        holiday_aware=services.holiday_aware[kept],
        start_day=services.start_day[kept],
        end_day=services.end_day[kept],
        exception_service=_new_rows(kept)[services.exception_service[rows]],
        exception_day=services.exception_day[rows],
        exception_added=services.exception_added[rows],
    )


def _transfers(transfers: Transfers, stop_kept: BoolArray, to_stop: IntArray) -> Transfers:
    rows = stop_kept[transfers.from_stop] & stop_kept[transfers.to_stop]
    return Transfers(
        from_stop=to_stop[transfers.from_stop[rows]],
        to_stop=to_stop[transfers.to_stop[rows]],
        kind=transfers.kind[rows],
        min_time_s=transfers.min_time_s[rows],
    )


def _fares_kept(fares: Fares, route_kept: BoolArray, to_route: IntArray) -> Fares:
    rows = np.append(route_kept, np.True_)[fares.route]  # −1 (any route) is the last entry
    return replace(
        fares,
        price_yen=fares.price_yen[rows],
        route=_through(to_route, fares.route[rows]),
        origin_zone=fares.origin_zone[rows],
        destination_zone=fares.destination_zone[rows],
    )
