"""Owns the parameters of the mobile city office (動く市役所): values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import Parameter


class OfficeParams(BaseModel):
    """Fields of `sim.params.Params` that belong to the mobile city office (動く市役所)."""

    procedures_per_hour: Annotated[float, Field(gt=0, le=60)] = 6.0


OFFICE_PARAMETERS: dict[str, Parameter] = {
    "procedures_per_hour": Parameter(
        Text(
            "動く市役所の1時間当たり手続数（計画に値がないとき）",
            "procedures per hour of the mobile office where the plan is silent",
        ),
        "1/h",
        4.0,
        6.0,
        10.0,
        Text(
            "米原市の手続約10分から 6 件/時。笠間市・由利本荘市の件数は公表なし",
            "6 an hour from about 10 minutes each in Maibara; no counts published elsewhere",
        ),
        Status.ASSUMED,
        confirm=True,
    ),
}
"""Field of `OfficeParams` → meaning."""
