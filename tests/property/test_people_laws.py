"""Laws of people: whatever is moved, totals are kept band by band, nobody is negative, order does not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import ScenarioError
from geodata.synthetic import grid_city
from scenarios.apply import apply_scenario
from scenarios.schema import Scenario

CITY = grid_city(n_x=6, n_y=6)
PLACES = st.sampled_from(
    [
        {"districts": ["west"]},
        {"districts": ["east"]},
        {"near_stations_m": 900.0},
        {"cells": ["c0003", "c0020"]},
    ]
)
AMOUNTS = st.one_of(
    st.fixed_dictionaries({"persons": st.floats(0, 900)}),
    st.fixed_dictionaries({"share": st.floats(0, 1)}),
    st.fixed_dictionaries({"share_per_year": st.floats(0, 0.2), "from_year": st.integers(2023, 2029)}),
)
guided = st.builds(
    lambda where, amount, who: {"type": "guide-residents", "where": where, "who": who, **amount},
    PLACES,
    AMOUNTS,
    st.sampled_from(["movers", "everybody"]),
)
relocated = st.builds(lambda where, amount: {"type": "relocate-residents", "where": where, **amount}, PLACES, AMOUNTS)
housed = st.builds(
    lambda where, persons, opens: {
        "type": "add-housing",
        "where": where,
        "persons": persons,
        "from_city_share": 1.0,
        "opens": opens,
    },
    PLACES,
    st.floats(0, 60),
    st.integers(2024, 2029),
)


def scenario(modifications, year=2029):
    content = {
        "schema": "ekisei-scenario/1",
        "id": "x",
        "title": {"ja": "x", "en": "x"},
        "description": {"ja": "x", "en": "x"},
        "year": year,
        "plan_status": "hypothetical",
        "modifications": [{"id": f"m{n}", **mod} for n, mod in enumerate(modifications)],
    }
    return Scenario.model_validate(content)


@settings(max_examples=60)
@given(st.lists(st.one_of(guided, relocated, housed), min_size=1, max_size=3))
def test_moves_keep_every_band_and_leave_nobody_negative(modifications):
    try:
        applied = apply_scenario(CITY, scenario(modifications), allow_no_effect=True)
    except ScenarioError as refused:
        assert {p.code for p in refused.problems} == {"scenario.not_enough_persons"}  # noqa: PT017
        return
    before, after = applied.demographic.population.persons, applied.city.population.persons
    assert (after >= 0).all()
    assert np.allclose(after.sum(axis=0), before.sum(axis=0), rtol=1e-9, atol=1e-9)


@settings(max_examples=30)
@given(PLACES, st.floats(1, 400), st.floats(1.1, 2))
def test_guiding_twice_as_many_moves_in_proportion(where, persons, factor):
    """Linear in the amount while no band is emptied, which goal search relies on."""
    gains = []
    for amount in (persons, factor * persons):
        mod = {"type": "guide-residents", "where": where, "persons": amount, "who": "everybody"}
        try:
            applied = apply_scenario(CITY, scenario([mod]), allow_no_effect=True)
        except ScenarioError:
            return
        gains.append(applied.city.population.persons - applied.demographic.population.persons)
    assert np.allclose(gains[1], factor * gains[0], atol=1e-9)


@given(st.integers(2024, 2035), st.floats(4000, 12000))
def test_a_path_of_a_user_is_met_in_its_year_whatever_it_is(year, total):
    from sim.params import Params
    from sim.population import project_population

    people = project_population(CITY, year, Params(), {2035: total}).population
    start = CITY.population.total.sum()
    assert np.isclose(people.total.sum(), start + (total - start) * (year - 2023) / 12, rtol=1e-9)
    assert (people.persons >= 0).all()
