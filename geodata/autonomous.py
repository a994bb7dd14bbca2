"""Owns autonomous operation (自動運転): which runs or fleet drive themselves, where, how fast, and who is on board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Attendant = Literal["onboard", "remote"]
Fallback = Literal["driver", "none"]
"""On days when it cannot drive itself: a driver takes over, or the run is cancelled."""


@dataclass(frozen=True, slots=True)
class AutonomousOperation:
    """
    Autonomous operation of some runs of routes, or of an on-demand service.

    `trip_ids`: runs that drive themselves (empty for a fleet); `service_id`: the on-demand service ("" for runs).
    `max_speed_kmh`: speed cap. `domain_m`: length of the operating domain one way [m], 0 = an area.
    `weather_availability`: share of days on which it can run, 0–1. `attendant`: ``onboard`` = a driver's post is not
    saved; ``remote`` = one person watches `vehicles_per_attendant` vehicles. `seats`: seated passengers only.
    `fallback`: what happens on the other days. `domain_stops`: patterns' stop ids from the first to the last stop of
    the domain, one tuple per pattern, for drawing.
    """

    operation_id: str
    plan_status: str
    trip_ids: tuple[str, ...]
    service_id: str
    max_speed_kmh: float
    domain_m: float
    weather_availability: float
    attendant: Attendant
    vehicles_per_attendant: float = 1.0
    seats: int | None = None
    cost_per_vehicle_hour_yen: float | None = None
    fallback: Fallback = "driver"
    domain_stops: tuple[tuple[str, ...], ...] = ()
