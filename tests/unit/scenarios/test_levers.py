"""Levers files: values, cost, the scenario of any choice, and what is refused, each at its line."""

from __future__ import annotations

import pytest

from geodata.errors import CitySimError, ScenarioError, UsageError
from scenarios.lever_book import list_levers, read_levers
from tests.unit.scenarios.goal_books import BASE, HOMES, write_book


def refused(folder, text, base=BASE):
    with pytest.raises(CitySimError) as found:
        read_levers(write_book(folder, text, base))
    return list(found.value.problems)


def test_values_go_from_off_outward(tmp_path):
    book = read_levers(write_book(tmp_path))
    assert book.grid == (tuple(float(v) for v in range(0, 601, 20)),)
    assert book.off == (0.0,)
    down = HOMES.replace("    step: 20\n", "    step: 20\n    off: 600\n")
    assert read_levers(write_book(tmp_path, down)).grid[0][:2] == (600.0, 580.0)


def test_decimal_steps_do_not_drift(tmp_path):
    text = HOMES.replace("high: 600", "high: 0.7").replace("step: 20", "step: 0.1")
    assert read_levers(write_book(tmp_path, text)).grid == ((0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),)


def test_off_is_the_base_itself_and_a_value_stands_in_the_file(tmp_path):
    book = read_levers(write_book(tmp_path))
    assert book.scenario(book.off).digest == book.base.digest
    (mod,) = book.scenario((240.0,)).modifications
    assert (mod.id, mod.persons, mod.conserve_total) == ("move", 240, True)


def test_a_lever_may_replace_a_modification_of_the_base_and_set_keys_of_it(tmp_path):
    base = BASE.replace(
        "modifications: []", "modifications:\n  - {id: cut, type: remove-facility, category: clinic, count: 1}"
    )
    text = HOMES.replace("sets: [modifications.move.persons]", "sets: [modifications.cut.count]")
    text = text.split("    modifications:")[0].replace("high: 600", "high: 2").replace("step: 20", "step: 1")
    book = read_levers(write_book(tmp_path, text, base))
    assert [m.count for m in book.scenario((2.0,)).modifications] == [2]
    assert [m.count for m in book.scenario((0.0,)).modifications] == [1]
    other = HOMES.replace("{id: move,", "{id: cut, override: true,").replace(".move.", ".cut.")
    book = read_levers(write_book(tmp_path, other, base))
    assert [m.type for m in book.scenario((20.0,)).modifications] == ["adjust-population"]
    assert [m.type for m in book.scenario((0.0,)).modifications] == ["remove-facility"]


def test_own_cost_counts_what_is_once_and_what_is_per_unit_and_spreads_capital(tmp_path):
    cost = "cost: {yearly_yen: 5, yearly_yen_per_unit: 2, capital_yen: 1000, capital_yen_per_unit: 10, source: 仮定}"
    text = HOMES.replace("cost: {yearly_yen_per_unit: 1000, source: 仮定}", cost).replace(
        "base:", "capital_years: 10\nbase:"
    )
    book = read_levers(write_book(tmp_path, text))
    found = book.own_cost((40.0,))
    assert (found.yearly_yen, found.capital_yen, found.total_yen) == (85.0, 1400.0, 225.0)
    assert book.own_cost(book.off).total_yen == 0.0


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("    high: 600\n", "", "scenario.lever_bounds", "levers.yaml:6 levers[0].high"),
        ("    low: 0\n    high: 600\n    step: 20\n", "", "scenario.lever_bounds", "levers[0].low"),
        ("    step: 20\n", "", "scenario.lever_bounds", "levers[0].step"),
        ("step: 20", "step: 7", "scenario.lever_step", "levers.yaml:11 levers[0].step"),
        ("step: 20", "step: 0.1", "scenario.lever_steps", "levers.yaml:11 levers[0].step"),
        ("high: 600", "high: 0", "scenario.lever_order", "levers.yaml:9 levers[0].low"),
        ("step: 20", "step: 20\n    off: 100", "scenario.lever_off", "levers.yaml:12 levers[0].off"),
        ("step: 20", "step: 20\n    choices: [0, 1]", "scenario.lever_choices", "levers.yaml:12 levers[0].choices"),
        ("    sets: [modifications.move.persons]\n", "", "scenario.lever_switch", "levers[0].sets"),
        (".persons]", ".person]", "goal.unknown_path", "levers.yaml:13 levers[0].sets[0]"),
        (
            "cost: {yearly_yen_per_unit: 1000, source: 仮定}",
            "cost: {yearly_yen: 1}",
            "scenario.missing_key",
            "cost.source",
        ),
        ("base: as-it-is", "base: as-it-was", "scenario.not_found", "levers.yaml:4 base"),
        ("persons: 1,", "person: 1,", "scenario.unknown_key", "levers.yaml:15"),
        ("high: 600", "high: many", "scenario.wrong_type", "levers.yaml:10 levers[0].high"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(tmp_path, old, new, code, line):
    assert old in HOMES
    (problem, *_) = refused(tmp_path, HOMES.replace(old, new))
    assert problem.hint.ja or code not in {"scenario.lever_order", "scenario.lever_bounds"}
    assert problem.code == code
    assert line in problem.where
    assert problem.message.ja != problem.message.en


def test_a_value_that_does_not_fit_its_key_is_refused_before_anything_runs(tmp_path):
    text = HOMES.replace("sets: [modifications.move.persons]", "sets: [modifications.move.scale]")
    problems = refused(tmp_path, text)  # persons and scale exclude each other
    assert [p.where for p in problems] == ["levers.yaml:13 levers[0].sets"]


def test_two_levers_keep_apart(tmp_path):
    second = HOMES.split("levers:\n")[1]
    for old, new, code in (
        ("", "", "scenario.lever_id_twice"),
        ("id: homes", "id: more", "scenario.lever_modification_twice"),
    ):
        (problem, *_) = refused(tmp_path, HOMES + second.replace(old, new, 1) if old else HOMES + second)
        assert problem.code == code
        assert "levers[1]" in problem.where


def test_an_id_of_the_base_is_refused_unless_it_overrides(tmp_path):
    base = BASE.replace(
        "modifications: []", "modifications:\n  - {id: move, type: remove-facility, category: clinic, count: 1}"
    )
    (problem,) = refused(tmp_path, HOMES, base)
    assert (problem.code, problem.where) == ("scenario.conflicting_id", "levers.yaml:15 levers[0].modifications[0].id")


def test_an_unknown_file_names_the_shipped_ones(tmp_path):
    with pytest.raises(UsageError) as found:
        read_levers("catchment-2092")
    assert "catchment-2029" in found.value.problems[0].hint.ja
    with pytest.raises(ScenarioError):
        read_levers(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", list_levers())
def test_shipped_levers_are_whole_and_say_where_numbers_come_from(name):
    book = read_levers(name)
    assert book.scenario(book.off).digest == book.base.digest
    for lever in book.levers:
        assert lever.source is not None or lever.is_switch
        assert lever.cost is None or lever.cost.source.ja
