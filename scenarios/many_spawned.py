"""Owns running many scenarios in spawned processes of this machine: one that is killed loses nothing."""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from geodata.errors import Text, error
from scenarios.batch_work import end_with_parent, threads_each
from scenarios.many_work import ManyOutcome, run_one
from scenarios.shared_file import read_shared, shared_file
from scenarios.spare_memory import give_back_often

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scenarios.many_work import ManyWork
    from scenarios.schema import Scenario

AHEAD = 3
"""Scenarios handed out to each process before it asks: it never waits, and a death puts few back."""
MOST_DEATHS = 3
"""A scenario that was running this often when a process died is held to be the cause."""
_WORK: list[ManyWork] = []


def run_spawned(scenarios: Mapping[int, Scenario], work: ManyWork, jobs: int) -> Iterator[tuple[int, ManyOutcome]]:
    """Yield the number and the outcome of each scenario as it ends; those of a process that died are run again."""
    with shared_file(work) as path:
        yield from _run_sharing(scenarios, path, jobs)


def _run_sharing(scenarios: Mapping[int, Scenario], path: Path, jobs: int) -> Iterator[tuple[int, ManyOutcome]]:
    n_threads = threads_each(jobs)
    left, deaths = deque(scenarios), dict.fromkeys(scenarios, 0)
    while left:
        pool = ProcessPoolExecutor(
            min(jobs, len(left)), multiprocessing.get_context("spawn"), initializer=_begin, initargs=(path, n_threads)
        )
        open_tasks: dict[Future[ManyOutcome], int] = {}
        try:
            while left or open_tasks:
                while left and len(open_tasks) < AHEAD * jobs:
                    number = left[0]
                    open_tasks[pool.submit(_task, scenarios[number])] = number
                    left.popleft()
                for future in wait(open_tasks, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    yield open_tasks.pop(future), outcome
        except BrokenProcessPool:
            for number in open_tasks.values():
                deaths[number] += 1
                if deaths[number] >= MOST_DEATHS:
                    yield number, _died(scenarios[number])
                else:
                    left.append(number)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


YOUNG_OBJECTS = 50_000
"""Objects made before unused cycles are looked for: one scenario makes more than the usual 700 in a millisecond."""


def _begin(path: Path, n_threads: int) -> None:
    from sim.routing.sharing import limit_threads  # noqa: PLC0415 -- the package loads compiled kernels

    end_with_parent(path)
    give_back_often()
    limit_threads(n_threads)
    gc.set_threshold(YOUNG_OBJECTS)
    _WORK[:] = [read_shared(path)]


def _task(scenario: Scenario) -> ManyOutcome:
    return run_one(scenario, _WORK[0])


def _died(scenario: Scenario) -> ManyOutcome:
    message = Text(
        f"計算プロセスが {MOST_DEATHS} 回、途中で止まりました", f"the process that ran it died {MOST_DEATHS} times"
    )
    hint = Text("メモリ不足のことがあります。--jobs 1 --resume で続けてください", "try --jobs 1 --resume")
    return ManyOutcome(None, (error("run.worker", scenario.id, message, hint),), 0.0)
