"""Owns comparing two runs: tidy differences, what may be said about them, and their split."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from sim.kpi import KPIS, DefinitionVerdict, definition_verdict, judge
from sim.results import ChangeSplit, KpiRow, RunResult
from sim.uncertainty.paired import NOT_DRAWN, paired_ends

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.store import StoredRun

COMPARE_COLUMNS = (
    "kpi_id",
    "setting",
    "group",
    "unit",
    "a",
    "b",
    "difference",
    "judgement",
    "demographic",
    "policy",
    "status_a",
    "status_b",
    "note",
    "low",
    "high",
    "other_low",
    "other_high",
    "distinguishable",
)
Key = tuple[str, str, str]
SAME_CHANGE = 1e-6
"""What rounding may leave between a difference and its split, of the difference where it is large."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two runs side by side: the table of `compare_runs` and whether the definitions agree on the catchment."""

    a: str
    b: str
    table: pd.DataFrame
    definitions: DefinitionVerdict


def compare_runs(a: StoredRun, b: StoredRun) -> pd.DataFrame:
    """
    Return what changes from run `a` to run `b`, one row per KPI, setting and group of either.

    Returns
    -------
    table
        Columns `COMPARE_COLUMNS`. `difference` = b − a, 0 where both are unreachable, NaN where either has no value.
        `judgement` is improved, worse, none or withheld. `demographic` + `policy` = `difference` where both runs know
        their split against the same baseline, else NaN. Where both were drawn: `low`, `high` = interval of the
        difference under the same draws, `other_low`, `other_high` = its ends under other data and definitions, and
        `distinguishable` says whether both lines keep to one side of no difference.
    """
    return compare_results(_drawn(a), _drawn(b))


def _drawn(run: StoredRun) -> RunResult:
    """Return the result of a stored run with its draws."""
    return replace(run.result, draws=run.draws)


def compare(a: StoredRun, b: StoredRun, baseline: StoredRun | None = None) -> Comparison:
    """Return the whole comparison; `baseline` says which definitions reproduce the official figure (default: `a`)."""
    before, after = _drawn(a), _drawn(b)
    base = None if baseline is None else baseline.result.kpis
    verdict = definition_verdict(before.kpis, after.kpis, baseline_rows=base)
    return Comparison(a.run_id, b.run_id, compare_results(before, after), verdict)


def compare_results(a: RunResult, b: RunResult) -> pd.DataFrame:
    """Return the table of `compare_runs` for two results."""
    before, after = _by_key(a.kpis), _by_key(b.kpis)
    splits = {
        key: split
        for key, split in _splits_between(a.splits, b.splits).items()
        if _adds_up(split, _difference(before.get(key), after.get(key)))
    }
    keys = list(dict.fromkeys([*after, *before]))
    sure = _sureness(a, b, before, after)
    rows = [_row(key, before, after, splits.get(key)) + sure.get(key, _UNSURE) for key in keys]
    return pd.DataFrame(rows, columns=list(COMPARE_COLUMNS))


_UNSURE = (math.nan, math.nan, math.nan, math.nan, NOT_DRAWN)


def _sureness(
    a: RunResult, b: RunResult, before: dict[Key, KpiRow], after: dict[Key, KpiRow]
) -> dict[Key, tuple[object, ...]]:
    """Return the ends of both lines of each difference, and whether the runs can be told apart by it."""
    if a.draws is None or b.draws is None:
        return {}
    values = [{key: row.value for key, row in rows.items() if row.value is not None} for rows in (before, after)]
    found = paired_ends(a.draws, b.draws, *values)
    return {key: (e.low, e.high, e.other_low, e.other_high, e.verdict) for key, e in found.items()}


def _by_key(rows: Iterable[KpiRow]) -> dict[Key, KpiRow]:
    return {(r.kpi_id, r.setting, r.group): r for r in rows}


def _adds_up(split: ChangeSplit, difference: float) -> bool:
    """Return whether a split is one of this difference: runs under other parameters have baselines of their own."""
    return not math.isfinite(difference) or abs(split.change - difference) <= SAME_CHANGE * max(1.0, abs(difference))


def _splits_between(a: Iterable[ChangeSplit], b: Iterable[ChangeSplit]) -> dict[Key, ChangeSplit]:
    """Return the split of the change from a to b: both are split against the baseline, so their difference is."""
    before = {(s.kpi_id, s.setting, s.group): s for s in a}
    after = {(s.kpi_id, s.setting, s.group): s for s in b}
    found: dict[Key, ChangeSplit] = {}
    for key in before | after:
        if (before and key not in before) or (after and key not in after):
            continue  # one of them has no finite value
        nothing = ChangeSplit(*key, 0.0, 0.0, 0.0)
        old, new = before.get(key, nothing), after.get(key, nothing)
        found[key] = ChangeSplit(
            *key, new.change - old.change, new.demographic - old.demographic, new.policy - old.policy
        )
    return found


def _row(
    key: Key, before: dict[Key, KpiRow], after: dict[Key, KpiRow], split: ChangeSplit | None
) -> tuple[object, ...]:
    spec, a, b = KPIS.get(key[0]), before.get(key), after.get(key)
    known = b or a
    judgement = "none"
    if spec is not None:
        beside = (spec.companion, *key[1:])
        judgement = str(judge(spec, a, b, split, (before.get(beside), after.get(beside))))
    return (
        *key,
        known.unit if known else "",
        _value(a),
        _value(b),
        _difference(a, b),
        judgement,
        math.nan if split is None else split.demographic,
        math.nan if split is None else split.policy,
        str(a.status) if a else "",
        str(b.status) if b else "",
        "; ".join(dict.fromkeys(r.note for r in (a, b) if r is not None and r.note)),
    )


def _value(row: KpiRow | None) -> float:
    return math.nan if row is None or row.value is None else row.value


def _difference(a: KpiRow | None, b: KpiRow | None) -> float:
    before, after = _value(a), _value(b)
    return 0.0 if before == after else after - before


__all__ = ["COMPARE_COLUMNS", "Comparison", "compare", "compare_results", "compare_runs"]
