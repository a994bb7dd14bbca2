"""Owns the KPIs that later parts of the work fill: their ids, words and units are fixed now."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.spec import DEFAULT, Good, KpiSpec, Unit


def _later(  # noqa: PLR0917 -- rows of a table
    kpi_id: str, ja: str, en: str, unit: Unit, good: Good, part: int, decimals: int = 1
) -> KpiSpec:
    formula = Text("この版では未計算", "not computed in this version")
    return KpiSpec(
        kpi_id,
        Text(ja, en),
        unit,
        good,
        formula,
        {"default": DEFAULT},
        decimals=decimals,
        part=part,
    )


LATER_KPIS = (
    _later(
        "bus_rides_per_citizen",
        "市民1人当たりのバス交通等の利用回数",
        "bus rides per citizen and year",
        "ratio",
        "none",
        5,
    ),
    _later("bus_rides_total", "バス交通等の利用回数", "bus rides a year", "rides", "none", 5, 0),
    _later("linked_trips_total", "乗換を1回と数えた移動回数", "linked trips a year", "rides", "up", 5, 0),
    _later("transfers_per_trip", "1移動当たりの乗換回数", "transfers per trip", "ratio", "none", 5, 2),
    _later("drivers_needed", "必要な運転士数", "drivers needed", "count", "none", 5, 0),
    _later("vehicle_km_year", "年間走行キロ", "vehicle kilometres a year", "km", "none", 5, 0),
    _later("operating_cost_yen", "運行経費", "operating cost", "yen", "none", 5, 0),
    _later("subsidy_yen", "補助額", "subsidy", "yen", "none", 5, 0),
    _later("cost_recovery_share", "収支率", "cost recovery", "share", "none", 5),
    _later("car_vehicle_km", "自動車の走行キロ", "car kilometres a year", "km", "down", 5, 0),
    _later("co2_t", "CO₂排出量", "CO₂ emissions", "t", "down", 5, 0),
    _later("access_gini", "行きやすさの地域差（ジニ係数）", "inequality of access (Gini)", "index", "down", 5, 3),
    _later(
        "worst_district_clinic_share",
        "30分で医療機関に行ける人の割合が最も低い地区",
        "lowest district share within 30 min of a clinic",
        "share",
        "up",
        5,
    ),
)
