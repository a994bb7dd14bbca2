"""The router against a brute-force search over (stop, time) events, one difficulty at a time."""

from __future__ import annotations

import pytest

from tests.unit.sim.routing.compare import assert_equals_brute_force, city_of, request_of

FAR = "stop A 0 0\nstop B 10000 0\nstop C 20000 0\nstop D 30000 0\n"
ENDS = [(0, 0), (10000, 80), (20000, 400), (30000, 0)]

FEEDS = {
    "one trip": "trip R A 08:05 B 08:10 C 08:20 D 08:30",
    "every ten minutes": "trip R headway=600@06:00-22:00 exact A 06:03 B 06:10 C 06:18 D 06:30",
    "overtaking": "trip R A 08:00 B 08:20 C 08:50\ntrip R A 08:05 B 08:12 C 08:22\ntrip R A 08:06 B 08:21 C 08:23",
    "overtaken at the last stop only": "trip R A 08:01 B 08:10 C 08:40\ntrip R A 08:03 B 08:12 C 08:30",
    "loop": "trip R A 08:01 B 08:05 C 08:09 A 08:13 D 08:30 A 08:50 B 08:58",
    "stop twice in a row": "trip R A 08:01 B 08:05 B 08:07 C 08:10",
    "one way": "trip R D 08:01 C 08:05 B 08:06 A 08:30",
    "change in the same minute": "trip R A 08:02 B 08:10\ntrip S B 08:10 C 08:20\ntrip T C 08:20/08:20 D 08:20",
    "change just missed": "trip R A 08:02 B 08:11\ntrip S B 08:10 C 08:20\ntrip S B 08:40 C 08:45",
    "zero dwell and zero hops": "trip R A 08:03 B 08:03 C 08:03 D 08:03\ntrip R D 08:04/08:09 C 08:09 A 08:09",
    "no boarding, no alighting": "trip R A 08:01 B 08:05-b C 08:08-a D 08:12\ntrip R A 08:03-b B 08:06 C 08:09 D 08:15-a",
    "past midnight of the day before": "trip R A 31:55 B 32:05 C 32:20",
    "other days only": "service s 1101111\ntrip R service=s A 08:01 B 08:05",
    "two days long": "trip R A 55:58 B 56:05 C 56:20",
    "three changes": "trip R A 08:00 B 08:02\ntrip S B 08:03 C 08:04\ntrip T C 08:05 A 08:06\ntrip U A 08:07 D 08:09\ntrip V B 08:03 D 08:40",
    "headways that miss": "trip R id=r headway=420@07:30-10:00 A 07:30 B 07:36\ntrip S id=s headway=660@07:30-10:00 B 07:30 C 07:41",
    "a ring in no time": "trip R A 08:05 B 08:05\ntrip S B 08:05 C 08:05\ntrip T C 08:05 A 08:05\ntrip U C 08:05 B 08:05 A 08:06 D 08:09\ntrip V C 08:05 D 08:07",
    "equal times on two lines": "trip R A 08:02 B 08:10 C 08:20\ntrip S A 08:02 B 08:10 D 08:25\ntrip T C 08:20 D 08:25\ntrip U B 08:10 D 08:25",
    "the earlier run of its own line is caught ahead": "trip R A 08:00 B 08:10/08:30 C 08:35 D 08:36\ntrip R A 08:02 B 08:12/08:31 C 08:37 D 08:38\ntrip X A 08:03 C 08:34",
    "round and round": "trip R exact headway=600@08:00-09:30 A 08:00 B 08:04 C 08:09 D 08:12 A 08:20\ntrip S C 08:26 A 08:27",
    "a line met twice": "trip R A 08:00 B 08:05 C 08:10\ntrip X B 08:06 D 08:09 C 08:12 A 08:20",
    "passed by, then served": "trip R A 08:00 B 08:05\ntrip X B 08:06 C 08:10-a D 08:12\ntrip Y B 08:07 C 08:15\ntrip Z D 08:02 C 08:08-b B 08:10\ntrip W C 08:05 B 08:10\ntrip V B 08:12 A 08:20",
    "nothing runs": "service s 0000000\ntrip R service=s A 08:00 B 08:01",
}


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("max_transfers", [None, 0, 1, 3])
def test_feed_equals_brute_force(name, max_transfers):
    request = request_of(max_transfers=max_transfers, n=20, cutoff_s=3_600)
    assert_equals_brute_force(city_of(FAR + FEEDS[name]), ENDS, request)


