"""Owns ``ekisei money``: vehicles, drivers, cost and subsidy of a run, or of two beside each other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.results import DEFAULT_RUNS, Runs, require_csv, require_same_city, save, titles_of
from app.commands.session import Session
from app.commands.words import bullet

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from scenarios.store import StoredRun

THOUSAND = 1_000


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("money", help="help.money")(money)


def money(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="help.money.run", metavar="RUN")],
    other: Annotated[str, typer.Argument(help="help.money.other", metavar="[OTHER]")] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="help.money.csv", metavar="FILE")] = None,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Print what a year of service takes, costs and brings in; with a second run the difference."""
    from scenarios.money import money_difference, money_of, not_in_cost, worth_of, worth_sentences
    from scenarios.store import read_run

    session: Session = context.obj
    require_csv(csv)
    first = read_run(run, runs)
    if not other:
        frame = money_of(first)
        session.out.print(one_table(session, frame, first))
        print_notes_of(session, frame)
        for left_out in not_in_cost(first):
            session.print(f"{bullet(session.lang)}{left_out.get(session.lang)}")
        print_duties(session, first)
        print_verdicts(session, first)
    else:
        second = read_run(other, runs)
        require_same_city(first, second)
        frame = money_difference(first, second)
        session.out.print(two_table(session, frame, (first, second)))
        for sentence in worth_sentences(worth_of(first, second)):
            session.print(f"{bullet(session.lang)}{sentence.get(session.lang)}")
        print_notes_of(session, frame)
        for left_out in not_in_cost(second):
            session.print(f"{bullet(session.lang)}{left_out.get(session.lang)}")
        print_verdicts(session, second)
    session.print(session.say("money.unit_costs"))
    session.print(session.say("note.disclaimer"))
    if csv is not None:
        save(frame, csv, session)


def one_table(session: Session, frame: "pd.DataFrame", run: "StoredRun") -> "Table":
    """Return the items of one run with their values and status."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from geodata.errors import Text
    from geodata.provenance import STATUS_TEXT, Status
    from scenarios.money import ITEMS

    rows = [
        [
            Styled(ITEMS[row["item"]].get(session.lang)),
            Styled(shown(row["item"], row["value"]) + " " + unit_of(row["item"], row["unit"], session.lang)),
            Styled(STATUS_TEXT[Status(row["status"])].get(session.lang)),
        ]
        for row in frame.to_dict("records")
        if row["item"] in ITEMS
    ]
    heads = ("money.item", "money.value", "result.status")
    columns = [Column(session.say(key), right=key == "money.value") for key in heads]
    title = session.say("money.title", title=Text(**run.manifest["title"]).get(session.lang), year=run.scenario.year)
    return fitted_table(title, columns, rows, session.out.width)


def two_table(session: Session, frame: "pd.DataFrame", pair: "tuple[StoredRun, StoredRun]") -> "Table":
    """Return the items of two runs and their difference."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from scenarios.money import ITEMS

    rows = [
        [
            Styled(ITEMS[row["item"]].get(session.lang)),
            *(Styled(shown(row["item"], row[name])) for name in ("a", "b")),
            Styled(shown(row["item"], row["difference"], signed=True)),
            Styled(unit_of(row["item"], row["unit"], session.lang)),
        ]
        for row in frame.to_dict("records")
    ]
    heads = (session.say("money.item"), "A", "B", "B − A", session.say("money.unit"))
    columns = [Column(head, right=n in {1, 2, 3}) for n, head in enumerate(heads)]
    a, b = titles_of(pair, session)
    return fitted_table(session.say("money.pair", a=a, b=b), columns, rows, session.out.width)


def print_notes_of(session: Session, frame: "pd.DataFrame") -> None:
    """Print each note of the items once, with the items it is about."""
    from scenarios.money import ITEMS

    for note, rows in frame[frame["note"] != ""].groupby("note", sort=False):
        names = [ITEMS[item].get(session.lang) for item in rows["item"] if item in ITEMS]
        joined = ("、" if session.lang == "ja" else ", ").join(names)
        session.print(f"{bullet(session.lang)}{note_in(note, session.lang)}: {joined}")


def print_duties(session: Session, run: "StoredRun") -> None:
    """Print the duties of each day type in a line."""
    table = run.tables.get("operations_duties")
    if table is None:
        return
    for row in table[table["runs"].notna()].to_dict("records"):
        names = {name: session.say(f"money.{name}") for name in ("weekday", "saturday", "holiday")}
        session.print(
            session.say(
                "money.duties",
                day=names.get(row["name"], row["name"]),
                days=f"{row['days_year']:.0f}",
                runs=f"{row['runs']:,.0f}",
                vehicles=f"{row['vehicles']:.0f}",
                duties=f"{row['duties']:.1f}".removesuffix(".0"),
                least=f"{row['duties_at_least']:.0f}",
                drive=f"{row['drive_h_mean']:.1f}",
            )
        )


def print_verdicts(session: Session, run: "StoredRun") -> None:
    """Print whether the run keeps the limits of its scenario, where it has any."""
    from geodata.errors import Text

    for verdict in run.manifest.get("limits", ()):
        session.print(f"{bullet(session.lang)}{Text(verdict['ja'], verdict['en']).get(session.lang)}")


def shown(item: str, value: float | None, *, signed: bool = False) -> str:
    """Return a value as it is printed: sums of money in thousands, small numbers with decimals, — where unknown."""
    from scenarios.money import IN_THOUSANDS

    if value is None or value != value:  # noqa: PLR0124 -- NaN
        return "—"
    scaled = value / THOUSAND if item in IN_THOUSANDS else value
    decimals = 1 if item in {"rides_per_run", "mean_load"} else 0
    if signed and round(scaled, decimals) == 0:
        return "±0"
    return f"{scaled:{'+' if signed else ''},.{decimals}f}"


def unit_of(item: str, unit: str, lang: str) -> str:
    """Return the unit a value is printed in."""
    from scenarios.money import IN_THOUSANDS, UNITS

    return UNITS["thousand yen" if item in IN_THOUSANDS else unit].get(lang)


def note_in(note: object, lang: str) -> str:
    """Return a note of the table in a language."""
    from app.text.notes import translate_notes

    return ("; " if lang == "en" else "。").join(translate_notes(str(note or ""), lang))
