"""Owns how a KPI value is written for a person, the same on the page, in the command line and in sentences."""

from __future__ import annotations

import math

from geodata.errors import Text
from geodata.units import SECONDS_PER_MIN
from sim.kpi.spec import UNIT_TEXT, KpiSpec

NO_VALUE = Text("データなし", "no data")
UNREACHED = Text("到達できない", "out of reach")


def format_clock(seconds: float) -> str:
    """Return HH:MM of a service day, to the nearest minute; hours may pass 24."""
    minutes = int(seconds + SECONDS_PER_MIN / 2) // SECONDS_PER_MIN
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def format_value(spec: KpiSpec, value: float | None, lang: str = "ja") -> str:
    """Return a value with its unit, as ``27.10 %``, ``44,938 人``; a missing one in words."""
    if value is None or math.isnan(value):
        return NO_VALUE.get(lang)
    if math.isinf(value):
        return UNREACHED.get(lang)
    if spec.unit == "time":
        return format_clock(value)
    shown, unit = (100 * value, "%") if spec.unit == "share" else (value, UNIT_TEXT[spec.unit].get(lang))
    return f"{shown:,.{spec.decimals}f} {unit}"


def format_change(spec: KpiSpec, change: float | None, lang: str = "ja") -> str:
    """Return a signed difference with its unit; shares in points."""
    if change is None or not math.isfinite(change):
        return NO_VALUE.get(lang)
    if spec.unit == "share":
        return f"{100 * change:+,.{spec.decimals + 1}f} {Text('ポイント', 'points').get(lang)}"
    if spec.unit == "time":
        return f"{change / SECONDS_PER_MIN:+,.{spec.decimals}f} {UNIT_TEXT['min'].get(lang)}"
    return f"{change:+,.{spec.decimals}f} {UNIT_TEXT[spec.unit].get(lang)}"
