"""Every input has a source, named or not, and its status says how sure it is."""

from __future__ import annotations

import pytest

from geodata.build import build_city
from geodata.provenance import Status
from tests.fuzz.seeds import CELL_FILE, CLINICS, CONTROLS, DISTRICTS, MEDICAL, MESH, OSM, TABLES, TOWNS, zipped
from tests.unit.geodata.feed_texts import CONFIG, dedent, write_city_inputs

HEAD = """
    id: tiny
    name: 小さな市
"""
FILES = {
    **CELL_FILE,
    "feed.zip": zipped(TABLES),
    "clinics.csv": CLINICS,
    "towns.csv": TOWNS,
    "totals.csv": CONTROLS,
    "districts.geojson": DISTRICTS,
    "P04-20_08.geojson": MEDICAL,
    "streets.osm": OSM,
    "tblT001141H5440.txt": MESH,
}
PEOPLE = "    population: {kind: cells_csv, path: cells.csv, persons: population, year: 2025, base_date: 2025-10-01}\n"
MESH_PEOPLE = "    population: {kind: estat_mesh, path: tblT001141H5440.txt, year: 2020, base_date: 2020-10-01}\n"


def built(folder, text):
    for name, raw in FILES.items():
        (folder / name).write_bytes(raw)
    path = folder / "tiny.yaml"
    path.write_text(dedent(HEAD + text), encoding="utf-8")
    return build_city(path).city


@pytest.mark.parametrize(
    ("text", "layer", "status", "credit"),
    [
        (MESH_PEOPLE, "population", Status.OBSERVED, "e-Stat"),
        (PEOPLE + "    gtfs: [feed.zip]\n", "timetable", Status.OBSERVED, "テスト交通"),
        (PEOPLE + "    streets: {osm_pbf: streets.osm}\n", "streets", Status.OBSERVED, "OpenStreetMap"),
        (PEOPLE, "streets", Status.ASSUMED, "Ekisei"),
        (PEOPLE + "    ksj: [P04-20_08.geojson]\n", "facilities", Status.OBSERVED, "国土数値情報"),
        ("    gtfs: [feed.zip]\n", "population", Status.NO_DATA, ""),
        (
            PEOPLE
            + "    districts: {path: districts.geojson, name: name}\n    controls: [{path: totals.csv, date: 2025-04-01}]\n",
            "population",
            Status.MODELLED,
            "totals",
        ),
    ],
)
def test_a_layer_without_a_named_source_gets_one(tmp_path, text, layer, status, credit):
    city = built(tmp_path, text)
    assert city.status_of(layer) is status
    assert any(credit in s.credit for s in city.sources if s.layer == layer)


def test_a_named_source_stands_alone(tmp_path):
    named = """
    sources:
      - {id: mine, layer: population, title: 住民基本台帳, credit: 小さな市, licence: CC BY 4.0, date: "2025", status: official-estimate}
"""
    city = build_city(write_city_inputs(tmp_path, CONFIG + named)).city
    assert [s.source_id for s in city.sources if s.layer == "population"] == ["mine"]
    assert city.status_of("population") is Status.OFFICIAL_ESTIMATE
    assert "feed" in {s.source_id for s in city.sources if s.layer == "timetable"}
