"""Owns how far along its line each stop of a trip lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import Text, warning
from geodata.readers.tables import ROW, at, numbers_of
from geodata.units import EARTH_RADIUS_M, BoolArray, FloatArray

if TYPE_CHECKING:
    from geodata.readers.gtfs_tables import Feed

    Int64Array = np.ndarray[Any, np.dtype[np.int64]]

MAX_OFF_SHAPE_M = 500.0
"""A shape farther than this from one of its stops is not used."""


def distances_along(feed: Feed, trip: Int64Array, stop: Int64Array, first: Int64Array) -> FloatArray:
    """
    Return stop time row → distance from the trip's first stop, never decreasing within a trip, shape (N,).

    By ``shape_dist_traveled`` where all rows of the trip have it (any unit), else by the place of the stop along the
    trip's shape, else by straight hops [m].

    Parameters
    ----------
    feed
        The feed.
    trip, stop
        Row → row of the trips and stops tables, shape (N,).
    first
        Run of rows of one trip → its first row, shape (T+1,).
    """
    given = _travelled(feed)
    shapes = shapes_of(feed)
    shape_id = feed.column("trips", "shape_id").to_numpy()
    places = feed.table("stops")[["lon", "lat"]].to_numpy(dtype=np.float64)
    known: dict[tuple[str, bytes], FloatArray] = {}
    along = np.zeros(len(trip))
    for a, b in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        if not np.isnan(given[a:b]).any() and given[b - 1] > given[a]:
            along[a:b] = np.maximum.accumulate(given[a:b])
            continue
        name = str(shape_id[trip[a]])
        key = (name, stop[a:b].tobytes())
        if key not in known:
            known[key] = along_line(places[stop[a:b]], shapes.get(name))
        along[a:b] = known[key]
    return along


def shapes_of(feed: Feed) -> dict[str, FloatArray]:
    """Return shape id → polyline [degrees], (V, 2), in the order of its sequence; points off the globe are left out."""
    if feed.lines is None:
        feed.lines = _read_shapes(feed)
    return feed.lines


def _read_shapes(feed: Feed) -> dict[str, FloatArray]:
    frame = feed.table("shapes")
    lon, lat = numbers_of(frame, "shape_pt_lon"), numbers_of(frame, "shape_pt_lat")
    order = numbers_of(frame, "shape_pt_sequence")
    with np.errstate(invalid="ignore"):
        usable = (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & ~np.isnan(order)  # noqa: PLR2004 -- degrees
        usable &= (np.abs(lat) > 1e-6) | (np.abs(lon) > 1e-6)  # noqa: PLR2004
    frame = frame.assign(lon=lon, lat=lat, order=order)
    if not usable.all():
        _drop_points(feed, ~usable)
    frame = frame[usable].sort_values(["shape_id", "order", ROW])
    ids = frame["shape_id"].to_numpy()
    points = frame[["lon", "lat"]].to_numpy(dtype=np.float64)
    cuts = np.flatnonzero(ids[1:] != ids[:-1]) + 1
    starts = np.r_[0, cuts] if len(ids) else np.zeros(0, dtype=np.int64)
    return {str(ids[s]): line for s, line in zip(starts, np.split(points, cuts), strict=False)}


def _drop_points(feed: Feed, wrong: BoolArray) -> None:
    first = feed.table("shapes").loc[wrong].iloc[0]
    feed.problems.append(
        warning(
            "gtfs.shape_point",
            at(feed.where("shapes"), first[ROW]),
            Text(
                f"線形 {first['shape_id']!r} の点の位置か順番が使えません",
                f"a point of shape {first['shape_id']!r} has no usable place or sequence",
            ),
            Text("この点を除いて続けます", "the point is left out"),
            int(wrong.sum()),
        ),
    )
    feed.note_repair("gtfs.shape_point", int(wrong.sum()))
    feed.leave_out("shapes", "gtfs.shape_point", wrong)


def along_line(stops: FloatArray, line: FloatArray | None) -> FloatArray:
    """
    Return the distance of each stop along a polyline [m], never decreasing, shape (n,).

    The stops are put on the line in order so that the sum of squared distances to it is least; without a line, or when
    one stop lies farther than `MAX_OFF_SHAPE_M` from it, by straight hops.

    Notes
    -----
    O(stops × segments) time by dynamic programming, so loops and lines that cross themselves are matched in order.
    """
    flat = _flat(stops, stops[0])
    hops: FloatArray = np.r_[0.0, np.cumsum(np.hypot(*np.diff(flat, axis=0).T))]
    if line is None or len(line) < 2:  # noqa: PLR2004 -- a line has two points
        return hops
    path = _flat(line, stops[0])
    off, position = _onto_segments(flat, path)
    segment = _ordered_match(off**2)
    rows = np.arange(len(stops))
    if off[rows, segment].max() > MAX_OFF_SHAPE_M:
        return hops
    found: FloatArray = np.maximum.accumulate(position[rows, segment])
    found -= found[0]
    return found if found[-1] > 0 else hops


def _travelled(feed: Feed) -> FloatArray:
    frame = feed.table("stop_times")
    if "shape_dist_traveled" not in frame:
        return np.full(len(frame), np.nan)
    return numbers_of(frame, "shape_dist_traveled")


def _flat(lonlat: FloatArray, origin: FloatArray) -> FloatArray:
    scale = np.radians(1.0) * EARTH_RADIUS_M * np.array([np.cos(np.radians(origin[1])), 1.0])
    flat: FloatArray = (lonlat - origin) * scale
    return flat


def _onto_segments(points: FloatArray, path: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (distance to, position along) every segment for every point, shapes (n, m)."""
    start, step = path[:-1], np.diff(path, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    relative = points[:, None, :] - start[None, :, :]
    share = (relative * step).sum(axis=2) / np.where(length > 0, length, 1.0) ** 2
    share = np.clip(share, 0.0, 1.0)
    gap = relative - share[:, :, None] * step
    return np.hypot(gap[..., 0], gap[..., 1]), np.r_[0.0, np.cumsum(length)[:-1]] + share * length


def _ordered_match(cost: FloatArray) -> Int64Array:
    """Return point → segment, never decreasing, with the least total cost, shape (n,)."""
    n, m = cost.shape
    best = np.empty((n, m), dtype=np.int64)
    total = cost[0]
    for i in range(n):
        least = np.minimum.accumulate(total)
        best[i] = np.maximum.accumulate(np.where(total <= least, np.arange(m), 0))
        total = least + (cost[i + 1] if i + 1 < n else 0.0)
    chosen = np.empty(n, dtype=np.int64)
    column = m - 1
    for i in range(n - 1, -1, -1):
        column = int(best[i, column])
        chosen[i] = column
    return chosen
