"""Owns what a KPI card says: values of two runs, their signed difference, judgement, official figures and split."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.services import Run
from app.text import say
from geodata.errors import Text
from geodata.targets import Targets
from geodata.units import SECONDS_PER_MIN
from sim.kpi import KPIS, UNIT_TEXT, Judgement, KpiSpec, definition_verdict, judge_change
from sim.kpi.words import format_clock
from sim.results import DEFAULT_SETTING, ChangeSplit, KpiRow
from sim.uncertainty.paired import told_apart

if TYPE_CHECKING:
    from scenarios.reactions import Reaction
    from scenarios.targets import Forecast
    from sim.uncertainty.paired import PairedEnds

LEADING = (
    "catchment_population_share",
    "bus_rides_per_citizen",
    "clinics_per_100k",
    "mynumber_service_share",
    "clinic_within_30min_share",
    "clinic_nearest_min",
    "transit_coverage_share",
    "transit_gap_population",
    "frequent_stop_share",
    "clinic_e2sfca",
    "clinic_round_trip_share",
    "city_office_within_30min_share",
    "mobile_office_coverage_share",
    "mobile_office_visits_per_month",
    "on_demand_wait_p90_min",
    "on_demand_rejection_share",
    "on_demand_rides_per_vehicle_hour",
    "shelter_walk_min",
    "school_arrival_share",
    "works_arrival_share",
    "last_bus_time",
    "station_front_30min_population",
    "bus_rides_total",
    "linked_trips_total",
    "transfers_per_trip",
    "car_vehicle_km",
    "access_gini",
    "worst_district_clinic_share",
    "drivers_needed",
    "vehicle_km_year",
    "operating_cost_yen",
    "subsidy_yen",
    "cost_recovery_share",
    "co2_t",
)
PER_CENT = 100.0


@dataclass(frozen=True, slots=True)
class Official:
    """One official figure beside a KPI: `kind` baseline or target, with its fiscal year."""

    kind: str
    year: int
    value: float


@dataclass(frozen=True, slots=True)
class Card:
    """
    One KPI of two runs, ready to be worded; a missing row is None.

    `reaction`: whether what differs between the two scenarios can move it. `reached`: what is said of the right run and
    the target. `sureness`: how sure the change is, where both runs were drawn. `other_ends`: ends of the right value
    under other data and definitions. `names`: places that notes tell of, Japanese → English.
    """

    spec: KpiSpec
    left: KpiRow | None
    right: KpiRow | None
    judgement: Judgement
    official: tuple[Official, ...] = ()
    split: ChangeSplit | None = None
    companion: tuple[KpiSpec, KpiRow | None, KpiRow | None] | None = None
    verdict: Text = Text("", "")
    reaction: Reaction | None = None
    reached: Forecast | None = None
    sureness: PairedEnds | None = None
    other_ends: tuple[float, float] | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Interval of the right value under the same assumptions; None where the run has none."""
        row = self.right
        if row is None or row.low is None or row.high is None:
            return None
        return row.low, row.high

    @property
    def change(self) -> float | None:
        """Right minus left, None where one of them has no value."""
        return difference(self.left, self.right)


def build_cards(  # noqa: PLR0913 - a pair of runs and all that is told beside it
    left: Run,
    right: Run,
    baseline: Run | None,
    targets: Targets,
    group: str,
    *,
    reactions: Mapping[str, Reaction] = MappingProxyType({}),
    reached: Mapping[str, Forecast] = MappingProxyType({}),
    sure: Mapping[tuple[str, str, str], PairedEnds] = MappingProxyType({}),
    names: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Card, ...]:
    """Return the cards of a pair of runs for one age group, in reading order."""
    rows_right = right.rows
    wanted = [k for k in LEADING if (k, DEFAULT_SETTING, group) in rows_right]
    verdict = verdict_of(left, right, baseline)
    cards = [_card(KPIS[k], left, right, sure, targets, group, verdict) for k in wanted]
    told = [
        replace(
            c,
            reaction=reactions.get(c.spec.kpi_id),
            reached=reached.get(c.spec.kpi_id) if c.official else None,
            sureness=sure.get((c.spec.kpi_id, DEFAULT_SETTING, group)),
            names=names,
        )
        for c in cards
    ]
    return tuple(sorted(told, key=_tier))


def _tier(card: Card) -> int:
    """Return where a card stands: official figures first, then what changed, then the rest, then what has no value."""
    if card.official:
        return 0
    change = card.change
    return 3 if change is None else 2 if is_zero(card.spec, change) else 1


RowIndex = Mapping[tuple[str, str, str], KpiRow]


def _card(  # noqa: PLR0917 - one row of the registry seen from both runs
    spec: KpiSpec,
    left: Run,
    right: Run,
    sure: Mapping[tuple[str, str, str], PairedEnds],
    targets: Targets,
    group: str,
    verdict: Text,
) -> Card:
    key = (spec.kpi_id, DEFAULT_SETTING, group)
    rows_left, rows_right = left.rows, right.rows
    a, b = rows_left.get(key), rows_right.get(key)
    split = split_between(left, right, spec.kpi_id, group)
    companion = None
    if spec.companion:
        other = (spec.companion, DEFAULT_SETTING, group)
        companion = (KPIS[spec.companion], rows_left.get(other), rows_right.get(other))
    return Card(
        spec=spec,
        left=a,
        right=b,
        judgement=judgement_of(key, left, right, sure, definitions_agree=not verdict.ja),
        official=official_of(targets, spec.kpi_id) if group == "all" else (),
        split=split if left.year != right.year else None,
        companion=companion,
        other_ends=right.other_ends.get(key),
        verdict=verdict if spec.kpi_id == "catchment_population_share" and group == "all" else Text("", ""),
    )


