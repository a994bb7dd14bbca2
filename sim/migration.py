"""Owns who moves by age: the propensity to move, and who leaves when so many move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.population import AgeBand
    from geodata.units import FloatArray

OPEN_BAND_MEAN_YEARS = 6.0
"""How much older than its first age the people of an open-ended band are on average [years]; assumed."""

_LEAST = 1e-12


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


def leaving_shares(stock: FloatArray, weights: FloatArray, persons: float) -> FloatArray | None:
    """
    Return which share of each band leaves when so many persons move, shape (A,).

    Parameters
    ----------
    stock
        band → people who may leave [persons, ≥ 0], shape (A,).
    weights
        band → propensity to move, shape (A,); those of 0 stay.
    persons
        How many leave [persons, ≥ 0].

    Returns
    -------
    shares
        In proportion to `weights` until a band is empty, 0–1; None where fewer than `persons` may leave.
    """
    willing = np.where(weights > 0, stock, 0.0)
    if persons > willing.sum() * (1 + _LEAST):
        return None
    share, left, free = np.zeros(len(stock)), float(persons), willing > 0
    while left > _LEAST * persons and free.any():
        pull = float((willing * weights * free).sum())
        step = min(left / pull, float(((1.0 - share[free]) / weights[free]).min()))
        if step == 0.0:  # fewer than a number can tell: nobody
            break
        share[free] += step * weights[free]
        left -= step * pull
        free &= share < 1.0 - _LEAST
    shares: FloatArray = np.minimum(share, 1.0)
    return shares


def movers(present: FloatArray, weights: FloatArray, persons: float) -> FloatArray | None:
    """Return who leaves of cell, band → people, the same share of a band in every cell, shape (C, A), or None."""
    shares = leaving_shares(present.sum(axis=0), weights, persons)
    if shares is None:
        return None
    leaving: FloatArray = present * shares
    return leaving


def with_migrants(stock: FloatArray, weights: FloatArray, total: float) -> FloatArray:
    """
    Return groups brought to a total by people who come or leave, by their propensity to move, shape (G,).

    Notes
    -----
    Sums to `total`; where those who would move are too few to leave, all groups shrink alike.
    """
    gap = total - float(stock.sum())
    pull = stock * weights
    if gap >= 0 and pull.sum() > 0:
        grown: FloatArray = stock + gap * pull / pull.sum()
        return grown
    shares = leaving_shares(stock, weights, -gap) if gap < 0 else None
    fallen: FloatArray = stock * (total / stock.sum()) if shares is None else stock * (1.0 - shares)
    return fallen
