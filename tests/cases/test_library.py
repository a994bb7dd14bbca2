"""The shipped scenarios on the bundled city: each does what its title says, and each moves a KPI."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
import yaml

from app.text.notes import translate_notes
from geodata.hitachi import load_hitachi
from scenarios.apply import apply_scenario
from scenarios.batch import run_batch
from scenarios.compare import compare_runs
from scenarios.files import list_library, parse_scenario, read_scenario, scenario_text
from scenarios.modifications.facility_rows import MEDICAL
from scenarios.store import read_run
from sim.context import RunContext
from sim.kpi import KPIS
from sim.kpi.judgement import is_same
from sim.operations.plan import operation_plan
from sim.reuse import PROCESS_REUSE
from tests.shared_runs import bundled_runs

CHOSEN = ("bus_rides_per_citizen", "bus_rides_total", "linked_trips_total", "car_vehicle_km", "co2_t")
"""What people choose: some go by train now who took the bus, and others take the seat or the car they left."""
LIBRARY = (
    "baseline-r5",
    "trend-r11",
    "brt-extend-hitachi",
    "brt-frequent",
    "clinic-no-succession",
    "clinic-succession",
    "estate-feeder",
    "guidance-station",
    "mobile-office-12",
    "mobile-office-best",
    "brt-autonomous",
    "estate-hub-feeder",
    "online-clinic",
    "doctor-car",
    "drivers-school",
    "licence-return-r11",
    "heavy-rain",
    "hospital-shuttle",
    "taga-east-gate",
    "package-2031",
)
OTHER_YEARS = {"taga-east-gate": 2028, "package-2031": 2031}
FUTURES = tuple(i for i in LIBRARY[2:] if i not in OTHER_YEARS)
FUTURE_AND_RETURNS = ("trend-r11", "licence-return-r11")
BESIDE_TODAY = {"drivers-school", "taga-east-gate"}
"""Scenarios whose title speaks of today's level; the others stand beside the do-nothing future."""
OWN_SETTINGS = {"online-clinic": "with-online"}
"""Scenario → the setting that holds what it does: visits online change no journey, so no default of the city moves."""


@pytest.fixture(scope="module")
def city():
    return load_hitachi()


@pytest.fixture(scope="module")
def applied(city):
    return {i: apply_scenario(city, read_scenario(i)) for i in LIBRARY}


@pytest.fixture(scope="module")
def runs(city, shared_folder, tmp_path_factory):
    root = tmp_path_factory.mktemp("library")
    _, store = bundled_runs(shared_folder / "hitachi")  # three of them are what the page is opened with
    done = run_batch(LIBRARY, city, out=root / "out", jobs=1, store=store)
    assert done.failures == ()
    return {r.scenario.id: read_run(root / "out" / r.scenario.id) for r in done.runs}


def test_the_library_is_complete():
    assert set(list_library()) == set(LIBRARY)


@pytest.mark.parametrize("scenario_id", LIBRARY)
def test_files_round_trip(scenario_id):
    scenario = read_scenario(scenario_id)
    assert parse_scenario(scenario_text(scenario)).digest == scenario.digest


def test_baseline_changes_nothing(city, applied):
    assert applied["baseline-r5"].city is city
    assert city.population.year == read_scenario("baseline-r5").year


def test_futures_extend_the_trend_and_compare_with_it(applied):
    for scenario_id in FUTURES:
        scenario = read_scenario(scenario_id)
        beside = "baseline-r5" if scenario_id in BESIDE_TODAY else "trend-r11"
        assert (scenario.year, scenario.compare_to, scenario.resolved_from) == (2029, beside, ("trend-r11",))
        assert {"fewer-brt", "fewer-buses", "fewer-clinics"} <= {m.id for m in scenario.modifications}
    for scenario_id, year in OTHER_YEARS.items():
        assert read_scenario(scenario_id).year == year


