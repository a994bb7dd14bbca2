"""Owns what a planner may choose by name: lines, stops, districts, places, and the words of fixed choices."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from app.features.edit.shaping import JOINED
from app.features.edit.tools import ANYWHERE
from app.text import say
from geodata.errors import Text
from scenarios.reaction_words import KIND_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.features.edit.state import Plain
    from geodata.city import City

Option = dict[str, Any]
Row = tuple[str, Text]
CLASSES = ("bus", "brt", "rail", "other")
DAYS = ("weekday", "saturday", "holiday")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKS = ("1", "2", "3", "4", "5")
CLOSING = ("clinic", "hospital", "branch_office", "community_centre", "shop")
OPENING = ("clinic", "hospital", "branch_office", "community_centre", "shop", "doctor_car_base", "high_school")
CLASS_ORDER = {"brt": 0, "bus": 1, "rail": 2}
DIGITS = 5
STOP, FACILITY, DISTRICT = "stop", "facility", "district"


class Places:
    """Names and positions of one city, for the forms of the editor."""

    def __init__(self, city: City) -> None:
        self.city = city

    # ---------------------------------------------------------------- lines and stops

    @cached_property
    def _ends(self) -> dict[int, tuple[str, ...]]:
        """Route → first and last stop of its longest pattern, by name."""
        found: dict[int, tuple[str, ...]] = {}
        for route, stops in self._longest.items():
            found[route] = tuple(str(self.city.timetable.stops.name[stop]) for stop in (stops[0], stops[-1]))
        return found

    @cached_property
    def _longest(self) -> dict[int, np.ndarray[Any, Any]]:
        """Route → stops of its longest pattern."""
        patterns = self.city.timetable.patterns
        found: dict[int, np.ndarray[Any, Any]] = {}
        for number, route in enumerate(patterns.route.tolist()):
            stops = patterns.stops_of(number)
            if len(stops) > len(found.get(route, ())):
                found[route] = stops
        return found

    def routes(self, lang: str) -> list[Row]:
        """Return the lines, BRT first; assumed ones have no names, so their ends tell them apart."""
        table = self.city.timetable.routes
        order = sorted(range(len(table.route_id)), key=lambda n: (CLASS_ORDER.get(str(table.route_class[n]), 3), n))
        rows = []
        for n in order:
            name = Text(str(table.name[n]), str(table.name_en[n] or table.name[n]))
            if str(table.status[n]) == "assumed" and n in self._ends:
                ends = "–".join(self.short(end, lang) for end in self._ends[n])
                name = Text(f"{name.ja}（{ends}）", f"{name.en} ({ends})")
            rows.append((str(table.route_id[n]), name))
        return rows

    def short(self, name: str, lang: str) -> str:
        """Return the name of a stop without what is said of its status."""
        del lang
        return name.removesuffix("（仮定の停留所）")

    def joins(self, lang: str) -> list[Option]:
        """Return every stop of every line, grouped by line; its terminals first."""
        names, table = dict(self.routes(lang)), self.city.timetable.stops
        index = {str(route): n for n, route in enumerate(self.city.timetable.routes.route_id)}
        groups = []
        for route, name in names.items():
            stops = self._longest.get(index[route])
            if stops is None:
                continue
            ends = list(dict.fromkeys((int(stops[0]), int(stops[-1]))))
            order = [*ends, *(int(s) for s in dict.fromkeys(stops.tolist()) if s not in ends)]
            items = []
            for stop in order:
                label = self.short(self._stop_name(stop, lang), lang)
                label = f"{label}{say(lang, 'edit_terminal')}" if stop in ends else label
                line = name.get(lang)
                items.append({"value": f"{route}{JOINED}{table.stop_id[stop]}", "label": f"{line}: {label}"})
            groups.append({"group": name.get(lang), "items": items})
        return groups

    def _stop_name(self, stop: int, lang: str) -> str:
        table = self.city.timetable.stops
        english = str(table.name_en[stop])
        plain = english if lang == "en" and english and english != "assumed stop" else str(table.name[stop])
        return plain or str(table.stop_id[stop])

    # ---------------------------------------------------------------- places by name

    def spots(self, lang: str) -> list[Option]:
        """Return places to choose by name: stops, facilities, middles of districts."""
        stops, facilities = self.city.timetable.stops, self.city.facilities
        groups = {
            "edit_group_stops": [
                (f"{STOP}:{stops.stop_id[n]}", self._stop_name(n, lang)) for n in range(len(stops.stop_id))
            ],
            "edit_group_districts": [(f"{DISTRICT}:{key}", name.get(lang)) for key, name in self.districts()],
            "edit_group_facilities": [
                (f"{FACILITY}:{facilities.facility_id[n]}", str(facilities.name[n]))
                for n in range(facilities.n_facilities)
            ],
        }
        return [
            {"group": say(lang, key), "items": [{"value": value, "label": label} for value, label in rows]}
            for key, rows in groups.items()
            if rows
        ]

    def spot(self, value: str, lang: str) -> Plain | None:
        """Return a place chosen by name, or None where there is none of it."""
        kind, _, name = value.partition(":")
        if kind == STOP:
            return self.with_position({"stop": name}, lang)
        if kind == FACILITY:
            facilities = self.city.facilities
            rows = np.flatnonzero(facilities.facility_id == name)
            return self._at(facilities.lonlat[rows[0]], str(facilities.name[rows[0]])) if len(rows) else None
        rows = np.flatnonzero(self.city.population.district_id == name)
        if not len(rows):
            return None
        inside = self.city.population.district == rows[0]
        weight = self.city.population.total[inside]
        middle = np.average(self.city.population.lonlat[inside], axis=0, weights=weight if weight.sum() > 0 else None)
        return self._at(middle, dict(self.districts())[name].get(lang))

    def with_position(self, spot: Plain, lang: str) -> Plain | None:
        """Return a place with position and name; of an existing stop, its own; None where there is no such stop."""
        if not spot.get("stop"):
            return spot
        stops = self.city.timetable.stops
        rows = np.flatnonzero(stops.stop_id == spot["stop"])
        rows = rows if len(rows) else np.flatnonzero(stops.name == spot["stop"])
        if not len(rows):
            return None
        at = self._at(stops.lonlat[rows[0]], self._stop_name(int(rows[0]), lang))
        return {"stop": str(stops.stop_id[rows[0]]), **at}

    @staticmethod
    def _at(lonlat: Any, name: str) -> Plain:
        return {"lat": round(float(lonlat[1]), DIGITS), "lon": round(float(lonlat[0]), DIGITS), "name": name}

    def districts(self) -> list[Row]:
        """Return the districts."""
        people = self.city.population
        return [
            (str(people.district_id[n]), Text(str(people.district_name[n]), str(people.district_name_en[n])))
            for n in range(len(people.district_id))
        ]

    # ---------------------------------------------------------------- choices of fields

    def options(self, source: str, lang: str, own: Sequence[Plain] = ()) -> list[Option]:
        """Return the options of a field (`app.features.edit.tools.Field.options`)."""
        if source == "joins":
            return self.joins(lang)
        rows: Iterable[tuple[str, str]]
        if source == "routes":
            rows = [(key, name.get(lang)) for key, name in self.routes(lang)]
        elif source == "districts":
            rows = [(key, name.get(lang)) for key, name in self.districts()]
        elif source == "destinations":
            rows = self._destinations(lang, own)
        elif source == "plans":
            plans = [mod for mod in own if mod.get("type") == "mobile-service" and mod.get("stops")]
            rows = [("", say(lang, "edit_new_plan")), *((str(mod["id"]), name_of(mod, lang)) for mod in plans)]
        else:
            fixed = {"classes": CLASSES, "days": DAYS, "weekdays": WEEKDAYS, "weeks": WEEKS}
            kinds = {"closing": CLOSING, "kinds": OPENING}.get(source)
            rows = (
                [(kind, KIND_TEXT[kind].get(lang)) for kind in kinds]
                if kinds
                else [(key, say(lang, f"edit_{source}_{key}")) for key in fixed[source]]
            )
        return [{"value": value, "label": label} for value, label in rows]

    def _destinations(self, lang: str, own: Sequence[Plain]) -> list[tuple[str, str]]:
        hubs = [(str(mod["id"]), name_of(mod, lang)) for mod in own if mod.get("type") == "add-hub"]
        hubs += [(hub.hub_id, hub.name.get(lang)) for hub in self.city.hubs]
        stations = self.city.timetable.stops_of_class("rail", "brt")
        table = self.city.timetable.stops
        known = dict.fromkeys(int(s) for s in stations.tolist() if table.in_city[s])
        stops = [(str(table.stop_id[stop]), self._stop_name(stop, lang)) for stop in known]
        return [(ANYWHERE, say(lang, "edit_anywhere")), *hubs, *stops]

    def name(self, source: str, key: str, lang: str) -> str:
        """Return the name of what a modification mentions by id; the id where it is not known."""
        names = dict(self.routes(lang)) if source == "routes" else dict(self.districts())
        return names[key].get(lang) if key in names else key


def name_of(mod: Plain, lang: str) -> str:
    """Return the name of a modification or of a place in it; empty where it has none."""
    name = mod.get("name")
    if isinstance(name, dict):
        return str(name.get(lang) or name.get("ja") or "")
    return str(name or "")
