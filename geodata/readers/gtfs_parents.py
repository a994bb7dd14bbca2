"""Owns which station a stop belongs to: parents that exist, are stations, and never lead round in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import Text, warning
from geodata.readers.tables import ROW, at, listed

if TYPE_CHECKING:
    from geodata.readers.gtfs_tables import Feed
    from geodata.units import BoolArray, IntArray

_STATION = "1"
_UNKNOWN = Text("parent_station が stops.txt にありません", "the parent_station is not in stops.txt")
_HIGH = Text("駅（location_type 1）に親があります", "a station (location_type 1) has a parent")
_ROUND = Text("parent_station が循環しています", "parent_station leads round in a circle")


def check_parents(feed: Feed) -> None:
    """
    Make ``parent_station`` of every stop "" or the id of a stop that has no parent itself.

    A boarding area belongs to the station of its platform. An unknown parent, a station that has a parent, and stops
    that are parents of one another are told and have none.
    """
    frame = feed.table("stops")
    if "parent_station" not in frame:
        return
    name = frame["parent_station"]
    known = name.isin(frame["stop_id"]) | (name == "")
    _tell(
        feed,
        "gtfs.unknown_parent",
        ~known,
        _UNKNOWN,
    )
    parent = parent_rows(frame)
    station = (feed.column("stops", "location_type") == _STATION).to_numpy(dtype=bool)
    wrong = station & (parent >= 0)
    _tell(
        feed,
        "gtfs.station_with_parent",
        wrong,
        _HIGH,
    )
    parent = np.where(wrong, -1, parent)
    root, circular = _roots(parent)
    _tell(
        feed,
        "gtfs.parent_cycle",
        circular,
        _ROUND,
    )
    odd = (root >= 0) & ~station[np.maximum(root, 0)]
    _tell_kind(feed, odd)
    ids = frame["stop_id"].to_numpy()
    feed.tables["stops"] = frame.assign(parent_station=np.where(root >= 0, ids[np.maximum(root, 0)], ""))


def parent_rows(stops: pd.DataFrame) -> IntArray:
    """Return stop → row of its parent station; −1 = none or unknown, shape (S,)."""
    if "parent_station" not in stops:
        return np.full(len(stops), -1, dtype=np.int32)
    rows = pd.Series(np.arange(len(stops)), index=stops["stop_id"])
    found: IntArray = stops["parent_station"].map(rows).fillna(-1).to_numpy(dtype=np.int32)
    return found


def _roots(parent: IntArray) -> tuple[IntArray, BoolArray]:
    """Return stop → its topmost parent (−1 = none), and which stops lie on or lead into a circle."""
    root = parent.copy()
    for _ in range(max(int(np.ceil(np.log2(max(len(parent), 2)))), 1) + 1):  # each round doubles the steps
        further = np.where(root >= 0, root[np.maximum(root, 0)], -1)
        root = np.where(further >= 0, further, root)
    circular: BoolArray = (root >= 0) & (parent[np.maximum(root, 0)] >= 0)
    return np.where(circular, -1, root).astype(np.int32), circular


def _tell(feed: Feed, code: str, wrong: BoolArray | pd.Series[bool], message: Text) -> None:
    mask = np.asarray(wrong, dtype=bool)
    if not mask.any():
        return
    rows = feed.table("stops").loc[mask]
    who = listed(rows["stop_id"])
    feed.problems.append(
        warning(
            code,
            at(feed.where("stops"), rows[ROW].iloc[0]),
            Text(f"{message.ja}: {who}", f"{message.en}: {who}"),
            Text("親のない停留所として続けます", "they are taken as stops without a parent"),
            len(rows),
        ),
    )
    feed.note_repair(code, len(rows))


def _tell_kind(feed: Feed, odd: BoolArray) -> None:
    if not odd.any():
        return
    rows = feed.table("stops").loc[odd]
    feed.problems.append(
        warning(
            "gtfs.parent_no_station",
            at(feed.where("stops"), rows[ROW].iloc[0]),
            Text(
                f"親の停留所が駅（location_type 1）ではありません: {listed(rows['parent_station'])}",
                f"a parent is no station (location_type 1): {listed(rows['parent_station'])}",
            ),
            Text("親として扱います。location_type を 1 にしてください", "taken as a parent; give it location_type 1"),
            len(rows),
        ),
    )
