"""Owns the parameters of all models within their bounds, and the analysis settings."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from geodata.calendar import parse_date, parse_gtfs_time
from geodata.city import City
from sim.clinic_params import ClinicParams
from sim.equity_params import EquityParams
from sim.fare_params import FareParams
from sim.office_params import OfficeParams
from sim.on_demand_params import OnDemandParams
from sim.operation_params import OperationParams
from sim.parameter import Parameter
from sim.parameter_table import PARAMETERS, parameter_status
from sim.people_params import PeopleParams
from sim.ride_params import RideParams

DayId = str
"""``weekday``, ``saturday``, ``holiday`` or an ISO date."""

CatchmentSetting = Literal[
    "jr-1000m",
    "jr-800m",
    "jr800-brt500",
    "jr900-brt300",
    "district-list",
    "walk-10min",
    "jr-fitted",
    "jr-brt300-fitted",
    "user-polygon",
]


class Analysis(BaseModel):
    """
    What day, window and traveller a run looks at.

    `window`: two times ``HH:MM``, the arrival window of access KPIs; None = the city's default (10:00–12:00 where the
    city says nothing). `percentile`: percentile of the window that is reported. `n_draws`: draws of headway offsets.
    `include_assumed_lines`: give numbers that rest on assumed lines where they are withheld otherwise (参考値).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: DayId = "weekday"
    window: tuple[str, str] | None = None
    departure_mode: Literal["random", "planned"] = "planned"
    percentile: Annotated[int, Field(ge=1, le=99)] = 50
    seed: Annotated[int, Field(ge=0)] = 2031
    n_draws: Annotated[int, Field(ge=1, le=1000)] = 5
    include_assumed_lines: bool = False

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.date not in {"weekday", "saturday", "holiday"}:
            parse_date(self.date, "analysis.date")
        if self.window is not None:
            start, end = (parse_gtfs_time(t) for t in self.window)
            if start is None or end is None or start >= end:
                msg = f"window {self.window} must be two times HH:MM, the first one earlier"
                raise ValueError(msg)
        return self

    def service_date(self, city: City) -> str:
        """Return the ISO date that stands for `date` in a city."""
        named = {
            "weekday": city.defaults.date,
            "saturday": city.defaults.saturday,
            "holiday": city.defaults.holiday,
        }
        return named.get(self.date, self.date)

    def window_s(self, city: City) -> tuple[int, int]:
        """Return the window [s after 00:00], the city's own where none is set."""
        if self.window is None:
            return city.defaults.window_start_s, city.defaults.window_end_s
        start, end = (parse_gtfs_time(t) for t in self.window)
        return int(start or 0), int(end or 0)


Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-9]):[0-5][0-9]$")]
"""A time of the service day, ``HH:MM``; 24:30 = half past midnight."""

_CLOCKS_IN_ORDER = (
    ("commute_leave_from", "school_bell"),
    ("commute_leave_from", "works_start"),
    ("school_home_from", "school_home_by"),
    ("last_bus_from", "last_bus_to"),
)


