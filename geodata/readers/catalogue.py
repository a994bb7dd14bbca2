"""Owns the list of every reader of an outside format, and whether it was tried on a real file."""

from __future__ import annotations

from geodata.readers import (
    control_totals,
    daytime,
    districts,
    facility_tables,
    gtfs_catalog,
    ksj_catalogue,
    opinions,
    population,
    street_sources,
    towns,
    vector,
    zone_files,
)
from geodata.reading import ReaderInfo

READERS: tuple[ReaderInfo, ...] = (
    gtfs_catalog.READER,
    *street_sources.READERS,
    *population.READERS,
    control_totals.READER,
    districts.READER,
    daytime.READER,
    *towns.READERS,
    facility_tables.READER,
    facility_tables.HOURS_READER,
    opinions.READER,
    zone_files.READER,
    *ksj_catalogue.READERS,
    *vector.READERS,
)
"""Every reader, in the order of a configuration."""
_CHECKED = {True: "実ファイルで確認", False: "原ファイル未検証", None: "公表様式なし"}


def reader_table() -> str:
    """Return the readers as a table in Markdown: what, published layout, tried on a real file."""
    rows = ["| 読むもの | したがう仕様 | 確認 |", "|---|---|---|"]
    rows += [f"| {r.title.ja} | {r.layout.replace('|', '/')} | {_CHECKED[r.verified]} |" for r in READERS]
    return "\n".join(rows)
