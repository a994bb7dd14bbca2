"""A Japanese feed laid over a copy of the bundled city: what changes, and what becomes of the shipped scenarios."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from app.cli import run_cli
from app.commands.run_view import view_run
from geodata.build import build_city, check_city
from geodata.build_report import BuildReport
from geodata.digest import digest_of
from geodata.errors import ScenarioError
from geodata.hitachi import load_hitachi
from geodata.provenance import Status
from geodata.snapshot import write_city
from geodata.timetable_merge import keep_routes
from scenarios.apply import apply_scenario, check_scenario
from scenarios.batch import run_batch
from scenarios.files import list_library, parse_scenario, read_scenario
from scenarios.run_folder import build_manifest
from scenarios.store import ResultStore, read_run
from sim.params import Analysis, Params
from sim.run import build_context
from tests.unit.geodata.feed_texts import dedent

NETWORK = ("stop", "route", "pattern")
LINES = ("hitachi-brt", "assumed-01", "assumed-08", "assumed-13")
MOVED_DEGREES = 0.0004  # some 36 m to the east
CONFIG = """
id: hitachi-own
name: {ja: 日立市（実GTFS）, en: Hitachi with its feed}
base: hitachi
gtfs: [feed.zip]
sources:
  - {id: feed, layer: timetable, title: 市内バスのGTFS, credit: 市内バス, licence: CC BY 4.0, date: 2025-04-01}
"""


def feed_tables(base, lines=LINES, route_type=3):
    """Return a feed in GTFS-JP of lines beside some of the bundled city's, by weekday and 土日祝, every 20 minutes."""
    timetable = base.timetable
    stops, routes, trips, times = {}, [], [], []
    for line in lines:
        row = timetable.routes.route_id.tolist().index(line)
        name = str(timetable.routes.name[row]).replace("仮定のバス路線", "市内線")
        routes.append([f"{line}-real", "op", name, "", route_type])
        for direction, pattern in enumerate(np.flatnonzero(timetable.patterns.route == row)[:2].tolist()):
            on_way = timetable.patterns.stops_of(pattern).tolist()
            for stop in on_way:
                lon, lat = timetable.stops.lonlat[stop]
                plain = str(timetable.stops.name[stop]).partition("（")[0]
                stops[stop] = [f"{stop:03d}_A", plain, lat, lon + MOVED_DEGREES]
            for n in range(48):
                for service in ("平日", "土日祝"):
                    trip = f"{line}_{direction}_{service}_{n}"
                    trips.append([f"{line}-real", service, trip, direction])
                    for order, stop in enumerate(on_way):
                        clock = f"{6 + n // 3:02d}:{n % 3 * 20 + order // 3:02d}:00"
                        times.append([trip, clock, clock, f"{stop:03d}_A", order])
    return {
        "agency": [
            ["agency_id", "agency_name", "agency_url", "agency_timezone"],
            ["op", "市内バス", "http://example.org", "Asia/Tokyo"],
        ],
        "stops": [["stop_id", "stop_name", "stop_lat", "stop_lon"], *stops.values()],
        "routes": [["route_id", "agency_id", "route_short_name", "route_long_name", "route_type"], *routes],
        "trips": [["route_id", "service_id", "trip_id", "direction_id"], *trips],
        "stop_times": [["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"], *times],
        "calendar": [
            [
                "service_id",
                *[
                    "monday",
                    "tuesday",
                    "wednesday",
                    "thursday",
                    "friday",
                    "saturday",
                    "sunday",
                    "start_date",
                    "end_date",
                ],
            ],
            ["平日", 1, 1, 1, 1, 1, 0, 0, "20250401", "20260331"],
            ["土日祝", 0, 0, 0, 0, 0, 1, 1, "20250401", "20260331"],
        ],
        "calendar_dates": [
            ["service_id", "date", "exception_type"],
            *[[s, d, e] for d in ("20250429", "20250505") for s, e in (("平日", 2), ("土日祝", 1))],
        ],
    }


def write_feed(path, tables):
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in tables.items():
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            archive.writestr(f"{name}.txt", text.getvalue().encode("utf-8-sig"))


