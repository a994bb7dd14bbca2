"""Owns ``ekisei hubs``: which places would bring a feeder to most older people who cannot walk to a stop."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.results import require_csv, save
from app.commands.session import Session

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


def register(root: typer.Typer) -> None:
    """Add the family to the command line."""
    family = typer.Typer(help="help.hubs", no_args_is_help=True, rich_markup_mode="rich")
    family.callback()(describe)
    family.command("rank", help="help.hubs.rank")(rank)
    root.add_typer(family, name="hubs")


def describe() -> None:
    """Keep the family a family, though it has one command so far."""


def rank(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="help.hubs.scenario", metavar="[SCENARIO]")] = "",
    n_hubs: Annotated[int, typer.Option("--k", min=1, max=50, help="help.hubs.k")] = 5,
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="help.hubs.kind", metavar="KIND")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="help.compare.csv", metavar="FILE")] = None,
    geojson: Annotated[Path | None, typer.Option("--geojson", help="help.hubs.geojson", metavar="FILE")] = None,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Rank candidates, best first, beside the best choice of as many."""
    session: Session = context.obj
    for path in (csv, geojson):
        require_csv(path)
    from app.commands.applying import applied_or_as_it_is, context_of
    from geodata.timetable import RouteClass
    from sim.siting.hub_ranking import CLASSES, KINDS, HubCandidates, rank_hubs

    applied = applied_or_as_it_is(session, scenario, folder)
    with session.progress(session.say("progress.hubs")) as report:
        report("", 0.1)
        run = context_of(applied)
        classes = tuple(k for k in kinds or CLASSES if k in set(RouteClass))
        places = tuple(k for k in kinds or KINDS if k not in set(RouteClass))
        ranking = rank_hubs(run, HubCandidates.of(run, classes, places), n_hubs)
    session.out.print(ranking_table(session, ranking))
    for key in ("hubs.what", "hubs.nested", "note.hypothetical"):
        session.print(session.say(key))
    if csv is not None:
        save(ranking, csv, session)
    if geojson is not None:
        from app.commands.service_maps import hub_features, save_features

        save_features(hub_features(ranking), geojson, session)


def ranking_table(session: Session, ranking: "pd.DataFrame") -> "Table":
    """Return the ranking as a table."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from geodata.provenance import STATUS_TEXT, Status

    keys = ("rank", "place", "kind", "persons_new", "persons", "share", "best_persons", "status")
    right = {"rank", "persons_new", "persons", "share", "best_persons"}
    columns = [Column(session.say(f"hubs.{k}"), right=k in right) for k in keys]
    rows = []
    for row in ranking.to_dict("records"):
        english = session.lang == "en" and row["name_en"]
        cells = (
            f"{row['rank']}",
            str(row["name_en"] if english else row["name"]),
            session.name_of("hubkind", str(row["kind"])),
            f"{row['persons_new']:,.0f}",
            f"{row['persons']:,.0f}",
            f"{row['share']:.1%}",
            f"{row['best_persons']:,.0f}",
            STATUS_TEXT[Status(row["status"])].get(session.lang),
        )
        rows.append(tuple(Styled(cell) for cell in cells))
    title = session.say("hubs.title", n=len(ranking))
    return fitted_table(title, columns, rows, session.out.width, elastic=1)
