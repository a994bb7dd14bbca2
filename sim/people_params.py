"""Owns the parameters of the future population beside births and deaths: values within bounds, and what each means."""

from __future__ import annotations

from pydantic import BaseModel

from sim.parameter import Parameter


class PeopleParams(BaseModel):
    """Fields of `sim.params.Params` that belong to the future population beside births and deaths."""


PEOPLE_PARAMETERS: dict[str, Parameter] = {}
"""Field of `PeopleParams` → meaning."""
