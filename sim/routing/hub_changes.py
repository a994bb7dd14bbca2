"""Owns what mobility hubs do to changes: between two stops of a hub they take at most its minimum transfer time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.hubs import stops_of_hub

if TYPE_CHECKING:
    from geodata.city import City

Pairs = dict[tuple[int, int], int]


def hub_changes(city: City) -> Pairs:
    """
    Return (from stop, to stop) → longest change there [s], ascending.

    A stop and itself are a pair too, unless the hub stands for a change between named stops (`role` ``transfer``) and
    names more than one. Of several hubs the shorter time counts; one without a time says nothing.
    """
    found: Pairs = {}
    for hub in city.hubs:
        if hub.min_transfer_time_s <= 0:
            continue
        stops = stops_of_hub(hub, city.timetable.stops).tolist()
        between = hub.role == "transfer" and len(stops) > 1
        for pair in ((a, b) for a in stops for b in stops if a != b or not between):
            found[pair] = min(hub.min_transfer_time_s, found.get(pair, hub.min_transfer_time_s))
    return dict(sorted(found.items()))
