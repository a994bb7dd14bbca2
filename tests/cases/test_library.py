"""The shipped scenarios on the bundled city: each does what its title says, and each moves a KPI."""

from __future__ import annotations

import json

import numpy as np
import pytest

from geodata.hitachi import load_hitachi
from scenarios.apply import apply_scenario
from scenarios.compare import compare_runs
from scenarios.files import list_library, parse_scenario, read_scenario, scenario_text
from scenarios.modifications.facility_rows import MEDICAL
from scenarios.runner import run_batch
from scenarios.store import ResultStore, read_run

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
)
FUTURES = LIBRARY[2:]


@pytest.fixture(scope="module")
def city():
    return load_hitachi()


@pytest.fixture(scope="module")
def applied(city):
    return {i: apply_scenario(city, read_scenario(i)) for i in LIBRARY}


@pytest.fixture(scope="module")
def runs(city, tmp_path_factory):
    root = tmp_path_factory.mktemp("library")
    done = run_batch(LIBRARY, city, out=root / "out", jobs=1, store=ResultStore(root / "store"))
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
        assert (scenario.year, scenario.compare_to, scenario.resolved_from) == (2029, "trend-r11", ("trend-r11",))
        assert {"fewer-brt", "fewer-buses", "fewer-clinics"} <= {m.id for m in scenario.modifications}


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


@pytest.mark.slow
def test_every_scenario_moves_a_kpi(runs):
    for scenario_id in LIBRARY[1:]:
        for other in ("baseline-r5", "trend-r11"):
            if other == scenario_id:
                continue
            table = compare_runs(runs[other], runs[scenario_id])
            shown = table[(table.setting == "default") & (table.group == "all")]
            assert (shown.judgement != "none").any(), (scenario_id, other)


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
        assert (splits.change - splits.demographic - splits.policy).abs().max() < 1e-6
