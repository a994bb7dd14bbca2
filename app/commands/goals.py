"""Owns ``ekisei goal-seek``: what it would take to reach a target, how much it costs, or why it is out of reach."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import clear_folder, load_city, require_free
from app.commands.runs import CityFolder, Force, show_warnings
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from scenarios.goal_points import Ask
    from scenarios.lever_book import LeverBook
    from scenarios.runner import RunFolder
    from scenarios.schema import Limits, Scenario

SEARCH_PART = 0.6
"""Share of the progress that is the search; the rest is the whole runs that confirm it."""
BUDGET = "budget_yen"
MOST = 400


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("goal-seek", help="help.goal")(goal_seek)


def goal_seek(  # noqa: PLR0913, PLR0917 - typer hands options over by name
    context: typer.Context,
    kpi: Annotated[str, typer.Option("--kpi", help="help.goal.kpi", metavar="KPI")],
    levers: Annotated[str, typer.Option("--levers", help="help.goal.levers", metavar="FILE")],
    target: Annotated[str | None, typer.Option("--target", help="help.goal.target", metavar="VALUE")] = None,
    setting: Annotated[list[str] | None, typer.Option("--setting", help="help.goal.setting", metavar="SETTING")] = None,
    group: Annotated[str, typer.Option("--group", help="help.goal.group", metavar="GROUP")] = "all",
    limit: Annotated[list[str] | None, typer.Option("--limit", help="help.goal.limit", metavar="NAME=NUMBER")] = None,
    most: Annotated[int, typer.Option("--most", min=2, max=100_000, help="help.goal.most", metavar="N")] = MOST,
    draws: Annotated[int | None, typer.Option("--draws", help="help.goal.draws", metavar="N")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="help.goal.out", metavar="DIR")] = None,
    folder: CityFolder = None,
    force: Force = False,
) -> None:
    """Search, confirm every answer by a whole run, print and write what was found."""
    session: Session = context.obj
    if out is not None:
        require_free(out, resume=False, force=force)
    from scenarios.sureness import check_draws

    check_draws(draws, "--draws")
    from app.commands.sweep import check_kpis

    check_kpis([kpi])
    from app.commands.goal_report import show_goal
    from scenarios.export_goals import write_goal
    from scenarios.goal_confirm import confirm_answers
    from scenarios.goal_seek import check_ask, seek
    from scenarios.lever_book import read_levers
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    book = read_levers(levers)
    city = load_city(folder)
    ask = make_ask(book, city, kpi, target, (tuple(setting or ()), group, limit or (), most))
    check_ask(ask, city)
    session.ready_kernels()
    store = ResultStore()
    with session.progress(session.say("progress.goal")) as report:

        def tell(done: int) -> None:
            report(session.say("progress.goal_at", n=done), SEARCH_PART * done / (done + 20))

        found = seek(city, book, ask, store, tell)
        if out is not None and force:
            clear_folder(out)

        def run_one(scenario: "Scenario") -> "RunFolder":
            report(session.say("progress.goal_check", name=scenario.id), SEARCH_PART)
            where = None if out is None else out / scenario.id
            return run_scenario(scenario, city, out=where, store=store, draws=draws)

        checked = confirm_answers(found, run_one)
    show_warnings(session, [p for one in checked.values() for p in one.run.problems])
    show_goal(session, found, checked)
    if out is not None:
        files = write_goal(found, checked, out)
        session.print(session.say("goal.files", names=", ".join(path.name for path in files), folder=out))


def make_ask(
    book: "LeverBook",
    city: "City",
    kpi: str,
    target: str | None,
    rest: "tuple[tuple[str, ...], str, Sequence[str], int]",
) -> "Ask":
    """Return the question as it was written; the target left out = the official one."""
    from scenarios.goal_points import Ask

    settings, group, limits, most = rest
    held, budget = read_limits(limits, book)
    return Ask(kpi, read_target(kpi, target, city), settings, group, held, budget, most)


def read_target(kpi: str, written: str | None, city: "City") -> float:
    """
    Return the target in the unit of kpi.csv: shares as 0–1 or with %, times of day as HH:MM.

    Raises
    ------
    UsageError
        If it is no number, a share beyond 0–1, or left out where the city has no official target.
    """
    from sim.kpi import KPIS

    spec, where = KPIS[kpi], f"--target {written or ''}".strip()
    if written is None:
        known = city.targets.find(kpi, "target")
        if known is None:
            raise UsageError(error("cli.no_target", "--target", both("goal.no_target", kpi=kpi)))
        return known.value
    text = written.strip().replace("％", "%").replace(",", "")
    try:
        if spec.unit == "time" and ":" in text:
            hours, minutes = text.split(":")
            return float(int(hours) * 3600 + int(minutes) * 60)
        value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf") or (text.endswith("%") and spec.unit != "share"):
        raise UsageError(error("cli.bad_target", where, both("goal.bad_target"), both("goal.bad_target_hint")))
    if spec.unit == "share" and not 0 <= value <= 1:
        raise UsageError(error("cli.bad_target", where, both("goal.no_share"), both("goal.bad_target_hint")))
    return value


def read_limits(written: "Sequence[str]", book: "LeverBook") -> "tuple[Limits | None, float | None]":
    """
    Return the limits of base and levers file with those of the command line over them, and the budget [yen a year].

    Raises
    ------
    UsageError
        If a name is unknown or a number is none.
    """
    from scenarios.schema import Limits

    told: dict[str, float] = {}
    for one in (book.base.limits, book.file.limits):
        told |= {} if one is None else one.model_dump(exclude_none=True)
    budget = book.file.budget_yen
    for text in written:
        name, _, number = text.partition("=")
        name, where = name.strip(), f"--limit {text}"
        if name not in {*Limits.model_fields, BUDGET}:
            names = ", ".join((*Limits.model_fields, BUDGET))
            raise UsageError(
                error("cli.bad_limit", where, both("goal.bad_limit"), both("goal.limit_names", names=names))
            )
        try:
            value = float(number.replace(",", ""))
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            raise UsageError(error("cli.bad_limit", where, both("goal.bad_limit_number"), both("goal.limit_hint")))
        if name == BUDGET:
            budget = value
        else:
            told[name] = int(value) if value.is_integer() else value
    try:
        return (Limits.model_validate(told) if told else None), budget
    except ValueError:
        raise UsageError(
            error("cli.bad_limit", "--limit", both("goal.bad_limit_number"), both("goal.limit_hint"))
        ) from None
