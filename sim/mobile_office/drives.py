"""Owns how long a vehicle drives between places and its depot: car minutes off the peak, in whole seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.units import SECONDS_PER_MIN, FloatArray, IntArray
from sim.mobile_office.tour_types import NO_ROAD_S, Crew

if TYPE_CHECKING:
    from geodata.mobile_office import MobileOfficePlan
    from geodata.streets import StreetModel


def drive_seconds(
    streets: StreetModel, places_xy: FloatArray, depot_xy: tuple[float, float] | None, speed_kmh: float
) -> IntArray:
    """
    Return place, place → drive [s], the depot last, shape (P+1, P+1); without a depot its row and column are 0.

    Rounded up to whole seconds, which keeps the triangle inequality. The time to park is part of setting up.
    `NO_ROAD_S` where no road leads.
    """
    from sim.routing.car import car_minutes  # noqa: PLC0415 -- the package loads compiled kernels

    n = len(places_xy)
    points = np.vstack([np.asarray(places_xy, np.float64).reshape(-1, 2), np.array([depot_xy or (0.0, 0.0)])])
    seconds = np.zeros((n + 1, n + 1), np.int32)
    used = n + 1 if depot_xy is not None else n
    minutes = car_minutes(streets, points[:used], points[:used], speed_kmh=speed_kmh)
    exact = np.ceil(minutes * SECONDS_PER_MIN - 1e-6)
    seconds[:used, :used] = np.where(np.isfinite(exact), np.minimum(exact, NO_ROAD_S), NO_ROAD_S).astype(np.int32)
    np.fill_diagonal(seconds, 0)
    return seconds


def plan_drives(streets: StreetModel, plan: MobileOfficePlan, speed_kmh: float) -> IntArray:
    """Return the drives of a plan: place, place → [s], the depot last (0 where the plan names none)."""
    xy = np.array([place.xy for place in plan.places], np.float64).reshape(-1, 2)
    return drive_seconds(streets, xy, plan.depot_xy, speed_kmh)


def plan_crew(plan: MobileOfficePlan, drive_s: IntArray) -> Crew:
    """Return what the days of a plan must keep to; without a depot a shift begins and ends at the places."""
    return Crew(
        names=tuple(place.name for place in plan.places),
        drive_s=drive_s,
        n_vehicles=plan.n_vehicles,
        setup_s=plan.setup_s,
        shift_s=plan.shift_s,
        lunch=plan.lunch,
    )
