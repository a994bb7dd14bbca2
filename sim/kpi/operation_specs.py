"""Owns what is known beforehand of the KPIs of running vehicles: drivers, kilometres, cost, subsidy, emissions."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.ride_specs import RIDE_KPIS
from sim.kpi.spec import DEFAULT, NO_ASSUMED, KpiSpec

_LINES = ("timetable", "on_demand", "autonomous")
_RIDDEN = tuple(dict.fromkeys([*_LINES, *(layer for spec in RIDE_KPIS for layer in spec.layers)]))
_SETTINGS = {"default": DEFAULT, "no_assumed_lines": NO_ASSUMED}

_DUTIES = (
    "turnaround_min",
    "terminal_join_m",
    "duty_span_h",
    "duty_drive_h",
    "continuous_drive_h",
    "drive_break_min",
    "drive_pause_min",
    "duty_rest_h",
    "week_span_h",
    "week_drive_h",
    "year_span_h",
    "sign_on_min",
    "sign_off_min",
    "depot_run_min",
    "relief_travel_min",
    "driver_days_year",
    "driver_reserve_share",
)
_LENGTHS = ("turnaround_min", "terminal_join_m", "bus_detour")
_COST = (
    *_LENGTHS,
    "deadhead_km_share",
    "bus_cost_yen_km",
    "bus_cost_yen_hour",
    "bus_standard_cost_yen_km",
    "on_demand_cost_yen_hour",
)
_RIDES = tuple(dict.fromkeys(name for spec in RIDE_KPIS for name in spec.parameters))
_BALANCE = tuple(dict.fromkeys([*_COST, *_RIDES]))
_FARES = Text(
    "運賃収入は、仮定の路線を含むときは算定不可（実GTFSが必要）。分析条件 include_assumed_lines で参考値を出す",
    "fares are withheld where assumed lines run (a real GTFS feed is needed), unless the analysis includes them",
)

OPERATION_KPIS: tuple[KpiSpec, ...] = (
    KpiSpec(
        "drivers_needed",
        Text("必要な運転士数", "drivers needed"),
        "persons",
        "none",
        Text(
            "⌈max(Σ 日種別の勤務数 × 年間日数 ÷ 1人の年間乗務日数, 最も多い日の勤務数) ÷（1 − 予備率）⌉ + "
            "デマンド交通の運転者。勤務は改善基準告示（2024年4月）の範囲で便を割り当てて数える",
            "⌈max(Σ duties of a day type × days ÷ days a driver works, duties of the busiest day) ÷ (1 − reserve)⌉ "
            "+ those of on-demand services; duties keep the ministerial standard of April 2024",
        ),
        {
            "default": Text("路線・BRTとデマンド交通、拘束13時間まで", "lines and on-demand, spans up to 13 h"),
            "bus": Text("路線・BRTだけ", "lines only"),
            "span-15h": Text(
                "路線・BRTとデマンド交通、拘束15時間（例外の上限）まで", "spans up to 15 h, the exceptional maximum"
            ),
            "no_assumed_lines": NO_ASSUMED,
        },
        _LINES,
        _DUTIES,
        decimals=0,
    ),
    KpiSpec(
        "vehicle_km_year",
        Text("年間走行キロ", "vehicle kilometres a year"),
        "km",
        "none",
        Text(
            "Σ 便の実車キロ × 年間日数（平日・土曜・日祝）+ デマンド交通の走行キロ（模擬した日の平均 × 年間日数）",
            "Σ kilometres of runs in service × days of the year + kilometres of on-demand vehicles as simulated",
        ),
        {
            "default": Text("実車キロとデマンド交通", "in service, and on-demand"),
            "with-empty": Text("回送を含む", "with empty kilometres"),
            "bus": Text("路線・BRTの実車キロだけ", "lines in service only"),
            "no_assumed_lines": NO_ASSUMED,
        },
        (*_LINES, "population", "facilities", "streets"),
        (*_LENGTHS, "deadhead_km_share"),
        decimals=0,
    ),
    KpiSpec(
        "operating_cost_yen",
        Text("運行経費", "operating cost"),
        "yen",
        "none",
        Text(
            "走行キロ（回送を含む）× 円/km + 実車時間 × 円/時 + デマンド交通の車両時間 × 円/時。"
            "標準経常費用を入力したときは 実車キロ × その単価。資本費（車両）は含めず別に示す",
            "kilometres × yen/km + hours in service × yen/h + on-demand vehicle hours × yen/h; where a standard cost "
            "is entered, kilometres in service × it. Capital is told apart",
        ),
        {
            "default": Text("運行経費（資本費を除く）", "operating cost (without capital)"),
            "with-capital": Text("車両の資本費を含む", "with vehicles' capital"),
            "no_assumed_lines": NO_ASSUMED,
        },
        _LINES,
        (
            *_COST,
            "spare_vehicle_share",
            "bus_price_yen",
            "bus_life_years",
            "on_demand_vehicle_price_yen",
            "on_demand_vehicle_life_years",
        ),
        decimals=0,
    ),
    KpiSpec(
        "subsidy_yen",
        Text("補助額", "subsidy"),
        "yen",
        "none",
        Text(
            f"max(運行経費 − 運賃収入, 0)。{_FARES.ja}",
            f"max(operating cost − fares, 0); {_FARES.en}",
        ),
        {
            "default": Text("国・県・市の計", "state, prefecture and city together"),
            "city": Text("国庫補助（入力）を除く", "without the state's part (as entered)"),
            "no_assumed_lines": NO_ASSUMED,
        },
        _RIDDEN,
        (*_BALANCE, "state_subsidy_share"),
        decimals=0,
    ),
    KpiSpec(
        "cost_recovery_share",
        Text("収支率", "cost recovery"),
        "share",
        "none",
        Text(f"運賃収入 ÷ 運行経費。{_FARES.ja}", f"fares ÷ operating cost; {_FARES.en}"),
        _SETTINGS,
        _RIDDEN,
        _BALANCE,
    ),
    KpiSpec(
        "co2_t",
        Text("CO₂排出量", "CO₂ emissions"),
        "t",
        "down",
        Text(
            "（バスの走行キロ × kg/km + デマンド車両の走行キロ × kg/km + 住民の自家用車の走行キロ × kg/km）÷ 1,000",
            "(bus km × kg/km + on-demand km × kg/km + residents' car km × kg/km) ÷ 1,000",
        ),
        {
            "default": Text("運行車両と住民の自家用車", "vehicles and residents' cars"),
            "vehicles": Text("運行車両だけ", "vehicles of the services only"),
            "no_assumed_lines": NO_ASSUMED,
        },
        _RIDDEN,
        tuple(
            dict.fromkeys(
                [*_LENGTHS, "deadhead_km_share", "bus_co2_kg_km", "on_demand_co2_kg_km", "car_co2_kg_km", *_RIDES]
            )
        ),
        decimals=0,
    ),
)
