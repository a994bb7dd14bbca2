"""Owns goal search: the cheapest choice of levers that reaches a target, the frontier, or what stands in the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geodata.errors import ModelError, Text, UsageError, error
from scenarios.goal_bounds import Stretch, find_stretches
from scenarios.goal_finding import Found, frontier_of, seek_all, seek_bounding
from scenarios.goal_linear import frontier_linear, seek_linear
from scenarios.goal_points import Ask, Evaluator
from scenarios.goal_surrogate import linear_levers
from scenarios.modifications.selecting import hint_of
from sim.kpi.judgement import definition_verdict
from sim.kpi.registry import KPIS
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geodata.city import City
    from scenarios.goal_points import Outcome
    from scenarios.lever_book import LeverBook
    from scenarios.levers import Values
    from scenarios.store import ResultStore
    from sim.results import RunResult

FEW = 24
"""Choices up to which all are tried though halving would do: a timetable takes many seconds to search."""
RIDES = frozenset({"bus_rides_per_citizen", "bus_rides_total"})
CATCHMENTS = frozenset({"catchment_population_share", "catchment_population"})


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """
    What was found for one setting, or for several at once.

    Parameters
    ----------
    settings
        The settings (definitions) under each of which the target is to be reached.
    base
        The outcome with all levers off.
    found
        What the search found within bounds and limits.
    unlimited
        The same without limits; None where the limits do not matter.
    frontier
        Cost × KPI: choices that no other beats in both, by cost; of one setting only.
    stretches
        Where the target is out of reach: what every bound would have to be.
    missing
        Why the KPI has no value under a setting; then nothing was searched.
    """

    settings: tuple[str, ...]
    base: Outcome
    found: Found
    unlimited: Found | None = None
    frontier: tuple[Outcome, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    missing: str = ""

    @property
    def outcome(self) -> Outcome | None:
        """The cheapest choice that reaches the target."""
        return self.found.cheapest

    @property
    def furthest(self) -> Outcome | None:
        """The choice that comes nearest where none reaches it."""
        return self.found.furthest or (None if self.unlimited is None else self.unlimited.furthest)

    @property
    def told(self) -> Outcome | None:
        """The choice a report speaks of: the cheapest that reaches the target, else the one that comes nearest."""
        return self.outcome or self.furthest

    @property
    def broken(self) -> tuple[str, ...]:
        """Limits without which the target would be reached."""
        beyond = None if self.unlimited is None else self.unlimited.cheapest
        return () if self.outcome is not None or beyond is None else beyond.broken


@dataclass(frozen=True, slots=True, eq=False)
class GoalResult:
    """
    All answers to one question.

    Parameters
    ----------
    city, ask, book
        What was asked, of which city, with which levers.
    answers
        One per setting, and one for all that reproduce the official figure where each of them is reached.
    base, alone
        The outcome with all levers off, and with each lever alone at its end.
    n_evaluated
        Choices the model was asked for.
    reproducing
        The settings that reproduce the official figure; empty where the KPI has no such question.
    """

    city: City
    ask: Ask
    book: LeverBook
    answers: tuple[Answer, ...]
    base: Outcome
    alone: tuple[Outcome, ...]
    n_evaluated: int
    reproducing: tuple[str, ...]

    @property
    def comparable(self) -> tuple[str, ...]:
        """Settings whose answers ought to agree: those that reproduce the official figure, where any does."""
        searched = [a.settings[0] for a in self.answers if len(a.settings) == 1 and not a.missing]
        return tuple(s for s in searched if s in self.reproducing) or tuple(searched)

    @property
    def agrees(self) -> bool:
        """Return whether comparable settings have the same answer."""
        told = {
            None if a.outcome is None else a.outcome.values
            for a in self.answers
            if len(a.settings) == 1 and a.settings[0] in self.comparable
        }
        return len(told) <= 1 and not self.disputed

    @property
    def disputed(self) -> tuple[int, ...]:
        """Levers that reach the target by themselves under some of the comparable settings but not under others."""
        told = [{self.ask.reaches(o.numbers.get(s)) for s in self.comparable} for o in self.alone]
        return tuple(n for n, verdicts in enumerate(told) if len(verdicts) > 1)


def default_settings(kpi_id: str, reference: RunResult) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the settings to look at (the default first), and those of them that reproduce the official figure."""
    if kpi_id in RIDES:
        return (DEFAULT_SETTING, "low", "high"), ()  # by elasticities alone there is no value beyond their range
    if kpi_id not in CATCHMENTS:
        return (DEFAULT_SETTING,), ()
    kept = tuple(s for s, _ in definition_verdict(reference.kpis, reference.kpis, baseline_rows=reference.kpis).changes)
    return (DEFAULT_SETTING, *kept), kept


def check_ask(ask: Ask, city: City) -> None:
    """
    Refuse what cannot be sought, before anything is run.

    Raises
    ------
    UsageError
        If the KPI is unknown, has no good direction or no such setting, or the target cannot be.
    """
    spec = KPIS[ask.kpi_id]
    where = f"--kpi {ask.kpi_id}"
    if spec.good == "none":
        message = Text("増減の良し悪しを決めない指標なので、目標にできません", "a KPI without a good direction")
        hint = Text("資源や費用は --limit で上限にしてください", "give it as --limit instead")
        raise UsageError(error("goal.no_direction", where, message, hint))
    for setting in ask.settings:
        if setting not in spec.settings:
            message = Text(f"設定 {setting!r} はありません", f"no setting {setting!r}")
            hint = Text("あるもの: " + "、".join(spec.settings), "known: " + ", ".join(spec.settings))
            raise UsageError(error("goal.unknown_setting", f"--setting {setting}", message, hint))
    if ask.group not in city.population.groups():
        names = list(city.population.groups())
        message = Text(f"グループ {ask.group!r} はありません", f"no group {ask.group!r}")
        raise UsageError(error("goal.unknown_group", f"--group {ask.group}", message, hint_of(ask.group, names)))


