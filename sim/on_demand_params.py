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
}
"""Field of `OnDemandParams` → meaning."""