def test_every_number_of_the_eleven_has_a_source_or_is_called_assumed():
    for scenario_id in LIBRARY[9:]:
        scenario = read_scenario(scenario_id)
        inherited = {m.id for m in read_scenario("trend-r11").modifications}
        own = [m for m in scenario.modifications if m.override or m.id not in inherited]
        assert own or scenario.parameters, scenario_id
        assert scenario.source is not None or not scenario.parameters, scenario_id
        for mod in own:
            assert mod.source is not None, (scenario_id, mod.id)
            assert any(word in mod.source.ja for word in ("仮定", "実測", "公表", "検討中", "計画", "目標")), (
                scenario_id,
                mod.id,
            )
        assert scenario.title.ja != scenario.title.en
        assert len(scenario.description.ja) > 60


def test_clinics_close_in_the_numbers_told(city, applied):
    n_clinics = len(city.facilities.of_kind("clinic"))
    left = {i: len(a.city.facilities.of_kind("clinic")) for i, a in applied.items()}
    assert left["trend-r11"] == n_clinics - 8
    assert left["clinic-no-succession"] == n_clinics - 15
    assert left["clinic-succession"] == n_clinics - 4 + 2
    kept = {i: set(a.city.facilities.facility_id.tolist()) for i, a in applied.items()}
    assert kept["clinic-no-succession"] < kept["trend-r11"] < kept["clinic-succession"]


def test_the_brt_reaches_hitachi_station_both_ways(city, applied):
    timetable = applied["brt-extend-hitachi"].city.timetable
    station = city.timetable.stops.xy[list(city.timetable.stops.stop_id).index("jr-hitachi")]
    route = list(timetable.routes.route_id).index("hitachi-brt")
    mine = np.flatnonzero(timetable.patterns.route == route).tolist()
    patterns = [p for p in mine if "多賀駅前" in timetable.stops.name[timetable.patterns.stops_of(p)]]
    assert len(patterns) == 2
    for pattern in patterns:
        stops = timetable.patterns.stops_of(pattern)
        end = stops[0] if timetable.patterns.direction[pattern] == 1 - _direction_to_taga(city) else stops[-1]
        assert np.hypot(*(timetable.stops.xy[end] - station)) < 200
        hops = np.hypot(*np.diff(timetable.stops.xy[stops], axis=0).T)
        assert hops.max() < 1_500
    assert np.isin(timetable.stops.status[-8:], "assumed").all()


def _direction_to_taga(city):
    timetable = city.timetable
    for pattern, direction in enumerate(timetable.patterns.direction):
        stops = timetable.patterns.stops_of(pattern)
        if timetable.stops.name[stops[-1]] == "多賀駅前":  # the northern terminal today
            return int(direction)
    pytest.fail("no BRT pattern ends at 多賀駅前")


def test_more_frequent_brt_has_more_departures_than_today(city, applied):
    def departures(timetable):
        active = timetable.services.active_on(city.defaults.date)
        t = timetable.trips
        route = list(timetable.routes.route_id).index("hitachi-brt")
        mine = (timetable.patterns.route[t.pattern] == route) & active[t.service]
        runs = np.where(t.headway_s > 0, np.ceil((t.end_s - t.start_s) / np.maximum(t.headway_s, 1)), 1)
        return runs[mine].sum()

    today, trend, more = (
        departures(a.timetable) for a in (city, applied["trend-r11"].city, applied["brt-frequent"].city)
    )
    assert trend < today < more
    assert 0.75 < trend / today < 0.9


def test_guidance_moves_persons_and_keeps_the_total(applied):
    before, after = (applied[i].city.population for i in ("trend-r11", "guidance-station"))
    assert np.allclose(after.persons.sum(axis=0), before.persons.sum(axis=0), rtol=1e-9)
    assert np.isclose(np.maximum(after.total - before.total, 0).sum(), 1_500)


