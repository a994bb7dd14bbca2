"""Owns telling which columns of a table of cells hold numbers that no layer of the city uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import Problem, Text
from geodata.readers.band_labels import read_label
from geodata.readers.tables import ROW, listed, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_POSITION = re.compile(r"lon|lat|lng|x|y|経度|緯度|.*(id|code|コード|番号|区分)", re.IGNORECASE)
_PLACES: tuple[tuple[str, str], ...] = (
    ("hospital", r"hospital|病院"),
    ("clinic", r"clinic|health|medical|診療所|医療|医院"),
    ("elementary_school", r"school|学校"),
    ("nursery", r"nurser|kindergarten|保育|幼稚園|こども園"),
    ("library", r"librar|図書館"),
    ("pharmacy", r"pharmac|薬局"),
    ("shop", r"shop|supermarket|store|店"),
    ("shelter", r"shelter|避難所"),
    ("community_centre", r"community|公民館|集会所"),
)


def places_counted(column: str) -> str | None:
    """Return the kind of facility that a column seems to count; None = no count of facilities."""
    return next((kind for kind, words in _PLACES if re.search(words, column, re.IGNORECASE)), None)


def unused_counts(table: pd.DataFrame, used: Iterable[str]) -> list[Problem]:
    """
    Return notes that name the columns of numbers nobody uses: those that count facilities, and the others.

    Parameters
    ----------
    table
        Rows of a table of cells as text.
    used
        Columns that the configuration reads.
    """
    name = str(table.attrs.get("file", "population"))
    known = {*used, ROW}
    unused = [str(c) for c in table.columns if c not in known and _is_count(table[c], str(c))]
    places = [c for c in unused if places_counted(c)]
    entries = "; ".join(f"{{cells_column: {c}, kind: {places_counted(c)}}}" for c in places)
    found = []
    if places:
        hint = Text(
            f"使うには facilities: に {entries} と書いてください", f"to use them, write in facilities: {entries}"
        )
        found.append(
            _note("facilities.counts_unused", name, places, "施設の数とみえる列", "that seem to count facilities", hint)
        )
    others = [c for c in unused if c not in places]
    if others:
        found.append(_note("population.columns_unused", name, others, "数値の列", "of numbers", Text("", "")))
    return found


def _is_count(values: pd.Series[str], column: str) -> bool:
    label = read_label(column, column)
    if _POSITION.fullmatch(column) or label is not None:
        return False  # ages have words of their own
    numbers = pd.to_numeric(values[values != ""], errors="coerce")
    return bool(len(numbers)) and bool(numbers.notna().all())


def _note(code: str, name: str, columns: Sequence[str], ja: str, en: str, hint: Text) -> Problem:
    said = listed(columns, 12)
    return note(
        code, name, Text(f"{ja}を使っていません: {said}", f"columns {en} are not used: {said}"), hint, len(columns)
    )
