"""The engine: every log holds when replayed, and an independent dispatcher takes the same decisions."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import ModelError
from geodata.units import UNREACHED_S
from sim.on_demand.engine import simulate
from sim.on_demand.events import EventKind, event_table
from sim.on_demand.types import FleetRules, RequestStatus
from tests.amount import examples
from tests.unit.sim.on_demand.days import plane_drives, random_day, requests_of, seeds
from tests.unit.sim.on_demand.plain_dispatch import PlainDispatcher
from tests.unit.sim.on_demand.replay import replay

ROOT = Path(__file__).resolve().parents[4]
LINE = np.array([[0.0, 0.0], [1_000.0, 0.0], [2_000.0, 0.0], [3_000.0, 0.0]])
"""Four points in a row, 200 s apart."""


def line_day(requests, **rules):
    chosen = {"n_vehicles": 1, "seats": 4, "max_wait_s": 3_600, "max_detour_factor": 1.5, "boarding_s": 60} | rules
    return simulate(requests, *plane_drives(LINE), FleetRules(start_s=0, end_s=20_000, **chosen))


def arrays_of(simulation):
    for part in (simulation, simulation.events, simulation.totals):
        for one in fields(part):
            value = getattr(part, one.name)
            if isinstance(value, np.ndarray):
                yield one.name, value


@given(seeds, st.booleans())
@settings(max_examples=examples(75, long=300))
def test_every_day_holds_when_replayed(seed, metric):
    day = random_day(seed, metric=metric)
    simulation = simulate(*day)
    assert replay(simulation, day[1]) == []


@given(seeds, st.booleans())
@settings(max_examples=examples(30, long=120))
def test_plain_lists_take_the_same_decisions(seed, metric):
    day = random_day(seed, 25, 8, metric=metric)
    ours, plain = simulate(*day), PlainDispatcher(day[0], day[1], day[3])
    assert [RequestStatus(s).name.lower() for s in ours.status] == plain.status
    assert ours.vehicle.tolist() == plain.vehicle
    assert ours.pickup_s.tolist() == plain.pickup
    assert ours.dropoff_s.tolist() == plain.dropoff


def test_days_differ_enough_to_test_anything():
    kinds, shared, diverted = set(), 0, 0
    for seed in range(60):
        simulation = simulate(*random_day(seed, metric=seed % 2 == 0))
        kinds |= set(simulation.events.kind.tolist())
        shared += int((simulation.totals.person_s > 1.5 * np.maximum(simulation.totals.loaded_s, 1)).any())
        diverted += int((simulation.dropoff_s - simulation.pickup_s > simulation.direct_s)[simulation.served].sum())
    assert kinds == set(EventKind)
    assert shared > 10
    assert diverted > 100


@given(seeds)
@settings(max_examples=examples(10, long=40))
def test_the_same_day_gives_the_same_result(seed):
    for (name, one), (_, other) in zip(
        arrays_of(simulate(*random_day(seed))), arrays_of(simulate(*random_day(seed))), strict=True
    ):
        assert np.array_equal(one, other), name


@given(seeds)
@settings(max_examples=examples(20, long=80))
def test_totals_are_those_of_the_log(seed):
    requests, drive_s, drive_m, rules = random_day(seed)
    simulation = simulate(requests, drive_s, drive_m, rules)
    for vehicle in range(rules.n_vehicles):
        table = event_table(simulation.events).query("vehicle == @vehicle and kind != 'accepted'")
        legs = [
            (one.point, other.point, one.load, other.time_s - one.time_s)
            for one, other in zip(
                table.query("kind == 'departed'").itertuples(),
                table.query("kind == 'arrived'").itertuples(),
                strict=True,
            )
        ]
        loaded = sum(drive_m[a, b] for a, b, load, _ in legs if load)
        assert simulation.totals.loaded_m[vehicle] == pytest.approx(loaded)
        assert simulation.totals.empty_m[vehicle] == pytest.approx(sum(drive_m[a, b] for a, b, _, _ in legs) - loaded)
        assert simulation.totals.person_m[vehicle] == pytest.approx(sum(drive_m[a, b] * load for a, b, load, _ in legs))
        assert simulation.totals.drive_s[vehicle] == sum(seconds for *_, seconds in legs)
        own = (simulation.vehicle == vehicle) & simulation.served
        rides = (simulation.dropoff_s - simulation.pickup_s)[own]
        assert simulation.totals.person_s[vehicle] == (rides * requests.persons[own]).sum()
        assert simulation.totals.loaded_s[vehicle] <= simulation.totals.person_s[vehicle]


def test_one_ride_by_hand():
    simulation = line_day(requests_of([1_000], [1], [3]))
    # Leaves the depot at once, 200 s; boards 60 s; 400 s to point 3; back to the depot after the end.
    assert (simulation.pickup_s[0], simulation.dropoff_s[0]) == (1_200, 1_660)
    assert simulation.direct_s[0] == 460
    log = event_table(simulation.events)
    assert list(zip(log["time_s"], log["kind"], log["point"], log["load"], strict=True)) == [
        (1_000, "accepted", 1, 0),
        (1_000, "departed", 0, 0),
        (1_200, "arrived", 1, 0),
        (1_200, "picked_up", 1, 1),
        (1_260, "departed", 1, 1),
        (1_660, "arrived", 3, 1),
        (1_660, "set_down", 3, 0),
        (20_000, "departed", 3, 0),
        (20_600, "arrived", 0, 0),
    ]
    assert (simulation.totals.loaded_m[0], simulation.totals.empty_m[0]) == (2_000, 4_000)
    assert simulation.totals.halt_s[0] == 120


def test_a_booked_ride_is_fetched_just_in_time():
    log = event_table(line_day(requests_of([1_000], [1], [3], known_s=[0])).events)
    assert log.query("kind == 'departed'")["time_s"].iloc[0] == 800
    assert log.query("kind == 'picked_up'")["time_s"].iloc[0] == 1_000


def test_two_who_ride_the_same_way_share_the_vehicle():
    simulation = line_day(requests_of([1_000, 1_010], [1, 2], [3, 3]))
    # The second gets on along the way: the halt costs the first one 60 s, no drive is added.
    assert simulation.pickup_s.tolist() == [1_200, 1_460]
    assert simulation.dropoff_s.tolist() == [1_720, 1_720]
    assert simulation.totals.person_m[0] == 1_000 + 2 * 1_000


def test_people_at_one_halt_get_on_at_the_same_time():
    simulation = line_day(requests_of([1_000, 1_000], [1, 1], [3, 3]))
    assert simulation.pickup_s.tolist() == [1_200, 1_200]
    assert simulation.dropoff_s.tolist() == [1_660, 1_660]
    assert simulation.totals.halt_s[0] == 120


def test_nobody_shares_a_taxi():
    simulation = line_day(requests_of([1_000, 1_010], [1, 2], [3, 3]), sharing=False)
    # Down at 1,660, then back to point 2.
    assert simulation.pickup_s.tolist() == [1_200, 1_660 + 60 + 200]


def test_a_vehicle_finishes_its_leg_before_it_turns():
    # Under way from 0 to 3 when somebody at 1 wants to ride on to 2: the vehicle passes, and comes back.
    simulation = line_day(requests_of([1_000, 1_100], [3, 1], [2, 2]))
    assert simulation.pickup_s[0] == 1_600
    assert simulation.pickup_s[1] > simulation.pickup_s[0]


def test_the_nearest_vehicle_need_not_come_the_least_added_drive_counts():
    # Vehicle 0 stands at 3 when 2 → 3 is asked for; vehicle 1 at the depot would need 400 s instead of 200 s.
    requests = requests_of([1_000, 5_000], [2, 2], [3, 3])
    assert line_day(requests, n_vehicles=2).vehicle.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("weight", "vehicles", "pickup_s"),
    [
        (0.0, [0, 0], [1_000, 1_460]),  # least driving: the vehicle that comes by goes on, 200 s of driving
        (1.0, [0, 0], [1_000, 1_460]),  # 200 s of driving and 460 s of waiting are less than 800 s of driving
        (2.0, [0, 1], [1_000, 1_000]),  # 200 s and twice 460 s are more
    ],
)
def test_a_wait_counts_as_much_as_driving_times_its_weight(weight, vehicles, pickup_s):
    # 1 → 3 is promised to vehicle 0 when 3 → 2 is asked for; the other stands at the depot.
    requests = requests_of([1_000, 1_000], [1, 3], [3, 2], known_s=[0, 0])
    simulation = line_day(requests, n_vehicles=2, rider_weight=weight)
    assert simulation.vehicle.tolist() == vehicles
    assert simulation.pickup_s.tolist() == pickup_s


def test_what_is_added_to_the_waits_of_others_counts():
    # Booked ahead: 2 → 3 at 1,000. Then 1 → 2 at 900 on the way there: 250 s of delay for the first, no drive.
    requests = requests_of([1_000, 990], [2, 1], [3, 2], known_s=[0, 1])
    for weight in (0.0, 1.0):
        delayed = line_day(requests, n_vehicles=2, rider_weight=weight)
        assert delayed.vehicle.tolist() == [0, 0]
        assert delayed.pickup_s.tolist() == [1_250, 990]
    # Twice 250 s are more than the 400 s that the other vehicle drives.
    spared = line_day(requests, n_vehicles=2, rider_weight=2.0)
    assert spared.vehicle.tolist() == [0, 1]
    assert spared.pickup_s.tolist() == requests.desired_s.tolist()


def test_of_vehicles_alike_the_first_one_comes():
    assert line_day(requests_of([1_000], [1], [3]), n_vehicles=3).vehicle.tolist() == [0]


def test_equal_times_go_by_number():
    # One seat, one vehicle, nobody waits for more than it takes to come: the first number gets it.
    simulation = line_day(requests_of([1_000, 1_000], [1, 2], [3, 0]), seats=1, max_wait_s=400, sharing=False)
    assert simulation.status.tolist() == [RequestStatus.SERVED, RequestStatus.REJECTED]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, RequestStatus.SERVED),
        ({"max_wait_s": 199}, RequestStatus.REJECTED),
        ({"max_wait_s": 200}, RequestStatus.SERVED),
    ],
)
def test_who_cannot_be_fetched_in_time_is_refused(changed, status):
    assert line_day(requests_of([1_000], [1], [3]), **changed).status.tolist() == [status]


def test_who_cannot_be_set_down_by_the_end_is_refused():
    # At the door at 19,540 at best, set down 460 s later.
    served, refused = (line_day(requests_of([desired], [1], [3], known_s=[0])) for desired in (19_540, 19_541))
    assert (served.status[0], refused.status[0]) == (RequestStatus.SERVED, RequestStatus.REJECTED)


def test_a_party_larger_than_the_vehicle_is_refused():
    assert line_day(requests_of([1_000], [1], [3], persons=[5])).status.tolist() == [RequestStatus.REJECTED]


def test_where_no_way_leads_nobody_is_driven():
    drive_s, drive_m = plane_drives(LINE)
    drive_s[3, :] = drive_s[:, 3] = UNREACHED_S
    drive_s[3, 3] = 0
    rules = FleetRules(1, 4, UNREACHED_S, 1.5, 60, 0, 20_000)
    simulation = simulate(requests_of([1_000, 1_000], [1, 1], [3, 2]), drive_s, drive_m, rules)
    assert simulation.status.tolist() == [RequestStatus.REJECTED, RequestStatus.SERVED]


def test_a_longer_ride_is_allowed_by_factor_or_by_minutes():
    # 0 → 3 is 660 s alone; fetching somebody at 2 for 1 adds 2 × 200 s and two halts.
    requests = requests_of([0, 0], [0, 2], [3, 1], known_s=[0, 0])
    for allowed, rides_with in (({"ride_allowance_s": 0}, False), ({"ride_allowance_s": 600}, True)):
        simulation = line_day(requests, max_detour_factor=1.0, max_wait_s=700, **allowed)
        assert bool(simulation.served[1]) == rides_with


def test_nobody_there_the_vehicle_waits_and_goes_on():
    simulation = line_day(requests_of([1_000, 1_000], [1, 2], [3, 3], no_show=[True, False]))
    assert simulation.status.tolist() == [RequestStatus.NO_SHOW, RequestStatus.SERVED]
    assert simulation.pickup_s.tolist() == [-1, 1_460]  # 200 s, waits 60 s, 200 s
    assert simulation.totals.loaded_m[0] == 1_000


def test_the_way_home_of_somebody_refused_is_withdrawn():
    requests = requests_of([1_000, 3_000, 5_000], [1, 3, 1], [3, 1, 3], persons=[5, 1, 1], outbound=[-1, 0, -1])
    simulation = line_day(requests)
    assert simulation.status.tolist() == [RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.SERVED]


def test_a_day_without_requests():
    simulation = line_day(requests_of([], [], []))
    assert len(simulation.events) == 0
    assert simulation.totals.drive_s.tolist() == [0.0]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"n_vehicles": 0}, "n_vehicles"),
        ({"seats": 0}, "seats"),
        ({"max_wait_s": -1}, "max_wait_s"),
        ({"max_detour_factor": 0.9}, "max_detour_factor"),
        ({"boarding_s": -1}, "boarding_s"),
        ({"rider_weight": -0.1}, "rider_weight"),
        ({"ride_allowance_s": -1}, "ride_allowance_s"),
        ({"depot": 4}, "points"),
    ],
)
def test_impossible_rules_are_named(changed, name):
    with pytest.raises(ModelError, match=rf"cannot be simulated with: {name} \["):
        line_day(requests_of([1_000], [1], [3]), **changed)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"known_s": [1_001]}, "known_s"),
        ({"persons": [0]}, "persons"),
        ({"origin": [-1]}, "points"),
        ({"outbound": [0]}, "outbound"),
    ],
)
def test_impossible_requests_are_named(changed, name):
    columns = {name: np.array(column, np.int32) for name, column in changed.items()}
    with pytest.raises(ModelError, match=rf"cannot be simulated with: {name} \["):
        line_day(replace(requests_of([1_000], [1], [3]), **columns))


PLAIN = """
import json
from sim.on_demand.engine import simulate
from tests.unit.sim.on_demand.days import random_day
days = [simulate(*random_day(seed, metric=seed % 2 == 0)) for seed in range(6)]
print(json.dumps([[day.status.tolist(), day.pickup_s.tolist(), day.events.time_s.tolist(),
                   day.totals.person_s.tolist()] for day in days]))
"""


def test_kernels_say_the_same_uncompiled():
    said = []
    for environ in ({}, {"NUMBA_DISABLE_JIT": "1"}):
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", PLAIN], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        said.append(run.stdout)
    assert said[0] == said[1]
