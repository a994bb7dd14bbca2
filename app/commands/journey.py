"""Owns ``ekisei route``: one journey leg by leg, or a table of them."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.folders import load_city
from app.commands.session import Session
from app.commands.words import both, say
from geodata.errors import Text, UsageError, error

if TYPE_CHECKING:
    from rich.table import Table

    from geodata.city import City
    from sim.routing.types import Itinerary, Leg, RoutingRequest

LAST_HOUR = 47
LIMIT_LAT, LIMIT_LON = 90.0, 180.0
FARTHEST_KM = 20
"""Nothing can be said of a journey that begins or ends farther than this from every populated cell [km]."""
DAY_NAMES = ("weekday", "saturday", "holiday")


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("route", help="help.route")(route)


def route(  # noqa: PLR0913, PLR0917 - typer hands options over by name
    context: typer.Context,
    origin: Annotated[str, typer.Option("--from", help="help.route.from", metavar="LAT,LON")] = "",
    target: Annotated[str, typer.Option("--to", help="help.route.to", metavar="LAT,LON")] = "",
    depart: Annotated[str, typer.Option("--depart", help="help.route.depart", metavar="HH:MM")] = "",
    day: Annotated[str, typer.Option("--date", help="help.route.date", metavar="D")] = "weekday",
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="help.route.json")] = False,
    pairs: Annotated[Path | None, typer.Option("--pairs", help="help.route.pairs", metavar="FILE")] = None,
    walk: Annotated[str, typer.Option("--walk", help="help.route.walk", metavar="RULE")] = "",
    change_s: Annotated[
        int | None, typer.Option("--change-s", help="help.route.change_s", metavar="S", min=0, max=7200)
    ] = None,
    max_transfers: Annotated[
        int | None, typer.Option("--max-transfers", help="help.route.max_transfers", metavar="N", min=0, max=50)
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="help.route.out", metavar="FILE")] = None,
) -> None:
    """Find the earliest arrival and print its legs, or answer a whole table of questions."""
    session: Session = context.obj
    single = {"--from": origin, "--to": target, "--depart": depart}
    table = {"--walk": walk, "--change-s": change_s, "--max-transfers": max_transfers, "--out": out}
    if pairs is not None and out is not None:
        refuse_options({**single, "--json": as_json or None}, "usage.not_with_pairs")
        check_date(day)
        from app.commands.journey_pairs import PairRules, answer_pairs

        answer_pairs(session, load_city(folder), day, PairRules(walk, change_s or 0, max_transfers), pairs, out)
        return
    require_options({"--out": out} if pairs is not None else single)
    refuse_options(table, "usage.only_with_pairs")
    show_one(session, single, day, folder, as_json=as_json)


def require_options(options: dict[str, Any]) -> None:
    """Refuse a call that lacks options."""
    missing = [name for name, value in options.items() if value is None or not str(value)]
    if missing:
        message = both("usage.missing_option", name=", ".join(missing))
        hint = both("usage.missing_hint", command="ekisei route")
        raise UsageError(error("cli.usage", "ekisei route", message, hint))


def refuse_options(options: dict[str, Any], key: str) -> None:
    """Refuse options that say nothing in this form of the command."""
    given = [name for name, value in options.items() if value is not None and str(value)]
    if given:
        hint = both("usage.missing_hint", command="ekisei route")
        raise UsageError(error("cli.usage", "ekisei route", both(key, name=", ".join(given)), hint))


def show_one(session: Session, asked: dict[str, str], day: str, folder: Path | None, *, as_json: bool) -> None:
    """Find one journey and print it."""
    start, end = parse_lonlat(asked["--from"], "--from"), parse_lonlat(asked["--to"], "--to")
    depart_s = parse_clock(asked["--depart"])
    check_date(day)
    from sim.routing import itinerary

    city = load_city(folder)
    session.ready_kernels("journeys")
    for option, place in (("--from", start), ("--to", end)):
        require_near(city, place, option)
    request = ask(city, day, depart_s)
    found = itinerary(city, start, end, request)
    idle = say_no_service(session, city, request.date)
    if idle and (as_json or found is not None):
        session.note(idle)
    if as_json:
        typer.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
    elif found is None:
        session.print(session.say("route.none", limit=session.say("route.limit")))
        if idle:
            session.print(idle)
    else:
        show(session, found)


def parse_lonlat(text: str, option: str) -> tuple[float, float]:
    """Return (lon, lat) of ``LAT,LON``."""
    match = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*", text)
    lat, lon = (float(match[1]), float(match[2])) if match else (LIMIT_LAT + 1, LIMIT_LON + 1)
    if abs(lat) > LIMIT_LAT or abs(lon) > LIMIT_LON:
        swapped = abs(lon) <= LIMIT_LAT and abs(lat) <= LIMIT_LON
        hint = both("usage.swapped", value=f"{lon:.10g},{lat:.10g}") if swapped else both("usage.lonlat_hint")
        raise UsageError(error("cli.lonlat", option, both("usage.lonlat", value=text), hint))
    return lon, lat


def require_near(city: "City", place: tuple[float, float], option: str) -> None:
    """Refuse a place [lon, lat] from which nothing of the city can be reached; it is often written the wrong way."""
    away = distance_km(city, place)
    if away <= FARTHEST_KM:
        return
    lon, lat = place
    swapped = abs(lon) <= LIMIT_LAT and distance_km(city, (lat, lon)) <= FARTHEST_KM
    hint = both("usage.swapped", value=f"{lon:.10g},{lat:.10g}") if swapped else both("usage.far_hint")
    values = {"value": f"{lat:.10g},{lon:.10g}", "km": f"{away:,.0f}"}
    message = Text(
        *(say(lang, "usage.far", city=city.name.get(lang), limit=FARTHEST_KM, **values) for lang in ("ja", "en"))
    )
    raise UsageError(error("cli.far", option, message, hint))


def distance_km(city: "City", place: tuple[float, float]) -> float:
    """Return how far a place [lon, lat] is from the nearest populated cell, along the globe [km]."""
    import numpy as np

    from geodata.units import EARTH_RADIUS_M

    lon, lat = np.radians(place)
    cell_lon, cell_lat = np.radians(city.population.lonlat).T
    half = np.sin((cell_lat - lat) / 2) ** 2 + np.cos(cell_lat) * np.cos(lat) * np.sin((cell_lon - lon) / 2) ** 2
    return float(2 * EARTH_RADIUS_M / 1000 * np.arcsin(np.sqrt(np.clip(half, 0, 1))).min())


def parse_clock(text: str) -> int:
    """Return seconds after 00:00 of ``HH:MM`` or ``HH:MM:SS``; hours may pass 24."""
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?", text.strip())
    hours, minutes, seconds = (int(v or 0) for v in match.groups()) if match else (LAST_HOUR + 1, 0, 0)
    if hours > LAST_HOUR:
        raise UsageError(error("cli.clock", "--depart", both("usage.clock", value=text), both("usage.clock_hint")))
    return (hours * 60 + minutes) * 60 + seconds


def check_date(text: str) -> None:
    """Refuse what is neither a kind of day nor a date; of the ISO forms only YYYY-MM-DD is read everywhere."""
    if text in DAY_NAMES:
        return
    try:
        day = dt.date.fromisoformat(text)
        good = day.isoformat() == text and dt.MINYEAR < day.year < dt.MAXYEAR
    except ValueError:
        good = False
    if not good:
        raise UsageError(error("cli.date", "--date", both("usage.date", value=text), both("usage.date_hint")))


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


def say_no_service(session: Session, city: "City", date: str) -> str:
    """Return what to say of a day on which nothing runs: which days the timetable covers; "" if something runs."""
    import numpy as np

    timetable = city.timetable
    used = np.unique(timetable.trips.service)
    if not len(used):
        return session.say("route.no_trips")
    services = timetable.services
    if services.active_on(date)[used].any():
        return ""
    regular = used[services.day_mask[used] != 0]
    added = services.exception_added & np.isin(services.exception_service, used)
    extra = services.exception_day[added]
    days = np.concatenate([services.start_day[regular], services.end_day[regular], extra])
    if not len(days):
        return session.say("route.no_trips")
    first, last = (dt.date.fromordinal(int(day)) for day in (days.min(), days.max()))
    return session.say("route.no_service", date=date, first=first, last=last)


def to_json(found: "Itinerary | None") -> dict[str, Any]:
    """Return a journey as plain values; `duration_min` is null where there is none."""
    from sim.kpi.words import format_clock

    if found is None:
        return {"duration_min": None, "status": "no-data", "legs": []}
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
            "from_en": leg.from_name_en,
            "to_en": leg.to_name_en,
            "from_lonlat": list(leg.from_lonlat),
            "to_lonlat": list(leg.to_lonlat),
        }
        for leg in found.legs
    ]
    return {
        "duration_min": round(found.duration_min, 2),
        "status": str(found.status),
        "depart": format_clock(found.depart_s),
        "arrive": format_clock(found.arrive_s),
        "n_transfers": found.n_transfers,
        "fare_yen": found.fare_yen,
        "legs": legs,
    }


def show(session: Session, found: "Itinerary") -> None:
    """Print a journey: the headline, the legs, the fare if known, how sure it is."""
    from geodata.provenance import STATUS_TEXT
    from sim.kpi.words import format_clock

    times = {"depart": format_clock(found.depart_s), "arrive": format_clock(found.arrive_s)}
    minutes = printed_minutes(found.depart_s, found.arrive_s)
    session.print(session.say("route.found", **times, minutes=minutes, n=found.n_transfers))
    session.out.print(legs_table(found, session))
    if found.fare_yen is not None:
        session.print(session.say("route.fare", yen=f"{found.fare_yen:,.0f}"))
    session.print(session.say("route.status", status=STATUS_TEXT[found.status].get(session.lang)))
    session.print(session.say("note.disclaimer"))


def printed_minutes(start_s: float, end_s: float) -> int:
    """Return the minutes between two times as they are printed, so that the legs add up to the journey."""
    from app.commands.numbers import whole_minutes

    return whole_minutes(end_s) - whole_minutes(start_s)


def legs_table(found: "Itinerary", session: Session) -> "Table":
    """Return the legs in order."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from geodata.provenance import STATUS_TEXT, Status
    from sim.kpi.words import format_clock

    keys = ("time", "mode", "section", "minutes", "metres")
    columns = [Column(session.say(f"route.{key}"), right=key in {"minutes", "metres"}) for key in keys]
    rows = []
    for leg in found.legs:
        begin, end = ends_of(leg, session)
        cells = (
            f"{format_clock(leg.start_s)}–{format_clock(leg.end_s)}",
            mode_of(leg, session),
            begin if leg.mode == "wait" else f"{begin} → {end}",
            str(printed_minutes(leg.start_s, leg.end_s)),
            f"{leg.distance_m:,.0f}" if leg.distance_m else "",
            STATUS_TEXT[Status(leg.status)].get(session.lang),
        )
        rows.append([Styled(c) for c in cells])
    return fitted_table("", [*columns, Column(session.say("result.status"))], rows, session.out.width, elastic=2)


def ends_of(leg: "Leg", session: Session) -> tuple[str, str]:
    """Return the names of both ends of a leg in the session's language."""
    from sim.routing.itinerary import ORIGIN_NAME, TARGET_NAME

    ends = {ORIGIN_NAME: session.say("route.origin"), TARGET_NAME: session.say("route.target")}
    english = session.lang == "en"
    begin = (leg.from_name_en if english else "") or leg.from_name
    end = (leg.to_name_en if english else "") or leg.to_name
    return ends.get(leg.from_name, begin), ends.get(leg.to_name, end)


def mode_of(leg: "Leg", session: Session) -> str:
    """Return how a leg is travelled: on foot, waiting, or the line's name (assumed lines have none)."""
    if leg.mode != "transit":
        return session.say(f"route.{leg.mode}")
    if leg.status == "assumed":
        return session.say("route.unnamed")
    return (leg.route_name_en if session.lang == "en" else "") or leg.route_name or leg.route_id
