"""Owns the cost of one trip for one purpose by cell: journeys by bus and by other ways, averaged over destinations."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geodata.frozen import freeze
from geodata.units import SECONDS_PER_MIN
from sim.fare_params import FareParams
from sim.ridership.fares import fare_yen
from sim.ridership.purposes import find_destinations
from sim.shelved import Pack

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.purposes import Destinations, Purpose
    from sim.ridership.skims import Skim
    from sim.shelved import Columns

PEAK = frozenset({"work", "school"})
"""Purposes whose cars are caught in the peak, as in skims."""
NOMINAL_SCALE = 0.03
"""Scale at which destinations of bus riders are averaged [1/min]; other scales enter to first order."""
NOMINAL_WAIT_WEIGHT = NOMINAL_WALK_WEIGHT = 2.0
NOMINAL_KNEE_MIN, NOMINAL_BEYOND_SHARE = 10.0, 0.4
NOMINAL_TRANSFER_MIN = 8.0
NOMINAL_VOT = 20.0
NOMINAL_CAR_YEN_KM = 15.0
NOMINAL_PEAK_KMH, NOMINAL_OFFPEAK_KMH, NOMINAL_TERMINAL_MIN = 23.5, 30.0, 4.0
_LONGEST_WALK_S = 10_800
_RAREST = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class TripParts:
    """
    A one-way trip from each cell for one purpose, averaged over destinations; each shape (C,).

    Parameters
    ----------
    walk_min, slack_min, wait_min, ride_min
        By bus (and train): on foot, at the first stop or too early, at changes, on board [min].
    n_changes
        Changes.
    beyond_min
        What more the bus costs than these parts tell, as its riders choose among destinations [min]; inf = no bus.
    boardings, linked, bus_min
        Buses boarded, 1 where any is, and minutes on them, per trip by public transport.
    linked_walk_min, linked_wait_min, linked_ride_min
        On foot, waiting (too early included) and on board of anything where any bus is boarded, per trip by public
        transport [min].
    car_km, foot_min
        By car [km]; on foot [min], inf = too far.
    fare_basis
        What full fares are made of (`sim.ridership.fares.fare_yen` prices it), shape (C, 6).
    """

    walk_min: FloatArray
    slack_min: FloatArray
    wait_min: FloatArray
    ride_min: FloatArray
    n_changes: FloatArray
    beyond_min: FloatArray
    boardings: FloatArray
    linked: FloatArray
    bus_min: FloatArray
    linked_walk_min: FloatArray
    linked_wait_min: FloatArray
    linked_ride_min: FloatArray
    car_km: FloatArray
    foot_min: FloatArray
    fare_basis: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def served(self) -> FloatArray:
        """Return cell → 1 where a journey by bus exists."""
        return np.isfinite(self.beyond_min).astype(np.float64)


PART_NAMES = tuple(part.name for part in fields(TripParts) if part.name != "fare_basis")
"""Parts that are one number per cell."""


def _columns_of(parts: TripParts) -> Columns:
    return {part.name: getattr(parts, part.name) for part in fields(TripParts)}


_PACK = Pack(_columns_of, lambda columns: TripParts(**columns))
"""Parts of trips are kept for later processes: journeys are slow to search, and few numbers are left of them."""


def effective_wait(slack_min: npt.NDArray[Any], knee_min: float, beyond_share: float) -> FloatArray:
    """Return the wait that counts: whole up to the knee, a share of it beyond, as people go by the timetable [min]."""
    wait: FloatArray = np.minimum(slack_min, knee_min) + beyond_share * np.maximum(slack_min - knee_min, 0.0)
    return wait


def find_parts(context: RunContext, purpose: Purpose) -> TripParts | None:
    """Return the parts of trips for a purpose, None where the city knows no place for it."""

    def compute() -> TripParts | None:
        destinations = find_destinations(context, purpose)
        return None if len(destinations.place_id) == 0 else _find_parts(context, destinations)

    return context.step("rides", f"parts {purpose}", compute, pack=_PACK)


def destination_weights(context: RunContext, destinations: Destinations, car_min: FloatArray) -> FloatArray:
    """Return cell, place → share of trips for the purpose: size × e^(−decay × minutes by car), fixed over scenarios."""
    pull = np.log(destinations.attraction)[None, :] - context.params.ride_destination_decay * car_min
    pull = np.where(np.isfinite(car_min), pull, -np.inf)
    top = pull.max(axis=1, keepdims=True)
    weights = np.exp(pull - np.where(np.isfinite(top), top, 0.0))
    total = weights.sum(axis=1, keepdims=True)
    shares: FloatArray = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return shares


def car_parts(context: RunContext, destinations: Destinations) -> tuple[FloatArray, FloatArray]:
    """Return cell, place → minutes by car with terminal time at nominal speeds, and kilometres."""
    from sim.routing.car import car_minutes  # noqa: PLC0415 -- loads compiled kernels

    city = context.city
    kmh = NOMINAL_PEAK_KMH if destinations.purpose in PEAK else NOMINAL_OFFPEAK_KMH
    drive = car_minutes(city.streets, city.population.xy, destinations.xy, speed_kmh=kmh)
    return drive + NOMINAL_TERMINAL_MIN, drive * kmh / SECONDS_PER_MIN


def foot_minutes(context: RunContext, destinations: Destinations) -> FloatArray:
    """Return cell, place → minutes on foot, standard walker; inf = too far."""
    from sim.routing.walk import walk_table  # noqa: PLC0415 -- loads compiled kernels

    xy, speed = context.city.population.xy, context.params.walk_standard_m_min
    walks = walk_table(context.city.streets, xy, destinations.xy, max_s=_LONGEST_WALK_S, speed_m_min=speed)
    minutes = np.full((len(xy), len(destinations.xy)), np.inf)
    minutes[walks.origin, walks.target] = walks.seconds / SECONDS_PER_MIN
    return minutes


def nominal_cost(skim: Skim) -> FloatArray:
    """Return row, place → generalised minutes by public transport at nominal weights; inf = none."""
    wait = effective_wait(skim.slack_min, NOMINAL_KNEE_MIN, NOMINAL_BEYOND_SHARE) + skim.wait_min
    cost = (
        NOMINAL_WALK_WEIGHT * skim.walk_min
        + NOMINAL_WAIT_WEIGHT * wait
        + skim.bus_min
        + skim.rail_min
        + skim.feeder_min
        + NOMINAL_TRANSFER_MIN * skim.transfers
        + skim.fare_yen / NOMINAL_VOT
    )
    # A journey that exists for some minutes of the window only draws that share of people.
    seldom = -np.log(np.clip(skim.share, _RAREST, 1.0)) / NOMINAL_SCALE
    return np.where(skim.share > 0, cost + seldom, np.inf).astype(np.float64)


def gap_minutes(skim: Skim, weights: FloatArray, car_min: FloatArray, car_km: FloatArray) -> FloatArray:
    """
    Return row, place → nominal cost by public transport less that by car [min].

    Notes
    -----
    `weights`, `car_min`, `car_km`: cell, place, shape (C, D). A place without weight (such as one that no street leads
    to) has inf: neither cost says anything there.
    """
    car = (car_min + car_km * NOMINAL_CAR_YEN_KM / NOMINAL_VOT)[skim.cell]
    cost = nominal_cost(skim)
    gap: FloatArray = np.subtract(cost, car, out=np.full_like(cost, np.inf), where=weights[skim.cell] > 0)
    return gap


def rider_weights(weights: FloatArray, gap_min: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return where those who take the bus go, and the cost at which one destination would draw as many.

    Parameters
    ----------
    weights
        row, place → share of all trips, shape (N, D).
    gap_min
        row, place → cost by bus less cost by car [min]; inf = no bus.

    Returns
    -------
    riders
        row, place → share of bus trips, proportional to weight × e^(−scale × gap); 0 where there is none.
    composite_min
        row → −ln Σ weight × e^(−scale × gap) ÷ scale [min]; inf = no bus.
    """
    least = np.where(weights > 0, gap_min, np.inf).min(axis=1, initial=np.inf, keepdims=True)
    shift = np.where(np.isfinite(least), least, 0.0)
    drawn = weights * np.exp(-NOMINAL_SCALE * (gap_min - shift))
    total = drawn.sum(axis=1)
    riders = np.divide(drawn, total[:, None], out=np.zeros_like(drawn), where=total[:, None] > 0)
    inf = np.full(len(total), np.inf)
    composite = shift[:, 0] - np.log(total, out=-inf, where=total > 0) / NOMINAL_SCALE
    return riders, composite


