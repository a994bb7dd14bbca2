"""Autonomous operation on a line of five stops with round times: only the chosen runs change."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.errors import ScenarioError
from geodata.synthetic import grid_city, timetable_from_text
from scenarios.apply import apply_scenario
from scenarios.modifications.run_choice import Run, evenly, runs_of, spread
from sim.routing.day import scheduled_day

# 500 m hops of 60 s with 20 s stops; both ways at a headway, some runs by the clock, one on Saturdays too.
FEED = """
stop A 0 1000
stop B 500 1000
stop C 1000 1000
stop D 1500 1000
stop E 2000 1000
route L brt 専用道線
service wk 1111100 0
service all 1111111 1
trip L id=H service=wk headway=1800@09:00-16:00 A 09:00 B 09:01/09:01:20 C 09:02:20/09:02:40 D 09:03:40/09:04 E 09:05
trip L id=B service=wk dir=1 headway=1800@09:10-16:10 E 09:10 D 09:11/09:11:20 C 09:12:20/09:12:40 B 09:13:40/09:14 A 09:15
trip L id=T1 service=wk A 07:00 B 07:01/07:01:20 C 07:02:20/07:02:40 D 07:03:40/07:04 E 07:05
trip L id=T2 service=all A 08:00 B 08:01/08:01:20 C 08:02:20/08:02:40 D 08:03:40/08:04 E 08:05
trip L id=T3 service=wk dir=1 E 07:00 D 07:01/07:01:20 C 07:02:20/07:02:40 B 07:03:40/07:04 A 07:05
trip L id=T4 service=wk dir=1 E 08:00 D 08:01/08:01:20 C 08:02:20/08:02:40 B 08:03:40/08:04 A 08:05
"""
NOON = 'window: {start: "09:00", end: "16:30"}'


@pytest.fixture(scope="module")
def town():
    return grid_city(timetable=timetable_from_text(FEED))


def autonomous(*keys, **more):
    written = {"routes": "[L]", "days": "[weekday]", "max_speed_kmh": "30"} | more
    lines = [f"  {k}: {v}" for k, v in written.items() if v is not None]
    return "\n".join(["- id: auto", "  type: autonomous", *lines, *(f"  {k}" for k in keys)])


def runs_on(city, date, draw):
    """Return (pattern, first departure) → arrivals of every run of a day."""
    t, day = city.timetable, scheduled_day(city.timetable, date, first_s=0, last_s=86_400, draw=draw, seed=7)
    found = {}
    for trip, shift in zip(day.run_trip.tolist(), day.run_shift_s.tolist(), strict=True):
        rows = slice(t.trips.time_offsets[trip], t.trips.time_offsets[trip + 1])
        key = int(t.trips.pattern[trip]), int(t.trips.departure_s[rows][0]) + shift
        assert key not in found
        found[key] = tuple((t.trips.arrival_s[rows] + shift).tolist())
    return found


def check(town, make, text, date="2025-10-15", draw=0):
    """Return the applied scenario and the delays at the last stop of the runs of a day that changed [s]."""
    applied = apply_scenario(town, make(text))
    before, after = runs_on(town, date, draw), runs_on(applied.city, date, draw)
    assert before.keys() == after.keys()  # every run leaves as it did
    return applied, {key: after[key][-1] - before[key][-1] for key in before if before[key] != after[key]}


@pytest.mark.parametrize("draw", [0, 1, 5])
def test_eight_runs_by_day_and_no_other(town, make, draw):
    text = autonomous(NOON, "trips_per_day: 8", "domain_run_min: 12")
    applied, late = check(town, make, text, draw=draw)
    assert list(late.values()) == [720 - 300] * 8
    assert sum(pattern == 0 for pattern, _ in late) == 4
    starts = sorted(s for pattern, s in late if pattern == 0)
    assert np.diff(starts).min() >= 5_400  # spread over the day
    (operation,) = applied.city.autonomous
    assert len(operation.trip_ids) == 8
    assert set(operation.trip_ids) <= set(applied.city.timetable.trips.trip_id)
    assert check(town, make, text, date="2025-10-18", draw=draw)[1] == {}  # Saturday
    assert town.autonomous == ()


def test_the_speed_cap_alone(town, make):
    # 500 m × 1.2 at 30 km/h = 72 s a hop instead of 60; four hops; at 36 km/h 60 s: nothing is slower.
    _, late = check(town, make, autonomous("domain: {from_stop: B, to_stop: D}", NOON))
    assert set(late.values()) == {24}
    _, none = check(town, make, autonomous(NOON, max_speed_kmh="36"))
    assert none == {}
    applied, late = check(town, make, autonomous(NOON, "domain: {from_stop: A, to_stop: E, length_m: 2000}"))
    assert late == {}  # 500 m at 30 km/h = 60 s
    assert applied.city.autonomous[0].domain_m == pytest.approx(2_000)


def test_the_domain_takes_its_time_and_the_rest_of_the_run_shifts(town, make):
    text = autonomous("domain: {from_stop: D, to_stop: B}", "domain_run_min: 8", NOON, "trips_per_day: 2")
    applied, late = check(town, make, text)
    assert set(late.values()) == {480 - 140}
    new = runs_on(applied.city, "2025-10-15", 0)
    for pattern, start in late:
        arrivals = np.array(new[pattern, start]) - start
        assert arrivals[:2].tolist() == [0, 60]
        assert arrivals[3] - (60 + 20) == 480  # from leaving the first stop of the domain to arriving at its last
        assert arrivals[4] - arrivals[3] == 80
    (operation,) = applied.city.autonomous
    assert operation.domain_m == pytest.approx(1_200)
    assert operation.domain_stops == (("B", "C", "D"), ("D", "C", "B"))


def test_a_polygon_is_a_domain(town, make):
    from geodata.synthetic.text_feed import flat_lonlat

    ring = [[float(v) for v in p] for p in flat_lonlat(np.array([[400, 900], [1600, 900], [1600, 1100], [400, 1100]]))]
    by_ring, _ = check(town, make, autonomous(f"domain: {{polygon: {ring}}}", NOON, "domain_run_min: 8"))
    by_stops, _ = check(town, make, autonomous("domain: {from_stop: B, to_stop: D}", NOON, "domain_run_min: 8"))
    assert by_ring.city.timetable.trips.arrival_s.tolist() == by_stops.city.timetable.trips.arrival_s.tolist()
    assert by_ring.city.autonomous[0].domain_stops == by_stops.city.autonomous[0].domain_stops


def test_a_scheduled_run_of_all_days_changes_on_its_days_only(town, make):
    text = autonomous('first_departures: ["08:00"]', days="[mon, sat]", domain_run_min="10")
    for date, wanted in (("2025-10-13", 0), ("2025-10-20", 2), ("2025-10-18", 1), ("2025-10-15", 0)):
        # Monday 13 October is a holiday: the rules of holidays hold, not those of Mondays.
        _, late = check(town, make, text.replace("[mon, sat]", "[mon]") if wanted == 2 else text, date=date)
        assert len(late) == wanted, date


def test_first_departures_choose_the_nearest_runs(town, make):
    applied, late = check(town, make, autonomous('first_departures: ["07:02", "08:00"]', domain_run_min="10"))
    assert sorted(applied.city.autonomous[0].trip_ids) == ["T1", "T2~d1f", "T3", "T4"]
    assert len(late) == 4


def test_a_window_ends_before_its_end(town, make):
    applied, _ = check(town, make, autonomous('window: {start: "07:00", end: "08:00"}', domain_run_min="10"))
    assert sorted(applied.city.autonomous[0].trip_ids) == ["T1", "T3"]


def test_a_second_operation_takes_other_runs(town, make):
    first = autonomous(NOON, "trips_per_day: 4", "domain_run_min: 12")
    both = apply_scenario(town, make(first + "\n" + first.replace("id: auto", "id: more"))).city
    one, other = (set(o.trip_ids) for o in both.autonomous)
    assert len(one) == len(other) == 4
    assert not one & other
    _, late = check(town, make, first + "\n" + first.replace("id: auto", "id: more"))
    assert len(late) == 8
    for draw in (0, 3):
        assert runs_on(both, "2025-10-15", draw).keys() == runs_on(town, "2025-10-15", draw).keys()


def test_the_record_of_an_operation(town, make):
    keys = ["seats: 28", "weather_availability: 0.9", "attendant: remote", "vehicles_per_attendant: 3"]
    keys += ["cost_per_vehicle_hour_yen: 4000", "fallback: none", "decision: planned"]
    applied = apply_scenario(town, make(autonomous(*keys)))
    (o,) = applied.city.autonomous
    assert (o.seats, o.weather_availability, o.attendant, o.vehicles_per_attendant) == (28, 0.9, "remote", 3)
    assert (o.cost_per_vehicle_hour_yen, o.fallback, o.plan_status, o.max_speed_kmh) == (4_000, "none", "planned", 30)
    assert applied.city.status_of("autonomous") == "modelled"
    assert [p.code for p in applied.problems] == ["scenario.cancelled_days"]
    assert "10 %" in applied.problems[0].message.ja


@pytest.mark.parametrize(
    ("keys", "code", "field"),
    [
        ([NOON, "trips_per_day: 80"], "too_few_runs", ".trips_per_day"),
        ([NOON, "trips_per_day: 7"], "uneven_runs", ".trips_per_day"),
        (['window: {start: "02:00", end: "03:00"}'], "too_few_runs", ".window"),
        (['window: {start: "12:00", end: "11:00"}'], "window", ".window"),
        (['first_departures: ["20:00"]'], "no_such_run", ".first_departures[0]"),
        (['first_departures: ["20:00", "08:00"]'], "no_such_run", ".first_departures[0]"),
        (['first_departures: ["08:00"]', "trips_per_day: 2"], "which_runs", ".first_departures"),
        (["domain: {from_stop: A, to_stop: Z}"], "unknown_stop", ".domain.to_stop"),
        (["domain: {from_stop: A}"], "domain", ".domain"),
        (["domain: {polygon: [[0, 0], [1, 0], [0, 1]]}"], "empty_domain", ".domain"),
        (["domain_run_min: 4"], "domain_too_fast", ".domain_run_min"),  # 2.4 km in 4 min = 36 km/h
        (["vehicles_per_attendant: 2"], "attendant", ".vehicles_per_attendant"),
        (["service: bus"], "selection", ""),
    ],
)
def test_refusals_stand_at_their_line(town, make, keys, code, field):
    text = autonomous(*keys)
    with pytest.raises(ScenarioError) as found:
        apply_scenario(town, make(text))
    (problem,) = found.value.problems
    assert problem.code == f"scenario.{code}"
    line = 8 + next(
        (
            n
            for n, row in enumerate(text.splitlines())
            if field and row.strip().startswith(field[1:].split(".")[0].split("[")[0])
        ),
        0,
    )
    assert problem.where == f"example.yaml:{line} modifications[0]{field}"
    assert problem.message.ja
    assert problem.message.en


# ---------------------------------------------------------------- the fleet of a service

BUS = """
- id: bus
  type: add-on-demand
  name: N
  zones: {districts: [west]}
  to: anywhere
  window: {start: "08:00", end: "18:00"}
  fleet: {vehicles: 2, seats: 8, speed_kmh: 25}
  wait: {model: fleet, max_wait_min: 30, max_detour_factor: 2}
