"""Log-arc elasticities against arithmetic, and where they are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ridership.elasticity import join_arcs, log_arc

FEW = settings(max_examples=60, derandomize=True, deadline=None)


def arc(before, after, elasticity=0.5, limit=0.5):
    found = log_arc(np.array([before]), np.array([after]), elasticity, limit)
    return float(found.factor[0]), bool(found.refused[0])


@pytest.mark.parametrize(
    ("before", "after", "elasticity", "factor"),
    [(4.0, 6.0, 0.5, 1.5**0.5), (200.0, 240.0, -0.3, 1.2**-0.3), (10.0, 5.0, -0.5, 2.0**0.5), (7.0, 7.0, 0.9, 1.0)],
)
def test_demand_follows_the_ratio_to_the_power_of_the_elasticity(before, after, elasticity, factor):
    assert arc(before, after, elasticity) == (pytest.approx(factor), False)


@pytest.mark.parametrize(("before", "after"), [(10.0, 15.1), (10.0, 4.9), (0.0, 5.0), (5.0, 0.0), (5.0, np.inf)])
def test_beyond_half_or_from_nothing_is_refused_and_changes_nothing(before, after):
    assert arc(before, after) == (1.0, True)


@pytest.mark.parametrize(("before", "after"), [(10.0, 15.0), (10.0, 5.0), (0.3, 0.45), (0.0, 0.0), (np.inf, np.inf)])
def test_exactly_half_and_no_change_are_taken(before, after):
    assert arc(before, after)[1] is False


@FEW
@given(st.floats(1, 100), st.floats(0.7, 1.4), st.floats(-1, 1))
def test_there_and_back_again_is_nothing(before, ratio, elasticity):
    there, back = arc(before, before * ratio, elasticity)[0], arc(before * ratio, before, elasticity)[0]
    assert there * back == pytest.approx(1.0)


def test_factors_multiply_and_one_refusal_refuses_all():
    first = log_arc(np.array([10.0, 10.0]), np.array([12.0, 12.0]), 0.5, 0.5)
    second = log_arc(np.array([10.0, 10.0]), np.array([9.0, 30.0]), -0.3, 0.5)
    joined = join_arcs([first, second])
    assert joined.factor.tolist() == pytest.approx([1.2**0.5 * 0.9**-0.3, 1.0])
    assert joined.refused.tolist() == [False, True]
