"""Owns what kind of street extract a file is, whatever its name says, and why one cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import missing_input

if TYPE_CHECKING:
    from pathlib import Path

GET_AGAIN = Text(
    "対象地域の .osm.pbf を取り直してください（Geofabrik などの地域別の抽出）",
    "get the .osm.pbf of the region again, such as a regional extract of Geofabrik",
)
_HEAD_BYTES = 512


def osm_format(path: Path) -> str:
    """
    Return the format of an extract as osmium calls it, by its first bytes.

    Raises
    ------
    DataError
        If the file is missing, empty, or something else that people take for an extract.
    """
    if not path.is_file():
        raise DataError(missing_input(path))
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as exc:
        raise DataError(unreadable(path, str(exc))) from exc
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    found = ""
    if b"OSMHeader" in head[:32]:
        found = "pbf"
    elif head.startswith(b"\x1f\x8b"):
        found = "osm.gz"
    elif head.startswith(b"BZh"):
        found = "osm.bz2"
    elif head.startswith(b"\xff\xe0\x04o5m"):
        found = "o5m"
    elif text.startswith((b"<?xml", b"<osm", b"<!--")) and b"<graphml" not in text and b"<html" not in text:
        found = "osm"
    if found:
        return found
    raise DataError(_no_extract(path, head, text))


def unreadable(path: Path, detail: str) -> Problem:
    """Return the error for an extract that is damaged, or that declares XML entities (osmium never unfolds them)."""
    if "entities" in detail:
        return error(
            "osm.entities",
            path.name,
            Text(
                "XML の実体宣言があるため読みません（展開すると巨大になるおそれ）",
                "the file declares XML entities, which may unfold to any size; it is not read",
            ),
            GET_AGAIN,
        )
    return error(
        "osm.unreadable",
        path.name,
        Text(
            f"OpenStreetMap のデータとして読めません（途中で切れたか壊れています）: {detail}",
            f"cannot be read as OpenStreetMap data (cut off or damaged): {detail}",
        ),
        GET_AGAIN,
    )


def _no_extract(path: Path, head: bytes, text: bytes) -> Problem:
    hint = GET_AGAIN
    if not head:
        what = Text("ファイルが空です", "the file is empty")
    elif head.startswith(b"PK"):
        what = Text("zip ファイルです", "this is a zip")
        hint = Text(
            "展開して、中の .osm.pbf か .osm を指定してください", "unpack it and name the .osm.pbf or .osm inside"
        )
    elif b"<html" in text or b"<!doctype html" in text:
        what = Text("Web ページが保存されています", "this is a web page that was saved")
    elif b"<graphml" in text:
        what = Text("GraphML です", "this is GraphML")
        hint = Text("osm_pbf: ではなく graphml: に書いてください", "name it under graphml:, not osm_pbf:")
    else:
        what = Text("OpenStreetMap のデータ（.osm.pbf、.osm）ではありません", "this is no .osm.pbf or .osm")
    return error("osm.unreadable", path.name, what, hint)
