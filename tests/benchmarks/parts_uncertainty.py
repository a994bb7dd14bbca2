"""Owns the figures of draws: hundreds for each of ten scenarios of the bundled city, on two processes."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from scenarios.store import ResultStore, read_run
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import Figure

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

N_DRAWS = 200
JOBS = 2
SCENARIOS = (
    "brt-extend-hitachi",
    "brt-frequent",
    "clinic-no-succession",
    "clinic-succession",
    "doctor-car",
    "guidance-station",
    "hospital-shuttle",
    "mobile-office-12",
    "online-clinic",
    "taga-east-gate",
)
GOAL_S = 120.0


def uncertainty(bench: Bench) -> Part:
    """Time the draws of ten scenarios, their own runs being there; then the usual number of draws of one."""
    from geodata.hitachi import load_hitachi
    from scenarios.batch import run_batch

    part = Part("uncertainty", f"{N_DRAWS} draws × {len(SCENARIOS)} scenarios of the bundled city, {JOBS} processes")
    city, home = load_hitachi(), bench.scratch / "home"
    os.environ["EKISEI_HOME"] = str(home)  # the spawned processes too
    store = ResultStore(home / "results")
    taken = {}
    for name, draws in (("runs", None), ("drawn", N_DRAWS), ("again", N_DRAWS)):
        bench.tell(f"uncertainty: {name}")
        start = time.perf_counter()
        done = run_batch(SCENARIOS, city, out=bench.scratch / name, jobs=JOBS, store=store, draws=draws)
        taken[name] = time.perf_counter() - start
        assert not done.failures, [p.render("en") for f in done.failures for p in f.problems]
    drawn = read_run(bench.scratch / "drawn" / SCENARIOS[0]).manifest["draws"]
    part.facts |= {"n_rerouted": drawn["n_rerouted"], **{f"{name}_s": seconds for name, seconds in taken.items()}}
    part.add(
        Figure("the ten runs themselves, empty store", (taken["runs"],)),
        Figure(f"{N_DRAWS} draws of each, the runs being there", (taken["drawn"],)),
        Figure("the same again", (taken["again"],)),
        f"the draws share {drawn['n_rerouted']} sets of routes; the baseline's are drawn within the same time",
        Goal(f"{N_DRAWS} draws × {len(SCENARIOS)} scenarios", taken["drawn"], GOAL_S, at_least=False, unit=" s"),
    )
    return part
