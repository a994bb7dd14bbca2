"""Owns mobility hubs (モビリティハブ): a stop with feeder drop-off, parking and waiting room."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text


@dataclass(frozen=True, slots=True)
class Hub:
    """
    One hub; it lowers transfer time and penalty for the stops within `radius_m`.

    `components`: some of brt_stop, bus_stop, station, feeder_dropoff, park_ride, bike_share, waiting_room.
    `min_transfer_time_s`: changes between the stops of the hub take this long at most (0 = as it is on foot).
    `boarding_penalty_s`: what remains of the transfer penalty there; used by the choice of mode, not by times.
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
