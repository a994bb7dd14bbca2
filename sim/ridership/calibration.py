"""Owns the constants of the choice of a vehicle: found so that the baseline has its known rides and the elasticity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.frozen import freeze
from sim.ridership.markets import BUS, MARKETS, MODES, RIDER_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.units import FloatArray, IntArray

_START_SCALE = 0.03
_SCALE_BOUNDS = (0.002, 0.2)
_MOST_TAKEN = 0.8
"""Largest share of the trips a group could make by bus that is taken for granted."""
_MAX_ROUNDS = 200
_CLOSE = 1e-9
_LONGEST_STEP, _AWAY, _MOST_RETURNS = 2.0, 3.0, 3
_GOOD_ENOUGH, _HALVINGS = 1e-6, 30
_PLAIN_ROUNDS, _DEPTH = 3, 5
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
    kept = np.flatnonzero(known.trips.sum(axis=0) > 0).astype(np.int32)
    if rides.sum() <= 0 or len(kept) == 0:
        return None
    problem = _Problem(known, kept, rides, clipped)
    start = np.append(np.zeros(int(problem.held.sum())), np.log(_START_SCALE))
    found, gap = find_fixed_point(lambda unknown: problem.step(unknown, market_sums), start)
    if gap > _GOOD_ENOUGH:
        found = problem.solve_by_scale(market_sums)
    return problem.constants_of(found)


class _Problem:
    """The baseline's knowns, cut to inhabited cells, and the steps towards its constants."""

    def __init__(self, known: Known, kept: IntArray, rides: FloatArray, clipped: bool) -> None:
        self.known, self.rides, self.clipped = known, rides, clipped
        self.cost = np.ascontiguousarray(known.cost_min[:, :, kept])
        self.parts = tuple(np.ascontiguousarray(p[:, kept]) for p in (known.trips, known.boardings, known.fare_min))
        self.held = np.isfinite(self.cost).any(axis=2)

    def constants_of(self, unknown: FloatArray) -> Constants:
        """Return constants from what is sought: one per way to be had, and the logarithm of the scale."""
        asc = np.full(self.held.shape, -np.inf)
        asc[self.held] = unknown[:-1]
        return Constants(float(np.exp(unknown[-1])), asc, self.clipped)

    def step(self, unknown: FloatArray, sums: Callable[..., Any]) -> FloatArray:
        """Return the step of every constant and of the logarithm of the scale."""
        constants = self.constants_of(unknown)
        by_mode, ridden, fare_rides = sums(self.cost, constants.asc, constants.scale, *self.parts)
        step = _split_step(by_mode, self.known.split) + _bus_step(ridden, self.rides)
        implied = -constants.scale * float(fare_rides.sum()) / float(ridden.sum())
        return np.append(step[self.held], _scale_step(constants.scale, implied, self.known.fare_elasticity))

    def solve_by_scale(self, sums: Callable[..., Any]) -> FloatArray:
        """
        Return what is sought by halving the range of the scale, its constants found anew each time.

        Slower, for cities where so many ride that the two pull at each other; at an end of the range the scale stays
        there, and the elasticity is not reached.
        """
        low, high = (float(np.log(bound)) for bound in _SCALE_BOUNDS)
        found = np.zeros(int(self.held.sum()))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0

            def step(constants: FloatArray, scale: float = middle) -> FloatArray:
                return self.step(np.append(constants, scale), sums)[:-1]

            found, _ = find_fixed_point(step, found)
            wants_more = self.step(np.append(found, middle), sums)[-1] > 0
            low, high = (middle, high) if wants_more else (low, middle)
        return np.append(found, middle)


def _scale_step(scale: float, implied: float, wanted: float) -> float:
    """Return the step of the logarithm of the scale, within its bounds."""
    ratio = wanted / implied if implied else 1.0
    low, high = np.log(np.array(_SCALE_BOUNDS) / scale)
    return float(np.clip(np.log(np.clip(ratio, 0.5, 2.0)), low, high))


def find_fixed_point(step_of: Callable[[FloatArray], FloatArray], start: FloatArray) -> tuple[FloatArray, float]:
    """
    Return where a step is nought, by x + step(x), and the largest step that is left there.

    The last steps speed it up (Anderson); where that leads away, it goes on from the best place with plain steps.
    """
    at: list[FloatArray] = []
    steps: list[FloatArray] = []
    found = best = start
    least, wait, n_returns = np.inf, _PLAIN_ROUNDS, 0
    for _ in range(_MAX_ROUNDS):
        step = np.clip(step_of(found), -_LONGEST_STEP, _LONGEST_STEP)
        size = float(np.abs(step).max())
        if size < least:
            least, best = size, found
        if size < _CLOSE:
            break
        if size > _AWAY * least:
            at, steps, wait, found = [], [], 2 * _PLAIN_ROUNDS, best
            n_returns += 1
            if n_returns > _MOST_RETURNS:
                break
            continue
        at, steps, wait = [*at[-_DEPTH:], found], [*steps[-_DEPTH:], step], wait - 1
        found = found + step if wait >= 0 else found + _sped_up(at, steps)
    return best, least


def _sped_up(at: list[FloatArray], steps: list[FloatArray]) -> FloatArray:
    """Return the step of Anderson's method from the last places and their steps."""
    moved = np.stack([steps[-1] - earlier for earlier in steps[:-1]], axis=1)
    apart = np.stack([at[-1] - earlier for earlier in at[:-1]], axis=1)
    step = steps[-1] - (apart + moved) @ np.linalg.lstsq(moved, steps[-1], rcond=1e-8)[0]
    within: FloatArray = np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
    return within


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
