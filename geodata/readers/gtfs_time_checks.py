"""Owns what is odd about the trips of a feed: too fast, off their shape, overlapping, distances backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import Severity, Text, warning
from geodata.readers.gtfs_checks import Oddity, tell_rows
from geodata.readers.gtfs_columns import RAIL_TYPES
from geodata.readers.tables import ROW, at, listed, numbers_of
from geodata.units import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.readers.gtfs_tables import Feed
    from geodata.readers.gtfs_times import StopTimes
    from geodata.units import BoolArray, FloatArray

FAST_KMH = 150.0
FAST_RAIL_KMH = 500.0
"""Between two stops in a row, in a straight line; as the canonical validator."""

ROUNDING_S = 60
"""Times are mostly written in whole minutes."""

OFF_SHAPE_M = 100.0
"""A stop farther from the line of its trip is told; as the canonical validator."""

_FAST = Oddity(
    "gtfs.fast_travel",
    Severity.WARNING,
    "trip_id",
    Text(
        "前の停留所から速すぎます（バス 150 km/h、鉄道 500 km/h 超）",
        "too fast from the stop before (bus 150, rail 500 km/h)",
    ),
    Text("時刻と停留所の位置を確かめてください", "check the times and the places of the stops"),
)
_STATION = Oddity(
    "gtfs.stop_time_at_station",
    Severity.WARNING,
    "stop_id",
    Text("のりばではなく駅（location_type 1）に停車します", "trips stop at a station instead of a platform"),
    Text("停留所として扱います", "it is taken as a stop"),
)
_UNUSED_STOP = Oddity(
    "gtfs.unused_stop",
    Severity.INFO,
    "stop_id",
    Text("どの便も停まらない停留所です", "stops at which no trip stops"),
)
_BACK = Oddity(
    "gtfs.distance_backwards",
    Severity.WARNING,
    "trip_id",
    Text("shape_dist_traveled が前の停車から増えていません", "shape_dist_traveled does not grow since the stop before"),
    Text("距離が増えないところは同じ距離とみなします", "it is taken as not going backwards"),
)
_SHAPE_BACK = Oddity(
    "gtfs.shape_distance",
    Severity.INFO,
    "shape_id",
    Text(
        "線形の shape_dist_traveled が増えていません（使いません）",
        "shape_dist_traveled of shapes does not grow (unused)",
    ),
)


def check_trips(feed: Feed, times: StopTimes, lines: Mapping[str, FloatArray]) -> None:
    """Tell what is odd about the stop times of a feed, complete and sorted; nothing is changed."""
    same = times.trip[1:] == times.trip[:-1]
    tell_rows(feed, "stop_times", np.r_[False, _too_fast(feed, times) & same], _FAST)
    kind = (feed.column("stops", "location_type") == "1").to_numpy(dtype=bool)
    tell_rows(feed, "stop_times", kind[times.stop], _STATION)
    idle = ~kind
    idle[times.stop] = False
    tell_rows(feed, "stops", idle, _UNUSED_STOP)
    if "shape_dist_traveled" in feed.table("stop_times"):
        along = numbers_of(feed.table("stop_times"), "shape_dist_traveled")
        with np.errstate(invalid="ignore"):
            still = (along[1:] < along[:-1]) | ((along[1:] == along[:-1]) & (times.stop[1:] != times.stop[:-1]))
        tell_rows(feed, "stop_times", np.r_[False, still & same], _BACK)
    _check_shape_distances(feed)
    _check_blocks(feed, times)
    _check_shapes(feed, times, lines)


def _too_fast(feed: Feed, times: StopTimes) -> BoolArray:
    """Return stop time row from the second on → too fast since the row before, shape (N−1,)."""
    stops, trips = feed.table("stops"), feed.table("trips")
    lon, lat = stops["lon"].to_numpy(dtype=np.float64)[times.stop], stops["lat"].to_numpy(dtype=np.float64)[times.stop]
    metres = _hops(lon, lat)
    seconds = times.arrival_s[1:] - times.departure_s[:-1] + ROUNDING_S
    kinds = dict(zip(feed.table("routes")["route_id"], numbers_of(feed.table("routes"), "route_type"), strict=True))
    rail = np.array([kinds.get(r) in RAIL_TYPES for r in trips["route_id"]], dtype=np.bool_)[times.trip[1:]]
    limit = np.where(rail, FAST_RAIL_KMH, FAST_KMH) / 3.6
    fast: BoolArray = metres > limit * np.maximum(seconds, 1)
    return fast


def _hops(lon: FloatArray, lat: FloatArray) -> FloatArray:
    a, b = np.radians(lat[:-1]), np.radians(lat[1:])
    half = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon[1:] - lon[:-1]) / 2) ** 2
    metres: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return metres


def _check_shape_distances(feed: Feed) -> None:
    frame = feed.table("shapes")
    if "shape_dist_traveled" not in frame or len(frame) < 2:  # noqa: PLR2004 -- nothing to compare
        return
    along, order = numbers_of(frame, "shape_dist_traveled"), numbers_of(frame, "shape_pt_sequence")
    if np.isnan(along).all():
        return
    codes = frame["shape_id"].astype("category").cat.codes.to_numpy()
    rows = np.lexsort((order, codes))
    place = np.stack([numbers_of(frame, "shape_pt_lon"), numbers_of(frame, "shape_pt_lat")])[:, rows]
    moved = (place[:, 1:] != place[:, :-1]).any(axis=0)
    step = np.diff(along[rows])
    with np.errstate(invalid="ignore"):
        odd = (codes[rows][1:] == codes[rows][:-1]) & ((step < 0) | ((step == 0) & moved))
    wrong = np.zeros(len(frame), dtype=bool)
    wrong[rows[1:][odd]] = True
    tell_rows(feed, "shapes", wrong, _SHAPE_BACK)


def _check_blocks(feed: Feed, times: StopTimes) -> None:
    """Tell trips of one block and service that run at the same time."""
    owner = times.trip[times.first[:-1]]
    block = feed.column("trips", "block_id").to_numpy()[owner]
    kept = np.flatnonzero(block != "")
    if len(kept) < 2 or "frequencies" in feed.tables:  # noqa: PLR2004 -- nothing to compare
        return
    service = feed.column("trips", "service_id").to_numpy()[owner]
    start, end = times.departure_s[times.first[:-1]], times.arrival_s[times.first[1:] - 1]
    order = kept[np.lexsort((end[kept], start[kept], service[kept].astype(str), block[kept].astype(str)))]
    same = (block[order][1:] == block[order][:-1]) & (service[order][1:] == service[order][:-1])
    hit = order[1:][same & (start[order][1:] < end[order][:-1])]
    if not len(hit):
        return
    rows = feed.table("trips").iloc[owner[hit]]
    feed.problems.append(
        warning(
            "gtfs.block_overlap",
            at(feed.where("trips"), rows[ROW].min()),
            Text(
                f"同じ block_id の便の時刻が重なっています: {listed(rows['trip_id'])}",
                f"trips of one block run at the same time: {listed(rows['trip_id'])}",
            ),
            Text("車両数の計算では別の車両とみなします", "they are taken as different vehicles"),
            len(rows),
        ),
    )


def _check_shapes(feed: Feed, times: StopTimes, lines: Mapping[str, FloatArray]) -> None:
    """Tell stops far from the shape of a trip that stops there; each pair of shape and stop is looked at once."""
    if not lines:
        return
    number = {name: n for n, name in enumerate(lines)}
    shape = np.array([number.get(s, -1) for s in feed.column("trips", "shape_id")], dtype=np.int64)[times.trip]
    pairs = np.unique(shape[shape >= 0] * len(feed.table("stops")) + times.stop[shape >= 0])
    which, stop = np.divmod(pairs, len(feed.table("stops")))
    places = feed.table("stops")[["lon", "lat"]].to_numpy(dtype=np.float64)
    if not len(pairs):
        return
    scale = np.array([np.cos(np.radians(np.median(places[stop, 1]))), 1.0]) * np.radians(1.0) * EARTH_RADIUS_M
    curves = np.array([shapely.linestrings(p * scale) if len(p) > 1 else None for p in lines.values()], dtype=object)
    off = shapely.distance(shapely.points(places[stop] * scale), curves[which])
    with np.errstate(invalid="ignore"):
        far = off > OFF_SHAPE_M
    if not far.any():
        return
    rows = feed.table("stops").iloc[stop[far]]
    names = listed(f"{s} ({d:,.0f} m)" for s, d in zip(rows["stop_id"], off[far], strict=True))
    feed.problems.append(
        warning(
            "gtfs.stop_off_shape",
            at(feed.where("stops"), rows[ROW].iloc[0]),
            Text(
                f"便の線形から {OFF_SHAPE_M:.0f} m を超えて離れた停留所があります: {names}",
                f"stops farther than {OFF_SHAPE_M:.0f} m from the shape of a trip: {names}",
            ),
            Text("停留所の位置か線形を確かめてください", "check the place of the stop or the shape"),
            int(far.sum()),
        ),
    )
