"""Owns the places of GTFS stops: on the globe, not at 0,0, not swapped, near the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, warning
from geodata.readers.gtfs_parents import check_parents, parent_rows
from geodata.readers.gtfs_tables import Feed, Finding, row_errors
from geodata.readers.tables import ROW, at, note, numbers_of
from geodata.units import EARTH_RADIUS_M, BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

FAR_M = 500_000.0
"""A stop farther than this from the middle of the feed is reported."""
NEAR_M = 100_000.0

_PLACE = Finding(
    "gtfs.stop_position",
    "stop_id",
    lambda value: Text(
        f"停留所 {value!r} の位置がありません（空・数値でない・0,0・範囲外）",
        f"stop {value!r} has no usable position (empty, no number, 0,0 or off the globe)",
    ),
    Text("stop_lat と stop_lon に緯度・経度（度）を書いてください", "write latitude and longitude in degrees"),
)
_SWAPPED = Finding(
    "gtfs.stop_swapped",
    "stop_id",
    lambda value: Text(
        f"停留所 {value!r} の緯度と経度が入れ替わっているようです",
        f"latitude and longitude of stop {value!r} seem to be swapped",
    ),
    Text("stop_lat と stop_lon の列を入れ替えてください", "swap the columns stop_lat and stop_lon"),
)


def place_stops(feed: Feed) -> None:
    """
    Check the positions in ``stops.txt`` and add numeric columns ``lon``, ``lat``; keep stops and stations only.

    A stop without a usable position is an error if a trip stops there, else it is dropped with a warning.

    Raises
    ------
    DataError
        Naming the rows of used stops without a usable position.
    """
    _drop_entrances(feed)
    check_parents(feed)
    frame = feed.table("stops").copy()
    lat, lon = numbers_of(frame, "stop_lat"), numbers_of(frame, "stop_lon")
    _take_from_parents(feed, lon, lat)
    used = frame["stop_id"].isin(feed.table("stop_times")["stop_id"].unique()).to_numpy()
    wrong = ~_usable(lon, lat)
    turned = wrong & _usable(lat, lon) & ~np.isnan(lat) & (np.abs(lat) > 90)  # noqa: PLR2004 -- degrees
    middle = _middle(lon, lat, used & ~wrong)
    far = ~wrong & (distance_m(lon, lat, *middle) > FAR_M)
    turned |= far & _usable(lat, lon) & (distance_m(lat, lon, *middle) < NEAR_M)
    problems = row_errors(feed, "stops", turned & (turned & used).any(), _SWAPPED)  # with the stations of those used
    problems += row_errors(feed, "stops", wrong & used & ~turned, _PLACE)
    if problems:
        raise DataError([*feed.problems, *problems])
    gone = wrong | turned
    if gone.any():
        feed.problems.append(_dropped(feed, frame, gone))
        feed.note_repair("gtfs.stop_position", int(gone.sum()))
    far &= ~turned
    if far.any():
        feed.problems.append(_far_away(feed, frame, far))
    frame["lon"], frame["lat"] = lon, lat
    feed.tables["stops"] = frame
    feed.leave_out("stops", _PLACE.code, gone)
    feed.used["stops"] = len(feed.table("stops"))


def distance_m(lon: FloatArray, lat: FloatArray, lon0: float, lat0: float) -> FloatArray:
    """Return great-circle distances to a point [m]; NaN where a coordinate is."""
    a, b = np.radians(lat), np.radians(lat0)
    half = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon - lon0) / 2) ** 2
    metres: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return metres


def _usable(lon: FloatArray, lat: FloatArray) -> BoolArray:
    with np.errstate(invalid="ignore"):
        on_globe = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # noqa: PLR2004 -- degrees
        somewhere = (np.abs(lon) > 1e-6) | (np.abs(lat) > 1e-6)  # noqa: PLR2004
    usable: BoolArray = on_globe & somewhere
    return usable


def _middle(lon: FloatArray, lat: FloatArray, among: BoolArray) -> tuple[float, float]:
    if not among.any():
        return float("nan"), float("nan")
    return float(np.median(lon[among])), float(np.median(lat[among]))


def _take_from_parents(feed: Feed, lon: FloatArray, lat: FloatArray) -> None:
    """Give a stop without a usable position that of its station, in place."""
    parent = parent_rows(feed.table("stops"))
    station = np.maximum(parent, 0)
    usable = _usable(lon, lat)
    lacking = ~usable & (parent >= 0) & usable[station]
    if not lacking.any():
        return
    lon[lacking], lat[lacking] = lon[station[lacking]], lat[station[lacking]]
    first = feed.table("stops").loc[lacking].iloc[0]
    feed.problems.append(
        warning(
            "gtfs.position_of_parent",
            at(feed.where("stops"), first[ROW]),
            Text(
                f"停留所 {first['stop_id']!r} の位置がないので、親の駅の位置を使います",
                f"stop {first['stop_id']!r} has no position; that of its station is used",
            ),
            _PLACE.hint,
            int(lacking.sum()),
        ),
    )
    feed.note_repair("gtfs.position_of_parent", int(lacking.sum()))


def _drop_entrances(feed: Feed) -> None:
    kind = feed.column("stops", "location_type", "0")
    extra = kind.isin(["2", "3", "4"])
    extra &= ~feed.table("stops")["stop_id"].isin(feed.table("stop_times")["stop_id"].unique())
    if extra.any():
        feed.problems.append(
            note(
                "gtfs.entrances",
                feed.where("stops"),
                Text("出入口などの行は使いません", "entrances and other nodes are not used"),
                count=int(extra.sum()),
            ),
        )
        feed.leave_out("stops", "gtfs.entrances", extra.to_numpy(dtype=bool))


def _dropped(feed: Feed, frame: pd.DataFrame, gone: BoolArray) -> Problem:
    first = frame.loc[gone].iloc[0]
    return warning(
        _PLACE.code,
        at(feed.where("stops"), first[ROW]),
        _PLACE.message(str(first["stop_id"])),
        Text("どの便も使わないので除きました", "no trip stops there, so it was left out"),
        int(gone.sum()),
    )


def _far_away(feed: Feed, frame: pd.DataFrame, far: BoolArray) -> Problem:
    first = frame.loc[far].iloc[0]
    return warning(
        "gtfs.stop_far",
        at(feed.where("stops"), first[ROW]),
        Text(
            f"停留所 {first['stop_id']!r} はほかの停留所から 500 km 以上離れています",
            f"stop {first['stop_id']!r} is more than 500 km from the others",
        ),
        Text("緯度・経度を確かめてください", "check its latitude and longitude"),
        int(far.sum()),
    )
