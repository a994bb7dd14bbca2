"""Owns evaluating a run again and again: under draws, other routes, other residents and other definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.base_columns import BASE_PREFIX
from sim.cell_table import CELL_STEPS
from sim.context import RunContext
from sim.kpi.registry import KPIS
from sim.pivot import ADDED, PIVOTED, RATIO, Anchor, pivot_rows
from sim.results import DEFAULT_SETTING
from sim.run import default_rows
from sim.step_context import with_walk_detour
from sim.uncertainty.drawing import Sets, drawn_params, rerouted
from sim.uncertainty.draws import DRAW, ROUTE, Draws, Key, key_of, number_of
from sim.uncertainty.memory import DrawMemory
from sim.uncertainty.roles import drawn_spreads
from sim.watching import ANALYSIS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from geodata.city import City
    from geodata.units import FloatArray
    from sim.params import Analysis, Params
    from sim.results import KpiRow, RunResult
    from sim.reuse import Reuse


MODELS = 21
"""Sets of models that the draws share, at most: what people choose, whom they compete with, what is worth the while."""
ON_DEMAND = "on_demand_"
JOURNEY = frozenset({f"{ANALYSIS}departure_mode"})
"""What every number reads that asks for a journey."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """
    A finished run whose numbers are drawn again.

    Parameters
    ----------
    city, analysis, params, result
        The run.
    reuse
        Memory that runs share.
    base_city, base, base_draws
        Of a scenario: the baseline's city, result and draws; None = this run is the baseline.
    """

    city: City
    analysis: Analysis
    params: Params
    result: RunResult
    reuse: Reuse
    base_city: City | None = None
    base: RunResult | None = None
    base_draws: Draws | None = None


Known = dict[int, tuple["City", "City", "RunContext"]]
"""Identity of a city → that city, the same with the factor on walks of these cases, and the latest context of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """
    One evaluation: its label, settings, memory, and the city where it is another than the run's.

    `base_city`: the baseline's city where that is another too, so that what is told from it is told from its like.
    `rides_of`: whose on-demand rides feed the journeys. `still`: only numbers that ask for no journey are wanted.
    `beside`: no numbers of on-demand services, which are simulated for their own residents only. `known`: what cases of
    the same city and the same factor on walks share.
    """

    label: str
    analysis: Analysis
    params: Params
    reuse: Reuse
    city: City | None = None
    base_city: City | None = None
    rides_of: RunContext | None = None
    still: bool = False
    beside: bool = False
    known: Known = field(default_factory=dict)


