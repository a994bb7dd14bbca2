"""Owns the limits of a goal search: which KPIs they are judged by, and whether a choice keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.schema import Limits
    from sim.results import KpiRow

KPI_OF_LIMIT = {
    "drivers": "drivers_needed",
    "operating_cost_yen": "operating_cost_yen",
    "subsidy_yen": "subsidy_yen",
}
BUDGET = "budget_yen"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a limit holds; None = its number is not known."""

    name: str
    limit: float
    value: float | None
    holds: bool | None


def limit_kpis(limits: Limits | None) -> tuple[str, ...]:
    """Return the KPIs that limits are judged by."""
    return () if limits is None else tuple(k for n, k in KPI_OF_LIMIT.items() if getattr(limits, n) is not None)


def judge_rows(
    limits: Limits | None, budget_yen: float | None, rows: Iterable[KpiRow], total_yen: float
) -> tuple[Verdict, ...]:
    """Return whether each limit holds, from the rows of the KPIs and the total cost of a year."""
    values = {r.kpi_id: r.value for r in rows if r.setting == DEFAULT_SETTING and r.group == "all"}
    told = {} if limits is None else limits.model_dump(exclude_none=True)
    found = [(n, float(v), values.get(KPI_OF_LIMIT.get(n, ""))) for n, v in told.items()]
    found += [] if budget_yen is None else [(BUDGET, budget_yen, total_yen)]
    return tuple(Verdict(n, limit, v, None if v is None else v <= limit) for n, limit, v in found)
