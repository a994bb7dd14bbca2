"""Owns what a goal search asks, and the one KPI, the cost and the limits at any choice of lever values."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.errors import CitySimError, Problem, Text, error
from scenarios.apply import Applied, apply_scenario
from scenarios.computing import reference_result
from scenarios.goal_limits import BUDGET, judge_rows, limit_kpis
from scenarios.run_folder import settings_digest
from scenarios.targets import reaches
from scenarios.travel_shelf import memory_of
from sim.kpi.measure import group_weights
from sim.kpi.measures import MEASURES
from sim.kpi.registry import KPIS
from sim.pivot import PIVOTED, RATIO, Anchor, pivot_rows
from sim.results import DEFAULT_SETTING, KpiRow
from sim.run import WITHOUT_ASSUMED, build_context, find_measure, measure_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from geodata.city import City
    from scenarios.lever_book import LeverBook
    from scenarios.levers import Values
    from scenarios.limits import LimitVerdict
    from scenarios.schema import Limits
    from scenarios.store import ResultStore
    from sim.context import RunContext
    from sim.kpi.measure import Measure
    from sim.results import RunResult

MODEL_COSTS = {"operating": "operating_cost_yen", "subsidy": "subsidy_yen"}
"""What a levers file counts of the model → KPI."""
SAME_YEN = 1.0
"""Costs nearer than this are the same [yen]."""
TOLERANCE = 1e-9
"""How far a share may leave 0–1 by the machine's own rounding."""


@dataclass(frozen=True, slots=True)
class Ask:
    """
    What is asked: which number is to reach what, under which limits.

    Parameters
    ----------
    kpi_id, target
        KPI and the value it must reach, in the unit of kpi.csv (shares 0–1).
    settings
        Settings (definitions) of the KPI that are looked at, each by itself and all at once.
    group
        Of whom: ``all``, ``75plus``, ``district:…``.
    limits, budget_yen
        Resources and yearly cost [yen] that may not be passed; None = no limit.
    most
        Choices that may be evaluated.
    """

    kpi_id: str
    target: float
    settings: tuple[str, ...]
    group: str = "all"
    limits: Limits | None = None
    budget_yen: float | None = None
    most: int = 400

    @property
    def sign(self) -> float:
        """1 where more is better, −1 where less is."""
        return -1.0 if KPIS[self.kpi_id].good == "down" else 1.0

    def reaches(self, value: float | None) -> bool:
        """Return whether a value is at the target or beyond."""
        if value is None or math.isnan(value):
            return False
        return reaches(value, self.target, up=self.sign > 0)


@dataclass(frozen=True, slots=True)
class Cost:
    """
    Cost of a choice beyond the base [yen].

    `yearly_yen`, `capital_yen`: of the levers themselves. `operating_yen`: change of the operating cost (or of the
    subsidy, as the file says) by the model [a year]; None = not asked or not known. `total_yen`: all of it a year,
    capital spread over the years of the file.
    """

    yearly_yen: float
    capital_yen: float
    operating_yen: float | None
    total_yen: float


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """
    One choice of lever values, evaluated.

    `numbers`: setting → value of the KPI, pivoted. `persons`: residents. `refused`: why the choice cannot be applied;
    then there are no numbers. `verdicts`: of the limits; `over_budget`: whether it costs more than the budget.
    """

    values: Values
    numbers: Mapping[str, float | None]
    persons: float
    cost: Cost
    verdicts: tuple[LimitVerdict, ...] = ()
    over_budget: bool = False
    refused: tuple[Problem, ...] = ()
    rows: tuple[KpiRow, ...] = field(default=(), repr=False)

    @property
    def broken(self) -> tuple[str, ...]:
        """Names of the limits that do not hold."""
        return (*(v.name for v in self.verdicts if v.holds is False), *((BUDGET,) if self.over_budget else ()))

    @property
    def allowed(self) -> bool:
        """Return whether it can be applied and every limit holds."""
        return not self.refused and not self.broken

    def known(self, settings: Iterable[str]) -> bool:
        """Return whether it can be applied and has a value under every one of some settings."""
        return not self.refused and all(self.numbers.get(setting) is not None for setting in settings)

    def weakest(self, ask: Ask, settings: Iterable[str]) -> float:
        """Return the value under the setting that is farthest from the target, signed so that more is better."""
        found = [self.numbers.get(setting) for setting in settings]
        return min((-math.inf if v is None or math.isnan(v) else ask.sign * v for v in found), default=-math.inf)

    def reaches(self, ask: Ask, settings: Iterable[str]) -> bool:
        """Return whether the target is reached under every one of some settings."""
        return all(ask.reaches(self.numbers.get(setting)) for setting in settings)


