"""Owns telling that a file is damaged: its name says zip, map or table, and what is in it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.readers.recognise_peek import Peek

_MARKS = {".zip": b"PK", ".shp": b"\x00\x00\x27\x0a", ".gpkg": b"SQLite format 3", ".pbf": b"OSMHead"}
"""Ending of a name → what stands in the first bytes of such a file."""
_NO_TEXTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
_TEXTS = {".csv", ".txt", ".tsv", ".geojson", ".json"}
_SAVED_PAGES = (b"<!doctype html", b"<html")
_NO_TEXT = Text(
    "表や地図の文字ではありません（中身は zip・Excel・PDF）", "it holds a zip, a workbook or a PDF, no text"
)


def damage_of(peeked: Peek) -> Text | None:
    """Return what is wrong with a file that cannot be what its name says; None where nothing is seen."""
    if peeked.path.is_dir():
        return None
    lost = _lost_companions(peeked.path)
    return Text(f"組になる {lost} がありません", f"its {lost} is missing") if lost else _wrong_content(peeked)


def _wrong_content(peeked: Peek) -> Text | None:
    if peeked.members and not peeked.broken:
        return _NO_TEXT if peeked.suffix in _TEXTS else None
    start = peeked.magic.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_SAVED_PAGES) and peeked.suffix in _TEXTS | _MARKS.keys():
        return Text("ファイルではなくウェブページが保存されています", "a web page was saved in place of the file")
    if peeked.broken:
        why = peeked.broken
        return Text(f"壊れていて開けません（{why.ja}）", f"damaged, it cannot be opened ({why.en})")
    if peeked.suffix in _TEXTS:
        return _NO_TEXT if peeked.magic.startswith(_NO_TEXTS) else None
    return _wrong_start(peeked)


def _lost_companions(path: Path) -> str:
    """Return the endings of files that a Shapefile needs and that do not lie beside it."""
    if path.suffix.lower() != ".shp":
        return ""
    beside = {p.name.lower() for p in path.parent.iterdir()}
    stem = path.name[: -len(path.suffix)].lower()
    return "・".join(ending for ending in (".dbf", ".shx") if stem + ending not in beside)


def _wrong_start(peeked: Peek) -> Text | None:
    """Return what is wrong with a file that begins otherwise than its form does; a zip that opens has members."""
    mark = _MARKS.get(peeked.suffix)
    if peeked.suffix == ".zip" and peeked.magic.startswith(b"PK\x03\x04"):
        return Text("zip が途中で切れているか、壊れています", "the zip is cut short or damaged")
    if mark is None or (mark in peeked.magic and peeked.suffix != ".zip"):
        return None
    form = peeked.suffix[1:]
    return Text(f"壊れているか、{form} ではありません", f"it is damaged, or no {form}")
