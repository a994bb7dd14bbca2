"""Owns the handling of assumed lines: whether there are any, and the same city without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import Status
from geodata.timetable import Trips

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
    return city.replace(timetable=replace(city.timetable, trips=keep_trips(city.timetable.trips, ~dropped)))


def keep_trips(trips: Trips, kept: BoolArray) -> Trips:
    """Return the trips where `kept` is True, in order."""
    lengths = np.diff(trips.time_offsets)
    rows = np.repeat(kept, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int32)
    return Trips(
        trip_id=trips.trip_id[kept],
        pattern=trips.pattern[kept],
        service=trips.service[kept],
        block_id=trips.block_id[kept],
        headway_s=trips.headway_s[kept],
        start_s=trips.start_s[kept],
        end_s=trips.end_s[kept],
        exact_times=trips.exact_times[kept],
        time_offsets=offsets,
        arrival_s=trips.arrival_s[rows],
        departure_s=trips.departure_s[rows],
        board_allowed=trips.board_allowed[rows],
        alight_allowed=trips.alight_allowed[rows],
    )
