"""Owns the English names of a feed: ``translations.txt`` of the old (trans_id) and the present form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import Text, warning
from geodata.readers.tables import ROW, at, listed, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.readers.gtfs_tables import Feed
    from geodata.units import BoolArray

NAMED = {
    "stops": ("stop_id", ("stop_name",)),
    "routes": ("route_id", ("route_short_name", "route_long_name")),
}
"""Tables whose English names the timetable holds → their id and the columns."""


ENGLISH = "__{}_en"
"""Column that holds the English text of another."""

NAME = "__name"
"""Column of the stops table with the name, or the id of a stop without one."""


@dataclass
class EnglishNames:
    """
    English texts: by record, by (table, column, text), and, in the old form, by text alone.

    `by_id`: (table, column, id) → English. `by_value`: (table, column, text) → English. `by_text`: text → English.
    """

    by_id: dict[tuple[str, str, str], str] = field(default_factory=dict)
    by_value: dict[tuple[str, str, str], str] = field(default_factory=dict)
    by_text: dict[str, str] = field(default_factory=dict)

    def column(self, feed: Feed, table: str, column: str) -> list[str]:
        """Return a column of a table in English; a text without translation stays as it is."""
        ids = feed.column(table, NAMED[table][0])
        return [
            self.by_id.get((table, column, i))
            or self.by_value.get((table, column, text))
            or self.by_text.get(text)
            or text
            for i, text in zip(ids, feed.column(table, column), strict=True)
        ]


def add_english(feed: Feed) -> None:
    """Add columns with the English names to the tables of stops and routes."""
    stops = feed.table("stops")
    name = feed.column("stops", "stop_name")
    feed.tables["stops"] = stops.assign(**{NAME: name.where(name != "", stops["stop_id"])})
    _tell_nameless(feed, (name == "").to_numpy(dtype=bool))
    found = english_names(feed)
    for table, (_, columns) in NAMED.items():
        own = {ENGLISH.format(c): found.column(feed, table, c) for c in columns}
        feed.tables[table] = feed.table(table).assign(**own)
    names = feed.column("stops", ENGLISH.format("stop_name"))
    feed.tables["stops"][ENGLISH.format("stop_name")] = names.where(names != "", stops["stop_id"])


def _tell_nameless(feed: Feed, nameless: BoolArray) -> None:
    if nameless.any():
        rows = feed.table("stops").loc[nameless]
        who = listed(rows["stop_id"])
        feed.problems.append(
            warning(
                "gtfs.stop_without_name",
                at(feed.where("stops"), rows[ROW].iloc[0]),
                Text(f"停留所 {who} に名前がありません", f"stops {who} have no name"),
                Text("id を名前として使います", "their ids stand for their names"),
                len(rows),
            ),
        )


def english_names(feed: Feed) -> EnglishNames:
    """Return the English names of stops and routes; what else stands in ``translations.txt`` is told and counted."""
    frame = feed.table("translations")
    found = EnglishNames()
    if frame.empty:
        return found
    language = feed.column("translations", "language" if "language" in frame else "lang").str.lower()
    english = (language == "en") | language.str.startswith("en-")
    given = feed.column("translations", "translation") != ""
    used = (english & given).to_numpy(dtype=bool, copy=True)
    if "trans_id" in frame:
        texts = {t for n, (_, columns) in NAMED.items() for c in columns for t in feed.column(n, c)} - {""}
        used &= frame["trans_id"].isin(texts).to_numpy(dtype=bool)
        texts_en = feed.column("translations", "translation")[used]
        found.by_text = dict(zip(frame.loc[used, "trans_id"], texts_en, strict=True))
    else:
        used &= _known(feed)
        _take(feed, found, used)
    feed.used["translations"] = int(used.sum())
    _tell_unused(feed, language[~used].tolist())
    feed.note_left_out("translations", "gtfs.translation_unused", int((~used).sum()))
    return found


def _known(feed: Feed) -> pd.Series[bool]:
    """Return which rows of the present form name something that the timetable holds."""
    table, column = feed.column("translations", "table_name"), feed.column("translations", "field_name")
    record, value = feed.column("translations", "record_id"), feed.column("translations", "field_value")
    known = pd.Series(data=False, index=table.index)
    for name, (key, columns) in NAMED.items():
        own = (table == name) & column.isin(columns)
        by_id = record.isin(set(feed.column(name, key))) & (record != "")
        texts = {t for c in columns for t in feed.column(name, c)} - {""}
        known |= own & (by_id | ((record == "") & value.isin(texts)))
    return known


def _take(feed: Feed, found: EnglishNames, used: BoolArray) -> None:
    names = ("table_name", "field_name", "record_id", "field_value", "translation")
    columns = [feed.column("translations", n)[used] for n in names]
    for table, column, record, value, text in zip(*columns, strict=True):
        if record:
            found.by_id[table, column, record] = text
        else:
            found.by_value[table, column, value] = text


def _tell_unused(feed: Feed, languages: Sequence[str]) -> None:
    if not languages:
        return
    counts = pd.Series(languages, dtype="str").value_counts()
    each = [f"{str(name) or '?'} {n:,}" for name, n in counts.items()]
    feed.problems.append(
        note(
            "gtfs.translation_unused",
            feed.where("translations"),
            Text(
                f"停留所名・路線名の英語でない翻訳は使いません（{listed(each, 6)}）",
                f"translations other than English names of stops and routes are not used ({listed(each, 6)})",
            ),
            count=len(languages),
        ),
    )
