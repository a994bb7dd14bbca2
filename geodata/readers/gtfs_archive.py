"""Owns where the tables of a feed lie: in a zip or folder, in a folder inside it, or in a zip inside a zip."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from geodata.errors import DataError, Text, error
from geodata.readers.archive import Archive, open_archive
from geodata.readers.tables import listed, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.errors import Problem

_SIGN = "stops.txt"
_MOST_ZIPS = 4


@contextmanager
def feed_archive(path: Path, label: str = "", depth: int = 0) -> Iterator[tuple[Archive, list[Problem]]]:
    """
    Open a feed; its tables are the files of the folder that holds ``stops.txt``.

    Yields the archive, with lower-case names, and notes. A zip that holds one zip is opened in its place.

    Raises
    ------
    DataError
        If it cannot be opened, holds several feeds, or is a zip in a zip in a zip without end.
    """
    found = open_archive(path, label or path.name)
    if _SIGN in found.members:
        yield found, []
        return
    names = _all_names(path)
    folders = sorted({_folder(n) for n in names if PurePosixPath(n.replace("\\", "/")).name.lower() == _SIGN})
    if len(folders) > 1:
        raise DataError(_several(found.label, folders))
    if folders:
        members = {PurePosixPath(n.replace("\\", "/")).name.lower(): n for n in names if _folder(n) == folders[0]}
        yield Archive(found.path, found.label, members), [_inside(found.label, folders[0])]
        return
    inner = sorted(n for n in names if n.lower().endswith(".zip"))
    if len(inner) > 1:
        raise DataError(_several(found.label, inner))
    if not inner or path.is_dir():
        yield found, []  # the missing tables are told by whoever reads them
        return
    if depth >= _MOST_ZIPS:
        raise DataError(_too_deep(found.label))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "inner.zip"
        _unpack(path, inner[0], place, found.label)
        where = f"{found.label}/{PurePosixPath(inner[0]).name}"
        with feed_archive(place, where, depth + 1) as (nested, notes):
            yield nested, [_inside(found.label, inner[0]), *notes]


def _all_names(path: Path) -> list[str]:
    if path.is_dir():
        return [p.relative_to(path).as_posix() for p in sorted(path.rglob("*")) if p.is_file()]
    with zipfile.ZipFile(path) as archive:
        return [e.filename for e in archive.infolist() if not e.is_dir() and "__MACOSX" not in e.filename]


def _folder(name: str) -> str:
    return str(PurePosixPath(name.replace("\\", "/")).parent)


def _unpack(path: Path, name: str, place: Path, label: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as source, place.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as exc:
        raise DataError(
            error(
                "archive.broken",
                f"{label}/{name}",
                Text(f"zip の中の zip を開けません: {exc}", f"the zip inside the zip cannot be opened: {exc}"),
                Text("提供元から取り直してください", "get the file again from its publisher"),
            ),
        ) from exc


def _inside(label: str, place: str) -> Problem:
    return note(
        "gtfs.inner_place",
        label,
        Text(f"{place} の中の表を読みました", f"the tables were read from {place} inside it"),
    )


def _too_deep(label: str) -> Problem:
    return error(
        "archive.nested",
        label,
        Text(f"zip の中の zip が {_MOST_ZIPS} 段を超えています", f"zips lie in zips more than {_MOST_ZIPS} deep"),
        Text("取り出して、GTFS の zip だけを指定してください", "unpack it and name the zip of the feed alone"),
    )


def _several(label: str, places: list[str]) -> Problem:
    return error(
        "gtfs.several_feeds",
        label,
        Text(
            f"GTFS が {len(places)} つ入っています: {listed(places)}", f"it holds {len(places)} feeds: {listed(places)}"
        ),
        Text("取り出して、1 つずつ gtfs: に書いてください", "unpack them and name each under gtfs:"),
    )
