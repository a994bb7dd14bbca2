"""Owns maximal covering (MCLP): the places within whose reach most people live, proven the best by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from geodata.errors import ModelError, Problem, Text, error
from geodata.frozen import freeze
from geodata.units import FloatArray, IntArray
from sim.siting.asking import WHERE, Allowed, allowed_places, check_gap, check_numbers
from sim.siting.capacity import solve_with_capacity
from sim.siting.highs import Program, solve
from sim.siting.median import p_median
from sim.siting.types import Siting, gap_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

MCLP = "siting.mclp"
_ROUNDING = 1e-12
_QUICK_STEPS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """
    How much may be chosen.

    `n_sites`: exactly so many, at most so many beside a budget; None = not limited by number. `hours`: candidate →
    hours it takes, shape (C,); `budget`: hours there are; both None = no budget.
    """

    n_sites: int | None
    hours: FloatArray | None
    budget: float | None

    def __post_init__(self) -> None:
        freeze(self)


def mclp(  # noqa: PLR0913 -- all but three by name
    cover: scipy.sparse.csr_array,
    weights: npt.ArrayLike,
    n_sites: int | None,
    *,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    site_hours: npt.ArrayLike | None = None,
    hours_budget: float | None = None,
    capacity: npt.ArrayLike | None = None,
    gap: float = 0.0,
) -> Siting:
    """
    Choose the candidates within whose reach the most weight lies (MCLP), proven the best unless a gap is allowed.

    Weight within reach of several chosen candidates counts once. Of choices equally good, none is returned in which
    a candidate could be exchanged for one earlier in the list (without capacities; with them the first that HiGHS
    finds, the same on every run).

    Parameters
    ----------
    cover
        demand, candidate → whether the candidate reaches the demand, shape (D, C).
    weights
        demand → weight, such as persons, shape (D,) [≥ 0, finite].
    n_sites
        Candidates to choose: exactly so many, at most so many where there is a budget; None = only the budget limits.
    fixed, forbidden
        Indices of candidates that must, and that must not, be chosen.
    site_hours, hours_budget
        candidate → vehicle hours a month it takes, shape (C,), and how many there are [h].
    capacity
        candidate → weight it can serve, shape (C,), inf = any; None = no limits. A demand may then be shared among
        candidates, and be served in part.
    gap
        Share of the objective within which a choice is good enough (found by exchange where that suffices); 0 = the
        best. Where many places are to
        be chosen and some would be full, a proof may take minutes; `gap` of the result says what is proven.

    Returns
    -------
    siting
        `objective` = weight covered (served, with capacities). `assignment` = the first chosen candidate that reaches
        the demand; with capacities the one that serves the most of it.

    Raises
    ------
    ModelError
        If nothing can be chosen under these conditions, or the input does not fit together.

    Notes
    -----
    Demands with the same set of candidates are one demand, which is exact. One more site never covers less; one more
    forbidden place never covers more.

    References
    ----------
    Church, ReVelle (1974), Papers of the Regional Science Association 32.
    """
    table = scipy.sparse.csr_array(cover, dtype=np.bool_)
    n_demands, n_candidates = table.shape
    problems = check_numbers(weights, n_demands, Text("重み", "weights"))
    problems += _check_limits(n_candidates, n_sites, site_hours, hours_budget)
    if capacity is not None:
        problems += check_numbers(capacity, n_candidates, Text("定員", "capacities"), infinite=True)
    problems += check_gap(gap)
    allowed = allowed_places(n_candidates, n_sites if hours_budget is None else None, fixed, forbidden, problems)
    hours = None if site_hours is None else np.array(site_hours, np.float64)
    limits = Limits(n_sites, hours, hours_budget)
    check_affordable(allowed, limits)
    persons = np.array(weights, np.float64)
    plain = _solve_plain(table, persons, allowed, limits, gap)
    if capacity is None:
        return plain
    rows = limit_rows(allowed, limits)
    return solve_with_capacity(table, persons, np.array(capacity, np.float64), allowed, rows, plain=plain, gap=gap)


def _check_limits(
    n_candidates: int, n_sites: int | None, site_hours: npt.ArrayLike | None, hours_budget: float | None
) -> list[Problem]:
    if (site_hours is None) != (hours_budget is None):
        return [
            error(
                "siting.half_a_budget",
                WHERE,
                Text(
                    "時間の上限と、候補地ごとの所要時間は両方指定してください",
                    "a budget of hours needs the hours of each candidate, and the other way round",
                ),
            )
        ]
    if site_hours is None:
        if n_sites is not None:
            return []
        return [
            error(
                "siting.no_limit",
                WHERE,
                Text("か所数か時間の上限が必要です", "give a number of sites or a budget of hours"),
            )
        ]
    problems = check_numbers(site_hours, n_candidates, Text("所要時間", "site hours"))
    return problems + check_numbers([float(hours_budget or 0.0)], 1, Text("時間の上限", "hours budget"))


def check_affordable(allowed: Allowed, limits: Limits) -> None:
    """Raise `ModelError` where the fixed places alone take more than the limits give."""
    n_fixed = int(allowed.fixed.sum())
    if limits.hours is None or limits.budget is None:
        return
    taken = float(limits.hours[allowed.fixed].sum())
    if taken > limits.budget * (1 + _ROUNDING):
        raise ModelError(
            error(
                "siting.budget_too_small",
                WHERE,
                Text(
                    f"固定された {n_fixed} か所だけで {taken:g} 時間かかり、上限 {limits.budget:g} 時間を超えます",
                    f"the {n_fixed} fixed places alone take {taken:g} hours, more than the {limits.budget:g} there are",
                ),
                Text("時間を増やすか、固定を減らしてください", "give more hours or fix fewer places"),
            )
        )
    if limits.n_sites is not None and n_fixed > limits.n_sites:
        raise ModelError(
            error(
                "siting.too_many_fixed",
                WHERE,
                Text(
                    f"固定された候補地 {n_fixed} か所が、選ぶか所数 {limits.n_sites} を超えています",
                    f"{n_fixed} candidates are fixed, more than the {limits.n_sites} sites to choose",
                ),
            )
        )


def limit_rows(allowed: Allowed, limits: Limits) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rows over the open candidates that hold number and budget: (rows, lower, upper)."""
    candidates = allowed.candidates
    rows, lower, upper = [], [], []
    if limits.n_sites is not None:
        rows.append(np.ones(len(candidates)))
        lower.append(float(limits.n_sites) if limits.budget is None else -np.inf)
        upper.append(float(limits.n_sites))
    if limits.hours is not None and limits.budget is not None:
        rows.append(limits.hours[candidates])
        lower.append(-np.inf)
        upper.append(limits.budget)
    return np.array(rows).reshape(-1, len(candidates)), np.array(lower), np.array(upper)


