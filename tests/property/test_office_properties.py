"""What holds of any plan of a mobile office: more visits cover no fewer, nobody is served twice or beyond capacity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import Text
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.synthetic.grid import grid_city
from geodata.synthetic.text_feed import timetable_from_text
from sim.context import RunContext
from sim.mobile_office.coverage import covered_share, free_covered_share, visits_within_reach
from sim.mobile_office.free_time import AGES, free_by_age, levels
from sim.mobile_office.marginal import one_hour_less
from sim.mobile_office.procedures import expected_procedures, points_by_cell
from sim.params import Analysis, Params
from sim.reuse import Reuse

QUIET = "stop A 0 0\nstop B 10 0\nroute R bus\ntrip R A 04:00 B 04:01"
CITY = grid_city(n_x=5, n_y=5, timetable=timetable_from_text(QUIET))
MEMORY = Reuse()
SLACK = 1e-9


def context_of(**params):
    return RunContext(CITY, Analysis(n_draws=1), Params(**params), MEMORY)


CONTEXT = context_of()
NO_TURN = settings(max_examples=40)

visits = st.builds(
    lambda weekday, start_h, hours, weeks: OfficeVisit(
        weekday, start_h * 1800, start_h * 1800 + hours * 1800, tuple(sorted(weeks))
    ),
    st.integers(0, 6),
    st.integers(16, 36),
    st.integers(1, 10),
    st.sets(st.integers(1, 5), max_size=3),
)
spots = st.tuples(st.integers(0, 10), st.integers(0, 10)).map(lambda p: (p[0] * 250.0, p[1] * 250.0))
services = st.sets(st.sampled_from(["証明書", "マイナンバーカード", "相談", "買物"]), min_size=1).map(
    lambda s: tuple(sorted(s))
)


@st.composite
def plans(draw, most=4):
    held = draw(st.lists(st.tuples(spots, st.lists(visits, min_size=1, max_size=2)), min_size=1, max_size=most))
    places = tuple(
        OfficePlace(f"p{n}", Text("", ""), (0.0, 0.0), xy, tuple(times)) for n, (xy, times) in enumerate(held)
    )
    per_hour = draw(st.sampled_from([None, 0.01, 1.0]))
    return MobileOfficePlan(
        "m", Text("", ""), "hypothetical", draw(services), 1, places, 500.0, procedures_per_hour=per_hour
    )


def fewer(plan):
    return replace(plan, places=plan.places[:-1])


@NO_TURN
@given(plans())
def test_another_place_covers_at_least_as_many(plan):
    some, all_of = (fewer(plan),), (plan,)
    assert (covered_share(CONTEXT, plans=all_of) >= covered_share(CONTEXT, plans=some) - SLACK).all()
    assert (visits_within_reach(CONTEXT, plans=all_of) >= visits_within_reach(CONTEXT, plans=some) - SLACK).all()
    assert (free_covered_share(CONTEXT, all_of) >= free_covered_share(CONTEXT, some) - SLACK).all()
    demand = [expected_procedures(CONTEXT, p).demand.sum() for p in (some, all_of)]
    assert demand[1] >= demand[0] - SLACK


@NO_TURN
@given(plans())
def test_who_is_free_is_among_those_covered(plan):
    covered, free = covered_share(CONTEXT, plans=(plan,)), free_covered_share(CONTEXT, (plan,))
    assert (free >= -SLACK).all()
    assert (free <= covered[:, None] + SLACK).all()


@NO_TURN
@given(plans())
def test_needs_are_accounted_for_and_capacity_holds(plan):
    found = expected_procedures(CONTEXT, (plan,))
    left = found.to_convenience + found.to_offices + found.demand.sum(axis=1)
    assert found.needs == pytest.approx(left)
    assert (found.served <= found.capacity + SLACK).all()
    assert (found.served <= found.demand.sum(axis=1) + SLACK).all()
    assert (found.demand >= 0).all()
    assert 0 <= found.card_by_cell.sum() <= found.served.sum() + SLACK
    assert points_by_cell(CONTEXT, found).sum() * 5.0 * 2_500 == pytest.approx(12 * found.card_by_cell.sum())


@NO_TURN
@given(plans())
def test_an_hour_less_never_raises_procedures(plan):
    before, after = (expected_procedures(CONTEXT, (p,)) for p in (plan, one_hour_less(plan).plan))
    assert (after.served <= before.served + SLACK).all()
    assert after.capacity.sum() <= before.capacity.sum() + SLACK


@NO_TURN
@given(plans())
def test_the_order_of_places_changes_nothing(plan):
    turned = replace(plan, places=plan.places[::-1])
    one, other = (expected_procedures(CONTEXT, (p,)) for p in (plan, turned))
    assert one.served == pytest.approx(other.served[::-1])
    assert one.card_by_cell == pytest.approx(other.card_by_cell)


@NO_TURN
@given(plans())
def test_stronger_rivals_leave_no_more(plan):
    weak = expected_procedures(context_of(rival_office_choice_share=0.2, convenience_choice_share=0.1), (plan,))
    strong = expected_procedures(context_of(rival_office_choice_share=0.6, convenience_choice_share=0.3), (plan,))
    assert (strong.demand <= weak.demand + SLACK).all()


@given(visits, st.integers(0, 5))
def test_free_shares_are_shares_and_grow_with_the_visit(visit, longer):
    params = Params()
    share = free_by_age(params, visit.weekday, visit.start_s, visit.end_s)
    assert share.shape == (len(AGES),)
    assert ((share >= 0) & (share <= 1)).all()
    assert (free_by_age(params, visit.weekday, visit.start_s, visit.end_s + longer * 1800) >= share).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_levels_nest_and_add_up(shares):
    free = np.array(shares)
    found = list(levels(free))
    assert sum(step for step, _ in found) == pytest.approx(free.max())
    sizes = [int(suits.sum()) for _, suits in found]
    assert sizes == sorted(sizes)
    rebuilt = sum((step * suits for step, suits in found), start=np.zeros(len(free)))
    assert rebuilt == pytest.approx(free)
