"""Owns mobility hubs (モビリティハブ): a stop with feeder drop-off, parking and waiting room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.errors import Text

if TYPE_CHECKING:
    from geodata.timetable import Stops
    from geodata.units import IntArray

HubRole = Literal["hub", "transfer"]


@dataclass(frozen=True, slots=True)
class Hub:
    """
    One hub; it lowers transfer time and penalty for its stops: `stop_ids`, or where there are none those in `radius_m`.

    `components`: some of brt_stop, bus_stop, station, feeder_dropoff, park_ride, bike_share, waiting_room.
    `min_transfer_time_s`: changes between the stops of the hub take this long at most (0 = as it is on foot).
    `boarding_penalty_s`: what remains of the transfer penalty there (0 = not lowered); recorded only, no model reads
    it. `role` ``transfer``: only a change of known length between named stops, not a place on the map.
    """

    hub_id: str
    name: Text
    lonlat: tuple[float, float]
    xy: tuple[float, float]
    radius_m: float
    components: tuple[str, ...] = ()
    min_transfer_time_s: int = 0
    boarding_penalty_s: int = 0
    plan_status: str = "hypothetical"
    stop_ids: tuple[str, ...] = ()
    role: HubRole = "hub"


def stops_of_hub(hub: Hub, stops: Stops) -> IntArray:
    """Return the stops that belong to a hub, ascending; ids that the city no longer has are left out."""
    if hub.stop_ids:
        return np.flatnonzero(np.isin(stops.stop_id, hub.stop_ids)).astype(np.int32)
    away = np.hypot(stops.xy[:, 0] - hub.xy[0], stops.xy[:, 1] - hub.xy[1])
    return np.flatnonzero(away <= hub.radius_m).astype(np.int32)
