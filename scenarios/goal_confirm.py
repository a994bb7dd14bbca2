"""Owns the proof of a goal search: the scenario of every answer, run whole, gives the number that was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import ModelError, RunError, Text, error
from scenarios.export_goals import scenarios_of
from scenarios.target_levels import level_of, without_apparent
from scenarios.targets import Verdict, judge_target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scenarios.goal_points import Outcome
    from scenarios.goal_seek import GoalResult
    from scenarios.runner import RunFolder
    from scenarios.schema import Scenario
    from sim.results import KpiRow, RunResult

SAME = 1e-9
"""How near two numbers are the same, of the number."""


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """
    A choice run as a whole scenario.

    `rows`: setting → row of the KPI, with its interval and notes. `verdicts`: setting → what is said of its target by
    the rule of targets: reached only where every line of uncertainty reaches it.
    """

    run: RunFolder
    rows: Mapping[str, KpiRow]
    verdicts: Mapping[str, Verdict]

    def verdict(self, settings: Sequence[str]) -> Verdict:
        """Return what is said of the target under all of some settings."""
        found = {self.verdicts[setting] for setting in settings}
        for worst in (Verdict.NO_VALUE, Verdict.NO_INTERVAL):
            if worst in found:
                return worst
        return found.pop() if len(found) == 1 else Verdict.UNDECIDED


def confirm_answers(result: GoalResult, run: Callable[[Scenario], RunFolder]) -> dict[str, Checked]:
    """
    Run the scenario of every answer; return scenario id → what it gave.

    Raises
    ------
    ModelError
        If a run gives another number than the search found: then the search is not to be trusted, and says so.
    """
    named = scenarios_of(result)
    outcomes = [a.told for a in result.answers if not a.missing and a.told is not None]
    known: dict[str, Checked] = {}
    for scenario, outcome in zip(named.values(), outcomes, strict=True):
        if scenario.id not in known:
            done = run(scenario)
            if done.result is None:
                raise RunError(error("goal.not_run", scenario.id, Text("計算されませんでした", "it was not run")))
            rows = _rows(result, outcome, done.result)
            known[scenario.id] = Checked(done, rows, {s: _verdict(result, done, row) for s, row in rows.items()})
    return known


def _rows(result: GoalResult, outcome: Outcome, run: RunResult) -> dict[str, KpiRow]:
    ask, rows = result.ask, {}
    for setting, found in outcome.numbers.items():
        row = run.find(ask.kpi_id, setting, ask.group)
        value = None if row is None else row.value
        if row is None or differ(found, value):
            message = Text(
                f"探索の値 {found} と計算の値 {value} が合いません", f"the search found {found}, the run {value}"
            )
            hint = Text("不具合として知らせてください", "please report it")
            raise ModelError(error("goal.not_confirmed", f"{ask.kpi_id} {setting}", message, hint))
        rows[setting] = row
    return rows


def _verdict(result: GoalResult, run: RunFolder, row: KpiRow) -> Verdict:
    level = level_of(run, row)
    real = without_apparent(run, row, level)
    return judge_target(level, result.ask.target, up=result.ask.sign > 0, real=real)[0]


def differ(found: float | None, run: float | None) -> bool:
    """Return whether two numbers are not the same, up to rounding."""
    if found is None or run is None:
        return found is not run
    return found != run and not abs(run - found) <= SAME * max(1.0, abs(found))
