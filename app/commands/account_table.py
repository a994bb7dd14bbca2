"""Owns what ``ekisei run --explain`` prints: what was reused and why, what was computed, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text as Styled

from app.commands.layout import Column, fitted_table
from scenarios.accounting import SHOWN_KEY
from sim.journal import KIND_TEXT, NEW, PLACES
from sim.kpi import CELL_COLUMNS, KPIS
from sim.params import PARAMETERS
from sim.step_context import BASE
from sim.watching import ANALYSIS, CELLS, FACILITIES, PARAM, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.commands.session import Session
    from scenarios.accounting import Account, Stage
    from sim.journal import StepNote

STEP_WIDTH, OUTCOME_WIDTH, SECONDS_WIDTH = 40, 14, 6
"""Cells of a column at most; the grounds take what is left."""

STAGES = {"reference": "account.reference", "demographic": "account.demographic", "scenario": "account.scenario"}
ORIGINS = {
    "stored": ("account.stored", "account.why_stored"),
    "computed": ("account.computed", "account.why_computed"),
    "same": ("account.same", "account.why_same"),
}
BECAUSE = {NEW: "account.new", PLACES: "account.places"}
SETTINGS = {PARAM.rstrip(":"), ANALYSIS.rstrip(":"), BASE.rstrip(":")}
"""What is not named among what stayed the same: every number reads some of it."""
WALKERS = {"standard": "account.standard", "older": "account.older"}
DIRECTIONS = {"arrive_by": "account.arrive_by", "depart": "account.depart"}

Line = tuple[str, str, str, float]
"""Step, outcome, grounds, seconds."""


def print_account(session: Session, account: Account | None) -> None:
    """Print the account of a run; None = an equal run was there already."""
    if account is None:
        session.print(session.say("account.skipped"))
        return
    keys = ("step", "outcome", "why", "seconds")
    columns = [
        Column(session.say(f"account.{key}"), right=key == "seconds", most=most)
        for key, most in zip(keys, (STEP_WIDTH, OUTCOME_WIDTH, None, SECONDS_WIDTH), strict=True)
    ]
    lines = [line for stage in account.stages for line in stage_lines(session, stage)]
    rows = [(Styled(step), Styled(outcome), Styled(why), Styled(f"{s:.2f}")) for step, outcome, why, s in lines]
    session.out.print(
        fitted_table(session.say("account.title"), columns, rows, session.out.width, elastic=2), markup=False
    )
    session.print(layers_line(session, account))
    whole = sum(stage.seconds for stage in account.stages)
    session.print(session.say("account.total", seconds=f"{whole:.1f}"))


def reuse_lines(session: Session, account: Account | None) -> list[str]:
    """Return one line for each of the results behind a run: what was reused, what was computed, how long it took."""
    if account is None:
        return [session.say("account.skipped")]
    found = []
    for stage in account.stages:
        reused, computed = (sum(getattr(note, name) for note in stage.steps) for name in ("n_found", "n_computed"))
        name, origin = session.say(STAGES[stage.name]), session.say(ORIGINS[stage.origin][0])
        told = {"reused": reused, "computed": computed, "seconds": f"{stage.seconds:.2f}"}
        found.append(session.say("verbose.reused", stage=name, origin=origin, **told))
    return found


def layers_line(session: Session, account: Account) -> str:
    """Return which layers of the city the scenario changes, and which it leaves."""
    changed = [session.name_of("layer", name) for name, differs in account.layers if differs]
    same = [session.name_of("layer", name) for name, differs in account.layers if not differs]
    if not changed:
        return session.say("account.unchanged")
    return session.say("account.changed", changed=listed(session, changed), same=listed(session, same))


def stage_lines(session: Session, stage: Stage) -> Iterator[Line]:
    """Yield the line of one of the results behind a run, then its steps."""
    outcome, why = ORIGINS[stage.origin]
    grounds_of_stage = session.say(why, digest=stage.key[:SHOWN_KEY])
    yield session.say(STAGES[stage.name]), session.say(outcome), grounds_of_stage, stage.seconds
    for kind in KIND_TEXT:
        notes = [note for note in stage.steps if note.kind == kind]
        if kind == "column":
            yield from column_lines(session, notes)
            continue
        for note in notes:
            yield f"  {name_of(session, note)}", outcome_of(session, note), grounds(session, note), note.seconds


def column_lines(session: Session, notes: list[StepNote]) -> Iterator[Line]:
    """Yield the lines of the columns of the cells, those with the same outcome and grounds together."""
    together: dict[tuple[str, str], list[StepNote]] = {}
    for note in notes:
        outcome = outcome_of(session, note)
        shared = "" if note.n_computed == 0 else grounds(session, note)
        together.setdefault((outcome, shared), []).append(note)
    for (outcome, shared), group in together.items():
        reads = (read for note in group for read in note.reads)
        name = name_of(session, group[0]) if len(group) == 1 else session.say("account.columns", n=len(group))
        yield f"  {name}", outcome, shared or equal_words(session, reads), sum(note.seconds for note in group)


def outcome_of(session: Session, note: StepNote) -> str:
    """Return whether a step was reused, computed, or both."""
    if note.n_found and note.n_computed:
        return session.say("account.part", found=note.n_found, computed=note.n_computed)
    return session.say("account.computed" if note.n_computed else "account.found")


def grounds(session: Session, note: StepNote) -> str:
    """Return why a step was computed, or what being the same let it be reused."""
    if not note.n_computed:
        return equal_words(session, note.reads) if note.reads else session.say("account.everything")
    if NEW in note.because:
        return session.say(BECAUSE[NEW])
    plain = [session.say(key) for word, key in BECAUSE.items() if word in note.because]
    readings = [name for name in note.because if name not in BECAUSE]
    if readings:
        plain.append(session.say("account.differs", names=reading_words(session, readings)))
    return listed(session, plain)


def name_of(session: Session, note: StepNote) -> str:
    """Return what a step is, in words."""
    if note.kind == "kpi":
        return session.say("account.kpi", name=KPIS[note.name].title.get(session.lang))
    if note.kind == "column":
        return session.say("account.column", name=CELL_COLUMNS[note.name].label.get(session.lang))
    if note.kind in {"travel", "prepare"}:
        what, walker, direction, window = note.name.split(":", 3)
        asked = session.say(DIRECTIONS[direction], window=window.replace("-", "–"))
        key = "account.travel_last" if what == "last" else "account.travel"
        key = "account.prepare" if note.kind == "prepare" else key
        return session.say(key, walker=session.say(WALKERS[walker]), window=asked)
    return KIND_TEXT[note.kind].get(session.lang)


def equal_words(session: Session, reads: Iterable[str]) -> str:
    """Return that the layers which readings look at are the same."""
    layers = (CELLS if name == CELLS else name.split(":")[-1 if name.startswith(SOURCES) else 0] for name in reads)
    names = dict.fromkeys(layer.split(".")[0] for layer in layers if layer not in SETTINGS)
    if "population" in names:
        names.pop(CELLS, None)
    return session.say("account.equal", names=reading_words(session, names))


def reading_words(session: Session, names: Iterable[str]) -> str:
    """Return readings in words, each once."""
    return listed(session, list(dict.fromkeys(reading_word(session, name) for name in names)))


def reading_word(session: Session, name: str) -> str:
    """Return what a reading looks at: a layer, some kinds of facilities, the status of sources."""
    if name.startswith(FACILITIES):
        kinds = [session.name_of("kind", kind) for kind in name.removeprefix(FACILITIES).split(",")]
        return session.say("account.kinds", names=listed(session, kinds))
    if name.startswith(SOURCES):
        layer = name.removeprefix(SOURCES).split(".")[0]
        return session.say("account.sources", name=session.name_of("layer", layer))
    if name.startswith(PARAM):
        return PARAMETERS[name.removeprefix(PARAM)].label.get(session.lang)
    word = session.name_of("read", name.split(":", maxsplit=1)[0] if name.startswith((ANALYSIS, BASE)) else name)
    return session.name_of("layer", name) if word == name else word


def listed(session: Session, words: list[str]) -> str:
    """Return words divided as the language does."""
    return ("、" if session.lang == "ja" else ", ").join(words)
