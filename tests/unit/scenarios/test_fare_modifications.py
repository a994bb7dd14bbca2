"""adjust-fare and adjust-behaviour: what they make of a city, what they refuse, and where it is told."""

from __future__ import annotations

import pytest
import shapely

from geodata.fare_changes import AgePass
from geodata.provenance import Status
from geodata.snapshot import read_city, write_city
from geodata.synthetic import grid_city
from scenarios.reactions import LAYERS_OF_TYPE

FARE = "- {{id: x, type: adjust-fare, {}}}"
BEHAVIOUR = "- {{id: x, type: adjust-behaviour, {}}}"


def only(problems, code, where):
    (problem,) = problems
    assert problem.code == f"scenario.{code}"
    assert problem.where == f"example.yaml:8 modifications[0]{where}"
    assert problem.message.ja != problem.message.en
    return problem


def test_a_fare_names_its_lines_by_id_or_name_and_is_assumed(applied):
    found = applied(FARE.format("routes: [青線, X], scale: 0.5"))
    (change,) = found.city.fare_changes
    assert change.route_ids == ("L", "X")
    assert change.scale == 0.5
    assert change.flat_yen is None
    assert found.city.status_of("fare_changes") is Status.ASSUMED
    assert "仮定" in found.changes[0].text.ja
    assert "assumed" in found.changes[0].text.en


def test_a_fare_holds_within_its_area(applied):
    (change,) = applied(FARE.format("zones: {districts: [west]}, flat_yen: 100")).city.fare_changes
    assert change.area_xy.area == pytest.approx(2000 * 6000)
    assert shapely.intersects_xy(change.area_xy, 500, 500)
    assert not shapely.intersects_xy(change.area_xy, 3500, 500)


def test_passes_hold_for_ages(applied):
    (change,) = applied(
        FARE.format("passes: [{from_age: 70, scale: 0}, {from_age: 6, to_age: 18, scale: 0.5}]")
    ).city.fare_changes
    assert change.passes == (AgePass(70, None, 0.0), AgePass(6, 18, 0.5))


@pytest.mark.parametrize("keys", ["scale: 0.4", "scale: 1.6"])
def test_a_fare_beyond_what_elasticities_hold_for_is_told_where_it_is_written(applied, keys):
    found = applied(FARE.format(keys))
    assert "±50%" in only(found.problems, "elasticity_range", ".scale").message.ja
    assert len(found.city.fare_changes) == 1


@pytest.mark.parametrize("yen", [20, 99, 301])
def test_a_flat_fare_far_from_the_lowest_one_is_told_too(applied, yen):
    found = applied(FARE.format(f"flat_yen: {yen}"))
    assert f"200 円が {yen} 円" in only(found.problems, "elasticity_range", ".flat_yen").message.ja


@pytest.mark.parametrize("scale", [0.4, 1.8])
def test_so_many_more_or_fewer_runs_are_told_where_they_are_written(applied, scale):
    found = applied(f"- {{id: x, type: adjust-frequency, routes: [L], scale: {scale}}}")
    told = only(found.problems, "elasticity_range", ".scale")
    assert f"便数が {scale:g} 倍" in told.message.ja
    assert "±50%" in told.message.en
    assert not applied("- {id: x, type: adjust-frequency, routes: [L], scale: 1.5}").problems


@pytest.mark.parametrize("keys", ["scale: 0.5", "scale: 1.5", "flat_yen: 100", "flat_yen: 300"])
def test_a_fare_at_the_limit_of_elasticities_is_not(applied, keys):
    assert not applied(FARE.format(keys)).problems