def merged(cover: scipy.sparse.csr_array, weights: FloatArray) -> tuple[scipy.sparse.csr_array, FloatArray, IntArray]:
    """
    Merge demands that the same candidates reach; those without weight or candidate are left out.

    Returns
    -------
    cover, weights
        group → its candidates and its weight, shapes (G, C), (G,).
    group
        demand → its group, −1 = left out, shape (D,).
    """
    cover.sort_indices()
    indptr, indices = cover.indptr, cover.indices
    group = np.full(cover.shape[0], -1, np.int32)
    known: dict[bytes, int] = {}
    first: list[int] = []
    for row in np.flatnonzero((weights > 0) & (np.diff(indptr) > 0)).tolist():
        key = indices[indptr[row] : indptr[row + 1]].tobytes()
        if key not in known:
            known[key] = len(first)
            first.append(row)
        group[row] = known[key]
    kept = group >= 0
    sums = np.bincount(group[kept], weights=weights[kept], minlength=len(first)).astype(np.float64)
    return cover[np.array(first, np.int64)], sums, group


def _solve_plain(
    cover: scipy.sparse.csr_array, weights: FloatArray, allowed: Allowed, limits: Limits, gap: float
) -> Siting:
    if gap > 0 and limits.n_sites is not None and limits.budget is None:
        quick = _quick(cover, weights, allowed, limits.n_sites)
        if quick.gap <= gap:
            return quick
    candidates = allowed.candidates
    groups, sums, _ = merged(scipy.sparse.csr_array(cover[:, candidates]), weights)
    fixed = allowed.fixed[candidates]
    held = np.asarray(groups.astype(np.int32) @ fixed.astype(np.int32)) > 0
    solution = solve(
        _program(groups[np.flatnonzero(~held)], sums[~held], fixed, limit_rows(allowed, limits)), MCLP, gap=gap
    )
    if solution is None:
        raise ModelError(error("siting.infeasible", WHERE, Text("この条件では選べません", "nothing can be chosen so")))
    picked = solution.values[: len(candidates)] > 0.5  # noqa: PLR2004 -- 0 or 1, within a tolerance
    hours = None if limits.hours is None else limits.hours[candidates]
    picked = _earliest_of_equals(groups, sums, picked, fixed, hours)
    return _siting(cover, weights, candidates[picked], float(sums[held].sum()) + solution.bound)