class BaseColumns(Mapping[str, "FloatArray"]):
    """Columns of the baseline under the same draw, each computed when it is first asked for."""

    def __init__(self, context: RunContext) -> None:
        self._context = context

    def __getitem__(self, name: str) -> FloatArray:
        if name not in CELL_STEPS or not name.startswith(BASE_PREFIX):
            raise KeyError(name)
        compute, context = CELL_STEPS[name], self._context
        return context.step("column", name, lambda: compute(context))

    def __iter__(self) -> Iterator[str]:
        return (name for name in CELL_STEPS if name.startswith(BASE_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def context_of(subject: Subject, case: Case) -> RunContext:
    """Return the context of one evaluation; radii fitted to the official figure stay those of the run."""
    base = None if subject.base_city is None else BaseColumns(_base_context(subject, subject.base_city, case))
    city = subject.city if case.city is None else case.city
    return _context(subject, city, case, base, case.rides_of)


def _base_context(subject: Subject, base_city: City, case: Case) -> RunContext:
    """Return the context of the baseline; the rides of its on-demand services are those of its own residents."""
    own = _context(subject, base_city, case)
    return own if case.base_city is None else _context(subject, case.base_city, case, rides_of=own)


def _context(
    subject: Subject,
    city: City,
    case: Case,
    base: BaseColumns | None = None,
    rides_of: RunContext | None = None,
) -> RunContext:
    _, walked, like = case.known.get(id(city), (None, None, None))
    walked = with_walk_detour(city, case.params) if walked is None else walked
    context = RunContext(
        walked, case.analysis, case.params, case.reuse, _fitted(subject), base=base, rides_of=rides_of, like=like
    )
    case.known[id(city)] = city, walked, context  # the city too, so that no other comes to bear its number
    return context


def _fitted(subject: Subject) -> dict[str, float]:
    return dict((subject.base or subject.result).fitted)


def draw_cases(subject: Subject, n_draws: int, n_routes: int) -> Iterator[Case]:
    """
    Yield the sets of routes with all else as set, then the draws.

    Draw d stands on the models d mod M and the routes d mod `n_routes`, where M, at most `MODELS`, is a multiple of the
    routes. Draws on the same models come one after another; the routes come before them all.
    """
    spreads, seed = drawn_spreads(subject.city, subject.params), subject.analysis.seed
    known: list[Known] = [{} for _ in range(n_routes)]
    for route in range(n_routes):
        params = drawn_params(subject.params, spreads, seed, Sets(route))
        yield Case(f"{ROUTE}{route}", rerouted(subject.analysis, route), params, subject.reuse, known=known[route])
    n_models, memory = model_count(n_draws, n_routes), DrawMemory(subject.reuse)
    for model in range(min(n_models, n_draws)):
        route = model % n_routes
        analysis = rerouted(subject.analysis, route)
        for draw in range(model, n_draws, n_models):
            params = drawn_params(subject.params, spreads, seed, Sets(route, model, draw))
            yield Case(f"{DRAW}{draw}", analysis, params, memory, known=known[route])


def model_count(n_draws: int, n_routes: int) -> int:
    """Return how many sets of models the draws share: a multiple of the routes, so that a set has routes of its own."""
    return min(-(-n_draws // n_routes), MODELS // n_routes) * n_routes


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

    def __post_init__(self) -> None:
        for n, key in enumerate(self.keys):
            self._slices.setdefault(key[0], []).append(key)
            self._place[key] = n
        kpis = (trace for trace in self.subject.result.traces if trace.kind == "kpi")
        self._still = frozenset(trace.name for trace in kpis if not JOURNEY & set(trace.reads))

    def take(self, case: Case) -> None:
        """Evaluate one case."""
        subject, context = self.subject, context_of(self.subject, case)
        by_kpi = {k: default_rows(context, KPIS[k]) if self._wants(case, k) else () for k in self._slices}
        models = np.concatenate([self._numbers(kpi_id, rows) for kpi_id, rows in by_kpi.items()])
        pivoted = [row for kpi_id in self._pivoted_ids() for row in _defaults(by_kpi.get(kpi_id, ()))]
        values = models.copy()
        for row in pivot_rows(pivoted, self._anchor(case, context, pivoted), subject.params):
            if key_of(row) in self._place:
                values[self._place[key_of(row)]] = number_of(row.value)
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

    def _pivoted_ids(self) -> list[str]:
        """Return the KPIs whose value the pivot changes, in the order of the table."""
        changed = {row.kpi_id for row in (*self.subject.result.unpivoted, *(_base_of(self.subject).unpivoted))}
        return [kpi_id for kpi_id in KPIS if kpi_id in changed | ADDED | RATIO | PIVOTED.keys()]

    def _anchor(self, case: Case, context: RunContext, own: Sequence[KpiRow]) -> Anchor:
        subject, base = self.subject, _base_of(self.subject)
        persons = float(context.city.population.total.sum())
        base_persons = float(base.cells["persons"].sum())
        if subject.base is None:
            return Anchor(subject.city.targets, tuple(own), base_persons, persons)
        wanted = set(self._pivoted_ids())
        rows = [row for row in _defaults(subject.base.kpis) if row.kpi_id in wanted]
        drawn = {} if subject.base_draws is None else subject.base_draws.rows_under(case.label, rows)
        baseline = tuple(_with_model(row, drawn.get(key_of(row))) for row in rows)
        return Anchor(subject.city.targets, baseline, base_persons, persons)


def _defaults(rows: Iterable[KpiRow]) -> list[KpiRow]:
    return [row for row in rows if row.setting == DEFAULT_SETTING]


def _base_of(subject: Subject) -> RunResult:
    return subject.result if subject.base is None else subject.base


def _with_model(row: KpiRow, model: float | None) -> KpiRow:
    return row if model is None or np.isnan(model) else replace(row, model_value=model)


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
