"""Owns what a journey costs in minutes and yen between cells and the places of every purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geodata.frozen import freeze, require_lengths
from geodata.streets import DetourPlane
from geodata.units import SECONDS_PER_MIN
from sim.params import Params
from sim.ridership.fares import M_PER_KM, fare_basis, fare_yen
from sim.ridership.paths import Paths, find_paths
from sim.ridership.purposes import PURPOSES, Destinations, Purpose

if TYPE_CHECKING:
    from geodata.provenance import Status
    from geodata.units import Float32Array, FloatArray, IntArray, StrArray
    from sim.context import RunContext

PEAK: frozenset[Purpose] = frozenset({"work", "school"})
"""Purposes whose cars are caught in the peak."""
_NETWORK_DETOUR = 1.4
"""Way by car over the straight line where streets are a network; models.md §2. Its times do not come from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Skim:
    """
    What journeys from N cells to D places cost, standard walker, one way towards the place.

    Parameters
    ----------
    purpose
        Why people travel.
    n_cells, cell
        Cells of the city, and row → cell, shape (N,): only cells from which a stop is within reach.
    place_id, xy, attraction
        Places: ids, plane coordinates [m], relative size, shapes (D,), (D, 2), (D,).
    walk_min, slack_min, wait_min, bus_min, rail_min, feeder_min
        Walking; arriving earlier than wanted, which is what few departures cost; waiting at changes; in buses, in
        trains, in on-demand rides to a stop (their wait included) [min], mean over the samples with a journey; inf =
        none, shape (N, D).
    bus_boardings, rail_boardings, feeder_boardings
        Vehicles boarded, the same mean, shape (N, D).
    bus_km
        Straight line from stop to stop in buses [km], shape (N, D).
    bus_fare_yen, rail_fare_yen
        Full fares, one way [yen], shape (N, D).
    fare_basis
        What they are made of, see `sim.ridership.fares.fare_yen`, shape (N, D, 6).
    share
        Share of samples with a journey, 0–1, shape (N, D).
    on_foot_min
        All the way on foot [min], shape (N, D); inf = too far.
    car_km, car_min
        By car [km], and with getting to it and parking [min], shape (N, D).
    status
        How sure the places are; lines and streets are the caller's to add.
    """

    purpose: Purpose
    n_cells: int
    cell: IntArray
    place_id: StrArray
    xy: FloatArray
    attraction: FloatArray
    walk_min: Float32Array
    slack_min: Float32Array
    wait_min: Float32Array
    bus_min: Float32Array
    rail_min: Float32Array
    feeder_min: Float32Array
    bus_boardings: Float32Array
    rail_boardings: Float32Array
    feeder_boardings: Float32Array
    bus_km: Float32Array
    bus_fare_yen: Float32Array
    rail_fare_yen: Float32Array
    fare_basis: Float32Array
    share: Float32Array
    on_foot_min: Float32Array
    car_km: Float32Array
    car_min: Float32Array
    status: Status

    def __post_init__(self) -> None:
        require_lengths("skim", len(self.cell), walk_min=self.walk_min, share=self.share, car_min=self.car_min)
        freeze(self)

    @property
    def transfers(self) -> Float32Array:
        """Changes of vehicle, on-demand rides to a stop counted, shape (N, D)."""
        boardings = self.bus_boardings + self.rail_boardings + self.feeder_boardings
        changes: Float32Array = np.maximum(boardings - 1, 0)
        return changes

    @property
    def fare_yen(self) -> Float32Array:
        """Full fares of the whole journey, one way [yen], shape (N, D)."""
        return self.bus_fare_yen + self.rail_fare_yen


@dataclass(frozen=True, slots=True)
class Skims:
    """Skims of all purposes."""

    by_purpose: dict[Purpose, Skim]

    def of(self, purpose: Purpose) -> Skim:
        """Return the skim of one purpose."""
        return self.by_purpose[purpose]


class _Timed(NamedTuple):
    """What depends on routing only."""

    parts: Float32Array
    on_foot_min: Float32Array
    car_km: Float32Array


def skims(context: RunContext) -> Skims:
    """
    Return what journeys cost to the places of every purpose.

    Parameters
    ----------
    context
        The city.

    Returns
    -------
    skims
        By purpose; one without places has D = 0.
    """
    return Skims({purpose: skim_of(context, purpose) for purpose in PURPOSES})


def skim_of(context: RunContext, purpose: Purpose, *, nominal: bool = False) -> Skim:
    """
    Return what journeys of one purpose cost: searched once (`find_paths`), priced for every draw of fares.

    Parameters
    ----------
    context
        The city.
    purpose
        Why people travel.
    nominal
        Price at the fares and car speeds that the parameters begin with, whatever they are: then no draw of them asks
        for another skim, and `fare_basis` tells what the fares are made of.

    Returns
    -------
    skim
        Of every cell from which a stop is within reach.
    """
    name = f"{purpose} nominal" if nominal else purpose
    return context.step("skim", name, lambda: _priced(context, purpose, nominal=nominal))


