"""Owns how fleets look on a terminal: a day by number of vehicles, its hours, and the checks of the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from app.commands.layout import Column, fitted_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.table import Table

    from app.commands.session import Session

DAY = (
    ("vehicles", ".0f"),
    ("requests_per_day", ".1f"),
    ("wait_mean_min", ".1f"),
    ("wait_median_min", ".1f"),
    ("wait_p90_min", ".1f"),
    ("rejection_share", ".1%"),
    ("rides_per_vehicle_hour", ".2f"),
    ("occupancy", ".2f"),
    ("empty_km_share", ".0%"),
)
HOURS = (("requests_per_day", ".1f"),)
QUEUE = (("theory", ",.4g"), ("simulated", ",.4g"), ("error", ",.2g"))
PREDICTED = (
    ("n_vehicles", ".0f"),
    ("wait_mean_min", ".1f"),
    ("wait_p90_min", ".1f"),
    ("rejection_share", ".1%"),
    ("rides_per_vehicle_hour", ".2f"),
    ("observed_wait_min", ".1f"),
)


def number(value: Any, form: str) -> str:
    """Return a number; — where there is none."""
    return "—" if value is None or value != value else format(value, form)  # noqa: PLR0124 -- NaN alone


def fleet_table(session: Session, fleets: pd.DataFrame) -> Table:
    """Return one row per service and number of vehicles: a day as simulated."""
    shown = [(name, form) for name, form in DAY if name in fleets]
    columns = [Column(session.say("fleet.name")), *_columns(session, shown)]
    rows = [
        (Styled(str(row["name"])), *(Styled(number(row[name], form)) for name, form in shown))
        for row in fleets.to_dict("records")
    ]
    return fitted_table(session.say("fleet.title"), columns, rows, session.out.width)


def hours_table(session: Session, fleets: pd.DataFrame, hours: pd.DataFrame, service_id: str) -> Table:
    """Return one row per hour of the wish of a service: requests, then mean wait and refusals by number of vehicles."""
    mine = fleets[fleets["service_id"] == service_id]
    own = hours[hours["service_id"] == service_id] if len(hours) else hours
    numbers = mine["vehicles"].tolist()
    columns = [Column(session.say("fleet.hour")), *_columns(session, HOURS)]
    columns += [Column(session.say("fleet.of_vehicles", n=n), right=True, most=16) for n in numbers]
    rows = []
    for hour in sorted(set(own["hour"].astype(int).tolist())) if len(own) else ():
        part = own[own["hour"] == hour]
        by_number = part.set_index("vehicles").to_dict("index")
        asked = number(next(iter(by_number.values()))["requests_per_day"], ".1f")
        cells = [Styled(number(by_number[n]["wait_mean_min"], ".1f")) for n in numbers]
        for cell, n in zip(cells, numbers, strict=True):
            cell.append(f" / {number(by_number[n]['rejection_share'], '.0%')}", style="dim")
        rows.append((Styled(f"{hour}:00–{hour + 1}:00"), Styled(asked), *cells))
    title = session.say("fleet.hours_title", name=str(mine["name"].iloc[0]))
    return fitted_table(title, columns, rows, session.out.width)


def theory_table(session: Session, rows: pd.DataFrame) -> Table:
    """Return theory beside the simulation, with its standard error and whether they agree."""
    columns = [
        Column(session.say("fleet.case")),
        Column(session.say("fleet.quantity")),
        *_columns(session, QUEUE),
        Column(session.say("fleet.agrees")),
    ]
    told = [
        (
            Styled(str(row["case"])),
            Styled(session.name_of("fleetquantity", str(row["quantity"]))),
            *(Styled(number(row[name], form)) for name, form in QUEUE),
            Styled(session.say("fleet.yes" if row["agrees"] else "fleet.no"), "" if row["agrees"] else "red"),
        )
        for row in rows.to_dict("records")
    ]
    return fitted_table(session.say("fleet.theory_title"), columns, told, session.out.width)


def shiojiri_table(session: Session, rows: pd.DataFrame) -> Table:
    """Return what is predicted for each number of vehicles beside what was observed."""
    told = [tuple(Styled(number(row[name], form)) for name, form in PREDICTED) for row in rows.to_dict("records")]
    return fitted_table(session.say("fleet.shiojiri_title"), _columns(session, PREDICTED), told, session.out.width)


def _columns(session: Session, shown: Sequence[tuple[str, str]]) -> list[Column]:
    return [Column(session.say(f"fleet.{name}"), right=True) for name, _ in shown]