@pytest.mark.parametrize(
    ("keys", "code", "where"),
    [
        ("scale: 0.5, flat_yen: 100", "scale_or_flat", ""),
        ("routes: [L]", "no_fare", ""),
        ("scale: -0.1", "out_of_range", ".scale"),
        ("scale: 11", "out_of_range", ".scale"),
        ("routes: [L], route_class: [bus], scale: 0.5", "selection", ""),
        ("routes: [L], passes: [{from_age: 70, scale: 0}]", "pass_everywhere", ""),
        ("passes: [{from_age: 70, to_age: 60, scale: 0}]", "ages", ".passes[0]"),
        ("passes: [{from_age: 70, scale: 1.5}]", "out_of_range", ".passes[0].scale"),
        ("passes: [{from_age: 70, scale: 0, uptake: 2}]", "out_of_range", ".passes[0].uptake"),
        ("price: 100", "unknown_key", ".price"),
    ],
)
def test_a_fare_that_cannot_be_is_refused_where_it_stands(refused, keys, code, where):
    problems = refused(FARE.format(keys))
    assert (problems[0].code, problems[0].where) == (f"scenario.{code}", f"example.yaml:8 modifications[0]{where}")


def test_an_unknown_line_is_refused_with_the_nearest_names(refused):
    problem = only(refused(FARE.format("routes: [青い線], scale: 0.5")), "unknown_route", ".routes[0]")
    assert "青線" in problem.hint.ja


def test_an_unknown_district_is_refused(refused):
    problems = refused(FARE.format("zones: {districts: [middle]}, scale: 0.5"))
    assert problems[0].code == "scenario.unknown_district"


def test_a_class_without_lines_is_refused(refused):
    only(refused(FARE.format("route_class: [brt], scale: 0.5")), "unknown_route_class", ".route_class[0]")


# ---------------------------------------------------------------- behaviour


def test_behaviour_is_a_supposition_told_in_words(applied):
    keys = "mode_shift_min: {bus: -5, walk: 0}, fare_elasticity_factor: 2, licences: [{from_age: 75, points: -10}]"
    found = applied(BEHAVIOUR.format(keys))
    (change,) = found.city.behaviour
    assert change.liking_min == (("bus", -5.0), ("walk", 0.0))
    assert change.fare_factor == 2.0
    assert change.frequency_factor == change.time_factor == change.time_value_factor == 1.0
    assert change.licences == ((75, None, -0.1),)
    assert found.city.status_of("behaviour") is Status.ASSUMED
    assert "仮定" in found.changes[0].text.ja
    assert "75歳以上の免許保有率 -10 ポイント" in found.changes[0].text.ja


@pytest.mark.parametrize(
    ("keys", "code", "where"),
    [
        ("enabled: true", "no_behaviour", ""),
        ("mode_shift_min: {}", "no_behaviour", ""),
        ("mode_shift_min: {train: 3}", "unknown_key", ".mode_shift_min.train"),
        ("mode_shift_min: {bus: 61}", "out_of_range", ".mode_shift_min.bus"),
        ("fare_elasticity_factor: 0", "out_of_range", ".fare_elasticity_factor"),
        ("licences: [{from_age: 75, points: -101}]", "out_of_range", ".licences[0].points"),
        ("licences: [{from_age: 75, to_age: 70, points: -1}]", "ages", ".licences[0]"),
    ],
)
def test_behaviour_that_cannot_be_is_refused_where_it_stands(refused, keys, code, where):
    problems = refused(BEHAVIOUR.format(keys))
    assert (problems[0].code, problems[0].where) == (f"scenario.{code}", f"example.yaml:8 modifications[0]{where}")


# ---------------------------------------------------------------- as layers


def test_both_are_layers_that_a_folder_keeps(applied, tmp_path):
    city = applied(
        FARE.format("zones: {districts: [west]}, flat_yen: 100, passes: [{from_age: 70, scale: 0}]")
        + "\n"
        + BEHAVIOUR.format("mode_shift_min: {bus: -5}").replace("id: x", "id: y")
    ).city
    write_city(city, tmp_path / "city")
    again = read_city(tmp_path / "city", verify=True)
    assert again.layer_digest("fare_changes") == city.layer_digest("fare_changes")
    assert again.behaviour == city.behaviour
    assert grid_city().fare_changes == grid_city().behaviour == ()


def test_which_kpis_can_react_is_known_from_the_layers():
    assert LAYERS_OF_TYPE["adjust-fare"] == ("fare_changes",)
    assert LAYERS_OF_TYPE["adjust-behaviour"] == ("behaviour",)