def choose_method(book: LeverBook, ask: Ask, settings: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """
    Return how to search, and the levers that are linear.

    Raises
    ------
    UsageError
        If there are more choices than may be evaluated, and not all levers are said to be monotone.
    """
    linear = linear_levers(book, ask.kpi_id, settings)
    others = math.prod(len(v) for n, v in enumerate(book.grid) if n not in linear)
    if linear and others * (2 * len(linear) + 1) <= ask.most:
        return "milp", linear
    total = math.prod(len(v) for v in book.grid)
    monotone = all(lever.monotone for lever in book.levers)
    if total <= (min(FEW, ask.most) if monotone else ask.most):
        return "exhaustive", ()
    if monotone:
        return "bounding", ()
    number = next(n for n, lever in enumerate(book.levers) if not lever.monotone)
    message = Text(
        f"組み合わせが {total:,} 通りあります（上限 {ask.most:,}）", f"{total:,} choices; at most {ask.most:,}"
    )
    hint = Text(
        "刻みを粗くするか、強く使うほど指標が悪くならないレバーに monotone: true と書くか、--most を増やしてください",
        "take larger steps, write monotone: true where more is never worse, or raise --most",
    )
    raise UsageError(error("goal.too_many", book.where(number), message, hint))


def seek(
    city: City, book: LeverBook, ask: Ask, store: ResultStore, tell: Callable[[int], None] | None = None
) -> GoalResult:
    """
    Search every setting by itself, then all that reach the target at once.

    Parameters
    ----------
    city, book, ask
        The city as it is, the levers, the question; no settings = those of `default_settings`.
    store
        Results by content, for the baseline.
    tell
        Told how many choices were evaluated.

    Raises
    ------
    UsageError, ScenarioError, ModelError
        Before anything is searched; or if the KPI has no value under any setting.
    """
    check_ask(ask, city)
    probe = Evaluator(city, book, ask, store)
    reference = probe.reference(probe.applied(book.off))
    settings, kept = default_settings(ask.kpi_id, reference)
    asked = replace(ask, settings=ask.settings or settings)
    choose_method(book, asked, asked.settings)
    evaluator = Evaluator(city, book, asked, store, tell)
    base = evaluator.at(book.off)
    answers = [_answer(evaluator, (setting,), base) for setting in asked.settings]
    if all(a.missing for a in answers):
        raise ModelError(error("goal.no_value", f"--kpi {ask.kpi_id}", Text(answers[0].missing, answers[0].missing)))
    joint = _joint(answers, kept)
    if joint:
        answers.append(_answer(evaluator, joint, base))
    alone = tuple(evaluator.at(alone_at(book, n)) for n in range(len(book.levers)))
    return GoalResult(city, asked, book, tuple(answers), base, alone, evaluator.n_evaluated, kept)


def alone_at(book: LeverBook, number: int) -> Values:
    """Return the choice that uses one lever alone, to its end."""
    return (*book.off[:number], book.grid[number][-1], *book.off[number + 1 :])


def _joint(answers: Sequence[Answer], kept: Sequence[str]) -> tuple[str, ...]:
    """Return the settings to satisfy at once: those that reproduce the official figure, else all; () if not two."""
    wanted = [a.settings[0] for a in answers if not a.missing and (not kept or a.settings[0] in kept)]
    reached = all(a.outcome is not None for a in answers if a.settings[0] in wanted)
    return tuple(wanted) if reached and len(wanted) > 1 else ()


def _answer(evaluator: Evaluator, settings: tuple[str, ...], base: Outcome) -> Answer:
    nothing = next((s for s in settings if base.numbers.get(s) is None), None)
    if nothing is not None:
        note = next((r.note for r in base.rows if (r.kpi_id, r.setting) == (evaluator.ask.kpi_id, nothing)), "")
        return Answer(settings, base, Found("exhaustive", None, None, proven=True), missing=note or "値がない")
    found = _search(evaluator, settings, keep_limits=True)
    unlimited = None
    if found.cheapest is None and (evaluator.ask.limits is not None or evaluator.ask.budget_yen is not None):
        unlimited = _search(evaluator, settings, keep_limits=False)
    answer = Answer(settings, base, found, unlimited, _frontier(evaluator, settings))
    reached = found.cheapest is not None or answer.broken
    return answer if reached else replace(answer, stretches=find_stretches(evaluator, settings, answer.furthest))


def _search(evaluator: Evaluator, settings: tuple[str, ...], *, keep_limits: bool) -> Found:
    method, linear = choose_method(evaluator.book, evaluator.ask, settings)
    if method == "milp":
        return seek_linear(evaluator, linear, settings, keep_limits=keep_limits)
    if method == "exhaustive":
        return seek_all(evaluator, settings, keep_limits=keep_limits)
    return seek_bounding(evaluator, settings, keep_limits=keep_limits)


def _frontier(evaluator: Evaluator, settings: tuple[str, ...]) -> tuple[Outcome, ...]:
    if len(settings) > 1:
        return ()
    method, linear = choose_method(evaluator.book, evaluator.ask, settings)
    if method == "milp":
        return frontier_linear(evaluator, linear, settings[0])
    return frontier_of(evaluator.outcomes, evaluator.ask, settings[0])
