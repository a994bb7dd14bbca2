"""A configuration → City: layers, defaults, checks of how they fit, nothing left out silently."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geodata.build import build_city, check_city
from geodata.errors import DataError
from geodata.mesh import cells_over
from geodata.readers.population_tables import outlines
from geodata.service_days import representative_days
from geodata.snapshot import read_city, write_city
from geodata.streets import DetourPlane, StreetNetwork
from geodata.synthetic import timetable_from_text
from tests.unit.geodata.feed_texts import CELLS, CONFIG, FEED, clean, write_city_inputs
from tests.unit.geodata.test_osm import osm_file

if TYPE_CHECKING:
    from pathlib import Path


def changed(old: str, new: str) -> str:
    assert old in CONFIG, old
    return CONFIG.replace(old, new)


def geojson(path: Path, *features: tuple[shapely.Geometry, dict]) -> Path:
    tree = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": json.loads(shapely.to_geojson(g)), "properties": p} for g, p in features
        ],
    }
    path.write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_tiny_city(tmp_path):
    stages = []
    report = build_city(write_city_inputs(tmp_path), lambda stage, share: stages.append((stage, share)))
    city = report.city
    assert (city.city_id, city.name.ja, city.epsg) == ("tiny", "小さな市", 6677)
    assert city.population.total.tolist() == [100, 50, 30, 20]
    assert [b.band_id for b in city.population.bands] == ["all"]
    assert city.facilities.facility_id.tolist() == ["clinic-c1-1", "clinic-c3-1", "clinic-c3-2"]
    assert city.facilities.kind.tolist() == ["clinic"] * 3
    assert isinstance(city.streets, DetourPlane)
    assert city.defaults.date == "2025-10-15"
    assert (dt.date.fromisoformat(city.defaults.saturday).weekday(), city.defaults.window_start_s) == (5, 28_800)
    assert report.counts["persons"] == 200
    assert report.counts["stops"] == 3
    assert [s for s, _ in stages] == ["population", "timetable", "streets", "facilities", "checks", "done"]
    assert [x for _, x in stages] == sorted(x for _, x in stages)
    assert read_city(write_city(city, tmp_path / "out"), verify=True).digest == city.digest


def test_building_twice_gives_the_same_city(tmp_path):
    config = write_city_inputs(tmp_path)
    assert build_city(config).city.digest == build_city(config).city.digest


def test_stops_near_the_cells_are_in_the_city(tmp_path):
    # Cells are some 450 × 560 m; B is 440 m north of c3, C 2.4 km.
    city = build_city(write_city_inputs(tmp_path)).city
    assert city.timetable.stops.in_city.tolist() == [True, True, False]


def test_a_boundary_says_what_is_in_the_city(tmp_path):
    box = shapely.box(140.59, 36.50, 140.61, 36.52)
    geojson(
        tmp_path / "b.geojson",
        (box, {"code": "1", "name": "市"}),
        (shapely.box(0, 0, 1, 1), {"code": "2", "name": "海"}),
    )
    text = changed(
        "facilities:", "boundaries: [{path: b.geojson, id: code, name: name, where: {code: 1}}]\n    facilities:"
    )
    city = build_city(write_city_inputs(tmp_path, text)).city
    assert [(z.zone_id, z.kind, z.name.ja) for z in city.zones] == [("1", "municipality", "市")]
    # A lies on the southern edge itself, which is not inside.
    assert city.timetable.stops.in_city.tolist() == [False, True, False]


@pytest.mark.parametrize("turn", [0.0, 0.3])
@pytest.mark.parametrize(("sides", "area"), [(6, 300**2 * np.sqrt(3) / 2), (4, 300**2)])
def test_outlines_tile_the_plane(sides, area, turn):
    i, j = np.meshgrid(np.arange(9), np.arange(9))
    shift = 0.5 * (j % 2) if sides == 6 else 0.0
    points = np.column_stack([((i + shift) * 300).ravel(), (j * (300 * np.sqrt(3) / 2 if sides == 6 else 300)).ravel()])
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    cells = outlines(points @ rotation)
    assert shapely.area(cells) == pytest.approx(np.full(81, area))
    assert shapely.area(shapely.union_all(cells, grid_size=1e-3)) == pytest.approx(81 * area, rel=1e-6)
    assert shapely.contains_xy(cells, *(points @ rotation).T).all()


def test_outlines_of_a_stretched_grid_with_a_gap():
    i, j = np.meshgrid(np.arange(8), np.arange(8))
    points = np.column_stack([i.ravel() * 200.0, j.ravel() * 300.0])
    points = np.delete(points, 27, axis=0)  # one cell inside is missing
    cells = outlines(points)
    assert shapely.area(cells) == pytest.approx(np.full(63, 60_000.0))


def test_one_cell_has_no_outline():
    with pytest.raises(DataError) as caught:
        outlines(np.zeros((1, 2)))
    assert [p.code for p in caught.value.problems] == ["population.spacing"]


def test_mesh_cells_with_bands(tmp_path):
    codes = cells_over((140.595, 36.495, 140.605, 36.505), 4)
    rows = "\n".join(["mesh,a,b,ku", *(f"{c},{10 * n},{n},{'東' if n % 2 else '西'}" for n, c in enumerate(codes))])
    text = """
    id: tiny
    name: T
    date: 2025-10-15
    population:
      kind: mesh_csv
      path: cells.csv
      code: mesh
      district: ku
      bands:
        - {id: y, label: 若, from: 0, to: 64, column: a}
        - {id: o, label: 老, from: 65, column: b}
      year: 2020
      base_date: 2020-10-01
    gtfs: [feed.zip]
    """
    population = build_city(write_city_inputs(tmp_path, text, rows)).city.population
    assert population.cell_id.tolist() == sorted(codes)
    total = sum(range(len(codes)))
    assert population.persons.sum(axis=0).tolist() == [10 * total, total]
    assert population.group("65plus").sum() == total
    assert population.district_name.tolist() == ["西", "東"]
    assert shapely.contains_xy(population.polygon_lonlat, *population.lonlat.T).all()
    assert shapely.contains_xy(population.polygon_xy, *population.xy.T).all()


DID_CONFIG = """
    id: did
    name: D
    date: 2025-10-15
    population:
      kind: did_towns
      did: did.geojson
      did_where: {CITYNAME: 甲市}
      towns: towns.csv
      town_where: {city: 甲市}
      town_district: oaza
      total_persons: 1500
      year: 2020
      base_date: 2020-10-01
    gtfs: [feed.zip]
