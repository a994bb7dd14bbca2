"""Owns ``ekisei run`` and ``ekisei batch``: compute scenarios and print what they change."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import load_city, require_free
from app.commands.session import Session
from app.commands.sureness import print_draws, print_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geodata.errors import Problem
    from scenarios.batch import Failure
    from scenarios.runner import RunFolder
    from scenarios.schema import Scenario

SHOWN_FAILURES = 12
"""Scenarios that are named where many could not be run."""
RUN_PART = 0.7
"""Share of the progress that is the run itself; the rest is what it is compared with."""

Out = Annotated[Path, typer.Option("--out", help="help.run.out", metavar="DIR")]
CityFolder = Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")]
Resume = Annotated[bool, typer.Option("--resume", help="help.resume")]
Force = Annotated[bool, typer.Option("--force", help="help.force")]
Explain = Annotated[bool, typer.Option("--explain", help="help.run.explain")]
Draws = Annotated[int | None, typer.Option("--draws", help="help.draws", metavar="N")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="help.seed")]


def register(root: typer.Typer) -> None:
    """Add the commands to the command line."""
    root.command("run", help="help.run")(run)
    root.command("batch", help="help.batch")(batch)


def run(  # noqa: PLR0913, PLR0917 - typer hands options over by name
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="help.run.scenario", metavar="SCENARIO")],
    out: Out,
    folder: CityFolder = None,
    resume: Resume = False,
    force: Force = False,
    seed: Seed = None,
    explain: Explain = False,
    draws: Draws = None,
) -> None:
    """Compute one scenario, write its folder, print its table."""
    session: Session = context.obj
    require_free(out, resume=resume, force=force)
    require_draws(draws)
    from app.commands.references import References, view_folder, with_seed
    from app.commands.report import report_run
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario

    wanted = with_seed(read_scenario(scenario), seed)
    city = load_city(folder)
    session.ready_kernels()
    with session.progress(session.say("progress.run", name=wanted.id)) as report:
        done = run_scenario(
            wanted,
            city,
            out=out,
            resume=resume,
            force=force,
            progress=lambda stage, share: report(session.stages(stage) if session.verbose else "", RUN_PART * share),
            draws=wanted_draws(wanted, draws),
        )
        report(session.say("progress.reference"), RUN_PART)
        references = References(city, seed=seed)
        view = view_folder(done)
        references.find(view, beside=Path(scenario).parent)
    show_warnings(session, done.problems)
    tell_reuse(session, [done])
    report_run(session, view, references)
    print_limits(session, done.manifest)
    print_draws(session, done.manifest)
    print_sides(session, out)
    if explain:
        from app.commands.account_table import print_account

        print_account(session, done.account)
    if done.skipped:
        session.print(session.say("result.reused"))
    session.print(session.say("result.folder", path=out))
    tell_tables(session, [out])


def print_sides(session: Session, folder: Path) -> None:
    """Print boardings, linked trips, changes and person-minutes of a run in one line; nothing without rides."""
    from app.commands.layout import wrap
    from app.components.ride_sides import sides_sentence
    from scenarios.store import read_run

    said = sides_sentence(read_run(folder), session.lang)
    if said:
        session.print(wrap(session.say("result.sides", what=said), session.out.width))


def tell_reuse(session: Session, runs: "Sequence[RunFolder]") -> None:
    """Tell, where more is wanted, what each run took from before, and how long its parts took."""
    if not session.verbose:
        return
    from app.commands.account_table import reuse_lines

    for run in runs:
        for line in reuse_lines(session, run.account):
            session.detail(f"{run.scenario.id}: {line}")


def require_draws(draws: int | None) -> None:
    """Refuse a number of draws that gives no interval."""
    if draws is not None:
        from scenarios.sureness import check_draws

        check_draws(draws, "--draws")


def wanted_draws(scenario: "Scenario", draws: int | None) -> int:
    """Return how often a scenario is drawn: as the command says, else the scenario, else the usual number."""
    from scenarios.sureness import DEFAULT_DRAWS

    return draws or scenario.analysis.draws or DEFAULT_DRAWS


def tell_tables(session: Session, folders: "Sequence[Path]") -> None:
    """Name the tables of services that stand in the folders of runs."""
    from app.commands.layout import wrap
    from scenarios.store import TABLES_FOLDER

    names = sorted({path.name for folder in folders for path in (folder / TABLES_FOLDER).glob("*.csv")})
    if names:
        joined = ("、" if session.lang == "ja" else ", ").join(names)
        where = folders[0] / TABLES_FOLDER if len(folders) == 1 else Path("*") / TABLES_FOLDER
        session.print(wrap(session.say("result.tables", path=where, names=joined), session.out.width))


def show_warnings(session: Session, problems: "Iterable[Problem]") -> None:
    """Print warnings that travel with a result."""
    from geodata.errors import render_problems

    found = tuple(dict.fromkeys(problems))  # what concerns all runs is said once
    if found:
        session.note(render_problems(found, session.lang))


def batch(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    inputs: Annotated[list[str], typer.Argument(help="help.batch.inputs", metavar="FILES-OR-FOLDERS...")],
    out: Out,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="help.batch.jobs")] = 1,
    folder: CityFolder = None,
    resume: Resume = False,
    force: Force = False,
    draws: Draws = None,
) -> None:
    """Compute several scenarios, write their folders and one kpi.csv, print them side by side."""
    session: Session = context.obj
    require_free(out, resume=resume, force=force)
    require_draws(draws)
    from app.commands.references import References, view_folder
    from app.commands.report import report_batch
    from scenarios.batch import run_batch
    from scenarios.sureness import DEFAULT_DRAWS

    city = load_city(folder)
    session.ready_kernels()
    label = session.say("progress.batch")
    with session.progress(label) as report:

        def tell(done: int, total: int, stage: str) -> None:
            report(f"{label} {done}/{total} {session.stages(stage)}", done / max(total, 1))

        result = run_batch(
            inputs,
            city,
            out=out,
            jobs=jobs,
            resume=resume,
            force=force,
            progress=tell,
            draws=draws,
            usual=DEFAULT_DRAWS,
        )
        views = [view_folder(run) for run in result.runs]
        report(session.say("progress.reference"), 1.0)
        references = References(city, views)
        beside = next((Path(i) for i in inputs if Path(i).is_dir()), None)
        for view in views:
            references.find(view, beside=beside)
    show_warnings(session, [p for run in result.runs for p in run.problems])
    tell_reuse(session, result.runs)
    if views:
        report_batch(session, views, references)
        for run in result.runs:
            print_limits(session, run.manifest, run.scenario.id)
        print_draws(session, result.runs[0].manifest)
        session.print(session.say("result.kpi_csv", path=out / "kpi.csv"))
        tell_tables(session, [run.folder for run in result.runs if run.folder is not None])
    refuse_failures(session, result.failures)


def refuse_failures(session: Session, failures: "Sequence[Failure]") -> None:
    """Refuse with all problems of the scenarios that could not be run; the others are done by then."""
    from geodata.errors import ScenarioError

    if failures:
        names = ", ".join(f.name for f in failures[:SHOWN_FAILURES])
        more = len(failures) - SHOWN_FAILURES
        if more > 0:
            names = session.say("result.failed_more", names=names, n=f"{more:,}")
        session.note(session.say("result.failed", names=names), style="red")
        raise ScenarioError(told_once(p for f in failures for p in f.problems))


def told_once(problems: "Iterable[Problem]") -> "list[Problem]":
    """Return each finding once, with how many times it occurred: what ails many scenarios is read once."""
    counted: dict[Problem, int] = {}
    for one in problems:
        counted[one] = counted.get(one, 0) + one.count
    return [replace(one, count=n) for one, n in counted.items()]
