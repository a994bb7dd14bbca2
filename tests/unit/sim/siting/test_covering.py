"""Maximal covering against enumeration of every choice: fixed, forbidden, budget of hours, capacities, ties."""

from itertools import combinations

import numpy as np
import pytest
import scipy.sparse
from scipy.sparse.csgraph import maximum_flow

from geodata.errors import ModelError
from sim.siting import mclp
from sim.siting.capacity import _most_at_all
from sim.siting.covering import merged

N_CANDIDATES = 8


def case(seed, n_demands=25, share=0.25):
    rng = np.random.default_rng(seed)
    cover = rng.random((n_demands, N_CANDIDATES)) < share
    return scipy.sparse.csr_array(cover), rng.integers(0, 50, n_demands).astype(float)


def covered(cover, weights, sites):
    return weights[cover.toarray()[:, list(sites)].any(axis=1)].sum()


def choices(n_sites, fixed=(), forbidden=()):
    return (
        sites
        for sites in combinations(range(N_CANDIDATES), n_sites)
        if set(fixed) <= set(sites) and not set(forbidden) & set(sites)
    )


@pytest.mark.parametrize("seed", range(20))
def test_no_choice_covers_more(seed):
    cover, weights = case(seed)
    n_sites = 1 + seed % 5
    fixed, forbidden = ((seed % 8,), ((seed + 3) % 8, (seed + 5) % 8)) if seed % 2 and n_sites > 1 else ((), ())
    found = mclp(cover, weights, n_sites, fixed=fixed, forbidden=forbidden)
    best = max(covered(cover, weights, sites) for sites in choices(n_sites, fixed, forbidden))
    assert found.objective == pytest.approx(best, abs=1e-9)
    assert found.bound == pytest.approx(best, rel=1e-6)
    assert found.gap == 0.0
    assert len(found.chosen) == n_sites
    assert set(fixed) <= set(found.chosen.tolist())
    assert not set(forbidden) & set(found.chosen.tolist())
    assert covered(cover, weights, found.chosen) == pytest.approx(found.objective)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("n_sites", [None, 3])
def test_no_choice_within_the_hours_covers_more(seed, n_sites):
    cover, weights = case(seed)
    hours = np.random.default_rng(seed + 100).integers(1, 6, N_CANDIDATES).astype(float)
    budget, fixed = 9.0, (seed % 8,)
    found = mclp(cover, weights, n_sites, fixed=fixed, site_hours=hours, hours_budget=budget)
    best = max(
        covered(cover, weights, sites)
        for n in range(1, (n_sites or N_CANDIDATES) + 1)
        for sites in choices(n, fixed)
        if hours[list(sites)].sum() <= budget
    )
    assert found.objective == pytest.approx(best, abs=1e-9)
    assert hours[found.chosen].sum() <= budget
    assert found.gap == 0.0


def most_served(cover, weights, capacity, sites):
    """Return the largest flow from demands to sites."""
    n_demands = len(weights)
    pairs = [(d, s) for d in range(n_demands) for s in sites if cover[d, s]]
    source, sink = n_demands + N_CANDIDATES, n_demands + N_CANDIDATES + 1
    arcs = [(source, d, int(weights[d])) for d in range(n_demands)]
    arcs += [(d, n_demands + s, int(weights[d])) for d, s in pairs]
    arcs += [(n_demands + s, sink, int(capacity[s])) for s in sites]
    start, end, most = np.array(arcs).T
    graph = scipy.sparse.csr_array((most.astype(np.int32), (start, end)), shape=(sink + 1, sink + 1))
    return maximum_flow(graph, source, sink).flow_value


@pytest.mark.parametrize("seed", range(10))
def test_no_choice_serves_more_within_capacities(seed):
    cover, weights = case(seed, n_demands=14)
    capacity = np.random.default_rng(seed + 200).integers(20, 120, N_CANDIDATES).astype(float)
    fixed, forbidden = ((seed % 8,), ((seed + 4) % 8,)) if seed % 2 else ((), ())
    found = mclp(cover, weights, 3, fixed=fixed, forbidden=forbidden, capacity=capacity)
    dense = cover.toarray()
    best = max(most_served(dense, weights, capacity, sites) for sites in choices(3, fixed, forbidden))
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best, rel=1e-6)
    assert set(fixed) <= set(found.chosen.tolist())
    assert not set(forbidden) & set(found.chosen.tolist())
    served = np.flatnonzero(found.assignment >= 0)
    assert set(found.assignment[served].tolist()) <= set(found.chosen.tolist())
    assert dense[served, found.assignment[served]].all()


