"""Owns the check of files that a planner hands in: read as `ekisei city check` reads them, kept nowhere."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from app.commands.city_files import opened
from app.import_report.render import PAGE, report_files
from app.turnstile import Turnstile
from geodata.errors import DataError, Text, error

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from geodata.errors import Problem

LARGEST = 200_000_000
"""Bytes of all files of one check."""
MOST_FILES = 40
LONGEST_NAME = 200
"""Bytes of a name in UTF-8: file systems take 255, and readers name companions after it."""
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)", re.IGNORECASE)
_CHUNK = 1 << 20
_ONE_AT_A_TIME = Turnstile()


@dataclass(frozen=True, slots=True)
class Handed:
    """One file handed in: the name it came with, and its bytes to read."""

    name: str
    stream: BinaryIO


def check_files(handed: Iterable[Handed], lang: str) -> bytes:
    """
    Return the import report of some files, as a page.

    They are laid into a folder of their own, read over the bundled city, and forgotten.

    Raises
    ------
    DataError
        If there are none, too many or too large ones, or nothing in them makes a layer.
    RefusedError
        If too many checks are waiting.
    """
    with _ONE_AT_A_TIME.turn(), tempfile.TemporaryDirectory(prefix="ekisei-check-") as beside:
        folder, report = Path(beside) / "files", Path(beside) / PAGE
        folder.mkdir()
        if not _lay(handed, folder):
            raise DataError(_none())
        with opened(folder, None, lang, report) as source:
            attempt = source.attempt(None)
        return report_files(attempt.report, attempt.city)[PAGE]


def _lay(handed: Iterable[Handed], folder: Path) -> int:
    """Write the files into the folder under plain names; tell how many."""
    left, count = LARGEST, 0
    for one in handed:
        name = plain_name(one.name)
        if not name:
            continue
        count += 1
        if count > MOST_FILES:
            raise DataError(_too_many())
        place = folder / name
        if place.exists():
            raise DataError(_twice(name))
        with place.open("wb") as out:
            while chunk := one.stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise DataError(_too_large())
                out.write(chunk)
    return count


def plain_name(given: str) -> str:
    """Return the last part of a name as browsers send it, as any file system takes it, no path; empty for none."""
    last = PurePosixPath(given.replace("\\", "/")).name
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')
    kept = kept.encode()[-LONGEST_NAME:].decode(errors="ignore").strip(" .")  # the ending says what it is
    return f"_{kept}" if _WINDOWS_DEVICE.match(kept) else kept


def _none() -> Problem:
    message = Text("ファイルがありません", "no file was handed in")
    return error("check.no_files", CHECKED, message, Text("ファイルを選んでください", "choose files"))


def _too_many() -> Problem:
    message = Text(f"ファイルが {MOST_FILES} を超えています", f"more than {MOST_FILES} files")
    hint = Text("ZIP にまとめるか、ekisei city check を使ってください", "zip them, or use ekisei city check")
    return error("check.too_many", CHECKED, message, hint)


def _too_large() -> Problem:
    most = f"{LARGEST // 1_000_000} MB"
    message = Text(f"合わせて {most} を超えています", f"more than {most} in all")
    hint = Text("大きなファイルは ekisei city check で確かめてください", "check large files by ekisei city check")
    return error("check.too_large", CHECKED, message, hint)


def _twice(name: str) -> Problem:
    message = Text(f"同じ名前のファイルが二つあります: {name}", f"two files of one name: {name}")
    return error("check.twice", CHECKED, message, Text("名前を変えてください", "rename one of them"))


CHECKED = "files"
