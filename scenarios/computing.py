"""Owns the three results behind one run — baseline, demographic reference, scenario — each reused where stored."""

from __future__ import annotations

from collections.abc import Callable

from geodata.city import City
from scenarios.anonymous import hides_places, without_places
from scenarios.apply import Applied
from scenarios.run_folder import settings_digest
from scenarios.store import ResultStore
from scenarios.travel_shelf import memory_of
from sim.results import RunResult
from sim.run import run_models

Progress = Callable[[str, float], None]


def compute(city: City, applied: Applied, store: ResultStore, progress: Progress) -> tuple[RunResult, tuple[str, ...]]:
    """
    Return the result of an applied scenario, and what was reused.

    The baseline (the city as it is under the same settings) and the demographic reference (the year's population and
    nothing else changed) are computed first, unless they are stored.
    """
    reused: list[str] = []
    base_key, people_key = _reference_keys(city, applied, store)
    reference = reference_result(city, applied, store, reused)
    progress("reference", 0.3)
    if applied.city.digest == city.digest:
        reused.append("scenario = reference: nothing differs from the city as it is")
        return reference, tuple(reused)
    demographic = demographic_result(city, applied, store, reused)
    progress("demographic", 0.5)
    settings = settings_digest(applied)
    key = store.key(city=applied.city.digest, settings=settings, reference=base_key, demographic=people_key)

    def models() -> RunResult:
        result = run_models(
            applied.city,
            applied.analysis,
            applied.params,
            reference=reference,
            demographic=demographic,
            progress=lambda kpi, share: progress(kpi, 0.5 + 0.45 * share),
            reuse=memory_of(store),
        )
        return without_places(result) if hides_places(c.kind for c in applied.closures) else result

    return _stored(store, key, "scenario", reused, models), tuple(reused)


def _reference_keys(city: City, applied: Applied, store: ResultStore) -> tuple[str, str]:
    settings = settings_digest(applied)
    base = store.key(city=city.digest, settings=settings)
    return base, store.key(city=applied.demographic.digest, settings=settings, reference=base)


def reference_result(city: City, applied: Applied, store: ResultStore, reused: list[str]) -> RunResult:
    """Return the result of the city as it is, under the scenario's settings."""
    key, _ = _reference_keys(city, applied, store)
    return _stored(
        store,
        key,
        "reference",
        reused,
        lambda: run_models(city, applied.analysis, applied.params, reuse=memory_of(store)),
    )


def demographic_result(city: City, applied: Applied, store: ResultStore, reused: list[str]) -> RunResult:
    """Return the result of the year's population with nothing else changed."""
    reference = reference_result(city, applied, store, [])
    if applied.demographic is city:
        return reference
    _, key = _reference_keys(city, applied, store)
    people = applied.demographic
    return _stored(
        store,
        key,
        "demographic",
        reused,
        lambda: run_models(people, applied.analysis, applied.params, reference=reference, reuse=memory_of(store)),
    )


def _stored(store: ResultStore, key: str, what: str, reused: list[str], models: Callable[[], RunResult]) -> RunResult:
    found = store.find(key)
    if found is not None:
        reused.append(f"{what}: stored result {key[:12]} (same city, settings and code)")
        return found
    result = models()
    store.put(key, result)
    reused.extend(f"{what}: {line}" for line in result.reused)
    return result
