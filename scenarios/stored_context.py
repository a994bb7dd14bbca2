"""Owns the context of a stored run: the scenario applied again, travel times taken from disk where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.apply import apply_scenario
from scenarios.store import ResultStore
from scenarios.travel_shelf import memory_of
from sim.context import RunContext
from sim.params import Analysis

if TYPE_CHECKING:
    from geodata.city import City
    from scenarios.apply import Applied
    from scenarios.store import StoredRun


def context_of(city: City, stored: StoredRun) -> tuple[RunContext, Applied]:
    """
    Return the context a stored run was computed in, for further questions, and the scenario applied.

    Parameters
    ----------
    city
        The city the run started from, as it is.
    stored
        The run.

    Raises
    ------
    CitySimError
        If the scenario can no longer be applied to this city.
    """
    analysis = Analysis.model_validate(stored.manifest["analysis"])
    applied = apply_scenario(city, stored.scenario, analysis=analysis, allow_no_effect=True)  # a sweep's may have none
    return RunContext(applied.city, applied.analysis, applied.params, memory_of(ResultStore())), applied
