"""Owns the generalised cost of a trip by each way of travelling, in minutes on board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.ridership.markets import BUS, MARKETS, MODES
from sim.ridership.parts import NOMINAL_CAR_YEN_KM, NOMINAL_VOT, effective_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.markets import Market
    from sim.ridership.parts import TripParts
    from sim.ridership.purposes import Purpose


def value_of_time(context: RunContext, purpose: Purpose) -> float:
    """Return yen per minute on board."""
    params = context.params
    return {
        "work": params.ride_vot_work,
        "school": params.ride_vot_school,
        "clinic": params.ride_vot_clinic,
        "errand": params.ride_vot_errand,
    }[purpose]


def wait_minutes(context: RunContext, parts: TripParts) -> FloatArray:
    """Return cell → wait at the first stop that counts [min]."""
    return effective_wait(parts.slack_min, context.params.ride_wait_knee_min, context.params.ride_wait_beyond_share)


def bus_minutes(context: RunContext, parts: TripParts, market: Market, factor: float) -> FloatArray:
    """Return cell → generalised cost by bus [min], inf = none; `factor`: what they pay over the full bus fare."""
    params = context.params
    slower = params.walk_standard_m_min / params.walk_older_m_min if market.older else 1.0
    vot = value_of_time(context, market.purpose)
    by_car = parts.car_min + parts.car_km * NOMINAL_CAR_YEN_KM / NOMINAL_VOT
    return (
        params.ride_walk_weight * slower * parts.walk_min
        + params.ride_wait_weight * (wait_minutes(context, parts) + parts.wait_min)
        + parts.ride_min
        + params.ride_transfer_min * parts.n_changes
        + (factor * parts.bus_fare_yen + parts.rail_fare_yen) / vot
        + parts.beyond_min
        + by_car
    )


def cost_minutes(context: RunContext, parts: TripParts, market: Market, factor: float) -> FloatArray:
    """Return mode, cell → generalised cost [min]; inf = not to be had, shape (K, C)."""
    params = context.params
    vot = value_of_time(context, market.purpose)
    slower = params.walk_standard_m_min / params.walk_older_m_min if market.older else 1.0
    drive = parts.car_min
    taxi_yen = params.ride_taxi_first_yen + params.ride_taxi_yen_km * parts.car_km
    by_mode = {
        "bus": bus_minutes(context, parts, market, factor),
        "car": np.full_like(drive, np.inf) if market.captive else drive + params.ride_car_yen_km * parts.car_km / vot,
        "lift": params.ride_lift_weight * drive,
        "taxi": drive + params.ride_taxi_wait_min * params.ride_wait_weight + taxi_yen / vot,
        "walk": params.ride_walk_weight * slower * parts.foot_min,
    }
    return np.stack([by_mode[mode] for mode in MODES])


def all_costs(context: RunContext, parts: Mapping[Purpose, TripParts], factors: FloatArray) -> FloatArray:
    """
    Return market, mode, cell → generalised cost [min], shape (M, K, C).

    `factors`: market → what its riders pay over the full bus fare. No bus runs for a purpose that has no place.
    """
    empty = np.full((len(MODES), context.n_cells), np.inf)
    empty[BUS + 1 :] = 0.0  # shares of a purpose nobody travels for are never used
    return np.stack(
        [
            cost_minutes(context, parts[m.purpose], m, float(factor)) if m.purpose in parts else empty
            for m, factor in zip(MARKETS, factors, strict=True)
        ]
    )


def of_markets(parts: Mapping[Purpose, TripParts], name: str, n_cells: int) -> FloatArray:
    """Return market, cell → one of the parts, shape (M, C); 0 for a purpose unknown."""
    none = np.zeros(n_cells)
    return np.stack([getattr(parts[m.purpose], name) if m.purpose in parts else none for m in MARKETS])
