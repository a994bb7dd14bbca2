"""Duties: every one keeps the standard as an independent checker reads it, and none could be spared below the bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import ModelError
from sim.operations.blocks import link_runs
from sim.operations.duties import cut_duties, fewest_duties
from tests.unit.sim.operations.days_made_up import HOUR, MINUTE, RULES, day_of, days, shuttle
from tests.unit.sim.operations.rule_check import as_rows, one_duty, problems_of


def cut(runs, rules=RULES):
    return cut_duties(runs, link_runs(runs, rules.layover_s), rules)


@given(days())
def test_every_duty_keeps_the_standard(runs):
    duties = cut(runs)
    assert not problems_of(as_rows(runs), duties.duty.tolist(), RULES)
    assert set(duties.duty.tolist()) == set(range(len(duties)))


@settings(max_examples=25)
@given(
    st.lists(
        st.builds(
            shuttle,
            start=st.integers(300, 900),
            end=st.integers(901, 1400),
            run=st.integers(10, 70),
            pause=st.integers(5, 25),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_long_blocks_are_cut_to_the_standard(vehicles):
    runs = day_of([row for rows in vehicles for row in rows] or [(300, 310, 0, 1)])
    duties = cut(runs)
    assert not problems_of(as_rows(runs), duties.duty.tolist(), RULES)
    assert int(duties.span_s.max()) <= RULES.span_s
    assert int(duties.drive_s.max()) <= RULES.drive_s


def partitions(items):
    """Yield every way to part a list."""
    if not items:
        yield []
        return
    for rest in partitions(items[1:]):
        for n in range(len(rest)):
            yield [*rest[:n], [items[0], *rest[n]], *rest[n + 1 :]]
        yield [[items[0]], *rest]


@settings(max_examples=60)
@given(days(most=6, terminals=2))
def test_the_bound_is_a_bound_and_the_plan_is_near(runs):
    rows = as_rows(runs)
    best = min(
        len(parts) for parts in partitions(rows) if all(not list(one_duty(sorted(part), RULES)) for part in parts)
    )
    duties = cut(runs)
    assert duties.at_least == fewest_duties(runs, RULES)
    assert duties.at_least <= best <= len(duties)


@given(days(), st.integers(0, 2))
def test_a_longer_span_lowers_the_bound(runs, hours):
    longer = replace(RULES, span_s=RULES.span_s + hours * HOUR)
    assert fewest_duties(runs, longer) <= fewest_duties(runs, RULES)


def test_driving_without_a_break_is_shared_by_two():
    without = day_of(shuttle(360, 360 + 6 * 60, 25, 5))
    assert len(cut(without)) == 2
    first, second = shuttle(360, 540, 25, 5), shuttle(600, 780, 25, 5)
    assert len(cut(day_of([*first, *second]))) == 1  # an hour of rest between the two halves


def test_two_pauses_of_a_quarter_hour_are_a_break():
    stretch = [(0, 110, 0, 1), (125, 200, 1, 0), (215, 300, 0, 1), (305, 380, 1, 0)]
    shorter = [(0, 110, 0, 1), (119, 200, 1, 0), (209, 300, 0, 1), (305, 380, 1, 0)]  # nine minutes do not count
    assert len(cut(day_of(stretch))) == 1
    assert len(cut(day_of(shorter))) == 2


def test_morning_and_evening_are_one_duty_only_within_the_span():
    day = day_of([*shuttle(390, 540, 25, 5), *shuttle(960, 1170, 25, 5)])  # 6:30 to 9:00 and 16:00 to 19:30
    assert len(cut(day)) == 2
    assert len(cut(day, replace(RULES, span_s=15 * HOUR))) == 1
    assert cut(day).at_least == 2


def test_another_terminal_takes_the_way_there():
    near, far = [(360, 400, 0, 0), (435, 475, 0, 0)], [(360, 400, 0, 0), (435, 475, 1, 1)]
    assert len(cut(day_of(near))) == 1
    assert len(cut(day_of(far))) == 2  # 35 minutes are a break, not a break and the way
    assert len(cut(day_of([far[0], (450, 490, 1, 1)]))) == 1


def test_drivers_of_two_companies_are_not_shared():
    rows = [(360, 400, 0, 0), (450, 490, 0, 0)]
    assert len(cut(day_of(rows, agency=["甲", "甲"]))) == 1
    assert len(cut(day_of(rows, agency=["甲", "乙"]))) == 2


def test_a_run_too_long_for_one_driver_is_driven_by_two_who_change_underway():
    day = day_of([(300, 300 + 5 * 60, 0, 1), (700, 740, 1, 0)])
    duties = cut(day)
    assert len(duties) == 2
    assert duties.duty.tolist()[0] == 0
    assert int(duties.drive_s.sum()) == (300 + 40 + 2 * 20) * MINUTE
    assert int(duties.drive_s.max()) <= RULES.continuous_s


def test_rules_that_leave_no_time_to_drive_are_refused():
    with pytest.raises(ModelError) as found:
        cut(day_of([(300, 310, 0, 1)]), replace(RULES, continuous_s=20 * MINUTE))
    assert found.value.problems[0].code == "operations.no_time"
    assert "continuous_drive_h" in found.value.problems[0].hint.ja


def test_no_runs_no_duties():
    nothing = day_of([(300, 310, 0, 1)]).where(day_of([(300, 310, 0, 1)]).trip < 0)
    duties = cut(nothing)
    assert (len(duties), duties.at_least) == (0, 0)


def test_signing_on_and_the_way_from_the_depot_count():
    duties = cut(day_of([(600, 640, 0, 1)]))
    assert duties.start_s.tolist() == [570 * MINUTE]
    assert duties.end_s.tolist() == [670 * MINUTE]
    assert duties.drive_s.tolist() == [60 * MINUTE]
