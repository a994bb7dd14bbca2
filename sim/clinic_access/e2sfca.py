"""Owns E2SFCA: how much supply each place of demand can reach when everybody else within reach wants it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.units import FloatArray

    Steps = Sequence[tuple[float, float]]


def step_weights(minutes: FloatArray, steps: Steps) -> FloatArray:
    """
    Return the weight of each time: that of the first step it does not exceed, 0 beyond the last.

    Parameters
    ----------
    minutes
        Times of any shape [min]; inf = unreachable, NaN = no data; both weigh nothing.
    steps
        (minutes, weight), minutes ascending; a limit belongs to its step.

    Returns
    -------
    weights
        The same shape, ≥ 0.
    """
    limits = np.array([limit for limit, _ in steps], np.float64)
    weights = np.array([weight for _, weight in steps] + [0.0])
    found: FloatArray = weights[np.searchsorted(limits, np.asarray(minutes, np.float64), side="left")]
    return found


def e2sfca(supply: FloatArray, demand: FloatArray, minutes: FloatArray, steps: Steps) -> FloatArray:
    """
    Return the supply that one unit of demand can reach, with competition (enhanced two-step floating catchment area).

    R_j = S_j ÷ Σ_k D_k W(t_kj), A_i = Σ_j R_j W(t_ij). Times lead from demand to supply in both sums.

    Parameters
    ----------
    supply
        Place → supply, such as weekly consultation hours, ≥ 0, shape (J,).
    demand
        Demand, such as persons weighted by how often they see a doctor, ≥ 0, shape (I,).
    minutes
        Demand, place → time [min], inf = unreachable, shape (I, J). Need not be symmetric.
    steps
        (minutes, weight) of the catchment, ascending.

    Returns
    -------
    access
        Supply per unit of demand, shape (I,). Where there is no demand, what somebody living there would have. A place
        that no demand reaches adds nothing to anybody.

    Notes
    -----
    Σ D_i A_i = `reached_supply`. More supply at any place lowers nobody's access; a wider catchment may.

    References
    ----------
    Luo, W. and Qi, Y. (2009), An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial
    accessibility to primary care physicians. Health & Place 15(4).
    """
    weights = step_weights(minutes, steps)
    wanted = demand @ weights
    ratio = np.divide(supply, wanted, out=np.zeros(len(wanted)), where=wanted > 0)
    access: FloatArray = weights @ ratio
    return access


def reached_supply(supply: FloatArray, demand: FloatArray, minutes: FloatArray, steps: Steps) -> float:
    """Return the supply of all places that some demand reaches."""
    return float(supply[demand @ step_weights(minutes, steps) > 0].sum())
