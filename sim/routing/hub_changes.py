"""Owns what mobility hubs do to changes: between two stops of a hub they take at most its minimum transfer time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.city import City

Pairs = dict[tuple[int, int], int]


def hub_changes(city: City) -> Pairs:
    """
    Return (from stop, to stop) → longest change there [s], ascending.

    The stops of a hub are those within `radius_m` of it, straight line, edge included; a stop and itself are a pair
    too. Of several hubs the shorter time counts. A hub without a minimum transfer time says nothing.
    """
    xy = city.timetable.stops.xy
    found: Pairs = {}
    for hub in city.hubs:
        if hub.min_transfer_time_s <= 0 or not len(xy):
            continue
        stops = np.flatnonzero(np.hypot(*(xy - np.array(hub.xy)).T) <= hub.radius_m).tolist()
        for pair in ((a, b) for a in stops for b in stops):
            found[pair] = min(hub.min_transfer_time_s, found.get(pair, hub.min_transfer_time_s))
    return dict(sorted(found.items()))
