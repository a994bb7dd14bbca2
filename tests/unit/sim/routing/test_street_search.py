"""Searches over junctions and chains equal a plain search over all nodes, on networks full of chains."""

from __future__ import annotations

import gc
import heapq
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.routing import nearest_walk_min, street_search, walk_table
from sim.routing.chains import ChainGraph
from sim.routing.walk import nodes_within, reach_sum, walk_seconds
from tests.amount import examples
from tests.unit.sim.routing.test_walk import network_of, rows

LENGTH = st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 300_000)).map(lambda mm: mm / 1000)
WAY = st.tuples(LENGTH, st.one_of(st.none(), st.just(math.inf), LENGTH))


@st.composite
def chained_streets(draw):
    """Hubs joined by chains, dead ends, rings, islands; up and down differ, some ways are closed, some stand twice."""
    n_hubs = draw(st.integers(1, 5))
    n, edges = n_hubs, []
    for _ in range(draw(st.integers(1, 9))):
        hub = st.integers(0, n_hubs - 1)
        stops = [draw(hub)]
        n_inner = draw(st.integers(0, 4))
        stops += range(n, n + n_inner)
        n += n_inner
        last = draw(st.one_of(hub, st.none()))  # None: a dead end
        stops += [] if last is None else [last]
        for a, b in pairwise(stops):
            for tail, head in ((a, b), (b, a)):
                edges += [
                    (tail, head, m, m if e is None else e) for m, e in draw(st.lists(WAY, min_size=1, max_size=2))
                ]
    for _ in range(draw(st.integers(0, 2))):  # a ring or a path of its own
        n_ring = draw(st.integers(2, 5))
        pairs = [(n + i, n + (i + 1) % n_ring) for i in range(n_ring - draw(st.booleans()))]
        for a, b in pairs:
            edges += [(a, b, *draw(WAY.map(lambda w: (w[0], w[1] or w[0]))))]
            edges += [(b, a, *draw(WAY.map(lambda w: (w[0], w[1] or w[0]))))]
        n += n_ring
    xy = [((v * 7 % 40) * 100.0, (v // 40 + v * 3 % 40) * 100.0) for v in range(n)]
    near = st.tuples(st.integers(0, n - 1), st.integers(-20, 20), st.integers(-20, 20))
    points = st.lists(near.map(lambda p: (xy[p[0]][0] + p[1], xy[p[0]][1] + p[2])), min_size=1, max_size=8)
    return xy, edges, draw(points), draw(points)


def plain_labels(edges, start):
    """Return node → (effort, length) in whole mm, the least of all ways, by a heap over all nodes."""
    out = {}
    for a, b, m, e in edges:
        if e < math.inf:
            out.setdefault(a, []).append((b, round(e * 1000), round(m * 1000)))
    labels, queue = {}, [(0, 0, start)]
    while queue:
        effort, length, v = heapq.heappop(queue)
        if v not in labels:
            labels[v] = (effort, length)
            for to, e, m in out.get(v, []):
                heapq.heappush(queue, (effort + e, length + m, to))
    return labels


def plain_table(xy, edges, origins, targets, *, max_s, speed, max_snap_m):
    open_nodes = sorted({v for a, b, _, e in edges if e < math.inf for v in (a, b)})

    def attach(point):
        ways = [(math.dist(point, xy[v]), v) for v in open_nodes]
        metres, node = min(ways, default=(math.inf, -1))
        return (round(metres * 1000), node) if metres <= max_snap_m else None

    found = []
    for o, origin in enumerate(origins):
        start = attach(origin)
        labels = plain_labels(edges, start[1]) if start else {}
        for t, target in enumerate(targets):
            end = attach(target)
            if end is None or end[1] not in labels:
                continue
            around = start[0] + end[0]
            if start[1] == end[1]:
                around = min(around, round(math.dist(origin, target) * 1000))
            effort, length = (part + around for part in labels[end[1]])
            seconds = int(walk_seconds(np.int64(effort), speed))
            if seconds <= max_s:
                found.append((o, t, seconds, float(np.float32(length / 1000))))
    return found


@given(chained_streets(), st.sampled_from([20, 200, 900, 9000]), st.sampled_from([80.0, 77.7]))
@settings(max_examples=examples(40, long=240), derandomize=True, deadline=None)
def test_walks_equal_a_plain_search_in_time_and_length(city, max_s, speed):
    xy, edges, origins, targets = city
    model = network_of(xy, edges, 25.0)
    expected = plain_table(xy, edges, origins, targets, max_s=max_s, speed=speed, max_snap_m=25.0)
    o, t = np.array(origins).reshape(-1, 2), np.array(targets).reshape(-1, 2)
    assert rows(walk_table(model, o, t, max_s=max_s, speed_m_min=speed)) == expected
    crowd = np.concatenate([o, np.full((9, 2), -5000.0)])  # searched from the other side
    assert rows(walk_table(model, crowd, t, max_s=max_s, speed_m_min=speed)) == expected
    nearest = nearest_walk_min(model, o, t, speed_m_min=speed, max_min=max_s / 60)
    assert nearest.tolist() == [
        min((s / 60 for a, _, s, _ in expected if a == i), default=math.inf) for i in range(len(o))
    ]


def lattice(n, rng):
    """Return streets of n × n crossings with bent ways between, dead ends, slopes, and one-ways."""
    xy, edges = [(x * 100.0, y * 100.0) for y in range(n) for x in range(n)], []
    for y in range(n):
        for x in range(n):
            for to_x, to_y in ((x + 1, y), (x, y + 1)):
                stops = [y * n + x]
                for _ in range(int(rng.integers(0, 4))):
                    stops.append(len(xy))
                    xy.append(tuple(100.0 * np.array([x, y]) + rng.uniform(5, 95, 2)))
                if to_x < n and to_y < n and rng.random() < 0.9:
                    stops.append(to_y * n + to_x)
                for a, b in pairwise(stops):
                    metres = float(rng.integers(1, 80_000)) / 1000
                    up = math.inf if rng.random() < 0.03 else metres * rng.uniform(0.9, 2)
                    edges += [(a, b, metres, up), (b, a, metres, metres)]
    return xy, edges


def table_bits(table):
    return [getattr(table, name).tobytes() for name in ("offsets", "target", "seconds", "metres")]


def test_neither_threads_nor_order_change_a_bit():
    rng = np.random.default_rng(5)
    xy, edges = lattice(14, rng)
    model = network_of(xy, edges)
    o, t = rng.uniform(0, 1400, (90, 2)), rng.uniform(0, 1400, (120, 2))
    ask = {"max_s": 600, "speed_m_min": 80.0}
    alone = walk_table(model, o, t, **ask, n_threads=1)
    assert len(alone.target) > 500
    assert table_bits(walk_table(model, o, t, **ask, n_threads=3)) == table_bits(alone)
    order = rng.permutation(len(o))
    mixed = {r[1:]: r[0] for r in ((x[0], x[0], *x[1:]) for x in rows(alone))}
    assert len(mixed) == len(alone.target)
    again = walk_table(model, o[order], t, **ask)
    assert sorted((order[a], *rest) for a, *rest in rows(again)) == rows(alone)


def test_most_nodes_of_a_bent_street_are_passed_by():
    rng = np.random.default_rng(1)
    xy, edges = lattice(10, rng)
    tail, head, length, _ = (np.array(column) for column in zip(*edges, strict=True))
    whole = np.rint(length * 1000).astype(np.int64)
    graph = ChainGraph.of(tail.astype(np.int32), head.astype(np.int32), whole, whole, np.array(xy))
    assert graph.n_junctions == 100 - _two_neighbours(edges, 100)
    assert sorted(graph.node_of.tolist()) == list(range(len(xy)))


def _two_neighbours(edges, n_crossings):
    """Count the crossings that lost so many streets that they are none."""
    near = {v: {b for a, b, _, _ in edges if a == v} for v in range(n_crossings)}
    return sum(len(others) in {1, 2} for others in near.values())


def test_what_was_prepared_is_kept_with_the_streets_and_goes_with_them():
    gc.collect()
    before = len(street_search._KEPT)
    model = network_of([(0, 0), (100, 0)], [(0, 1, 100.0, 100.0), (1, 0, 100.0, 100.0)])
    ends = np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]])
    for _ in range(2):
        walk_table(model, *ends, max_s=600, speed_m_min=60)
        walk_table(replace(model), *ends, max_s=600, speed_m_min=60)
    assert len(street_search._KEPT) == before + 1
    hilly = replace(model, edge_effort_m=np.array([200.0, 100.0]))
    assert rows(walk_table(hilly, *ends, max_s=600, speed_m_min=60)) == [(0, 0, 200, 100.0)]
    del model, hilly
    gc.collect()
    assert len(street_search._KEPT) == before


