"""Owns writing tables as CSV that a spreadsheet opens as they are: a byte order mark, and no text that is a formula."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

from app.spreadsheet import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Value = str | float | int | None


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]], *, mark: bool = True) -> Path:
    """
    Write a table and return its path.

    Parameters
    ----------
    columns, rows
        Headings; numbers stay as they are computed, None and NaN become empty.
    mark
        Whether a byte order mark stands first: spreadsheets need it, other programs may not want it.
    """
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([_plain(value) for value in row] for row in rows)
    return path


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(float(value))
    return str(value)
