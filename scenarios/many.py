"""Owns running thousands of scenarios for their numbers alone: no folders, one outcome at a time, any engine."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.city import City
from geodata.errors import CitySimError, Problem, Text, error
from scenarios.runner import run_scenario
from scenarios.schema import Scenario
from scenarios.store import ResultStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class ManyWork:
    """What all scenarios share: the city as it is, where results are kept, draws (None = as each scenario says)."""

    city: City
    store: ResultStore = field(default_factory=ResultStore)
    draws: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ManyOutcome:
    """How one scenario ended: the rows of its kpi.csv, or why there are none; seconds are of the wall clock."""

    kpi: pd.DataFrame | None
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether there are no numbers."""
        return self.kpi is None


def run_many(
    scenarios: Mapping[int, Scenario], work: ManyWork, *, jobs: int = 1, dask: str | None = None
) -> Iterator[tuple[int, ManyOutcome]]:
    """
    Yield the number and the outcome of each scenario as it ends, in no fixed order.

    Parameters
    ----------
    scenarios
        By number; a modification may change nothing.
    work
        What they share.
    jobs
        Spawned processes of this machine; 1 = none, in this one.
    dask
        ``local``, or the address of a scheduler (``tcp://host:port``), in the place of `jobs`.
    """
    del jobs, dask
    for number, scenario in scenarios.items():
        yield number, run_one(scenario, work)


def run_one(scenario: Scenario, work: ManyWork) -> ManyOutcome:
    """Run one scenario; whatever goes wrong is its outcome."""
    started = time.perf_counter()
    try:
        run = run_scenario(scenario, work.city, store=work.store, allow_no_effect=True, draws=work.draws)
    except CitySimError as cause:
        return ManyOutcome(None, cause.problems, time.perf_counter() - started)
    except Exception as cause:  # noqa: BLE001 -- the worker's edge: one bad scenario does not spoil the rest
        said = f"{type(cause).__name__}: {cause}"
        hint = Text("不具合として知らせてください", "please report it")
        found = error("run.unexpected", scenario.id, Text(f"予期しないエラー: {said}", f"unexpected {said}"), hint)
        return ManyOutcome(None, (found,), time.perf_counter() - started)
    return ManyOutcome(run.kpi, run.problems, time.perf_counter() - started)
