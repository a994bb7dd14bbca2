"""Owns the panel of a chosen place: what is reached on both sides, the way there, and how it was asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dash import html

from app.components.badges import status_badge
from app.components.foreign import JAPANESE, mark_japanese
from app.components.itinerary import itinerary_view
from app.english_names import in_english
from app.features.compare.metrics import PERSONS_COLUMN
from app.features.compare.place_reach import PlaceSide, Within, depart_s, hides_care, limit_of, place_side, told_goal
from app.features.compare.shown import when_of
from app.features.compare.state import ViewState
from app.place_names import nearest_name
from app.text import say
from geodata.errors import CitySimError
from geodata.provenance import weakest
from sim.kpi.words import format_clock

if TYPE_CHECKING:
    from app.services import Run, Services

JOURNEY = "/journey"
SIDES = ("left", "right")


def place_body(services: Services, state: ViewState) -> tuple[list[Any], dict[str, Any]]:
    """Return the panel of the chosen place, and the ways to draw by side; nothing where none is chosen."""
    cell = None if state.place is None else services.travel.cell_index(state.place)
    if cell is None:
        return [], {}
    runs = services.pair(state.left, state.right)
    try:
        hidden = hides_care(services, runs)
        sides = [place_side(services, run, state, cell, hidden=hidden) for run in runs]
    except CitySimError as trouble:
        lines = [problem.message.get(state.lang) for problem in trouble.problems]
        return [html.P(line, className="limit-warning", role="alert") for line in lines], {}
    body = [
        *_heading(services, runs[1], state, cell),
        _table(services, sides, state),
        *_hidden(sides, state),
        *_ways(services, runs, sides, state, cell),
        *_notes(services, runs, state, japanese_only=_japanese_only(services, sides, state)),
    ]
    ways = {name: services.travel.lines_of(run, side.way) for name, run, side in zip(SIDES, runs, sides, strict=True)}
    return body, ways


def place_words(services: Services, lang: str, cell: int) -> tuple[str, str]:
    """Return the district of a cell, and what is near it; empty where there is none."""
    cells = services.city.population
    district = int(cells.district[cell])
    names = cells.district_name_en if lang == "en" else cells.district_name
    near = nearest_name(services.places.values(), cells.xy[cell])
    beside = "" if near is None else say(lang, "place_near", name=near[0].name.get(lang), metres=f"{near[1]:,.0f}")
    return str(names[district]) if district >= 0 else "", beside


def _heading(services: Services, run: Run, state: ViewState, cell: int) -> list[Any]:
    """Return the district, what is near, and how many live there."""
    lang = state.lang
    where, beside = place_words(services, lang, cell)
    persons = float(run.cells[PERSONS_COLUMN[state.group]].iloc[cell])
    few = state.public and 0 < persons < services.city.defaults.public_min_persons
    living = say(lang, "hidden") if few else say(lang, "place_persons", persons=f"{persons:,.0f}")
    return [
        html.P([html.B(where), html.Span(mark_japanese(beside, lang))], className="place-where"),
        html.P([html.Span(living), html.Span(say(lang, "place_cell", cell=state.place))], className="place-cell"),
    ]


def _table(services: Services, sides: list[PlaceSide], state: ViewState) -> html.Div:
    lang, limit = state.lang, limit_of(state)
    head = html.Tr(
        [
            html.Th(say(lang, "place_goal"), scope="col"),
            *(html.Th(say(lang, f"scenario_{side}"), scope="col", className="num") for side in SIDES),
            html.Th(say(lang, "difference"), scope="col", className="num"),
        ]
    )
    rows = [row for goal in sides[0].goals for row in _goal_rows(services, goal, sides, lang)]
    persons = [side.persons for side in sides]
    last = html.Tr(
        [
            html.Th(say(lang, f"place_people_{state.group}"), scope="row"),
            *(html.Td(f"{value:,.0f}", className="num") for value in persons),
            html.Td(_signed(persons[1] - persons[0]), className="num"),
        ]
    )
    caption = html.Caption(say(lang, "place_table", limit=limit))
    table = html.Table([caption, html.Thead(head), html.Tbody([*rows, last])])
    return html.Div(table, className="table-scroll place-table", tabIndex=0)


def _goal_rows(services: Services, goal: str, sides: list[PlaceSide], lang: str) -> list[Any]:
    pair = [side.goals[goal] for side in sides]
    left, right = pair
    if left is None or right is None:
        return []
    word = say(lang, f"goal_{goal}")
    counts = html.Tr(
        [
            html.Th(word, scope="row", rowSpan=2),
            *(html.Td(say(lang, "place_count", n=one.n, total=one.total), className="num") for one in (left, right)),
            html.Td(_signed(right.n - left.n), className="num"),
        ]
    )
    nearest = html.Tr(
        [
            *(html.Td(_nearest(services, one, lang), className="num nearest") for one in (left, right)),
            html.Td(_minutes_change(left, right, lang), className="num"),
        ]
    )
    return [counts, nearest]


def _nearest(services: Services, one: Within, lang: str) -> list[Any]:
    if math.isinf(one.minutes):
        return [html.Span(say(lang, "unreachable"))]
    return [
        html.B(say(lang, "place_minutes", minutes=f"{one.minutes:.0f}")),
        html.Span(mark_japanese(_told_name(services, one, lang), lang), className="nearest-name"),
    ]


def _told_name(services: Services, one: Within, lang: str) -> str:
    """Return the name of the nearest place: in English where it can be put together, else as the city has it."""
    return in_english(one.nearest, services.english_names) if lang == "en" else one.nearest


def _japanese_only(services: Services, sides: list[PlaceSide], state: ViewState) -> bool:
    """Tell whether an English panel names a place in Japanese."""
    reached = [one for side in sides for one in side.goals.values() if one is not None]
    return state.lang == "en" and any(JAPANESE.search(_told_name(services, one, "en")) for one in reached)


def _minutes_change(left: Within, right: Within, lang: str) -> str:
    if math.isinf(left.minutes) or math.isinf(right.minutes):
        return "" if left.minutes == right.minutes else say(lang, "reach_changed")
    return say(lang, "place_minutes", minutes=_signed(round(right.minutes) - round(left.minutes)))


def _signed(value: float) -> str:
    rounded = round(value)
    return "±0" if rounded == 0 else f"{rounded:+,d}".replace("-", "−")


def _hidden(sides: list[PlaceSide], state: ViewState) -> list[Any]:
    """Return access to clinics by district, where no closed clinic may be located."""
    told = [side.hidden_minutes for side in sides]
    if any(value is None for value in told):
        return []
    left, right = (f"{value:.0f}" if value is not None and math.isfinite(value) else "–" for value in told)
    return [html.P(say(state.lang, "place_by_district", left=left, right=right), className="legend-warning")]


def _ways(services: Services, runs: tuple[Run, Run], sides: list[PlaceSide], state: ViewState, cell: int) -> list[Any]:
    lang = state.lang
    goal = told_goal(sides[0].goals, state)
    if sides[0].goals.get(goal) is None:
        return []
    travel = services.travel
    clock = format_clock(depart_s(services, runs[0], state))
    shown = [
        html.Section(
            [
                html.H4([html.Span(say(lang, f"scenario_{name}"), className="side"), run.title.get(lang)]),
                itinerary_view(side.way, lang, lambda trip, run=run: travel.headway_min(run, trip)),  # type: ignore[misc]
            ],
            className=f"way-of way-of-{name}",
        )
        for name, run, side in zip(SIDES, runs, sides, strict=True)
    ]
    more = _journey_link(services, runs, state, cell, sides, clock)
    words = say(lang, f"goal_{goal}")
    return [html.H3(say(lang, "place_way", goal=words, depart=clock)), *shown, *more]


def _journey_link(
    services: Services, runs: tuple[Run, Run], state: ViewState, cell: int, sides: list[PlaceSide], clock: str
) -> list[Any]:
    found = [
        (run, one.index)
        for run, side in zip(runs, sides, strict=True)
        if (one := side.goals.get(told_goal(side.goals, state))) is not None and one.index >= 0
    ]
    if not found:
        return []
    run, index = found[0]
    there = services.travel.world(run).city.facilities.lonlat[index]
    lon, lat = services.city.population.lonlat[cell].tolist()
    query = {
        "l": state.left,
        "r": state.right,
        "from": f"{lat:.5f},{lon:.5f}",
        "to": f"{there[1]:.5f},{there[0]:.5f}",
        "dep": clock,
        "lang": state.lang,
    }
    return [html.P(html.A(say(state.lang, "place_journey"), href=f"{JOURNEY}?{urlencode(query, safe=',:')}"))]


def _notes(services: Services, runs: tuple[Run, Run], state: ViewState, *, japanese_only: bool) -> list[Any]:
    """Return how it was asked, and how sure it is."""
    lang = state.lang
    worlds = [services.travel.world(run) for run in runs]
    asked = worlds[1].request(when_of(state))
    walk = f"{asked.walk_speed_m_min:g}"
    window = f"{format_clock(asked.window_start_s)}–{format_clock(asked.window_end_s)}"
    how = say(
        lang, "place_how", window=window, percentile=asked.percentiles[0], date=asked.date, walk=walk, n=asked.n_draws
    )
    status = weakest(world.travel_status for world in worlds)
    lines = [how, say(lang, "place_one_departure"), say(lang, "place_schools")]
    lines += [say(lang, "place_in_japanese")] if japanese_only else []
    return [
        html.P([status_badge(status, lang), " ", say(lang, "place_status")], className="place-status"),
        html.Ul([html.Li(line) for line in lines], className="place-notes"),
    ]
