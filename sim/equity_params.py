"""Owns the parameters of fairness: values within bounds, and what each means."""

from __future__ import annotations

from pydantic import BaseModel

from sim.parameter import Parameter


class EquityParams(BaseModel):
    """Fields of `sim.params.Params` that belong to fairness: who gains, who loses, who stays behind."""


EQUITY_PARAMETERS: dict[str, Parameter] = {}
"""Field of `EquityParams` → meaning."""
