"""Goal search on the grid city: the answer of arithmetic, limits, definitions, and the proof by a whole run."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from geodata.errors import ModelError, UsageError
from geodata.provenance import Status
from geodata.synthetic import grid_city
from scenarios.apply import apply_scenario
from scenarios.export_goals import answer_frame, frontier_frame, scenarios_of, write_goal
from scenarios.files import read_scenario
from scenarios.goal_confirm import Checked, confirm_answers
from scenarios.goal_points import Ask, Evaluator
from scenarios.goal_seek import check_ask, choose_method, seek
from scenarios.goal_surrogate import linear_levers
from scenarios.lever_book import read_levers
from scenarios.modifications.where import Where, find_share
from scenarios.runner import run_scenario
from scenarios.schema import Limits
from scenarios.store import ResultStore
from scenarios.targets import Verdict
from sim.kpi.coverage import catchment_cover
from sim.run import build_context
from tests.unit.scenarios.goal_books import HOMES, write_book

SHARE, RADIUS = "catchment_population_share", "jr-800m"
SITES = """\
schema: ekisei-levers/1
id: sites
title: 診療所
base: as-it-is
levers:
  - id: west
    title: 西の診療所
    modifications: [{id: west, type: add-facility, category: clinic, name: 西医院, district: west}]
    cost: {yearly_yen: 300, source: 仮定}
  - id: east
    title: 東の診療所
    modifications: [{id: east, type: add-facility, category: clinic, name: 東医院, district: east}]
    cost: {yearly_yen: 200, source: 仮定}
"""
LINES = """\
schema: ekisei-levers/1
id: lines
title: 駅を増やす
base: as-it-is
levers:
  - id: brt
    title: BRT の本数
    choices: [1, 2]
    sets: [modifications.more.scale]
    modifications: [{id: more, type: adjust-frequency, route_class: [brt], scale: 2}]
