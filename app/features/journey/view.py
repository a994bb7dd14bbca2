"""Owns what is shown of a journey: both scenarios beside each other, every departure of the next two hours."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from dash import html

from app.components.badges import plan_badge, status_badge
from app.components.itinerary import itinerary_view, minutes_between, mode_of
from app.features.journey.departures import Departure, find_departures, is_walk, mean_minutes, worthwhile
from app.features.journey.question import Question, Spot, find_spot
from app.text import say
from geodata.errors import CitySimError
from sim.kpi.words import format_clock

if TYPE_CHECKING:
    from app.runs import Run
    from app.services import Services
    from app.travel import World
    from sim.routing.types import Itinerary, WalkerId

WINDOW_S = 7_200
SIDES = ("left", "right")
Shown = tuple[list[Any], dict[str, Any]]
Place = tuple[float, float]


def journeys(services: Services, asked: Question, lang: str) -> Shown:
    """Return the answer to a question and what the map draws of it; what is missing is told in words."""
    spots = [find_spot(services, text, lang) for text in (asked.origin, asked.target)]
    missing = [
        html.P(say(lang, "journey_unknown", text=text) if text else say(lang, f"journey_no_{end}"), role="status")
        for end, text, spot in zip(("from", "to"), (asked.origin, asked.target), spots, strict=True)
        if spot is None
    ]
    drawn = {name: list(spot.lonlat) for name, spot in zip(("from", "to"), spots, strict=True) if spot is not None}
    origin, target = spots
    if origin is None or target is None:
        return [html.Div(missing, className="journey-missing")], {"ends": drawn, "ways": {}}
    try:
        return _answer(services, asked, (origin, target), drawn, lang)
    except CitySimError as trouble:
        told = [html.P(problem.message.get(lang), role="alert") for problem in trouble.problems]
        return [html.Div(told, className="journey-missing")], {"ends": drawn, "ways": {}}


def _answer(services: Services, asked: Question, ends: tuple[Spot, Spot], drawn: dict[str, Any], lang: str) -> Shown:
    runs = services.pair(asked.left, asked.right)
    every = [departures_of(services, run, asked, ends) for run in runs]
    found = [worthwhile(departures) for departures in every]
    sections = [
        _side(services, side, run, departures, ends[0], lang)
        for side, run, departures in zip(SIDES, runs, found, strict=True)
    ]
    ways = {
        side: services.travel.lines_of(run, departures[0].found if departures else None)
        for side, run, departures in zip(SIDES, runs, found, strict=True)
    }
    body = [
        html.H2(say(lang, "journey_ends", origin=ends[0].name, target=ends[1].name), className="journey-ends"),
        html.P(_difference(every, asked, lang), className="journey-told", role="status"),
        html.Div(sections, className="journey-sides"),
        _table(found, lang),
        _notes(services, runs[1], asked, lang),
    ]
    return body, {"ends": drawn, "ways": ways}


def departures_of(services: Services, run: Run, asked: Question, ends: tuple[Spot, Spot]) -> list[Departure]:
    """Return the journeys of the two hours from the moment asked, on one run; those of a question asked are kept."""
    places = ends[0].xy, ends[1].xy
    key = ("departures", run.key, places, asked.day, asked.depart_s, asked.walker)
    return services.kept(key, lambda: _search(services, run, asked, places))


def _search(services: Services, run: Run, asked: Question, places: tuple[Place, Place]) -> list[Departure]:
    walker: WalkerId = "older" if asked.walker == "older" else "standard"
    date = date_of(services.travel.world(run), asked.day)
    walk_s: int | None = None

    def ask(now: int) -> Itinerary | None:
        nonlocal walk_s
        found = services.travel.itinerary(run, places, now, walker, date, walk_s=walk_s)
        if found is not None and is_walk(found):
            walk_s = found.arrive_s - found.depart_s
        return found

    return find_departures(ask, asked.depart_s, asked.depart_s + WINDOW_S)


def date_of(world: World, day: str) -> str:
    """Return the date that stands for a kind of day in the city of a run, ISO 8601."""
    defaults = world.city.defaults
    return {"weekday": defaults.date, "saturday": defaults.saturday, "holiday": defaults.holiday}[day]


def _difference(found: list[list[Departure]], asked: Question, lang: str) -> str:
    """Return in one sentence what the right scenario changes for who leaves at the moment asked."""
    left, right = found
    if not left or not right:
        key = "journey_same_none" if not left and not right else "journey_only_right" if right else "journey_only_left"
        return say(lang, key)
    before, after = (side[0].found.arrive_s for side in found)
    minutes = minutes_between(before, after)
    mean = [mean_minutes(side, asked.depart_s, asked.depart_s + WINDOW_S) for side in found]
    key = "journey_same" if minutes == 0 else "journey_sooner" if minutes < 0 else "journey_later"
    told = say(lang, key, depart=asked.depart, minutes=abs(minutes), arrive=format_clock(after))
    if mean[0] is None or mean[1] is None:
        return told
    on_average = say(lang, "journey_mean", left=f"{mean[0]:.0f}", right=f"{mean[1]:.0f}")
    return f"{on_average} {told}"  # one moment hangs on the phase of headways: the mean of all goes first


def _side(services: Services, side: str, run: Run, found: list[Departure], origin: Spot, lang: str) -> html.Section:
    head = html.H3(
        [
            html.Span(say(lang, f"scenario_{side}"), className="side"),
            " ",
            html.B(run.title.get(lang)),
            " ",
            html.Span(say(lang, "year", year=run.year), className="year"),
            plan_badge(run.plan_status, is_baseline=run.is_baseline, lang=lang),
        ]
    )
    shown: list[Any] = [head]
    if not found:
        shown.append(html.P(say(lang, "way_none"), className="way-none"))
    else:
        minutes = [one.minutes for one in found]
        words = say(
            lang,
            "journey_range",
            n=len(found),
            low=f"{min(minutes):.0f}",
            middle=f"{statistics.median(minutes):.0f}",
            high=f"{max(minutes):.0f}",
        )
        shown.append(html.P(words, className="journey-range"))
        headway = lambda trip: services.travel.headway_min(run, trip)  # noqa: E731 - handed on to each journey
        shown += [
            html.Details(
                [html.Summary(_summary(one, lang)), itinerary_view(one.found, lang, headway)],
                open=number == 0,
                className="journey-one",
            )
            for number, one in enumerate(found)
        ]
    shown += [html.P(line, className="journey-demand") for line in _on_demand(services, run, origin, lang)]
    return html.Section(shown, className=f"journey-side journey-{side}")


def _summary(one: Departure, lang: str) -> list[Any]:
    lines = [leg for leg in one.found.legs if leg.mode == "transit"]
    by = say(lang, "way_walk") if not lines else _changes(max(one.found.n_transfers, 0), lang)
    key = "journey_walk_any" if one.on_foot else "journey_leave"
    return [
        html.B(
            say(
                lang,
                key,
                leave=format_clock(one.leave_s),
                arrive=format_clock(one.found.arrive_s),
                minutes=f"{one.minutes:.0f}",
            )
        ),
        " ",
        html.Span(by, className="journey-by"),
        " ",
        status_badge(one.found.status, lang),
    ]


def _changes(n: int, lang: str) -> str:
    return say(lang, f"journey_changes_{n}") if n <= 1 else say(lang, "journey_changes", n=n)


def _on_demand(services: Services, run: Run, origin: Spot, lang: str) -> list[str]:
    """Return the on-demand services in whose area one starts: they are not part of the journeys."""
    import shapely  # noqa: PLC0415 - brings the geometry library

    here = shapely.Point(origin.xy)
    found = []
    for service in services.travel.world(run).city.on_demand:
        plan = service.plan
        if plan is not None and plan.area_xy.contains(here):
            hours = f"{format_clock(plan.start_s)}–{format_clock(plan.end_s)}"
            found.append(say(lang, "journey_on_demand", name=service.name.get(lang), hours=hours))
    return found


def _table(found: list[list[Departure]], lang: str) -> html.Details:
    """Return all departures as a table: what the lists and the map say, for those who read tables."""
    keys = ("leave", "arrive", "minutes", "changes", "fare", "lines")
    head = html.Tr([html.Th(say(lang, f"journey_col_{key}"), scope="col") for key in ("scenario", *keys)])
    rows = [
        html.Tr(
            [
                html.Th(say(lang, f"scenario_{side}"), scope="row"),
                html.Td(format_clock(one.leave_s), className="num"),
                html.Td(format_clock(one.found.arrive_s), className="num"),
                html.Td(f"{one.minutes:.0f}", className="num"),
                html.Td(max(one.found.n_transfers, 0), className="num"),
                html.Td(_fare(one, lang), className="num"),
                html.Td(_lines(one, lang)),
            ]
        )
        for side, departures in zip(SIDES, found, strict=True)
        for one in departures
    ]
    table = html.Table([html.Caption(say(lang, "journey_table")), html.Thead(head), html.Tbody(rows)])
    return html.Details(
        [html.Summary(say(lang, "journey_table")), html.Section(table, className="table-scroll", tabIndex=0)],
        className="journey-table",
    )


def _fare(one: Departure, lang: str) -> str:
    if one.on_foot:
        return "0"
    return say(lang, "journey_no_fare") if one.found.fare_yen is None else f"{one.found.fare_yen:,.0f}"


def _lines(one: Departure, lang: str) -> str:
    names = [mode_of(leg, lang) for leg in one.found.legs if leg.mode == "transit"]
    return " → ".join(names) or say(lang, "way_walk")


def _notes(services: Services, run: Run, asked: Question, lang: str) -> html.Div:
    world = services.travel.world(run)
    walk = f"{world.context.params.walk_m_min(asked.walker):g}"
    day = say(lang, f"journey_day_{asked.day}")
    lines = [
        say(lang, "journey_how", date=date_of(world, asked.day), day=day, walk=walk),
        say(lang, "journey_headways"),
        say(lang, "journey_not_in"),
    ]
    status = html.P([status_badge(world.travel_status, lang), " ", say(lang, "place_status")], className="place-status")
    return html.Div([status, html.Ul([html.Li(line) for line in lines], className="place-notes")])
