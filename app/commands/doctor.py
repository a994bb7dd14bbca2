"""Owns ``ekisei doctor``: whether this installation is whole, line by line, for people or for programs."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import home_folder
from app.commands.session import Session

if TYPE_CHECKING:
    from app.commands.doctor_checks import Finding

EXIT_BAD = 3
STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("doctor", help="help.doctor")(doctor)


def doctor(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    out: Annotated[Path, typer.Option("--out", help="help.doctor.out", metavar="DIR")] = Path("out"),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="help.doctor.port")] = 8050,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", help="help.serve.database", envvar="EKISEI_DATABASE", show_envvar=False, metavar="URL"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="help.doctor.json")] = False,
) -> None:
    """Print how everything is found, with what to do; exit 3 if something is in the way."""
    session: Session = context.obj
    found = look(session, folder, out, port, database)
    if as_json:
        print_json(session, found)
    else:
        print_table(session, found)
    if worst(found) == "fail":
        session.error(session.say("doctor.bad"))
        raise typer.Exit(EXIT_BAD)


def look(session: Session, city: Path | None, out: Path, port: int, database: str | None) -> "list[Finding]":
    """Return everything that was looked at."""
    from app.commands import doctor_checks as machine
    from app.commands import doctor_store as kept

    home = home_folder()
    return [
        machine.look_at_program(session),
        machine.look_at_python(session),
        machine.look_at_libraries(session),
        machine.look_at_font(session),
        machine.look_at_pango(session),
        machine.look_at_browser(session),
        machine.look_at_vendor(session),
        machine.look_at_folder(session, "home", home),
        machine.look_at_folder(session, "out", out),
        machine.look_at_disk(session, home),
        kept.look_at_database(session, database),
        kept.look_at_store(session, home),
        machine.look_at_clock(session, home),
        machine.look_at_port(session, port),
        machine.look_at_encoding(session),
        machine.look_at_kernels(session, os.environ),
        kept.look_at_city(session, city),
        kept.look_at_library(session),
    ]


def worst(found: "list[Finding]") -> str:
    """Return the state of the whole."""
    order = list(STYLES)
    return max((str(one.state) for one in found), key=order.index)


def print_table(session: Session, found: "list[Finding]") -> None:
    """Print one line for each thing."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("doctor.state", "doctor.item", "doctor.finding"):
        table.add_column(session.say(key), overflow="fold")
    for one in found:
        told = f"{one.found}\n→ {one.remedy}" if one.remedy else one.found
        state = Styled(session.say(f"state.{one.state}"), STYLES[one.state])
        table.add_row(state, Styled(session.say(f"doctor.{one.name}")), Styled(told))
    session.out.print(table)


def print_json(session: Session, found: "list[Finding]") -> None:
    """Print one object for programs; names and states are the same in every language."""
    import json

    findings = [
        {"name": one.name, "state": one.state, "finding": one.found, **({"remedy": one.remedy} if one.remedy else {})}
        for one in found
    ]
    session.print(json.dumps({"state": worst(found), "findings": findings}, ensure_ascii=False, indent=2))
