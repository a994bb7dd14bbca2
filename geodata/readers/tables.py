"""Owns text tables: delimiter, header, row numbers, required columns, numbers with located findings."""

from __future__ import annotations

import csv
import difflib
import io
import re
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Severity, Text, error, warning
from geodata.readers.table_header import find_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geodata.units import FloatArray

ROW = "__row"
"""Column that holds the line number in the file; the header is row 1."""

MAX_LISTED = 3
MAX_COLUMNS = 5_000
_LONGEST = 80  # characters of a value in a message
NO_HINT = Text("", "")


def note(code: str, where: str, message: Text, hint: Text = NO_HINT, count: int = 1) -> Problem:
    """Build a problem that only informs, such as a documented choice."""
    return Problem(Severity.INFO, code, where, message, hint, count)


def at(where: str, row: float) -> str:
    """Return a place a person can go to: ``stops.txt row 118``."""
    return f"{where} row {int(row)}"


def parse_table(
    text: str,
    where: str,
    required: Sequence[str] = (),
    recognised: Iterable[str] = (),
    *,
    forgiving: Callable[[str], bool] | None = None,
) -> tuple[pd.DataFrame, list[Problem]]:
    """
    Read a comma-separated table whose first line names the columns; every value stays text.

    Values and names are stripped; blank lines are skipped but counted in the row numbers; missing trailing fields are
    empty.

    Parameters
    ----------
    text
        The whole file, decoded.
    where
        What messages call it.
    required
        Columns that must be there.
    recognised
        Further names with a meaning of their own: none of them is taken for a misspelling of a missing one.
    forgiving
        Says whether a value is a known heading. Then title lines above the headings are skipped with a note, and a
        table separated by tabs or semicolons is read with a warning. None = the first line is the header, and commas
        separate.

    Returns
    -------
    table
        Text columns and `ROW`.
    problems
        Warnings.

    Raises
    ------
    DataError
        If it is empty, has another delimiter, lacks a column, or has a line with too many fields.
    """
    found: list[Problem] = []
    separator, skipped = ",", 0
    if forgiving is not None:
        separator, skipped, text, found = find_header(text, where, {*required}, forgiving)
    header = next(iter(text.splitlines()), "")
    if not header.strip():
        raise DataError(
            error(
                "table.empty",
                where,
                Text("ファイルが空です", "the file is empty"),
                Text("列名の行とデータの行が必要です", "a header line and rows are needed"),
            ),
        )
    if header.count(separator) >= MAX_COLUMNS:
        raise DataError(_too_wide(where, header.count(separator) + 1))
    if forgiving is None:
        _check_delimiter(header, where, required)
    frame = _read_frame(text, where, separator, skipped)
    frame.columns = [str(c).strip() for c in frame.columns]
    problems = found + _check_header(list(frame.columns), where, required, {*required, *recognised})
    frame = frame.loc[:, ~frame.columns.duplicated()].fillna("")
    for column in frame.columns:
        frame[column] = frame[column].str.strip()
    frame[ROW] = np.arange(len(frame), dtype=np.int64) + 2 + skipped
    blank = (frame.drop(columns=ROW) == "").all(axis=1)
    return frame[~blank].reset_index(drop=True), problems


def numbers_of(frame: pd.DataFrame, column: str) -> FloatArray:
    """Return a column as floats; NaN where it is no finite number, shape (N,)."""
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64, copy=True)
    values[~np.isfinite(values)] = np.nan
    return values


def listed(values: Iterable[object], most: int = MAX_LISTED) -> str:
    """Return the first few values of many, as text."""
    all_values = [text if len(text := str(v)) <= _LONGEST else f"{text[:_LONGEST]}…" for v in values]
    more = " …" if len(all_values) > most else ""
    return ", ".join(all_values[:most]) + more


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like `name`, or an empty text."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def missing_column(where: str, column: str, found: Sequence[str], recognised: Iterable[str] = ()) -> Problem:
    """Return the error for a column that is not there, with the nearest name that is and has no meaning of its own."""
    known = set(recognised)
    like = nearest(column, [name for name in found if name not in known])
    hint = (
        Text(f"{like!r} の書き間違いではありませんか", f"is {like!r} a misspelling of it?")
        if like
        else Text(f"1 行目に {column} の列を加えてください", f"add the column {column} to the first line")
    )
    return error(
        "table.missing_column",
        at(where, 1),
        Text(
            f"列 {column} がありません（ある列: {listed(found, 12)}）",
            f"no column {column} (found: {listed(found, 12)})",
        ),
        hint,
    )


