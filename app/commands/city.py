"""Owns ``ekisei city``: build a city from outside files, check them, show what a city holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import load_city, require_free
from app.commands.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from geodata.city import City
    from geodata.errors import Problem

Config = Annotated[Path, typer.Argument(help="help.config", metavar="CONFIG.yaml")]


def register(root: typer.Typer) -> None:
    """Add the family to the command line."""
    family = typer.Typer(help="help.city", no_args_is_help=True, rich_markup_mode="rich")
    family.command("build", help="help.city.build")(build)
    family.command("check", help="help.city.check")(check)
    family.command("show", help="help.city.show")(show)
    root.add_typer(family, name="city")


def build(
    context: typer.Context,
    config: Config,
    out: Annotated[Path, typer.Option("--out", help="help.city.out", metavar="DIR")],
    force: Annotated[bool, typer.Option("--force", help="help.force")] = False,
) -> None:
    """Build a city and write its folder."""
    from geodata.build import build_city
    from geodata.snapshot import write_city

    session: Session = context.obj
    require_free(out, resume=False, force=force)
    label = session.say("progress.build")
    with session.progress(label) as report:
        built = build_city(config, lambda stage, share: report(f"{label} {session.name_of('stage', stage)}", share))
    write_city(built.city, out, force=force)
    show_problems(session, built.problems)
    session.out.print(counts_table(built.city, session))
    session.print(session.say("city.built", path=out))


def check(context: typer.Context, config: Config) -> None:
    """Check a configuration and its sources."""
    from geodata.build import check_city
    from geodata.errors import DataError, Severity, raise_errors

    session: Session = context.obj
    with session.progress(session.say("progress.build")):
        problems = tuple(check_city(config))
    raise_errors(problems, DataError)
    show_problems(session, problems)
    warnings = sum(p.severity is Severity.WARNING for p in problems)
    session.print(session.say("city.checked", errors=0, warnings=warnings))


def show(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Show what a city holds, with the source and status of every layer."""
    session: Session = context.obj
    city = load_city(folder)
    session.out.print(counts_table(city, session))
    session.out.print(sources_table(city, session))


def show_problems(session: Session, problems: "Sequence[Problem]") -> None:
    """Print warnings and remarks beside the results."""
    from geodata.errors import render_problems

    if problems:
        session.note(render_problems(problems, session.lang))


def counts_table(city: "City", session: Session) -> "Table":
    """Return name, digest and how much of everything a city holds."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    timetable, people = city.timetable, city.population
    rows = {
        "city.persons": f"{people.total.sum():,.0f} ({people.base_date})",
        "city.cells": f"{people.n_cells:,}",
        "city.stops": f"{timetable.n_stops:,}",
        "city.routes": f"{len(timetable.routes.route_id):,}",
        "city.trips": f"{len(timetable.trips.trip_id):,}",
        "city.facilities": f"{city.facilities.n_facilities:,}",
        "city.streets": describe_streets(city, session),
        "city.defaults": f"{city.defaults.date}, {city.defaults.saturday}, {city.defaults.holiday}",
        "city.digest": city.digest[:16],
    }
    name = f"{city.name.get(session.lang)} ({city.city_id})"
    table = Table(title=name, title_justify="left", title_style="bold", box=box.SIMPLE, show_header=False)
    for key, value in rows.items():
        table.add_row(Styled(session.say(key)), Styled(value))
    return table


def describe_streets(city: "City", session: Session) -> str:
    """Return how people walk in this city."""
    from geodata.streets import DetourPlane

    if isinstance(city.streets, DetourPlane):
        return session.say("city.streets_plane", factor=city.streets.walk_detour)
    return session.say("city.streets_network")


def sources_table(city: "City", session: Session) -> "Table":
    """Return every source with its date and status; credit line and licence beneath its title."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    from geodata.provenance import STATUS_TEXT

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("city.layer", "city.title", "city.date", "result.status"):
        table.add_column(session.say(key), no_wrap=key != "city.title", overflow="fold")
    for source in sorted(city.sources, key=lambda s: s.layer):
        title = Styled(source.title.get(session.lang))
        title.append(f"\n{source.credit}", style="dim").append(f" [{source.licence}]", style="dim")
        status = STATUS_TEXT[source.status].get(session.lang)
        table.add_row(
            Styled(session.name_of("layer", source.layer.partition(".")[0])), title, Styled(source.date), Styled(status)
        )
    return table
