"""Owns the parameters of clinics and emergency care: values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter


class ClinicParams(BaseModel):
    """Fields of `sim.params.Params` that belong to clinics and emergency care."""

    consultation_min: Annotated[float, Field(ge=0, le=240)] = 60.0
    car_peak_kmh: Annotated[float, Field(gt=0, le=120)] = 23.5
    car_offpeak_kmh: Annotated[float, Field(gt=0, le=120)] = 30.0
    car_terminal_min: Annotated[float, Field(ge=0, le=15)] = 4.0


CLINIC_PARAMETERS: dict[str, Parameter] = {
    "consultation_min": Parameter(
        Text("受診にかかる時間（受付から会計まで）", "time at the clinic, from reception to payment"),
        "min",
        30.0,
        60.0,
        90.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
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
    "car_offpeak_kmh": Parameter(
        Text("自動車の速度（日中）", "car speed off the peak"),
        "km/h",
        23.5,
        30.0,
        40.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "car_terminal_min": Parameter(
        Text("自動車の乗り降り・駐車の時間", "getting to the car and parking"),
        "min",
        3.0,
        4.0,
        5.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
}
"""Field of `ClinicParams` → meaning."""
