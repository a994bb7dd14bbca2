"""Owns ``ekisei serve``: the page on this PC."""

import os
from pathlib import Path
from typing import Annotated

import typer

from app.commands.session import Session
from app.log_format import LogFormat

DEFAULT_PORT = 8050
DEFAULT_RUNS = Path("out/library")


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("serve", help="help.serve")(serve)


def serve(  # noqa: PLR0913, PLR0917 - options of the command line
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="help.serve.host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="help.serve.port")] = DEFAULT_PORT,
    runs: Annotated[Path, typer.Option("--runs", help="help.serve.runs", metavar="DIR")] = DEFAULT_RUNS,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    no_tiles: Annotated[bool, typer.Option("--no-tiles", help="help.serve.tiles")] = False,
    users: Annotated[Path | None, typer.Option("--users", help="help.serve.users", metavar="FILE")] = None,
    header: Annotated[str | None, typer.Option("--trust-header", help="help.serve.header", metavar="NAME")] = None,
    proxies: Annotated[list[str] | None, typer.Option("--proxy", help="help.serve.proxy", metavar="ADDRESS")] = None,
    names: Annotated[list[str] | None, typer.Option("--name", help="help.serve.name", metavar="HOST")] = None,
    log_format: Annotated[LogFormat, typer.Option("--log-format", help="help.serve.log_format")] = LogFormat.TEXT,
    log_file: Annotated[Path | None, typer.Option("--log-file", help="help.serve.log_file", metavar="FILE")] = None,
    guests: Annotated[bool, typer.Option("--guests-view", help="help.serve.guests")] = False,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", help="help.serve.database", envvar="EKISEI_DATABASE", show_envvar=False, metavar="URL"
        ),
    ] = None,
) -> None:
    """Serve the page until Ctrl-C."""
    from app.access.rules import LOOPBACK, AccessRules, check_rules
    from app.logs import FORMAT_VARIABLE, LogWish
    from app.serve import serve as serve_page

    session: Session = context.obj
    if not any(runs.glob("*/manifest.json")):
        session.note(session.say("serve.no_runs", path=runs.absolute()), style="yellow")
    access = AccessRules(
        users_file=users,
        trusted_header=header,
        proxies=tuple(proxies or LOOPBACK),
        names=tuple(names or ()),
        guests_view=guests,
    )
    check_rules(access)  # a miswritten option is told before anything takes time
    if database is not None:
        from app.database.address import read_address

        read_address(database)
    os.environ[FORMAT_VARIABLE] = log_format  # the processes of jobs write as the server does
    session.ready_kernels()
    serve_page(
        runs,
        host,
        port,
        city_folder=folder,
        lang=session.lang,
        tiles=not no_tiles,
        access=access,
        database=database,
        log=LogWish(log_format, log_file),
    )
