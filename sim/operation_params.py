"""Owns the parameters of running vehicles: values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter

Money = Annotated[float, Field(ge=0, le=100_000_000)]

_RULES = Text(
    "自動車運転者の労働時間等の改善のための基準（改善基準告示、バス、2024年4月施行。厚生労働省の案内による）",
    "Ministerial standard on drivers' working hours (buses, in force since April 2024), as explained by the ministry",
)
_COST = Text(
    "仮定。乗合バスの実車1 km当たり原価の全国平均 約477円（2018年度、国土交通省、二次資料による）を、人件費の"
    "割合（半分強）で時間と距離に分け、減価償却（資本費）を除いた。地域の公表単価を入力してください",
    "assumed: the national mean of some 477 yen per bus-km (FY2018, MLIT, via secondary sources) divided into hours "
    "and kilometres by the share of personnel (somewhat more than half), without depreciation; enter your region's",
)


class OperationParams(BaseModel):
    """
    Fields of `sim.params.Params` that belong to running vehicles: drivers, vehicles, cost, emissions.

    `bus_standard_cost_yen_km` None = the two-part cost by kilometre and hour; a value, such as the region's published
    standard cost, takes its place.
    """

    turnaround_min: Annotated[int, Field(ge=0, le=60)] = 5
    terminal_join_m: Annotated[float, Field(ge=0, le=2000)] = 200.0
    bus_detour: Annotated[float, Field(ge=1, le=3)] = 1.3
    deadhead_km_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    spare_vehicle_share: Annotated[float, Field(ge=0, le=1)] = 0.1

    duty_span_h: Annotated[float, Field(ge=4, le=15)] = 13.0
    duty_drive_h: Annotated[float, Field(ge=2, le=13)] = 9.0
    continuous_drive_h: Annotated[float, Field(ge=1, le=4)] = 4.0
    drive_break_min: Annotated[int, Field(ge=30, le=120)] = 30
    drive_pause_min: Annotated[int, Field(ge=10, le=60)] = 10
    duty_rest_h: Annotated[float, Field(ge=9, le=16)] = 11.0
    week_span_h: Annotated[float, Field(ge=20, le=65)] = 65.0
    week_drive_h: Annotated[float, Field(ge=10, le=40)] = 40.0
    year_span_h: Annotated[float, Field(ge=1000, le=3300)] = 3300.0
    sign_on_min: Annotated[int, Field(ge=0, le=120)] = 20
    sign_off_min: Annotated[int, Field(ge=0, le=120)] = 20
    depot_run_min: Annotated[int, Field(ge=0, le=60)] = 10
    relief_travel_min: Annotated[int, Field(ge=0, le=120)] = 15
    driver_days_year: Annotated[float, Field(ge=150, le=300)] = 240.0
    driver_reserve_share: Annotated[float, Field(ge=0, le=0.5)] = 0.05

    bus_cost_yen_km: Money = 170.0
    bus_cost_yen_hour: Money = 4300.0
    bus_standard_cost_yen_km: Money | None = None
    on_demand_cost_yen_hour: Money = 2500.0
    bus_price_yen: Money = 25_000_000.0
    bus_life_years: Annotated[float, Field(ge=1, le=40)] = 15.0
    on_demand_vehicle_price_yen: Money = 4_000_000.0
    on_demand_vehicle_life_years: Annotated[float, Field(ge=1, le=40)] = 8.0
    state_subsidy_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0

    bus_co2_kg_km: Annotated[float, Field(ge=0, le=3)] = 0.75
    on_demand_co2_kg_km: Annotated[float, Field(ge=0, le=3)] = 0.15
    car_co2_kg_km: Annotated[float, Field(ge=0, le=1)] = 0.18


def _of(
    ja: str,
    en: str,
    unit: str,
    span: tuple[float, float, float] | float | None,
    source: Text = OWN_CHOICE,
    status: Status = Status.ASSUMED,
) -> Parameter:
    low, mid, high = span if isinstance(span, tuple) else (None, span, None)
    return Parameter(Text(ja, en), unit, low, mid, high, source, status, confirm=True)


def _rule(ja: str, en: str, unit: str, mid: float) -> Parameter:
    return Parameter(Text(ja, en), unit, None, mid, None, _RULES, Status.OBSERVED, confirm=True)


OPERATION_PARAMETERS: dict[str, Parameter] = {
    "turnaround_min": _of("折返しに要る時間（遅れの吸収を含む）", "layover at a terminal", "min", (3, 5, 10)),
    "terminal_join_m": _of("同じ折返し場所とみなす停留所間の距離", "stops this near are one terminal", "m", 200.0),
    "bus_detour": _of(
        "路線バスの道のり ÷ 停留所間の直線（線形がない路線）",
        "road distance of buses ÷ straight hops, where no shape is given",
        "ratio",
        (1.15, 1.3, 1.45),
    ),
    "deadhead_km_share": _of(
        "回送キロ ÷ 実車キロ",
        "empty kilometres to and from the depot ÷ kilometres in service",
        "share",
        (0.05, 0.1, 0.2),
    ),
    "spare_vehicle_share": _of("予備車 ÷ 使用車両", "spare vehicles ÷ vehicles in use", "share", (0.05, 0.1, 0.15)),
    "duty_span_h": _rule(
        "1日の拘束時間（原則。最大 15 時間は例外のため使わない）",
        "span of a duty (the rule; the exceptional 15 h are not used)",
        "h",
        13,
    ),
    "duty_drive_h": _rule("1日の運転時間（2日平均）", "driving a day (mean of two days)", "h", 9),
    "continuous_drive_h": _rule("連続運転時間", "driving without a break", "h", 4),
    "drive_break_min": _rule("連続運転を区切る休憩の合計", "pauses that end continuous driving, in all", "min", 30),
    "drive_pause_min": _rule("休憩として数える1回の長さ", "shortest pause that counts", "min", 10),
    "duty_rest_h": _rule("勤務と勤務の間の休息期間（下限 9 時間）", "rest between duties (9 h at least)", "h", 11),
    "week_span_h": _rule("拘束時間（4週平均の1週）", "span a week (mean of four)", "h", 65),
    "week_drive_h": _rule("運転時間（4週平均の1週）", "driving a week (mean of four)", "h", 40),
    "year_span_h": _rule("拘束時間（年）", "span a year", "h", 3300),
    "sign_on_min": _of("始業点呼・点検", "before the first run: roll call, checks", "min", 20),
    "sign_off_min": _of("終業点呼・納金・清掃", "after the last run", "min", 20),
    "depot_run_min": _of("営業所と起終点の間の回送（片道）", "depot to terminal, one way", "min", 10),
    "relief_travel_min": _of("別の折返し場所で乗り継ぐ運転士の移動", "driver's way to another terminal", "min", 15),
    "driver_days_year": _of(
        "運転士1人の年間乗務日数（年休・公休を除く）", "days a driver works a year", "days", (225, 240, 255)
    ),
    "driver_reserve_share": _of(
        "予備の運転士（病欠・教習）÷ 全運転士", "drivers in reserve ÷ all drivers", "share", (0.03, 0.05, 0.1)
    ),
    "bus_cost_yen_km": _of(
        "路線バスの運行経費（走行1 km、人件費と資本費を除く）",
        "cost of a bus per km (without personnel and capital)",
        "yen/km",
        (130, 170, 210),
        _COST,
    ),
    "bus_cost_yen_hour": _of(
        "路線バスの運行経費（実車1時間、人件費）",
        "cost of a bus per hour in service",
        "yen/h",
        (3600, 4300, 5200),
        _COST,
    ),
    "bus_standard_cost_yen_km": _of(
        "路線バスの標準経常費用（実車1 km。入力すると上の2単価に代わる）",
        "standard cost of a bus per km in service, to be entered; takes the place of the two above",
        "yen/km",
        None,
        Text(
            "利用者が入力（国土交通省が毎年度公示する補助ブロックの標準経常費用）",
            "to be entered: the ministry publishes it every year by region",
        ),
    ),
    "on_demand_cost_yen_hour": _of(
        "デマンド交通の運行経費（1台1時間）",
        "cost of an on-demand vehicle per hour",
        "yen/h",
        (900, 2500, 4000),
        Text(
            "仮定。下限は金沢学区の市補助 約300万円 ÷（2台 × 7時間 × 約240日）≒ 900円（村本ブログ 2023-11。会費は別）",
            "assumed; the low end is the city's some 3 million yen for Kanesawa ÷ (2 vehicles × 7 h × some 240 days)",
        ),
    ),
    "bus_price_yen": _of("バス1台の価格", "price of a bus", "yen", (20_000_000, 25_000_000, 32_000_000)),
    "bus_life_years": _of("バスの使用年数", "years a bus is used", "years", (12, 15, 18)),
    "on_demand_vehicle_price_yen": _of(
        "デマンド交通の車両価格", "price of an on-demand vehicle", "yen", (2_500_000, 4_000_000, 6_000_000)
    ),
    "on_demand_vehicle_life_years": _of(
        "デマンド交通の車両の使用年数", "years an on-demand vehicle is used", "years", (6, 8, 10)
    ),
    "state_subsidy_share": _of(
        "赤字のうち国庫補助が占める割合（入力）",
        "share of the deficit that the state pays (to be entered)",
        "share",
        0.0,
        Text(
            "利用者が入力。地域間幹線系統などの要件と上限（経常費用の9/20、赤字の1/2）は確認が必要",
            "to be entered; which lines qualify, and the caps (9/20 of cost, half of the deficit), need confirming",
        ),
    ),
    "bus_co2_kg_km": _of(
        "バスのCO₂排出（1 km）",
        "CO₂ of a bus per km",
        "kg/km",
        (0.5, 0.75, 1.15),
        Text(
            "仮定。軽油 2.62 kg/L（環境省ガイドライン 2007）÷ 3.5 km/L。"
            "燃費は神戸市バスの実績 2.24 km/L 〜 燃費基準 5.8 km/L の間",
            "assumed: diesel 2.62 kg/l (Ministry of the Environment, 2007) at 3.5 km/l; between 2.24 (Kobe city buses, "
            "observed) and 5.8 (standard)",
        ),
    ),
    "on_demand_co2_kg_km": _of(
        "デマンド車両のCO₂排出（1 km）", "CO₂ of an on-demand vehicle per km", "kg/km", (0.05, 0.15, 0.25)
    ),
    "car_co2_kg_km": _of(
        "自家用車のCO₂排出（1台1 km）",
        "CO₂ of a car per km",
        "kg/km",
        (0.13, 0.18, 0.23),
        Text(
            "仮定。ガソリン 2.32 kg/L（環境省ガイドライン 2007）÷ 13 km/L",
            "assumed: petrol 2.32 kg/l (Ministry of the Environment, 2007) at 13 km/l",
        ),
    ),
}
"""Field of `OperationParams` → meaning."""
