"""Owns the parameters of rides, fares and the choice of a vehicle: values within bounds, and what each means."""

from __future__ import annotations

from pydantic import BaseModel

from sim.parameter import Parameter


class RideParams(BaseModel):
    """Fields of `sim.params.Params` that belong to rides, fares and the choice of a vehicle."""


RIDE_PARAMETERS: dict[str, Parameter] = {}
"""Field of `RideParams` → meaning."""
