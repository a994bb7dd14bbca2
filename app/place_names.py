"""Owns the names by which a place of the city can be chosen: districts, stops, facilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.english_names import english_names
from geodata.errors import Text
from geodata.facilities import FacilityKind
from geodata.units import FloatArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geodata.city import City

NEARBY_M = 600.0
"""A cell is named after a stop or facility no farther than this [m]."""
TOLD_KINDS = (
    FacilityKind.STATION_FRONT,
    FacilityKind.HOSPITAL,
    FacilityKind.CITY_OFFICE,
    FacilityKind.BRANCH_OFFICE,
    FacilityKind.HIGH_SCHOOL,
    FacilityKind.ELEMENTARY_SCHOOL,
    FacilityKind.JUNIOR_HIGH_SCHOOL,
    FacilityKind.COMMUNITY_CENTRE,
    FacilityKind.SHOP,
    FacilityKind.CLINIC,
)
"""Kinds of facilities that are offered by name, those most asked for first."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """
    A place with a name.

    `key`: ``district:…``, ``stop:…`` or ``facility:…`` and the id. `group`: word of the catalogue it is listed under.
    """

    key: str
    name: Text
    group: str
    lonlat: tuple[float, float]
    xy: tuple[float, float]


def name_places(city: City) -> dict[str, NamedPlace]:
    """Return key → place: railway stations, districts, facilities by kind, other stops; equal names near by once."""
    found: dict[str, NamedPlace] = {}
    seen: set[tuple[str, int, int]] = set()
    for place in _all(city):
        near = (place.name.ja, round(place.xy[0] / 250), round(place.xy[1] / 250))
        if near not in seen:
            seen.add(near)
            found[place.key] = place
    return found


def _all(city: City) -> Iterator[NamedPlace]:
    rail = city.timetable.stops_of_class("rail")
    yield from _stops(city, rail, "place_stations")
    yield from _districts(city)
    facilities, english = city.facilities, english_names(city)
    for kind in TOLD_KINDS:
        for row in facilities.of_kind(kind).tolist():
            if facilities.open_to_public[row]:
                name = str(facilities.name[row])
                yield NamedPlace(
                    f"facility:{facilities.facility_id[row]}",
                    Text(name, english.get(name, name)),
                    f"place_{kind}",
                    _pair(facilities.lonlat[row]),
                    _pair(facilities.xy[row]),
                )
    used = city.timetable.routes_at_stop()[0]
    yield from _stops(city, np.setdiff1d(used, rail), "place_stops")


def _stops(city: City, rows: Iterable[int], group: str) -> Iterator[NamedPlace]:
    stops = city.timetable.stops
    for row in rows:
        name = Text(str(stops.name[row]), str(stops.name_en[row]) or str(stops.name[row]))
        yield NamedPlace(f"stop:{stops.stop_id[row]}", name, group, _pair(stops.lonlat[row]), _pair(stops.xy[row]))


def _districts(city: City) -> Iterator[NamedPlace]:
    """Yield each district at the cell where most people live."""
    cells = city.population
    for number, district_id in enumerate(cells.district_id.tolist()):
        own = np.flatnonzero(cells.district == number)
        if not len(own):
            continue
        most = own[int(np.argmax(cells.total[own]))]
        name = Text(str(cells.district_name[number]), str(cells.district_name_en[number]))
        yield NamedPlace(
            f"district:{district_id}", name, "place_districts", _pair(cells.lonlat[most]), _pair(cells.xy[most])
        )


def _pair(row: FloatArray) -> tuple[float, float]:
    return float(row[0]), float(row[1])


def nearest_name(places: Iterable[NamedPlace], xy: FloatArray) -> tuple[NamedPlace, float] | None:
    """Return the named stop or facility nearest to a point and how far it is [m]; None where all are far."""
    listed = [place for place in places if place.group != "place_districts"]
    if not listed:
        return None
    away = np.hypot(*(np.array([place.xy for place in listed]) - xy).T)
    nearest = int(np.argmin(away))
    return (listed[nearest], float(away[nearest])) if away[nearest] <= NEARBY_M else None
