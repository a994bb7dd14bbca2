"""Owns GTFS stop times: order, seconds, times that are empty or go backwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.calendar import parse_gtfs_time
from geodata.errors import DataError, Text
from geodata.readers.gtfs_along import distances_along
from geodata.readers.gtfs_tables import Feed, Finding, drop_rows, row_errors
from geodata.readers.tables import note, numbers_of

if TYPE_CHECKING:
    from geodata.units import BoolArray

    Int64Array = np.ndarray[Any, np.dtype[np.int64]]

EMPTY = -1
BAD = -2
_FORBIDDEN = "1"

_TIME = Text("8:05:00 の形で書いてください（24時を超えてよい）", "write it like 8:05:00 (may pass 24 hours)")


@dataclass(frozen=True, slots=True)
class StopTimes:
    """
    Stop times of one feed, sorted by trip and sequence.

    `trip`, `stop`: row of the feed's trips and stops tables; `arrival_s`, `departure_s`: complete; `first`: trip run →
    its first row, shape (T+1,), trips in the order of their rows.
    """

    trip: Int64Array
    stop: Int64Array
    arrival_s: Int64Array
    departure_s: Int64Array
    board: BoolArray
    alight: BoolArray
    first: Int64Array


def read_stop_times(feed: Feed) -> StopTimes:
    """
    Return the stop times of a feed, complete and never going backwards.

    An empty time is put between the known ones before and after it, in proportion to the distance along the line (see
    `distances_along`), and rounded to the second. A trip that has no time at its first or last stop, fewer than two
    stops, or times that go backwards is left out with a warning while such rows are few, else it is an error.

    Raises
    ------
    DataError
        Naming file and row.
    """
    _sort(feed)
    arrival, departure = (_seconds(feed, f"{n}_time") for n in ("arrival", "departure"))
    arrival, departure = np.where(arrival < 0, departure, arrival), np.where(departure < 0, arrival, departure)
    feed.tables["stop_times"] = feed.table("stop_times").assign(__arrival=arrival, __departure=departure)
    _drop_short(feed)
    _drop_open_ended(feed)
    _drop_backwards(feed)
    return _complete(feed)


def parse_times(values: pd.Series[str]) -> Int64Array:
    """Return GTFS times as seconds; `EMPTY` for no text, `BAD` for what is no time, shape (N,)."""
    codes, texts = pd.factorize(values)
    parsed = [EMPTY if not t.strip() else parse_gtfs_time(t) for t in texts]
    table = np.array([BAD if s is None else s for s in parsed], dtype=np.int64)
    return table[codes] if len(table) else np.zeros(0, dtype=np.int64)


def _sort(feed: Feed) -> None:
    frame = feed.table("stop_times")
    sequence = numbers_of(frame, "stop_sequence")
    if np.isnan(sequence).any():
        finding = Finding(
            "gtfs.stop_sequence",
            "stop_sequence",
            lambda v: Text(f"stop_sequence {v!r} は数値ではありません", f"stop_sequence {v!r} is no number"),
            Text("0 以上の整数を書いてください", "write a whole number from 0"),
        )
        raise DataError([*feed.problems, *row_errors(feed, "stop_times", np.isnan(sequence), finding)])
    trip = feed.table("trips").reset_index().set_index("trip_id")["index"]
    owner = frame["trip_id"].map(trip).to_numpy(dtype=np.int64)
    order = np.lexsort((sequence, owner))
    feed.tables["stop_times"] = frame.assign(__trip=owner).iloc[order].reset_index(drop=True)


def _seconds(feed: Feed, column: str) -> Int64Array:
    seconds = parse_times(feed.table("stop_times")[column])
    if (seconds == BAD).any():
        finding = Finding(
            "gtfs.time",
            column,
            lambda v: Text(f"{column} {v!r} は時刻ではありません", f"{column} {v!r} is not a time"),
            _TIME,
        )
        raise DataError([*feed.problems, *row_errors(feed, "stop_times", seconds == BAD, finding)])
    return seconds


def _drop_short(feed: Feed) -> None:
    frame = feed.table("stop_times")
    short = frame.groupby("__trip")["trip_id"].transform("size").to_numpy() < 2  # noqa: PLR2004 -- a ride has two ends
    finding = Finding(
        "gtfs.short_trip",
        "trip_id",
        lambda v: Text(f"便 {v!r} の停車が 1 か所しかありません", f"trip {v!r} has only one stop"),
        Text("2 か所以上の停車を書いてください", "give it at least two stops"),
    )
    drop_rows(feed, "stop_times", short, finding)


def _drop_open_ended(feed: Feed) -> None:
    frame = feed.table("stop_times")
    owner = frame["__trip"].to_numpy()
    ends = np.r_[True, owner[1:] != owner[:-1]] | np.r_[owner[1:] != owner[:-1], True]
    wrong = ends & (frame["__arrival"].to_numpy() < 0)
    finding = Finding(
        "gtfs.no_end_time",
        "trip_id",
        lambda v: Text(
            f"便 {v!r} の始発または終着の時刻がありません", f"trip {v!r} has no time at its first or last stop"
        ),
        _TIME,
    )
    drop_rows(feed, "stop_times", wrong, finding, np.isin(owner, owner[wrong]))


def _drop_backwards(feed: Feed) -> None:
    frame = feed.table("stop_times")
    known = np.flatnonzero(frame["__arrival"].to_numpy() >= 0)
    owner = frame["__trip"].to_numpy()
    arrival, departure = frame["__arrival"].to_numpy()[known], frame["__departure"].to_numpy()[known]
    back = departure < arrival
    back[1:] |= (owner[known][1:] == owner[known][:-1]) & (arrival[1:] < departure[:-1])
    wrong = np.zeros(len(frame), dtype=bool)
    wrong[known[back]] = True
    finding = Finding(
        "gtfs.time_backwards",
        "trip_id",
        lambda v: Text(f"便 {v!r} の時刻が前の停車より早くなっています", f"the time of trip {v!r} goes backwards"),
        Text("24時を過ぎた時刻は 25:10:00 のように書いてください", "write times past midnight like 25:10:00"),
    )
    drop_rows(feed, "stop_times", wrong, finding, np.isin(owner, owner[wrong]))


def _complete(feed: Feed) -> StopTimes:
    frame = feed.table("stop_times")
    stop = feed.table("stops").reset_index().set_index("stop_id")["index"]
    owner = frame["__trip"].to_numpy(dtype=np.int64)
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, dtype=np.int64)
    times = StopTimes(
        trip=owner,
        stop=frame["stop_id"].map(stop).to_numpy(dtype=np.int64),
        arrival_s=frame["__arrival"].to_numpy(dtype=np.int64, copy=True),
        departure_s=frame["__departure"].to_numpy(dtype=np.int64, copy=True),
        board=(feed.column("stop_times", "pickup_type") != _FORBIDDEN).to_numpy(dtype=bool),
        alight=(feed.column("stop_times", "drop_off_type") != _FORBIDDEN).to_numpy(dtype=bool),
        first=np.r_[first, len(owner)].astype(np.int64),
    )
    _interpolate(feed, times)
    return times


def _interpolate(feed: Feed, times: StopTimes) -> None:
    """Fill the empty times in place."""
    empty = times.arrival_s < 0
    if not empty.any():
        return
    along = distances_along(feed, times.trip, times.stop, times.first)
    rows = np.arange(len(empty))
    before = np.maximum.accumulate(np.where(empty, 0, rows))
    after = np.minimum.accumulate(np.where(empty, len(empty), rows)[::-1])[::-1]
    start, end = before[empty], after[empty]
    span = along[end] - along[start]
    share = np.where(span > 0, (along[empty] - along[start]) / np.where(span > 0, span, 1), 0.0)
    begin = times.departure_s[start]
    seconds = np.rint(begin + share * (times.arrival_s[end] - begin)).astype(np.int64)
    times.arrival_s[empty] = seconds
    times.departure_s[empty] = seconds
    count = int(empty.sum())
    feed.note_repair("gtfs.interpolated_times", count)
    feed.problems.append(
        note(
            "gtfs.interpolated_times",
            feed.where("stop_times"),
            Text(
                "空の時刻を、路線に沿った距離で前後から補いました",
                "empty times were filled in by distance along the line",
            ),
            count=count,
        ),
    )
