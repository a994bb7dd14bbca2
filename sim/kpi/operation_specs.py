"""Owns what is known beforehand of the KPIs of running vehicles: drivers, kilometres, cost, subsidy, emissions."""

from __future__ import annotations

from sim.kpi.later import later
from sim.kpi.spec import KpiSpec

OPERATION_KPIS: tuple[KpiSpec, ...] = (
    later("drivers_needed", "必要な運転士数", "drivers needed", "count", "none", 5, 0),
    later("vehicle_km_year", "年間走行キロ", "vehicle kilometres a year", "km", "none", 5, 0),
    later("operating_cost_yen", "運行経費", "operating cost", "yen", "none", 5, 0),
    later("subsidy_yen", "補助額", "subsidy", "yen", "none", 5, 0),
    later("cost_recovery_share", "収支率", "cost recovery", "share", "none", 5),
    later("co2_t", "CO₂排出量", "CO₂ emissions", "t", "down", 5, 0),
)
