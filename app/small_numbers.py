"""Owns which groups are too small for a public view, and which one more must go so that nobody works them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from geodata.units import FloatArray


def withheld(persons: FloatArray, least: float) -> npt.NDArray[np.bool_]:
    """
    Return which groups are withheld where their total is printed too.

    Parameters
    ----------
    persons
        Residents by group, shape (G,).
    least
        Groups of fewer persons are withheld; 0 = none is. Empty groups hide nobody and are shown.

    Returns
    -------
    withheld
        Shape (G,). A single small group would follow from the total and the others, so the smallest of these goes too.
    """
    count = np.asarray(persons, np.float64)
    few = (count > 0) & (count < least)
    others = (count > 0) & ~few
    if few.sum() == 1 and others.any():
        few[np.argmin(np.where(others, count, np.inf))] = True
    return few
