"""Owns the split of a change against the reference into 人口構成による変化 and 施策による変化."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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
        One per row with finite values in all three; `demographic` + `policy` = `change`.
    """
    before, between = _values(reference), None if demographic is None else _values(demographic)
    splits = []
    for row in rows:
        key = (row.kpi_id, row.setting, row.group)
        old = before.get(key)
        middle = old if between is None else between.get(key)
        if row.value is None or old is None or middle is None or not math.isfinite(row.value):
            continue
        splits.append(ChangeSplit(*key, row.value - old, middle - old, row.value - middle))
    return tuple(splits)


def _values(rows: Iterable[KpiRow]) -> dict[tuple[str, str, str], float]:
    return {(r.kpi_id, r.setting, r.group): r.value for r in rows if r.value is not None and math.isfinite(r.value)}
