"""Owns the KPIs: registry, measures on cells, judgement and the check of definitions."""

from sim.kpi.cell_columns import CELL_COLUMNS, CellColumn
from sim.kpi.judgement import DefinitionVerdict, Judgement, definition_verdict, judge
from sim.kpi.registry import CATCHMENT_SETTINGS, KPIS, UNIT_TEXT, KpiSpec

__all__ = [
    "CATCHMENT_SETTINGS",
    "CELL_COLUMNS",
    "KPIS",
    "UNIT_TEXT",
    "CellColumn",
    "DefinitionVerdict",
    "Judgement",
    "KpiSpec",
    "definition_verdict",
    "judge",
]
