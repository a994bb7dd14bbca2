"""Owns clinic access with competition on the cells of a city: demand by age and walker, online visits, mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.digest import digest_of
from sim.clinic_access.ages import FROM_AGES, OLDEST, product, split_means, weighted_persons
from sim.clinic_access.e2sfca import e2sfca
from sim.clinic_access.supply import Supply, find_supply

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext

Mode = Literal["transit", "car"]
PER_PERSONS = 100.0
"""Access is told per so many residents with an average number of visits."""


@dataclass(frozen=True, slots=True, eq=False)
class Competition:
    """
    E2SFCA on the cells of a city.

    Parameters
    ----------
    standard, older
        From age (0, 65, 75) → consultation hours a week per 100 residents with an average number of visits, for people
        of that age and more who walk as the standard or the older walker, shape (C,).
    visits
        From age → (standard, older) visits to a doctor of a resident of that age and more (national average = 1), shape
        (C,): what a mean over a group is weighted by.
    demand
        (standard, older) → residents weighted by visits, per cell, shape (C,).
    supply
        The places.
    """

    standard: dict[int, FloatArray]
    older: dict[int, FloatArray]
    visits: dict[int, tuple[FloatArray, FloatArray]]
    demand: tuple[FloatArray, FloatArray]
    supply: Supply


def compete(context: RunContext, mode: Mode) -> Competition:
    """
    Return E2SFCA for both walkers of every cell, who compete for the same hours.

    Notes
    -----
    Demand is residents × visits of their age (`visit_rates`, national average = 1), those from `older_from_age` on with
    the times of the older walker. A share o of the visits of an age is online: they make no trip and take the same time
    of doctors. So places keep S_j (1 − O) for the D (1 − o) who come, O = Σ o D ÷ Σ D, and the hours of online visits
    are open to all alike: A = (1 − o) A(come) + o ΣS ÷ ΣD. With o = 0 this is E2SFCA itself. A group of several ages
    takes the mean o of its visits, so that in any case Σ D A = supply reached by those who come + O ΣS.
    """
    supply, params, population = find_supply(context), context.params, context.city.population
    n_cells, older_from = context.n_cells, params.older_from_age
    demand, by_screen = (
        np.concatenate(
            [
                weighted_persons(population, table, 0, older_from),
                weighted_persons(population, table, older_from, OLDEST),
            ]
        )
        for table in (params.visit_rates, product(params.visit_rates, online_table(context)))
    )
    total = float(demand.sum())
    share = float(by_screen.sum()) / total if total > 0 else 0.0
    minutes = np.concatenate([minutes_to(context, supply.xy, mode, older=older) for older in (False, True)])
    steps = params.e2sfca_car_steps if mode == "car" else params.e2sfca_transit_steps
    come = e2sfca(supply.week_hours * (1 - share), demand - by_screen, minutes, steps) * PER_PERSONS
    everywhere = PER_PERSONS * float(supply.week_hours.sum()) / total if total > 0 else 0.0
    standard, older, visits = {}, {}, {}
    for age in FROM_AGES:
        of_standard, of_older = split_means(population, online_table(context), older_from, age, params.visit_rates)
        standard[age] = _mix(come[:n_cells], of_standard, everywhere)
        older[age] = _mix(come[n_cells:], of_older, everywhere)
        visits[age] = split_means(population, params.visit_rates, older_from, age)
    return Competition(standard, older, visits, (demand[:n_cells], demand[n_cells:]), supply)


def _mix(come: FloatArray, online: FloatArray, everywhere: float) -> FloatArray:
    return (1 - online) * come + online * everywhere


def online_table(context: RunContext) -> tuple[tuple[float, float], ...]:
    """Return (first age, share of visits that need no trip)."""
    share = context.params.online_visit_share
    return tuple((age, min(1.0, share * factor)) for age, factor in context.params.online_age_factors)


def minutes_to(context: RunContext, xy: FloatArray, mode: Mode, *, older: bool) -> FloatArray:
    """Return cell, place → minutes from home by public transport or on foot, or by car off the peak, shape (C, J)."""
    if mode == "car":
        return drive_minutes(context, xy, context.params.car_offpeak_kmh, context.params.car_terminal_min)
    return context.travel_minutes("older" if older else "standard", xy).astype(np.float64)


def drive_minutes(
    context: RunContext, xy: FloatArray, speed_kmh: float, terminal_min: float, *, outward: bool = False
) -> FloatArray:
    """Return cell, place → minutes by car from home, or (`outward`) from the place to the home, shape (C, J)."""

    def compute() -> FloatArray:
        from sim.routing.car import car_minutes  # noqa: PLC0415 -- the package loads compiled kernels

        homes = context.city.population.xy
        ends = (xy, homes) if outward else (homes, xy)
        found = car_minutes(context.city.streets, *ends, speed_kmh=speed_kmh, terminal_min=terminal_min)
        return found.T.copy() if outward else found

    way = "to homes" if outward else "from homes"
    return context.step("drive", way, compute, key=digest_of((xy, speed_kmh, terminal_min)))
