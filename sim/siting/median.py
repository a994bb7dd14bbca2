"""Owns the p-median: the places from which the people are nearest in sum, with a proven distance from the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import ModelError, Problem, Text, error
from geodata.frozen import freeze
from geodata.units import BoolArray, FloatArray, IntArray
from sim.rng import unit_numbers
from sim.siting.asking import WHERE, check_gap, cost_question
from sim.siting.types import Siting, gap_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_N_STARTS = 6
_STEPS_PER_ROUND = 25
_LEAST_STEPS = 100
"""So many steps are always taken: they also find better choices."""
_WORTH_IMPROVING = 1.05
"""A choice from the bound is improved by exchange where it costs at most so many times the best one."""
_CEILING_FACTOR = 2.0
_FIRST_STEP = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """
    The problem as the kernels see it.

    `cost`: open candidate, demand with weight → weighted cost, shape (C′, D′). `weights`: demand → weight, shape (D′,).
    `fixed`: open candidate → must be chosen, shape (C′,).
    """

    cost: FloatArray
    weights: FloatArray
    fixed: BoolArray
    n_sites: int

    def __post_init__(self) -> None:
        freeze(self)


def p_median(  # noqa: PLR0913 -- all but three by name
    cost: npt.ArrayLike,
    weights: npt.ArrayLike,
    n_sites: int,
    *,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    gap: float = 0.01,
    seed: int = 2031,
    ceiling: float | None = None,
    max_steps: int = 3_000,
) -> Siting:
    """
    Choose the candidates to which the weighted cost is least in sum (p-median), with a proven gap.

    Choices are improved by exchanging one place for another from several starts; prices that relax "each demand is
    served once" give a lower bound and further starts. It ends where the proven gap is small enough, or after
    `max_steps`: then `gap` of the result says what is proven, which may be more than was asked for.

    Parameters
    ----------
    cost
        demand, candidate → cost such as minutes, shape (D, C) [≥ 0]; inf = not reachable.
    weights
        demand → weight, such as persons, shape (D,) [≥ 0, finite].
    n_sites
        Candidates to choose.
    fixed, forbidden
        Indices of candidates that must, and that must not, be chosen.
    gap
        Proven gap at which to stop, as a share of the objective.
    seed
        Of the random starts.
    ceiling
        Cost beyond which it does not matter how far it is: larger ones, and not being reachable at all, count as
        this. None = twice the largest finite cost of the table.
    max_steps
        Steps of the lower bound.

    Returns
    -------
    siting
        `objective` = Σ weight × cost to the nearest chosen candidate. `assignment` = that candidate; −1 where none
        can be reached.

    Raises
    ------
    ModelError
        If nothing can be chosen under these conditions, or the input does not fit together.

    Notes
    -----
    `bound` ≤ cost of the best choice ≤ `objective`, whatever the heuristic does.

    References
    ----------
    Hakimi (1964), Operations Research 12(3). Whitaker (1983), Information Systems and Operational Research 21(2).
    Beasley (1993), European Journal of Operational Research 65(3).
    """
    asked = cost_question(cost, weights, n_sites, fixed, forbidden, check_options(gap, ceiling))
    persons, rows, candidates = asked.persons, asked.rows, asked.candidates
    capped = np.minimum(asked.table, ceiling_of(asked.table) if ceiling is None else ceiling)
    weighted = np.ascontiguousarray((capped[np.ix_(rows, candidates)] * persons[rows, None]).T)
    problem = Weighted(weighted, persons[rows], asked.must, n_sites)
    sites, bound = _search(problem, gap, seed, max_steps)
    chosen = np.sort(candidates[sites])
    objective = float(capped[:, chosen].min(axis=1) @ persons)
    bound = min(bound, objective)
    return Siting(chosen, objective, bound, gap_between(objective, bound), nearest_of(asked.table, chosen))


def check_options(gap: float, ceiling: float | None) -> list[Problem]:
    """Return what is wrong with the wanted gap and the ceiling."""
    problems = check_gap(gap)
    if ceiling is not None and not (np.isfinite(ceiling) and ceiling > 0):
        problems.append(
            error(
                "siting.ceiling",
                WHERE,
                Text(f"費用の上限 {ceiling} は正の数です", f"ceiling {ceiling}: a positive number"),
            )
        )
    return problems


def ceiling_of(table: FloatArray) -> float:
    """Return what not being reachable costs unless it is told: twice the largest finite cost."""
    finite = table[np.isfinite(table)]
    if not len(finite):
        raise ModelError(
            error(
                "siting.unreachable",
                WHERE,
                Text("どの候補地にもたどり着けません", "no candidate can be reached from anywhere"),
            )
        )
    return max(_CEILING_FACTOR * float(finite.max()), 1.0)


def nearest_of(table: FloatArray, chosen: IntArray) -> IntArray:
    """Return demand → its nearest chosen candidate, the first of equals; −1 where none can be reached."""
    costs = table[:, chosen]
    nearest = chosen[np.argmin(costs, axis=1)]
    return np.where(np.isfinite(costs.min(axis=1)), nearest, -1).astype(np.int32)


def _search(problem: Weighted, gap: float, seed: int, max_steps: int) -> tuple[IntArray, float]:
    """Return the best choice found, as open candidates, and the lower bound."""
    from sim.siting.median_kernels import improve_by_exchange, raise_bound  # noqa: PLC0415 -- compiled

    cost, fixed, n_sites = problem.cost, problem.fixed, problem.n_sites
    if cost.shape[1] == 0:
        return _starts(problem, seed)[0], 0.0
    best: IntArray = np.zeros(0, np.int32)
    best_total = np.inf
    for sites in _starts(problem, seed):
        total = improve_by_exchange(cost, fixed, sites)
        if total < best_total:
            best, best_total = sites, total
    prices = _first_prices(cost, best)
    best_prices, direction = prices.copy(), np.zeros(len(prices))
    scale = np.square(problem.weights / problem.weights.max())
    state = np.array([-np.inf, _FIRST_STEP, 0.0])
    seen: set[bytes] = set()
    steps = 0
    while steps < max_steps and (steps < _LEAST_STEPS or best_total - state[0] > gap * best_total):
        asked = min(_STEPS_PER_ROUND, max_steps - steps)
        goal = gap if steps >= _LEAST_STEPS else 0.0
        sites, taken = raise_bound(
            cost, fixed, n_sites, best_total, scale, state, prices, best_prices, direction, asked, goal
        )
        steps += taken
        key = np.sort(sites).tobytes()
        if key not in seen and cost[sites].min(axis=0).sum() < _WORTH_IMPROVING * best_total:
            seen.add(key)
            total = improve_by_exchange(cost, fixed, sites)
            if total < best_total:
                best, best_total = sites, total
        if taken < asked:
            break
    return best, max(0.0, float(state[0]))


def _starts(problem: Weighted, seed: int) -> list[IntArray]:
    """Return the choices to begin with: greedy, and some at random."""
    from sim.siting.median_kernels import greedy_sites  # noqa: PLC0415 -- compiled

    cost, fixed, n_sites = problem.cost, problem.fixed, problem.n_sites
    starts = [greedy_sites(cost, fixed, n_sites)]
    names = [str(j) for j in range(len(cost))]
    for start in range(_N_STARTS - 1):
        drawn = unit_numbers(seed, "p-median", start, names) - fixed
        starts.append(np.argsort(drawn, kind="stable")[:n_sites].astype(np.int32))
    return starts


def _first_prices(cost: FloatArray, sites: IntArray) -> FloatArray:
    """Return demand → price to begin with: between its nearest and its second nearest place."""
    if len(sites) == 1:
        return np.array(cost[sites[0]])
    two = np.sort(cost[sites], axis=0)[:2]
    prices: FloatArray = two.mean(axis=0)
    return prices
