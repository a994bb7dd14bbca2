"""GTFS feeds → Timetable: what stands in the feed comes out, and nothing depends on the order of lines."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.digest import digest_of
from geodata.errors import Severity
from geodata.readers.gtfs import FeedReading, read_gtfs
from geodata.readers.gtfs_along import along_line
from geodata.readers.gtfs_columns import class_of
from tests.amount import examples
from tests.unit.geodata.feed_texts import FEED, clean, edited, flat, write_feed

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, *more: Path, **options) -> FeedReading:
    return read_gtfs([path, *more], project=flat, **options)


def codes(reading: FeedReading) -> list[str]:
    return [p.code for p in reading.problems]


def test_every_column_of_a_small_feed(tmp_path):
    reading = read(write_feed(tmp_path / "f.zip"))
    table = reading.timetable
    assert reading.problems == ()
    assert table.stops.stop_id.tolist() == ["A", "B", "C"]
    assert table.stops.name.tolist() == ["甲", "乙", "丙"]
    assert table.stops.zone_id.tolist() == ["z1", "z2", "z3"]
    assert np.allclose(table.stops.xy, [[0, 0], [0, 900], [0, 2700]])
    assert table.routes.name.tolist() == ["1 甲丙線", "丙甲線"]
    assert table.routes.route_class.tolist() == ["bus", "rail"]
    assert table.routes.agency.tolist() == ["テスト交通"] * 2
    assert table.routes.color.tolist() == ["FF0000", ""]
    assert table.routes.status.tolist() == ["observed"] * 2
    assert table.routes.source_id.tolist() == ["f", "f"]
    assert table.patterns.pattern_id.tolist() == ["R1:1", "R2:1"]
    assert table.patterns.direction.tolist() == [0, 1]
    assert table.patterns.stops.tolist() == [0, 1, 2, 2, 0]
    assert table.trips.trip_id.tolist() == ["T1", "T2", "T3"]
    assert table.trips.block_id.tolist() == ["K1", "K1", ""]
    assert table.trips.arrival_s[:3].tolist() == [28_800, 29_400, 30_600]
    assert table.trips.departure_s[:3].tolist() == [28_800, 29_460, 30_600]
    assert table.trips.arrival_s[-1] == 25 * 3600 + 300
    assert table.trips.board_allowed[:3].tolist() == [True, True, False]
    assert table.trips.alight_allowed[:3].tolist() == [False, True, True]
    assert reading.valid == {"f.zip": ("2025-04-01", "2026-03-31")}
    assert table.services.active_on("2025-10-15").tolist() == [True, False]
    assert table.services.active_on("2025-10-18").tolist() == [False, True]


def test_folder_zip_and_zipped_folder_are_the_same_feed(tmp_path):
    whole = write_feed(tmp_path / "f.zip")
    folder = write_feed(tmp_path / "f")
    nested = tmp_path / "nested" / "f.zip"
    nested.parent.mkdir()
    with zipfile.ZipFile(nested, "w") as archive:
        for table in folder.iterdir():
            archive.write(table, f"gtfs/{table.name}")
        archive.writestr("__MACOSX/gtfs/stops.txt", "x")
    digests = {digest_of(read(path).timetable) for path in (whole, folder, nested)}
    assert len(digests) == 1


@settings(max_examples=examples(4, long=30))
@given(seed=st.integers(0, 10_000))
def test_order_of_lines_changes_nothing(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("feed")
    mixed = {}
    for name in ("trips", "stop_times", "calendar"):
        header, *rows = clean(FEED[name]).splitlines()
        mixed[name] = "\n".join([header, *np.random.default_rng(seed).permutation(rows)])
    plain, shuffled = (
        read(write_feed(folder / d / "f.zip", **c)) for d, c in (_sub(folder, "a", {}), _sub(folder, "b", mixed))
    )
    assert digest_of(plain.timetable.patterns) == digest_of(shuffled.timetable.patterns)
    for column in ("trip_id", "arrival_s", "departure_s", "board_allowed"):
        assert getattr(plain.timetable.trips, column).tolist() == getattr(shuffled.timetable.trips, column).tolist()


def _sub(folder: Path, name: str, changed: dict[str, str]) -> tuple[str, dict[str, str]]:
    (folder / name).mkdir()
    return name, changed


def test_byte_order_mark_and_spaces_in_the_header(tmp_path):
    path = write_feed(
        tmp_path / "f.zip", encoding="utf-8-sig", stops=FEED["stops"].replace(",stop_name", ", stop_name ")
    )
    reading = read(path)
    assert reading.problems == ()
    assert reading.timetable.stops.name.tolist() == ["甲", "乙", "丙"]


def test_cp932_is_read_with_a_note_for_each_file(tmp_path):
    reading = read(write_feed(tmp_path / "f.zip", encoding="cp932"))
    assert reading.timetable.stops.name.tolist() == ["甲", "乙", "丙"]
    named = [p.where for p in reading.problems if p.code == "input.encoding"]
    assert "f.zip/stops.txt" in named
    assert {p.severity for p in reading.problems if p.code == "input.encoding"} == {Severity.INFO}
    assert "f.zip/calendar.txt" not in named  # plain ASCII is UTF-8


def test_empty_times_are_put_by_distance_between_stops(tmp_path):
    times = edited("stop_times", "T1,08:10:00,08:11:00,B", "T1,,,B")
    reading = read(write_feed(tmp_path / "f.zip", stop_times=times))
    # B lies at one third of the way from A to C: a third of 30 minutes.
    assert reading.timetable.trips.arrival_s[1] == 28_800 + 600
    assert reading.repairs == {"gtfs.interpolated_times": 1}


def test_empty_times_follow_the_shape_where_there_is_one(tmp_path):
    # The shape goes 0.027° east and back between A and B, so B comes late.
    shape = """
        shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
        S,36.500,140.600,1
        S,36.5045,140.633,2
        S,36.509,140.600,3
        S,36.527,140.600,4
    """
    trips = edited("trips", "R1,wk,T1,丙,0,K1,", "R1,wk,T1,丙,0,K1,S")
    times = edited("stop_times", "T1,08:10:00,08:11:00,B", "T1,,,B")
    table = read(write_feed(tmp_path / "f.zip", trips=trips, stop_times=times, shapes=shape)).timetable
    detour = 2 * np.hypot(0.0045, 0.033 * np.cos(np.radians(36.5)))
    share = detour / (detour + 0.018)
    assert abs(table.trips.arrival_s[1] - (28_800 + 1800 * share)) <= 2
    assert table.patterns.shape_lonlat.shape == (4, 2)


def test_empty_times_follow_travelled_distances_where_given(tmp_path):
    times = """
        trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled
        T1,08:00:00,08:00:00,A,1,0
        T1,,,B,2,9
        T1,08:30:00,08:30:00,C,3,10
        T2,08:00:00,08:00:00,A,1,0
        T2,08:10:00,08:10:00,C,3,10
        T3,08:00:00,08:00:00,A,1,0
        T3,08:10:00,08:10:00,C,3,10
    """
    table = read(write_feed(tmp_path / "f.zip", stop_times=times)).timetable
    row = table.trips.time_offsets[table.trips.trip_id.tolist().index("T1")] + 1
    assert table.trips.arrival_s[row] == 28_800 + 1620


@settings(max_examples=examples(10, long=60))
@given(
    gaps=st.lists(st.integers(0, 5_000), min_size=3, max_size=12),
    known=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_filled_times_never_go_backwards(tmp_path_factory, gaps, known):
    folder = tmp_path_factory.mktemp("feed")
    places = np.cumsum(gaps) / 111_200
    stops = ["stop_id,stop_name,stop_lat,stop_lon", *(f"s{n},x,{36 + p},140.6" for n, p in enumerate(places))]
    rows = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    last = len(places) - 1
    for n in range(len(places)):
        shown = f"08:{n:02d}:00" if n in (0, last) or known[n] else ""
        rows.append(f"T1,{shown},{shown},s{n},{n}")
    trips = "route_id,service_id,trip_id\nR1,wk,T1"
    table = read(
        write_feed(folder / "f.zip", stops="\n".join(stops), stop_times="\n".join(rows), trips=trips)
    ).timetable
    assert (np.diff(table.trips.arrival_s) >= 0).all()
    for n in range(len(places)):
        if n in (0, last) or known[n]:
            assert table.trips.arrival_s[n] == 8 * 3600 + n * 60


def test_stops_on_a_loop_are_matched_in_order():
    # Around a square and back to the start: the last stop is the first one again.
    square = np.array([[140.6, 36.5], [140.61, 36.5], [140.61, 36.51], [140.6, 36.51], [140.6, 36.5]])
    stops = square[[0, 2, 4]]
    along = along_line(stops, square)
    around = 2 * (1112 + 1112 * np.cos(np.radians(36.5)))
    assert along[0] == 0
    assert along[1] == pytest.approx(around / 2, rel=0.01)
    assert along[2] == pytest.approx(around, rel=0.01)


def test_a_shape_far_from_its_stops_is_not_used():
    stops = np.array([[140.6, 36.5], [140.6, 36.51]])
    elsewhere = np.array([[141.6, 36.5], [141.6, 36.51]])
    assert along_line(stops, elsewhere)[1] == pytest.approx(1112, rel=0.001)


def test_frequencies_become_headway_trips(tmp_path):
    frequencies = """
        trip_id,start_time,end_time,headway_secs,exact_times
        T1,06:00:00,09:00:00,600,1
        T1,09:00:00,12:00:00,1200,
    """
    trips = read(write_feed(tmp_path / "f.zip", frequencies=frequencies)).timetable.trips
    rows = [n for n, name in enumerate(trips.trip_id) if name.startswith("T1@")]
    assert trips.headway_s[rows].tolist() == [600, 1200]
    assert trips.start_s[rows].tolist() == [21_600, 32_400]
    assert trips.end_s[rows].tolist() == [32_400, 43_200]
    assert trips.exact_times[rows].tolist() == [True, False]
    first = trips.time_offsets[rows]
    assert trips.departure_s[first].tolist() == [21_600, 32_400]
    assert (trips.arrival_s[first + 2] - trips.arrival_s[first]).tolist() == [1800, 1800]
    assert trips.headway_s[trips.trip_id.tolist().index("T2")] == 0


def test_services_of_calendar_dates_alone_run_on_their_days(tmp_path):
    dates = """
        service_id,date,exception_type
        wk,20251015,1
        we,20251016,1
        we,20251017,2
    """
    services = read(write_feed(tmp_path / "f.zip", calendar=None, calendar_dates=dates)).timetable.services
    assert services.active_on("2025-10-15").tolist() == [True, False]
    assert services.active_on("2025-10-16").tolist() == [False, True]
    assert not services.active_on("2025-10-17").any()


def test_transfers_keep_times_and_leave_route_rules_out(tmp_path):
    transfers = """
        from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id
        A,B,2,120,
        B,A,0,,
        B,C,0,,R1
    """
    reading = read(write_feed(tmp_path / "f.zip", transfers=transfers))
    found = reading.timetable.transfers
    assert found.from_stop.tolist() == [0, 1]
    assert found.to_stop.tolist() == [1, 0]
    assert found.kind.tolist() == [2, 0]
    assert found.min_time_s.tolist() == [120, -1]
    assert codes(reading) == ["gtfs.transfer_ignored"]


def test_fares_by_rule_and_fares_for_all(tmp_path):
    fares = """
        fare_id,price,currency_type
        f1,160,JPY
        f2,210,JPY
        f3,500,JPY
    """
    rules = """
        fare_id,route_id,origin_id,destination_id
        f1,R1,z1,z2
        f2,,z1,z3
    """
    found = read(write_feed(tmp_path / "f.zip", fare_attributes=fares, fare_rules=rules)).timetable.fares
    assert found.price_yen.tolist() == [160, 210, 500]
    assert found.route.tolist() == [0, -1, -1]
    assert found.origin_zone.tolist() == ["z1", "z1", ""]
    assert found.destination_zone.tolist() == ["z2", "z3", ""]
    assert found.currency == "JPY"


def test_two_feeds_share_no_id_and_keep_their_fares_apart(tmp_path):
    fares = "fare_id,price,currency_type\nf1,160,JPY"
    one = write_feed(tmp_path / "one.zip", fare_attributes=fares)
    two = write_feed(
        tmp_path / "two.zip",
        stops=FEED["stops"].replace("C,", "D,"),
        stop_times=FEED["stop_times"].replace(",C,", ",D,"),
    )
    reading = read(one, two, source_ids=["s1", "s2"])
    table = reading.timetable
    assert table.stops.stop_id.tolist() == ["A", "B", "C", "two:A", "two:B", "D"]
    assert table.routes.route_id.tolist() == ["R1", "R2", "two:R1", "two:R2"]
    assert table.routes.source_id.tolist() == ["s1", "s1", "s2", "s2"]
    assert len(set(table.trips.trip_id.tolist())) == 6
    assert table.fares.route.tolist() == [0, 1]
    assert {p.code for p in reading.problems} == {"gtfs.id_collision"}
    assert table.patterns.stops_of(2).tolist() == [3, 4, 5]


def test_routes_without_directions_get_them_from_the_order_of_stops(tmp_path):
    trips = """
        route_id,service_id,trip_id
        R1,wk,T1
        R1,wk,T2
        R1,wk,T3
    """
    table = read(write_feed(tmp_path / "f.zip", trips=trips)).timetable
    direction = dict(
        zip(table.trips.trip_id.tolist(), table.patterns.direction[table.trips.pattern].tolist(), strict=True)
    )
    assert direction == {"T1": 0, "T2": 0, "T3": 1}


def test_named_routes_are_brt(tmp_path):
    path = write_feed(tmp_path / "f.zip")
    assert read(path, brt_routes=["甲丙*"]).timetable.routes.route_class.tolist() == ["brt", "rail"]
    assert read(path, brt_routes=["R2"]).timetable.routes.route_class.tolist() == ["bus", "brt"]


@pytest.mark.parametrize(
    "translations",
    [
        "trans_id,lang,translation\n甲丙線,en,Ko-Hei Line\n甲丙線,ja-Hrkt,こうへい",
        "table_name,field_name,language,translation,field_value\nroutes,route_long_name,en,Ko-Hei Line,甲丙線",
    ],
)
def test_english_names_of_both_forms(tmp_path, translations):
    table = read(write_feed(tmp_path / "f.zip", translations=translations)).timetable
    assert table.routes.name_en.tolist() == ["1 Ko-Hei Line", "丙甲線"]


def test_translations_without_their_texts_are_told_and_change_no_name(tmp_path):
    reading = read(write_feed(tmp_path / "f.zip", translations="trans_id,lang,translatio\n甲丙線,en,Ko-Hei Line"))
    assert reading.timetable.routes.name_en.tolist() == ["1 甲丙線", "丙甲線"]
    assert "gtfs.translation_unused" in {p.code for p in reading.problems}


def test_stations_are_parents_and_entrances_are_left_out(tmp_path):
    stops = """
        stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
        A,甲,36.500,140.600,0,S
        B,乙,36.509,140.600,,
        C,丙,36.527,140.600,0,
        S,駅,36.500,140.600,1,
        E,出口,,,2,S
    """
    reading = read(write_feed(tmp_path / "f.zip", stops=stops))
    assert reading.timetable.stops.stop_id.tolist() == ["A", "B", "C", "S"]
    assert reading.timetable.stops.parent.tolist() == [3, -1, -1, -1]
    assert codes(reading) == ["gtfs.entrances"]


@pytest.mark.parametrize(
    ("route_type", "expected"),
    [(0, "rail"), (1, "rail"), (2, "rail"), (109, "rail"), (405, "rail"), (3, "bus"), (700, "bus"), (4, "other")],
)
def test_class_of_route_type(route_type, expected):
    assert class_of(route_type) == expected


def test_every_file_of_a_feed_is_accounted_for(tmp_path):
    more = {"routes_jp": "route_id,x\nR1,1", "office_jp": "", "fare_rider_categories": "a\n1\n2", "memo": "hello"}
    reading = read(write_feed(tmp_path / "f.zip", **more))
    told = {p.code: p.message.en for p in reading.problems}
    assert set(told) == {"gtfs.table_unused", "gtfs.file_unknown"}
    assert "fare_rider_categories.txt" in told["gtfs.table_unused"]
    assert "memo.txt" in told["gtfs.file_unknown"]
    assert reading.rows_in["f.zip"] == {
        "agency": 1, "stops": 3, "routes": 2, "trips": 3, "stop_times": 8, "calendar": 2,
        "routes_jp": 1, "office_jp": 0, "fare_rider_categories": 2,
    }  # fmt: skip
    assert reading.rows_left_out["f.zip"]["fare_rider_categories"] == {"gtfs.table_unused": 2}
    assert [f.rows_in for f in reading.files] == [sum(reading.rows_in["f.zip"].values())]


def test_what_a_feed_says_about_itself(tmp_path):
    more = {
        "feed_info": """
            feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version
            テスト市,http://example.org,ja,20250401,2026031,第3版
        """,
        "agency_jp": "agency_id,agency_official_name\nop,テスト交通株式会社",
        "office_jp": "office_id,office_name\n1,北営業所\n2,南営業所",
        "routes_jp": "route_id,route_update_date\nR1,20241001\nR2,20250401",
    }
    about = read(write_feed(tmp_path / "f.zip", **more)).about["f.zip"]
    assert (about.publisher, about.version, about.language) == ("テスト市", "第3版", "ja")
    assert (about.start, about.end) == ("2025-04-01", "")  # the end is no date
    assert about.agencies == ("テスト交通",)
    assert about.official_names == ("テスト交通株式会社",)
    assert about.offices == ("北営業所", "南営業所")
    assert about.routes_updated == "2025-04-01"