def _ways(context: RunContext, purpose: Purpose) -> _Timed:
    return context.step("skim ways", purpose, lambda: _timed(context, find_paths(context, purpose)))


def _basis(context: RunContext, purpose: Purpose) -> Float32Array:
    return context.step("skim fares", purpose, lambda: fare_basis(context, find_paths(context, purpose)))


def spread(skim: Skim, table: FloatArray | Float32Array, fill: float = 0.0) -> FloatArray:
    """Return a table by row, shape (N, …), by cell, shape (C, …); `fill` where no stop is within reach."""
    whole = np.full((skim.n_cells, *table.shape[1:]), fill, np.float64)
    whole[skim.cell] = table
    return whole


def _timed(context: RunContext, paths: Paths) -> _Timed:
    """Return parts in minutes and kilometres, the walk all the way, and the way by car."""
    from sim.ridership import journey_kernel as k  # noqa: PLC0415 -- compiles on first use

    parts = paths.parts.copy()
    for part in (k.ACCESS, k.EGRESS, k.SLACK, k.WAIT, k.BUS, k.RAIL, k.FEEDER):
        parts[:, :, part] /= SECONDS_PER_MIN
    for part in (k.BUS_M, k.RAIL_M):
        parts[:, :, part] /= M_PER_KM
    xy, streets = context.city.population.xy[paths.cell], context.city.streets
    difference = xy[:, None, :] - paths.destinations.xy[None, :, :]
    straight_m = np.hypot(difference[..., 0], difference[..., 1])
    on_foot = _on_foot(context, xy, paths.destinations)
    detour = streets.car_detour if isinstance(streets, DetourPlane) else _NETWORK_DETOUR
    return _Timed(parts, on_foot, (straight_m / M_PER_KM * detour).astype(np.float32))


def _driven(context: RunContext, purpose: Purpose, kmh: float) -> Float32Array:
    """Return the drive over the street network at free flow [min], shape (N, D)."""
    from sim.routing.car import car_minutes  # noqa: PLC0415 -- loads compiled kernels

    def compute() -> Float32Array:
        paths = find_paths(context, purpose)  # within the step, so that what it reads counts as read
        xy = context.city.population.xy[paths.cell]
        return car_minutes(context.city.streets, xy, paths.destinations.xy, speed_kmh=kmh).astype(np.float32)

    return context.step("skim drives", purpose, compute, key=repr(kmh))


def _on_foot(context: RunContext, xy: FloatArray, destinations: Destinations) -> Float32Array:
    from sim.routing.walk import walk_table  # noqa: PLC0415 -- loads compiled kernels

    request = context.routing_request("standard")
    walks = walk_table(
        context.city.streets, xy, destinations.xy, max_s=request.max_direct_s, speed_m_min=request.walk_speed_m_min
    )
    minutes = np.full((len(xy), len(destinations.xy)), np.inf, np.float32)
    minutes[walks.origin, walks.target] = walks.seconds / SECONDS_PER_MIN
    return minutes


def _priced(context: RunContext, purpose: Purpose, *, nominal: bool) -> Skim:
    """Return the skim: parts by name, fares by the parameters."""
    from sim.ridership import journey_kernel as k  # noqa: PLC0415 -- compiles on first use

    paths, timed = find_paths(context, purpose), _ways(context, purpose)
    places, streets, basis = paths.destinations, context.city.streets, _basis(context, purpose)
    params = Params() if nominal else context.params
    kmh = params.car_peak_kmh if places.purpose in PEAK else params.car_offpeak_kmh
    bus_yen, rail_yen = fare_yen(params, basis)
    parts = timed.parts
    if isinstance(streets, DetourPlane):
        car_min = timed.car_km / np.float32(kmh / SECONDS_PER_MIN) + np.float32(params.car_terminal_min)
    else:
        car_min = _driven(context, purpose, kmh) + np.float32(params.car_terminal_min)
    return Skim(
        purpose=places.purpose,
        n_cells=context.n_cells,
        cell=paths.cell,
        place_id=places.place_id,
        xy=places.xy,
        attraction=places.attraction,
        walk_min=parts[..., k.ACCESS] + parts[..., k.EGRESS],
        slack_min=parts[..., k.SLACK],
        wait_min=parts[..., k.WAIT],
        bus_min=parts[..., k.BUS],
        rail_min=parts[..., k.RAIL],
        feeder_min=parts[..., k.FEEDER],
        bus_boardings=parts[..., k.N_BUS],
        rail_boardings=parts[..., k.N_RAIL],
        feeder_boardings=parts[..., k.N_FEEDER],
        bus_km=parts[..., k.BUS_M],
        bus_fare_yen=bus_yen,
        rail_fare_yen=rail_yen,
        fare_basis=basis,
        share=paths.share,
        on_foot_min=timed.on_foot_min,
        car_km=timed.car_km,
        car_min=car_min,
        status=places.status,
    )


__all__ = ["PURPOSES", "Purpose", "Skim", "Skims", "skim_of", "skims", "spread"]
