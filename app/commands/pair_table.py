"""Owns the table of ``ekisei route --pairs``: reading questions from CSV with located refusals, writing the answers."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.commands.words import both
from geodata.errors import SHOWN_PROBLEMS, DataError, Problem, error, raise_errors
from geodata.readers.rows import read_text
from geodata.readers.tables import ROW, at, missing_column, numbers_of, parse_table
from geodata.units import UNREACHED_S
from sim.routing.pairs import Ends

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geodata.city import City
    from geodata.units import BoolArray, FloatArray, IntArray
    from sim.routing.pairs import PairArrivals

ANSWERS = ("arrive", "n_transfers")
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
LAST_HOUR = 47
MARGIN_DEG = 1.0
"""A place farther than this from the box around all stops is a slip of the pen, not a question."""


@dataclass(frozen=True, slots=True, eq=False)
class PairTable:
    """
    Questions as they were written, and as the router takes them; N rows.

    `frame`: the columns of the file as text, and `ROW`. `problems`: warnings about the file.
    """

    frame: pd.DataFrame
    origins: Ends
    targets: Ends
    depart_s: IntArray
    problems: tuple[Problem, ...]


def read_pairs(path: Path, city: City, *, with_places: bool) -> PairTable:
    """
    Return the questions of a file.

    Parameters
    ----------
    path
        CSV with ``depart`` and, for each end, ``…_stop_id`` or ``…_lat`` and ``…_lon``.
    city
        Whose stops are meant.
    with_places
        Whether an end may be a place; without walking it cannot.

    Raises
    ------
    DataError
        With every finding: file, row, and near names.
    """
    text, notes = read_text(path)
    frame, more = parse_table(text, path.name)
    found = [str(c) for c in frame.columns if c != ROW]
    problems = _check_columns(found, path.name)
    raise_errors(problems, DataError)
    depart_s = _departures(frame, path.name, problems)
    ends = [_ends(frame, side, path.name, city, problems, with_places=with_places) for side in ("from", "to")]
    raise_errors(sorted(problems, key=lambda p: int(p.where.rpartition(" ")[2])), DataError)
    return PairTable(frame, ends[0], ends[1], depart_s, (*notes, *more))


def write_answers(table: PairTable, arrivals: PairArrivals, path: Path) -> None:
    """Write questions and answers, whole or not at all; non-ASCII text gets a byte order mark for spreadsheets."""
    reached = arrivals.arrive_s != UNREACHED_S
    columns = zip(ANSWERS, (arrivals.arrive_s, arrivals.n_transfers), strict=True)
    answers = {name: np.where(reached, values.astype(str), "") for name, values in columns}
    text = table.frame.drop(columns=ROW).assign(**answers).to_csv(index=False, lineterminator="\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8" if text.isascii() else "utf-8-sig", newline="")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _check_columns(found: list[str], name: str) -> list[Problem]:
    problems = [] if "depart" in found else [missing_column(name, "depart", found)]
    for side in ("from", "to"):
        places = [c for c in (f"{side}_lat", f"{side}_lon") if c in found]
        if len(places) == 1:
            other = f"{side}_lon" if places[0].endswith("lat") else f"{side}_lat"
            problems.append(missing_column(name, other, found))
        elif not places and f"{side}_stop_id" not in found:
            problems.append(missing_column(name, f"{side}_stop_id", found))
    problems += [
        error("pairs.answer_column", at(name, 1), both("pairs.answer_column", name=c), both("pairs.answer_column_hint"))
        for c in ANSWERS
        if c in found
    ]
    return problems


def _departures(frame: pd.DataFrame, name: str, problems: list[Problem]) -> IntArray:
    seconds = np.zeros(len(frame), np.int32)
    for i, (text, row) in enumerate(zip(frame["depart"], frame[ROW], strict=True)):
        match = CLOCK.fullmatch(text)
        if match is None or int(match[1]) > LAST_HOUR:
            message = both("pairs.clock", value=text)
            problems.append(error("pairs.clock", at(name, row), message, both("pairs.clock_hint")))
            continue
        seconds[i] = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    return seconds


def _ends(frame: pd.DataFrame, side: str, name: str, city: City, problems: list[Problem], *, with_places: bool) -> Ends:
    """Return one end of every row; a row that names a stop does not need a place."""
    ids = [str(v) for v in frame[f"{side}_stop_id"]] if f"{side}_stop_id" in frame else [""] * len(frame)
    known = {str(stop): n for n, stop in enumerate(city.timetable.stops.stop_id)}
    stop = np.array([known.get(v, -1) for v in ids], np.int32)
    problems += _unknown_stops(frame, side, name, ids, known)
    xy = np.zeros((len(frame), 2))
    placed = np.array([not v for v in ids], bool)
    if placed.any():
        xy[placed] = _places(frame, side, name, city, problems, placed, with_places=with_places)
    return Ends(stop, xy)


def _unknown_stops(frame: pd.DataFrame, side: str, name: str, ids: list[str], known: dict[str, int]) -> list[Problem]:
    near: dict[str, str] = {}
    problems = []
    for text, row in zip(ids, frame[ROW], strict=True):
        if not text or text in known:
            continue
        if text not in near and len(near) < SHOWN_PROBLEMS:  # looking for near names is slow, and no more are shown
            near[text] = ", ".join(difflib.get_close_matches(text, known, n=3, cutoff=0.5))
        message = both("pairs.no_stop", column=f"{side}_stop_id", value=text)
        names, example = near.get(text, ""), next(iter(known), "—")
        hint = both("pairs.no_stop_hint", names=names) if names else both("pairs.no_near_hint", example=example)
        problems.append(error("pairs.no_stop", at(name, row), message, hint))
    return problems


def _places(
    frame: pd.DataFrame,
    side: str,
    name: str,
    city: City,
    problems: list[Problem],
    placed: BoolArray,
    *,
    with_places: bool,
) -> FloatArray:
    """Return plane coordinates of the rows without a stop, shape (P, 2)."""
    rows = frame.loc[placed]
    columns = (f"{side}_lon", f"{side}_lat")
    if columns[0] not in frame or not with_places:
        if columns[0] not in frame or (rows[list(columns)] == "").all(axis=None):
            key, hint = "pairs.no_end", both("pairs.no_end_hint", side=side)
        else:
            key, hint = "pairs.place", both("pairs.place_hint", side=side)
        message = both(key, side=side)
        problems += [error(key, at(name, row), message, hint) for row in rows[ROW]]
        return np.zeros((len(rows), 2))
    lonlat = np.column_stack([numbers_of(rows, c) for c in columns])
    good, turned = _near_stops(city, lonlat), _near_stops(city, lonlat[:, ::-1])
    for i in np.flatnonzero(~good).tolist():
        value = ", ".join(f"{c}={rows[c].iloc[i]!r}" for c in columns[::-1])
        hint = both("pairs.turned_hint" if turned[i] else "pairs.position_hint", side=side)
        problems.append(error("pairs.position", at(name, rows[ROW].iloc[i]), both("pairs.position", value=value), hint))
    from geodata.crs import to_plane

    lonlat[~good] = city.timetable.stops.lonlat[0]
    return to_plane(city.epsg, lonlat)


def _near_stops(city: City, lonlat: FloatArray) -> BoolArray:
    """Return which points lie in the box around all stops, widened by `MARGIN_DEG`, shape (P,)."""
    stops = city.timetable.stops.lonlat
    low, high = stops.min(axis=0) - MARGIN_DEG, stops.max(axis=0) + MARGIN_DEG
    with np.errstate(invalid="ignore"):
        inside: BoolArray = ((lonlat >= low) & (lonlat <= high)).all(axis=1)
    return inside
