"""Owns the pivot: what the city publishes is the truth, the model gives the change (models.md §1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geodata.provenance import Status, weakest
from sim.kpi.measure import PER_100K
from sim.kpi.registry import KPIS
from sim.kpi.spec import TIME_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.targets import Targets
    from sim.params import Params
    from sim.results import KpiRow

NO_OFFICIAL = "公表値なし"
REFERENCE_ONLY = "参考値（試算と公表値の差が20%を超える）"
OUT_OF_RANGE = "0–1の範囲外"
SHOWN_DRIFT = 0.0005
"""Apparent change of a share that is told [share]."""

UNFITTED = "この集団は公表値に合わせていない"
"""Begins the note on a row of a group whose whole is fitted: the two are not of a kind."""
NO_BASELINE = "基準に同じ設定の試算がない（試算のまま）"


Models = dict[tuple[str, str], "float | None"]
"""KPI, setting → model value of the group `all`."""


@dataclass(frozen=True, slots=True)
class Family:
    """
    A rate and its absolute number, which are pivoted together.

    `scale` = rate × persons ÷ absolute number. `of_persons`: the absolute number is of residents, so it shrinks and
    grows with them.
    """

    rate_id: str
    absolute_id: str
    scale: float
    of_persons: bool


FAMILIES = (
    Family("catchment_population_share", "catchment_population", 1.0, of_persons=True),
    Family("clinics_per_100k", "clinics_count", PER_100K, of_persons=False),
)
RIDES_ID, RIDES_TOTAL_ID, LINKED_ID = "bus_rides_per_citizen", "bus_rides_total", "linked_trips_total"
RATIO = frozenset({RIDES_ID, RIDES_TOTAL_ID, LINKED_ID})
"""KPIs whose level is told by the official rate of rides, the model telling the ratio."""
WITHOUT_ASSUMED = "no_assumed_lines"
NO_PARALLELS = "並行する路線からの転換を数えない（多めに出る）"
ONLY_CHANGES = "乗車は増えるが移動は増えない（乗換が増えただけ）"
ADDED = frozenset({"mynumber_service_share"})
"""Rates whose model value is a number of points, added to the official figure."""
PIVOTED = {kpi_id: family for family in FAMILIES for kpi_id in (family.rate_id, family.absolute_id)}


@dataclass(frozen=True, slots=True)
class Anchor:
    """
    What a pivot hangs on.

    `baseline`: KPI rows of the baseline. `base_persons`, `persons`: residents of the baseline and of this run; the
    latter equals the official path of the year unless a scenario brings people in from outside.
    """

    targets: Targets
    baseline: tuple[KpiRow, ...]
    base_persons: float
    persons: float


def pivot_rows(rows: Iterable[KpiRow], anchor: Anchor, params: Params) -> list[KpiRow]:
    """
    Return the rows with `value` pivoted on the official figure, for the group `all` of the KPIs that have one.

    Rows of other groups stay as the model has them, and say so: no official figure is of a group.

    Notes
    -----
    rate = official rate × base persons ÷ persons + (model − model at the baseline) ÷ persons × scale, and the absolute
    number likewise without the division; so the baseline shows exactly the official rate, and rate and number agree.
    """
    rows = list(rows)
    official = frozenset(row.kpi_id for row in anchor.targets.rows if row.kind == "baseline")
    on = _Pivot(anchor, official, params.pivot_reference_share, _of_all(anchor.baseline), _of_all(rows))
    return [_pivot(row, on) for row in rows]


@dataclass(frozen=True, slots=True)
class _Pivot:
    """
    What every row of a run is pivoted on.

    `official`: KPIs with an official figure at the baseline. `limit`: how far the model may be off it before it
    is called a reference only [share]. `before`, `after`: (KPI, setting) → model value for everybody, at the baseline
    and in this run.
    """

    anchor: Anchor
    official: frozenset[str]
    limit: float
    before: Models
    after: Models


def read_with(kpi_ids: Iterable[str]) -> frozenset[str]:
    """Return KPIs and those whose rows, of the same run, the pivot of their rows reads."""
    found = set(kpi_ids)
    for kpi_id in tuple(found):
        found |= {PIVOTED[kpi_id].absolute_id} if kpi_id in PIVOTED else set()
        found |= {RIDES_ID, LINKED_ID} if kpi_id in RATIO else set()
    return frozenset(found)


def _of_all(rows: Iterable[KpiRow]) -> Models:
    return {(row.kpi_id, row.setting): row.model_value for row in rows if row.group == "all"}


def _pivot(row: KpiRow, on: _Pivot) -> KpiRow:
    if row.kpi_id in ADDED and row.model_value is not None:
        return _added(row, on.anchor)
    if row.group != "all":
        return _unfitted(row, on)
    if row.kpi_id in RATIO and row.model_value is not None:
        return _scaled(row, on)
    return _of_family(row, on)


def _of_family(row: KpiRow, on: _Pivot) -> KpiRow:
    """Return a rate, or the absolute number it is told with: the official figure plus the change of the model."""
    family = PIVOTED.get(row.kpi_id)
    if family is None or row.model_value is None or row.setting in TIME_SETTINGS:
        return row
    anchor = on.anchor
    target = anchor.targets.find(family.rate_id, "baseline")
    if target is None:
        return row.noted(join_notes(row.note, NO_OFFICIAL))
    was, now = (known.get((family.absolute_id, row.setting)) for known in (on.before, on.after))
    if was is None or now is None:
        return row.noted(join_notes(row.note, NO_BASELINE))
    value = _pivoted(row.kpi_id, family, anchor, target.value, now - was)
    notes = [row.note]
    if off_by_too_much(was, family, anchor, target.value, on.limit):
        notes.append(REFERENCE_ONLY)
    if row.kpi_id == family.rate_id and family.of_persons:
        notes.append(drift_note(was, anchor, target.value))
    if KPIS[row.kpi_id].unit == "share" and not 0 <= value <= 1:
        notes.append(OUT_OF_RANGE)
    computed = Status.MODELLED if row.kpi_id == family.absolute_id else target.status
    status = weakest([row.status, target.status, computed])
    return replace(row, value=value, status=status, note=join_notes(*notes))


def _unfitted(row: KpiRow, on: _Pivot) -> KpiRow:
    """Return the row of a group, with a note where the row of the whole city is fitted to an official figure."""
    family = PIVOTED.get(row.kpi_id)
    official = family.rate_id if family is not None else RIDES_ID if row.kpi_id in RATIO else ""
    key, spec = (row.kpi_id, row.setting), KPIS[row.kpi_id]
    whole = on.after.get(key)
    if row.model_value is None or whole is None or row.setting in TIME_SETTINGS:
        return row
    if official not in on.official:
        return row
    told = f"{100 * whole:.{spec.decimals}f}%" if spec.unit == "share" else f"{whole:,.{spec.decimals}f}"
    alone = row.kpi_id in RATIO and row.setting == WITHOUT_ASSUMED and whole != on.before.get(key, whole)
    return row.noted(join_notes(row.note, f"{UNFITTED}（全体の計算値は {told}）", NO_PARALLELS if alone else ""))


def _scaled(row: KpiRow, on: _Pivot) -> KpiRow:
    """
    Return the official rides × model ÷ model at the baseline: the model tells the ratio only.

    Without the assumed lines the model is of a part of the rides, so its change is added; rides on those lines stay as
    many per resident.
    """
    anchor = on.anchor
    target = anchor.targets.find(RIDES_ID, "baseline")
    if target is None:
        return row.noted(join_notes(row.note, NO_OFFICIAL))
    told = [
        (known.get((RIDES_ID, row.setting)), known.get((row.kpi_id, row.setting))) for known in (on.before, on.after)
    ]
    (rate_was, was), (rate_now, now) = told
    if rate_was is None or rate_now is None or was is None or now is None or not rate_was:
        return row.noted(join_notes(row.note, NO_BASELINE))
    status = weakest([row.status, target.status])
    if row.setting == WITHOUT_ASSUMED:
        rate = target.value if rate_now == rate_was else target.value + rate_now - rate_was
        value = {RIDES_ID: rate, RIDES_TOTAL_ID: rate * anchor.persons}.get(row.kpi_id, now)
        return replace(row, value=value, status=status, note=join_notes(row.note, NO_PARALLELS if now != was else ""))
    level = target.value / rate_was
    far = abs(rate_was - target.value) > on.limit * target.value
    notes = [row.note, REFERENCE_ONLY if far else ""]
    linked_was, linked_now = (known.get((LINKED_ID, row.setting)) for known in (on.before, on.after))
    of_people = anchor.base_persons * (linked_now or 0.0) <= anchor.persons * (linked_was or 0.0)
    if linked_was and linked_now is not None and rate_now > rate_was and of_people:
        notes.append(ONLY_CHANGES)
    value = target.value if row.kpi_id == RIDES_ID and now == was else now * level
    return replace(row, value=value, status=status, note=join_notes(*notes))


def _added(row: KpiRow, anchor: Anchor) -> KpiRow:
    """Return the official figure plus the points of the row, less those of the baseline."""
    target = anchor.targets.find(row.kpi_id, "baseline")
    if target is None or row.model_value is None:
        return row.noted(join_notes(row.note, NO_OFFICIAL))
    base = next(
        (r for r in anchor.baseline if (r.kpi_id, r.setting, r.group) == (row.kpi_id, row.setting, "all")), None
    )
    points = row.model_value - ((base.model_value or 0.0) if base is not None else 0.0)
    value = target.value + points
    notes = [row.note, f"公表値 {target.value:.1%}（{target.date}）"]
    notes += [OUT_OF_RANGE] if not 0 <= value <= 1 else []
    return replace(row, value=value, status=weakest([row.status, target.status]), note=join_notes(*notes))


def _pivoted(kpi_id: str, family: Family, anchor: Anchor, official: float, change: float) -> float:
    if kpi_id == family.rate_id:
        return official * (anchor.base_persons / anchor.persons) + change * family.scale / anchor.persons
    return official_absolute(family, anchor, official) + change


def drift_note(model: float, anchor: Anchor, official: float) -> str:
    """
    Return a flag where the pivoted share moves although nothing but the number of residents did.

    A definition that counts fewer people than the official figure also loses fewer when the city shrinks. Dividing the
    official persons less that loss by the smaller city makes the share drift by (official − model at the baseline) ×
    (base persons ÷ persons − 1), which is no achievement.
    """
    drift = (official - model / anchor.base_persons) * (anchor.base_persons / anchor.persons - 1)
    if abs(drift) < SHOWN_DRIFT:
        return ""
    return f"うち {100 * drift:+.2f} ポイントは公表値と試算の水準差による見かけの変化"


def official_absolute(family: Family, anchor: Anchor, official: float) -> float:
    """Return the absolute number behind the official rate: rate × residents of the baseline, so that the two agree."""
    return official * anchor.base_persons / family.scale


def off_by_too_much(model: float, family: Family, anchor: Anchor, official: float, limit: float) -> bool:
    """Return whether the model misses the official figure by more than a share of it, at the baseline."""
    expected = official_absolute(family, anchor, official)
    return abs(model - expected) > limit * expected


def join_notes(*notes: str) -> str:
    """Return notes joined by "; ", each once, empty ones left out."""
    parts = [part for note in notes for part in note.split("; ") if part]
    return "; ".join(dict.fromkeys(parts))


def out_of_range(rows: Iterable[KpiRow]) -> tuple[KpiRow, ...]:
    """Return the rows whose pivoted share left 0–1, for a page or a command line to warn about."""
    return tuple(r for r in rows if OUT_OF_RANGE in r.note)