def shifted_copy(original: Path, path: Path, base) -> None:
    """Write a real feed with its stops moved to the bundled city; everything else as it stands."""
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if Path(name).name == "stops.txt":
                content = _shifted(content, base)
            if Path(name).name != "shapes.txt":
                target.writestr(name, content)


def _shifted(content: bytes, base) -> bytes:
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    lat, lon = header.index("stop_lat"), header.index("stop_lon")
    places = np.array([[float(r[lon]), float(r[lat])] for r in rows])
    move = np.average(base.population.lonlat, axis=0, weights=base.population.total) - np.median(places, axis=0)
    for row, (east, north) in zip(rows, places + move, strict=True):
        row[lon], row[lat] = f"{east:.6f}", f"{north:.6f}"
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


@pytest.fixture(scope="module")
def base():
    return load_hitachi()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, base):
    folder = tmp_path_factory.mktemp("overlay")
    write_feed(folder / "feed.zip", feed_tables(base))
    (folder / "city.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def report(folder) -> BuildReport:
    return build_city(folder / "city.yaml")


@pytest.fixture(scope="module")
def city(report):
    return report.city


def lines_of(city, route_class):
    return keep_routes(city.timetable, city.timetable.routes.route_class == route_class)


def test_the_feed_takes_the_place_of_the_assumed_buses(base, city):
    routes = city.timetable.routes
    assert routes.route_id.tolist() == ["jr-joban", *(f"{line}-real" for line in LINES)]
    assert routes.route_class.tolist() == ["rail", "brt", "bus", "bus", "bus"]
    assert routes.status.tolist() == ["modelled", *["observed"] * 4]
    assert digest_of(lines_of(city, "rail")) == digest_of(lines_of(base, "rail"))
    for layer in ("population", "facilities", "streets", "targets", "on_demand"):
        assert city.layer_digest(layer) == base.layer_digest(layer)
    assert Status.ASSUMED not in {s.status for s in city.sources if s.layer.startswith("timetable")}
    assert Status.ASSUMED in {s.status for s in base.sources if s.layer.startswith("timetable")}


def test_a_base_folder_is_as_good_as_the_bundled_city(base, city, folder):
    write_city(base, folder / "base-city")
    config = folder / "from-folder.yaml"
    config.write_text(CONFIG.replace("base: hitachi", "base: base-city"), encoding="utf-8")
    assert build_city(config).city.digest == city.digest


def test_a_feed_of_another_city_is_refused(base, tmp_path):
    tables = feed_tables(base)
    header, *stops = tables["stops"]
    write_feed(tmp_path / "feed.zip", tables | {"stops": [header, *[[i, n, y + 4.3, x] for i, n, y, x in stops]]})
    (tmp_path / "city.yaml").write_text(CONFIG, encoding="utf-8")  # as far as 青森市
    found = [p for p in check_city(tmp_path / "city.yaml") if p.severity == "error"]
    assert {p.code for p in found} == {"build.far_apart"}
    assert "日立市" in found[0].message.ja


# ---------------------------------------------------------------- scenarios


NAME_LINES = {"brt-extend-hitachi", "brt-autonomous", "drivers-school", "package-2031"}
"""Scenarios of the library that name lines of the bundled city by their id."""
NAME_STATIONS = {"estate-feeder", "estate-hub-feeder", "hospital-shuttle", "package-2031", "taga-east-gate"}
"""Scenarios of the library that name its stations by their id."""

BY_AGE = {"mobile-office-best", "package-2031"}
"""Scenarios of the library that choose places by people of 75 and older."""


def former_of(problems):
    return [p for p in problems if p.code.startswith("scenario.former_")]


@pytest.mark.parametrize("scenario_id", list_library())
def test_shipped_scenarios_apply_or_name_what_is_nearest(city, scenario_id):
    problems = check_scenario(city, read_scenario(scenario_id))
    errors = [p for p in problems if p.severity == "error"]
    assert errors == former_of(errors)
    if scenario_id == "brt-extend-hitachi":
        assert [p.code for p in errors] == ["scenario.former_route"]
        assert "hitachi-brt-real（ひたちBRT、36 m）" in errors[0].message.ja
        assert errors[0].where.startswith("brt-extend-hitachi.yaml:20 ")
        assert "hitachi-brt-real" in errors[0].hint.ja
    else:
        assert bool(errors) == (scenario_id in NAME_LINES)


def test_the_scenario_applies_once_the_ids_are_replaced_as_told(city):
    text = (Path(__file__).parents[2] / "scenarios" / "library" / "brt-extend-hitachi.yaml").read_text(encoding="utf-8")
    mended = parse_scenario(text.replace("routes: [hitachi-brt]", "routes: [hitachi-brt-real]"))
    applied = apply_scenario(city, mended)
    assert len(applied.city.timetable.stops.stop_id) == len(city.timetable.stops.stop_id) + 8


IDS = """
schema: ekisei-scenario/1
id: all-kinds
title: {ja: 全部, en: All}
description: {ja: 全種類の id, en: ids of all kinds}
year: 2023
plan_status: hypothetical
modifications:
  - {id: a, type: reroute, routes: [hitachi-brt], from_stop: brt-01, stops: [{id: jr-hitachi}], speed_kmh: 20}
  - {id: b, type: remove-stops, routes: [assumed-01], stops: [assumed-stop-002, jr-omika]}
  - {id: c, type: adjust-speed, patterns: [assumed-08-0], speed_kmh: 20, segments: [{from_stop: brt-02, to_stop: brt-05}]}
  - {id: d, type: remove-trips, routes: [ひたちBRT, assumed-99]}
"""


def test_every_id_is_named_at_its_line_in_one_go(city):
    with pytest.raises(ScenarioError) as raised:
        apply_scenario(city, parse_scenario(IDS, "mine.yaml"))
    found = {(p.where, p.code.removeprefix("scenario.")) for p in raised.value.problems}
    assert found == {
        ("mine.yaml:9 modifications[0].routes[0]", "former_route"),
        ("mine.yaml:9 modifications[0].from_stop", "former_stop"),
        ("mine.yaml:10 modifications[1].routes[0]", "former_route"),
        ("mine.yaml:10 modifications[1].stops[0]", "former_stop"),
        ("mine.yaml:11 modifications[2].patterns[0]", "former_pattern"),
        ("mine.yaml:11 modifications[2].segments[0].from_stop", "former_stop"),
        ("mine.yaml:11 modifications[2].segments[0].to_stop", "former_stop"),
        ("mine.yaml:12 modifications[3].routes[1]", "unknown_route"),
    }  # ひたちBRT is a name that the feed has too
    ids = {*city.timetable.stops.stop_id, *city.timetable.routes.route_id, *city.timetable.patterns.pattern_id}
    for problem in former_of(raised.value.problems):
        nearest = problem.message.ja.rpartition("最寄り: ")[2].partition("（")[0]
        assert nearest in ids
        assert " m）" in problem.message.ja
        assert nearest in problem.hint.ja
        assert nearest in problem.message.en


def test_a_feed_without_brt_is_told_but_stops_only_what_needs_one(base, folder, tmp_path):
    tables = feed_tables(base)
    tables["routes"] = [
        [c.replace("ひたちBRT", "大甕線") if isinstance(c, str) else c for c in r] for r in tables["routes"]
    ]
    write_feed(tmp_path / "feed.zip", tables)
    (tmp_path / "city.yaml").write_text(CONFIG, encoding="utf-8")
    city = build_city(tmp_path / "city.yaml").city
    assert "brt" not in city.timetable.routes.route_class
    trend = check_scenario(city, read_scenario("trend-r11"))
    assert [(p.code, p.severity) for p in former_of(trend)] == [("scenario.former_route_class", "warning")]
    assert "hitachi-brt-real（大甕線、36 m）" in former_of(trend)[0].message.ja
    applied = apply_scenario(city, read_scenario("trend-r11"))
    assert len(applied.city.timetable.trips.trip_id) < len(city.timetable.trips.trip_id)
    frequent = check_scenario(city, read_scenario("brt-frequent"))
    assert [(p.code, p.severity) for p in frequent if p.severity == "error"] == [
        ("scenario.former_route_class", "error")
    ]
    # Naming the route in the configuration mends it.
    (tmp_path / "city.yaml").write_text(f"{CONFIG}brt_routes: [大甕線]\n", encoding="utf-8")
    mended = build_city(tmp_path / "city.yaml").city
    assert not [p for p in check_scenario(mended, read_scenario("brt-frequent")) if p.severity == "error"]


# ---------------------------------------------------------------- what pages and the command line say


def test_the_badges_change_with_the_feed(base, city, tmp_path):
    done = run_batch(["baseline-r5"], with_few_cells(city), out=tmp_path, jobs=1, store=ResultStore(tmp_path / "store"))
    assert done.failures == ()
    view = view_run(read_run(tmp_path / "baseline-r5"))
    bare = build_context(base, Analysis(), Params(), reference=None)
    assert bare.timetable_status() is Status.ASSUMED  # as the page of the bundled city says of every share of stops
    for kpi in ("transit_coverage_share", "transit_gap_population"):
        row = view.of_kpi(kpi)
        assert row.status is Status.MODELLED
        assert view.rows[kpi, "no_assumed_lines", "all"].value == row.value  # nothing assumed runs any more
    manifests = [build_manifest(*case) for case in applied_baseline(base, city)]
    found = [[s["source_id"] for s in m["base_years"] if s["layer"].startswith("timetable")] for m in manifests]
    assert found == [["brt-facts", "rail-counts", "bus-skeleton"], ["feed", "rail-counts"]]
    assert [m["statuses"].get("timetable.skeleton") for m in manifests] == ["assumed", None]


def with_few_cells(city):
    """Return the city with one cell in twenty: sure or not does not depend on how many there are."""
    people, rows = city.population, slice(None, None, 20)
    columns = ("cell_id", "lonlat", "xy", "polygon_xy", "polygon_lonlat", "persons", "district")
    few = replace(people, vintages={}, **{c: getattr(people, c)[rows] for c in columns})
    return city.replace(population=few)


def applied_baseline(*cities):
    scenario = read_scenario("baseline-r5")
    return [(scenario, city, apply_scenario(city, scenario)) for city in cities]


def test_the_command_line_lists_all_at_once(city, tmp_path, capsys):
    folder = write_city(city, tmp_path / "own")
    (tmp_path / "mine.yaml").write_text(IDS, encoding="utf-8")
    names = ["trend-r11", "brt-extend-hitachi", str(tmp_path / "mine.yaml")]
    assert run_cli(["scenario", "check", *names, "--city", str(folder)], {}) == 2
    printed = "".join("".join(capsys.readouterr()).split())
    for place in ("brt-extend-hitachi.yaml:20", "mine.yaml:9", "mine.yaml:10", "mine.yaml:11", "mine.yaml:12"):
        assert place in printed
    assert printed.count("最寄り:") == 8


# ---------------------------------------------------------------- real feeds


def test_a_real_feed_moved_here_is_laid_over_whole(base, shared_data, tmp_path):
    shifted_copy(shared_data / "muroran" / "gtfs_donanbus_2020.zip", tmp_path / "feed.zip", base)
    (tmp_path / "city.yaml").write_text(CONFIG, encoding="utf-8")
    report = build_city(tmp_path / "city.yaml")
    city, rail = report.city, lines_of(base, "rail")
    # 706 stops, 74 routes, 541 trips and 20,594 stop times, as told where the feed comes from, beside the railway.
    assert city.timetable.n_stops == 706 + rail.n_stops
    assert len(city.timetable.routes.route_id) == 74 + 1
    assert len(city.timetable.trips.trip_id) == 541 + len(rail.trips.trip_id)
    assert len(city.timetable.trips.arrival_s) == 20_594 + len(rail.trips.arrival_s)
    assert (city.timetable.routes.status[1:] == "observed").all()
    # Trains run on the days of the feed of 2020 as they do in the bundled city on its own.
    assert city.defaults.date.startswith("2020")
    for day in ("date", "saturday", "holiday"):
        assert trains(city, getattr(city.defaults, day)) == trains(base, getattr(base.defaults, day)) > 0
    assert city.layer_digest("population") == base.layer_digest("population")
    for scenario_id in list_library():
        errors = [p for p in check_scenario(city, read_scenario(scenario_id)) if p.severity == "error"]
        assert errors == former_of(errors)
        assert bool(errors) == (scenario_id in NAME_LINES | {"brt-frequent"})  # the feed has no BRT; all others apply


def trains(city, day):
    timetable = city.timetable
    rail = timetable.routes.route_class[timetable.patterns.route[timetable.trips.pattern]] == "rail"
    return int((timetable.services.active_on(day)[timetable.trips.service] & rail).sum())


# ---------------------------------------------------------------- people and places

PLACES = """
schema: ekisei-scenario/1
id: places
title: {ja: 場所, en: Places}
description: {ja: 場所の id, en: ids of places}
year: 2023
plan_status: hypothetical
modifications:
  - {id: b, type: adjust-population, where: {cells: ["CELL"]}, scale: 1.1}
  - {id: c, type: adjust-facility, ids: [FACILITY], capacity: 3}
"""

MESH = """
id: hitachi-mesh
name: 日立市（メッシュ）
base: hitachi
population:
  kind: mesh_csv
  path: mesh.csv
  persons: people
  year: 2020
  base_date: 2020-10-01
facilities:
  - {path: clinics.csv, kind: clinic, id: id, name: name, lon: lon, lat: lat}
"""


def mesh_text(base):
    """Return people by 1 km mesh code, those of the bundled cells added up."""
    codes = np.array([c[:8] for c in base.population.cell_id.tolist()])
    known, row = np.unique(codes, return_inverse=True)
    persons = np.bincount(row, base.population.total)
    rows = "".join(f"{c},{n:.3f}\n" for c, n in zip(known.tolist(), persons.tolist(), strict=True))
    return f"mesh_code,people\n{rows}"


def test_a_mesh_and_a_list_of_clinics_replace_people_and_clinics(base, tmp_path):
    (tmp_path / "mesh.csv").write_text(mesh_text(base), encoding="utf-8")
    clinics = base.facilities.of_kind("clinic")[:20]
    rows = [f"new-{n},新診療所{n},{x:.5f},{y:.5f}" for n, (x, y) in enumerate(base.facilities.lonlat[clinics].tolist())]
    (tmp_path / "clinics.csv").write_text("\n".join(["id,name,lon,lat", *rows]) + "\n", encoding="utf-8")
    (tmp_path / "city.yaml").write_text(MESH, encoding="utf-8")
    city = build_city(tmp_path / "city.yaml").city
    for layer in ("timetable", "streets", "targets", "on_demand", "defaults"):
        assert city.layer_digest(layer) == base.layer_digest(layer)
    assert city.population.total.sum() == pytest.approx(base.population.total.sum(), abs=1)
    assert city.facilities.facility_id[-20:].tolist() == [f"new-{n}" for n in range(20)]
    others = base.facilities.kind != "clinic"
    assert city.facilities.facility_id[:-20].tolist() == base.facilities.facility_id[others].tolist()
    cell, clinic = str(base.population.cell_id[0]), str(base.facilities.facility_id[clinics[1]])
    wanted = PLACES.replace("CELL", cell).replace("FACILITY", clinic)
    found = {p.where.rpartition(" ")[2]: p for p in check_scenario(city, parse_scenario(wanted, "p.yaml"))}
    assert found["modifications[0].where.cells[0]"].message.ja.endswith(f"最寄り: {cell[:8]}（{far(base, city)} m）")
    assert "new-1（新診療所1、0 m）" in found["modifications[1].ids[0]"].message.ja
    assert {p.code for p in found.values()} == {"scenario.former_cell", "scenario.former_facility"}
    for scenario_id in list_library():  # districts, lines and stations are those of the base
        codes = [p.code for p in errors_of(city, scenario_id)]
        # the mesh tells no ages, so nothing can be weighed by them
        assert codes == (["scenario.ages_not_known"] if scenario_id in BY_AGE else [])


DISTRICTS = """
schema: ekisei-scenario/1
id: places
title: {ja: 場所, en: Places}
description: {ja: 地区, en: districts}
year: 2023
plan_status: hypothetical
modifications:
  - {id: a, type: adjust-population, where: {districts: [hanayama]}, scale: 1.1}
  - {id: d, type: add-facility, category: clinic, name: N, district: 諏訪}
"""


def test_own_districts_are_named_in_place_of_the_old_ones(base, tmp_path):
    people = base.population
    schools = {"type": "FeatureCollection", "features": []}
    for row, name in enumerate(people.district_name.tolist()):
        outline = shapely.union_all(people.polygon_lonlat[people.district == row])
        feature = {
            "type": "Feature",
            "properties": {"A27_004": f"{name}小学校"},
            "geometry": json.loads(shapely.to_geojson(outline)),
        }
        schools["features"].append(feature)
    (tmp_path / "gakku.geojson").write_text(json.dumps(schools, ensure_ascii=False), encoding="utf-8")
    config = """
        id: hitachi-gakku
        name: 日立市（学区）
        base: hitachi
        districts: {path: gakku.geojson, name: A27_004}
    """
    (tmp_path / "city.yaml").write_text(dedent(config), encoding="utf-8")
    city = build_city(tmp_path / "city.yaml").city
    assert np.array_equal(city.population.persons, people.persons)
    found = check_scenario(city, parse_scenario(DISTRICTS, "p.yaml"))
    assert [p.code for p in found] == ["scenario.former_district"] * 2
    nearest = [p.message.ja.rpartition("最寄り: ")[2] for p in found]
    assert nearest == ["塙山小学校（0 m）", "諏訪小学校（0 m）"]


def far(base, city):
    first = base.population.xy[0]
    return f"{np.hypot(*(city.population.xy - first).T).min():,.0f}"


def test_official_totals_fit_the_people_of_the_base(base, tmp_path):
    people = base.population
    totals = np.bincount(people.district, people.total, minlength=len(people.district_id)) * 1.02
    rows = [f"{n},{t:.0f}" for n, t in zip(people.district_name.tolist(), totals.tolist(), strict=True)]
    (tmp_path / "districts.csv").write_text("\n".join(["地区,人口", *rows]) + "\n", encoding="utf-8")
    config = """
        id: hitachi-fitted
        name: 日立市（地区別人口）
        base: hitachi
        controls:
          - {path: districts.csv, district: 地区, persons: 人口, date: 2023-10-01}
    """
    (tmp_path / "city.yaml").write_text(dedent(config), encoding="utf-8")
    city = build_city(tmp_path / "city.yaml").city
    fitted = np.bincount(people.district, city.population.total, minlength=len(totals))
    assert np.allclose(fitted, np.rint(totals), atol=0.01)
    assert city.former_ids == ()
    assert {s.source_id for s in base.sources} <= {s.source_id for s in city.sources}
    for scenario_id in list_library():
        errors = [p.code for p in check_scenario(city, read_scenario(scenario_id)) if p.severity == "error"]
        assert errors == []


def test_a_railway_feed_replaces_the_railway_and_keeps_the_buses(base, tmp_path):
    tables = feed_tables(base, ("jr-joban",), route_type=2)
    write_feed(tmp_path / "feed.zip", tables)
    (tmp_path / "city.yaml").write_text(CONFIG, encoding="utf-8")
    city = build_city(tmp_path / "city.yaml").city
    assert city.timetable.routes.route_id[-1] == "jr-joban-real"
    for route_class in ("bus", "brt"):
        assert digest_of(lines_of(city, route_class).trips) == digest_of(lines_of(base, route_class).trips)
    failing = {i for i in list_library() if errors_of(city, i)}
    assert failing == NAME_STATIONS
    stations = {p.message.ja.rpartition("最寄り: ")[2] for p in errors_of(city, "estate-feeder")}
    assert stations == {"003_A（日立駅、36 m）", "004_A（常陸多賀駅、36 m）", "005_A（大甕駅、36 m）"}


def errors_of(city, scenario_id):
    return [p for p in check_scenario(city, read_scenario(scenario_id)) if p.severity == "error"]