"""


@pytest.fixture(scope="module")
def city():
    return grid_city()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return ResultStore(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return read_levers(write_book(tmp_path_factory.mktemp("levers")))


def ask_for(target, **more):
    return Ask(SHARE, target, (RADIUS,), **more)


@pytest.fixture(scope="module")
def slope(city, book, store):
    """Share at the base, and what one person who moves adds to it: share near the stations less that elsewhere."""
    evaluator = Evaluator(city, book, ask_for(0.5), store)
    applied = apply_scenario(city, book.base)
    context = build_context(city, applied.analysis, applied.params, reference=None)
    cover, persons = catchment_cover(context, 800.0, 0.0), city.population.total
    near = find_share(city, None, "", Where(near_stations_m=600), SimpleNamespace(problems=[])) > 0
    inside = cover[near] @ persons[near] / persons[near].sum()
    outside = cover[~near] @ persons[~near] / persons[~near].sum()
    base = evaluator.at(book.off).numbers[RADIUS]
    return base, float((inside - outside) / persons.sum())


def test_homes_moved_are_those_that_arithmetic_asks_for(city, book, store, slope):
    base, gain = slope
    target = base + 331 * gain
    result = seek(city, book, ask_for(target), store)
    (answer,) = result.answers
    assert answer.found.method == "milp"
    assert answer.found.proven
    assert answer.outcome.values == (340.0,)  # steps of 20
    assert answer.outcome.cost.yearly_yen == 340_000
    assert answer.outcome.numbers[RADIUS] == pytest.approx(base + 340 * gain, abs=1e-12)
    assert result.n_evaluated < 20


def test_a_target_already_reached_costs_nothing(city, book, store, slope):
    (answer,) = seek(city, book, ask_for(slope[0]), store).answers
    assert answer.outcome.values == book.off
    assert answer.outcome.cost.total_yen == 0


def test_out_of_reach_names_the_bound_and_what_it_would_have_to_be(city, book, store, slope):
    base, gain = slope
    (answer,) = seek(city, book, ask_for(base + 725 * gain), store).answers
    assert answer.outcome is None
    assert answer.furthest.values == (600.0,)
    (stretch,) = answer.stretches
    assert (stretch.bound, stretch.needed, stretch.confirmed) == (600.0, 740.0, True)


def test_a_bound_that_cannot_be_widened_so_far_is_not_called_enough(city, store, tmp_path):
    book = read_levers(write_book(tmp_path, HOMES.replace("near_stations_m: 600", "near_stations_m: 900")))
    (answer,) = seek(city, book, ask_for(1.0), store).answers
    (stretch,) = answer.stretches
    assert stretch.needed > 600
    assert not stretch.confirmed  # not all of those cells lie inside, so not even everybody there is enough


def test_a_budget_binds_and_is_named(city, book, store, slope):
    base, gain = slope
    ask = ask_for(base + 331 * gain, budget_yen=300_000.0)
    (answer,) = seek(city, book, ask, store).answers
    assert answer.outcome is None
    assert answer.broken == ("budget_yen",)
    assert answer.unlimited.cheapest.values == (340.0,)
    assert answer.furthest.values == (300.0,)
    assert answer.stretches == ()


def test_drivers_bind_and_are_named(city, book, store, slope):
    ask = ask_for(slope[0] + 331 * slope[1], limits=Limits(drivers=0))
    (answer,) = seek(city, book, ask, store).answers
    assert answer.outcome is None
    assert answer.broken == ("drivers",)
    assert answer.told is not None
    ask = replace(ask, limits=Limits(drivers=10_000, vehicles=10_000))
    (answer,) = seek(city, book, ask, store).answers
    assert answer.outcome.values == (340.0,)
    assert {v.name: v.holds for v in answer.outcome.verdicts} == {"drivers": True, "vehicles": True}


def test_every_answer_is_proved_by_a_whole_run_of_a_file(city, book, store, slope, tmp_path):
    result = seek(city, book, ask_for(slope[0] + 331 * slope[1]), store)
    checked = confirm_answers(result, lambda s: run_scenario(s, city, store=store))
    (one,) = checked.values()
    assert one.rows[RADIUS].value == pytest.approx(result.answers[0].outcome.numbers[RADIUS], abs=1e-12)
    write_goal(result, checked, tmp_path)
    scenario = read_scenario(tmp_path / f"goal-catchment-population-share-{RADIUS}.yaml")
    again = run_scenario(scenario, city, store=store).result
    assert again.find(SHARE, RADIUS).value == one.rows[RADIUS].value
    frame = answer_frame(result, checked)
    assert frame.loc[0, ["reached", "method", "lever:homes", "scenario"]].tolist() == [True, "milp", 340.0, scenario.id]
    assert one.verdict((RADIUS,)) is Verdict.NO_INTERVAL, "without draws nothing is called met, as in targets"
    assert frame.loc[0, ["verdict", "status"]].tolist() == ["no-interval", str(one.rows[RADIUS].status)]
    front = frontier_frame(result)
    assert front["cost_total_yen"].is_monotonic_increasing
    assert front["value"].is_monotonic_increasing
    assert front.loc[front["reaches"], "cost_total_yen"].min() == 340_000

    lying = replace(result.answers[0].outcome, numbers={RADIUS: 0.9})
    tampered = replace(
        result, answers=(replace(result.answers[0], found=replace(result.answers[0].found, cheapest=lying)),)
    )
    with pytest.raises(ModelError) as found:
        confirm_answers(tampered, lambda s: run_scenario(s, city, store=store))
    assert found.value.problems[0].code == "goal.not_confirmed"


@pytest.mark.parametrize(
    ("said", "together"),
    [
        ((Verdict.MET, Verdict.MET), Verdict.MET),
        ((Verdict.MET, Verdict.NOT_MET), Verdict.UNDECIDED),
        ((Verdict.MET, Verdict.UNDECIDED), Verdict.UNDECIDED),
        ((Verdict.MET, Verdict.NO_INTERVAL), Verdict.NO_INTERVAL),
        ((Verdict.NO_VALUE, Verdict.NO_INTERVAL), Verdict.NO_VALUE),
    ],
)
def test_what_is_said_under_several_definitions_holds_under_each(said, together):
    assert Checked(None, {}, dict(zip("ab", said, strict=True))).verdict(("a", "b")) is together


def test_the_row_of_all_definitions_has_the_weakest_status_and_every_note(city, book, store, slope):
    result = seek(city, book, ask_for(slope[0] + 331 * slope[1]), store)
    checked = confirm_answers(result, lambda s: run_scenario(s, city, store=store))
    (one,) = checked.values()
    row = one.rows[RADIUS]
    rows = {
        RADIUS: replace(row, status=Status.OBSERVED, note="甲"),
        "other": replace(row, status=Status.ASSUMED, note="乙"),
    }
    (answer,) = result.answers
    answer = replace(answer, settings=(RADIUS, "other"))
    numbers = {RADIUS: row.value, "other": row.value}
    answer = replace(answer, found=replace(answer.found, cheapest=replace(answer.outcome, numbers=numbers)),
                     base=replace(answer.base, numbers=numbers))  # fmt: skip
    joint = replace(result, answers=(answer,))
    (name,) = {s.id for s in scenarios_of(joint).values()}
    found = answer_frame(joint, {name: replace(one, rows=rows, verdicts=dict.fromkeys(rows, Verdict.NO_INTERVAL))})
    assert found.loc[0, ["setting", "status", "note"]].tolist() == ["all-definitions", "assumed", "甲; 乙"]


def test_sites_are_counted_each_and_the_cheaper_one_is_opened(city, store, tmp_path):
    book = read_levers(write_book(tmp_path, SITES))
    assert linear_levers(book, "clinics_count", ("default",)) == (0, 1)
    base = Evaluator(city, book, Ask("clinics_count", 0, ("default",)), store).at(book.off).numbers["default"]
    for more, values in ((1, (0.0, 1.0)), (2, (1.0, 1.0))):
        (answer,) = seek(city, book, Ask("clinics_count", base + more, ("default",)), store).answers
        assert answer.outcome.values == values
    (answer,) = seek(city, book, Ask("clinics_count", base + 3, ("default",)), store).answers
    assert answer.outcome is None
    assert answer.stretches == ()  # a switch has no bound to widen


def test_each_definition_is_answered_and_a_lever_that_divides_them_is_told(city, store, tmp_path):
    text = LINES.replace(
        "adjust-frequency, route_class: [brt], scale: 2", "adjust-frequency, route_class: [brt], scale: 1.5"
    )
    book = read_levers(write_book(tmp_path, text))
    assert linear_levers(book, SHARE, (RADIUS,)) == ()
    result = seek(city, book, Ask(SHARE, 0.99, (RADIUS, "jr800-brt500")), store)
    assert [a.settings for a in result.answers] == [(RADIUS,), ("jr800-brt500",)]
    assert {a.found.method for a in result.answers} == {"exhaustive"}
    assert result.agrees
    split = replace(
        result,
        alone=(replace(result.alone[0], numbers={RADIUS: 0.2, "jr800-brt500": 1.0}),),
    )
    assert split.disputed == (0,)
    assert not split.agrees


def test_what_ends_at_no_change_is_switched_off_in_the_file(city, store, tmp_path):
    base = """\
