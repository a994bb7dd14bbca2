"""Owns what is printed after runs: their tables, and beside them the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.kpi_table import names_of, one_run_table, side_by_side, title_of
from app.commands.notes import assumptions_of, notes_on, print_notes
from app.commands.run_view import KpiLine, RunView, build_lines, find_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.commands.references import References
    from app.commands.session import Session


def report_run(session: Session, run: RunView, references: References) -> None:
    """Print one run in full: its table, what has no data, the notes."""
    city, lang = references.city, session.lang
    reference = references.find(run)
    lines = build_lines(run, reference, city.targets, lang, references.as_it_is() if reference else None)
    compared = reference is not None
    session.out.print(one_run_table(lines, title_of(run, lang), lang, compared=compared, width=session.out.width))
    if reference is not None:
        session.print(session.say("result.versus", title=title_of(reference, lang)))
        moved = sum(line.changed for line in lines)
        session.print(session.say("result.changed", n=moved, total=len(lines)))
    print_remarks(session, [(run, reference)], references, lines)


def report_batch(session: Session, runs: Sequence[RunView], references: References) -> None:
    """Print runs beside what they are compared with, one table for each such reference."""
    city, lang, width = references.city, session.lang, session.out.width
    pairs = [(run, references.find(run)) for run in runs]
    lines: list[KpiLine] = []
    by_reference: dict[str, list[RunView]] = {}
    for run, reference in pairs:
        if reference is None:
            alone = build_lines(run, None, city.targets, lang)
            session.out.print(one_run_table(alone, title_of(run, lang), lang, compared=False, width=width))
            continue
        lines += build_lines(run, reference, city.targets, lang, references.as_it_is())
        by_reference.setdefault(reference.run_id, []).append(run)
    held = {reference.run_id: reference for _, reference in pairs if reference}
    for reference in sorted(held.values(), key=lambda view: view.year):  # 現況 before なりゆき
        for table in side_by_side(
            reference, by_reference[reference.run_id], city.targets, lang, width, references.as_it_is()
        ):
            session.out.print(table)
    print_remarks(session, pairs, references, lines)


def print_remarks(
    session: Session,
    pairs: Sequence[tuple[RunView, RunView | None]],
    references: References,
    lines: Iterable[KpiLine],
) -> None:
    """Print the notes on these runs and on their city."""
    runs = [run for run, _ in pairs]
    judgements = [line.judgement for line in lines]
    verdicts = definition_notes(session, pairs, references)
    print_notes(session, notes_on(session, runs, judgements, assumptions_of(references.city), verdicts))


def definition_notes(
    session: Session, pairs: Sequence[tuple[RunView, RunView | None]], references: References
) -> list[str]:
    """Return where the definitions of the catchment disagree, run by run."""
    baseline = references.as_it_is() if any(reference for _, reference in pairs) else None
    names = names_of((run for run, _ in pairs), session.lang)
    found = [find_verdict(run, reference, baseline).get(session.lang) for run, reference in pairs]
    return [f"{name}: {verdict}" for name, verdict in zip(names, found, strict=True) if verdict]
