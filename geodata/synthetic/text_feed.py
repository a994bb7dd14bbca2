"""Owns the timetable written as a text block, so that a test shows its feed beside its expectation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from geodata.calendar import parse_date, parse_gtfs_time
from geodata.timetable import Routes, Services, Stops, Timetable, Transfers, empty_fares
from geodata.trip_columns import TripRecord, build_trip_columns, text_array
from geodata.units import FloatArray

ORIGIN_LONLAT = (140.63, 36.55)
"""Where plane coordinates (0, 0) of made-up cities lie; degrees are a flat approximation around it."""

M_PER_DEG_LAT = 111_000.0
M_PER_DEG_LON = 89_200.0
_ROUTE_TYPE = {"rail": 2, "brt": 3, "bus": 3, "other": 4}


@dataclass
class _Draft:
    stops: dict[str, tuple[float, float, str, bool]] = field(default_factory=dict)
    routes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    services: dict[str, tuple[int, bool, int, int]] = field(default_factory=dict)
    trips: list[TripRecord] = field(default_factory=list)
    transfers: list[tuple[str, str, int, int]] = field(default_factory=list)


def timetable_from_text(text: str) -> Timetable:
    """
    Read a timetable from lines of words.

    ::

        stop    A 0 0 [name] [outside]            x and y in metres
        route   R rail|brt|bus [name] [status]    status observed unless given
        service S 1111100 [0|1] [2025-01-01 2025-12-31]   Monday…Sunday; 0|1 = does not / does run on holidays
        trip    R [id=T] [service=S] [dir=1] [headway=600@08:00-10:00] [exact] [block=B] A 08:00 B 08:05/08:06 C 08:10
        transfer A B 2 120                        GTFS transfer_type and seconds

    A time may carry ``-b`` (no boarding) or ``-a`` (no alighting). Routes and services appear by themselves when a
    trip names them. Lines starting with # are comments.
    """
    draft = _Draft()
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words:
            _READ[words[0]](draft, words[1:])
    return _assemble(draft)


def _stop(draft: _Draft, words: list[str]) -> None:
    outside = words[-1] == "outside"
    name = words[3] if len(words) > 3 + outside else words[0]
    draft.stops[words[0]] = (float(words[1]), float(words[2]), name, not outside)


def _route(draft: _Draft, words: list[str]) -> None:
    name = words[2] if len(words) > 2 else words[0]
    status = words[3] if len(words) > 3 else "observed"
    draft.routes[words[0]] = (words[1], name, status)


def _service(draft: _Draft, words: list[str]) -> None:
    mask = sum(1 << n for n, on in enumerate(words[1]) if on == "1")
    rest = words[2:]
    aware = bool(rest) and rest[0] in "01"
    if aware:
        mask |= (rest.pop(0) == "1") << 7
    start, end = (parse_date(d).toordinal() for d in rest) if rest else (1, 3_000_000)
    draft.services[words[0]] = (mask, aware, start, end)


def _trip(draft: _Draft, words: list[str]) -> None:
    route = words[0]
    options = {k: v for k, _, v in (w.partition("=") for w in words[1:] if "=" in w)}
    body = [w for w in words[1:] if "=" not in w and w != "exact"]
    draft.routes.setdefault(route, ("bus", route, "observed"))
    service = options.get("service", "daily")
    draft.services.setdefault(service, (0xFF, False, 1, 3_000_000))
    stop_ids = list(draft.stops)
    names, times = body[0::2], [_time(w) for w in body[1::2]]
    headway, start, end = _headway(options.get("headway", ""))
    draft.trips.append(
        TripRecord(
            trip_id=options.get("id", f"{route}-{len(draft.trips) + 1}"),
            route=list(draft.routes).index(route),
            service=list(draft.services).index(service),
            stops=tuple(stop_ids.index(n) for n in names),
            arrival_s=tuple(t[0] for t in times),
            departure_s=tuple(t[1] for t in times),
            direction=int(options.get("dir", "0")),
            headway_s=headway,
            start_s=start,
            end_s=end,
            exact_times="exact" in words,
            block_id=options.get("block", ""),
            board=tuple(t[2] for t in times),
            alight=tuple(t[3] for t in times),
        ),
    )


def _time(word: str) -> tuple[int, int, bool, bool]:
    flags = re.findall(r"-[ab]", word)
    clean = re.sub(r"-[ab]", "", word)
    arrive, _, depart = clean.partition("/")
    first, second = parse_gtfs_time(arrive), parse_gtfs_time(depart or arrive)
    if first is None or second is None:
        msg = f"not a time: {word}"
        raise ValueError(msg)
    return first, second, "-b" not in flags, "-a" not in flags


def _headway(word: str) -> tuple[int, int, int]:
    if not word:
        return 0, 0, 0
    seconds, _, span = word.partition("@")
    start, _, end = span.partition("-")
    return int(seconds), parse_gtfs_time(start) or 0, parse_gtfs_time(end) or 0


def _transfer(draft: _Draft, words: list[str]) -> None:
    draft.transfers.append((words[0], words[1], int(words[2]), int(words[3]) if len(words) > 3 else -1))


_READ = {"stop": _stop, "route": _route, "service": _service, "trip": _trip, "transfer": _transfer}


def _assemble(draft: _Draft) -> Timetable:
    patterns, trips = build_trip_columns(draft.trips, list(draft.routes))
    stop_ids = list(draft.stops)
    return Timetable(
        stops=_stops(draft),
        routes=_routes(draft),
        patterns=patterns,
        trips=trips,
        services=_services(draft),
        transfers=Transfers(
            from_stop=np.array([stop_ids.index(a) for a, _, _, _ in draft.transfers], dtype=np.int32),
            to_stop=np.array([stop_ids.index(b) for _, b, _, _ in draft.transfers], dtype=np.int32),
            kind=np.array([k for _, _, k, _ in draft.transfers], dtype=np.int32),
            min_time_s=np.array([s for _, _, _, s in draft.transfers], dtype=np.int32),
        ),
        fares=empty_fares(),
    )


def _stops(draft: _Draft) -> Stops:
    rows = list(draft.stops.values())
    xy = np.array([(x, y) for x, y, _, _ in rows], dtype=np.float64).reshape(-1, 2)
    return Stops(
        stop_id=text_array(list(draft.stops)),
        name=text_array([name for _, _, name, _ in rows]),
        name_en=text_array([name for _, _, name, _ in rows]),
        lonlat=flat_lonlat(xy),
        xy=xy,
        parent=np.full(len(rows), -1, dtype=np.int32),
        zone_id=np.full(len(rows), "", dtype="<U1"),
        in_city=np.array([inside for _, _, _, inside in rows], dtype=np.bool_),
        position_error_m=np.zeros(len(rows)),
        status=np.full(len(rows), "observed"),
    )


def _routes(draft: _Draft) -> Routes:
    rows = list(draft.routes.values())
    n = len(rows)
    return Routes(
        route_id=text_array(list(draft.routes)),
        name=text_array([r[1] for r in rows]),
        name_en=text_array([r[1] for r in rows]),
        agency=np.full(n, "test"),
        route_type=np.array([_ROUTE_TYPE[r[0]] for r in rows], dtype=np.int32),
        route_class=text_array([r[0] for r in rows]),
        color=np.full(n, "", dtype="<U1"),
        status=text_array([r[2] for r in rows]),
        source_id=np.full(n, "test"),
    )


def _services(draft: _Draft) -> Services:
    rows = list(draft.services.values())
    none = np.zeros(0, dtype=np.int32)
    return Services(
        service_id=text_array(list(draft.services)),
        day_mask=np.array([r[0] for r in rows], dtype=np.uint8),
        holiday_aware=np.array([r[1] for r in rows], dtype=np.bool_),
        start_day=np.array([r[2] for r in rows], dtype=np.int32),
        end_day=np.array([r[3] for r in rows], dtype=np.int32),
        exception_service=none,
        exception_day=none.copy(),
        exception_added=np.zeros(0, dtype=np.bool_),
    )


def flat_lonlat(xy: FloatArray) -> FloatArray:
    """Return degrees of made-up plane coordinates, shape (N, 2)."""
    lonlat: FloatArray = np.array(ORIGIN_LONLAT) + xy / np.array([M_PER_DEG_LON, M_PER_DEG_LAT])
    return lonlat
