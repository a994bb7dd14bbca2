"""What must hold of every projection."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geodata.synthetic import grid_city
from sim.params import Params
from sim.population import age_one_year, annual_rates, official_population, project_population

CITY = grid_city(n_x=3, n_y=2)
PERSONS = arrays(np.float64, (6, 4), elements=st.floats(0.5, 500))


@given(PERSONS, st.integers(2024, 2035))
@settings(max_examples=40)
def test_projection_conserves_the_official_total(persons, year):
    city = CITY.replace(population=CITY.population.with_persons(persons))
    projected = project_population(city, year, Params())
    assert projected.population.persons.sum() == pytest.approx(official_population(city, year), rel=1e-9)
    assert (projected.population.persons >= 0).all()


@given(PERSONS)
def test_without_deaths_and_births_ageing_conserves_every_cell(persons):
    rates = annual_rates(CITY.population.bands, Params(mortality_scale=0.0, births_per_young_adult=0.0))
    assert age_one_year(persons, rates).sum(axis=1) == pytest.approx(persons.sum(axis=1), rel=1e-12)


@given(PERSONS)
def test_groups_sum_over_districts(persons):
    population = CITY.population.with_persons(persons)
    districts = sum(population.group(f"district:{d}").sum() for d in population.district_id)
    assert districts == pytest.approx(population.group("all").sum(), rel=1e-12)
    assert population.group("75plus").sum() <= population.group("65plus").sum() <= population.group("all").sum()


@given(PERSONS, st.permutations(range(6)))
@settings(max_examples=20)
def test_the_order_of_cells_changes_nothing(persons, order):
    def total(values):
        city = CITY.replace(population=CITY.population.with_persons(values))
        return project_population(city, 2031, Params()).population.persons

    assert total(persons[order]) == pytest.approx(total(persons)[order], rel=1e-9)


def test_the_city_that_was_projected_is_left_as_it_was():
    before = CITY.digest
    project_population(CITY, 2029, Params())
    assert CITY.digest == before
