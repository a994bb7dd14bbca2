"""Owns the markets of the choice of a vehicle: purpose, whether a car is to be had, who walks; and trips by age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sim.clinic_access.ages import value_at

if TYPE_CHECKING:
    from geodata.population import AgeBand
    from geodata.units import FloatArray
    from sim.clinic_access.ages import Table
    from sim.context import RunContext
    from sim.ridership.purposes import Purpose

Mode = Literal["bus", "car", "lift", "taxi", "walk"]
MODES: tuple[Mode, ...] = get_args(Mode)
"""バス等（鉄道へ乗り継ぐ移動を含む）, 自動車, 家族送迎, タクシー, 徒歩・二輪."""
BUS = MODES.index("bus")
RiderGroup = Literal["pupil", "captive", "car"]
RIDER_GROUPS: tuple[RiderGroup, ...] = get_args(RiderGroup)
"""Riders whose baseline rides are told apart: pupils, others without a car, those with one."""
DAYS_A_YEAR = 365
_OPEN_BAND_YEARS = 15
"""Years an open-ended age group is spread over, evenly."""


@dataclass(frozen=True, slots=True)
class Market:
    """People who choose alike: for a purpose, without a car (`captive`) or with one, slow walkers (`older`) or not."""

    purpose: Purpose
    captive: bool
    older: bool

    @property
    def riders(self) -> RiderGroup:
        """Return the group of riders they count in."""
        if self.purpose == "school":
            return "pupil"
        return "captive" if self.captive else "car"


MARKETS: tuple[Market, ...] = (
    Market("work", captive=False, older=False),
    Market("work", captive=True, older=False),
    Market("school", captive=True, older=False),
    *(
        Market(purpose, captive, older)
        for purpose in ("clinic", "errand")
        for captive in (False, True)
        for older in (False, True)
    ),
)
"""Commuters and pupils walk as the standard walker does."""


def trip_rates(context: RunContext, *, returned: bool) -> FloatArray:
    """
    Return market, age group → one-way trips per person and year, shape (M, A).

    Parameters
    ----------
    context
        The city; licences and cars decide who is captive.
    returned
        Whether older people have returned their licences, as the parameters say.
    """
    bands = context.city.population.bands
    ages = [_ages_of(band) for band in bands]
    licensed = _licences(context, returned=returned)
    older_from = context.params.older_from_age
    return np.array([[_mean_rate(context, m, years, licensed, older_from) for years in ages] for m in MARKETS])


def _ages_of(band: AgeBand) -> range:
    last = band.from_age + _OPEN_BAND_YEARS - 1 if band.to_age is None else band.to_age
    return range(band.from_age, last + 1)


def _licences(context: RunContext, *, returned: bool) -> Table:
    if not returned:
        return context.params.licence_shares
    from sim.clinic_access.licences import licence_table  # noqa: PLC0415 -- reads parameters a baseline does not

    return licence_table(context.params)


def _mean_rate(context: RunContext, market: Market, ages: range, licensed: Table, older_from: int) -> float:
    params = context.params
    table = {
        "work": params.ride_work_shares,
        "school": params.ride_school_shares,
        "clinic": params.ride_clinic_shares,
        "errand": params.ride_errand_shares,
    }[market.purpose]
    weekdays = params.ride_weekdays_a_year
    daily = params.ride_trips_weekday * weekdays + params.ride_trips_holiday * (DAYS_A_YEAR - weekdays)
    available = params.ride_car_available_share
    total = 0.0
    for age in ages:
        slow = age >= older_from and market.purpose in {"clinic", "errand"}
        if slow != market.older:
            continue
        car = 0.0 if market.purpose == "school" else value_at(licensed, age) * available
        rate = daily * value_at(params.ride_trip_age_factors, age) * value_at(table, age)
        total += rate * (1.0 - car if market.captive else car)
    return total / len(ages)
