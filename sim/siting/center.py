"""Owns the p-center: the places from which the person worst off is nearest, proven by halving over the costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from geodata.errors import ModelError, Problem, Text, error
from geodata.units import BoolArray, FloatArray, IntArray
from sim.siting.asking import WHERE, cost_question
from sim.siting.highs import Program, solve
from sim.siting.median import nearest_of
from sim.siting.types import Siting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_WHAT = "siting.p_center"


def p_center(
    cost: npt.ArrayLike,
    weights: npt.ArrayLike,
    n_sites: int,
    *,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
) -> Siting:
    """
    Choose the candidates that make the largest cost of anybody least (p-center), proven the best.

    Where nobody lives (weight 0) does not count; otherwise weights do not matter for the largest cost. Of choices
    equal in that, exchanges of one place for another choose one where the weighted cost in sum is low.

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

    Returns
    -------
    siting
        `objective` = largest cost to the nearest chosen candidate, over demands with weight. `assignment` = that
        candidate; −1 where none can be reached.

    Raises
    ------
    ModelError
        If so many places cannot reach everybody, or the input does not fit together.

    Notes
    -----
    Halving over the distinct costs; whether a cost can be kept is a set covering problem, answered by HiGHS.

    References
    ----------
    Minieka (1970), SIAM Review 12(1).
    """
    asked = cost_question(cost, weights, n_sites, fixed, forbidden)
    offered = asked.table[np.ix_(asked.rows, asked.candidates)]
    _check_reached(offered)
    picked, largest = _least_largest(offered, asked.must, n_sites)
    picked = _lower_sum(offered, asked.persons[asked.rows], asked.must, picked, largest)
    chosen = asked.candidates[picked]
    return Siting(chosen, largest, largest, 0.0, nearest_of(asked.table, chosen))


def _check_reached(offered: FloatArray) -> None:
    alone = int((~np.isfinite(offered).any(axis=1)).sum())
    if alone:
        raise ModelError(
            error(
                "siting.unreachable",
                WHERE,
                Text(
                    f"人の住む {alone:,} 地点は、どの候補地にもたどり着けません",
                    f"{alone:,} places with people cannot reach any candidate",
                ),
                Text(
                    "候補地を加えるか、その地点の重みを 0 にしてください",
                    "add candidates, or give these places weight 0",
                ),
            )
        )


def _least_largest(offered: FloatArray, must: BoolArray, n_sites: int) -> tuple[BoolArray, float]:
    """Return the choice with the least largest cost, and that cost."""
    if not len(offered):
        return _filled(must, n_sites), 0.0
    lowest = max(float(offered.min(axis=1).max()), 0.0)
    costs = np.unique(offered[np.isfinite(offered)])
    costs = costs[costs >= lowest]
    picked = _covering(offered, float(costs[-1]), must, n_sites)
    if picked is None:
        raise ModelError(_too_few(offered, float(costs[-1]), must, n_sites))
    low, high = 0, int(np.searchsorted(costs, _largest(offered, picked)))
    while low < high:
        middle = (low + high) // 2
        found = _covering(offered, float(costs[middle]), must, n_sites)
        if found is None:
            low = middle + 1
        else:
            picked, high = found, int(np.searchsorted(costs, _largest(offered, found)))
    return picked, _largest(offered, picked)


def _largest(offered: FloatArray, picked: BoolArray) -> float:
    return float(offered[:, picked].min(axis=1).max())


def _covering(offered: FloatArray, limit: float, must: BoolArray, n_sites: int) -> BoolArray | None:
    """Return a choice of `n_sites` that reaches everybody within a limit, or None where there is none."""
    cover = offered <= limit
    if not cover.any(axis=1).all():
        return None
    quick = _greedy_cover(cover, must, n_sites)
    if quick is not None:
        return quick
    found = _least_sites(cover, must, n_sites)
    return None if found is None else _filled(found, n_sites)


def _greedy_cover(cover: BoolArray, must: BoolArray, n_sites: int) -> BoolArray | None:
    """Return a choice that covers everybody, each time the place that covers most of the rest, if that suffices."""
    picked = must.copy()
    left = ~cover[:, must].any(axis=1)
    while left.any():
        if int(picked.sum()) >= n_sites:
            return None
        best = int(np.argmax(cover[left].sum(axis=0)))
        picked[best] = True
        left &= ~cover[:, best]
    return _filled(picked, n_sites)


def _least_sites(cover: BoolArray, must: BoolArray, at_most: int | None) -> BoolArray | None:
    """Return the fewest candidates that cover everybody, with the fixed ones; None = not with `at_most`."""
    picked = must.copy()
    left = cover[~cover[:, must].any(axis=1)]
    free = np.flatnonzero(~must)
    table, columns = _without_dominated(left[:, free])
    free = free[columns]
    n, n_rows = len(free), len(table)
    if n_rows:
        most = np.inf if at_most is None else float(at_most - int(must.sum()))
        program = Program(
            gain=np.ones(n),
            lower=np.zeros(n),
            upper=np.ones(n),
            whole=np.ones(n, np.bool_),
            rows=scipy.sparse.csr_array(np.concatenate([table, np.ones((1, n), np.bool_)]).astype(np.float64)),
            row_lower=np.concatenate([np.ones(n_rows), [-np.inf]]),
            row_upper=np.concatenate([np.full(n_rows, np.inf), [most]]),
            maximize=False,
        )
        solution = solve(program, _WHAT)
        if solution is None:
            return None
        picked[free[solution.values > 0.5]] = True  # noqa: PLR2004 -- 0 or 1, within a tolerance
    return picked


def _without_dominated(cover: BoolArray) -> tuple[BoolArray, IntArray]:
    """
    Leave out what does not matter for covering everybody with the fewest candidates.

    A demand that is covered whenever another one is, and a candidate that covers nothing another one does not; of
    equals the first stays.

    Returns
    -------
    cover
        What is left, shape (D′, C′).
    columns
        Indices of the candidates left, ascending, shape (C′,).
    """
    columns = np.arange(cover.shape[1], dtype=np.int32)
    shape = (-1, -1)
    while shape != cover.shape:
        shape = cover.shape
        cover = cover[~_holds_another(cover)]
        kept = ~_holds_another(~cover.T)
        cover, columns = cover[:, kept], columns[kept]
    return cover, columns


def _holds_another(sets: BoolArray) -> BoolArray:
    """Return row → whether the set it stands for contains that of another row (of equals all but the first do)."""
    table = sets.astype(np.float32)
    size = table.sum(axis=1)
    within = (table @ table.T) == size[None, :]  # row, other → the other lies within
    earlier = np.tri(len(sets), k=-1, dtype=np.bool_)
    holds: BoolArray = (within & ((size[None, :] < size[:, None]) | earlier)).any(axis=1)
    return holds


def _too_few(offered: FloatArray, limit: float, must: BoolArray, n_sites: int) -> Problem:
    fewest = _least_sites(offered <= limit, must, None)
    needed = 0 if fewest is None else int(fewest.sum())
    return error(
        "siting.too_few_sites",
        WHERE,
        Text(
            f"{n_sites} か所では全員がたどり着けません（少なくとも {needed} か所必要です）",
            f"{n_sites} sites cannot reach everybody; at least {needed} are needed",
        ),
        Text("か所数を増やしてください", "choose more sites"),
    )


def _filled(picked: BoolArray, n_sites: int) -> BoolArray:
    """Return a choice with the first candidates added until there are `n_sites`."""
    whole = picked.copy()
    whole[np.flatnonzero(~picked)[: max(0, n_sites - int(picked.sum()))]] = True
    return whole


def _lower_sum(
    offered: FloatArray, persons: FloatArray, must: BoolArray, picked: BoolArray, largest: float
) -> BoolArray:
    """Return a choice that keeps the largest cost and lowers the weighted sum, by exchange."""
    from sim.siting.median_kernels import improve_by_exchange  # noqa: PLC0415 -- compiled

    if not len(offered):
        return picked
    kept = np.where(offered <= largest, offered, 0.0) * persons[:, None]
    beyond = 1.0 + float(kept.max(axis=1).sum())  # dearer than any sum within the limit
    weighted = np.ascontiguousarray(np.where(offered <= largest, kept, beyond).T)
    sites: IntArray = np.flatnonzero(picked).astype(np.int32)
    improve_by_exchange(weighted, must, sites)
    better = np.zeros_like(picked)
    better[sites] = True
    return better