def _find_parts(context: RunContext, destinations: Destinations) -> TripParts:
    from sim.ridership.skims import skim_of  # noqa: PLC0415 -- loads compiled kernels

    skim = skim_of(context, destinations.purpose, nominal=True)
    car_min, car_km = car_parts(context, destinations)
    weights = destination_weights(context, destinations, car_min)
    cells, n_cells = skim.cell, context.n_cells
    riders, composite = rider_weights(weights[cells], gap_minutes(skim, weights, car_min, car_km))
    held = riders > 0

    def mean(values: npt.NDArray[Any]) -> FloatArray:
        spread = np.zeros(n_cells)
        spread[cells] = (riders * np.where(held, values, 0.0)).sum(axis=1)
        return spread

    basis = np.stack([mean(skim.fare_basis[:, :, column]) for column in range(skim.fare_basis.shape[2])], axis=1)
    bus_yen, rail_yen = fare_yen(FareParams(), basis.astype(np.float32))

    on_board = skim.bus_min + skim.rail_min + skim.feeder_min
    with_bus = np.minimum(skim.bus_boardings, 1.0)
    parts = {
        "walk_min": mean(skim.walk_min),
        "slack_min": mean(skim.slack_min),
        "wait_min": mean(skim.wait_min),
        "ride_min": mean(on_board),
        "n_changes": mean(skim.transfers),
        "boardings": mean(skim.bus_boardings),
        "linked": mean(with_bus),
        "bus_min": mean(skim.bus_min),
        "linked_walk_min": mean(with_bus * skim.walk_min),
        "linked_wait_min": mean(with_bus * (skim.slack_min + skim.wait_min)),
        "linked_ride_min": mean(with_bus * on_board),
    }
    beyond = np.full(n_cells, np.inf)
    plain = effective_wait(parts["slack_min"], NOMINAL_KNEE_MIN, NOMINAL_BEYOND_SHARE) + parts["wait_min"]
    told = (
        NOMINAL_WALK_WEIGHT * parts["walk_min"]
        + NOMINAL_WAIT_WEIGHT * plain
        + parts["ride_min"]
        + NOMINAL_TRANSFER_MIN * parts["n_changes"]
        + (bus_yen + rail_yen) / NOMINAL_VOT
    )
    beyond[cells] = composite - told[cells]
    foot = -np.log((weights * np.exp(-2 * NOMINAL_SCALE * foot_minutes(context, destinations))).sum(axis=1).clip(1e-12))
    foot_min = foot / (2 * NOMINAL_SCALE)
    return TripParts(
        **parts,
        beyond_min=beyond,
        car_km=(weights * np.where(weights > 0, car_km, 0.0)).sum(axis=1),
        foot_min=foot_min,
        fare_basis=basis,
    )
