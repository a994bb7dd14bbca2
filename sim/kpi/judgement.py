"""Owns what may be said about a difference: 改善/悪化, withheld, and whether the definition decides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.units import SECONDS_PER_MIN
from sim.kpi.registry import KPIS
from sim.kpi.spec import TIME_SETTINGS, KpiSpec
from sim.results import DEFAULT_SETTING, ChangeSplit, KpiRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SERVICES = "対象: "
"""Begins the part of a note that says which services a number is of."""
_SHOWN = {"share": 0.01, "time": float(SECONDS_PER_MIN)}
"""Unit → what one of it is on screen, in the unit of kpi.csv: points of a share, minutes of a time of day; else 1."""


class Judgement(StrEnum):
    """What is said about the change of one KPI."""

    IMPROVED = "improved"
    WORSE = "worse"
    NONE = "none"
    WITHHELD = "withheld"
    UNPROVEN = "unproven"
    DEFINITION = "definition"
    INDISTINCT = "not-distinguishable"


JUDGEMENT_TEXT: dict[Judgement, Text] = {
    Judgement.IMPROVED: Text("改善", "improved"),
    Judgement.WORSE: Text("悪化", "worse"),
    Judgement.NONE: Text("変化なし", "no change"),
    Judgement.WITHHELD: Text("判定保留（人口か対象の変化による）", "withheld (other people or services are counted)"),
    Judgement.UNPROVEN: Text(
        "乗換の分（移動の数は同じ向きに動いていない）", "changes only (trips did not move likewise)"
    ),
    Judgement.DEFINITION: Text("定義により結論が変わる", "the definition decides"),
    Judgement.INDISTINCT: Text("区別できない", "not distinguishable"),
}


def is_same(spec: KpiSpec, difference: float) -> bool:
    """Return whether a difference is less than half of the last digit shown of a KPI: two values are the same then."""
    return abs(difference) < _SHOWN.get(spec.unit, 1.0) * 10.0**-spec.decimals / 2


Pair = tuple[KpiRow | None, KpiRow | None]
Key = tuple[str, str, str]
"""KPI, setting, group."""
CATCHMENT: Key = ("catchment_population_share", DEFAULT_SETTING, "all")


@dataclass(frozen=True, slots=True)
class Proof:
    """
    The KPI that must move the same way before a change is called better or worse.

    `rows` of both runs, `split` of its change, `told_apart`: False where draws and definitions cannot tell the two runs
    apart by it, None where they were not drawn alike.
    """

    spec: KpiSpec
    rows: Pair
    split: ChangeSplit | None = None
    told_apart: bool | None = None


def judge_change(
    key: Key,
    before: Mapping[Key, KpiRow],
    after: Mapping[Key, KpiRow],
    split_of: Callable[[Key], ChangeSplit | None],
    told_apart: Callable[[Key], bool | None] = lambda _key: None,
    *,
    definitions_agree: bool = True,
) -> Judgement:
    """
    Say whether one row of two runs is an improvement, with what must stand beside it taken from the same runs.

    Parameters
    ----------
    key
        KPI, setting, group of the row.
    before, after
        Rows of both runs.
    split_of
        Row → split of its change, where it is known.
    told_apart
        Row → whether draws and definitions tell the runs apart by it; None where they were not drawn alike.
    definitions_agree
        Whether the definitions of the catchment agree on its change (`definition_verdict`).

    Notes
    -----
    The first that holds: no change that shows, withheld, the definition decides, not distinguishable, unproven, and
    only then improved or worse. Commands, files and page all take it from here.
    """
    spec = KPIS[key[0]]
    beside, other = (spec.companion, *key[1:]), (spec.proof, *key[1:])
    proof = None
    if spec.proof:
        rows = (before.get(other), after.get(other))
        proof = Proof(KPIS[spec.proof], rows, split_of(other), told_apart(other))
    companion = (before.get(beside), after.get(beside))
    found = judge(spec, before.get(key), after.get(key), split_of(key), companion, proof)
    if found in {Judgement.NONE, Judgement.WITHHELD}:
        return found
    if not definitions_agree and key == CATCHMENT:
        return Judgement.DEFINITION
    return Judgement.INDISTINCT if told_apart(key) is False else found


def judge(
    spec: KpiSpec,
    row_a: KpiRow | None,
    row_b: KpiRow | None,
    split: ChangeSplit | None = None,
    companion: Pair | None = None,
    proof: Proof | None = None,
) -> Judgement:
    """
    Say whether going from `row_a` to `row_b` is an improvement.

    `none` where there is no good direction, no value, or no change that shows. `withheld` for a number that only the
    change of the population moved that way, as its split says: a rate can be met while people and clinics vanish, and
    fewer people are near a station where fewer live. A part of the policy too small to show is none. The same where the
    absolute number of a rate (`companion`: the rows of both runs) stayed, so that only the denominator moved, and for
    a number over several services where they are not the same ones: a short wait that is added betters no other.

    A number that proves nothing alone (`spec.proof`: boardings also rise where people only change more often) is judged
    where its proof moves the same way, beyond what shows and on the same people: `unproven` where the proof stays or
    goes the other way; `none` where it is not known or the two runs cannot be told apart by it.
    """
    if spec.good == "none" or row_a is None or row_b is None or row_a.value is None or row_b.value is None:
        return Judgement.NONE
    change = _difference(row_a.value, row_b.value)
    if math.isnan(change) or is_same(spec, change):
        return Judgement.NONE
    others_counted = split is not None and (is_same(spec, split.policy) or split.policy * change < 0)
    only_denominator = spec.rate and companion is not None and _stayed(*companion)
    if _services_of(row_a) != _services_of(row_b) or others_counted or only_denominator:
        return Judgement.WITHHELD
    if spec.proof and (unproven := _unproven(change, proof)) is not None:
        return unproven
    return Judgement.IMPROVED if (change > 0) == (spec.good == "up") else Judgement.WORSE


def _unproven(change: float, proof: Proof | None) -> Judgement | None:
    """Return what is said of a change whose proof is missing; None where the proof moves the same way."""
    if proof is None or any(row is None or row.value is None for row in proof.rows):
        return Judgement.NONE
    before, after = (row.value for row in proof.rows if row is not None)
    moved = _difference(before or 0.0, after or 0.0) if proof.split is None else proof.split.policy
    if is_same(proof.spec, moved) or moved * change < 0:
        return Judgement.UNPROVEN
    return Judgement.NONE if proof.told_apart is False else None


def _services_of(row: KpiRow) -> list[str]:
    """Return which services a number is of, as its note says; none where it is of no services."""
    return [part for part in row.note.split("; ") if part.startswith(SERVICES)]


def _stayed(before: KpiRow | None, after: KpiRow | None) -> bool:
    if before is None or after is None or before.value is None or after.value is None:
        return False
    return is_same(KPIS[before.kpi_id], _difference(before.value, after.value))


def _difference(before: float, after: float) -> float:
    return 0.0 if before == after else after - before  # also where both are unreachable (inf)


@dataclass(frozen=True, slots=True)
class DefinitionVerdict:
    """
    Whether the definitions that reproduce the official figure agree on a change.

    `changes`: (setting, change) of each such definition. `agrees`: they all go the same way, or all stay. `message`:
    what a page says; empty where they agree.
    """

    changes: tuple[tuple[str, float], ...]
    agrees: bool
    message: Text


def definition_verdict(
    rows_a: Iterable[KpiRow],
    rows_b: Iterable[KpiRow],
    *,
    baseline_rows: Iterable[KpiRow] | None = None,
    tolerance: float = 0.01,
    same: float = 0.0005,
) -> DefinitionVerdict:
    """
    Compare the catchment share of two runs under every definition that reproduces the official figure.

    Parameters
    ----------
    rows_a, rows_b
        KPI rows of the two runs.
    baseline_rows
        Rows of the baseline, where `rows_a` is not it. There the model value of a definition must come within
        `tolerance` of the value shown, which is the official one (a city without official figures keeps them all).
    tolerance, same
        How close a definition must come; changes smaller than this count as none [share].

    Returns
    -------
    verdict
        Changes by definition and whether they agree in sign.
    """
    before, after = _catchment(rows_a), _catchment(rows_b)
    base = before if baseline_rows is None else _catchment(baseline_rows)
    kept = _reproducing(base, tolerance)
    changes = tuple((s, _change(before[s], after[s])) for s in kept if s in before and s in after)
    signs = {0 if abs(change) < same else math.copysign(1, change) for _, change in changes}
    agrees = len(signs) <= 1
    return DefinitionVerdict(changes, agrees, Text("", "") if agrees else _verdict_text(changes))


def definitions_reproducing(baseline_rows: Iterable[KpiRow], tolerance: float = 0.01) -> list[str]:
    """Return the definitions of the catchment whose model value comes within `tolerance` of the official figure."""
    return _reproducing(_catchment(baseline_rows), tolerance)


def _reproducing(base: dict[str, KpiRow], tolerance: float) -> list[str]:
    return [s for s, r in base.items() if abs((r.model_value or 0.0) - (r.value or 0.0)) <= tolerance]


def _catchment(rows: Iterable[KpiRow]) -> dict[str, KpiRow]:
    skipped = {DEFAULT_SETTING, "no_assumed_lines", *TIME_SETTINGS}
    return {
        r.setting: r
        for r in rows
        if r.kpi_id == CATCHMENT[0] and r.group == "all" and r.setting not in skipped and r.value is not None
    }


def _change(row_a: KpiRow, row_b: KpiRow) -> float:
    return (row_b.value or 0.0) - (row_a.value or 0.0)


def _verdict_text(changes: tuple[tuple[str, float], ...]) -> Text:
    labels = KPIS[CATCHMENT[0]].settings
    ja = "、".join(f"{labels[s].ja} {100 * c:+.2f} ポイント" for s, c in changes)
    en = ", ".join(f"{labels[s].en} {100 * c:+.2f} points" for s, c in changes)
    return Text(f"定義により結論が変わります（{ja}）", f"The definition decides the answer ({en})")
