"""Owns what is known of the KPIs of the mobile city office beyond coverage and visits before they are computed."""

from __future__ import annotations

from sim.kpi.spec import KpiSpec

OFFICE_KPIS: tuple[KpiSpec, ...] = ()
