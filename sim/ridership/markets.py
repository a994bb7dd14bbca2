"""Owns the markets of the choice of a vehicle: purpose, whether a car is to be had, who walks; and trips by age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sim.ridership.behaviour import behaviour

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_OLDEST = 130
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


def trip_rates(context: RunContext, *, changed: bool) -> FloatArray:
    """
    Return market, age group → one-way trips per person and year, shape (M, A).

    Parameters
    ----------
    context
        The city; licences and cars decide who is captive.
    changed
        Whether licences are those of the scenario: returned by older people as the parameters say, and as supposed.
    """
    return context.step("rides", f"rates {'changed' if changed else 'base'}", lambda: _trip_rates(context, changed))


def _trip_rates(context: RunContext, changed: bool) -> FloatArray:
    params = context.params
    older_from = params.older_from_age
    weekdays = params.ride_weekdays_a_year
    daily = params.ride_trips_weekday * weekdays + params.ride_trips_holiday * (DAYS_A_YEAR - weekdays)
    ages = np.arange(_OLDEST)
    trips = daily * _by_age(params.ride_trip_age_factors)
    shares = {
        "work": _by_age(params.ride_work_shares),
        "school": _by_age(params.ride_school_shares),
        "clinic": _by_age(params.ride_clinic_shares),
        "errand": _by_age(params.ride_errand_shares),
    }
    with_car = _licensed(context, changed) * params.ride_car_available_share
    spread = _band_years(context.city.population.bands)
    rows = []
    for market in MARKETS:
        slow = ages >= older_from if market.purpose in {"clinic", "errand"} else np.zeros(_OLDEST, np.bool_)
        car = np.zeros(_OLDEST) if market.purpose == "school" else with_car
        who = (1.0 - car if market.captive else car) * (slow == market.older)
        rows.append(spread @ (trips * shares[market.purpose] * who))
    return np.array(rows)


def _by_age(table: Table) -> FloatArray:
    """Return age → value of a table, shape (ages,)."""
    first = np.array([age for age, _ in table])
    values = np.array([value for _, value in table])
    return values[np.searchsorted(first, np.arange(_OLDEST), side="right") - 1]


def _licensed(context: RunContext, changed: bool) -> FloatArray:
    """Return age → share with a licence."""
    if not changed:
        return _by_age(context.params.licence_shares)
    from sim.clinic_access.licences import licence_table  # noqa: PLC0415 -- reads parameters a baseline does not

    held, supposed = _by_age(licence_table(context.params)), behaviour(context)
    return np.array([supposed.licensed(float(share), float(age)) for age, share in enumerate(held)])


def _band_years(bands: Sequence[AgeBand]) -> FloatArray:
    """Return age group, age → share of the group that is of that age, even within it, shape (A, ages)."""
    shares = np.zeros((len(bands), _OLDEST))
    for row, band in enumerate(bands):
        last = band.from_age + _OPEN_BAND_YEARS - 1 if band.to_age is None else band.to_age
        shares[row, band.from_age : last + 1] = 1.0 / (last + 1 - band.from_age)
    return shares
