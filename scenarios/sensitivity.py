"""Owns the ranking of what moves one number of a scenario most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text, UsageError, error
from scenarios.apply import apply_scenario
from scenarios.computing import compute, reference_result
from scenarios.sureness import ROUTES
from scenarios.travel_shelf import memory_of
from sim.uncertainty.draws import Key, key_of
from sim.uncertainty.evaluating import Subject
from sim.uncertainty.ranking import Swing, rank_parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.city import City
    from scenarios.schema import Scenario
    from scenarios.store import ResultStore
    from sim.results import KpiRow

COMPUTED = 0.2
"""Share of the progress that is the run itself; the rest is one evaluation after the other."""


def rank_scenario(
    scenario: Scenario,
    city: City,
    key: Key,
    store: ResultStore,
    progress: Callable[[str, float], None] = lambda _stage, _share: None,
) -> tuple[KpiRow, tuple[Swing, ...]]:
    """
    Return one number of a scenario, and what each uncertain parameter does to it, the strongest first.

    Raises
    ------
    ScenarioError
        Where the scenario cannot be applied.
    UsageError
        Where the run has no such number, or it has no value.
    """
    applied = apply_scenario(city, scenario)
    result, _ = compute(city, applied, store, lambda _stage, share: progress("", COMPUTED * share))
    row = next((row for row in result.kpis if key_of(row) == key), None)
    if row is None or row.value is None:
        reason = "" if row is None else row.note
        message = Text(
            f"{'・'.join(key)} に値がありません{f'（{reason}）' if reason else ''}", f"{' / '.join(key)} has no value"
        )
        hint = Text(
            "値のある評価指標・定義・集団を選んでください", "choose a KPI, a setting and a group that have a value"
        )
        raise UsageError(error("sensitivity.no_value", "--kpi", message, hint))
    progress("", COMPUTED)
    if applied.city.digest == city.digest:
        subject = Subject(city, applied.analysis, applied.params, result, memory_of(store))
    else:
        reference = reference_result(city, applied, store, [])
        subject = Subject(applied.city, applied.analysis, applied.params, result, memory_of(store), city, reference)

    def tell(done: int, total: int) -> None:
        progress(f"{done}/{total}", COMPUTED + (1.0 - COMPUTED) * done / total)

    return row, rank_parameters(subject, key, ROUTES, tell)