def test_the_mobile_office_has_twelve_places_and_one_van(applied):
    (plan,) = applied["mobile-office-12"].city.mobile_offices
    assert (len(plan.places), plan.n_vehicles, plan.plan_status) == (12, 1, "hypothetical")
    assert {v.per_month for p in plan.places for v in p.visits} == {2}


def test_the_best_places_beat_twelve_chosen_by_hand_for_those_they_are_chosen_for(applied):
    def reached(applied_one):
        (plan,) = applied_one.city.mobile_offices
        people = applied_one.city.population
        places = np.array([p.xy for p in plan.places])
        limit = plan.walk_m / applied_one.city.streets.walk_detour  # a walk along the road, as when they are chosen
        away = np.hypot(*(people.xy[:, None, :] - places[None, :, :]).transpose(2, 0, 1)).min(axis=1)
        return len(plan.places), float(people.at_least(75)[away <= limit].sum())

    by_hand, best = reached(applied["mobile-office-12"]), reached(applied["mobile-office-best"])
    assert by_hand[0] == best[0] == 12
    assert best[1] > 1.1 * by_hand[1] > 0


def test_the_chosen_plan_is_a_calendar_one_van_can_keep(applied):
    (plan,) = applied["mobile-office-best"].city.mobile_offices
    assert plan.chosen_by.startswith("この条件で最良")
    assert "証明済み" in plan.chosen_by
    visits = [(v, w) for p in plan.places for v in p.visits for w in v.weeks_of_month]
    assert {v.vehicle for v, _ in visits} == {0}
    assert {v.per_month for p in plan.places for v in p.visits} == {2}
    for one, week in visits:
        others = [v for v, w in visits if v is not one and (w, v.weekday) == (week, one.weekday)]
        assert all(v.end_s <= one.start_s or v.start_s >= one.end_s for v in others)


def test_eight_runs_drive_themselves_in_29_minutes_and_the_others_keep_their_times(city, applied):
    (operation,) = applied["brt-autonomous"].city.autonomous
    assert (operation.seats, operation.max_speed_kmh, operation.attendant) == (28, 40, "onboard")
    assert operation.domain_m == pytest.approx(6_100)
    timetable = applied["brt-autonomous"].city.timetable
    runs, ids = timetable.trips, set(operation.trip_ids)
    assert len(ids) == 8

    def on_the_busway(trip):
        names = timetable.stops.name[timetable.patterns.stops_of(runs.pattern[trip])].tolist()
        ends = sorted((names.index("南部図書館"), names.index("河原子（BRT）")))
        at = slice(runs.time_offsets[trip], runs.time_offsets[trip + 1])
        return (runs.arrival_s[at][ends[1]] - runs.departure_s[at][ends[0]]) / 60

    brt = timetable.routes.route_id[timetable.patterns.route[runs.pattern]] == "hitachi-brt"
    minutes = {str(runs.trip_id[t]): on_the_busway(t) for t in np.flatnonzero(brt).tolist()}
    assert {round(m, 1) for i, m in minutes.items() if i in ids} == {29.0}
    assert all(m < 24 for i, m in minutes.items() if i not in ids)


def test_the_feeder_serves_homes_in_the_estates_and_leaves_out_where_a_service_is(applied):
    found = applied["estate-hub-feeder"].city
    (feeder,) = [s for s in found.on_demand if s.service_id == "estate-on-demand"]
    assert (feeder.plan.policy, feeder.plan.fleet.n_vehicles, feeder.plan.fleet.speed_kmh) == ("feeder", 3, 20)
    assert {"jr-hitachi-taga", "jr-omika", "jr-hitachi"} <= set(feeder.plan.to_stops)
    assert len(found.hubs) == 3
    names = {str(found.population.district_id[d]) for d in found.population.district[_inside(found, feeder.plan)]}
    assert {"narusawa", "hanayama"} <= names
    assert not {"suwa", "kanesawa"} & names


