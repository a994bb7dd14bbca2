"""What holds for every choice of places: more sites never hurt, forbidden ones never help, order does not matter."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import ModelError
from sim.siting import mclp, p_center, p_median

EXAMPLES = settings(max_examples=25)


@st.composite
def questions(draw):
    """Return (cost, weights, n_sites) with small whole costs, some pairs not reachable."""
    n_demands, n_candidates = draw(st.integers(1, 12)), draw(st.integers(2, 7))
    one = st.one_of(st.integers(0, 20).map(float), st.just(np.inf))
    cost = np.array(draw(st.lists(st.lists(one, min_size=n_candidates, max_size=n_candidates),
                                  min_size=n_demands, max_size=n_demands)))  # fmt: skip
    weights = np.array(draw(st.lists(st.integers(0, 9), min_size=n_demands, max_size=n_demands)), float)
    return cost, weights, draw(st.integers(1, n_candidates - 1))


def cover_of(cost):
    return scipy.sparse.csr_array(cost <= 8)


@EXAMPLES
@given(questions())
def test_one_more_site_never_covers_fewer_nor_costs_more(question):
    cost, weights, n = question
    assert mclp(cover_of(cost), weights, n + 1).objective >= mclp(cover_of(cost), weights, n).objective
    fewer, more = (p_median(cost, weights, k, ceiling=50.0) for k in (n, n + 1))
    assert more.objective <= fewer.objective + 1e-9


@EXAMPLES
@given(questions(), st.data())
def test_a_forbidden_place_never_helps(question, data):
    cost, weights, n = question
    place = data.draw(st.integers(0, cost.shape[1] - 1))
    assert mclp(cover_of(cost), weights, n, forbidden=(place,)).objective <= mclp(cover_of(cost), weights, n).objective
    free, limited = (p_median(cost, weights, n, forbidden=f, ceiling=50.0) for f in ((), (place,)))
    assert limited.objective >= free.objective - 1e-9
    assert place not in limited.chosen
    near = np.minimum(cost, 30.0)
    assert p_center(near, weights, n, forbidden=(place,)).objective >= p_center(near, weights, n).objective


@EXAMPLES
@given(questions(), st.data())
def test_a_fixed_place_is_chosen_and_never_helps(question, data):
    cost, weights, n = question
    place = data.draw(st.integers(0, cost.shape[1] - 1))
    fixed = mclp(cover_of(cost), weights, n, fixed=(place,))
    assert place in fixed.chosen
    assert fixed.objective <= mclp(cover_of(cost), weights, n).objective
    near = np.minimum(cost, 30.0)
    for model in (p_median, p_center):
        held = model(near, weights, n, fixed=(place,))
        assert place in held.chosen
        assert held.objective >= model(near, weights, n).objective - 1e-9


@EXAMPLES
@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_people_and_places_does_not_matter(question, random):
    cost, weights, n = question
    rows, columns = list(range(len(cost))), list(range(cost.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    mixed, moved = cost[np.ix_(rows, columns)], weights[rows]
    assert mclp(cover_of(mixed), moved, n).objective == mclp(cover_of(cost), weights, n).objective
    one, other = (p_median(c, w, n, ceiling=50.0) for c, w in ((mixed, moved), (cost, weights)))
    assert one.objective == pytest.approx(other.objective)
    one, other = (p_center(np.minimum(c, 30.0), w, n) for c, w in ((mixed, moved), (cost, weights)))
    assert one.objective == other.objective


@EXAMPLES
@given(questions())
def test_bounds_lie_on_their_side_and_chosen_places_ascend(question):
    cost, weights, n = question
    covering = mclp(cover_of(cost), weights, n)
    median = p_median(cost, weights, n, ceiling=50.0)
    center = p_center(np.minimum(cost, 30.0), weights, n)
    assert covering.bound >= covering.objective
    assert median.bound <= median.objective
    for found in (covering, median, center):
        assert len(found.chosen) == n
        assert (np.diff(found.chosen) > 0).all()
        assert 0 <= found.gap < 1
        assert set(found.assignment.tolist()) <= {-1, *found.chosen.tolist()}


@EXAMPLES
@given(questions(), st.integers(0, 30))
def test_a_larger_budget_or_capacity_never_serves_fewer(question, budget):
    cost, weights, _ = question
    hours = np.arange(1, cost.shape[1] + 1, dtype=float)
    less, more = (
        mclp(cover_of(cost), weights, None, site_hours=hours, hours_budget=float(b)) for b in (budget, budget + 3)
    )
    assert less.objective <= more.objective
    assert hours[more.chosen].sum() <= budget + 3
    small, large = (mclp(cover_of(cost), weights, 2, capacity=np.full(len(hours), c)) for c in (5.0, 9.0))
    free = mclp(cover_of(cost), weights, 2)
    assert small.objective <= large.objective + 1e-6 <= free.objective + 2e-6


@EXAMPLES
@given(questions())
def test_a_largest_cost_is_found_or_refused(question):
    cost, weights, n = question
    try:
        found = p_center(cost, weights, n)
    except ModelError as refused:
        assert {p.code for p in refused.problems} <= {"siting.too_few_sites", "siting.unreachable"}  # noqa: PT017
    else:
        assert np.isfinite(found.objective)
        assert (found.assignment[weights > 0] >= 0).all()
