"""Nearest places and weighted quantiles by hand."""

import math

import numpy as np
import pytest

from sim.accessibility import dual_access, weighted_quantile

MINUTES = np.array([[5.0, 20.0, np.inf], [np.inf, np.inf, np.inf]], dtype=np.float32)


@pytest.mark.parametrize(("n", "expected"), [(1, 5.0), (2, 20.0), (3, math.inf)])
def test_the_nth_nearest_counts_up_and_unreachable_is_infinite(n, expected):
    assert dual_access(MINUTES, n=n)[0] == expected
    assert dual_access(MINUTES, n=n)[1] == math.inf


def test_more_places_than_there_are_cannot_be_reached():
    assert dual_access(MINUTES, n=4).tolist() == [math.inf, math.inf]


@pytest.mark.parametrize(("q", "expected"), [(0.1, 1.0), (0.5, 2.0), (0.75, 2.0), (0.8, 7.0), (1.0, 7.0)])
def test_quantiles_count_people_not_cells(q, expected):
    assert weighted_quantile(np.array([7.0, 1.0, 2.0]), np.array([25.0, 25.0, 50.0]), q) == expected


def test_a_quantile_of_nobody_is_no_number():
    assert math.isnan(weighted_quantile(np.array([1.0]), np.array([0.0]), 0.5))


def test_where_most_people_reach_nothing_the_median_is_infinite():
    assert weighted_quantile(np.array([3.0, np.inf]), np.array([40.0, 60.0]), 0.5) == math.inf
