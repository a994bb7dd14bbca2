"""The p-center against enumeration of every choice."""

from itertools import combinations

import numpy as np
import pytest

from geodata.errors import ModelError
from sim.siting import p_center

N_CANDIDATES = 9


def case(seed, n_demands=30):
    rng = np.random.default_rng(seed)
    homes, sites = rng.random((n_demands, 2)), rng.random((N_CANDIDATES, 2))
    cost = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1)) * 60
    return cost, rng.integers(0, 3, n_demands).astype(float)


def largest(cost, weights, sites):
    return float(cost[weights > 0][:, list(sites)].min(axis=1).max())


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("whole", [False, True])
def test_no_choice_has_a_smaller_largest_cost(seed, whole):
    cost, weights = case(seed)
    cost = np.ceil(cost / 5) if whole else cost
    n_sites = 1 + seed % 5
    fixed, forbidden = ((seed % 9,), ((seed + 3) % 9, (seed + 5) % 9)) if seed % 2 and n_sites > 1 else ((), ())
    found = p_center(cost, weights, n_sites, fixed=fixed, forbidden=forbidden)
    allowed = [
        sites
        for sites in combinations(range(N_CANDIDATES), n_sites)
        if set(fixed) <= set(sites) and not set(forbidden) & set(sites)
    ]
    best = min(largest(cost, weights, sites) for sites in allowed)
    assert found.objective == found.bound == best
    assert found.gap == 0.0
    assert found.chosen.tolist() in [list(sites) for sites in allowed]
    assert largest(cost, weights, found.chosen) == best
    assert (found.assignment == found.chosen[np.argmin(cost[:, found.chosen], axis=1)]).all()


@pytest.mark.parametrize("seed", range(10))
def test_of_choices_equal_in_the_largest_cost_no_exchange_lowers_the_sum(seed):
    cost, weights = case(seed)
    found = p_center(cost, weights, 3)
    chosen = set(found.chosen.tolist())
    total = cost[:, found.chosen].min(axis=1) @ weights
    for out in chosen:
        for new in set(range(N_CANDIDATES)) - chosen:
            sites = sorted(chosen - {out} | {new})
            if largest(cost, weights, sites) <= found.objective:
                assert cost[:, sites].min(axis=1) @ weights >= total * (1 - 1e-9)


def test_where_nobody_lives_does_not_count():
    cost = np.array([[1.0, 9.0], [9.0, 1.0], [50.0, 2.0]])
    assert p_center(cost, [1.0, 0.0, 0.0], 1).objective == 1.0
    assert p_center(cost, [1.0, 1.0, 1.0], 1).objective == 9.0
    nobody = p_center(cost, [0.0, 0.0, 0.0], 1)
    assert nobody.objective == 0.0
    assert nobody.chosen.tolist() == [0]


def test_too_few_sites_are_refused_with_how_many_it_takes():
    cost = np.full((6, 6), np.inf)
    np.fill_diagonal(cost, 1.0)
    cost[1, 0] = 2.0
    with pytest.raises(ModelError, match="at least 5") as caught:
        p_center(cost, np.ones(6), 4)
    (problem,) = caught.value.problems
    assert problem.code == "siting.too_few_sites"
    assert "少なくとも 5 か所" in problem.message.ja


def test_people_whom_no_candidate_reaches_are_told():
    cost = np.array([[1.0, 2.0], [np.inf, np.inf], [np.inf, 3.0]])
    with pytest.raises(ModelError, match="1 places with people"):
        p_center(cost, np.ones(3), 1)
    assert p_center(cost, [1.0, 0.0, 1.0], 1).objective == 3.0


def test_a_fixed_place_may_cost_a_worse_result():
    cost = np.array([[1.0, 5.0, 9.0], [9.0, 5.0, 1.0]])
    assert p_center(cost, np.ones(2), 1).chosen.tolist() == [1]
    assert p_center(cost, np.ones(2), 1, fixed=(0,)).objective == 9.0
    assert p_center(cost, np.ones(2), 2, forbidden=(0,)).objective == 5.0


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ModelError) as caught:
        p_center(np.ones((3, 2)), np.ones(4), 1, fixed=(5,))
    assert [p.code for p in caught.value.problems] == ["siting.shape", "siting.unknown_candidate"]
