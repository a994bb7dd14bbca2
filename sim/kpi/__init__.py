"""Owns the KPIs: registry, measures on cells, judgement and the check of definitions."""

from sim.kpi.cell_columns import CELL_COLUMNS, CellColumn
from sim.kpi.judgement import JUDGEMENT_TEXT, DefinitionVerdict, Judgement, definition_verdict, judge, judge_change
from sim.kpi.registry import CATCHMENT_SETTINGS, KPIS
from sim.kpi.spec import UNIT_TEXT, KpiSpec
from sim.kpi.words import format_change, format_value

__all__ = [
    "CATCHMENT_SETTINGS",
    "CELL_COLUMNS",
    "JUDGEMENT_TEXT",
    "KPIS",
    "UNIT_TEXT",
    "CellColumn",
    "DefinitionVerdict",
    "Judgement",
    "KpiSpec",
    "definition_verdict",
    "format_change",
    "format_value",
    "judge",
    "judge_change",
]
