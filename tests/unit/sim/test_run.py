"""Whole runs on the grid city, against arithmetic and against each other."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.boundaries import Zone
from geodata.errors import Text
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.provenance import Source, Status
from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import default_facilities, facilities_from_rows
from sim.context import RunContext
from sim.kpi import CELL_COLUMNS, KPIS
from sim.kpi.measures import MEASURES
from sim.params import Analysis, Params
from sim.population import project_population
from sim.results import KPI_COLUMNS, kpi_frame
from sim.reuse import Reuse
from sim.ridership.base_names import BASE_COLUMN_NAMES
from sim.run import group_surety, run_models
from tests.unit.sim.few_kpis import run_of

ANALYSIS, PARAMS = Analysis(), Params()
TOTAL = 9_600.0
SHARE = "catchment_population_share"


def run(city, **kwargs):
    return run_models(city, kwargs.pop("analysis", ANALYSIS), kwargs.pop("params", PARAMS), reuse=Reuse(), **kwargs)


@pytest.fixture(scope="module")
def city():
    return grid_city()


@pytest.fixture(scope="module")
def baseline(city):
    return run(city)


def test_every_kpi_has_rows_with_the_default_setting_first(baseline):
    frame = kpi_frame(baseline.kpis, "baseline-r5", 2023)
    assert tuple(frame.columns) == KPI_COLUMNS
    assert list(dict.fromkeys(frame["kpi_id"])) == list(KPIS)
    for (kpi_id, _), rows in frame.groupby(["kpi_id", "group"], sort=False):
        assert rows["setting"].iloc[0] == "default"
        assert rows["setting"].is_unique, kpi_id
        assert rows["setting"].iloc[-1] == "no_assumed_lines"
        assert set(rows["setting"]) == set(KPIS[kpi_id].settings)


def test_every_kpi_of_the_registry_is_measured():
    assert set(MEASURES) == set(KPIS)


def test_the_table_of_cells_is_as_declared(baseline, city):
    assert list(baseline.cells.columns) == list(CELL_COLUMNS)
    assert baseline.cells["cell_id"].tolist() == city.population.cell_id.tolist()
    assert baseline.cells["persons"].sum() == TOTAL


def test_the_baseline_shows_exactly_what_the_city_publishes(baseline):
    assert baseline.find("catchment_population_share").value == 0.271
    assert baseline.find("catchment_population").value == pytest.approx(0.271 * TOTAL)
    assert baseline.find("clinics_per_100k").value == 58.0


def test_the_catchment_is_the_area_of_circles_over_the_area_of_the_city(baseline):
    # Three stations on the middle line, two of them on the edge of the city: one whole circle and two halves.
    expected = 2 * np.pi * 1000**2 / (4000 * 6000)
    assert baseline.find("catchment_population_share").model_value == pytest.approx(expected, rel=1e-9)
    assert baseline.find("catchment_population").model_value == pytest.approx(expected * TOTAL, rel=1e-9)


def test_a_walk_of_ten_minutes_is_a_circle_of_800_m_without_detour(baseline):
    walk = baseline.find("catchment_population_share", "walk-10min").model_value
    assert walk == pytest.approx(baseline.find("catchment_population_share", "jr-800m").model_value, rel=1e-9)


def test_a_detour_shrinks_the_walk(city):
    row = run_of(city, SHARE, params=Params(walk_detour=1.3)).find(SHARE, "walk-10min")
    assert row.model_value == pytest.approx(2 * np.pi * (800 / 1.3) ** 2 / (4000 * 6000), rel=1e-9)


def test_fitted_radii_reproduce_the_official_share_on_the_baseline(baseline):
    for setting in ("jr-fitted", "jr-brt300-fitted"):
        row = baseline.find("catchment_population_share", setting)
        assert row.model_value == pytest.approx(0.271, abs=0.0006)
        assert "半径" in row.note


def test_a_definition_far_from_the_official_figure_is_marked(baseline):
    assert "参考値" in baseline.find("catchment_population_share", "jr-800m").note
    assert "参考値" not in baseline.find("catchment_population_share", "jr-1000m").note


def test_a_drawn_area_is_a_definition_too(city):
    half = shapely.box(0, 0, 2000, 6000)
    drawn = city.replace(zones=(Zone("u1", "user", Text("区域", "area"), half, half),))
    assert run_of(drawn, SHARE).find(SHARE, "user-polygon").model_value == pytest.approx(0.5)
    assert run_of(city, SHARE).find(SHARE, "user-polygon").status is Status.NO_DATA


def test_districts_with_a_station_are_named_and_assumed(baseline):
    row = baseline.find("catchment_population_share", "district-list")
    assert row.status is Status.ASSUMED
    assert "地区" in row.note


def test_a_city_without_official_figures_shows_the_model(city):
    row = run(grid_city(with_targets=False)).find("catchment_population_share")
    assert row.value == row.model_value
    assert "公表値なし" in row.note


def test_a_city_without_a_railway_has_no_catchment_instead_of_an_empty_one():
    bus_only = grid_city(timetable=timetable_from_text("stop A 0 0\nstop B 900 0\ntrip R A 10:00 B 10:10"))
    result = run(bus_only)
    row = result.find("catchment_population_share")
    assert (row.value, row.status) == (None, Status.NO_DATA)
    assert result.cells["catchment_share"].isna().all()
    assert np.isinf(result.cells["station_distance_m"]).all()


def test_districts_add_up_to_the_city(baseline, city):
    persons = {d: city.population.group(f"district:{d}").sum() for d in city.population.district_id}
    for kpi_id in ("catchment_population_share", "transit_coverage_share", "clinic_within_30min_share"):
        parts = sum(p * baseline.find(kpi_id, group=f"district:{d}").model_value for d, p in persons.items())
        assert parts / TOTAL == pytest.approx(baseline.find(kpi_id).model_value, rel=1e-12)
    for kpi_id in ("catchment_population", "clinics_count"):
        parts = sum(baseline.find(kpi_id, group=f"district:{d}").model_value for d in persons)
        assert parts == pytest.approx(baseline.find(kpi_id).model_value, rel=1e-12)


def test_older_people_walk_slower(baseline):
    share = {g: baseline.find("clinic_within_30min_share", group=g).value for g in ("all", "65plus", "75plus")}
    assert share["75plus"] < share["65plus"] < share["all"]
    # every cell holds 90 standard and 10 older walkers; 65plus are 20 and 10 of them
    young = (share["all"] - 0.1 * share["75plus"]) / 0.9
    assert share["65plus"] == pytest.approx((20 * young + 10 * share["75plus"]) / 30)


def test_gaps_that_rest_on_assumed_lines_are_withheld_unless_asked_for(city, baseline):
    row = baseline.find("transit_gap_population")
    assert (row.value, row.note) == (None, "算定不可（実GTFSが必要）")
    bare = baseline.find("transit_gap_population", "no_assumed_lines")
    opted = run_of(city, "transit_gap_population", analysis=Analysis(include_assumed_lines=True)).kpis[0]
    assert opted.value < bare.value
    assert "参考値" in opted.note


def test_without_assumed_lines_nothing_is_withheld_and_nothing_repeats_differently(city):
    feed = "stop J0 2000 0\nstop J1 2000 3000\nroute JR rail\ntrip JR J0 10:00 J1 10:05"
    result = run(grid_city(timetable=timetable_from_text(feed)))
    for kpi_id in KPIS:
        assert replace(result.find(kpi_id, "no_assumed_lines"), setting="default") == result.find(kpi_id)


def test_clinics_are_counted_where_they_stand(baseline):
    assert baseline.find("clinics_count").model_value == 2.0
    assert baseline.find("clinics_per_100k").model_value == pytest.approx(2 / TOTAL * 1e5)
    assert baseline.find("clinics_count", group="65plus") is None


def test_in_house_clinics_do_not_count():
    closed = default_facilities(4000.0, 6000.0)
    closed = replace(closed, open_to_public=closed.facility_id != "clinic-1")
    assert run_of(grid_city(facilities=closed), "clinics_count").find("clinics_count").model_value == 1.0


def test_a_new_clinic_adds_one_to_the_official_count(city, baseline):
    rows = [("clinic-9", "clinic", (3000.0, 3000.0), "")]
    old = default_facilities(4000.0, 6000.0)
    more = facilities_from_rows(
        [(i, k, tuple(xy), h) for i, k, xy, h in zip(old.facility_id, old.kind, old.xy, old.hazards, strict=True)]
        + rows
    )
    result = run(city.replace(facilities=more), reference=baseline)
    assert result.find("clinics_count").value == pytest.approx(baseline.find("clinics_count").value + 1)
    assert result.find("clinics_per_100k").value == pytest.approx(58.0 + 1e5 / TOTAL)


def test_shelters_are_chosen_by_hazard(baseline):
    assert baseline.find("shelter_walk_min", "tsunami").value > baseline.find("shelter_walk_min").value
    assert baseline.find("shelter_walk_min", "flood").status is Status.NO_DATA


def test_the_walk_to_a_shelter_follows_from_distance_and_speed():
    one = facilities_from_rows([("s", "shelter", (250.0, 250.0), "earthquake")])
    result = run(grid_city(n_x=2, n_y=1, facilities=one))
    assert result.cells["shelter_walk_min"].tolist() == pytest.approx([0.0, 500 / 80], abs=0.02)
    assert result.find("shelter_walk_min", group="district:east").value == pytest.approx(500 / 80, abs=0.02)


def _plan(walk_m=500.0, weeks=(1, 3)):
    visit = OfficeVisit(1, 36_000, 54_000, weeks)
    place = OfficePlace("p1", Text("会館", "hall"), (140.6, 36.5), (2000.0, 3000.0), (visit, replace(visit, weekday=3)))
    return MobileOfficePlan("m1", Text("動く市役所", "mobile office"), "hypothetical", ("証明書",), 1, (place,), walk_m)


def test_no_plan_is_zero_coverage_not_missing(baseline):
    row = baseline.find("mobile_office_coverage_share")
    assert (row.value, row.note) == (0.0, "開設計画なし")


def test_a_visit_covers_a_walk_around_it(city):
    result = run_of(
        city.replace(mobile_offices=(_plan(),)), "mobile_office_coverage_share", "mobile_office_visits_per_month"
    )
    circle = np.pi * 500**2 / (4000 * 6000)
    covered = result.find("mobile_office_coverage_share")
    assert covered.value == pytest.approx(circle, rel=1e-9)
    assert result.find("mobile_office_coverage_share", "walk-300m").value == pytest.approx(circle * 0.36, rel=1e-9)
    assert result.find("mobile_office_visits_per_month").value == pytest.approx(4 * circle, rel=1e-9)
    assert covered.note == "計画の段階: 仮想"


def test_an_unchanged_city_equals_its_reference_bit_for_bit(city, baseline):
    again = run(city, reference=baseline, demographic=baseline)
    assert again.kpis == baseline.kpis
    assert set(baseline.cells) - set(again.cells) == set(BASE_COLUMN_NAMES)  # the baseline's alone
    pd.testing.assert_frame_equal(again.cells, baseline.cells[list(again.cells)], check_exact=True)
    assert all((s.change, s.demographic, s.policy) == (0.0, 0.0, 0.0) for s in again.splits)


def test_stored_baselines_give_their_radii_back_through_their_notes(city, baseline):
    again = run(city, reference=replace(baseline, fitted=()))
    assert again.fitted == baseline.fitted


def test_change_splits_into_population_and_policy(city, baseline):
    older = project_population(city, 2029, PARAMS)
    trend = run(older, reference=baseline)
    moved = older.replace(
        facilities=replace(older.facilities, open_to_public=older.facilities.facility_id != "clinic-1")
    )
    result = run(moved, reference=baseline, demographic=trend)
    split = {(s.kpi_id, s.setting, s.group): s for s in result.splits}
    clinics = split["clinics_count", "default", "all"]
    assert (clinics.demographic, clinics.policy) == (0.0, -1.0)
    rate = split["clinics_per_100k", "default", "all"]
    assert rate.demographic > 0 > rate.policy
    for s in result.splits:
        assert s.demographic + s.policy + s.apparent == pytest.approx(s.change, abs=1e-9)


def test_the_pivot_follows_people_who_move(city, baseline):
    persons = city.population.persons.copy()
    near = baseline.cells["catchment_share"].to_numpy() == 1.0
    far = baseline.cells["catchment_share"].to_numpy() == 0.0
    persons[np.flatnonzero(far)[0]] *= 0.5  # 50 of 100 people move beside a station
    persons[np.flatnonzero(near)[0]] *= 1.5
    result = run(city.replace(population=city.population.with_persons(persons)), reference=baseline)
    assert result.find("catchment_population").value == pytest.approx(0.271 * TOTAL + 50)
    assert result.find("catchment_population_share").value == pytest.approx(0.271 + 50 / TOTAL)


def test_travel_times_are_reused_when_only_other_layers_change_and_are_what_would_be_computed(city):
    reuse = Reuse()
    run_models(city, ANALYSIS, PARAMS, reuse=reuse)
    fewer = city.replace(facilities=replace(city.facilities, open_to_public=city.facilities.facility_id != "clinic-1"))
    warm, cold = run_models(fewer, ANALYSIS, PARAMS, reuse=reuse), run(fewer)
    assert any("所要時間" in name for name in warm.reused)
    assert warm.kpis == cold.kpis
    assert cold.reused == ()


def test_progress_names_the_kpi_and_ends_at_one(city):
    told = []
    run_models(city, ANALYSIS, PARAMS, progress=lambda name, done: told.append((name, done)))
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert told[-1][1] == 1.0


def test_the_status_is_that_of_the_weakest_input():
    feed = "stop J0 2000 0\nstop J1 2000 3000\nroute JR rail 鉄道 observed\ntrip JR J0 10:00 J1 10:05"
    city = grid_city(timetable=timetable_from_text(feed))
    sources = tuple(replace(s, status=Status.MODELLED) if s.layer == "population" else s for s in city.sources)
    surer = city.replace(sources=sources)
    result = run_of(surer, "transit_coverage_share", "clinic_within_30min_share")
    assert result.find("transit_coverage_share").status is Status.MODELLED
    assert result.find("clinic_within_30min_share").status is Status.ASSUMED  # walks by a detour factor


def test_rows_by_age_and_district_are_no_surer_than_those_splits(city):
    sources = tuple(replace(s, status=Status.OBSERVED) for s in city.sources if s.layer == "facilities")
    population = Source("p", "population", Text("", ""), "", "", "2025", Status.OBSERVED)
    ages = replace(population, layer="population.ages", status=Status.OFFICIAL_ESTIMATE)
    districts = replace(population, layer="population.districts", status=Status.ASSUMED)
    surer = city.replace(sources=(*sources, population, ages, districts))
    context = RunContext(surer, ANALYSIS, PARAMS, Reuse())
    assert group_surety(context, "all") is Status.OBSERVED
    assert group_surety(context, "75plus") is Status.OFFICIAL_ESTIMATE
    assert group_surety(context, "district:west") is Status.ASSUMED
    result = run_of(surer, "mobile_office_coverage_share")
    found = {g: result.find("mobile_office_coverage_share", group=g) for g in ("all", "district:west")}
    assert {g: row.status for g, row in found.items()} == {"all": Status.MODELLED, "district:west": Status.ASSUMED}


def test_ages_that_no_band_tells_have_no_people():
    city = grid_city()
    ageless = (replace(city.population.bands[0], band_id="all", from_age=0, to_age=None),)
    people = replace(city.population, bands=ageless, persons=city.population.total[:, None])
    row = run_of(city.replace(population=people), "transit_coverage_share").find(
        "transit_coverage_share", group="75plus"
    )
    assert (row.value, row.note) == (None, "年齢別人口データ未登録")


def test_a_city_without_districts_has_no_district_list():
    city = grid_city()
    none = np.zeros(0, dtype="<U1")
    people = replace(
        city.population,
        district=np.full(city.population.n_cells, -1, dtype=np.int32),
        district_id=none,
        district_name=none.copy(),
        district_name_en=none.copy(),
    )
    result = run(city.replace(population=people))
    assert result.find("catchment_population_share", "district-list").status is Status.NO_DATA
    assert set(result.cells["district_id"]) == {""}


@pytest.mark.parametrize("setting", ["jr-800m", "jr-fitted", "district-list"])
def test_any_definition_can_be_the_default(city, baseline, setting):
    result = run(city, params=Params(catchment_setting=setting))
    first, named = (result.find("catchment_population_share", s) for s in ("default", setting))
    assert replace(first, setting=setting) == named
    share = result.cells["catchment_share"] @ result.cells["persons"] / TOTAL
    assert share == pytest.approx(named.model_value)
