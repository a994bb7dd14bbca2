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
_ESTAT = ("「国勢調査」（総務省統計局）を加工", "e-Stat 利用規約")
_KSJ = ("「国土数値情報」（国土交通省）を加工", "国土数値情報ダウンロードサイト利用規約")
_KSJ_TITLES = {
    "N02": Text("国土数値情報 鉄道（N02）", "railways (N02)"),
    "N03": Text("国土数値情報 行政区域（N03）", "administrative areas (N03)"),
    "N07": Text("国土数値情報 バスルート（N07）", "bus routes (N07)"),
    "P02": Text("国土数値情報 公共施設（P02）", "public facilities (P02)"),
    "P04": Text("国土数値情報 医療機関（P04）", "medical institutions (P04)"),
    "P05": Text("国土数値情報 市区町村役場・公的集会施設（P05）", "municipal offices and halls (P05)"),
    "P11": Text("国土数値情報 バス停留所（P11）", "bus stops (P11)"),
    "P29": Text("国土数値情報 学校（P29）", "schools (P29)"),
    "A27": Text("国土数値情報 小学校区（A27）", "school districts (A27)"),
    "A31": Text("国土数値情報 洪水浸水想定区域（A31）", "flood zones (A31)"),
    "A33": Text("国土数値情報 土砂災害警戒区域（A33）", "landslide zones (A33)"),
    "A50": Text("国土数値情報 立地適正化計画区域（A50）", "location normalization plan areas (A50)"),
}
_KSJ_LAYERS = {"N02": "timetable", "N07": "timetable", "P11": "timetable"}
_KSJ_FACILITIES = {"P02", "P04", "P05", "P29"}
_FIXED: dict[str, tuple[str, Text, str, str, Status]] = {
    "estat_mesh": ("population", Text("国勢調査 地域メッシュ統計", "census by mesh"), *_ESTAT, Status.OBSERVED),
    "small_area": ("population", Text("国勢調査 小地域集計", "census by small area"), *_ESTAT, Status.OBSERVED),
    "did": ("population", Text("国勢調査 人口集中地区", "densely inhabited districts"), *_ESTAT, Status.MODELLED),
    "future_mesh": (
        "outlook",
        Text("国土数値情報 将来推計人口メッシュ", "projected population by mesh"),
        *_KSJ,
        Status.OFFICIAL_ESTIMATE,
    ),
    "municipality": ("zones", _KSJ_TITLES["N03"], *_KSJ, Status.OBSERVED),
    "osm_pbf": (
        "streets",
        Text("OpenStreetMap", "OpenStreetMap"),
        "© OpenStreetMap contributors",
        "ODbL 1.0",
        Status.OBSERVED,
    ),
    "graphml": (
        "streets",
        Text("OpenStreetMap", "OpenStreetMap"),
        "© OpenStreetMap contributors",
        "ODbL 1.0",
        Status.OBSERVED,
    ),
    "mesh_csv": ("population", Text("メッシュ別人口", "people by mesh"), _ASK, _ASK, Status.OBSERVED),
    "cells_csv": ("population", Text("セル別人口", "people by cell"), _ASK, _ASK, Status.OBSERVED),
    "features": ("population", Text("人口", "people"), _ASK, _ASK, Status.OBSERVED),
    "facilities": ("facilities", Text("施設一覧", "list of facilities"), _ASK, _ASK, Status.OBSERVED),
    "controls": ("population", Text("地区別・年齢別人口", "population by district"), _ASK, _ASK, Status.OBSERVED),
    "daytime": ("daytime", Text("昼間人口", "daytime population"), _ASK, _ASK, Status.OBSERVED),
    "opinions": ("opinions", Text("みんなの声", "opinions of residents"), _ASK, _ASK, Status.OBSERVED),
    "elevation": ("streets", Text("標高", "heights"), _ASK, _ASK, Status.OBSERVED),
}


def source_of(file: RecognisedFile, source_id: str, date: str = "") -> dict[str, Any] | None:
    """Return the entry of ``sources`` for a file; None for what no page names, such as 町丁目 points."""
    if file.what == "gtfs":
        return _feed_source(file, source_id)
    if file.what == "ksj":
        dataset = str(file.traits["dataset"])
        layer = _KSJ_LAYERS.get(dataset, "facilities" if dataset in _KSJ_FACILITIES else "zones")
        status = Status.ASSUMED if layer == "timetable" else Status.OBSERVED
        return _entry(source_id, layer, _KSJ_TITLES[dataset], *_KSJ, date, status)
    fixed = _FIXED.get(file.what)
    if fixed is None:
        return None
    layer, title, credit, licence, status = fixed
    named = Text(f"{title.ja}（{PurePosixPath(file.path).name}）", f"{title.en} ({PurePosixPath(file.path).name})")
    return _entry(source_id, layer, named, credit, licence, date, status)


def _feed_source(file: RecognisedFile, source_id: str) -> dict[str, Any]:
    agencies = "・".join(file.traits["agencies"]) or PurePosixPath(file.path).stem
    kind = "GTFS-JP" if file.traits["japanese"] else "GTFS"
    credit = file.traits["publisher"] or agencies
    title = Text(f"{agencies} {kind}", f"{agencies} {kind}")
    return _entry(source_id, "timetable", title, credit, _ASK, file.traits["start"], Status.OBSERVED)


def _entry(  # noqa: PLR0917 -- the fields of one entry
    source_id: str, layer: str, title: Text, credit: str, licence: str, date: str, status: Status
) -> dict[str, Any]:
    return {
        "id": source_id,
        "layer": layer,
        "title": {"ja": title.ja, "en": title.en},
        "credit": credit,
        "licence": licence,
        "date": date,
        "status": status.value,
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
