"""Owns log-arc elasticities: how rides follow a ratio of frequency, wait, fare or time, and when that is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.units import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """Factor on rides, and where it was refused (there the factor is 1), both of the same shape."""

    factor: FloatArray
    refused: BoolArray


def log_arc(before: FloatArray, after: FloatArray, elasticity: float, limit: float) -> Arc:
    """
    Return the factor (after ÷ before)^elasticity on demand.

    Parameters
    ----------
    before, after
        Frequency, wait, fare or time, same shape.
    elasticity
        Constant elasticity of the demand curve.
    limit
        Largest relative change the elasticity is applied to, both ways; 0.5 = ±50 %.

    Returns
    -------
    arc
        Refused where the change is larger, or begins or ends at zero; an unchanged value is never refused.
    """
    same = before == after
    sound = (before > 0) & (after > 0) & np.isfinite(before) & np.isfinite(after)
    ratio = np.divide(after, before, out=np.ones(np.shape(before)), where=sound)
    # A bit of rounding must not refuse exactly ±50 %.
    taken = same | (sound & (np.abs(ratio - 1.0) <= limit + 1e-9))
    factor = np.where(taken & ~same, ratio**elasticity, 1.0)
    return Arc(factor, ~taken)


def join_arcs(arcs: list[Arc]) -> Arc:
    """Return the product of several factors; refused where any is."""
    refused = np.logical_or.reduce([arc.refused for arc in arcs])
    factor = np.multiply.reduce([arc.factor for arc in arcs])
    return Arc(np.where(refused, 1.0, factor), refused)
