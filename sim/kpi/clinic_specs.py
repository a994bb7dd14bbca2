"""Owns what is known of the KPIs of clinic access beyond counts and nearest times before they are computed."""

from __future__ import annotations

from sim.kpi.spec import KpiSpec

CLINIC_KPIS: tuple[KpiSpec, ...] = ()
