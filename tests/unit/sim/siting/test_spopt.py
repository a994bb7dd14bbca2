"""The same optimum as spopt, which builds its programs through another library."""

import warnings

import numpy as np
import pytest
import scipy.sparse

from sim.siting import mclp, p_center, p_median

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what spopt imports announces its own future changes
    import pulp
    from spopt.locate import MCLP, PCenter, PMedian

# spopt calls PuLP the way that PuLP 4 will no longer allow
pytestmark = pytest.mark.filterwarnings("ignore:.*PuLP 4.0:DeprecationWarning")


def solver():
    return pulp.PULP_CBC_CMD(msg=False, threads=1)


def case(seed, n_demands=60, n_candidates=15):
    rng = np.random.default_rng(seed)
    homes, sites = rng.random((n_demands, 2)), rng.random((n_candidates, 2))
    cost = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1))
    return cost, rng.integers(1, 40, n_demands).astype(float)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("fixed", [(), (2, 7)])
def test_maximal_covering(seed, fixed):
    cost, weights = case(seed)
    before = np.isin(np.arange(cost.shape[1]), fixed).astype(int) if fixed else None
    peer = MCLP.from_cost_matrix(cost, weights, 0.2, 4, predefined_facilities_arr=before).solve(solver())
    assert peer.problem.status == 1
    found = mclp(scipy.sparse.csr_array(cost <= 0.2), weights, 4, fixed=fixed)
    assert found.objective == pytest.approx(pulp.value(peer.problem.objective))


@pytest.mark.parametrize("seed", range(4))
def test_p_median(seed):
    cost, weights = case(seed)
    peer = PMedian.from_cost_matrix(cost, weights, 4).solve(solver())
    assert peer.problem.status == 1
    found = p_median(cost, weights, 4)
    assert found.objective == pytest.approx(pulp.value(peer.problem.objective))


@pytest.mark.parametrize("seed", range(3))
def test_p_center(seed):
    cost, weights = case(seed, n_demands=40, n_candidates=10)
    peer = PCenter.from_cost_matrix(cost, 3).solve(solver())
    assert peer.problem.status == 1
    found = p_center(cost, weights, 3)
    assert found.objective == pytest.approx(pulp.value(peer.problem.objective))
