"""The searches behind goal-seek, on formulas: each against trying everything, and honest where it cannot."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.goal_finding import frontier_of, pareto, seek_all, seek_bounding
from scenarios.goal_linear import frontier_linear, seek_linear
from scenarios.goal_surrogate import make_surrogate
from tests.unit.scenarios.goal_books import FormulaEvaluator, made_up_book, share_ask

MADE_UP = ("made-up",)
SIZES = st.lists(st.integers(1, 4), min_size=1, max_size=3)


def dot(weights):
    return lambda values: sum(w * v for w, v in zip(weights, values, strict=True))


@st.composite
def linear_cases(draw):
    sizes = draw(SIZES)
    n = len(sizes)
    gains = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    newcomers = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    unit = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    fixed = draw(st.lists(st.integers(0, 20), min_size=n, max_size=n))
    return sizes, gains, newcomers, unit, fixed, draw(st.floats(0.2, 0.9)), draw(st.booleans())


def brute_force(evaluator):
    ask = evaluator.ask
    known = [evaluator.at(v) for v in itertools.product(*evaluator.book.grid)]
    costs = [o.cost.total_yen for o in known if o.allowed and ask.reaches(o.numbers["made-up"])]
    return min(costs, default=None), max(o.numbers["made-up"] for o in known)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(linear_cases())
def test_the_program_finds_what_trying_everything_finds(case):
    sizes, gains, newcomers, unit, fixed, target, held = case
    book = made_up_book(sizes, [1e6 * u for u in unit], [1e6 * f for f in fixed], linear=range(len(sizes)))
    budget = 30e6 if held else None

    def evaluator():
        inside, people = dot(gains), dot(newcomers)
        return FormulaEvaluator(
            book, share_ask(target, budget_yen=budget), {"made-up": lambda v: 20 + inside(v)}, lambda v: 100 + people(v)
        )

    cheapest, best = brute_force(evaluator())
    found = seek_linear(evaluator(), tuple(range(len(sizes))), MADE_UP)
    assert found.proven
    assert found.error < 1e-12
    assert (None if found.cheapest is None else found.cheapest.cost.total_yen) == pytest.approx(cheapest)
    if budget is None:
        assert found.furthest.numbers["made-up"] == pytest.approx(best)
    else:
        assert found.furthest.cost.total_yen <= budget + 1


@settings(max_examples=60, derandomize=True, deadline=None)
@given(linear_cases())
def test_halving_finds_what_trying_everything_finds_where_more_is_never_worse(case):
    sizes, gains, _, unit, fixed, target, held = case
    book = made_up_book(sizes, [1e6 * u for u in unit], [1e6 * f for f in fixed])
    budget = 30e6 if held else None

    def evaluator():
        inside, vehicles = dot(gains), dot([1e6 * f for f in fixed])
        return FormulaEvaluator(  # bent and with steps, but never falling; what vehicles cost only the model knows
            book,
            share_ask(target, budget_yen=budget),
            {"made-up": lambda v: 1 - math.exp(-int(inside(v)) / 20)},
            operating=vehicles,
        )

    cheapest, _ = brute_force(evaluator())
    for search in (seek_bounding, seek_all):
        found = search(evaluator(), MADE_UP)
        assert found.proven
        assert found.not_monotone == ()
        assert (None if found.cheapest is None else found.cheapest.cost.total_yen) == pytest.approx(cheapest)


def test_halving_tries_few_of_many_choices():
    book = made_up_book([100, 100], [1e6, 3e6], [0, 0])
    evaluator = FormulaEvaluator(book, share_ask(0.5, most=2_000), {"made-up": lambda v: (v[0] + 4 * v[1]) / 500})
    found = seek_bounding(evaluator, MADE_UP)
    # 250 points are wanted; lever 1 gives 4 for 3 million, lever 0 gives 1 for 1 million.
    assert found.proven
    assert found.cheapest.cost.total_yen == pytest.approx(188e6, abs=2e6)
    assert found.cheapest.numbers["made-up"] >= 0.5
    assert evaluator.n_evaluated < 10_201 / 10


def test_a_lever_that_gets_worse_with_more_is_found_out():
    book = made_up_book([8], [1e6], [0])
    evaluator = FormulaEvaluator(book, share_ask(0.9), {"made-up": lambda v: 1 - abs(v[0] - 4) / 4})
    found = seek_bounding(evaluator, MADE_UP)
    assert found.cheapest is None  # the strongest choice falls short, so the box was thrown away…
    evaluator = FormulaEvaluator(book, share_ask(0.4), {"made-up": lambda v: 0.5 - 0.3 * (v[0] in (2, 3))})
    assert seek_bounding(evaluator, MADE_UP).cheapest.values == (0,)
    evaluator = FormulaEvaluator(book, share_ask(0.7), {"made-up": lambda v: 1.0 if v[0] == 8 else 0.5 - 0.01 * v[0]})
    found = seek_bounding(evaluator, MADE_UP)
    assert found.not_monotone  # …and where choices that were tried contradict it, nothing is called proven
    assert not found.proven


def test_a_search_that_must_stop_proves_nothing():
    book = made_up_book([50, 50], [1e6, 1e6], [0, 0])
    evaluator = FormulaEvaluator(book, share_ask(0.5, most=5), {"made-up": lambda v: (v[0] + v[1]) / 100})
    found = seek_bounding(evaluator, MADE_UP)
    assert not found.proven


def test_what_bends_between_the_corners_is_allowed_for_and_refuted_by_the_model():
    book = made_up_book([20], [1e6], [0], linear=(0,))
    evaluator = FormulaEvaluator(book, share_ask(0.5), {"made-up": lambda v: (v[0] / 20) ** 2})  # 0.5 at 14.1
    made = make_surrogate(evaluator, (0,), (0,), MADE_UP)
    assert made.error[0] == pytest.approx(2 * 0.25)  # twice what is off at half
    found = seek_linear(evaluator, (0,), MADE_UP)
    assert found.cheapest.values == (15,)


def test_limits_are_obeyed_and_can_be_put_aside():
    book = made_up_book([5, 5], [1e6, 2e6], [0, 0])
    numbers = {"made-up": lambda v: (v[0] + v[1]) / 10}
    tired = {"broken": lambda v: v[0] > 2}
    for search in (seek_all, seek_bounding):
        held = search(FormulaEvaluator(book, share_ask(0.5), numbers, **tired), MADE_UP)
        assert held.cheapest.values == (2, 3)
        free = search(FormulaEvaluator(book, share_ask(0.5), numbers, **tired), MADE_UP, keep_limits=False)
        assert free.cheapest.values == (5, 0)
        assert free.cheapest.broken == ("drivers",)


def test_several_definitions_at_once_need_the_dearest_of_their_answers_at_least():
    book = made_up_book([10, 10], [1e6, 1e6], [0, 0], linear=(0, 1))
    numbers = {"one": lambda v: v[0] / 10, "two": lambda v: v[1] / 10}
    evaluator = FormulaEvaluator(book, share_ask(0.5), numbers)
    assert seek_linear(evaluator, (0, 1), ("one",)).cheapest.values == (5, 0)
    assert seek_linear(evaluator, (0, 1), ("two",)).cheapest.values == (0, 5)
    assert seek_linear(evaluator, (0, 1), ("one", "two")).cheapest.values == (5, 5)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=15))
def test_the_frontier_holds_what_no_other_beats(points):
    told = [(float(c), float(v)) for c, v in points]
    kept = pareto(told, lambda p: p)
    for cost, value in told:
        assert any(c <= cost and v >= value for c, v in kept)
    assert [c for c, _ in kept] == sorted({c for c, _ in kept})
    assert [v for _, v in kept] == sorted({v for _, v in kept})


def test_the_frontier_by_programs_lies_on_the_one_by_trying_everything():
    book = made_up_book([6, 6], [1e6, 3e6], [0, 2e6], linear=(0, 1))
    numbers = {"made-up": lambda v: (20 + v[0] + 5 * v[1]) / 100}
    whole = FormulaEvaluator(book, share_ask(0.4), numbers)
    for values in itertools.product(*book.grid):
        whole.at(values)
    best = {o.cost.total_yen: o.numbers["made-up"] for o in frontier_of(whole.outcomes, whole.ask, "made-up")}
    found = frontier_linear(FormulaEvaluator(book, share_ask(0.4), numbers), (0, 1), "made-up")
    assert len(found) > 3
    for outcome in found:
        assert best[outcome.cost.total_yen] == pytest.approx(outcome.numbers["made-up"])
    assert found[-1].values == (6, 6)


def test_less_is_better_where_the_kpi_says_so():
    book = made_up_book([10], [1e6], [0], linear=(0,))
    ask = share_ask(40.0)
    ask = type(ask)("transit_gap_population", 40.0, MADE_UP)
    evaluator = FormulaEvaluator(book, ask, {"made-up": lambda v: 100.0 - 9 * v[0]})
    found = seek_linear(evaluator, (0,), MADE_UP)
    assert found.cheapest.values == (7,)
    assert found.furthest.numbers["made-up"] == 10.0


def test_a_corner_without_a_value_hides_no_answer():
    book = made_up_book([6, 6], [1e6, 2e6], [0, 0])
    evaluator = FormulaEvaluator(book, share_ask(0.5), {"made-up": lambda v: (v[0] + v[1]) / 12})
    plain = evaluator.at
    evaluator.at = lambda v: o if sum((o := plain(v)).values) < 10 else replace(o, numbers={"made-up": None})
    found = seek_bounding(evaluator, MADE_UP)
    assert found.cheapest.values == (6, 0)
    assert found.not_monotone == ()
