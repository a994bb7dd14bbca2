"""Rides by those without a licence: nothing moves where nobody returns one, and what does follows from arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import Text
from geodata.population import AgeBand
from geodata.synthetic import grid_city
from sim.on_demand.asking import licence_factors
from sim.on_demand.requests import demand_growth, draw_requests, mean_requests
from sim.on_demand.types import Demand
from sim.params import Params

AGES = ((0, 64), (65, 74), (75, 84), (85, None))
PERSONS = np.array([[400.0, 60.0, 40.0, 10.0], [300.0, 80.0, 0.0, 20.0], [100.0, 0.0, 0.0, 0.0]])
LICENCES = ((0.0, 0.0), (18.0, 0.9), (65.0, 0.8), (75.0, 0.5), (85.0, 0.2))


def residents(persons=PERSONS, ages=AGES):
    """Return the residents of the first cells of a grid."""
    cells = grid_city(n_x=len(persons), n_y=1).population
    bands = tuple(AgeBand(str(low), Text(str(low), str(low)), low, high) for low, high in ages)
    return replace(cells, bands=bands, persons=persons)


def params_of(**more):
    return Params(**({"licence_shares": LICENCES} | more))


def demand_of(factor, **more):
    cells = np.arange(len(PERSONS), dtype=np.int32)
    persons = np.stack([PERSONS[:, 0], PERSONS[:, 1], PERSONS[:, 2:].sum(axis=1)], axis=1) * 40
    fields = {
        "cell": cells,
        "cell_id": cells.astype(str),
        "home": cells,
        "persons": persons,
        "place": np.array([3], np.int32),
        "place_id": np.array(["clinic"]),
        "purpose": np.array([0], np.int32),
        "weight": np.ones((3, 1)),
        "start_s": 30_600,
        "end_s": 57_600,
        "factor": factor,
    }
    return Demand(**(fields | more))


def test_nobody_returns_and_all_is_bit_for_bit_the_same():
    factor = licence_factors(residents(), params_of())
    assert (factor == 1.0).all()
    days = [draw_requests(demand_of(f), Params(), seed=1, service_id="s", draw=0, day=0) for f in (None, factor)]
    assert len(days[0]) > 0
    for name in ("desired_s", "known_s", "origin", "destination", "persons", "age_class", "cell", "outbound"):
        assert np.array_equal(getattr(days[0], name), getattr(days[1], name)), name


def test_factors_are_those_without_a_licence_by_cell_and_class():
    factor = licence_factors(residents(), params_of(licence_return_share=0.3))
    assert factor[:, 0].tolist() == [1.0, 1.0, 1.0]  # too young to return
    assert factor[:2, 1] == pytest.approx([0.44 / 0.2] * 2)
    assert factor[0, 2] == pytest.approx((40 * 0.65 + 10 * 0.86) / (40 * 0.5 + 10 * 0.8))
    assert factor[1, 2] == pytest.approx(0.86 / 0.8)
    assert factor[2].tolist() == [1.0, 1.0, 1.0]  # nobody to return


def test_the_part_of_rides_by_those_without_a_licence_grows_and_no_other():
    whole, half, none = (
        licence_factors(residents(), params_of(licence_return_share=0.3, on_demand_no_licence_share=share))
        for share in (1.0, 0.5, 0.0)
    )
    assert half - 1 == pytest.approx((whole - 1) / 2)
    assert (none == 1.0).all()


@pytest.mark.parametrize("given_total", [None, 30.0])
def test_twice_as_many_without_a_licence_ask_twice_as_often(given_total):
    """All of 75–84 return: half had none, now all have; the other classes ask as before."""
    licences = ((0.0, 0.5), (75.0, 0.5))
    params = params_of(licence_shares=licences, licence_return_share=1.0, licence_return_from_age=75)
    factor = licence_factors(residents(), params)
    assert factor[:2, 2].tolist() == [2.0, 2.0]
    assert (factor[:, :2] == 1.0).all()
    before, after = (demand_of(f, requests_per_day=given_total) for f in (None, factor))
    rates = np.array([params.on_demand_rides_under65, params.on_demand_rides_65to74, params.on_demand_rides_75plus])
    by_class = before.persons.sum(axis=0) * rates
    growth = 1 + by_class[2] / by_class.sum()
    assert mean_requests(after, params) == pytest.approx(mean_requests(before, params) * growth)
    assert demand_growth(after, params) == pytest.approx(growth)
    if given_total is not None:
        assert mean_requests(after, params) == pytest.approx(given_total * growth)
    counts = np.zeros((2, 3))
    for day in range(300):
        for row, demand in enumerate((before, after)):
            made = draw_requests(demand, params, seed=1, service_id="s", draw=0, day=day)
            counts[row] += np.bincount(made.age_class, minlength=3)
    assert counts[0, :2].tolist() == counts[1, :2].tolist()
    assert counts[1, 2] / counts[0, 2] == pytest.approx(2.0, abs=4 * np.sqrt(6 / counts[0, 2]))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(18, 90))
def test_more_returns_never_mean_fewer_rides(low, high, share, from_age):
    low, high = sorted((low, high))
    some, more = (
        licence_factors(
            residents(),
            params_of(
                licence_return_share=returned, licence_return_from_age=from_age, on_demand_no_licence_share=share
            ),
        )
        for returned in (low, high)
    )
    assert (some >= 1 - 1e-12).all()
    assert (more >= some - 1e-12).all()


def test_where_all_hold_a_licence_there_is_nothing_to_grow_from():
    params = params_of(licence_shares=((0.0, 1.0),), licence_return_share=0.5)
    assert (licence_factors(residents(), params) == 1.0).all()


def test_ages_not_told_change_nothing():
    nobody_knows = residents(PERSONS.sum(axis=1, keepdims=True), ((0, None),))
    assert (licence_factors(nobody_knows, params_of(licence_return_share=0.5)) == 1.0).all()


def test_only_those_who_may_ride_count():
    factor = licence_factors(residents(), params_of(licence_return_share=0.3), from_age=85)
    assert factor[:2, 2] == pytest.approx([0.86 / 0.8] * 2)
    assert (factor[:, :2] == 1.0).all()
