"""What must hold of extremes of a window for every feed: they are those of its single minutes, and more never hurts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import ModelError
from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import facilities_from_rows
from sim.context import RunContext
from sim.kpi.measures import MEASURES
from sim.main_station import last_home_s
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.rng import unit_number
from sim.routing import last_departures, travel_times
from sim.routing.types import RoutingRequest
from tests.unit.sim.routing.compare import WEDNESDAY, city_of, places
from tests.unit.sim.routing.strategies import feeds, trip_lines

FEW = settings(max_examples=25, derandomize=True, deadline=None)
LIMITS = {"max_access_s": 300, "max_transfer_s": 300, "cutoff_s": 3_000}


def asked(first_s=28_200, n=12, step_s=240, **limits):
    return RoutingRequest(WEDNESDAY, first_s, first_s + n * step_s, step_s=step_s, **LIMITS, **limits)


def each_minute(request):
    starts = range(request.window_start_s, request.window_end_s, request.step_s)
    return [replace(request, window_start_s=s, window_end_s=s + 1, samples="all") for s in starts]


@given(feeds(), st.sampled_from(["depart", "arrive_by"]))
@FEW
def test_the_shortest_of_a_window_is_that_of_its_best_minute(feed, direction):
    text, points = feed
    city, here = city_of(text), places(points)
    request = asked(max_direct_s=900, direction=direction, departure_mode="planned", samples="shortest")
    found = travel_times(city, here, here, request)
    single = [travel_times(city, here, here, r).at(50) for r in each_minute(request)]
    np.testing.assert_array_equal(found.at(50), np.min(single, axis=0))
    np.testing.assert_array_equal(found.reliability, np.isfinite(found.at(50)))
    with pytest.raises(ModelError):
        travel_times(city, here, here, request, components=True)


@given(feeds(), st.sampled_from([0, 900]))
@FEW
def test_the_last_departure_is_the_last_minute_a_ride_beats_the_walk(feed, direct_s):
    text, points = feed
    city, here = city_of(text), places(points)
    request = asked(max_direct_s=direct_s)
    found = last_departures(city, here, here, request)
    walk = travel_times(city_of("stop A 0 0"), here, here, request).at(50)
    expected = np.full(found.shape, -np.inf)
    for minute in each_minute(request):
        ride = travel_times(city, here, here, replace(minute, max_direct_s=0)).at(50)
        expected[np.isfinite(ride) & (ride <= walk)] = minute.window_start_s
    apart = np.array([[p != q for q in points] for p in points])  # walking nowhere takes no time at all
    np.testing.assert_array_equal(found[apart], expected[apart])


@given(feeds(), st.data())
@FEW
def test_more_trips_never_make_the_last_departure_earlier(feed, data):
    text, points = feed
    n_stops = text.count("stop ")
    here, request = places(points), asked(max_direct_s=900)
    before = last_departures(city_of(text), here, here, request)
    after = last_departures(city_of(text + "\n" + data.draw(trip_lines(n_stops))), here, here, request)
    assert (after >= before).all()


def test_over_draws_the_last_departure_is_their_median():
    headway, trip = 1_200, "loop"
    text = f"stop A 0 0\nstop B 9000 0\ntrip R id={trip} headway={headway}@20:00-21:00 A 20:00 B 20:10"
    request = asked(19 * 3600, n=180, step_s=60, max_direct_s=0, n_draws=5)
    last = [
        20 * 3600 + int(unit_number(request.seed, "headway", draw, trip) * headway) + 2 * headway for draw in range(5)
    ]
    found = last_departures(city_of(text), places([(0, 0)]), places([(9000, 0)]), request)
    assert found[0, 0] == np.median(last) // 60 * 60
    assert len(set(last)) > 1


# ------------------------------------------------------------------ KPIs

CLOCK = st.integers(7 * 60, 9 * 60)
RIDES = st.lists(st.tuples(st.integers(6 * 60, 21 * 60), st.integers(5, 50), st.booleans()), min_size=1, max_size=6)


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def street(rides):
    lines = ["stop A 250 250", "stop B 9750 250", "route R rail"]
    for start, length, out in rides:
        first, second = ("A", "B") if out else ("B", "A")
        lines.append(f"trip R {first} {clock(start)} {second} {clock(start + length)}")
    school = facilities_from_rows([("s", "high_school", (9750.0, 250.0), "")])
    return grid_city(n_x=20, n_y=1, timetable=timetable_from_text("\n".join(lines)), facilities=school)


def reached(city, **changes):
    context = RunContext(city, Analysis(), Params(**changes), Reuse())
    return next(iter(MEASURES["school_arrival_share"](context))).standard


@given(RIDES, CLOCK, st.integers(0, 60), st.sampled_from([20.0, 45.0, 60.0, 120.0]))
@FEW
def test_a_later_bell_or_a_longer_limit_never_lowers_the_share(rides, bell, later, limit):
    city = street([*rides, (18 * 60 + 30, 20, False)])
    base = reached(city, school_bell=clock(bell), school_within_min=limit)
    assert (reached(city, school_bell=clock(bell + later), school_within_min=limit) >= base).all()
    assert (reached(city, school_bell=clock(bell), school_within_min=limit + later) >= base).all()


@given(RIDES, st.tuples(st.integers(17 * 60, 24 * 60), st.integers(5, 50), st.booleans()))
@FEW
def test_one_more_evening_trip_never_makes_the_last_way_home_earlier(rides, more):
    named = Params(main_station="A")  # or one more trip might make the other station the busiest
    before, after = (
        last_home_s(RunContext(street(r), Analysis(), named, Reuse()), "standard") for r in (rides, [*rides, more])
    )
    np.testing.assert_array_equal(np.isnan(before), np.isnan(after))
    near = np.isnan(before)
    assert (after[~near] >= before[~near]).all()
