"""Owns running scenarios: one, or many in spawned processes, each reusing what is stored."""

from __future__ import annotations

import contextlib
import datetime as dt
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.city import City
from geodata.errors import CitySimError, Problem, RunError, ScenarioError, Text, UsageError, error
from scenarios.accounting import Account
from scenarios.apply import apply_scenario
from scenarios.batch_board import running_told, watched
from scenarios.computing import compute, demographic_result, reference_result
from scenarios.files import list_scenario_files, read_scenario
from scenarios.limits import judge_limits
from scenarios.run_folder import (
    FinishedRun,
    as_record,
    build_manifest,
    check_out,
    is_equal,
    write_csv,
    write_run,
)
from scenarios.schema import Scenario
from scenarios.store import ResultStore, read_kpi, read_run
from scenarios.sureness import Drawn, check_draws, drawn_result, draws_of_baseline, warn_few
from sim.results import RunResult, kpi_frame
from sim.uncertainty.interval import level_of

if TYPE_CHECKING:
    from pathlib import Path

COMPUTED_PART = 0.5
"""Share of the progress that is the run itself where it is drawn too."""
Progress = Callable[[str, float], None]
BatchProgress = Callable[[int, int, str], None]


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
    result, account = compute(city, applied, keep, lambda stage, done: tell(stage, share * done))
    if n_draws is not None:
        reference = reference_result(city, applied, keep, [])
        drawn = Drawn(city, scenario, applied, keep, n_draws)
        result = drawn_result(drawn, reference, result, lambda done: tell("draws", share + (0.95 - share) * done))
        manifest["draws"] = {"n_draws": n_draws, "n_rerouted": drawn.n_routes, "level": level_of(n_draws)}
    manifest["fitted"] = dict(result.fitted)
    manifest["limits"] = [verdict.as_record() for verdict in judge_limits(scenario.limits, result)]
    if out is not None:
        tell("write", 0.95)
        manifest = write_run(out, scenario, city, applied, FinishedRun(result, account.lines(), started, manifest))
    tell("done", 1.0)
    kpi = kpi_frame(result.kpis, scenario.id, scenario.year)
    problems = (*applied.problems, *few, *keep.problems)
    return RunFolder(scenario, out, kpi, manifest, problems, result=result, account=account)


# ---------------------------------------------------------------- many


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