def judgement_of(
    key: tuple[str, str, str],
    left: Run,
    right: Run,
    sure: Mapping[tuple[str, str, str], PairedEnds],
    *,
    definitions_agree: bool,
) -> Judgement:
    """Return what is said of the change of one row, by card and explanation alike."""
    return judge_change(
        key,
        left.rows,
        right.rows,
        lambda k: split_between(left, right, k[0], k[2]),
        lambda k: told_apart(sure[k].verdict) if k in sure else None,
        definitions_agree=definitions_agree,
    )


def number(value: float | None) -> float | None:
    """Return a number, or None for an empty cell."""
    return None if value is None or math.isnan(float(value)) else float(value)


def difference(left: KpiRow | None, right: KpiRow | None) -> float | None:
    """Return right minus left; None where a value is missing or cannot be reached on both sides."""
    if left is None or right is None or left.value is None or right.value is None:
        return None
    change = right.value - left.value
    return None if math.isnan(change) else change


def official_of(targets: Targets, kpi_id: str) -> tuple[Official, ...]:
    """Return the official baseline and target of a KPI."""
    found = [targets.find(kpi_id, kind) for kind in ("baseline", "target")]
    return tuple(Official(row.kind, row.year, row.value) for row in found if row is not None)


def split_between(left: Run, right: Run, kpi_id: str, group: str) -> ChangeSplit | None:
    """
    Return the split of the change between two runs.

    Both runs carry their split against the reference, so that the split of a pair is the difference of the two. The
    reference itself has none, which counts as no change.
    """
    parts = [find_split(run, kpi_id, group) for run in (left, right)]
    if all(part is None for part in parts):
        return None
    nothing = ChangeSplit(kpi_id, DEFAULT_SETTING, group, 0.0, 0.0, 0.0)
    a, b = (part or nothing for part in parts)
    return b.since(a)


def find_split(run: Run, kpi_id: str, group: str) -> ChangeSplit | None:
    """Return the stored split of one KPI against the run's reference, or None."""
    return run.splits.get((kpi_id, DEFAULT_SETTING, group))


def verdict_of(left: Run, right: Run, baseline: Run | None) -> Text:
    """Return what to say where the definitions of the catchment disagree; empty where they agree."""
    rows_left, rows_right = (tuple(run.rows.values()) for run in (left, right))
    base = None if baseline is None or baseline.run_id == left.run_id else tuple(baseline.rows.values())
    return definition_verdict(rows_left, rows_right, baseline_rows=base).message


# -------------------------------------------------------------------- words


def factor_of(unit: str) -> float:
    """Return what a stored value is multiplied with to be shown."""
    return PER_CENT if unit == "share" else 1.0


def change_factor_of(unit: str) -> float:
    """Return what a stored difference is multiplied with to be shown: times of day differ by minutes."""
    return 1 / SECONDS_PER_MIN if unit == "time" else factor_of(unit)


def show(spec: KpiSpec, value: float | None, *, signed: bool = False) -> str:
    """Return a value as it is printed, without its unit; a true minus sign, thousands separated."""
    if value is None:
        return "–"
    if spec.unit == "time" and not signed:
        return "–" if math.isinf(value) else format_clock(value)
    if math.isinf(value):
        return "∞"
    scaled = value * (change_factor_of if signed else factor_of)(spec.unit)
    text = f"{scaled:+,.{spec.decimals}f}" if signed else f"{scaled:,.{spec.decimals}f}"
    zero = f"{0.0:+,.{spec.decimals}f}"
    text = f"±{zero[1:]}" if signed and text.lstrip("+-") == zero[1:] else text
    return text.replace("-", "−")


def printed_sums(card: Card) -> list[tuple[str, ...]]:
    """Return what a card prints that should add up: left, change and right; the parts of a change and the whole."""
    spec, change = card.spec, card.change
    if change is None or card.left is None or card.right is None:
        return []
    moved = show(spec, change, signed=True)
    found: list[tuple[str, ...]] = [(show(spec, card.left.value), moved, show(spec, card.right.value))]
    if card.split is not None:
        parts = (card.split.demographic, card.split.policy, card.split.apparent)
        found.append((*(show(spec, part, signed=True) for part in parts), moved))
    return found


def is_zero(spec: KpiSpec, change: float) -> bool:
    """Tell whether a change prints as zero."""
    return math.isfinite(change) and round(change * change_factor_of(spec.unit), spec.decimals) == 0


def still_words(before: str, after: str, lang: str) -> str:
    """Return what is said of a change that prints as zero: values that print unlike are not called the same."""
    return f"＝ {say(lang, 'unchanged' if before == after else 'nearly_unchanged')}"


def unit_of(spec: KpiSpec, lang: str, *, signed: bool = False) -> str:
    """Return the unit of a value or of a difference."""
    if signed and spec.unit == "share":
        return "points" if lang == "en" else "ポイント"
    if spec.unit == "time":
        return UNIT_TEXT["min"].get(lang) if signed else ""
    return UNIT_TEXT[spec.unit].get(lang)