"""
TOWNS = """
    city,town,oaza,lat,lon
    甲市,本町一丁目,本町,36.503,140.603
    甲市,本町二丁目,本町,36.507,140.607
    甲市,山町,山町,36.530,140.600
    乙市,隣町,隣町,36.600,140.600
"""


def did_inputs(folder: Path, text: str = DID_CONFIG) -> Path:
    here, there = shapely.box(140.600, 36.500, 140.610, 36.510), shapely.box(140.6, 36.6, 140.61, 36.61)
    geojson(
        folder / "did.geojson",
        (here, {"CITYNAME": "甲市", "JINKO": 1000}),
        (there, {"CITYNAME": "乙市", "JINKO": 7000}),
    )
    (folder / "towns.csv").write_text(clean(TOWNS), encoding="utf-8")
    return write_city_inputs(folder, text)


def test_a_municipality_from_dids_and_towns(tmp_path):
    report = build_city(did_inputs(tmp_path))
    population = report.city.population
    assert population.total.sum() == pytest.approx(1500, abs=1e-6)
    assert population.district_name.tolist() == ["本町", "山町"]
    assert report.problems == ()
    did = shapely.box(140.600, 36.500, 140.610, 36.510)
    touching = shapely.intersects(population.polygon_lonlat, did)
    assert population.total[touching].sum() >= 1000


def test_without_a_total_only_people_in_dids_count(tmp_path):
    report = build_city(did_inputs(tmp_path, DID_CONFIG.replace("total_persons: 1500", "did_persons: JINKO")))
    assert report.city.population.total.sum() == pytest.approx(1000, abs=1e-6)
    assert [p.code for p in report.problems] == ["population.no_total"]


def test_streets_and_what_lies_beyond_them(tmp_path):
    # A street along the western cells; max_snap leaves the eastern cells and stops B, C out.
    nodes = {1: (0, 0), 2: (0, 300), 3: (0, 520)}
    osm_file(tmp_path, [([1, 2, 3], {"highway": "residential"})], nodes)
    text = changed("facilities:", "streets: {osm_pbf: streets.osm, max_snap_m: 200}\n    facilities:")
    report = build_city(write_city_inputs(tmp_path, text))
    assert isinstance(report.city.streets, StreetNetwork)
    assert report.city.streets.max_snap_m == 200
    assert report.counts["cells_off_streets"] == 2
    assert report.counts["stops_off_streets"] == 2
    found = {p.code: p for p in report.problems}
    assert "70" in found["build.cells_off_streets"].message.ja
    assert found["build.stops_off_streets"].count == 2


def test_facilities_from_tables(tmp_path):
    shelter = shapely.Point(140.601, 36.501)
    geojson(tmp_path / "s.geojson", (shelter, {"id": "s1", "名": "公園", "津波": "1", "洪水": ""}))
    (tmp_path / "m.csv").write_text(
        "code,name,kind,lat,lon,q\n1,A,hosp,36.5,140.6,rough\n2,B,clin,36.5,140.6,x\n3,C,vet,36.5,140.6,x\n", "utf-8"
    )
    entries = """facilities:
      - {path: s.geojson, kind: shelter, id: id, name: 名, hazards: {津波: tsunami, 洪水: flood}, source: gsi}
      - path: m.csv
        kind_column: kind
        kinds: {hosp: hospital, clin: clinic}
        id: code
        name: name
        quality_column: q
        errors_m: {rough: 300}
        status: official-estimate
    """
    text = changed("facilities:\n      - {cells_column: clinics, kind: clinic}\n", entries)
    report = build_city(write_city_inputs(tmp_path, text))
    found = report.city.facilities
    assert found.facility_id.tolist() == ["s1", "1", "2"]
    assert found.kind.tolist() == ["shelter", "hospital", "clinic"]
    assert found.hazards.tolist() == ["tsunami", "", ""]
    assert found.position_error_m.tolist() == [0, 300, 0]
    assert found.source_id.tolist() == ["gsi", "m", "m"]
    assert found.status.tolist() == ["observed", "official-estimate", "official-estimate"]
    assert [(p.code, p.where) for p in report.problems] == [
        ("facilities.unknown_kind", "m.csv row 4"),
        ("facilities.counts_unused", "cells.csv"),  # its clinics
    ]


def test_targets_and_sources_are_carried(tmp_path):
    more = """targets:
      - {kpi_id: clinics_count, kind: baseline, year: 2023, date: 2023-10-01, value: 98, unit: count, label: 診療所, source: s}
    sources:
      - {id: s, layer: targets, title: 統計, credit: C, licence: L, date: "2023", status: official-estimate}
    facilities:"""
    city = build_city(write_city_inputs(tmp_path, changed("facilities:", more))).city
    assert city.targets.find("clinics_count", "baseline").value == 98
    assert city.status_of("targets") == "official-estimate"


def test_days_are_chosen_among_those_all_feeds_hold():
    table = timetable_from_text(
        """
        stop A 0 0
        stop B 0 900
        service wk 1111100 2025-04-01 2026-03-31
        service odd 0010000 2025-04-01 2025-04-30
        service we 0000011 2025-04-01 2026-03-31
        trip R service=wk A 08:00 B 08:10
        trip R service=wk A 09:00 B 09:10
        trip R service=odd A 10:00 B 10:10
        trip R service=we A 08:00 B 08:10
        """,
    )
    weekday, saturday, holiday = representative_days(
        table, [("2025-04-01", "2026-03-31"), ("2025-04-28", "2026-01-01")]
    )
    # Two trips is what most weekdays have; 29 April is a holiday, 30 April has three.
    # 3 May is a Saturday and Constitution Day, so it stands for holidays.
    assert weekday == dt.date(2025, 4, 28)
    assert saturday == dt.date(2025, 5, 10)
    assert holiday == dt.date(2025, 5, 3)


def test_a_date_left_out_is_chosen_and_told(tmp_path):
    report = build_city(write_city_inputs(tmp_path, changed("    date: 2025-10-15\n", "")))
    assert report.city.defaults.date == "2025-04-01"
    assert [p.code for p in report.problems] == ["build.date_chosen"]


def test_after_the_end_of_a_calendar_a_day_inside_stands_in_and_is_told(tmp_path):
    report = build_city(write_city_inputs(tmp_path, config=changed("2025-10-15", "2026-10-14")))
    day = report.city.defaults.date
    timetable = report.city.timetable
    assert timetable.services.active_on(day)[timetable.trips.service].any()
    told = next(p for p in report.problems if p.code == "gtfs.calendar_over")
    assert f"代わりに {day}" in told.message.ja


def test_a_blank_count_is_none_and_told(tmp_path):
    report = build_city(
        write_city_inputs(tmp_path, cells=CELLS.replace("c3,140.600,36.505,30,2", "c3,140.600,36.505,30,"))
    )
    assert report.city.facilities.n_facilities == 1
    assert [(p.code, p.where) for p in report.problems] == [("facilities.blank_count", "cells.csv row 4")]


def test_check_reports_errors_and_warnings_alike(tmp_path):
    config = write_city_inputs(tmp_path, stop_times=FEED["stop_times"].replace("T1,08:10:00", "T1,x"))
    assert [p.code for p in check_city(config)] == ["gtfs.time"]
    other = tmp_path / "other"
    other.mkdir()
    assert check_city(write_city_inputs(other)) == ()


def test_the_wrong_area_is_an_error(tmp_path):
    config = write_city_inputs(tmp_path, stops=FEED["stops"].replace(",36.", ",43."))
    with pytest.raises(DataError) as caught:
        build_city(config)
    assert [(p.code, p.where) for p in caught.value.problems] == [("build.far_apart", "gtfs")]