def test_lengths_that_need_more_room_than_usual_still_break_ties():
    far = 5_000_000.0  # m, with no effort at all
    edges = [(0, 1, far, 0.0), (1, 2, 10.0, 10.0), (0, 2, far + 11.0, 10.0)]
    model = network_of([(0, 0), (500, 0), (1000, 0)], edges)
    table = walk_table(model, np.array([[0.0, 0.0]]), np.array([[1000.0, 0.0]]), max_s=600, speed_m_min=60)
    assert rows(table) == [(0, 0, 10, far + 10.0)]


def test_a_walk_too_long_to_be_compared_is_refused():
    model = network_of([(0, 0), (100, 0)], [(0, 1, 100.0, 100.0)])
    with pytest.raises(OverflowError, match="too long"):
        walk_table(model, np.zeros((1, 2)), np.zeros((1, 2)), max_s=10**6, speed_m_min=600.0)


@given(chained_streets(), st.sampled_from([0.0, 90.0, 400.0, 20_000.0]))
@settings(max_examples=examples(40, long=240), derandomize=True, deadline=None)
def test_nodes_within_reach_equal_a_plain_search(city, max_m):
    xy, edges, _, _ = city
    model = network_of(xy, edges)
    sources = np.arange(len(xy))[::-1]
    found = nodes_within(model, sources, max_m=max_m)
    weights = np.arange(1.0, len(xy) + 1)
    sums = reach_sum(model, weights, max_m=max_m)
    for row, source in enumerate(sources.tolist()):
        part = slice(found.offsets[row], found.offsets[row + 1])
        reached = sorted(zip(found.node[part].tolist(), found.millimetres[part].tolist(), strict=True))
        expected = sorted((v, e) for v, (e, _) in plain_labels(edges, source).items() if e <= max_m * 1000)
        assert reached == expected
        assert sums[source] == sum(v + 1 for v, _ in expected)


def test_threads_change_no_bit_of_what_is_within_reach():
    rng = np.random.default_rng(3)
    xy, edges = lattice(12, rng)
    model, weights = network_of(xy, edges), rng.random(len(xy))
    one, three = (nodes_within(model, np.arange(len(xy)), max_m=500, n_threads=n) for n in (1, 3))
    assert [column.tobytes() for column in one] == [column.tobytes() for column in three]
    sums = [reach_sum(model, weights, max_m=500, n_threads=n).tobytes() for n in (1, 3)]
    assert sums[0] == sums[1]
    assert len(one.node) > 10 * len(xy)


def test_a_reach_beyond_counting_is_refused():
    model = network_of([(0, 0), (100, 0)], [(0, 1, 100.0, 100.0)])
    with pytest.raises(OverflowError, match="too long"):
        nodes_within(model, np.arange(2), max_m=1e6)
