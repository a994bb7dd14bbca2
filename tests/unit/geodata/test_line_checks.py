"""A city measured in hours in which its lines hardly run says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.build import build_city
from geodata.line_checks import departures_s, lines_run
from tests.unit.geodata.feed_texts import CONFIG, FEED, write_city_inputs, write_feed


def city_of(tmp_path, start="10:00", end="12:00", **tables):
    text = CONFIG + f"    window: ['{start}', '{end}']\n"
    return build_city(write_city_inputs(tmp_path, text, **tables))


def test_a_feed_that_runs_at_other_hours_is_told_with_its_own(tmp_path):
    (found,) = [p for p in city_of(tmp_path).problems if p.code == "build.window_idle"]
    assert "08:00–10:00" in found.message.ja
    assert '["08:00", "10:00"]' in found.hint.ja


def test_a_window_with_departures_is_not_told(tmp_path):
    report = city_of(tmp_path, "08:00", "10:00")
    assert "build.window_idle" not in {p.code for p in report.problems}


def test_departures_are_those_of_all_stops_but_the_last(tmp_path):
    timetable = city_of(tmp_path).city.timetable
    weekday = timetable.services.active_on("2025-10-15")[timetable.trips.service]
    assert sorted(departures_s(timetable, weekday) / 60) == [480, 491, 540, 551]


@pytest.mark.parametrize(("headway", "n"), [(600, 6), (3600, 1)])
def test_runs_of_a_headway_count_each(tmp_path, headway, n):
    rows = f"trip_id,start_time,end_time,headway_secs\nT1,10:00:00,11:00:00,{headway}"
    timetable = city_of(tmp_path, frequencies=rows).city.timetable
    headways = timetable.trips.headway_s > 0
    assert len(departures_s(timetable, headways)) == n


def test_a_city_where_nothing_runs_is_no_finding_of_the_window(tmp_path):
    city = city_of(tmp_path).city
    idle = replace(city.timetable, trips=city.timetable.trips.where(np.zeros(len(city.timetable.trips.trip_id), bool)))
    assert lines_run(city.replace(timetable=idle)) == []


def two_feeds(tmp_path, **changed):
    config = CONFIG.replace("gtfs: [feed.zip]", "gtfs: [feed.zip, other.zip]") + "    window: ['08:00', '10:00']\n"
    path = write_city_inputs(tmp_path, config)
    write_feed(tmp_path / "other.zip", **changed)
    return {p.code: p for p in build_city(path).problems}


def test_a_feed_of_another_year_is_told_with_its_trips_and_time(tmp_path):
    old = FEED["calendar"].replace("20250401,20260331", "20190401,20190802")
    found = two_feeds(tmp_path, calendar=old)["build.feed_idle"]
    assert found.count == 3
    assert "other の 3 便" in found.message.ja
    assert "2019-04-01–2019-08-02" in found.message.ja


def test_a_feed_of_another_city_is_told_with_its_distance(tmp_path):
    far = FEED["stops"].replace("36.5", "34.5")
    found = two_feeds(tmp_path, stops=far)["build.feeds_apart"]
    assert "other の停留所は feed から 222 km" in found.message.ja


def test_two_feeds_of_one_time_and_place_are_no_finding(tmp_path):
    assert not {"build.feed_idle", "build.feeds_apart"} & two_feeds(tmp_path).keys()
