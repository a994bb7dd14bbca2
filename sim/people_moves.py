"""Owns who moves and where to: movers by cell and age out of residents, and how they settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.population import OPEN_BAND_MEAN_YEARS, age_one_year

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.population import AgeBand
    from geodata.units import FloatArray
    from sim.population import Rates


def band_ages(bands: Sequence[AgeBand]) -> FloatArray:
    """Return the age each band stands for [years]: its middle, an open one a few years above its first, shape (A,)."""
    return np.array(
        [b.from_age + OPEN_BAND_MEAN_YEARS if b.to_age is None else (b.from_age + b.to_age + 1) / 2 for b in bands]
    )


def move_weights(bands: Sequence[AgeBand], move_rates: Sequence[tuple[float, float]]) -> FloatArray:
    """Return band → propensity to move, linear between the anchors by age, shape (A,)."""
    ages, rates = np.array(move_rates, np.float64).T
    weights: FloatArray = np.interp(band_ages(bands), ages, rates)
    return weights


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


def movers(present: FloatArray, weights: FloatArray, persons: float) -> FloatArray | None:
    """
    Return who leaves when so many persons move, shape (C, A).

    Parameters
    ----------
    present
        cell, band → people who may leave [persons, ≥ 0], shape (C, A).
    weights
        band → propensity to move, shape (A,).
    persons
        How many leave [persons, ≥ 0].

    Returns
    -------
    leaving
        The same share of a band in every cell, in proportion to `weights` until a band is empty; None where fewer than
        `persons` may leave.
    """
    stock = present.sum(axis=0)
    willing = np.where(weights > 0, stock, 0.0)
    if persons > willing.sum() * (1 + 1e-12):
        return None
    share, left, open_ = np.zeros(len(stock)), float(persons), willing > 0
    while left > 0 and open_.any():
        pull = float((willing * weights * open_).sum())
        step = min(left / pull, float(((1.0 - share[open_]) / weights[open_]).min()))
        share[open_] += step * weights[open_]
        left -= step * pull
        if left <= 1e-12 * persons:
            break
        open_ &= share < 1.0 - 1e-12
    leaving: FloatArray = present * np.minimum(share, 1.0)
    return leaving


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
