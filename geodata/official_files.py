"""Owns the checklist of official files: where each is published, which layer it makes, which KPIs it improves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.provenance import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.recognised import RecognisedFile

_CATCHMENT = ("catchment_population_share", "transit_coverage_share", "transit_gap_population")
_TRAVEL = ("clinic_within_30min_share", "city_office_within_30min_share", "station_front_30min_population")


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """
    One official file a city can be built from.

    Parameters
    ----------
    file_id
        Short name.
    portal, dataset
        Site that publishes it, and the name of the data set there; no addresses, which move.
    key
        Key of the configuration that reads it.
    what, code
        What `recognise` calls it; data set of 国土数値情報, "" otherwise.
    kpis
        Ids of the KPIs it improves most.
    before, after
        Status of its layer without and with it.
    note
        What to choose when downloading.
    """

    file_id: str
    portal: Text
    dataset: Text
    key: str
    what: tuple[str, ...]
    kpis: tuple[str, ...]
    before: Status
    after: Status
    note: Text
    code: str = ""

    def is_in(self, files: Iterable[RecognisedFile]) -> bool:
        """Return whether a folder of recognised files holds it."""
        return any(f.what in self.what and (not self.code or f.traits.get("dataset") == self.code) for f in files)


_ESTAT = Text("e-Stat 政府統計の総合窓口「統計地理情報システム」", "e-Stat, 統計地理情報システム (statistical GIS)")
_KSJ = Text("国土数値情報ダウンロードサイト（国土交通省）", "National Land Numerical Information (MLIT)")
_OPEN = Text("市のオープンデータカタログ", "the city's open data catalogue")


def _ksj(  # noqa: PLR0917 -- the fields that differ
    code: str, title: Text, kpis: tuple[str, ...], before: Status, after: Status, note: Text, key: str = "ksj"
) -> OfficialFile:
    named = Text(f"{title.ja}（{code}）", f"{title.en} ({code})")
    what = ("municipality",) if code == "N03" else ("ksj",)
    return OfficialFile(code, _KSJ, named, key, what, kpis, before, after, note, code="" if code == "N03" else code)


OFFICIAL_FILES: tuple[OfficialFile, ...] = (
    OfficialFile(
        "gtfs-jp",
        Text(
            "GTFSデータリポジトリ、公共交通オープンデータセンター、各事業者のサイト",
            "GTFS Data Repository, Public Transportation Open Data Center, sites of operators",
        ),
        Text("標準的なバス情報フォーマット（GTFS-JP）", "standard bus format GTFS-JP"),
        "gtfs",
        ("gtfs",),
        (*_CATCHMENT, "frequent_stop_share", *_TRAVEL, "last_bus_time", "school_arrival_share"),
        Status.NO_DATA,
        Status.OBSERVED,
        Text("市内を走る事業者すべて。基準日が有効期間に入る版", "every operator in the city; valid on the day wanted"),
    ),
    OfficialFile(
        "census-mesh",
        _ESTAT,
        Text(
            "統計データ → 国勢調査 → 5次メッシュ（250 m）または 4次メッシュ（500 m）→ 人口及び世帯",
            "統計データ → 国勢調査 → 250 m or 500 m mesh → population and households",
        ),
        "population",
        ("estat_mesh",),
        (*_CATCHMENT, "frequent_stop_share", "clinics_per_100k", *_TRAVEL, "shelter_walk_min"),
        Status.NO_DATA,
        Status.OBSERVED,
        Text("1 次メッシュごとの zip。市にかかるものをすべて", "one zip for each 80 km square that the city touches"),
    ),
    OfficialFile(
        "census-small-area",
        _ESTAT,
        Text(
            "統計データ・境界データ → 国勢調査 → 小地域（町丁・字等）",
            "統計データ and 境界データ → 国勢調査 → 小地域 (small areas)",
        ),
        "population",
        ("small_area", "small_area_table"),
        (*_CATCHMENT, "worst_district_clinic_share", "access_gini"),
        Status.NO_DATA,
        Status.MODELLED,
        Text("境界（Shapefile, 世界測地系緯度経度）と年齢別の表", "outlines (Shapefile, degrees) and the table by age"),
    ),
    OfficialFile(
        "district-population",
        _OPEN,
        Text("住民基本台帳 地区別・年齢別人口", "resident register: population by district and age"),
        "controls",
        ("controls",),
        ("catchment_population", "clinics_per_100k", "worst_district_clinic_share"),
        Status.MODELLED,
        Status.MODELLED,
        Text(
            "CSV（地区の列と年齢の列）。合計は公表値に一致し、メッシュへの配分は試算",
            "CSV by district and age: totals become official, their spread over cells stays modelled",
        ),
    ),
    OfficialFile(
        "did",
        Text("e-Stat、国土数値情報（A16）", "e-Stat, National Land Numerical Information (A16)"),
        Text("人口集中地区（DID）境界と人口", "densely inhabited districts with population"),
        "population",
        ("did",),
        _CATCHMENT,
        Status.NO_DATA,
        Status.MODELLED,
        Text("国勢調査メッシュがないときだけ", "only where there is no census by mesh"),
    ),
    OfficialFile(
        "future-mesh",
        _KSJ,
        Text("500mメッシュ別将来推計人口（または 250m・1km）", "projected population by 500 m mesh (or 250 m, 1 km)"),
        "outlook",
        ("future_mesh",),
        ("catchment_population_share", "transit_gap_population"),
        Status.NO_DATA,
        Status.OFFICIAL_ESTIMATE,
        Text("国立社会保障・人口問題研究所の推計に基づくもの", "based on the projection of the population institute"),
    ),
    OfficialFile(
        "towns",
        Text("位置参照情報ダウンロードサービス（国土交通省）", "location reference information (MLIT)"),
        Text("大字・町丁目レベル位置参照情報", "positions of 大字 and 町丁目"),
        "towns",
        ("towns",),
        ("clinic_within_30min_share", "clinic_nearest_min"),
        Status.NO_DATA,
        Status.MODELLED,
        Text("住所だけの施設一覧に位置を付ける", "places lists that hold addresses only"),
    ),
    OfficialFile(
        "osm",
        Text("OpenStreetMap（Geofabrik の日本の抽出）", "OpenStreetMap (extracts of Japan by Geofabrik)"),
        Text("地方ごとの .osm.pbf", ".osm.pbf of the region"),
        "streets",
        ("osm_pbf", "graphml"),
        (*_TRAVEL, "clinic_nearest_min", "shelter_walk_min"),
        Status.ASSUMED,
        Status.OBSERVED,
        Text("市の周りだけが読まれます", "only what lies around the city is read"),
    ),
    OfficialFile(
        "elevation",
        Text("基盤地図情報ダウンロードサービス（国土地理院）", "Fundamental Geospatial Data (GSI)"),
        Text("数値標高モデル（GeoTIFF に変換したもの）", "digital elevation model, converted to GeoTIFF"),
        "streets",
        ("elevation",),
        ("clinic_nearest_min", "shelter_walk_min"),
        Status.ASSUMED,
        Status.OBSERVED,
        Text("坂の多い市で歩く時間が変わります", "changes walking times where there are hills"),
    ),
    OfficialFile(
        "medical",
        Text("医療情報ネット（厚生労働省）、自治体標準オープンデータセット", "医療情報ネット, municipal data sets"),
        Text("病院・診療所のオープンデータ、医療機関一覧", "open data of hospitals and clinics"),
        "facilities",
        ("facilities",),
        ("clinics_count", "clinics_per_100k", "clinic_within_30min_share", "clinic_round_trip_share"),
        Status.NO_DATA,
        Status.OBSERVED,
        Text("診療科・診療時間つき", "with departments and hours"),
    ),
    OfficialFile(
        "facilities",
        Text("自治体標準オープンデータセット（市のカタログ）", "municipal standard data sets (the city's catalogue)"),
        Text("公共施設一覧、指定緊急避難場所一覧", "public facilities, designated shelters"),
        "facilities",
        ("facilities",),
        ("city_office_within_30min_share", "shelter_walk_min"),
        Status.NO_DATA,
        Status.OBSERVED,
        Text("CSV のまま。列は見出しから読み取ります", "CSV as it is: columns are told by their headings"),
    ),
    OfficialFile(
        "opinions",
        Text("市の調査", "the city's own survey"),
        Text("みんなの声（場所・テーマ・意見・年代）", "opinions: place, theme, text, age group"),
        "opinions",
        ("opinions",),
        (),
        Status.NO_DATA,
        Status.OBSERVED,
        Text("氏名や連絡先の列は読みません", "columns of names and contacts are never read"),
    ),
    _ksj("N03", Text("行政区域", "administrative areas"), _CATCHMENT, Status.ASSUMED, Status.OBSERVED,
         Text("県ごと。市内の停留所とメッシュを選ぶ", "by prefecture; chooses stops and cells"), "boundaries"),
    _ksj("N02", Text("鉄道", "railways"), _CATCHMENT, Status.NO_DATA, Status.ASSUMED,
         Text("鉄道の GTFS がないとき。運行間隔は仮定", "where no feed has trains; headways are assumed")),
    _ksj("P11", Text("バス停留所", "bus stops"), _CATCHMENT, Status.NO_DATA, Status.ASSUMED,
         Text("バスの GTFS がないとき", "where no feed has buses")),
    _ksj("N07", Text("バスルート", "bus routes"), _CATCHMENT, Status.NO_DATA, Status.ASSUMED,
         Text("バスの GTFS がないとき。P11 とともに", "where no feed has buses; together with P11")),
    _ksj("P04", Text("医療機関", "medical institutions"), ("clinics_count", "clinic_within_30min_share"),
         Status.NO_DATA, Status.OBSERVED, Text("座標つき。診療時間はない", "with positions, without hours")),
    _ksj("P29", Text("学校", "schools"), ("school_arrival_share",), Status.NO_DATA, Status.OBSERVED,
         Text("高校への到達に使います", "used for arrivals at high schools")),
    _ksj("P02", Text("公共施設", "public facilities"), ("city_office_within_30min_share",), Status.NO_DATA,
         Status.OBSERVED, Text("平成 18 年", "of 2006")),
    _ksj("P05", Text("市町村役場等及び公的集会施設", "municipal offices and halls"),
         ("city_office_within_30min_share", "mobile_office_coverage_share"), Status.NO_DATA, Status.OBSERVED,
         Text("本庁・支所・公民館", "city halls, branch offices, community centres")),
    _ksj("A27", Text("小学校区", "elementary school districts"), ("worst_district_clinic_share", "access_gini"),
         Status.NO_DATA, Status.OBSERVED, Text("地区別の指標に使えます", "can be the districts of KPIs")),
    _ksj("A31", Text("洪水浸水想定区域", "flood zones"), ("shelter_walk_min",), Status.NO_DATA,
         Status.OFFICIAL_ESTIMATE, Text("区域として重ねます", "laid over as zones")),
    _ksj("A33", Text("土砂災害警戒区域", "landslide zones"), ("shelter_walk_min",), Status.NO_DATA, Status.OBSERVED,
         Text("区域として重ねます", "laid over as zones")),
    _ksj("A50", Text("立地適正化計画区域", "location normalization plan areas"), ("catchment_population_share",),
         Status.NO_DATA, Status.OBSERVED, Text("居住誘導区域・都市機能誘導区域",
                                                    "areas where living or services are guided")),
)  # fmt: skip
