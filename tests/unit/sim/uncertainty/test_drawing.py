"""Draws against the triangular distribution in closed form, and the promise of common random numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.synthetic import grid_city
from sim.params import PARAMETERS, Analysis, Params
from sim.uncertainty.drawing import Sets, drawn_params, rerouted, triangular
from sim.uncertainty.roles import CHOICES, EACH, FIXED, REROUTED, drawn_spreads

CITY = grid_city()
SPREADS = drawn_spreads(CITY, Params())


@pytest.mark.parametrize(("low", "mode", "high"), [(0, 1, 4), (0, 0, 5), (2, 10, 10), (-0.6, -0.3, -0.1)])
def test_triangular_numbers_have_the_mean_and_variance_of_the_formula(low, mode, high):
    u = (np.arange(20_000) + 0.5) / 20_000
    values = np.array([triangular(x, low, mode, high) for x in u])
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    assert values.mean() == pytest.approx((low + mode + high) / 3, abs=1e-3)
    assert values.var() == pytest.approx(variance, rel=1e-3)
    assert values.min() >= low
    assert values.max() <= high


@given(st.floats(0, 1), st.floats(0.01, 0.99))
def test_a_triangular_number_is_the_inverse_of_its_probability(u, mode):
    x = triangular(u, 0.0, mode, 1.0)
    below = x * x / mode if x < mode else 1 - (1 - x) ** 2 / (1 - mode)
    assert below == pytest.approx(u, abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_mode_never_gives_a_lower_number(u, one, other):
    low, high = sorted((one, other))
    assert triangular(u, 0.0, low, 1.0) <= triangular(u, 0.0, high, 1.0) + 1e-12


def test_a_draw_depends_on_its_own_number_and_parameter_alone():
    whole = drawn_params(Params(), SPREADS, 5, Sets(1, 2, 3))
    for spread in SPREADS:
        alone = drawn_params(Params(), [spread], 5, Sets(1, 2, 3))
        assert getattr(alone, spread.name) == getattr(whole, spread.name)
    assert drawn_params(Params(), SPREADS, 6, Sets(1, 2, 3)) != whole


def test_each_parameter_follows_the_set_it_belongs_to():
    first = drawn_params(Params(), SPREADS, 5, Sets(0, 0, 0))
    for sets, moved in (
        (Sets(1, 0, 0), [s for s in SPREADS if s.reroutes]),
        (Sets(0, 1, 0), [s for s in SPREADS if not (s.reroutes or s.each)]),
        (Sets(0, 0, 1), [s for s in SPREADS if s.each]),
    ):
        other = drawn_params(Params(), SPREADS, 5, sets)
        changed = {s.name for s in SPREADS if getattr(first, s.name) != getattr(other, s.name)}
        assert changed
        assert changed <= {s.name for s in moved}


def test_routes_alone_leave_all_other_parameters_as_set():
    routed = drawn_params(Params(), SPREADS, 5, Sets(2))
    changed = {name for name in Params.model_fields if getattr(routed, name) != getattr(Params(), name)}
    assert "walk_standard_m_min" in changed
    assert changed <= REROUTED


def test_draws_stay_within_what_is_thought_possible_and_within_the_bounds():
    for draw in range(20):
        drawn = drawn_params(Params(), SPREADS, 1, Sets(draw, draw, draw))
        Params.model_validate(drawn.model_dump())
        for spread in SPREADS:
            assert spread.low <= getattr(drawn, spread.name) <= spread.high
            assert isinstance(getattr(drawn, spread.name), int) == spread.whole


def test_a_scenario_is_drawn_around_what_it_sets():
    name, far = "bus_cost_yen_km", 400.0
    spread = next(s for s in drawn_spreads(CITY, Params(**{name: far})) if s.name == name)
    assert (spread.low, spread.mode, spread.high) == (PARAMETERS[name].low, far, far)


def test_every_parameter_with_two_ends_is_drawn_or_somebody_said_why_not():
    drawn = {s.name for s in SPREADS}
    spanned = {n for n, p in PARAMETERS.items() if None not in {p.low, p.high} and p.low < p.high}
    assert spanned - CHOICES - FIXED == drawn
    assert PARAMETERS.keys() >= CHOICES | FIXED | REROUTED | EACH
    assert not CHOICES & FIXED
    assert not (CHOICES | FIXED) & REROUTED & spanned - CHOICES - FIXED


def test_routes_have_another_phase_of_headways_common_to_all_scenarios():
    analyses = [rerouted(Analysis(seed=9), route) for route in range(3)]
    assert len({a.seed for a in analyses}) == 3
    assert analyses == [rerouted(Analysis(seed=9), route) for route in range(3)]
    assert {a.n_draws for a in analyses} == {1}
