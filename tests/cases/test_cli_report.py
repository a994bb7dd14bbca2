"""Handouts on the command line, on the grid city: what is made, where, and what is refused."""

import csv
import re

import pytest

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city

EMPTY = """
schema: ekisei-scenario/1
id: as-it-is
title: {ja: いまのまま, en: As it is}
description: {ja: 変更なし, en: nothing changes}
compare_to: as-it-is
year: 2023
plan_status: planned
modifications: []
"""
PLAN = """
schema: ekisei-scenario/1
id: more-clinics
title: {ja: 診療所を増やす, en: More clinics}
description: {ja: 東に診療所を一つ, en: a clinic in the east}
compare_to: as-it-is
year: 2023
plan_status: hypothetical
modifications:
  - {id: one, type: add-facility, category: clinic, name: 一, district: east}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_city(grid_city(), folder / "city")
    (folder / "files").mkdir()
    (folder / "files" / "as-it-is.yaml").write_text(EMPTY, encoding="utf-8")
    (folder / "files" / "more-clinics.yaml").write_text(PLAN, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(folder / "home"))
        assert run_cli(["batch", str(folder / "files"), "--out", str(folder / "runs"), *city(folder)], {}) == 0
        yield folder


def city(place):
    return ["--city", str(place / "city")]


def call(place, *arguments):
    return run_cli(["report", *map(str, arguments), "--runs", str(place / "runs"), *city(place)], {})


def plain(text):
    return re.sub(r"\s+", "", text)


def test_what_can_be_made_is_listed_in_both_languages(capsys):
    assert run_cli(["report", "--list"], {}) == 0
    assert "施策カルテ" in capsys.readouterr().out
    assert run_cli(["report", "--list", "--lang", "en"], {}) == 0
    assert "Scenario sheet" in capsys.readouterr().out


def test_files_are_written_and_named(place, tmp_path, capsys):
    assert call(place, "more-clinics", "--kind", "routes", "--format", "csv", "--out", tmp_path) == 0
    told = plain(capsys.readouterr().out)
    written = sorted(tmp_path.iterdir())
    assert [path.name for path in written] == [
        "more-clinics-route-stops.csv", "more-clinics-routes.csv", "more-clinics-timetable.csv",
    ]  # fmt: skip
    assert all(plain(str(path)) in told for path in written)
    with written[1].open(encoding="utf-8-sig", newline="") as file:
        assert {row["route_id"] for row in csv.DictReader(file)} <= set(grid_city().timetable.routes.route_id.tolist())


def test_the_view_of_an_address_decides_metric_and_extent(place, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("app.report.maps.picture", lambda order, scene: seen.append((order.view, scene.metric)) or b"")
    address = "http://127.0.0.1:8050/compare?l=as-it-is&r=more-clinics&m=persons&g=75plus&c=140.65,36.59,12"
    assert call(place, "more-clinics", "--kind", "png", "--view", address, "--out", tmp_path) == 0
    view, metric = seen[0]
    assert (view.metric, view.group, metric.column) == ("persons", "75plus", "persons_75plus")
    west, south, east, north = view.extent
    assert west < 140.65 < east
    assert south < 36.59 < north


def test_a_run_is_named_by_its_folder_too(place, tmp_path):
    folder = place / "runs" / "more-clinics"
    arguments = ["report", str(folder), "--kind", "routes", "--format", "csv", "--out", str(tmp_path), *city(place)]
    assert run_cli(arguments, {}) == 0
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "シナリオが指定されていません"),
        (["more-clinic"], "ある結果: more-clinics"),
        (["more-clinics", "--kind", "crad"], "使える値: card"),
        (["more-clinics", "--kind", "card", "--format", "docx"], "使える値: pdf"),
        (["more-clinics", "--kind", "card", "--kind", "html", "--format", "pdf"], "--format は"),
        (["more-clinics", "--extent", "1,2,3"], "西,南,東,北"),
        (["more-clinics", "--extent", "141,36,140,37"], "西,南,東,北"),
        (["more-clinics", "--extent=-inf,36,inf,37"], "西,南,東,北"),
        (["more-clinics", "--metric", "clinic_nearest"], "clinic_nearest_min"),
        (["more-clinics", "--compare", "nothing"], "計算結果がありません"),
    ],
)
def test_what_is_wrong_is_said_with_a_remedy(place, tmp_path, capsys, arguments, words):
    assert call(place, *arguments, "--out", tmp_path / "out") == 2
    told = capsys.readouterr().err
    assert plain(words) in plain(told)
    assert "→" in told
    assert not (tmp_path / "out").exists()
