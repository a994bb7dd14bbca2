"""Owns the parameters of clinics and emergency care: values within bounds, and what each means."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from geodata.calendar import parse_gtfs_time
from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-9]):[0-5][0-9]$")]
"""A time of the day, ``HH:MM``."""
Steps = tuple[tuple[float, float], ...]
"""(minutes, weight) of a catchment, or (first age, value) of a table by age; ascending."""

_SESSIONS = (
    ("clinic_morning_from", "clinic_morning_to"),
    ("clinic_morning_to", "clinic_afternoon_from"),
    ("clinic_afternoon_from", "clinic_afternoon_to"),
    ("clinic_afternoon_to", "round_trip_home_by"),
)
_BY_AGE = ("visit_rates", "online_age_factors", "licence_shares")


class ClinicParams(BaseModel):
    """
    Fields of `sim.params.Params` that belong to clinics and emergency care.

    `e2sfca_transit_steps`, `e2sfca_car_steps`: (minutes, weight), the weight of everybody up to that time.
    `visit_rates`, `online_age_factors`, `licence_shares`: (first age, value), each up to the next one's first age.
    `clinic_specialty`: "" = all. `emergency_hospitals`: names; a city without them says it by specialty, or all count.
    """

    consultation_min: Annotated[float, Field(ge=0, le=240)] = 60.0
    car_peak_kmh: Annotated[float, Field(gt=0, le=120)] = 23.5
    car_offpeak_kmh: Annotated[float, Field(gt=0, le=120)] = 30.0
    car_terminal_min: Annotated[float, Field(ge=0, le=15)] = 4.0

    e2sfca_transit_steps: Steps = ((15.0, 1.0), (30.0, 0.68), (60.0, 0.22))
    e2sfca_car_steps: Steps = ((10.0, 1.0), (20.0, 0.68), (30.0, 0.22))
    clinic_week_hours: Annotated[float, Field(gt=0, le=168)] = 36.0
    hospital_week_hours: Annotated[float, Field(gt=0, le=5000)] = 36.0
    visit_rates: Steps = (
        (0.0, 0.81),
        (15.0, 0.38),
        (20.0, 0.50),
        (40.0, 0.80),
        (65.0, 1.56),
        (75.0, 2.06),
        (85.0, 1.80),
    )
    clinic_specialty: str = ""

    clinic_morning_from: Clock = "09:00"
    clinic_morning_to: Clock = "12:00"
    clinic_afternoon_from: Clock = "14:00"
    clinic_afternoon_to: Clock = "18:00"
    round_trip_way_min: Annotated[float, Field(gt=0, le=180)] = 60.0
    round_trip_early_min: Annotated[float, Field(ge=0, le=120)] = 30.0
    round_trip_home_by: Clock = "19:00"

    online_visit_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    online_age_factors: Steps = ((0.0, 1.0),)
    licence_shares: Steps = (
        (0.0, 0.0),
        (18.0, 0.45),
        (20.0, 0.88),
        (40.0, 0.93),
        (65.0, 0.80),
        (75.0, 0.50),
        (85.0, 0.17),
    )
    licence_return_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    licence_return_from_age: Annotated[int, Field(ge=18, le=100)] = 65
    emergency_within_min: Annotated[float, Field(gt=0, le=120)] = 15.0
    emergency_hospitals: tuple[str, ...] = ("日立総合病院",)

    @model_validator(mode="after")
    def _catchments_in_order(self) -> Self:
        for name in ("e2sfca_transit_steps", "e2sfca_car_steps"):
            steps = getattr(self, name)
            minutes, weights = [m for m, _ in steps], [w for _, w in steps]
            falls = all(b <= a for a, b in pairwise(weights))
            if not steps or minutes != sorted(set(minutes)) or not falls or not all(0 < w <= 1 for w in weights):
                msg = f"{name}: minutes must ascend and weights fall within 0–1"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _tables_by_age(self) -> Self:
        for name in _BY_AGE:
            table = getattr(self, name)
            ages = [age for age, _ in table]
            if not table or ages[0] != 0 or ages != sorted(set(ages)) or any(value < 0 for _, value in table):
                msg = f"{name}: ages must ascend from 0 and values must not be negative"
                raise ValueError(msg)
        if any(value > 1 for _, value in self.licence_shares):
            msg = "licence_shares: a share is at most 1"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _sessions_in_order(self) -> Self:
        for first, second in _SESSIONS:
            if (parse_gtfs_time(getattr(self, first)) or 0) > (parse_gtfs_time(getattr(self, second)) or 0):
                msg = f"{first} must not be later than {second}"
                raise ValueError(msg)
        return self


_A = Status.ASSUMED
_CATCHMENT = Text(
    "E2SFCA（Luo & Qi 2009）の重み 1・0.68・0.22。時間の区切りは本ツールの設定値",
    "weights 1, 0.68, 0.22 of E2SFCA (Luo & Qi 2009); the limits in minutes are set by this tool",
)
_PRACTICE = Text("一般的な診療時間。資料なし", "usual practice; no source")


def _assumed(
    label: Text,
    unit: str,
    low: float | None = None,
    mid: float | None = None,
    high: float | None = None,
    source: Text = OWN_CHOICE,
) -> Parameter:
    return Parameter(label, unit, low, mid, high, source, _A, confirm=True)


CLINIC_PARAMETERS: dict[str, Parameter] = {
    "consultation_min": _assumed(
        Text("受診にかかる時間（受付から会計まで）", "time at the clinic, from reception to payment"),
        "min",
        30.0,
        60.0,
        90.0,
    ),
    "car_peak_kmh": Parameter(
        Text("自動車の速度（混雑時）", "car speed in the peak"),
        "km/h",
        19.4,
        23.5,
        33.4,
        Text(
            "日立市の混雑時平均 23.5 km/h（平成22年道路交通センサス、市資料）",
            "23.5 km/h in the peak, road census 2010, from the city's paper",
        ),
        Status.OBSERVED,
        confirm=True,
    ),
    "car_offpeak_kmh": _assumed(Text("自動車の速度（日中）", "car speed off the peak"), "km/h", 23.5, 30.0, 40.0),
    "car_terminal_min": _assumed(
        Text("自動車の乗り降り・駐車の時間", "getting to the car and parking"), "min", 3.0, 4.0, 5.0
    ),
    "e2sfca_transit_steps": _assumed(
        Text("E2SFCA の圏域と重み（公共交通 15・30・60 分）", "E2SFCA catchments by public transport, 15/30/60 min"),
        "min, ratio",
        source=_CATCHMENT,
    ),
    "e2sfca_car_steps": _assumed(
        Text("E2SFCA の圏域と重み（自動車 10・20・30 分）", "E2SFCA catchments by car, 10/20/30 min"),
        "min, ratio",
        source=_CATCHMENT,
    ),
    "clinic_week_hours": _assumed(
        Text("診療時間の分からない診療所の週の診療時間", "weekly consultation hours of a clinic without known hours"),
        "h/week",
        24.0,
        36.0,
        48.0,
        _PRACTICE,
    ),
    "hospital_week_hours": _assumed(
        Text(
            "診療時間の分からない病院の外来の週の診療時間（診察室の数は不明のため診療所 1 か所と同じ）",
            "weekly consultation hours of a hospital without known hours (number of rooms unknown: as one clinic)",
        ),
        "h/week",
        36.0,
        36.0,
        360.0,
    ),
    "visit_rates": _assumed(
        Text("年齢別の受診の多さ（全国平均＝1）", "visits by age, national average = 1"),
        "ratio",
        source=Text(
            "患者調査（令和2年）の年齢別外来受療率の水準を丸めた値。原典未確認",
            "rounded from the level of outpatients by age in the 2020 Patient Survey, to be confirmed",
        ),
    ),
    "clinic_specialty": _assumed(
        Text("数える診療科（空欄＝すべて）", "specialty that is counted (empty = all)"), "specialty"
    ),
    "clinic_morning_from": _assumed(
        Text("診療時間の分からない医療機関の午前の始まり", "assumed consultation: morning from"),
        "time",
        source=_PRACTICE,
    ),
    "clinic_morning_to": _assumed(
        Text("診療時間の分からない医療機関の午前の終わり", "assumed consultation: morning to"),
        "time",
        source=_PRACTICE,
    ),
    "clinic_afternoon_from": _assumed(
        Text("診療時間の分からない医療機関の午後の始まり（平日）", "assumed consultation: afternoon from (weekdays)"),
        "time",
        source=_PRACTICE,
    ),
    "clinic_afternoon_to": _assumed(
        Text("診療時間の分からない医療機関の午後の終わり（平日）", "assumed consultation: afternoon to (weekdays)"),
        "time",
        source=_PRACTICE,
    ),
    "round_trip_way_min": _assumed(
        Text(
            "往復受診の片道の上限（帰りは診察後の待ちを含む）",
            "longest way each way, wait after the visit included",
        ),
        "min",
        30.0,
        60.0,
        90.0,
    ),
    "round_trip_early_min": _assumed(
        Text("診療開始のどれだけ前に着いてよいか", "how long before opening one may arrive"), "min", 0.0, 30.0, 60.0
    ),
    "round_trip_home_by": _assumed(Text("受診の日に帰宅する時刻の限度", "time by which a patient is home"), "time"),
    "online_visit_share": _assumed(
        Text("移動の要らない受診（オンライン診療）の割合", "share of visits that need no trip (online)"),
        "share",
        0.0,
        0.0,
        0.10,
        Text("仮定 0・5・10 %。利用件数は未公表", "assumed 0, 5, 10 %; use is not published"),
    ),
    "online_age_factors": _assumed(
        Text("オンライン診療の割合に掛ける年齢別の係数", "factor on the online share by age"),
        "ratio",
        source=Text("年齢による差の資料がないため 1（同じ）", "no source on differences by age, so 1 for all"),
    ),
    "licence_shares": _assumed(
        Text("年齢別の運転免許の保有率", "share with a driving licence by age"),
        "share",
        source=Text(
            "運転免許統計の全国の水準を丸めた値。市の値・原典未確認",
            "rounded from the national level of licence statistics, to be confirmed for the city",
        ),
    ),
    "licence_return_share": _assumed(
        Text("免許を返納する保有者の割合（高齢者）", "share of older holders who return their licence"),
        "share",
        0.0,
        0.0,
        0.5,
    ),
    "licence_return_from_age": _assumed(
        Text("免許返納を考える年齢", "age from which licences are returned"),
        "years",
        65.0,
        65.0,
        75.0,
        Text("日立市の免許返納支援は65歳以上が対象（市HP）", "the city's support for returning is for 65 and older"),
    ),
    "emergency_within_min": _assumed(
        Text("救急で医療に着くまでの時間の目安", "time limit to emergency care"), "min", 10.0, 15.0, 30.0
    ),
    "emergency_hospitals": Parameter(
        Text("救急を受ける病院の名称", "hospitals that take emergencies, by name"),
        "name",
        None,
        None,
        None,
        Text(
            "救命救急センターのある病院（公開情報）。他の救急告示病院は未登録",
            "the hospital with the emergency and critical care centre; others are not recorded",
        ),
        Status.OBSERVED,
        confirm=True,
    ),
}
"""Field of `ClinicParams` → meaning."""
