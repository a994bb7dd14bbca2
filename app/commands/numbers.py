"""Owns how numbers, years and times are written for a person, in either language."""

from __future__ import annotations

import math

from app.fiscal_years import short_year
from geodata.units import SECONDS_PER_MIN
from sim.kpi import UNIT_TEXT, KpiSpec
from sim.kpi.words import UNREACHED, format_clock

EXTRA_DECIMALS = 2
EMPTY = {"ja": "—", "en": "—"}
POINTS = {"ja": "pt", "en": "pt"}


def format_value(value: float | None, unit: str, decimals: int, lang: str, *, bare: bool = False) -> str:
    """
    Return a value with its unit: shares as %, thousands separated, inf as unreachable, None and NaN as —.

    `bare` leaves the unit out (not the % sign), where a heading holds it.
    """
    if value is None or math.isnan(value):
        return EMPTY[lang]
    if math.isinf(value):
        return UNREACHED.get(lang)
    if unit == "share":
        return f"{100 * value:.{decimals}f}%"
    if unit == "time":
        return format_clock(value)
    return f"{value:,.{decimals}f}{'' if bare else _behind(unit, lang)}"


def format_change(change: float | None, unit: str, decimals: int, lang: str, *, bare: bool = False) -> str:
    """
    Return a signed change with its unit; shares in percentage points, times of day in minutes.

    A change that rounds to zero gets up to `EXTRA_DECIMALS` more decimals before it is written as ±0.
    """
    if change is None or math.isnan(change):
        return EMPTY[lang]
    if math.isinf(change):
        return UNREACHED.get(lang)
    if unit == "time":  # no heading tells the unit of such a change
        change, unit, bare = change / SECONDS_PER_MIN, "min", False
    scaled = 100 * change if unit == "share" else change
    unit_text = POINTS[lang] if unit == "share" else "" if bare else _behind(unit, lang)
    for places in range(decimals, decimals + EXTRA_DECIMALS + 1):
        digits = f"{scaled:+,.{places}f}"
        if float(digits.replace(",", "")) != 0:
            return f"{digits}{unit_text}"
    return f"±0{unit_text}"


def title_with_unit(spec: KpiSpec, lang: str) -> str:
    """Return a KPI's title with its unit in brackets, where values stand without it."""
    unit = UNIT_TEXT[spec.unit].get(lang)
    if spec.unit in {"share", "per_100k", "time"}:  # % stands behind the number; the title says per what
        return spec.title.get(lang)
    return f"{spec.title.ja}（{unit}）" if lang == "ja" else f"{spec.title.en} ({unit})"


def format_year(year: int, lang: str) -> str:
    """Return a calendar year with its Japanese fiscal year: 2029年（R11）."""
    short = short_year(year)
    if short == str(year):
        return f"{year}年" if lang == "ja" else str(year)
    return f"{year}年（{short}）" if lang == "ja" else f"{year} ({short})"


def whole_minutes(seconds: float) -> int:
    """Return seconds as the nearest whole minute, as times are printed."""
    return int(seconds + 30) // 60


def _behind(unit: str, lang: str) -> str:
    """Return the unit as it stands behind a number: close to it in Japanese, after a blank in English."""
    text = UNIT_TEXT[unit].get(lang) if unit in UNIT_TEXT else unit
    return text if lang == "ja" or not text or text.startswith("/") else f" {text}"
