"""Owns the parameters of on-demand mobility (デマンド交通): values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter


class OnDemandParams(BaseModel):
    """Fields of `sim.params.Params` that belong to on-demand mobility (デマンド交通)."""

    on_demand_days: Annotated[int, Field(ge=1, le=1000)] = 20
    on_demand_min_requests: Annotated[int, Field(ge=1, le=1000)] = 10


ON_DEMAND_PARAMETERS: dict[str, Parameter] = {
    "on_demand_days": Parameter(
        Text("試行ごとに模擬するデマンド交通の日数", "service days simulated per draw"),
        "days",
        10.0,
        20.0,
        40.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_min_requests": Parameter(
        Text(
            "時間帯別の待ちを使うのに要るリクエスト数（少ない時間帯は1日の値）",
            "requests from which an hour's own wait is used (else the day's)",
        ),
        "requests",
        5.0,
        10.0,
        30.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
}
"""Field of `OnDemandParams` → meaning."""