@pytest.mark.parametrize("seed", range(6))
def test_a_gap_that_is_allowed_is_told_and_kept(seed):
    cover, weights = case(seed, n_demands=14)
    capacity = np.random.default_rng(seed + 200).integers(20, 120, N_CANDIDATES).astype(float)
    found = mclp(cover, weights, 3, capacity=capacity, gap=0.2)
    best = max(most_served(cover.toarray(), weights, capacity, sites) for sites in choices(3))
    assert found.objective <= best + 1e-6 <= found.bound + 2e-6
    assert found.gap <= 0.2 + 1e-6
    assert found.objective >= 0.79 * best


@pytest.mark.parametrize("seed", range(10))
def test_a_choice_within_a_gap_has_a_bound_that_holds(seed):
    cover, weights = case(seed)
    fixed, forbidden = ((seed % 8,), ((seed + 4) % 8,)) if seed % 2 else ((), ())
    found = mclp(cover, weights, 3, fixed=fixed, forbidden=forbidden, gap=0.05)
    best = max(covered(cover, weights, sites) for sites in choices(3, fixed, forbidden))
    assert found.objective <= best + 1e-6 <= found.bound + 2e-6
    assert found.gap <= 0.05
    assert set(fixed) <= set(found.chosen.tolist())
    assert not set(forbidden) & set(found.chosen.tolist())
    assert covered(cover, weights, found.chosen) == pytest.approx(found.objective)


def test_hours_and_capacities_hold_together():
    cover, weights = case(5, n_demands=14)
    capacity, hours = np.full(N_CANDIDATES, 60.0), np.arange(1.0, 9.0)
    found = mclp(cover, weights, None, fixed=(2,), site_hours=hours, hours_budget=12.0, capacity=capacity)
    best = max(
        most_served(cover.toarray(), weights, capacity, sites)
        for n in range(1, 5)
        for sites in choices(n, fixed=(2,))
        if hours[list(sites)].sum() <= 12
    )
    assert found.objective == pytest.approx(best)
    assert hours[found.chosen].sum() <= 12


def test_boundless_capacities_change_nothing():
    cover, weights = case(3)
    plain = mclp(cover, weights, 3)
    for capacity in (np.full(N_CANDIDATES, np.inf), np.full(N_CANDIDATES, weights.sum())):
        assert mclp(cover, weights, 3, capacity=capacity).objective == pytest.approx(plain.objective)


def test_a_full_place_serves_a_part():
    cover = scipy.sparse.csr_array(np.array([[True, False], [True, True]]))
    found = mclp(cover, [60.0, 60.0], 1, capacity=[70.0, 100.0])
    assert found.chosen.tolist() == [0]
    assert found.objective == pytest.approx(70.0)


def test_demands_are_assigned_to_the_first_place_that_reaches_them():
    cover = scipy.sparse.csr_array(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=bool))
    found = mclp(cover, [5.0, 5.0, 5.0, 1.0], 2)
    assert found.chosen.tolist() == [0, 1]
    assert found.assignment.tolist() == [0, 0, 1, -1]


def test_of_equal_places_the_earlier_ones_are_chosen():
    cover = np.zeros((4, 6), dtype=bool)
    cover[0, [1, 4]] = cover[1, [2, 5]] = cover[2, 3] = True
    found = mclp(scipy.sparse.csr_array(cover), [3.0, 3.0, 1.0, 9.0], 2)
    assert found.chosen.tolist() == [1, 2]
    more = mclp(scipy.sparse.csr_array(cover), [3.0, 3.0, 1.0, 9.0], 4)
    assert more.chosen.tolist() == [0, 1, 2, 3]  # the first one covers nobody and fills the number


def test_nobody_within_reach_is_still_a_choice():
    found = mclp(scipy.sparse.csr_array((5, 4), dtype=bool), np.ones(5), 2)
    assert found.objective == 0.0
    assert found.chosen.tolist() == [0, 1]
    assert found.assignment.tolist() == [-1] * 5


def test_a_budget_without_a_fixed_place_may_choose_nothing():
    cover, weights = case(1)
    found = mclp(cover, weights, None, site_hours=np.full(N_CANDIDATES, 5.0), hours_budget=4.0)
    assert found.chosen.tolist() == []
    assert found.objective == 0.0
    assert set(found.assignment.tolist()) == {-1}


