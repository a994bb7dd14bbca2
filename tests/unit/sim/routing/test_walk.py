from __future__ import annotations

import math
from dataclasses import fields
from unittest.mock import patch

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.streets import DetourPlane, StreetNetwork
from sim.routing import nearest_walk_min, walk_table
from sim.routing.walk import WalkTable, walk_seconds


def network_of(xy, edges, max_snap_m=1000.0):
    """Streets from (a, b, length, effort) directed edges."""
    edges = sorted(edges)
    n = len(xy)
    origin = np.array([e[0] for e in edges], np.int32)
    xy = np.array(xy, np.float64).reshape(-1, 2)
    return StreetNetwork(
        xy.copy(),
        xy,
        np.searchsorted(origin, np.arange(n + 1)).astype(np.int32),
        np.array([e[1] for e in edges], np.int32),
        np.array([e[2] for e in edges], np.float64),
        np.array([e[3] for e in edges], np.float64),
        np.full(len(edges), np.inf),
        max_snap_m=max_snap_m,
    )


def rows(table):
    return list(
        zip(table.origin.tolist(), table.target.tolist(), table.seconds.tolist(), table.metres.tolist(), strict=True)
    )


@st.composite
def streets(draw):
    n = draw(st.integers(2, 12))
    spot = st.integers(0, 20).map(lambda v: v * 50.0)
    xy = draw(st.lists(st.tuples(spot, spot), min_size=n, max_size=n, unique=True))
    node = st.integers(0, n - 1)
    length = st.integers(0, 900_000).map(lambda mm: mm / 1000)
    effort = st.one_of(st.none(), st.just(math.inf), st.integers(0, 900_000).map(lambda mm: mm / 1000))
    edges = draw(st.lists(st.tuples(node, node, length, effort), max_size=30))
    points = st.lists(st.tuples(st.integers(-50, 1100), st.integers(-50, 1100)), max_size=6)
    return xy, [(a, b, m, m if e is None else e) for a, b, m, e in edges], draw(points), draw(points)


def plain_walks(city, *, max_s, speed, max_snap_m):
    """networkx over whole millimetres, from the definition."""
    xy, edges, origins, targets = city
    graph = nx.MultiDiGraph()
    graph.add_nodes_from({v for a, b, _, e in edges if e < math.inf for v in (a, b)})
    for a, b, _, effort in edges:
        if effort < math.inf:
            graph.add_edge(a, b, weight=round(effort * 1000))

    def attach(point):
        ways = sorted((math.dist(point, xy[v]), v) for v in graph)
        return ways[0] if ways and ways[0][0] <= max_snap_m else None

    found = []
    for o, origin in enumerate(origins):
        start = attach(origin)
        lengths = nx.single_source_dijkstra_path_length(graph, start[1]) if start else {}
        for t, target in enumerate(targets):
            end = attach(target)
            if end is None or end[1] not in lengths:
                continue
            mm = round(start[0] * 1000) + lengths[end[1]] + round(end[0] * 1000)
            if start[1] == end[1]:
                mm = min(mm, round(math.dist(origin, target) * 1000))
            seconds = math.ceil(mm * 60 / (1000 * speed) - 1e-9)
            if seconds <= max_s:
                found.append((o, t, seconds))
    return found


def unambiguous(points, xy, edges):
    """Points whose nearest walkable node is one, so that both sides attach alike."""
    nodes = sorted({v for a, b, _, e in edges if e < math.inf for v in (a, b)})
    kept = []
    for point in points:
        ways = sorted(math.dist(point, xy[v]) for v in nodes)
        if len(ways) < 2 or ways[1] - ways[0] > 1e-6:
            kept.append(point)
    return kept


@given(streets(), st.sampled_from([60, 400, 5000]), st.sampled_from([80.0, 60.0, 77.7]))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_network_walks_equal_networkx(city, max_s, speed):
    xy, edges, origins, targets = city
    origins, targets = unambiguous(origins, xy, edges), unambiguous(targets, xy, edges)
    table = walk_table(
        network_of(xy, edges, 300.0),
        np.array(origins).reshape(-1, 2),
        np.array(targets).reshape(-1, 2),
        max_s=max_s,
        speed_m_min=speed,
    )
    assert [r[:3] for r in rows(table)] == plain_walks(
        (xy, edges, origins, targets), max_s=max_s, speed=speed, max_snap_m=300.0
    )


@given(streets())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_nearest_is_the_least_of_the_table(city):
    xy, edges, origins, targets = city
    for model in (network_of(xy, edges), DetourPlane(1.3)):
        o, t = np.array(origins, float).reshape(-1, 2), np.array(targets, float).reshape(-1, 2)
        table = walk_table(model, o, t, max_s=900, speed_m_min=80)
        nearest = nearest_walk_min(model, o, t, speed_m_min=80, max_min=15)
        expected = [min((s / 60 for a, _, s, _ in rows(table) if a == i), default=math.inf) for i in range(len(o))]
        assert nearest.tolist() == expected


