"""Applying as a whole: the year, settings, order, nothing done to the base."""

from __future__ import annotations

import re

import numpy as np
import pytest

from geodata.errors import ScenarioError, Severity
from geodata.synthetic import grid_city, timetable_from_text
from scenarios.apply import apply_scenario, check_scenario
from scenarios.modifications import APPLY, MODEL_OF_TYPE, TYPE_ORDER, in_order
from scenarios.schema import Scenario

THREE = """
- {id: c, type: remove-trips, routes: [X]}
- {id: b, type: adjust-frequency, routes: [L], scale: 0.5}
- {id: a, type: adjust-speed, routes: [L], scale: 2}
"""


def test_every_type_has_a_model_and_a_place_in_the_order():
    assert set(MODEL_OF_TYPE) == set(TYPE_ORDER) == set(APPLY)
    wanted = [
        "adjust-population",
        "adjust-facility",
        "adjust-speed",
        "remove-stops",
        "reroute",
        "adjust-frequency",
        "remove-trips",
        "add-trips",
        "mobile-service",
    ]
    assert [t for t in TYPE_ORDER if t in wanted] == wanted


def test_types_decide_the_order(make):
    assert [m.id for m in in_order(make(THREE).modifications)] == ["a", "b", "c"]


def test_an_empty_scenario_is_the_base(city, make):
    applied = apply_scenario(city, make())
    assert applied.city is city
    assert applied.demographic is city


def test_another_year_projects_the_population(city, make):
    applied = apply_scenario(city, make(year="2029"))
    assert applied.city is applied.demographic
    assert applied.city.population.year == 2029
    assert np.isclose(applied.city.population.total.sum(), 0.9 * city.population.total.sum())
    assert applied.city.timetable is city.timetable


def test_the_base_is_never_changed(city, make):
    before = city.layer_digests()
    fresh = type(city)(**{f: getattr(city, f) for f in before})  # no remembered digests
    apply_scenario(fresh, make(THREE, year="2029"))
    assert type(city)(**{f: getattr(fresh, f) for f in before}).layer_digests() == before


def test_disabled_modifications_are_skipped_even_if_they_change_nothing(city, make):
    text = "- {id: a, type: adjust-speed, routes: [L], scale: 1, enabled: false}"
    assert apply_scenario(city, make(text)).city is city


def test_no_effect_may_be_allowed(city, make):
    scenario = make("- {id: a, type: adjust-speed, routes: [L], scale: 1}")
    assert apply_scenario(city, scenario, allow_no_effect=True).city.digest == city.digest
    assert [p.code for p in check_scenario(city, scenario)] == ["scenario.no_effect"]


def test_all_modifications_are_checked_at_once(city, make):
    scenario = make(
        """
        - {id: a, type: adjust-speed, routes: [Q], scale: 2}
        - {id: b, type: remove-facility, ids: [nobody]}
        - {id: c, type: adjust-population, where: {everywhere: true}, scale: 1}
        """
    )
    codes = {p.code for p in check_scenario(city, scenario)}
    assert codes == {"scenario.unknown_route", "scenario.unknown_facility", "scenario.no_effect"}


def test_settings_come_from_the_scenario(city, make):
    applied = apply_scenario(
        city,
        make(
            parameters="{max_transfers: 1}",
            analysis='{date: saturday, window: ["08:00", "09:30"], headway_draws: 7, seed: 11, departure_mode: random}',
        ),
    )
    assert applied.params.max_transfers == 1
    a = applied.analysis
    assert (a.date, a.window, a.n_draws, a.seed, a.departure_mode) == (
        "saturday",
        ("08:00", "09:30"),
        7,
        11,
        "random",
    )