def _siting(cover: scipy.sparse.csr_array, weights: FloatArray, chosen: IntArray, bound: float) -> Siting:
    """Return what a choice covers, beside what no choice can beat."""
    table = cover[:, chosen].astype(np.int32)
    reached = np.asarray(table.sum(axis=1)).ravel() > 0
    objective = float(weights[reached].sum())
    bound = max(objective, bound)
    assignment = np.where(reached, chosen[_first_column(table)] if len(chosen) else -1, -1).astype(np.int32)
    return Siting(chosen, objective, bound, gap_between(objective, bound), assignment)


def _quick(cover: scipy.sparse.csr_array, weights: FloatArray, allowed: Allowed, n_sites: int) -> Siting:
    """Return a choice by exchange with a Lagrangian bound: a p-median where not being covered costs 1."""
    missed = p_median(
        1.0 - cover.toarray(),
        weights,
        n_sites,
        fixed=np.flatnonzero(allowed.fixed).tolist(),
        forbidden=np.flatnonzero(~allowed.open).tolist(),
        gap=0.0,
        ceiling=1.0,
        max_steps=_QUICK_STEPS,
    )
    return _siting(cover, weights, missed.chosen, float(weights.sum()) - missed.bound)


def _program(
    groups: scipy.sparse.csr_array,
    sums: FloatArray,
    fixed: npt.NDArray[np.bool_],
    limits: tuple[FloatArray, FloatArray, FloatArray],
) -> Program:
    """Return: maximize Σ w y, y ≤ Σ x of the group's candidates, x whole, y ≤ 1."""
    n_groups, n = groups.shape
    rows, lower, upper = limits
    table = scipy.sparse.vstack(
        [
            scipy.sparse.hstack([-groups.astype(np.float64), scipy.sparse.eye_array(n_groups)]),
            scipy.sparse.hstack(
                [scipy.sparse.csr_array(rows), scipy.sparse.csr_array((len(rows), n_groups), dtype=np.float64)]
            ),
        ],
        format="csr",
    )
    return Program(
        gain=np.concatenate([np.zeros(n), sums]),
        lower=np.concatenate([fixed.astype(np.float64), np.zeros(n_groups)]),
        upper=np.ones(n + n_groups),
        whole=np.arange(n + n_groups) < n,
        rows=table,
        row_lower=np.concatenate([np.full(n_groups, -np.inf), lower]),
        row_upper=np.concatenate([np.zeros(n_groups), upper]),
        maximize=True,
    )


def _earliest_of_equals(
    groups: scipy.sparse.csr_array,
    sums: FloatArray,
    picked: npt.NDArray[np.bool_],
    fixed: npt.NDArray[np.bool_],
    hours: FloatArray | None,
) -> npt.NDArray[np.bool_]:
    """Exchange chosen candidates for earlier ones that lose nothing and take no more hours, until none is left."""
    picked = picked.copy()
    by_candidate = scipy.sparse.csr_array(groups.T.astype(np.float64))
    times = np.asarray(by_candidate.T @ picked.astype(np.float64))
    slack = _ROUNDING * float(sums.sum())
    changed = True
    while changed:
        changed = False
        for site in np.flatnonzero(picked & ~fixed)[::-1].tolist():
            own = np.zeros(len(sums))
            own[by_candidate.indices[by_candidate.indptr[site] : by_candidate.indptr[site + 1]]] = 1.0
            gain = np.asarray(by_candidate @ (sums * (times - own < 0.5)))  # noqa: PLR2004 -- counts held as floats
            equal = (gain >= gain[site] - slack) & ~picked
            if hours is not None:
                equal &= hours <= hours[site]
            earlier = np.flatnonzero(equal[:site])
            if len(earlier):
                other = int(earlier[0])
                picked[site], picked[other] = False, True
                times = np.asarray(by_candidate.T @ picked.astype(np.float64))
                changed = True
    return picked


def _first_column(table: scipy.sparse.csr_array) -> IntArray:
    """Return row → its first column that holds something (0 where none does)."""
    rows = scipy.sparse.csr_array(table)
    rows.eliminate_zeros()
    rows.sort_indices()
    first = np.zeros(rows.shape[0], np.int32)
    full = np.diff(rows.indptr) > 0
    first[full] = rows.indices[rows.indptr[:-1][full]]
    return first
