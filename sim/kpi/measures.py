"""Owns which function measures which KPI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kpi import coverage, journeys, places
from sim.kpi.clinic_measures import CLINIC_MEASURES, measure_clinic_within
from sim.kpi.equity_measures import EQUITY_MEASURES
from sim.kpi.office_measures import OFFICE_MEASURES
from sim.kpi.on_demand_measures import ON_DEMAND_MEASURES
from sim.kpi.operation_measures import OPERATION_MEASURES
from sim.kpi.ride_measures import RIDE_MEASURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.context import RunContext
    from sim.kpi.measure import Measure

MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {
    "catchment_population_share": coverage.measure_catchment,
    "catchment_population": coverage.measure_catchment_persons,
    "transit_coverage_share": coverage.measure_transit_coverage,
    "transit_gap_population": coverage.measure_transit_gap,
    "frequent_stop_share": coverage.measure_frequent,
    "clinics_per_100k": places.measure_clinics_per_100k,
    "clinics_count": places.measure_clinic_count,
    "clinic_within_30min_share": measure_clinic_within,
    "clinic_nearest_min": places.measure_clinic_nearest,
    "city_office_within_30min_share": places.measure_office_within,
    "shelter_walk_min": places.measure_shelter_walk,
    "school_arrival_share": journeys.measure_school,
    "works_arrival_share": journeys.measure_works,
    "last_bus_time": journeys.measure_last_bus,
    "station_front_30min_population": journeys.measure_station_front,
    **CLINIC_MEASURES,
    **OFFICE_MEASURES,
    **ON_DEMAND_MEASURES,
    **RIDE_MEASURES,
    **OPERATION_MEASURES,
    **EQUITY_MEASURES,
}
"""KPI id → its measures on cells, default setting first; one entry per computed KPI of the registry."""
