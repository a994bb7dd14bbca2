"""The table of validator rules is true: every code in it is raised by a small feed."""

from __future__ import annotations

import datetime as dt
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from geodata.errors import DataError
from geodata.readers import archive
from geodata.readers.gtfs import read_gtfs
from geodata.readers.gtfs_rules import RULES, WHY, rules_table
from geodata.service_days import choose_days
from tests.unit.geodata.feed_texts import FEED, edited, flat, write_feed

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = """
    shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled
    S,36.500,140.600,1,0
    S,36.527,140.600,2,3
"""
SHAPED = FEED["trips"].replace("K1,\n", "K1,S\n").replace("1,,\n", "1,,S\n")
STATIONS = """
    stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
    A,甲,36.500,140.600,0,
    B,乙,36.509,140.600,0,
    C,丙,36.527,140.600,0,
"""
FARES = "fare_id,price,currency_type\nf1,160,JPY"
DISTANCES = """
    trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled,timepoint
    T1,08:00:00,08:00:00,A,1,0,1
    T1,,,B,2,5,1
    T1,08:30:00,08:30:00,C,3,4,1
    T2,09:00:00,09:00:00,A,1,,0
    T2,09:10:00,,C,2,,0
    T3,23:50:00,23:50:00,C,1,,
    T3,25:05:00,25:05:00,A,2,,
"""
INFO = "feed_publisher_name,feed_publisher_url,feed_lang,feed_version\nx,http://example.org,ja,1"


def rows(table: str, *more: str) -> str:
    return FEED[table].rstrip() + "\n" + "\n".join(more) + "\n"


def many_trips(changed: str) -> dict[str, str]:
    """Return 30 trips, so that one wrong one is few; `changed` stands for its rows."""
    trips = [f"R1,wk,X{n},,0,," for n in range(30)]
    times = [f"X{n},10:{n:02d}:00,10:{n:02d}:00,A,1,,\nX{n},11:00:00,11:00:00,C,2,," for n in range(30)]
    return {"trips": rows("trips", *trips, "R1,wk,Y,,0,,"), "stop_times": rows("stop_times", *times, changed)}


