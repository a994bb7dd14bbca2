"""The KPIs of fairness on made-up cities: against arithmetic, and moving the right way for the right reason."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.provenance import Status
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from sim.context import RunContext
from sim.equity.districts import district_shares, names_of
from sim.equity.indices import gini
from sim.equity.people import people_of, persons_of
from sim.explain import contribution_frame
from sim.kpi.equity_measures import EQUITY_MEASURES, GINI, WORST
from sim.kpi.measure import Measure, group_value, group_weights
from sim.kpi.places import measure_clinic_within_limit
from sim.params import Analysis, Params
from sim.reuse import Reuse

CORNER = [("clinic-1", "clinic", (750.0, 750.0), "")]
NEAR_ALL = [
    (f"clinic-{n}", "clinic", (x, y), "")
    for n, (x, y) in enumerate((x, y) for x in (750.0, 2000.0, 3250.0) for y in (750.0, 2250.0, 3750.0, 5250.0))
]


def context(rows=CORNER, city=None, **params):
    base = grid_city(facilities=facilities_from_rows(rows)) if city is None else city
    return RunContext(base, Analysis(), Params(**params), Reuse())


def measures(kpi_id, of=None):
    return {m.setting: m for m in EQUITY_MEASURES[kpi_id](of or context())}


def value(measure, of, group="all"):
    weights = group_weights(of.city.population, group, of.params.older_from_age)
    return group_value(measure.of_group(group), weights)


# ---------------------------------------------------------------- Gini


def test_gini_of_a_group_is_the_index_over_its_people_of_both_walkers():
    of = context()
    measure = measures(GINI, of)["places-in-time"]
    people = group_weights(of.city.population, "65plus", of.params.older_from_age)
    both = np.r_[measure.standard, measure.older], np.r_[people.standard, people.older]
    assert value(measure, of, "65plus") == pytest.approx(gini(*both))
    assert 0 < value(measure, of) < 1


def test_a_clinic_for_everybody_takes_the_inequality_away():
    few, many = (value(measures(GINI, of)["default"], of) for of in (context(), context(NEAR_ALL)))
    assert many < few / 2


def test_the_same_for_all_is_no_inequality_by_any_walker():
    of = context()
    even = Measure(GINI, "default", "gini", np.ones(of.n_cells), np.ones(of.n_cells), Status.MODELLED)
    assert value(even, of) == pytest.approx(0.0, abs=1e-12)


def test_cells_explain_the_index_in_full():
    of = context()
    for measure in measures(GINI, of).values():
        for group in ("all", "75plus"):
            frame = contribution_frame(of.city, measure, group, of.params)
            assert frame["contribution"].sum() == pytest.approx(value(measure, of, group), abs=1e-12)


def test_a_longer_time_changes_only_the_places_within_it():
    near, far = (context(NEAR_ALL, equity_places_within_min=minutes) for minutes in (15.0, 45.0))
    before, after = measures(GINI, near), measures(GINI, far)
    assert np.array_equal(before["default"].standard, after["default"].standard)
    assert np.all(before["places-in-time"].standard <= after["places-in-time"].standard)
    assert before["places-in-time"].standard.sum() < after["places-in-time"].standard.sum()


# ---------------------------------------------------------------- the lowest district


def test_the_lowest_district_is_the_least_of_all_districts_and_named():
    of = context()
    shares = [
        value(measure_clinic_within_limit(of), of, f"district:{district}")
        for district in of.city.population.district_id.tolist()
    ]
    measure = measures(WORST, of)["default"]
    assert value(measure, of) == pytest.approx(min(shares))
    lowest = np.flatnonzero(np.isclose(shares, min(shares)))
    assert f"最も低い地区: {names_of(of.city.population, lowest).ja}" in measure.note
    assert measure.status is Status.ASSUMED


def test_help_for_the_lowest_district_counts_and_help_elsewhere_does_not():
    def shares_with(*added):
        rows = [*CORNER, *((f"clinic-{n}", "clinic", xy, "") for n, xy in enumerate(added, 2))]
        of = context(rows)
        found = district_shares(of.city.population, measure_clinic_within_limit(of), people_of(of, "all")).shares
        return found, value(measures(WORST, of)["default"], of)

    (before, lowest), (west, with_west), (east, with_east) = (
        shares_with(),
        shares_with((250.0, 1250.0)),
        shares_with((3250.0, 1250.0)),
    )
    assert before[1] < before[0]
    assert west[0] > before[0]
    assert with_west == lowest == before[1]
    assert east[1] > before[1]
    assert with_east == min(east) > lowest


def test_people_without_a_licence_are_those_of_75_by_the_share_of_their_age():
    of = context(licence_shares=((0.0, 0.0), (75.0, 0.4)))
    old, without = (persons_of(people_of(of, who)) for who in ("75plus", "75plus-no-licence"))
    assert without == pytest.approx(0.6 * old)
    returned = context(licence_shares=((0.0, 0.0), (75.0, 0.4)), licence_return_share=0.5, licence_return_from_age=75)
    assert persons_of(people_of(returned, "75plus-no-licence")) == pytest.approx(0.8 * old)


def test_who_walks_as_the_older_walker_follows_the_parameter():
    later = people_of(context(older_from_age=85), "75plus-no-licence")
    now = people_of(context(), "75plus-no-licence")
    assert now.standard.sum() == 0
    assert later.standard.sum() > 0
    assert (later.standard + later.older) == pytest.approx(now.standard + now.older)


def test_districts_with_too_few_people_cannot_be_the_lowest():
    of = context()
    population = grid_city().population
    shares = district_shares(population, measure_clinic_within_limit(of), people_of(of, "all"))
    worst = int(shares.lowest(10)[0])
    persons = population.persons.copy()
    inside = np.flatnonzero(population.district == worst)
    persons[inside] = 0.0
    persons[inside[0]] = 5.0 / persons.shape[1]
    fewer = context(
        city=grid_city(facilities=facilities_from_rows(CORNER)).replace(population=population.with_persons(persons))
    )
    before, after = (measures(WORST, one)["default"].note for one in (of, fewer))
    name = names_of(population, [worst]).ja
    assert f"最も低い地区: {name}（" in before
    assert name not in after
    assert "最も低い地区: " in after


def test_what_is_missing_is_said():
    empty = context(rows=[])
    for kpi_id in (GINI, WORST):
        assert all(m.missing for m in measures(kpi_id, empty).values())
    city = grid_city()
    nowhere = replace(
        city.population,
        district=np.full(city.population.n_cells, -1, dtype=np.int32),
        district_id=np.zeros(0, dtype="U1"),
        district_name=np.zeros(0, dtype="U1"),
        district_name_en=np.zeros(0, dtype="U1"),
    )
    assert measures(WORST, context(city=city.replace(population=nowhere)))["default"].missing == "地区データ未登録"


def test_names_of_many_districts_are_counted():
    names = np.array([f"地区{n}" for n in range(5)])
    population = replace(grid_city().population, district_name=names, district_name_en=names)
    assert names_of(population, [4]).ja == "地区4"
    assert names_of(population, [0, 1, 2]).ja == "地区0・地区1・地区2"
    assert names_of(population, range(5)).ja == "地区0・地区1・地区2ほか2地区"
    assert names_of(population, range(5)).en == "地区0, 地区1, 地区2 and 2 more"
