"""Owns the parameters of rides and of the choice of a vehicle: values within bounds, and what each means."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter

Steps = tuple[tuple[float, float], ...]
"""(first age, value), ages ascending from 0; each value holds up to the next first age."""
_TRIPS = Text(
    "第7回全国都市交通特性調査 2021（全国。低・高は2015年の値までの幅）",
    "seventh national survey of urban travel, 2021 (all cities; range up to 2015)",
)
_DAYS = Text("2023年の暦からの値（土日祝を除く）", "calendar of 2023, without weekends and holidays")
_AGES = Text(
    "仮定。75歳以上の外出は健康と車の有無で大きく減る（第6回全国都市交通特性調査の定性的な記述）",
    "assumed; going out falls from 75 with health and the car (sixth national survey, in words)",
)
_PURPOSES = Text("仮定。日立市の目的別の移動は見つかっていない", "assumed; trips by purpose in the city were not found")
_WEIGHTS = Text(
    "一般的な値（待ち時間の重み 1.5–2.0、乗換 5–10 分）。要確認",
    "usual values (wait 1.5 to 2.0, change 5 to 10 min), to be confirmed",
)
_KNEE = Text(
    "一般的な扱い（期待待ちは間隔の半分、10分ほどから逓減）。要確認",
    "usual practice (half a headway, flattening from about 10 min), to be confirmed",
)
_VOT = Text(
    "鉄道利用者の 36 円/分（KAKEN 22560536）を上限に近い値とし、目的別の値は仮定",
    "36 yen/min of rail riders (KAKEN 22560536) as near the top; values by purpose are assumed",
)
_SPLIT = Text(
    "地方都市圏の平日 自動車61%・徒歩二輪33%（全国都市交通特性調査 2021）に合う水準の仮定",
    "assumed at the level of smaller cities: car 61 %, foot and bicycle 33 % (national survey 2021)",
)
_FARE = Text(
    "文献 −0.1/−0.3/−0.6（TRRL LR733 の平均 −0.3、国内の地方バスは絶対値1未満）",
    "literature: −0.1/−0.3/−0.6 (mean −0.3 of TRRL LR733; below 1 for buses of smaller Japanese cities)",
)
_FREQUENCY = Text(
    "文献 +0.4（短期）〜+0.7（長期）（TRL593）。要確認",
    "literature: +0.4 (short run) to +0.7 (long run), TRL593, to be confirmed",
)
_TIME = Text(
    "文献の幅（TRL593 の水準）からの仮定。要確認", "assumed within the literature (level of TRL593), to be confirmed"
)
_DESIGN = Text(
    "弾力性は小さな変化の値であり、±50 % を超えて当てはめない",
    "elasticities are of small changes and not applied beyond ±50 %",
)
_PATTERN = Text(
    "仮定。運賃弾力性 −0.3 に当たる尺度（1分当たり約0.037）に近い値。市内の実データで置き換える",
    "assumed near the scale that a fare elasticity of −0.3 implies (about 0.037 per minute); to be replaced by data",
)
_NEW = Text(
    "仮定。似た地区の利用率を移す（選択モデルの同じ定数を使う）",
    "assumed: the rate of similar districts (same constants of the choice model)",
)
_KNOWN = Text(
    "ひたちBRT 年約53万回（2020-11公表）÷ 約240万回（R5の14.5回×人口）。年が異なる",
    "Hitachi BRT, about 530,000 a year (published 2020-11) ÷ about 2.4 million (14.5 × residents); years differ",
)
_PASS = Text("一般的な定期券の割引率。要確認", "usual discounts of season tickets, to be confirmed")
_BY_AGE = (
    "ride_trip_age_factors",
    "ride_work_shares",
    "ride_school_shares",
    "ride_clinic_shares",
    "ride_errand_shares",
)


class RideParams(BaseModel):
    """
    Fields of `sim.params.Params` that belong to rides, fares and the choice of a vehicle.

    `ride_elasticity_lever`: whether the elasticity method reads the frequency or the wait, never both. `…_shares` and
    `…_factors` by age: (first age, value), each up to the next one's first age.
    """

    ride_elasticity_lever: Literal["frequency", "wait"] = "frequency"
    ride_trips_weekday: Annotated[float, Field(ge=0.5, le=5)] = 1.96
    ride_trips_holiday: Annotated[float, Field(ge=0.5, le=5)] = 1.47
    ride_weekdays_a_year: Annotated[int, Field(ge=200, le=300)] = 243
    ride_trip_age_factors: Steps = ((0.0, 1.0), (75.0, 0.7))
    ride_work_shares: Steps = ((0.0, 0.0), (20.0, 0.45), (65.0, 0.15), (75.0, 0.03))
    ride_school_shares: Steps = ((0.0, 0.0), (15.0, 0.55), (18.0, 0.0))
    ride_clinic_shares: Steps = ((0.0, 0.03), (15.0, 0.02), (65.0, 0.10), (75.0, 0.18))
    ride_errand_shares: Steps = ((0.0, 0.3), (15.0, 0.3), (20.0, 0.4), (65.0, 0.7), (75.0, 0.75))
    ride_car_available_share: Annotated[float, Field(ge=0, le=1)] = 0.9
    ride_destination_decay: Annotated[float, Field(ge=0, le=1)] = 0.1
    ride_pattern_scale: Annotated[float, Field(ge=0.002, le=0.2)] = 0.035
    ride_walk_weight: Annotated[float, Field(ge=1, le=4)] = 2.0
    ride_wait_weight: Annotated[float, Field(ge=1, le=4)] = 2.0
    ride_wait_knee_min: Annotated[float, Field(ge=1, le=60)] = 10.0
    ride_wait_beyond_share: Annotated[float, Field(ge=0, le=1)] = 0.4
    ride_transfer_min: Annotated[float, Field(ge=0, le=30)] = 8.0
    ride_vot_work: Annotated[float, Field(ge=10, le=40)] = 30.0
    ride_vot_school: Annotated[float, Field(ge=10, le=40)] = 12.0
    ride_vot_clinic: Annotated[float, Field(ge=10, le=40)] = 20.0
    ride_vot_errand: Annotated[float, Field(ge=10, le=40)] = 20.0
    ride_car_yen_km: Annotated[float, Field(ge=0, le=100)] = 15.0
    ride_lift_weight: Annotated[float, Field(ge=1, le=4)] = 1.5
    ride_lift_round_factor: Annotated[float, Field(ge=1, le=2)] = 2.0
    ride_taxi_first_yen: Annotated[float, Field(ge=0, le=3000)] = 600.0
    ride_taxi_yen_km: Annotated[float, Field(ge=0, le=2000)] = 400.0
    ride_taxi_wait_min: Annotated[float, Field(ge=0, le=60)] = 10.0
    ride_walk_share_car: Annotated[float, Field(ge=0, le=1)] = 0.22
    ride_lift_share_car: Annotated[float, Field(ge=0, le=1)] = 0.05
    ride_taxi_share_car: Annotated[float, Field(ge=0, le=1)] = 0.01
    ride_lift_share_captive: Annotated[float, Field(ge=0, le=1)] = 0.45
    ride_taxi_share_captive: Annotated[float, Field(ge=0, le=1)] = 0.05
    ride_pupil_rides_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    ride_captive_rides_share: Annotated[float, Field(ge=0, le=1)] = 0.45
    ride_fare_elasticity: Annotated[float, Field(ge=-0.9, le=-0.05)] = -0.3
    ride_frequency_elasticity: Annotated[float, Field(ge=0.05, le=1.5)] = 0.5
    ride_time_elasticity: Annotated[float, Field(ge=-1.5, le=0)] = -0.4
    ride_arc_limit_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.5
    ride_arc_refused_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    ride_transfer_rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    ride_work_pass_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    ride_work_pass_discount: Annotated[float, Field(ge=0, le=0.9)] = 0.3
    ride_school_pass_share: Annotated[float, Field(ge=0, le=1)] = 0.8
    ride_school_pass_discount: Annotated[float, Field(ge=0, le=0.9)] = 0.4
    ride_known_lines_share: Annotated[float, Field(ge=0, le=1)] = 0.22
    ride_without_official: Annotated[float, Field(ge=0.1, le=200)] = 10.0

    @model_validator(mode="after")
    def _tables_by_age(self) -> Self:
        for name in _BY_AGE:
            rows = getattr(self, name)
            ages = [age for age, _ in rows]
            if not ages or ages[0] != 0 or any(a >= b for a, b in pairwise(ages)):
                msg = f"{name}: ages must ascend from 0"
                raise ValueError(msg)
            if not all(0 <= value <= (5 if name.endswith("factors") else 1) for _, value in rows):
                msg = f"{name}: a share lies within 0–1"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _shares_leave_room(self) -> Self:
        for names in (
            ("ride_walk_share_car", "ride_lift_share_car", "ride_taxi_share_car"),
            ("ride_lift_share_captive", "ride_taxi_share_captive"),
            ("ride_pupil_rides_share", "ride_captive_rides_share"),
        ):
            if sum(getattr(self, name) for name in names) >= 1:
                msg = f"{', '.join(names)}: together below 1"
                raise ValueError(msg)
        return self


RIDE_PARAMETERS: dict[str, Parameter] = {
    "ride_elasticity_lever": Parameter(
        Text("弾力性の方法が見るもの（本数か待ち時間）", "what the elasticity method reads: frequency or wait"),
        "",
        None,
        None,
        None,
        OWN_CHOICE,
        Status.ASSUMED,
    ),
    "ride_trips_weekday": Parameter(
        Text("1人1日の移動回数（平日）", "trips per person, weekday"), "1/day", 1.8, 1.96, 2.17, _TRIPS, Status.OBSERVED
    ),
    "ride_trips_holiday": Parameter(
        Text("1人1日の移動回数（休日）", "trips per person, weekend or holiday"),
        "1/day",
        1.3,
        1.47,
        1.68,
        _TRIPS,
        Status.OBSERVED,
    ),
    "ride_weekdays_a_year": Parameter(
        Text("平日の日数（年）", "weekdays a year"), "days", None, 243.0, None, _DAYS, Status.ASSUMED
    ),
    "ride_trip_age_factors": Parameter(
        Text("年齢別の移動回数の倍率", "trips by age, as a factor"),
        "ratio",
        None,
        None,
        None,
        _AGES,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_work_shares": Parameter(
        Text("移動のうち通勤とその帰り（年齢別）", "share of trips to work and back, by age"),
        "share",
        None,
        None,
        None,
        _PURPOSES,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_school_shares": Parameter(
        Text("移動のうち高校への通学とその帰り（年齢別）", "share of trips to a high school and back, by age"),
        "share",
        None,
        None,
        None,
        _PURPOSES,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_clinic_shares": Parameter(
        Text("移動のうち通院とその帰り（年齢別）", "share of trips to a doctor and back, by age"),
        "share",
        None,
        None,
        None,
        _PURPOSES,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_errand_shares": Parameter(
        Text("移動のうち買物・用事とその帰り（年齢別）", "share of trips to shops and errands and back, by age"),
        "share",
        None,
        None,
        None,
        _PURPOSES,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_car_available_share": Parameter(
        Text("免許のある人のうち車を使える割合", "licence holders who have a car to use"),
        "share",
        0.8,
        0.9,
        0.97,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_destination_decay": Parameter(
        Text("目的地の選ばれやすさが車1分で下がる割合", "decline of a destination's pull per minute by car"),
        "1/min",
        0.05,
        0.1,
        0.15,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_pattern_scale": Parameter(
        Text(
            "基準のバスの割合が一般化時間1分で下がる割合（分布の形）",
            "decline of the baseline share by bus per generalised minute (its pattern over cells)",
        ),
        "1/min",
        0.02,
        0.035,
        0.05,
        _PATTERN,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_walk_weight": Parameter(
        Text("歩く1分の重み（乗車1分に対し）", "weight of a minute on foot (a minute on board = 1)"),
        "ratio",
        1.5,
        2.0,
        2.5,
        _WEIGHTS,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_wait_weight": Parameter(
        Text("待つ1分の重み（乗車1分に対し）", "weight of a minute of waiting (a minute on board = 1)"),
        "ratio",
        1.5,
        2.0,
        2.5,
        _WEIGHTS,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_wait_knee_min": Parameter(
        Text("時刻表に合わせ始める待ち時間", "wait from which people go by the timetable"),
        "min",
        5.0,
        10.0,
        15.0,
        _KNEE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_wait_beyond_share": Parameter(
        Text("それを超える待ちを数える割合", "share of the wait beyond it that counts"),
        "share",
        0.2,
        0.4,
        0.6,
        _KNEE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_transfer_min": Parameter(
        Text("乗換1回の抵抗", "penalty of a change"), "min", 5.0, 8.0, 10.0, _WEIGHTS, Status.ASSUMED, confirm=True
    ),
    "ride_vot_work": Parameter(
        Text("時間価値（通勤）", "value of time, to work"),
        "yen/min",
        20.0,
        30.0,
        40.0,
        _VOT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_vot_school": Parameter(
        Text("時間価値（通学）", "value of time, to school"),
        "yen/min",
        10.0,
        12.0,
        20.0,
        _VOT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_vot_clinic": Parameter(
        Text("時間価値（通院）", "value of time, to a doctor"),
        "yen/min",
        10.0,
        20.0,
        30.0,
        _VOT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_vot_errand": Parameter(
        Text("時間価値（買物・用事）", "value of time, errands"),
        "yen/min",
        10.0,
        20.0,
        30.0,
        _VOT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_car_yen_km": Parameter(
        Text("自動車の走行費用", "running cost of a car"),
        "yen/km",
        10.0,
        15.0,
        25.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_lift_weight": Parameter(
        Text("家族送迎の1分の重み（送る人の時間を含む）", "weight of a minute of a lift (the driver's time included)"),
        "ratio",
        1.2,
        1.5,
        2.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_lift_round_factor": Parameter(
        Text(
            "送迎・タクシーの走行キロの倍率（空の戻り）",
            "kilometres of lifts and taxis per kilometre of the trip (empty way back)",
        ),
        "ratio",
        1.5,
        2.0,
        2.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_taxi_first_yen": Parameter(
        Text("タクシーの初乗り", "taxi flag fall"), "yen", 500.0, 600.0, 800.0, OWN_CHOICE, Status.ASSUMED, confirm=True
    ),
    "ride_taxi_yen_km": Parameter(
        Text("タクシーの1 km当たりの運賃", "taxi fare per kilometre"),
        "yen/km",
        300.0,
        400.0,
        500.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_taxi_wait_min": Parameter(
        Text("タクシーの待ち", "wait for a taxi"), "min", 5.0, 10.0, 15.0, OWN_CHOICE, Status.ASSUMED, confirm=True
    ),
    "ride_walk_share_car": Parameter(
        Text(
            "車を使える人の移動のうち徒歩・二輪（バスを除く）",
            "people with a car: share on foot or bicycle (buses apart)",
        ),
        "share",
        0.15,
        0.22,
        0.3,
        _SPLIT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_lift_share_car": Parameter(
        Text("車を使える人の移動のうち家族送迎（バスを除く）", "people with a car: share of lifts (buses apart)"),
        "share",
        0.02,
        0.05,
        0.08,
        _SPLIT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_taxi_share_car": Parameter(
        Text("車を使える人の移動のうちタクシー（バスを除く）", "people with a car: share of taxis (buses apart)"),
        "share",
        0.005,
        0.01,
        0.02,
        _SPLIT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_lift_share_captive": Parameter(
        Text("車を使えない人の移動のうち家族送迎（バスを除く）", "people without a car: share of lifts (buses apart)"),
        "share",
        0.3,
        0.45,
        0.6,
        _SPLIT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_taxi_share_captive": Parameter(
        Text("車を使えない人の移動のうちタクシー（バスを除く）", "people without a car: share of taxis (buses apart)"),
        "share",
        0.02,
        0.05,
        0.08,
        _SPLIT,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_pupil_rides_share": Parameter(
        Text("バス利用のうち高校生の通学", "share of bus rides by pupils to high school"),
        "share",
        0.15,
        0.25,
        0.4,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_captive_rides_share": Parameter(
        Text("バス利用のうち車を使えない人（通学を除く）", "share of bus rides by people without a car (pupils apart)"),
        "share",
        0.3,
        0.45,
        0.55,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_fare_elasticity": Parameter(
        Text("運賃弾力性（選択モデルの尺度を決める）", "fare elasticity (sets the scale of the choice model)"),
        "ratio",
        -0.6,
        -0.3,
        -0.1,
        _FARE,
        Status.ASSUMED,
    ),
    "ride_frequency_elasticity": Parameter(
        Text("運行本数の弾力性（待ち時間ではその逆符号）", "frequency elasticity (with the other sign on the wait)"),
        "ratio",
        0.4,
        0.5,
        0.7,
        _FREQUENCY,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_time_elasticity": Parameter(
        Text("乗車時間の弾力性", "elasticity of the time on board"),
        "ratio",
        -0.6,
        -0.4,
        -0.2,
        _TIME,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_arc_limit_share": Parameter(
        Text("弾力性を当てはめる変化の上限", "largest change an elasticity is applied to"),
        "share",
        None,
        0.5,
        None,
        _DESIGN,
        Status.ASSUMED,
    ),
    "ride_arc_refused_share": Parameter(
        Text(
            "上限を超える利用がこれより多ければ弾力性の値を出さない",
            "share of rides beyond that limit above which no value is given",
        ),
        "share",
        None,
        0.2,
        None,
        OWN_CHOICE,
        Status.ASSUMED,
    ),
    "ride_transfer_rate": Parameter(
        Text("便のなかった所に移す利用率の倍率", "rate transferred to where nothing ran, as a factor"),
        "ratio",
        0.5,
        1.0,
        1.0,
        _NEW,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_work_pass_share": Parameter(
        Text("通勤のうち定期券", "commuters with a season ticket"),
        "share",
        0.4,
        0.6,
        0.8,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_work_pass_discount": Parameter(
        Text("通勤定期の割引", "discount of a commuter's season ticket"),
        "share",
        0.25,
        0.3,
        0.35,
        _PASS,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_school_pass_share": Parameter(
        Text("通学のうち定期券", "pupils with a season ticket"),
        "share",
        0.6,
        0.8,
        0.95,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_school_pass_discount": Parameter(
        Text("通学定期の割引", "discount of a pupil's season ticket"),
        "share",
        0.35,
        0.4,
        0.5,
        _PASS,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_known_lines_share": Parameter(
        Text("バス利用のうち実在の路線（仮定の路線を除く）の割合", "share of bus rides on lines that are not assumed"),
        "share",
        0.15,
        0.22,
        0.3,
        _KNOWN,
        Status.ASSUMED,
        confirm=True,
    ),
    "ride_without_official": Parameter(
        Text(
            "公表値のない都市で仮に置く1人当たりの利用回数（年）",
            "rides per person and year assumed for a city without an official figure",
        ),
        "rides/year",
        5.0,
        10.0,
        20.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
}
"""Field of `RideParams` → meaning."""
