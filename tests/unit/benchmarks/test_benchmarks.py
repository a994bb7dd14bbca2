"""What the bench computes by itself, where a slip would show as a wrong figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.readers.gtfs import read_gtfs
from geodata.synthetic import grid_city
from tests.benchmarks.contracted import contract
from tests.benchmarks.inputs import grid_points
from tests.benchmarks.parts_places import circle_lens
from tests.benchmarks.parts_sweep import TimedRun, take, wanted
from tests.benchmarks.peer_files import great_circle_m, write_feed
from tests.benchmarks.report import Goal, Part, row
from tests.benchmarks.timetable_edits import chosen_trips, edited_city
from tests.benchmarks.timing import Figure, clock, interleaved, percentile


def test_grid_points_are_centres_of_equal_squares():
    points = grid_points(np.zeros(2), np.array([30.0, 20.0]), 6)
    assert points.tolist() == [[5, 5], [15, 5], [25, 5], [5, 15], [15, 15], [25, 15]]
    assert len(grid_points(np.zeros(2), np.array([12_770.0, 12_782.0]), 3_000)) == 3_025


def test_runs_are_taken_in_turn_after_one_that_does_not_count():
    order = []
    figures = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == list("ababab")
    assert [len(f.values) for f in figures] == [2, 2]
    assert clock(lambda: 12.5) == 12.5  # an action may tell its own seconds


def test_percentile_is_a_value_that_so_many_do_not_exceed():
    values = [float(v) for v in range(1, 101)]
    assert percentile(values, 0.95) == 95
    assert percentile([3.0], 0.95) == 3
    assert percentile(values, 0) == 1


@pytest.mark.parametrize(
    ("value", "at_least", "met"), [(20.0, True, True), (19.9, True, False), (20.1, False, False), (None, True, None)]
)
def test_a_goal_is_met_at_its_mark(value, at_least, met):
    goal = Goal("g", value, 20, at_least=at_least, why="no peer")
    assert goal.met is met
    assert goal.line().startswith({True: "met", False: "NOT met", None: "?"}[met])
    assert ("no peer" in goal.line()) is True


def test_a_row_shows_median_and_extremes_in_a_fitting_unit():
    assert "20.0 ms" in row(Figure("f", (0.01, 0.02, 0.03)))
    assert "(10.0–30.0, 3)" in row(Figure("f", (0.01, 0.02, 0.03)))
    assert "295 MB" in row(Figure("f", (295.0,), "MB"))
    part = Part("p", "t")
    part.add(Figure("f", (2.0, 4.0)), Goal("g", 1.0, 2), "note")
    assert part.as_json()["figures"] == [{"name": "f", "unit": "s", "median": 3.0, "values": [2.0, 4.0]}]
    assert part.as_json()["goals"][0]["met"] is False


def test_contraction_keeps_crossings_ends_loops_and_lengths():
    # 0–1–2–3 with 3 a crossing to 4 and 5; a loop 3–6–7–3; apart from them a ring 8–9–10
    pairs = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [3, 5], [3, 6], [6, 7], [3, 7], [8, 9], [9, 10], [8, 10]])
    graph = contract(pairs, np.arange(1.0, 12.0))
    assert graph.node.tolist() == [0, 3, 4, 5, 8]
    edges = sorted(zip(graph.a.tolist(), graph.b.tolist(), graph.metres.tolist(), strict=True))
    assert edges[0] == (0, 3, 6.0)
    assert (3, 4, 4.0) in edges
    assert (3, 3, 21.0) in edges
    assert (8, 8, 30.0) in edges


def test_contraction_keeps_shortest_distances():
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    rng = np.random.default_rng(0)
    pairs = np.unique(np.sort(rng.integers(0, 60, (75, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    metres = rng.integers(1, 100, len(pairs)).astype(np.float64)
    graph = contract(pairs, metres)
    whole = dijkstra(coo_array((metres, pairs.T), shape=(60, 60)).tocsr(), directed=False)
    matrix = np.full((60, 60), np.inf)
    np.minimum.at(matrix, (graph.a, graph.b), graph.metres)
    reduced = dijkstra(np.where(np.isfinite(matrix), matrix, 0), directed=False)
    np.testing.assert_allclose(reduced[np.ix_(graph.node, graph.node)], whole[np.ix_(graph.node, graph.node)])


def test_edits_take_whole_routes_within_the_budget():
    running = np.arange(100, 200)
    route = np.repeat(np.arange(20), 5)
    trips = chosen_trips(route, running, seed=3, most=0.12)
    assert len(trips) == 10
    assert np.isin(running[np.isin(route, route[trips - 100])], trips).all()
    assert chosen_trips(route, running, seed=3, most=0.04).tolist() == []
    assert chosen_trips(route, running, seed=3).tolist() == chosen_trips(route, running, seed=3).tolist()


def test_an_edited_city_runs_some_trips_later_and_nothing_else_changes(monkeypatch):
    monkeypatch.setattr("tests.benchmarks.timetable_edits.chosen_trips", lambda *asked: asked[1][:2])
    city = grid_city()
    edited, share = edited_city(city, city.defaults.date, 0)
    before, after = city.timetable.trips, edited.timetable.trips
    assert 0 < share < 1
    later = after.departure_s - before.departure_s
    assert set(later.tolist()) == {0, 240}
    assert (after.arrival_s - before.arrival_s == later).all()
    changed = {k for k, d in edited.layer_digests().items() if d != city.layer_digest(k)}
    assert changed == {"timetable"}


def test_the_feed_for_peers_reads_back_with_the_same_times(tmp_path):
    city = grid_city()
    trips = city.timetable.trips
    table = replace(city.timetable, trips=replace(trips, headway_s=np.zeros_like(trips.headway_s)))
    date = city.defaults.date
    folder = write_feed(table, date, tmp_path / "feed")
    back = read_gtfs([folder], project=lambda lonlat: lonlat).timetable
    running = np.flatnonzero(table.services.active_on(date)[table.trips.service])
    assert len(back.trips.trip_id) == len(running)
    assert back.services.active_on(date)[back.trips.service].all()
    rows = np.isin(np.repeat(np.arange(len(table.trips.trip_id)), np.diff(table.trips.time_offsets)), running)
    assert back.trips.arrival_s.sum() == table.trips.arrival_s[rows].sum()
    assert back.trips.departure_s.sum() == table.trips.departure_s[rows].sum()


def test_areas_and_distances_follow_formulas():
    assert circle_lens(1.0, 1.0, 1e-9) == pytest.approx(np.pi)
    # two unit circles through each other's centres
    assert circle_lens(1.0, 1.0, 1.0) == pytest.approx(2 * np.pi / 3 - np.sqrt(3) / 2)
    quarter = great_circle_m(np.array([[0.0, 0.0]]), np.array([[90.0, 0.0]]))
    assert quarter[0] == pytest.approx(np.pi / 2 * 6_371_008.8)


def test_the_pace_of_a_sweep_is_that_between_two_outcomes():
    run = TimedRun((3.0, 4.0, 6.0), (2.0, 2.5, 3.0), pd.DataFrame(), ())
    assert run.pace(0, 1) == 3.0
    assert run.pace(1, 3) == 1.5
    assert run.work(1, 3) == 0.5


def test_no_two_scenarios_of_the_measured_sweep_stand_at_one_place():
    found = take(wanted(grid_city()), 8)
    assert [s.modifications[0].type for s in found] == ["add-facility", "mobile-service"] * 4
    places = [m.location if m.id == "clinic" else m.stops[0].location for s in found for m in s.modifications]
    assert len({(place.lon, place.lat) for place in places}) == 8
