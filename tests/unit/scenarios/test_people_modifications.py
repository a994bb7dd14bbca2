"""Levers on people: who moves where, what is kept, what is refused and at which line."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.boundaries import Zone
from geodata.errors import ScenarioError, Text
from geodata.synthetic import grid_city
from scenarios.apply import apply_scenario
from scenarios.files import parse_scenario, scenario_text
from sim.params import Params

YOUNG, OLDEST = 1, 3


def zone(zone_id, kind, name, box):
    return Zone(zone_id, kind, Text(name, zone_id), box, box)


@pytest.fixture(scope="module")
def town():
    """8 × 12 cells of 500 m, 100 persons each; guidance in the middle, a flood that cuts the first column in half."""
    return grid_city().replace(
        zones=(
            zone("A50-2", "residential_guidance", "居住誘導区域", shapely.box(1000, 2000, 3000, 4000)),
            zone("flood-1", "flood", "浸水深 3 m", shapely.box(0, 0, 250, 6000)),
        )
    )


@pytest.fixture
def change(town, make):
    return lambda text, **keys: apply_scenario(town, make(f"- {{id: m, {text}}}", **keys))


@pytest.fixture
def problems(town, make):
    def check(text, city=town, **keys):
        with pytest.raises(ScenarioError) as found:
            apply_scenario(city, make(f"- {{id: m, {text}}}", **keys))
        return found.value.problems

    return check


def gained(town, applied):
    return applied.city.population.persons - applied.demographic.population.persons


INSIDE = "where: {zones: [居住誘導区域]}"
CONSERVING = [
    f"type: guide-residents, {INSIDE}, persons: 500",
    f"type: guide-residents, {INSIDE}, share: 0.1, who: everybody",
    "type: guide-residents, where: {near_stations_m: 800}, share_per_year: 0.01, from_year: 2025",
    "type: relocate-residents, where: {zones: [flood]}, share: 0.3",
    "type: relocate-residents, where: {zones: [flood]}, to: {districts: [east]}, persons: 100",
    "type: add-housing, where: {cells: [c0003]}, dwellings: 20, from_city_share: 1.0, opens: 2025",
    f"type: adjust-population, {INSIDE}, persons: 300, conserve_total: true",
]


@pytest.mark.parametrize("text", CONSERVING)
def test_moves_within_the_city_keep_the_total_of_every_band(town, change, text):
    delta = gained(town, change(text, year="2029"))
    assert np.abs(delta).sum() > 1
    assert delta.sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-9)


def test_guided_residents_arrive_in_the_zone_and_come_from_elsewhere(town, change):
    delta = gained(town, change(f"type: guide-residents, {INSIDE}, persons: 500")).sum(axis=1)
    inside = shapely.area(shapely.intersection(town.population.polygon_xy, town.zones[0].xy)) > 0
    assert delta[inside].sum() == pytest.approx(500)
    assert (delta[inside] > 0).all()
    assert (delta[~inside] < 0).all()


def test_the_young_are_guided_first_unless_everybody_is(town, change):
    moved = {who: gained(town, change(f"type: guide-residents, {INSIDE}, persons: 500, who: {who}")) for who in _WHO}
    young, old = ({who: d[:, band][d[:, band] > 0].sum() for who, d in moved.items()} for band in (YOUNG, OLDEST))
    assert young["movers"] > young["everybody"]
    assert old["movers"] < old["everybody"]
    assert old["everybody"] == pytest.approx(50)  # a tenth of all residents


_WHO = ("movers", "everybody")


def test_a_share_a_year_adds_up_from_its_first_year(town, change):
    text = "type: guide-residents, where: {near_stations_m: 800}, who: everybody, share_per_year: 0.1, from_year: 2028"
    leaving = {}
    for year in (2028, 2029):
        applied = change(text, year=str(year))
        delta = gained(town, applied).sum(axis=1)
        outside = applied.demographic.population.total[delta < 0].sum()
        leaving[year] = -delta[delta < 0].sum() / outside
    assert leaving[2028] == pytest.approx(0.1)
    assert leaving[2029] == pytest.approx(0.19)


def test_nobody_is_relocated_into_a_hazard_area(town, change):
    delta = gained(town, change("type: relocate-residents, where: {districts: [east]}, share: 0.5")).sum(axis=1)
    west = town.population.district == 0
    first_column = town.population.xy[:, 0] < 500
    assert delta[west].sum() == pytest.approx(2400)
    # half of the first column is flooded: half as many settle there
    assert delta[first_column].mean() == pytest.approx(delta[west & ~first_column].mean() / 2)


def test_a_zone_takes_its_share_of_the_cells_it_cuts(town, change):
    delta = gained(town, change("type: relocate-residents, where: {zones: [洪水浸水想定区域]}, share: 1.0")).sum(axis=1)
    first_column = town.population.xy[:, 0] < 500
    assert delta[~first_column].sum() > 0
    # 600 leave the wet half; people settle in proportion to residents of the dry parts: 600 of 9,000 of them there
    assert -delta[first_column].sum() == pytest.approx(600 * (1 - 600 / 9000))


def test_new_homes_bring_their_own_ages(town, change):
    mix = "{0-14: 0.4, 15-64: 0.6}"
    text = f"type: add-housing, where: {{cells: [c0000]}}, dwellings: 100, household_persons: 3, mix: {mix}"
    delta = gained(town, change(f"{text}, from_city_share: 0"))
    assert delta[0].tolist() == pytest.approx([120, 180, 0, 0])
    assert not delta[1:].any()
    half = gained(town, change(f"{text}, from_city_share: 0.5"))
    assert half[0].tolist() == pytest.approx([120, 180, 0, 0])
    assert half.sum() == pytest.approx(150)
    plain = gained(town, change("type: add-housing, where: {cells: [c0000]}, dwellings: 100, from_city_share: 0"))
    assert plain.sum() == pytest.approx(100 * Params().household_persons)


def test_people_of_new_homes_age_from_the_year_they_move_in(town, change):
    text = "type: add-housing, where: {cells: [c0000]}, persons: 100, mix: {65-74: 1}, from_city_share: 0"
    new = gained(town, change(f"{text}, opens: 2029", year="2029"))[0]
    later = gained(town, change(f"{text}, opens: 2024", year="2029"))[0]
    assert new.tolist() == pytest.approx([0, 0, 100, 0])
    assert later[OLDEST] > 20
    assert later.sum() < 100


def test_commuters_who_move_in_raise_the_total_by_their_households(town, change):
    text = "type: attract-commuters, where: {near_stations_m: 800}"
    by_number = gained(town, change(f"{text}, workers: 50, household_persons: 2"))
    by_share = gained(town, change(f"{text}, commuters: 1000, share: 0.05, household_persons: 2"))
    assert by_number.sum() == pytest.approx(100)
    assert np.allclose(by_number, by_share)
    assert change(f"{text}, workers: 50").city.population.total.sum() == pytest.approx(
        town.population.total.sum() + 50 * Params().commuter_household_persons
    )


def test_residents_that_a_scenario_assumes_are_assumed(change):
    applied = change(f"type: guide-residents, {INSIDE}, persons: 500")
    assert any(s.layer == "population" and s.source_id == "scenario-m" for s in applied.city.sources)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        (f"type: guide-residents, {INSIDE}, persons: 99999", "not_enough_persons", "persons"),
        ("type: guide-residents, where: {zones: [居住調整区域]}, persons: 5", "unknown_zone", "where.zones[0]"),
        ("type: guide-residents, where: {districts: [north]}, persons: 5", "unknown_district", "where.districts[0]"),
        (f"type: guide-residents, {INSIDE}, persons: 5, bands: [20-39]", "unknown_band", "bands[0]"),
        (f"type: guide-residents, {INSIDE}, share: 0.1, from_year: 2035", "begins_later", "from_year"),
        ("type: relocate-residents, where: {zones: [flood]}, to: {zones: [flood]}, share: 1", "nowhere_safe", "to"),
        ("type: add-housing, where: {cells: [c0000]}, dwellings: 5, opens: 2040", "begins_later", "opens"),
        ("type: add-housing, where: {cells: [c0000]}, dwellings: 5, mix: {90+: 1}", "unknown_band", "mix.90+"),
        ("type: add-housing, where: {cells: [c0000]}, dwellings: 5, mix: {0-14: 0.5}", "mix_sum", "mix"),
        (
            "type: add-housing, where: {cells: [c0000]}, persons: 99999, from_city_share: 1",
            "not_enough_persons",
            "persons",
        ),
        ("type: add-housing, where: {location: {lat: 0, lon: 0}}, dwellings: 5", "far_away", "where.location"),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(problems, text, code, at):
    (problem,) = problems(text, year="2029")
    assert problem.code == f"scenario.{code}"
    assert problem.where == f"example.yaml:{_line(problem)} modifications[0].{at}"
    assert problem.message.ja != problem.message.en
    assert problem.hint.ja


def _line(problem):
    return problem.where.split(":")[1].split(" ")[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"type: guide-residents, {INSIDE}", "one_amount"),
        (f"type: guide-residents, {INSIDE}, persons: 5, share: 0.1", "one_amount"),
        (f"type: guide-residents, {INSIDE}, share_per_year: 0.01", "from_year"),
        ("type: add-housing, where: {cells: [c0000]}", "dwellings_or_persons"),
        ("type: attract-commuters, where: {cells: [c0000]}, commuters: 100", "workers_or_share"),
        ("type: attract-commuters, where: {cells: [c0000]}, workers: 5, share: 0.1", "workers_or_share"),
        ("type: guide-residents, where: {radius_m: 100}, persons: 5", "where"),
        ("type: guide-residents, where: {districts: [west], radius_m: 100}, persons: 5", "radius"),
    ],
)
def test_half_a_lever_is_refused_when_it_is_read(make, text, code):
    with pytest.raises(ScenarioError) as found:
        make(f"- {{id: m, {text}}}")
    assert [p.code for p in found.value.problems] == [f"scenario.{code}"]
    assert found.value.problems[0].where.startswith("example.yaml:")


def test_a_city_without_zones_says_how_to_get_them(problems):
    (problem,) = problems(f"type: guide-residents, {INSIDE}, persons: 5", city=grid_city())
    assert problem.code == "scenario.no_zones"
    assert "区域データ未登録" in problem.message.ja


# ---------------------------------------------------------------- the path of all residents

HEAD = """\
schema: ekisei-scenario/1
id: example
title: {ja: 例, en: Example}
description: {ja: 例, en: Example}
plan_status: hypothetical
modifications: []
"""


def of_path(year, path):
    return parse_scenario(f"{HEAD}year: {year}\npopulation: {path}\n", "example.yaml")


def test_totals_of_a_user_are_met_and_linear_between(town):
    asked = of_path(2029, "{totals: {2027: 9000, 2031: 8000}}")
    applied = apply_scenario(town, asked)
    assert applied.city is applied.demographic
    assert applied.city.population.total.sum() == pytest.approx(8500)
    assert parse_scenario(scenario_text(asked)).digest == asked.digest != of_path(2029, "{totals: {2031: 8000}}").digest


def test_a_parent_hands_its_path_down(tmp_path):
    parent = f"{HEAD.replace('id: example', 'id: parent')}year: 2029\npopulation: {{totals: {{2031: 8000}}}}\n"
    (tmp_path / "parent.yaml").write_text(parent, encoding="utf-8")
    child = f"{HEAD.replace('id: example', 'id: child')}year: 2029\nextends: parent\n"
    assert parse_scenario(child, "child.yaml", tmp_path).population.totals == {2031: 8000}
    own = parse_scenario(child + "population: {path: ipss}\n", "child.yaml", tmp_path).population
    assert (own.path, own.totals) == ("ipss", None)


@pytest.mark.parametrize(
    ("year", "path", "code", "where"),
    [
        (2029, "{path: vision}", "projection.unknown_path", "example.yaml:8 population.path"),
        (2023, "{path: vision}", "projection.unknown_path", "example.yaml:8 population.path"),
        (2029, "{totals: {2020: 9000, 2031: 9000}}", "scenario.totals_past", "example.yaml:8 population.totals.2020"),
        (2035, "{totals: {2031: 9000}}", "projection.year", "example.yaml:7 year"),
    ],
)
def test_a_path_that_does_not_reach_is_refused(town, year, path, code, where):
    with pytest.raises(ScenarioError) as found:
        apply_scenario(town, of_path(year, path))
    assert [p.code for p in found.value.problems] == [code]
    assert found.value.problems[0].where.startswith(where)


def test_a_total_that_looks_like_a_slip_is_pointed_out(town):
    (problem,) = apply_scenario(town, of_path(2029, "{totals: {2031: 80000}}")).problems
    assert problem.code == "scenario.totals_far"


@pytest.mark.parametrize("path", ["{}", "{path: ipss, totals: {2031: 9000}}", "{totals: {}}", "{totals: {2031: 0}}"])
def test_a_path_is_one_name_or_totals(path):
    with pytest.raises(ScenarioError):
        of_path(2029, path)
