from __future__ import annotations

import math
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from geodata.streets import DetourPlane
from sim.routing import car_minutes
from tests.unit.sim.routing.test_street_search import chained_streets
from tests.unit.sim.routing.test_walk import network_of, streets


def test_plane_is_straight_times_factor_at_the_speed():
    ends = np.array([[0.0, 0.0]]), np.array([[3000.0, 4000.0], [0.0, 0.0]])
    assert car_minutes(DetourPlane(), *ends, speed_kmh=30, terminal_min=3).tolist() == [[5 * 1.4 * 2 + 3, 3.0]]


@given(streets())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_network_times_equal_networkx(city):
    xy, edges, origins, _ = city
    model = network_of(xy, edges)
    seconds = np.array([math.inf if e == math.inf else e + 1 for _, _, _, e in sorted(edges)])
    model = replace(model, edge_car_s=seconds)
    graph = nx.DiGraph()
    for (a, b, _, _), s in zip(sorted(edges), seconds.tolist(), strict=True):
        if s < math.inf:
            graph.add_edge(a, b, weight=min(s, graph.get_edge_data(a, b, {"weight": math.inf})["weight"]))
    at_nodes = np.array([xy[v] for v in graph]).reshape(-1, 2)
    found = car_minutes(model, at_nodes, at_nodes, speed_kmh=60)
    for o, a in enumerate(graph):
        lengths = nx.single_source_dijkstra_path_length(graph, a)
        expected = [lengths.get(b, math.inf) / 60 for b in graph]
        assert np.allclose(found[o], expected, atol=1e-6)
    off = car_minutes(model, np.array(origins, float).reshape(-1, 2), at_nodes, speed_kmh=60)
    assert off.shape == (len(origins), len(at_nodes))
    assert np.all(off >= 0)


def test_a_place_far_from_every_road_is_not_reached():
    model = replace(network_of([(0, 0), (100, 0)], [(0, 1, 100.0, 100.0)], 200.0), edge_car_s=np.array([10.0]))
    ends = np.array([[0.0, 0.0], [0.0, 150.0], [0.0, 250.0]]), np.array([[100.0, 0.0]])
    assert np.allclose(car_minutes(model, *ends, speed_kmh=60)[:, 0], [10 / 60, 10 / 60 + 0.15, np.inf])
    assert car_minutes(model, ends[1], ends[0], speed_kmh=60)[0].tolist() == [np.inf] * 3  # one way only


@given(chained_streets())
@settings(max_examples=60, derandomize=True, deadline=None)
def test_chains_and_one_ways_change_no_time(city):
    xy, edges, origins, targets = city
    model = network_of(xy, edges, 40.0)
    model = replace(model, edge_car_s=model.edge_effort_m)
    graph = nx.MultiDiGraph([(a, b, {"weight": e}) for a, b, _, e in edges if e < math.inf])

    def attach(point):
        return min(((math.dist(point, xy[v]), v) for v in graph), default=(math.inf, -1))

    expected = np.full((len(origins), len(targets)), np.inf)
    for o, origin in enumerate(origins):
        start_m, start = attach(origin)
        for t, target in enumerate(targets):
            end_m, end = attach(target)
            if max(start_m, end_m) <= 40 and nx.has_path(graph, start, end):
                driven = nx.dijkstra_path_length(graph, start, end)
                expected[o, t] = driven / 60 + (start_m + end_m) / 1000
    o, t = np.array(origins, float), np.array(targets, float)
    found = [car_minutes(model, o, t, speed_kmh=60, n_threads=n) for n in (1, 2)]
    assert found[0] == pytest.approx(expected, abs=1e-6)
    assert found[1].tobytes() == found[0].tobytes()
    crowd = np.concatenate([o, np.full((9, 2), -9000.0)])  # searched from the other side
    assert car_minutes(model, crowd, t, speed_kmh=60)[: len(o)].tobytes() == found[0].tobytes()
