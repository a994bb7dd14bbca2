"""Owns ``ekisei scenario drafts``, ``history`` and ``restore``: a planner's own scenarios without the page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.session import Session

if TYPE_CHECKING:
    from rich.table import Table

    from scenarios.drafts import DraftFolder

Folder = Annotated[Path | None, typer.Option("--folder", help="help.scenario.drafts.folder", metavar="DIR")]
DraftId = Annotated[str, typer.Argument(help="help.scenario.draft", metavar="ID")]


def register(family: typer.Typer) -> None:
    """Add the commands to the family of scenarios."""
    family.command("drafts", help="help.scenario.drafts")(drafts)
    family.command("history", help="help.scenario.history")(history)
    family.command("restore", help="help.scenario.restore")(restore)


def drafts(context: typer.Context, folder: Folder = None) -> None:
    """List the own scenarios: id, title, year, last revision, problems; and the deleted ones."""
    from rich.text import Text as Styled

    from app.commands.numbers import format_year
    from geodata.errors import render_problems

    session: Session = context.obj
    kept = _folder(folder)
    found = kept.infos()
    if found:
        keys = (
            "scenario.id",
            "scenario.title",
            "scenario.year",
            "draft.number",
            "draft.at",
            "draft.who",
            "draft.state",
        )
        table = _table(session, *keys)
        for info in found:
            last = info.revision
            number, at, who = ("", "", "") if last is None else (str(last.number), _minute(last.at), last.who)
            year = "" if info.year is None else format_year(info.year, session.lang)
            n = len(info.problems)
            state = session.say("draft.broken", n=n) if n else session.say("draft.fine")
            cells = (info.scenario_id, info.title.get(session.lang), year, number, at, who, state)
            table.add_row(*(Styled(cell) for cell in cells))
        session.out.print(table)
        session.print(session.say("draft.folder", folder=kept.root))
        for info in found:
            if info.problems:
                session.note(render_problems(info.problems, session.lang))
    else:
        session.print(session.say("draft.none", folder=kept.root))
    gone = kept.deleted()
    if gone:
        session.print(session.say("draft.deleted", names=", ".join(gone)))


def history(context: typer.Context, scenario_id: DraftId, folder: Folder = None) -> None:
    """Print the revisions of one scenario, the newest last."""
    from rich.text import Text as Styled

    from geodata.errors import ScenarioError
    from scenarios import draft_refusals

    session: Session = context.obj
    revisions = _folder(folder).history(scenario_id)
    if not revisions:
        raise ScenarioError(draft_refusals.not_found(scenario_id))
    table = _table(session, "draft.number", "draft.at", "draft.who", "draft.state", "draft.why")
    for one in revisions:
        state = session.say("draft.gone" if one.deleted else "draft.saved")
        table.add_row(*(Styled(cell) for cell in (str(one.number), _minute(one.at), one.who, state, one.why)))
    session.out.print(table)


def restore(
    context: typer.Context,
    scenario_id: DraftId,
    number: Annotated[int, typer.Argument(help="help.scenario.number", metavar="N")],
    who: Annotated[str, typer.Option("--who", help="help.scenario.who", metavar="NAME")] = "",
    why: Annotated[str, typer.Option("--why", help="help.scenario.why", metavar="TEXT")] = "",
    folder: Folder = None,
) -> None:
    """Make an earlier revision the scenario again."""
    session: Session = context.obj
    revision = _folder(folder).restore(scenario_id, number, who=who, why=why)
    session.print(session.say("draft.restored", id=scenario_id, old=number, new=revision.number))


def _folder(folder: Path | None) -> "DraftFolder":
    from scenarios.drafts import DraftFolder, drafts_folder

    return DraftFolder(folder or drafts_folder())


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _table(session: Session, *keys: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in keys:
        table.add_column(session.say(key), overflow="fold", justify="right" if key == "draft.number" else "left")
    return table
