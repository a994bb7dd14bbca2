"""Any tours that are found pass the judge, who knows nothing of the solver; what cannot be found cannot be drawn up."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.errors import ModelError, Text
from geodata.mobile_office import LunchBreak, OfficeVisit
from sim.mobile_office.assigning import assign_vehicles
from sim.mobile_office.tour_check import Stay, check_days, check_tours
from sim.mobile_office.tour_model import Effort
from sim.mobile_office.tour_types import Crew, TourAsk, Tours
from sim.mobile_office.touring import find_way, plan_tours

H, M = 3_600, 60
QUICK = Effort(2.0, 1.0)


@st.composite
def crews(draw, n_places, max_vehicles=2):
    at = np.array(
        draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=n_places + 1, max_size=n_places + 1))
    )
    minutes = np.abs(at[:, None] - at[None, :]).sum(axis=2)
    lunch = draw(st.sampled_from([None, LunchBreak(12 * H, 13 * H, H), LunchBreak(11 * H, 14 * H, 45 * M)]))
    return Crew(
        names=tuple(Text(f"所{i}", f"place {i}") for i in range(n_places)),
        drive_s=(minutes * M).astype(np.int32),
        n_vehicles=draw(st.integers(1, max_vehicles)),
        setup_s=draw(st.sampled_from([0, 10, 20])) * M,
        shift_s=(8 * H, draw(st.sampled_from([15, 17, 18])) * H),
        lunch=lunch,
    )


@st.composite
def asks(draw, max_places=5, frequencies=(1, 2, 4), step_min=5):
    n = draw(st.integers(1, max_places))
    uniform = draw(st.booleans())
    often = draw(st.lists(st.sampled_from(frequencies), min_size=n, max_size=n))
    opens = draw(st.lists(st.sampled_from([8, 9, 11]), min_size=n, max_size=n))
    return TourAsk(
        crew=draw(crews(n)),
        dwell_s=np.array(draw(st.lists(st.sampled_from([60, 90, 150]), min_size=n, max_size=n)), np.int32) * M,
        visits_per_month=np.array([often[0]] * n if uniform else often, np.int32),
        weekdays=draw(st.sampled_from([(0,), (1, 3)])),
        opening_s=np.array([(o * H, 16 * H) for o in opens], np.int32),
        step_s=step_min * M,
    )


@given(asks())
@settings(max_examples=40)
def test_any_tours_found_pass_the_judge(ask):
    try:
        tours = plan_tours(ask, QUICK)
    except ModelError:
        assume(False)
    assert check_tours(ask, tours) == ()
    assert 0 <= tours.bound_s_month <= tours.drive_s_month


@given(asks(max_places=2, frequencies=(4,), step_min=60))
@settings(max_examples=60)
def test_tours_are_found_exactly_where_any_calendar_passes_the_judge(ask):
    """All calendars on the hour are written out and judged one by one."""
    hours = range(8 * H, 16 * H, H)
    choices = [
        [
            OfficeVisit(d, s, s + int(dwell), (), v)
            for d in ask.weekdays
            for v in range(ask.crew.n_vehicles)
            for s in hours
        ]
        for dwell in ask.dwell_s
    ]
    any_passes = any(check_tours(ask, Tours(visits, 0, 0)) == () for visits in product(*choices))
    assert (find_way(ask, QUICK.feasible).way is not None) == any_passes


@given(asks(max_places=4))
@settings(max_examples=25)
def test_less_to_do_is_never_harder(ask):
    """Tours to all places mean tours to all but the last one, with no more driving."""
    assume(ask.crew.n_places > 1)
    whole = find_way(ask, QUICK.feasible)
    assume(whole.way is not None)
    keep = [*range(ask.crew.n_places - 1), ask.crew.n_places]
    crew = replace(ask.crew, names=ask.crew.names[:-1], drive_s=ask.crew.drive_s[np.ix_(keep, keep)])
    fewer = replace(
        ask,
        crew=crew,
        dwell_s=ask.dwell_s[:-1],
        visits_per_month=ask.visits_per_month[:-1],
        opening_s=ask.opening_s[:-1],
    )
    assert find_way(fewer, QUICK.feasible).way is not None


@st.composite
def calendars(draw):
    n = draw(st.integers(1, 3))
    crew = replace(draw(crews(n)), shift_s=None, lunch=None)
    weeks = st.sampled_from([(), (1, 3), (2, 4), (5,)])
    visits = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, 1), st.integers(8, 15), weeks), min_size=1, max_size=5)
    )
    return crew, [Stay(p, OfficeVisit(d, s * H, (s + 1) * H, w)) for p, d, s, w in visits]


@given(calendars())
@settings(max_examples=80)
def test_vehicles_are_found_exactly_where_any_assignment_passes_the_judge(calendar):
    crew, stays = calendar
    given_stays, clashes = assign_vehicles(crew, stays)
    tried = product(range(crew.n_vehicles), repeat=len(stays))
    any_passes = any(
        check_days(crew, [s._replace(visit=replace(s.visit, vehicle=v)) for s, v in zip(stays, vs, strict=True)]) == ()
        for vs in tried
    )
    assert (clashes == ()) == any_passes
    if any_passes:
        assert check_days(crew, given_stays) == ()
        assert [replace(s.visit, vehicle=-1) for s in given_stays] == [s.visit for s in stays]
