"""From ways to a network: what is clipped and counted, bridges above valleys, barriers, islands, the plane."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from geodata.config.streets import StreetsConfig
from geodata.readers import osm as osm_reader
from geodata.readers.barriers import Barriers, blocked_pieces
from geodata.readers.osm import read_osm, read_ways
from geodata.readers.osm_heights import span_heights
from geodata.readers.osm_pieces import Pieces
from geodata.readers.osm_tags import Dropped, way_use
from geodata.readers.street_sources import READERS, read_streets
from geodata.streets import DetourPlane
from tests.unit.geodata.feed_texts import flat
from tests.unit.geodata.test_osm import osm_file, shortest

HOME = {"highway": "residential"}


def area(west, south, east, north):
    """An area in metres of the test plane, as degrees."""
    return (140.6 + west / 1e5, 36.5 + south / 1e5, 140.6 + east / 1e5, 36.5 + north / 1e5)


def streets_of(folder, config, where=None, **options):
    wanted = StreetsConfig.model_validate(config)
    return read_streets(wanted, lambda n: Path(folder) / n, project=flat, area_lonlat=where, **options)


# ---------------------------------------------------------------- clipping and accounts


def test_only_ways_with_a_point_in_the_area_are_kept_and_whole(tmp_path):
    nodes = {n: (n * 100.0, 0.0) for n in range(20)}
    ways = [([n, n + 1], HOME) for n in range(19)]
    path = osm_file(tmp_path, ways, nodes)
    found = read_ways(path, area(450, -10, 650, 10))
    assert found.counts.kept == 3  # 4–5, 5–6, 6–7: those with point 5 or 6
    assert found.counts.outside == 16
    assert np.sort(found.ways.lonlat[:, 0]) == pytest.approx(140.6 + np.array([4, 5, 5, 6, 6, 7]) / 1e3)


@pytest.mark.parametrize("block", [1, 5, 500_000])
def test_blocks_change_nothing(tmp_path, monkeypatch, block):
    nodes = {n: (n * 100.0, n % 3 * 40.0) for n in range(30)}
    ways = [([n, (n * 7) % 30, 99 if n % 4 == 0 else n + 1], HOME) for n in range(29)]
    path = osm_file(tmp_path, ways, nodes)
    whole = read_ways(path, area(500, -10, 1500, 50))
    monkeypatch.setattr(osm_reader, "_BLOCK_POINTS", block)
    parts = read_ways(path, area(500, -10, 1500, 50))
    assert parts.counts == whole.counts
    for name in ("lonlat", "ref", "way", "walk", "pace"):
        assert getattr(parts.ways, name).tolist() == getattr(whole.ways, name).tolist()


def test_positions_of_a_very_large_file_lie_on_disk_with_the_same_result(tmp_path, monkeypatch):
    path = osm_file(tmp_path, [([1, 2, 3], HOME), ([3, 5, 99, 4], HOME)])
    in_memory = read_ways(path)
    monkeypatch.setattr(osm_reader, "_LARGE_BYTES", 0)
    assert read_ways(path).ways.lonlat.tolist() == in_memory.ways.lonlat.tolist()


def test_a_way_elsewhere_counts_as_that_whatever_its_tags(tmp_path):
    nodes = {n: (n * 100.0, 0.0) for n in range(5)} | {10: (90_000.0, 0.0), 11: (90_100.0, 0.0)}
    private = {"highway": "service", "access": "private"}
    ways = [([0, 1, 2], HOME), ([3, 4], private), ([10, 11], private), ([10, 11], HOME), ([10], HOME)]
    counts = read_ways(osm_file(tmp_path, ways, nodes), area(-10, -10, 500, 10)).counts
    assert (counts.kept, counts.closed, counts.outside, counts.no_position) == (1, 1, 3, 0)
    assert counts.box == pytest.approx([140.6, 36.5, 141.501, 36.5])


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(1, 12), min_size=1, max_size=5),
            st.sampled_from(["residential", "construction", "motorway", "footway", "nonsense"]),
            st.sampled_from(["", "private", "yes"]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(-50, 900),
)
def test_every_way_is_accounted_for(tmp_path_factory, drawn, west):
    # Points 9 to 12 are missing.
    path = tmp_path_factory.mktemp("osm")
    ways = [(refs, {"highway": kind} | ({"access": access} if access else {})) for refs, kind, access in drawn]
    file = osm_file(path, [*ways, ([1, 2, 3, 4, 5, 6, 7, 8], HOME)], {n: (n * 100.0, 0.0) for n in range(1, 9)})
    counts = read_ways(file, area(west, -1, 900, 1)).counts if west <= 800 else None
    if counts is not None:
        assert counts.seen == len(ways) + 1
        told = counts.kept + counts.no_class + counts.closed + counts.outside + counts.no_position
        assert told == counts.seen
        assert counts.cut <= counts.kept


def test_a_reading_names_files_counts_and_lengths(tmp_path):
    nodes = {n: (n * 100.0, 0.0) for n in range(51)}
    ways = [(list(range(31)), HOME), (list(range(30, 51)), {"highway": "footway"}), ([1, 2], {"highway": "planned"})]
    osm_file(tmp_path, ways, nodes)
    told = []
    reading = streets_of(tmp_path, {"osm_pbf": "streets.osm", "max_snap_m": 700}, progress=told.append)
    assert reading.counts["street_walk_km"] == 5
    assert reading.counts["street_drive_km"] == 3
    assert (reading.counts["street_islands"], reading.counts["street_islands_removed"]) == (1, 0)
    (record,) = reading.files
    assert (record.name, record.rows_in, record.rows_kept) == ("streets.osm", 3, 2)
    assert record.n_bytes == (tmp_path / "streets.osm").stat().st_size
    assert reading.value.max_snap_m == 700
    assert told[0] == 0.0
    assert told[-1] == 1.0


def test_without_a_source_streets_are_a_plane(tmp_path):
    reading = streets_of(tmp_path, {"detour": 1.5})
    assert reading.value == DetourPlane(1.5, 1.4)
    assert reading.files == ()


def test_readers_tell_their_layout():
    assert len({r.reader_id for r in READERS}) == len(READERS)
    assert all(r.layout and all(r.title) for r in READERS)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"osm_pbf": "a.pbf", "download": True}, "only one of"),
        ({"elevation": ["a.tif"]}, "elevation: needs"),
        ({"barriers": [{"path": "b.geojson"}]}, "barriers: needs"),
        ({"download": True, "keep": "streets.xml"}, "must end in .graphml"),
        ({"osm_pbf": "a.pbf", "overpass_url": "http://example.org"}, "needs download"),
        ({"osm_pbf": "a.pbf", "barriers": [{"path": "b.geojson", "modes": ["bike"]}]}, "'walk' or 'car'"),
    ],
)
def test_contradictions_of_a_configuration_are_refused(wrong, told):
    with pytest.raises(ValidationError) as caught:
        StreetsConfig.model_validate(wrong)
    assert told in str(caught.value)


def test_one_raster_or_several_may_be_named():
    assert StreetsConfig.model_validate({"osm_pbf": "a", "elevation": "h.tif"}).elevation == "h.tif"
    assert StreetsConfig.model_validate({"osm_pbf": "a", "elevation": ["a", "b"]}).elevation == ("a", "b")


def test_a_town_of_two_islands_keeps_both(tmp_path):
    nodes = {n: (n * 50.0, 0.0) for n in range(61)} | {100 + n: (n * 50.0, 5_000.0) for n in range(41)}
    ways = [(list(range(61)), HOME), (list(range(100, 141)), HOME)]
    reading = read_osm(osm_file(tmp_path, ways, nodes), project=flat)
    assert reading.counts["street_islands"] == 2
    assert reading.counts["street_islands_removed"] == 0
    (problem,) = reading.problems
    assert problem.code == "osm.separate_parts"
    assert "3.0 km, 2.0 km" in problem.message.en


# ---------------------------------------------------------------- tags


@pytest.mark.parametrize(
    ("tags", "walk", "drive", "dropped"),
    [
        ({"highway": "cycleway"}, True, False, Dropped.KEPT),
        ({"highway": "cycleway", "foot": "no"}, False, False, Dropped.CLOSED),
        ({"highway": "trunk", "foot": "no"}, False, True, Dropped.KEPT),
        ({"highway": "trunk", "motorroad": "yes", "foot": "yes"}, True, True, Dropped.KEPT),
        ({"highway": "primary", "foot": "use_sidepath"}, False, True, Dropped.KEPT),
        ({"highway": "pedestrian", "area": "yes"}, True, False, Dropped.KEPT),
        ({"highway": "corridor", "indoor": "yes"}, True, False, Dropped.KEPT),
        ({"highway": "service", "service": "parking_aisle"}, True, True, Dropped.KEPT),
        ({"highway": "service", "service": "driveway", "access": "private"}, False, False, Dropped.CLOSED),
        ({"highway": "service", "access": "military"}, False, False, Dropped.CLOSED),
        ({"highway": "track", "motor_vehicle": "agricultural;forestry"}, True, False, Dropped.KEPT),
        ({"highway": "residential", "motor_vehicle": "destination"}, True, True, Dropped.KEPT),
        ({"highway": "residential", "oneway:foot": "yes"}, True, True, Dropped.KEPT),
        ({"highway": "proposed"}, False, False, Dropped.NO_CLASS),
        ({"highway": "busway"}, False, False, Dropped.NO_CLASS),
        ({"route": "ferry", "highway": "footway"}, False, False, Dropped.CLOSED),
        ({"highway": "path", "abandoned": "yes"}, False, False, Dropped.CLOSED),
    ],
)
def test_what_tags_mean(tags, walk, drive, dropped):
    use = way_use(tags)
    assert (use.walk, bool(np.isfinite(use.along_s_per_m)), use.dropped) == (walk, drive, dropped)


@pytest.mark.parametrize(
    ("maxspeed", "kmh"), [("４０", 40), ("50km/h", 50), ("60;40", 40), ("999", 20), ("none", 20), ("40 ｋｍ／ｈ", 40)]
)
def test_speeds_as_people_write_them(maxspeed, kmh):
    assert way_use({"highway": "residential", "maxspeed": maxspeed}).along_s_per_m == pytest.approx(3.6 / kmh)


@pytest.mark.parametrize(
    ("tags", "lifted"),
    [
        ({"bridge": "yes"}, True),
        ({"bridge": "viaduct"}, True),
        ({"tunnel": "yes"}, True),
        ({"bridge": "no"}, False),
        ({"bridge": "boardwalk"}, False),
        ({"tunnel": "building_passage"}, False),
        ({}, False),
    ],
)
def test_what_leaves_the_ground(tags, lifted):
    assert way_use({"highway": "residential", **tags}).lifted is lifted


# ---------------------------------------------------------------- bridges and tunnels


def chain(lifted, steps=None, lengths=None) -> Pieces:
    n = len(lifted)
    return Pieces(
        ends=np.column_stack([np.arange(n), np.arange(1, n + 1)]),
        length_m=np.array(lengths or [50.0] * n),
        node_lonlat=np.zeros((n + 1, 2)),
        walk=np.ones(n, dtype=bool),
        pace=np.full((n, 2), np.inf),
        lifted=np.array(lifted, dtype=bool),
        steps=np.array(steps or [False] * n, dtype=bool),
    )


def test_a_bridge_runs_straight_from_end_to_end_whatever_the_valley():
    # Ground at 10 m, a bridge of 10 + 40 + 50 m over a valley at −90 m, ground at 20 m.
    pieces = chain([False, True, True, True, False], lengths=[50, 10, 40, 50, 50])
    heights, n = span_heights(pieces, np.array([10.0, 10, -90, -90, 20, 20]))
    assert heights == pytest.approx([10, 10, 11, 15, 20, 20])
    assert n == 2


def test_a_tunnel_whose_far_end_is_unknown_keeps_the_height_of_the_known_one():
    heights, _ = span_heights(chain([False, True, True]), np.array([5.0, 5, 300, np.nan]))
    assert heights == pytest.approx([5, 5, 5, 5])


def test_a_deck_that_only_stairs_reach_keeps_the_ground():
    pieces = chain([False, False, True, True, False, False], [False, True, False, False, True, False])
    ground = np.array([3.0, 3, 3, 4, 4, 4, 4])
    heights, n = span_heights(pieces, ground)
    assert heights.tolist() == ground.tolist()
    assert n == 0


def test_stairs_in_the_middle_of_a_bridge_do_not_pull_it_down():
    pieces = chain([False, True, True, False])
    stairs = chain([False, True, True, False, False], [False, False, False, False, True])
    ends = np.vstack([pieces.ends, [[2, 5]]])
    both = Pieces(ends, np.full(5, 50.0), np.zeros((6, 2)), stairs.walk, stairs.pace, stairs.lifted, stairs.steps)
    heights, _ = span_heights(both, np.array([20.0, 20, -50, 20, 20, -50]))
    assert heights == pytest.approx([20, 20, 20, 20, 20, -50])


@given(st.lists(st.floats(1, 60), min_size=1, max_size=30), st.floats(-50, 50), st.floats(-50, 50))
def test_heights_on_a_bridge_are_those_of_the_line(lengths, start, end):
    pieces = chain([False, *[True] * len(lengths), False], lengths=[50, *lengths, 50])
    ground = np.r_[start, start, np.full(len(lengths) - 1, 999.0), end, end]
    heights, _ = span_heights(pieces, ground)
    along = np.r_[0, np.cumsum(lengths)]
    assert heights[1:-1] == pytest.approx(start + (end - start) * along / along[-1], abs=1e-6)


def test_a_walk_over_a_bridge_does_not_climb_down_into_the_valley(tmp_path):
    rasterio = pytest.importorskip("rasterio", reason="needs the extra: elevation")
    nodes = {1: (-300, 0), 2: (0, 0), 3: (400, 0), 4: (700, 0)}
    heights = np.full((20, 150), 10.0, dtype="float32")
    heights[:, 53:87] = -100  # a gorge from 30 m to 370 m
    options = {"driver": "GTiff", "width": 150, "height": 20, "count": 1, "dtype": "float32", "crs": "EPSG:6668"}
    place = rasterio.Affine(1e-4, 0, 140.595, 0, -1e-4, 36.501)
    with rasterio.open(tmp_path / "h.tif", "w", **options, transform=place) as raster:
        raster.write(heights, 1)
    found = {}
    for name, tags in (("bridge", HOME | {"bridge": "yes"}), ("ground", HOME)):
        ways = [([1, 2], HOME), ([2, 3], tags), ([3, 4], HOME)]
        reading = read_osm(osm_file(tmp_path, ways, nodes), project=flat, elevation=tmp_path / "h.tif")
        found[name] = shortest(reading.streets, reading.streets.edge_effort_m, (-300, 0), (700, 0))
    assert found["ground"] > 1_300
    assert found["bridge"] == pytest.approx(1_000, abs=1)


# ---------------------------------------------------------------- barriers


def ladder(folder):
    """Two parallel streets of 400 m, 100 m apart, joined by a rung every 100 m."""
    nodes = {n: (n * 100.0, 0.0) for n in range(5)} | {10 + n: (n * 100.0, 100.0) for n in range(5)}
    ways = [(list(range(5)), HOME), (list(range(10, 15)), HOME), *(([n, 10 + n], HOME) for n in range(5))]
    return osm_file(folder, ways, nodes)


def draw(folder, *features, name="b.geojson"):
    listed = [
        {
            "type": "Feature",
            "properties": {"name": title, "kind": kind},
            "geometry": {
                "type": shape,
                "coordinates": [[140.6 + x / 1e5, 36.5 + y / 1e5] for x, y in points]
                if shape == "LineString"
                else [[[140.6 + x / 1e5, 36.5 + y / 1e5] for x, y in points]],
            },
        }
        for title, kind, shape, points in features
    ]
    text = json.dumps({"type": "FeatureCollection", "features": listed}, ensure_ascii=False)
    (folder / name).write_text(text, encoding="utf-8")


def walk(streets, a, b):
    return shortest(streets, streets.edge_effort_m, a, b)


def drive_m(streets, a, b):
    return shortest(streets, streets.edge_car_s, a, b) / 3.6 * 20


RIVER = ("川", "river", "LineString", [(-50, 40), (350, 40)])


def test_a_line_closes_the_streets_it_crosses_for_the_modes_it_names(tmp_path):
    ladder(tmp_path)
    draw(tmp_path, RIVER)
    plain = streets_of(tmp_path, {"osm_pbf": "streets.osm"}).value
    assert walk(plain, (0, 0), (0, 100)) == pytest.approx(100, abs=0.1)
    for modes, on_foot, by_car in ((["walk", "car"], 900, 900), (["walk"], 900, 100), (["car"], 100, 900)):
        config = {"osm_pbf": "streets.osm", "barriers": [{"path": "b.geojson", "modes": modes}]}
        reading = streets_of(tmp_path, config)
        assert walk(reading.value, (0, 0), (0, 100)) == pytest.approx(on_foot, abs=0.1)
        assert drive_m(reading.value, (0, 0), (0, 100)) == pytest.approx(by_car, abs=0.1)
        assert reading.counts["street_pieces_closed_walk"] == (4 if "walk" in modes else 0)  # one of each rung
        assert reading.counts["street_pieces_closed_car"] == (4 if "car" in modes else 0)
        assert reading.counts["street_barriers"] == 1


def test_a_polygon_closes_what_lies_in_it(tmp_path):
    ladder(tmp_path)
    draw(tmp_path, ("沼", "pond", "Polygon", [(105, -20), (130, -20), (130, 20), (105, 20), (105, -20)]))
    reading = streets_of(tmp_path, {"osm_pbf": "streets.osm", "barriers": [{"path": "b.geojson"}]})
    assert walk(reading.value, (100, 0), (200, 0)) == pytest.approx(300, abs=0.1)
    assert reading.counts["street_pieces_closed_walk"] == 1


def test_only_the_chosen_features_are_barriers_and_idle_ones_are_named(tmp_path):
    ladder(tmp_path)
    draw(tmp_path, RIVER, ("塀", "wall", "LineString", [(0, 900), (10, 900)]))
    chosen = {"path": "b.geojson", "where": {"kind": "wall"}}
    reading = streets_of(tmp_path, {"osm_pbf": "streets.osm", "barriers": [chosen]})
    assert walk(reading.value, (0, 0), (0, 100)) == pytest.approx(100, abs=0.1)
    (problem,) = reading.problems
    assert (problem.code, problem.where) == ("barriers.crosses_nothing", "b.geojson feature 2 (塀)")
    assert [f.rows_kept for f in reading.files] == [7, 1]


def test_what_a_barrier_cuts_off_is_an_island_like_any_other(tmp_path):
    nodes = {n: (n * 50.0, 0.0) for n in range(200)} | {900: (200 * 50.0, 0.0)}
    osm_file(tmp_path, [([*range(200), 900], HOME)], nodes)
    draw(tmp_path, ("柵", "fence", "LineString", [(9_925, -20), (9_925, 20)]))
    reading = streets_of(tmp_path, {"osm_pbf": "streets.osm", "barriers": [{"path": "b.geojson"}]})
    assert reading.counts["street_islands_removed"] == 1
    assert reading.value.node_xy[:, 0].max() < 9_925


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(-20, 420), st.integers(-20, 120)), min_size=2, max_size=4, unique=True))
def test_barriers_never_shorten_a_walk(tmp_path_factory, points):
    folder = tmp_path_factory.mktemp("ladder")
    ladder(folder)
    draw(folder, ("線", "x", "LineString", points))
    free = streets_of(folder, {"osm_pbf": "streets.osm"}).value
    closed = streets_of(folder, {"osm_pbf": "streets.osm", "barriers": [{"path": "b.geojson"}]}).value
    ends = [(0, 0), (400, 100)]
    there = [bool((np.hypot(*(closed.node_xy - e).T) < 1).any()) for e in ends]
    if all(there):
        assert walk(closed, *ends) >= walk(free, *ends) - 1e-6


def test_a_piece_wholly_inside_a_closed_area_is_closed_too():
    area = np.array([shapely.box(140.0, 36.0, 140.1, 36.1)], dtype=object)
    ends = np.array([[[140.04, 36.05], [140.05, 36.05]], [[140.2, 36.05], [140.3, 36.05]]])
    found = blocked_pieces(Barriers(area, ("x",), np.array([True]), np.array([False])), ends)
    assert (found.walk.tolist(), found.car.tolist()) == ([True, False], [False, False])
