"""Owns the generalised cost of a trip by each way of travelling, in minutes on board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.units import SECONDS_PER_MIN
from sim.ridership.fares import fare_yen
from sim.ridership.markets import BUS, MARKETS, MODES
from sim.ridership.parts import NOMINAL_CAR_YEN_KM, NOMINAL_VOT, PEAK, effective_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.behaviour import Behaviour
    from sim.ridership.markets import Market
    from sim.ridership.parts import TripParts
    from sim.ridership.purposes import Purpose


def value_of_time(context: RunContext, purpose: Purpose) -> float:
    """Return yen per minute on board."""
    params = context.params
    if purpose == "work":
        return params.ride_vot_work
    if purpose == "school":
        return params.ride_vot_school
    return params.ride_vot_clinic if purpose == "clinic" else params.ride_vot_errand


def fares_yen(context: RunContext, parts: TripParts) -> tuple[FloatArray, FloatArray]:
    """Return cell → full one-way fares of buses and of trains [yen]."""
    bus, rail = fare_yen(context.params, parts.fare_basis.astype(np.float32))
    return np.asarray(bus, np.float64), np.asarray(rail, np.float64)


def car_minutes_of(context: RunContext, parts: TripParts, purpose: Purpose) -> FloatArray:
    """Return cell → minutes by car, with getting to it and parking."""
    params = context.params
    kmh = params.car_peak_kmh if purpose in PEAK else params.car_offpeak_kmh
    minutes: FloatArray = parts.car_km * (SECONDS_PER_MIN / kmh) + params.car_terminal_min
    return minutes


class Costs:
    """
    Generalised cost by market, mode and cell.

    Parameters
    ----------
    context
        The city; only its parameters are read.
    parts
        Purpose → parts of trips.
    factors
        Market → what its riders pay over the full bus fare, shape (M,).
    behaviour
        Suppositions of a scenario; the baseline's are neutral.
    """

    def __init__(
        self, context: RunContext, parts: Mapping[Purpose, TripParts], factors: FloatArray, behaviour: Behaviour
    ) -> None:
        self._context, self._parts, self._factors, self._behaviour = context, parts, factors, behaviour

    def all_markets(self) -> FloatArray:
        """
        Return market, mode, cell → generalised cost [min], shape (M, K, C); inf = not to be had.

        For a purpose without a place no bus runs; its other ways are never used.
        """
        none = np.zeros((len(MODES), self._context.n_cells))
        none[BUS] = np.inf
        rows = zip(MARKETS, self._factors, strict=True)
        return np.stack([self._market(m, float(factor)) if m.purpose in self._parts else none for m, factor in rows])

    def _market(self, market: Market, factor: float) -> FloatArray:
        params, parts = self._context.params, self._parts[market.purpose]
        vot = value_of_time(self._context, market.purpose) * self._behaviour.vot_factor
        slower = params.walk_standard_m_min / params.walk_older_m_min if market.older else 1.0
        drive = car_minutes_of(self._context, parts, market.purpose)
        by_car = np.full_like(drive, np.inf) if market.captive else drive + params.ride_car_yen_km * parts.car_km / vot
        taxi_yen = params.ride_taxi_first_yen + params.ride_taxi_yen_km * parts.car_km
        by_mode = {
            "bus": self._bus(parts, vot, slower, factor) + self._composite(parts, drive),
            "car": by_car,
            "lift": params.ride_lift_weight * drive,
            "taxi": drive + params.ride_taxi_wait_min * params.ride_wait_weight + taxi_yen / vot,
            "walk": params.ride_walk_weight * slower * parts.foot_min,
        }
        return np.stack([by_mode[mode] + self._behaviour.asc_shift_min[mode] for mode in MODES])

    def _bus(self, parts: TripParts, vot: float, slower: float, factor: float) -> FloatArray:
        params = self._context.params
        wait = effective_wait(parts.slack_min, params.ride_wait_knee_min, params.ride_wait_beyond_share)
        bus_yen, rail_yen = fares_yen(self._context, parts)
        cost: FloatArray = (
            params.ride_walk_weight * slower * parts.walk_min
            + params.ride_wait_weight * (wait + parts.wait_min)
            + parts.ride_min
            + params.ride_transfer_min * parts.n_changes
            + (factor * bus_yen + rail_yen) / vot
        )
        return cost

    @staticmethod
    def _composite(parts: TripParts, drive: FloatArray) -> FloatArray:
        """Return what the choice among destinations adds, which is told against the cost by car."""
        cost: FloatArray = parts.beyond_min + drive + parts.car_km * (NOMINAL_CAR_YEN_KM / NOMINAL_VOT)
        return cost


def of_markets(parts: Mapping[Purpose, TripParts], name: str, n_cells: int) -> FloatArray:
    """Return market, cell → one of the parts, shape (M, C); 0 for a purpose unknown."""
    none = np.zeros(n_cells)
    return np.stack([getattr(parts[m.purpose], name) if m.purpose in parts else none for m in MARKETS])


def bus_fares(context: RunContext, parts: Mapping[Purpose, TripParts]) -> FloatArray:
    """Return market, cell → full bus fare [yen], shape (M, C); 0 for a purpose unknown."""
    none = np.zeros(context.n_cells)
    of_purpose = {purpose: fares_yen(context, found)[0] for purpose, found in parts.items()}
    return np.stack([of_purpose.get(market.purpose, none) for market in MARKETS])
