"""Vehicles: no plan without empty runs takes fewer, and headway lines follow the formula of the textbook."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from geodata.synthetic import timetable_from_text
from sim.operations.blocks import headway_vehicles, link_runs, most_at_once
from sim.operations.runs import day_runs
from tests.unit.sim.operations.days_made_up import MINUTE, day_of, days, shuttle

LAYOVER = 5 * MINUTE


def fewest_by_matching(runs, layover_s):
    """Return the least number of chains that cover all runs: runs less a maximum matching (Dilworth)."""
    follows = (runs.end_s[:, None] + layover_s <= runs.start_s[None, :]) & (
        runs.destination[:, None] == runs.origin[None, :]
    )
    follows &= runs.agency[:, None] == runs.agency[None, :]
    return len(runs) - int((maximum_bipartite_matching(csr_array(follows), perm_type="column") >= 0).sum())


@given(days())
def test_the_fleet_is_the_least_that_any_linking_needs(runs):
    assert link_runs(runs, LAYOVER).n_vehicles == fewest_by_matching(runs, LAYOVER)


@given(days())
def test_a_vehicle_is_where_its_next_run_begins_and_had_its_layover(runs):
    blocks = link_runs(runs, LAYOVER)
    held = blocks.runs_of()
    assert sorted(run for block in held for run in block) == list(range(len(runs)))
    for block in held:
        for before, after in itertools.pairwise(block):
            assert runs.destination[before] == runs.origin[after]
            assert runs.end_s[before] + LAYOVER <= runs.start_s[after]
    assert blocks.n_at_once <= blocks.n_vehicles


@given(days(), st.integers(0, 60))
def test_a_longer_layover_never_takes_fewer_vehicles(runs, more):
    assert link_runs(runs, LAYOVER + more * MINUTE).n_vehicles >= link_runs(runs, LAYOVER).n_vehicles


def test_vehicles_of_two_companies_are_not_shared():
    rows = [(60, 90, 0, 1), (100, 130, 1, 0)]
    assert link_runs(day_of(rows), LAYOVER).n_vehicles == 1
    assert link_runs(day_of(rows, agency=["a", "b"]), LAYOVER).n_vehicles == 2


def test_blocks_of_the_feed_stay_together():
    rows = [(60, 90, 0, 1), (92, 120, 1, 0), (200, 230, 0, 1)]
    assert link_runs(day_of(rows), LAYOVER).n_vehicles == 2  # two minutes are no layover
    blocks = link_runs(day_of(rows, block=["k", "k", ""]), LAYOVER)
    assert blocks.vehicle.tolist() == [0, 0, 0]


def test_the_vehicle_that_came_last_leaves_first():
    rows = [(0, 10, 0, 1), (20, 30, 0, 1), (60, 70, 1, 0)]
    assert link_runs(day_of(rows), LAYOVER).vehicle.tolist() == [0, 1, 1]


@pytest.mark.parametrize(("times", "most"), [([(0, 10), (10, 20)], 1), ([(0, 10), (9, 20)], 2), ([], 0)])
def test_an_interval_ends_before_the_next_begins(times, most):
    start, end = np.array(times, np.int32).reshape(-1, 2).T
    assert most_at_once(start, end) == most


@settings(max_examples=40)
@given(run=st.integers(4, 50), layover=st.integers(0, 12), headway=st.integers(5, 60))
def test_a_headway_line_takes_round_trip_and_layovers_over_headway(run, layover, headway):
    hours = f"{headway * 60}@06:00-20:00"
    text = f"""
    stop A 0 0
    stop B 5000 0
    route L bus line
    service wk 1111111 1
    trip L id=out service=wk headway={hours} A 06:00 B {6 + run // 60:02d}:{run % 60:02d}
    trip L id=back dir=1 service=wk headway={hours} B 06:00 A {6 + run // 60:02d}:{run % 60:02d}
    """
    runs = day_runs(timetable_from_text(text), "2025-10-15", turnaround_s=layover * 60, join_m=0)
    formula = headway_vehicles(2 * run, 2 * layover, headway)
    assert formula == -(-(2 * run + 2 * layover) // headway)
    assert link_runs(runs, layover * 60).n_vehicles == formula


def test_a_denser_headway_never_takes_fewer_vehicles():
    fleets = [headway_vehicles(60, 10, headway) for headway in range(60, 4, -1)]
    assert fleets == sorted(fleets)


def test_one_vehicle_shuttles_all_day():
    assert link_runs(day_of(shuttle(360, 1200, 25, 5)), LAYOVER).n_vehicles == 1
