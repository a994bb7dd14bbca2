"""Owns running one scenario into a folder, reusing what is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geodata.city import City
from geodata.errors import Problem
from scenarios.accounting import Account
from scenarios.apply import apply_scenario
from scenarios.computing import compute, reference_result
from scenarios.limits import judge_limits
from scenarios.run_folder import FinishedRun, as_record, build_manifest, check_out, is_equal, write_run
from scenarios.schema import Scenario
from scenarios.store import ResultStore, read_run
from scenarios.sureness import Drawn, check_draws, drawn_result, warn_few
from sim.results import RunResult, kpi_frame
from sim.uncertainty.interval import level_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

COMPUTED_PART = 0.5
"""Share of the progress that is the run itself where it is drawn too."""
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class RunFolder:
    """
    One finished run.

    Parameters
    ----------
    scenario
        As it was applied.
    folder
        Where it was written; None = only computed.
    kpi
        The rows of kpi.csv.
    manifest
        Digests, settings, versions, sources.
    problems
        Warnings that travel with the result.
    skipped
        True where `resume` found an equal run.
    result
        What the models returned; None where skipped or run by another process.
    account
        What was reused and why, what was computed and how long it took; None likewise.
    """

    scenario: Scenario
    folder: Path | None
    kpi: pd.DataFrame
    manifest: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    skipped: bool = False
    result: RunResult | None = None
    account: Account | None = None


def run_scenario(  # noqa: PLR0913 -- each is one thing that a caller decides
    scenario: Scenario,
    city: City,
    *,
    out: Path | None = None,
    store: ResultStore | None = None,
    progress: Progress | None = None,
    resume: bool = False,
    force: bool = False,
    allow_no_effect: bool = False,
    draws: int | None = None,
    only_kpis: Collection[str] | None = None,
) -> RunFolder:
    """
    Run one scenario on a city.

    Parameters
    ----------
    scenario, city
        What to run, parents merged in, and the city as it is.
    out
        Run folder to write; None = nothing is written but the store.
    store
        Results by content; the user's own if left out.
    progress
        Told (stage, share done 0–1).
    resume, force
        For a folder that holds something: skip an equal run (else compute anew); replace an earlier run.
    allow_no_effect
        Whether a modification may change nothing, as in a sweep.
    draws
        Draws for low and high of every number; None = as the scenario says, and none where it says nothing.
    only_kpis
        Return the rows of these KPIs only; where nothing is written, nothing is drawn and `store` is nobody else's, so
        nothing else is computed either. None = all.

    Raises
    ------
    ScenarioError, UsageError, ModelError, RunError
        Before anything is written.
    """
    if out is not None:
        check_out(out, resume=resume, force=force)
    n_draws = scenario.analysis.draws if draws is None else draws
    check_draws(n_draws, "draws")
    tell = progress or (lambda _stage, _share: None)
    started = dt.datetime.now(dt.UTC)
    tell("apply", 0.0)
    applied = apply_scenario(city, scenario, allow_no_effect=allow_no_effect)
    manifest, few = build_manifest(scenario, city, applied, n_draws), warn_few(n_draws)
    manifest["problems"] += [as_record(problem) for problem in few]
    if resume and out is not None and is_equal(out, manifest):
        tell("done", 1.0)
        known = read_run(out)
        return RunFolder(scenario, out, known.kpi, known.manifest, (*applied.problems, *few), skipped=True)
    keep = ResultStore() if store is None else store
    share = 1.0 if n_draws is None else COMPUTED_PART
    alone = only_kpis if out is None and n_draws is None else None
    result, account = compute(city, applied, keep, lambda stage, done: tell(stage, share * done), only_kpis=alone)
    if n_draws is not None:
        reference = reference_result(city, applied, keep, [])
        drawn = Drawn(city, scenario, applied, keep, n_draws)
        result = drawn_result(drawn, reference, result, lambda done: tell("draws", share + (0.95 - share) * done))
        manifest["draws"] = {"n_draws": n_draws, "n_rerouted": drawn.n_routes, "level": level_of(n_draws)}
    manifest["fitted"] = dict(result.fitted)
    verdicts = judge_limits(scenario.limits, result) if alone is None else []
    manifest["limits"] = [verdict.as_record() for verdict in verdicts]
    if out is not None:
        tell("write", 0.95)
        manifest = write_run(out, scenario, city, applied, FinishedRun(result, account.lines(), started, manifest))
    tell("done", 1.0)
    rows = result.kpis if only_kpis is None else [row for row in result.kpis if row.kpi_id in only_kpis]
    kpi = kpi_frame(rows, scenario.id, scenario.year)
    problems = (*applied.problems, *few, *keep.problems)
    return RunFolder(scenario, out, kpi, manifest, problems, result=result, account=account)
