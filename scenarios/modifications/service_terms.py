"""Owns what a planner says of an on-demand service: fleet, wait, booking."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from geodata.on_demand import Attendant, Channel
from scenarios.modifications.base import Flag, Location, Model, NotNegative, Number, Positive, Whole, refuse

MOST_VEHICLES = 500
MOST_SEATS = 200


def _some_vehicles(value: int) -> int:
    if value < 1:
        raise refuse(
            "no_vehicles",
            f"車両が {value} 台では走れません",
            f"nothing runs with {value} vehicles",
            "1 台以上にしてください。やめる場合は enabled: false か remove-on-demand",
            "give one or more; to stop a service use enabled: false or remove-on-demand",
        )
    return value


def _some_seats(value: int) -> int:
    if value < 1:
        raise refuse(
            "no_seats",
            f"席が {value} では乗れません",
            f"nobody boards with {value} seats",
            "運転する人を除いた定員を 1 以上で書いてください",
            "give the seats beside the driver, one or more",
        )
    return value


Vehicles = Annotated[
    int, Field(strict=True, le=MOST_VEHICLES, json_schema_extra={"minimum": 1}), AfterValidator(_some_vehicles)
]
Seats = Annotated[int, Field(strict=True, le=MOST_SEATS, json_schema_extra={"minimum": 1}), AfterValidator(_some_seats)]
Speed = Annotated[Positive, Field(le=120)]
Share = Annotated[Number, Field(ge=0, lt=1)]


class Fleet(Model):
    """Vehicles of a service."""

    vehicles: Vehicles = Field(description="車両数")
    seats: Seats = Field(description="定員（運転する人を除く）")
    speed_kmh: Speed | None = Field(default=None, description="道のりの速度 [km/h]（省くと日中の自動車の速さ）")
    step_free: Flag = Field(default=True, description="段差なしで乗れる")
    attendant: Attendant = Field(default="driver", description="乗務: driver 運転士 | onboard 同乗者 | remote 遠隔監視")
    boarding_s: Whole = Field(default=60, ge=0, le=900, description="乗り降りの時間 [秒]（停まるたび。仮定）")
    depot: Location | None = Field(default=None, description="車庫（省くと区域の人口の中心）")


class FleetChange(Model):
    """What changes of a fleet; the rest stays."""

    vehicles: Vehicles | None = Field(default=None, description="車両数")
    seats: Seats | None = Field(default=None, description="定員（運転する人を除く）")
    speed_kmh: Speed | None = Field(default=None, description="道のりの速度 [km/h]")
    step_free: Flag | None = Field(default=None, description="段差なしで乗れる")
    attendant: Attendant | None = Field(default=None, description="乗務")
    boarding_s: Whole | None = Field(default=None, ge=0, le=900, description="乗り降りの時間 [秒]（停まるたび）")
    depot: Location | None = Field(default=None, description="車庫")


class Wait(Model):
    """
    How long people wait: ``fixed`` = `wait_min`; ``fleet`` = made by the fleet, within its limits.

    `vehicles` and `capacity` say the fleet in short, where `fleet` is left out.
    """

    model: Literal["fixed", "fleet"] = Field(description="fixed 与える | fleet 車両の動きから計算")
    wait_min: Annotated[NotNegative, Field(le=240)] | None = Field(default=None, description="待ち時間 [分]（fixed）")
    max_wait_min: Annotated[Positive, Field(le=240)] | None = Field(
        default=None, description="これより待つ依頼は断る [分]（fleet）"
    )
    max_detour_factor: Annotated[Number, Field(ge=1, le=10)] | None = Field(
        default=None, description="直行の何倍まで遠回りするか（fleet）"
    )
    vehicles: Vehicles | None = Field(default=None, description="車両数（fleet を書かないとき）")
    capacity: Seats | None = Field(default=None, description="定員（fleet を書かないとき）")

    @model_validator(mode="after")
    def _keys_of_its_model(self) -> Any:
        wanted = ("wait_min",) if self.model == "fixed" else ("max_wait_min", "max_detour_factor")
        others = ("max_wait_min", "max_detour_factor") if self.model == "fixed" else ("wait_min",)
        lacking = [k for k in wanted if getattr(self, k) is None]
        if lacking:
            raise refuse(
                "wait",
                f"model: {self.model} には {'、'.join(lacking)} が必要です",
                f"model: {self.model} needs {', '.join(lacking)}",
                _EXAMPLE[self.model],
                _EXAMPLE[self.model],
            )
        for key in others:
            if getattr(self, key) is not None:
                raise refuse(
                    "wait",
                    f"{key} は model: {self.model} では使えません",
                    f"{key} has no use with model: {self.model}",
                    _EXAMPLE[self.model],
                    _EXAMPLE[self.model],
                    key,
                )
        if (self.vehicles is None) != (self.capacity is None):
            raise refuse("wait", "vehicles と capacity は組で書いてください", "vehicles and capacity go together")
        return self


_EXAMPLE = {
    "fixed": "wait: {model: fixed, wait_min: 10}",
    "fleet": "wait: {model: fleet, max_wait_min: 30, max_detour_factor: 1.8}",
}


class Booking(Model):
    """How one books: `min_lead_min` 0 = when one wants to go."""

    min_lead_min: Annotated[NotNegative, Field(le=7 * 24 * 60)] = Field(
        default=0.0, description="何分前までに予約するか"
    )
    channel: Channel = Field(default="phone", description="予約の方法: phone | app | both | none")
