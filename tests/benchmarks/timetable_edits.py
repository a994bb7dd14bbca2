"""Owns the edits of a timetable that the bench asks about: up to 5 in 100 trips of the day run later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import BoolArray, IntArray

MOST = 0.05
LATER_S = 240


def chosen_trips(pattern_route: IntArray, running: IntArray, seed: int, most: float = MOST) -> IntArray:
    """
    Return trips of whole routes, drawn by seed, as many as stay within `most` of the running trips.

    Parameters
    ----------
    pattern_route
        Running trip → its route, shape (R,).
    running
        Running trip → trip index, shape (R,).
    """
    budget = int(most * len(running))
    picked: list[IntArray] = []
    routes = np.unique(pattern_route)
    for route in np.random.default_rng(seed).permutation(routes).tolist():
        trips = running[pattern_route == route]
        if len(trips) <= budget:
            picked.append(trips)
            budget -= len(trips)
    return np.sort(np.concatenate(picked)) if picked else running[:0]


def busy_route(route_of_trip: IntArray, seed: int, *, least: float = 0.01) -> int:
    """Return a route, drawn by seed, among those with a hundredth of all running trips or more, but no more than `MOST`."""
    n_trips = np.bincount(route_of_trip) / len(route_of_trip)
    return int(np.random.default_rng(seed).choice(np.flatnonzero((n_trips >= least) & (n_trips <= MOST))))


def edited_city(city: City, date: str, seed: int, *, one_route: bool = False) -> tuple[City, float]:
    """Return the city with some routes (or a busy one) running later, and the share of the day's trips that do."""
    table = city.timetable
    trips = table.trips
    running = np.flatnonzero(table.services.active_on(date)[trips.service])
    route = table.patterns.route[trips.pattern[running]]
    moved = running[route == busy_route(route, seed)] if one_route else chosen_trips(route, running, seed)
    rows = np.repeat(_mask(moved, len(trips.trip_id)), np.diff(trips.time_offsets))
    later = np.where(rows, LATER_S, 0).astype(np.int32)
    changed = replace(trips, arrival_s=trips.arrival_s + later, departure_s=trips.departure_s + later)
    return city.replace(timetable=replace(table, trips=changed)), len(moved) / len(running)


def _mask(rows: IntArray, n: int) -> BoolArray:
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask
