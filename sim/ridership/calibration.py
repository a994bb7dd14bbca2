"""Owns the pattern of rides at the baseline: constants of a logit by which it has the rides it is known to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.ridership.markets import BUS, MARKETS, MODES, RIDER_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.units import FloatArray

_MOST_TAKEN = 0.8
"""Largest share of the trips a group could make by bus that is taken for granted."""
_MAX_ROUNDS = 200
_CLOSE = 1e-9
_LONGEST_STEP, _AWAY, _MOST_RETURNS = 2.0, 3.0, 3
_PLAIN_ROUNDS, _DEPTH = 3, 5
"""Rounds before the method of Anderson sets in, and how many steps it looks back."""
_FLOOR = 1e-300
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
    rides
        group of riders → rides a year, shape (G,).
    split
        captive or not (row 1, row 0), mode → share among the ways other than the bus, shape (2, K).
    scale
        Utility lost per minute, which tells how the shares fall with the cost over cells.
    """

    trips: FloatArray
    cost_min: FloatArray
    boardings: FloatArray
    rides: FloatArray
    split: FloatArray
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """
    Shares at the baseline (market, mode, cell), shape (M, K, C), and the constants behind them (market, mode), (M, K).

    `scale` [1/min]. `clipped`: whether some group could not make the rides it was given.
    """

    shares: FloatArray
    asc: FloatArray
    scale: float
    clipped: bool

    def __post_init__(self) -> None:
        freeze(self)

    def shares_at(self, cost_min: FloatArray) -> FloatArray:
        """Return the shares that the same constants give at other costs, shape (M, K, C)."""
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


def calibrate(known: Known) -> Pattern | None:
    """
    Return the pattern that has the rides of the baseline, None where no bus runs for anybody.

    Notes
    -----
    Fixed point: each constant moves by ln(wanted ÷ found). Constants of a logit at a fixed scale are unique up to one
    per market, which stays nought for the way on foot.
    """
    from sim.ridership.choice_kernel import market_sums  # noqa: PLC0415 -- compiles on first use

    rides, clipped = reachable_rides(known)
    kept = np.flatnonzero(known.trips.sum(axis=0) > 0)
    if rides.sum() <= 0 or len(kept) == 0:
        return None
    cost = np.ascontiguousarray(known.cost_min[:, :, kept])
    trips, boardings = (np.ascontiguousarray(part[:, kept]) for part in (known.trips, known.boardings))
    held = np.isfinite(cost).any(axis=2)

    def asc_of(unknown: FloatArray) -> FloatArray:
        asc = np.full(held.shape, -np.inf)
        asc[held] = unknown
        return asc

    def step_of(unknown: FloatArray) -> FloatArray:
        by_mode, ridden = market_sums(cost, asc_of(unknown), known.scale, trips, boardings)
        step: FloatArray = (_split_step(by_mode, known.split) + _bus_step(ridden, rides))[held]
        return step

    found, _ = find_fixed_point(step_of, np.zeros(int(held.sum())))
    plain = Pattern(np.zeros(0), asc_of(found), known.scale, clipped)
    return Pattern(plain.shares_at(known.cost_min), plain.asc, known.scale, clipped)


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
        if size > _AWAY * least and n_returns < _MOST_RETURNS:
            at, steps, wait, found = [], [], (2 + n_returns) * _PLAIN_ROUNDS, best
            n_returns += 1
            continue
        at, steps, wait = [*at[-_DEPTH:], found], [*steps[-_DEPTH:], step], wait - 1
        found = found + step if wait >= 0 or n_returns == _MOST_RETURNS else found + _sped_up(at, steps)
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
        wanted = split[int(captive)] * found.sum()
        held = wanted > 0
        move = np.log(np.divide(wanted, np.maximum(found, _FLOOR), out=np.ones(len(MODES)), where=held))
        step[rows] = move - move[-1]  # the last one, on foot, keeps its constant
    return step


def _bus_step(ridden: FloatArray, rides: FloatArray) -> FloatArray:
    """Return market, mode → step of the constants of the bus that brings each group of riders to its rides."""
    found = np.maximum(np.bincount(GROUP, ridden, minlength=len(RIDER_GROUPS)), _FLOOR)
    move = np.log(np.divide(rides, found, out=np.ones(len(rides)), where=rides > 0))
    step: FloatArray = np.zeros((len(MARKETS), len(MODES)))
    step[:, BUS] = move[GROUP]
    return step
