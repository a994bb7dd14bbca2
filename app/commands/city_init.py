"""Owns ``ekisei city init``: a configuration from a folder of raw files, and the checklist of official files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.city_files import plan_of, relative, require_city, require_file, write_whole
from app.commands.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from geodata.config_choice import Plan
    from geodata.recognised import RecognisedFile

NO_FOLDER: tuple["RecognisedFile", ...] = ()
BUNDLED = "hitachi"
SHOWN_KPIS = 3
"""More indicators of a file stand in the checklist that is written as a file."""


def init(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="help.city.init.folder", metavar="[FOLDER]")] = None,
    out: Annotated[Path, typer.Option("--out", help="help.city.init.out", metavar="FILE.yaml")] = Path("city.yaml"),
    base: Annotated[str | None, typer.Option("--base", help="help.city.init.base", metavar="hitachi|DIR")] = None,
    checklist: Annotated[
        Path | None, typer.Option("--checklist", help="help.city.checklist", metavar="FILE.md")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="help.overwrite")] = False,
) -> None:
    """Write a configuration for the files of a folder, or a template of every layer; tell which files are missing."""
    from geodata.config_template import template_text
    from geodata.config_writing import config_text
    from geodata.errors import render_problems
    from geodata.unused_files import damaged_files

    session: Session = context.obj
    for target in filter(None, (out, checklist)):
        require_file(target, force=force)
    files = NO_FOLDER
    if base is not None and base != BUNDLED:
        base = relative(Path(base), out.parent)
    if folder is None:
        text = template_text(session.lang, base=base)
    else:
        plan = plan_of(folder, base)
        require_city(plan, folder)
        files = plan.files
        session.out.print(files_table(plan, session))
        text = config_text(plan, session.lang, relative(folder, out.parent))
    session.out.print(checklist_table(files, session))
    write_whole(out, text.encode("utf-8"))
    session.print(session.say("city.config_written", path=out))
    if checklist is not None:
        write_whole(checklist, checklist_text(files, session).encode("utf-8"))
        session.print(session.say("city.checklist_written", path=checklist))
    session.print(session.say("city.init_next", path=out))
    damaged = damaged_files(files)
    if damaged:
        session.note(render_problems(damaged, session.lang))


def files_table(plan: "Plan", session: Session) -> "Table":
    """Return what every file of a folder was taken for, and by what."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    table = Table(title=session.say("city.recognised"), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for key in ("city.file", "city.what", "city.why"):
        table.add_column(session.say(key), overflow="fold")
    for file in plan.files:
        if file.traits.get("companion"):
            continue
        style = "" if file.config_fragment or file.what == "small_area_table" else "dim"
        cells = (file.path, file.title.get(session.lang), file.why.get(session.lang))
        table.add_row(*(Styled(c) for c in cells), style=style)
    return table


def checklist_table(files: "Sequence[RecognisedFile]", session: Session) -> "Table":
    """Return the official files: whether the folder has them, where they are published, what they improve."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    table = Table(title=session.say("city.checklist"), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column(session.say("city.has"), no_wrap=True)
    table.add_column(session.say("city.official"), overflow="fold")
    table.add_column(session.say("city.key"), no_wrap=True)
    for has, official, portal, key, change, kpis in _rows(files, session):
        names = kpis.split(session.say("city.joined"))
        more = len(names) - SHOWN_KPIS
        shown = session.say("city.joined").join(names[:SHOWN_KPIS])
        text = Styled(official)
        text.append(f"\n{portal}", style="dim")
        text.append(f"\n{session.say('city.improves')}: {shown}", style="dim")
        text.append(session.say("city.and_more", n=more) if more > 0 else "", style="dim")
        table.add_row(Styled(has), text, Styled(f"{key}\n{change}"))
    return table


def checklist_text(files: "Sequence[RecognisedFile]", session: Session) -> str:
    """Return the checklist as Markdown."""
    heads = [
        session.say(k) for k in ("city.has", "city.official", "city.portal", "city.key", "city.change", "city.improves")
    ]
    lines = [f"# {session.say('city.checklist')}", "", f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in _rows(files, session)]
    return "\n".join(lines) + "\n"


def _rows(files: "Sequence[RecognisedFile]", session: Session) -> "list[tuple[str, str, str, str, str, str]]":
    """Return the rows of the checklist: has, data set with its note, portal, key, change of status, KPIs."""
    from geodata.official_files import OFFICIAL_FILES
    from geodata.provenance import STATUS_TEXT
    from sim.kpi import KPIS

    rows = []
    for official in OFFICIAL_FILES:
        has = "✓" if official.is_in(files) else "–"
        name = f"{official.dataset.get(session.lang)}: {official.note.get(session.lang)}"
        change = " → ".join(STATUS_TEXT[s].get(session.lang) for s in (official.before, official.after))
        kpis = session.say("city.joined").join(KPIS[k].title.get(session.lang) for k in official.kpis)
        rows.append((has, name, official.portal.get(session.lang), f"{official.key}:", change, kpis))
    return rows
