"""Owns finding what a modification names — routes, stops, districts, facilities — with the nearest names on failure."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.timetable import Timetable
from geodata.units import BoolArray, IntArray
from scenarios.modifications.base import ModificationBase, Names, Notes, RouteClassName, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_NAMES = 5


class RouteSelection(ModificationBase):
    """Keys that choose routes or patterns: by id or name, or by class."""

    routes: Names | None = Field(default=None, description="路線の id または名称")
    patterns: Names | None = Field(default=None, description="運行系統の id")
    route_class: tuple[RouteClassName, ...] | None = Field(
        default=None, min_length=1, description="路線の種別（rail, brt, bus, other）"
    )

    @model_validator(mode="after")
    def _one_way_to_choose(self) -> Any:
        given = [n for n in ("routes", "patterns", "route_class") if getattr(self, n) is not None]
        if len(given) != 1:
            raise refuse(
                "selection",
                "routes・patterns・route_class のどれか一つだけを書いてください",
                "give exactly one of routes, patterns, route_class",
                "例: routes: [ひたちBRT]",
                "e.g. routes: [hitachi-brt]",
            )
        return self


def nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """Return the names that look most like `wanted`, the closest first."""
    names = list(dict.fromkeys(n for n in known if n))
    close = difflib.get_close_matches(wanted, names, n=SHOWN_NAMES, cutoff=0.4)
    inside = [n for n in names if n not in close and (wanted in n or n in wanted)]
    return (close + inside)[:SHOWN_NAMES] or names[:SHOWN_NAMES]


def hint_of(wanted: str, known: Iterable[str]) -> Text:
    """Return a hint that lists the nearest names."""
    found = nearest(wanted, known)
    if not found:
        return Text("候補がありません", "there is none")
    return Text(f"近い名前: {'、'.join(found)}", f"nearest names: {', '.join(found)}")


def find_rows(wanted: str, *columns: np.ndarray[Any, Any]) -> IntArray:
    """Return the rows whose id equals `wanted`, or, if there is none, whose name does."""
    for column in columns:
        rows = np.flatnonzero(column == wanted)
        if len(rows):
            return rows.astype(np.int32)
    return np.zeros(0, np.int32)


def select_routes(timetable: Timetable, mod: RouteSelection, notes: Notes) -> IntArray:
    """Return the routes that a modification chooses, ascending; notes what is unknown."""
    routes = timetable.routes
    if mod.patterns is not None:
        return np.unique(timetable.patterns.route[select_patterns(timetable, mod, notes)]).astype(np.int32)
    if mod.route_class is not None:
        rows = np.flatnonzero(np.isin(routes.route_class, mod.route_class)).astype(np.int32)
        if not len(rows):
            _refuse_unknown(
                notes, mod, "route_class", "路線種別", "+".join(mod.route_class), routes.route_class.tolist()
            )
        return rows
    found: list[int] = []
    for number, wanted in enumerate(mod.routes or ()):
        rows = find_rows(wanted, routes.route_id, routes.name, routes.name_en)
        if not len(rows):
            known = [*routes.name.tolist(), *routes.route_id.tolist()]
            _refuse_unknown(notes, mod, f"routes[{number}]", "路線", wanted, known)
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)


def select_patterns(timetable: Timetable, mod: RouteSelection, notes: Notes) -> IntArray:
    """Return the patterns that a modification chooses, ascending; notes what is unknown."""
    patterns = timetable.patterns
    if mod.patterns is None:
        routes = select_routes(timetable, mod, notes)
        return np.flatnonzero(np.isin(patterns.route, routes)).astype(np.int32)
    found: list[int] = []
    for number, wanted in enumerate(mod.patterns):
        rows = find_rows(wanted, patterns.pattern_id)
        if not len(rows):
            _refuse_unknown(notes, mod, f"patterns[{number}]", "運行系統", wanted, patterns.pattern_id.tolist())
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)


def select_stops(
    timetable: Timetable, mod: ModificationBase, at: str, wanted: str, notes: Notes, among: IntArray | None = None
) -> IntArray:
    """Return the stops (one name may have several boarding points) of an id or name; notes what is unknown."""
    stops = timetable.stops
    rows = find_rows(wanted, stops.stop_id, stops.name)
    if among is not None:
        rows = rows[np.isin(rows, among)]
    if not len(rows):
        pool = np.arange(timetable.n_stops) if among is None else among
        known = [*stops.name[pool].tolist(), *stops.stop_id[pool].tolist()]
        _refuse_unknown(notes, mod, at, "停留所", wanted, known)
    return rows


def select_districts(city: City, mod: ModificationBase, at: str, wanted: Sequence[str], notes: Notes) -> IntArray:
    """Return the districts of ids or names, ascending; notes what is unknown."""
    people = city.population
    found: list[int] = []
    for number, name in enumerate(wanted):
        rows = find_rows(name, people.district_id, people.district_name, people.district_name_en)
        if not len(rows):
            known = [*people.district_name.tolist(), *people.district_id.tolist()]
            _refuse_unknown(notes, mod, f"{at}[{number}]", "地区", name, known)
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)


def trips_of(timetable: Timetable, patterns: IntArray) -> BoolArray:
    """Return trip → runs on one of the patterns, shape (T,)."""
    return np.isin(timetable.trips.pattern, patterns)


def _refuse_unknown(notes: Notes, mod: ModificationBase, at: str, what: str, wanted: str, known: list[str]) -> None:
    english = {"路線": "route", "運行系統": "pattern", "停留所": "stop", "地区": "district", "施設": "facility"}
    word = english.get(what, "route class")
    message = Text(f"{what} {wanted!r} は都市データにありません", f"no {word} {wanted!r} in the city")
    notes.refuse(mod, at, f"unknown_{word.replace(' ', '_')}", message, hint_of(wanted, known))
