"""Journeys within one of several joined timetables are what they are in that timetable alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.synthetic import timetable_from_text
from geodata.timetable_merge import join_timetables, keep_routes
from tests.cases.test_routing_feeds import ENDS, FAR, FEEDS
from tests.unit.sim.routing.compare import city_of, places, prepared_pair, request_of

AWAY_M = 400_000.0
NAMES = ("change in the same minute", "headways that miss", "round and round", "past midnight of the day before")


def moved(timetable):
    """Return the same lines far away, with the same ids."""
    return replace(timetable, stops=replace(timetable.stops, xy=timetable.stops.xy + np.array([0.0, AWAY_M])))


def minutes(city, timetable, points):
    city = city.replace(timetable=timetable)
    return prepared_pair(city, places(points), places(points), request_of(n=20, cutoff_s=3_600))[0].minutes


@pytest.mark.parametrize("name", NAMES)
def test_journeys_do_not_change_by_joining_nor_by_cutting(name):
    city = city_of(FAR + FEEDS[name])
    own, other = city.timetable, moved(timetable_from_text(FAR + FEEDS["three changes"]))
    alone = minutes(city, own, ENDS)
    assert np.isfinite(alone).any()
    joined = join_timetables([own, other])
    assert np.array_equal(minutes(city, joined, ENDS), alone)
    there = [(x, y + AWAY_M) for x, y in ENDS]
    assert np.array_equal(minutes(city, joined, there), minutes(city, other, there))
    first = np.arange(len(joined.routes.route_id)) < len(own.routes.route_id)
    assert np.array_equal(minutes(city, keep_routes(joined, first), ENDS), alone)


def test_a_joined_line_is_there_to_change_to():
    city = city_of(FAR + "trip R A 08:02 B 08:10")
    onward = timetable_from_text(FAR + "trip S B 08:12 C 08:20")
    joined = minutes(city, join_timetables([city.timetable, onward]), ENDS)
    assert not np.isfinite(minutes(city, city.timetable, ENDS)[0, 2]).any()
    assert not np.isfinite(minutes(city, onward, ENDS)[0, 2]).any()
    assert np.isfinite(joined[0, 2]).any()
