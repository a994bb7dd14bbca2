"""Owns opening a planner's table as it was downloaded: CSV or TSV, any encoding, alone or in a zip, titles above it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import DataError, Text, error
from geodata.readers.archive import decode, missing_input, open_tree
from geodata.readers.headings import plain_heading
from geodata.readers.json_table import json_text
from geodata.readers.tables import ROW, at, listed, parse_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from geodata.errors import Problem

TABLE_SUFFIXES = (".csv", ".txt", ".tsv")
FILE = "__file"
"""Column that holds the name of the file a row came from, as messages call it."""

BOOK_SUFFIXES = {".xlsx", ".xls", ".xlsm", ".ods"}


def read_sheet(path: Path, known: AbstractSet[str], required: Sequence[str] = ()) -> tuple[pd.DataFrame, list[Problem]]:
    """
    Return a table as text columns with row numbers.

    Parameters
    ----------
    path
        ``.csv``, ``.txt``, ``.tsv``, a ``.json`` that is a list of flat objects, or a zip (or folder) whose tables
        are of one form: they are read one below the other, and the column `FILE` of the result names them.
    known
        Headings in the spelling of `plain_heading`, by which the header line is found.
    required
        Columns that must be there.

    Raises
    ------
    DataError
        If it is missing, a workbook, empty, or lacks a column.
    """
    if path.suffix.lower() in BOOK_SUFFIXES and path.is_file():
        raise DataError(_workbook(path))
    texts, problems = _texts(path)
    frames = []
    for name, text in texts:
        frame, more = parse_table(text, name, required, forgiving=lambda value: plain_heading(value) in known)
        frames.append(frame.assign(**{FILE: name}))
        problems += more
    joined = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True).fillna("")
    return joined, problems


def place_of(frame: pd.DataFrame, n: int) -> str:
    """Return where row `n` of a sheet stands: file and row."""
    return at(str(frame[FILE].iloc[n]), frame[ROW].iloc[n])


def columns_in(frame: pd.DataFrame) -> list[str]:
    """Return the headings of a sheet, without those that only say where a row stands."""
    return [str(c) for c in frame.columns if c not in {ROW, FILE}]


def _texts(path: Path) -> tuple[list[tuple[str, str]], list[Problem]]:
    """Return (name, text) of each table of a file, a zip or a folder, and warnings on their encodings."""
    if not path.exists():
        raise DataError(missing_input(path))
    if path.is_file() and path.suffix.lower() != ".zip":
        text, problems = decode(path.read_bytes(), path.name)
        return [(path.name, json_text(text, path.name) if path.suffix.lower() == ".json" else text)], problems
    archive = open_tree(path)
    found = sorted(m for m in archive.members if PurePosixPath(m).suffix in TABLE_SUFFIXES)
    tables = [m for m in found if m.endswith(".csv")] or found
    if not tables:
        raise DataError(_no_table(path, archive.members))
    texts, problems = [], []
    for member in tables:
        name = f"{path.name}/{archive.members[member]}"
        text, more = decode(archive.read_bytes(member), name)
        texts.append((name, text))
        problems += more
    return texts, problems


def _no_table(path: Path, members: Collection[str]) -> Problem:
    return error(
        "archive.no_table",
        path.name,
        Text(
            f"CSV がありません（ある: {listed(members, 6)}）",
            f"there is no CSV in it (there are: {listed(members, 6)})",
        ),
        Text(
            "CSV の入った zip を取り直すか、CSV を直接指定してください",
            "get the zip that holds a CSV, or name the CSV itself",
        ),
    )


def _workbook(path: Path) -> Problem:
    return error(
        "table.workbook",
        path.name,
        Text("表計算ソフトのファイルは直接読めません", "a workbook cannot be read as it is"),
        Text(
            "表計算ソフトで開き、「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んでください",
            "open it and save the sheet as CSV UTF-8 (comma delimited)",
        ),
    )
