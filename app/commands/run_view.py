"""Owns what the tables of the command line are made from: the rows of one run, and its comparison with another."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.commands.numbers import format_change, format_value, title_with_unit
from app.commands.words import say
from app.fiscal_years import short_year
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, Status
from scenarios import splitting
from sim.kpi import KPIS, Judgement, KpiSpec, definition_verdict, judge_change
from sim.kpi.judgement import is_same
from sim.results import DEFAULT_SETTING, ChangeSplit, KpiRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from geodata.targets import Targets
    from scenarios.store import StoredRun

RowKey = tuple[str, str, str]
"""KPI, setting, group."""

JUDGED = {
    Judgement.IMPROVED: "judge.better",
    Judgement.WORSE: "judge.worse",
    Judgement.WITHHELD: "judge.denominator",
    Judgement.DEFINITION: "judge.definition",
    Judgement.INDISTINCT: "sure.no",
}
MOVED, UNPROVEN = ("judge.more", "judge.less"), ("judge.more_changes", "judge.less_changes")
"""What is said of a rise and of a fall that is neither better nor worse."""


@dataclass(frozen=True, slots=True)
class RunView:
    """
    One run as the tables see it.

    `splits` are against the city as it is. `changed`: the scenario changes something, people of another year included.
    """

    run_id: str
    title: Text
    year: int
    plan_status: str
    compare_to: str | None
    rows: Mapping[RowKey, KpiRow]
    splits: Mapping[RowKey, ChangeSplit] = field(default_factory=dict)
    changed: bool = True

    def of_kpi(self, kpi_id: str, group: str = "all") -> KpiRow | None:
        """Return the default row of a KPI."""
        return self.rows.get((kpi_id, DEFAULT_SETTING, group))


@dataclass(frozen=True, slots=True)
class KpiLine:
    """
    One printed line: a KPI of a run, beside its reference and the official figures.

    `judgement` None = no reference. `changed`: the change shows. Texts are ready to print.
    """

    kpi_id: str
    title: str
    value: str
    change: str
    changed: bool
    judgement: Judgement | None
    verdict: str
    status: str
    baseline: str
    target: str
    note: str
    interval: str = ""


def view_run(stored: StoredRun) -> RunView:
    """Return a stored run as the tables see it."""
    scenario = stored.scenario
    return RunView(
        scenario.id,
        Text(scenario.title.ja, scenario.title.en),
        scenario.year,
        str(scenario.plan_status),
        scenario.compare_to,
        rows_of(stored.kpi),
        splits_of(stored.splits),
        stored.manifest["digests"]["applied_city"] != stored.manifest["digests"]["city"],
    )


def rows_of(frame: pd.DataFrame) -> dict[RowKey, KpiRow]:
    """Return the rows of a kpi.csv by KPI, setting and group, in file order."""
    rows = [
        KpiRow(
            str(r["kpi_id"]),
            str(r["setting"]),
            str(r["group"]),
            _number(r["value"]),
            _number(r["model_value"]),
            str(r["unit"]),
            Status(r["status"]),
            _text(r["note"]),
            _number(r.get("low")),
            _number(r.get("high")),
        )
        for r in frame.to_dict("records")
    ]
    return {(r.kpi_id, r.setting, r.group): r for r in rows}


def splits_of(frame: pd.DataFrame) -> dict[RowKey, ChangeSplit]:
    """Return the rows of a splits.csv by KPI, setting and group."""
    names = ("kpi_id", "setting", "group", "change", "demographic", "policy", "apparent")
    found = [ChangeSplit(*(r[n] for n in names)) for r in frame.to_dict("records")]
    return {(s.kpi_id, s.setting, s.group): s for s in found}


def build_lines(
    run: RunView, reference: RunView | None, targets: Targets, lang: str, baseline: RunView | None = None
) -> list[KpiLine]:
    """
    Return one line for each KPI with a value, in the order of the registry: default setting, whole city.

    `baseline` says which definitions reproduce the official figure; left out: the reference.
    """
    found = ((spec, run.of_kpi(spec.kpi_id)) for spec in KPIS.values())
    agree = not find_verdict(run, reference, baseline).ja
    return [
        build_line(spec, row, run, reference, targets, lang, definitions_agree=agree)
        for spec, row in found
        if row is not None and row.value is not None
    ]


def build_line(
    spec: KpiSpec,
    row: KpiRow,
    run: RunView,
    reference: RunView | None,
    targets: Targets,
    lang: str,
    *,
    definitions_agree: bool = True,
) -> KpiLine:
    """Return the printed line of one KPI row."""
    key = (row.kpi_id, row.setting, row.group)
    before = reference.rows.get(key) if reference else None
    change = difference(before, row)
    judgement = None
    if reference is not None and before is not None:
        judgement = judge_change(
            key,
            reference.rows,
            run.rows,
            lambda k: split_between(reference, run, k),
            definitions_agree=definitions_agree,
        )
    return KpiLine(
        spec.kpi_id,
        title_with_unit(spec, lang),
        format_value(row.value, spec.unit, spec.decimals, lang, bare=True),
        format_change(change, spec.unit, spec.decimals, lang, bare=True),
        change is not None and not is_same(spec, change),
        judgement,
        verdict_of(spec, judgement, change, lang),
        STATUS_TEXT[row.status].get(lang),
        official(spec, "baseline", targets, lang),
        official(spec, "target", targets, lang),
        row.note,
        interval_of(spec, row, lang),
    )


def interval_of(spec: KpiSpec, row: KpiRow, lang: str) -> str:
    """Return low and high of a value; empty where the run was not drawn or no draw moves it."""
    if row.low is None or row.high is None:
        return ""
    ends = [format_value(end, spec.unit, spec.decimals, lang, bare=True) for end in (row.low, row.high)]
    return "" if ends[0] == ends[1] else "–".join(ends)


def split_between(reference: RunView | None, run: RunView, key: RowKey) -> ChangeSplit | None:
    """Return the split of the change from `reference` to `run`: splits against the same base subtract."""
    return splitting.split_between(reference.splits if reference else {}, run.splits, key)


def difference(before: KpiRow | None, after: KpiRow | None) -> float | None:
    """Return after − before, 0 where both are unreachable, None where either has no value."""
    if before is None or after is None or before.value is None or after.value is None:
        return None
    return 0.0 if before.value == after.value else after.value - before.value


def verdict_of(spec: KpiSpec, judgement: Judgement | None, change: float | None, lang: str) -> str:
    """Return 改善, 悪化, why neither is said, or 増/減 where that is all; empty where nothing moved."""
    if judgement in JUDGED:
        return say(lang, JUDGED[judgement])
    if change is None or math.isnan(change) or is_same(spec, change) or not (spec.good == "none" or spec.proof):
        return ""
    more, less = UNPROVEN if judgement is Judgement.UNPROVEN else MOVED
    return say(lang, more if change > 0 else less)


def official(spec: KpiSpec, kind: str, targets: Targets, lang: str) -> str:
    """Return an official figure with its year: 27.1%（R5）; empty where there is none."""
    row = targets.find(spec.kpi_id, kind)
    if row is None:
        return ""
    figure = format_value(row.value, spec.unit, spec.decimals, lang, bare=True)
    return f"{figure}（{short_year(row.year)}）" if lang == "ja" else f"{figure} ({short_year(row.year)})"


def titles_without_value(run: RunView, lang: str) -> list[str]:
    """Return the titles of KPIs that have no value: default setting, whole city."""
    found = [r for r in run.rows.values() if r.setting == DEFAULT_SETTING and r.group == "all" and r.value is None]
    shown = [r for r in found if r.kpi_id in KPIS]
    return [_with_reason(KPIS[r.kpi_id].title.get(lang), r.note if lang == "ja" else "") for r in shown]


def _with_reason(title: str, reason: str) -> str:
    return f"{title}（{reason}）" if reason else title


def find_verdict(run: RunView, reference: RunView | None, baseline: RunView | None) -> Text:
    """Return 「定義により結論が変わります…」 where the definitions disagree, else an empty text."""
    if reference is None:
        return Text("", "")
    base = baseline.rows.values() if baseline else None
    return definition_verdict(reference.rows.values(), run.rows.values(), baseline_rows=base).message


def find_reference(run: RunView, others: Iterable[RunView]) -> RunView | None:
    """Return the run that `run` is compared with, if it is among `others`."""
    return next((o for o in others if o.run_id == run.compare_to and o.run_id != run.run_id), None)


def _number(value: Any) -> float | None:
    if value is None or value == "":
        return None
    number = float(value)
    return None if math.isnan(number) else number


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
