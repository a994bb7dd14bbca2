"""Owns RecognisedFile: what one raw file was taken for, and the piece of configuration that reads it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from geodata.errors import Text

WHAT: dict[str, Text] = {
    "gtfs": Text("時刻表（GTFS・GTFS-JP）", "timetable (GTFS, GTFS-JP)"),
    "osm_pbf": Text("道路（OpenStreetMap 抽出）", "streets (OpenStreetMap extract)"),
    "graphml": Text("道路（osmnx の GraphML）", "streets (GraphML by osmnx)"),
    "elevation": Text("標高（GeoTIFF）", "heights (GeoTIFF)"),
    "barriers": Text("通れない線・区域", "lines and areas that nobody crosses"),
    "estat_mesh": Text("国勢調査 地域メッシュ統計（e-Stat）", "census by mesh (e-Stat)"),
    "small_area": Text("国勢調査 小地域 境界（e-Stat）", "census small areas, outlines (e-Stat)"),
    "small_area_table": Text("国勢調査 小地域 統計表（e-Stat）", "census small areas, table (e-Stat)"),
    "future_mesh": Text("将来推計人口メッシュ", "projected population by mesh"),
    "did": Text("人口集中地区（DID）", "densely inhabited districts (DID)"),
    "towns": Text("町丁目の位置（位置参照情報など）", "positions of 町丁目"),
    "municipality": Text("行政区域（N03）", "municipal boundaries (N03)"),
    "ksj": Text("国土数値情報", "National Land Numerical Information"),
    "facilities": Text("施設の一覧", "list of facilities"),
    "hours": Text("診療時間の表", "table of consultation hours"),
    "controls": Text("地区別・年齢別人口", "population by district and age"),
    "daytime": Text("昼間人口", "daytime population"),
    "opinions": Text("みんなの声（意見の表）", "opinions of residents"),
    "cells_csv": Text("セル別人口（座標つき CSV）", "people by cell (CSV with positions)"),
    "mesh_csv": Text("メッシュ別人口（CSV）", "people by mesh code (CSV)"),
    "features": Text("人口のある点・面", "points or polygons with people"),
    "config": Text("Ekisei の設定", "configuration of Ekisei"),
    "part": Text("ほかのファイルの一部", "part of another file"),
    "document": Text("説明文書", "document"),
    "picture": Text("画像", "picture"),
    "skipped": Text("見ていないもの", "not looked at"),
    "broken": Text("壊れたファイル", "damaged file"),
    "unknown": Text("分からないもの", "not recognised"),
}
"""What a file may be taken for → its name."""
SILENT = frozenset({"part", "document", "picture", "config", "skipped", "broken", "unknown"})
"""What brings nothing into a configuration."""


@dataclass(frozen=True, slots=True)
class RecognisedFile:
    """
    What one file of a folder is.

    Parameters
    ----------
    path
        Relative to the folder, with slashes.
    what
        A key of `WHAT`.
    config_fragment
        Keys of a configuration that read it; empty where it brings nothing.
    confidence
        0 (a guess by name) to 1 (the content leaves no doubt).
    why
        What it was recognised by.
    traits
        What was seen on the way and helps to choose: codes, names, years, positions.
    """

    path: str
    what: str
    config_fragment: dict[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    why: Text = Text("", "")
    traits: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> Text:
        """What it is, for a person."""
        return WHAT[self.what]


def plain(heading: str) -> str:
    """Return a heading for comparing: half-width, lower case, without blanks and marks."""
    text = unicodedata.normalize("NFKC", heading).lower()
    return "".join(c for c in text if c.isalnum())
