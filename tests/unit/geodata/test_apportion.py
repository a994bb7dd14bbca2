"""Exact sharing: sums to the last hundredth, by row and by column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata.apportion import fit_margins, share_exactly
from geodata.errors import ModelError


def hundredths(values: np.ndarray) -> np.ndarray:
    return np.rint(values * 100).astype(int)


@given(
    hnp.arrays(float, st.integers(1, 40), elements=st.floats(0.001, 1000)),
    st.integers(0, 10_000_000),
)
def test_parts_add_up_and_stay_within_a_hundredth_of_their_share(weights: np.ndarray, units: int) -> None:
    parts = share_exactly(weights, units / 100)
    assert hundredths(parts).sum() == units
    exact = weights / weights.sum() * units / 100
    assert np.abs(parts - exact).max() <= 0.01 + 1e-6


def test_known_split_and_no_weight_gets_nothing() -> None:
    assert share_exactly(np.array([1.0, 1.0, 1.0, 0.0]), 1.0).tolist() == [0.34, 0.33, 0.33, 0.0]


def test_nothing_to_share_needs_no_weight_but_something_does() -> None:
    assert share_exactly(np.zeros(3), 0.0).tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(ModelError):
        share_exactly(np.zeros(3), 1.0)


@given(st.integers(1, 25), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_table_meets_both_margins_exactly(n_rows: int, n_columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = np.round(rng.uniform(0, 500, n_rows), 2)
    rows[0] += 1
    columns = share_exactly(rng.uniform(0.1, 1, n_columns), float(rows.sum()))
    table = fit_margins(rng.uniform(0.1, 2, (n_rows, n_columns)), rows, columns)
    assert (hundredths(table.sum(axis=1)) == hundredths(rows)).all()
    assert (hundredths(table.sum(axis=0)) == hundredths(columns)).all()
    assert table.min() >= 0


def test_fit_keeps_odds_of_the_seed() -> None:
    seed = np.array([[1.0, 3.0], [2.0, 1.0]])
    table = fit_margins(seed, np.array([40_000.0, 60_000.0]), np.array([50_000.0, 50_000.0]))
    odds = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    assert odds == pytest.approx(1 / 6, rel=1e-4)


def test_contradicting_margins_are_refused() -> None:
    with pytest.raises(ModelError):
        fit_margins(np.ones((2, 2)), np.array([1.0, 1.0]), np.array([1.0, 2.0]))
