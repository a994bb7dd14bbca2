"""Owns the way from the files of a feed to its checked tables; every file in it is read, or told as not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Severity, Text, error
from geodata.readers.gtfs_archive import feed_archive
from geodata.readers.gtfs_catalog import CHECKED, UNUSED, table_of
from geodata.readers.gtfs_ids import check_ids
from geodata.readers.gtfs_tables import OPTIONAL, REQUIRED, STANDARD, Feed
from geodata.readers.gtfs_text import count_rows, read_rows_of
from geodata.readers.tables import listed, note

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geodata.readers.archive import Archive


def read_feed(path: Path) -> Feed:
    """
    Read and check the tables of one feed, zip or folder.

    Raises
    ------
    DataError
        With every missing file and column at once; for ids, after the documented repairs.
    """
    feed = Feed(path.name, {})
    with feed_archive(path, feed.name) as (archive, notes):
        feed.problems += notes
        problems = _missing_files(archive)
        for table in (*REQUIRED, *OPTIONAL):
            if f"{table}.txt" in archive.members:
                try:
                    feed.tables[table] = _read_table(archive, table, feed)
                except DataError as exc:
                    problems.extend(exc.problems)
        _read_checked(archive, feed)
        _tell_rest(archive, feed)
    if problems:
        raise DataError(problems)
    feed.rows_in = {name: len(frame) for name, frame in feed.tables.items()} | feed.rows_in
    check_ids(feed)
    return feed


def _read_table(archive: Archive, table: str, feed: Feed) -> pd.DataFrame:
    where = feed.where(table)
    raw = archive.read_bytes(f"{table}.txt")
    if table in OPTIONAL and not raw.strip(b"\xef\xbb\xbf \t\r\n"):
        raw = (",".join(OPTIONAL[table] or ("lang",)) + "\n").encode()
    frame, notes = read_rows_of(raw, where, REQUIRED.get(table) or OPTIONAL.get(table, ()), STANDARD)
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


def _read_checked(archive: Archive, feed: Feed) -> None:
    """Read the tables that only say something about the feed; an unreadable one is told and left alone."""
    for table, required in CHECKED.items():
        if f"{table}.txt" not in archive.members:
            continue
        try:
            raw = archive.read_bytes(f"{table}.txt")
            if not raw.strip(b"\xef\xbb\xbf \t\r\n"):
                feed.rows_in[table] = 0
                continue
            frame, notes = read_rows_of(raw, feed.where(table), required, STANDARD)
        except DataError as exc:
            feed.problems += [
                Problem(Severity.WARNING, p.code, p.where, p.message, p.hint, p.count) for p in exc.problems
            ]
            continue
        feed.tables[table] = frame
        feed.problems += notes


def _tell_rest(archive: Archive, feed: Feed) -> None:
    read = {*REQUIRED, *OPTIONAL, *CHECKED}
    unused: list[Text] = []
    unknown: list[str] = []
    for member in sorted(archive.members):
        table = table_of(member)
        if table in UNUSED:
            count = count_rows(archive.read_bytes(member)) if member.endswith(".txt") else 0
            feed.rows_in[table] = count
            feed.note_left_out(table, "gtfs.table_unused", count)
            what = UNUSED[table]
            unused.append(Text(f"{member}（{what.ja}、{count:,} 行）", f"{member} ({what.en}, {count:,} rows)"))
        elif table not in read or not member.endswith(".txt"):
            unknown.append(member)
    if unused:
        feed.problems.append(
            note(
                "gtfs.table_unused",
                feed.name,
                Text(
                    f"使わない表: {listed((u.ja for u in unused), 20)}",
                    f"tables that are not used: {listed((u.en for u in unused), 20)}",
                ),
                count=len(unused),
            ),
        )
    if unknown:
        feed.problems.append(
            note(
                "gtfs.file_unknown",
                feed.name,
                Text(
                    f"GTFS の表ではないファイル: {listed(unknown, 20)}",
                    f"files that are no tables of GTFS: {listed(unknown, 20)}",
                ),
                count=len(unknown),
            ),
        )


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
