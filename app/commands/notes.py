"""Owns the sentences that must stand beside numbers, the same for one run, a batch and a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.run_view import RunView, titles_without_value
from app.text.notes import translate_notes
from geodata.provenance import Status
from geodata.streets import DetourPlane
from sim.kpi import KPIS, Judgement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.commands.session import Session
    from geodata.city import City
    from scenarios.store import StoredRun

REFERENCE_ONLY = "参考値"
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
        session.print(f"・{note}" if session.lang == "ja" else f"- {note}")


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
    shown = (row for run in runs for kpi_id in KPIS if (row := run.of_kpi(kpi_id)) is not None)
    titles = dict.fromkeys(KPIS[r.kpi_id].title.get(session.lang) for r in shown if REFERENCE_ONLY in r.note)
    if titles:
        notes.append(session.say("note.reference_only", names=join_names(titles, session.lang)))
    notes.extend(_told(session, runs))
    if any(run.plan_status == "hypothetical" for run in runs):
        notes.append(session.say("note.hypothetical"))
    return notes


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
