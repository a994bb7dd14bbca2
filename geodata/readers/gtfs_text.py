"""Owns the bytes of one table of a feed → rows of text, forgiving about form: encodings, marks, headings, widths."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import DataError, Problem, Text, warning
from geodata.readers.archive import decode
from geodata.readers.gtfs_fast import parse_plain
from geodata.readers.tables import ROW, at, listed, note, parse_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

BYTE_ORDER_MARK = "\ufeff"

NUMERIC_ENDINGS = ("_lat", "_lon", "_time", "_date", "_type", "_sequence", "_secs", "_traveled")
NUMERIC = frozenset(
    (
        *("date", "price", "exact_times", "direction_id", "timepoint", "route_color", "route_text_color"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    )
)
"""Columns (besides those of `NUMERIC_ENDINGS`) in which full-width digits can only be a slip of the keyboard."""


def read_rows_of(
    raw: bytes, where: str, required: Sequence[str], recognised: AbstractSet[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """
    Return the rows of a table, every value as text, with `ROW`, and what was mended.

    Parameters
    ----------
    raw
        The file.
    where
        What messages call it.
    required
        Columns that must be there.
    recognised
        Names of columns with a meaning.

    Raises
    ------
    DataError
        As `parse_table` does.
    """
    text, problems = decode_feed(raw, where)
    if BYTE_ORDER_MARK in text:
        text = text.replace(BYTE_ORDER_MARK, "")
        problems.append(
            note("gtfs.marks", where, Text("余分な BOM を取り除きました", "stray byte order marks were removed"))
        )
    text, more = _plain_heading(text, where, recognised)
    problems += more
    frame = parse_plain(text, required)
    if frame is None:
        frame, more = parse_table(text, where, required, recognised)
        problems += more
    return frame, problems + ([] if text.isascii() else _narrow(frame, where))


def decode_feed(raw: bytes, where: str) -> tuple[str, list[Problem]]:
    """Return the text of a file: UTF-8, UTF-16 with or without its mark, cp932, or UTF-8 and cp932 line by line."""
    raw = raw.rstrip(b"\x1a")  # the end mark of old programs
    whole = raw.rstrip(b"\0")  # a block of zeros at the end, as broken copies leave it
    if len(whole) < len(raw) and 0 not in whole[:400]:
        raw = whole
    head = raw[:400]
    if raw[:2] not in {b"\xff\xfe", b"\xfe\xff"} and head.count(0) > len(head) // 4:
        encoding = "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
        try:
            return raw.decode(encoding), [_read_as(where, encoding)]
        except UnicodeDecodeError:
            pass
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        mixed = _line_by_line(raw, where)
    return mixed or decode(raw, where)


def _line_by_line(raw: bytes, where: str) -> tuple[str, list[Problem]] | None:
    """Return a text whose lines are some in UTF-8 and some in cp932; None if they are all of one kind."""
    lines = raw.split(b"\n")
    texts: list[str] = []
    others: list[int] = []
    n_utf8 = 0
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8")
            n_utf8 += any(c > "\u07ff" for c in text)  # three bytes; shorter ones may be half-width kana of cp932
        except UnicodeDecodeError:
            try:
                text = line.decode("cp932")
            except UnicodeDecodeError:
                return None
            others.append(number)
        texts.append(text)
    if not n_utf8 or not others:
        return None
    problem = warning(
        "input.mixed_encoding",
        at(where, others[0]),
        Text("UTF-8 と cp932 の行が混ざっています", "lines in UTF-8 and in cp932 are mixed"),
        Text("行ごとに読み分けました。UTF-8 で保存し直してください", "read line by line; save it as UTF-8"),
        len(others),
    )
    return "\n".join(texts), [problem]


def _read_as(where: str, encoding: str) -> Problem:
    return warning(
        "input.encoding",
        where,
        Text(f"UTF-8 ではなく {encoding} として読みました", f"read as {encoding}, not UTF-8"),
        Text("できれば UTF-8 で保存し直してください", "save it as UTF-8 if you can"),
    )


def _plain_heading(text: str, where: str, recognised: AbstractSet[str]) -> tuple[str, list[Problem]]:
    """Return the text with a heading of half-width lower-case names where that makes them known."""
    end = min((n for n in (text.find("\n"), text.find("\r")) if n >= 0), default=len(text))
    heading = text[:end]
    names = [n.strip().strip('"').strip() for n in heading.split(",")]
    plain = [unicodedata.normalize("NFKC", n).strip().lower().replace(" ", "_") for n in names]
    changed = [n for n, p in zip(names, plain, strict=True) if n != p and n not in recognised and p in recognised]
    if not changed:
        return text, []
    told = note(
        "gtfs.heading",
        at(where, 1),
        Text(f"列名を半角小文字として読みました: {listed(changed)}", f"names read as lower case: {listed(changed)}"),
        count=len(changed),
    )
    kept = [p if n in changed else n for n, p in zip(names, plain, strict=True)]
    return ",".join(f'"{n}"' for n in kept) + text[end:], [told]


def _narrow(frame: pd.DataFrame, where: str) -> list[Problem]:
    """Write full-width digits of numeric columns as plain ones, in place, and tell how many."""
    problems: list[Problem] = []
    for column in frame.columns:
        if column != ROW and (column in NUMERIC or str(column).endswith(NUMERIC_ENDINGS)):
            codes, texts = pd.factorize(frame[column])
            wide = {
                n: unicodedata.normalize("NFKC", str(t)).strip() for n, t in enumerate(texts) if not str(t).isascii()
            }
            wide = {n: t for n, t in wide.items() if t.isascii()}
            if wide:
                hit = pd.Series(codes).isin(list(wide)).to_numpy()
                frame[column] = (
                    pd.Series([wide.get(n, str(t)) for n, t in enumerate(texts)], dtype="str")
                    .take(codes)
                    .set_axis(frame.index)
                )
                rows = frame.loc[hit, ROW]
                problems.append(
                    warning(
                        "gtfs.full_width",
                        at(where, rows.iloc[0]),
                        Text(
                            f"{column} の全角の数字を半角として読みました",
                            f"full-width digits of {column} were read as plain ones",
                        ),
                        Text("半角で書いてください", "write plain digits"),
                        len(rows),
                    )
                )
    return problems


def count_rows(raw: bytes) -> int:
    """Return the number of rows of a table that is not read: lines that are not blank, without the heading."""
    try:
        text, _ = decode_feed(raw, "")
    except DataError:
        return 0
    return max(sum(1 for line in text.splitlines() if line.strip(" ,\t")) - 1, 0)
