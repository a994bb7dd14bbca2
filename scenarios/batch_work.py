"""Owns the work of a batch: one scenario after another here, or several in spawned processes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from geodata.city import City
from geodata.errors import CitySimError, Problem, RunError, Text, error
from scenarios.apply import apply_scenario
from scenarios.batch_board import running_told, watched
from scenarios.computing import demographic_result, reference_result
from scenarios.run_folder import build_manifest, is_equal
from scenarios.runner import run_scenario
from scenarios.schema import Scenario
from scenarios.shared_file import read_shared, remove_shared, shared_file
from scenarios.store import ResultStore
from scenarios.sureness import ROUTES, Drawn, keep_baseline, part_of_baseline, warn_few

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.runner import Progress
    from sim.results import RunResult
    from sim.uncertainty.draws import Draws

BatchProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended: its problems, whether an equal run was there, whether it failed."""

    problems: tuple[Problem, ...]
    skipped: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What all tasks of a batch share; a worker process gets it once."""

    city: City
    store: ResultStore
    out: Path
    resume: bool
    force: bool
    allow_no_effect: bool = False
    draws: int | None = None
    usual: int | None = None


Outcomes = Iterator[tuple[int, Outcome]]


def already_run(scenarios: list[Scenario], work: Work) -> dict[int, Outcome]:
    """Return the outcomes of scenarios whose equal run stands in the folder: no process is started for them."""
    found: dict[int, Outcome] = {}
    for number, scenario in enumerate(scenarios if work.resume else ()):
        if not (work.out / scenario.id / "manifest.json").is_file():
            continue
        with contextlib.suppress(CitySimError):  # told when it is run
            applied = apply_scenario(work.city, scenario, allow_no_effect=work.allow_no_effect)
            wanted = build_manifest(scenario, work.city, applied, _draws_of(scenario, work))
            if is_equal(work.out / scenario.id, wanted):
                problems = (*applied.problems, *warn_few(_draws_of(scenario, work)))
                found[number] = Outcome(problems, skipped=True)
    return found


def run_here(scenarios: dict[int, Scenario], work: Work, progress: BatchProgress) -> Outcomes:
    """Yield the number and the outcome of each scenario, run one after another in this process."""
    for done, (number, scenario) in enumerate(scenarios.items()):
        progress(done, len(scenarios), scenario.id)

        def tell(_stage: str, share: float, done: int = done, name: str = scenario.id) -> None:
            progress(done, len(scenarios), running_told([name], [share]))

        yield number, _run_one(scenario, work, tell)


def _run_one(scenario: Scenario, work: Work, tell: Progress) -> Outcome:
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
        return Outcome(cause.problems, failed=True)
    except Exception as cause:  # noqa: BLE001 -- the worker's edge: one bad scenario does not spoil the rest
        said = f"{type(cause).__name__}: {cause}"
        hint = Text("不具合として知らせてください", "please report it")
        found = error("run.unexpected", scenario.id, Text(f"予期しないエラー: {said}", f"unexpected {said}"), hint)
        return Outcome((found,), failed=True)
    return Outcome(run.problems, skipped=run.skipped)


_WORK: list[Work] = []
_SHARES: list[Any] = []
"""How far each task is, in memory that all processes share."""


def threads_each(jobs: int) -> int:
    """Return how many threads each of some processes gets of the cores this one may use: more only take turns."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // max(1, jobs))


def _begin_worker(path: Path, shares: Any, n_threads: int) -> None:
    from sim.routing.sharing import limit_threads  # noqa: PLC0415 -- the package loads compiled kernels

    end_with_parent(path)
    limit_threads(n_threads)
    _WORK[:], _SHARES[:] = [read_shared(path)], [shares]


def end_with_parent(shared: Path) -> None:
    """End this process with the one that started it: killed, it leaves nobody who computes on, and no shared file."""
    Thread(target=_await_parent, args=(shared,), daemon=True, name="parent").start()


def _await_parent(shared: Path) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        remove_shared(shared)
        os._exit(1)


def _tell_share(number: int, share: float) -> None:
    _SHARES[0][number] = share


def _task_references(scenario: Scenario, *, demographic: bool) -> None:
    """Compute what several scenarios refer to; a failure shows again in the scenario itself."""
    work = _WORK[0]
    with contextlib.suppress(CitySimError):
        applied = apply_scenario(work.city, scenario, allow_no_effect=work.allow_no_effect)
        (demographic_result if demographic else reference_result)(work.city, applied, work.store, [])


