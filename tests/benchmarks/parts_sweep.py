"""Owns the figures of a sweep: clinics and visits of the bundled city by the hundred, on one process and on two."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scenarios.files import parse_scenario
from scenarios.many_spawned import run_spawned
from scenarios.many_work import ManyWork, prepare
from scenarios.store import ResultStore
from scenarios.sweep_results import PartWriter
from tests.benchmarks.inputs import SEED
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import Figure
from tests.benchmarks.worker_memory import KNOWN, memory_of_city, private_bytes, processor_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from geodata.city import City
    from scenarios.schema import Scenario
    from tests.benchmarks.bench import Bench

JOBS = 2
COUNTS, FEW_COUNTS = (20, 100, 300), (6, 12)
"""Outcomes after which the clock is read; the few for less than `MANY_RUNS` runs."""
MANY_RUNS = 5
PLAIN_PAIRS, PLAIN_STEPS = 3, 20_000_000
PAIRS, IN_A_PAIR, SETTLING = 2, 30, 4
"""Paired runs of one and two processes, scenarios in each, and those that a process takes to get warm."""
MANY, GROWTH = 1_000, 500
ACCESS = (
    "clinics_per_100k",
    "clinic_within_30min_share",
    "clinic_nearest_min",
    "clinic_round_trip_share",
    "mobile_office_coverage_share",
    "mobile_office_visits_per_month",
)
"""What a planner asks who looks for places of clinics and visits: `kpis` of a sweep file."""
GOAL_S, GOAL_SPEEDUP, GOAL_SHARE, GOAL_LINEAR = 180.0, 1.8, 0.1, 1.2
VISIT = {"week_of_month": [1, 3], "weekday": "tue", "start": "10:00", "end": "15:00"}


def sweep(bench: Bench) -> Part:
    """Run distinct clinics and visits for their numbers: rates, linearity, efficiency of a second process, memory."""
    from geodata.hitachi import load_hitachi

    counts = COUNTS if bench.runs >= MANY_RUNS else FEW_COUNTS
    each = min(IN_A_PAIR, counts[-1])
    part = Part("sweep", f"a sweep: {counts[-1]} clinics and visits of the bundled city, {JOBS} processes")
    os.environ["EKISEI_HOME"] = str(bench.scratch / "sweep")  # the spawned processes too
    city = load_hitachi()
    scenarios = wanted(city)
    bench.tell("sweep: what all share")
    work = prepare(dict(enumerate(take(scenarios, 2))), ManyWork(city, ResultStore()))
    bench.tell(f"sweep: {counts[-1]} scenarios")
    long = timed_run(take(scenarios, counts[-1]), work, JOBS)
    bench.tell(f"sweep: {counts[-1]} scenarios, the KPIs of access only")
    few = timed_run(take(scenarios, counts[-1]), replace(work, kpis=ACCESS), JOBS)
    paired, cpu = {}, {}
    for n in range(PAIRS):
        for jobs in (1, JOBS):
            bench.tell(f"sweep: pair {n + 1}/{PAIRS}, {jobs} process(es)")
            run = timed_run(take(scenarios, each), work, jobs)
            paired[jobs, n], cpu[jobs, n] = (of(SETTLING * jobs, each) for of in (run.pace, run.work))
    pace = {jobs: tuple(paired[jobs, n] for n in range(PAIRS)) for jobs in (1, JOBS)}
    bench.tell("sweep: what the machine gives two plain loops")
    plain = plain_speedups()
    speedup = float(np.median([one / two for one, two in zip(pace[1], pace[JOBS], strict=True)]))
    spans = list(zip((0, *counts), counts, strict=False))
    further, worked = ([of(*span) for span in spans] for of in (long.pace, long.work))
    of_access = few.pace(*spans[-1])
    part.facts |= {
        "counts": counts,
        "further_s": further,
        "worked_s": worked,
        "speedup": speedup,
        "access_s": of_access,
    }
    part.add(
        Figure(f"one process: seconds per scenario, warm ({each} at a time)", pace[1]),
        Figure(f"{JOBS} processes: seconds per scenario, warm ({each} at a time)", pace[JOBS]),
        Figure("one process: processor time per scenario, warm", tuple(cpu[1, n] for n in range(PAIRS))),
        Figure(f"{JOBS} processes: processor time per scenario, warm", tuple(cpu[JOBS, n] for n in range(PAIRS))),
        *(
            Figure(f"{JOBS} processes: {what} per further scenario, from {first} to {last}", (seconds,))
            for what, taken in (("seconds", further), ("processor time", worked))
            for (first, last), seconds in zip(spans, taken, strict=True)
        ),
        Figure("the machine: two plain loops at once, of one", plain, "×"),
        Figure(f"parent: growth for {MANY:,} outcomes", (growth_mb(long.kpi, bench.scratch / "rows"),), "MB"),
        Goal(
            f"{MANY:,} facility and visit scenarios, every KPI", MANY * further[-1], GOAL_S, at_least=False, unit=" s"
        ),
        Goal(f"{MANY:,} likewise, {len(ACCESS)} KPIs of access", MANY * of_access, GOAL_S, at_least=False, unit=" s"),
        Goal("a second process, pairs of runs", speedup, GOAL_SPEEDUP),
        Goal(
            f"linear: processor time of the last beside those to {counts[1]}",
            worked[-1] / worked[1] if KNOWN else None,
            GOAL_LINEAR,
            at_least=False,
            why="" if KNOWN else "the system does not tell",
        ),
    )
    _add_memory(part, city, long)
    return part


def _add_memory(part: Part, city: City, run: TimedRun) -> None:
    text = "a further process: its own memory for the city, of the city's"
    if not KNOWN:
        part.add(Goal(text, None, GOAL_SHARE, at_least=False, why="the system does not tell"))
        return
    found = memory_of_city(city)
    part.facts |= {"city_bytes": found.city, "loaded_bytes": found.loaded, "used_bytes": found.used}
    part.add(
        Figure("the city as it is shared", (found.city / 2**20,), "MB"),
        Figure("a further process: outlines made and digests known", (found.used / 2**20,), "MB"),
        Figure("a process after all scenarios: its own memory, results kept for reuse", run.workers_mb, "MB"),
        Goal(text, found.loaded / found.city, GOAL_SHARE, at_least=False, unit=""),
    )


def wanted(city: City) -> Iterator[Scenario]:
    """Yield clinics and visits in turn, each where somebody lives; no place comes twice."""
    people = city.population
    rng = np.random.default_rng(SEED)
    cells = rng.choice(len(people.lonlat), np.count_nonzero(people.total), replace=False, p=share_of(people.total))
    for number, (lon, lat) in enumerate(people.lonlat[cells].round(5).tolist()):
        place = {"lon": lon, "lat": lat}
        yield _scenario(number, _clinic(place) if number % 2 == 0 else _visit(place))


def share_of(persons: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the chance of each cell."""
    chances: np.ndarray[Any, np.dtype[np.float64]] = persons / persons.sum()
    return chances


