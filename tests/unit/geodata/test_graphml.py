"""Graphs of osmnx → streets: the same network as the extract they were made from."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from geodata.errors import DataError
from geodata.readers.graphml import read_graphml
from geodata.readers.osm import read_osm
from tests.unit.geodata.feed_texts import flat
from tests.unit.geodata.test_osm import osm_file

WAYS = [
    ([1, 2, 3], {"highway": "residential"}),
    ([3, 4, 5], {"highway": "tertiary", "oneway": "yes"}),
    ([5, 2], {"highway": "steps"}),
    ([5, 1], {"highway": "motorway", "oneway": "yes"}),
    ([3, 6], {"highway": "footway"}),  # keeps osmnx from melting two classes of road into one street
]


@pytest.fixture
def both(tmp_path):
    """The same streets, read from the extract and from the graph that osmnx makes of it."""
    import osmnx

    extract = osm_file(tmp_path, WAYS)
    graph = osmnx.graph_from_xml(extract, retain_all=True, simplify=True)
    osmnx.save_graphml(graph, tmp_path / "streets.graphml")
    return read_osm(extract, project=flat).streets, read_graphml(tmp_path / "streets.graphml", project=flat).streets


def as_graph(streets, weight):
    graph = nx.DiGraph()
    tail = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    for a, b, w in zip(tail, streets.edge_to, weight, strict=True):
        if np.isfinite(w):
            graph.add_edge(int(a), int(b), w=float(w))
    return graph


def node_at(streets, x, y):
    return int(np.argmin(np.hypot(*(streets.node_xy - flat(np.array([[140.6 + x / 1e5, 36.5 + y / 1e5]]))).T)))


def test_walks_and_drives_are_as_long_as_on_the_extract(both):
    corners = [(0, 0), (200, 0), (200, 100), (100, 80)]
    for layer in ("edge_effort_m", "edge_car_s"):
        found = []
        for streets in both:
            lengths = dict(nx.all_pairs_dijkstra_path_length(as_graph(streets, getattr(streets, layer)), weight="w"))
            nodes = [node_at(streets, *c) for c in corners]
            found.append([lengths.get(a, {}).get(b, np.inf) for a in nodes for b in nodes])
        assert found[1] == pytest.approx(found[0], abs=0.05)
        assert np.isfinite(found[0]).any()


def test_no_graph_is_refused_by_name(tmp_path):
    (tmp_path / "x.graphml").write_text("<graphml>", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_graphml(tmp_path / "x.graphml", project=flat)
    assert caught.value.problems[0].code == "graphml.unreadable"
    assert caught.value.problems[0].where == "x.graphml"
    with pytest.raises(DataError, match=r"input\.missing"):
        read_graphml(tmp_path / "none.graphml", project=flat)


def test_a_projected_graph_is_refused(tmp_path):
    import osmnx

    graph = osmnx.project_graph(osmnx.graph_from_xml(osm_file(tmp_path, WAYS), retain_all=True))
    osmnx.save_graphml(graph, tmp_path / "plane.graphml")
    with pytest.raises(DataError, match="unprojected"):
        read_graphml(tmp_path / "plane.graphml", project=flat)
