"""Owns the parameters of running vehicles: values within bounds, and what each means."""

from __future__ import annotations

from pydantic import BaseModel

from sim.parameter import Parameter


class OperationParams(BaseModel):
    """Fields of `sim.params.Params` that belong to running vehicles: drivers, vehicles, cost, emissions."""


OPERATION_PARAMETERS: dict[str, Parameter] = {}
"""Field of `OperationParams` → meaning."""