def _too_wide(where: str, columns: int) -> Problem:
    return error(
        "table.columns",
        at(where, 1),
        Text(
            f"列が多すぎます（{columns:,}、上限 {MAX_COLUMNS:,}）", f"too many columns ({columns:,} of {MAX_COLUMNS:,})"
        ),
        Text(
            "行と列が入れ替わっていないか、改行が失われていないか確かめてください",
            "check whether rows and columns are swapped, or line ends are lost",
        ),
    )


def _check_delimiter(header: str, where: str, required: Sequence[str]) -> None:
    if "," in header or len(required) <= 1:
        return
    for sign, name in (("\t", Text("タブ", "tab")), (";", Text("セミコロン", "semicolon")), ("|", Text("縦線", "bar"))):
        if sign in header:
            raise DataError(
                error(
                    "table.delimiter",
                    at(where, 1),
                    Text(f"カンマではなく{name.ja}で区切られています", f"separated by {name.en}, not by comma"),
                    Text("カンマ区切り（CSV）で保存し直してください", "save it separated by commas"),
                ),
            )


def _read_frame(text: str, where: str, separator: str = ",", skipped: int = 0) -> pd.DataFrame:
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                dtype=str,
                na_filter=False,
                skipinitialspace=True,
                skip_blank_lines=False,
                index_col=False,
            )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, ValueError) as exc:
        line = re.search(r"line (\d+)", str(exc))
        raise DataError(
            error(
                "table.fields",
                at(where, int(line.group(1)) + skipped) if line else where,
                Text(f"行の項目数が列名と合いません: {exc}", f"the fields do not match the header: {exc}"),
                Text(
                    'カンマを含む値は "…" で囲んでください',
                    "put values that contain a comma in double quotes",
                ),
            ),
        ) from exc
    if caught:  # lines longer than the header: a comma at the end of every line, or values without a column
        _refuse_long_lines(text, where, separator, len(frame.columns), skipped)
    return frame


def _refuse_long_lines(text: str, where: str, separator: str, width: int, skipped: int) -> None:
    """Raise `DataError` for the first line that holds values beyond the columns of the header."""
    row = skipped
    try:
        for values in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            row += 1
            if any(v.strip() for v in values[width:]):
                raise DataError(_too_long(at(where, row), len(values), width))
    except csv.Error as exc:
        raise DataError(_too_long(at(where, row + 1), width + 1, width)) from exc


def _too_long(where: str, fields: int, width: int) -> Problem:
    return error(
        "table.fields",
        where,
        Text(
            f"行の項目数が列名より多くあります（{fields}、列名は {width}）",
            f"the line has more fields ({fields}) than the header ({width})",
        ),
        Text('カンマを含む値は "…" で囲んでください', "put values that contain a comma in double quotes"),
    )


def _check_header(columns: list[str], where: str, required: Sequence[str], recognised: set[str]) -> list[Problem]:
    missing = [missing_column(where, column, columns, recognised) for column in required if column not in columns]
    if missing:
        raise DataError(missing)
    # pandas names the second of two equal columns "x.1"
    twice = [c for c in columns if re.fullmatch(r".+\.\d+", c) and c.rpartition(".")[0] in columns]
    if not twice:
        return []
    return [
        warning(
            "table.duplicate_column",
            at(where, 1),
            Text(f"同じ名前の列があります: {listed(twice)}", f"columns of the same name: {listed(twice)}"),
            Text("最初の列だけを使います", "only the first one is used"),
        ),
    ]
