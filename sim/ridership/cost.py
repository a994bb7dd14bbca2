"""Owns the generalised cost of a trip by each way of travelling, in minutes on board."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from geodata.units import SECONDS_PER_MIN
from sim.fare_params import FareParams
from sim.params import Params
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


@dataclass(frozen=True, slots=True)
class Weights:
    """
    What minutes and yen count; see the parameters of the same names.

    `vot`: purpose → yen per minute. `car_min_km`: purpose → minutes per kilometre by car. `fares`: tariff.
    """

    walk: float
    wait: float
    knee_min: float
    beyond_share: float
    transfer_min: float
    vot: Mapping[Purpose, float]
    car_min_km: Mapping[Purpose, float]
    terminal_min: float
    car_yen_km: float
    lift: float
    taxi_first_yen: float
    taxi_yen_km: float
    taxi_wait_min: float
    fares: FareParams


def weights_of(params: Params) -> Weights:
    """Return the weights of a set of parameters."""
    peak, offpeak = SECONDS_PER_MIN / params.car_peak_kmh, SECONDS_PER_MIN / params.car_offpeak_kmh
    return Weights(
        walk=params.ride_walk_weight,
        wait=params.ride_wait_weight,
        knee_min=params.ride_wait_knee_min,
        beyond_share=params.ride_wait_beyond_share,
        transfer_min=params.ride_transfer_min,
        vot={
            "work": params.ride_vot_work,
            "school": params.ride_vot_school,
            "clinic": params.ride_vot_clinic,
            "errand": params.ride_vot_errand,
        },
        car_min_km={p: peak if p in PEAK else offpeak for p in ("work", "school", "clinic", "errand")},
        terminal_min=params.car_terminal_min,
        car_yen_km=params.ride_car_yen_km,
        lift=params.ride_lift_weight,
        taxi_first_yen=params.ride_taxi_first_yen,
        taxi_yen_km=params.ride_taxi_yen_km,
        taxi_wait_min=params.ride_taxi_wait_min,
        fares=params,
    )


@lru_cache(maxsize=1)
def nominal_weights() -> Weights:
    """Return the weights that the parameters begin with: no draw moves them."""
    return weights_of(Params())


class Costs:
    """
    Generalised cost by market, mode and cell.

    Parameters
    ----------
    parts
        Purpose → parts of trips.
    weights
        What minutes and yen count.
    slower
        Minutes of the older walker per minute of the standard one.
    factors
        Market → what its riders pay over the full bus fare, shape (M,).
    """

    def __init__(
        self, parts: Mapping[Purpose, TripParts], weights: Weights, slower: float, factors: FloatArray
    ) -> None:
        self._parts, self._weights, self._slower, self._factors = parts, weights, slower, factors

    def all_markets(self, n_cells: int, supposed: Behaviour | None = None) -> FloatArray:
        """
        Return market, mode, cell → generalised cost [min], shape (M, K, C); inf = not to be had.

        `supposed`: suppositions of a scenario about behaviour. For a purpose without a place no bus runs; its other
        ways are never used.
        """
        cost = np.zeros((len(MARKETS), len(MODES), n_cells))
        vot_factor = 1.0 if supposed is None else supposed.vot_factor
        for row, market in enumerate(MARKETS):
            if market.purpose in self._parts:
                self._fill(cost[row], market, float(self._factors[row]), vot_factor)
            else:
                cost[row, BUS] = np.inf
        if supposed is not None and not supposed.neutral:
            cost += np.array([supposed.asc_shift_min[mode] for mode in MODES])[None, :, None]
        return cost

    def _fill(self, cost: FloatArray, market: Market, factor: float, vot_factor: float) -> None:
        """Fill in mode, cell → cost of one market."""
        parts, weights = self._parts[market.purpose], self._weights
        vot = weights.vot[market.purpose] * vot_factor
        walk = weights.walk * (self._slower if market.older else 1.0)
        drive = parts.car_km * weights.car_min_km[market.purpose] + weights.terminal_min
        taxi_yen = weights.taxi_first_yen + weights.taxi_yen_km * parts.car_km
        cost[MODES.index("bus")] = self._bus(parts, walk, vot, factor) + _composite(parts, drive)
        cost[MODES.index("car")] = np.inf if market.captive else drive + (weights.car_yen_km / vot) * parts.car_km
        cost[MODES.index("lift")] = weights.lift * drive
        cost[MODES.index("taxi")] = drive + weights.taxi_wait_min * weights.wait + taxi_yen / vot
        cost[MODES.index("walk")] = walk * parts.foot_min

    def _bus(self, parts: TripParts, walk: float, vot: float, factor: float) -> FloatArray:
        weights = self._weights
        wait = effective_wait(parts.slack_min, weights.knee_min, weights.beyond_share) + parts.wait_min
        bus_yen, rail_yen = fares_yen(weights.fares, parts)
        cost: FloatArray = (
            walk * parts.walk_min
            + weights.wait * wait
            + parts.ride_min
            + weights.transfer_min * parts.n_changes
            + (factor * bus_yen + rail_yen) / vot
        )
        return cost


def _composite(parts: TripParts, drive: FloatArray) -> FloatArray:
    """Return what the choice among destinations adds, which is told against the cost by car."""
    cost: FloatArray = parts.beyond_min + drive + parts.car_km * (NOMINAL_CAR_YEN_KM / NOMINAL_VOT)
    return cost


def fares_yen(fares: FareParams, parts: TripParts) -> tuple[FloatArray, FloatArray]:
    """Return cell → full one-way fares of buses and of trains [yen]."""
    bus, rail = fare_yen(fares, parts.fare_basis.astype(np.float32))
    return np.asarray(bus, np.float64), np.asarray(rail, np.float64)


def slower_walk(context: RunContext) -> float:
    """Return minutes of the older walker per minute of the standard one."""
    return context.params.walk_standard_m_min / context.params.walk_older_m_min


def of_markets(parts: Mapping[Purpose, TripParts], name: str, n_cells: int) -> FloatArray:
    """Return market, cell → one of the parts, shape (M, C); 0 for a purpose unknown."""
    none = np.zeros(n_cells)
    return np.stack([getattr(parts[m.purpose], name) if m.purpose in parts else none for m in MARKETS])


def bus_fares(context: RunContext, parts: Mapping[Purpose, TripParts]) -> FloatArray:
    """Return market, cell → full bus fare [yen], shape (M, C); 0 for a purpose unknown."""
    none = np.zeros(context.n_cells)
    of_purpose = {purpose: fares_yen(context.params, found)[0] for purpose, found in parts.items()}
    return np.stack([of_purpose.get(market.purpose, none) for market in MARKETS])
