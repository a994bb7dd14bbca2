"""OpenStreetMap → streets: lengths by arithmetic, rules of the tags, islands, slopes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geodata.errors import DataError
from geodata.readers.elevation import MAX_SLOPE, climb_efforts
from geodata.readers.osm import MAX_PIECE_M, StreetReading, read_osm
from geodata.readers.osm_tags import car_directions, car_speed_kmh, is_walkable
from tests.unit.geodata.feed_texts import flat

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.streets import StreetNetwork

# Around 36.5 N, 140.6 E; 0.001° is 100 m in the plane of the tests.
NODES = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (200, 100), 5: (100, 80), 6: (1000, 1000), 7: (1030, 1000)}


def osm_file(
    folder: Path, ways: list[tuple[list[int], dict[str, str]]], nodes: dict[int, tuple[float, float]] = NODES
) -> Path:
    lines = ["<osm version='0.6'>"]
    lines += [
        f"<node id='{n}' version='1' lon='{140.6 + x / 1e5:.7f}' lat='{36.5 + y / 1e5:.7f}'/>"
        for n, (x, y) in nodes.items()
    ]
    for number, (refs, tags) in enumerate(ways, 1):
        body = "".join(f"<nd ref='{r}'/>" for r in refs) + "".join(f"<tag k='{k}' v='{v}'/>" for k, v in tags.items())
        lines.append(f"<way id='{number}' version='1'>{body}</way>")
    path = folder / "streets.osm"
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def read(folder: Path, *ways: tuple[list[int], dict[str, str]], **options) -> StreetReading:
    return read_osm(osm_file(folder, list(ways)), project=flat, **options)


def shortest(streets: StreetNetwork, weight: np.ndarray, start: tuple[float, float], end: tuple[float, float]) -> float:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    n = len(streets.node_xy)
    usable = np.isfinite(weight)
    tail = np.repeat(np.arange(n), np.diff(streets.edge_offsets))[usable]
    graph = csr_matrix((weight[usable], (tail, streets.edge_to[usable])), shape=(n, n))
    a, b = (int(np.argmin(np.hypot(*(streets.node_xy - p).T))) for p in (start, end))
    return float(dijkstra(graph, indices=a)[b])


def test_lengths_are_those_of_the_shape(tmp_path):
    streets = read(tmp_path, ([1, 2, 3, 4], {"highway": "residential"})).streets
    assert shortest(streets, streets.edge_length_m, (0, 0), (200, 100)) == pytest.approx(300, abs=0.01)
    assert streets.edge_length_m.max() <= MAX_PIECE_M
    assert len(streets.edge_to) == 2 * (len(streets.node_xy) - 1)  # a line without branches
    assert not streets.has_slope
    assert streets.edge_effort_m.tolist() == streets.edge_length_m.tolist()


def test_pieces_lie_on_the_shape(tmp_path):
    streets = read(tmp_path, ([1, 3, 4], {"highway": "footway"})).streets
    on_line = (np.abs(streets.node_xy[:, 1]) < 0.05) | (np.abs(streets.node_xy[:, 0] - 200) < 0.05)
    assert on_line.all()


def test_ways_meet_at_shared_points_only(tmp_path):
    # 5–2 meets the first way at its middle point 2; a way that crosses without a shared point does not connect.
    streets = read(tmp_path, ([1, 2, 3], {"highway": "residential"}), ([5, 2], {"highway": "path"})).streets
    assert shortest(streets, streets.edge_effort_m, (100, 80), (200, 0)) == pytest.approx(180, abs=0.01)


def test_one_way_streets_bind_cars_not_walkers(tmp_path):
    streets = read(tmp_path, ([1, 2, 3], {"highway": "residential", "oneway": "yes", "maxspeed": "36"})).streets
    assert shortest(streets, streets.edge_car_s, (0, 0), (200, 0)) == pytest.approx(20, abs=0.01)
    assert shortest(streets, streets.edge_car_s, (200, 0), (0, 0)) == np.inf
    assert shortest(streets, streets.edge_effort_m, (200, 0), (0, 0)) == pytest.approx(200, abs=0.01)


def test_motorways_carry_cars_only(tmp_path):
    way = ([1, 2], {"highway": "motorway", "oneway": "no"})
    streets = read(tmp_path, way, ([2, 3], {"highway": "footway"})).streets
    assert shortest(streets, streets.edge_effort_m, (0, 0), (100, 0)) == np.inf
    assert shortest(streets, streets.edge_car_s, (0, 0), (100, 0)) == pytest.approx(100 / (80 / 3.6), abs=0.01)
    assert shortest(streets, streets.edge_car_s, (100, 0), (200, 0)) == np.inf


def test_small_islands_are_removed_and_counted(tmp_path):
    nodes = {n: (n * 50.0, 0.0) for n in range(1, 200)} | {900: (0, 5_000), 901: (60, 5_000)}
    ways = [(list(range(1, 200)), {"highway": "residential"}), ([900, 901], {"highway": "footway"})]
    reading = read_osm(osm_file(tmp_path, ways, nodes), project=flat)
    assert reading.counts["street_islands_removed"] == 1
    assert [p.code for p in reading.problems] == ["osm.islands"]
    assert reading.streets.node_xy[:, 1].max() < 1


def test_a_way_is_cut_where_the_extract_lacks_a_point(tmp_path):
    streets = read(
        tmp_path,
        ([1, 2, 99, 3, 4], {"highway": "residential"}),
        ([1, 5], {"highway": "path"}),
        ([5, 3], {"highway": "path"}),
    ).streets
    # Without point 99 there is no way from 2 to 3 but over 5.
    around = 100 + np.hypot(100, 80) * 2
    assert shortest(streets, streets.edge_effort_m, (100, 0), (200, 0)) == pytest.approx(around, abs=0.01)


def test_a_loop_at_one_junction_keeps_its_length(tmp_path):
    streets = read(
        tmp_path, ([1, 2], {"highway": "residential"}), ([2, 3, 4, 5, 2], {"highway": "residential"})
    ).streets
    around = 100 + 100 + np.hypot(100, 20) + 80
    assert streets.edge_length_m.sum() / 2 == pytest.approx(100 + around, abs=0.02)


def test_every_walkable_edge_stands_twice(tmp_path):
    streets = read(tmp_path, ([1, 2, 3, 4], {"highway": "service"}), ([5, 2], {"highway": "steps"})).streets
    tail = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    pairs = set(zip(tail.tolist(), streets.edge_to.tolist(), strict=True))
    assert all((b, a) in pairs for a, b in pairs)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "steps"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "path", "foot": "no"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "construction"}, False),
        ({"building": "yes"}, False),
    ],
)
def test_who_may_walk(tags, expected):
    assert is_walkable(tags) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "primary"}, (True, True)),
        ({"highway": "primary", "oneway": "yes"}, (True, False)),
        ({"highway": "primary", "oneway": "-1"}, (False, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, (True, False)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "residential", "motor_vehicle": "no"}, (False, False)),
        ({"highway": "residential", "access": "private"}, (False, False)),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, (True, True)),
        ({"highway": "footway"}, (False, False)),
    ],
)
def test_who_may_drive(tags, expected):
    assert car_directions(tags) == expected


@pytest.mark.parametrize(
    ("maxspeed", "expected"),
    [("50", 50), ("30 mph", 48.28032), ("walk", 7), ("signals", 20), ("0", 20), ("", 20)],
)
def test_speed_limits(maxspeed, expected):
    assert car_speed_kmh({"highway": "residential", "maxspeed": maxspeed}) == pytest.approx(expected)


def test_climbing_costs_what_tobler_says():
    length = np.full(4, 100.0)
    rise = np.array([0.0, 10.0, -5.0, 500.0])
    efforts = climb_efforts(length, np.zeros(4), rise)
    assert efforts[0] == pytest.approx(100)
    assert efforts[1] == pytest.approx(100 * np.exp(3.5 * 0.15) / np.exp(3.5 * 0.05))
    assert efforts[2] == pytest.approx(100 / np.exp(3.5 * 0.05))
    assert efforts[3] == pytest.approx(100 * np.exp(3.5 * MAX_SLOPE))
    assert climb_efforts(length[:1], np.array([np.nan]), np.zeros(1))[0] == pytest.approx(100)


def test_a_raster_makes_up_and_down_differ(tmp_path):
    rasterio = pytest.importorskip("rasterio", reason="needs the extra: elevation")
    # One metre up for each 10 m to the east: a slope of 10 %.
    step = 0.0001
    columns = np.arange(60)
    heights = np.tile((columns + 0.5) * step * 1e5 / 10, (40, 1)).astype("float32")
    options = {"driver": "GTiff", "width": 60, "height": 40, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    place = rasterio.Affine(step, 0, 140.599, 0, -step, 36.5015)
    with rasterio.open(tmp_path / "h.tif", "w", **options, transform=place) as raster:
        raster.write(heights, 1)
    reading = read(tmp_path, ([1, 2, 3], {"highway": "footway"}), elevation=tmp_path / "h.tif")
    streets = reading.streets
    assert streets.has_slope
    assert reading.problems == ()
    up = shortest(streets, streets.edge_effort_m, (0, 0), (200, 0))
    down = shortest(streets, streets.edge_effort_m, (200, 0), (0, 0))
    assert up == pytest.approx(200 * np.exp(3.5 * 0.1), rel=1e-3)
    assert down == pytest.approx(200, rel=1e-3)  # |−0.10 + 0.05| = 0.05, as on the level


def test_a_raster_of_another_place_is_refused(tmp_path):
    rasterio = pytest.importorskip("rasterio", reason="needs the extra: elevation")
    options = {"driver": "GTiff", "width": 4, "height": 4, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    with rasterio.open(tmp_path / "h.tif", "w", **options, transform=rasterio.Affine(1, 0, 10, 0, -1, 10)) as raster:
        raster.write(np.ones((4, 4), dtype="float32"), 1)
    with pytest.raises(DataError) as caught:
        read(tmp_path, ([1, 2], {"highway": "footway"}), elevation=tmp_path / "h.tif")
    assert [(p.code, p.where) for p in caught.value.problems] == [("elevation.elsewhere", "h.tif")]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "osm.unreadable"), (b"not a map", "osm.unreadable"), (b"<osm version='0.6'></osm>", "osm.no_streets")],
)
def test_no_streets_is_an_error_that_names_the_file(tmp_path, content, code):
    path = tmp_path / "streets.osm"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_osm(path, project=flat)
    assert [p.code for p in caught.value.problems] == [code]
    assert caught.value.problems[0].where == "streets.osm"
    assert caught.value.problems[0].hint.ja


@pytest.mark.parametrize(("content", "code"), [(None, "input.missing"), (b"no raster", "elevation.unreadable")])
def test_a_raster_that_cannot_be_read_is_named(tmp_path, content, code):
    pytest.importorskip("rasterio", reason="needs the extra: elevation")
    path = tmp_path / "h.tif"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(tmp_path, ([1, 2], {"highway": "footway"}), elevation=path)
    assert [p.code for p in caught.value.problems] == [code]
    assert caught.value.problems[0].where.endswith("h.tif")


def test_without_the_extra_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rasterio", None)
    (tmp_path / "h.tif").write_bytes(b"II")
    with pytest.raises(DataError) as caught:
        read(tmp_path, ([1, 2], {"highway": "footway"}), elevation=tmp_path / "h.tif")
    assert caught.value.problems[0].code == "elevation.not_installed"
    assert "ekisei[elevation]" in caught.value.problems[0].hint.ja
