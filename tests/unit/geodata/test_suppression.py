"""Figures published for a group of areas, shared among them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.readers.suppression import settle

NAN = float("nan")


def test_an_unpublished_total_is_shared_by_weight_and_stays_without_one():
    total, ages = np.array([10.0, NAN]), np.array([[4.0, 6.0], [NAN, NAN]])
    shared = settle(total, ages, np.array([0, 0]), np.array([6.0, 2.0]))
    assert shared.total.tolist() == [7.5, 2.5]
    assert shared.persons.tolist() == [[3.0, 4.5], [1.0, 1.5]]
    alone = settle(total, ages, np.array([0, 0]), np.array([NAN, NAN]))
    assert alone.total.tolist() == [10.0, 0.0]
    assert (shared.n_at_receiver, alone.n_at_receiver) == (0, 1)


def test_chains_and_rings_of_areas():
    total, ages = np.array([10.0, 2.0, 3.0]), np.array([[5.0, 10.0], [NAN, NAN], [NAN, NAN]])
    chain = settle(total, ages, np.array([0, 0, 1]), np.full(3, NAN))
    assert chain.persons.sum(axis=0).tolist() == [5.0, 10.0]
    ring = settle(total, ages, np.array([0, 2, 1]), np.full(3, NAN))
    assert ring.total.tolist() == [10.0, 2.0, 3.0]
    assert ring.n_no_ages == 2
    three = settle(np.ones(3), np.full((3, 2), NAN), np.array([1, 2, 0]), np.full(3, NAN))
    assert three.persons.tolist() == [[0.5, 0.5]] * 3


def test_what_cannot_be_known_is_counted():
    found = settle(
        np.array([NAN, 5.0, 4.0]), np.array([[NAN, NAN], [4.0, 4.0], [1.0, 1.0]]), np.arange(3), np.full(3, NAN)
    )
    assert (found.n_lost, found.n_conflicts, found.unknown_age) == (1, 1, 2.0)
    assert found.total.tolist() == [0.0, 5.0, 4.0]


@settings(deadline=None)
@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.lists(st.one_of(st.just(NAN), st.integers(0, 50)), min_size=n, max_size=n),
            st.lists(st.integers(0, n - 1), min_size=n, max_size=n),
            st.lists(st.one_of(st.just(NAN), st.integers(0, 9)), min_size=n, max_size=n),
            st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=n, max_size=n),
        )
    )
)
def test_every_published_person_is_kept_once(case):
    total, receiver, weight, ages = (np.array(v, dtype=float) for v in case)
    found = settle(total, ages, receiver.astype(np.int64), weight)
    assert found.total.sum() == pytest.approx(np.nansum(total))
    assert found.persons.sum(axis=1) == pytest.approx(found.total)
    assert (found.persons >= 0).all()


def test_only_unpublished_totals_without_a_weight_stay_with_their_receiver():
    total = np.array([30.0, NAN, NAN, 7.0])  # the first carries the second and the third
    weight = np.array([5.0, 10.0, NAN, NAN])
    found = settle(total, total[:, None], np.array([0, 0, 0, 3]), weight)
    assert (found.n_at_receiver, found.n_lost) == (1, 0)
    assert found.total.tolist() == [10.0, 20.0, 0.0, 7.0]
