"""What must hold for every feed: the brute force agrees, order and threads change nothing, more trips never hurt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.units import UNREACHED_S
from sim.routing import itinerary_xy, prepare_times, travel_times
from sim.routing.types import Places
from tests.amount import examples
from tests.unit.sim.routing.brute_force import Oracle, Sweep
from tests.unit.sim.routing.compare import (
    SIDES,
    VARIANTS,
    assert_equals_brute_force,
    assert_parts_exist,
    city_of,
    places,
    request_of,
)
from tests.unit.sim.routing.strategies import STOPS, feeds, towns, trip_lines

FEW = settings(max_examples=examples(20, long=80), derandomize=True, deadline=None)
WALKS = {"max_access_s": 300, "max_transfer_s": 300, "max_direct_s": 900, "cutoff_s": 5_400}


@given(feeds(), st.sampled_from([None, 0, 1, 2]), st.sampled_from([0, 90]), st.sampled_from([0, 900]))
@settings(FEW, max_examples=examples(50, long=240))
def test_every_sample_equals_the_brute_force(feed, max_transfers, change_s, direct_s):
    text, points = feed
    limits = {**WALKS, "max_direct_s": direct_s}
    request = request_of("07:50", n=10, step=240, max_transfers=max_transfers, change_s=change_s, **limits)
    assert_equals_brute_force(city_of(text), points, request, kind=Sweep)


@given(feeds(), st.sampled_from([None, 0, 1, 2]))
@settings(FEW, max_examples=examples(25, long=120))
def test_two_brute_forces_agree(feed, max_transfers):
    text, points = feed
    request = request_of("07:50", max_transfers=max_transfers, change_s=90, **WALKS)
    first, second = (kind(city_of(text), request) for kind in (Oracle, Sweep))
    assert [first.profile(p) for p in points] == [second.profile(p) for p in points]


@given(
    towns(),
    st.sampled_from([None, 0, 1, 2, 3]),
    st.sampled_from([0, 90]),
    st.sampled_from([0, 900]),
    st.sampled_from([37, 60, 240]),
)
@settings(FEW, max_examples=examples(25, long=120))
def test_every_sample_in_a_town_equals_the_brute_force(town, max_transfers, change_s, direct_s, step):
    text, points = town
    limits = {**WALKS, "max_direct_s": direct_s}
    request = request_of("07:50", n=10, step=step, n_draws=2, max_transfers=max_transfers, change_s=change_s, **limits)
    assert_equals_brute_force(city_of(text), points, request, kind=Sweep)


@given(st.one_of(feeds(), towns()), st.sampled_from([None, 0, 1, 2]), st.sampled_from([0, 900]))
@settings(FEW, max_examples=examples(25, long=100))
def test_parts_are_those_of_a_journey_that_exists(made, max_transfers, direct_s):
    text, points = made
    limits = {**WALKS, "max_direct_s": direct_s}
    request = request_of("07:50", n=10, step=240, max_transfers=max_transfers, change_s=60, **limits)
    assert_parts_exist(city_of(text), points[:3], request)


MORE_LEGS = st.lists(
    st.tuples(
        st.integers(0, 1),  # point
        st.integers(0, 1),  # stop
        st.sampled_from([0, 45, 300, 1_000]),
        st.sampled_from([27_000, 28_200, 28_777, 29_400]),
        st.sampled_from([28_201, 28_800, 29_500, 33_000]),
        st.sampled_from([-1, -1, 0, 1]),
    ),
    min_size=1,
    max_size=4,
)


@given(feeds(), MORE_LEGS, MORE_LEGS)
@settings(FEW, max_examples=examples(25, long=120))
def test_legs_with_hours_and_draws_equal_the_brute_force(feed, access, egress):
    text, points = feed
    points = list(dict.fromkeys(points[::-1]))
    if len(points) == 1:
        points.append((5_000, 5_000))
    request = request_of("07:50", n=10, step=240, n_draws=2, max_transfers=1, **WALKS)
    assert_equals_brute_force(city_of(text), points, request, access=access, egress=egress, kind=Sweep)


@given(st.one_of(feeds(), towns()), st.sampled_from([None, 0, 1]), st.sampled_from([0, 900]))
@settings(FEW, max_examples=examples(20, long=80))
def test_last_departures_equal_the_brute_force_from_both_ends(made, max_transfers, direct_s):
    text, points = made
    city, limits = city_of(text), {**WALKS, "max_direct_s": direct_s}
    request = replace(request_of("07:50", max_transfers=max_transfers, **limits), n_draws=3, percentiles=(50,))
    oracles = [Sweep(city, request, draw) for draw in range(3)]
    for side in SIDES:
        found = prepare_times(city, places(points), request, side=side).last_marks(places(points))
        found = np.where(found == -UNREACHED_S, -np.inf, found).tolist()
        for a, stay in enumerate(points):
            for b, other in enumerate(points):
                ends = (stay, other) if side == "origins" else (other, stay)
                assert found[a][b] == sorted(oracle.last_ride(*ends, request) for oracle in oracles)[1], (side, ends)


@given(feeds(), st.sampled_from([None, 0, 1, 2]))
@FEW
def test_itinerary_is_a_real_journey_and_the_earliest(feed, max_transfers):
    text, points = feed
    city = city_of(text)
    request = request_of("08:00", n=1, max_transfers=max_transfers, **WALKS)
    oracle = Oracle(city, request)
    for target in points[1:]:
        expected = oracle.samples(points[0], target, request)[0]
        found = itinerary_xy(city, points[0], target, request)
        assert (found is None) == (expected == np.inf)
        if found is None:
            continue
        assert found.arrive_s - found.depart_s == expected
        assert_is_a_journey(found, oracle, request)


def assert_is_a_journey(found, oracle, request):
    now, before = found.depart_s, None
    names = oracle.city.timetable.stops.stop_id.tolist()
    n_rides = 0
    for leg in found.legs:
        assert leg.start_s == now
        assert leg.end_s >= now
        assert (before, leg.mode) not in {("walk", "walk"), ("wait", "wait"), ("wait", "walk")}
        if leg.mode == "transit":
            n_rides += 1
            a, b = names.index(leg.from_name), names.index(leg.to_name)
            assert any(
                (sa, sb, dep, arr) == (a, b, leg.start_s, leg.end_s) and board and alight
                for rows in oracle.runs
                for i, (sa, _, dep, board, _) in enumerate(rows)
                for sb, arr, _, _, alight in rows[i + leg.n_stops : i + leg.n_stops + 1]
            )
        now, before = leg.end_s, leg.mode
    assert now == found.arrive_s
    assert found.n_transfers == max(0, n_rides - 1)
    if request.max_transfers is not None:
        assert found.n_transfers <= request.max_transfers


@given(
    st.one_of(feeds(), towns()), st.randoms(use_true_random=False), st.sampled_from(VARIANTS), st.sampled_from(SIDES)
)
@settings(FEW, max_examples=examples(25, long=120))
def test_order_of_inputs_and_threads_change_no_bit(feed, random, variant, side):
    text, points = feed
    lines = text.splitlines()
    stops = [line for line in lines if line.startswith("stop")]
    words = [line.split() for line in lines if line.startswith("trip")]
    trips = [" ".join([*w[:2], f"id=t{i}", *w[2:]]) for i, w in enumerate(words)]
    rest = [line for line in lines if line.split()[0] not in ("stop", "trip")]
    shuffled_stops, shuffled_trips = list(stops), list(trips)
    random.shuffle(shuffled_stops)
    random.shuffle(shuffled_trips)
    request = replace(request_of(n=10, n_draws=2, **WALKS), direction=variant[0], departure_mode=variant[1])
    order = list(range(len(points)))
    random.shuffle(order)
    asked = places(points)
    mixed = Places(asked.place_id[order], asked.xy[order])

    def ask(stops, trips, stay, n_threads):
        city = city_of("\n".join(stops + rest + trips))
        ready = prepare_times(city, stay, request, side=side, n_threads=n_threads)
        last = ready.last_marks(asked, n_threads=n_threads)
        times = ready.times(asked, n_threads=n_threads)
        turn = side == "destinations"
        return [last, *(table.swapaxes(0, 1) if turn else table for table in (times.minutes, times.reliability))]

    one, other = ask(stops, trips, asked, 1), ask(shuffled_stops, shuffled_trips, mixed, 3)
    for first, second in zip(one, other, strict=True):
        assert second.tobytes() == np.ascontiguousarray(first[order]).tobytes()


@given(feeds(), st.data(), st.sampled_from(["depart", "arrive_by"]))
@FEW
def test_added_trips_never_worsen_a_time(feed, data, direction):
    text, points = feed
    n_stops = sum(line.startswith("stop") for line in text.splitlines())
    assert n_stops <= len(STOPS)
    more = text + "\n" + data.draw(trip_lines(n_stops))
    request = replace(request_of(n=10, n_draws=2, **WALKS), direction=direction)
    before = travel_times(city_of(text), places(points), places(points), request)
    after = travel_times(city_of(more), places(points), places(points), request)
    assert np.all(after.minutes <= before.minutes)
    assert np.all(after.reliability >= before.reliability)


@given(feeds(), st.sampled_from(VARIANTS))
@FEW
def test_percentiles_are_ordered_and_reliability_counts_them(feed, variant):
    text, points = feed
    request = replace(request_of(n=20, **WALKS), direction=variant[0], departure_mode=variant[1])
    times = travel_times(city_of(text), places(points), places(points), request)
    assert np.all(times.minutes[:, :, :-1] <= times.minutes[:, :, 1:])
    assert np.array_equal(np.isfinite(times.minutes).mean(axis=2).astype(np.float32), times.reliability)
    assert not np.isnan(times.minutes).any()
