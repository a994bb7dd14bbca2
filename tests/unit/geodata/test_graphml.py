"""Graphs of osmnx → streets: the same network as the extract they were made from."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from geodata.errors import DataError
from geodata.readers.graphml import read_graphml
from geodata.readers.graphml_elements import first_value
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


def written(streets, weight="edge_effort_m"):
    """Weights between all junctions of the test streets that the graph can reach."""
    lengths = dict(nx.all_pairs_dijkstra_path_length(as_graph(streets, getattr(streets, weight)), weight="w"))
    nodes = [node_at(streets, *c) for c in [(0, 0), (100, 0), (200, 0), (100, 80)]]
    return [lengths.get(a, {}).get(b, np.inf) for a in nodes for b in nodes]


@pytest.mark.parametrize("simplify", [True, False])
def test_simplified_or_not_the_walks_are_the_same(tmp_path, simplify):
    import osmnx

    extract = osm_file(tmp_path, WAYS)
    graph = osmnx.graph_from_xml(extract, retain_all=True, simplify=simplify)
    osmnx.save_graphml(graph, tmp_path / "g.graphml")
    reading = read_graphml(tmp_path / "g.graphml", project=flat)
    for weight in ("edge_effort_m", "edge_car_s"):
        expected = written(read_osm(extract, project=flat).streets, weight)
        assert written(reading.streets, weight) == pytest.approx(expected, abs=0.05)
    counts = reading.counts
    assert counts["osm_ways_in"] == graph.number_of_edges()
    parts = ("osm_ways", "osm_ways_no_class", "osm_ways_closed", "osm_ways_outside", "osm_ways_reverse")
    assert sum(counts[name] for name in parts) == counts["osm_ways_in"]


def test_a_graph_that_networkx_wrote_itself_is_read_alike(tmp_path):
    import osmnx

    graph = osmnx.graph_from_xml(osm_file(tmp_path, WAYS), retain_all=True, simplify=False)
    osmnx.save_graphml(graph, tmp_path / "osmnx.graphml")
    for *_, attributes in graph.edges(data=True):  # typed: booleans, numbers
        attributes.pop("geometry", None)
    nx.write_graphml(graph, tmp_path / "typed.graphml")
    found = [read_graphml(tmp_path / f"{name}.graphml", project=flat).streets for name in ("osmnx", "typed")]
    assert found[0].edge_effort_m.tolist() == found[1].edge_effort_m.tolist()
    assert found[0].edge_car_s.tolist() == found[1].edge_car_s.tolist()


def test_an_undirected_graph_keeps_its_one_ways(tmp_path):
    import osmnx

    extract = osm_file(tmp_path, WAYS)
    graph = osmnx.convert.to_undirected(osmnx.graph_from_xml(extract, retain_all=True))
    osmnx.save_graphml(graph, tmp_path / "g.graphml")
    streets = read_graphml(tmp_path / "g.graphml", project=flat).streets
    expected = written(read_osm(extract, project=flat).streets, "edge_car_s")
    assert written(streets, "edge_car_s") == pytest.approx(expected, abs=0.05)


def test_only_the_area_is_kept(tmp_path):
    import osmnx

    osmnx.save_graphml(osmnx.graph_from_xml(osm_file(tmp_path, WAYS), retain_all=True), tmp_path / "g.graphml")
    reading = read_graphml(tmp_path / "g.graphml", project=flat, area_lonlat=(140.608, 36.508, 140.62, 36.52))
    assert reading.counts["osm_ways"] == 1  # the path to the far point
    assert reading.counts["osm_ways_outside"] > 0


@pytest.mark.parametrize(
    ("text", "first", "listed"),
    [
        ("residential", "residential", False),
        ("['path', 'steps']", "path", True),
        ("[1, 2]", "1", True),
        ("[x", "[x", False),
    ],
)
def test_lists_as_text(text, first, listed):
    assert first_value(text) == (first, listed)


def test_graphs_of_one_mode_are_told(tmp_path):
    n = 210
    nodes = {k: (k * 50.0, 0.0) for k in range(n)} | {1000 + k: (k * 50.0, 40.0) for k in range(n)}
    ways = [([k, k + 1], {"highway": "residential"}) for k in range(n - 1)]
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for k, (x, y) in nodes.items():
        graph.add_node(k, x=140.6 + x / 1e5, y=36.5 + y / 1e5)
    for (a, b), tags in ways:
        graph.add_edge(a, b, length=50.0, oneway="False", **tags)
        graph.add_edge(b, a, length=50.0, oneway="False", **tags)
    nx.write_graphml(graph, tmp_path / "g.graphml")
    reading = read_graphml(tmp_path / "g.graphml", project=flat)
    assert [p.code for p in reading.problems] == ["graphml.drive_only", "graphml.no_oneways"]
    assert reading.counts["osm_ways"] == n - 1
