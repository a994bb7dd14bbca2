"""Owns the second line of uncertainty: other definitions, and data that might as well have been otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.kpi.judgement import definitions_reproducing
from sim.params import PARAMETERS
from sim.results import DEFAULT_SETTING
from sim.rng import unit_numbers
from sim.uncertainty.draws import OTHER, Draws
from sim.uncertainty.evaluating import Case, Subject, context_of
from sim.uncertainty.memory import DrawMemory
from sim.uncertainty.roles import CHOICES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geodata.city import City
    from geodata.population import PopulationCells
    from geodata.units import FloatArray

CATCHMENT = ("catchment_population_share", "catchment_population")
SECOND_METHODS = {"bus_rides_per_citizen": "elasticity", "bus_rides_total": "elasticity"}
"""KPI → setting that computes it by another method altogether, as sound as the default one by all that is known."""
DEFINITION, RESIDENTS, STOPS, PATH = "definition", "residents", "stops", "path"
"""What an ``other:`` evaluation changes; a parameter goes by its own name."""
N_OTHER = 2
"""Times that residents and stops are moved; more of them widen what is shown by little."""
CELL_SPREAD = 0.3
"""
How far the residents of a cell may be off within its district [share, one way].

Assumption: cells were filled from districts and built-up areas; no count by cell was at hand to tell.
"""


def other_cases(subject: Subject, paths: Sequence[tuple[str, City]] = ()) -> Iterator[Case]:
    """
    Yield the evaluations of a run under other data and definitions, one thing changed at a time.

    Parameters
    ----------
    subject
        The run.
    paths
        Name of another path of the residents, and the scenario's city on it.

    Notes
    -----
    Journeys stay as they were, and so do the rides of on-demand services: residents elsewhere change neither, and moved
    stops are told by the numbers alone that ask for no journey. All cases share what is as set: where the run itself
    was found in the store, none of its journeys are in the memory yet.
    """
    as_set = Case("", subject.analysis, subject.params, DrawMemory(subject.reuse))
    for name, end in ends_of_choices(subject):
        params = subject.params.model_copy(update={name: end})
        yield replace(as_set, label=f"{OTHER}{name}={end:g}", params=params)
    rides_of, seed = context_of(subject, as_set), subject.analysis.seed
    base_city = subject.base_city
    cities = [
        (
            f"{RESIDENTS}={n}",
            with_moved_residents(subject.city, seed, n),
            None if base_city is None else with_moved_residents(base_city, seed, n),
        )
        for n in range(N_OTHER)
    ]
    elsewhere = DrawMemory(as_set.reuse)  # what none of these cases touches is worked out once
    for what, city, base in (*cities, *((f"{PATH}={name}", city, None) for name, city in paths)):
        own = replace(as_set, label=f"{OTHER}{what}", reuse=elsewhere, known={})
        yield replace(own, city=city, base_city=base, rides_of=rides_of, beside=True)
    for n in range(N_OTHER if subject.city.timetable.stops.position_error_m.any() else 0):
        own = replace(as_set, label=f"{OTHER}{STOPS}={n}", reuse=DrawMemory(as_set.reuse), known={})
        yield replace(own, city=with_moved_stops(subject.city, seed, n), rides_of=rides_of, still=True)


def ends_of_choices(subject: Subject) -> Iterator[tuple[str, float]]:
    """Yield the parameters that somebody set, at each end of what is usual that is not their own value."""
    for name in sorted(CHOICES):
        meaning, own = PARAMETERS.get(name), getattr(subject.params, name, None)
        if meaning is None or own is None:
            continue
        for end in (meaning.low, meaning.high):
            if end is not None and end != own:
                yield name, type(own)(end)


def reallocated(population: PopulationCells, seed: int, number: int) -> PopulationCells:
    """
    Return residents who live in other cells of their district.

    Each cell gets up to `CELL_SPREAD` more or fewer, uniform by chance; every district keeps its residents of each age.
    """
    factor = 1 + CELL_SPREAD * (2 * unit_numbers(seed, RESIDENTS, number, population.cell_id.tolist()) - 1)
    changed = population.persons * factor[:, None]
    group = population.district + 1  # −1 = of no district
    shape = (int(group.max(initial=0)) + 1, changed.shape[1])
    was, now = np.zeros(shape), np.zeros(shape)
    np.add.at(was, group, population.persons)
    np.add.at(now, group, changed)
    back = np.divide(was, now, out=np.ones(shape), where=now > 0)
    return population.with_persons(changed * back[group], population.year)


def with_moved_residents(city: City, seed: int, number: int) -> City:
    """Return the city with its residents in other cells of their district, see `reallocated`."""
    return city.replace(population=reallocated(city.population, seed, number))


def with_moved_stops(city: City, seed: int, number: int) -> City:
    """Return the city with every stop at a place by chance within the radius in which it truly lies, evenly by area."""
    timetable = city.timetable
    stops, ids = timetable.stops, timetable.stops.stop_id.tolist()
    turn = 2 * np.pi * unit_numbers(seed, f"{STOPS} turn", number, ids)
    away = stops.position_error_m * np.sqrt(unit_numbers(seed, f"{STOPS} away", number, ids))
    xy: FloatArray = stops.xy + np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)
    return city.replace(timetable=replace(timetable, stops=replace(stops, xy=xy)))


def with_definitions(draws: Draws, subject: Subject) -> Draws:
    """
    Return the draws with the rows that a run itself has under other definitions and methods.

    One evaluation more for each definition of the catchment that reproduces 公表値, and one for each other method of
    `SECOND_METHODS`; nothing is computed anew.
    """
    base = subject.result if subject.base is None else subject.base
    reproducing = definitions_reproducing(base.kpis, subject.params.definition_tolerance_share)
    rows = {(r.kpi_id, r.setting, r.group): r for r in subject.result.kpis}
    asked = dict.fromkeys(CATCHMENT, reproducing) | {k: (s,) for k, s in SECOND_METHODS.items()}
    settings = (*reproducing, *dict.fromkeys(SECOND_METHODS.values()))
    labels = tuple(f"{OTHER}{DEFINITION}={setting}" for setting in settings)
    added = np.full((2, len(draws.keys), len(labels)), np.nan)
    for n, (kpi_id, setting, group) in enumerate(draws.keys):
        if kpi_id not in asked or setting != DEFAULT_SETTING:
            continue
        for k, other in enumerate(settings):
            row = rows.get((kpi_id, other, group)) if other in asked[kpi_id] else None
            if row is not None and row.value is not None and row.model_value is not None:
                added[:, n, k] = row.value, row.model_value
    values, models = (
        np.concatenate([old, new], axis=1) for old, new in zip((draws.values, draws.models), added, strict=True)
    )
    return Draws(draws.keys, (*draws.labels, *labels), values, models)
