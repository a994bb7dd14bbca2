"""The bundled city: official totals exact, real facts kept, statuses told apart."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
import shapely

from geodata.city import City
from geodata.hitachi import load_hitachi
from geodata.hitachi.loading import FOLDER, load_bundle
from geodata.mesh import encode_many
from geodata.provenance import Status
from geodata.timetable import RouteClass


@pytest.fixture(scope="module")
def city() -> City:
    return load_hitachi()


def hundredths(values: np.ndarray) -> int:
    return int(np.rint(values * 100).sum())


def band_sum(city: City, *bands: str) -> float:
    index = [b.band_id for b in city.population.bands]
    return float(city.population.persons[:, [index.index(b) for b in bands]].sum())


def departures(city: City, pattern_id: str, date: str) -> list[tuple[int, int, int]]:
    """Return (start, end, headway) of the trips of a pattern that run on a date."""
    timetable = city.timetable
    trips = timetable.trips
    pattern = timetable.patterns.pattern_id.tolist().index(pattern_id)
    runs = (trips.pattern == pattern) & timetable.services.active_on(date)[trips.service]
    return [
        (int(trips.departure_s[trips.time_offsets[i]]), int(trips.end_s[i]), int(trips.headway_s[i]))
        for i in np.flatnonzero(runs)
    ]


def count_runs(rows: list[tuple[int, int, int]]) -> int:
    return sum(1 if headway == 0 else (end - start) // headway for start, end, headway in rows)


# ---------------------------------------------------------------- people


def test_totals_are_exact(city: City) -> None:
    assert hundredths(city.population.persons) == 165_822_00
    assert hundredths(city.population.vintages[2020]) == 174_508_00
    assert (city.population.year, city.population.base_date) == (2023, "2024-01-01")


def test_did_totals_are_exact_in_the_committed_table() -> None:
    import pandas as pd

    cells = pd.read_csv(FOLDER / "cells.csv")
    sums = {c: hundredths(cells[c].to_numpy()) for c in cells.columns if c.startswith("persons_2020_")}
    assert sums == {
        "persons_2020_did1": 136_556_00,
        "persons_2020_did2": 9_078_00,
        "persons_2020_rest": (174_508 - 136_556 - 9_078) * 100,
    }


def test_city_wide_ages_follow_the_published_shares(city: City) -> None:
    assert band_sum(city, "0-14") == pytest.approx(165_822 * 14_747 / 163_300, abs=0.5)
    assert band_sum(city, "20-39") == pytest.approx(165_822 * 27_432 / 163_300, abs=0.5)
    assert band_sum(city, "65-74", "75-84", "85+") == pytest.approx(165_822 * 0.327, abs=1.0)
    assert city.population.group("65plus").sum() == pytest.approx(165_822 * 0.327, abs=1.0)
    assert (city.population.persons >= 0).all()


def test_estates_are_older_than_the_city(city: City) -> None:
    # The cell of 高鈴町三丁目 against that of 大みか町一丁目, a place without any figure of its own.
    population = city.population
    index = population.cell_id.tolist()
    estate, other = (index.index(c) for c in encode_many(np.array([(140.64866, 36.60316), (140.62186, 36.51034)]), 5))
    older = population.at_least(65) / np.maximum(population.total, 1e-9)
    assert older[estate] == pytest.approx(0.5, abs=0.03)
    assert older[other] == pytest.approx(0.32, abs=0.03)


def test_cells_are_250_m_and_where_their_code_says(city: City) -> None:
    population = city.population
    assert {len(c) for c in population.cell_id.tolist()} == {10}
    assert encode_many(population.lonlat, 5).tolist() == population.cell_id.tolist()
    assert population.area_m2 == pytest.approx(np.full(population.n_cells, 64_500), rel=0.02)
    assert shapely.area(shapely.union_all(population.polygon_xy)) / 1e6 == pytest.approx(225.7, rel=0.05)


def test_every_cell_has_one_of_24_districts(city: City) -> None:
    population = city.population
    assert len(population.district_id) == 24
    assert set(population.district.tolist()) == set(range(24))
    by_district = sum(population.group(f"district:{d}").sum() for d in population.district_id)
    assert by_district == pytest.approx(165_822)


@pytest.mark.parametrize(("radius_m", "low", "high"), [(800, 0.15, 0.17), (1000, 0.23, 0.26), (1050, 0.255, 0.275)])
def test_station_shares_are_those_the_dids_give(city: City, radius_m: float, low: float, high: float) -> None:
    stations = city.timetable.stops_of_class(RouteClass.RAIL)
    stations = stations[city.timetable.stops.in_city[stations]]
    circles = shapely.union_all(shapely.buffer(shapely.points(city.timetable.stops.xy[stations]), radius_m))
    cells = city.population.polygon_xy
    share = shapely.area(shapely.intersection(cells, circles)) / shapely.area(cells)
    assert low <= (share * city.population.total).sum() / city.population.total.sum() <= high


# ---------------------------------------------------------------- timetable


@pytest.mark.parametrize("date", ["2025-10-15", "2025-10-18", "2025-10-19", "2025-11-03"])
def test_jr_has_forty_trains_each_way_every_day(city: City, date: str) -> None:
    assert [count_runs(departures(city, f"jr-joban-{d}", date)) for d in (0, 1)] == [40, 40]


def test_five_stations_in_the_city_and_two_beyond(city: City) -> None:
    rail = city.timetable.stops_of_class(RouteClass.RAIL)
    inside = city.timetable.stops.in_city[rail]
    names = city.timetable.stops.name[rail]
    assert names[inside].tolist() == ["十王駅", "小木津駅", "日立駅", "常陸多賀駅", "大甕駅"]
    assert names[~inside].tolist() == ["高萩駅", "東海駅"]


def test_jr_running_times_are_the_published_ones(city: City) -> None:
    # 小木津 to 日立: 5 minutes from departure to arrival in the train of 2016-12.
    trips, stops = city.timetable.trips, city.timetable.stops.name.tolist()
    order = [stops[s] for s in city.timetable.patterns.stops_of(0)]
    ogitsu, hitachi = order.index("小木津駅"), order.index("日立駅")
    first = int(trips.time_offsets[0])
    assert trips.arrival_s[first + hitachi] - trips.departure_s[first + ogitsu] == 300


@pytest.mark.parametrize(
    ("pattern", "date", "first", "last", "runs"),
    [
        ("hitachi-brt-0", "2025-10-15", "06:01", "22:35", 36),
        ("hitachi-brt-1", "2025-10-15", "05:51", "21:42", 36),
        ("hitachi-brt-0", "2025-10-18", "06:15", "21:45", 24),
        ("hitachi-brt-1", "2025-11-03", "06:32", "21:00", 24),
    ],
)
def test_brt_first_and_last_departures_are_real(
    city: City, pattern: str, date: str, first: str, last: str, runs: int
) -> None:
    rows = sorted(departures(city, pattern, date))
    fixed = [f"{start // 3600:02d}:{start // 60 % 60:02d}" for start, _, headway in rows if headway == 0]
    assert fixed == [first, last]
    assert count_runs(rows) == runs
    blocks = [r for r in rows if r[2]]
    assert rows[0][0] <= blocks[0][0]
    assert blocks[-1][1] <= rows[-1][0]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(blocks))


def test_last_run_from_taga_reaches_omika_at_its_published_time(city: City) -> None:
    # Not used to place anything: 多賀 22:35 and 大甕駅西口 22:54 are two facts of the same page.
    timetable = city.timetable
    pattern = timetable.patterns.pattern_id.tolist().index("hitachi-brt-0")
    names = [timetable.stops.name[s] for s in timetable.patterns.stops_of(pattern)]
    trip = timetable.trips.trip_id.tolist().index("hitachi-brt-0:weekday:6")
    row = int(timetable.trips.time_offsets[trip]) + names.index("大甕駅西口（学園前）")
    assert timetable.trips.departure_s[row] == pytest.approx(22 * 3600 + 54 * 60, abs=60)


def test_brt_stops_stand_in_order_on_their_line(city: City) -> None:
    timetable = city.timetable
    pattern = timetable.patterns.pattern_id.tolist().index("hitachi-brt-0")
    stops = timetable.patterns.stops_of(pattern)
    assert timetable.stops.name[stops[0]] == "多賀駅前"
    assert timetable.stops.name[stops[-1]] == "おさかなセンター"
    assert len(stops) == 23
    low, high = timetable.patterns.shape_offsets[pattern : pattern + 2]
    line = shapely.linestrings(timetable.patterns.shape_lonlat[low:high])
    points = shapely.points(timetable.stops.lonlat[stops])
    assert shapely.distance(points, line).max() < 2e-5
    assert (np.diff(shapely.line_locate_point(line, points)) > 0).all()
    assert (timetable.stops.position_error_m[stops] >= 100).all()


def test_brt_busway_takes_21_minutes(city: City) -> None:
    timetable = city.timetable
    pattern = timetable.patterns.pattern_id.tolist().index("hitachi-brt-0")
    names = [timetable.stops.name[s] for s in timetable.patterns.stops_of(pattern)]
    start = int(timetable.trips.time_offsets[timetable.trips.pattern.tolist().index(pattern)])
    times = timetable.trips.departure_s[start : start + len(names)]
    busway = times[names.index("南部図書館")] - times[names.index("河原子（BRT）")]
    assert busway == pytest.approx(21 * 60, abs=1)
    assert 30 <= (times[-1] - times[0]) / 60 <= 35


def test_works_branch_is_listed_without_runs(city: City) -> None:
    timetable = city.timetable
    works = timetable.patterns.pattern_id.tolist().index("hitachi-brt-works")
    assert works not in timetable.trips.pattern
    assert [timetable.stops.name[s] for s in timetable.patterns.stops_of(works)][1:] == ["臨海工場前", "大甕工場前"]


def test_only_invented_lines_are_assumed(city: City) -> None:
    routes = city.timetable.routes
    assumed = routes.status == Status.ASSUMED
    assert set(routes.route_class[~assumed]) == {RouteClass.RAIL, RouteClass.BRT}
    assert set(routes.route_class[assumed]) == {RouteClass.BUS}
    assert all(name.startswith("仮定のバス路線") for name in routes.name[assumed])
    assert not routes.agency[assumed].any()


def test_nearly_everyone_in_a_did_has_some_stop_nearby(city: City) -> None:
    import pandas as pd

    cells = pd.read_csv(FOLDER / "cells.csv", usecols=["persons_2020_did1", "persons_2020_did2"]).to_numpy().sum(axis=1)
    stop, _ = city.timetable.routes_at_stop()
    served = city.timetable.stops.xy[np.unique(stop)]
    distance = np.min(np.hypot(*(city.population.xy[:, None, :] - served[None]).transpose(2, 0, 1)), axis=1)
    assert cells[distance <= 500].sum() / cells.sum() > 0.9


def test_trip_times_never_go_back(city: City) -> None:
    trips = city.timetable.trips
    assert (trips.departure_s >= trips.arrival_s).all()
    for first, last in itertools.pairwise(trips.time_offsets.tolist()):
        assert (trips.arrival_s[first + 1 : last] >= trips.departure_s[first : last - 1]).all()


# ---------------------------------------------------------------- places, targets, sources


def test_facilities_are_those_of_the_lists(city: City) -> None:
    facilities = city.facilities
    counts = {k: len(facilities.of_kind(k)) for k in ("clinic", "hospital", "city_office", "station_front", "shelter")}
    assert counts == {"clinic": 76, "hospital": 13, "city_office": 1, "station_front": 5, "shelter": 117}
    assert facilities.name[~facilities.open_to_public].tolist() == ["日立健康管理センタ"]
    assert len(facilities.hours_facility) == 0
    assert len(set(facilities.facility_id.tolist())) == facilities.n_facilities


def test_hazards_are_kept_for_emergency_sites(city: City) -> None:
    facilities = city.facilities
    shelters = facilities.of_kind("shelter")
    with_hazards = [h for h in facilities.hazards[shelters] if h]
    assert len(with_hazards) == 94
    assert sum("earthquake" in h.split("|") for h in with_hazards) == 94
    assert sum("volcano" in h.split("|") for h in with_hazards) == 0
    kuji = facilities.name[shelters].tolist().index("久慈交流センター")
    assert facilities.hazards[shelters][kuji] == "landslide|storm_surge|earthquake|fire"


def test_branches_of_unknown_place_say_so(city: City) -> None:
    facilities = city.facilities
    branches = facilities.of_kind("branch_office")
    known = facilities.name[branches] == "南部支所"
    assert known.sum() == 1
    assert set(facilities.status[branches][~known]) == {Status.ASSUMED}
    assert (facilities.position_error_m[branches][~known] == 1000).all()


def test_official_targets(city: City) -> None:
    rows = {
        (r.kpi_id, r.kind): (r.value, r.year, r.judged) for r in city.targets.rows if r.kind in {"baseline", "target"}
    }
    assert rows["catchment_population_share", "baseline"] == (0.271, 2023, True)
    assert rows["catchment_population_share", "target"] == (0.275, 2029, True)
    assert rows["bus_rides_per_citizen", "target"] == (15.0, 2029, True)
    assert rows["clinics_per_100k", "baseline"] == (58.0, 2022, True)
    assert rows["mynumber_service_share", "target"] == (0.6, 2029, True)
    assert ("clinics_count", "baseline") not in rows  # not published: it follows from the rate
    judged = {kpi for (kpi, _), (_, _, is_judged) in rows.items() if is_judged}
    assert judged == {
        "catchment_population_share",
        "bus_rides_per_citizen",
        "clinics_per_100k",
        "mynumber_service_share",
    }


def test_population_path_and_controls_agree(city: City) -> None:
    path = city.targets.path("population")
    assert path[2023] == 165_822
    assert path[2050] == 104_391
    assert city.targets.path("population", "path-vision")[2040] == 135_000
    controls = [r for r in city.targets.rows if r.kind == "control"]
    assert sum(r.value for r in controls) == path[2035] == 137_328


def test_every_row_names_a_source_of_the_manifest(city: City) -> None:
    known = {s.source_id for s in city.sources}
    used = {*city.facilities.source_id, *city.timetable.routes.source_id, *(r.source for r in city.targets.rows)}
    assert used | {s.source for s in city.on_demand} <= known
    assert all(s.credit and s.licence and s.date for s in city.sources)


def test_statuses_of_layers(city: City) -> None:
    found = {layer: city.status_of(layer) for layer in ("population", "population.ages", "facilities", "streets")}
    assert found == {
        "population": Status.MODELLED,
        "population.ages": Status.ASSUMED,
        "facilities": Status.OBSERVED,
        "streets": Status.ASSUMED,
    }


def test_services_that_run_say_what_is_assumed_of_them(city: City) -> None:
    assert [s.name.ja[:4] for s in city.on_demand] == ["みなみ号", "なかさと", "地域モビ", "地域モビ"]
    listed, *running = city.on_demand
    assert not listed.computed
    assert listed.status is Status.OBSERVED
    assert "一覧のみ" in listed.area.ja
    assert {s.status for s in running} == {Status.ASSUMED}
    assert all("仮定" in s.note.ja and "assumed" in s.note.en for s in running)
    assert city.status_of("on_demand") is Status.ASSUMED


def test_services_run_where_their_district_is(city: City) -> None:
    population = city.population
    for service in city.on_demand[1:]:
        assert service.plan is not None
        inside = shapely.intersects_xy(service.plan.area_xy, population.xy[:, 0], population.xy[:, 1])
        assert set(population.district_id[population.district[inside]]) == {service.service_id}
        assert service.plan.area_xy.is_valid
    kanesawa, suwa = (s for s in city.on_demand if s.service_id in {"kanesawa", "suwa"})
    assert kanesawa.plan is not None
    assert suwa.plan is not None
    assert (kanesawa.plan.fleet.n_vehicles, kanesawa.plan.pass_yen_month, kanesawa.plan.business) == (2, 1_500.0, "")
    assert (suwa.plan.fleet.n_vehicles, suwa.plan.from_age, suwa.plan.days.bit_count()) == (2, 65, 3)


def test_defaults_are_three_kinds_of_days(city: City) -> None:
    from geodata.calendar import day_type

    dates = (city.defaults.date, city.defaults.saturday, city.defaults.holiday)
    assert [day_type(d) for d in dates] == ["weekday", "saturday", "holiday"]


def test_loading_twice_gives_the_same_city(city: City) -> None:
    assert load_bundle(FOLDER).digest == city.digest


def test_importing_the_package_reads_nothing() -> None:
    code = "import sys, geodata.hitachi; sys.exit('pandas' in sys.modules or 'shapely' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
