"""Owns what all simulated days of a service come to: waits, refusals, people carried, vehicle hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.on_demand.types import RequestStatus

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.on_demand.service import ServiceDay, ServiceRun

_SECONDS_PER_H = 3_600


@dataclass(frozen=True, slots=True, eq=False)
class ServiceTotals:
    """
    All simulated days of a service together.

    Parameters
    ----------
    wait_s, factor, wish_s
        ride that took place → wait [s], ride ÷ direct ride, time of the wish [s after 00:00].
    rejected_wish_s
        refused request → time of the wish [s after 00:00]; on days without service all ways out are refused.
    persons
        People carried.
    vehicle_hours
        Hours of operation × vehicles, on days with service [h].
    n_days, n_running
        Simulated days, and those with service.
    loaded_km, empty_km, person_km
        Driven with somebody on board and with nobody, and km × people [km].
    """

    wait_s: FloatArray
    factor: FloatArray
    wish_s: FloatArray
    rejected_wish_s: FloatArray
    persons: int
    vehicle_hours: float
    n_days: int
    n_running: int
    loaded_km: float
    empty_km: float
    person_km: float

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n_rejected(self) -> int:
        """Requests that were refused."""
        return len(self.rejected_wish_s)

    @property
    def n_requests(self) -> int:
        """Requests that were served or refused."""
        return len(self.wait_s) + self.n_rejected


def service_totals(run: ServiceRun) -> ServiceTotals:
    """Return what the simulated days of a service come to."""
    days = [day for draw in run.draws for day in draw]
    ran = [day.simulation for day in days if day.simulation is not None]
    served = [np.flatnonzero(found.served) for found in ran]
    rules = run.ask.rules
    none = np.zeros(0)
    pairs = list(zip(ran, served, strict=True))
    totals = [found.totals for found in ran]
    return ServiceTotals(
        wait_s=np.concatenate([none, *((f.pickup_s - f.requests.desired_s)[rows] for f, rows in pairs)]),
        factor=np.concatenate(
            [none, *(((f.dropoff_s - f.pickup_s) / np.maximum(f.direct_s, 1))[rows] for f, rows in pairs)]
        ),
        wish_s=np.concatenate([none, *(f.requests.desired_s[rows] for f, rows in pairs)]),
        rejected_wish_s=np.concatenate([none, *map(_rejected_s, days)]),
        persons=int(sum(f.requests.persons[rows].sum() for f, rows in pairs)),
        vehicle_hours=len(ran) * rules.n_vehicles * (rules.end_s - rules.start_s) / _SECONDS_PER_H,
        n_days=len(days),
        n_running=len(ran),
        loaded_km=float(sum(t.loaded_m.sum() for t in totals)) / 1_000,
        empty_km=float(sum(t.empty_m.sum() for t in totals)) / 1_000,
        person_km=float(sum(t.person_m.sum() for t in totals)) / 1_000,
    )


def _rejected_s(day: ServiceDay) -> FloatArray:
    """Return the wishes that were refused on a day [s after 00:00]."""
    if day.simulation is None:
        return day.requests.desired_s[day.requests.outbound < 0].astype(np.float64)
    refused: FloatArray = day.requests.desired_s[day.simulation.status == RequestStatus.REJECTED].astype(np.float64)
    return refused
