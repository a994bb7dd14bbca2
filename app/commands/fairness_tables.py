"""Owns how fairness looks in a terminal: sentences, districts, indices, winners and losers, the cross-sector effect."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from app.commands.layout import Column, fitted_table
from geodata.provenance import STATUS_TEXT, Status, weakest
from scenarios.winner_kinds import AGES, ANY, DESTINATIONS, UNDIVIDED, By

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.table import Table

    from app.commands.session import Session
    from scenarios.cross_sector import CrossSectorEffect
    from scenarios.store import StoredRun
    from scenarios.winners import Winners

SHOWN_DISTRICTS = 5
SHOWN_ROWS = 40
WIDEST_NUMBER = 10
FEWEST = 10.0
THOUSAND = 1_000.0
NO_VALUE = "—"
NO_LICENCE = "75plus-no-licence"
"""People whose indices are those of all of 75 and older but for the mix of ages: left to the file."""
_SHARES = {
    "clinic": "clinic_share_75plus_no_licence",
    "round_trip": "round_trip_share_75plus_no_licence",
    "office": "office_share_75plus_no_licence",
    "school": "school_share",
}
_INDICES = {"mean": 2, "gini": 3, "palma": 2, "fgt0": 3, "fgt1": 3, "fgt2": 3}
"""Column of the table of indices → decimals."""
_COUNTS = ("better", "worse", "mixed", "newly_within", "no_longer_within")


def print_sentences(session: Session, stored: StoredRun, table: pd.DataFrame) -> None:
    """Print the sentences, most telling first, and how sure they are."""
    from app.commands.numbers import format_year

    title = stored.scenario.title
    year = format_year(stored.scenario.year, session.lang)
    session.print(session.say("fairness.title", title=title.ja if session.lang == "ja" else title.en, year=year))
    for text in table["en" if session.lang == "en" else "ja"]:
        session.print(f"・{text}" if session.lang == "ja" else f"- {text}")
    told = [Status(str(name)) for name in table["status"] if str(name) != str(Status.NO_DATA)]
    if told:
        session.print(session.say("fairness.status", status=STATUS_TEXT[weakest(told)].get(session.lang)))


def district_table(session: Session, frame: pd.DataFrame, *, everything: bool, public: bool) -> Table:
    """Return the districts, those with the lowest share first."""
    columns = [Column(session.say("fairness.district")), Column(session.say("fairness.persons"), right=True)]
    columns += [Column(session.say(f"fairness.{name}"), right=True) for name in (*_SHARES, "over")]
    rows = []
    for row in frame.head(len(frame) if everything else SHOWN_DISTRICTS).to_dict("records"):
        persons = float(row["persons_75plus_no_licence"])
        if public and persons < FEWEST:
            cells = [session.say("fairness.hidden"), *(NO_VALUE for _ in (*_SHARES, "over"))]
        else:
            minutes = _number(row["over_limit_min_75plus"], 1)
            cells = [_number(persons, 0), *(_share(row[name]) for name in _SHARES.values()), minutes]
        name = row["district_en" if session.lang == "en" else "district"]
        rows.append([Styled(str(name)), *(Styled(cell) for cell in cells)])
    return fitted_table(session.say("fairness.lowest"), columns, rows, session.out.width)


def index_table(session: Session, frame: pd.DataFrame) -> Table:
    """Return the indices by measure and people."""
    columns = [Column(session.say("fairness.measure")), Column(session.say("fairness.who"))]
    columns += [Column(session.say(f"fairness.{name}"), right=True) for name in _INDICES]
    label = "measure_en" if session.lang == "en" else "measure_ja"
    rows = [
        [
            Styled(str(row[label])),
            Styled(session.name_of("who", str(row["group"]))),
            *(Styled(_number(row[name], decimals)) for name, decimals in _INDICES.items()),
        ]
        for row in frame[frame["group"] != NO_LICENCE].to_dict("records")
    ]
    return fitted_table(session.say("fairness.indices"), columns, rows, session.out.width)


def winners_table(session: Session, found: Winners, by: By, titles: Sequence[str], *, public: bool) -> Table:
    """Return who is better and worse off; of districts and cells only any destination, most people moved first."""
    from scenarios.winner_tables import winner_table

    frame = winner_table(found, by, public=public)
    narrow = by in {"district", "cell"}
    if narrow:
        frame = frame[frame["destination"] == ANY]
        moved = frame["better"].fillna(0.0) + frame["worse"].fillna(0.0) + frame["mixed"].fillna(0.0)
        frame = frame.assign(moved=moved).query("moved > 0").sort_values("moved", ascending=False, kind="stable")
    keys = {"all": (), "age": ("age",), "district": ("district_id",), "cell": ("cell_id",)}[by]
    told = tuple(name for name in _COUNTS if name in {"better", "worse"} or frame[name].fillna(0.0).any())
    counts = tuple(name for name in told if not narrow or name in {"better", "worse", "mixed"})
    heads = ("destination", *keys, "persons", *counts, *(() if narrow else ("gained_min",)))
    columns = [_column(session, name, right=name not in {"destination", *keys}) for name in heads]
    shown = frame.head(SHOWN_ROWS).to_dict("records")
    rows = [[Styled(_cell(session, found, row, name)) for name in heads] for row in shown]
    people = titles[0 if found.people == "a" else 1]
    title = session.say("winners.title", a=titles[0], b=titles[1], least=f"{found.least_min:g}", people=people)
    if len(frame) > SHOWN_ROWS:
        title = f"{title}\n{session.say('winners.more', n=len(frame) - SHOWN_ROWS)}"
    return fitted_table(title, columns, rows, session.out.width)


def _column(session: Session, name: str, *, right: bool) -> Column:
    head = session.say(f"winners.{name}")
    return Column(head, right=True, most=WIDEST_NUMBER) if right else Column(head)


def _cell(session: Session, found: Winners, row: dict[Any, Any], name: str) -> str:
    if name == "destination":
        known = DESTINATIONS.get(row[name])
        return session.say("winners.any") if known is None else known.label.get(session.lang)
    if name == "age":
        return next(age.label.get(session.lang) for age in (*AGES, *UNDIVIDED) if age.age_id == row[name])
    if name == "district_id":
        return found.name_of(row[name]).get(session.lang) if row[name] else session.say("winners.no_district")
    if name == "cell_id":
        return str(row[name])
    if row["hidden"]:
        return session.say("winners.hidden") if name == "persons" else NO_VALUE
    return _number(row[name], 1 if name == "gained_min" else 0, signed=name == "gained_min")


def print_winners(session: Session, found: Winners, *, public: bool) -> None:
    """Print the sentences on winners and losers, and what else is to be said."""
    from scenarios.winner_tables import winner_sentences

    for text in (*winner_sentences(found, public=public), *found.notes):
        session.print(f"・{text.ja}" if session.lang == "ja" else f"- {text.en}")
    session.print(session.say("winners.status", status=STATUS_TEXT[found.status].get(session.lang)))


def print_effect(session: Session, found: CrossSectorEffect) -> None:
    """Print the cross-sector effect: lines, sums, and what is not counted."""
    heads = ("sector", "measure", "quantity", "times", "unit_cost", "yen")
    columns = [Column(session.say(f"cross_sector.{name}"), right=name not in {"sector", "measure"}) for name in heads]
    missing = session.say("cross_sector.not_entered")
    rows = []
    for row in found.rows:
        numbers = (row.quantity, row.times_per_year, row.unit_cost_yen)
        cells = [missing if number is None else f"{number:,.10g}" for number in numbers]
        yen = NO_VALUE if row.yen is None else _thousand(row.yen)
        rows.append([Styled(cell) for cell in (row.sector, row.measure, *cells, yen)])
    session.out.print(fitted_table(session.say("cross_sector.title"), columns, rows, session.out.width, elastic=1))
    session.print(session.say("cross_sector.replacing", yen=_thousand(found.replacing_yen)))
    if found.spending_yen is None or found.effect_yen is None:
        session.print(session.say("cross_sector.no_spending"))
    else:
        session.print(session.say("cross_sector.spending", yen=_thousand(found.spending_yen)))
        session.print(session.say("cross_sector.effect", yen=_thousand(found.effect_yen)))
    if found.left_out:
        session.print(session.say("cross_sector.partial", n=len(found.left_out)))
    session.print(session.say("cross_sector.status", status=STATUS_TEXT[found.status].get(session.lang)))


def _thousand(yen: float) -> str:
    return f"{yen / THOUSAND:,.0f}"


def _share(value: float) -> str:
    return NO_VALUE if math.isnan(float(value)) else f"{100 * float(value):.1f}%"


def _number(value: float, decimals: int, *, signed: bool = False) -> str:
    number = float(value)
    if math.isnan(number):
        return NO_VALUE
    if math.isinf(number):
        return "∞"
    return f"{number:+,.{decimals}f}" if signed else f"{number:,.{decimals}f}"
