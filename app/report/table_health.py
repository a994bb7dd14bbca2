"""Owns まちづくりの健康診断: indicators of the handbook and of the 都市構造評価ツール, computed where the model can."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.report.table_districts import applied_of
from app.report.table_health_list import INDICATORS, Indicator
from app.report.table_walk_cover import SERVICES, Covered, missing_of, walk_covers
from app.text import say
from app.text.notes import translate_notes
from geodata.provenance import Status, weakest
from sim.params import Params
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.report.order import Order
    from app.runs import Run

DAYS = 365.0
TRANSIT = frozenset({"rail", "bus", "transit"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run says of an indicator: value (NaN = none), how sure, and why not or what to mind."""

    value: float
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A run with what its KPIs do not tell apart: who is covered by what, the radii, and words for reasons."""

    run: Run
    covers: dict[str, Covered]
    station_m: float
    stop_m: float
    frequent: float
    lang: str

    @property
    def persons(self) -> float:
        """Residents."""
        return float(self.run.cells["persons"].sum())


def examine(order: Order, run: Run) -> Examined:
    """Return a run with its circles counted, once."""
    applied = applied_of(order, run)
    params = Params() if applied is None else applied.params
    station_m, stop_m = params.coverage_station_m, params.coverage_stop_m

    def count() -> dict[str, Covered]:
        return {} if applied is None else walk_covers(applied.city, station_m, stop_m)

    covers = order.services.kept(("report-walk", run.key), count)
    return Examined(run, covers, station_m, stop_m, float(params.frequent_departures), order.lang)


def readings(found: Examined) -> dict[str, Reading]:
    """Return indicator → what a run says of it, for every indicator of the list."""
    return {one.key: _read(one, found) for one in INDICATORS}


def _read(one: Indicator, found: Examined) -> Reading:
    kind, _, name = one.source.partition(":")
    if kind == "none":
        return Reading(math.nan, Status.NO_DATA, say(found.lang, f"health_why_{name}"))
    return _READERS[kind](found, name)


def _kpi(found: Examined, name: str) -> Reading:
    row = found.run.rows.get((name, DEFAULT_SETTING, "all"))
    if row is None or row.value is None:
        note = "" if row is None else row.note
        return Reading(math.nan, Status.NO_DATA, _words(note, found.lang) or say(found.lang, "health_why_not_computed"))
    return Reading(row.value, row.status, _words(row.note, found.lang))


def _per_person(found: Examined, name: str) -> Reading:
    """Return a KPI of a year per resident: kilometres a day, tonnes a year."""
    whole = _kpi(found, name)
    days = DAYS if name.endswith("_km") else 1.0
    return Reading(whole.value / found.persons / days if found.persons > 0 else math.nan, whole.status, whole.note)


def _money(found: Examined, name: str) -> Reading:
    table = found.run.stored.tables.get("operations_money")
    hit = None if table is None else table[table["item"] == name]
    if hit is None or hit.empty:
        return Reading(math.nan, Status.NO_DATA, say(found.lang, "health_why_not_computed"))
    one = hit.iloc[0]
    note = one["note"] if isinstance(one["note"], str) else ""
    return Reading(float(one["value"]), Status(str(one["status"])), _words(note, found.lang))


def _cover(found: Examined, name: str) -> Reading:
    """Return who is covered by one kind of place (share), or how densely they live (``density:…``)."""
    what, _, measure = name.partition("/")
    cover = found.covers.get(what)
    if cover is None:
        missing = [what] if what != "daily" else missing_of(found.covers)
        names = ("、" if found.lang == "ja" else ", ").join(say(found.lang, f"health_place_{one}") for one in missing)
        return Reading(math.nan, Status.NO_DATA, say(found.lang, "health_why_places", names=names))
    value = {"share": cover.share, "persons": cover.persons, "per_ha": cover.per_ha}[measure or "share"]
    statuses = found.run.stored.manifest["statuses"]
    of_transit = what in TRANSIT
    of_lines = what in TRANSIT - {"rail"} and statuses.get("timetable.skeleton") == Status.ASSUMED.value
    layers = ("population", "timetable" if of_transit else "facilities")
    known = (Status(statuses.get(layer, Status.ASSUMED.value)) for layer in layers)
    kinds = {kind for name, own in SERVICES.items() for kind in own if what in {name, "daily"}}
    closed = {closure["kind"] for closure in found.run.stored.manifest["closures"]}
    assumed = of_lines or bool(kinds & closed)  # nobody says which place it is that closes
    status = Status.ASSUMED if assumed else weakest((*known, Status.MODELLED))
    note = "health_note_assumed_lines" if of_lines else "" if of_transit else "health_note_places"
    return Reading(value, status, say(found.lang, note) if note else "")


def _zone(found: Examined, name: str) -> Reading:
    """Return a column of the table of zones, inside one kind of zone."""
    kind, _, column = name.partition("/")
    table = found.run.stored.tables.get("zones")
    hit = None if table is None else table[(table["zone_kind"] == kind) & (table["side"] == "inside")]
    if hit is None or hit.empty:
        return Reading(math.nan, Status.NO_DATA, say(found.lang, "health_why_zones"))
    one = hit.iloc[0]  # the whole kind stands before its parts
    return Reading(float(one[column]), Status(str(one["status"])))


def _modes(found: Examined, name: str) -> Reading:
    """Return the share of a mode of all trips of residents."""
    table = found.run.stored.tables.get("ride_modes")
    total = 0.0 if table is None else float(table["trips"].sum())
    if table is None or total <= 0:
        return Reading(math.nan, Status.NO_DATA, say(found.lang, "health_why_not_computed"))
    share = float(table.loc[table["mode"] == name, "trips"].sum()) / total
    return Reading(share, Status.ASSUMED, say(found.lang, "health_note_modes"))


_READERS: dict[str, Callable[[Examined, str], Reading]] = {
    "kpi": _kpi,
    "per_person": _per_person,
    "money": _money,
    "cover": _cover,
    "zone": _zone,
    "modes": _modes,
}


def _words(note: str, lang: str) -> str:
    return ("。" if lang == "ja" else "; ").join(translate_notes(note, lang))
