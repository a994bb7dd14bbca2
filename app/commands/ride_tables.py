"""Owns how rides look on a terminal: how full lines are, and the model beside what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text as Styled

from app.commands.fleet_tables import number
from app.commands.layout import Column, fitted_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.table import Table

    from app.commands.session import Session
    from sim.ridership.backcast import BackcastRow, Observed

DAYS_A_YEAR = 365
LEVERS = {"fare": "rides.lever.fare", "frequency": "rides.lever.frequency", "time": "rides.lever.time"}
RIDERS = {
    "all": "rides.riders.all",
    "pupil": "rides.riders.pupil",
    "captive": "rides.riders.captive",
    "car": "rides.riders.car",
}
LINES = {"all": "rides.lines.all", "no_assumed_lines": "rides.lines.no_assumed_lines"}
RESPONSES = {"low": "rides.response.low", "default": "rides.response.default", "high": "rides.response.high"}
LOADS = (
    ("runs_day", ",.0f"),
    ("boardings_day", ",.0f"),
    ("max_load_day", ",.0f"),
    ("riders_per_run_max", ".1f"),
    ("riders_per_run_mean", ".1f"),
)


def loads_table(session: Session, frame: pd.DataFrame) -> Table:
    """Return one row per line, the fullest section first; lines of status 仮定 in parentheses."""
    columns = [Column(session.say("rides.line"))]
    columns += [Column(session.say(f"rides.{name}"), right=True) for name, _ in LOADS]
    columns.append(Column(session.say("rides.section"), most=32))
    ordered = frame.sort_values("max_load_day", ascending=False, kind="stable", na_position="last")
    rows = []
    for row in ordered.to_dict("records"):
        name = session.say("rides.assumed_line", name=row["route"]) if row["line_status"] == "assumed" else row["route"]
        ends = [row["max_load_from"], row["max_load_to"]]
        section = " – ".join(ends) if all(isinstance(end, str) and end for end in ends) else "—"
        numbers = (Styled(number(row[key], form)) for key, form in LOADS)
        rows.append((Styled(str(name)), *numbers, Styled(section)))
    return fitted_table(session.say("rides.loads_title"), columns, rows, session.out.width)


def elasticity_table(session: Session, frame: pd.DataFrame) -> Table:
    """Return one row per lever and group of riders: implied, and the literature's range."""
    columns = [Column(session.say("rides.lever")), Column(session.say("rides.riders"))]
    columns += [Column(session.say(f"rides.{name}"), right=True) for name in ("implied", "literature")]
    rows = []
    for row in frame.to_dict("records"):
        low, mid, high = (number(row[f"literature_{end}"], "+.1f") for end in ("low", "mid", "high"))
        words = (session.say(LEVERS[row["lever"]]), session.say(RIDERS[row["riders"]]))
        rows.append((*map(Styled, words), Styled(number(row["implied"], "+.2f")), Styled(f"{low} / {mid} / {high}")))
    return fitted_table(session.say("rides.elasticities_title"), columns, rows, session.out.width)


def backcast_table(session: Session, rows: Sequence[BackcastRow], observed: Observed) -> Table:
    """Return one row per setting of the model: growth, growth in fact, gap, riders a year."""
    heads = ("day_one", "day_two", "growth", "observed", "gap", "predicted")
    columns = [Column(session.say("rides.setting")), *(Column(session.say(f"rides.{h}"), right=True) for h in heads)]
    low, mid, high = observed.growth
    cells = []
    for row in rows:
        setting = f"{session.say(LINES[row.lines])}・{session.say(RESPONSES[row.response])}"
        texts = (
            number(row.day_one, ",.0f"),
            number(row.day_two, ",.0f"),
            number(row.growth, ".2f"),
            f"{mid:.2f} ({low:.2f}–{high:.2f})",
            number(row.gap(observed), "+.0%"),
            number(row.predicted_year_two(observed), ",.0f"),
        )
        cells.append((Styled(setting), *(Styled(text) for text in texts)))
    return fitted_table(session.say("rides.backcast_title"), columns, cells, session.out.width)


def observed_line(session: Session, observed: Observed) -> str:
    """Return what was observed, in words."""
    year = dict(zip(("low", "mid", "high"), (f"{riders:,.0f}" for riders in observed.year_one), strict=True))
    days = {"day_one": observed.year_one[1] / DAYS_A_YEAR, "day_two": observed.year_two / DAYS_A_YEAR}
    return session.say("rides.observed_line", **year, **{name: f"{riders:,.0f}" for name, riders in days.items()})
