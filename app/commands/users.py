"""Owns ``ekisei user``: who may log in on a server that others reach."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import home_folder
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from app.access.users import UserFile  # for types; every command brings it itself

USERS = Annotated[Path | None, typer.Option("--users", help="help.user.users", metavar="FILE")]
NAME = Annotated[str, typer.Argument(help="help.user.name", metavar="NAME")]
LONGEST = 1_000
"""Characters read from the standard input: no password is longer."""


def register(root: typer.Typer) -> None:
    """Add the commands to the command line."""
    family = typer.Typer(help="help.user", no_args_is_help=True)
    family.command("add", help="help.user.add")(add)
    family.command("list", help="help.user.list")(show)
    family.command("remove", help="help.user.remove")(remove)
    root.add_typer(family, name="user")


def add(  # noqa: PLR0917 - options of the command line
    context: typer.Context,
    name: NAME,
    role: Annotated[str, typer.Option("--role", help="help.user.role", metavar="ROLE")] = "viewer",
    users: USERS = None,
    replace: Annotated[bool, typer.Option("--replace", help="help.user.replace")] = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="help.user.no_password")] = False,
    from_stdin: Annotated[bool, typer.Option("--password-stdin", help="help.user.stdin")] = False,
) -> None:
    """Add a user; the password is asked for without echo."""
    from app.access.passwords import check_password, hash_password
    from app.access.roles import ROLE_TEXT, read_role
    from app.access.users import make_account, spelled

    session: Session = context.obj
    file, power = users_file(users), read_role(role)
    made = make_account(name, power, None)
    if not replace:
        file.require_new(made.name)
    if not no_password:
        password = read_password() if from_stdin else ask_password(session, spelled(name))
        check_password(password, made.name)
        made = make_account(name, power, hash_password(password))
    file.put(made, replace=replace)
    session.print(session.say("user.added", name=made.name, role=ROLE_TEXT[power].get(session.lang), path=file.path))


def show(context: typer.Context, users: USERS = None) -> None:
    """Print the users and their roles."""
    from app.access.roles import ROLE_TEXT

    session: Session = context.obj
    file = users_file(users)
    for account in file.read().values():
        role = ROLE_TEXT[account.power].get(session.lang)
        session.print(f"{account.name}\t{role}" + ("" if account.password else f"\t{session.say('user.by_proxy')}"))


def remove(context: typer.Context, name: NAME, users: USERS = None) -> None:
    """Take a user out."""
    session: Session = context.obj
    file = users_file(users)
    file.remove(name)
    session.print(session.say("user.removed", name=name, path=file.path))


def users_file(given: Path | None) -> "UserFile":
    """Return the file of users: the one given, else the one in the user's folder."""
    from app.access.users import FILE_NAME, UserFile

    return UserFile(given or home_folder() / FILE_NAME)


def ask_password(session: Session, name: str) -> str:
    """
    Return what somebody types twice, without echo.

    Raises
    ------
    UsageError
        If nobody sits at a terminal, or the two differ.
    """
    from getpass import getpass

    if not sys.stdin.isatty():
        raise UsageError(error("user.no_terminal", name, both("user.no_terminal"), both("user.no_terminal_hint")))
    password = getpass(session.say("user.ask", name=name))
    if getpass(session.say("user.again")) != password:
        raise UsageError(error("user.differ", name, both("user.differ")))
    return password


def read_password() -> str:
    """Return the first line of the standard input."""
    return sys.stdin.readline(LONGEST).rstrip("\r\n")