"""


@pytest.mark.parametrize(("cap", "speed"), [(19, 19.0), (40, 25.0)])
def test_a_fleet_drives_itself_no_faster_than_its_cap(town, make, cap, speed):
    text = f"{BUS}- {{id: auto, type: autonomous, service: bus, max_speed_kmh: {cap}, attendant: remote, seats: 4}}"
    city = apply_scenario(town, make(text)).city
    fleet = city.on_demand[0].plan.fleet
    assert (fleet.speed_kmh, fleet.attendant, fleet.seats) == (speed, "remote", 4)
    assert (city.autonomous[0].service_id, city.autonomous[0].trip_ids) == ("bus", ())
    assert city.timetable is town.timetable


@pytest.mark.parametrize(
    ("keys", "code", "field"),
    [
        ("service: bas", "unknown_on_demand", ".service"),
        ("service: bus, trips_per_day: 2", "service_keys", ".trips_per_day"),
    ],
)
def test_bad_fleets(town, make, keys, code, field):
    with pytest.raises(ScenarioError) as found:
        apply_scenario(town, make(f"{BUS}- {{id: auto, type: autonomous, max_speed_kmh: 20, {keys}}}"))
    (problem,) = found.value.problems
    assert problem.code == f"scenario.{code}"
    assert problem.where.endswith(f"modifications[1]{field}")


# ---------------------------------------------------------------- choosing runs


def test_runs_of_a_headway_trip_leave_in_the_middle_of_their_headway(town):
    trip = town.timetable.trips.trip_id.tolist().index("H")
    runs = runs_of(town.timetable, [trip])
    assert [r.number for r in runs] == list(range(14))
    assert [r.departure_s for r in runs][:2] == [9.25 * 3600, 9.75 * 3600]


def test_spread_takes_the_nearest_each_once():
    runs = [Run(0, k, float(10 * k)) for k in range(10)]
    assert [r.number for r in spread(runs, evenly(0, 90, 3))] == [1, 4, 7]  # 15, 45, 75
    assert [r.number for r in spread(runs, [50, 51, 52])] in ([4, 5, 6], [5, 4, 6], [5, 6, 4])
    assert evenly(0, 8, 4) == [1, 3, 5, 7]


@pytest.mark.parametrize(("cap", "told"), [("40", False), ("40.5", True), ("80", True)])
def test_a_speed_beyond_what_is_in_service_is_told_at_its_line(town, make, cap, told):
    problems = apply_scenario(town, make(autonomous(NOON, max_speed_kmh=cap))).problems
    found = [p for p in problems if p.code == "scenario.fast_autonomous"]
    assert len(found) == told
    for problem in found:
        assert problem.where.endswith("modifications[0].max_speed_kmh")
        assert f"{cap} km/h" in problem.message.ja
        assert "40 km/h" in problem.message.en
