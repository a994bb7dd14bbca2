"""Owns entering actuals one by one: a row added, replaced or taken out of the table, checked as a whole, all logged."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from geodata.errors import DataError, Text, error
from geodata.readers.rows import read_rows
from geodata.readers.tables import ROW
from scenarios.actuals import ACTUAL, KINDS, KNOWN, REQUIRED, parse_year, read_actuals
from scenarios.file_lock import alone

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from geodata.errors import Problem
    from geodata.targets import Targets

LOG_COLUMNS = ("at", "who", "what", *KNOWN)
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table, as it is written: in order of the columns; `more`: columns that nobody here reads."""

    kpi_id: str
    year: str
    value: str
    kind: str = ""
    date: str = ""
    source: str = ""
    more: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, int | None, str]:
        """What a row replaces: the same KPI, year and kind."""
        return self.kpi_id, parse_year(self.year), KINDS.get(self.kind.strip().lower(), self.kind)


def list_entries(path: Path) -> tuple[Entry, ...]:
    """Return the rows of a table as they stand; none where there is no table."""
    if not path.is_file():
        return ()
    frame, _ = read_rows(path, REQUIRED, None)
    others = [str(name) for name in frame.columns if name not in {*KNOWN, ROW}]
    return tuple(_entry(row, others) for row in frame.to_dict("records"))


def _entry(row: Mapping[Hashable, object], others: Sequence[str]) -> Entry:
    kpi_id, year, value, kind, date, source = (str(row.get(name, "")) for name in KNOWN)
    return Entry(kpi_id, year, value, kind, date, source, tuple((name, str(row[name])) for name in others))


def enter_actual(path: Path, entry: Entry, targets: Targets, *, this_year: int, who: str = "") -> tuple[Problem, ...]:
    """
    Write a row into the table, in the place of one of the same KPI, year and kind.

    Parameters
    ----------
    path
        The table; made where there is none.
    entry
        The row.
    targets, this_year
        As for `read_actuals`.
    who
        Name for the log beside the table, which keeps what was replaced.

    Returns
    -------
    problems
        Warnings of the table.

    Raises
    ------
    DataError
        With every problem; nothing is written then.
    """
    with _kept_alone(path):
        kept = list(list_entries(path))
        places = [n for n, row in enumerate(kept) if row.key == entry.key]
        replaced = [kept[n] for n in places]
        if places:
            kept[places[0]] = replace(entry, more=replaced[0].more)
        else:
            kept.append(entry)
        found = _write_checked(path, kept, targets, this_year)
        _log(path, who, [("replaced", row) for row in replaced] + [("entered", entry)])
    return found


def remove_actual(path: Path, kpi_id: str, year: int, targets: Targets, *, this_year: int, who: str = "") -> bool:
    """Take an actual out of the table; tell whether there was one. The log keeps it."""
    if not path.is_file():
        return False
    with _kept_alone(path):
        rows = list_entries(path)
        gone = [row for row in rows if row.key == (kpi_id, year, ACTUAL)]
        if not gone:
            return False
        _write_checked(path, [row for row in rows if row not in gone], targets, this_year)
        _log(path, who, [("removed", row) for row in gone])
    return True


@contextmanager
def _kept_alone(path: Path) -> Iterator[None]:
    """Keep threads and other servers from the table between reading and writing it."""
    with suppress(OSError):  # told when the table is written
        path.parent.mkdir(parents=True, exist_ok=True)
    with _LOCK, alone(path.with_name(f".{path.name}.lock")):
        yield


def _write_checked(path: Path, rows: list[Entry], targets: Targets, this_year: int) -> tuple[Problem, ...]:
    """Write the table beside itself, read it as everybody will, and only then put it in its place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".actuals-") as beside:
            part = Path(beside) / path.name
            with part.open("w", encoding="utf-8-sig", newline="") as table:
                writer = csv.writer(table)
                others = tuple(dict.fromkeys(name for row in rows for name, _ in row.more))
                writer.writerow((*KNOWN, *others))
                writer.writerows(
                    (*_in_columns(row), *(dict(row.more).get(name, "") for name in others)) for row in rows
                )
            _, problems = read_actuals(part, targets, this_year=this_year)
            part.replace(path)
    except OSError as cause:
        message = Text(f"書き込めません: {path.name}", f"cannot write {path.name}: {cause.strerror}")
        hint = Text("フォルダへの書き込みの権限を確かめてください", "check that the folder can be written to")
        raise DataError(error("actuals.unwritable", path.name, message, hint)) from cause
    return problems


def _in_columns(row: Entry) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in KNOWN)


def _log(path: Path, who: str, done: list[tuple[str, Entry]]) -> None:
    log = path.with_name(f"{path.stem}-log.csv")
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    is_new = not log.exists()
    with log.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as lines:
        writer = csv.writer(lines)
        if is_new:
            writer.writerow(LOG_COLUMNS)
        writer.writerows([now, who, what, *_in_columns(row)] for what, row in done)
