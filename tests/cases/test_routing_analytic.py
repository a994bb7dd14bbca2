"""Times that follow from arithmetic."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from geodata.calendar import format_time
from geodata.errors import ModelError
from sim.routing import answer, last_departures, travel_times
from sim.routing.pairs import Ends, pair_arrivals
from sim.routing.reduction import nearest_rank
from sim.routing.types import RoutingRequest
from tests.cases.test_routing_feeds import ENDS, FAR, FEEDS
from tests.unit.sim.routing.compare import (
    VARIANTS,
    WEDNESDAY,
    city_of,
    legs_of,
    places,
    prepared_pair,
    request_of,
)

LINE = "stop A 0 0\nstop B 20000 0\nstop C 40000 0\n"


def one_time(city, request, a=(0, 0), b=(20000, 0)):
    return travel_times(city, places([a]), places([b]), request).minutes[0, 0] * 60


@pytest.mark.parametrize("direction", ["depart", "arrive_by"])
def test_random_arrival_at_a_headway_waits_evenly_from_zero_to_the_headway(direction):
    city = city_of(LINE + "trip R headway=600@05:00-12:00 exact A 05:00 B 05:20")
    request = RoutingRequest(WEDNESDAY, 28_800, 29_400, direction=direction, step_s=1, percentiles=tuple(range(101)))
    waits = one_time(city, request) - 1200
    expected = [np.arange(600)[nearest_rank(p, 600)] for p in range(101)]
    assert np.allclose(waits, expected, atol=1e-3)
    planned = one_time(city, replace(request, departure_mode="planned"))
    assert np.allclose(planned, 1200, atol=1e-3)


def test_two_independent_waits_convolve():
    """U(0, 600) + U(0, 900): the density is a trapezium, so its quantiles are known."""
    city = city_of(
        LINE
        + "trip R id=r headway=600@04:00-12:00 A 04:00 B 04:20\ntrip S id=s headway=900@04:00-12:00 B 04:00 C 04:30"
    )
    request = RoutingRequest(WEDNESDAY, 28_800, 30_600, n_draws=400, percentiles=(10, 50, 90))
    low, middle, high = one_time(city, request, b=(40000, 0)) - 3000
    tenth = (0.2 * 600 * 900) ** 0.5
    assert low == pytest.approx(tenth, abs=25)
    assert middle == pytest.approx(750, abs=25)
    assert high == pytest.approx(1500 - tenth, abs=25)


def test_offsets_are_common_to_all_headways_and_other_trips():
    """Half the headway halves the wait within a draw, because the draw is of a share of the headway."""
    feed = LINE + "trip R id=r headway={h}@07:00-12:00 A 07:00 B 07:20"
    request = RoutingRequest(WEDNESDAY, 25_200, 25_260, step_s=60, seed=5)
    slow = one_time(city_of(feed.format(h=1200)), request) - 1200
    fast = (
        one_time(city_of(feed.format(h=600) + "\ntrip S id=s headway=333@07:00-12:00 C 07:00 A 07:50"), request) - 1200
    )
    assert slow[0] == pytest.approx(2 * fast[0], abs=1.01)
    assert one_time(city_of(feed.format(h=1200)), replace(request, seed=6)) - 1200 != pytest.approx(slow)


def mirrored(feed, day_s=86_400):
    """The same feed run backward: t becomes 24:00 − t."""
    lines = []
    for original in filter(None, feed.splitlines()):
        line, words = original, original.split()
        if words[0] == "trip":
            calls = [(s, *t.split("/")) for s, t in zip(words[2::2], words[3::2], strict=True)]
            turned = []
            for stop, *times in reversed(calls):
                clocks = [
                    format_time(day_s - sum(int(x) * f for x, f in zip(t.split(":"), (3600, 60), strict=True)))
                    for t in times
                ]
                turned.append(f"{stop} {'/'.join(reversed(clocks))}")
            line = f"trip {words[1]} {' '.join(turned)}"
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("mode", ["random", "planned"])
def test_arriving_is_departing_in_the_mirror(mode):
    feed = (
        LINE
        + """
