"""Owns the constants of the choice of a vehicle: found so that the baseline has its known rides and the elasticity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.ridership.markets import BUS, MARKETS, MODES, RIDER_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.units import FloatArray

_START_SCALE = 0.03
_SCALE_BOUNDS = (0.001, 0.5)
_MOST_TAKEN = 0.8
"""Largest share of the trips a group could make by bus that is taken for granted."""
_MAX_ROUNDS = 200
_CLOSE = 1e-9
_PLAIN_ROUNDS, _DEPTH = 2, 5
"""Rounds before the method of Anderson sets in, and how many steps it looks back."""
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
        """Return market, mode, cell → share; 0 where nothing is to be had."""
        from sim.ridership.choice_kernel import market_shares  # noqa: PLC0415 -- compiles on first use

        shares: FloatArray = market_shares(np.ascontiguousarray(cost_min), self.asc, self.scale)
        return shares


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
    Fixed point: each constant moves by ln(wanted ÷ found), the logarithm of the scale by ln(wanted ÷ found elasticity);
    Anderson's method makes some ten rounds of the thirty it takes otherwise.
    """
    from sim.ridership.choice_kernel import market_sums  # noqa: PLC0415 -- compiles on first use

    rides, clipped = reachable_rides(known)
    kept = np.flatnonzero(known.trips.sum(axis=0) > 0)
    if rides.sum() <= 0 or len(kept) == 0:
        return None
    cost = np.ascontiguousarray(known.cost_min[:, :, kept])
    parts = tuple(np.ascontiguousarray(p[:, kept]) for p in (known.trips, known.boardings, known.fare_min))
    held = np.isfinite(cost).any(axis=2)
    start = np.append(np.zeros(int(held.sum())), np.log(_START_SCALE))

    def constants_of(unknown: FloatArray) -> Constants:
        asc = np.full(held.shape, -np.inf)
        asc[held] = unknown[:-1]
        return Constants(float(np.exp(unknown[-1])), asc, clipped)

    def step_of(unknown: FloatArray) -> FloatArray:
        constants = constants_of(unknown)
        by_mode, ridden, fare_rides = market_sums(cost, constants.asc, constants.scale, *parts)
        step = _split_step(by_mode, known.split) + _bus_step(ridden, rides)
        implied = -constants.scale * float(fare_rides.sum()) / float(ridden.sum())
        return np.append(step[held], _scale_step(constants.scale, implied, known.fare_elasticity))

    return constants_of(find_fixed_point(step_of, start))


def _scale_step(scale: float, implied: float, wanted: float) -> float:
    """Return the step of the logarithm of the scale, within its bounds."""
    ratio = wanted / implied if implied else 1.0
    low, high = np.log(np.array(_SCALE_BOUNDS) / scale)
    return float(np.clip(np.log(np.clip(ratio, 0.5, 2.0)), low, high))


def find_fixed_point(step_of: Callable[[FloatArray], FloatArray], start: FloatArray) -> FloatArray:
    """Return where a step is nought: x + step(x), sped up by the last steps (Anderson); the nearest found at worst."""
    at: list[FloatArray] = []
    steps: list[FloatArray] = []
    found = start
    for n in range(_MAX_ROUNDS):
        step = step_of(found)
        if float(np.abs(step).max()) < _CLOSE:
            break
        at, steps = [*at[-_DEPTH:], found], [*steps[-_DEPTH:], step]
        new = found + step
        if n > _PLAIN_ROUNDS:
            moved = np.stack([steps[-1] - earlier for earlier in steps[:-1]], axis=1)
            apart = np.stack([at[-1] - earlier for earlier in at[:-1]], axis=1)
            new = new - (apart + moved) @ np.linalg.lstsq(moved, step, rcond=1e-8)[0]
        found = new
    return found


def _split_step(by_mode: FloatArray, split: FloatArray) -> FloatArray:
    """Return market, mode → step of the constants that brings ways other than the bus to their split."""
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


def _bus_step(ridden: FloatArray, rides: FloatArray) -> FloatArray:
    """Return market, mode → step of the constants of the bus that brings each group of riders to its rides."""
    found = np.bincount(GROUP, ridden, minlength=len(RIDER_GROUPS))
    move = np.log(np.divide(rides, found, out=np.ones(len(rides)), where=(found > 0) & (rides > 0)))
    step: FloatArray = np.zeros((len(MARKETS), len(MODES)))
    step[:, BUS] = move[GROUP]
    return step
