"""Owns the measures of running vehicles: drivers, kilometres, cost, subsidy, emissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.context import RunContext
    from sim.kpi.measure import Measure

OPERATION_MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {}
"""KPI id → its measures."""
