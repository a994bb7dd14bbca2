"""
Owns the numbers of a scenario that is being edited: KPI by KPI, under the default setting, exactly as a run has them.

A run computes all settings, tables and splits of three cities; here only what is asked for is computed, from the memory
that runs share. The baseline is a whole result, from the store where it stands.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import pandas as pd

from scenarios import anonymous
from scenarios.anonymous import DISTRICT_LEVEL, hides_places
from scenarios.computing import reference_result, stored_result
from scenarios.run_folder import settings_digest
from scenarios.store import ResultStore
from scenarios.travel_shelf import TravelShelf
from sim.cell_table import CELL_STEPS, residents
from sim.kpi import KPIS
from sim.kpi.spec import TIME_SETTINGS
from sim.pivot import ADDED, FAMILIES, PIVOTED, RATIO, Anchor, pivot_rows
from sim.results import DEFAULT_SETTING, RunResult
from sim.reuse import Reuse
from sim.run import build_context, learn, settled_rows
from sim.splits import split_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geodata.city import City
    from geodata.units import FloatArray
    from scenarios.apply import Applied
    from sim.context import RunContext
    from sim.results import KpiRow

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_HELD = 8
"""Baselines under other settings, and residents of other years: each is a whole result, and found again from disk."""
WALKERS: tuple[Literal["standard", "older"], ...] = ("standard", "older")
CATCHMENT = ("catchment_population_share", "catchment_population")
_TOGETHER = (*((f.rate_id, f.absolute_id) for f in FAMILIES), tuple(sorted(RATIO)))
"""KPIs whose values are told from each other."""


def together(kpi_ids: Iterable[str]) -> tuple[str, ...]:
    """Return KPIs with those that their values are told from, in the order of kpi.csv."""
    wanted = set(kpi_ids)
    for family in _TOGETHER:
        if not wanted.isdisjoint(family):
            wanted.update(family)
    return tuple(kpi_id for kpi_id in KPIS if kpi_id in wanted)


class LiveCity:
    """A city, the results of its baseline by settings, and the memory of all that was computed on it."""

    def __init__(self, city: City, store: ResultStore | None = None) -> None:
        self.city = city
        self.store = ResultStore() if store is None else store
        self.memory = Reuse(shelf=TravelShelf(self.store.root.parent / "travel", keeps=False))
        self._references: OrderedDict[str, RunResult] = OrderedDict()
        self._runs: OrderedDict[tuple[str, str], LiveRun] = OrderedDict()

    def reference(self, applied: Applied) -> RunResult:
        """Return the baseline under the settings of a scenario; computed whole where it is neither held nor stored."""

        def find() -> RunResult:
            found = reference_result(self.city, applied, self.store, [])
            learn(self.memory, found)
            return found

        return _kept(self._references, settings_digest(applied), find)

    def run(self, applied: Applied) -> LiveRun:
        """Return the numbers of an applied scenario, to be asked for."""
        reference = self.reference(applied)
        people = None
        if applied.demographic is not self.city:
            key = (settings_digest(applied), applied.demographic.layer_digest("population"))
            people = _kept(self._runs, key, lambda: LiveRun(self, applied.demographic, applied, reference))
        return LiveRun(self, applied.city, applied, reference, people)

    def learn(self, applied: Applied) -> bool:
        """Take what a stored run of an applied scenario holds into the memory; False where there is none."""
        found = stored_result(self.city, applied, self.store)
        if found is not None:
            learn(self.memory, found)
        return found is not None


def _kept(held: OrderedDict[Key, Value], key: Key, find: Callable[[], Value]) -> Value:
    """Return a value that is held, or found now and held; those asked for least lately are let go."""
    if key not in held:
        held[key] = find()
        while len(held) > MOST_HELD:
            held.popitem(last=False)
    held.move_to_end(key)
    return held[key]


class LiveRun:
    """
    The numbers of one city under the settings of an applied scenario.

    `people`: those of the same residents without modifications; None = the residents are those of the baseline.
    """

    def __init__(
        self, base: LiveCity, city: City, applied: Applied, reference: RunResult, people: LiveRun | None = None
    ) -> None:
        self._base, self._city, self.applied = base, city, applied
        self.reference, self._people = reference, people
        self._raw: dict[str, tuple[KpiRow, ...]] = {}

    @cached_property
    def is_baseline(self) -> bool:
        """Whether nothing differs from the baseline: then its rows are the rows, as in a run."""
        return self._city.digest == self._base.city.digest

    @cached_property
    def hides_places(self) -> bool:
        """Whether closures are told by district only."""
        return not self.is_baseline and hides_places(c.kind for c in self.applied.closures)

    @cached_property
    def context(self) -> RunContext:
        """What models look at."""
        applied, memory = self.applied, self._base.memory
        context = build_context(self._city, applied.analysis, applied.params, reference=self.reference, reuse=memory)
        context.nearest_alone = True
        return context

    def warm_up(self, kpi_ids: Iterable[str]) -> None:
        """Make the first questions as quick as later ones: KPIs, and what a facility at a new place is asked with."""
        if not self.is_baseline:
            self._base.learn(self.applied)
        self.rows(kpi_ids)
        self.definitions  # noqa: B018 -- found and kept
        context = self.context
        somewhere = context.city.population.xy.mean(axis=0, keepdims=True)
        for walker in WALKERS:
            context.travel_minutes(walker, somewhere)

    # ---------------------------------------------------------------- rows

    def compute(self, kpi_id: str) -> None:
        """Make sure that one KPI is known, here and on the residents without modifications."""
        if self._people is not None:
            self._people.compute(kpi_id)
        if kpi_id not in self._raw and not self.is_baseline:
            self._raw[kpi_id] = settled_rows(self.context, KPIS[kpi_id])

    def rows(self, kpi_ids: Iterable[str]) -> tuple[KpiRow, ...]:
        """Return the rows of KPIs, and of those they are told from, under the default setting, pivoted."""
        wanted = together(kpi_ids)
        if self.is_baseline:
            return tuple(r for r in self.reference.kpis if r.setting == DEFAULT_SETTING and r.kpi_id in wanted)
        for kpi_id in wanted:
            self.compute(kpi_id)
        rows = [row for kpi_id in wanted for row in self._raw[kpi_id] if row.setting == DEFAULT_SETTING]
        return tuple(pivot_rows(rows, self._anchor, self.applied.params))

    @cached_property
    def definitions(self) -> tuple[KpiRow, ...]:
        """Return the catchment of the whole city under every definition but those by time, pivoted."""
        if self.is_baseline:
            rows = [r for r in self.reference.kpis if r.kpi_id in CATCHMENT and r.setting not in TIME_SETTINGS]
            return tuple(r for r in rows if r.group == "all")
        found = []
        for kpi_id in CATCHMENT:
            n_plain = len(KPIS[kpi_id].settings) - len(TIME_SETTINGS) - 1  # the last is without assumed lines
            found += [r for r in settled_rows(self.context, KPIS[kpi_id], n_plain) if r.group == "all"]
        return tuple(pivot_rows(found, self._anchor, self.applied.params))

    def result(self, rows: tuple[KpiRow, ...]) -> RunResult:
        """Return rows of this run as a result, with the splits of their change."""
        if self.is_baseline:
            return RunResult(rows, pd.DataFrame())
        people = None if self._people is None else self._people.rows({row.kpi_id for row in rows})
        return RunResult(rows, pd.DataFrame(), split_changes(rows, self.reference.kpis, people))

    @cached_property
    def _anchor(self) -> Anchor:
        told = {*PIVOTED, *RATIO, *ADDED}
        before = tuple(r for r in self.reference.kpis if r.group == "all" and r.kpi_id in told)
        persons = float(residents(self.context)["persons"].sum())
        return Anchor(self._base.city.targets, before, float(self.reference.cells["persons"].sum()), persons)

    # ---------------------------------------------------------------- cells

    def column(self, name: str, *, by_district: bool = False) -> FloatArray:
        """
        Return one value per cell of a column of the table of cells, shape (C,); NaN where it has none.

        A run that hides places tells columns that would betray a closure by district; `by_district`: so must this, for
        the run beside it does.
        """
        if self.is_baseline:
            cells = self.reference.cells
            found = cells[name].to_numpy(np.float64) if name in cells else np.full(len(cells), np.nan)
            return self._told_by_district(name, found) if by_district else found
        if name not in CELL_STEPS:
            return residents(self.context)[name].to_numpy(np.float64)
        context = self.context
        values: FloatArray = context.step("column", name, lambda: CELL_STEPS[name](context))
        return self._told_by_district(name, values) if self.hides_places or by_district else values

    def _told_by_district(self, name: str, values: FloatArray) -> FloatArray:
        if name not in DISTRICT_LEVEL:
            return values
        people = residents(self.context)
        persons = people[DISTRICT_LEVEL[name]].to_numpy(np.float64)
        return anonymous.by_district(values, persons, people["district_id"].to_numpy())