def test_merged_demands_stand_for_all_that_have_the_same_places():
    cover = scipy.sparse.csr_array(np.array([[1, 1], [0, 1], [1, 1], [0, 0], [0, 1]], dtype=bool))
    groups, sums, group = merged(cover, np.array([1.0, 2.0, 4.0, 8.0, 0.0]))
    assert groups.toarray().tolist() == [[True, True], [False, True]]
    assert sums.tolist() == [5.0, 2.0]
    assert group.tolist() == [0, 1, 0, -1, -1]


REFUSED = {
    "siting.too_many_fixed": {"n_sites": 1, "fixed": (0, 1)},
    "siting.too_few_candidates": {"n_sites": 3, "forbidden": range(6)},
    "siting.no_sites": {"n_sites": 0},
    "siting.no_limit": {"n_sites": None},
    "siting.half_a_budget": {"n_sites": 2, "hours_budget": 3.0},
    "siting.fixed_and_forbidden": {"n_sites": 2, "fixed": (1,), "forbidden": (1,)},
    "siting.unknown_candidate": {"n_sites": 2, "fixed": (8,)},
    "siting.budget_too_small": {
        "n_sites": None, "fixed": (0, 1), "site_hours": np.full(8, 2.0), "hours_budget": 3.0
    },
    "siting.gap": {"n_sites": 2, "gap": -0.1},
    "siting.shape": {"n_sites": 2, "capacity": [1.0]},
    "siting.value": {"n_sites": 2, "capacity": np.full(8, -1.0)},
}  # fmt: skip


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_asked_is_refused_in_both_languages(code):
    cover, weights = case(0)
    with pytest.raises(ModelError) as caught:
        mclp(cover, weights, **REFUSED[code])
    assert [p.code for p in caught.value.problems] == [code]
    assert all(p.message.ja and p.message.en for p in caught.value.problems)


def test_more_fixed_than_sites_is_refused_beside_a_budget_too():
    cover, weights = case(0)
    with pytest.raises(ModelError, match="fixed"):
        mclp(cover, weights, 1, fixed=(0, 1), site_hours=np.ones(8), hours_budget=9.0)


def test_all_problems_are_told_at_once():
    cover, weights = case(0)
    with pytest.raises(ModelError) as caught:
        mclp(cover, weights[:-1], 2, fixed=(9,), forbidden=(-1,), capacity=np.full(8, np.nan))
    assert [p.code for p in caught.value.problems] == [
        "siting.shape",
        "siting.value",
        "siting.unknown_candidate",
        "siting.unknown_candidate",
    ]


def test_the_same_question_has_the_same_answer():
    cover, weights = case(7, n_demands=200)
    one, two = mclp(cover, weights, 4), mclp(cover, weights, 4)
    assert one.chosen.tolist() == two.chosen.tolist()
    assert one.assignment.tolist() == two.assignment.tolist()


def test_hours_are_those_of_the_candidates_that_are_left():
    cover = scipy.sparse.csr_array(np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]], bool))
    found = mclp(cover, [1, 1, 1], None, forbidden=[0], site_hours=[1.0, 100.0, 1.0], hours_budget=2.0)
    assert found.chosen.tolist() == [2]


def test_no_choice_serves_more_than_the_largest_capacities_hold():
    most = np.array([3.0, 5.0, 4.0])
    two = np.ones((1, 3)), np.array([-np.inf]), np.array([2.0])
    assert _most_at_all(most, two) == 9.0


@pytest.mark.parametrize(
    ("reached_by", "weights", "site", "most"),
    [
        ([[2], [1], [0, 3], [1]], [6.0, 1.0, 4.0, 9.0], 1, 10.0),
        ([[6], [5, 6], [1, 3], [4, 5], [0, 2, 6]], [0.0, 1.0, 0.0, 1.0, 2.0], 6, 3.0),
    ],
)
def test_the_best_is_not_lost_before_the_search(reached_by, weights, site, most):
    """The presolve of HiGHS 1.14 called candidate 0 the best of these, with 4 and 2 covered."""
    cover = np.zeros((len(reached_by), 7), bool)
    for demand, candidates in enumerate(reached_by):
        cover[demand, candidates] = True
    width = 1 + max(max(each) for each in reached_by)
    found = mclp(scipy.sparse.csr_array(cover[:, :width]), weights, 1)
    assert (found.chosen.tolist(), found.objective, found.bound) == ([site], most, most)
