"""Owns ``ekisei doctor``: whether this installation is whole."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from app.commands.folders import home_folder, load_city
from app.commands.session import Session

LIBRARIES = ("dash", "numba", "numpy", "pandas", "pydantic", "shapely")
EXIT_BAD = 3


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("doctor", help="help.doctor")(doctor)


def doctor(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Print versions, folders and what is missing; exit 3 if something is."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    session: Session = context.obj
    findings = {
        "Ekisei": (version("ekisei"), True),
        "Python": (f"{platform.python_version()} ({platform.system()} {platform.machine()})", True),
        **{name: (version(name), True) for name in LIBRARIES},
        session.say("doctor.home"): look_at_home(session),
        session.say("doctor.vendor"): look_at_vendor(session),
        session.say("doctor.city"): look_at_city(folder),
        session.say("doctor.library"): look_at_library(),
    }
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(session.say("doctor.item"))
    table.add_column(session.say("doctor.finding"), overflow="fold")
    for item, (finding, fine) in findings.items():
        table.add_row(Styled(item), Styled(finding, "" if fine else "red"))
    session.out.print(table)
    if not all(fine for _, fine in findings.values()):
        session.note(session.say("doctor.bad"), style="red")
        raise typer.Exit(EXIT_BAD)


def look_at_home(session: Session) -> tuple[str, bool]:
    """Return the user's folder and whether results can be stored there."""
    home = home_folder()
    nearest = next(p for p in (home, *home.parents) if p.exists())
    writable = os.access(nearest, os.W_OK)
    return f"{home}: {session.say('doctor.writable' if writable else 'doctor.not_writable')}", writable


def look_at_vendor(session: Session) -> tuple[str, bool]:
    """Return whether the map libraries were fetched."""
    folder = Path(__file__).parents[1] / "assets" / "vendor"
    present = folder.is_dir() and any(folder.glob("*.js"))
    return session.say("doctor.ok" if present else "doctor.vendor_missing"), present


def look_at_city(folder: Path | None) -> tuple[str, bool]:
    """Return the name, population and digest of the city, which proves that it can be read."""
    city = load_city(folder)
    return f"{city.name.ja} {city.population.total.sum():,.0f}人 {city.digest[:16]}", True


def look_at_library() -> tuple[str, bool]:
    """Return how many scenarios come along."""
    from scenarios.files import list_library

    found = len(list_library())
    return str(found), found > 0
