"""Owns one scenario of thousands, run for its numbers alone: what all share, how one ends."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from geodata.city import City
from geodata.errors import CitySimError, Problem, Text, error
from scenarios.apply import apply_scenario
from scenarios.computing import demographic_result, reference_result
from scenarios.runner import run_scenario
from scenarios.schema import Scenario
from scenarios.spare_memory import give_back
from scenarios.store import ResultStore
from scenarios.travel_shelf import forget_memories
from sim.kpi import KPIS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from sim.results import RunResult

KEPT = 12
"""Results kept in memory: those that thousands of scenarios refer to are asked for by each, and so stay."""


class FewStore(ResultStore):
    """A store that reads what others stored and keeps the last results in memory: no folder for each of thousands."""

    keeps_steps = False

    def __init__(self, root: Path | None = None) -> None:
        super().__init__(root)
        self._last: OrderedDict[str, RunResult] = OrderedDict()

    def find(self, key: str) -> RunResult | None:
        """Return a result of this process, or a stored one, or None."""
        found = self._last.get(key)
        if found is None:
            found = super().find(key)
        if found is not None:
            self._keep(key, found)
        return found

    def put(self, key: str, result: RunResult) -> None:
        """Keep a result while there is room."""
        self._keep(key, result)

    def _keep(self, key: str, result: RunResult) -> None:
        self._last[key] = result
        self._last.move_to_end(key)
        while len(self._last) > KEPT:
            self._last.popitem(last=False)


@dataclass(frozen=True, slots=True, eq=False)
class ManyWork:
    """
    What all scenarios share.

    `city`: as it is. `store`: where results are kept. `draws`: None = as each scenario says. `kpis`: those whose rows
    are wanted, the others are not computed.
    """

    city: City
    store: ResultStore = field(default_factory=ResultStore)
    draws: int | None = None
    kpis: tuple[str, ...] = tuple(KPIS)


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


def prepare(scenarios: Mapping[int, Scenario], work: ManyWork) -> ManyWork:
    """Return the work with what the scenarios refer to (baselines, people of a year): stored once, and in memory."""
    few = FewStore(work.store.root)
    for scenario in _distinct(scenarios.values()):
        with contextlib.suppress(CitySimError):  # told when it is run
            applied = apply_scenario(work.city, scenario, allow_no_effect=True)
            for store in (work.store, few):
                reference = reference_result(work.city, applied, store, [])
                demographic_result(work.city, applied, store, [], reference=reference)
    forget_memories()  # what the baselines took on their way is on the shelves
    give_back()
    return replace(work, store=few)


def _distinct(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Return one scenario for each pair of settings and year."""
    found: dict[tuple[str, str, int], Scenario] = {}
    for scenario in scenarios:
        settings = str(scenario.analysis.model_dump(exclude={"draws"}))
        found.setdefault((settings, str(scenario.parameters), scenario.year), scenario)
    return list(found.values())


def run_one(scenario: Scenario, work: ManyWork) -> ManyOutcome:
    """Run one scenario; whatever goes wrong is its outcome."""
    started = time.perf_counter()
    try:
        run = run_scenario(
            scenario, work.city, store=work.store, allow_no_effect=True, draws=work.draws, only_kpis=work.kpis
        )
    except CitySimError as cause:
        return ManyOutcome(None, cause.problems, time.perf_counter() - started)
    except Exception as cause:  # noqa: BLE001 -- the worker's edge: one bad scenario does not spoil the rest
        said = f"{type(cause).__name__}: {cause}"
        hint = Text("不具合として知らせてください", "please report it")
        found = error("run.unexpected", scenario.id, Text(f"予期しないエラー: {said}", f"unexpected {said}"), hint)
        return ManyOutcome(None, (found,), time.perf_counter() - started)
    return ManyOutcome(run.kpi, run.problems, time.perf_counter() - started)