class Params(
    OfficeParams,
    ClinicParams,
    OnDemandParams,
    RideParams,
    FareParams,
    OperationParams,
    EquityParams,
    PeopleParams,
):
    """
    Parameters of all models; units, ranges and sources stand in `sim.parameter_table`.

    `walk_detour` None = the factor that the city itself holds. `main_station`: name of a station front or station; a
    city without it takes its busiest station. `death_rates`: (age, deaths per person and year)
    anchors, interpolated in the logarithm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    walk_standard_m_min: Annotated[float, Field(ge=20, le=150)] = 80.0
    walk_older_m_min: Annotated[float, Field(ge=20, le=150)] = 60.0
    older_from_age: Annotated[int, Field(ge=60, le=100)] = 75
    walk_detour: Annotated[float, Field(ge=1.0, le=3.0)] | None = None
    max_access_min: Annotated[float, Field(ge=1, le=60)] = 20.0
    max_transfer_walk_min: Annotated[float, Field(ge=0, le=30)] = 10.0
    max_direct_walk_min: Annotated[float, Field(ge=1, le=180)] = 60.0
    max_transfers: Annotated[int, Field(ge=0, le=6)] = 3
    change_min: Annotated[float, Field(ge=0, le=15)] = 0.0
    cutoff_min: Annotated[float, Field(ge=30, le=360)] = 180.0

    catchment_setting: CatchmentSetting = "jr-1000m"
    coverage_station_m: Annotated[float, Field(gt=0, le=5000)] = 800.0
    coverage_stop_m: Annotated[float, Field(gt=0, le=5000)] = 300.0
    gap_station_m: Annotated[float, Field(gt=0, le=5000)] = 500.0
    gap_stop_m: Annotated[float, Field(gt=0, le=5000)] = 300.0
    frequent_departures: Annotated[int, Field(ge=1, le=500)] = 30

    clinic_within_min: Annotated[float, Field(gt=0, le=180)] = 30.0
    city_office_within_min: Annotated[float, Field(gt=0, le=180)] = 30.0
    shelter_max_walk_min: Annotated[float, Field(gt=0, le=600)] = 240.0
    mobile_office_walk_m: Annotated[float, Field(gt=0, le=3000)] = 500.0
    mobile_office_walk_short_m: Annotated[float, Field(gt=0, le=3000)] = 300.0

    commute_leave_from: Clock = "06:30"
    school_bell: Clock = "08:40"
    school_home_from: Clock = "18:00"
    school_home_by: Clock = "20:00"
    school_within_min: Annotated[float, Field(gt=0, le=180)] = 60.0
    works_start: Clock = "08:30"
    works_within_min: Annotated[float, Field(gt=0, le=180)] = 60.0
    main_station: str = "日立駅前"
    last_bus_from: Clock = "17:00"
    last_bus_to: Clock = "24:30"
    last_bus_within_min: Annotated[float, Field(gt=0, le=180)] = 60.0
    last_bus_walk_min: Annotated[float, Field(ge=0, le=60)] = 20.0
    station_front_within_min: Annotated[float, Field(gt=0, le=180)] = 30.0

    death_rates: tuple[tuple[float, float], ...] = (
        (10.0, 0.0001),
        (30.0, 0.0005),
        (50.0, 0.0023),
        (60.0, 0.006),
        (70.0, 0.016),
        (80.0, 0.042),
        (90.0, 0.12),
    )
    mortality_scale: Annotated[float, Field(ge=0, le=3)] = 1.0
    births_per_young_adult: Annotated[float, Field(ge=0, le=0.2)] = 0.0235

    pivot_reference_share: Annotated[float, Field(ge=0, le=1)] = 0.20
    definition_tolerance_share: Annotated[float, Field(ge=0, le=0.1)] = 0.01

    @model_validator(mode="after")
    def _rates_in_order(self) -> Self:
        ages = [age for age, _ in self.death_rates]
        if not ages or ages != sorted(set(ages)) or not all(0 < rate <= 1 for _, rate in self.death_rates):
            msg = "death_rates: ages must ascend and rates lie within 0–1"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _clocks_in_order(self) -> Self:
        for first, second in _CLOCKS_IN_ORDER:
            if self.clock_s(first) >= self.clock_s(second):
                msg = f"{first} must be earlier than {second}"
                raise ValueError(msg)
        return self

    def clock_s(self, name: str) -> int:
        """Return a parameter that is a time of day [s after 00:00]."""
        return int(parse_gtfs_time(getattr(self, name)) or 0)

    def walk_m_min(self, walker: str) -> float:
        """Return the walking speed of a walker [m/min]."""
        return self.walk_older_m_min if walker == "older" else self.walk_standard_m_min


__all__ = ["PARAMETERS", "Analysis", "CatchmentSetting", "Parameter", "Params", "parameter_status"]