CASES: dict[str, dict[str, str | None]] = {
    "calendar.date": {"calendar": edited("calendar", "20250401,20260331\n        we", "2025-13-01,20260331\n        we")},
    "gtfs.block_overlap": {"stop_times": FEED["stop_times"].replace("T2,09", "T2,08").replace("09:", "08:")},
    "gtfs.calendar_span": {"calendar": FEED["calendar"].replace("20260331\n        we", "20250301\n        we")},
    "gtfs.color": {"routes": edited("routes", "FF0000", "red")},
    "gtfs.currency": {"fare_attributes": FARES.replace("JPY", "円")},
    "gtfs.distance_backwards": {"stop_times": DISTANCES},
    "gtfs.duplicate_id": {"stops": rows("stops", "A,甲,36.5,140.6,z1")},
    "gtfs.exception_type": {"calendar_dates": "service_id,date,exception_type\nwk,20250501,3"},
    "gtfs.fare_price": {"fare_attributes": FARES.replace("160", "百六十円")},
    "gtfs.fast_travel": {"stop_times": edited("stop_times", "T1,08:30:00,08:30:00,C", "T1,08:11:00,08:11:00,D"),
                         "stops": rows("stops", "D,丁,36.6,140.6,z3")},
    "gtfs.feed_info_date": {"feed_info": INFO},
    "gtfs.file_unknown": {"memo": "x"},
    "gtfs.frequency": {"frequencies": "trip_id,start_time,end_time,headway_secs\nT1,07:00:00,07:00:00,600"},
    "gtfs.frequency_overlap": {
        "frequencies": "trip_id,start_time,end_time,headway_secs\nT1,07:00:00,08:00:00,600\nT1,07:30:00,09:00:00,600"
    },
    "gtfs.lines_by_name": {"routes": edited("routes", "丙甲線,2", "甲丙線[2],3").replace("R1,op,1,", "R1,op,,")},
    "gtfs.missing_file": {"calendar": None},
    "gtfs.missing_id": {"stops": rows("stops", ",名無し,36.5,140.6,z1")},
    "gtfs.no_end_time": many_trips("Y,,,A,1,,\nY,12:00:00,12:00:00,B,2,,\nY,12:10:00,12:10:00,C,3,,"),
    "gtfs.no_rows": {"trips": "route_id,service_id,trip_id"},
    "gtfs.one_time_only": {"stop_times": DISTANCES},
    "gtfs.parent_no_station": {"stops": STATIONS.replace("140.600,0,\n    B", "140.600,0,B\n    B")},
    "gtfs.position_of_parent": {"stops": STATIONS.replace("36.500,140.600,0,", ",,0,S") + "    S,駅,36.5,140.6,1,\n"},
    "gtfs.route_named_by_ends": {
        "routes": edited("routes", "1,甲丙線", ","),
        "routes_jp": "route_id,origin_stop,via_stop,destination_stop\nR1,甲,乙,丙",
    },
    "gtfs.route_type": {"routes": edited("routes", ",3,FF0000", ",bus,FF0000")},
    "gtfs.route_without_name": {"routes": edited("routes", "1,甲丙線", ",")},
    "gtfs.shape_distance": {"shapes": SHAPE.replace(",2,3", ",2,0"), "trips": SHAPED},
    "gtfs.shape_point": {"shapes": SHAPE + "    S,0,0,3,4\n", "trips": SHAPED},
    "gtfs.short_trip": many_trips("Y,12:00:00,12:00:00,A,1,,"),
    "gtfs.station_with_parent": {"stops": STATIONS + "    S,駅,36.5,140.6,1,U\n    U,駅,36.5,140.6,1,\n"},
    "gtfs.stop_far": {"stops": rows("stops", "D,遠,1.3,103.8,")},
    "gtfs.stop_off_shape": {"shapes": SHAPE.replace("140.600", "140.610"), "trips": SHAPED},
    "gtfs.stop_position": {"stops": rows("stops", "D,零,0,0,")},
    "gtfs.stop_sequence": {"stop_times": edited("stop_times", "A,1,0,1\n        T1", "A,one,0,1\n        T1")},
    "gtfs.stop_time_at_station": {"stops": STATIONS.replace("36.500,140.600,0", "36.500,140.600,1")},
    "gtfs.stop_without_name": {"stops": edited("stops", "乙", "")},
    "gtfs.table_unused": {"pathways": "pathway_id\n1"},
    "gtfs.time": {"stop_times": edited("stop_times", "08:10:00", "八時")},
    "gtfs.time_backwards": {"stop_times": edited("stop_times", "T1,08:10:00,08:11:00", "T1,07:10:00,07:11:00")},
    "gtfs.timepoint_without_time": {"stop_times": DISTANCES},
    "gtfs.timezone_unknown": {"agency": edited("agency", "Asia/Tokyo", "Asia/Tokio")},
    "gtfs.timezones": {"agency": rows("agency", "op2,二,http://example.org,Asia/Seoul")},
    "gtfs.transfer_ignored": {"transfers": "from_stop_id,to_stop_id,transfer_type\nA,A,4"},
    "gtfs.translation_unused": {"translations": "trans_id,lang,translation\n甲,ja-Hrkt,こう"},
    "gtfs.trip_without_times": {"trips": rows("trips", "R1,wk,T9,,0,,")},
    "gtfs.unexpected_value": {"stop_times": edited("stop_times", "A,1,0,1\n        T1", "A,1,7,1\n        T1")},
    "gtfs.unknown_agency": {"routes": edited("routes", "R1,op", "R1,other")},
    "gtfs.unknown_fare": {"fare_attributes": FARES, "fare_rules": "fare_id,route_id\nf9,R1"},
    "gtfs.unknown_parent": {"stops": STATIONS.replace("140.600,0,\n    B", "140.600,0,Z\n    B")},
    "gtfs.unknown_route": {"trips": edited("trips", "R2,we", "R9,we")},
    "gtfs.unknown_service": {"trips": edited("trips", "R2,we", "R2,zz")},
    "gtfs.unknown_shape": {"trips": SHAPED},
    "gtfs.unknown_stop": {"stop_times": edited("stop_times", "T1,08:10:00,08:11:00,B", "T1,08:10:00,08:11:00,Z")},
    "gtfs.unknown_trip": {"stop_times": rows("stop_times", "T9,10:00:00,10:00:00,A,1,,")},
    "gtfs.unknown_zone": {"fare_attributes": FARES, "fare_rules": "fare_id,origin_id\nf1,nowhere"},
    "gtfs.unused_shape": {"shapes": SHAPE},
    "gtfs.unused_stop": {"stops": rows("stops", "D,丁,36.51,140.6,z1")},
    "table.duplicate_column": {"stops": FEED["stops"].replace("zone_id", "stop_name")},
    "table.empty": {"trips": ""},
    "table.fields": {"stops": edited("stops", "乙", "乙,東口,北口")},
    "table.missing_column": {"stops": edited("stops", "stop_lat", "ido")},
}  # fmt: skip
"""Code → what is changed in the small feed so that it is told."""

ELSEWHERE = {"gtfs.calendar_over", "archive.too_large", "gtfs.inner_place"}
"""Codes with tests of their own below."""


def told(path: Path) -> set[str]:
    try:
        return {p.code for p in read_gtfs([path], project=flat).problems}
    except DataError as exc:
        return {p.code for p in exc.problems}


def test_every_code_of_the_table_has_a_case():
    named = {c for rule in RULES for c in rule.codes}
    assert named == set(CASES) | ELSEWHERE


def test_a_sound_feed_raises_none(tmp_path):
    assert told(write_feed(tmp_path / "f.zip")) == set()


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_small_feed_raises_the_code(tmp_path, code):
    assert code in told(write_feed(tmp_path / "f.zip", **CASES[code]))


def test_a_day_after_the_calendar_is_told(tmp_path):
    reading = read_gtfs([write_feed(tmp_path / "f.zip")], project=flat)
    config = SimpleNamespace(date=dt.date(2027, 1, 6), saturday=None, holiday=None)
    assert "gtfs.calendar_over" in {p.code for p in choose_days(config, reading)[1]}


def test_a_huge_table_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 100)
    assert told(write_feed(tmp_path / "f.zip")) == {"archive.too_large"}


def test_a_feed_in_a_folder_of_the_zip_beside_a_paper_is_told(tmp_path):
    path = tmp_path / "f.zip"
    folder = write_feed(tmp_path / "plain")
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("お読みください.txt", "x")
        for table in folder.iterdir():
            target.write(table, f"gtfs/{table.name}")
    assert told(path) == {"gtfs.inner_place"}


def test_what_is_not_reported_has_a_reason_and_each_notice_stands_once():
    assert len({r.notice for r in RULES}) == len(RULES)
    assert all(bool(r.codes) != bool(r.why) for r in RULES)
    assert {r.why for r in RULES} - {""} == set(WHY)
    table = rules_table()
    assert table.count("\n| `") == len(RULES)
    assert all(r.notice in table for r in RULES)
