"""Own layers for a base city, made in code: lines beside its places, people on squares, lists of facilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.calendar import to_ordinal
from geodata.crs import to_lonlat
from geodata.errors import Text
from geodata.facilities import Facilities
from geodata.population import AgeBand, PopulationCells
from geodata.provenance import Source, Status
from geodata.timetable import Routes, Services, Stops, Timetable, empty_fares, empty_transfers
from geodata.trip_columns import TripRecord, build_trip_columns, text_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.units import FloatArray

EPSG = 6677
FEED = Source(
    "own-feed", "timetable", Text("路線バス GTFS", "bus feed"), "市交通", "CC BY 4.0", "2025-10", Status.OBSERVED
)


def own_timetable(
    lines: Sequence[tuple[str, FloatArray, Sequence[str]]],
    *,
    first: str = "2025-04-01",
    last: str = "2026-03-31",
    route_class: str = "bus",
    status: str = "observed",
    prefix: str = "",
    source: str = "own-feed",
) -> Timetable:
    """Return a timetable of lines (name, plane coordinates, stop names), each every half hour on weekdays, both ways."""
    xy = np.concatenate([points for _, points, _ in lines])
    names = [n for _, _, texts in lines for n in texts]
    firsts = np.cumsum([0, *(len(points) for _, points, _ in lines)]).tolist()
    records = [
        TripRecord(
            trip_id=f"{prefix}T{r}-{direction}-{t}",
            route=r,
            service=0,
            stops=stops,
            arrival_s=tuple(21_600 + 1_800 * t + 120 * n for n in range(len(stops))),
            departure_s=tuple(21_600 + 1_800 * t + 120 * n for n in range(len(stops))),
            direction=direction,
        )
        for r in range(len(lines))
        for direction in (0, 1)
        for stops in [tuple(range(firsts[r], firsts[r + 1]))[:: -1 if direction else 1]]
        for t in range(24)
    ]
    n, route_ids = len(xy), [f"{prefix}R{r}" for r in range(len(lines))]
    patterns, trips = build_trip_columns(records, route_ids)
    titles = text_array([name for name, _, _ in lines])
    return Timetable(
        stops=Stops(
            stop_id=text_array([f"{prefix}S{i}" for i in range(n)]),
            name=text_array(names),
            name_en=text_array(names),
            lonlat=to_lonlat(EPSG, xy),
            xy=xy,
            parent=np.full(n, -1, np.int32),
            zone_id=np.full(n, ""),
            in_city=np.ones(n, np.bool_),
            position_error_m=np.zeros(n),
            status=np.full(n, status),
        ),
        routes=Routes(
            text_array(route_ids),
            titles,
            titles.copy(),
            np.full(len(lines), "市交通"),
            np.full(len(lines), 2 if route_class == "rail" else 3, np.int32),
            np.full(len(lines), route_class),
            np.full(len(lines), ""),
            np.full(len(lines), status),
            np.full(len(lines), source),
        ),
        patterns=patterns,
        trips=trips,
        services=Services(
            text_array([f"{prefix}平日"]),
            np.array([31], np.uint8),
            np.zeros(1, np.bool_),
            np.array([to_ordinal(first)], np.int32),
            np.array([to_ordinal(last)], np.int32),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
            np.zeros(0, np.bool_),
        ),
        transfers=empty_transfers(),
        fares=empty_fares(),
    )


def lines_beside(base: City, route_ids: Sequence[str], east_m: float = 40.0) -> list[tuple[str, FloatArray, list[str]]]:
    """Return the first pattern of some routes of a city, moved a little; stop and route names as they are."""
    timetable, found = base.timetable, []
    for route_id in route_ids:
        route = timetable.routes.route_id.tolist().index(route_id)
        stops = timetable.patterns.stops_of(int(np.flatnonzero(timetable.patterns.route == route)[0]))
        names = timetable.stops.name[stops].tolist()
        found.append((str(timetable.routes.name[route]), timetable.stops.xy[stops] + [east_m, 0.0], names))
    return found


def squares(xy: FloatArray, size_m: float, persons: FloatArray, districts: Sequence[str] = ("all",)) -> PopulationCells:
    """Return people on squares around points; districts one after the other, cell by cell."""
    half = size_m / 2
    boxes = shapely.box(xy[:, 0] - half, xy[:, 1] - half, xy[:, 0] + half, xy[:, 1] + half)
    n = len(xy)
    return PopulationCells(
        cell_id=text_array([f"q{i}" for i in range(n)]),
        lonlat=to_lonlat(EPSG, xy),
        xy=xy,
        polygon_xy=np.asarray(boxes, dtype=object),
        polygon_lonlat=np.asarray(shapely.transform(boxes, lambda c: to_lonlat(EPSG, c)), dtype=object),
        bands=(AgeBand("0-64", Text("0–64歳", "0–64"), 0, 64), AgeBand("65+", Text("65歳以上", "65+"), 65, None)),
        persons=np.stack([persons * 0.7, persons * 0.3], axis=1),
        district=(np.arange(n) % len(districts)).astype(np.int32),
        district_id=text_array([f"d-{d}" for d in districts]),
        district_name=text_array(list(districts)),
        district_name_en=text_array(list(districts)),
        year=2020,
        base_date="2020-10-01",
    )


def places(xy: FloatArray, kinds: Sequence[str], **columns: Any) -> Facilities:
    """Return facilities at points, each open on weekdays from 9 to 17 with a break (two rows)."""
    n = len(xy)
    given: dict[str, Any] = {
        "facility_id": text_array([f"own-{i}" for i in range(n)]),
        "name": text_array([f"施設{i}" for i in range(n)]),
        "kind": text_array(list(kinds)),
        "lonlat": to_lonlat(EPSG, xy),
        "xy": xy,
        "position_error_m": np.zeros(n),
        "capacity": np.arange(n, dtype=float),
        "open_to_public": np.ones(n, np.bool_),
        "specialty": np.full(n, ""),
        "hazards": np.full(n, ""),
        "source_id": np.full(n, "own-places"),
        "status": np.full(n, "observed"),
        "hours_facility": np.repeat(np.arange(n, dtype=np.int32), 2),
        "hours_days": np.full(2 * n, 31, np.int32),
        "hours_start_s": np.tile(np.array([32_400, 46_800], np.int32), n),
        "hours_end_s": np.tile(np.array([43_200, 61_200], np.int32), n),
    }
    return Facilities(**(given | columns))
