"""Owns people who come to live somewhere: their ages, how they settle, how they age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.population import age_one_year

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.population import AgeBand
    from geodata.units import FloatArray
    from sim.population import Rates


def age_mix(bands: Sequence[AgeBand], shares: Sequence[tuple[int, int, float]]) -> FloatArray:
    """
    Return band → share of people given by age ranges, even within a range, shape (A,).

    Notes
    -----
    Sums to the sum of `shares`: ages below the first band count in it, those above an open-ended band in that.
    """
    mix = np.zeros(len(bands))
    for first, last, share in shares:
        each = share / (last - first + 1)
        for age in range(first, last + 1):
            mix[_band_of(bands, age)] += each
    return mix


def _band_of(bands: Sequence[AgeBand], age: int) -> int:
    found = [n for n, band in enumerate(bands) if band.from_age <= age]
    return found[-1] if found else 0


def settle(arriving: FloatArray, places: FloatArray, present: FloatArray) -> FloatArray:
    """
    Return where people settle, shape (C, A).

    Parameters
    ----------
    arriving
        band → persons who arrive, shape (A,).
    places
        cell → share of the cell that is open to them, 0–1, shape (C,).
    present
        cell → residents, shape (C,): people settle where people live; over places where nobody lives evenly.
    """
    weight = places * present
    weight = weight if weight.sum() > 0 else places
    settled: FloatArray = np.outer(weight / weight.sum(), arriving)
    return settled


def aged(people: FloatArray, rates: Rates, years: int) -> FloatArray:
    """Return band → the same people and their children some years later, without migration, shape (A,)."""
    later = people[None, :]
    for _ in range(years):
        later = age_one_year(later, rates)
    result: FloatArray = later[0]
    return result
