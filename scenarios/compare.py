"""Owns comparing two runs: tidy differences, what may be said about them, and their split."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import Text
from scenarios.splitting import splits_between
from sim.kpi import KPIS, DefinitionVerdict, Judgement, definition_verdict, judge_change
from sim.results import ChangeSplit, KpiRow, RunResult
from sim.uncertainty.paired import NOT_DRAWN, paired_ends, told_apart
from sim.uncertainty.paired import why_unpaired as why_draws_unpaired

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
    "apparent",
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
    """
    Two runs side by side: the table of `compare_runs` and whether the definitions agree on the catchment.

    `unpaired`: why their draws give no interval of the difference, where they do not.
    """

    a: str
    b: str
    table: pd.DataFrame
    definitions: DefinitionVerdict
    unpaired: Text | None = None


def compare_runs(a: StoredRun, b: StoredRun) -> pd.DataFrame:
    """
    Return what changes from run `a` to run `b`, one row per KPI, setting and group of either.

    Returns
    -------
    table
        Columns `COMPARE_COLUMNS`. `difference` = b − a, 0 where both are unreachable, NaN where either has no value.
        `judgement` is a `sim.kpi.Judgement`; what cannot be told apart is neither improved nor worse. `demographic` +
        `policy` + `apparent` = `difference` where both runs know their split against the same baseline, else NaN. Where
        both were drawn alike: `low`, `high` = interval of the difference under the same draws, `other_low` and
        `other_high` = its ends under other data and definitions, and `distinguishable` says whether both lines keep to
        one side of no difference, or that none shows (no-change). Where they were drawn unlike each other, or too few
        times, these are empty, and `note` says why.
    """
    return compare(a, b).table


def _with_draws(a: StoredRun, b: StoredRun) -> tuple[RunResult, RunResult, Text | None]:
    """Return the results of two stored runs, with their draws where these pair, and else why they do not."""
    why = why_unpaired(a, b)
    if why is not None:
        return a.result, b.result, why
    return replace(a.result, draws=a.draws), replace(b.result, draws=b.draws), None


def why_unpaired(a: StoredRun, b: StoredRun) -> Text | None:
    """
    Return why two drawn runs give no interval of their difference; None where they do, or one was not drawn.

    Draw d is the same draw of both only under the same seed, day, window and traveller, and among as many draws.
    """
    drawn_a, drawn_b = a.draws, b.draws
    if drawn_a is None or drawn_b is None:
        return None
    before, after = (run.manifest["analysis"] for run in (a, b))
    differ = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    parts = [Text(*(f"analysis.{n} A {before.get(n)} / B {after.get(n)}" for _ in range(2))) for n in differ]
    counts = why_draws_unpaired(drawn_a, drawn_b)
    if not parts and drawn_a.n_draws == drawn_b.n_draws and counts is not None:
        return Text(f"差の幅が未計算（{counts.ja}）", f"no interval of the difference: {counts.en}")
    parts += [] if counts is None else [counts]
    if not parts:
        return None
    return Text(
        f"差の幅は出せない（同じ試行ではない: {'、'.join(p.ja for p in parts)}）",
        f"no interval of the difference: not the same draws ({', '.join(p.en for p in parts)})",
    )


def compare(a: StoredRun, b: StoredRun, baseline: StoredRun | None = None) -> Comparison:
    """Return the whole comparison; `baseline` says which definitions reproduce the official figure (default: `a`)."""
    before, after, why = _with_draws(a, b)
    base = None if baseline is None else baseline.result.kpis
    verdict = definition_verdict(before.kpis, after.kpis, baseline_rows=base)
    table = compare_results(before, after, verdict)
    if why is not None:
        table["note"] = [f"{note}; {why.ja}" if note else why.ja for note in table["note"]]
    return Comparison(a.run_id, b.run_id, table, verdict, why)


def compare_results(a: RunResult, b: RunResult, definitions: DefinitionVerdict | None = None) -> pd.DataFrame:
    """Return the table of `compare_runs` for two results; `definitions` left out: those that reproduce `a`."""
    verdict = definitions or definition_verdict(a.kpis, b.kpis)
    before, after = _by_key(a.kpis), _by_key(b.kpis)
    sure = _sureness(a, b, before, after)
    pair = _pair_of(a, b, verdict, {key: str(told[-1]) for key, told in sure.items()})
    rows = [_row(key, pair) + sure.get(key, _UNSURE) for key in dict.fromkeys([*after, *before])]
    return pd.DataFrame(rows, columns=list(COMPARE_COLUMNS))


def judge_rows(a: RunResult, b: RunResult, definitions: DefinitionVerdict) -> dict[Key, Judgement]:
    """Return what `compare_results` says of each row of `b` without draws, and nothing of it but the judgement."""
    pair = _pair_of(a, b, definitions, {})
    return {key: _judged(key, pair) for key in pair.after if key[0] in KPIS}


def _pair_of(a: RunResult, b: RunResult, definitions: DefinitionVerdict, sure: dict[Key, str]) -> _Pair:
    before, after = _by_key(a.kpis), _by_key(b.kpis)
    own = ({(s.kpi_id, s.setting, s.group): s for s in run.splits} for run in (a, b))
    splits = {
        key: split
        for key, split in splits_between(*own).items()
        if _adds_up(split, _difference(before.get(key), after.get(key)))
    }
    return _Pair(before, after, splits, sure, definitions.agrees)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Rows of two runs, the splits of their differences, and what draws and definitions say of them."""

    before: dict[Key, KpiRow]
    after: dict[Key, KpiRow]
    splits: dict[Key, ChangeSplit]
    sure: dict[Key, str]
    definitions_agree: bool

    def told_apart(self, key: Key) -> bool | None:
        """Return whether a difference tells the runs apart; None where they were not drawn."""
        return told_apart(self.sure.get(key, NOT_DRAWN))


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


def _row(key: Key, pair: _Pair) -> tuple[object, ...]:
    a, b, split = pair.before.get(key), pair.after.get(key), pair.splits.get(key)
    known = b or a
    judgement = str(_judged(key, pair)) if key[0] in KPIS else "none"
    return (
        *key,
        known.unit if known else "",
        _value(a),
        _value(b),
        _difference(a, b),
        judgement,
        math.nan if split is None else split.demographic,
        math.nan if split is None else split.policy,
        math.nan if split is None else split.apparent,
        str(a.status) if a else "",
        str(b.status) if b else "",
        "; ".join(dict.fromkeys(r.note for r in (a, b) if r is not None and r.note)),
    )


def _judged(key: Key, pair: _Pair) -> Judgement:
    told = pair.told_apart
    agree = pair.definitions_agree
    return judge_change(key, pair.before, pair.after, pair.splits.get, told, definitions_agree=agree)


def _value(row: KpiRow | None) -> float:
    return math.nan if row is None or row.value is None else row.value


def _difference(a: KpiRow | None, b: KpiRow | None) -> float:
    before, after = _value(a), _value(b)
    return 0.0 if before == after else after - before


__all__ = ["COMPARE_COLUMNS", "Comparison", "compare", "compare_results", "compare_runs", "judge_rows", "why_unpaired"]
