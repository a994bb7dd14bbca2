"""The first minute by which a vehicle leads somewhere, against a search for every minute, from either side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.synthetic import grid_city, timetable_from_text
from geodata.units import UNREACHED_S
from sim.routing import prepare_times
from sim.routing.types import Places, RoutingRequest
from tests.unit.sim.routing.strategies import feeds

REQUEST = RoutingRequest(
    date="2025-10-15",
    window_start_s=8 * 3_600,
    window_end_s=9 * 3_600,
    direction="arrive_by",
    max_access_s=900,
    max_direct_s=0,  # nobody walks all the way, so every finite time is by vehicle
    cutoff_s=2_400,
    step_s=360,
    percentiles=(0,),
)
TARGET = Places(np.array(["q"]), np.array([(905.0, 907.0)]))


@given(feeds())
@settings(max_examples=8)
def test_the_first_minute_is_the_first_with_a_journey_whichever_side_stays(feed):
    text, points = feed
    city = grid_city(n_x=2, n_y=2, timetable=timetable_from_text(text))
    places = Places(np.array([f"p{n}" for n in range(len(points))]), np.array(points, np.float64))
    forward = prepare_times(city, places, REQUEST, side="origins").first_marks(TARGET)
    backward = prepare_times(city, TARGET, REQUEST, side="destinations").first_marks(places)
    assert np.array_equal(forward, backward.T)

    wanted = np.full((len(points), 1), UNREACHED_S)
    for mark in range(REQUEST.window_start_s, REQUEST.window_end_s, REQUEST.step_s)[::-1]:
        at = replace(REQUEST, window_start_s=mark, window_end_s=mark + 1)
        reached = np.isfinite(prepare_times(city, places, at, side="origins").times(TARGET).at(0))
        wanted[reached] = mark
    assert np.array_equal(forward, wanted)


def test_percentiles_are_taken_over_draws_the_latest_first():
    text = "stop A 0 0\nstop B 905 907\ntrip R headway=1200@06:00-12:00 A 06:00 B 06:10"
    city = grid_city(n_x=2, n_y=2, timetable=timetable_from_text(text))
    home = Places(np.array(["p"]), np.zeros((1, 2)))
    asked = replace(REQUEST, n_draws=6, step_s=60, cutoff_s=900)
    marks = np.arange(asked.window_start_s, asked.window_end_s, 60)
    prepared = prepare_times(city, home, asked, side="origins")
    # The ride takes 10 of the 15 minutes: one is there by the first mark within 5 min after an arrival.
    each = [
        next(m for m in marks.tolist() if np.any((g.arrival_s <= m) & (m <= g.arrival_s + 300)))
        for g in prepared.graphs
    ]
    assert len(set(each)) > 2  # the offsets do differ
    for rank, percentile in enumerate((0, 33, 50, 66, 83, 100)):
        at = prepare_times(city, home, replace(asked, percentiles=(percentile,)), side="origins")
        assert at.first_marks(TARGET).tolist() == [[sorted(each, reverse=True)[rank]]]


@given(feeds(), st.sampled_from(["depart", "arrive_by"]), st.sampled_from([0, 500]), st.sampled_from([1, 60, 360]))
@settings(max_examples=30)
def test_the_marks_of_one_alone_are_those_in_company(feed, direction, max_direct_s, step_s):
    text, points = feed
    city = grid_city(n_x=4, n_y=4, timetable=timetable_from_text(text))
    places = Places(np.array([f"p{n}" for n in range(len(points))]), np.array(points, np.float64))
    end_s = REQUEST.window_start_s + 30 * step_s
    asked = replace(REQUEST, direction=direction, max_direct_s=max_direct_s, step_s=step_s, window_end_s=end_s)
    cells = Places(city.population.cell_id, city.population.xy)
    for side in ("origins", "destinations"):
        prepared = prepare_times(city, cells, asked, side=side)
        together = prepared.first_marks(places), prepared.last_marks(places)
        for n in range(len(points)):
            one = Places(places.place_id[n : n + 1], places.xy[n : n + 1])
            alone = prepared.first_marks(one), prepared.last_marks(one)
            for ours, theirs in zip(alone, together, strict=True):
                assert np.array_equal(ours[:, 0], theirs[:, n])
