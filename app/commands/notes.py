"""Owns the sentences that must stand beside numbers, the same for one run, a batch and a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.run_view import RunView, titles_without_value
from app.commands.words import bullet
from app.text.notes import APPARENT, REFERENCE, translate_notes
from geodata.provenance import Status
from geodata.streets import DetourPlane
from sim.kpi import KPIS, Judgement
from sim.pivot import REFERENCE_ONLY, UNFITTED
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.commands.session import Session
    from geodata.city import City
    from scenarios.store import StoredRun

TOLD = {
    "駅: ": "note.station",
    "対象: ": "note.services",
    "加算ポイント": "note.points",
    "診療時間は": "",
    "免許返納": "",
    "最も低い地区: ": "",
}
"""Beginning of a note on a number that the terminal must not keep to itself → how it is worded; "" = as it stands."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed about a city; `walk_detour` None = unknown factor, 0 = a street network is there."""

    walk_detour: float | None
    has_slope: bool
    assumed_lines: bool


def assumptions_of(city: City) -> Assumptions:
    """Return what is assumed about a city."""
    detour = city.streets.walk_detour if isinstance(city.streets, DetourPlane) else 0.0
    assumed = bool((city.timetable.routes.status == str(Status.ASSUMED)).any())
    return Assumptions(detour, city.streets.has_slope, assumed)


def assumptions_behind(run: StoredRun) -> Assumptions:
    """Return what is assumed about the city of a stored run, from its manifest and map."""
    city = run.manifest["city"]
    detour = city.get("walk_detour") if city["streets"] == "detour" else 0.0
    features = run.layers.get("lines", {}).get("features", ())
    assumed = any(f["properties"].get("assumed") for f in features)
    return Assumptions(detour, city["has_slope"], assumed)


def print_notes(session: Session, notes: Iterable[str]) -> None:
    """Print notes as a list."""
    for note in notes:
        session.print(f"{bullet(session.lang)}{note}")


def notes_on(
    session: Session,
    runs: Sequence[RunView],
    judgements: Iterable[Judgement | None],
    assumptions: Assumptions,
    verdicts: Sequence[str] = (),
) -> list[str]:
    """Return the sentences without which the numbers would mislead."""
    return [*notes_on_numbers(session, runs, judgements, verdicts), *notes_on_city(session, assumptions)]


def notes_on_numbers(
    session: Session, runs: Sequence[RunView], judgements: Iterable[Judgement | None], verdicts: Sequence[str]
) -> list[str]:
    """Return what must be said about these results: missing data, definitions, withheld verdicts, plan status."""
    notes = []
    missing = dict.fromkeys(t for run in runs for t in titles_without_value(run, session.lang))
    if missing:
        notes.append(session.say("result.no_data", names=join_names(missing, session.lang)))
    notes.extend(verdicts)
    judged = set(judgements)
    if Judgement.WITHHELD in judged:
        notes.append(session.say("note.denominator"))
    if Judgement.UNPROVEN in judged:
        notes.append(session.say("note.unproven"))
    notes.extend(_reference_notes(session, runs))
    notes.extend(_apparent_notes(session, runs))
    notes.extend(_told(session, runs))
    groups = {
        r.kpi_id for run in runs for r in run.rows.values() if r.setting == DEFAULT_SETTING and UNFITTED in r.note
    }
    if groups:
        names = [spec.title.get(session.lang) for kpi_id, spec in KPIS.items() if kpi_id in groups]
        notes.append(session.say("note.groups", names=join_names(names, session.lang)))
    if any(run.plan_status == "hypothetical" for run in runs):
        notes.append(session.say("note.hypothetical"))
    return notes


def _reference_notes(session: Session, runs: Sequence[RunView]) -> list[str]:
    """Return which numbers are 参考値 only, with the reason that stands beside each: its model, or assumed lines."""
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        for kpi_id, spec in KPIS.items():
            row = run.of_kpi(kpi_id)
            for part in () if row is None else row.note.split("; "):
                if part.startswith(REFERENCE):
                    key = "note.reference_only" if part == REFERENCE_ONLY else "note.reference_assumed"
                    found.setdefault(key, {})[spec.title.get(session.lang)] = None
    return [session.say(key, names=join_names(titles, session.lang)) for key, titles in found.items()]


def _apparent_notes(session: Session, runs: Sequence[RunView]) -> list[str]:
    """Return by how much a share moved although nothing but the number of residents did, run by run."""
    found = []
    for run in runs:
        for kpi_id, spec in KPIS.items():
            row = run.of_kpi(kpi_id)
            apparent = [] if row is None else [part for part in row.note.split("; ") if part.startswith(APPARENT)]
            told = translate_notes("; ".join(apparent), session.lang)
            found += [f"{run.title.get(session.lang)} {spec.title.get(session.lang)}: {said}" for said in told]
    return list(dict.fromkeys(found))


def _told(session: Session, runs: Sequence[RunView]) -> list[str]:
    """Return the notes on single numbers without which they would be misread, each once."""
    rows = [row for run in runs for kpi_id in KPIS if (row := run.of_kpi(kpi_id)) is not None and row.value is not None]
    parts = dict.fromkeys(part for row in rows for part in row.note.split("; "))
    found = []
    for beginning, key in TOLD.items():
        for part in (p for p in parts if p.startswith(beginning)):
            said = translate_notes(part, session.lang)[0]
            found.append(session.say(key, names=part.removeprefix(beginning)) if key else said)
    return found


def notes_on_city(session: Session, assumptions: Assumptions) -> list[str]:
    """Return what must be said about the city: the assumed street model, slopes, assumed lines."""
    notes = []
    if assumptions.walk_detour is None:
        notes.append(session.say("note.detour"))
    elif assumptions.walk_detour:
        notes.append(session.say("note.assumed_streets", factor=f"{assumptions.walk_detour:g}"))
    if not assumptions.has_slope:
        notes.append(session.say("note.no_slope"))
    if assumptions.assumed_lines:
        notes.append(session.say("note.assumed_lines"))
    notes.append(session.say("note.disclaimer"))
    return notes


def join_names(names: Iterable[str], lang: str) -> str:
    """Return names in one line."""
    return ("、" if lang == "ja" else ", ").join(names)
