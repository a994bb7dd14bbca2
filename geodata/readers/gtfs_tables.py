"""Owns the tables of one GTFS feed: which files and columns there are, ids that are unique and lead somewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.archive import Archive, decode, open_archive
from geodata.readers.tables import ROW, at, listed, parse_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geodata.units import BoolArray

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

REQUIRED: dict[str, tuple[str, ...]] = {
    "agency": ("agency_timezone",),
    "stops": ("stop_id", "stop_lat", "stop_lon"),
    "routes": ("route_id", "route_type"),
    "trips": ("route_id", "service_id", "trip_id"),
    "stop_times": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
}
"""Tables every feed must have, with the columns they must have."""

OPTIONAL: dict[str, tuple[str, ...]] = {
    "calendar": (
        "service_id",
        *WEEKDAYS,
        "start_date",
        "end_date",
    ),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers": ("from_stop_id", "to_stop_id", "transfer_type"),
    "shapes": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
    "fare_attributes": ("fare_id", "price", "currency_type"),
    "fare_rules": ("fare_id",),
    "translations": (),
}
"""Tables that are read where they exist; all others (``*_jp``, ``feed_info``, …) are left alone."""

STANDARD = frozenset(
    (
        *(column for columns in (*REQUIRED.values(), *OPTIONAL.values()) for column in columns),
        *("agency_id", "agency_name", "agency_url", "agency_lang", "agency_phone", "agency_fare_url", "agency_email"),
        *("stop_code", "stop_name", "tts_stop_name", "stop_desc", "stop_url", "stop_timezone", "platform_code"),
        *("zone_id", "location_type", "parent_station", "wheelchair_boarding", "level_id"),
        *("route_short_name", "route_long_name", "route_desc", "route_url", "route_color", "route_text_color"),
        *("route_sort_order", "trip_headsign", "trip_short_name", "direction_id", "block_id", "shape_dist_traveled"),
        *("stop_headsign", "pickup_type", "drop_off_type", "timepoint", "exact_times", "min_transfer_time"),
        *("payment_method", "transfers", "transfer_duration", "origin_id", "destination_id", "contains_id"),
        *("wheelchair_accessible", "bikes_allowed", "continuous_pickup", "continuous_drop_off"),
    )
)
"""Columns of the GTFS reference: none of them is a misspelling of another."""

MAX_ROWS = 5
TOLERATED_SHARE = 0.1
"""Rows that lead nowhere are dropped with a warning up to this share of their table, beyond it they are an error."""


@dataclass
class Feed:
    """One feed while it is read: tables by name (with `ROW` and ``__file`` for messages) and what was found."""

    name: str
    tables: dict[str, pd.DataFrame]
    problems: list[Problem] = field(default_factory=list)
    repairs: dict[str, int] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; an optional one that is absent has no rows."""
        found = self.tables.get(name)
        if found is None:
            columns = [*OPTIONAL.get(name, ()), ROW]
            found = pd.DataFrame({c: pd.Series(dtype="int64" if c == ROW else "str") for c in columns})
        return found

    def where(self, name: str) -> str:
        """Return what messages call a table."""
        return f"{self.name}/{name}.txt"

    def column(self, name: str, column: str, default: str = "") -> pd.Series[str]:
        """Return an optional column, or a constant in its place."""
        frame = self.table(name)
        if column in frame:
            return frame[column]
        return pd.Series(default, index=frame.index, dtype="str")

    def note_repair(self, code: str, count: int) -> None:
        """Count a documented repair."""
        self.repairs[code] = self.repairs.get(code, 0) + count


def read_feed(path: Path, name: str = "") -> Feed:
    """
    Read and check the tables of one feed, zip or folder.

    Raises
    ------
    DataError
        With every missing file and column at once; for ids, after the documented repairs.
    """
    archive = open_archive(path, name or path.name)
    feed = Feed(name or path.name, {})
    problems = _missing_files(archive)
    for table in (*REQUIRED, *OPTIONAL):
        if f"{table}.txt" in archive.members:
            try:
                feed.tables[table] = _read_table(archive, table, feed)
            except DataError as exc:
                problems.extend(exc.problems)
    if problems:
        raise DataError(problems)
    check_ids(feed)
    return feed