@dataclass(frozen=True, slots=True)
class _Outcome:
    problems: tuple[Problem, ...]
    skipped: bool = False
    failed: bool = False


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
    work = _Work(city, keep, out, resume, force, any(isinstance(p, Scenario) for p in named), draws, usual)
    outcomes: dict[int, _Outcome] = {}
    outcomes.update(_already_run(scenarios, work))
    todo = {number: scenario for number, scenario in enumerate(scenarios) if number not in outcomes}
    alone = jobs <= 1 or len(todo) <= 1
    for number, outcome in _run_here(todo, work, tell) if alone else _run_spawned(todo, work, tell, jobs):
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
        part = out / ".kpi.csv.part"
        write_csv(table, part)
        part.replace(out / "kpi.csv")
    return BatchResult(tuple(runs), tuple(failures), table)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What all tasks of a batch share; a worker process gets it once."""

    city: City
    store: ResultStore
    out: Path
    resume: bool
    force: bool
    allow_no_effect: bool = False
    draws: int | None = None
    usual: int | None = None


Outcomes = Iterator[tuple[int, _Outcome]]


def _already_run(scenarios: list[Scenario], work: _Work) -> dict[int, _Outcome]:
    """Return the outcomes of scenarios whose equal run stands in the folder: no process is started for them."""
    found: dict[int, _Outcome] = {}
    for number, scenario in enumerate(scenarios if work.resume else ()):
        if not (work.out / scenario.id / "manifest.json").is_file():
            continue
        with contextlib.suppress(CitySimError):  # told when it is run
            applied = apply_scenario(work.city, scenario, allow_no_effect=work.allow_no_effect)
            wanted = build_manifest(scenario, work.city, applied, _draws_of(scenario, work))
            if is_equal(work.out / scenario.id, wanted):
                problems = (*applied.problems, *warn_few(_draws_of(scenario, work)))
                found[number] = _Outcome(problems, skipped=True)
    return found


def _run_here(scenarios: dict[int, Scenario], work: _Work, progress: BatchProgress) -> Outcomes:
    for done, (number, scenario) in enumerate(scenarios.items()):
        progress(done, len(scenarios), scenario.id)

        def tell(_stage: str, share: float, done: int = done, name: str = scenario.id) -> None:
            progress(done, len(scenarios), running_told([name], [share]))

        yield number, _run_one(scenario, work, tell)


def _run_one(scenario: Scenario, work: _Work, tell: Progress) -> _Outcome:
    out = work.out / scenario.id
    try:
        run = run_scenario(
            scenario,
            work.city,
            out=out,
            store=work.store,
            resume=work.resume,
            force=work.force,
            allow_no_effect=work.allow_no_effect,
            draws=_draws_of(scenario, work),
            progress=tell,
        )
    except CitySimError as cause:
        return _Outcome(cause.problems, failed=True)
    except Exception as cause:  # noqa: BLE001 -- the worker's edge: one bad scenario does not spoil the rest
        said = f"{type(cause).__name__}: {cause}"
        hint = Text("不具合として知らせてください", "please report it")
        found = error("run.unexpected", scenario.id, Text(f"予期しないエラー: {said}", f"unexpected {said}"), hint)
        return _Outcome((found,), failed=True)
    return _Outcome(run.problems, skipped=run.skipped)


_WORK: list[_Work] = []
_SHARES: list[Any] = []
"""How far each task is, in memory that all processes share."""


def _begin_worker(work: _Work, shares: Any) -> None:
    _WORK[:], _SHARES[:] = [work], [shares]


def _tell_share(number: int, share: float) -> None:
    _SHARES[0][number] = share


def _task_references(scenario: Scenario, *, demographic: bool) -> None:
    """Compute what several scenarios refer to; a failure shows again in the scenario itself."""
    work = _WORK[0]
    with contextlib.suppress(CitySimError):
        applied = apply_scenario(work.city, scenario, allow_no_effect=work.allow_no_effect)
        (demographic_result if demographic else reference_result)(work.city, applied, work.store, [])


def _draws_of(scenario: Scenario, work: _Work) -> int | None:
    return work.draws or scenario.analysis.draws or work.usual


def _task_draws(scenario: Scenario, number: int) -> None:
    """Draw the baseline, which every scenario is told from."""
    work = _WORK[0]
    n_draws = _draws_of(scenario, work)
    with contextlib.suppress(CitySimError):
        applied = apply_scenario(work.city, scenario, allow_no_effect=work.allow_no_effect)
        if n_draws is not None:
            reference = reference_result(work.city, applied, work.store, [])
            drawn = Drawn(work.city, scenario, applied, work.store, n_draws)
            draws_of_baseline(drawn, reference, lambda share: _tell_share(number, share))


def _task_scenario(scenario: Scenario, number: int) -> _Outcome:
    return _run_one(scenario, _WORK[0], lambda _stage, share: _tell_share(number, share))


def _run_spawned(scenarios: dict[int, Scenario], work: _Work, progress: BatchProgress, jobs: int) -> Outcomes:
    spawn = multiprocessing.get_context("spawn")
    names = {number: scenario.id for number, scenario in scenarios.items()}
    shares: Any = spawn.RawArray(
        "d", max(names) + 1 + len(names)
    )  # the scenarios by number, then the draws of baselines
    pool = ProcessPoolExecutor(
        max_workers=min(jobs, len(scenarios)),
        mp_context=spawn,
        initializer=_begin_worker,
        initargs=(work, shares),
    )

    def tell(ended: int, running: str) -> None:
        progress(ended, len(scenarios), running)

    try:
        for stage in ("reference", "demographic"):
            progress(0, len(scenarios), stage)
            later = stage == "demographic"
            wait(
                [
                    pool.submit(_task_references, s, demographic=later)
                    for s in _distinct(list(scenarios.values()), year=later)
                ]
            )
        if any(_draws_of(s, work) is not None for s in scenarios.values()):
            progress(0, len(scenarios), "draws")
            first = max(names) + 1
            drawn = dict(enumerate(_distinct(list(scenarios.values()), year=False), first))
            draws = {pool.submit(_task_draws, s, n): n for n, s in drawn.items()}
            for _ in watched(draws, dict.fromkeys(drawn, "draws"), shares, lambda _ended, told: tell(0, told)):
                pass
        futures = {pool.submit(_task_scenario, s, n): n for n, s in scenarios.items()}
        yield from watched(futures, names, shares, tell)
    except BrokenProcessPool:
        message = Text("計算プロセスが途中で止まりました", "a worker process died")
        hint = Text("メモリ不足のことがあります。--jobs 1 --resume で続けてください", "try --jobs 1 --resume")
        raise RunError(error("run.worker", str(work.out), message, hint)) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _distinct(scenarios: Sequence[Scenario], *, year: bool) -> list[Scenario]:
    """Return one scenario for each pair of settings (and year)."""
    found: dict[Any, Scenario] = {}
    for scenario in scenarios:
        settings = str(scenario.analysis.model_dump(exclude={"draws"}))
        key = (settings, str(scenario.parameters), scenario.year if year else 0)
        found.setdefault(key, scenario)
    return list(found.values())
