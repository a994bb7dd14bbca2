"""Owns the tables of one feed while it is read: rows by table, what was left out of each and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.tables import ROW, at, note

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.units import BoolArray, FloatArray

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
"""Tables that the timetable is made of where they exist; `gtfs_catalog` names the others."""

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
        *("jp_parent_route_id", "jp_trip_desc", "jp_trip_desc_symbol", "jp_office_id", "jp_pattern_id"),
        *("from_route_id", "to_route_id", "from_trip_id", "to_trip_id", "location_id", "location_group_id"),
        *("trans_id", "lang", "translation", "table_name", "field_name", "language", "record_id", "record_sub_id"),
        *("field_value", "feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date"),
        *("feed_end_date", "feed_version", "agency_official_name", "office_name", "route_update_date"),
        *("origin_stop", "via_stop", "destination_stop", "network_id", "stop_access", "cemv_support"),
    )
)
"""Columns of the GTFS reference: none of them is a misspelling of another."""

MAX_ROWS = 5
TOLERATED_SHARE = 0.1
"""Rows that lead nowhere are dropped with a warning up to this share of their table, beyond it they are an error."""


@cache
def _absent(name: str) -> pd.DataFrame:
    columns = [*OPTIONAL.get(name, ()), ROW]
    return pd.DataFrame({c: pd.Series(dtype="int64" if c == ROW else "str") for c in columns})


@dataclass
class Feed:
    """
    One feed while it is read: tables by name (with `ROW` for messages) and what was found.

    `rows_in`: table → rows in its file. `left_out`: table → code of the finding → rows that do not stand in the
    timetable because of it. `used`: table → rows that stand in it, filled in at the end. `lines`: shape id → polyline,
    once they were asked for.
    """

    name: str
    tables: dict[str, pd.DataFrame]
    problems: list[Problem] = field(default_factory=list)
    repairs: dict[str, int] = field(default_factory=dict)
    rows_in: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    lines: dict[str, FloatArray] | None = None

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; an optional one that is absent has no rows."""
        found = self.tables.get(name)
        return _absent(name) if found is None else found

    def where(self, name: str) -> str:
        """Return what messages call a table."""
        return f"{self.name}/{name}.txt"

    def column(self, name: str, column: str, default: str = "") -> pd.Series[str]:
        """Return an optional column, or a constant in its place."""
        frame = self.table(name)
        if column in frame:
            return frame[column]
        return pd.Series(default, index=frame.index, dtype="str")

    def leave_out(self, table: str, code: str, gone: BoolArray) -> None:
        """Take rows out of a table and count them under the code of the finding that says so."""
        mask = np.asarray(gone, dtype=bool)
        self.note_left_out(table, code, int(mask.sum()))
        self.tables[table] = self.table(table).loc[~mask].reset_index(drop=True)

    def note_left_out(self, table: str, code: str, count: int) -> None:
        """Count rows of a table that do not stand in the timetable."""
        if count:
            own = self.left_out.setdefault(table, {})
            own[code] = own.get(code, 0) + count

    def note_ignored(self, table: str, code: str, rows: BoolArray, text: Text) -> None:
        """Tell of rows that stay in their table and are not used, at the first of them, and count them."""
        if not rows.any():
            return
        first, count = self.table(table).loc[rows, ROW].iloc[0], int(rows.sum())
        self.problems.append(note(code, at(self.where(table), first), text, count=count))
        self.note_left_out(table, code, count)

    def note_repair(self, code: str, count: int) -> None:
        """Count a documented repair."""
        self.repairs[code] = self.repairs.get(code, 0) + count


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
    *,
    tolerated_share: float = TOLERATED_SHARE,
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
    if gone.sum() > tolerated_share * len(frame):
        raise DataError([*feed.problems, *row_errors(feed, table, mask, finding)])
    rows = frame.loc[mask]
    hint = Text(f"この部分を除いて続けます。{finding.hint.ja}", f"left out; {finding.hint.en}")
    message = finding.message(str(rows[finding.column].iloc[0]))
    where = at(feed.where(table), rows[ROW].iloc[0])
    feed.problems.append(warning(finding.code, where, message, hint, len(rows)))
    feed.note_repair(finding.code, len(rows))
    feed.leave_out(table, finding.code, gone)


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
