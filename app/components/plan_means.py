"""Owns what a plan takes, beside what it reaches: drivers, kilometres, money, emissions, as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.numbers import format_change, format_value, title_with_unit
from app.text.notes import translate_notes
from geodata.errors import Text
from scenarios.splitting import parts_between
from sim.kpi import KPIS

if TYPE_CHECKING:
    from scenarios.store import StoredRun

MEANS = (
    "drivers_needed",
    "vehicle_km_year",
    "operating_cost_yen",
    "subsidy_yen",
    "cost_recovery_share",
    "co2_t",
    "car_vehicle_km",
)
"""KPIs that say what a plan takes, beside what it reaches."""


PEOPLE, MEASURES = Text("人口構成", "people"), Text("施策", "measures")
"""No plan's means has 見かけの変化: none of them is pivoted on residents."""


def means_ids(run: StoredRun) -> list[str]:
    """Return the KPIs that say what a plan takes, of those that a run has."""
    return [kpi_id for kpi_id in MEANS if kpi_id in KPIS and run.result.find(kpi_id) is not None]


def means_of(run: StoredRun, other: StoredRun | None, lang: str) -> list[tuple[str, str, str, str, str]]:
    """
    Return title, value, interval, change and the reason of a missing value of each KPI that a plan takes.

    A change that fewer people alone make a part of is told in both parts: emissions fall where a city shrinks.
    """
    found = []
    for kpi_id in means_ids(run):
        row, before = run.result.find(kpi_id), None if other is None else other.result.find(kpi_id)
        if row is None:
            continue
        unit, decimals = KPIS[kpi_id].unit, KPIS[kpi_id].decimals
        value, low, high = (format_value(v, unit, decimals, lang, bare=True) for v in (row.value, row.low, row.high))
        interval = "" if row.low is None or row.high is None else f"{low.removesuffix('%')}–{high}"
        change = None if row.value is None or before is None or before.value is None else row.value - before.value
        told = "" if change is None else format_change(change, unit, decimals, lang, bare=True)
        if told and other is not None:
            told += "".join(f"\n{part}" for part in _parts(run, other, kpi_id, lang))
        why = "; ".join(translate_notes(row.note, lang)) if row.value is None else ""
        found.append((title_with_unit(KPIS[kpi_id], lang), value, interval, told, why))
    return found


def _parts(run: StoredRun, other: StoredRun, kpi_id: str, lang: str) -> list[str]:
    """Return what people and measures make of a change, a line each; nothing where people make nothing of it."""
    parts, unit, decimals = parts_between(other, run, kpi_id), KPIS[kpi_id].unit, KPIS[kpi_id].decimals
    if parts is None:
        return []
    people, measures = (
        format_change(part, unit, decimals, lang, bare=True) for part in (parts.demographic, parts.policy)
    )
    none = format_change(0.0, unit, decimals, lang, bare=True)
    return [] if people == none else [f"{PEOPLE.get(lang)} {people}", f"{MEASURES.get(lang)} {measures}"]
