"""Owns how much of the difference of two runs is people and how much is measures, from the splits of either run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from scenarios.store import StoredRun


@dataclass(frozen=True, slots=True)
class Parts:
    """A difference B − A in the unit of the KPI: `demographic` from the people alone, `policy` from the measures."""

    demographic: float
    policy: float


def parts_between(before: StoredRun, after: StoredRun, kpi_id: str, setting: str = DEFAULT_SETTING) -> Parts | None:
    """
    Return what people and measures make of a difference; None where the runs do not tell.

    Both runs tell their own change from the city as it is in two parts; the parts of the difference are theirs,
    subtracted. The city as it is has changed nothing.
    """
    a, b = (_own_parts(run, kpi_id, setting) for run in (before, after))
    return None if a is None or b is None else Parts(b.demographic - a.demographic, b.policy - a.policy)


def _own_parts(run: StoredRun, kpi_id: str, setting: str) -> Parts | None:
    digests = run.manifest.get("digests", {})
    if digests.get("city") is not None and digests.get("city") == digests.get("applied_city"):
        return Parts(0.0, 0.0)
    frame = run.splits
    row = frame[(frame["kpi_id"] == kpi_id) & (frame["setting"] == setting) & (frame["group"] == "all")]
    if len(row) == 0:
        return None
    found = Parts(float(row["demographic"].iloc[0]), float(row["policy"].iloc[0]))
    return found if math.isfinite(found.demographic) and math.isfinite(found.policy) else None
