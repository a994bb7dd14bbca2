"""Owns the split of a change against the reference: 人口構成による変化, 施策による変化, 見かけの変化."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.apparent import apparent_changes, residents_told
from sim.results import ChangeSplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.results import KpiRow


def split_changes(
    rows: Iterable[KpiRow], reference: Iterable[KpiRow], demographic: Iterable[KpiRow] | None
) -> tuple[ChangeSplit, ...]:
    """
    Split each row's change against the reference.

    Parameters
    ----------
    rows
        The run.
    reference
        The baseline.
    demographic
        The population of the run's year without modifications; None = the population did not change, so all is policy.

    Returns
    -------
    splits
        One per row with finite values in all three; `demographic` + `policy` + `apparent` = `change`.
    """
    rows, reference = tuple(rows), tuple(reference)
    middle_rows = reference if demographic is None else tuple(demographic)
    residents = residents_told(reference)
    drifts, middle_drifts = (apparent_changes(part, residents) for part in (rows, middle_rows))
    before, between = _values(reference), _values(middle_rows)
    splits = []
    for row in rows:
        key = (row.kpi_id, row.setting, row.group)
        old = before.get(key)
        middle = between.get(key)
        if row.value is None or old is None or middle is None or not math.isfinite(row.value):
            continue
        drift, middle_drift = drifts.get(key, 0.0), middle_drifts.get(key, 0.0)
        people, measures = middle - old - middle_drift, row.value - middle - (drift - middle_drift)
        splits.append(ChangeSplit(*key, row.value - old, people, measures, drift))
    return tuple(splits)


def _values(rows: Iterable[KpiRow]) -> dict[tuple[str, str, str], float]:
    return {(r.kpi_id, r.setting, r.group): r.value for r in rows if r.value is not None and math.isfinite(r.value)}
