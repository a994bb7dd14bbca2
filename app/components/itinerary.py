"""Owns how a journey is shown: the headline and its legs, each with its time, its line and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.components.badges import status_badge
from app.components.foreign import mark_japanese
from app.text import say
from geodata.provenance import Status
from geodata.units import SECONDS_PER_MIN
from sim.kpi.words import format_clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.routing.types import Itinerary, Leg


def itinerary_view(found: Itinerary | None, lang: str, headway: Callable[[str], float | None]) -> html.Div:
    """
    Return a journey leg by leg; one that does not exist is told in words.

    Parameters
    ----------
    found
        The journey.
    lang
        Language of the page.
    headway
        Id of a trip → the headway it stands for, None for one with a time of its own [min].
    """
    if found is None:
        return html.Div(html.P(say(lang, "way_none"), className="way-none"), className="way")
    return html.Div(
        [
            html.P(headline(found, lang), className="way-head"),
            html.Ol([leg_view(leg, lang, headway) for leg in found.legs], className="way-legs"),
        ],
        className="way",
    )


def headline(found: Itinerary, lang: str) -> list[Any]:
    """Return departure, arrival, minutes, changes and fare in one line."""
    words = say(
        lang,
        "way_head",
        depart=format_clock(found.depart_s),
        arrive=format_clock(found.arrive_s),
        minutes=minutes_between(found.depart_s, found.arrive_s),
        n=max(found.n_transfers, 0),
    )
    fare = "" if found.fare_yen is None or not rides(found) else say(lang, "way_fare", yen=f"{found.fare_yen:,.0f}")
    return [html.B(words), " ", html.Span(fare, className="way-fare"), status_badge(found.status, lang)]


def rides(found: Itinerary) -> bool:
    """Tell whether a journey uses any vehicle."""
    return any(leg.mode == "transit" for leg in found.legs)


def leg_view(leg: Leg, lang: str, headway: Callable[[str], float | None]) -> html.Li:
    """Return one leg: on foot, waiting, or by a line, which is unnamed where it is assumed."""
    begin, end = ends_of(leg, lang)
    minutes = minutes_between(leg.start_s, leg.end_s)
    what: list[Any] = [html.B(mode_of(leg, lang))]
    where = begin if leg.mode == "wait" else f"{begin} → {end}"
    if leg.mode == "transit":
        every = headway(leg.trip_id)
        what += [html.Span(line_note(leg, every, lang), className="way-note")]
    return html.Li(
        [
            html.Span(f"{format_clock(leg.start_s)}", className="way-clock"),
            html.Span(
                [
                    html.Span([*what, html.Span(say(lang, "way_minutes", minutes=minutes), className="way-minutes")]),
                    html.Span(mark_japanese(where, lang), className="way-where"),
                ],
                className="way-what",
            ),
        ],
        className=f"way-leg way-{leg.mode}",
    )


def line_note(leg: Leg, every_min: float | None, lang: str) -> str:
    """Return stops ridden, and that a line runs at a headway or is assumed; "" says nothing of a timetable."""
    parts = [say(lang, "way_stops", n=leg.n_stops)]
    if every_min is not None:
        parts.append(say(lang, "way_headway", minutes=f"{every_min:g}"))
    if leg.status == Status.ASSUMED:
        parts.append(say(lang, "way_assumed"))
    return "・".join(parts) if lang == "ja" else ", ".join(parts)


def mode_of(leg: Leg, lang: str) -> str:
    """Return how a leg is travelled: on foot, waiting, or the name of the line."""
    if leg.mode != "transit":
        return say(lang, f"way_{leg.mode}")
    if leg.status == Status.ASSUMED:
        return say(lang, "way_unnamed")
    return (leg.route_name_en if lang == "en" else "") or leg.route_name or leg.route_id


def ends_of(leg: Leg, lang: str) -> tuple[str, str]:
    """Return the names of both ends of a leg."""
    from sim.routing.itinerary import ORIGIN_NAME, TARGET_NAME  # noqa: PLC0415 - brings the compiled router

    ends = {ORIGIN_NAME: say(lang, "way_origin"), TARGET_NAME: say(lang, "way_target")}
    names = [(english if lang == "en" else "") or name for name, english in _names(leg)]
    return ends.get(leg.from_name, names[0]), ends.get(leg.to_name, names[1])


def _names(leg: Leg) -> tuple[tuple[str, str], tuple[str, str]]:
    return (leg.from_name, leg.from_name_en), (leg.to_name, leg.to_name_en)


def minutes_between(start_s: float, end_s: float) -> int:
    """Return the minutes between two times as they are printed, so that the legs add up to the journey."""
    return _whole(end_s) - _whole(start_s)


def _whole(seconds: float) -> int:
    return int(seconds + SECONDS_PER_MIN / 2) // SECONDS_PER_MIN
