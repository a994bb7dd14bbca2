"""Owns on-demand services (デマンド交通): area, hours, fleet, fare; `computed` says whether a model uses them yet."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text
from geodata.provenance import Status


@dataclass(frozen=True, slots=True)
class OnDemandService:
    """One service as published; unknown figures are None, never guessed."""

    service_id: str
    name: Text
    area: Text
    days: tuple[int, ...]
    start_s: int | None
    end_s: int | None
    n_vehicles: int | None
    seats: int | None
    booking: str
    fare: Text
    source: str
    status: Status
    computed: bool = False
