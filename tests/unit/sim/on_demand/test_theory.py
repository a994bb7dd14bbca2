"""Formulas beside published values and identities; the engine beside the formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ModelError
from sim.on_demand import theory
from sim.on_demand.theory import QUEUES, batch_means, check_rows, erlang_c, mg1_wait, mmc_wait, simulate_queue
from tests.unit.sim.on_demand.replay import replay

loads = st.floats(0.01, 0.99)


@pytest.mark.parametrize(("n_servers", "load"), [(1, 0.5), (2, 1.0), (3, 2.5), (5, 4.0), (10, 8.0), (30, 27.0)])
def test_erlang_c_is_the_sum_that_defines_it(n_servers, load):
    waiting = load**n_servers / math.factorial(n_servers) * n_servers / (n_servers - load)
    served = sum(load**k / math.factorial(k) for k in range(n_servers))
    assert erlang_c(n_servers, load) == pytest.approx(waiting / (served + waiting), rel=1e-12)


@pytest.mark.parametrize(("n_servers", "load", "published"), [(2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (5, 4.0, 0.5541)])
def test_erlang_c_meets_textbook_values(n_servers, load, published):
    assert erlang_c(n_servers, load) == pytest.approx(published, abs=5e-5)


@given(loads)
def test_with_one_server_the_formulas_agree(load):
    assert erlang_c(1, load) == pytest.approx(load)
    assert mmc_wait(1, load, 1.0) == pytest.approx(load / (1 - load))
    assert mg1_wait(load, 1.0, 1.0) == pytest.approx(mmc_wait(1, load, 1.0))
    assert mg1_wait(load, 1.0, 0.0) == pytest.approx(mg1_wait(load, 1.0, 1.0) / 2)


@given(loads, st.integers(1, 20))
def test_one_queue_for_more_servers_is_shorter(share, n_servers):
    assert mmc_wait(n_servers + 1, share * (n_servers + 1), 1.0) < mmc_wait(n_servers, share * n_servers, 1.0)


def test_a_queue_without_end_is_told():
    with pytest.raises(ModelError, match="the queue never ends"):
        erlang_c(2, 2.0)


def test_services_are_exponential():
    lengths = theory._lengths()
    assert lengths.mean() == pytest.approx(theory.MEAN_SERVICE_S, rel=1e-5)
    assert lengths.var() / lengths.mean() ** 2 == pytest.approx(1.0, abs=2e-3)
    # A share of e^−1 lasts longer than the mean.
    assert (lengths > theory.MEAN_SERVICE_S).mean() == pytest.approx(math.exp(-1), abs=2e-3)


def test_the_engine_meets_theory_within_three_standard_errors():
    rows = check_rows()
    assert set(rows["case"]) == {"M/M/1", "M/M/2", "M/M/4", "M/D/1"}
    assert rows["agrees"].all(), rows.to_string()
    # The errors are small enough that theory could be missed.
    assert (rows["error"] < 0.06 * rows["theory"]).all()


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_the_engine_is_a_queue_request_by_request(queue):
    """First come, first served: each is taken by the vehicle that is free first (Kiefer–Wolfowitz)."""
    one = simulate_queue(queue, seed=5, n_requests=2_000)
    free = [0] * queue.n_servers
    for request, arrives in enumerate(one.requests.desired_s.tolist()):
        first = min(range(queue.n_servers), key=lambda v: max(free[v], arrives))
        begins = max(free[first], arrives)
        assert one.pickup_s[request] == begins
        free[first] = begins + int(one.direct_s[request])


def test_the_log_of_a_queue_holds_when_replayed():
    one = simulate_queue(QUEUES[-1], seed=5, n_requests=500)
    drive_s = np.array([[0, theory.MEAN_SERVICE_S], [0, 0]])
    assert replay(one, drive_s) == []


def test_batch_means_of_independent_numbers_have_their_standard_error():
    values = np.random.default_rng(1).normal(3.0, 2.0, 90_000)
    mean, spread = batch_means(values)
    assert mean == pytest.approx(3.0, abs=0.03)
    assert spread == pytest.approx(2.0 / 300, rel=0.4)
