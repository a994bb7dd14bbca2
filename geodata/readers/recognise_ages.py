"""Owns telling the columns of ages in a table of people: age groups that cover everybody, or some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geodata.fitting import band_of
from geodata.readers.population_headings import UNKNOWN_AGE, ages_of, sex_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def age_columns(columns: Sequence[str]) -> dict[str, tuple[int, int | None]]:
    """Return the columns that are about an age group of both sexes → its first and last age."""
    found = {c: ages for c in columns if (ages := ages_of(c)) is not None and sex_of(c) in {None, "total"}}
    return {c: ages for c, ages in found.items() if ages != UNKNOWN_AGE}


def whole_bands(columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the ``bands:`` of columns that cover every age once; none where they leave a gap or overlap."""
    ordered = sorted(age_columns(columns).items(), key=lambda item: item[1][0])
    bands: list[dict[str, Any]] = []
    reached: int | None = 0
    for column, (first, last) in ordered:
        if first != reached:
            return []
        band = band_of(first, last)
        named = {"id": band.band_id, "label": {"ja": band.label.ja, "en": band.label.en}}
        bands.append({**named, "from": first, **({} if last is None else {"to": last}), "column": column})
        reached = None if last is None else last + 1
    return bands if bands and reached is None else []
