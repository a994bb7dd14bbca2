"""`ekisei route` on a feed written here, from the command line to the printed legs."""

import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.cli import run_cli
from app.commands.journey import say_no_service
from app.commands.session import Session
from geodata.crs import to_plane
from geodata.snapshot import write_city
from geodata.synthetic import grid_city, timetable_from_text

FEED = """
    stop A 0 0 西駅
    stop B 5000 0 東駅
    stop C 9000 0 海岸
    route R rail 本線
    route S bus 骨格 assumed
    service wk 1111100 0 2025-04-01 2026-03-31
    trip R id=one service=wk A 08:10 B 08:20
    trip S id=two service=wk B 08:25 C 08:40
"""


@pytest.fixture(scope="module")
def city_folder(tmp_path_factory):
    timetable = timetable_from_text(FEED)
    city = grid_city(timetable=timetable)
    stops = replace(timetable.stops, xy=to_plane(city.epsg, timetable.stops.lonlat))
    folder = tmp_path_factory.mktemp("cities") / "line"
    write_city(city.replace(timetable=replace(timetable, stops=stops)), folder)
    return folder, [f"{lat:.6f},{lon:.6f}" for lon, lat in timetable.stops.lonlat]


def ask(city_folder, start, end, depart, *more):
    folder, places = city_folder
    return run_cli(
        ["route", "--from", places[start], "--to", places[end], "--depart", depart, "--city", str(folder), *more], {}
    )


def test_json_gives_duration_and_legs(city_folder, capsys):
    assert ask(city_folder, 0, 1, "08:00", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["duration_min"] == pytest.approx(20, abs=0.1)
    assert (found["depart"], found["arrive"], found["n_transfers"]) == ("08:00", "08:20", 0)
    ride = next(leg for leg in found["legs"] if leg["mode"] == "transit")
    assert (ride["from"], ride["to"], ride["start"], ride["end"]) == ("西駅", "東駅", "08:10", "08:20")
    assert (ride["route_name"], ride["trip_id"], ride["duration_min"]) == ("本線", "one", 10)
    assert {leg["status"] for leg in found["legs"] if leg["mode"] != "walk"} == {"observed"}


def test_legs_are_printed_and_assumed_lines_stay_unnamed(city_folder, capsys):
    assert ask(city_folder, 0, 2, "08:00") == 0
    shown = capsys.readouterr().out
    assert "08:00 発 → 08:40 着　40 分　乗換 1 回" in shown
    assert "本線" in shown
    assert "西駅 → 東駅" in shown
    assert "仮定の路線" in shown
    assert "骨格" not in shown


@pytest.mark.parametrize(
    ("depart", "minutes"), [("08:09", 11), ("08:09:00", 11), ("08:09:30", 10.5), ("8:05:15", 14.75), ("08:10:30", None)]
)
def test_a_departure_may_have_seconds(city_folder, depart, minutes, capsys):
    assert ask(city_folder, 0, 1, depart, "--json") == 0
    found = json.loads(capsys.readouterr().out)["duration_min"]
    assert found == (None if minutes is None else pytest.approx(minutes, abs=0.1))


@pytest.mark.parametrize("depart", ["08:00:60", "08:60", "48:00:00", "08:00:0", "08:00:00:00"])
def test_what_is_no_time_is_refused(city_folder, depart, capsys):
    assert ask(city_folder, 0, 1, depart) == 2
    assert f"HH:MM または HH:MM:SS で書いてください: {depart}" in capsys.readouterr().err


def test_in_english(city_folder, capsys):
    assert ask(city_folder, 0, 2, "08:00", "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert "leave 08:00, arrive 08:40, 40 min, transfers: 1" in shown
    assert "assumed line" in shown
    assert "出発地" not in shown


def test_the_ends_of_a_journey_are_named_in_the_language_asked_for(city_folder, capsys):
    lat, lon = (float(v) for v in city_folder[1][0].split(","))
    aside = ["--from", f"{lat + 0.002:.6f},{lon:.6f}", "--to", city_folder[1][1], "--depart", "08:00"]
    for lang, word in (("ja", "出発地 → 西駅"), ("en", "origin → 西駅")):
        assert run_cli(["route", *aside, "--city", str(city_folder[0]), "--lang", lang], {}) == 0
        assert word in capsys.readouterr().out


def test_a_walk_along_a_straight_line_is_assumed_and_a_wait_is_as_sure_as_its_ride(city_folder, capsys):
    lat, lon = (float(v) for v in city_folder[1][0].split(","))
    aside = ["--from", f"{lat + 0.002:.6f},{lon:.6f}", "--to", city_folder[1][2], "--depart", "08:00"]
    assert run_cli(["route", *aside, "--city", str(city_folder[0]), "--json"], {}) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(leg["mode"], leg["status"]) for leg in found["legs"][:5]] == [
        ("walk", "assumed"),
        ("wait", "observed"),
        ("transit", "observed"),
        ("wait", "assumed"),
        ("transit", "assumed"),
    ]
    assert found["status"] == "assumed"
    assert run_cli(["route", *aside, "--city", str(city_folder[0])], {}) == 0
    shown = capsys.readouterr().out
    assert "この経路の状態: 仮定" in shown
    total = int(re.search(r"着　(\d+) 分", shown)[1])
    minutes = [int(m) for m in re.findall(r"–\d\d:\d\d .*?[駅岸地] +(\d+) ", shown)]
    assert len(minutes) == len(found["legs"])
    assert sum(minutes) == total


@pytest.mark.parametrize(
    ("place", "said"), [("0,0", "km"), ("35.68,139.76", "--city"), ("140.0,36.0", "36,140"), ("x", "例")]
)
def test_places_far_from_the_city_are_refused(city_folder, place, said, capsys):
    arguments = ["--from", place, "--to", city_folder[1][0], "--depart", "08:00", "--city", str(city_folder[0])]
    assert run_cli(["route", *arguments], {}) == 2
    shown = capsys.readouterr()
    assert "--from" in shown.err
    assert said in shown.err
    assert shown.out == ""


def test_no_service_on_saturday(city_folder, capsys):
    assert ask(city_folder, 0, 2, "08:00", "--date", "saturday") == 0
    assert "着けません" in capsys.readouterr().out
    assert ask(city_folder, 0, 2, "08:00", "--date", "2025-10-18", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"duration_min": None, "status": "no-data", "legs": []}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ja", "2026-05-13 に運行する便はありません（時刻表の期間: 2025-04-01〜2026-03-31）"),
        ("en", "no service runs on 2026-05-13 (the timetable covers 2025-04-01 to 2026-03-31)"),
    ],
)
def test_a_day_without_service_is_told_with_the_days_that_have_some(city_folder, lang, said, capsys):
    day = ["--date", "2026-05-13", "--lang", lang]
    assert ask(city_folder, 0, 2, "08:00", *day) == 0
    assert said in capsys.readouterr().out
    for start, end, more in ((0, 2, ["--json"]), (0, 0, [])):  # beside the answer where there is one
        assert ask(city_folder, start, end, "08:00", *day, *more) == 0
        shown = capsys.readouterr()
        assert said in shown.err
        assert said not in shown.out
    assert ask(city_folder, 0, 2, "20:00", "--lang", lang) == 0  # after the last train
    shown = capsys.readouterr()
    assert "2026-03-31" not in shown.out + shown.err


