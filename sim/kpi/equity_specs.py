"""Owns what is known beforehand of the KPIs of fairness: inequality of access, the district that stays behind."""

from __future__ import annotations

from sim.kpi.later import later
from sim.kpi.spec import KpiSpec

EQUITY_KPIS: tuple[KpiSpec, ...] = (
    later("access_gini", "行きやすさの地域差（ジニ係数）", "inequality of access (Gini)", "index", "down", 5, 3),
    later(
        "worst_district_clinic_share",
        "30分で医療機関に行ける人の割合が最も低い地区",
        "lowest district share within 30 min of a clinic",
        "share",
        "up",
        5,
    ),
)
