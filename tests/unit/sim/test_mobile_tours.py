"""Weekly tours of the mobile office: known best answers, the constraint that binds, and the judge of tours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.errors import ModelError, Text
from geodata.mobile_office import LunchBreak, OfficeVisit
from sim.mobile_office import tour_days, touring
from sim.mobile_office.tour_causes import binding_families
from sim.mobile_office.tour_check import Gap, Stay, check_days, check_tours, fit_lunch, gaps_of_day
from sim.mobile_office.tour_model import Effort, Found, crew_day_s
from sim.mobile_office.tour_types import NO_ROAD_S, Crew, TourAsk, Tours
from sim.mobile_office.touring import _find_by_model, driving_s_month, find_way, plan_tours

H, M = 3_600, 60


def ask_of(  # noqa: PLR0913 -- one keyword per thing a test varies
    minutes,
    *,
    dwell_min=60,
    per_month=4,
    vehicles=1,
    weekdays=(0,),
    shift=(8, 17),
    opening=(8, 17),
    lunch=None,
    setup_min=0,
):
    """Places on a line through the depot at 0, each so many minutes of driving away."""
    at = np.array([*minutes, 0.0])
    drive = np.ceil(np.abs(at[:, None] - at[None, :]) * M).astype(np.int32)
    n = len(minutes)
    crew = Crew(
        names=tuple(Text(f"所{i}", f"place {i}") for i in range(n)),
        drive_s=drive,
        n_vehicles=vehicles,
        setup_s=setup_min * M,
        shift_s=(round(shift[0] * H), round(shift[1] * H)),
        lunch=lunch,
    )
    return TourAsk(
        crew=crew,
        dwell_s=np.broadcast_to(np.array(dwell_min) * M, n).astype(np.int32),
        visits_per_month=np.broadcast_to(per_month, n).astype(np.int32),
        weekdays=weekdays,
        opening_s=np.tile(np.array(opening) * H, (n, 1)).astype(np.int32),
    )


NOON = LunchBreak(12 * H, 13 * H, H)

# ---------------------------------------------------------------- known answers


def test_two_places_in_line_are_one_tour_a_week():
    tours = plan_tours(ask_of([10, 30], dwell_min=120, setup_min=15, weekdays=(1, 3)))
    assert tours.proven
    assert tours.drive_s_month == 4 * 60 * M  # out to the farther one and back, once a week
    near, far = tours.visits
    assert (near.weekday, far.weekday, near.vehicle, far.vehicle) == (1, 1, 0, 0)
    # 08:00 + 10 min + 15 min set-up is on the grid of five minutes; then 15 + 20 + 15 min to the next opening
    assert (near.start_s, far.start_s) == (8 * H + 25 * M, 10 * H + 25 * M + 50 * M)


def test_the_least_driving_is_not_bounded_above_itself():
    """The solver tells a bound of 17,760.000… s: rounding that up is no proof."""
    tours = plan_tours(
        ask_of([54, 54, 20], dwell_min=[60, 60, 150], per_month=[1, 1, 4], shift=(8, 15), opening=(8, 16), setup_min=10)
    )
    assert tours.bound_s_month == tours.drive_s_month == 17_760


def test_too_few_hours_are_told_without_a_search(monkeypatch):
    """60 places twice a month for an hour: 180 h with set-up, and one van has 160 h."""
    ask = ask_of([1] * 60, per_month=2, weekdays=(0, 1, 2, 3, 4), shift=(8, 16), opening=(8, 16), setup_min=15)
    monkeypatch.setattr(touring, "build_model", lambda _: pytest.fail("searched"))
    assert find_way(ask, 1.0) == Found(None, settled=True)


def test_back_within_the_shift_decides_the_direction():
    """Going far first needs the same driving; the day that is over sooner, or equal, opens on the grid."""
    tours = plan_tours(ask_of([-20, 20], dwell_min=60))
    assert tours.drive_s_month == 4 * 80 * M
    assert sorted(v.start_s for v in tours.visits) == [8 * H + 20 * M, 10 * H]


def test_fortnightly_places_share_a_weekday_in_other_weeks():
    tours = plan_tours(ask_of([10, 10], dwell_min=480, per_month=2))
    assert {v.weeks_of_month for v in tours.visits} == {(1, 3), (2, 4)}
    assert {(v.weekday, v.vehicle) for v in tours.visits} == {(0, 0)}
    assert tours.drive_s_month == 4 * 20 * M


def test_monthly_places_take_one_week_each():
    tours = plan_tours(ask_of([10] * 4, dwell_min=480, per_month=1))
    assert sorted(v.weeks_of_month for v in tours.visits) == [(1,), (2,), (3,), (4,)]


def test_a_second_vehicle_goes_where_one_cannot():
    tours = plan_tours(ask_of([10, 10], dwell_min=480, vehicles=2))
    assert {v.vehicle for v in tours.visits} == {0, 1}


def test_lunch_keeps_two_visits_apart():
    tours = plan_tours(ask_of([10, 10], dwell_min=200, lunch=NOON))
    first, second = sorted(tours.visits, key=lambda v: v.start_s)
    assert first.end_s <= 12 * H
    assert second.start_s >= 13 * H
    assert check_tours(ask_of([10, 10], dwell_min=200, lunch=NOON), tours) == ()


MIXED = [
    {"minutes": [5, -10, 25, 30], "per_month": [1, 2, 4, 2], "weekdays": (0, 2), "lunch": NOON, "setup_min": 10},
    {"minutes": [5, 12, 25], "per_month": [1, 1, 4], "dwell_min": [90, 200, 60], "lunch": NOON},
]


@pytest.mark.parametrize("given", MIXED)
def test_mixed_frequencies_are_toured_by_the_model(given):
    ask = ask_of(given.pop("minutes"), **given)
    tours = plan_tours(ask)
    assert check_tours(ask, tours) == ()
    assert tours.proven


def test_twice_a_month_is_every_other_week_beside_weekly_places():
    tours = plan_tours(ask_of([5, 12, 20], per_month=[2, 4, 2]))
    assert {v.weeks_of_month for v in tours.visits} <= {(), (1, 3), (2, 4)}
    assert [bool(v.weeks_of_month) for v in tours.visits] == [True, False, True]


def test_the_model_is_back_at_the_depot_by_the_end_of_the_shift():
    # Only the near place first fits (8:10–9:00, then 9:50–10:40), and then the way home takes until 11:40.
    given = {"per_month": [4, 2], "dwell_min": 50}
    assert _find_by_model(ask_of([60, 10], **given, shift=(8, 11)), Effort()).way is None
    assert _find_by_model(ask_of([60, 10], **given, shift=(8, 11 + 40 / 60)), Effort()).way is not None


def test_hours_there_are_leave_out_lunch_and_the_way_home():
    assert crew_day_s(ask_of([10, 30], lunch=NOON)) == 9 * H - H - 10 * M
    assert crew_day_s(ask_of([10, 30])) == 9 * H - 10 * M


@pytest.mark.parametrize("per_month", [1, 2, 4])
def test_the_model_and_the_list_of_days_find_the_same_least_driving(per_month):
    ask = ask_of(
        [5, -10, 25, 30], per_month=per_month, dwell_min=100, weekdays=(0, 2), lunch=NOON, setup_min=10, opening=(9, 16)
    )
    by_days, by_model = plan_tours(ask), _find_by_model(ask, Effort())
    assert by_days.proven
    assert by_days.drive_s_month == driving_s_month(ask, by_model.way) == by_model.bound_s


def test_where_days_are_too_many_the_driving_is_told_with_a_bound(monkeypatch):
    ask = ask_of([5, -10, 25, 30, 12, -20], per_month=2, weekdays=(0, 2), lunch=NOON, setup_min=10)
    whole = plan_tours(ask)
    assert whole.proven
    monkeypatch.setattr(tour_days, "MOST_DAYS", 4)
    monkeypatch.setattr(tour_days, "KEPT_DAYS", 6)
    part = plan_tours(ask)
    assert check_tours(ask, part) == ()
    assert part.bound_s_month <= whole.drive_s_month <= part.drive_s_month
    assert not part.proven
    assert 0 < part.gap < 1


def test_the_same_question_has_the_same_answer():
    for ask in (ask_of([5, -10, 25], lunch=NOON), ask_of([5, -10, 25], per_month=[1, 2, 4], lunch=NOON)):
        assert plan_tours(ask).visits == plan_tours(ask).visits


# ---------------------------------------------------------------- what binds

BINDING = {
    ("lunch",): ask_of([0.0], dwell_min=300, shift=(8, 14), opening=(9, 14), lunch=LunchBreak(10 * H, 13 * H, H)),
    ("vehicles",): ask_of([0.0, 0.0], dwell_min=480),
    ("opening", "vehicles"): ask_of([0.0, 0.0], dwell_min=180, opening=(9, 14)),
    ("shift", "setup", "vehicles"): ask_of([0.0, 0.0], dwell_min=240, setup_min=20),
    ("shift", "vehicles", "drive"): ask_of([10.0, 10.0], dwell_min=240, shift=(8, 16), opening=(8, 20)),
    ("lunch", "drive"): ask_of([10.0, 10.0], dwell_min=235, lunch=NOON),
}
"""Families that, loosened alone, make tours possible → the question; worked out by hand."""


@pytest.mark.parametrize("families", BINDING, ids="-".join)
def test_the_binding_constraints_are_named_and_no_others(families):
    ask = BINDING[families]
    assert binding_families(ask) == families
    with pytest.raises(ModelError) as raised:
        plan_tours(ask)
    (problem,) = raised.value.problems
    assert problem.code == f"tour.binds_{families[0] if len(families) == 1 else 'several'}"
    assert problem.hint.ja.count("、または") == len(families) - 1
    assert "時間" in problem.message.ja


def test_only_lunch_binds_where_nothing_else_helps():
    """A van open from nine to two on the only day has no hour for lunch; another van has none either."""
    with pytest.raises(ModelError) as raised:
        plan_tours(BINDING["lunch",])
    assert raised.value.problems[0].hint.ja == "昼休み（10:00–13:00 の間の 60 分）を外せば組めます"


def test_only_vehicles_bind_and_how_many():
    ask = ask_of([0.0] * 6, dwell_min=540, shift=(8, 17), weekdays=(0, 1))
    assert binding_families(ask) == ("vehicles",)
    with pytest.raises(ModelError) as raised:
        plan_tours(ask)
    assert "車両をあと 2 台（計 3 台）にすれば" in raised.value.problems[0].hint.ja


def test_how_much_longer_the_shift_must_be():
    with pytest.raises(ModelError) as raised:
        plan_tours(BINDING["shift", "vehicles", "drive"])  # 10 + 240 + 240 + 10 min = 8 h 20: 16:20, in quarters 16:30
    assert "勤務の終わりを 16:00 から 16:30 に延ばせば" in raised.value.problems[0].hint.ja


def test_nothing_alone_binds_then_hours_are_told():
    ask = ask_of([0.0] * 8, dwell_min=500, shift=(8, 17), per_month=4)
    assert binding_families(ask) == ()
    with pytest.raises(ModelError) as raised:
        plan_tours(ask)
    (problem,) = raised.value.problems
    assert problem.code == "tour.infeasible"
    assert "少なくとも 266.7 時間" in problem.message.ja  # 32 visits × 500 min
    assert "36.0 時間" in problem.message.ja  # four days of nine hours


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (ask_of([60.0], dwell_min=480), "tour.longer_than_shift"),
        (ask_of([10.0], dwell_min=120, opening=(9, 10)), "tour.longer_than_opening"),
        (ask_of([30.0], dwell_min=60, shift=(8, 10), opening=(10, 12)), "tour.never_open"),
    ],
)
def test_a_place_that_fits_no_day_is_named(ask, code):
    with pytest.raises(ModelError) as raised:
        plan_tours(ask)
    assert [p.code for p in raised.value.problems] == [code]
    assert "所0" in raised.value.problems[0].message.ja


def test_a_place_without_a_road_is_named():
    ask = ask_of([10.0, 20.0])
    drive = ask.crew.drive_s.copy()
    drive[1, [0, 2]] = drive[[0, 2], 1] = NO_ROAD_S
    with pytest.raises(ModelError) as raised:
        plan_tours(replace(ask, crew=replace(ask.crew, drive_s=drive)))
    assert [p.code for p in raised.value.problems] == ["tour.no_road"]


def test_what_was_not_settled_is_not_called_impossible():
    rng = np.random.default_rng(5)
    ask = ask_of(rng.uniform(-30, 30, 14).tolist(), per_month=[1, 2] * 7, dwell_min=130, weekdays=(0, 1, 2), lunch=NOON)
    found = find_way(ask, 1e-6)
    assert (found.way, found.settled) == (None, False)
    with pytest.raises(ModelError) as raised:
        plan_tours(ask, Effort(1e-6, 1e-6))
    assert raised.value.problems[0].code == "tour.undecided"


@pytest.mark.parametrize("wrong", [{"per_month": 3}, {"weekdays": ()}, {"dwell_min": 0}])
def test_a_question_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ModelError):
        ask_of([1.0], **wrong)


def test_drives_that_a_detour_shortens_are_refused():
    ask = ask_of([10.0, 20.0])
    drive = ask.crew.drive_s.copy()
    drive[0, 1] = 10_000
    with pytest.raises(ModelError):
        replace(ask, crew=replace(ask.crew, drive_s=drive))


# ---------------------------------------------------------------- the judge

ASK = ask_of([10, 30], dwell_min=60, setup_min=10, lunch=NOON, shift=(8, 17), opening=(9, 16), weekdays=(0, 1))
GOOD = (OfficeVisit(0, 9 * H, 10 * H, (), 0), OfficeVisit(0, 13 * H + 10 * M, 14 * H + 10 * M, (), 0))


def judged(*visits):
    return [p.code for p in check_tours(ASK, Tours(visits, 0, 0))]


def test_the_judge_accepts_what_fits():
    assert judged(*GOOD) == []


@pytest.mark.parametrize(
    ("number", "change", "codes"),
    [
        (1, {"start_s": 10 * H + 39 * M, "end_s": 11 * H + 39 * M}, ["tour.too_close"]),  # 10 + 20 + 10 min needed
        (1, {"start_s": 10 * H + 40 * M, "end_s": 11 * H + 40 * M}, []),
        (1, {"start_s": 9 * H + 30 * M, "end_s": 10 * H + 30 * M}, ["tour.overlap"]),
        (1, {"start_s": 12 * H + 30 * M, "end_s": 13 * H + 30 * M}, ["tour.no_lunch"]),
        (1, {"vehicle": 1}, ["tour.vehicle"]),
        (1, {"weekday": 3}, ["tour.weekday"]),
        (1, {"weeks_of_month": (1,)}, ["tour.weeks"]),
        (1, {"end_s": 14 * H}, ["tour.dwell"]),
        (0, {"start_s": 8 * H + 15 * M, "end_s": 9 * H + 15 * M}, ["tour.opening", "tour.outside_shift"]),
        (1, {"start_s": 15 * H + 30 * M, "end_s": 16 * H + 30 * M}, ["tour.opening", "tour.outside_shift"]),
    ],
)
def test_the_judge_sees_each_fault(number, change, codes):
    visits = list(GOOD)
    visits[number] = replace(visits[number], **change)
    assert judged(*visits) == codes


def test_a_clash_of_the_fifth_week_is_seen():
    stays = [
        Stay(0, OfficeVisit(0, 9 * H, 10 * H, (5,), 0)),
        Stay(1, OfficeVisit(0, 9 * H, 10 * H, (), 0)),
    ]
    assert [c.code for c in check_days(ASK.crew, stays)] == ["overlap"]
    apart = [stays[0], Stay(1, replace(stays[1].visit, weeks_of_month=(1, 3)))]
    assert check_days(ASK.crew, apart) == ()


def test_two_times_at_one_place_need_no_packing():
    stays = [Stay(0, OfficeVisit(0, 9 * H, 12 * H, (), 0)), Stay(0, OfficeVisit(0, 13 * H, 15 * H, (), 0))]
    assert check_days(ASK.crew, stays) == ()
    gaps = gaps_of_day(ASK.crew, stays)
    assert [(g.start_s, g.end_s, g.drive_s) for g in gaps] == [
        (8 * H, 9 * H - 10 * M, 10 * M),
        (12 * H, 13 * H, 0),
        (15 * H + 10 * M, 17 * H, 10 * M),
    ]
    assert fit_lunch(NOON, gaps) == 1


def test_a_gap_holds_lunch_and_the_drive():
    lunch = LunchBreak(11 * H, 14 * H, H)
    assert fit_lunch(lunch, [Gap(12 * H, 13 * H + 19 * M, 20 * M)]) is None
    assert fit_lunch(lunch, [Gap(12 * H, 13 * H + 20 * M, 20 * M)]) == 0
