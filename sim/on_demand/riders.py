"""Owns who turns to which on-demand service: by cell and age, and shared where services overlap."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from sim.clinic_access.ages import OLDEST
from sim.on_demand.days import bits_of
from sim.on_demand.types import CLASS_AGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.on_demand import OnDemandPlan
    from geodata.population import PopulationCells
    from geodata.units import BoolArray, FloatArray


def cells_inside(xy: FloatArray, area_xy: shapely.Geometry) -> BoolArray:
    """Return point → whether it lies in an area, its edge included, shape (C,)."""
    shapely.prepare(area_xy)
    found: BoolArray = shapely.intersects_xy(area_xy, xy[:, 0], xy[:, 1])
    return found


def find_riders(population: PopulationCells, plans: Sequence[OnDemandPlan], own: int) -> FloatArray:
    """
    Return cell, class of age → people who turn to one of some services, shape (C, len(CLASS_AGES)).

    Parameters
    ----------
    population
        The residents; where their ages are not told, all are of the youngest class, whatever the youngest age that may
        ride.
    plans
        All services of the city that are computed.
    own
        Which of them is asked about.

    Notes
    -----
    Where areas overlap, people turn to the first service by priority of those that take their age and run on the day;
    equal ones share them evenly. The mean over the days of an ordinary week on which the service runs. Hours of
    operation are not compared.
    """
    inside = [cells_inside(population.xy, plan.area_xy) for plan in plans]
    rivals = [n for n in range(len(plans)) if (inside[n] & inside[own]).any()]
    found = np.zeros((population.n_cells, len(CLASS_AGES)))
    if not all(population.knows_age(age) for age in CLASS_AGES):
        found[:, 0] = population.total * _claims(plans, inside, rivals, own)
        return found
    youngest = plans[own].from_age
    cuts = sorted({*CLASS_AGES, *(plans[n].from_age for n in rivals), OLDEST})
    for low, high in pairwise(cuts):
        if low >= youngest:
            people = np.maximum(population.at_least(low) - population.at_least(high), 0.0)
            takers = [n for n in rivals if plans[n].from_age <= low]
            found[:, np.searchsorted(CLASS_AGES, low, "right") - 1] += people * _claims(plans, inside, takers, own)
    return found


def _claims(plans: Sequence[OnDemandPlan], inside: list[BoolArray], takers: list[int], own: int) -> FloatArray:
    """Return cell → share of people of an age who turn to a service, mean over its days, shape (C,)."""
    shares = [
        _claims_of_day(plans, inside, [n for n in takers if plans[n].days >> bit & 1], own)
        for bit in bits_of(plans[own].days)
    ]
    share: FloatArray = np.mean(shares, axis=0) if shares else np.zeros(len(inside[own]))
    return share


def _claims_of_day(plans: Sequence[OnDemandPlan], inside: list[BoolArray], takers: list[int], own: int) -> FloatArray:
    rank = plans[own].priority
    none = np.zeros(len(inside[own]), np.bool_)
    before = np.any([none, *(inside[n] for n in takers if plans[n].priority < rank)], axis=0)
    beside = np.sum([none, *(inside[n] for n in takers if plans[n].priority == rank)], axis=0)
    return np.where(inside[own] & ~before, 1.0 / np.maximum(beside, 1), 0.0)
