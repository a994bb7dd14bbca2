"""The feed that the bench replicates is the feed it came from, as often as it says."""

from geodata.readers.gtfs import read_gtfs
from tests.benchmarks.parts_import import replicate
from tests.unit.geodata.feed_texts import flat, write_feed


def test_a_replicated_feed_holds_every_trip_so_often(tmp_path):
    small = write_feed(tmp_path / "f.zip")
    large = read_gtfs([replicate(small, tmp_path / "large.zip", 20)], project=flat).timetable
    once = read_gtfs([small], project=flat).timetable
    assert len(large.trips.arrival_s) == 24  # three times eight is the first multiple of eight from twenty on
    assert len(large.trips.trip_id) == 3 * len(once.trips.trip_id)
    assert large.patterns.stops.tolist() == once.patterns.stops.tolist()
