"""The p-median against enumeration of every choice and HiGHS; bounds that hold; the gap on a large table."""

from itertools import combinations

import numpy as np
import pytest
import scipy.sparse

from geodata.errors import ModelError
from sim.siting import p_median
from sim.siting.highs import Program, solve

N_CANDIDATES = 9


def case(seed, n_demands=30):
    rng = np.random.default_rng(seed)
    homes, sites = rng.random((n_demands, 2)), rng.random((N_CANDIDATES, 2))
    cost = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1)) * 60
    return cost, rng.integers(0, 40, n_demands).astype(float)


def total(cost, weights, sites):
    return float(cost[:, list(sites)].min(axis=1) @ weights)


def best_of_all(cost, weights, n_sites, fixed=(), forbidden=()):
    return min(
        total(cost, weights, sites)
        for sites in combinations(range(cost.shape[1]), n_sites)
        if set(fixed) <= set(sites) and not set(forbidden) & set(sites)
    )


@pytest.mark.parametrize("seed", range(30))
def test_no_choice_costs_less(seed):
    cost, weights = case(seed)
    n_sites = 1 + seed % 5
    fixed, forbidden = ((seed % 9,), ((seed + 3) % 9, (seed + 5) % 9)) if seed % 2 and n_sites > 1 else ((), ())
    found = p_median(cost, weights, n_sites, fixed=fixed, forbidden=forbidden)
    best = best_of_all(cost, weights, n_sites, fixed, forbidden)
    assert found.objective == pytest.approx(best)
    assert found.bound <= best * (1 + 1e-9)
    assert found.gap == pytest.approx((found.objective - found.bound) / found.objective, abs=1e-9)
    assert set(fixed) <= set(found.chosen.tolist())
    assert not set(forbidden) & set(found.chosen.tolist())
    assert len(found.chosen) == n_sites
    assert total(cost, weights, found.chosen) == pytest.approx(found.objective)


def by_highs(cost, weights, n_sites):
    """Return the least cost of the p-median as a whole program: x, then z by demand and candidate."""
    n_demands, n = cost.shape
    eye = scipy.sparse.eye_array(n)
    rows = scipy.sparse.vstack(
        [
            scipy.sparse.hstack([np.ones((1, n)), scipy.sparse.csr_array((1, n * n_demands))]),
            scipy.sparse.hstack(
                [scipy.sparse.csr_array((n_demands, n)), scipy.sparse.kron(scipy.sparse.eye_array(n_demands), np.ones((1, n)))]
            ),
            scipy.sparse.hstack(
                [scipy.sparse.vstack([-eye] * n_demands), scipy.sparse.eye_array(n * n_demands)]
            ),
        ],
        format="csr",
    )  # fmt: skip
    size = n + n * n_demands
    program = Program(
        gain=np.concatenate([np.zeros(n), (cost * weights[:, None]).ravel()]),
        lower=np.zeros(size), upper=np.ones(size), whole=np.arange(size) < n, rows=rows,
        row_lower=np.concatenate([[n_sites], np.ones(n_demands), np.full(n * n_demands, -np.inf)]),
        row_upper=np.concatenate([[n_sites], np.ones(n_demands), np.zeros(n * n_demands)]),
        maximize=False,
    )  # fmt: skip
    return solve(program, "test").bound


@pytest.mark.parametrize("seed", range(5))
def test_highs_finds_nothing_better_on_50_by_20(seed):
    rng = np.random.default_rng(seed)
    cost, weights = rng.random((50, 20)), rng.integers(1, 9, 50).astype(float)
    found = p_median(cost, weights, 4)
    best = by_highs(cost, weights, 4)
    assert found.objective == pytest.approx(best, rel=1e-6)
    assert found.bound <= best * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_proven_gap_is_within_1_percent_on_2000_by_300(seed):
    rng = np.random.default_rng(seed)
    homes, sites = rng.random((2_000, 2)), rng.random((300, 2))
    cost = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1))
    weights = rng.integers(1, 200, 2_000).astype(float)
    found = p_median(cost, weights, 15)
    assert 0 <= found.gap <= 0.01
    assert found.bound <= found.objective


def test_a_gap_that_was_not_reached_is_told():
    rng = np.random.default_rng(0)
    found = p_median(rng.random((80, 30)), np.ones(80), 5, gap=0.0, max_steps=3)
    assert found.gap > 0.01
    assert found.bound < found.objective