def test_the_days_of_a_timetable_are_those_of_the_services_that_are_used():
    timetable = grid_city(timetable=timetable_from_text(FEED)).timetable
    day = np.array([date(2026, 5, 20).toordinal(), date(2030, 1, 1).toordinal()])
    extra = {"exception_service": np.zeros(2, int), "exception_day": day, "exception_added": np.array([True, False])}
    wider = replace(timetable, services=replace(timetable.services, **extra))
    said = say_no_service(Session("en"), grid_city(timetable=wider), "2026-05-13")
    assert "2025-04-01 to 2026-05-20" in said
    assert not say_no_service(Session("en"), grid_city(timetable=wider), "2026-05-20")
    nothing = replace(timetable, trips=timetable.trips.where(np.zeros(len(timetable.trips.trip_id), bool)))
    assert say_no_service(Session("en"), grid_city(timetable=nothing), "2025-05-13") == "the timetable holds no trips"


@pytest.mark.parametrize("day", ["2026-W01-1", "20260101", "2026-1-1", "2026-02-30", " 2026-01-01", "9999-12-31", ""])
@pytest.mark.parametrize("form", ["one", "pairs"])
def test_a_date_is_written_in_one_way(city_folder, day, form, tmp_path, capsys):
    one = ["--from", city_folder[1][0], "--to", city_folder[1][1], "--depart", "08:00"]
    pairs = ["--pairs", str(tmp_path / "pairs.csv"), "--out", str(tmp_path / "out.csv")]
    arguments = [*(one if form == "one" else pairs), "--city", str(city_folder[0]), "--date", day]
    assert run_cli(["route", *arguments], {}) == 2
    shown = capsys.readouterr()
    assert f"YYYY-MM-DD のどれかです: {day}" in shown.err
    assert shown.out == ""


def test_a_folder_that_is_no_city_is_refused(tmp_path, capsys):
    place = "36.5,140.6"
    arguments = ["route", "--from", place, "--to", place, "--depart", "08:00", "--city", str(tmp_path)]
    assert run_cli(arguments, {}) == 3
    shown = capsys.readouterr().err
    assert "city.json" in shown
    assert "ekisei city build" in shown