schema: ekisei-scenario/1
id: as-it-is
title: {ja: 減便, en: Fewer}
description: {ja: 減便, en: fewer}
year: 2023
plan_status: planned
modifications: [{id: more, type: adjust-frequency, route_class: [brt], scale: 0.5}]
"""
    text = LINES.split("    modifications:", maxsplit=1)[0].replace("[1, 2]", "[0.5, 1]")
    book = read_levers(write_book(tmp_path, text, base))
    (answer,) = (result := seek(city, book, Ask("frequent_stop_share", 0.01, ("default",)), store)).answers
    forced = replace(result, answers=(replace(answer, found=replace(answer.found, cheapest=result.alone[0])),))
    (scenario,) = {s.id: s for s in scenarios_of(forced).values()}.values()
    assert [m.enabled for m in scenario.modifications] == [False]
    apply_scenario(city, scenario)  # is not refused


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (Ask("operating_cost_yen", 1.0, ("default",)), "goal.no_direction"),
        (Ask(SHARE, 0.3, ("jr-80m",)), "goal.unknown_setting"),
        (Ask(SHARE, 0.3, ("default",), group="district:north"), "goal.unknown_group"),
    ],
)
def test_what_cannot_be_sought_is_refused_with_the_known_names(city, ask, code):
    with pytest.raises(UsageError) as found:
        check_ask(ask, city)
    (problem,) = found.value.problems
    assert problem.code == code
    assert problem.hint.ja


def test_rides_can_be_sought_for_they_have_a_target(city):
    check_ask(Ask("bus_rides_per_citizen", 15.0, ("default",)), city)


def test_too_many_choices_are_refused_at_the_lever_that_is_not_monotone(tmp_path):
    book = read_levers(write_book(tmp_path, HOMES.replace("    monotone: true\n", "")))
    ask = Ask("clinic_within_30min_share", 0.9, ("default",), most=10)
    with pytest.raises(UsageError) as found:
        choose_method(book, ask, ask.settings)
    assert found.value.problems[0].where == "levers.yaml:6 levers[0]"
    book = read_levers(write_book(tmp_path))
    assert choose_method(book, ask, ask.settings) == ("bounding", ())
    assert choose_method(book, replace(ask, most=31), ask.settings) == ("bounding", ())
    few = read_levers(write_book(tmp_path, HOMES.replace("step: 20", "step: 100")))
    assert choose_method(few, ask, ask.settings) == ("exhaustive", ())


def test_a_choice_that_cannot_be_applied_is_no_answer(city, store, tmp_path, slope):
    book = read_levers(write_book(tmp_path, HOMES.replace("high: 600", "high: 9000").replace("step: 20", "step: 100")))
    evaluator = Evaluator(city, book, ask_for(0.5), store)
    refused = evaluator.at((9000.0,))
    assert refused.refused
    assert math.isnan(refused.persons)
    base, gain = slope
    (answer,) = seek(city, book, ask_for(base + 331 * gain), store).answers
    assert answer.outcome.values == (400.0,)
    (answer,) = seek(city, book, ask_for(1.0), store).answers
    assert answer.outcome is None
    assert not answer.furthest.refused


def test_a_share_beyond_one_is_no_answer(city, store, tmp_path):
    book = read_levers(write_book(tmp_path, HOMES.replace("high: 600", "high: 8000").replace("step: 20", "step: 100")))
    outcome = Evaluator(city, book, ask_for(0.5), store).at((8000.0,))  # the official share plus all who move
    assert [p.code for p in outcome.refused] == ["goal.out_of_range"]
    assert not outcome.reaches(ask_for(0.5), (RADIUS,))
