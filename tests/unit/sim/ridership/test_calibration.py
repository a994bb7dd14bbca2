"""The pattern of the baseline: it has the rides it is known to have, and the split of the other ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ridership.calibration import CAPTIVE, GROUP, Known, calibrate, find_fixed_point
from sim.ridership.markets import BUS, MARKETS, MODES

FEW = settings(max_examples=15, derandomize=True, deadline=None)
SPLIT = np.array([[0.0, 0.7, 0.06, 0.02, 0.22], [0.0, 0.0, 0.45, 0.05, 0.5]])


def known(seed, n_cells=40, rides=(200.0, 300.0, 100.0)):
    chance = np.random.default_rng(seed)
    cost = chance.uniform(10, 90, (len(MARKETS), len(MODES), n_cells))
    cost[CAPTIVE, MODES.index("car")] = np.inf
    cost[:, BUS, ::5] = np.inf
    trips = chance.uniform(0, 300, (len(MARKETS), n_cells))
    return Known(trips, cost, chance.uniform(1, 2, trips.shape), np.array(rides), SPLIT, 0.04)


def rides_of(asked, pattern):
    return np.bincount(GROUP, (pattern.shares[:, BUS] * asked.trips * asked.boardings).sum(axis=1), minlength=3)


@FEW
@given(st.integers(0, 10_000))
def test_rides_by_group_and_the_split_of_the_others_are_met(seed):
    asked = known(seed)
    pattern = calibrate(asked)
    assert rides_of(asked, pattern) == pytest.approx(asked.rides, rel=1e-6)
    assert pattern.shares.sum(axis=1) == pytest.approx(1.0)
    assert (pattern.shares[:, BUS, ::5] == 0).all()
    by_mode = (pattern.shares * asked.trips[:, None]).sum(axis=2)
    for captive in (False, True):
        others = by_mode[captive == CAPTIVE].sum(axis=0)
        others[BUS] = 0.0
        assert others / others.sum() == pytest.approx(SPLIT[int(captive)], abs=1e-6)


def test_dearer_cells_ride_less_by_the_scale():
    asked = known(3)
    cost = np.broadcast_to(asked.cost_min[:, :, 1:2], asked.cost_min.shape).copy()
    cost[:, BUS, 1] += 10.0
    pattern = calibrate(replace(asked, cost_min=cost))
    odds = pattern.shares[:, BUS] / (1.0 - pattern.shares[:, BUS])
    assert odds[:, 1] / odds[:, 2] == pytest.approx(np.exp(-0.04 * 10.0))


def test_others_stand_in_for_a_group_without_a_bus():
    asked = known(4)
    cost = asked.cost_min.copy()
    cost[np.flatnonzero(GROUP == 0), BUS] = np.inf  # no pupil has one
    asked = replace(asked, cost_min=cost)
    assert rides_of(asked, calibrate(asked)) == pytest.approx([0.0, 450.0, 150.0], rel=1e-6)


def test_more_rides_than_trips_are_cut_and_told():
    asked = known(5, rides=(10.0, 1e9, 10.0))
    pattern = calibrate(asked)
    found = rides_of(asked, pattern)
    assert pattern.clipped
    assert not calibrate(known(5)).clipped
    assert found[1] < 1e6
    assert found[[0, 2]] == pytest.approx([10.0, 10.0], rel=1e-5)


def test_without_any_bus_or_anybody_there_is_no_pattern():
    asked = known(6)
    cost = asked.cost_min.copy()
    cost[:, BUS] = np.inf
    assert calibrate(replace(asked, cost_min=cost)) is None
    assert calibrate(replace(asked, trips=np.zeros_like(asked.trips))) is None


def test_a_fixed_point_is_found_where_speeding_up_leads_away():
    target = np.array([1.0, -2.0, 0.5])
    found, left = find_fixed_point(lambda x: np.tanh(target - x) * np.array([1.9, 0.3, 1.0]), np.zeros(3))
    assert left < 1e-6
    assert found == pytest.approx(target, abs=1e-6)
