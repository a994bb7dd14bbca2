"""Owns what is known of the KPIs of on-demand services before they are computed."""

from __future__ import annotations

from sim.kpi.spec import KpiSpec

ON_DEMAND_KPIS: tuple[KpiSpec, ...] = ()