def _inside(city, plan):
    return shapely.contains_xy(plan.area_xy, city.population.xy[:, 0], city.population.xy[:, 1])


def test_no_weekday_run_before_six_in_the_evening_is_cut_for_pupils(city, applied):
    def runs(timetable, start, end):
        trips, active = timetable.trips, timetable.services.active_on(city.defaults.date)
        road = np.isin(timetable.routes.route_class[timetable.patterns.route[trips.pattern]], ["brt", "bus"])
        regular = road & active[trips.service] & (trips.headway_s > 0)
        first, last = np.clip(trips.start_s, start, end), np.clip(trips.end_s, start, end)
        single = road & active[trips.service] & (trips.headway_s == 0)
        at = trips.departure_s[trips.time_offsets[:-1]]
        counted = np.where(regular, (last - first) / np.maximum(trips.headway_s, 1), 0).sum()
        return counted + (single & (at >= start) & (at < end)).sum()

    today, trend, school = (a.timetable for a in (city, applied["trend-r11"].city, applied["drivers-school"].city))
    six = 18 * 3600
    by_day = [runs(t, 0, six) for t in (today, trend, school)]
    at_night = [runs(t, six, 30 * 3600) for t in (today, trend, school)]
    assert by_day[1] < by_day[0] == pytest.approx(by_day[2])
    assert at_night[2] < at_night[0]


def _plan(applied_one):
    return operation_plan(RunContext(applied_one.city, applied_one.analysis, applied_one.params, PROCESS_REUSE))


def test_the_drivers_of_the_pupils_timetable_suffice_and_thinning_midday_would_save_none(city, applied):
    today, trend, school = (_plan(applied[i]) for i in ("baseline-r5", "trend-r11", "drivers-school"))
    limit = read_scenario("drivers-school").limits.drivers
    assert limit == int(0.85 * today.drivers)
    assert school.drivers <= limit < trend.drivers < today.drivers

    raw = yaml.safe_load(scenario_text(read_scenario("drivers-school")))
    for mod in raw["modifications"]:
        if mod["id"] == "fewer-buses":
            mod["entries"] = [{"start": "09:00", "end": "16:00", "headway_min": 140, "days": ["weekday"]}]
    raw["modifications"] = [mod for mod in raw["modifications"] if mod["id"] != "fewer-brt"]
    midday = _plan(apply_scenario(city, parse_scenario(yaml.safe_dump(raw, allow_unicode=True))))
    assert midday.bus_km < 0.9 * today.bus_km
    assert midday.drivers == today.drivers


def test_what_today_takes_is_the_limit_of_plans_that_add_service(applied):
    drivers = {i: _plan(applied[i]).drivers for i in ("baseline-r5", "brt-frequent", "package-2031")}
    limits = {i: read_scenario(i).limits.drivers for i in ("brt-frequent", "package-2031")}
    assert set(limits.values()) == {drivers["baseline-r5"]}
    assert drivers["brt-frequent"] <= limits["brt-frequent"]
    assert drivers["package-2031"] > limits["package-2031"]  # 成立しない


def test_no_train_and_no_brt_runs_on_the_day_of_rain_and_counters_open(city, applied):
    timetable = applied["heavy-rain"].city.timetable
    active = timetable.services.active_on(city.defaults.date)[timetable.trips.service]
    classes = timetable.routes.route_class[timetable.patterns.route[timetable.trips.pattern[active]]]
    assert set(classes.tolist()) == {"bus"}
    (plan,) = applied["heavy-rain"].city.mobile_offices
    assert (plan.use, plan.n_vehicles, len(plan.places)) == ("disaster", 2, 8)


def test_the_east_gate_is_east_of_the_tracks_and_nothing_else_changes(city, applied):
    found = applied["taga-east-gate"].city
    (gate,) = found.entrances
    stops = city.timetable.stops
    station = stops.xy[list(stops.stop_id).index("jr-hitachi-taga")]
    assert 80 < gate.xy[0] - station[0] < 250  # metres
    assert found.layer_digest("facilities") == city.layer_digest("facilities")
    assert read_scenario("taga-east-gate").plan_status == "planned"