def _draws_of(scenario: Scenario, work: Work) -> int | None:
    return work.draws or scenario.analysis.draws or work.usual


def _drawn(scenario: Scenario) -> tuple[Drawn, RunResult] | None:
    """Return what is drawn of the baseline of a scenario, and its result; None where it is not drawn."""
    work = _WORK[0]
    n_draws = _draws_of(scenario, work)
    if n_draws is None:
        return None
    applied = apply_scenario(work.city, scenario, allow_no_effect=work.allow_no_effect)
    reference = reference_result(work.city, applied, work.store, [])
    return Drawn(work.city, scenario, applied, work.store, n_draws), reference


def _task_draws(scenario: Scenario, part: int, number: int) -> Draws | None:
    """Draw the baseline, which every scenario is told from, on one set of routes; a failure shows in the scenario."""
    with contextlib.suppress(CitySimError):
        found = _drawn(scenario)
        if found is not None and part < found[0].n_routes:
            return part_of_baseline(*found, part, lambda share: _tell_share(number, share))
    return None


def _task_keep(scenario: Scenario, parts: list[Draws]) -> None:
    """Keep the draws of the baseline where all of its parts are there."""
    with contextlib.suppress(CitySimError):
        found = _drawn(scenario)
        if found is not None and len(parts) == found[0].n_routes:
            keep_baseline(*found, parts)


def _task_scenario(scenario: Scenario, number: int) -> Outcome:
    return _run_one(scenario, _WORK[0], lambda _stage, share: _tell_share(number, share))


def run_spawned(scenarios: dict[int, Scenario], work: Work, progress: BatchProgress, jobs: int) -> Outcomes:
    """Yield the number and the outcome of each scenario as it ends, several at a time; what they share comes first."""
    with shared_file(work) as path:
        yield from _run_sharing(scenarios, work, progress, jobs, path)


def _run_sharing(
    scenarios: dict[int, Scenario], work: Work, progress: BatchProgress, jobs: int, path: Path
) -> Outcomes:
    spawn = multiprocessing.get_context("spawn")
    names = {number: scenario.id for number, scenario in scenarios.items()}
    first = max(names) + 1
    shares: Any = spawn.RawArray("d", first + ROUTES * len(names))  # the scenarios, then the draws of baselines
    pool = ProcessPoolExecutor(
        max_workers=min(jobs, len(scenarios)),
        mp_context=spawn,
        initializer=_begin_worker,
        initargs=(path, shares, threads_each(min(jobs, len(scenarios)))),
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
            _draw_baselines(pool, _distinct(list(scenarios.values()), year=False), first, shares, lambda s: tell(0, s))
        futures = {pool.submit(_task_scenario, s, n): n for n, s in scenarios.items()}
        yield from watched(futures, names, shares, tell)
    except BrokenProcessPool:
        message = Text("計算プロセスが途中で止まりました", "a worker process died")
        hint = Text("メモリ不足のことがあります。--jobs 1 --resume で続けてください", "try --jobs 1 --resume")
        raise RunError(error("run.worker", str(work.out), message, hint)) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _draw_baselines(
    pool: ProcessPoolExecutor, scenarios: list[Scenario], first: int, shares: Any, tell: Callable[[str], None]
) -> None:
    """Draw the baselines of scenarios, one task for each set of routes: all processes have work."""
    tasks = {first + n: task for n, task in enumerate((s, part) for s in scenarios for part in range(ROUTES))}
    running = {pool.submit(_task_draws, *task, number): number for number, task in tasks.items()}
    parts = dict(watched(running, dict.fromkeys(tasks, "draws"), shares, lambda _ended, told: tell(told)))
    wait(
        [
            pool.submit(_task_keep, scenario, made)
            for scenario in scenarios
            if (made := [found for n in tasks if tasks[n][0] is scenario and (found := parts[n]) is not None])
        ]
    )


def _distinct(scenarios: Sequence[Scenario], *, year: bool) -> list[Scenario]:
    """Return one scenario for each pair of settings (and year)."""
    found: dict[Any, Scenario] = {}
    for scenario in scenarios:
        settings = str(scenario.analysis.model_dump(exclude={"draws"}))
        key = (settings, str(scenario.parameters), scenario.year if year else 0)
        found.setdefault(key, scenario)
    return list(found.values())
