"""Owns the list of indicators of まちづくりの健康診断: words, definition, where the value comes from."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """
    One indicator.

    Parameters
    ----------
    key
        Its name in our CSV.
    part
        ``living``, ``functions``, ``transport``, ``safety``, ``economy``, ``finance`` or ``energy``.
    title, definition
        As the handbook or the tool calls it; which definition our value goes by. ``{station}``, ``{stop}`` and
        ``{frequent}`` stand for the settings of the run.
    source
        ``kind:name``: a KPI, a share of circles, a column of the zones …; ``none:reason`` where the model has nothing.
    unit, decimals
        ``share``, or words of `health_unit_…`.
    tool
        Column of the CSV of MLIT's tool; "" where it has none.
    """

    key: str
    part: str
    title: Text
    definition: Text
    source: str
    unit: str = "share"
    decimals: int = 1
    tool: str = ""


_WALK = Text(
    "駅 {station} m・停留所 {stop} m（直線）。都市構造評価ツールの既定と同じ半径",
    "stations {station} m, stops {stop} m (straight line), the tool's own radii",
)
_SERVICE = Text(
    "施設から 800 m（直線）。境界のメッシュは面積で数える", "800 m of a facility (straight line); cut cells by area"
)
_ZONE = Text("区域の面が登録されているとき（zones の表と同じ）", "where polygons of the area are given (table zones)")
_NO = Text("このモデルの対象外", "not in this model")


def _i(  # noqa: PLR0917 - one line of a list
    key: str, part: str, title: Text, source: str, definition: Text = _NO, unit: str = "share", decimals: int = 1,
    tool: str = "",
) -> Indicator:  # fmt: skip
    return Indicator(key, part, title, definition, source, unit, decimals, tool)


INDICATORS: tuple[Indicator, ...] = (
    _i(
        "rpa_pop_share", "living", Text("居住誘導区域内人口割合",
        "share of residents in the residential guidance area"),
        "zone:residential_guidance/persons_share", _ZONE, tool="IF101 trend_vs_past_rpa_pop_share",
    ),
    _i(
        "rpa_pop_density", "living", Text("居住誘導区域における人口密度", "density in the residential guidance area"),
        "zone:residential_guidance/persons_per_ha", _ZONE, "per_ha", tool="IF101 pop_density_rpa",
    ),
    _i(
        "daily_services_cover", "living",
        Text("日常生活サービスの徒歩圏カバー率", "walking coverage by all services of daily life"), "cover:daily",
        Text(
            "医療・福祉・商業の 800 m と、駅 {station} m・停留所 {stop} m のすべてに入る人口（直線）",
            "residents within 800 m of medical, welfare and shops, and {station} m / {stop} m of transit",
        ),
    ),
    _i(
        "medical_cover", "living", Text("生活サービス施設の徒歩圏人口カバー率（医療）", "walking coverage: medical"),
        "cover:medical", _SERVICE,
    ),
    _i(
        "welfare_cover", "living", Text("生活サービス施設の徒歩圏人口カバー率（福祉）", "walking coverage: welfare"),
        "cover:welfare", _SERVICE,
    ),
    _i(
        "shop_cover", "living", Text("生活サービス施設の徒歩圏人口カバー率（商業）", "walking coverage: shops"),
        "cover:shop",
        _SERVICE,
    ),
    _i(
        "nursery_cover", "living", Text("保育所の徒歩圏0〜5歳人口カバー率", "children of 0–5 near a nursery"),
        "none:ages"
    ),
    _i(
        "elderly_without_medical", "living",
        Text("高齢者徒歩圏に医療機関がない住宅の割合", "dwellings without medical care in an elderly walk"),
        "none:dwellings",
    ),
    _i(
        "ufia_facility_share", "functions",
        Text("都市機能誘導区域内の誘導施設の割合", "share of facilities in the urban function area"), "none:functions",
        tool="IF102 ufia_facility_share_total",
    ),
    _i(
        "rail_cover", "transport", Text("鉄道の徒歩圏人口カバー率", "residents near a railway station"), "cover:rail",
        _WALK,
        tool="IF104 rail_pop_coverage",
    ),
    _i(
        "bus_cover", "transport", Text("バスの徒歩圏人口カバー率", "residents near a bus or BRT stop"), "cover:bus",
        _WALK,
        tool="IF104 bus_pop_coverage",
    ),
    _i(
        "transit_cover", "transport", Text("公共交通の徒歩圏人口カバー率", "residents near public transport"),
        "kpi:transit_coverage_share", _WALK, tool="IF104 transit_pop_coverage",
    ),
    _i(
        "frequent_cover", "transport",
        Text("基幹的公共交通路線の徒歩圏人口カバー率", "residents near a main line of public transport"),
        "kpi:frequent_stop_share",
        Text(
            "平日片道 {frequent} 本/日以上（全路線の合計）の駅 {station} m・停留所 {stop} m（直線）",
            "≥ {frequent} departures a weekday each way, all routes; stations {station} m, stops {stop} m",
        ),
    ),
    _i(
        "transit_density", "transport", Text("公共交通沿線地域の人口密度", "density along public transport"),
        "cover:transit/per_ha", _WALK, "per_ha",
    ),
    _i(
        "transit_mode_share", "transport", Text("公共交通の機関分担率", "share of trips by public transport"),
        "modes:bus",
        Text("市民の市内の移動のうちバス（鉄道の移動はモデルにない）",
        "bus, of residents' trips in the city; no railway trips"),
    ),
    _i(
        "walk_mode_share", "transport", Text("徒歩・自転車の機関分担率", "share of trips on foot"), "modes:walk",
        Text("市民の市内の移動のうち徒歩（自転車を含まない）", "on foot, of residents' trips in the city; no bicycles"),
    ),
    _i(
        "car_km_person_day", "transport",
        Text("市民一人当たりの自動車総走行台キロ", "car kilometres per resident and day"), "per_person:car_vehicle_km",
        Text("住民の自家用車だけ（通過・業務を含まない）÷ 人口 ÷ 365", "residents' cars only ÷ residents ÷ 365"),
        "km_day", 1,
    ),
    _i(
        "catchment", "transport", Text("駅勢圏内の人口比率（総合戦略の指標）",
        "share in station catchments (strategy)"),
        "kpi:catchment_population_share",
        Text("公表値に変化を足したもの。定義は公表されていない",
        "official figure plus change; its definition is not public"),
    ),
    _i(
        "shelter_walk", "safety",
        Text("最寄り避難場所までの距離（指定避難所まで歩く時間で示す）", "way to the nearest shelter (as a walk)"),
        "kpi:shelter_walk_min",
        Text("平均距離ではなく、歩く時間の中央値", "the median walk, not a mean distance"), "min", 1,
    ),
    _i(
        "flood_pop_share", "safety", Text("洪水浸水想定区域内の人口割合", "share of residents in the flood area"),
        "zone:flood/persons_share",
        Text("浸水深は問わない（ツールは 0.5 m 以上）", "whatever the depth (the tool: 0.5 m and more)"),
        tool="IF103 flood_assumed_0p5m_inundation_pop_share",
    ),
    _i(
        "landslide_pop_share", "safety", Text("土砂災害警戒区域内の人口割合",
        "share of residents in the landslide area"),
        "zone:landslide/persons_share", _ZONE,
    ),
    _i(
        "tsunami_pop_share", "safety", Text("津波浸水想定区域内の人口割合", "share of residents in the tsunami area"),
        "zone:tsunami/persons_share",
        Text("浸水深は問わない（ツールは 2 m 以上）", "whatever the depth (the tool: 2 m and more)"),
        tool="IF103 tsunami_2m_inundation_pop_share",
    ),
    _i(
        "road_deaths", "safety", Text("人口1万人当たりの交通事故死亡者数", "road deaths per 10,000"), "none:statistics",
        unit="per_10k",
    ),
    _i("vacancy", "safety", Text("空き家率", "vacant dwellings"), "none:dwellings"),
    _i(
        "new_construction", "economy", Text("居住誘導区域内外の建築新築指数", "new construction inside and outside"),
        "none:statistics", unit="index", tool="IF105 new_construction_index_inside_rpa",
    ),
    _i("land_price", "economy", Text("平均住宅宅地価格", "mean price of residential land"), "none:statistics",
        unit="yen"),
    _i(
        "transit_subsidy_person", "finance", Text("市民一人当たりの公共交通への公的資金",
        "public money for transit per resident"),
        "money:subsidy_per_resident", Text("赤字 ÷ 人口（試算）", "deficit ÷ residents"), "yen", 0,
    ),
    _i(
        "expenditure_person", "finance", Text("市民一人当たりの歳出額", "expenditure per resident"), "none:finance",
        unit="yen", decimals=0, tool="IF106 per_capita_expenditure",
    ),
    _i(
        "land_tax", "finance", Text("固定資産税（土地）", "property tax on land"), "none:finance", unit="yen",
        decimals=0,
        tool="IF106 land_fixed_asset_tax",
    ),
    _i(
        "car_co2_person", "energy", Text("市民一人当たりの自動車CO₂排出量", "car CO₂ per resident"), "per_person:co2_t",
        Text("住民の自家用車と運行車両 ÷ 人口", "residents' cars and vehicles in service ÷ residents"), "t_person", 2,
    ),
    _i(
        "home_co2_person", "energy", Text("家庭部門の市民一人当たりCO₂排出量", "household CO₂ per resident"),
        "none:statistics", unit="t_person",
    ),
)  # fmt: skip
"""In the order of the sheet: 居住、都市機能、生活機能（交通・防災）、地域経済、財政、エネルギー."""