def test_parameters_alone_make_a_scenario(applied):
    assert applied["online-clinic"].params.online_visit_share == 0.05
    assert applied["licence-return-r11"].params.licence_return_share == 0.3
    for scenario_id in ("online-clinic", "licence-return-r11"):
        assert applied[scenario_id].city.digest == applied["trend-r11"].city.digest


@pytest.mark.slow
def test_every_scenario_moves_a_kpi(runs):
    """A change of the city that shows on screen; what may be said about it is asked elsewhere."""
    for scenario_id in LIBRARY[1:]:
        settings = ("default", OWN_SETTINGS.get(scenario_id, "default"))
        for other in ("baseline-r5", "trend-r11"):
            if other == scenario_id:
                continue
            table = compare_runs(runs[other], runs[scenario_id])
            city_wide = table[table.setting.isin(settings) & (table.group == "all")]
            known = city_wide.dropna(subset="difference")
            moved = [not is_same(KPIS[k], d) for k, d in zip(known.kpi_id, known.difference, strict=True)]
            assert any(moved), (scenario_id, other)


@pytest.mark.slow
def test_no_run_tells_which_clinic_closed(runs, city):
    medical = [str(n) for n, k in zip(city.facilities.name, city.facilities.kind, strict=True) if k in MEDICAL]
    for scenario_id in ("trend-r11", "clinic-no-succession"):
        stored = runs[scenario_id]
        clinics = [
            f["properties"] for f in stored.layers["facilities"]["features"] if f["properties"]["kind"] == "clinic"
        ]
        assert len(clinics) == len(city.facilities.of_kind("clinic"))
        assert {(p["name"], p["change"]) for p in clinics} == {("", "same")}
        text = json.dumps(stored.manifest, ensure_ascii=False) + stored.kpi.to_csv() + stored.cells.to_csv()
        text += (stored.folder / "run.log").read_text(encoding="utf-8")
        text += (stored.folder / "scenario.yaml").read_text(encoding="utf-8")
        assert not [name for name in medical if name in text]


@pytest.mark.slow
def test_splits_add_up(runs):
    for scenario_id in LIBRARY[1:]:
        splits = runs[scenario_id].splits
        assert not splits.empty
        assert (splits.change - splits.demographic - splits.policy - splits.apparent).abs().max() < 1e-6


MOVED = (
    ("mobile-office-best", "mobile_office_coverage_share", "default", "75plus", 1),
    ("brt-autonomous", "city_office_within_30min_share", "default", "all", -1),  # 29 minutes instead of 21
    ("estate-hub-feeder", "city_office_within_30min_share", "default", "district:narusawa", 1),
    ("estate-hub-feeder", "catchment_population_share", "time-15min", "all", 1),
    ("online-clinic", "clinic_within_30min_share", "with-online", "all", 1),
    ("doctor-car", "emergency_within_15min_share", "doctor-car", "district:omika", 1),
    ("doctor-car", "emergency_within_15min_share", "default", "all", 1),
    ("licence-return-r11", "clinic_within_30min_share", "by-licence", "75plus", -1),
    ("heavy-rain", "station_front_30min_population", "default", "all", -1),
    ("heavy-rain", "works_arrival_share", "default", "all", -1),
    ("hospital-shuttle", "clinic_nearest_min", "mean", "all", -1),
    ("package-2031", "station_front_30min_population", "default", "all", 1),
    ("package-2031", "mobile_office_coverage_share", "default", "75plus", 1),
)
"""Scenario, KPI, setting, group that its title speaks of, and the way it goes against the do-nothing future."""


