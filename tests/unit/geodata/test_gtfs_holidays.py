"""Public holidays of Japanese feeds: a calendar that forgot them is told, and mended unless the config says no."""

from __future__ import annotations

import pytest

from geodata.readers.gtfs import read_gtfs
from geodata.route_groups import group_of_route, group_routes, line_name
from geodata.service_days import representative_days
from tests.unit.geodata.feed_texts import FEED, flat, write_feed

HOLIDAY = "2025-11-03"  # 文化の日, a Monday
MONDAY, SATURDAY, SUNDAY = "2025-11-10", "2025-11-08", "2025-11-09"
NAMES = ("平日", "土曜", "日祝")


def feed(path, names=NAMES, days=((1, 0, 0), (0, 1, 0), (0, 0, 1)), timezone="Asia/Tokyo", **more):
    rows = [
        f"{n},{w},{w},{w},{w},{w},{sat},{sun},20250401,20260331" for n, (w, sat, sun) in zip(names, days, strict=True)
    ]
    trips = [f"R1,{n},T{k}" for k, n in enumerate(names, 1)]
    return write_feed(
        path,
        agency=FEED["agency"].replace("Asia/Tokyo", timezone),
        calendar="\n".join([FEED["calendar"].strip().splitlines()[0], *rows]),
        trips="\n".join(["route_id,service_id,trip_id", *trips]),
        stop_times=FEED["stop_times"],
        **more,
    )


def running(path, day, **options):
    services = read_gtfs([path], project=flat, **options).timetable.services
    return {str(s) for s, on in zip(services.service_id, services.active_on(day), strict=True) if on}


def test_a_forgotten_holiday_runs_like_a_sunday_and_is_told(tmp_path):
    path = feed(tmp_path / "f.zip")
    assert running(path, HOLIDAY) == {"日祝"}
    assert running(path, MONDAY) == {"平日"}
    assert running(path, SATURDAY) == {"土曜"}
    assert running(path, SUNDAY) == {"日祝"}
    reading = read_gtfs([path], project=flat)
    told = next(p for p in reading.problems if p.code == "gtfs.holidays_missing")
    # From 2025-04-01 to 2026-03-31: 18 holidays and substitutes, of which 2025-05-04 and 2025-11-23 are Sundays.
    assert told.count == 18 - 2
    assert reading.repairs["gtfs.holidays_missing"] == told.count


def test_the_calendar_is_kept_where_the_configuration_says_so(tmp_path):
    path = feed(tmp_path / "f.zip")
    assert running(path, HOLIDAY, holidays=["calendar"]) == {"平日"}
    reading = read_gtfs([path], project=flat, holidays=["calendar"])
    assert "gtfs.holidays_missing" in {p.code for p in reading.problems}
    assert "gtfs.holidays_missing" not in reading.repairs


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"calendar_dates": "service_id,date,exception_type\n平日,20250429,2\n日祝,20250429,1"}, {"平日"}),
        ({"timezone": "Europe/Paris"}, {"平日"}),
        ({"names": ("A", "B", "C")}, {"A"}),
        ({"names": ("平日", "土曜・祝日", "日曜")}, {"土曜・祝日"}),
        ({"names": ("平日", "土曜", "日曜")}, {"日曜"}),
        ({"names": ("平日", "特定日", "土日祝"), "days": ((1, 0, 0), (0, 0, 0), (0, 1, 1))}, {"土日祝"}),
    ],
    ids=["calendar knows holidays", "not Japan", "names say nothing", "土祝", "only 平日 says it", "土日祝"],
)
def test_what_runs_on_a_holiday(tmp_path, change, expected):
    assert running(feed(tmp_path / "f.zip", **change), HOLIDAY) == expected


def test_exceptions_come_before_the_mended_calendar(tmp_path):
    # 2025-12-30 is no public holiday: the exception stands beside the repair.
    dates = "service_id,date,exception_type\n平日,20251230,2\n日祝,20251230,1"
    path = feed(tmp_path / "f.zip", calendar_dates=dates)
    assert running(path, "2025-12-30") == {"日祝"}
    assert running(path, HOLIDAY) == {"日祝"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("国道線[1021]", "国道線"),
        ("国道線 国道線[1021]", "国道線"),
        ("栄谷線【89】", "栄谷線"),
        ("室蘭港工大線　往", "室蘭港工大線"),
        ("循環線（鷲別経由） 復", "循環線"),
        ("上り", "上り"),
        ("（仮）", "(仮)"),
        ("2441 SANTA TERESA / VIA MARIANO", "2441 SANTA TERESA / VIA MARIANO"),
        ("", ""),
    ],
)
def test_name_of_a_line(name, line):
    assert line_name(name) == line


def test_routes_are_grouped_by_name_and_keep_their_ids(tmp_path):
    routes = """
        route_id,agency_id,route_short_name,route_long_name,route_type
        R1,op,,駅線[1],3
        R2,op,,駅線[2],3
        R3,op,,駅線[3],2
    """
    reading = read_gtfs([write_feed(tmp_path / "f.zip", routes=routes)], project=flat)
    groups = group_routes(reading.timetable.routes)
    assert [(g.name, g.routes) for g in groups] == [("駅線", (0, 1)), ("駅線[3]", (2,))]  # a train is another line
    assert group_of_route(reading.timetable.routes).tolist() == [0, 0, 1]
    assert reading.timetable.routes.route_id.tolist() == ["R1", "R2", "R3"]
    assert reading.counts == {"lines_by_name": 2}
    assert "gtfs.lines_by_name" in {p.code for p in reading.problems}


@pytest.mark.parametrize(
    ("start", "end", "dates", "years"),
    [
        ("20250401", "20260331", None, {2025}),
        ("19000101", "20260331", None, {2024}),
        ("20000101", "20991231", None, {2000}),
        ("20000101", "20991231", "service_id,date,exception_type\nwk,20250501,2", {2023}),
    ],
    ids=["one year", "long past", "far future", "exceptions say when"],
)
def test_a_calendar_without_end_is_searched_where_it_was_true(tmp_path, start, end, dates, years):
    calendar = FEED["calendar"].replace("20250401", start).replace("20260331", end)
    reading = read_gtfs([write_feed(tmp_path / "f.zip", calendar=calendar, calendar_dates=dates)], project=flat)
    days = representative_days(reading.timetable, list(reading.valid.values()))
    assert {d.year for d in days} == years


def test_fare_rules_that_lead_nowhere_never_stop_a_timetable(tmp_path):
    more = {
        "fare_attributes": "fare_id,price,currency_type\nf1,160,JPY\nf2,200,JPY",
        "fare_rules": "fare_id,route_id\nf1,R9\nf9,R1",
    }
    reading = read_gtfs([write_feed(tmp_path / "f.zip", **more)], project=flat)
    assert {p.code for p in reading.problems} == {"gtfs.unknown_fare", "gtfs.unknown_route", "gtfs.rows_of_left_out"}
    assert reading.timetable.fares.price_yen.tolist() == [200]  # f1 counted on one route that is not there
    assert reading.rows_left_out["f.zip"]["fare_rules"] == {"gtfs.unknown_fare": 1, "gtfs.unknown_route": 1}
