"""Owns ``ekisei serve``: the page on this PC."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.session import Session

DEFAULT_PORT = 8050
DEFAULT_RUNS = Path("out/library")


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("serve", help="help.serve")(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="help.serve.host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="help.serve.port")] = DEFAULT_PORT,
    runs: Annotated[Path, typer.Option("--runs", help="help.serve.runs", metavar="DIR")] = DEFAULT_RUNS,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    no_tiles: Annotated[bool, typer.Option("--no-tiles", help="help.serve.tiles")] = False,
) -> None:
    """Serve the page until Ctrl-C."""
    from app.serve import serve as serve_page

    session: Session = context.obj
    if not any(runs.glob("*/manifest.json")):
        session.note(session.say("serve.no_runs", path=runs.absolute()), style="yellow")
    session.ready_kernels()
    serve_page(runs, host, port, city_folder=folder, lang=session.lang, tiles=not no_tiles)
