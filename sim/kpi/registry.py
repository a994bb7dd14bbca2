"""Owns the registry of KPIs: what each computes, under which settings, from which layers and parameters."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.clinic_specs import CLINIC_KPIS, WITHIN_PARAMETERS, WITHIN_SETTINGS
from sim.kpi.equity_specs import EQUITY_KPIS
from sim.kpi.office_specs import OFFICE_KPIS
from sim.kpi.on_demand_specs import ON_DEMAND_KPIS
from sim.kpi.operation_specs import OPERATION_KPIS
from sim.kpi.ride_specs import RIDE_KPIS
from sim.kpi.spec import CATCHMENT_ONLY, DEFAULT, NO_ASSUMED, ROUTING_PARAMETERS, WALK_PARAMETERS, KpiSpec

CATCHMENT_SETTINGS: dict[str, Text] = {
    "default": DEFAULT,
    "jr-1000m": Text("JR駅 1,000 m", "JR stations 1,000 m"),
    "jr-800m": Text("JR駅 800 m", "JR stations 800 m"),
    "jr800-brt500": Text("JR駅 800 m＋BRT停留所 500 m", "JR 800 m + BRT 500 m"),
    "jr900-brt300": Text("JR駅 900 m＋BRT停留所 300 m", "JR 900 m + BRT 300 m"),
    "district-list": Text("JR駅のある地区の合計", "districts that hold a JR station"),
    "walk-10min": Text("JR駅まで徒歩10分", "10 min walk to a JR station"),
    "jr-fitted": Text("JR駅（公表値を再現する半径）", "JR stations, radius fitted to the official figure"),
    "jr-brt300-fitted": Text("JR駅（公表値を再現する半径）＋BRT停留所 300 m", "JR radius fitted + BRT 300 m"),
    "user-polygon": Text("利用者が描いた区域", "area drawn by the user"),
    "time-15min": Text(
        "JR駅に着きたい時刻の15分前に家を出ればよい（公共交通・デマンド交通・徒歩）",
        "leaving home 15 min before one wants to be at a JR station, by transit, on-demand or on foot",
    ),
    "no_assumed_lines": NO_ASSUMED,
}

_PLAIN = {"default": DEFAULT, "no_assumed_lines": NO_ASSUMED}
_SPREAD = {
    "default": Text("中央値", "median"),
    "p10": Text("10パーセンタイル", "10th percentile"),
    "p90": Text("90パーセンタイル", "90th percentile"),
    "mean": Text("平均（到達不可は上限で数える）", "mean (unreached counted at the limit)"),
    "no_assumed_lines": NO_ASSUMED,
}
_RIDES = ("on_demand", "autonomous", "hubs", "entrances")
_ACCESS_LAYERS = ("population", "timetable", "facilities", "streets", *_RIDES)
_WALK, _ROUTING = WALK_PARAMETERS, ROUTING_PARAMETERS
_ROUTING_STANDARD = tuple(name for name in _ROUTING if name not in {"walk_older_m_min", "older_from_age", "cutoff_min"})
_ACCESS_TEXT = Text(
    "公共交通または徒歩、平日10:00–12:00に着く（既定）、所要の中央値、時刻表に合わせて出発。75歳以上は高齢の歩行者",
    "by public transport or on foot, arriving 10:00–12:00 on a weekday (default), median, leaving for the timetable; "
    "the older walker for 75+",
)


def _access(formula_ja: str, formula_en: str) -> Text:
    return Text(f"{formula_ja}（{_ACCESS_TEXT.ja}）", f"{formula_en} ({_ACCESS_TEXT.en})")


_COMPUTED = (
    KpiSpec(
        "catchment_population_share",
        Text("駅勢圏内の人口比率", "share of residents in station catchments"),
        "share",
        "up",
        Text(
            "（公表の人口＋試算の変化）÷ 人口。試算＝Σ(メッシュ人口×圏内の面積割合)",
            "(official persons + modelled change) ÷ residents; model = Σ cell persons × area share inside",
        ),
        CATCHMENT_SETTINGS,
        ("population", "timetable", "streets", "zones", "targets", *_RIDES),
        ("catchment_setting",),
        rate=True,
        companion="catchment_population",
        only=CATCHMENT_ONLY,
    ),
    KpiSpec(
        "catchment_population",
        Text("駅勢圏内の人口", "residents in station catchments"),
        "persons",
        "up",
        Text(
            "公表の比率×基準人口＋試算の変化",
            "official share × base population + modelled change",
        ),
        CATCHMENT_SETTINGS,
        ("population", "timetable", "streets", "zones", "targets", *_RIDES),
        ("catchment_setting",),
        decimals=0,
        companion="catchment_population_share",
        only=CATCHMENT_ONLY,
    ),
    KpiSpec(
        "transit_coverage_share",
        Text("公共交通カバー率", "transit coverage"),
        "share",
        "up",
        Text(
            "駅800 mまたは停留所300 m（直線）以内の人口 ÷ 人口",
            "residents within 800 m of a station or 300 m of a stop (straight line) ÷ residents",
        ),
        _PLAIN,
        ("population", "timetable"),
        ("coverage_station_m", "coverage_stop_m"),
        rate=True,
    ),
    KpiSpec(
        "transit_gap_population",
        Text("交通空白の人口", "residents without transit nearby"),
        "persons",
        "down",
        Text(
            "駅500 mからも停留所300 mからも外の人口",
            "residents beyond 500 m of stations and 300 m of stops",
        ),
        {
            "default": Text("駅500 m・停留所300 m", "station 500 m, stop 300 m"),
            "1000-500": Text("駅1,000 m・停留所500 m", "station 1,000 m, stop 500 m"),
            "1km": Text("駅・停留所とも1 km", "1 km for both"),
            "no_assumed_lines": NO_ASSUMED,
        },
        ("population", "timetable"),
        ("gap_station_m", "gap_stop_m"),
        decimals=0,
    ),
    KpiSpec(
        "frequent_stop_share",
        Text("本数の多い公共交通のカバー率", "coverage by frequent transit"),
        "share",
        "up",
        Text(
            "平日片道30本以上（全路線の合計）の駅800 m・停留所300 m以内の人口 ÷ 人口",
            "residents near stations or stops with ≥ 30 departures a weekday each way, all routes summed ÷ residents",
        ),
        _PLAIN,
        ("population", "timetable"),
        ("coverage_station_m", "coverage_stop_m", "frequent_departures"),
        rate=True,
    ),
    KpiSpec(
        "clinics_per_100k",
        Text("人口10万人当たりの一般診療所数", "clinics per 100,000 residents"),
        "per_100k",
        "up",
        Text(
            "（公表の診療所数＋試算の増減）÷ 人口 × 10万",
            "(official count + modelled change) ÷ residents × 100,000",
        ),
        _PLAIN,
        ("population", "facilities", "targets"),
        (),
        rate=True,
        companion="clinics_count",
    ),
    KpiSpec(
        "clinics_count",
        Text("一般診療所数", "clinics"),
        "count",
        "up",
        Text(
            "公表の診療所数（58.0×人口）＋試算の増減",
            "official count (rate × residents) + modelled change",
        ),
        _PLAIN,
        ("facilities", "targets"),
        (),
        decimals=1,
        companion="clinics_per_100k",
    ),
    KpiSpec(
        "clinic_within_30min_share",
        Text("30分以内に医療機関へ行ける人の割合", "residents within 30 min of a clinic"),
        "share",
        "up",
        _access(
            "一般診療所・病院まで30分以内の人口 ÷ 人口", "residents within 30 min of a clinic or hospital ÷ residents"
        ),
        WITHIN_SETTINGS,
        _ACCESS_LAYERS,
        ("clinic_within_min", *_ROUTING, *WITHIN_PARAMETERS),
        rate=True,
    ),
    KpiSpec(
        "clinic_nearest_min",
        Text("最も近い医療機関までの所要", "time to the nearest clinic"),
        "min",
        "down",
        _access(
            "最寄りの一般診療所・病院までの時間の、人口による中央値",
            "population-weighted median of the time to the nearest clinic or hospital",
        ),
        _SPREAD,
        _ACCESS_LAYERS,
        _ROUTING,
        rate=True,
    ),
    KpiSpec(
        "city_office_within_30min_share",
        Text("30分以内に市役所・支所へ行ける人の割合", "residents within 30 min of a city office"),
        "share",
        "up",
        _access(
            "本庁・支所まで30分以内の人口 ÷ 人口", "residents within 30 min of the city hall or a branch ÷ residents"
        ),
        _PLAIN,
        _ACCESS_LAYERS,
        ("city_office_within_min", *_ROUTING),
        rate=True,
    ),
    *OFFICE_KPIS,
    KpiSpec(
        "shelter_walk_min",
        Text("指定避難所までの徒歩時間", "walk to a designated shelter"),
        "min",
        "down",
        Text(
            "最寄りの指定避難所までの徒歩時間の、人口による中央値（75歳以上は高齢の歩行者）",
            "population-weighted median walk to the nearest designated shelter (older walker for 75+)",
        ),
        {
            "default": Text("地震・種別を問わない", "earthquake or any"),
            "tsunami": Text("津波", "tsunami"),
            "flood": Text("洪水", "flood"),
            "landslide": Text("土砂災害", "landslide"),
            "no_assumed_lines": NO_ASSUMED,
        },
        ("population", "facilities", "streets"),
        (*_WALK, "shelter_max_walk_min"),
        rate=True,
    ),
    KpiSpec(
        "school_arrival_share",
        Text("高校へ始業までに着き、夕方に帰れる人の割合", "pupils who reach a high school in time and come home"),
        "share",
        "up",
        Text(
            "6:30以降に家を出て8:40までにいずれかの高校に着き、18:00以降にそこを出て20:00までに帰れる15–18歳 ÷ 15–18歳"
            "（片道60分以内、公共交通または徒歩）",
            "persons aged 15–18 who leave home from 06:30, reach any high school by 08:40, and leave it from 18:00 to "
            "be home by 20:00 ÷ persons aged 15–18 (60 min at most each way, public transport or on foot)",
        ),
        _PLAIN,
        _ACCESS_LAYERS,
        (
            "school_bell",
            "commute_leave_from",
            "school_home_from",
            "school_home_by",
            "school_within_min",
            *_ROUTING_STANDARD,
        ),
        rate=True,
    ),
    KpiSpec(
        "works_arrival_share",
        Text("大規模事業所へ8:30までに着ける人の割合", "residents who reach a large workplace by 08:30"),
        "share",
        "up",
        Text(
            "6:30以降に家を出て8:30までにいずれかの大規模事業所に着ける20–64歳 ÷ 20–64歳"
            "（60分以内、公共交通または徒歩）",
            "persons aged 20–64 who leave home from 06:30 and reach any large workplace by 08:30 ÷ persons aged 20–64 "
            "(60 min at most, public transport or on foot)",
        ),
        _PLAIN,
        _ACCESS_LAYERS,
        ("works_start", "commute_leave_from", "works_within_min", *_ROUTING_STANDARD),
        rate=True,
    ),
    KpiSpec(
        "last_bus_time",
        Text("主要駅（駅名は注記）から帰れる最終の時刻", "last useful way home from the main station (see its note)"),
        "time",
        "up",
        Text(
            "駅を出て60分以内に乗り物で（歩くより遅くなく）帰れる最後の時刻（17:00–24:30）の、人口による中央値。"
            "駅から歩いて20分以内の人を除く",
            "population-weighted median of the last time (17:00–24:30) of leaving the station from which a vehicle "
            "leads home within 60 min and no later than walking; without those who live within a 20 min walk",
        ),
        _PLAIN,
        _ACCESS_LAYERS,
        (
            "main_station",
            "last_bus_from",
            "last_bus_to",
            "last_bus_within_min",
            "last_bus_walk_min",
            *(n for n in _ROUTING if n != "cutoff_min"),
        ),
        decimals=0,
        rate=True,
    ),
    KpiSpec(
        "station_front_30min_population",
        Text(
            "30分以内に主要駅前（駅名は注記）へ来られる人口",
            "residents within 30 min of the main station (see its note)",
        ),
        "persons",
        "up",
        _access("主要駅前まで30分以内の人口", "residents within 30 min of the main station front"),
        _PLAIN,
        _ACCESS_LAYERS,
        ("main_station", "station_front_within_min", *_ROUTING),
        decimals=0,
    ),
)


_ALL = (*_COMPUTED, *CLINIC_KPIS, *ON_DEMAND_KPIS, *RIDE_KPIS, *OPERATION_KPIS, *EQUITY_KPIS)
KPIS: dict[str, KpiSpec] = {spec.kpi_id: spec for spec in _ALL}
"""KPI id → specification, in the order of kpi.csv."""