@given(streets())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_neither_the_side_nor_the_company_of_a_search_changes_a_walk(city):
    """One more origin turns the search round; sums in whole millimetres keep every bit."""
    xy, edges, origins, targets = city
    model = network_of(xy, edges)
    o, t = np.array(origins, float).reshape(-1, 2), np.array(targets, float).reshape(-1, 2)
    table = rows(walk_table(model, o, t, max_s=900, speed_m_min=80))
    crowd = np.concatenate([o, np.full((9, 2), 475.0)])
    assert [r for r in rows(walk_table(model, crowd, t, max_s=900, speed_m_min=80)) if r[0] < len(o)] == table
    singles = [
        (i, *r[1:]) for i in range(len(o)) for r in rows(walk_table(model, o[i : i + 1], t, max_s=900, speed_m_min=80))
    ]
    assert singles == table


def test_slope_counts_as_effort_but_metres_stay_metres():
    up = network_of([(0, 0), (100, 0)], [(0, 1, 100.0, 160.0), (1, 0, 100.0, 90.0)])
    ends = np.array([[0.0, 0.0], [100.0, 0.0]])
    assert rows(walk_table(up, ends[:1], ends[1:], max_s=600, speed_m_min=60)) == [(0, 0, 160, 100.0)]
    assert rows(walk_table(up, ends[1:], ends[:1], max_s=600, speed_m_min=60)) == [(0, 0, 90, 100.0)]


def test_among_equal_efforts_the_shorter_way_is_told():
    edges = [(0, 1, 50.0, 100.0), (1, 2, 50.0, 100.0), (0, 2, 150.0, 200.0)]
    model = network_of([(0, 0), (500, 0), (1000, 0)], edges)
    table = walk_table(model, np.array([[0.0, 0.0]]), np.array([[1000.0, 0.0]]), max_s=600, speed_m_min=60)
    assert rows(table) == [(0, 0, 200, 100.0)]


def test_a_point_far_from_every_street_walks_nowhere():
    model = network_of([(0, 0), (100, 0)], [(0, 1, 100.0, 100.0), (1, 0, 100.0, 100.0)], max_snap_m=200.0)
    far = np.array([[0.0, 201.0]])
    assert not rows(walk_table(model, far, np.array([[100.0, 0.0]]), max_s=9000, speed_m_min=60))
    assert nearest_walk_min(model, far, np.array([[0.0, 0.0]]), speed_m_min=60, max_min=99).tolist() == [math.inf]


PLACES = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=6)


@given(PLACES, st.sampled_from([1.0, 1.3]))
@settings(max_examples=40, derandomize=True, deadline=None)
def test_plane_walks_are_straight_times_factor(points, factor):
    xy = np.array(points, float)
    table = rows(walk_table(DetourPlane(factor), xy, xy, max_s=1200, speed_m_min=80))
    expected = []
    for o, a in enumerate(points):
        for t, b in enumerate(points):
            mm = round(math.dist(a, b) * factor * 1000)
            seconds = math.ceil(mm * 60 / 80_000 - 1e-9)
            if seconds <= 1200:
                expected.append((o, t, seconds))
    assert [r[:3] for r in table] == expected


@given(points=PLACES, factor=st.sampled_from([1.0, 1.3]), max_s=st.integers(0, 1200))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_on_the_plane_many_are_found_as_few_are(points, factor, max_s):
    xy = np.array(points, np.float64)
    few = walk_table(DetourPlane(factor), xy, xy[::2], max_s=max_s, speed_m_min=80)
    with patch("sim.routing.walk.FEW_PAIRS", -1):
        many = walk_table(DetourPlane(factor), xy, xy[::2], max_s=max_s, speed_m_min=80)
    for part in fields(WalkTable):
        one, other = getattr(few, part.name), getattr(many, part.name)
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_seconds_are_rounded_up_and_limits_included():
    assert walk_seconds(np.array([0, 1, 80_000, 80_001]), 80.0).tolist() == [0, 1, 60, 61]
    ends = np.array([[0.0, 0.0]]), np.array([[800.0, 0.0]])
    assert len(walk_table(DetourPlane(1.0), *ends, max_s=600, speed_m_min=80).target) == 1
    assert len(walk_table(DetourPlane(1.0), *ends, max_s=599, speed_m_min=80).target) == 0


@pytest.mark.parametrize("n", [(0, 3), (3, 0), (0, 0)])
def test_nobody_or_nowhere(n):
    model = network_of([(0, 0), (100, 0)], [(0, 1, 100.0, 100.0)])
    for streets_ in (DetourPlane(), model):
        table = walk_table(streets_, np.zeros((n[0], 2)), np.zeros((n[1], 2)), max_s=600, speed_m_min=80)
        assert table.offsets.tolist() == [0] * (n[0] + 1)
        assert (
            nearest_walk_min(streets_, np.zeros((n[0], 2)), np.zeros((n[1], 2)), speed_m_min=80, max_min=5).tolist()
            == [math.inf] * n[0]
        )