@pytest.mark.slow
@pytest.mark.parametrize(("scenario_id", "kpi", "setting", "group", "way"), MOVED)
def test_each_of_the_eleven_moves_what_its_title_speaks_of(runs, scenario_id, kpi, setting, group, way):
    before, after = (_number(runs[i], kpi, setting, group) for i in ("trend-r11", scenario_id))
    assert (after - before) * way > 0


def _number(stored, kpi, setting, group):
    frame = stored.kpi
    return frame[(frame.kpi_id == kpi) & (frame.setting == setting) & (frame.group == group)].value.item()


@pytest.mark.slow
def test_pupils_keep_todays_level_and_the_evening_pays(runs):
    splits = runs["drivers-school"].splits.set_index(["kpi_id", "setting", "group"])["policy"]
    assert abs(splits["school_arrival_share", "default", "all"]) < 0.002
    assert splits["station_front_30min_population", "default", "all"] == 0  # by day
    assert splits["last_bus_time", "default", "all"] < 0
    (verdict,) = runs["drivers-school"].manifest["limits"]
    assert (verdict["name"], verdict["holds"]) == ("drivers", True)


@pytest.mark.slow
def test_the_east_gate_brings_people_nearer_to_trains(runs):
    splits = runs["taga-east-gate"].splits.set_index(["kpi_id", "setting", "group"])["policy"]
    assert splits["station_front_30min_population", "no_assumed_lines", "all"] > 0
    assert splits["clinic_e2sfca", "default", "district:kawarago"] > 0  # the district east of the tracks
    assert splits["catchment_population_share", "jr-1000m", "all"] == 0  # a circle round the point of the station


@pytest.mark.slow
def test_the_east_gate_worsens_nothing_anywhere(runs):
    """One way in and changes more: no group of people loses, but by sharing the same doctors with those who come."""
    moved = runs["taga-east-gate"].splits.set_index(["kpi_id", "setting", "group"])["policy"]
    for (kpi_id, setting, group), policy in moved.items():
        good = KPIS[kpi_id].good
        if good == "none" or kpi_id in {"clinic_e2sfca", "access_gini", *CHOSEN}:
            continue
        if is_same(KPIS[kpi_id], policy):
            continue
        assert good == ("up" if policy > 0 else "down"), (kpi_id, setting, group, policy)
    assert abs(moved["clinic_e2sfca", "default", "all"]) < 0.01


@pytest.mark.slow
def test_more_ask_for_rides_where_licences_are_returned(runs):
    before, after = (runs[i].tables["on_demand_services"].set_index("service_id") for i in FUTURE_AND_RETURNS)
    assert (before["requests_by_returned_licences"] == 0).all()
    assert (after["requests_by_returned_licences"] > 0.05).all()
    assert (after["requests_per_day"] > before["requests_per_day"]).all()
    assert (after["people"] == before["people"]).all()
    rides = [_number(runs[i], "on_demand_rides_per_vehicle_hour", "default", "all") for i in FUTURE_AND_RETURNS]
    assert rides[1] > 1.05 * rides[0]


@pytest.mark.slow
def test_every_note_has_an_english_form(runs):
    names = ("station: ", "services: ", "lowest district: ")
    for scenario_id in LIBRARY:
        for note in runs[scenario_id].kpi.note.fillna("").unique():
            parts = zip(translate_notes(note, "ja"), translate_notes(note, "en"), strict=True)
            assert all(en != ja and (en.isascii() or en.startswith(names)) for ja, en in parts), note


@pytest.mark.slow
def test_what_does_not_move_stays_bit_for_bit(runs):
    """An office that visits changes no journey, and a doctor's car no clinic."""
    trend = runs["trend-r11"]
    for scenario_id, kpi in (
        ("mobile-office-best", "clinic_nearest_min"),
        ("doctor-car", "clinic_within_30min_share"),
        ("online-clinic", "station_front_30min_population"),
    ):
        assert _number(runs[scenario_id], kpi, "default", "all") == _number(trend, kpi, "default", "all")
