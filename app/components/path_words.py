"""Owns how the figures of a target are worded: numbers with units, fiscal years, intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.numbers import format_value
from app.fiscal_years import REIWA_ZERO, short_year
from app.text import say
from app.text.notes import card_notes
from geodata.errors import Text
from sim.kpi import UNIT_TEXT

if TYPE_CHECKING:
    from scenarios.targets import Forecast, Path

UNITS = {
    "persons/year": Text("人/年", "persons/year"),
    "years": Text("歳", "years"),
    "rides/person/year": Text("回/年", "rides a year"),
    "per 100,000": Text("/10万人", "per 100,000"),
}
"""Units of official figures that no KPI computes."""


def figure(path: Path, value: float | None, lang: str) -> str:
    """Return a value of a KPI with its unit; — without one."""
    unit = UNITS[path.unit].get(lang) if path.unit in UNITS else path.unit
    return format_value(value, unit, path.decimals, lang).replace("-", "−")


def unit_word(path: Path, lang: str) -> str:
    """Return the unit of a KPI where numbers leave it out; empty for shares and rates that name their own."""
    if path.unit in {"share", "per_100k"}:
        return ""
    known = {**UNIT_TEXT, **UNITS}
    return known[path.unit].get(lang) if path.unit in known else path.unit


def bare_figure(path: Path, value: float | None, lang: str) -> str:
    """Return a value without its unit; shares keep their sign."""
    return format_value(value, path.unit, path.decimals, lang, bare=True).replace("-", "−")


def spread(path: Path, forecast: Forecast, lang: str) -> str:
    """Return the interval of a value over all lines: 26.8–27.6%; empty without one."""
    if forecast.low is None or forecast.high is None:
        return ""
    low, high = bare_figure(path, forecast.low, lang), bare_figure(path, forecast.high, lang)
    return f"{low.removesuffix('%')}–{high}"


def fiscal_year(year: int, lang: str) -> str:
    """Return R11（2029）, in English FY2029 (R11); years before Reiwa as they are."""
    if year <= REIWA_ZERO:
        return f"{year}年度" if lang == "ja" else f"FY{year}"
    return f"{short_year(year)}（{year}）" if lang == "ja" else f"FY{year} ({short_year(year)})"


def premise_of(one: Forecast, lang: str) -> str:
    """Return what a verdict stands on: the residents of which year, and with or without the decline of なりゆき."""
    if one.decline is None:
        return ""
    people = say(lang, "premise_own_people" if one.own_people else "premise_people", year=fiscal_year(one.year, lang))
    return say(lang, "premise", people=people, decline=say(lang, f"premise_decline_{one.decline}"))


def cautions_of(one: Forecast, lang: str) -> list[str]:
    """Return what must be said beside a value: its cautions, and those notes of its row that take from what it says."""
    return [*(text.get(lang) for text in one.cautions), *card_notes(one.note, lang)]
