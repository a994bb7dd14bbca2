"""A planner's way with another city: check, build, show, add one line; and what happens with bad input."""

import pytest

from app.cli import run_cli
from tests.unit.geodata.feed_texts import FEED, write_city_inputs

LINE = """
schema: ekisei-scenario/1
id: new-line
title: {ja: 新しい路線, en: New line}
description: {ja: 甲と丙の間, en: between A and C}
year: 2025
plan_status: hypothetical
modifications:
  - id: add
    type: add-trips
    name: {ja: 新線, en: New}
    stops: [{id: A}, {id: C}]
    speed_kmh: 30
    timetables:
      - {start: "08:00", end: "20:00", headway_min: 10, days: [weekday]}
"""


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("EKISEI_INPUTS", raising=False)


def call(*arguments):
    return run_cli([str(a) for a in arguments], {})


def test_check_build_show_and_run_one_added_line(tmp_path, capsys):
    config = write_city_inputs(tmp_path)
    assert call("city", "check", config) == 0
    assert "エラー 0 件" in capsys.readouterr().out
    assert call("city", "build", config, "--out", tmp_path / "city") == 0
    assert "小さな市" in capsys.readouterr().out
    assert call("city", "build", config, "--out", tmp_path / "city") == 2
    assert "--force" in capsys.readouterr().err
    assert call("city", "build", config, "--out", tmp_path / "city", "--force") == 0
    assert call("city", "show", "--city", tmp_path / "city", "--lang", "en") == 0
    assert "straight line" in capsys.readouterr().out
    scenario = tmp_path / "new-line.yaml"
    scenario.write_text(LINE, encoding="utf-8")
    assert call("run", scenario, "--city", tmp_path / "city", "--out", tmp_path / "run", "--draws", "2") == 0
    shown = capsys.readouterr().out
    assert "新しい路線" in shown
    assert "小さな市の現況" in shown


@pytest.mark.parametrize(
    ("spoil", "code", "named"),
    [
        (lambda d: (d / "cells.csv").unlink(), 3, "cells.csv"),
        (lambda d: next(d.glob("*.zip")).write_bytes(b"no zip"), 3, ".zip"),
    ],
)
def test_bad_input_names_the_file_and_leaves_nothing(tmp_path, capsys, spoil, code, named):
    config = write_city_inputs(tmp_path)
    spoil(tmp_path)
    assert call("city", "build", config, "--out", tmp_path / "city") == code
    shown = capsys.readouterr()
    assert named in shown.err
    assert "→" in shown.err
    assert "Traceback" not in shown.err
    assert not (tmp_path / "city").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_missing_column_names_file_and_column(tmp_path, capsys):
    stops = FEED["stops"].replace("stop_lat", "latitude")
    config = write_city_inputs(tmp_path, stops=stops)
    assert call("city", "check", config) == 3
    shown = capsys.readouterr().err
    assert "stops.txt" in shown
    assert "stop_lat" in shown
