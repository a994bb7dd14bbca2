"""Owns the facilities of some kinds as a table of their own: what a KPI looks at, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.facilities import Facilities


def facilities_of(facilities: Facilities, kinds: tuple[str, ...]) -> Facilities:
    """Return the facilities of the given kinds, in order, with their opening hours."""
    rows = facilities.of_kind(*kinds)
    new = np.full(facilities.n_facilities, -1, dtype=np.int32)
    new[rows] = np.arange(len(rows), dtype=np.int32)
    hours = np.flatnonzero(new[facilities.hours_facility] >= 0)
    columns = {f.name: getattr(facilities, f.name) for f in fields(facilities)}
    kept = {name: column[hours if name.startswith("hours_") else rows] for name, column in columns.items()}
    kept["hours_facility"] = new[kept["hours_facility"]]
    return replace(facilities, **kept)
