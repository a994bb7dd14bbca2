"""
What an edit costs is what it touches, and the answer is the same bit for bit.

Every kind of modification of the registry is run with a memory that has seen the city as it is and other scenarios, and
with an empty one. A kind without an example fails here until it has one.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from geodata.city import City
from scenarios.apply import apply_scenario
from scenarios.modifications import APPLY
from sim.context import RunContext
from sim.reuse import Reuse
from sim.watching import LAYERS
from tests.property.incremental_town import ALL, EDITS, GRID, TOWN, Warm, apply, assert_equal, scenario

MEMORY = Warm(TOWN)
"""Seen by all tests of this module: whatever their order, nothing may be answered wrongly."""


def test_every_kind_of_modification_has_an_example():
    assert set(EDITS) == set(APPLY)


@pytest.mark.parametrize(("kind", "example"), ALL)
def test_an_example_changes_the_town(kind, example):
    assert apply_scenario(TOWN, scenario([(kind, example)])).city.digest != TOWN.digest


@pytest.mark.parametrize(("kind", "example"), ALL)
def test_an_edit_gives_what_the_whole_computation_gives(kind, example):
    assert_equal(MEMORY.run([(kind, example)]), MEMORY.run([(kind, example)], cold=True))


def computed_by(edits: list[tuple[str, int]]) -> tuple[set[str], set[str]]:
    """Return the KPIs that an edit computes anew after the city as it is, and those it finds."""
    memory = Warm(GRID)  # its sources are assumed: an edit makes none of them weaker
    memory.run([])
    steps_of = {n.name: n for n in memory.run(edits).steps if n.kind == "kpi"}
    return {n for n, step in steps_of.items() if step.n_computed}, {n for n, step in steps_of.items() if step.n_found}


def test_an_edit_costs_only_what_it_touches():
    touched, kept = computed_by([("add-facility", 2)])
    assert "works_arrival_share" in touched
    assert {"clinic_nearest_min", "transit_coverage_share", "catchment_population_share", "last_bus_time"} <= kept
    touched, kept = computed_by([("mobile-service", 0)])
    assert touched == {"mobile_office_coverage_share", "mobile_office_visits_per_month"}
    touched, kept = computed_by([("mobile-service", 3)])
    assert {"clinic_e2sfca", "clinic_round_trip_share"} <= touched
    assert {"clinic_nearest_min", "clinics_count", "emergency_within_15min_share"} <= kept
    touched, kept = computed_by([("add-facility", 4)])
    assert touched == {"emergency_within_15min_share"}
    touched, kept = computed_by([("adjust-speed", 0)])
    assert {"clinics_count", "clinics_per_100k", "shelter_walk_min"} <= kept
    assert {"clinic_nearest_min", "last_bus_time"} <= touched


def test_what_a_step_reads_is_noted():
    applied = apply(TOWN, [])
    context = RunContext(TOWN, applied.analysis, applied.params, Reuse())
    read = {"status": lambda c: c.status("population"), "zones": lambda c: len(c.city.zones)}
    read |= {name: lambda c, n=name: str(getattr(c.city, n)) for name in LAYERS - {"population"}}
    read |= {"people": lambda c: c.city.population.total, "xy": lambda c: c.city.population.xy}
    for name, compute_it in read.items():
        context.step("test", name, lambda f=compute_it: f(context))
    found = {name: set(context.trace_of("test", name)[1]) for name in read}
    assert found.pop("status") == {"sources:population"}
    assert found.pop("people") == {"population"}
    assert found.pop("xy") == {"cells"}
    assert found == {name: {name} for name in found}
    assert {f.name for f in fields(City)} == LAYERS
