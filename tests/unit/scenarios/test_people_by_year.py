"""Residents year by year: sums, ageing, when measures begin, and tables that add up."""

import numpy as np
import pytest

from geodata.errors import ScenarioError
from geodata.synthetic import grid_city
from scenarios.modifications import MODEL_OF_TYPE
from scenarios.people import PEOPLE_TYPES, people_table, plain_scenario, population_years
from sim.population import official_population

YEARS = (2023, 2025, 2029, 2035)
CITY = grid_city()


def with_measures(make, text, **keys):
    return population_years(CITY, YEARS, make(text, **keys))


def test_totals_of_every_year_follow_the_path():
    people = population_years(CITY, YEARS)
    assert not people.has_measures
    expected = [official_population(CITY, year) for year in YEARS]
    assert people.persons.sum(axis=(1, 2)) == pytest.approx(expected, rel=1e-9)
    assert np.array_equal(people.persons[0], CITY.population.persons)


def test_years_are_sorted_and_counted_once():
    assert population_years(CITY, (2029, 2025, 2029)).years == (2025, 2029)


def test_measures_begin_in_their_year_and_those_without_one_in_that_of_the_scenario(make):
    people = with_measures(
        make,
        """
        - {id: a, type: add-housing, where: {cells: [c0000]}, persons: 100, from_city_share: 0, opens: 2025}
        - {id: b, type: attract-commuters, where: {cells: [c0001]}, workers: 50, household_persons: 1}
        - {id: c, type: adjust-speed, routes: [JR], scale: 2}
        """,
        year="2029",
    )
    change = (people.persons - people.plain).sum(axis=2)
    assert people.has_measures
    assert change[0].sum() == 0
    assert change[1, 0] == pytest.approx(100)
    assert change[1, 1] == 0
    assert change[2, 1] == pytest.approx(50)
    assert 0 < change[3, 0] < 100 + 30  # they grow older; some die, some have children


def test_the_table_adds_up_by_band_and_district(make):
    people = with_measures(make, "- {id: a, type: guide-residents, where: {near_stations_m: 800}, persons: 200}")
    table = people_table(people)
    city = table[table["district_id"] == "all"]
    parts = table[table["district_id"] != "all"].groupby(["year", "band_id"], sort=False)["persons"].sum()
    assert city.set_index(["year", "band_id"])["persons"].to_dict() == pytest.approx(parts.to_dict())
    assert city.groupby("year")["change_by_measures"].sum().to_numpy() == pytest.approx(np.zeros(len(YEARS)), abs=1e-9)
    assert (table["persons"] - table["persons_without_measures"]).to_numpy() == pytest.approx(
        table["change_by_measures"].to_numpy(), abs=1e-9
    )
    assert (table["change_since_base"][table["year"] == 2023] == 0).all()


def test_a_measure_that_cannot_be_carried_out_later_tells_the_year_and_the_line(make):
    scenario = make("- {id: a, type: adjust-population, where: {cells: [c0000]}, persons: -85}")
    with pytest.raises(ScenarioError) as found:
        population_years(CITY, YEARS, scenario)
    assert found.value.problems[0].where.startswith("--years 2035 (example.yaml:8 modifications[0].persons")


@pytest.mark.parametrize("years", [(), (2022, 2029), (2029, 2036)])
def test_years_outside_the_path_are_refused(years):
    with pytest.raises(ScenarioError) as found:
        population_years(CITY, years)
    assert "--years" in found.value.problems[0].where


def test_a_plain_scenario_changes_nobody():
    assert plain_scenario(CITY).modifications == ()
    assert plain_scenario(CITY, "ipss").population.path == "ipss"


def test_types_of_people_are_types_of_modifications():
    assert set(MODEL_OF_TYPE) >= PEOPLE_TYPES