def check_ids(feed: Feed) -> None:
    """Drop rows with an id seen before and rows that lead nowhere, with warnings; raise if they are too many."""
    for table, key in (("stops", "stop_id"), ("routes", "route_id"), ("trips", "trip_id"), ("calendar", "service_id")):
        _drop_duplicates(feed, table, [key])
    _drop_duplicates(feed, "stop_times", ["trip_id", "stop_sequence"])
    services = set(feed.table("calendar")["service_id"]) | set(feed.table("calendar_dates")["service_id"])
    drop_rows(
        feed,
        "trips",
        ~feed.table("trips")["route_id"].isin(feed.table("routes")["route_id"]),
        _dangling("route_id", "routes.txt"),
    )
    drop_rows(feed, "trips", ~feed.table("trips")["service_id"].isin(services), _dangling("service_id", "calendar.txt"))
    times = feed.table("stop_times")
    drop_rows(
        feed, "stop_times", ~times["trip_id"].isin(feed.table("trips")["trip_id"]), _dangling("trip_id", "trips.txt")
    )
    times = feed.table("stop_times")
    drop_rows(
        feed, "stop_times", ~times["stop_id"].isin(feed.table("stops")["stop_id"]), _dangling("stop_id", "stops.txt")
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind of wrong row: code, the column to quote, message made of the first value, and hint."""

    code: str
    column: str
    message: Callable[[str], Text]
    hint: Text


def drop_rows(
    feed: Feed,
    table: str,
    wrong: pd.Series[bool] | BoolArray,
    finding: Finding,
    dropped: BoolArray | None = None,
) -> None:
    """
    Drop the wrong rows of a table with one warning; raise `DataError` if they are more than is tolerated.

    `dropped` names the rows to leave out where they are others than the wrong ones, such as the whole trip.
    """
    frame = feed.table(table)
    mask = np.asarray(wrong, dtype=bool)
    gone = mask if dropped is None else dropped
    if not mask.any():
        return
    if gone.sum() > TOLERATED_SHARE * len(frame):
        raise DataError([*feed.problems, *row_errors(feed, table, mask, finding)])
    rows = frame.loc[mask]
    hint = Text(f"この部分を除いて続けます。{finding.hint.ja}", f"left out; {finding.hint.en}")
    message = finding.message(str(rows[finding.column].iloc[0]))
    where = at(feed.where(table), rows[ROW].iloc[0])
    feed.problems.append(warning(finding.code, where, message, hint, len(rows)))
    feed.note_repair(finding.code, len(rows))
    feed.tables[table] = frame.loc[~gone].reset_index(drop=True)


def row_errors(feed: Feed, table: str, wrong: pd.Series[bool] | BoolArray, finding: Finding) -> list[Problem]:
    """Return one error for each of the first five wrong rows and one with the number of all."""
    frame = feed.table(table)
    rows = frame.loc[np.asarray(wrong, dtype=bool)]
    first = [
        error(finding.code, at(feed.where(table), row), finding.message(str(value)), finding.hint)
        for row, value in zip(rows[ROW].iloc[:MAX_ROWS], rows[finding.column].iloc[:MAX_ROWS], strict=True)
    ]
    if len(rows) > len(first):
        total = Text(
            f"同じ問題が全部で {len(rows):,} 行（{len(frame):,} 行中）", f"{len(rows):,} of {len(frame):,} rows in all"
        )
        first.append(error(finding.code, feed.where(table), total, finding.hint))
    return first


def _read_table(archive: Archive, table: str, feed: Feed) -> pd.DataFrame:
    where = feed.where(table)
    text, notes = decode(archive.read_bytes(f"{table}.txt"), where)
    feed.problems.extend(notes)
    optional_and_empty = table in OPTIONAL and not text.strip()
    if optional_and_empty:
        text = ",".join(OPTIONAL[table] or ("lang",)) + "\n"
    frame, notes = parse_table(text, where, REQUIRED.get(table) or OPTIONAL.get(table, ()), STANDARD)
    feed.problems.extend(notes)
    if frame.empty and table in REQUIRED:
        raise DataError(
            error(
                "gtfs.no_rows",
                where,
                Text("データの行がありません", "there are no rows"),
                Text("提供元の GTFS を確かめてください", "check the feed with its publisher"),
            ),
        )
    return frame


def _missing_files(archive: Archive) -> list[Problem]:
    wanted = [f"{t}.txt" for t in REQUIRED]
    missing = [w for w in wanted if w not in archive.members]
    if not {"calendar.txt", "calendar_dates.txt"} & archive.members.keys():
        missing.append("calendar.txt")
    found = listed(sorted(archive.members), 20)
    return [
        error(
            "gtfs.missing_file",
            f"{archive.label}/{name}",
            Text(f"必要なファイルがありません（ある: {found}）", f"a required file is missing (found: {found})"),
            Text(
                "標準的なバス情報フォーマット（GTFS-JP）の zip を指定してください",
                "name a GTFS zip with all required files",
            ),
        )
        for name in missing
    ]


def _drop_duplicates(feed: Feed, table: str, keys: list[str]) -> None:
    frame = feed.table(table)
    again = frame.duplicated(keys, keep="first")
    count = int(again.sum())
    if not count:
        return
    first = frame.loc[again].iloc[0]
    value = listed(first[k] for k in keys)
    feed.problems.append(
        warning(
            "gtfs.duplicate_id",
            at(feed.where(table), first[ROW]),
            Text(f"{'+'.join(keys)} {value} が重複しています", f"{'+'.join(keys)} {value} occurs again"),
            Text("最初の行を残し、あとの行を除きます", "the first row is kept, the later ones are left out"),
            count,
        ),
    )
    feed.note_repair("gtfs.duplicate_id", count)
    feed.tables[table] = frame.loc[~again].reset_index(drop=True)


def _dangling(column: str, target: str) -> Finding:
    return Finding(
        f"gtfs.unknown_{column.removesuffix('_id')}",
        column,
        lambda value: Text(f"{column} {value!r} が {target} にありません", f"{column} {value!r} is not in {target}"),
        Text(f"{target} にこの id を加えるか、行を消してください", f"add the id to {target} or delete the row"),
    )
