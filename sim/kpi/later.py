"""Owns KPIs that are not computed yet: their ids, words and units are fixed now."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.spec import DEFAULT, Good, KpiSpec, Unit


def later(  # noqa: PLR0917 -- rows of a table
    kpi_id: str, ja: str, en: str, unit: Unit, good: Good, part: int, decimals: int = 1
) -> KpiSpec:
    """Return a KPI that a later part of the work fills: a row without a value until then."""
    formula = Text("この版では未計算", "not computed in this version")
    return KpiSpec(
        kpi_id,
        Text(ja, en),
        unit,
        good,
        formula,
        {"default": DEFAULT},
        decimals=decimals,
        part=part,
    )
