"""Owns the parameters of the future population beside births and deaths: values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter

Rate = Annotated[float, Field(ge=0, le=1)]

_A = Status.ASSUMED
_TO_ONE = 1e-6


class PeopleParams(BaseModel):
    """
    Fields of `sim.params.Params` that belong to the future population beside births and deaths.

    `move_rates`: (age, moves per person and year) anchors, linear in between; only their ratios count. `newcomer_ages`:
    (first age, last age, share) of the people of new homes; shares sum to 1.
    """

    move_rates: tuple[tuple[float, Rate], ...] = (
        (0.0, 0.06),
        (10.0, 0.03),
        (18.0, 0.08),
        (25.0, 0.14),
        (35.0, 0.08),
        (50.0, 0.03),
        (65.0, 0.015),
        (80.0, 0.02),
        (90.0, 0.025),
    )
    newcomer_ages: tuple[tuple[int, int, Rate], ...] = (
        (0, 14, 0.22),
        (15, 19, 0.03),
        (20, 39, 0.50),
        (40, 64, 0.20),
        (65, 89, 0.05),
    )
    household_persons: Annotated[float, Field(ge=1, le=6)] = 2.16
    commuter_household_persons: Annotated[float, Field(ge=1, le=6)] = 1.8
    housing_from_city_share: Rate = 0.5

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        anchors = [age for age, _ in self.move_rates]
        if not anchors or anchors != sorted(set(anchors)) or not any(rate > 0 for _, rate in self.move_rates):
            msg = "move_rates: ages must ascend, and somebody must move"
            raise ValueError(msg)
        last = -1
        for first, end, _ in self.newcomer_ages:
            if not last < first <= end:
                msg = "newcomer_ages: ages must ascend without overlap"
                raise ValueError(msg)
            last = end
        if abs(sum(share for *_, share in self.newcomer_ages) - 1.0) > _TO_ONE:
            msg = "newcomer_ages: shares must sum to 1"
            raise ValueError(msg)
        return self


PEOPLE_PARAMETERS: dict[str, Parameter] = {
    "move_rates": Parameter(
        Text("年齢別の転居しやすさ（比だけを使う）", "propensity to move by age (ratios alone count)"),
        "1/year",
        None,
        None,
        None,
        Text(
            "20歳代で高く高齢で低いという一般的な形を丸めた値。市の資料なし（要確認）",
            "the usual shape, high in the twenties and low in old age; no figures of the city, to be confirmed",
        ),
        _A,
        confirm=True,
    ),
    "newcomer_ages": Parameter(
        Text("新しい住宅の入居者の年齢構成", "ages of the people of new homes"),
        "share",
        None,
        None,
        None,
        Text("子育て世帯中心とした仮定。計画ごとに mix で入力", "families with children, assumed; give mix by project"),
        _A,
        confirm=True,
    ),
    "household_persons": Parameter(
        Text("新しい住宅1戸当たりの人数", "persons per new dwelling"),
        "persons",
        1.8,
        2.16,
        2.6,
        Text(
            "市の平均 165,822 人 ÷ 76,702 世帯（2024-01-01）。新築に当てはめるのは仮定",
            "city mean 165,822 residents ÷ 76,702 households (2024-01-01); that new homes are alike is assumed",
        ),
        _A,
        confirm=True,
    ),
    "commuter_household_persons": Parameter(
        Text(
            "住み替える通勤者1人が連れてくる世帯の人数（本人を含む）", "persons per commuter who moves in, all counted"
        ),
        "persons",
        1.0,
        1.8,
        2.6,
        OWN_CHOICE,
        _A,
        confirm=True,
    ),
    "housing_from_city_share": Parameter(
        Text("新しい住宅の入居者のうち市内から移る割合", "share of the people of new homes who come from the city"),
        "share",
        0.3,
        0.5,
        0.8,
        OWN_CHOICE,
        _A,
        confirm=True,
    ),
}
"""Field of `PeopleParams` → meaning."""
