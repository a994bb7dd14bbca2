"""Owns the table of a target by year: the line to it, the actual, and how far the one is from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from app.components.path_words import figure, fiscal_year
from app.components.stacked_table import Column, stacked_table
from app.text import say

if TYPE_CHECKING:
    from scenarios.targets import Path


def years_table(path: Path, lang: str) -> html.Details:
    """Return a row per fiscal year from the baseline to the target, and of every actual beside them."""
    actuals = {point.year: point for point in path.actuals}
    years = sorted({*_years_between(path), *actuals})
    heads = ("goals_year", "goals_line", "goals_actual", "goals_gap", "goals_actual_absolute")
    columns = [Column(say(lang, key), numeric=key != "goals_year") for key in heads]
    label = f"{say(lang, 'goals_years')}: {path.title.get(lang)}"
    table = stacked_table(columns, [_row(path, year, lang) for year in years], label)
    return html.Details([html.Summary(say(lang, "goals_years")), table], open=True)


def _years_between(path: Path) -> range:
    if path.baseline is None or path.target is None:
        return range(0)
    return range(path.baseline.year, path.target.year + 1)


def _row(path: Path, year: int, lang: str) -> list[str]:
    line = path.line_at(year)
    actual = next((point for point in path.actuals if point.year == year), None)
    if actual is None and path.baseline is not None and path.baseline.year == year:
        actual = path.baseline
    gap = None if line is None or actual is None else actual.value - line
    rate = path.absolute
    counted = () if rate is None else rate.actuals if actual is not path.baseline else (rate.baseline,)
    number = next((point for point in counted if point is not None and point.year == year), None)
    return [
        fiscal_year(year, lang),
        "—" if line is None else figure(path, line, lang),
        "—" if actual is None else figure(path, actual.value, lang),
        _gap_word(path, gap, lang),
        "—" if rate is None or number is None else figure(rate, number.value, lang),
    ]


def _gap_word(path: Path, gap: float | None, lang: str) -> str:
    """Return how far an actual is beyond the line (+) or short of it (−); what prints as nothing is ±0."""
    if gap is None:
        return "—"
    if abs(gap) < path.step / 2:
        return f"±{_points(path, 0.0, lang)}"
    sign = "+" if gap > 0 else ""
    word = "goals_beyond" if (gap > 0) == path.up else "goals_short"
    return f"{sign}{_points(path, gap, lang)} {say(lang, word)}"


def _points(path: Path, gap: float, lang: str) -> str:
    """Return a difference with its unit: of shares in points."""
    told = figure(path, gap, lang)
    return f"{told.removesuffix('%')} {say(lang, 'points')}" if path.unit == "share" else told
