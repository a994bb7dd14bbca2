"""Owns the frame of errors: what a person reads instead of a traceback, and which exit code goes with it."""

from __future__ import annotations

import errno
import re
import traceback
from typing import TYPE_CHECKING, Any

from app.commands.words import both
from geodata.errors import CitySimError, Problem, RunError, Text, UsageError, error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import typer

    from app.commands.session import Session

EXIT_OK = 0
EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_CANCELLED = 5
NOT_WRITTEN = {
    errno.ENOSPC: "error.disk_full",
    errno.EDQUOT: "error.disk_full",
    errno.EROFS: "error.disk_locked",
}
"""What a command that met it says; a missing right is told where it is met, with what it was for."""
INTERRUPTED = 130
"""What typer returns for Ctrl-C."""


def run_guarded(session: Session, command: Callable[[], object]) -> int:
    """
    Run a command and return its exit code; print every failure for a person.

    Ctrl-C counts as cancelled. A traceback is shown with ``--debug`` only; else it goes to the log.
    """
    try:
        returned = command()
    except Exception as problem:  # noqa: BLE001 - the outermost frame
        return refuse_cancelled(session) if was_interrupted(problem) else refuse(session, problem)
    except KeyboardInterrupt:
        return refuse_cancelled(session)
    if returned == INTERRUPTED:
        return refuse_cancelled(session)
    return returned if isinstance(returned, int) else EXIT_OK


def was_interrupted(problem: BaseException | None) -> bool:
    """Return whether Ctrl-C stands behind a failure: compiled code turns it into a SystemError."""
    while isinstance(problem, SystemError):
        problem = problem.__cause__
    return isinstance(problem, KeyboardInterrupt)


def refuse(session: Session, problem: Exception) -> int:
    """Print a failure for a person and return its exit code."""
    import typer

    if isinstance(problem, CitySimError):
        show_trace(session)
        session.error(problem.render(session.lang))
        return exit_code_of(problem)
    if isinstance(problem, typer.Abort):
        return refuse_cancelled(session)
    if isinstance(problem, typer.TyperException):
        return refuse_usage(session, problem)
    if isinstance(problem, OSError) and problem.errno in NOT_WRITTEN:
        return refuse_unwritten(session, problem)
    return refuse_unexpected(session, problem)


def exit_code_of(problem: CitySimError) -> int:
    """Return the exit code of a refusal; of failed runs only the cancelled ones are 5."""
    cancelled = any("cancel" in p.code for p in problem.problems)
    return EXIT_UNEXPECTED if isinstance(problem, RunError) and not cancelled else problem.exit_code


def refuse_cancelled(session: Session) -> int:
    """Say that the work was cancelled."""
    session.error(session.say("error.cancelled"), style="yellow")
    return EXIT_CANCELLED


def refuse_unexpected(session: Session, problem: Exception) -> int:
    """Say what happened and where the log is."""
    session.error(session.say("error.unexpected", message=f"{type(problem).__name__}: {problem}"))
    path = write_log()
    session.error(session.say("error.log", path=path) if path else session.say("error.no_log"), style="")
    show_trace(session)
    return EXIT_UNEXPECTED


def refuse_unwritten(session: Session, problem: OSError) -> int:
    """Say that the disk is full or locked against writing: nobody's program is at fault, and there is a remedy."""
    show_trace(session)
    where = f" ({problem.filename})" if problem.filename else ""
    session.error(session.say("error.not_written", why=session.say(NOT_WRITTEN[problem.errno or 0]), where=where))
    return EXIT_UNEXPECTED


def show_trace(session: Session) -> None:
    """Print the traceback if it was asked for."""
    if session.debug:
        session.error(traceback.format_exc(), style="")


def write_log() -> Path | None:
    """Append the traceback to the log under the user's folder; None if that fails too."""
    from datetime import UTC, datetime

    from app.commands.folders import log_file
    from app.logs import begin_anew

    try:
        path = log_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        begin_anew(path)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(tz=UTC).isoformat(timespec='seconds')}\n{traceback.format_exc()}\n")
    except OSError:
        return None
    return path


def refuse_usage(session: Session, problem: typer.TyperException) -> int:
    """Say in the session's language how the command was miswritten."""
    if type(problem).__name__ != "NoArgsIsHelpError":  # the help has been printed then
        session.error(UsageError(explain_usage(problem)).render(session.lang))
    return EXIT_USAGE


def explain_usage(problem: Any) -> Problem:
    """Return a usage error of the option parser as a problem with place and remedy."""
    context = getattr(problem, "ctx", None)
    command = context.command_path if context else "ekisei"
    return error("cli.usage", command, usage_message(problem), usage_hint(problem, command))


def usage_message(problem: Any) -> Text:
    """Return what is wrong; the parser's own English remains only where it names no known case."""
    kind = type(problem).__name__
    parameter = getattr(problem, "param", None)
    name = parameter.get_error_hint() if parameter is not None else ""
    detail = str(getattr(problem, "message", problem))
    if kind == "MissingParameter":
        return both("usage.missing_option", name=name)
    if kind == "NoSuchOption":
        return both("usage.no_option", name=problem.option_name)
    if kind == "BadParameter":
        return bad_value(name, detail)
    for pattern, key in (
        (r"No such command '(.+?)'", "usage.no_command"),
        (r"Got unexpected extra argument\S* \((.+)\)", "usage.extra"),
        (r"Option '(.+?)' requires an argument", "usage.no_value"),
        (r"Missing command()", "usage.missing_command"),
    ):
        found = re.search(pattern, detail)
        if found:
            return both(key, name=found.group(1))
    return both("usage.other", detail=detail)


def bad_value(name: str, detail: str) -> Text:
    """Return what is wrong with a value; the parser's own English remains only where it names no known case."""
    for pattern, key in (
        (r"less than or equal to (\S+)", "usage.at_most"),
        (r"greater than or equal to (\S+)", "usage.at_least"),
    ):
        found = re.search(pattern, detail)
        if found:
            return both(key, name=name, limit=found.group(1))
    if "valid integer" in detail:
        return both("usage.whole_number", name=name)
    return both("usage.bad_value", name=name, detail=detail)


def usage_hint(problem: Any, command: str) -> Text:
    """Return near names where the parser knows some, else where an example stands."""
    near = getattr(problem, "possibilities", None) or re.findall(r"Did you mean (.+?)\?", str(problem))
    if near:
        return both("usage.near", names=", ".join(sorted(n.strip("'") for n in near)))
    return both("usage.missing_hint", command=command)
