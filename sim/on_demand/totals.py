"""Owns what the KPIs of the city take from the simulated days of a service: waits, refusals, people, vehicle hours."""

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
    All simulated days of a service together, days off included.

    `wait_s`: ride that took place → wait [s]. `n_requests`, `n_rejected`: requests made (not the way home of those
    refused on the way out), and refused; on days off every way out is. `persons`: people carried. `vehicle_hours`:
    hours of operation × vehicles on days with service [h]. `n_days`, `n_running`: days, and those with service.
    """

    wait_s: FloatArray
    n_requests: int
    n_rejected: int
    persons: int
    vehicle_hours: float
    n_days: int
    n_running: int

    def __post_init__(self) -> None:
        freeze(self)


def service_totals(run: ServiceRun) -> ServiceTotals:
    """Return what the simulated days of a service come to."""
    days = [day for draw in run.draws for day in draw]
    ran = run.simulations
    rules = run.ask.rules
    waits = [(found.pickup_s - found.requests.desired_s)[found.served] for found in ran]
    made, rejected = np.sum([_counts(day) for day in days], axis=0).tolist() if days else (0, 0)
    return ServiceTotals(
        wait_s=np.concatenate([np.zeros(0), *waits]),
        n_requests=int(made),
        n_rejected=int(rejected),
        persons=int(sum(found.requests.persons[found.served].sum() for found in ran)),
        vehicle_hours=len(ran) * rules.n_vehicles * (rules.end_s - rules.start_s) / _SECONDS_PER_H,
        n_days=len(days),
        n_running=len(ran),
    )


def _counts(day: ServiceDay) -> tuple[int, int]:
    """Return the requests made and refused on a day."""
    if day.simulation is None:
        out = int(np.sum(day.requests.outbound < 0))
        return out, out
    status = day.simulation.status
    return int(np.sum(status != RequestStatus.WITHDRAWN)), int(np.sum(status == RequestStatus.REJECTED))
