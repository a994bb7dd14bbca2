"""Owns the meaning of every model parameter: label, unit, low/mid/high, source and status."""

from __future__ import annotations

from geodata.errors import Text
from geodata.provenance import Status, weakest
from sim.clinic_params import CLINIC_PARAMETERS
from sim.equity_params import EQUITY_PARAMETERS
from sim.fare_params import FARE_PARAMETERS
from sim.office_params import OFFICE_PARAMETERS
from sim.on_demand_params import ON_DEMAND_PARAMETERS
from sim.operation_params import OPERATION_PARAMETERS
from sim.parameter import OWN_CHOICE as _OWN_CHOICE
from sim.parameter import Parameter
from sim.people_params import PEOPLE_PARAMETERS
from sim.ride_params import RIDE_PARAMETERS

_HANDBOOK = Text(
    "都市構造の評価に関するハンドブック（国土交通省, 2014）の徒歩圏。原文未確認（二次資料による）",
    "MLIT handbook for evaluating urban structure (2014), via secondary sources",
)
_A, _O, _E, _M = Status.ASSUMED, Status.OBSERVED, Status.OFFICIAL_ESTIMATE, Status.MODELLED

PARAMETERS: dict[str, Parameter] = {
    "walk_standard_m_min": Parameter(
        Text("歩行速度（標準）", "walking speed, standard"),
        "m/min",
        70.0,
        80.0,
        84.0,
        Text(
            "不動産の表示 80 m/分、成人の自由歩行 82–84 m/分",
            "property advertising rule 80 m/min; adults walk 82–84",
        ),
        _O,
    ),
    "walk_older_m_min": Parameter(
        Text("歩行速度（75歳以上）", "walking speed, 75 and older"),
        "m/min",
        48.0,
        60.0,
        70.0,
        Text(
            "高齢者 60 m/分の目安、48 m/分以下は歩行機能の低下",
            "60 m/min as a rule of thumb; below 48 impaired",
        ),
        _A,
        confirm=True,
    ),
    "older_from_age": Parameter(
        Text("「高齢の歩行者」とする年齢", "age from which the older walker is used"),
        "years",
        65.0,
        75.0,
        75.0,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "walk_detour": Parameter(
        Text(
            "徒歩の迂回率（道路網がない都市）",
            "detour factor on foot (cities without streets)",
        ),
        "ratio",
        1.2,
        1.3,
        1.4,
        Text(
            "一般的な市街地の値。道路網データがないため仮定",
            "usual in towns; assumed for want of a street network",
        ),
        _A,
        confirm=True,
    ),
    "max_access_min": Parameter(
        Text("停留所までの徒歩の上限", "longest walk to or from a stop"), "min", 15.0, 20.0, 30.0, _OWN_CHOICE, _A
    ),
    "max_transfer_walk_min": Parameter(
        Text("乗換の徒歩の上限", "longest walk between stops"), "min", 5.0, 10.0, 15.0, _OWN_CHOICE, _A
    ),
    "max_direct_walk_min": Parameter(
        Text("徒歩だけで行く上限", "longest walk all the way"), "min", 30.0, 60.0, 60.0, _OWN_CHOICE, _A
    ),
    "max_transfers": Parameter(Text("乗換回数の上限", "transfers at most"), "count", 2.0, 3.0, 4.0, _OWN_CHOICE, _A),
    "change_min": Parameter(
        Text("同じ停留所での乗換時間", "time to change at the same stop"), "min", 0.0, 0.0, 5.0, _OWN_CHOICE, _A
    ),
    "cutoff_min": Parameter(
        Text("到達とみなす所要の上限", "longest journey that counts as reached"),
        "min",
        120.0,
        180.0,
        240.0,
        _OWN_CHOICE,
        _A,
    ),
    "catchment_setting": Parameter(
        Text("駅勢圏の定義（既定）", "definition of the station catchment (default)"),
        "",
        None,
        None,
        None,
        Text(
            "市の定義は公表されていない。どの定義も公式ではない",
            "the city's definition is not public; none is called official",
        ),
        _A,
        confirm=True,
    ),
    "coverage_station_m": Parameter(
        Text("公共交通カバー圏: 駅", "transit coverage: stations"), "m", None, 800.0, None, _HANDBOOK, _E, confirm=True
    ),
    "coverage_stop_m": Parameter(
        Text("公共交通カバー圏: 停留所", "transit coverage: stops"), "m", None, 300.0, None, _HANDBOOK, _E, confirm=True
    ),
    "gap_station_m": Parameter(
        Text("交通空白: 駅からの距離", "transit gap: distance from stations"),
        "m",
        None,
        500.0,
        None,
        Text("公共交通不便地域（国土交通省の例, 報道による）", "MLIT's example of poorly served areas, via press"),
        _E,
        confirm=True,
    ),
    "gap_stop_m": Parameter(
        Text("交通空白: 停留所からの距離", "transit gap: distance from stops"),
        "m",
        None,
        300.0,
        None,
        Text("公共交通不便地域（国土交通省の例, 報道による）", "MLIT's example of poorly served areas, via press"),
        _E,
        confirm=True,
    ),
    "frequent_departures": Parameter(
        Text("基幹的とみなす片道本数", "departures a day each way that count as frequent"),
        "departures/day",
        None,
        30.0,
        None,
        _HANDBOOK,
        _A,
        confirm=True,
    ),
    "clinic_within_min": Parameter(
        Text("医療機関まで「行ける」とする時間", "time limit to a clinic"), "min", None, 30.0, None, _OWN_CHOICE, _M
    ),
    "city_office_within_min": Parameter(
        Text("市役所・支所まで「行ける」とする時間", "time limit to a city office"),
        "min",
        None,
        30.0,
        None,
        _OWN_CHOICE,
        _M,
    ),
    "shelter_max_walk_min": Parameter(
        Text("避難所まで歩く上限", "longest walk to a shelter"), "min", None, 240.0, None, _OWN_CHOICE, _M
    ),
    "mobile_office_walk_m": Parameter(
        Text("動く市役所の利用圏（徒歩）", "catchment of the mobile office on foot"),
        "m",
        300.0,
        500.0,
        500.0,
        Text("高齢者徒歩圏 500 m（国土交通省の例）", "500 m for older walkers (MLIT's example)"),
        _A,
        confirm=True,
    ),
    "mobile_office_walk_short_m": Parameter(
        Text("動く市役所の利用圏（抵抗なく歩ける距離）", "catchment of the mobile office, easy walk"),
        "m",
        200.0,
        300.0,
        400.0,
        Text("高齢者が抵抗なく歩く 200–400 m（北川ら）", "200–400 m that older people walk without reluctance"),
        _A,
        confirm=True,
    ),
    "commute_leave_from": Parameter(
        Text("通学・通勤で家を出てよい最も早い時刻", "earliest time of leaving home for school or work"),
        "HH:MM",
        None,
        None,
        None,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "school_bell": Parameter(
        Text("高校の始業", "first bell of the high schools"), "HH:MM", None, None, None, _OWN_CHOICE, _A, confirm=True
    ),
    "school_home_from": Parameter(
        Text("高校を出る時刻（部活動のあと）", "leaving school, after clubs"),
        "HH:MM",
        None,
        None,
        None,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "school_home_by": Parameter(
        Text("高校から家に着く時刻の上限", "home from school by"),
        "HH:MM",
        None,
        None,
        None,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "school_within_min": Parameter(
        Text("高校まで「通える」とする片道の時間", "time limit to a high school, one way"),
        "min",
        45.0,
        60.0,
        90.0,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "works_start": Parameter(
        Text("大規模事業所の始業", "start of work at large workplaces"),
        "HH:MM",
        None,
        None,
        None,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "works_within_min": Parameter(
        Text("大規模事業所まで「通える」とする片道の時間", "time limit to a large workplace, one way"),
        "min",
        45.0,
        60.0,
        90.0,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "main_station": Parameter(
        Text("主要駅（駅前または駅の名称）", "main station (name of a station front or station)"),
        "",
        None,
        None,
        None,
        Text(
            "第3期総合戦略の「日立駅前地区」。この名称がない都市では、平日の発車が最も多い駅",
            "the station front of the city's third strategy; elsewhere the station with most weekday departures",
        ),
        _M,
    ),
    "last_bus_from": Parameter(
        Text("最終の便を探す時間帯の始め", "last bus: looked for from"), "HH:MM", None, None, None, _OWN_CHOICE, _A
    ),
    "last_bus_to": Parameter(
        Text("最終の便を探す時間帯の終わり", "last bus: looked for until"), "HH:MM", None, None, None, _OWN_CHOICE, _A
    ),
    "last_bus_within_min": Parameter(
        Text("主要駅から家まで「帰れる」とする時間", "time limit home from the main station"),
        "min",
        30.0,
        60.0,
        90.0,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "last_bus_walk_min": Parameter(
        Text("主要駅から歩いて帰るとみなす時間", "walk home from the main station that needs no bus"),
        "min",
        10.0,
        20.0,
        30.0,
        _OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "station_front_within_min": Parameter(
        Text("主要駅前まで「行ける」とする時間", "time limit to the main station front"),
        "min",
        None,
        30.0,
        None,
        _OWN_CHOICE,
        _M,
    ),
    "death_rates": Parameter(
        Text("年齢別の年間死亡率", "deaths per person and year by age"),
        "1/year",
        None,
        None,
        None,
        Text(
            "簡易生命表の水準を丸めた値（要確認）", "rounded from the level of the abridged life table, to be confirmed"
        ),
        _A,
        confirm=True,
    ),
    "mortality_scale": Parameter(
        Text("死亡率の倍率", "factor on death rates"), "ratio", 0.9, 1.0, 1.1, _OWN_CHOICE, _A
    ),
    "births_per_young_adult": Parameter(
        Text("20–39歳1人当たりの年間出生数", "births a year per person aged 20–39"),
        "1/year",
        0.020,
        0.0235,
        0.028,
        Text(
            "出生 644（R6）÷ 20–39歳 27,432（R6.10.1）。第3期総合戦略・茨城県の人口",
            "644 births ÷ 27,432 persons aged 20–39 (FY2024), third strategy of the city",
        ),
        _O,
    ),
    "pivot_reference_share": Parameter(
        Text("参考値とする公表値との差", "gap to the official figure beyond which a value is 参考値"),
        "share",
        None,
        0.20,
        None,
        _OWN_CHOICE,
        _M,
    ),
    "definition_tolerance_share": Parameter(
        Text("「公表値を再現する定義」の幅", "how close a definition must come to the official figure"),
        "share",
        None,
        0.01,
        None,
        _OWN_CHOICE,
        _M,
    ),
    **OFFICE_PARAMETERS,
    **CLINIC_PARAMETERS,
    **ON_DEMAND_PARAMETERS,
    **RIDE_PARAMETERS,
    **FARE_PARAMETERS,
    **OPERATION_PARAMETERS,
    **EQUITY_PARAMETERS,
    **PEOPLE_PARAMETERS,
}
"""Field of `Params` → meaning; the table of METHODS.md and of the page is made from it."""


def parameter_status(*names: str) -> Status:
    """Return the weakest status of the named parameters."""
    return weakest(PARAMETERS[name].status for name in names)
