"""Owns further entrances to stops (駅の出入口・自由通路): another point from which a platform is reached on foot."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text


@dataclass(frozen=True, slots=True)
class Entrance:
    """
    One entrance of a stop.

    People may walk to and from `xy` instead of the point of the stop; from there to the platform takes `inside_s`.
    """

    entrance_id: str
    stop_id: str
    name: Text
    lonlat: tuple[float, float]
    xy: tuple[float, float]
    inside_s: int
    plan_status: str = "hypothetical"
