"""Owns the three results behind one run — baseline, demographic reference, scenario — each reused where stored."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from geodata.city import City
from scenarios.accounting import Account, Stage, changed_layers
from scenarios.anonymous import hides_places, without_places
from scenarios.apply import Applied
from scenarios.run_folder import settings_digest
from scenarios.store import ResultStore
from scenarios.travel_shelf import memory_of
from sim.results import RunResult
from sim.run import learn, run_models

if TYPE_CHECKING:
    from collections.abc import Collection

    from scenarios.accounting import StageName

Progress = Callable[[str, float], None]


def compute(
    city: City,
    applied: Applied,
    store: ResultStore,
    progress: Progress,
    *,
    only_kpis: Collection[str] | None = None,
) -> tuple[RunResult, Account]:
    """
    Return the result of an applied scenario, and the account of how it came about.

    The baseline (the city as it is under the same settings) and the demographic reference (the year's population and
    nothing else changed) are computed first, unless they are stored. What the scenario leaves as it is, is taken from
    them; of the rest, from any earlier run that is the same in what a KPI reads. `only_kpis`: of the scenario itself
    the rows of these KPIs and nothing beside them, for a store that nobody else reads; a result that is there already
    may hold more.
    """
    stages: list[Stage] = []
    reference = reference_result(city, applied, store, stages)
    progress("reference", 0.3)
    if applied.city.digest == city.digest:
        stages.append(Stage("scenario", "same"))
        return reference, _account(city, applied, stages)
    demographic = demographic_result(city, applied, store, stages, reference=reference)
    progress("demographic", 0.5)
    key = _scenario_key(city, applied, store)

    def models() -> RunResult:
        return run_models(
            applied.city,
            applied.analysis,
            applied.params,
            reference=reference,
            demographic=demographic,
            progress=lambda kpi, share: progress(kpi, 0.5 + 0.45 * share),
            reuse=memory_of(store),
            only_kpis=only_kpis,
        )

    hidden = hides_places(c.kind for c in applied.closures)
    result = _stored(store, key, "scenario", stages, (lambda: without_places(models())) if hidden else models)
    return result, _account(city, applied, stages)


def stored_result(city: City, applied: Applied, store: ResultStore) -> RunResult | None:
    """Return the result of a scenario where it was computed before, and let the memory learn it; else None."""
    key = _scenario_key(city, applied, store)
    found = store.find(key)
    if found is not None:
        memory_of(store).get(f"learned {key}", lambda: learn(memory_of(store), found))
    return found


def _scenario_key(city: City, applied: Applied, store: ResultStore) -> str:
    base_key, people_key = _reference_keys(city, applied, store)
    settings = settings_digest(applied)
    return store.key(city=applied.city.digest, settings=settings, reference=base_key, demographic=people_key)


def _account(city: City, applied: Applied, stages: list[Stage]) -> Account:
    return Account(changed_layers(city, applied.city), tuple(stages))


def _reference_keys(city: City, applied: Applied, store: ResultStore) -> tuple[str, str]:
    settings = settings_digest(applied)
    base = store.key(city=city.digest, settings=settings)
    return base, store.key(city=applied.demographic.digest, settings=settings, reference=base)


def reference_result(city: City, applied: Applied, store: ResultStore, stages: list[Stage]) -> RunResult:
    """Return the result of the city as it is, under the scenario's settings."""
    key, _ = _reference_keys(city, applied, store)
    return _stored(
        store,
        key,
        "reference",
        stages,
        lambda: run_models(city, applied.analysis, applied.params, reuse=memory_of(store)),
    )


def demographic_result(
    city: City, applied: Applied, store: ResultStore, stages: list[Stage], *, reference: RunResult | None = None
) -> RunResult:
    """Return the result of the year's population with nothing else changed; `reference`: that of the city as it is."""
    base = reference_result(city, applied, store, []) if reference is None else reference
    if applied.demographic is city:
        stages.append(Stage("demographic", "same"))
        return base
    _, key = _reference_keys(city, applied, store)
    people = applied.demographic
    return _stored(
        store,
        key,
        "demographic",
        stages,
        lambda: run_models(people, applied.analysis, applied.params, reference=base, reuse=memory_of(store)),
    )


def _stored(
    store: ResultStore, key: str, name: StageName, stages: list[Stage], models: Callable[[], RunResult]
) -> RunResult:
    began = time.perf_counter()
    found = store.find(key)
    if found is not None:
        # What it holds need not be computed for the next city either.
        memory_of(store).get(f"learned {key}", lambda: learn(memory_of(store), found))
        stages.append(Stage(name, "stored", key, time.perf_counter() - began))
        return found
    result = models()
    store.put(key, result)
    stages.append(Stage(name, "computed", key, time.perf_counter() - began, result.steps))
    return result
