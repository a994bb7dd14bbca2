"""Owns ``ekisei city``: build a city from outside files, check them, show what a city holds."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.city_files import CONFIG_NAME, opened, require_file, write_report
from app.commands.city_init import init
from app.commands.city_layers import layers_of, layers_table
from app.commands.folders import load_city, require_free
from app.commands.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from app.commands.city_files import Source
    from geodata.build_report import Attempt
    from geodata.city import City
    from geodata.errors import Problem

Config = Annotated[Path, typer.Argument(help="help.config", metavar="CONFIG.yaml|FOLDER")]
Inputs = Annotated[Path | None, typer.Option("--inputs", help="help.city.inputs", metavar="DIR")]
Report = Annotated[Path | None, typer.Option("--report", help="help.city.report", metavar="FILE")]
SHOWN_WARNINGS = 8
SHOWN_UNUSED = 8


def register(root: typer.Typer) -> None:
    """Add the family to the command line."""
    family = typer.Typer(help="help.city", no_args_is_help=True, rich_markup_mode="rich")
    family.command("init", help="help.city.init")(init)
    family.command("build", help="help.city.build")(build)
    family.command("check", help="help.city.check")(check)
    family.command("show", help="help.city.show")(show)
    root.add_typer(family, name="city")


def build(
    context: typer.Context,
    config: Config,
    out: Annotated[Path, typer.Option("--out", help="help.city.out", metavar="DIR")],
    force: Annotated[bool, typer.Option("--force", help="help.force")] = False,
    inputs: Inputs = None,
    report: Report = None,
) -> None:
    """Build a city and write its folder, with the report of the import in it."""
    from app.import_report.render import PAGE, report_files
    from geodata.snapshot import write_city

    session: Session = context.obj
    require_free(out, resume=False, force=force)
    with opened(config, inputs, session.lang, report) as source:
        attempt = attempted(session, source, report)
        if attempt.city is None:  # told already; for the type checker
            return
        extras = {**report_files(attempt.report, attempt.city), CONFIG_NAME: source.text(out, session.lang)}
    write_city(attempt.city, out, force=force, extras=extras)
    show_warnings(session, attempt)
    session.out.print(counts_table(attempt.city, session))
    session.print(summary(session, attempt))
    show_unused(session, attempt)
    session.print(session.say("city.built", path=out))
    session.print(session.say("city.report", path=out / PAGE))


def check(context: typer.Context, config: Config, inputs: Inputs = None, report: Report = None) -> None:
    """Check a configuration, or a folder of files, and its sources; writes nothing but the report asked for."""
    from geodata.errors import Severity

    session: Session = context.obj
    with opened(config, inputs, session.lang, report) as source:
        attempt = attempted(session, source, report)
    show_problems(session, attempt.problems)
    show_unused(session, attempt)
    warnings = sum(p.severity is Severity.WARNING for p in attempt.problems)
    session.print(session.say("city.checked", errors=0, warnings=warnings))


def attempted(session: Session, source: "Source", report: Path | None) -> "Attempt":
    """Build in memory with progress; a failed build raises all its problems once its report is written."""
    from geodata.errors import DataError

    if report is not None:
        require_file(report, force=True)
    if source.plan is not None:
        show_plan(session, source)
    label = session.say("progress.build")
    with session.progress(label) as tell:
        attempt = source.attempt(lambda stage, share: tell(f"{label} {session.name_of('stage', stage)}", share))
    if report is not None:
        write_report(report, attempt)
        session.print(session.say("city.report", path=report))
    if attempt.city is None:
        if report is None:
            session.note(session.say("city.report_hint"))
        if source.plan is not None:
            session.note(session.say("city.init_hint", folder=source.inputs))
        raise DataError(attempt.problems)
    return attempt


def show(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="help.city.json")] = False,
) -> None:
    """Show what a city holds, with the source, status and digest of every layer."""
    session: Session = context.obj
    if folder is not None and str(folder) == "hitachi" and not folder.exists():
        folder = None
    city = load_city(folder)
    layers = layers_of(city, folder)
    if as_json:
        values = {
            "city_id": city.city_id,
            "name": {"ja": city.name.ja, "en": city.name.en},
            "digest": city.digest,
            "days": [city.defaults.date, city.defaults.saturday, city.defaults.holiday],
            "former_ids": len(city.former_ids),
            "layers": [layer.to_json() for layer in layers],
        }
        session.print(json.dumps(values, ensure_ascii=False, indent=1))
        return
    session.out.print(counts_table(city, session))
    session.out.print(layers_table(layers, session))
    if city.former_ids:
        session.print(session.say("city.former_ids", n=len(city.former_ids)))


def show_plan(session: Session, source: "Source") -> None:
    """Print what the files of a folder were taken for, and the configuration that results."""
    from app.commands.city_init import files_table
    from geodata.config_writing import config_text

    if source.plan is None:
        return
    session.out.print(files_table(source.plan, session))
    lines = config_text(source.plan, session.lang, str(source.inputs)).splitlines()
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), 0)
    session.out.print("\n".join(lines[start:]).strip(), markup=False, style="dim", soft_wrap=True)


def show_warnings(session: Session, attempt: "Attempt") -> None:
    """Print the first warnings, one of each kind before a second of any; all of them stand in the report."""
    from geodata.errors import Severity

    by_code: dict[str, int] = {}
    ranked = []
    for problem in (p for p in attempt.problems if p.severity is Severity.WARNING):
        by_code[problem.code] = by_code.get(problem.code, 0) + 1
        ranked.append((by_code[problem.code], problem))
    warnings = [problem for _, problem in sorted(ranked, key=lambda pair: pair[0])]
    for problem in warnings[:SHOWN_WARNINGS]:
        session.note(problem.render(session.lang))
    if len(warnings) > SHOWN_WARNINGS:
        session.note(session.say("city.more_warnings", n=len(warnings) - SHOWN_WARNINGS))


def show_unused(session: Session, attempt: "Attempt") -> None:
    """Print the files of a folder that were not used, each with the reason; the first of many."""
    files = attempt.report.unused
    if not files:
        return
    session.print(session.say("city.unused", n=len(files)))
    for file in files[:SHOWN_UNUSED]:
        session.out.print(
            f"  {file.path}: {file.title.get(session.lang)} – {file.why.get(session.lang)}",
            markup=False,
            style="dim",
            soft_wrap=True,
        )
    if len(files) > SHOWN_UNUSED:
        session.print(session.say("city.more_unused", n=len(files) - SHOWN_UNUSED))


def show_problems(session: Session, problems: "Sequence[Problem]") -> None:
    """Print warnings and remarks beside the results."""
    from geodata.errors import render_problems

    if problems:
        session.note(render_problems(problems, session.lang))


def summary(session: Session, attempt: "Attempt") -> str:
    """Return in one line how much was repaired and warned of."""
    from geodata.errors import Severity

    found = {s: sum(p.severity is s for p in attempt.problems) for s in Severity}
    return session.say(
        "city.summary",
        repairs=f"{attempt.report.n_repairs:,}",
        warnings=found[Severity.WARNING],
        notes=found[Severity.INFO],
    )


def counts_table(city: "City", session: Session) -> "Table":
    """Return name, digest and how much of everything a city holds."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    timetable, people = city.timetable, city.population
    n_people, n_trips, n_places = people.total.sum(), len(timetable.trips.trip_id), city.facilities.n_facilities
    nobody = session.say("city.no_people", n=f"{people.n_cells:,}")
    rows = {
        "city.persons": f"{n_people:,.0f} ({people.base_date})" if n_people else nobody,
        "city.cells": f"{people.n_cells:,}",
        "city.stops": f"{timetable.n_stops:,}",
        "city.routes": routes_told(city, session),
        "city.trips": f"{n_trips:,}" if n_trips else session.say("city.no_timetable"),
        "city.facilities": f"{n_places:,}" if n_places else session.say("city.no_facilities"),
        "city.streets": describe_streets(city, session),
        "city.defaults": f"{city.defaults.date}, {city.defaults.saturday}, {city.defaults.holiday}",
        "city.digest": city.digest[:16],
    }
    name = f"{city.name.get(session.lang)} ({city.city_id})"
    table = Table(title=Styled(name), title_justify="left", title_style="bold", box=box.SIMPLE, show_header=False)
    for key, value in rows.items():
        table.add_row(Styled(session.say(key)), Styled(value))
    return table


def routes_told(city: "City", session: Session) -> str:
    """Return the number of routes, and of lines by name where a feed holds one route for each pattern."""
    from geodata.route_groups import group_routes

    n, lines = len(city.timetable.routes.route_id), len(group_routes(city.timetable.routes))
    return f"{n:,}" if n == lines else session.say("city.routes_lines", n=f"{n:,}", lines=f"{lines:,}")


def describe_streets(city: "City", session: Session) -> str:
    """Return how people walk in this city."""
    from geodata.streets import DetourPlane

    if isinstance(city.streets, DetourPlane):
        return session.say("city.streets_plane", factor=city.streets.walk_detour)
    return session.say("city.streets_network")
