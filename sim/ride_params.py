"""Owns the parameters of rides and of the choice of a vehicle: values within bounds, and what each means."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from sim.ride_parameter_table import RIDE_PARAMETERS

Steps = tuple[tuple[float, float], ...]
"""(first age, value), ages ascending from 0; each value holds up to the next first age."""
_PURPOSE_SHARES = ("ride_work_shares", "ride_school_shares", "ride_clinic_shares", "ride_errand_shares")
_BY_AGE = ("ride_trip_age_factors", *_PURPOSE_SHARES)
_ROUNDING = 1e-9


class RideParams(BaseModel):
    """
    Fields of `sim.params.Params` that belong to rides, fares and the choice of a vehicle.

    `ride_elasticity_lever`: whether the elasticity method reads the frequency or the wait, never both. `…_shares` and
    `…_factors` by age: (first age, value), each up to the next one's first age.
    """

    ride_elasticity_lever: Literal["frequency", "wait"] = "frequency"
    ride_trips_weekday: Annotated[float, Field(ge=0.5, le=5)] = 1.96
    ride_trips_holiday: Annotated[float, Field(ge=0.5, le=5)] = 1.47
    ride_weekdays_a_year: Annotated[int, Field(ge=200, le=300)] = 243
    ride_trip_age_factors: Steps = ((0.0, 1.0), (75.0, 0.7))
    ride_work_shares: Steps = ((0.0, 0.0), (20.0, 0.45), (65.0, 0.15), (75.0, 0.03))
    ride_school_shares: Steps = ((0.0, 0.0), (15.0, 0.55), (18.0, 0.0))
    ride_clinic_shares: Steps = ((0.0, 0.03), (15.0, 0.02), (65.0, 0.10), (75.0, 0.18))
    ride_errand_shares: Steps = ((0.0, 0.3), (15.0, 0.3), (20.0, 0.4), (65.0, 0.7), (75.0, 0.75))
    ride_car_available_share: Annotated[float, Field(ge=0, le=1)] = 0.9
    ride_destination_decay: Annotated[float, Field(ge=0, le=1)] = 0.1
    ride_pattern_scale: Annotated[float, Field(ge=0.002, le=0.2)] = 0.035
    ride_walk_weight: Annotated[float, Field(ge=1, le=4)] = 2.0
    ride_wait_weight: Annotated[float, Field(ge=1, le=4)] = 2.0
    ride_wait_knee_min: Annotated[float, Field(ge=1, le=60)] = 10.0
    ride_wait_beyond_share: Annotated[float, Field(ge=0, le=1)] = 0.4
    ride_transfer_min: Annotated[float, Field(ge=0, le=30)] = 8.0
    ride_vot_work: Annotated[float, Field(ge=10, le=40)] = 30.0
    ride_vot_school: Annotated[float, Field(ge=10, le=40)] = 12.0
    ride_vot_clinic: Annotated[float, Field(ge=10, le=40)] = 20.0
    ride_vot_errand: Annotated[float, Field(ge=10, le=40)] = 20.0
    ride_car_yen_km: Annotated[float, Field(ge=0, le=100)] = 15.0
    ride_lift_weight: Annotated[float, Field(ge=1, le=4)] = 1.5
    ride_lift_round_factor: Annotated[float, Field(ge=1, le=2)] = 2.0
    ride_taxi_first_yen: Annotated[float, Field(ge=0, le=3000)] = 600.0
    ride_taxi_yen_km: Annotated[float, Field(ge=0, le=2000)] = 400.0
    ride_taxi_wait_min: Annotated[float, Field(ge=0, le=60)] = 10.0
    ride_walk_share_car: Annotated[float, Field(ge=0, le=1)] = 0.22
    ride_lift_share_car: Annotated[float, Field(ge=0, le=1)] = 0.05
    ride_taxi_share_car: Annotated[float, Field(ge=0, le=1)] = 0.01
    ride_lift_share_captive: Annotated[float, Field(ge=0, le=1)] = 0.45
    ride_taxi_share_captive: Annotated[float, Field(ge=0, le=1)] = 0.05
    ride_pupil_rides_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    ride_captive_rides_share: Annotated[float, Field(ge=0, le=1)] = 0.45
    ride_fare_elasticity: Annotated[float, Field(ge=-0.9, le=-0.05)] = -0.3
    ride_frequency_elasticity: Annotated[float, Field(ge=0.05, le=1.5)] = 0.5
    ride_time_elasticity: Annotated[float, Field(ge=-1.5, le=0)] = -0.4
    ride_arc_limit_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.5
    ride_arc_refused_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    ride_transfer_rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    ride_work_pass_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    ride_work_pass_discount: Annotated[float, Field(ge=0, le=0.9)] = 0.3
    ride_school_pass_share: Annotated[float, Field(ge=0, le=1)] = 0.8
    ride_school_pass_discount: Annotated[float, Field(ge=0, le=0.9)] = 0.4
    ride_known_lines_share: Annotated[float, Field(ge=0, le=1)] = 0.22
    ride_without_official: Annotated[float, Field(ge=0.1, le=200)] = 10.0

    @model_validator(mode="after")
    def _ride_tables_by_age(self) -> Self:
        for name in _BY_AGE:
            rows = getattr(self, name)
            ages = [age for age, _ in rows]
            if not ages or ages[0] != 0 or any(a >= b for a, b in pairwise(ages)):
                msg = f"{name}: ages must ascend from 0"
                raise ValueError(msg)
            if not all(0 <= value <= (5 if name.endswith("factors") else 1) for _, value in rows):
                msg = f"{name}: a share lies within 0–1"
                raise ValueError(msg)
        self._check_purposes()
        return self

    def _check_purposes(self) -> None:
        """Refuse purposes that take more than all trips of an age."""
        tables = {name: getattr(self, name) for name in _PURPOSE_SHARES}
        for age in sorted({age for rows in tables.values() for age, _ in rows}):
            total = sum(max(rows, key=lambda row: (row[0] <= age, row[0]))[1] for rows in tables.values())
            if total > 1 + _ROUNDING:
                msg = f"{', '.join(tables)}: together at most 1 at every age, {total:.2f} from age {age:g}"
                raise ValueError(msg)

    @model_validator(mode="after")
    def _shares_leave_room(self) -> Self:
        for names in (
            ("ride_walk_share_car", "ride_lift_share_car", "ride_taxi_share_car"),
            ("ride_lift_share_captive", "ride_taxi_share_captive"),
            ("ride_pupil_rides_share", "ride_captive_rides_share"),
        ):
            if sum(getattr(self, name) for name in names) >= 1:
                msg = f"{', '.join(names)}: together below 1"
                raise ValueError(msg)
        return self


__all__ = ["RIDE_PARAMETERS", "RideParams", "Steps"]
