"""Owns the attribute table of a Shapefile (dBASE) as far as its encoding and its number of rows go."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.tables import note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEADER_BYTES = 32
_MOST_VALUES = 5_000
_BLOCK_ROWS = 20_000
_LONGEST_CHARACTER = 4
_NEARLY_ALL = 0.99
_JAPANESE_SHARE = 0.3
"""Texts with fewer bytes above ASCII than this are taken for a Western language."""
_ALIASES = {"sjis": "cp932", "shift_jis": "cp932", "shift-jis": "cp932", "932": "cp932", "88591": "iso8859-1"}
_MULTIBYTE = frozenset({"cp932", "utf-8", "euc_jp", "iso2022_jp"})


@dataclass(frozen=True, slots=True)
class _Header:
    n_records: int
    header_bytes: int
    record_bytes: int
    fields: tuple[tuple[int, int], ...]  # offset and width of the text columns
    names: tuple[bytes, ...]


def text_encoding(path: Path, named: str, where: str) -> tuple[str, int, list[Problem]]:
    """
    Tell the encoding of a table from its bytes, whatever the ``.cpg`` says.

    Parameters
    ----------
    path
        The ``.dbf``.
    named
        What the ``.cpg`` holds, "" = there is none.
    where
        What messages call it.

    Returns
    -------
    encoding, n_records, problems
        A codec; the rows in the table; a note where the ``.cpg`` is missing, a warning where it is wrong.

    Raises
    ------
    DataError
        If the table is no dBASE file or cut short.
    """
    header = _header(path, where)
    values = list(_values(path, header))
    stated = _codec(named)
    encoding = _best(values, stated)
    return encoding, header.n_records, _told(encoding, stated, named.strip(), where) if values else []


def _best(values: list[bytes], stated: str | None) -> str:
    if not values or _share(values, "utf-8") == 1.0:
        return "utf-8"
    if stated in _MULTIBYTE - {"cp932", "utf-8"} and _share(values, stated) >= _NEARLY_ALL:
        return stated
    size = sum(map(len, values))
    high = sum(byte >= 0x80 for value in values for byte in value)  # noqa: PLR2004 -- above ASCII
    western = stated is not None and stated not in _MULTIBYTE and high < _JAPANESE_SHARE * size
    if western and stated is not None:
        return stated
    return "cp932" if _share(values, "cp932") >= _NEARLY_ALL else stated or "cp932"


def _share(values: list[bytes], codec: str) -> float:
    """Return the share of values that are text in a codec."""
    return sum(_fits(value, codec) for value in values) / max(len(values), 1)


def _fits(value: bytes, codec: str) -> bool:
    """Return whether a value is text in a codec; its last character may be cut off at the end of the field."""
    for cut in range(_LONGEST_CHARACTER):
        try:
            value[: len(value) - cut].decode(codec)
        except UnicodeDecodeError:
            continue
        return cut < len(value)
    return False


def _codec(named: str) -> str | None:
    word = named.strip().strip("\ufeff").lower()
    word = _ALIASES.get(word.removeprefix("ansi ").removeprefix("ldid/"), word)
    try:
        found = codecs.lookup(word).name
    except (LookupError, ValueError):
        return None
    return "cp932" if found == "shift_jis" else found


def _header(path: Path, where: str) -> _Header:
    with path.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
        size = path.stat().st_size
        if len(head) < _HEADER_BYTES:
            raise DataError(_damaged(where, "no header"))
        n_records = int.from_bytes(head[4:8], "little")
        header_bytes = int.from_bytes(head[8:10], "little")
        record_bytes = int.from_bytes(head[10:12], "little")
        columns = stream.read(max(header_bytes - _HEADER_BYTES, 0))
    if header_bytes <= _HEADER_BYTES or record_bytes < 1:
        raise DataError(_damaged(where, "no columns"))
    if header_bytes + n_records * record_bytes > size:
        raise DataError(_damaged(where, f"{size:,} < {header_bytes + n_records * record_bytes:,} bytes"))
    fields, names, offset = [], [], 1
    for start in range(0, len(columns) - _HEADER_BYTES + 1, _HEADER_BYTES):
        column = columns[start : start + _HEADER_BYTES]
        if column[:1] == b"\r":
            break
        names.append(column[:11].split(b"\0")[0])
        if column[11:12] == b"C":
            fields.append((offset, column[16]))
        offset += column[16]
    return _Header(n_records, header_bytes, record_bytes, tuple(fields), tuple(names))


def _values(path: Path, header: _Header) -> Iterator[bytes]:
    """Yield names and texts that are not ASCII, the first few thousand."""
    yield from (name for name in header.names if not name.isascii())
    left = _MOST_VALUES
    with path.open("rb") as stream:
        stream.seek(header.header_bytes)
        for _ in range(0, header.n_records, _BLOCK_ROWS):
            block = stream.read(_BLOCK_ROWS * header.record_bytes)
            n_rows = len(block) // header.record_bytes
            rows = np.frombuffer(block, np.uint8, n_rows * header.record_bytes).reshape(n_rows, header.record_bytes)
            for offset, width in header.fields:
                column = rows[:, offset : offset + width]
                for row in np.flatnonzero((column >= 0x80).any(axis=1))[:left]:  # noqa: PLR2004 -- above ASCII
                    yield column[row].tobytes().rstrip(b" \0")
                    left -= 1
            if left <= 0:
                return


def _told(encoding: str, stated: str | None, named: str, where: str) -> list[Problem]:
    if stated == encoding:
        return []
    if not named:
        if encoding == "utf-8":
            return []
        return [note("vector.encoding", where, _read_as(encoding, "（.cpg なし）", " (no .cpg)"))]
    return [
        warning(
            "vector.encoding",
            where,
            _read_as(encoding, f"（.cpg の {named!r} では読めません）", f", not {named!r} as the .cpg says"),
            Text("文字化けがないか名称を確かめてください", "see that the names are right"),
        ),
    ]


def _read_as(encoding: str, ja: str, en: str) -> Text:
    return Text(f"属性を {encoding} として読みました{ja}", f"attributes were read as {encoding}{en}")


def _damaged(where: str, detail: str) -> Problem:
    return error(
        "vector.dbf",
        where,
        Text(
            f"属性の表（.dbf）が壊れているか、途中で切れています: {detail}",
            f"the .dbf is damaged or cut short: {detail}",
        ),
        Text("提供元から取り直してください", "get the file again from its publisher"),
    )
