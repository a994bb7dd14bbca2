"""
Owns what the peers read: our timetable as a GTFS folder, our streets as an OpenStreetMap file.

The feed is written from our Timetable, so that all engines see the same times: the trips of one date under one service,
every blank time filled in.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from geodata.calendar import format_time
from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geodata.timetable import Timetable
    from geodata.units import BoolArray

WALK_M_S = 1.4
EARTH_M = 6_371_008.8


def write_feed(timetable: Timetable, date: str, folder: Path, *, stops: BoolArray | None = None) -> Path:
    """
    Write the trips of one date as GTFS text files, and return their folder.

    `stops`, shape (S,): only these; trips pass the others without being seen there.
    """
    trips, patterns = timetable.trips, timetable.patterns
    keep = np.ones(timetable.n_stops, bool) if stops is None else stops
    running = np.flatnonzero(timetable.services.active_on(date)[trips.service])
    assert not (trips.headway_s[running] > 0).any(), "headway trips have no times to write"
    folder.mkdir(parents=True, exist_ok=True)
    day = date.replace("-", "")
    routes = np.unique(patterns.route[trips.pattern[running]]).tolist()
    names = timetable.routes.name
    _table(folder, "agency", "agency_id,agency_name,agency_url,agency_timezone",
           [("a", "a", "https://example.org", timetable.agency_timezone)])  # fmt: skip
    _table(folder, "feed_info", "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date",
           [("a", "https://example.org", "pt", day, day)])  # fmt: skip
    week = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    _table(folder, "calendar", f"service_id,{week},start_date,end_date", [("day", *[1] * 7, day, day)])
    _table(folder, "calendar_dates", "service_id,date,exception_type", [("day", day, 1)])
    where = timetable.stops.lonlat[:, ::-1].tolist()
    _table(folder, "stops", "stop_id,stop_name,stop_lat,stop_lon",
           [(f"s{n}", f"s{n}", *where[n]) for n in np.flatnonzero(keep).tolist()])  # fmt: skip
    _table(folder, "routes", "route_id,agency_id,route_short_name,route_long_name,route_type",
           [(f"r{r}", "a", f"r{r}", names[r], 3) for r in routes])  # fmt: skip
    _table(folder, "trips", "route_id,service_id,trip_id,direction_id",
           [(f"r{patterns.route[p]}", "day", f"t{t}", max(0, int(patterns.direction[p])))
            for t, p in zip(running.tolist(), trips.pattern[running].tolist(), strict=True)])  # fmt: skip
    rows = []
    for trip in running.tolist():
        first = int(trips.time_offsets[trip])
        for n, stop in enumerate(patterns.stops_of(trips.pattern[trip]).tolist()):
            if keep[stop]:
                clocks = (format_time(int(s[first + n])) for s in (trips.arrival_s, trips.departure_s))
                rows.append((f"t{trip}", *clocks, f"s{stop}", n + 1))
    _table(folder, "stop_times", "trip_id,arrival_time,departure_time,stop_id,stop_sequence", rows)
    return folder


def _table(folder: Path, name: str, header: str, rows: Iterable[tuple[object, ...]]) -> None:
    with (folder / f"{name}.txt").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def walk_pairs(streets: StreetNetwork) -> tuple[np.ndarray, np.ndarray]:
    """Return the walkable edges as unordered pairs of nodes, each once, shape (E, 2), and a row of `edge_to` of each."""
    origin = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    rows = np.flatnonzero(np.isfinite(streets.edge_effort_m))
    ends = np.sort(np.stack([origin[rows], streets.edge_to[rows]], axis=1), axis=1)
    order = np.lexsort((streets.edge_length_m[rows], ends[:, 1], ends[:, 0]))
    pairs, first = np.unique(ends[order], axis=0, return_index=True)
    return pairs, rows[order[first]]


def write_streets(streets: StreetNetwork, path: Path) -> Path:
    """Write the walkable streets, one way of two nodes per edge, and return the file."""
    import osmium

    pairs, _ = walk_pairs(streets)
    path.unlink(missing_ok=True)
    writer = osmium.SimpleWriter(str(path))
    try:
        for node in np.unique(pairs).tolist():
            lonlat = tuple(streets.node_lonlat[node].tolist())
            writer.add_node(osmium.osm.mutable.Node(id=node + 1, location=lonlat, version=1))
        for n, (a, b) in enumerate(pairs.tolist()):
            way = osmium.osm.mutable.Way(id=n + 1, nodes=[a + 1, b + 1], tags={"highway": "footway"}, version=1)
            writer.add_way(way)
    finally:
        writer.close()
    return path


def great_circle_m(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the great-circle distance of points in degrees, shape (N,) [m]."""
    lon1, lat1, lon2, lat2 = np.radians(np.concatenate([one, other], axis=1)).T
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * np.arcsin(np.sqrt(half))
