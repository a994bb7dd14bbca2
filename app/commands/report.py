"""Owns what is printed after runs: tables, what has no data, and the sentences that must stand beside the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.kpi_table import one_run_table, side_by_side, title_of
from app.commands.run_view import KpiLine, RunView, build_lines, find_verdict, titles_without_value
from geodata.provenance import Status
from geodata.streets import DetourPlane
from sim.kpi import KPIS, Judgement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.commands.references import References
    from app.commands.session import Session
    from geodata.city import City

REFERENCE_ONLY = "参考値"


def report_run(session: Session, run: RunView, references: References) -> None:
    """Print one run in full: its table, what has no data, the notes."""
    city, lang = references.city, session.lang
    reference = references.find(run)
    lines = build_lines(run, reference, city.targets, lang)
    session.out.print(one_run_table(lines, title_of(run, lang), lang, compared=reference is not None))
    if reference is not None:
        session.print(session.say("result.versus", title=title_of(reference, lang)))
        moved = sum(line.changed for line in lines)
        session.print(session.say("result.changed", n=moved, total=len(lines)))
    print_notes(session, city, [(run, reference)], references, lines)


def report_batch(session: Session, runs: Sequence[RunView], references: References) -> None:
    """Print runs beside what they are compared with, one table for each such reference."""
    city, lang = references.city, session.lang
    pairs = [(run, references.find(run)) for run in runs]
    lines: list[KpiLine] = []
    by_reference: dict[str, list[RunView]] = {}
    for run, reference in pairs:
        if reference is None:
            alone = build_lines(run, None, city.targets, lang)
            session.out.print(one_run_table(alone, title_of(run, lang), lang, compared=False))
            continue
        lines += build_lines(run, reference, city.targets, lang)
        by_reference.setdefault(reference.run_id, []).append(run)
    held = {reference.run_id: reference for _, reference in pairs if reference}
    for reference in sorted(held.values(), key=lambda view: view.year):  # 現況 before なりゆき
        for table in side_by_side(reference, by_reference[reference.run_id], city.targets, lang):
            session.out.print(table)
    print_notes(session, city, pairs, references, lines)


def print_notes(
    session: Session,
    city: City,
    pairs: Sequence[tuple[RunView, RunView | None]],
    references: References,
    lines: Iterable[KpiLine],
) -> None:
    """Print the sentences without which the numbers would mislead."""
    for note in (*notes_on_numbers(session, pairs, references, lines), *notes_on_city(session, city)):
        session.print(f"・{note}" if session.lang == "ja" else f"- {note}")


def notes_on_numbers(
    session: Session,
    pairs: Sequence[tuple[RunView, RunView | None]],
    references: References,
    lines: Iterable[KpiLine],
) -> list[str]:
    """Return what must be said about these results: missing data, definitions, withheld verdicts, plan status."""
    notes = []
    missing = dict.fromkeys(t for run, _ in pairs for t in titles_without_value(run, session.lang))
    if missing:
        notes.append(session.say("result.no_data", names=join_names(missing, session.lang)))
    later = sum(not spec.computed for spec in KPIS.values())
    notes.append(session.say("result.later", n=later))
    baseline = references.as_it_is() if any(reference for _, reference in pairs) else None
    for run, reference in pairs:
        verdict = find_verdict(run, reference, baseline).get(session.lang)
        if verdict:
            notes.append(f"{run.title.get(session.lang)}: {verdict}")
    if any(line.judgement is Judgement.WITHHELD for line in lines):
        notes.append(session.say("note.denominator"))
    shown = (row for run, _ in pairs for kpi_id in KPIS if (row := run.of_kpi(kpi_id)) is not None)
    titles = dict.fromkeys(KPIS[r.kpi_id].title.get(session.lang) for r in shown if REFERENCE_ONLY in r.note)
    if titles:
        notes.append(session.say("note.reference_only", names=join_names(titles, session.lang)))
    if any(run.plan_status == "hypothetical" for run, _ in pairs):
        notes.append(session.say("note.hypothetical"))
    return notes


def notes_on_city(session: Session, city: City) -> list[str]:
    """Return what must be said about the city: the assumed street model, slopes, assumed lines."""
    notes = []
    if isinstance(city.streets, DetourPlane):
        notes.append(session.say("note.assumed_streets", factor=f"{city.streets.walk_detour:g}"))
    if not city.streets.has_slope:
        notes.append(session.say("note.no_slope"))
    if (city.timetable.routes.status == str(Status.ASSUMED)).any():
        notes.append(session.say("note.assumed_lines"))
    notes.append(session.say("note.disclaimer"))
    return notes


def join_names(names: Iterable[str], lang: str) -> str:
    """Return names in one line."""
    return ("、" if lang == "ja" else ", ").join(names)
