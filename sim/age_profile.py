"""Owns the single years of age within the bands of a city: who grows out of a band, and how many of it die."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.population import AgeBand
    from geodata.units import FloatArray, IntArray

OPEN_BAND_YEARS = 20
"""Years of age that an open-ended band is spread over; assumed."""

_LEAST_PERSONS = 1e-9


def band_edges(bands: Sequence[AgeBand]) -> IntArray:
    """Return the first age of each band, and the age after the last one, shape (A + 1,)."""
    last = bands[-1]
    end = last.from_age + OPEN_BAND_YEARS if last.to_age is None else last.to_age + 1
    return np.array([*(band.from_age for band in bands), end], dtype=np.int32)


def single_years(edges: IntArray, persons: FloatArray) -> FloatArray:
    """
    Return persons by single year of age, from the first age to the end of the last band, shape (N,).

    Notes
    -----
    Each band keeps its sum, no year is negative: the running total is interpolated by a monotone cubic.

    References
    ----------
    Fritsch and Carlson (1980), SIAM Journal on Numerical Analysis 17(2).
    """
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 -- slow to load

    told = np.where(persons < _LEAST_PERSONS, 0.0, persons)  # slopes near zero overflow
    running = PchipInterpolator(edges, np.concatenate([[0.0], np.cumsum(told)]))
    years: FloatArray = np.maximum(np.diff(running(np.arange(edges[0], edges[-1] + 1))), 0.0)
    return tied_to_bands(years, edges, persons)


def tied_to_bands(years: FloatArray, edges: IntArray, persons: FloatArray) -> FloatArray:
    """Return single years scaled to the sums of their bands; a band without any is spread evenly."""
    starts, widths = edges[:-1] - edges[0], np.diff(edges)
    held = np.add.reduceat(years, starts)
    factor = np.divide(persons, held, out=np.zeros_like(held), where=held > 0)
    even = np.where(held > 0, 0.0, persons / widths)
    tied: FloatArray = years * np.repeat(factor, widths) + np.repeat(even, widths)
    return tied


def band_means(values: FloatArray, years: FloatArray, edges: IntArray) -> FloatArray:
    """Return the mean of a value by single year of age over the people of each band, shape (A,)."""
    starts, widths = edges[:-1] - edges[0], np.diff(edges)
    held, plain = np.add.reduceat(years, starts), np.add.reduceat(values, starts) / widths
    sums = np.add.reduceat(years * values, starts)
    means: FloatArray = np.divide(sums, held, out=plain, where=held > 0)
    return means


def oldest_shares(years: FloatArray, edges: IntArray) -> FloatArray:
    """Return the share of each band that is in its last year of age, shape (A,)."""
    last = np.zeros_like(years)
    last[edges[1:] - 1 - edges[0]] = 1.0
    return band_means(last, years, edges)


def next_years(years: FloatArray, death: FloatArray, births: float) -> FloatArray:
    """Return single years of age a year later without migration; the last one keeps its people."""
    alive = years * (1.0 - death)
    later = np.empty_like(years)
    later[1:] = alive[:-1]
    later[0] = births
    later[-1] += alive[-1]
    return later
