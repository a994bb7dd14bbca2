"""Owns ``ekisei scenario``: check scenario files, say what they can move, list the library and one's own, start one."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands import drafts
from app.commands.reacting import reacts
from app.commands.session import Session
from geodata.errors import Problem, ScenarioError
from geodata.writable import require_writable


def register(root: typer.Typer) -> None:
    """Add the family to the command line."""
    family = typer.Typer(help="help.scenario", no_args_is_help=True, rich_markup_mode="rich")
    family.command("check", help="help.scenario.check")(check)
    family.command("list", help="help.scenario.list")(list_scenarios)
    family.command("reacts", help="help.scenario.reacts")(reacts)
    family.command("new", help="help.scenario.new")(new)
    drafts.register(family)
    root.add_typer(family, name="scenario")


def check(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="help.scenario.files", metavar="FILES...")],
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Check files against the rules and against a city; all problems are shown at once."""
    from app.commands.folders import load_city
    from app.commands.numbers import format_year
    from app.commands.reacting import reaction_line, reactions_of
    from scenarios.apply import apply_scenario
    from scenarios.files import list_scenario_files, read_scenario
    from sim.params import Params

    session: Session = context.obj
    city = load_city(folder)
    problems: list[Problem] = []
    names: list[str] = []
    for name in files:
        names.extend([str(p) for p in list_scenario_files([name])] if Path(name).is_dir() else [name])
    for name in names:
        try:
            scenario = read_scenario(name)
            problems.extend(apply_scenario(city, scenario, Params()).problems)
        except ScenarioError as refused:
            problems.extend(refused.problems)
            continue
        title, n = scenario.title.ja if session.lang == "ja" else scenario.title.en, len(scenario.modifications)
        year = format_year(scenario.year, session.lang)
        session.print(session.say("scenario.ok", name=name, title=title, year=year, n=n))
        session.print(reaction_line(session, reactions_of(scenario, city, Path(name).parent)[0]))
    from geodata.errors import raise_errors, render_problems

    raise_errors(problems, ScenarioError)
    if problems:
        session.note(render_problems(problems, session.lang))


def list_scenarios(context: typer.Context) -> None:
    """List the library: id, title, year, plan status, number of modifications."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    from app.commands.numbers import format_year
    from scenarios.files import list_library, read_scenario

    session: Session = context.obj
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("scenario.id", "scenario.title", "scenario.year", "result.plan_status", "scenario.changes"):
        table.add_column(session.say(key), overflow="fold", justify="right" if key == "scenario.changes" else "left")
    for scenario in map(read_scenario, list_library()):
        title = scenario.title.ja if session.lang == "ja" else scenario.title.en
        year = format_year(scenario.year, session.lang)
        as_it_is = not scenario.modifications and scenario.compare_to in (None, scenario.id)
        status = session.say("stage.reference" if as_it_is else f"plan.{scenario.plan_status}")
        cells = (scenario.id, title, year, status, str(len(scenario.modifications)))
        table.add_row(*(Styled(c) for c in cells))
    session.out.print(table)


def new(
    context: typer.Context,
    scenario_id: Annotated[str, typer.Argument(help="help.scenario.id", metavar="ID")],
    out: Annotated[Path | None, typer.Option("--out", help="help.scenario.out", metavar="FILE")] = None,
) -> None:
    """Print a new scenario with comments, or write it; an existing file is never overwritten."""
    from scenarios.files import list_library, new_scenario

    session: Session = context.obj
    if out is not None:
        require_writable(out)
    if scenario_id in list_library():
        session.note(session.say("scenario.shipped_id", id=scenario_id), style="yellow")
    text = new_scenario(scenario_id, out)
    if out is None:
        typer.echo(text, nl=False)
    else:
        session.print(session.say("scenario.written", path=out))
