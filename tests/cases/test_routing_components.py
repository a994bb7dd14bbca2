"""The parts of the median journey, and the ties between walking and riding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.routing import travel_times
from sim.routing.types import Legs, RoutingRequest
from tests.unit.sim.routing.compare import VARIANTS, WEDNESDAY, city_of, places, request_of
from tests.unit.sim.routing.strategies import feeds

TWO = "stop A 0 0\nstop B 20000 0\nstop B2 20240 0\nstop C 40000 0\n"


@pytest.mark.parametrize(("mode", "wait"), [("random", 12), ("planned", 3)])
def test_parts_of_a_journey_with_one_change(mode, wait):
    """08:00 leave, 08:09 walk 1 min to A, ride 10 min, walk 3 min, wait 3 min, ride 15 min, walk 2 min."""
    city = city_of(TWO + "trip R A 08:10 B 08:20\ntrip S B2 08:26 C 08:41")
    request = RoutingRequest(WEDNESDAY, 28_800, 28_860, departure_mode=mode)
    times = travel_times(city, places([(-80, 0)]), places([(40160, 0), (999_999, 0)]), request, components=True)
    parts = times.components
    assert parts.walk_min[0].tolist() == [6.0, np.inf]
    assert parts.wait_min[0].tolist() == [wait, np.inf]
    assert parts.in_vehicle_min[0].tolist() == [25.0, np.inf]
    assert parts.n_transfers[0].tolist() == [1.0, np.inf]
    assert times.minutes[0, 0, 0] == 31 + wait


@given(feeds(), st.sampled_from(VARIANTS), st.sampled_from([None, 2]))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_parts_add_up_to_the_median(feed, variant, max_transfers):
    text, points = feed
    limits = {"max_access_s": 300, "max_transfer_s": 300, "max_direct_s": 300}
    request = RoutingRequest(
        WEDNESDAY, 28_800, 30_600, variant[0], variant[1], max_transfers=max_transfers, step_s=180, n_draws=3, **limits
    )
    city = city_of(text)
    times = travel_times(city, places(points), places(points), request, components=True)
    plain = travel_times(city, places(points), places(points), request)
    assert plain.components is None
    assert times.minutes.tobytes() == plain.minutes.tobytes()
    parts = times.components
    assert np.allclose(parts.walk_min + parts.wait_min + parts.in_vehicle_min, times.at(50), atol=1e-4)
    for part in (parts.walk_min, parts.wait_min, parts.in_vehicle_min, parts.n_transfers):
        assert np.all(part >= 0)
        assert np.array_equal(np.isfinite(part), np.isfinite(times.at(50)))


@pytest.mark.parametrize("mode", ["random", "planned"])
def test_of_equal_arrivals_the_later_leaving_is_taken(mode):
    """Walking takes 10 min; the 08:06 bus arrives at the same minute as a walk begun at 08:00."""
    city = city_of("stop A 0 0\nstop B 800 0\ntrip R A 08:06 B 08:10")
    request = request_of("08:00", n=2, departure_mode=mode, max_access_s=0)
    times = travel_times(city, places([(0, 0)]), places([(800, 0)]), request)
    first = 4.0 if mode == "planned" else 10.0
    assert sorted(times.minutes[0, 0].tolist()) == sorted([first, 9.0 if mode == "random" else 4.0])


def rides(stop, seconds, valid, draw=-1):
    """One on-demand leg of the first place."""
    return Legs(
        *(np.array(v, np.int32) for v in ([0, 1], [stop], [seconds], [valid[0]], [valid[1]], [draw], [1])),
    )


@pytest.mark.parametrize("mode", ["random", "planned"])
def test_legs_join_with_their_validity_and_draw(mode):
    """A ride to stop A takes 5 min and may start 08:00–08:10 only; it is there in one of two draws."""
    city = city_of("stop A 0 0\nstop B 20000 0\ntrip R A 08:20 B 08:30\ntrip R A 08:40 B 08:50")
    here, there = places([(5000, 0)]), places([(20000, 0)])
    leg = rides(0, 300, (28_800, 29_400))
    request = request_of("07:55", n=20, departure_mode=mode)
    samples = travel_times(city, here, there, request, access=leg).minutes[0, 0]
    if mode == "random":
        assert samples.tolist() == [*range(21, 36), *[np.inf] * 5]
    else:  # the last start is 08:09:59
        assert samples[:15] == pytest.approx([20 + 1 / 60] * 15)
    half = travel_times(city, here, there, request_of(n=5, n_draws=2), access=rides(0, 300, (28_800, 29_400), draw=1))
    assert half.reliability[0, 0] == 0.5
    back = request_of("08:30", n=20, departure_mode=mode, direction="arrive_by")
    backward = travel_times(city, here, there, back, access=leg).minutes[0, 0]
    expected = [20 + 1 / 60 + (n if mode == "random" else 0) for n in range(20)]
    assert backward == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("mode", ["random", "planned"])
def test_a_leg_at_the_far_end_waits_until_it_starts(mode):
    """From stop B a ride of 5 min starts between 08:35 and 08:45; the bus is there at 08:30 and at 08:50."""
    city = city_of("stop A 0 0\nstop B 20000 0\ntrip R A 08:20 B 08:30\ntrip R A 08:40 B 08:50")
    leg = rides(1, 300, (30_900, 31_500))
    here, there = places([(0, 0)]), places([(25000, 0)])
    samples = travel_times(city, here, there, request_of("08:15", n=10, departure_mode=mode), egress=leg).minutes[0, 0]
    expected = [20.0] * 6 + [np.inf] * 4 if mode == "planned" else [*range(20, 26), *[np.inf] * 4]
    assert samples.tolist() == expected
    back = request_of("08:38", n=10, departure_mode=mode, direction="arrive_by")
    samples = travel_times(city, here, there, back, egress=leg).minutes[0, 0]
    assert samples.tolist() == ([20.0] * 8 if mode == "planned" else [*range(20, 28)]) + [np.inf] * 2
