"""The models on the bundled city: what is known of its catchments and its future, without routing."""

import pytest

from geodata.hitachi import load_hitachi
from sim.catchment import station_xy
from sim.context import RunContext
from sim.kpi.coverage import catchment_cover, fit_catchments, station_districts
from sim.main_station import find_main_station
from sim.params import Analysis, Params
from sim.population import control_table, project_population, projected_years
from sim.reuse import Reuse


@pytest.fixture(scope="module")
def city():
    return load_hitachi()


@pytest.fixture(scope="module")
def context(city):
    return RunContext(city, Analysis(), Params(), Reuse())


@pytest.mark.parametrize(
    ("jr_m", "brt_m", "low", "high"),
    [(800, 0, 0.15, 0.17), (1000, 0, 0.23, 0.26), (800, 500, 0.245, 0.27), (900, 300, 0.24, 0.26)],
)
def test_catchments_lie_where_the_census_districts_put_them(context, jr_m, brt_m, low, high):
    persons = context.city.population.total
    share = catchment_cover(context, jr_m, brt_m) @ persons / persons.sum()
    assert low <= share <= high


def test_the_main_station_is_hitachi(context):
    assert find_main_station(context).name == "日立駅前"


def test_the_official_share_takes_a_radius_of_about_1050_m(context):
    fitted = fit_catchments(context)
    assert 1_000 < fitted["jr-fitted"] < 1_100
    assert 900 < fitted["jr-brt300-fitted"] < fitted["jr-fitted"]


def test_each_of_the_five_stations_lies_in_a_district(city, context):
    assert len(station_xy(city.timetable)) == 5
    assert len(station_districts(context)) == 5


@pytest.mark.parametrize(("year", "total"), [(2025, 160_753), (2029, 151_463.4), (2035, 137_328), (2050, 104_391)])
def test_the_projection_meets_the_published_totals(city, year, total):
    assert project_population(city, year, Params()).population.persons.sum() == pytest.approx(total, rel=1e-6)


def test_by_2035_age_groups_stand_as_published(city):
    persons = project_population(city, 2035, Params()).population
    assert persons.at_least(75).sum() / persons.total.sum() == pytest.approx(0.244, abs=0.002)
    assert persons.at_least(65).sum() / persons.total.sum() == pytest.approx(0.405, abs=0.002)
    assert control_table(city).years == (2023, 2035)


def test_estates_that_are_old_today_lose_most(city):
    now, later = city.population, project_population(city, 2035, Params()).population
    lived = now.total > 20
    old = now.at_least(65)[lived] / now.total[lived]
    left = later.total[lived] / now.total[lived]
    assert (old > 0.4).sum() > 10  # the hillside estates
    assert left[old > 0.4].max() < left[old < 0.35].min()


def test_five_year_groups_of_2035_are_near_the_official_projection_which_they_were_not_fitted_to(city):
    """Single years of age are followed from the bands of the base year; 社人研 (2023) gives men and women by 5 years."""
    official = {20: 5316, 25: 6210, 30: 6427, 35: 6081, 40: 6125, 45: 7041, 50: 8093, 55: 9638, 60: 13340, 65: 11966}
    years = projected_years(city, 2035, Params())
    assert years.sum() == pytest.approx(137_328, rel=1e-6)
    for age, persons in official.items():
        assert years[age : age + 5].sum() == pytest.approx(persons, rel=0.12), age


def test_the_city_goes_on_ageing_after_the_control_table(city):
    shares = {}
    for year in (2023, 2035, 2050):
        people = project_population(city, year, Params()).population
        shares[year] = people.at_least(65).sum() / people.total.sum()
    assert 0.32 < shares[2023] < shares[2035] < shares[2050] < 0.48


def test_the_vision_keeps_more_young_people_than_the_projection(city):
    """135,000 instead of 125,845 residents in 2040: whoever makes the difference is mostly young."""
    low = project_population(city, 2040, Params()).population
    high = project_population(city, 2040, Params(), "path-vision").population
    assert high.total.sum() == pytest.approx(135_000, rel=1e-9)
    more = (high.persons - low.persons).sum(axis=0)
    bands = [band.band_id for band in low.bands]
    gained = more / low.persons.sum(axis=0)
    assert gained[bands.index("20-39")] > 2 * gained[bands.index("85+")]
