"""Owns the command ``ekisei``: puts the families of commands together and turns every outcome into an exit code."""

import io
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
import typer.main
import typer.rich_utils

from app.commands import (
    assumptions,
    city,
    doctor,
    fairness,
    fleet,
    goals,
    handouts,
    hubs,
    journey,
    money,
    office,
    people,
    results,
    rides,
    runs,
    scenario,
    serve,
    store,
    sureness,
    sweep,
    targets,
    users,
)
from app.commands.kernel_cache import name_cache
from app.commands.refusals import EXIT_USAGE, refuse_unexpected, run_guarded
from app.commands.session import Session
from app.commands.words import both, say, take_flag, take_language
from geodata.errors import CitySimError

PROGRAM = "ekisei"
FAMILIES = (
    city,
    scenario,
    runs,
    sweep,
    office,
    fleet,
    hubs,
    rides,
    people,
    results,
    sureness,
    fairness,
    money,
    goals,
    targets,
    assumptions,
    handouts,
    journey,
    serve,
    users,
    store,
    doctor,
)


def main() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a pipe in an old code page lacks some signs; better ? than a crash
    name_cache(os.environ)
    sys.exit(run_cli(sys.argv[1:], os.environ))


def run_cli(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return its exit code: 0 ok, 2 usage or scenario, 3 data, 4 model, 5 cancelled, 1 other."""
    try:
        rest, lang = take_language(arguments, environ)
    except CitySimError as problem:
        session = Session()
        session.error(problem.render(session.lang))
        return problem.exit_code
    rest, debug = take_flag(rest, "--debug")
    rest, quiet = take_flag(rest, "--quiet")
    rest, verbose = take_flag(rest, "--verbose")
    session = Session(lang, debug, quiet, verbose)
    if quiet and verbose:
        session.error(both("usage.quiet_and_verbose").get(lang))
        return EXIT_USAGE
    try:
        command = build_command(lang)
    except Exception as problem:  # noqa: BLE001 - the outermost frame
        return refuse_unexpected(session, problem)
    began_at = time.monotonic()
    code = run_guarded(session, lambda: command.main(rest, prog_name=PROGRAM, standalone_mode=False, obj=session))
    session.detail(session.say("verbose.done", seconds=f"{time.monotonic() - began_at:.2f}", code=code))
    return code


def build_command(lang: str) -> Any:
    """Return the whole command tree with its help in `lang`."""
    root = typer.Typer(help="help.root", no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
    root.callback()(describe_program)
    for family in FAMILIES:
        family.register(root)
    command: Any = typer.main.get_command(root)
    localize_panels(lang)
    localize(command, lang, typer.Context(command))
    return command


def print_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        from importlib.metadata import version

        print(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


def describe_program(
    lang: Annotated[str, typer.Option("--lang", help="help.lang", metavar="ja|en")] = "ja",
    quiet: Annotated[bool, typer.Option("--quiet", help="help.quiet")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="help.verbose")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="help.debug")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="help.version", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Declare the options that stand before any command; all but the last are taken out before parsing."""


def localize(command: Any, lang: str, context: typer.Context) -> None:
    """Replace the keys in help texts by words, in the whole tree below `command`."""
    command.help = say(lang, command.help or "help.root")
    command.short_help = command.help.split("\n\n", 1)[0]
    help_option = command.get_help_option(context)
    for parameter in (*command.params, *([help_option] if help_option else [])):
        key = getattr(parameter, "help", None)
        if key:
            words = say(lang, key if key.startswith("help.") else "help.help")
            parameter.help = (
                words.replace("（", " （").replace("。", "。 ").replace("、", "、 ")
            )  # where lines may break
    for child in getattr(command, "commands", {}).values():
        localize(child, lang, typer.Context(child, parent=context))


def localize_panels(lang: str) -> None:
    """Give the help's own headings in `lang`."""
    typer.rich_utils.ARGUMENTS_PANEL_TITLE = say(lang, "panel.arguments")
    typer.rich_utils.OPTIONS_PANEL_TITLE = say(lang, "panel.options")
    typer.rich_utils.COMMANDS_PANEL_TITLE = say(lang, "panel.commands")
    typer.rich_utils.DEFAULT_STRING = say(lang, "panel.default")
    typer.rich_utils.REQUIRED_LONG_STRING = say(lang, "panel.required")


if __name__ == "__main__":
    main()