@pytest.mark.parametrize(
    ("keys", "code", "said"),
    [
        ({"parameters": "{max_transfer: 1}"}, "unknown_parameter", "max_transfers"),
        ({"parameters": "{max_transfers: 99}"}, "bad_setting", "99"),
        ({"parameters": "{max_transfers: many}"}, "bad_setting", "many"),
        ({"analysis": '{date: "2025-13-45"}'}, "bad_setting", "2025-13-45"),
        ({"analysis": '{window: ["12:00", "10:00"]}'}, "bad_setting", "12:00"),
        ({"year": "2019"}, "year_before", "2023"),
        ({"data": "{bundle: hitachi}"}, "other_city", "grid"),
        ({"data": "{sha256: abc}"}, "other_digest", "今のデータ"),
    ],
)
def test_settings_that_cannot_be(city, make, keys, code, said):
    with pytest.raises(ScenarioError) as found:
        apply_scenario(city, make(**keys))
    problem = found.value.problems[0]
    assert problem.code == f"scenario.{code}"
    assert said in problem.message.ja + problem.hint.ja
    assert problem.where.startswith("example.yaml:")


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ("ride_fare_elasticity: -0.01", "-0.9〜-0.05"),
        ("max_transfers: many", "整数"),
        ("catchment_setting: jr-900m", "jr-800m"),
        ("clinic_morning_from: noon", "形"),
        ("walk_detour: 0.2", "1.0 以上"),
        ("visit_rates: [[1, 2, 3]]", "形"),
    ],
)
def test_a_parameter_out_of_its_bounds_is_told_in_japanese_with_a_remedy(city, make, parameter, said):
    with pytest.raises(ScenarioError) as found:
        apply_scenario(city, make(parameters=f"{{{parameter}}}"))
    (problem,) = found.value.problems
    assert said in problem.message.ja + problem.hint.ja
    assert problem.hint.en
    assert not re.search("Input|should|valid", problem.message.ja + problem.hint.ja)


def test_a_date_that_cannot_be_is_told_by_its_own_words(city, make):
    with pytest.raises(ScenarioError) as found:
        apply_scenario(city, make(analysis='{date: "2025-13-45"}'))
    (problem,) = found.value.problems
    assert "2025-13-45" in problem.message.ja
    assert "2025-10-01" in problem.hint.ja


def test_what_is_only_recorded_is_said(city, make):
    applied = apply_scenario(city, make(limits="{drivers: 3}", analysis="{walkers: [older]}"))
    assert {p.code for p in applied.problems} == {"scenario.walkers_unused"}
    assert all(p.severity is Severity.WARNING for p in applied.problems)


def test_a_scenario_is_frozen_and_can_travel_between_processes(make):
    import pickle

    scenario = make(THREE)
    again = pickle.loads(pickle.dumps(scenario))  # noqa: S301 -- its own bytes
    assert again.locate("a", "scale") == scenario.locate("a", "scale")
    with pytest.raises(ValueError, match="frozen"):
        scenario.year = 2030
    assert isinstance(scenario.with_seed(3), Scenario)
    assert scenario.with_seed(3).analysis.seed == 3


def test_a_year_without_official_population_is_told_with_its_line(make):
    town = grid_city(with_targets=False)
    applied = apply_scenario(town, make(year="2029"))
    told = [p for p in applied.problems if p.code == "projection.no_path"]
    assert len(told) == 1
    assert "example.yaml:" in told[0].where
    assert applied.city.population.year == 2023


def test_a_day_without_any_vehicle_is_told(make):
    feed = "stop A 0 0\nstop B 900 0\nservice s 1111100 2025-10-01 2025-10-31\ntrip R service=s A 10:00 B 10:05"
    town = grid_city(timetable=timetable_from_text(feed))
    assert not [p for p in apply_scenario(town, make()).problems if p.code == "scenario.no_service"]
    for day in ("2025-11-05", "saturday"):
        told = [
            p
            for p in apply_scenario(town, make(analysis=f"{{date: {day}}}")).problems
            if p.code == "scenario.no_service"
        ]
        assert len(told) == 1
        assert "徒歩だけ" in told[0].message.ja
