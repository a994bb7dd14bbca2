"""Owns the template of a configuration: every layer once, as comments with an example that is checked by a test."""

from __future__ import annotations

from typing import Any

from geodata.config_text import block, commented
from geodata.errors import Text

_TOP = Text(
    "Ekisei の都市の設定のひな型。使う層の行頭の「# 」を消し、ファイル名を書き換えてください。層はどれも省けます。",
    "Template of a city. Take the '# ' off the layers you use and write your file names. Every layer may be left out.",
)
LAYERS: tuple[tuple[Text, dict[str, Any]], ...] = (
    (
        Text(
            "人口（どれか一つ）: 国勢調査 地域メッシュ統計（e-Stat のファイルをそのまま）",
            "people (one of these): the census by mesh, as e-Stat ships it",
        ),
        {"population": {"kind": "estat_mesh", "path": ["tblT001142Q5440.txt", "tblT001142Q5540.txt"]}},
    ),
    (
        Text("人口: 小地域（境界の zip と統計表）", "people: small areas (outlines and table)"),
        {
            "population": {
                "kind": "small_area",
                "boundaries": ["A002005212020DDSWC08202.zip"],
                "table": ["tblT001082C08.txt"],
            }
        },
    ),
    (
        Text("人口: 座標つきのセル、または人口のある点・面", "people: cells with positions, or points and polygons"),
        {
            "population": {
                "kind": "cells_csv",
                "path": "cells.csv",
                "lon": "経度",
                "lat": "緯度",
                "persons": "人口",
                "year": 2025,
                "base_date": "2025-04-01",
            }
        },
    ),
    (
        Text("地区（学区など）の区域", "areas of districts"),
        {"districts": {"path": "A27-21_08.zip"}},
    ),
    (
        Text(
            "地区別・年齢別人口（住民基本台帳）: セルの人口をこれに合わせる", "official totals that cells are fitted to"
        ),
        {"controls": [{"path": "地区別年齢別人口.csv", "date": "2025-04-01"}]},
    ),
    (
        Text("昼間人口と流入通勤者", "daytime population and commuters"),
        {"daytime": {"path": ["昼間人口.csv"], "year": 2020}},
    ),
    (Text("将来推計人口メッシュ", "projected population"), {"outlook": {"path": ["500m_mesh_2024_08.zip"]}}),
    (
        Text("時刻表（GTFS・GTFS-JP。zip かフォルダー、いくつでも）", "timetables (GTFS, GTFS-JP; any number)"),
        {"gtfs": [{"path": "bus.zip"}, {"path": "rail.zip"}]},
    ),
    (
        Text("BRT とみなす路線（id か名前、* も可）", "routes that count as BRT (* is allowed)"),
        {"brt_routes": ["BRT*"]},
    ),
    (
        Text("道路（OpenStreetMap の抽出）と標高。なければ直線距離 × 係数", "streets and heights; else straight line"),
        {"streets": {"osm_pbf": "kanto-latest.osm.pbf", "elevation": "dem.tif"}},
    ),
    (Text("道路がないとき", "without streets"), {"streets": {"detour": 1.3, "car_detour": 1.4}}),
    (
        Text("国土数値情報（zip のまま。種類は自動で見分ける）", "National Land Numerical Information, as downloaded"),
        {"ksj": ["P29-21_08_GML.zip", "A31-12_08_GML.zip"]},
    ),
    (
        Text("町丁目の位置（住所だけの一覧に場所を付ける）", "町丁目 points, to place lists that hold addresses"),
        {"towns": {"path": ["08202_2023.csv"]}},
    ),
    (
        Text("施設の一覧", "lists of facilities"),
        {"facilities": [{"path": "医療機関一覧.csv", "kind": "clinic", "name": "名称", "lon": "経度", "lat": "緯度"}]},
    ),
    (
        Text("市の区域（停留所が市内かを決める）", "the municipality: which stops are inside"),
        {
            "boundaries": [
                {
                    "path": "N03-20240101_08_GML.zip",
                    "kind": "municipality",
                    "id": "N03_007",
                    "name": "N03_004",
                    "where": {"N03_007": "08202"},
                }
            ]
        },
    ),
    (Text("みんなの声", "opinions of residents"), {"opinions": [{"path": "みんなの声.csv"}]}),
    (
        Text("公式の数値（評価の基準値・目標値）", "official figures: baselines and targets"),
        {
            "targets": [
                {
                    "kpi_id": "clinics_count",
                    "kind": "baseline",
                    "year": 2023,
                    "date": "2023-10-01",
                    "value": 60,
                    "unit": "count",
                    "label": "一般診療所数",
                    "source": "医療施設調査",
                }
            ]
        },
    ),
    (
        Text("出典（書かないファイルには既定の表示が付く）", "sources; files without one get a usual line"),
        {
            "sources": [
                {
                    "id": "bus",
                    "layer": "timetable",
                    "title": {"ja": "○○バス GTFS-JP", "en": "Bus GTFS-JP"},
                    "credit": "○○バス",
                    "licence": "CC BY 4.0",
                    "date": "2025-04-01",
                    "status": "observed",
                }
            ]
        },
    ),
)
"""What a layer is, and keys and values that read it; a test builds a configuration of each."""


def template_text(lang: str = "ja", *, base: str | None = None) -> str:
    """
    Return a commented configuration with every layer.

    Parameters
    ----------
    lang
        Language of the comments.
    base
        City that lends the layers no file brings; a name or the path of a city folder.
    """
    lines = [f"# {_TOP.get(lang)}", "", "id: my-city", 'name: {ja: "わたしの市", en: My city}', "inputs: ."]
    if base is not None:
        lines += ["", f"# {_BASE.get(lang)}", *block({"base": base})]
    for title, example in LAYERS:
        lines += ["", f"# {title.get(lang)}", *commented(block(example))]
    return "\n".join(lines) + "\n"


_BASE = Text("ない層を借りる都市", "the city that lends layers no file brings")
