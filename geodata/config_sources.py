"""Owns the source entries that are written for recognised files: title, credit line, licence, date, status."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from geodata.errors import Text
from geodata.provenance import Status

if TYPE_CHECKING:
    from geodata.recognised import RecognisedFile

_ASK = "配布元の利用条件を確かめて書いてください"
_ASK_NAME = "配布元の名前を書いてください"
_N03 = Text("国土数値情報 行政区域（N03）", "administrative areas (N03)")
_FIXED: dict[str, tuple[str, Text, str, str]] = {
    "municipality": (
        "zones",
        _N03,
        "「国土数値情報（行政区域データ）」（国土交通省）を加工して作成",
        "国土数値情報ダウンロードサイト利用規約",
    ),
    "facilities": ("facilities", Text("施設一覧", "list of facilities"), _ASK_NAME, _ASK),
    "opinions": ("opinions", Text("みんなの声", "opinions of residents"), _ASK_NAME, _ASK),
}


def source_of(file: RecognisedFile, source_id: str, date: str = "") -> dict[str, Any] | None:
    """
    Return the entry of ``sources`` for a file.

    None for what a build names well by itself: census, 国土数値情報, OpenStreetMap.
    """
    if file.what == "gtfs":
        return _feed_source(file, source_id)
    if file.what not in _FIXED:
        return None
    layer, title, credit, licence = _FIXED[file.what]
    name = PurePosixPath(file.path).name
    return _entry(source_id, layer, Text(f"{title.ja}（{name}）", f"{title.en} ({name})"), (credit, licence), date)


def _feed_source(file: RecognisedFile, source_id: str) -> dict[str, Any]:
    agencies = "・".join(file.traits["agencies"]) or PurePosixPath(file.path).stem
    kind = "GTFS-JP" if file.traits["japanese"] else "GTFS"
    credit = file.traits["publisher"] or agencies
    title = Text(f"{agencies} {kind}", f"{agencies} {kind}")
    return _entry(source_id, "timetable", title, (credit, _ASK), file.traits["start"])


def _entry(source_id: str, layer: str, title: Text, terms: tuple[str, str], date: str) -> dict[str, Any]:
    return {
        "id": source_id,
        "layer": layer,
        "title": {"ja": title.ja, "en": title.en},
        "credit": terms[0],
        "licence": terms[1],
        "date": date,
        "status": Status.OBSERVED.value,
    }


def source_id_of(file: RecognisedFile, taken: set[str]) -> str:
    """Return a short id for a file that none has yet, and take it."""
    path = PurePosixPath(file.path)
    base = re.sub(r"[^\w-]+", "-", path.name.split(".")[0]).strip("-_").lower() or file.what
    found, n = base, 2
    while found in taken:
        found, n = f"{base}-{n}", n + 1
    taken.add(found)
    return found
