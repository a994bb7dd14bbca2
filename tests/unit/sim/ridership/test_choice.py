"""Choice of a vehicle against arithmetic: shares, increments, elasticities, gains of users."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.ridership.choice import incremental_gain, incremental_shares, point_elasticity, rule_of_half, shares_of
from sim.ridership.choice_kernel import changed_by_increments, market_shares
from sim.ridership.demand import scale_of, with_new_lines

FEW = settings(max_examples=40, derandomize=True, deadline=None)
UTILITIES = arrays(np.float64, (5, 7), elements=st.floats(-6, 6))


@FEW
@given(UTILITIES, UTILITIES)
def test_increments_lead_where_the_whole_logit_leads(before, change):
    assert np.allclose(incremental_shares(shares_of(before), change), shares_of(before + change), atol=1e-12)


@FEW
@given(UTILITIES, arrays(np.float64, (5, 7), elements=st.floats(0, 90)), st.floats(0.005, 0.1))
def test_the_kernel_is_the_formula(utility, cost, scale):
    shares = market_shares(np.stack([-utility / scale]), np.zeros((1, 5)), scale)
    assert np.allclose(shares[0], shares_of(utility), atol=1e-12)
    later = changed_by_increments(shares, np.zeros((1, 5, 7)), cost[None], scale)
    assert np.allclose(later[0], incremental_shares(shares[0], -scale * cost), atol=1e-12)
    assert np.allclose(later.sum(axis=1), 1.0)


def test_a_way_that_is_lost_leaves_its_share_to_the_others_as_they_stand():
    before = np.array([0.2, 0.3, 0.5]).reshape(1, 3, 1)
    gone = np.array([np.inf, 4.0, 4.0]).reshape(1, 3, 1)
    after = changed_by_increments(before, np.zeros((1, 3, 1)), gone, 0.05)
    assert after.ravel().tolist() == pytest.approx([0.0, 0.375, 0.625])


def test_a_new_line_takes_its_rate_from_all_other_ways_alike():
    after = with_new_lines(np.array([[[0.0], [0.6], [0.4]]]), np.array([[True]]), np.array([[0.1]]))
    assert after.ravel().tolist() == pytest.approx([0.1, 0.54, 0.36])
    assert with_new_lines(after, np.array([[False]]), np.array([[0.9]])).tolist() == after.tolist()


@FEW
@given(UTILITIES, st.floats(0.01, 0.1))
def test_the_point_elasticity_is_the_slope_of_the_shares(utility, scale):
    fare = np.linspace(5.0, 20.0, 7)
    weight = np.linspace(1.0, 3.0, 7)

    def rides(factor):
        dearer = utility.copy()
        dearer[0] -= scale * fare * (factor - 1.0)
        return float((weight * shares_of(dearer)[0]).sum())

    step = 1e-5
    slope = (rides(1 + step) - rides(1 - step)) / (2 * step) / rides(1.0)
    assert point_elasticity(shares_of(utility)[0], weight, fare, scale) == pytest.approx(slope, rel=1e-5, abs=1e-9)


def test_the_scale_of_a_binary_logit_is_its_closed_form():
    bus, fare, rides = np.full((1, 3), 0.2), np.full((1, 3), 10.0), np.array([[1.0, 5.0, 2.0]])
    assert scale_of(bus, rides, fare, -0.3) == pytest.approx(0.3 / (0.8 * 10.0))
    assert scale_of(bus, rides, np.zeros((1, 3)), -0.3) == 0.0


@FEW
@given(st.floats(0.02, 0.9), st.floats(-30, 30), st.floats(0.01, 0.08))
def test_the_rule_of_half_is_within_its_known_error_of_the_logsum(share, saved, scale):
    before = np.array([share, 1.0 - share]).reshape(1, 2, 1)
    gains = np.array([saved, 0.0]).reshape(1, 2, 1)
    after = incremental_shares(before[0], scale * gains[0])
    exact = incremental_gain(before, gains, np.ones((1, 1)), scale)
    half = rule_of_half(before[0], after, gains[0])
    curvature = scale**2 / (6 * np.sqrt(3))  # largest second derivative of a logistic curve
    assert abs(half - exact) <= curvature * abs(saved) ** 3 / 12 + 1e-9
    assert exact * saved >= 0


def test_nobody_riding_has_no_elasticity():
    assert point_elasticity(np.zeros(3), np.ones(3), np.ones(3), 0.05) == 0.0
    assert incremental_gain(np.ones((1, 2, 1)) / 2, np.ones((1, 2, 1)), np.ones((1, 1)), 0.0) == 0.0
