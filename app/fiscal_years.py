"""Owns the eras that fiscal years are counted in."""

from __future__ import annotations

REIWA_ZERO, HEISEI_ZERO = 2018, 1988
"""The year before the first of the era."""


def short_year(year: int) -> str:
    """Return R11 for 2029; years before Reiwa as they are."""
    return f"R{year - REIWA_ZERO}" if year > REIWA_ZERO else str(year)


def era(year: int, lang: str) -> str:
    """Return a fiscal year as the city writes it: R5 for 2023, 2018年 before Reiwa."""
    return short_year(year) if year > REIWA_ZERO or lang == "en" else f"{year}年"
