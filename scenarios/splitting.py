"""Owns how much of the difference of two runs is people, measures or apparent, from the splits of either run."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.apparent import apparent_changes, residents_told
from sim.results import DEFAULT_SETTING, ChangeSplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from scenarios.store import StoredRun
    from sim.results import KpiRow

    Key = tuple[str, str, str]
    """KPI, setting, group."""


@dataclass(frozen=True, slots=True)
class Parts:
    """
    A difference B − A in the unit of the KPI.

    `demographic` from the people alone, `policy` from the measures, `apparent` from the levels of model and official
    figure.
    """

    demographic: float
    policy: float
    apparent: float = 0.0


def parts_between(before: StoredRun, after: StoredRun, kpi_id: str, setting: str = DEFAULT_SETTING) -> Parts | None:
    """
    Return what people and measures make of a difference; None where the runs do not tell.

    Both runs tell their own change from the city as it is in parts; the parts of the difference are theirs,
    subtracted. The city as it is has changed nothing.
    """
    a, b = (_own_parts(run, kpi_id, setting) for run in (before, after))
    if a is None or b is None:
        return None
    return Parts(b.demographic - a.demographic, b.policy - a.policy, b.apparent - a.apparent)


def _own_parts(run: StoredRun, kpi_id: str, setting: str) -> Parts | None:
    digests = run.manifest.get("digests", {})
    if digests.get("city") is not None and digests.get("city") == digests.get("applied_city"):
        return Parts(0.0, 0.0)
    frame = run.splits
    row = frame[(frame["kpi_id"] == kpi_id) & (frame["setting"] == setting) & (frame["group"] == "all")]
    if len(row) == 0:
        return None
    found = Parts(*(float(row[name].iloc[0]) for name in ("demographic", "policy", "apparent")))
    return found if math.isfinite(found.demographic) and math.isfinite(found.policy) else None


def splits_between(before: Mapping[Key, ChangeSplit], after: Mapping[Key, ChangeSplit]) -> dict[Key, ChangeSplit]:
    """Return the splits of the change between two runs; none of a row that one of them has no finite value of."""
    return {key: split for key in {**before, **after} if (split := split_between(before, after, key)) is not None}


def split_between(before: Mapping[Key, ChangeSplit], after: Mapping[Key, ChangeSplit], key: Key) -> ChangeSplit | None:
    """Return the split of one row's change between two runs; a run without splits is the city as it is."""
    neither = not before and not after
    if neither or (before and key not in before) or (after and key not in after):
        return None
    nothing = ChangeSplit(*key, 0.0, 0.0, 0.0)
    return after.get(key, nothing).since(before.get(key, nothing))


def base_residents(rows: Iterable[KpiRow], splits: Iterable[ChangeSplit]) -> float | None:
    """Return the residents of the baseline, told from a run and its change since then; None of the baseline itself."""
    change = {(s.kpi_id, s.setting, s.group): s.change for s in splits}
    known = ((row, change.get((row.kpi_id, row.setting, row.group))) for row in rows)
    return residents_told(
        replace(row, value=row.value - moved) for row, moved in known if row.value is not None and moved is not None
    )


def with_apparent(splits: pd.DataFrame, rows: Sequence[KpiRow]) -> pd.DataFrame:
    """Return the splits of a run that was written before 見かけの変化 was told from 人口構成による変化."""
    names = ("kpi_id", "setting", "group")
    plain = [ChangeSplit(*key) for key in splits[[*names, "change", "demographic", "policy"]].itertuples(index=False)]
    drifts = apparent_changes(rows, base_residents(rows, plain))
    apparent = [drifts.get((s.kpi_id, s.setting, s.group), 0.0) for s in plain]
    return splits.assign(demographic=splits["demographic"] - apparent, apparent=apparent)
