"""Owns ``ekisei report``: what is handed out, as files: sheets, maps, tables, slides, GIS layers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.results import DEFAULT_RUNS, Runs
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.report.order import Extent, View
    from app.services import Services

DEFAULT_OUT = Path("out/report")
DEFAULT_KIND = "summary"
EVERY = "all"
LARGEST_LAT, LARGEST_LON = 90.0, 180.0


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("report", help="help.report")(report)


def report(  # noqa: PLR0913, PLR0917 - typer hands options over by name
    context: typer.Context,
    run: Annotated[list[str] | None, typer.Argument(help="help.report.runs", metavar="[RUN...]")] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="help.report.kind", metavar="KIND")] = None,
    format: Annotated[str, typer.Option("--format", help="help.report.format", metavar="FORMAT")] = "",  # noqa: A002
    out: Annotated[Path, typer.Option("--out", help="help.report.out", metavar="DIR")] = DEFAULT_OUT,
    compare: Annotated[str | None, typer.Option("--compare", help="help.report.compare", metavar="RUN")] = None,
    public: Annotated[bool, typer.Option("--public", help="help.report.public")] = False,
    view: Annotated[str, typer.Option("--view", help="help.report.view", metavar="ADDRESS")] = "",
    extent: Annotated[str, typer.Option("--extent", help="help.report.extent", metavar="W,S,E,N")] = "",
    metric: Annotated[str, typer.Option("--metric", help="help.report.metric", metavar="COLUMN")] = "",
    runs: Runs = DEFAULT_RUNS,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    force: Annotated[bool, typer.Option("--force", help="help.report.force")] = False,
    kinds: Annotated[bool, typer.Option("--list", help="help.report.list")] = False,
) -> None:
    """Write what is handed out of stored runs."""
    session: Session = context.obj
    if kinds:
        show_kinds(session)
        return
    if not run:
        raise UsageError(error("report.no_runs", "RUN", both("report.no_runs"), both("report.no_runs_hint")))
    from app.report.making import build_report, require_kind
    from app.report.order import View
    from app.services import Services
    from app.settings import Settings

    named = wanted_kinds(kind or [DEFAULT_KIND], format)
    for one in named:
        require_kind(one)
    home, ids = runs_folder(run, runs)
    services = Services(Settings(runs_folder=home, city_folder=folder))
    shown, group = View(metric=metric, extent=corners(extent) if extent else None), public
    if view:
        shown, group = view_of(services, view, shown, public=public)
    check_metric(shown.metric)
    with session.progress(session.say("report.reading")) as tell:
        tell(session.say("report.reading"), 0.0)
        for one in named:
            paths = build_report(
                services,
                ids,
                one,
                format if len(named) == 1 else "",
                out,
                lang=session.lang,
                public=group,
                compare=compare,
                view=shown,
                force=force,
                tell=tell,
            )
            for path in paths:
                session.print(session.say("report.written", path=path))


def wanted_kinds(named: "Sequence[str]", format_: str) -> list[str]:
    """Return kinds in order; ``all`` is every one."""
    from app.report.catalogue import KINDS

    found = [one.id for one in KINDS] if EVERY in named else list(dict.fromkeys(named))
    if format_ and len(found) > 1:
        message, hint = both("report.one_format"), both("report.one_format_hint")
        raise UsageError(error("report.one_format", "--format", message, hint))
    return found


def runs_folder(named: "Sequence[str]", usual: Path) -> tuple[Path, list[str]]:
    """Return where runs lie and their ids: a run may be named by its folder, too."""
    folders = [Path(one) for one in named if (Path(one) / "manifest.json").is_file()]
    homes = dict.fromkeys(one.resolve().parent for one in folders)
    if len(homes) > 1 or (homes and len(folders) < len(named)):
        raise UsageError(
            error("report.two_homes", " ".join(named), both("report.two_homes"), both("report.homes_hint"))
        )
    if not homes:
        return usual, list(named)
    from scenarios.store import read_run

    return next(iter(homes)), [read_run(one).run_id for one in folders]


def corners(text: str) -> "Extent":
    """Return west, south, east, north of an extent as it was written, or refuse it."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        if -LARGEST_LON <= west < east <= LARGEST_LON and -LARGEST_LAT <= south < north <= LARGEST_LAT:
            return west, south, east, north
    except ValueError:
        pass
    raise UsageError(error("report.extent", "--extent", both("report.bad_extent"), both("report.bad_extent_hint")))


def view_of(services: "Services", address: str, shown: "View", *, public: bool) -> "tuple[View, bool]":
    """Return metric, age group, extent and whether it is public, of an address of the page."""
    from dataclasses import replace
    from urllib.parse import urlsplit

    from app.features.compare.steps import from_address
    from app.report.maps_world import camera_extent

    state = from_address(services, urlsplit(address).query or address)
    extent = camera_extent(*state.camera) if state.camera is not None else None
    found = replace(shown, metric=shown.metric or state.metric, group=state.group, extent=shown.extent or extent)
    return found, public or state.public


def check_metric(metric: str) -> None:
    """Refuse a metric that no map shows."""
    from app.commands.results import near_names
    from app.features.compare.metrics import list_metrics

    known = list(list_metrics())
    if metric and metric not in known:
        hint = both("report.no_metric_hint", near=", ".join(near_names(metric, known)))
        raise UsageError(error("report.no_metric", "--metric", both("report.no_metric", metric=metric), hint))


def show_kinds(session: Session) -> None:
    """Print what can be handed out."""
    from rich import box
    from rich.table import Table

    from app.report.catalogue import KINDS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("report.kind", "report.title", "report.formats"):
        table.add_column(session.say(key), overflow="fold")
    for one in KINDS:
        table.add_row(one.id, one.title.get(session.lang), ", ".join(one.formats))
    session.out.print(table)
    session.print(session.say("report.list_hint"))
