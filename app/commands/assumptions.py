"""Owns ``ekisei assumptions``: 前提条件一覧, printed from the parameters or written as a table."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.results import require_csv, save
from app.commands.session import Session

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.assumptions import Assumption
    from sim.params import Params

SHARE = "share"
OF_CITY = frozenset({"walk_detour"})
"""Parameters that the data of the city give where nothing else is said; others without a value are not entered."""
SHOWN_SIGNS = 24
"""Signs of a table of values that stand on a terminal; the CSV has all."""
LABEL_WIDTH, VALUE_WIDTH, STATUS_WIDTH = 36, 26, 8
"""Cells of a column at most; the source takes what is left."""


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("assumptions", help="help.assumptions")(assumptions)


def assumptions(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    scenario: Annotated[str | None, typer.Argument(help="help.assumptions.scenario", metavar="[SCENARIO]")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="help.assumptions.out", metavar="FILE.csv")] = None,
    changed: Annotated[bool, typer.Option("--changed", help="help.assumptions.changed")] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="help.assumptions.confirm")] = False,
    assumed: Annotated[bool, typer.Option("--assumed", help="help.assumptions.assumed")] = False,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Print every parameter with value, range, unit, source and status, and what the scenario changed."""
    from scenarios.assumptions import chosen, list_assumptions

    session: Session = context.obj
    require_csv(out)
    every = list_assumptions(params_of(scenario, folder))
    found = chosen(every, changed=changed, confirm=confirm, assumed=assumed)
    show_assumptions(session, found)
    session.print(counts_line(session, every))
    if out is not None:
        save(assumption_frame(found, session.lang), out, session)


def params_of(scenario: str | None, folder: Path | None) -> "Params | None":
    """Return the parameters of a scenario, checked against their bounds; None without one."""
    if scenario is None:
        return None
    from app.commands.folders import load_city
    from scenarios.apply import apply_scenario
    from scenarios.files import read_scenario

    return apply_scenario(load_city(folder), read_scenario(scenario)).params  # modifications may change some, too


def show_assumptions(session: Session, found: "tuple[Assumption, ...]") -> None:
    """Print one table per subject."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table

    widths = {"label": LABEL_WIDTH, "value": VALUE_WIDTH, "status": STATUS_WIDTH, "source": None}
    columns = [Column(session.say(f"assume.{key}"), most=most) for key, most in widths.items()]
    for group in dict.fromkeys(one.group for one in found):
        rows = []
        for one in found:
            if one.group == group:
                cells = cells_of(session, one)
                rows.append(
                    tuple(Styled(cell, "bold yellow" if one.changed and n == 1 else "") for n, cell in enumerate(cells))
                )
        session.out.print(
            fitted_table(session.say(f"subject.{group}"), columns, rows, session.out.width, elastic=3), markup=False
        )


def cells_of(session: Session, one: "Assumption") -> tuple[str, ...]:
    """Return what stands in the line of one parameter."""
    from geodata.provenance import STATUS_TEXT
    from sim.unit_words import unit_words

    row, lang = one.parameter, session.lang
    told = partial(shown, unit=row.unit)
    unit = f" {unit_words(row.unit, one.name).get(lang)}".rstrip()
    empty = session.say("assume.of_city" if one.name in OF_CITY else "assume.empty")
    value = empty if one.value is None else f"{shortened(told(one.value))}{unit}"
    if one.changed:
        value += "\n" + session.say("assume.was", usual=shortened(told(one.usual)))
    if row.low is not None and row.high is not None and row.low < row.high:
        value += "\n" + session.say("assume.between", low=told(row.low), high=told(row.high))
    status = STATUS_TEXT[row.status].get(lang) + (session.say("assume.confirm_mark") if row.confirm else "")
    return f"{row.label.get(lang)}\n{one.name}", value, status, row.source.get(lang)


def shown(value: Any, unit: str) -> str:
    """Return a value as it is printed: shares as %, those of a table by age too; a scenario and the CSV hold 0–1."""
    if unit != SHARE or value is None or isinstance(value, str | bool):
        return written(value)
    if isinstance(value, tuple | list):
        parts = [(part[:-1], part[-1]) if isinstance(part, tuple | list) else ((), part) for part in value]
        return ", ".join(":".join([*(written(v) for v in head), shown(last, unit)]) for head, last in parts)
    return f"{100 * value:.6g}%"


def written(value: Any) -> str:
    """Return a value as it is written in a scenario; a table of values in one line."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,g}" if abs(value) < 1e6 else f"{value:,.0f}"  # noqa: PLR2004 -- no exponent for yen
    if isinstance(value, tuple | list):
        return ", ".join(
            ":".join(written(v) for v in part) if isinstance(part, tuple | list) else written(part) for part in value
        )
    return str(value)


def shortened(text: str) -> str:
    """Return a long text cut for the terminal."""
    return text if len(text) <= SHOWN_SIGNS else f"{text[: SHOWN_SIGNS - 1]}…"


def counts_line(session: Session, every: "tuple[Assumption, ...]") -> str:
    """Return how many parameters there are, are assumed, must be confirmed, and were changed."""
    assumed = sum(str(one.parameter.status) == "assumed" for one in every)
    confirm = sum(one.parameter.confirm for one in every)
    changed = sum(one.changed for one in every)
    return session.say("assume.counts", n=len(every), assumed=assumed, confirm=confirm, changed=changed)


def assumption_frame(found: "tuple[Assumption, ...]", lang: str) -> "pd.DataFrame":
    """Return the list as a table, one row per parameter."""
    import pandas as pd

    from app.commands.words import say

    rows = [
        {
            "parameter": one.name,
            "group": say(lang, f"subject.{one.group}"),
            "label": one.parameter.label.get(lang),
            "value": written(one.value),
            "default": written(one.usual),
            "changed": int(one.changed),
            "low": one.parameter.low,
            "mid": one.parameter.mid,
            "high": one.parameter.high,
            "unit": one.parameter.unit,
            "source": one.parameter.source.get(lang),
            "status": str(one.parameter.status),
            "confirm": int(one.parameter.confirm),
            "kpis": " ".join(one.kpis),
        }
        for one in found
    ]
    names = (
        "parameter",
        "group",
        "label",
        "value",
        "default",
        "changed",
        "low",
        "mid",
        "high",
        "unit",
        "source",
        "status",
        "confirm",
        "kpis",
    )
    return pd.DataFrame(rows, columns=list(names))
