"""Owns covering with capacities: candidates that can serve only so many, demands shared among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from geodata.errors import ModelError, Text, error
from sim.siting.asking import WHERE, Allowed
from sim.siting.highs import Program, solve
from sim.siting.types import Siting, gap_between

if TYPE_CHECKING:
    from geodata.units import BoolArray, FloatArray, IntArray

_WHAT = "siting.mclp_capacity"
_SERVED = 1e-7
"""Share of a demand below which it counts as not served."""


def solve_with_capacity(
    cover: scipy.sparse.csr_array,
    weights: FloatArray,
    capacity: FloatArray,
    allowed: Allowed,
    limits: tuple[FloatArray, FloatArray, FloatArray],
    *,
    plain: Siting,
    gap: float,
) -> Siting:
    """
    Choose the candidates that can serve the most weight; see `sim.siting.mclp`.

    Parameters
    ----------
    cover, weights, capacity
        As in `sim.siting.mclp`, shapes (D, C), (D,), (C,).
    allowed
        Which candidates may and must be chosen.
    limits
        Rows over the open candidates that hold number and budget: (rows, lower, upper).
    plain
        The choice without capacities: what it covers bounds what can be served.
    gap
        Share of the objective within which a choice is good enough.

    Returns
    -------
    siting
        The choice.

    Raises
    ------
    ModelError
        If nothing can be chosen under these conditions.
    """
    from sim.siting.covering import merged  # noqa: PLC0415 -- the two share the merging

    candidates = allowed.candidates
    groups, sums, group = merged(scipy.sparse.csr_array(cover[:, candidates]), weights)
    most = np.minimum(capacity[candidates], float(sums.sum()))
    pairs = scipy.sparse.coo_array(groups)
    demand, site = pairs.coords
    fixed = allowed.fixed[candidates]
    program = _program(demand, site, sums, most, fixed, limits)
    starts = [_greedy(groups, sums, most, fixed, limits), np.isin(candidates, plain.chosen)]
    flows = [_flow(program, picked) for picked in starts]
    best = int(np.argmax([flow.sum() for flow in flows]))
    picked, flow = starts[best], flows[best]
    bound = min(plain.bound, _most_at_all(most, limits))
    if gap_between(float(flow.sum()), bound) > gap:  # neither all full nor none full: it has to be searched
        first = solve(program, _WHAT, gap=gap, start=picked.astype(np.float64))
        if first is None:
            raise ModelError(
                error("siting.infeasible", WHERE, Text("この条件では選べません", "nothing can be chosen so"))
            )
        picked = first.values[: len(candidates)] > 0.5  # noqa: PLR2004 -- 0 or 1, within a tolerance
        flow, bound = _flow(program, picked), min(bound, first.bound)
    objective = float(flow.sum())
    bound = max(objective, bound)
    served_by = _largest(demand, site, flow, sums)
    of_group = np.where(served_by >= 0, candidates[served_by], -1) if len(sums) else np.zeros(0, np.int32)
    assignment = np.where(group >= 0, of_group[group], -1) if len(sums) else group
    chosen = candidates[picked]
    return Siting(chosen, objective, bound, gap_between(objective, bound), assignment.astype(np.int32))


def _program(
    demand: IntArray,
    site: IntArray,
    sums: FloatArray,
    most: FloatArray,
    fixed: BoolArray,
    limits: tuple[FloatArray, FloatArray, FloatArray],
) -> Program:
    """
    Return: maximize Σ z; of a demand at most its weight, of a site at most its capacity where it is chosen.

    The rows z ≤ x · min(weight, capacity) say nothing new of whole x; they tighten the bound of the others.
    """
    n, n_groups, n_pairs = len(most), len(sums), len(demand)
    pair = np.arange(n_pairs)
    rows, lower, upper = limits
    least = np.minimum(sums[demand], most[site])

    def part(values: FloatArray, row: Any, column: Any, n_rows: int) -> scipy.sparse.csr_array:
        return scipy.sparse.csr_array((values, (row, column)), shape=(n_rows, n + n_pairs))

    ones = np.ones(n_pairs)
    table = scipy.sparse.vstack(
        [
            part(ones, demand, n + pair, n_groups),
            part(ones, site, n + pair, n) - part(most, np.arange(n), np.arange(n), n),
            part(ones, pair, n + pair, n_pairs) - part(least, pair, site, n_pairs),
            scipy.sparse.hstack(
                [scipy.sparse.csr_array(rows), scipy.sparse.csr_array((len(rows), n_pairs), dtype=np.float64)]
            ),
        ],
        format="csr",
    )
    return Program(
        gain=np.concatenate([np.zeros(n), ones]),
        lower=np.concatenate([fixed.astype(np.float64), np.zeros(n_pairs)]),
        upper=np.concatenate([np.ones(n), least]),
        whole=np.arange(n + n_pairs) < n,
        rows=table,
        row_lower=np.concatenate([np.full(n_groups + n + n_pairs, -np.inf), lower]),
        row_upper=np.concatenate([sums, np.zeros(n + n_pairs), upper]),
        maximize=True,
    )


def _greedy(
    groups: scipy.sparse.csr_array,
    sums: FloatArray,
    most: FloatArray,
    fixed: BoolArray,
    limits: tuple[FloatArray, FloatArray, FloatArray],
) -> BoolArray:
    """Return a choice to begin with: each the one that serves most of the rest, demands with few candidates first."""
    rows, _, upper = limits
    by_site = scipy.sparse.csr_array(groups.T.astype(np.float64))
    n_ways = np.diff(scipy.sparse.csr_array(groups).indptr)
    left, picked = sums.copy(), np.zeros(len(most), np.bool_)

    def take(site: int) -> None:
        picked[site] = True
        demands = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        demands = demands[np.argsort(n_ways[demands], kind="stable")]
        until = np.minimum(np.cumsum(left[demands]), most[site])
        left[demands] -= np.diff(until, prepend=0.0)

    for site in np.flatnonzero(fixed).tolist():
        take(site)
    for _ in range(len(most)):
        fits = (rows[:, picked].sum(axis=1)[:, None] + rows <= upper[:, None] * (1 + 1e-12)).all(axis=0) & ~picked
        if not fits.any():
            break
        take(int(np.argmax(np.where(fits, np.minimum(most, by_site @ left), -1.0))))
    return picked


def _most_at_all(most: FloatArray, limits: tuple[FloatArray, FloatArray, FloatArray]) -> float:
    """Return what as many places as the rows allow could serve, were each of the largest capacity and full."""
    rows, _, upper = limits
    counts = [n for row, n in zip(rows, upper, strict=True) if (row == 1.0).all()]
    n_sites = int(min([len(most), *counts]))
    return float(np.sort(most)[::-1][:n_sites].sum())


def _flow(program: Program, picked: BoolArray) -> FloatArray:
    """Return pair → weight served once the sites are whole numbers, not almost: the program without choice."""
    n = len(picked)
    whole = picked.astype(np.float64)
    settled = Program(
        gain=program.gain,
        lower=np.concatenate([whole, program.lower[n:]]),
        upper=np.concatenate([whole, program.upper[n:]]),
        whole=np.zeros(len(program.gain), np.bool_),
        rows=program.rows,
        row_lower=program.row_lower,
        row_upper=program.row_upper,
        maximize=True,
    )
    solution = solve(settled, _WHAT)
    if solution is None:  # the budget met only within the solver's tolerance
        raise ModelError(error("siting.infeasible", WHERE, Text("この条件では選べません", "nothing can be chosen so")))
    flow: FloatArray = np.maximum(solution.values[n:], 0.0)
    return flow


def _largest(demand: IntArray, site: IntArray, flow: FloatArray, sums: FloatArray) -> IntArray:
    """Return group → the site that serves most of it, the first of equals; −1 = none does."""
    served_by = np.full(len(sums), -1, np.int32)
    order = np.lexsort((site, -flow, demand))
    heads = order[np.unique(demand[order], return_index=True)[1]] if len(order) else order
    kept = heads[flow[heads] > _SERVED * sums[demand[heads]]]
    served_by[demand[kept]] = site[kept]
    return served_by
