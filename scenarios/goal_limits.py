"""Owns the limits of a goal search: what has to be computed for them, and whether a choice keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scenarios.limits import KPI_OF, MONEY_TABLE, judge_limits
from sim.operations.plan import operation_plan, why_unknown
from sim.results import RunResult

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.limits import LimitVerdict
    from scenarios.schema import Limits
    from sim.context import RunContext
    from sim.results import KpiRow

BUDGET = "budget_yen"
"""The limit on the cost of a package itself, beside those of a scenario."""


def limit_kpis(limits: Limits | None) -> tuple[str, ...]:
    """Return the KPIs that limits are judged by, and the one that says why vehicles are not known."""
    if limits is None:
        return ()
    by_drivers = {"drivers"} if limits.vehicles is not None else set()
    return tuple(kpi for name, kpi in KPI_OF.items() if getattr(limits, name) is not None or name in by_drivers)


def judge_rows(limits: Limits | None, rows: Iterable[KpiRow], context: RunContext) -> tuple[LimitVerdict, ...]:
    """Return the verdicts on limits, as a whole run has them, from the rows they rest on and the vehicles alone."""
    if limits is None:
        return ()
    tables = {}
    if limits.vehicles is not None and not why_unknown(context):
        tables[MONEY_TABLE] = pd.DataFrame({"item": ["vehicles"], "value": [float(operation_plan(context).vehicles)]})
    return judge_limits(limits, RunResult(tuple(rows), pd.DataFrame(), tables=tables))
