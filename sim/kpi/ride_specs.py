"""Owns what is known beforehand of the KPIs of rides: boardings, linked trips, transfers, kilometres by car."""

from __future__ import annotations

from geodata.errors import Text
from sim.fare_params import FARE_PARAMETERS
from sim.kpi.spec import DEFAULT, NO_ASSUMED, ROUTING_PARAMETERS, KpiSpec
from sim.ride_params import RIDE_PARAMETERS

_LAYERS = (
    "population",
    "timetable",
    "facilities",
    "streets",
    "targets",
    "on_demand",
    "autonomous",
    "hubs",
    "entrances",
    "fare_changes",
    "behaviour",
)
_ROUTING = tuple(name for name in ROUTING_PARAMETERS if name != "walk_detour")
RIDE_KPI_PARAMETERS = (
    *RIDE_PARAMETERS,
    *FARE_PARAMETERS,
    *ROUTING_PARAMETERS,
    "licence_shares",
    "licence_return_share",
    "licence_return_from_age",
    "car_peak_kmh",
    "car_offpeak_kmh",
    "car_terminal_min",
    "works_start",
    "school_bell",
)
"""Parameters that rides rest on."""
_RESPONSES = {
    "low": Text("反応が弱い（運賃弾力性の弱い端）", "weak response (weak end of the fare elasticity)"),
    "high": Text("反応が強い（運賃弾力性の強い端）", "strong response (strong end of the fare elasticity)"),
}
_SETTINGS = {
    "default": Text("増分ロジット（既定）", "incremental logit (default)"),
    "elasticity": Text(
        "弾力性（本数か待ち・運賃・時間、±50 %まで）", "elasticities (frequency or wait, fare, time; ±50 %)"
    ),
    **_RESPONSES,
    "no_assumed_lines": NO_ASSUMED,
}
_FEWER = {"default": DEFAULT, **_RESPONSES, "no_assumed_lines": NO_ASSUMED}
_RESIDENTS = Text(
    "住民のモデル。公表値は乗車回数で、市外からの通勤・通学・来訪も含む",
    "a residents' model; the official figure counts boardings, those of commuters and visitors from outside included",
)

RIDE_KPIS: tuple[KpiSpec, ...] = (
    KpiSpec(
        "bus_rides_per_citizen",
        Text("市民1人当たりのバス交通等の利用回数", "bus rides per citizen and year"),
        "ratio",
        "up",
        Text(
            f"公表値 × 試算 ÷ 基準の試算。試算＝Σ(移動回数×バスの割合×乗車回数) ÷ 人口（{_RESIDENTS.ja}）",
            f"official figure × model ÷ model at the baseline; model = Σ trips × share by bus × boardings ÷ residents "
            f"({_RESIDENTS.en})",
        ),
        _SETTINGS,
        _LAYERS,
        RIDE_KPI_PARAMETERS,
        decimals=2,
        rate=True,
        companion="bus_rides_total",
        proof="linked_trips_total",
    ),
    KpiSpec(
        "bus_rides_total",
        Text("バス交通等の利用回数", "bus rides a year"),
        "rides",
        "up",
        Text(
            "公表値 × 基準の人口 × 試算 ÷ 基準の試算（乗車回数）",
            "official figure × residents × model ÷ baseline model",
        ),
        _SETTINGS,
        _LAYERS,
        RIDE_KPI_PARAMETERS,
        decimals=0,
        companion="bus_rides_per_citizen",
        proof="linked_trips_total",
    ),
    KpiSpec(
        "linked_trips_total",
        Text("乗換を1回と数えた移動回数", "linked trips a year"),
        "rides",
        "up",
        Text("バスに1度でも乗る移動の数（乗り換えても1回）", "trips with at least one bus, however often one changes"),
        _FEWER,
        _LAYERS,
        RIDE_KPI_PARAMETERS,
        decimals=0,
    ),
    KpiSpec(
        "transfers_per_trip",
        Text("1移動当たりの乗換回数", "transfers per trip"),
        "ratio",
        "none",
        Text("乗換回数（鉄道との乗換を含む） ÷ バスに乗る移動の数", "changes (with trains too) ÷ trips with a bus"),
        _FEWER,
        _LAYERS,
        RIDE_KPI_PARAMETERS,
        decimals=2,
    ),
    KpiSpec(
        "car_vehicle_km",
        Text("自動車の走行キロ", "car kilometres a year"),
        "km",
        "down",
        Text(
            "Σ 移動回数 ×（自動車の割合＋家族送迎・タクシーの割合×空の戻り）× 距離（目的地は基準で固定）",
            "Σ trips × (share by car + by lift and taxi × empty way back) × distance; destinations as at the baseline",
        ),
        _FEWER,
        _LAYERS,
        RIDE_KPI_PARAMETERS,
        decimals=0,
    ),
)