trip R A 07:58 B 08:03/08:05 C 08:20 A 08:31
trip R A 08:10 B 08:12/08:20 C 08:40 A 08:49
trip S C 08:20 B 08:35 A 08:44
trip T B 08:05/08:05 C 08:09
"""
    )
    points = [(0, 0), (20000, 300), (40000, 0)]
    forward = request_of("07:50", n=20, step=180, departure_mode=mode, max_transfers=1)
    ends = (86_400 - forward.window_end_s + forward.step_s, 86_400 - forward.window_start_s + forward.step_s)
    backward = replace(forward, window_start_s=ends[0], window_end_s=ends[1], direction="arrive_by")
    there = travel_times(city_of(feed), places(points), places(points), forward)
    back = travel_times(city_of(mirrored(feed)), places(points), places(points), backward)
    assert there.minutes.tobytes() == np.ascontiguousarray(back.minutes.transpose(1, 0, 2)).tobytes()
    assert np.isfinite(there.minutes).any()


def test_percentile_is_the_nearest_rank():
    assert [nearest_rank(p, 4) for p in (0, 1, 25, 26, 50, 51, 75, 100)] == [0, 0, 0, 1, 1, 2, 2, 3]
    assert nearest_rank(50, 5 * 120) == nearest_rank(50, 120) * 5 + 4  # five equal draws change nothing


def test_unreachable_counts_as_the_largest_sample():
    city = city_of(LINE + "trip R A 08:02 B 08:20")
    request = RoutingRequest(WEDNESDAY, 28_800, 29_100, percentiles=(40, 60, 61))
    times = travel_times(city, places([(0, 0)]), places([(20000, 0)]), request)
    assert times.minutes[0, 0].tolist() == [19.0, 20.0, np.inf]
    assert times.reliability[0, 0] == np.float32(0.6)


def test_percentiles_come_in_the_order_they_were_asked_for():
    city = city_of(LINE + "trip R headway=600@05:00-12:00 exact A 05:00 B 05:20")
    request = RoutingRequest(WEDNESDAY, 28_800, 29_400, percentiles=(90, 10, 50))
    times = travel_times(city, places([(0, 0)]), places([(20000, 0)]), request)
    assert times.minutes[0, 0].tolist() == [28.0, 20.0, 24.0]
    assert times.at(10)[0, 0] == 20.0


@pytest.mark.parametrize("n", [(0, 2), (2, 0)])
def test_nobody_or_nowhere_is_an_empty_answer(n):
    points = [(0, 0), (20000, 0)]
    for direction, mode in VARIANTS:
        request = request_of(direction=direction, departure_mode=mode)
        times = travel_times(
            city_of(LINE + "trip R A 08:02 B 08:20"), places(points[: n[0]]), places(points[: n[1]]), request
        )
        assert times.minutes.shape == (*n, 10)
        assert times.reliability.shape == n


def test_impossible_requests_are_refused_all_at_once():
    request = RoutingRequest(WEDNESDAY, 28_800, 28_800, step_s=0, n_draws=0, percentiles=(101,), cutoff_s=-1)
    with pytest.raises(ModelError) as refusal:
        travel_times(city_of(LINE), places([(0, 0)]), places([(1, 1)]), request)
    codes = {problem.code for problem in refusal.value.problems}
    assert codes == {"routing.window", "routing.step_s", "routing.n_draws", "routing.percentiles", "routing.limits"}


PLAIN = "from tests.cases.test_routing_analytic import digest_of_a_small_run as run; print(run())"


def digest_of_a_small_run():
    """Every kernel of routing by transit: narrow and wide numbers, parts, last rides, legs with hours, pairs."""
    city, points = (
        city_of(FAR + "\n".join(FEEDS[name] for name in ("overtaking", "loop", "headways that miss"))),
        ENDS[:3],
    )
    more = legs_of(points, [(0, 1, 240, 28_800, 29_400, -1), (1, 0, 60, 29_000, 30_000, 1)])
    request = request_of(n=10, n_draws=2, cutoff_s=3_600)
    wide = replace(request, cutoff_s=answer.SHORT_S)
    shortest = replace(request, samples="shortest")
    tables = []
    for direction, mode in VARIANTS:
        for kind in (request, wide, shortest):
            asked = replace(kind, direction=direction, departure_mode=mode)
            parts = asked.samples == "all"
            for times in prepared_pair(city, places(points), places(points), asked, more, more, components=parts):
                tables += [times.minutes, times.reliability]
                tables += [getattr(times.components, field.name) for field in fields(times.components)] if parts else []
    tables.append(last_departures(city, places(points), places(points[:2]), request))
    stops = np.arange(4, dtype=np.int32)
    ends = Ends(stops, np.zeros((4, 2))), Ends(stops[::-1].copy(), np.zeros((4, 2)))
    found = pair_arrivals(city, *ends, np.full(4, 28_800, np.int32), request)
    tables += [found.arrive_s, found.n_transfers]
    return hashlib.sha256(b"".join(np.ascontiguousarray(table).tobytes() for table in tables)).hexdigest()


def test_kernels_say_the_same_uncompiled():
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(root)}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PLAIN], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == digest_of_a_small_run()
