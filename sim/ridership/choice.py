"""Owns the choice of a vehicle: shares of a logit, their change by increments, and the elasticities they imply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.units import FloatArray


def shares_of(utility: FloatArray) -> FloatArray:
    """
    Return the shares of a logit.

    Parameters
    ----------
    utility
        mode, … → utility; −inf = not to be had; at least one mode must be.

    Returns
    -------
    shares
        Same shape; sums to 1 over the modes.
    """
    weights = np.exp(utility - utility.max(axis=0))
    shares: FloatArray = weights / weights.sum(axis=0)
    return shares


def incremental_shares(base: FloatArray, change: FloatArray) -> FloatArray:
    """
    Return shares after a change of utilities: p′ = p e^ΔV ÷ Σ p e^ΔV.

    Parameters
    ----------
    base
        mode, … → share before, shape (K, …).
    change
        mode, … → change of utility; −inf = not to be had any more. Not used where `base` is 0.

    Returns
    -------
    shares
        Same shape; sums to 1 over the modes.
    """
    held = base > 0
    change = np.where(held, change, -np.inf)
    weights = np.where(held, base * np.exp(change - change.max(axis=0)), 0.0)
    shares: FloatArray = weights / weights.sum(axis=0)
    return shares


def point_elasticity(share: FloatArray, weight: FloatArray, cost: FloatArray, scale: float) -> float:
    """
    Return the elasticity of demand with regard to a factor on one part of the cost of a mode.

    Parameters
    ----------
    share
        Share of the mode.
    weight
        Trips times what each trip by the mode counts, same shape.
    cost
        That part of its cost, in the unit that `scale` is per, same shape.
    scale
        Utility lost per unit of cost [> 0].

    Returns
    -------
    elasticity
        −scale × Σ weight × share × (1 − share) × cost ÷ Σ weight × share; 0 where nobody takes it.
    """
    demand = weight * share
    total = float(demand.sum())
    if total <= 0:
        return 0.0
    return -scale * float((demand * (1.0 - share) * cost).sum()) / total


def rule_of_half(trips_before: FloatArray, trips_after: FloatArray, cost_saved: FloatArray) -> float:
    """Return Σ ½ (trips before + trips after) × cost saved per trip: the gain of users where demand is a line."""
    return float((0.5 * (trips_before + trips_after) * cost_saved).sum())


def incremental_gain(before: FloatArray, saved: FloatArray, trips: FloatArray, scale: float) -> float:
    """
    Return Σ trips × ln Σ p e^(scale × saved) ÷ scale: the gain of users of an incremental logit, in its unit of cost.

    Parameters
    ----------
    before, saved
        market, mode, … → share before, cost saved; shape (M, K, …).
    trips
        market, … → trips by any mode.
    scale
        Utility lost per unit of cost [> 0].
    """
    return float((trips * np.log((before * np.exp(scale * saved)).sum(axis=1))).sum()) / scale if scale > 0 else 0.0