class Evaluator:
    """
    The KPI at any choice of lever values, each computed once.

    Only the KPI asked, its companion, the operating cost and what limits need are computed; the rest of a run is not.
    The numbers are those a whole run has, since both take them from the same measures.
    """

    def __init__(
        self, city: City, book: LeverBook, ask: Ask, store: ResultStore, tell: Callable[[int], None] | None = None
    ) -> None:
        self.city, self.book, self.ask, self.store = city, book, ask, store
        self._tell = tell or (lambda _done: None)
        self._known: dict[Values, Outcome] = {}
        self._references: dict[str, RunResult] = {}
        self._base_cost: float | None = None

    @property
    def n_evaluated(self) -> int:
        """Choices evaluated so far."""
        return len(self._known)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All choices evaluated so far."""
        return tuple(self._known.values())

    @property
    def full(self) -> bool:
        """Return whether no further choice may be evaluated."""
        return len(self._known) >= self.ask.most

    def knows(self, values: Values) -> bool:
        """Return whether a choice was evaluated."""
        return values in self._known

    def at(self, values: Values) -> Outcome:
        """Return the outcome of a choice; one that cannot be applied says why."""
        if values not in self._known:
            if values != self.book.off:
                self.at(self.book.off)  # costs are told from the base
            self._known[values] = self._evaluate(values)
            self._tell(len(self._known))
        return self._known[values]

    def reference(self, applied: Applied) -> RunResult:
        """Return the result of the city as it is under the settings of a choice."""
        key = settings_digest(applied)
        if key not in self._references:
            self._references[key] = reference_result(self.city, applied, self.store, [])
        return self._references[key]

    def applied(self, values: Values) -> Applied:
        """Return what a choice makes of the city."""
        return apply_scenario(self.city, self.book.scenario(values), allow_no_effect=True)

    def _evaluate(self, values: Values) -> Outcome:
        own = self.book.own_cost(values)
        try:
            applied = self.applied(values)
            rows, verdicts = self._rows(applied)
        except CitySimError as cause:
            if values == self.book.off:
                raise
            cost = Cost(own.yearly_yen, own.capital_yen, None, own.total_yen)
            return Outcome(values, {}, math.nan, cost, refused=cause.problems)
        found = {(r.kpi_id, r.setting, r.group): r for r in rows}
        ask = self.ask
        numbers = {
            s: None if (row := found.get((ask.kpi_id, s, ask.group))) is None else row.value for s in ask.settings
        }
        paid = MODEL_COSTS.get(self.book.file.model_cost, "")
        wild = _out_of_range(ask, numbers)
        if wild and values != self.book.off:
            cost = Cost(own.yearly_yen, own.capital_yen, None, own.total_yen)
            return Outcome(values, {}, math.nan, cost, refused=(wild,))
        operating = self._operating(values, found.get((paid, DEFAULT_SETTING, "all")))
        cost = Cost(own.yearly_yen, own.capital_yen, operating, own.total_yen + (operating or 0.0))
        persons = float(applied.city.population.total.sum())
        dear = ask.budget_yen is not None and cost.total_yen > ask.budget_yen + SAME_YEN
        return Outcome(values, numbers, persons, cost, verdicts, over_budget=dear, rows=tuple(rows))

    def _operating(self, values: Values, row: KpiRow | None) -> float | None:
        """Return how much more a year it costs by the model than the base [yen]; None where that is not known."""
        if row is None or row.value is None:
            return None
        if values == self.book.off:
            self._base_cost = row.value
        return None if self._base_cost is None else row.value - self._base_cost

    def _rows(self, applied: Applied) -> tuple[list[KpiRow], tuple[LimitVerdict, ...]]:
        """Return the rows wanted, pivoted, and the verdicts on the limits."""
        reference = self.reference(applied)
        is_base = applied.city.digest == self.city.digest
        context = build_context(
            applied.city,
            applied.analysis,
            applied.params,
            reference=None if is_base else reference,
            reuse=memory_of(self.store),
        )
        rows = [row for kpi_id, settings in self._wanted() for row in _rows_of(context, kpi_id, settings, self.ask)]
        persons = float(applied.city.population.total.sum())
        base = persons if is_base else float(reference.cells["persons"].sum())
        pivoted = pivot_rows(rows, Anchor(self.city.targets, reference.kpis, base, persons), applied.params)
        return pivoted, judge_rows(self.ask.limits, pivoted, context)

    def _wanted(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the KPIs to compute and under which settings: those asked, what they are pivoted with, and limits'."""
        ask = self.ask
        wanted = dict.fromkeys(pivoted_with(ask.kpi_id), ask.settings)
        cost = MODEL_COSTS.get(self.book.file.model_cost)
        for kpi_id in (*(() if cost is None else (cost,)), *limit_kpis(ask.limits)):
            wanted.setdefault(kpi_id, (DEFAULT_SETTING,))
        yield from wanted.items()


