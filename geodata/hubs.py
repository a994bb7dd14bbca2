"""Owns mobility hubs (モビリティハブ): a stop with feeder drop-off, parking and waiting room."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text


@dataclass(frozen=True, slots=True)
class Hub:
    """One hub; it lowers transfer time and penalty for the stops within `radius_m`."""

    hub_id: str
    name: Text
    lonlat: tuple[float, float]
    xy: tuple[float, float]
    radius_m: float
    components: tuple[str, ...] = ()
    min_transfer_time_s: int = 0
    boarding_penalty_s: int = 0
