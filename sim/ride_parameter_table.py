"""Owns what each parameter of rides means: label, unit, low, mid and high value, source, status."""

from __future__ import annotations

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter

_TRIPS = Text(
    "第7回全国都市交通特性調査 2021（全国。低・高は2015年の値までの幅）",
    "seventh national survey of urban travel, 2021 (all cities; range up to 2015)",
)
_DAYS = Text(
    "2023年度（R5）の暦: 土日祝を除く246日から、年末年始（12/29–1/3）の平日3日を除く",
    "calendar of fiscal 2023: 246 days beside weekends and holidays, less 3 at the turn of the year (12/29–1/3)",
)
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


def _assumed(  # noqa: PLR0917 -- rows of a table
    ja: str, en: str, unit: str, low: float | None, mid: float | None, high: float | None, source: Text = OWN_CHOICE
) -> Parameter:
    return Parameter(Text(ja, en), unit, low, mid, high, source, Status.ASSUMED, confirm=True)


RIDE_PARAMETERS: dict[str, Parameter] = {
    "ride_elasticity_lever": _assumed(
        "弾力性の方法が見るもの（本数か待ち時間）",
        "what the elasticity method reads: frequency or wait",
        "",
        None,
        None,
        None,
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
    "ride_trip_age_factors": _assumed(
        "年齢別の移動回数の倍率", "trips by age, as a factor", "ratio", None, None, None, _AGES
    ),
    "ride_work_shares": _assumed(
        "移動のうち通勤とその帰り（年齢別）",
        "share of trips to work and back, by age",
        "share",
        None,
        None,
        None,
        _PURPOSES,
    ),
    "ride_school_shares": _assumed(
        "移動のうち高校への通学とその帰り（年齢別）",
        "share of trips to a high school and back, by age",
        "share",
        None,
        None,
        None,
        _PURPOSES,
    ),
    "ride_clinic_shares": _assumed(
        "移動のうち通院とその帰り（年齢別）",
        "share of trips to a doctor and back, by age",
        "share",
        None,
        None,
        None,
        _PURPOSES,
    ),
    "ride_errand_shares": _assumed(
        "移動のうち買物・用事とその帰り（年齢別）",
        "share of trips to shops and errands and back, by age",
        "share",
        None,
        None,
        None,
        _PURPOSES,
    ),
    "ride_car_available_share": _assumed(
        "免許のある人のうち車を使える割合", "licence holders who have a car to use", "share", 0.8, 0.9, 0.97
    ),
    "ride_destination_decay": _assumed(
        "目的地の選ばれやすさが車1分で下がる割合",
        "decline of a destination's pull per minute by car",
        "1/min",
        0.05,
        0.1,
        0.15,
    ),
    "ride_pattern_scale": _assumed(
        "基準のバスの割合が一般化時間1分で下がる割合（分布の形）",
        "decline of the baseline share by bus per generalised minute (its pattern over cells)",
        "1/min",
        0.02,
        0.035,
        0.05,
        _PATTERN,
    ),
    "ride_walk_weight": _assumed(
        "歩く1分の重み（乗車1分に対し）",
        "weight of a minute on foot (a minute on board = 1)",
        "ratio",
        1.5,
        2.0,
        2.5,
        _WEIGHTS,
    ),
    "ride_wait_weight": _assumed(
        "待つ1分の重み（乗車1分に対し）",
        "weight of a minute of waiting (a minute on board = 1)",
        "ratio",
        1.5,
        2.0,
        2.5,
        _WEIGHTS,
    ),
    "ride_wait_knee_min": _assumed(
        "時刻表に合わせ始める待ち時間", "wait from which people go by the timetable", "min", 5.0, 10.0, 15.0, _KNEE
    ),
    "ride_wait_beyond_share": _assumed(
        "それを超える待ちを数える割合", "share of the wait beyond it that counts", "share", 0.2, 0.4, 0.6, _KNEE
    ),
    "ride_transfer_min": _assumed("乗換1回の抵抗", "penalty of a change", "min", 5.0, 8.0, 10.0, _WEIGHTS),
    "ride_vot_work": _assumed("時間価値（通勤）", "value of time, to work", "yen/min", 20.0, 30.0, 40.0, _VOT),
    "ride_vot_school": _assumed("時間価値（通学）", "value of time, to school", "yen/min", 10.0, 12.0, 20.0, _VOT),
    "ride_vot_clinic": _assumed("時間価値（通院）", "value of time, to a doctor", "yen/min", 10.0, 20.0, 30.0, _VOT),
    "ride_vot_errand": _assumed("時間価値（買物・用事）", "value of time, errands", "yen/min", 10.0, 20.0, 30.0, _VOT),
    "ride_car_yen_km": _assumed("自動車の走行費用", "running cost of a car", "yen/km", 10.0, 15.0, 25.0),
    "ride_lift_weight": _assumed(
        "家族送迎の1分の重み（送る人の時間を含む）",
        "weight of a minute of a lift (the driver's time included)",
        "ratio",
        1.2,
        1.5,
        2.0,
    ),
    "ride_lift_round_factor": _assumed(
        "送迎・タクシーの走行キロの倍率（空の戻り）",
        "kilometres of lifts and taxis per kilometre of the trip (empty way back)",
        "ratio",
        1.5,
        2.0,
        2.0,
    ),
    "ride_taxi_first_yen": _assumed("タクシーの初乗り", "taxi flag fall", "yen", 500.0, 600.0, 800.0),
    "ride_taxi_yen_km": _assumed(
        "タクシーの1 km当たりの運賃", "taxi fare per kilometre", "yen/km", 300.0, 400.0, 500.0
    ),
    "ride_taxi_wait_min": _assumed("タクシーの待ち", "wait for a taxi", "min", 5.0, 10.0, 15.0),
    "ride_walk_share_car": _assumed(
        "車を使える人の移動のうち徒歩・二輪（バスを除く）",
        "people with a car: share on foot or bicycle (buses apart)",
        "share",
        0.15,
        0.22,
        0.3,
        _SPLIT,
    ),
    "ride_lift_share_car": _assumed(
        "車を使える人の移動のうち家族送迎（バスを除く）",
        "people with a car: share of lifts (buses apart)",
        "share",
        0.02,
        0.05,
        0.08,
        _SPLIT,
    ),
    "ride_taxi_share_car": _assumed(
        "車を使える人の移動のうちタクシー（バスを除く）",
        "people with a car: share of taxis (buses apart)",
        "share",
        0.005,
        0.01,
        0.02,
        _SPLIT,
    ),
    "ride_lift_share_captive": _assumed(
        "車を使えない人の移動のうち家族送迎（バスを除く）",
        "people without a car: share of lifts (buses apart)",
        "share",
        0.3,
        0.45,
        0.6,
        _SPLIT,
    ),
    "ride_taxi_share_captive": _assumed(
        "車を使えない人の移動のうちタクシー（バスを除く）",
        "people without a car: share of taxis (buses apart)",
        "share",
        0.02,
        0.05,
        0.08,
        _SPLIT,
    ),
    "ride_pupil_rides_share": _assumed(
        "バス利用のうち高校生の通学", "share of bus rides by pupils to high school", "share", 0.15, 0.25, 0.4
    ),
    "ride_captive_rides_share": _assumed(
        "バス利用のうち車を使えない人（通学を除く）",
        "share of bus rides by people without a car (pupils apart)",
        "share",
        0.3,
        0.45,
        0.55,
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
    "ride_frequency_elasticity": _assumed(
        "運行本数の弾力性（待ち時間ではその逆符号）",
        "frequency elasticity (with the other sign on the wait)",
        "ratio",
        0.4,
        0.5,
        0.7,
        _FREQUENCY,
    ),
    "ride_time_elasticity": _assumed(
        "乗車時間の弾力性", "elasticity of the time on board", "ratio", -0.6, -0.4, -0.2, _TIME
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
    "ride_transfer_rate": _assumed(
        "便のなかった所に移す利用率の倍率",
        "rate transferred to where nothing ran, as a factor",
        "ratio",
        0.5,
        1.0,
        1.0,
        _NEW,
    ),
    "ride_work_pass_share": _assumed("通勤のうち定期券", "commuters with a season ticket", "share", 0.4, 0.6, 0.8),
    "ride_work_pass_discount": _assumed(
        "通勤定期の割引", "discount of a commuter's season ticket", "share", 0.25, 0.3, 0.35, _PASS
    ),
    "ride_school_pass_share": _assumed("通学のうち定期券", "pupils with a season ticket", "share", 0.6, 0.8, 0.95),
    "ride_school_pass_discount": _assumed(
        "通学定期の割引", "discount of a pupil's season ticket", "share", 0.35, 0.4, 0.5, _PASS
    ),
    "ride_known_lines_share": _assumed(
        "バス利用のうち実在の路線（仮定の路線を除く）の割合",
        "share of bus rides on lines that are not assumed",
        "share",
        0.15,
        0.22,
        0.3,
        _KNOWN,
    ),
    "ride_without_official": _assumed(
        "公表値のない都市で仮に置く1人当たりの利用回数（年）",
        "rides per person and year assumed for a city without an official figure",
        "rides/year",
        5.0,
        10.0,
        20.0,
    ),
}
"""Field of `sim.ride_params.RideParams` → meaning."""
