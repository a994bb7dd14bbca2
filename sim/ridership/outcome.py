"""Owns the rides of a year: boardings, linked trips, changes, minutes on board, kilometres by car, revenue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.ridership.cost import bus_fares, of_markets
from sim.ridership.demand import find_choice, parts_now
from sim.ridership.fares import fare_factor
from sim.ridership.markets import BUS, DAYS_A_YEAR, MARKETS, MODES, trip_rates
from sim.ridership.purposes import PURPOSES

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.baseline import Parts
    from sim.ridership.demand import Choice, Response
    from sim.ridership.purposes import Purpose


@dataclass(frozen=True, slots=True, eq=False)
class RideOutcome:
    """
    Rides of residents in a year, by cell and age group unless said otherwise, shape (C, A).

    Parameters
    ----------
    persons
        Residents.
    boardings, linked, changes
        Buses boarded (the unit of the official figure); trips with at least one of them; changes of vehicle.
    person_min
        Minutes on board of buses.
    car_km
        Kilometres of cars: driven, with family, by taxi.
    revenue
        purpose, age group → fares of buses [yen], shape (P, A), purposes in the order of `PURPOSES`.
    mode_trips
        market, mode → one-way trips, shape (M, K).
    """

    persons: FloatArray
    boardings: FloatArray
    linked: FloatArray
    changes: FloatArray
    person_min: FloatArray
    car_km: FloatArray
    revenue: FloatArray
    mode_trips: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def boardings_total(self) -> float:
        """Return bus rides a year."""
        return float(self.boardings.sum())

    @property
    def linked_total(self) -> float:
        """Return trips with a bus a year."""
        return float(self.linked.sum())

    @property
    def transfers_total(self) -> float:
        """Return changes of vehicle a year."""
        return float(self.changes.sum())

    @property
    def person_min_total(self) -> float:
        """Return minutes on board of buses a year."""
        return float(self.person_min.sum())

    @property
    def car_km_total(self) -> float:
        """Return kilometres of cars a year."""
        return float(self.car_km.sum())

    @property
    def revenue_yen(self) -> float:
        """Return fares of buses a year [yen]."""
        return float(self.revenue.sum())

    @property
    def per_person(self) -> float:
        """Return bus rides per resident and year; NaN without residents."""
        people = float(self.persons.sum())
        return self.boardings_total / people if people > 0 else float("nan")


def ride_outcome(context: RunContext, response: Response = "default") -> RideOutcome | None:
    """
    Return the rides of a year.

    Parameters
    ----------
    context
        The city; on any but the baseline the change is told from it.
    response
        ``default``, or how strongly people respond (``low``, ``high``: ends of the range of the fare elasticity).

    Returns
    -------
    outcome
        None where no bus runs at the baseline, or nobody or no place to go to is known.
    """
    return context.step("rides", f"outcome {response}", lambda: _find_outcome(context, response))


def _find_outcome(context: RunContext, response: Response) -> RideOutcome | None:
    choice = find_choice(context, response)
    return None if choice is None else outcome_of(context, choice, choice.after[:, BUS], parts_now(context))


def outcome_of(context: RunContext, choice: Choice, bus: FloatArray, parts: Parts) -> RideOutcome:
    """Return the rides of the residents where `bus`, market, cell → share of trips, is by bus on journeys `parts`."""
    persons = context.city.population.persons
    rates = trip_rates(context, changed=not context.is_baseline)
    rates = rates * np.array([m.purpose in parts for m in MARKETS], np.float64)[:, None]

    def by_age(per_trip: FloatArray) -> FloatArray:
        totals: FloatArray = persons * (per_trip.T @ rates)
        return totals

    def of_bus(name: str) -> FloatArray:
        return bus * of_markets(parts, name, context.n_cells)

    others = choice.after[:, BUS + 1 :]
    left = np.divide(1.0 - bus, others.sum(axis=1), out=np.zeros_like(bus), where=others.sum(axis=1) > 0)
    shares = np.concatenate([bus[:, None], others * left[:, None, :]], axis=1)
    trips = rates @ persons.T
    return RideOutcome(
        persons=persons,
        boardings=by_age(of_bus("boardings")),
        linked=by_age(of_bus("linked")),
        changes=by_age(of_bus("n_changes")),
        person_min=by_age(of_bus("bus_min")),
        car_km=by_age(_vehicles(context, shares) * of_markets(parts, "car_km", context.n_cells)),
        revenue=_revenue(context, rates, persons, bus * bus_fares(context, parts)),
        mode_trips=(shares * trips[:, None, :]).sum(axis=2),
    )


def _vehicles(context: RunContext, shares: FloatArray) -> FloatArray:
    """Return market, cell → kilometres of cars per kilometre of a trip."""
    weight = dict.fromkeys(MODES, 0.0) | {"car": 1.0}
    weight |= dict.fromkeys(("lift", "taxi"), context.params.ride_lift_round_factor)
    driven: FloatArray = np.tensordot(np.array([weight[mode] for mode in MODES]), shares, axes=(0, 1))
    return driven


def _revenue(context: RunContext, rates: FloatArray, persons: FloatArray, full_yen: FloatArray) -> FloatArray:
    """Return purpose, age group → fares [yen]; `full_yen`: market, cell → full fares per trip by any way."""
    bands = context.city.population.bands
    by_market = rates * (full_yen @ persons)
    paid = np.zeros((len(PURPOSES), len(bands)))
    for row, market in enumerate(MARKETS):
        factors = [fare_factor(context, market.purpose, band.from_age, band.to_age) for band in bands]
        paid[PURPOSES.index(market.purpose)] += by_market[row] * np.array(factors)
    return paid


def ride_trips(context: RunContext) -> dict[Purpose, FloatArray]:
    """Return purpose → cell → one-way trips by public transport away from home, an average day, shape (C,)."""
    choice = find_choice(context)
    if choice is None:
        return {}
    rates = trip_rates(context, changed=not context.is_baseline)
    trips = choice.after[:, BUS] * (rates @ context.city.population.persons.T) / (2 * DAYS_A_YEAR)
    known = parts_now(context)
    return {p: trips[[m.purpose == p for m in MARKETS]].sum(axis=0) for p in PURPOSES if p in known}


def rides_per_person(context: RunContext) -> FloatArray:
    """Return cell → bus rides per resident and year, shape (C,); NaN where nobody lives or no rides are known."""
    outcome = ride_outcome(context)
    if outcome is None:
        return np.full(context.n_cells, np.nan)
    people = outcome.persons.sum(axis=1)
    none = np.full(context.n_cells, np.nan)
    rides: FloatArray = np.divide(outcome.boardings.sum(axis=1), people, out=none, where=people > 0)
    return rides
