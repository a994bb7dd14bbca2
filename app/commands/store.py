"""Owns ``ekisei store``: looking over what is stored, and making room."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import home_folder
from app.commands.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from geodata.errors import Problem
    from scenarios.store_check import StorePlaces, Task
    from scenarios.store_clean import Removal

EXIT_BAD = 3
KINDS = ("results", "draws", "travel", "steps", "drafts", "users", "database", "jobs", "runs", "tables")
Runs = Annotated[list[Path] | None, typer.Option("--runs", help="help.store.runs", metavar="DIR")]


def register(root: typer.Typer) -> None:
    """Add the commands to the command line."""
    family = typer.Typer(help="help.store", no_args_is_help=True)
    family.command("verify", help="help.store.verify")(verify)
    family.command("gc", help="help.store.gc")(clean)
    root.add_typer(family, name="store")


def verify(
    context: typer.Context,
    runs: Runs = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="help.store.folder", metavar="DIR")] = None,
    users: Annotated[Path | None, typer.Option("--users", help="help.user.users", metavar="FILE")] = None,
    database: Annotated[Path | None, typer.Option("--database", help="help.store.database", metavar="FILE")] = None,
) -> None:
    """Look over everything; name each damaged file with what to do; exit 3 if there is one."""
    from geodata.errors import Severity, render_problems
    from scenarios.store_check import check_store, stored_tasks

    session: Session = context.obj
    places = _places(runs, folder)
    tasks = [*stored_tasks(places), *_desk_tasks(users, database)]
    label = session.say("store.checking")
    with session.progress(label) as report:
        found = check_store(tasks, lambda share: report(label, share))
    session.print(session.say("store.place", path=places.home))
    for kind in KINDS:
        if kind in found.counted:
            session.print(session.say("store.counted", kind=session.say(f"store.{kind}"), n=f"{found.counted[kind]:,}"))
    errors = [one for one in found.problems if one.severity is Severity.ERROR]
    if found.problems:
        session.note(render_problems(found.problems, session.lang), style="red" if errors else "yellow")
    session.print(session.say("store.bad", n=len(errors)) if errors else session.say("store.whole"))
    if errors:
        raise typer.Exit(EXIT_BAD)


def clean(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="help.store.dry_run")] = False,
    keep_days: Annotated[float, typer.Option("--keep-days", min=0, help="help.store.keep_days", metavar="N")] = 0,
    runs: Runs = None,
) -> None:
    """Take away what no run can find any more; say what and how many bytes; exit 3 if something could not be."""
    from geodata.errors import render_problems
    from scenarios.store_clean import find_removals, remove

    session: Session = context.obj
    places = _places(runs, None)
    session.print(session.say("store.place", path=places.home))
    label = session.say("store.looking")
    with session.progress(label) as report:
        report(label, 0.0)
        found = find_removals(places, keep_days=keep_days)
    _show_removals(session, found)
    if not found:
        session.print(session.say("store.nothing"))
        return
    total = _bytes(sum(one.n_bytes for one in found))
    if dry_run:
        session.print(session.say("store.would", n=f"{len(found):,}", size=total))
        return
    label = session.say("store.removing")
    with session.progress(label) as report:
        left = remove(found, lambda share: report(label, share))
    lost = {one.where for one in left}
    done = [one for one in found if str(one.path) not in lost]
    size = _bytes(sum(one.n_bytes for one in done))
    session.print(session.say("store.removed", n=f"{len(done):,}", size=size))
    if left:
        session.note(render_problems(left, session.lang), style="red")
        raise typer.Exit(EXIT_BAD)


def _places(runs: list[Path] | None, drafts: Path | None) -> "StorePlaces":
    from scenarios.store_check import StorePlaces

    return StorePlaces(home_folder(), drafts, tuple(runs or ()))


def _desk_tasks(users: Path | None, database: Path | None) -> "Iterator[Task]":
    """Yield what the server keeps: users, its database, the records of its jobs."""
    from app.access.users import FILE_NAME
    from app.database import desk_file
    from app.database.checking import check_database
    from scenarios.store_check import Task

    for kind, given, usual, check in (
        ("users", users, home_folder() / FILE_NAME, _check_users),
        ("database", database, desk_file(), check_database),
    ):
        path = given or usual
        if given is not None or path.exists():
            yield Task(kind, path, check)
    for folder in sorted((home_folder() / "jobs").glob("[!.]*")):
        if folder.is_dir():
            yield Task("jobs", folder, _check_job)


def _check_users(path: Path) -> "list[Problem]":
    from app.access.users import UserFile
    from geodata.errors import Text, error

    file = UserFile(path)
    file.read()  # refuses by itself what cannot be read
    if file.is_as_written():
        return []
    message = Text("壊れているか、手で書き換えられています", "damaged, or edited by hand")
    hint = Text(
        "中身が正しければ、ekisei user add NAME --replace で書き直すと印が付き直ります。違えば控えから戻してください",
        "if it says what it should, ekisei user add NAME --replace writes its mark anew; else put a copy back",
    )
    return [error("store.damaged", str(path), message, hint)]


def _check_job(folder: Path) -> "list[Problem]":
    from app.jobs.record import ORDER, RESULT, STATE, Order, Outcome, Standing, read_record
    from geodata.errors import Text
    from scenarios.store_check import damaged

    hint = Text("消して構いません（計算結果はそのままです）", "it may be deleted; the runs stay as they are")
    records: dict[str, type[BaseModel]] = {ORDER: Order, STATE: Standing, RESULT: Outcome}
    needed = (ORDER, STATE)
    return [
        damaged(folder / name, hint)
        for name, kind in records.items()
        if ((folder / name).exists() or name in needed) and read_record(folder / name, kind) is None
    ]


def _show_removals(session: Session, found: "list[Removal]") -> None:
    """Print one line for each kind and reason: how many, how large."""
    say = partial(session.say)
    for kind, why in dict.fromkeys((one.kind, one.why) for one in found):
        those = [one for one in found if (one.kind, one.why) == (kind, why)]
        size = _bytes(sum(one.n_bytes for one in those))
        words = {"kind": say(f"store.{kind}"), "why": say(f"storewhy.{why}"), "n": f"{len(those):,}", "size": size}
        session.print(say("store.removal", **words))


def _bytes(n: int) -> str:
    """Return a size in the largest unit of which there is one."""
    size, units = float(n), ["B", "kB", "MB", "GB"]
    while size >= 1000 and len(units) > 1:  # noqa: PLR2004 -- SI units
        size /= 1000
        units.pop(0)
    return f"{size:,.0f} {units[0]}" if units[0] == "B" else f"{size:,.1f} {units[0]}"
