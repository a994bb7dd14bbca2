"""Owns ``ekisei fairness``, ``winners``, ``cross-sector``: who is left behind, who gains and loses, what it saves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.results import DEFAULT_RUNS, Runs, require_csv, require_same_city, save, titles_of
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.store import StoredRun
    from scenarios.winner_kinds import Whose
    from scenarios.winners import Winners


def register(root: typer.Typer) -> None:
    """Add the commands to the command line."""
    root.command("fairness", help="help.fairness")(fairness)
    root.command("winners", help="help.winners")(winners)
    root.command("cross-sector", help="help.cross_sector")(cross_sector)


def fairness(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="help.fairness.run", metavar="RUN")],
    districts: Annotated[bool, typer.Option("--districts", help="help.fairness.districts")] = False,
    public: Annotated[bool, typer.Option("--public", help="help.fairness.public")] = False,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Print the sentences first, then the districts, then the indices behind."""
    from app.commands.fairness_tables import district_table, index_table, print_sentences
    from scenarios.store import read_run

    session: Session = context.obj
    stored = read_run(run, runs)
    tables = equity_tables(stored)
    print_sentences(session, stored, tables["equity_sentences"])
    if "equity_districts" in tables:
        session.out.print(district_table(session, tables["equity_districts"], everything=districts, public=public))
    if "equity_indices" in tables:
        session.out.print(index_table(session, tables["equity_indices"]))
    session.print(session.say("fairness.files", path=stored.folder / "tables"))


def equity_tables(stored: "StoredRun") -> "dict[str, pd.DataFrame]":
    """Return the tables of fairness of a run, or refuse one that has none."""
    found = {name: frame for name, frame in stored.tables.items() if name.startswith("equity_")}
    if "equity_sentences" not in found:
        hint = both("fairness.none_hint")
        raise UsageError(error("fairness.none", str(stored.folder), both("fairness.none"), hint))
    return found


def winners(  # noqa: PLR0913, PLR0917 - typer hands options over by name
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="help.winners.a", metavar="A")],
    b: Annotated[str, typer.Argument(help="help.winners.b", metavar="B")],
    by: Annotated[str, typer.Option("--by", help="help.winners.by", metavar="all|age|district|cell")] = "age",
    to: Annotated[str, typer.Option("--to", help="help.winners.to", metavar="ID,ID")] = "",
    least: Annotated[float, typer.Option("--least", help="help.winners.least", metavar="MIN")] = 5.0,
    people: Annotated[str, typer.Option("--people", help="help.winners.people", metavar="a|b")] = "b",
    public: Annotated[bool, typer.Option("--public", help="help.winners.public")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="help.winners.out", metavar="DIR")] = None,
    force: Annotated[bool, typer.Option("--force", help="help.winners.force")] = False,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Print who is better and worse off in B than in A."""
    from app.commands.fairness_tables import print_winners, winners_table
    from app.commands.folders import require_free
    from scenarios.store import read_run
    from scenarios.winner_kinds import DESTINATIONS
    from scenarios.winner_tables import check_by
    from scenarios.winners import check_question, find_winners

    session: Session = context.obj
    divided, whose = check_by(by), whose_people(people)
    wanted = tuple(name.strip() for name in to.split(",")) if to else tuple(DESTINATIONS)
    check_question(wanted, least)
    if out is not None:
        require_free(out, resume=False, force=force)
    before, after = read_run(a, runs), read_run(b, runs)
    require_same_city(before, after)
    found = find_winners(before, after, to=wanted, least_min=least, people=whose)
    table = winners_table(session, found, divided, titles_of((before, after), session), public=public)
    if table.row_count:
        session.out.print(table)
    print_winners(session, found, public=public)
    if out is not None:
        write_winners(found, out, public=public)
        session.print(session.say("winners.files", path=out))


def whose_people(value: str) -> "Whose":
    """Return whose residents are counted, or refuse what is neither run."""
    if value == "a":
        return "a"
    if value == "b":
        return "b"
    raise UsageError(error("cli.winners_people", "--people", both("usage.winners_people", value=value)))


def write_winners(found: "Winners", out: Path, *, public: bool) -> None:
    """Write all tables and the sentences, whole or not at all."""
    import json
    import tempfile

    from app.commands.folders import clear_folder
    from scenarios.winner_kinds import BYS
    from scenarios.winner_tables import cell_map, winner_sentences, winner_table

    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=out.parent))
    for by in BYS:
        frame = winner_table(found, by, public=public)
        frame.to_csv(part / f"winners-{by}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    drawn = cell_map(found, public=public)
    drawn.to_csv(part / "winners-map.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    told = [*winner_sentences(found, public=public), *found.notes]
    lines = [*(text.ja for text in told), "", *(text.en for text in told)]
    (part / "winners.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    manifest = {
        "schema": "ekisei-winners/1",
        "a": found.a,
        "b": found.b,
        "people": found.people,
        "least_min": found.least_min,
        "destinations": list(found.destinations),
        "status": str(found.status),
        "public": public,
    }
    (part / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    clear_folder(out)
    if out.exists():
        out.rmdir()
    part.rename(out)


def cross_sector(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="help.cross_sector.run", metavar="[RUN]")] = "",
    table: Annotated[Path | None, typer.Option("--table", help="help.cross_sector.table", metavar="FILE")] = None,
    without: Annotated[str, typer.Option("--without", help="help.cross_sector.without", metavar="RUN")] = "",
    template: Annotated[
        Path | None, typer.Option("--template", help="help.cross_sector.template", metavar="FILE")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="help.cross_sector.csv", metavar="FILE")] = None,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Write a table to fill in, or add up one that is filled in."""
    session: Session = context.obj
    require_csv(csv)
    if template is not None:
        write_template(session, template)
        return
    if not run or table is None:
        raise UsageError(
            error("cli.cross_sector", "cross-sector", both("usage.cross_sector"), both("usage.cross_sector_hint"))
        )
    from app.commands.fairness_tables import print_effect
    from app.commands.runs import show_warnings
    from scenarios.cross_sector import read_cross_sector
    from scenarios.store import read_run

    stored = read_run(run, runs)
    other = read_run(without, runs) if without else None
    if other is not None:
        require_same_city(stored, other)
    found = read_cross_sector(table, stored, other)
    show_warnings(session, found.problems)
    print_effect(session, found)
    if csv is not None:
        save(found.frame(), csv, session)


def write_template(session: Session, path: Path) -> None:
    """Write the table to fill in; one that is there already stays."""
    from scenarios.cross_sector import TEMPLATE

    if path.exists():
        raise UsageError(error("cli.exists", str(path), both("usage.exists", path=path), both("usage.exists_hint")))
    require_csv(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEMPLATE, encoding="utf-8-sig", newline="\n")
    session.print(session.say("cross_sector.written", path=path))
