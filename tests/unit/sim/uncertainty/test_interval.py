"""The interval of draws: does it hold what it says it holds, and does it stay within reason."""

from __future__ import annotations

import numpy as np
import pytest

from sim.uncertainty.interval import LEVEL, draw_interval, level_of

TRIALS = 4_000


def truths(rng, n_routes, n_draws, route_spread, other_spread, shape=None):
    """Return (routes alone, draws, a further draw): the number is a sum of what routes and what all else do."""
    noise = shape or (lambda size: rng.normal(size=size))
    routed = route_spread * rng.normal(size=(TRIALS, n_routes))
    drawn = routed[:, np.arange(n_draws) % n_routes] + other_spread * noise((TRIALS, n_draws))
    further = route_spread * rng.normal(size=TRIALS) + other_spread * noise((TRIALS,))
    return routed, drawn, further


@pytest.mark.parametrize("n_routes", [2, 3, 5])
@pytest.mark.parametrize("n_draws", [20, 200])
@pytest.mark.parametrize(("route_spread", "other_spread"), [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.3, 1.0)])
def test_the_interval_holds_the_truth_as_often_as_it_says(n_routes, n_draws, route_spread, other_spread):
    rng = np.random.default_rng(n_routes * 1_000 + n_draws)
    routed, drawn, further = truths(rng, n_routes, n_draws, route_spread, other_spread)
    low, high = draw_interval(np.zeros(TRIALS), routed, drawn)
    held = np.mean((low <= further) & (further <= high))
    assert held >= LEVEL - 0.02
    assert held <= 0.995


@pytest.mark.parametrize("n_draws", [2, 4, 10, 18])
def test_few_draws_hold_the_truth_as_seldom_as_is_said(n_draws):
    rng = np.random.default_rng(n_draws)
    routed, drawn, further = truths(rng, 2, n_draws, 0.0, 1.0)
    low, high = draw_interval(drawn[:, 0], routed, drawn)  # the run's own value says nothing new
    held = np.mean((low <= further) & (further <= high))
    assert held == pytest.approx(level_of(n_draws), abs=0.03)
    assert level_of(n_draws) < LEVEL == level_of(19)


def test_a_skewed_number_is_held_too():
    rng = np.random.default_rng(3)
    routed, drawn, further = truths(rng, 3, 40, 0.0, 1.0, lambda size: rng.exponential(size=size))
    low, high = draw_interval(np.full(TRIALS, 0.5), routed, drawn)
    assert np.mean((low <= further) & (further <= high)) == pytest.approx(LEVEL, abs=0.03)


def test_the_run_itself_always_lies_within():
    routed, drawn = np.zeros((1, 3)), np.linspace(1, 2, 20)[None, :]
    low, high = draw_interval(np.array([0.0]), routed, drawn)
    assert low[0] == 0.0
    assert 1.9 < high[0] <= 2.0


def test_what_no_draw_moves_has_no_width():
    low, high = draw_interval(np.array([27.1]), np.full((1, 3), 27.1), np.full((1, 20), 27.1))
    assert low[0] == high[0] == 27.1


def test_fewer_sets_of_routes_are_never_surer():
    routed = np.array([[0.0, 1.0]])
    widths = []
    for n in (2, 4, 8):
        many = np.tile(routed, n // 2)
        low, high = draw_interval(np.array([0.5]), many, many[:, np.arange(24) % n])
        widths.append(high[0] - low[0])
    assert widths == sorted(widths, reverse=True)


def test_out_of_reach_in_one_draw_shows_in_the_interval():
    drawn = np.array([[10.0, 12.0, np.inf, 11.0]])
    low, high = draw_interval(np.array([10.0]), np.array([[10.0, 11.0]]), drawn)
    assert (low[0], high[0]) == (10.0, np.inf)


def test_a_number_that_nobody_has_stays_unknown():
    low, high = draw_interval(np.array([np.nan]), np.full((1, 2), np.nan), np.full((1, 4), np.nan))
    assert np.isnan([low[0], high[0]]).all()
