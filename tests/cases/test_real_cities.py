"""Cities nobody here wrote build from their originals: what their SOURCE.md counts comes out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

import geodata
from geodata.build import build_city
from geodata.build_report import BuildReport
from geodata.errors import Severity
from geodata.readers.gtfs import read_gtfs
from geodata.snapshot import read_city, write_city
from geodata.streets import DetourPlane, StreetNetwork

if TYPE_CHECKING:
    from geodata.units import FloatArray

EXAMPLES = Path(geodata.__file__).parent / "examples"


def build(name: str, shared_data: Path) -> BuildReport:
    return build_city(EXAMPLES / f"{name}.yaml", inputs=shared_data / name)


@pytest.fixture(scope="module")
def porto_alegre(shared_data: Path) -> BuildReport:
    pytest.importorskip("rasterio", reason="needs the extra: elevation")
    return build("porto-alegre", shared_data)


@pytest.fixture(scope="module")
def muroran(shared_data: Path) -> BuildReport:
    return build("muroran", shared_data)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_porto_alegre_holds_what_its_files_hold(porto_alegre, shared_data):
    counts = porto_alegre.counts
    assert counts["stops"] == 3_986 + 24
    assert counts["routes"] == 115 + 2
    assert counts["trips"] == 2_374 + 1_248
    assert counts["stop_times"] == 130_019 + 14_855
    assert porto_alegre.repairs == {"gtfs.interpolated_times": 125_271}
    cells = rows_of(shared_data / "porto-alegre" / "poa_hexgrid.csv")
    assert counts["cells"] == len(cells) == 1_227
    population = porto_alegre.city.population
    assert population.total.sum() == sum(float(c["population"]) for c in cells)
    clinics = sum(float(c["healthcare"] or 0) for c in cells)
    assert len(porto_alegre.city.facilities.of_kind("clinic")) == clinics
    # The hexagons tile the plane: hardly any overlap, each around its centre.
    union = shapely.area(shapely.union_all(population.polygon_xy, grid_size=0.01))
    assert union == pytest.approx(population.area_m2.sum(), rel=0.001)
    assert shapely.contains_xy(population.polygon_xy, *population.xy.T).all()
    assert (shapely.get_num_coordinates(population.polygon_xy) == 7).mean() > 0.95


def test_porto_alegre_runs_on_its_date(porto_alegre):
    table = porto_alegre.city.timetable
    active = table.services.active_on(porto_alegre.city.defaults.date)
    running = active[table.trips.service]
    bus = np.isin(table.routes.route_class[table.patterns.route[table.trips.pattern]], ["bus"])
    first = table.trips.departure_s[table.trips.time_offsets[:-1]]
    assert running[bus].sum() > 1_000
    assert running[~bus].sum() > 100
    assert first[running & bus].min() >= 11 * 3600  # the bus feed starts about noon
    assert len(table.stops_of_class("rail")) == 24


def test_no_time_of_porto_alegre_goes_backwards(porto_alegre):
    trips = porto_alegre.city.timetable.trips
    inside = np.ones(len(trips.arrival_s) - 1, dtype=bool)
    inside[trips.time_offsets[1:-1] - 1] = False
    assert (trips.departure_s >= trips.arrival_s).all()
    assert (trips.arrival_s[1:] >= trips.departure_s[:-1])[inside].all()


def test_streets_of_porto_alegre_are_one_sloping_network(porto_alegre):
    streets = porto_alegre.city.streets
    assert isinstance(streets, StreetNetwork)
    assert streets.has_slope
    walkable = np.isfinite(streets.edge_effort_m)
    ratio = streets.edge_effort_m[walkable] / streets.edge_length_m[walkable]
    assert 0.83 < ratio.min() < 1  # gently downhill is fastest
    assert 1 < np.median(ratio) < 1.1
    assert streets.edge_length_m.max() <= 50
    assert porto_alegre.counts["street_nodes"] > 30_000
    # The feed reaches beyond the extract: such stops are told, not dropped.
    assert porto_alegre.counts["stops_off_streets"] > 1_000
    assert porto_alegre.counts["cells_off_streets"] < 20


def test_muroran_holds_what_its_files_hold(muroran, shared_data):
    counts, city = muroran.counts, muroran.city
    assert (counts["stops"], counts["routes"], counts["trips"], counts["stop_times"]) == (706, 74, 541, 20_594)
    told = {p.code: p.count for p in muroran.problems if p.severity is not Severity.INFO}
    assert told == {"gtfs.stop_off_shape": 10}  # stops up to 266 m from the line of their trips, as in the file
    assert isinstance(city.streets, DetourPlane)
    assert city.epsg == 6679  # plane rectangular zone XI
    assert (
        len(city.facilities.of_kind("clinic", "hospital"))
        == len(rows_of(shared_data / "muroran/geo/medical.csv"))
        == 44
    )
    assert len(city.facilities.of_kind("shelter")) == 275
    assert any("tsunami" in h for h in city.facilities.hazards)
    assert 0.5 < city.timetable.stops.in_city.mean() < 1
    assert len(city.timetable.fares.price_yen) == 63_745


def test_people_of_muroran_sum_to_the_census(muroran):
    population = muroran.city.population
    assert population.total.sum() == pytest.approx(82_457, abs=1e-6)
    dids = 56_929 + 5_815 + 5_770
    assert population.total.sum() > dids
    assert (population.total >= 0).all()
    assert len(population.district_id) > 50


@pytest.mark.parametrize("name", ["porto_alegre", "muroran"])
def test_real_cities_round_trip(name, request, tmp_path):
    city = request.getfixturevalue(name).city
    assert read_city(write_city(city, tmp_path / name), verify=True).layer_digests() == city.layer_digests()


@pytest.mark.parametrize(
    ("feed", "counts"),
    [
        ("gtfs_aomori_city_bus_2019.zip", (823, 249, 1_626, 44_540)),
        ("gtfs_wakayama_bus_2019.zip", (548, 115, 2_339, 52_842)),
    ],
)
def test_real_gtfs_jp_feeds(shared_data, feed, counts):
    def as_it_is(lonlat: FloatArray) -> FloatArray:
        return lonlat

    reading = read_gtfs([shared_data / "gtfs-jp-samples" / feed], project=as_it_is)
    table = reading.timetable
    told = {p.code: p.count for p in reading.problems if p.severity is not Severity.INFO}
    # In wakayama 399 rows of fare_rules.txt occur twice, and three stops lie off a shape; both are true of the file.
    assert told in ({}, {"gtfs.duplicate_id": 399, "gtfs.stop_off_shape": 3})
    found = (table.n_stops, len(table.routes.route_id), len(table.trips.trip_id), len(table.trips.arrival_s))
    assert found == counts
    assert table.services.active_on("2019-06-12")[table.trips.service].sum() > 100
