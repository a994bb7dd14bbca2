"""The projection by ageing in place, against arithmetic."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.errors import ModelError, Text
from geodata.provenance import Status
from geodata.synthetic import grid_city
from geodata.targets import TargetRow, Targets
from sim.params import Params
from sim.population import (
    age_one_year,
    annual_rates,
    check_projection,
    control_table,
    official_population,
    project_population,
)

PARAMS = Params()


def _row(kpi_id, kind, year, value):
    return TargetRow(kpi_id, kind, year, f"{year}-10-01", value, "persons", Text("", ""), "made up", Status.ASSUMED)


def _old_and_young():
    city = grid_city(n_x=2, n_y=1)
    persons = np.array([[5.0, 25.0, 30.0, 40.0], [20.0, 70.0, 7.0, 3.0]])
    return city.replace(population=city.population.with_persons(persons))


def test_the_base_year_is_the_very_same_city():
    city = grid_city()
    assert project_population(city, city.population.year, PARAMS) is city


@pytest.mark.parametrize("year", [2024, 2029, 2032, 2035])
def test_totals_follow_the_official_path(year):
    city = grid_city()
    projected = project_population(city, year, PARAMS)
    assert projected.population.persons.sum() == pytest.approx(official_population(city, year), rel=1e-9)
    assert projected.population.year == year


def test_the_path_is_linear_between_its_years():
    city = grid_city()
    total = city.population.persons.sum()
    assert official_population(city, 2026) == pytest.approx(0.95 * total)


def test_an_estate_that_is_old_loses_more_than_a_young_district():
    city = _old_and_young()
    projected = project_population(city, 2035, PARAMS)
    left = projected.population.total / city.population.total
    assert left[0] < 0.8 * left[1]


def test_more_deaths_mean_fewer_in_the_old_estate():
    city = _old_and_young()
    high = project_population(city, 2035, Params(mortality_scale=1.5)).population.total
    low = project_population(city, 2035, Params(mortality_scale=0.5)).population.total
    assert high[0] < low[0]
    assert high.sum() == pytest.approx(low.sum())


def test_one_year_moves_a_width_of_each_band():
    city = grid_city(n_x=1, n_y=1)
    rates = annual_rates(city.population.bands, Params(mortality_scale=0.0, births_per_young_adult=0.0))
    later = age_one_year(city.population.persons, rates)
    assert later[0] == pytest.approx([10 - 10 / 15, 60 - 60 / 50 + 10 / 15, 20 - 2 + 60 / 50, 10 + 2])


def test_births_come_from_those_aged_20_to_39():
    city = grid_city(n_x=1, n_y=1)
    rates = annual_rates(city.population.bands, Params(mortality_scale=0.0, births_per_young_adult=0.1))
    later = age_one_year(city.population.persons, rates)
    assert later[0, 0] == pytest.approx(10 - 10 / 15 + 0.1 * 60 * 20 / 50)


def _with_controls(city):
    rows = [
        _row("population:0-4", "control", 2035, 300.0),
        _row("population:5-14", "control", 2035, 500.0),
        _row("population:15-64", "control", 2035, 4000.0),
        _row("population:65-69", "control", 2035, 700.0),
        _row("population:70-74", "control", 2035, 900.0),
        _row("population:75+", "control", 2035, 1600.0),
    ]
    return city.replace(targets=Targets((*city.targets.rows, *rows)))


def test_age_groups_reach_their_control_totals():
    city = _with_controls(grid_city())
    persons = project_population(city, 2035, PARAMS).population.persons.sum(axis=0)
    expected = np.array([800.0, 4000.0, 1600.0, 1600.0])
    assert persons == pytest.approx(expected * persons.sum() / expected.sum(), rel=1e-9)


def test_half_way_age_groups_stand_half_way():
    city = _with_controls(grid_city())
    halfway = control_table(city).at(2029)
    base = city.population.persons.sum(axis=0)
    assert halfway == pytest.approx((base + np.array([800.0, 4000.0, 1600.0, 1600.0])) / 2)
    assert control_table(city).at(2036) is None


def test_coarser_bands_than_published_ages_are_summed_and_finer_ones_share():
    city = _with_controls(grid_city())
    bands = (replace(city.population.bands[0], to_age=64, band_id="0-64"), *city.population.bands[2:])
    persons = np.stack([city.population.persons[:, :2].sum(axis=1), *city.population.persons[:, 2:].T], axis=1)
    merged = city.replace(population=replace(city.population, bands=bands, persons=persons))
    assert control_table(merged).persons[1].tolist() == [4800.0, 1600.0, 1600.0]


def test_a_city_without_a_path_keeps_its_people_and_says_so():
    city = grid_city(with_targets=False)
    assert project_population(city, 2030, PARAMS) is city
    assert [p.code for p in check_projection(city, 2030)] == ["projection.no_path"]


@pytest.mark.parametrize("year", [2020, 2050])
def test_years_outside_the_path_are_refused(year):
    with pytest.raises(ModelError, match="projection"):
        project_population(grid_city(), year, PARAMS)


def test_the_projection_is_named_among_the_sources():
    projected = project_population(grid_city(), 2029, PARAMS)
    assert projected.sources[-1].layer == "population"
    assert projected.status_of("population") is Status.ASSUMED
