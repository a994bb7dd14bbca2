"""Indices of inequality: closed forms, the pairwise definition, a Lorenz curve by another library, and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc

from sim.equity.indices import fgt, gini, gini_parts, lorenz_at, mid_ranks, palma, time_left

VALUES = st.lists(
    st.tuples(st.floats(0, 1e4, allow_subnormal=False), st.floats(0.01, 1e4)), min_size=1, max_size=25
).map(lambda rows: tuple(np.array(column) for column in zip(*rows, strict=True)))


def pairwise_gini(values, persons):
    """Return half the mean difference of two people ÷ the mean, straight from the definition."""
    differences = np.abs(values[:, None] - values[None, :])
    total = persons.sum()
    mean = persons @ values / total
    return persons @ differences @ persons / (2 * total**2 * mean) if mean > 0 else 0.0


def ones(values):
    return np.ones(len(values))


# ---------------------------------------------------------------- Gini


@pytest.mark.parametrize("n", [2, 5, 100])
def test_one_who_has_it_all_and_equal_shares_are_the_ends(n):
    alone = np.zeros(n)
    alone[-1] = 7.0
    assert gini(alone, ones(alone)) == pytest.approx(1 - 1 / n)
    assert gini(np.full(n, 3.0), ones(alone)) == 0.0
    assert gini(np.zeros(n), ones(alone)) == 0.0


def test_closed_forms():
    n = 200
    assert gini(np.arange(1, n + 1.0), np.ones(n)) == pytest.approx((n - 1) / (3 * n))  # 1 … n
    # two groups, share p of people with a, the others with b > a: p (1 − p)(b − a) ÷ mean
    p, a, b = 0.4, 1.0, 5.0
    assert gini(np.array([a, b]), np.array([p, 1 - p])) == pytest.approx(p * (1 - p) * (b - a) / (p * a + (1 - p) * b))
    # quantiles of a lognormal with σ = 1: erf(σ ÷ 2)
    normal = np.sqrt(2) * erfinv(2 * (np.arange(50_000) + 0.5) / 50_000 - 1)
    assert gini(np.exp(normal), ones(normal)) == pytest.approx(0.520500, abs=3e-4)


def erfinv(x):
    from scipy.special import erfinv as inverse

    return inverse(x)


@given(VALUES)
def test_gini_is_half_the_mean_difference_over_the_mean(rows):
    values, persons = rows
    assert gini(values, persons) == pytest.approx(pairwise_gini(values, persons), abs=1e-9)


@given(VALUES)
def test_gini_is_the_area_above_the_lorenz_curve(rows):
    values, persons = rows
    order = np.argsort(values)
    people = np.r_[0, np.cumsum(persons[order])] / persons.sum()
    held = np.r_[0, np.cumsum((persons * values)[order])]
    if held[-1] > 1e-6:
        assert gini(values, persons) == pytest.approx(1 - 2 * auc(people, held / held[-1]), abs=1e-9)


@given(VALUES, st.floats(0.1, 50), st.floats(0.1, 50))
def test_gini_knows_no_units_and_does_not_care_how_people_are_put_together(rows, by_value, by_people):
    values, persons = rows
    index = gini(values, persons)
    assert 0 <= index <= 1
    assert gini(values * by_value, persons * by_people) == pytest.approx(index, abs=1e-9)
    split = np.r_[values, values], np.r_[persons * 0.3, persons * 0.7]
    assert gini(*split) == pytest.approx(index, abs=1e-9)
    assert gini_parts(values, persons).sum() == pytest.approx(index, abs=1e-9)


@given(VALUES, st.data())
def test_giving_from_the_better_to_the_worse_served_never_raises_inequality(rows, draw):
    values, persons = rows[0].copy(), np.ones(len(rows[0]))
    poor, rich = np.argmin(values), np.argmax(values)
    before = gini(values, persons)
    given_away = draw.draw(st.floats(0, 1)) * (values[rich] - values[poor]) / 2
    values[poor] += given_away
    values[rich] -= given_away
    assert gini(values, persons) <= before + 1e-9


def test_entries_without_people_do_not_count_and_nobody_is_nan():
    assert gini(np.array([1.0, 3.0, 99.0]), np.array([1.0, 1.0, 0.0])) == pytest.approx(0.25)
    assert np.isnan(gini(np.array([1.0]), np.array([0.0])))
    assert mid_ranks(np.array([5.0, 1.0, 5.0]), np.array([1.0, 2.0, 1.0])).tolist() == [0.75, 0.25, 0.75]


# ---------------------------------------------------------------- Palma


def test_palma_of_equals_is_a_quarter_and_of_a_known_ten_is_counted():
    assert palma(np.full(7, 2.0), np.ones(7)) == pytest.approx(0.25)
    assert palma(np.arange(1.0, 11.0), np.ones(10)) == pytest.approx(10 / (1 + 2 + 3 + 4))
    assert palma(np.array([0.0, 0.0, 1.0]), np.ones(3)) == float("inf")
    assert np.isnan(palma(np.zeros(3), np.ones(3)))
    assert np.isnan(palma(np.ones(1), np.zeros(1)))


@given(VALUES)
def test_the_lorenz_curve_rises_below_the_diagonal(rows):
    values, persons = rows
    if persons @ values > 1e-6:
        at = np.linspace(0, 1, 11)
        curve = lorenz_at(values, persons, at)
        assert np.all(np.diff(curve) >= -1e-12)
        assert np.all(curve <= at + 1e-9)
        assert palma(values, persons) >= 0.25 - 1e-9


# ---------------------------------------------------------------- FGT


def test_fgt_by_hand():
    values, persons = np.array([0.0, 5.0, 10.0, 20.0]), np.array([1.0, 2.0, 3.0, 4.0])
    assert fgt(values, persons, 10.0, 0) == pytest.approx(3 / 10)  # just at the line is not below it
    assert fgt(values, persons, 10.0, 1) == pytest.approx((1 * 1 + 2 * 0.5) / 10)
    assert fgt(values, persons, 10.0, 2) == pytest.approx((1 * 1 + 2 * 0.25) / 10)
    assert np.isnan(fgt(values, np.zeros(4), 10.0, 0))


def test_fgt_of_a_uniform_good_has_a_closed_form():
    even = (np.arange(100_000) + 0.5) / 100_000  # U(0, 1), line z: z, z ÷ 2, z ÷ 3
    for alpha, expected in enumerate((0.4, 0.2, 0.4 / 3)):
        assert fgt(even, ones(even), 0.4, alpha) == pytest.approx(expected, abs=1e-5)


@given(VALUES, st.floats(0.1, 1e4), st.integers(0, 24))
def test_fgt_falls_with_alpha_adds_up_over_groups_and_hears_the_worst_served(rows, line, which):
    values, persons = rows
    found = [fgt(values, persons, line, alpha) for alpha in (0, 1, 2)]
    assert 1 >= found[0] >= found[1] >= found[2] >= 0
    half = len(values) // 2
    parts = [(values[s], persons[s]) for s in (slice(None, half), slice(half, None)) if len(values[s])]
    mean = sum(p.sum() * fgt(v, p, line, 2) for v, p in parts) / persons.sum()
    assert mean == pytest.approx(found[2], abs=1e-9)
    better = values.copy()
    better[which % len(values)] += line / 10
    assert fgt(better, persons, line, 2) <= found[2] + 1e-12


def test_minutes_become_a_good_with_the_same_line():
    minutes = np.array([0.0, 30.0, 45.0, 60.0, np.inf])
    left, line = time_left(minutes, 30.0, 2.0), 30.0
    assert left.tolist() == [60.0, 30.0, 15.0, 0.0, 0.0]
    assert fgt(left, np.ones(5), line, 0) == pytest.approx(3 / 5)  # just those beyond 30 min
    assert fgt(left, np.ones(5), line, 1) == pytest.approx((0.5 + 1 + 1) / 5)
