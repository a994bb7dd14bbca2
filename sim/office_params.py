"""Owns the parameters of the mobile city office (動く市役所): values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=20)]


class OfficeParams(BaseModel):
    """Fields of `sim.params.Params` that belong to the mobile city office (動く市役所)."""

    procedures_per_hour: Annotated[float, Field(gt=0, le=60)] = 6.0
    mobile_office_within_min: Annotated[float, Field(gt=0, le=180)] = 30.0

    free_pupils_share: Share = 0.05
    free_working_share: Share = 0.25
    free_older_share: Share = 0.65
    free_late_older_share: Share = 0.8
    free_evening_share: Share = 0.5
    free_weekend_share: Share = 0.7
    free_evening_from_h: Annotated[float, Field(ge=12, le=24)] = 17.0

    certificates_per_person_year: Rate = 0.8
    card_procedures_per_person_year: Rate = 0.25
    consultations_per_person_year: Rate = 0.2
    procedures_pupils_factor: Annotated[float, Field(ge=0, le=3)] = 0.3
    procedures_older_factor: Annotated[float, Field(ge=0, le=3)] = 0.8
    visit_full_h: Annotated[float, Field(gt=0, le=12)] = 3.0
    procedure_wait_days: Annotated[float, Field(gt=0, le=90)] = 7.0
    mobile_office_choice_share: Share = 0.3

    card_holder_share: Share = 0.8
    convenience_choice_share: Share = 0.4
    convenience_older_choice_share: Share = 0.2
    rival_office_within_min: Annotated[float, Field(ge=0, le=120)] = 15.0
    rival_office_choice_share: Share = 0.7

    procedures_per_person_year: Annotated[float, Field(gt=0, le=100)] = 5.0


_A = Status.ASSUMED
_TO_SET = Text(
    "仮定・要設定。公表資料なし（利用件数や手続件数の実績で置き換える）", "assumed, to be set: nothing published"
)
_EMPLOYMENT = Text(
    "仮定・要設定。就業していない人の割合の目安（労働力調査の水準）。市の値で確認",
    "assumed, to be set: about the share not employed, by the level of the labour force survey",
)


def _assumed(  # noqa: PLR0917 -- rows of a table
    ja: str, en: str, unit: str, low: float, mid: float, high: float, source: Text = _TO_SET
) -> Parameter:
    return Parameter(Text(ja, en), unit, low, mid, high, source, _A, confirm=True)


_SERVICE = {
    "procedures_per_hour": _assumed(
        "動く市役所の1時間当たり手続数（計画に値がないとき）",
        "procedures per hour of the mobile office where the plan is silent",
        "1/h",
        4.0,
        6.0,
        10.0,
        Text(
            "米原市の手続約10分から 6 件/時。笠間市・由利本荘市の件数は公表なし",
            "6 an hour from about 10 minutes each in Maibara; no counts published elsewhere",
        ),
    ),
    "mobile_office_within_min": _assumed(
        "動く市役所の開設に間に合うとみなす所要（手段を問わない）",
        "time to a visit of the mobile office by any mode",
        "min",
        15.0,
        30.0,
        45.0,
        Text("診療所・市役所と同じ 30 分（本ツールの設定値）", "30 min as for clinics and offices (set by this tool)"),
    ),
}
_FREE = {
    "free_pupils_share": _assumed(
        "平日日中に自由な人の割合（20歳未満）", "free on a weekday by day, under 20", "share", 0.0, 0.05, 0.2
    ),
    "free_working_share": _assumed(
        "平日日中に自由な人の割合（20–64歳）", "free on a weekday by day, 20–64", "share", 0.15, 0.25, 0.4, _EMPLOYMENT
    ),
    "free_older_share": _assumed(
        "平日日中に自由な人の割合（65–74歳）", "free on a weekday by day, 65–74", "share", 0.5, 0.65, 0.8, _EMPLOYMENT
    ),
    "free_late_older_share": _assumed(
        "平日日中に自由な人の割合（75歳以上）", "free on a weekday by day, 75 and older", "share", 0.6, 0.8, 0.9
    ),
    "free_evening_share": _assumed(
        "平日夕方以降に自由な人の割合（全年齢）", "free on a weekday evening, any age", "share", 0.3, 0.5, 0.7
    ),
    "free_weekend_share": _assumed(
        "土日に自由な人の割合（全年齢）", "free on Saturday or Sunday, any age", "share", 0.5, 0.7, 0.85
    ),
    "free_evening_from_h": Parameter(
        Text("「平日夕方」の始まり", "hour from which a weekday counts as evening"),
        "h",
        None,
        17.0,
        None,
        OWN_CHOICE,
        _A,
        confirm=True,
    ),
}
_DEMAND = {
    "certificates_per_person_year": _assumed(
        "1人当たり年間の証明書の手続", "certificates per person and year", "1/year", 0.5, 0.8, 1.2
    ),
    "card_procedures_per_person_year": _assumed(
        "1人当たり年間のマイナンバーカードの手続",
        "procedures about the My Number card per person and year",
        "1/year",
        0.15,
        0.25,
        0.35,
        Text(
            "仮定・要設定。電子証明書 5 年・カード 10 年の有効期間から年 0.2 回、ほかに暗証番号の再設定など",
            "assumed, to be set: 0.2 a year from the validity of 5 and 10 years, plus forgotten PINs and the like",
        ),
    ),
    "consultations_per_person_year": _assumed(
        "1人当たり年間の窓口相談", "consultations per person and year", "1/year", 0.05, 0.2, 0.5
    ),
    "procedures_pupils_factor": _assumed(
        "手続の倍率（20歳未満）", "procedures under 20, relative to 20–64", "ratio", 0.1, 0.3, 0.5
    ),
    "procedures_older_factor": _assumed(
        "手続の倍率（65歳以上）", "procedures from 65, relative to 20–64", "ratio", 0.5, 0.8, 1.2
    ),
    "visit_full_h": _assumed(
        "自由な人の全員が都合をつけられる開設の長さ（短いと比例して減る）",
        "length of a visit at which everybody free can come (fewer in proportion when shorter)",
        "h",
        2.0,
        3.0,
        5.0,
    ),
    "procedure_wait_days": _assumed(
        "手続を待てる日数（この間に開設があれば使える）", "days that a procedure can wait for a visit", "days", 3, 7, 14
    ),
    "mobile_office_choice_share": _assumed(
        "待てて自由な人のうち動く市役所を選ぶ割合",
        "those who could use the mobile office and do",
        "share",
        0.1,
        0.3,
        0.6,
    ),
}
_RIVALS = {
    "card_holder_share": _assumed(
        "マイナンバーカードの保有率",
        "residents who hold a My Number card",
        "share",
        0.75,
        0.8,
        0.85,
        Text("仮定・要設定。全国の保有率がおよそ 8 割。市の値で確認", "assumed: about 0.8 nationwide; take the city's"),
    ),
    "convenience_choice_share": _assumed(
        "カード保有者が証明書をコンビニで取る割合（65歳未満）",
        "certificates that card holders under 65 take at a convenience store",
        "share",
        0.2,
        0.4,
        0.6,
    ),
    "convenience_older_choice_share": _assumed(
        "カード保有者が証明書をコンビニで取る割合（65歳以上）",
        "certificates that card holders from 65 take at a convenience store",
        "share",
        0.1,
        0.2,
        0.4,
    ),
    "rival_office_within_min": _assumed(
        "本庁・支所が近いとみなす所要（公共交通・徒歩）",
        "time within which a city office counts as near, by public transport or on foot",
        "min",
        10.0,
        15.0,
        30.0,
    ),
    "rival_office_choice_share": _assumed(
        "本庁・支所が近い人がそちらへ行く割合", "those near a city office who go there", "share", 0.5, 0.7, 0.9
    ),
}
_WHOLE = {
    "procedures_per_person_year": _assumed(
        "1人当たり年間の全手続（マイナンバー活用割合の分母）",
        "all procedures per person and year (denominator of the My Number share)",
        "1/year",
        2.0,
        5.0,
        10.0,
        Text(
            "仮定・要設定。評価指標の分母は公表資料になく、市の手続件数で置き換える",
            "assumed, to be set: the denominator of the indicator is not published; enter the city's count",
        ),
    ),
}

OFFICE_PARAMETERS: dict[str, Parameter] = {**_SERVICE, **_FREE, **_DEMAND, **_RIVALS, **_WHOLE}
"""Field of `OfficeParams` → meaning."""
FREE_PARAMETERS = tuple(_FREE)
DEMAND_PARAMETERS = ("procedures_per_hour", *_FREE, *_DEMAND, *_RIVALS)
"""Parameters behind the expected procedures."""
