"""Owns pure edits of a Timetable: every function returns a new one with consistent flat columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.timetable import Patterns, Timetable, Trips
from geodata.units import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DAYS_IN_WEEK = 7
ALL_DAYS = 0xFF


@dataclass(frozen=True, slots=True)
class StopTimes:
    """Times of one trip along its pattern: seconds and permissions, all of shape (L,)."""

    arrival_s: IntArray
    departure_s: IntArray
    board_allowed: BoolArray
    alight_allowed: BoolArray


@dataclass(frozen=True, slots=True)
class NewTrip:
    """One trip to append; `headway_s` 0 = a single run."""

    trip_id: str
    pattern: int
    service: int
    times: StopTimes
    headway_s: int = 0
    start_s: int = 0
    end_s: int = 0
    exact_times: bool = True


def times_of(trips: Trips, trip: int) -> StopTimes:
    """Return the stop times of one trip."""
    rows = slice(int(trips.time_offsets[trip]), int(trips.time_offsets[trip + 1]))
    return StopTimes(
        trips.arrival_s[rows], trips.departure_s[rows], trips.board_allowed[rows], trips.alight_allowed[rows]
    )


def take_times(times: StopTimes, rows: BoolArray | slice) -> StopTimes:
    """Return some rows of stop times."""
    return StopTimes(
        times.arrival_s[rows], times.departure_s[rows], times.board_allowed[rows], times.alight_allowed[rows]
    )


def shift_times(times: StopTimes, seconds: int) -> StopTimes:
    """Return the same times later by `seconds`."""
    return replace(
        times,
        arrival_s=(times.arrival_s + seconds).astype(np.int32),
        departure_s=(times.departure_s + seconds).astype(np.int32),
    )


def run_times(hops_s: Sequence[int], dwells_s: Sequence[int], start_s: int = 0) -> StopTimes:
    """
    Return times of a run that leaves its first stop at `start_s`.

    Parameters
    ----------
    hops_s
        Seconds in motion between consecutive stops, one fewer than stops.
    dwells_s
        Seconds at each stop; those of the first and last stop are ignored.
    start_s
        Departure from the first stop [s].
    """
    arrival, departure = [start_s], [start_s]
    for hop, dwell in zip(hops_s, dwells_s[1:], strict=True):
        arrival.append(departure[-1] + int(hop))
        departure.append(arrival[-1] + int(dwell))
    departure[-1] = arrival[-1]
    n = len(arrival)
    board, alight = np.ones(n, bool), np.ones(n, bool)
    board[-1], alight[0] = False, False
    return StopTimes(np.array(arrival, np.int32), np.array(departure, np.int32), board, alight)


def keep_trips(timetable: Timetable, keep: BoolArray) -> Timetable:
    """Return the timetable with only some trips; routes and patterns stay, so that indices keep their meaning."""
    return replace(timetable, trips=timetable.trips.where(keep))


def append_trips(timetable: Timetable, new: Sequence[NewTrip]) -> Timetable:
    """Return the timetable with more trips at the end."""
    if not new:
        return timetable
    old = timetable.trips
    lengths = np.concatenate([np.diff(old.time_offsets), [len(t.times.arrival_s) for t in new]])

    def column(existing: np.ndarray[Any, Any], values: list[Any]) -> np.ndarray[Any, Any]:
        return np.concatenate([existing, np.array(values, _open_dtype(existing))])

    def rows(existing: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
        return np.concatenate([existing, *(getattr(t.times, name) for t in new)]).astype(existing.dtype)

    trips = Trips(
        trip_id=column(old.trip_id, [t.trip_id for t in new]),
        pattern=column(old.pattern, [t.pattern for t in new]),
        service=column(old.service, [t.service for t in new]),
        block_id=column(old.block_id, [""] * len(new)),
        headway_s=column(old.headway_s, [t.headway_s for t in new]),
        start_s=column(old.start_s, [t.start_s for t in new]),
        end_s=column(old.end_s, [t.end_s for t in new]),
        exact_times=column(old.exact_times, [t.exact_times for t in new]),
        time_offsets=_offsets(lengths),
        arrival_s=rows(old.arrival_s, "arrival_s"),
        departure_s=rows(old.departure_s, "departure_s"),
        board_allowed=rows(old.board_allowed, "board_allowed"),
        alight_allowed=rows(old.alight_allowed, "alight_allowed"),
    )
    return replace(timetable, trips=trips)


def replace_times(
    timetable: Timetable,
    times: Mapping[int, StopTimes],
    windows: Mapping[int, tuple[int, int]] | None = None,
) -> Timetable:
    """
    Return the timetable with other stop times for some trips.

    Parameters
    ----------
    timetable
        What to edit.
    times
        Trip → its new stop times; as many rows as its pattern will have.
    windows
        Trip → its new (`start_s`, `end_s`), for trips with a headway.
    """
    old = timetable.trips
    parts = [times[t] if t in times else times_of(old, t) for t in range(len(old.trip_id))]
    start, end = old.start_s.copy(), old.end_s.copy()
    for trip, (start_s, end_s) in (windows or {}).items():
        start[trip], end[trip] = start_s, end_s

    def rows(existing: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
        pieces = [getattr(p, name) for p in parts]
        return np.concatenate(pieces).astype(existing.dtype) if pieces else existing

    trips = replace(
        old,
        start_s=start,
        end_s=end,
        time_offsets=_offsets(np.array([len(p.arrival_s) for p in parts], np.int64)),
        arrival_s=rows(old.arrival_s, "arrival_s"),
        departure_s=rows(old.departure_s, "departure_s"),
        board_allowed=rows(old.board_allowed, "board_allowed"),
        alight_allowed=rows(old.alight_allowed, "alight_allowed"),
    )
    return replace(timetable, trips=trips)


def replace_patterns(
    timetable: Timetable, stops: Mapping[int, IntArray], shapes: Mapping[int, FloatArray]
) -> Timetable:
    """Return the timetable with other stop lists and shapes for some patterns; the caller mends their trips."""
    old = timetable.patterns
    n = len(old.pattern_id)
    all_stops = [stops.get(p, old.stops_of(p)) for p in range(n)]
    all_shapes = [shapes[p] if p in shapes else shape_of(old, p) for p in range(n)]
    patterns = replace(
        old,
        stop_offsets=_offsets(np.array([len(s) for s in all_stops], np.int64)),
        stops=np.concatenate(all_stops).astype(np.int32) if n else old.stops,
        shape_offsets=_offsets(np.array([len(s) for s in all_shapes], np.int64)),
        shape_lonlat=np.concatenate(all_shapes) if n else old.shape_lonlat,
    )
    return replace(timetable, patterns=patterns)


def shape_of(patterns: Patterns, pattern: int) -> FloatArray:
    """Return the polyline of one pattern [degrees], shape (V, 2); empty = straight hops."""
    return patterns.shape_lonlat[patterns.shape_offsets[pattern] : patterns.shape_offsets[pattern + 1]]


def append_row(table: Any, **values: Any) -> Any:
    """Return a table of plain columns (stops, routes, …) with one more row; every column must be given."""
    columns = {
        name: np.concatenate([getattr(table, name), np.array([value], _open_dtype(getattr(table, name)))])
        for name, value in values.items()
    }
    return replace(table, **columns)


def append_pattern(
    timetable: Timetable, pattern_id: str, route: int, direction: int, headsign: str, stops: IntArray
) -> tuple[Timetable, int]:
    """Return the timetable with one more pattern (drawn as straight hops), and its index."""
    old = timetable.patterns
    patterns = replace(
        old,
        pattern_id=_with(old.pattern_id, pattern_id),
        route=_with(old.route, route),
        direction=_with(old.direction, direction),
        headsign=_with(old.headsign, headsign),
        stop_offsets=_with(old.stop_offsets, int(old.stop_offsets[-1]) + len(stops)),
        stops=np.concatenate([old.stops, stops]).astype(np.int32),
        shape_offsets=_with(old.shape_offsets, int(old.shape_offsets[-1])),
    )
    return replace(timetable, patterns=patterns), len(old.pattern_id)


def append_service(timetable: Timetable, service_id: str, mask: int) -> tuple[Timetable, int]:
    """
    Return the timetable with a service that runs on the days of `mask` as long as the timetable is in force.

    An equal service that was added before under the same id is used again. Japanese holidays count where the city's
    own services know them.
    """
    old = timetable.services
    known = np.flatnonzero((old.service_id == service_id) & (old.day_mask == mask))
    if len(known):
        return timetable, int(known[0])
    start, end = in_force(timetable)
    services = append_row(
        old,
        service_id=service_id,
        day_mask=mask,
        holiday_aware=bool(old.holiday_aware.any()) or not len(old.service_id),
        start_day=start,
        end_day=end,
    )
    return replace(timetable, services=services), len(old.service_id)


def in_force(timetable: Timetable) -> tuple[int, int]:
    """Return the first and last day on which anything may run, as ordinals."""
    services = timetable.services
    regular = services.day_mask > 0
    days = services.exception_day[services.exception_added]
    starts = np.concatenate([services.start_day[regular], days])
    ends = np.concatenate([services.end_day[regular], days])
    if not len(starts):
        return 1, 3_652_059  # date.max
    return int(starts.min()), int(ends.max())


def runs_on(timetable: Timetable, mask: int) -> BoolArray:
    """Return service → may run on a day of `mask`, shape (V,)."""
    touched: BoolArray = (effective_masks(timetable) & mask) > 0
    touched = touched.copy()
    for service, day, added in _exceptions(timetable):
        if added and mask >> ((day + 6) % DAYS_IN_WEEK) & 1:
            touched[service] = True
    return touched


def effective_masks(timetable: Timetable) -> IntArray:
    """Return service → day bits that count: without the holiday bit where holidays are plain days, shape (V,)."""
    services = timetable.services
    masks = np.where(services.holiday_aware, services.day_mask, services.day_mask & 0x7F)
    return masks.astype(np.int32)


def without_days(timetable: Timetable, service: int, mask: int) -> tuple[Timetable, int | None]:
    """
    Return the timetable with a copy of a service that rests on the days of `mask`; None when no day is left.

    Dates added by exception rest too when their day of the week is in `mask`.
    """
    services = timetable.services
    rest = int(effective_masks(timetable)[service]) & ~mask & ALL_DAYS
    kept = [
        (day, added)
        for owner, day, added in _exceptions(timetable)
        if owner == service and not (added and mask >> ((day + 6) % DAYS_IN_WEEK) & 1)
    ]
    if rest == 0 and not any(added for _, added in kept):
        return timetable, None
    service_id = f"{services.service_id[service]}~{mask:02x}"
    known = np.flatnonzero(services.service_id == service_id)
    if len(known):
        return timetable, int(known[0])
    new = append_row(
        services,
        service_id=service_id,
        day_mask=rest,
        holiday_aware=bool(services.holiday_aware[service]),
        start_day=int(services.start_day[service]),
        end_day=int(services.end_day[service]),
    )
    index = len(services.service_id)
    new = replace(
        new,
        exception_service=_extended(new.exception_service, [index] * len(kept)),
        exception_day=_extended(new.exception_day, [day for day, _ in kept]),
        exception_added=_extended(new.exception_added, [added for _, added in kept]),
    )
    return replace(timetable, services=new), index


def on_days(timetable: Timetable, service: int, mask: int) -> tuple[Timetable, int]:
    """Return the timetable with a service that runs like another, but on days of `mask` only; itself where it does."""
    elsewhere = ALL_DAYS & ~mask
    added = any(owner == service and is_added for owner, _, is_added in _exceptions(timetable))
    if not added and int(effective_masks(timetable)[service]) & elsewhere == 0:
        return timetable, service
    timetable, own = without_days(timetable, service, elsewhere)
    return timetable, service if own is None else own


def with_services(timetable: Timetable, services: Mapping[int, int]) -> Timetable:
    """Return the timetable with some trips (trip → service) on other services."""
    column = timetable.trips.service.copy()
    for trip, service in services.items():
        column[trip] = service
    return replace(timetable, trips=replace(timetable.trips, service=column))


def _exceptions(timetable: Timetable) -> list[tuple[int, int, bool]]:
    s = timetable.services
    columns = (s.exception_service.tolist(), s.exception_day.tolist(), s.exception_added.tolist())
    return list(zip(*columns, strict=True))


def _offsets(lengths: Any) -> IntArray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _with(existing: np.ndarray[Any, Any], value: Any) -> np.ndarray[Any, Any]:
    return _extended(existing, [value])


def _extended(existing: np.ndarray[Any, Any], values: list[Any]) -> np.ndarray[Any, Any]:
    return np.concatenate([existing, np.array(values, _open_dtype(existing))])


def _open_dtype(existing: np.ndarray[Any, Any]) -> Any:
    """Return the dtype for new values: text may be longer than the longest so far."""
    return str if existing.dtype.kind == "U" else existing.dtype
