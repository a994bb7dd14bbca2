"""Owns ``ekisei targets``: official figures, yearly actuals and runs side by side, and which targets are met."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import load_city
from app.commands.results import DEFAULT_RUNS, Runs
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error
from geodata.writable import require_writable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.errors import Problem
    from geodata.targets import Targets
    from scenarios.store import StoredRun
    from scenarios.targets import Path as TargetPath

FISCAL_YEAR_BEGINS = 4
"""Month in which a fiscal year begins."""
PAGE, TABLE = "targets.html", "targets.csv"


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("targets", help="help.targets")(targets)


def targets(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    run: Annotated[list[str] | None, typer.Argument(help="help.targets.runs", metavar="[RUN...]")] = None,
    actuals: Annotated[Path | None, typer.Option("--actuals", help="help.targets.actuals", metavar="FILE")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="help.targets.out", metavar="DIR")] = None,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    runs: Runs = DEFAULT_RUNS,
    force: Annotated[bool, typer.Option("--force", help="help.targets.force")] = False,
) -> None:
    """Print which targets are met, by actuals and by runs; write the page and the table."""
    from app.commands.target_tables import beside, show_judged, show_means, show_reference
    from geodata.errors import render_problems
    from scenarios.store import read_run

    session: Session = context.obj
    if out is not None:
        require_room(out, force=force)
    city = load_city(folder)
    figures, problems = figures_of(city, actuals)
    stored = [read_run(name, runs) for name in run or ()]
    require_city(stored, city)
    paths = paths_of(city, figures, stored)
    if problems:
        session.note(render_problems(problems, session.lang))
    show_judged(session, paths, stored)
    show_means(session, stored, [beside(one) for one in stored])
    show_reference(session, paths)
    session.print(session.say("targets.reading"))
    if out is not None:
        from app.commands.targets_page import write_page, write_table

        write_page(out / PAGE, city, paths, stored)
        write_table(out / TABLE, paths)
        session.print(session.say("targets.written", folder=out, names=f"{PAGE}, {TABLE}"))


def figures_of(city: "City", actuals: Path | None) -> "tuple[Targets, Sequence[Problem]]":
    """Return the official figures with the actuals of a file, and warnings about it."""
    if actuals is None:
        return city.targets, ()
    from scenarios.actuals import read_actuals

    return read_actuals(actuals, city.targets, this_year=fiscal_year_of(dt.datetime.now(tz=dt.UTC).date()))


def fiscal_year_of(day: dt.date) -> int:
    """Return the fiscal year a day lies in: from April on."""
    return day.year if day.month >= FISCAL_YEAR_BEGINS else day.year - 1


def paths_of(city: "City", figures: "Targets", runs: "Sequence[StoredRun]") -> "tuple[TargetPath, ...]":
    """Return every KPI that has a target, with what the runs say of it."""
    from app.commands.results import find_baseline
    from scenarios.target_paths import build_paths
    from sim.population_path import official_population

    baseline = find_baseline(runs[0]) if runs else None
    return build_paths(figures, runs, residents=lambda year: official_population(city, year), baseline=baseline)


def require_city(runs: "Sequence[StoredRun]", city: "City") -> None:
    """Refuse runs of another city: its targets would be judged by foreign people."""
    for run in runs:
        if run.manifest["digests"]["city"] != city.digest:
            raise UsageError(
                error("cli.other_city", str(run.folder), both("usage.other_city"), both("usage.other_city_hint"))
            )


def require_room(out: Path, *, force: bool) -> None:
    """Refuse a folder in which one of the files stands already, unless it may be replaced."""
    if out.exists() and not out.is_dir():
        raise UsageError(error("cli.out_is_file", str(out), both("usage.out_is_file"), both("usage.out_foreign_hint")))
    require_writable(out)
    there = [name for name in (PAGE, TABLE) if (out / name).exists()]
    if there and not force:
        raise UsageError(
            error("cli.out_not_empty", str(out / there[0]), both("targets.there"), both("targets.there_hint"))
        )