def test_the_bound_is_not_the_objective_in_disguise():
    cost, weights = case(2)
    worse = p_median(cost, weights, 3, max_steps=1)
    better = p_median(cost, weights, 3, gap=0.0)
    assert worse.bound < better.bound <= best_of_all(cost, weights, 3) * (1 + 1e-9)


def test_who_reaches_no_place_counts_with_the_ceiling():
    cost = np.array([[1.0, 5.0], [np.inf, 2.0], [np.inf, np.inf]])
    found = p_median(cost, [1.0, 1.0, 1.0], 1)
    assert found.chosen.tolist() == [1]  # 5 + 2 + 10 against 1 + 10 + 10
    assert found.objective == pytest.approx(17.0)
    assert found.assignment.tolist() == [1, 1, -1]
    low = p_median(cost, [1.0, 1.0, 1.0], 1, ceiling=3.0)
    assert low.objective == pytest.approx(7.0)  # 1 + 3 + 3 against 3 + 2 + 3
    assert low.chosen.tolist() == [0]


@pytest.mark.parametrize("seed", range(6))
def test_with_unreachable_pairs_no_choice_costs_less(seed):
    cost, weights = case(seed)
    far = np.where(cost > 25, np.inf, cost)
    found = p_median(far, weights, 3, ceiling=40.0)
    assert found.objective == pytest.approx(best_of_all(np.minimum(far, 40.0), weights, 3))
    assert ((found.assignment == -1) == np.isinf(far[:, found.chosen]).all(axis=1)).all()


def test_all_places_fixed_leave_nothing_to_choose():
    cost, weights = case(1)
    found = p_median(cost, weights, 2, fixed=(2, 6))
    assert found.chosen.tolist() == [2, 6]
    assert found.gap == 0.0


def test_every_place_chosen_is_proven():
    cost, weights = case(4)
    found = p_median(cost, weights, N_CANDIDATES)
    assert found.objective == pytest.approx(total(cost, weights, range(N_CANDIDATES)))
    assert found.gap <= 0.01


def test_nobody_anywhere_costs_nothing():
    found = p_median(np.ones((3, 4)), np.zeros(3), 2)
    assert found.objective == found.bound == found.gap == 0.0
    assert len(found.chosen) == 2


def test_places_without_people_do_not_matter():
    cost, weights = case(5)
    far = np.concatenate([cost, np.full((4, N_CANDIDATES), np.inf)])
    found = p_median(far, np.concatenate([weights, np.zeros(4)]), 3, ceiling=1e3)
    assert found.objective == pytest.approx(best_of_all(cost, weights, 3))
    assert found.assignment[-4:].tolist() == [-1] * 4


REFUSED = {
    "siting.too_many_fixed": {"n_sites": 1, "fixed": (0, 1)},
    "siting.too_few_candidates": {"n_sites": 5, "forbidden": range(6)},
    "siting.gap": {"n_sites": 2, "gap": 1.5},
    "siting.ceiling": {"n_sites": 2, "ceiling": np.inf},
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_asked_is_refused_in_both_languages(code):
    cost, weights = case(0)
    with pytest.raises(ModelError) as caught:
        p_median(cost, weights, **REFUSED[code])
    assert [p.code for p in caught.value.problems] == [code]
    assert all(p.message.ja and p.message.en for p in caught.value.problems)


@pytest.mark.parametrize(
    ("cost", "code"),
    [
        (np.ones(4), "siting.shape"),
        (np.full((4, 3), -1.0), "siting.value"),
        (np.full((4, 3), np.nan), "siting.value"),
        (np.full((4, 3), np.inf), "siting.unreachable"),
    ],
)
def test_a_table_that_is_none_is_refused(cost, code):
    with pytest.raises(ModelError) as caught:
        p_median(cost, np.ones(4), 1)
    assert caught.value.problems[0].code == code


def test_the_same_seed_gives_the_same_choice():
    cost, weights = case(8, n_demands=300)
    one, two = (p_median(cost, weights, 4, seed=5) for _ in range(2))
    assert one.chosen.tolist() == two.chosen.tolist()
    assert (one.objective, one.bound) == (two.objective, two.bound)
