"""Owns the figures of siting: maximal covering beside spopt, the p-median with its proven gap."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from tests.benchmarks.inputs import SEED
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import interleaved, timed

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from tests.benchmarks.bench import Bench

N_DEMANDS, N_CANDIDATES, N_SITES = 2_000, 300, 15
SIDE_M, RADIUS_M = 10_000.0, 1_000.0
GAP = 0.01
SPOPT_S = 120
"""No further run of spopt is begun after so many seconds."""


def siting(bench: Bench) -> Part:
    """Time maximal covering against spopt, both with HiGHS, and the p-median until its gap is proven."""
    from sim.siting import mclp, p_median

    part = Part("siting", f"choosing {N_SITES} of {N_CANDIDATES} places for {N_DEMANDS:,} demands")
    cost, weights = made_up()
    found: dict[str, float] = {}

    def ours() -> None:
        found["ours"] = mclp(scipy.sparse.csr_array(cost <= RADIUS_M), weights, N_SITES).objective

    def median() -> None:
        choice = p_median(cost, weights, N_SITES, gap=GAP)
        found["gap"] = choice.gap

    text = "maximal covering: spopt with HiGHS ÷ ours"
    try:
        peer = spopt_mclp(cost, weights)
    except ImportError as exc:
        part.add(timed("ours: maximal covering", ours, bench.runs, bench.tell), Goal(text, None, 10, why=str(exc)))
    else:
        actions = {
            "spopt with HiGHS: build and solve": lambda: found.update(spopt=peer()),
            "ours: table of costs → proven choice": ours,
        }
        theirs, own = interleaved(actions, bench.runs, bench.tell, budget_s=SPOPT_S)
        same = round(found["ours"], 6) == round(found["spopt"], 6)
        part.facts["same_optimum"] = same
        part.add(theirs, own, f"same optimum: {'yes' if same else 'NO'}, {found['ours']:,.0f}")
        part.add(Goal(text, theirs.median / own.median if same else None, 10, why="" if same else "optima differ"))
    figure = timed("ours: p-median", median, bench.runs, bench.tell)
    part.facts["gap"] = found["gap"]
    part.add(
        figure,
        Goal("p-median: proven gap", 100 * found["gap"], 100 * GAP, at_least=False, unit=" %"),
        Goal("p-median until that gap", figure.median, 1, at_least=False, unit=" s"),
    )
    return part


def made_up() -> tuple[FloatArray, FloatArray]:
    """Return costs [m] between people and candidates strewn over a square, and how many people."""
    rng = np.random.default_rng(SEED)
    homes, sites = rng.uniform(0, SIDE_M, (N_DEMANDS, 2)), rng.uniform(0, SIDE_M, (N_CANDIDATES, 2))
    cost = np.hypot(*(homes[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    return cost, rng.integers(1, 200, N_DEMANDS).astype(np.float64)


def spopt_mclp(cost: FloatArray, weights: FloatArray):
    """Return what builds and solves the problem with spopt and returns the optimum."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what spopt imports announces its own future changes
        import pulp
        from spopt.locate import MCLP

    def solve() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = MCLP.from_cost_matrix(cost, weights, RADIUS_M, N_SITES)
            model = model.solve(pulp.HiGHS(msg=False, threads=1, gapRel=0.0))
            return float(pulp.value(model.problem.objective))

    return solve