def test_draws_are_pooled():
    request = request_of(n=10, n_draws=2, cutoff_s=3_600)
    assert_equals_brute_force(city_of(FAR + FEEDS["headways that miss"]), ENDS, request)


def test_midnight_belongs_to_both_days():
    feed = (
        FAR
        + "service s 0010000\ntrip R service=s A 24:05 B 24:20\ntrip R A 00:10 B 00:15\ntrip S service=s B 00:16 C 00:30"
    )
    for date in ("2025-10-15", "2025-10-16"):
        assert_equals_brute_force(city_of(feed), ENDS, request_of("00:00", date=date, cutoff_s=3_600))
        assert_equals_brute_force(city_of(feed), ENDS, request_of("23:55", date=date, cutoff_s=3_600))


FOOT = """
stop A 0 0
stop B 10000 0
stop B2 10400 0
stop B3 10800 0
stop B4 10800 0
stop C 20000 0
trip R A 08:01 B 08:10
trip S B2 08:15 C 08:20
trip S B2 08:30 C 08:35
trip T B3 08:16 C 08:18
trip T B3 08:22 C 08:24
trip U B4 08:21 C 08:22
trip V B 08:12 A 08:30
"""


@pytest.mark.parametrize(
    "rules",
    [
        "",
        "transfer B B2 2 420",
        "transfer B B2 3\ntransfer B B4 3",
        "transfer B B 2 180",
        "transfer B B 3",
        "transfer B B3 2 700",
        "transfer B B4 1",
    ],
)
@pytest.mark.parametrize("change_s", [0, 120])
def test_changes_on_foot(rules, change_s):
    """B–B2 and B2–B3 are walks within reach, B–B3 is not: two walks in a row are not allowed."""
    request = request_of(n=10, max_transfer_s=400, change_s=change_s, cutoff_s=3_600)
    assert_equals_brute_force(city_of(FOOT + rules), [(0, 0), (10800, 0), (20000, 0)], request)


def test_a_walk_is_relaxed_from_the_best_vehicle_arrival():
    """B is reached on foot first; its later arrival by vehicle is the one that may be walked on from."""
    feed = """
    stop A 0 0
    stop B0 10000 0
    stop B 10200 0
    stop B2 10500 0
    stop C 30000 0
    trip R A 08:00 B0 08:05
    trip S A 08:00 B 08:09
    trip T B2 08:13 C 08:20
    trip T B2 08:30 C 08:37
    """
    request = request_of("07:55", n=10, max_transfer_s=240)
    assert_equals_brute_force(city_of(feed), [(0, 0), (30000, 0)], request)


@pytest.mark.parametrize("cutoff_s", [0, 599, 600, 601])
@pytest.mark.parametrize("start", ["08:03", "07:53", "08:13"])
def test_whatever_takes_no_time_happens_in_the_first_and_in_the_last_second(start, cutoff_s):
    """08:03 is the first or the last second that anybody looks at, in either direction."""
    request = request_of(start, n=1, cutoff_s=cutoff_s, max_access_s=0, max_direct_s=0, max_transfers=1)
    feed = FAR + "trip R A 08:03 B 08:03\ntrip S B 08:03 C 08:03"
    assert_equals_brute_force(city_of(feed), [(0, 0), (10000, 0), (20000, 0)], request)


def test_seconds_of_leaving_count_where_one_leaves_for_the_timetable():
    """The same run is caught at the next stop, 30 s on foot, by leaving 20 s later within the same minute."""
    feed = (
        "stop A 0 0\nstop A2 40 0\nstop B 9000 0\nstop B2 9040 0\ntrip R A 08:05:00 A2 08:05:50 B 08:20:10 B2 08:20:50"
    )
    assert_equals_brute_force(city_of(feed), [(0, 0), (9040, 0)], request_of(n=20, cutoff_s=3_600))
