"""Owns taking down evaluations: the rows of each as a column of the draws."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.kpi.registry import KPIS
from sim.pivot import ADDED, PIVOTED, RATIO, Anchor, pivot_rows
from sim.results import DEFAULT_SETTING
from sim.uncertainty.draws import Draws, Key, key_of, number_of
from sim.uncertainty.evaluating import told_from
from sim.uncertainty.settled import SettledRows
from sim.watching import ANALYSIS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.results import KpiRow, RunResult
    from sim.uncertainty.evaluating import Case, Subject

ON_DEMAND = "on_demand_"
JOURNEY = frozenset({f"{ANALYSIS}departure_mode"})
"""What every number reads that asks for a journey."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pivoted:
    """
    What the pivot told, and what decided it: the rows it was given, residents, the baseline's numbers.

    `place`, `values`: where among the rows of the draws, and the value there, shape (P,).
    """

    own: tuple[tuple[KpiRow, ...], ...]
    persons: float
    drawn: tuple[float | None, ...]
    place: npt.NDArray[np.intp]
    values: FloatArray

    def is_of(self, own: tuple[tuple[KpiRow, ...], ...], persons: float, drawn: tuple[float | None, ...]) -> bool:
        """Return whether the same decides it: the very rows, for rows that come from the memory are one object."""
        same = all(mine is other for mine, other in zip(self.own, own, strict=True))
        return same and self.persons == persons and self.drawn == drawn


@dataclass(slots=True, eq=False)
class Recorder:
    """Takes the rows of each evaluation down as columns; rows that come from the memory are read once."""

    subject: Subject
    keys: tuple[Key, ...]
    labels: list[str] = field(default_factory=list)
    values: list[FloatArray] = field(default_factory=list)
    models: list[FloatArray] = field(default_factory=list)
    _read: dict[int, tuple[tuple[KpiRow, ...], FloatArray]] = field(default_factory=dict)
    _slices: dict[str, list[Key]] = field(default_factory=dict)
    _place: dict[Key, int] = field(default_factory=dict)
    _still: frozenset[str] = frozenset()
    _settled: SettledRows = field(default_factory=SettledRows)
    _pivoted_ids: tuple[str, ...] = ()
    _base_rows: tuple[KpiRow, ...] = ()
    _latest: _Pivoted | None = None

    def __post_init__(self) -> None:
        for n, key in enumerate(self.keys):
            self._slices.setdefault(key[0], []).append(key)
            self._place[key] = n
        kpis = (trace for trace in self.subject.result.traces if trace.kind == "kpi")
        self._still = frozenset(trace.name for trace in kpis if not JOURNEY & set(trace.reads))
        self._pivoted_ids = pivoted_ids(self.subject)
        if self.subject.base is not None:
            wanted = set(self._pivoted_ids)
            self._base_rows = tuple(row for row in _defaults(self.subject.base.kpis) if row.kpi_id in wanted)

    def take(self, case: Case) -> None:
        """Evaluate one case."""
        context, base = told_from(self.subject, case)
        self._settled.begin(case, base)
        by_kpi = {k: self._settled.rows(context, KPIS[k]) if self._wants(case, k) else () for k in self._slices}
        models = np.concatenate([self._numbers(kpi_id, rows) for kpi_id, rows in by_kpi.items()])
        values = models.copy()
        pivoted = self._pivoted(case, context, tuple(by_kpi.get(kpi_id, ()) for kpi_id in self._pivoted_ids))
        values[pivoted.place] = pivoted.values
        self.labels.append(case.label)
        self.values.append(values)
        self.models.append(models)

    def draws(self) -> Draws:
        """Return what was taken down."""
        shape = (len(self.keys), len(self.labels))
        return Draws(
            self.keys,
            tuple(self.labels),
            np.array(self.values).T.reshape(shape),
            np.array(self.models).T.reshape(shape),
        )

    def _wants(self, case: Case, kpi_id: str) -> bool:
        if case.beside and kpi_id.startswith(ON_DEMAND):
            return False
        return not case.still or kpi_id in self._still

    def _numbers(self, kpi_id: str, rows: tuple[KpiRow, ...]) -> FloatArray:
        """Return the model values of a KPI in the order of the run's rows; NaN where a row is missing."""
        known = self._read.get(id(rows))
        if rows and known is not None:
            return known[1]
        found = {key_of(row): number_of(row.model_value) for row in rows}
        numbers = np.array([found.get(key, np.nan) for key in self._slices[kpi_id]])
        self._read[id(rows)] = (rows, numbers)  # the rows too, so that no others come to bear their number
        return numbers

    def _pivoted(self, case: Case, context: RunContext, own: tuple[tuple[KpiRow, ...], ...]) -> _Pivoted:
        """Return the values that the pivot tells; those of the latest evaluation where all that decides is the same."""
        subject, base = self.subject, _base_of(self.subject)
        persons, base_persons = float(context.city.population.total.sum()), float(base.cells["persons"].sum())
        drawn = self._base_models(case.label)
        latest = self._latest
        if latest is not None and latest.is_of(own, persons, drawn):
            return latest
        rows = [row for found in own for row in _defaults(found)]
        baseline = tuple(rows) if subject.base is None else tuple(map(_with_model, self._base_rows, drawn))
        found = pivot_rows(rows, Anchor(subject.city.targets, baseline, base_persons, persons), subject.params)
        told = [(self._place[key_of(row)], number_of(row.value)) for row in found if key_of(row) in self._place]
        self._latest = _Pivoted(
            own, persons, drawn, np.array([n for n, _ in told], np.intp), np.array([value for _, value in told])
        )
        return self._latest

    def _base_models(self, label: str) -> tuple[float | None, ...]:
        """Return the plain model values of the baseline's rows under an evaluation; None where it was not made."""
        draws = self.subject.base_draws
        drawn = {} if draws is None else draws.rows_under(label, self._base_rows)
        numbers = (drawn.get(key_of(row), np.nan) for row in self._base_rows)
        return tuple(None if np.isnan(number) else number for number in numbers)


def _defaults(rows: Iterable[KpiRow]) -> list[KpiRow]:
    return [row for row in rows if row.setting == DEFAULT_SETTING]


def _base_of(subject: Subject) -> RunResult:
    return subject.result if subject.base is None else subject.base


def _with_model(row: KpiRow, model: float | None) -> KpiRow:
    return row if model is None else replace(row, model_value=model)


def pivoted_ids(subject: Subject) -> tuple[str, ...]:
    """Return the KPIs whose value the pivot changes, in the order of the table."""
    changed = {row.kpi_id for row in (*subject.result.unpivoted, *_base_of(subject).unpivoted)}
    return tuple(kpi_id for kpi_id in KPIS if kpi_id in changed | ADDED | RATIO | PIVOTED.keys())


def drawn_keys(result: RunResult) -> tuple[Key, ...]:
    """Return the rows that are drawn: every KPI and group under its default setting."""
    return tuple(key_of(row) for row in _defaults(result.kpis))


def evaluate(subject: Subject, cases: Iterable[Case], progress: Callable[[int], None] | None = None) -> Draws:
    """
    Return the drawn rows of a run under each case; `progress` is told how many are done.

    Cases that are made one after another free their memory one after another.
    """
    recorder = Recorder(subject, drawn_keys(subject.result))
    for n, case in enumerate(cases):
        recorder.take(case)
        if progress is not None:
            progress(n + 1)
    return recorder.draws()
