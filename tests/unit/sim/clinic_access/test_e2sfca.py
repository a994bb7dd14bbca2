"""E2SFCA by hand, against pysal/access, and what must hold of it whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from access.fca import two_stage_fca
from access.weights import step_fn
from hypothesis import given
from hypothesis import strategies as st

from sim.clinic_access.e2sfca import e2sfca, reached_supply, step_weights

STEPS = ((15.0, 1.0), (30.0, 0.68), (60.0, 0.22))
INF = np.inf


def test_a_limit_belongs_to_its_step_and_what_is_beyond_or_unknown_weighs_nothing():
    minutes = np.array([0.0, 15.0, 15.01, 30.0, 60.0, 60.01, INF, np.nan])
    assert step_weights(minutes, STEPS).tolist() == [1.0, 1.0, 0.68, 0.68, 0.22, 0.0, 0.0, 0.0]


def test_two_clinics_and_three_places_by_hand():
    supply, demand = np.array([10.0, 20.0]), np.array([100.0, 50.0, 0.0])
    minutes = np.array([[10.0, 40.0], [20.0, 5.0], [25.0, INF]])
    first = 10 / (100 * 1 + 50 * 0.68)
    second = 20 / (100 * 0.22 + 50 * 1)
    expected = [first + 0.22 * second, 0.68 * first + second, 0.68 * first]
    assert e2sfca(supply, demand, minutes, STEPS) == pytest.approx(expected, abs=1e-15)


def test_a_clinic_nobody_reaches_adds_nothing_and_is_not_reached_supply():
    supply, minutes = np.array([10.0, 30.0]), np.array([[5.0, INF], [INF, 5.0]])
    demand = np.array([8.0, 0.0])  # the second clinic is near a place where nobody lives
    assert e2sfca(supply, demand, minutes, STEPS).tolist() == [1.25, 0.0]
    assert reached_supply(supply, demand, minutes, STEPS) == 10.0


def test_the_way_counts_in_the_direction_of_the_patient():
    supply, demand = np.array([1.0, 1.0]), np.array([1.0, 1.0])
    downhill = np.array([[5.0, 10.0], [25.0, 5.0]])  # from the second to the first clinic it is far
    assert e2sfca(supply, demand, downhill, STEPS) == pytest.approx([1 / 1.68 + 1 / 2, 0.68 / 1.68 + 1 / 2])
    assert e2sfca(supply, demand, downhill.T, STEPS) == pytest.approx([1 / 2 + 0.68 / 1.68, 1 / 2 + 1 / 1.68])


@pytest.mark.parametrize("seed", range(6))
def test_it_equals_pysal_access_with_times_that_differ_by_direction(seed):
    rng = np.random.default_rng(seed)
    n_homes, n_clinics = 60, 17
    demand, supply = rng.uniform(0.5, 30, n_homes), rng.uniform(0, 80, n_clinics)
    minutes = rng.uniform(0, 90, (n_homes, n_clinics)).round(1)  # home → clinic; no way back is implied
    minutes[rng.random(minutes.shape) < 0.2] = INF
    minutes[:, 0] = INF  # a clinic without patients
    minutes[0] = INF  # a home without clinics
    home, clinic = np.nonzero(np.isfinite(minutes))
    costs = pd.DataFrame({"origin": home, "dest": clinic + 1_000, "cost": minutes[home, clinic]})
    found = two_stage_fca(
        pd.DataFrame({"geoid": np.arange(n_homes), "demand": demand}),
        pd.DataFrame({"supply": supply}, index=pd.Index(np.arange(n_clinics) + 1_000, name="geoid")),
        costs,
        max_cost=60,
        weight_fn=step_fn({int(limit): weight for limit, weight in STEPS}),
    )
    expected = found.reindex(np.arange(n_homes)).fillna(0.0).to_numpy()
    ours = e2sfca(supply, demand, minutes, STEPS)
    assert np.abs(ours - expected).max() < 1e-9
    assert ours.max() > 1
    assert np.abs(e2sfca(supply, demand, minutes[::-1], STEPS) - expected).max() > 1e-3  # the test can tell


SIZES = st.tuples(st.integers(1, 7), st.integers(1, 5))


@st.composite
def cases(draw):
    n_homes, n_clinics = draw(SIZES)
    people = st.one_of(st.just(0.0), st.floats(0.01, 1e4))
    time = st.one_of(st.just(INF), st.floats(0, 80), st.sampled_from([15.0, 30.0, 60.0]))
    demand = np.array(draw(st.lists(people, min_size=n_homes, max_size=n_homes)))
    supply = np.array(
        draw(st.lists(st.one_of(st.just(0.0), st.floats(0.1, 200)), min_size=n_clinics, max_size=n_clinics))
    )
    rows = draw(st.lists(st.lists(time, min_size=n_clinics, max_size=n_clinics), min_size=n_homes, max_size=n_homes))
    return supply, demand, np.array(rows)


@given(cases())
def test_what_is_reached_is_shared_out_and_nothing_else(case):
    supply, demand, minutes = case
    access = e2sfca(supply, demand, minutes, STEPS)
    assert np.isfinite(access).all()
    assert (access >= 0).all()
    assert demand @ access == pytest.approx(reached_supply(supply, demand, minutes, STEPS), rel=1e-9, abs=1e-9)


@given(cases(), st.integers(0, 4), st.floats(0.1, 50))
def test_more_supply_lowers_nobodys_access_and_more_people_raise_nobodys(case, at, more):
    supply, demand, minutes = case
    access = e2sfca(supply, demand, minutes, STEPS)
    grown = supply.copy()
    grown[at % len(supply)] += more
    assert (e2sfca(grown, demand, minutes, STEPS) >= access * (1 - 1e-12)).all()
    wanted = demand @ step_weights(minutes, STEPS) > 0
    crowded = demand.copy()
    crowded[at % len(demand)] += more
    reached = np.where(wanted, supply, 0.0)  # a clinic that now has its first patients is new supply
    assert (e2sfca(reached, crowded, minutes, STEPS) <= access * (1 + 1e-12)).all()


@given(cases())
def test_one_more_clinic_lowers_nobodys_access(case):
    supply, demand, minutes = case
    access = e2sfca(supply[:-1], demand, minutes[:, :-1], STEPS)
    assert (e2sfca(supply, demand, minutes, STEPS) >= access * (1 - 1e-12)).all()


@given(cases(), st.floats(1.0, 3.0))
def test_a_wider_catchment_reaches_no_less_supply(case, factor):
    supply, demand, minutes = case
    wide = tuple((limit * factor, weight) for limit, weight in STEPS)
    assert reached_supply(supply, demand, minutes, wide) >= reached_supply(supply, demand, minutes, STEPS)


def test_a_wider_catchment_may_lower_the_access_of_those_who_had_the_clinic_to_themselves():
    supply, demand, minutes = np.array([10.0]), np.array([10.0, 10.0]), np.array([[5.0], [70.0]])
    wide = ((15.0, 1.0), (30.0, 0.68), (90.0, 0.22))
    assert e2sfca(supply, demand, minutes, wide)[0] < e2sfca(supply, demand, minutes, STEPS)[0]
