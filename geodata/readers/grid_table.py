"""Owns tables made for the eye: rows of text with titles, merged headings, totals and footnotes around the numbers."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import decode, missing_input

if TYPE_CHECKING:
    from pathlib import Path

_MINUS = "-‐‑‒–—―−ーｰ─"
_NONE = frozenset({*_MINUS, "…", "...", "・", "皆無"})
_SECRET = re.compile(r"[xXχ*＊]+|秘匿")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_DELIMITERS = ("\t", ";", "|")
_MOST_COLUMNS = 5_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of a table as normalized text, all rows of one length; `lines`: row → line in the file."""

    name: str
    cells: list[list[str]]
    lines: list[int]


def read_grid(path: Path) -> tuple[Grid, list[Problem]]:
    """
    Return the cells of a CSV file, however it begins; blank rows are left out.

    Raises
    ------
    DataError
        If the file is missing, empty, a workbook, or not text.
    """
    if not path.is_file():
        raise DataError(missing_input(path))
    raw = path.read_bytes()
    if raw[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        raise DataError(
            error(
                "grid.workbook",
                path.name,
                Text("Excel のブックは読めません", "this is a workbook, not a text table"),
                Text("Excel で開き、「CSV UTF-8」で保存してください", "open it and save the sheet as CSV"),
            ),
        )
    text, problems = decode(raw, path.name)
    delimiter = _delimiter(text)
    cells, lines = [], []
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        for row in reader:
            clean = [plain_text(value) for value in row[:_MOST_COLUMNS]]
            if any(clean):
                cells.append(clean)
                lines.append(reader.line_num)
    except csv.Error as exc:
        raise DataError(
            error(
                "grid.csv",
                path.name,
                Text(f"CSV として読めません: {exc}", f"this is no CSV: {exc}"),
                Text("表計算ソフトで「CSV UTF-8」として保存し直してください", "save it again as CSV UTF-8"),
            ),
        ) from exc
    if not cells:
        raise DataError(
            error(
                "table.empty",
                path.name,
                Text("ファイルが空です", "the file is empty"),
                Text("列名の行とデータの行が必要です", "a header line and rows are needed"),
            ),
        )
    width = max(map(len, cells))
    return Grid(path.name, [row + [""] * (width - len(row)) for row in cells], lines), problems


def plain_text(value: str) -> str:
    """Return a cell with usual width (１２→12, ～→~), without line breaks and doubled spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", value)).strip()


def number_of(text: str) -> float | None:
    """
    Return the number in a cell; None where there is none, NaN where it is kept secret (``X``, ``*``).

    A dash stands for nothing there (0), as in all Japanese statistics.
    """
    plain = re.sub(r"[,\s人名]", "", text).lstrip("\\¥")
    if plain in _NONE:
        return 0.0
    if _SECRET.fullmatch(plain):
        return float("nan")
    plain = re.sub(rf"^[{_MINUS}△▲]", "-", plain)
    return float(plain) if _NUMBER.fullmatch(plain) else None


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:50]
    commas = sum(line.count(",") for line in lines)
    return next((d for d in _DELIMITERS if sum(line.count(d) for line in lines) > max(commas, len(lines) // 2)), ",")
