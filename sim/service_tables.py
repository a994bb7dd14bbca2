"""Owns the list of tables that a run writes beside its KPIs: one function each, computed as a step of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.equity.sentences import equity_sentences
from sim.equity.tables import equity_districts, equity_indices
from sim.kpi.clinic_tables import clinic_districts
from sim.mobile_office.month import office_month
from sim.mobile_office.tables import office_districts, office_marginal, office_overlap, office_places, office_points
from sim.on_demand.tables import on_demand_events, on_demand_hours, on_demand_services, on_demand_vehicles
from sim.operations.tables import operations_duties, operations_money, operations_routes
from sim.ridership.load_table import ride_loads
from sim.ridership.tables import ride_elasticities, ride_gains, ride_modes, ride_revenue
from sim.zones import zone_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from sim.context import RunContext

TABLES: dict[str, Callable[[RunContext], pd.DataFrame]] = {
    "clinic_districts": clinic_districts,
    "equity_sentences": equity_sentences,
    "equity_districts": equity_districts,
    "equity_indices": equity_indices,
    "office_places": office_places,
    "office_districts": office_districts,
    "office_overlap": office_overlap,
    "office_marginal": office_marginal,
    "office_points": office_points,
    "office_month": office_month,
    "on_demand_services": on_demand_services,
    "on_demand_hours": on_demand_hours,
    "on_demand_vehicles": on_demand_vehicles,
    "on_demand_events": on_demand_events,
    "ride_elasticities": ride_elasticities,
    "ride_modes": ride_modes,
    "ride_revenue": ride_revenue,
    "ride_gains": ride_gains,
    "ride_loads": ride_loads,
    "operations_routes": operations_routes,
    "operations_duties": operations_duties,
    "operations_money": operations_money,
    "zones": zone_table,
}
"""Name of the file (without .csv) → what computes it; an empty frame is not written."""


def service_tables(context: RunContext) -> dict[str, pd.DataFrame]:
    """Return the tables that have rows, by name."""
    found = {name: context.step("table", name, lambda f=compute: f(context)) for name, compute in TABLES.items()}  # type: ignore[misc]
    return {name: frame for name, frame in found.items() if len(frame)}
