"""Owns the parameters of fairness: values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter


class EquityParams(BaseModel):
    """Fields of `sim.params.Params` that belong to fairness: who gains, who loses, who stays behind."""

    equity_places_within_min: Annotated[float, Field(gt=0, le=180)] = 30.0
    equity_line_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    equity_budget_factor: Annotated[float, Field(gt=1, le=6)] = 2.0
    equity_district_persons: Annotated[float, Field(ge=1, le=10_000)] = 10.0


EQUITY_PARAMETERS: dict[str, Parameter] = {
    "equity_places_within_min": Parameter(
        Text("行ける医療機関の数を数える時間", "time within which reachable clinics are counted"),
        "min",
        20.0,
        30.0,
        45.0,
        Text(
            "「30分で行ける」に合わせた本ツールの設定値。資料なし",
            "as the 30 minutes of the other indicators; no source",
        ),
        Status.ASSUMED,
        confirm=True,
    ),
    "equity_line_share": Parameter(
        Text("不足とみなす受診しやすさ（その結果の市の平均に対する割合）", "access counted as short, of the city mean"),
        "share",
        0.4,
        0.5,
        0.6,
        Text(
            "相対的貧困の線（中央値の 40・50・60 %）にならった仮定。市の基準はない",
            "by analogy with relative poverty lines (40, 50, 60 % of the median); the city sets none",
        ),
        Status.ASSUMED,
        confirm=True,
    ),
    "equity_budget_factor": Parameter(
        Text("所要時間の不足を測るときの上限（制限時間の倍数）", "longest time when shortfalls of time are measured"),
        "ratio",
        1.5,
        2.0,
        3.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "equity_district_persons": Parameter(
        Text(
            "最も低い地区を選ぶときに数える地区の最少人数", "fewest people of a district that may be named the lowest"
        ),
        "persons",
        10.0,
        10.0,
        100.0,
        Text("10人未満を公開しない取り扱いに合わせた設定値", "as figures of fewer than 10 people are not published"),
        Status.ASSUMED,
        confirm=True,
    ),
}
"""Field of `EquityParams` → meaning."""
