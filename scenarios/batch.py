"""Owns running many scenarios into the folders of one, and the table of all their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geodata.city import City
from geodata.errors import Problem, ScenarioError, Text, UsageError, error
from scenarios.batch_work import BatchProgress, Outcome, Work, already_run, run_here, run_spawned
from scenarios.files import list_scenario_files, read_scenario
from scenarios.run_folder import check_out, csv_bytes, unwritable
from scenarios.runner import RunFolder
from scenarios.schema import Scenario
from scenarios.store import ResultStore, read_kpi, read_run
from scenarios.sureness import check_draws
from scenarios.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Failure:
    """A scenario that could not be run, and why."""

    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BatchResult:
    """Runs in the order asked for, the scenarios that failed, and all KPI rows (as in DIR/kpi.csv)."""

    runs: tuple[RunFolder, ...]
    failures: tuple[Failure, ...]
    kpi: pd.DataFrame


def run_batch(  # noqa: PLR0913 -- likewise
    paths: Iterable[Path | str | Scenario],
    city: City,
    *,
    out: Path,
    jobs: int = 1,
    resume: bool = False,
    force: bool = False,
    progress: BatchProgress | None = None,
    store: ResultStore | None = None,
    draws: int | None = None,
    usual: int | None = None,
) -> BatchResult:
    """
    Run many scenarios into ``out/<id>/`` and all their rows into ``out/kpi.csv``.

    Parameters
    ----------
    paths
        Files, folders, ids of the library; or scenarios that a program made, in which a modification may change
        nothing.
    city, out, resume, force, store
        As for `run_scenario`; `out` is the folder of all runs.
    jobs
        Processes at a time (spawned, never forked).
    progress
        Told (scenarios done, scenarios in all, id or stage).
    draws
        As for `run_scenario`, the same for all.
    usual
        Draws where neither `draws` nor the scenario says how many.

    Notes
    -----
    A scenario that fails does not spoil the others: it is listed in `failures`. What several scenarios refer to
    (baseline, population of a year) is computed once, before them.
    """
    check_out(out, resume=resume, force=force)
    named = list(paths)
    scenarios, failures = _read_all(named)
    keep = ResultStore() if store is None else store
    tell = progress or (lambda _done, _total, _stage: None)
    tell(0, len(scenarios), "")
    check_draws(draws, "draws")
    work = Work(city, keep, out, resume, force, any(isinstance(p, Scenario) for p in named), draws, usual)
    outcomes: dict[int, Outcome] = {}
    outcomes.update(already_run(scenarios, work))
    todo = {number: scenario for number, scenario in enumerate(scenarios) if number not in outcomes}
    alone = jobs <= 1 or len(todo) <= 1
    for number, outcome in run_here(todo, work, tell) if alone else run_spawned(todo, work, tell, jobs):
        outcomes[number] = outcome
        tell(len(outcomes), len(scenarios), scenarios[number].id)
    runs: list[RunFolder] = []
    for number, scenario in enumerate(scenarios):
        outcome = outcomes[number]
        if outcome.failed:
            failures.append(Failure(scenario.id, outcome.problems))
        else:
            folder = out / scenario.id
            manifest = read_run(folder).manifest
            kpi = read_kpi(folder / "kpi.csv")
            runs.append(RunFolder(scenario, folder, kpi, manifest, outcome.problems, skipped=outcome.skipped))
    table = pd.concat([r.kpi for r in runs], ignore_index=True) if runs else pd.DataFrame()
    if runs:
        _write_together(table, out / "kpi.csv")
    return BatchResult(tuple(runs), tuple(failures), table)


def _write_together(table: pd.DataFrame, path: Path) -> None:
    try:
        with whole_file(path, shared=True) as part:
            part.write(csv_bytes(table))
    except OSError as cause:
        raise unwritable(path, cause) from None


def _read_all(paths: Iterable[Path | str | Scenario]) -> tuple[list[Scenario], list[Failure]]:
    scenarios: list[Scenario] = []
    failures: list[Failure] = []
    for place in paths:
        if isinstance(place, Scenario):
            scenarios.append(place)
            continue
        try:
            files = list_scenario_files([place])
        except ScenarioError as cause:
            failures.append(Failure(str(place), cause.problems))
            continue
        for path in files:
            try:
                scenario = read_scenario(path)
            except ScenarioError as cause:
                failures.append(Failure(path.name, cause.problems))
                continue
            if any(s.id == scenario.id for s in scenarios):
                message = Text(
                    f"id {scenario.id!r} のシナリオが二つあります", f"two scenarios with the id {scenario.id!r}"
                )
                failures.append(Failure(path.name, (error("scenario.duplicate_scenario", path.name, message),)))
                continue
            scenarios.append(scenario)
    if not scenarios and not failures:
        message = Text("シナリオが指定されていません", "no scenarios are named")
        hint = Text("ファイル、フォルダ、ID のどれかを指定してください", "name files, folders or ids")
        raise UsageError(error("run.no_scenarios", "scenarios", message, hint))
    return scenarios, failures
