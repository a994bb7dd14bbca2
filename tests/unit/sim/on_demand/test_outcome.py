"""Outcomes: by hand on small days, and identities on any."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings

from geodata.on_demand import FixedWait
from sim.on_demand.engine import simulate
from sim.on_demand.experience import experience_of, fixed_experience
from sim.on_demand.outcome import measure_outcome
from sim.on_demand.service import ServiceDay
from sim.on_demand.shiojiri import ASSUMED, OBSERVED, OBSERVED_WAIT_MIN, predict_rows
from sim.on_demand.types import FleetRules
from tests.unit.sim.on_demand.days import plane_drives, random_day, requests_of, seeds

LINE = np.array([[0.0, 0.0], [1_000.0, 0.0], [2_000.0, 0.0], [3_000.0, 0.0]])


def line_day(requests, **rules):
    chosen = {"n_vehicles": 1, "seats": 4, "max_wait_s": 3_600, "max_detour_factor": 1.5, "boarding_s": 60} | rules
    return simulate(requests, *plane_drives(LINE), FleetRules(**({"start_s": 0, "end_s": 7_200} | chosen)))


def test_two_rides_by_hand():
    outcome = measure_outcome([line_day(requests_of([1_000, 1_010], [1, 2], [3, 3], persons=[2, 1]))])
    # At the doors at 1,200 and 1,460; both down at 1,720 instead of 460 s and 260 s after.
    assert (outcome.wait_mean_s, outcome.wait_median_s, outcome.wait_p90_s) == (325.0, 200.0, 450.0)
    assert outcome.detour_factor == pytest.approx((520 + 260) / (460 + 260))
    assert (outcome.rejection_share, outcome.no_show_share) == (0.0, 0.0)
    assert (outcome.requests_per_day, outcome.persons_per_day) == (2.0, 3.0)
    assert outcome.rides_per_vehicle_hour == pytest.approx(3 / 2)
    # 0 → 1 empty, 1 → 2 with two, 2 → 3 with three, 3 → 0 empty.
    assert outcome.vehicle_km_per_day == pytest.approx(6.0)
    assert outcome.empty_km_share == pytest.approx(4 / 6)
    assert outcome.occupancy_km == pytest.approx((2 + 3) / 6)
    assert outcome.loaded_time_share == pytest.approx(520 / 7_200)
    assert outcome.busy_share == pytest.approx((1_200 + 180) / 7_200)
    assert outcome.occupancy_time == pytest.approx((2 * 520 + 260) / 1_380)
    assert math.isnan(outcome.wait_error_s)


def test_refusals_and_people_who_do_not_come():
    requests = requests_of(
        [1_000, 1_000, 1_000, 3_700], [1, 1, 3, 1], [3, 3, 1, 3], persons=[5, 1, 1, 1],
        no_show=[False, True, False, False], outbound=[-1, -1, 0, -1],
    )  # fmt: skip
    outcome = measure_outcome([line_day(requests)])
    # Of four one was refused, its way home withdrawn, one did not come, one rode.
    assert outcome.requests_per_day == 3.0
    assert outcome.rejection_share == pytest.approx(1 / 3)
    assert outcome.no_show_share == pytest.approx(1 / 2)
    assert outcome.served_per_day == 1.0
    assert outcome.by_hour["requests_per_day"].tolist() == [2.0, 1.0]
    assert outcome.by_hour["rejection_share"].tolist() == [0.5, 0.0]
    assert np.isnan(outcome.by_hour["wait_mean_s"].iloc[0])
    assert outcome.by_hour["persons_per_vehicle_hour"].tolist() == [0.0, 1.0]


def test_days_without_requests_have_nothing_to_tell():
    outcome = measure_outcome([line_day(requests_of([], [], []))] * 2)
    assert (outcome.n_days, outcome.requests_per_day, outcome.vehicle_km_per_day) == (2, 0.0, 0.0)
    for name in ("wait_mean_s", "wait_p90_s", "rejection_share", "detour_factor", "empty_km_share", "wait_error_s"):
        assert math.isnan(getattr(outcome, name)), name
    assert outcome.rides_per_vehicle_hour == 0.0


def test_days_of_different_hours_count_with_their_hours():
    requests = requests_of([1_000], [1], [3])
    outcome = measure_outcome([line_day(requests), line_day(requests, end_s=3_600, n_vehicles=2)])
    assert outcome.rides_per_vehicle_hour == pytest.approx(2 / (2 + 2))
    assert outcome.by_hour["persons_per_vehicle_hour"].tolist() == pytest.approx([2 / 3, 0.0])


def test_the_standard_error_is_that_of_the_spread_between_days():
    days = [line_day(requests_of([1_000], [point], [3 - point])) for point in (0, 1, 2, 3)]
    waits = np.array([0.0, 200.0, 400.0, 600.0])
    outcome = measure_outcome(days)
    assert outcome.wait_mean_s == waits.mean()
    assert outcome.wait_error_s == pytest.approx(waits.std(ddof=1) / 2)
    assert outcome.rejection_error == 0.0


@given(seeds)
@settings(max_examples=30)
def test_parts_make_the_whole(seed):
    days = [simulate(*random_day(seed + number)) for number in range(3)]
    outcome = measure_outcome(days)
    assert outcome.by_hour["requests_per_day"].sum() <= outcome.requests_per_day + 1e-9
    assert outcome.served_per_day <= outcome.requests_per_day * (1 - outcome.rejection_share) + 1e-9
    if outcome.served_per_day:
        assert 0 <= outcome.wait_median_s <= outcome.wait_p90_s
        assert outcome.wait_mean_s <= max(day.rules.max_wait_s for day in days)
    for day in days:
        rides = day.served & (day.requests.origin != day.requests.destination)
        assert (day.dropoff_s - day.pickup_s >= day.direct_s)[rides].all()
    for share in (outcome.rejection_share, outcome.empty_km_share, outcome.no_show_share, outcome.loaded_time_share):
        assert math.isnan(share) or 0 <= share <= 1


def test_luck_is_that_of_rides_and_refusals_hour_by_hour():
    two = requests_of([1_000, 1_010], [1, 2], [3, 3], persons=[2, 1])
    day = ServiceDay(two, line_day(two))  # waits of 200 and 450 s, rides of 520 for 460, 260 for 260
    off = ServiceDay(two, None)
    rules = line_day(two).rules
    experience = experience_of([[day], [off]], rules, idle_s=5.0, min_requests=1)
    assert experience.wait_s.tolist() == [[200.0, 200.0], [math.inf, math.inf]]  # nobody asks in the second hour
    assert experience.factor[:, 0].tolist() == [1.0, 520 / 460]
    assert experience.seconds(np.array(100.0))[0, 0] == 200 + (60 + 100) * 1.0
    second = requests_of([1_000, 3_600], [1, 3], [3, 1])  # 200 s, and at once an hour later
    days = [[ServiceDay(second, line_day(second))]]
    assert experience_of(days, rules, 5.0, min_requests=1).wait_s.tolist() == [[200.0, 0.0]]
    assert experience_of(days, rules, 5.0, min_requests=2).wait_s.tolist() == [[0.0, 0.0]]
    refused = requests_of([1_000, 1_000, 1_000], [1, 1, 3], [3, 3, 1], persons=[5, 1, 1], no_show=[0, 0, 1])
    found = experience_of([[ServiceDay(refused, line_day(refused))], [], []], rules, 5.0, min_requests=1)
    assert found.wait_s[:, 0].tolist() == [200.0, 200.0, math.inf]  # whoever does not come tells nothing
    given_wait = fixed_experience(FixedWait(300), rules, 2.0, 120)
    assert given_wait.seconds(np.array(100.0)).tolist() == [[300 + (60 + 100) * 2.0 + 120]]


def test_shiojiri_is_predicted_beside_what_was_observed():
    rows = predict_rows()
    assert rows["n_vehicles"].tolist() == [1, 2, 3, 4]
    assert (rows["observed_wait_min"] == OBSERVED_WAIT_MIN).all()
    assert pytest.approx(8 + 32 / 60) == OBSERVED_WAIT_MIN
    # Not a theorem for greedy insertion, but a month of the same requests must show it.
    assert rows["wait_mean_min"].is_monotonic_decreasing
    # Observed lies between what one and four vehicles give, untuned.
    assert rows["wait_mean_min"].iloc[-1] < OBSERVED_WAIT_MIN < rows["wait_mean_min"].iloc[0]
    # As many people ride as did: 2,410 in 346 hours of service, where hardly anybody is refused.
    few = rows[rows["rejection_share"] < 0.01]
    assert len(few) >= 3
    per_hour = (few["rides_per_vehicle_hour"] * few["n_vehicles"]).to_numpy()
    assert per_hour == pytest.approx(np.full(len(few), 2_410 / 346), rel=0.04)
    assert all(line.ja and line.en for line in (*OBSERVED, *ASSUMED))
