"""Owns the fare of a journey: the cheapest matching rule of every ride, or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.timetable import Timetable


def find_fare_yen(timetable: Timetable, rides: Iterable[tuple[int, int, int]]) -> float | None:
    """
    Return the fare of a journey as the sum of its rides.

    Parameters
    ----------
    timetable
        Its fare rules and the zones of its stops are used.
    rides
        (route, boarding stop, alighting stop) of every ride.

    Returns
    -------
    fare
        Sum of the cheapest matching rule of each ride [yen]; None if a ride matches no rule or prices are not in yen.
        Transfer discounts are not considered.
    """
    fares, zone = timetable.fares, timetable.stops.zone_id
    if fares.currency != "JPY":
        return None
    total = 0.0
    for route, board, alight in rides:
        match = (
            np.isin(fares.route, (-1, route))
            & np.isin(fares.origin_zone, ("", zone[board]))
            & np.isin(fares.destination_zone, ("", zone[alight]))
        )
        if not match.any():
            return None
        total += float(fares.price_yen[match].min())
    return total