def _out_of_range(ask: Ask, numbers: Mapping[str, float | None]) -> Problem | None:
    """Return what is wrong where a share left 0–1: such a number reaches nothing."""
    if KPIS[ask.kpi_id].unit != "share" or all(v is None or -TOLERANCE <= v <= 1 + TOLERANCE for v in numbers.values()):
        return None
    message = Text("割合が 0–1 の範囲を出ます", "the share leaves 0–1")
    return error("goal.out_of_range", ask.kpi_id, message, Text("レバーの上限を下げてください", "lower the bounds"))


def pivoted_with(kpi_id: str) -> tuple[str, ...]:
    """Return a KPI and those that its pivot looks at."""
    family = PIVOTED.get(kpi_id)
    others = RATIO if kpi_id in RATIO else () if family is None else (family.rate_id, family.absolute_id)
    return (kpi_id, *sorted({*others} - {kpi_id}))


def _rows_of(context: RunContext, kpi_id: str, settings: tuple[str, ...], ask: Ask) -> Iterator[KpiRow]:
    """Yield the rows of one KPI under some settings; those after the last one wanted are not computed."""
    spec, params = KPIS[kpi_id], context.params
    for measure in _measures(context, kpi_id, settings):
        for group in dict.fromkeys(("all", ask.group) if kpi_id == ask.kpi_id else ("all",)):
            people = group_weights(context.city.population, group, params.older_from_age, measure.ages)
            yield from measure_rows(measure, spec, {group: people})


def _measures(context: RunContext, kpi_id: str, settings: tuple[str, ...]) -> Iterator[Measure]:
    left = {*settings} - {WITHOUT_ASSUMED}
    for measure in MEASURES[kpi_id](context) if left else ():
        if measure.setting in left:
            left.discard(measure.setting)
            yield measure
        if not left:
            break
    if WITHOUT_ASSUMED in settings:
        bare = find_measure(context, KPIS[kpi_id], WITHOUT_ASSUMED)
        if bare is not None:
            yield bare
