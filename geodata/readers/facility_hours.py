"""Owns the opening hours of the facilities of a table: which columns tell them, and what was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Text, warning
from geodata.readers.consultation_hours import Hours, days_in, hours_by_day, openings_of, read_hours
from geodata.readers.facility_headings import DayColumns, day_columns
from geodata.readers.headings import guess_columns, headings_of, missing_field
from geodata.readers.hours_words import N_DAYS
from geodata.readers.rows import column_of
from geodata.readers.sheets import columns_in, place_of, read_sheet
from geodata.readers.tables import listed, note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.errors import Problem
    from geodata.readers.headings import Columns

HOURS_WORDS: dict[str, tuple[str, ...]] = {
    "id": ("ID", "医療機関コード", "医療機関番号"),
    "specialty": ("診療科目名", "診療科名", "診療科目"),
}
HOURS_KNOWN = headings_of(HOURS_WORDS)


def hours_of(frame: pd.DataFrame, columns: Columns, given: Sequence[str] | None) -> tuple[list[Hours], list[Problem]]:
    """
    Return the hours of each row of a table, and what was not understood.

    Parameters
    ----------
    frame
        A sheet.
    columns
        What its headings mean.
    given
        Columns that the configuration names: one of text, or one for each day Monday to Sunday (and holiday); None = by
        headings: first columns for each day, then a text, then days with opening and closing time.
    """
    if given is not None and len(given) > 1:
        cells = [frame[c].tolist() for c in given]
        hours = [hours_by_day(list(row)) for row in zip(*cells, strict=True)]
        return hours, _tell(frame, hours, listed(given))
    by_day = {} if given is not None else day_columns(columns_in(frame))
    if by_day:
        hours = _by_day(frame, by_day)
        return hours, [*_tell(frame, hours, "曜日別の列"), _columns_note(frame, by_day)]
    text = given[0] if given is not None else columns.get("hours")
    days, closed = (column_of(frame, columns.get(n)) for n in ("days", "closed"))
    texts = column_of(frame, text)
    if "open" in columns.of and "close" in columns.of:
        pairs = zip(frame[columns.of["open"]], frame[columns.of["close"]], strict=True)
        times = [f"{a}-{b}" if a or b else "" for a, b in pairs]
        texts = [t or pair for t, pair in zip(texts, times, strict=True)] if text else times
    elif text is None:
        return [Hours(blank=True)] * len(frame), []
    hours = [read_hours(t, days_in(d), c) for t, d, c in zip(texts, days, closed, strict=True)]
    return hours, _tell(frame, hours, text or columns.of["open"], texts)


def read_hours_table(path: Path) -> tuple[dict[str, Hours], dict[str, str], int, list[Problem]]:
    """
    Return the hours and the departments by id of a table such as …_speciality_hours of 医療情報ネット.

    A place has several rows, for each department and part of the day; it is open when one of them is.

    Returns
    -------
    hours, specialties, rows_in, problems
        By id; departments joined by ``、`` in the order they stand.

    Raises
    ------
    DataError
        If it has no column of ids or of hours by day.
    """
    frame, problems = read_sheet(path, HOURS_KNOWN)
    found = columns_in(frame)
    columns = guess_columns(found, HOURS_WORDS)
    by_day = day_columns(found)
    if "id" not in columns.of:
        raise DataError(missing_field(path.name, Text("ID", "id"), "id", found))
    if not by_day:
        raise DataError(missing_field(path.name, Text("曜日別の診療時間", "hours by weekday"), "hours", found))
    rows = _by_day(frame, by_day)
    problems += [*_tell(frame, rows, "曜日別の列"), _columns_note(frame, by_day)]
    spans: dict[str, list[tuple[int, int, int]]] = {}
    partly: dict[str, bool] = {}
    departments: dict[str, dict[str, None]] = {}
    for key, hours, name in zip(frame[columns.of["id"]], rows, column_of(frame, columns.get("specialty")), strict=True):
        spans.setdefault(key, []).extend(hours.openings)
        partly[key] = partly.get(key, False) or hours.partly
        departments.setdefault(key, {})[name] = None
    hours_by_id = {k: Hours(openings_of(s), partly[k], blank=not s and not partly[k]) for k, s in spans.items()}
    return hours_by_id, {k: "、".join(n for n in d if n) for k, d in departments.items()}, len(frame), problems


def tell_known(frame: pd.DataFrame, hours: Sequence[Hours]) -> list[Problem]:
    """Return a note on how many facilities have known hours, where some have."""
    known = sum(h.known for h in hours)
    if not known:
        return []
    return [
        note(
            "facilities.hours",
            place_of(frame, 0),
            Text(
                f"{len(hours)} 施設のうち {known} 施設の診療・利用時間が分かります（残りは不明のまま）",
                f"hours are known of {known} of {len(hours)} facilities; the others stay unknown",
            ),
            count=known,
        ),
    ]


def _by_day(frame: pd.DataFrame, by_day: dict[int, DayColumns]) -> list[Hours]:
    """Return the hours that columns for each day tell: pairs of times, and texts."""
    cells: list[list[str]] = [[""] * N_DAYS for _ in range(len(frame))]
    for day, columns in by_day.items():
        for column in columns.texts:
            for row, value in zip(cells, frame[column], strict=True):
                row[day] = f"{row[day]} {value}".strip()
        for first, last in columns.pairs:
            for row, start, end in zip(cells, frame[first], frame[last], strict=True):
                if start and end:
                    row[day] = f"{row[day]} {start}-{end}".strip()
                elif start or end:
                    row[day] = f"{row[day]} ?{start}{end}".strip()
    weeks = {week: hours_by_day(list(week)) for week in {tuple(row) for row in cells}}
    return [weeks[tuple(row)] for row in cells]


def _tell(
    frame: pd.DataFrame, hours: Sequence[Hours], column: str, texts: Sequence[str] | None = None
) -> list[Problem]:
    """Return warnings for rows whose hours were not understood, and for those understood in part."""
    problems = []
    unread = np.array([not h.known and not h.blank for h in hours], dtype=np.bool_)
    partly = np.array([h.known and h.partly for h in hours], dtype=np.bool_)
    for rows, code, message in (
        (unread, "facilities.hours_unread", Text("時間を読み取れない行があります", "hours could not be read in rows")),
        (
            partly,
            "facilities.hours_partly",
            Text("時間の一部を読み取れない行があります", "hours were read in part in rows"),
        ),
    ):
        if not rows.any():
            continue
        first = int(np.argmax(rows))
        example = f"（例: {texts[first]}）" if texts else ""
        problems.append(
            warning(
                code,
                place_of(frame, first),
                Text(f"{message.ja}: {column}{example}", f"{message.en}: {column}{example}"),
                _UNREAD_HINT if code.endswith("unread") else _PARTLY_HINT,
                int(rows.sum()),
            ),
        )
    return problems


_UNREAD_HINT = Text(
    "時間不明として扱いました。「月～金 9:00～12:00 14:00～18:00／土 9:00～12:00」の形なら読めます",
    "they count as unknown; written like 月～金 9:00～12:00 14:00～18:00／土 9:00～12:00 they can be read",
)
_PARTLY_HINT = Text(
    "読めた時間だけを使いました。毎週ではない日（第2土曜・隔週など）は含みません",
    "what could be read is used; days that are not weekly (第2土曜, 隔週 …) are not included",
)


def _columns_note(frame: pd.DataFrame, by_day: dict[int, DayColumns]) -> Problem:
    used = [c for columns in by_day.values() for c in (*columns.texts, *(c for pair in columns.pairs for c in pair))]
    return note(
        "facilities.hours_columns",
        place_of(frame, 0) if len(frame) else "",
        Text(f"曜日別の時間の列: {listed(used, 6)}", f"columns of hours by weekday: {listed(used, 6)}"),
    )
