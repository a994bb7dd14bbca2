"""Owns ``ekisei route``: one journey, leg by leg."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.folders import load_city
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from rich.table import Table

    from geodata.city import City
    from sim.routing.types import Itinerary, Leg, RoutingRequest

LAST_HOUR = 47
LAST_MINUTE = 59
LIMIT_LAT, LIMIT_LON = 90.0, 180.0
DAY_NAMES = ("weekday", "saturday", "holiday")


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("route", help="help.route")(route)


def route(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    origin: Annotated[str, typer.Option("--from", help="help.route.from", metavar="LAT,LON")],
    target: Annotated[str, typer.Option("--to", help="help.route.to", metavar="LAT,LON")],
    depart: Annotated[str, typer.Option("--depart", help="help.route.depart", metavar="HH:MM")],
    day: Annotated[str, typer.Option("--date", help="help.route.date", metavar="D")] = "weekday",
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="help.route.json")] = False,
) -> None:
    """Find the earliest arrival and print its legs."""
    session: Session = context.obj
    start, end = parse_lonlat(origin, "--from"), parse_lonlat(target, "--to")
    depart_s = parse_clock(depart)
    check_date(day)
    from sim.routing import itinerary

    city = load_city(folder)
    found = itinerary(city, start, end, ask(city, day, depart_s))
    if as_json:
        typer.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
    elif found is None:
        session.print(session.say("route.none", limit=session.say("route.limit")))
    else:
        show(session, found)


def parse_lonlat(text: str, option: str) -> tuple[float, float]:
    """Return (lon, lat) of ``LAT,LON``."""
    match = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*", text)
    lat, lon = (float(match[1]), float(match[2])) if match else (LIMIT_LAT + 1, 0.0)
    if abs(lat) > LIMIT_LAT or abs(lon) > LIMIT_LON:
        raise UsageError(error("cli.lonlat", option, both("usage.lonlat", value=text), both("usage.lonlat_hint")))
    return lon, lat


def parse_clock(text: str) -> int:
    """Return seconds after 00:00 of ``HH:MM``; hours may pass 24."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    hours, minutes = (int(match[1]), int(match[2])) if match else (LAST_HOUR + 1, 0)
    if hours > LAST_HOUR or minutes > LAST_MINUTE:
        raise UsageError(error("cli.clock", "--depart", both("usage.clock", value=text), both("usage.clock_hint")))
    return (hours * 60 + minutes) * 60


def check_date(text: str) -> None:
    """Refuse what is neither a kind of day nor a date."""
    if text in DAY_NAMES:
        return
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        refusal = error("cli.date", "--date", both("usage.date", value=text), both("usage.date_hint"))
        raise UsageError(refusal) from None


def ask(city: "City", day: str, depart_s: int) -> "RoutingRequest":
    """Return the question with the default parameters of the models: standard walker, leaving at `depart_s`."""
    from sim.params import Analysis, Params
    from sim.routing.types import RoutingRequest

    params, analysis = Params(), Analysis(date=day)
    return RoutingRequest(
        date=analysis.service_date(city),
        window_start_s=depart_s,
        window_end_s=depart_s + 60,
        max_transfers=params.max_transfers,
        max_access_s=round(params.max_access_min * 60),
        max_transfer_s=round(params.max_transfer_walk_min * 60),
        max_direct_s=round(params.max_direct_walk_min * 60),
        change_s=round(params.change_min * 60),
        cutoff_s=round(params.cutoff_min * 60),
        seed=analysis.seed,
        walk_speed_m_min=params.walk_standard_m_min,
    )


def to_json(found: "Itinerary | None") -> dict[str, Any]:
    """Return a journey as plain values; `duration_min` is null where there is none."""
    from app.commands.numbers import format_clock

    if found is None:
        return {"duration_min": None, "legs": []}
    legs = [
        {
            "mode": leg.mode,
            "from": leg.from_name,
            "to": leg.to_name,
            "start": format_clock(leg.start_s),
            "end": format_clock(leg.end_s),
            "duration_min": round((leg.end_s - leg.start_s) / 60, 2),
            "distance_m": round(leg.distance_m, 1),
            "route_id": leg.route_id,
            "route_name": leg.route_name,
            "trip_id": leg.trip_id,
            "n_stops": leg.n_stops,
            "status": leg.status,
            "from_lonlat": list(leg.from_lonlat),
            "to_lonlat": list(leg.to_lonlat),
        }
        for leg in found.legs
    ]
    return {
        "duration_min": round(found.duration_min, 2),
        "depart": format_clock(found.depart_s),
        "arrive": format_clock(found.arrive_s),
        "n_transfers": found.n_transfers,
        "fare_yen": found.fare_yen,
        "legs": legs,
    }


def show(session: Session, found: "Itinerary") -> None:
    """Print a journey: the headline, the legs, the fare if known."""
    from app.commands.numbers import format_clock

    times = {"depart": format_clock(found.depart_s), "arrive": format_clock(found.arrive_s)}
    session.print(session.say("route.found", **times, minutes=f"{found.duration_min:.0f}", n=found.n_transfers))
    session.out.print(legs_table(found, session))
    if found.fare_yen is not None:
        session.print(session.say("route.fare", yen=f"{found.fare_yen:,.0f}"))
    session.print(session.say("note.disclaimer"))


def legs_table(found: "Itinerary", session: Session) -> "Table":
    """Return the legs in order."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    from app.commands.numbers import format_clock
    from geodata.provenance import STATUS_TEXT, Status
    from sim.routing.itinerary import ORIGIN_NAME, TARGET_NAME

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("time", "mode", "section", "minutes", "metres"):
        right = key in {"minutes", "metres"}
        table.add_column(session.say(f"route.{key}"), justify="right" if right else "left", overflow="fold")
    table.add_column(session.say("result.status"))
    ends = {ORIGIN_NAME: session.say("route.origin"), TARGET_NAME: session.say("route.target")}
    for leg in found.legs:
        begin, end = (ends.get(name, name) for name in (leg.from_name, leg.to_name))
        section = begin if leg.mode == "wait" else f"{begin} → {end}"
        cells = (
            f"{format_clock(leg.start_s)}–{format_clock(leg.end_s)}",
            mode_of(leg, session),
            section,
            f"{(leg.end_s - leg.start_s) / 60:.0f}",
            f"{leg.distance_m:,.0f}" if leg.distance_m else "",
            STATUS_TEXT[Status(leg.status)].get(session.lang) if leg.mode == "transit" else "",
        )
        table.add_row(*(Styled(c) for c in cells))
    return table


def mode_of(leg: "Leg", session: Session) -> str:
    """Return how a leg is travelled: on foot, waiting, or the line's name (assumed lines have none)."""
    if leg.mode != "transit":
        return session.say(f"route.{leg.mode}")
    return session.say("route.unnamed") if leg.status == "assumed" else leg.route_name or leg.route_id
