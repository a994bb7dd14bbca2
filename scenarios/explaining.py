"""Owns the explanation of a number of a stored run: the scenario is applied again, travel times are taken from disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.anonymous import explained_by_district, hides_places
from scenarios.apply import apply_scenario
from scenarios.computing import reference_result
from scenarios.store import ResultStore
from scenarios.travel_shelf import memory_of
from sim.explain import explain
from sim.kpi import KPIS
from sim.params import Analysis

if TYPE_CHECKING:
    from geodata.city import City
    from scenarios.store import StoredRun
    from sim.explain import Explanation

RIDES = "behaviour"
"""Layer that all KPIs on rides look at, which are told from the table of the baseline: a run keeps no copy of it."""


def explain_stored(
    city: City, stored: StoredRun, kpi_id: str, *, setting: str = "default", group: str = "all"
) -> Explanation:
    """
    Return why a number of a stored run is what it is; with 仮定の閉院, clinic KPIs are told by district.

    Parameters
    ----------
    city
        The city the run started from, as it is.
    stored
        The run.
    kpi_id, setting, group
        Which number.
    """
    analysis = Analysis.model_validate(stored.manifest["analysis"])
    applied = apply_scenario(city, stored.scenario, analysis=analysis, allow_no_effect=True)  # a sweep's may have none
    store = ResultStore()
    memory = memory_of(store)
    told_from = kpi_id in KPIS and RIDES in KPIS[kpi_id].layers and applied.city.digest != city.digest
    found = explain(
        applied.city,
        stored.result,
        kpi_id,
        applied.analysis,
        applied.params,
        setting=setting,
        group=group,
        reuse=memory,
        reference=reference_result(city, applied, store, []) if told_from else None,
    )
    return explained_by_district(found) if hides_places(c.kind for c in applied.closures) else found
