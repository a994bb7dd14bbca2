"""Owns the constants of the choice of a vehicle: found so that the baseline has its known rides and the elasticity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.ridership.choice import point_elasticity, shares_of
from sim.ridership.markets import BUS, MARKETS, MODES, RIDER_GROUPS

if TYPE_CHECKING:
    from geodata.units import FloatArray

_START_SCALE = 0.03
_SCALE_BOUNDS = (0.001, 0.5)
_MOST_TAKEN = 0.8
"""Largest share of the trips a group could make by bus that is taken for granted."""
_MAX_ROUNDS = 200
_CLOSE = 1e-10
CAPTIVE = np.array([market.captive for market in MARKETS])
GROUP = np.array([RIDER_GROUPS.index(market.riders) for market in MARKETS])


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """
    What the baseline is known to be.

    Parameters
    ----------
    trips
        market, cell → one-way trips a year, shape (M, C).
    cost_min
        market, mode, cell → generalised cost [min], shape (M, K, C).
    boardings
        market, cell → buses boarded per trip by public transport, shape (M, C).
    fare_min
        market, cell → fare in minutes, shape (M, C).
    rides
        group of riders → rides a year, shape (G,).
    split
        captive or not (row 1, row 0), mode → share among the ways other than the bus, shape (2, K).
    fare_elasticity
        What the scale must imply [< 0].
    """

    trips: FloatArray
    cost_min: FloatArray
    boardings: FloatArray
    fare_min: FloatArray
    rides: FloatArray
    split: FloatArray
    fare_elasticity: float


@dataclass(frozen=True, slots=True, eq=False)
class Constants:
    """
    Scale [1/min] and constants (market, mode → utility), shape (M, K).

    `clipped`: whether some group could not make the rides it was given.
    """

    scale: float
    asc: FloatArray
    clipped: bool

    def __post_init__(self) -> None:
        freeze(self)

    def utilities(self, cost_min: FloatArray) -> FloatArray:
        """Return market, mode, cell → utility; −inf = not to be had."""
        utility: FloatArray = self.asc[:, :, None] - self.scale * cost_min
        return utility

    def shares(self, cost_min: FloatArray) -> FloatArray:
        """Return market, mode, cell → share."""
        return np.moveaxis(shares_of(np.moveaxis(self.utilities(cost_min), 1, 0)), 0, 1)


def reachable_rides(known: Known) -> tuple[FloatArray, bool]:
    """Return group → rides a year to be met (others stand in for groups without a bus), and whether too many."""
    served = np.isfinite(known.cost_min[:, BUS])
    most = np.bincount(GROUP, (known.trips * known.boardings * served).sum(axis=1), minlength=len(RIDER_GROUPS))
    open_to = most > 0
    if not open_to.any():
        return np.zeros(len(RIDER_GROUPS)), False
    rides = np.where(open_to, known.rides, 0.0)
    rides *= known.rides.sum() / rides.sum() if rides.sum() > 0 else 0.0
    limit = _MOST_TAKEN * most
    return np.minimum(rides, limit), bool((rides > limit).any())


def calibrate(known: Known) -> Constants | None:
    """
    Return the constants that reproduce the baseline, None where no bus runs for anybody.

    Notes
    -----
    Fixed point: each constant moves by ln(wanted ÷ found), the scale by wanted ÷ found elasticity; both are exact for
    small shares, and the rest converges within some tens of rounds.
    """
    rides, clipped = reachable_rides(known)
    kept = np.flatnonzero(known.trips.sum(axis=0) > 0)
    if rides.sum() <= 0 or len(kept) == 0:
        return None
    trips, cost = known.trips[:, kept], known.cost_min[:, :, kept]
    boards, fare = known.boardings[:, kept], known.fare_min[:, kept]
    asc = np.where(np.isfinite(cost).any(axis=2), 0.0, -np.inf)
    scale = _START_SCALE
    for _ in range(_MAX_ROUNDS):
        shares = Constants(scale, asc.copy(), clipped).shares(cost)
        step = _split_step(shares, trips, known.split) + _bus_step(shares, trips * boards, rides)
        implied = point_elasticity(shares[:, BUS], trips * boards, fare, scale)
        ratio = float(np.clip(known.fare_elasticity / implied, 0.5, 2.0)) if implied else 1.0
        new = float(np.clip(scale * ratio, *_SCALE_BOUNDS))
        asc, moved = asc + step, abs(new / scale - 1.0)
        scale = new
        if max(float(np.abs(step).max()), moved) < _CLOSE:
            break
    return Constants(scale, asc, clipped)


def _split_step(shares: FloatArray, trips: FloatArray, split: FloatArray) -> FloatArray:
    """Return market, mode → step of the constants that brings ways other than the bus to their split."""
    by_mode = (shares * trips[:, None, :]).sum(axis=2)
    step: FloatArray = np.zeros_like(by_mode)
    for captive in (False, True):
        rows = captive == CAPTIVE
        found = by_mode[rows].sum(axis=0)
        found[BUS] = 0.0
        if found.sum() <= 0:
            continue
        wanted = split[int(captive)]
        move = np.log(np.divide(wanted * found.sum(), found, out=np.ones(len(MODES)), where=(found > 0) & (wanted > 0)))
        step[rows] = move - move[-1]  # the last one, on foot, keeps its constant
    return step


def _bus_step(shares: FloatArray, weight: FloatArray, rides: FloatArray) -> FloatArray:
    """Return market, mode → step of the constants of the bus that brings each group of riders to its rides."""
    found = np.bincount(GROUP, (shares[:, BUS] * weight).sum(axis=1), minlength=len(RIDER_GROUPS))
    move = np.log(np.divide(rides, found, out=np.ones(len(rides)), where=(found > 0) & (rides > 0)))
    step: FloatArray = np.zeros(shares.shape[:2])
    step[:, BUS] = move[GROUP]
    return step
