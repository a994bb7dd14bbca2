"""Departures a day each way, counted on feeds written out."""

import numpy as np
import pytest

from geodata.synthetic import timetable_from_text
from sim.frequency import departures_each_way, runs_of_trips

WEDNESDAY, SUNDAY = "2025-10-15", "2025-10-19"

FEED = """
stop A 0 0
stop B 1000 0
stop C 2000 0
service wk 1111100
trip R id=up service=wk dir=0 headway=1200@06:00-16:00 A 06:00 B 06:05 C 06:10
trip R id=down service=wk dir=1 headway=1800@06:00-16:00 C 06:00 B 06:05 A 06:10
trip S id=extra service=wk dir=0 B 09:00 C 09:20
"""


def test_all_routes_are_summed_and_the_end_of_a_line_departs_only_back():
    counted = departures_each_way(timetable_from_text(FEED), WEDNESDAY)
    assert counted.tolist() == [30.0, 31.0, 20.0]


def test_days_without_service_have_no_departures():
    assert departures_each_way(timetable_from_text(FEED), SUNDAY).tolist() == [0.0, 0.0, 0.0]


def test_a_stop_where_nobody_may_board_has_no_departures():
    feed = "stop A 0 0\nstop B 1 0\nstop C 2 0\ntrip R A 08:00 B 08:05-b C 08:10"
    assert departures_each_way(timetable_from_text(feed), WEDNESDAY).tolist() == [1.0, 0.0, 0.0]


def test_platforms_of_a_station_count_together():
    table = timetable_from_text(
        "stop X 0 0\nstop P1 0 0\nstop P2 0 5\nstop Z 900 0\ntrip R P1 08:00 Z 08:05\ntrip R P2 08:30 Z 08:35",
    )
    stops = table.stops.__class__(
        **{f: getattr(table.stops, f) for f in table.stops.__dataclass_fields__} | {"parent": np.array([-1, 0, 0, -1])},
    )
    merged = table.__class__(**{f: getattr(table, f) for f in table.__dataclass_fields__} | {"stops": stops})
    assert departures_each_way(merged, WEDNESDAY).tolist() == [2.0, 2.0, 2.0, 0.0]


@pytest.mark.parametrize(("end", "runs"), [("07:00", 1), ("07:01", 2), ("08:00", 2), ("08:30", 3)])
def test_a_headway_trip_stands_for_the_runs_that_start_before_its_end(end, runs):
    table = timetable_from_text(f"stop A 0 0\nstop B 1 0\ntrip R headway=3600@06:00-{end} A 06:00 B 06:05")
    assert runs_of_trips(table).tolist() == [runs]