def take(scenarios: Iterator[Scenario], n: int) -> list[Scenario]:
    """Return the next ones, which nobody had before."""
    return [next(scenarios) for _ in range(n)]


def _scenario(number: int, modification: dict[str, Any]) -> Scenario:
    words = {"ja": f"試し {number}", "en": f"trial {number}"}
    content = {
        "schema": "ekisei-scenario/1",
        "id": f"sweep-{number}",
        "title": words,
        "description": words,
        "plan_status": "hypothetical",
        "year": 2023,
        "modifications": [{"source": {"ja": "仮定", "en": "assumed"}, **modification}],
    }
    return parse_scenario(json.dumps(content), f"sweep-{number}")


def _clinic(place: dict[str, float]) -> dict[str, Any]:
    name = {"ja": "新しい診療所", "en": "new clinic"}
    return {"id": "clinic", "type": "add-facility", "category": "clinic", "name": name, "location": place}


def _visit(place: dict[str, float]) -> dict[str, Any]:
    name = {"ja": "動く市役所", "en": "mobile office"}
    stops = [{"name": name, "location": place, "visits": [VISIT]}]
    office = {"vehicles": 1, "services": ["証明書"], "catchment": {"radius_m": 500}, "reservation": "none"}
    return {"id": "office", "type": "mobile-service", "name": name, **office, "stops": stops}


@dataclass(frozen=True, slots=True, eq=False)
class TimedRun:
    """
    When each outcome came, what the processes had worked till then, rows of the last, and own memory at the end [MB].

    A machine that others use takes longer, but works no more.
    """

    ends_s: tuple[float, ...]
    worked_s: tuple[float, ...]
    kpi: pd.DataFrame
    workers_mb: tuple[float, ...]

    def pace(self, first: int, last: int) -> float:
        """Return the seconds for each scenario from one number of outcomes to another."""
        return _between(self.ends_s, first, last)

    def work(self, first: int, last: int) -> float:
        """Return the processor time for each scenario likewise; NaN where the system does not tell."""
        return _between(self.worked_s, first, last)


def _between(at: Sequence[float], first: int, last: int) -> float:
    return (at[last - 1] - (at[first - 1] if first else 0.0)) / (last - first)


def timed_run(scenarios: Sequence[Scenario], work: ManyWork, jobs: int) -> TimedRun:
    """Run scenarios in spawned processes, start included."""
    start, ends, worked, found, workers = time.perf_counter(), [], [], None, (float("nan"),)
    for number, outcome in run_spawned(dict(enumerate(scenarios)), work, jobs):
        ends.append(time.perf_counter() - start)
        running = [p.pid for p in multiprocessing.active_children() if p.pid] if KNOWN else []
        worked.append(sum(map(processor_s, running)) if running else float("nan"))
        assert outcome.kpi is not None, (number, [p.render("en") for p in outcome.problems])
        found = outcome.kpi
        if len(ends) == len(scenarios) and running:
            workers = tuple(private_bytes(process) / 2**20 for process in running)
    assert found is not None
    return TimedRun(tuple(ends), tuple(worked), found, workers)


def plain_speedups() -> tuple[float, ...]:
    """Return how much more two processes do than one where they share nothing: cores may be halves of one."""
    with ProcessPoolExecutor(JOBS, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_loop, [1] * JOBS))  # both are up
        pairs = [(_timed_loops(pool, 1), _timed_loops(pool, JOBS)) for _ in range(PLAIN_PAIRS)]
    return tuple(JOBS * one / two for one, two in pairs)


def _timed_loops(pool: ProcessPoolExecutor, n: int) -> float:
    start = time.perf_counter()
    list(pool.map(_loop, [PLAIN_STEPS] * n))
    return time.perf_counter() - start


def _loop(n: int) -> int:
    found = 0
    for number in range(n):
        found += number
    return found


def growth_mb(kpi: pd.DataFrame, folder: Path) -> float:
    """Return how much a process that writes outcomes grows for a thousand of them [MB]."""
    if not KNOWN:
        return float("nan")
    with PartWriter(folder) as writer:
        for number in range(1, GROWTH + 1):  # its buffers are as large as they get
            writer.add(number, kpi)
        before = private_bytes()
        for number in range(GROWTH + 1, 2 * GROWTH + 1):
            writer.add(number, kpi)
        return (private_bytes() - before) / 2**20 * MANY / GROWTH
