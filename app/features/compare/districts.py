"""Owns values by district in place of values by cell: what is shown where a run tells no cell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from geodata.units import FloatArray

HALF = 0.5


def spread_by_district(values: FloatArray, persons: FloatArray, district: np.ndarray[Any, Any]) -> FloatArray:
    """
    Return, for every cell, the median of its district weighted by residents.

    Parameters
    ----------
    values, persons, district
        Value (NaN = none, inf = out of reach), residents and district index (-1 = none) of each cell, shape (C,).
    """
    found = np.full(len(values), np.nan)
    for k in np.unique(district[district >= 0]):
        inside = district == k
        known = np.flatnonzero(inside & ~np.isnan(values) & (persons > 0))
        if len(known):
            order = known[np.argsort(values[known], kind="stable")]
            total = np.cumsum(persons[order])
            found[inside] = values[order[np.searchsorted(total, HALF * total[-1])]]
    return found
