"""Owns how a KPI value is written for a person, the same on the page, in the command line and in sentences."""

from __future__ import annotations

import math

from geodata.errors import Text
from sim.kpi.spec import UNIT_TEXT, KpiSpec

NO_VALUE = Text("データなし", "no data")
UNREACHED = Text("到達できない", "out of reach")


def format_value(spec: KpiSpec, value: float | None, lang: str = "ja") -> str:
    """Return a value with its unit, as ``27.10 %``, ``44,938 人``; a missing one in words."""
    if value is None or math.isnan(value):
        return NO_VALUE.get(lang)
    if math.isinf(value):
        return UNREACHED.get(lang)
    shown, unit = (100 * value, "%") if spec.unit == "share" else (value, UNIT_TEXT[spec.unit].get(lang))
    return f"{shown:,.{spec.decimals}f} {unit}"


def format_change(spec: KpiSpec, change: float | None, lang: str = "ja") -> str:
    """Return a signed difference with its unit; shares in points."""
    if change is None or not math.isfinite(change):
        return NO_VALUE.get(lang)
    if spec.unit == "share":
        return f"{100 * change:+,.{spec.decimals + 1}f} {Text('ポイント', 'points').get(lang)}"
    return f"{change:+,.{spec.decimals}f} {UNIT_TEXT[spec.unit].get(lang)}"
