"""Owns the handling of assumed lines: whether there are any, and the same city without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geodata.provenance import Status

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.timetable import Timetable
    from geodata.units import BoolArray


def assumed_trips(timetable: Timetable) -> BoolArray:
    """Return trip → runs on a route of status assumed, shape (T,)."""
    route = timetable.patterns.route[timetable.trips.pattern]
    assumed: BoolArray = timetable.routes.status[route] == Status.ASSUMED.value
    return assumed


def has_assumed_lines(city: City) -> bool:
    """Return whether any trip runs on an assumed route."""
    return bool(assumed_trips(city.timetable).any())


def without_assumed_lines(city: City) -> City:
    """Return the city without trips on assumed routes; the same object where there are none."""
    dropped = assumed_trips(city.timetable)
    if not dropped.any():
        return city
    return city.replace(timetable=replace(city.timetable, trips=city.timetable.trips.where(~dropped)))
