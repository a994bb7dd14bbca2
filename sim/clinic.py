"""Owns which institutions count as clinics, how many there are where, and how long it takes to the nearest one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from geodata.facilities import FacilityKind
from sim.cells import nearest_cell

if TYPE_CHECKING:
    from geodata.facilities import Facilities
    from geodata.units import FloatArray, IntArray
    from sim.context import RunContext, Walker

OUTPATIENT_KINDS = (FacilityKind.CLINIC, FacilityKind.HOSPITAL)
OFFICE_KINDS = (FacilityKind.CITY_OFFICE, FacilityKind.BRANCH_OFFICE)


def public_clinics(facilities: Facilities) -> IntArray:
    """Return the 一般診療所 that are open to the public."""
    clinics = facilities.of_kind(FacilityKind.CLINIC)
    return clinics[facilities.open_to_public[clinics]]


def outpatient_places(facilities: Facilities) -> IntArray:
    """Return the 一般診療所 and 病院 that are open to the public."""
    places = facilities.of_kind(*OUTPATIENT_KINDS)
    return places[facilities.open_to_public[places]]


def city_offices(facilities: Facilities) -> IntArray:
    """Return 本庁 and 支所."""
    return facilities.of_kind(*OFFICE_KINDS)


def count_by_cell(context: RunContext, xy: FloatArray) -> FloatArray:
    """Return cell → number of the given places, each in the cell with the nearest centre, shape (C,)."""
    population = context.city.population

    def compute() -> FloatArray:
        counts = np.zeros(population.n_cells)
        np.add.at(counts, nearest_cell(population, xy), 1.0)
        return counts

    return context.step("count", "", compute, key=digest_of(xy))


def nearest_minutes(context: RunContext, xy: FloatArray, walker: Walker) -> FloatArray:
    """Return cell → minutes by public transport or on foot to the nearest of the places, shape (C,)."""
    return context.step("nearest", walker, lambda: context.nearest_minutes(walker, xy), key=digest_of(xy))
