"""A planner's way with raw files: look at a folder, build from it, read the report, mend, show; and the checklist."""

import json

import pytest

from app.cli import run_cli
from geodata.city_config import read_city_config
from geodata.snapshot import read_city
from tests.unit.geodata.feed_texts import CELLS, FEED, clean, write_city_inputs, write_feed


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("EKISEI_INPUTS", raising=False)


def call(*arguments):
    return run_cli([str(a) for a in arguments], {})


@pytest.fixture
def folder(tmp_path):
    """A folder of raw files: a feed, cells with people, a picture nobody asked for."""
    made = tmp_path / "downloads" / "ko-machi"
    made.mkdir(parents=True)
    write_feed(made / "bus.zip")
    (made / "cells.csv").write_text(clean(CELLS), encoding="utf-8")
    (made / "メモ.xlsx").write_bytes(b"PK")
    return made


def test_one_command_makes_a_city_of_a_folder(folder, tmp_path, capsys):
    out = tmp_path / "city"
    assert call("city", "build", folder, "--out", out) == 0
    shown = capsys.readouterr().out
    assert "セル別人口" in shown
    assert "CSV で保存してください" in shown
    assert "kind: cells_csv" in shown
    assert "import-report.html" in shown
    city = read_city(out, verify=True)
    assert city.city_id == "ko-machi"
    assert city.population.total.sum() == 200
    assert city.status_of("timetable") == "observed"
    kept = read_city_config(out / "config.yaml")
    assert (out / kept.inputs).resolve() == folder
    report = json.loads((out / "import-report.json").read_text(encoding="utf-8"))
    assert report["digest"] == city.digest
    assert report["config"] == "ko-machi/"
    assert (out / "import-report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_kept_configuration_builds_the_same_city(folder, tmp_path):
    assert call("city", "build", folder, "--out", tmp_path / "a") == 0
    assert call("city", "build", tmp_path / "a" / "config.yaml", "--out", tmp_path / "b") == 0
    assert read_city(tmp_path / "a").layer_digests() == read_city(tmp_path / "b").layer_digests()


def test_a_failed_build_writes_the_report_and_nothing_else(folder, tmp_path, capsys):
    write_feed(folder / "train.zip", stops=FEED["stops"].replace("stop_lat", "latitude"))
    (folder / "cells.csv").write_text(clean(CELLS).replace(",50,", ",-50,"), encoding="utf-8")
    report = tmp_path / "reports" / "report.json"
    assert call("city", "build", folder, "--out", tmp_path / "city", "--report", report) == 3
    shown = capsys.readouterr().err
    assert "stop_lat" in shown
    assert "cells.csv 3 行目" in shown
    assert not (tmp_path / "city").exists()
    values = json.loads(report.read_text(encoding="utf-8"))
    assert values["failed"]
    wrong = {p["where"] for layer in values["layers"] for p in layer["problems"] if p["severity"] == "error"}
    assert any("cells.csv row 3" in where for where in wrong)
    assert any("stops.txt" in where for where in wrong)
    assert not list(tmp_path.rglob(".*.tmp"))


def test_without_a_report_a_failure_says_how_to_get_one(folder, tmp_path, capsys):
    (folder / "cells.csv").write_text(clean(CELLS).replace(",50,", ",-50,"), encoding="utf-8")
    assert call("city", "check", folder) == 3
    shown = capsys.readouterr().err
    assert "--report" in shown
    assert "ekisei city init" in shown
    page = tmp_path / "報告.html"
    assert call("city", "check", folder, "--report", page) == 3
    assert "都市は作られていません" in page.read_text(encoding="utf-8")


def test_a_check_writes_only_the_report_that_is_asked_for(folder, tmp_path, capsys):
    page = tmp_path / "report.html"
    assert call("city", "check", folder, "--report", page) == 0
    assert "エラー 0 件" in capsys.readouterr().out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["downloads", "report.html"]


def test_init_writes_a_configuration_that_builds(folder, tmp_path, capsys):
    config = tmp_path / "city.yaml"
    checklist = tmp_path / "checklist.md"
    assert call("city", "init", folder, "--out", config, "--checklist", checklist, "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert "GTFS-JP" in shown
    lines = checklist.read_text(encoding="utf-8").splitlines()
    feed = next(line for line in lines if "GTFS" in line)
    assert feed.startswith("| ✓ |")
    assert sum(line.startswith("| –") for line in lines) > 15
    assert call("city", "build", config, "--out", tmp_path / "city") == 0
    assert call("city", "init", folder, "--out", config) == 2
    assert "--force" in capsys.readouterr().err
    assert call("city", "init", folder, "--out", config, "--force") == 0


def test_init_without_a_folder_writes_a_template(tmp_path, capsys):
    config = tmp_path / "city.yaml"
    assert call("city", "init", "--out", config, "--base", "hitachi") == 0
    assert read_city_config(config).base == "hitachi"
    assert "国土数値情報" in capsys.readouterr().out


def test_a_configuration_with_a_base_builds_from_where_it_is_written(folder, tmp_path, monkeypatch):
    assert call("city", "build", folder, "--out", tmp_path / "cities" / "base") == 0
    (folder / "cells.csv").unlink()  # people then come from the base
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "configs" / "city.yaml"
    config.parent.mkdir()
    assert call("city", "init", "downloads", "--base", "cities/base", "--out", "configs/city.yaml") == 0
    assert read_city_config(config).base == "../cities/base"
    assert call("city", "build", config, "--out", tmp_path / "over") == 0
    assert read_city(tmp_path / "over").population.total.sum() == 200
    assert call("city", "build", tmp_path / "over" / "config.yaml", "--out", tmp_path / "again") == 0
    assert read_city(tmp_path / "over").layer_digests() == read_city(tmp_path / "again").layer_digests()


def cut(path):
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def test_a_damaged_file_stops_the_build_and_is_told_by_init(folder, tmp_path, capsys):
    write_feed(folder / "cut.zip", stops=FEED["stops"].replace("S1", "S9"))
    cut(folder / "cut.zip")
    report = tmp_path / "r.json"
    assert call("city", "build", folder, "--out", tmp_path / "city", "--report", report) == 3
    shown = capsys.readouterr().err
    assert "cut.zip: zip が途中で切れているか、壊れています" in shown
    assert "フォルダーから出してください" in shown
    assert not (tmp_path / "city").exists()
    values = json.loads(report.read_text(encoding="utf-8"))
    assert (values["failed"], values["digest"], values["problems"][0]["code"]) == (True, "", "recognise.broken")
    assert call("city", "init", folder, "--out", tmp_path / "city.yaml") == 0
    shown = capsys.readouterr()
    assert "cut.zip: zip が途中" in shown.err
    (folder / "cut.zip").unlink()
    assert call("city", "check", folder) == 0


def test_files_that_are_not_used_stand_in_the_report_with_the_reason(folder, tmp_path, capsys):
    (folder / "写真.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "facts.csv").write_text("topic,value\na,1\n", encoding="utf-8")
    (folder / "coarse.csv").write_text("メッシュコード,人口\n54404622,10\n", encoding="utf-8")
    out = tmp_path / "city"
    assert call("city", "build", folder, "--out", out) == 0
    assert "使わなかったファイル 4 件" in capsys.readouterr().out
    told = json.loads((out / "import-report.json").read_text(encoding="utf-8"))["unused_files"]
    assert {f["name"]: f["what"]["ja"] for f in told} == {
        "coarse.csv": "メッシュ別人口（CSV）",
        "facts.csv": "分からないもの",
        "メモ.xlsx": "分からないもの",
        "写真.jpg": "画像",
    }
    assert next(f["why"]["ja"] for f in told if f["name"] == "coarse.csv") == "より粗いか、重なる人口"
    page = (out / "import-report.html").read_text(encoding="utf-8")
    assert "使わなかったファイル" in page
    assert "facts.csv" in page
    assert call("city", "build", out / "config.yaml", "--out", tmp_path / "again") == 0
    assert json.loads((tmp_path / "again" / "import-report.json").read_text(encoding="utf-8"))["unused_files"] == []


def test_a_folder_that_makes_no_city_has_its_report(tmp_path, capsys):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (raw / "cut.zip").write_bytes(b"PK\x03\x04")
    assert call("city", "check", raw, "--report", tmp_path / "r.json") == 3
    values = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert {p["code"] for p in values["problems"]} == {"recognise.broken", "recognise.nothing"}
    assert [f["name"] for f in values["unused_files"]] == ["cut.zip", "notes.csv"]


def test_a_feed_without_people_says_that_none_were_given(folder, tmp_path, capsys):
    (folder / "cells.csv").unlink()
    assert call("city", "build", folder, "--out", tmp_path / "city") == 0
    shown = capsys.readouterr().out
    assert "人口データ未登録（人のいないメッシュ" in shown
    assert "施設データ未登録" in shown
    assert call("city", "show", "--city", tmp_path / "city", "--lang", "en") == 0
    assert "no population given" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("build", "--out", "city"), ("check",), ("init",)])
def test_a_folder_that_makes_no_city_is_refused(tmp_path, capsys, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    name, *rest = command
    assert call("city", name, raw, *rest) == 3
    shown = capsys.readouterr().err
    assert "notes.csv" in shown
    assert "→" in shown
    assert sorted(p.name for p in tmp_path.iterdir()) == ["raw"]


def test_inputs_go_with_a_configuration_only(folder, tmp_path, capsys):
    config = write_city_inputs(tmp_path)
    (tmp_path / "cells.csv").unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write_city_inputs(elsewhere)
    assert call("city", "check", config) == 3
    assert call("city", "check", config, "--inputs", elsewhere) == 0
    assert call("city", "check", folder, "--inputs", elsewhere) == 2
    assert "--inputs" in capsys.readouterr().err


def test_show_lists_layers_with_status_digest_source_and_marks(folder, tmp_path, capsys):
    out = tmp_path / "city"
    assert call("city", "build", folder, "--out", out) == 0
    capsys.readouterr()
    assert call("city", "show", "--city", out, "--json") == 0
    values = json.loads(capsys.readouterr().out)
    city = read_city(out)
    layers = {layer["layer"]: layer for layer in values["layers"]}
    assert layers["timetable"]["digest"] == city.layer_digests()["timetable"]
    assert layers["timetable"]["sources"][0]["status"] == "observed"
    assert layers["streets"]["status"] == "assumed"
    assert layers["targets"]["status"] == "no-data"
    assert values["digest"] == city.digest
    assert values["former_ids"] == 0
    report = json.loads((out / "import-report.json").read_text(encoding="utf-8"))
    unseen = {r["layer"] for r in report["layers"] for f in r["files"] if f["reader"]["verified"] is False}
    assert {name for name, layer in layers.items() if layer["unverified"]} == unseen & layers.keys()
    assert call("city", "show", "--city", out) == 0
    assert city.layer_digests()["population"][:8] in capsys.readouterr().out


def test_show_knows_the_bundled_city_by_name(capsys):
    assert call("city", "show", "--city", "hitachi", "--json") == 0
    named = capsys.readouterr().out
    assert call("city", "show", "--json") == 0
    assert capsys.readouterr().out == named
    assert json.loads(named)["name"]["ja"] == "日立市"


def test_a_damaged_report_beside_a_city_does_not_hide_it(folder, tmp_path, capsys):
    out = tmp_path / "city"
    assert call("city", "build", folder, "--out", out) == 0
    (out / "import-report.json").write_text("{", encoding="utf-8")
    assert call("city", "show", "--city", out) == 0
    assert read_city(out, verify=True)


def test_muroran_builds_from_its_folder_with_no_configuration(shared_data, tmp_path, capsys):
    out = tmp_path / "city"
    assert call("city", "build", shared_data / "muroran", "--out", out) == 0
    city = read_city(out)
    assert city.name.ja == "室蘭市"
    assert city.timetable.n_stops == 706
    assert len(city.timetable.trips.trip_id) == 541
    assert len(city.facilities.of_kind("clinic", "hospital")) == 44
    assert len(city.facilities.of_kind("shelter")) == 275
    assert 0.5 < city.timetable.stops.in_city.mean() < 1
    assert city.population.total.sum() == pytest.approx(56_929 + 5_815 + 5_770)
    page = (out / "import-report.html").read_text(encoding="utf-8")
    assert page.count("<figure>") >= 4
    assert len(page.encode()) < 3_000_000


@pytest.mark.parametrize("feed", ["gtfs_aomori_city_bus_2019.zip", "gtfs_wakayama_bus_2019.zip"])
def test_a_feed_alone_in_a_folder_makes_a_city(shared_data, tmp_path, feed):
    folder = tmp_path / "bus"
    folder.mkdir()
    (folder / feed).write_bytes((shared_data / "gtfs-jp-samples" / feed).read_bytes())
    assert call("city", "build", folder, "--out", tmp_path / "city") == 0
    report = json.loads((tmp_path / "city/import-report.json").read_text(encoding="utf-8"))
    statuses = {layer["layer"]: layer["status"] for layer in report["layers"]}
    assert statuses["timetable"] == "observed"
    assert statuses["population"] == "no-data"


def test_did_polygons_and_official_town_points_make_people(tmp_path):
    """位置参照情報 (大字・町丁目レベル, 国土交通省 2023): quoted, cp932, headings 大字町丁目名, 緯度, 経度."""
    folder = tmp_path / "town"
    folder.mkdir()
    ring = [[[140.58, 36.48], [140.62, 36.48], [140.62, 36.52], [140.58, 36.52], [140.58, 36.48]]]
    feature = {
        "type": "Feature",
        "properties": {"CITYNAME": "日立市", "CLASS": 1, "JINKO": 900, "MENSEKI": 16.0},
        "geometry": {"type": "Polygon", "coordinates": ring},
    }
    tree = {"type": "FeatureCollection", "features": [feature]}
    (folder / "did2020.geojson").write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
    towns = '"市区町村コード","市区町村名","大字町丁目名","緯度","経度"\n"08202","日立市","助川町","36.50","140.60"\n'
    (folder / "08202_2023.csv").write_bytes(towns.encode("cp932"))
    assert call("city", "build", folder, "--out", tmp_path / "city") == 0
    city = read_city(tmp_path / "city")
    assert city.population.total.sum() == pytest.approx(900)
    assert city.population.district_name.tolist() == ["助川町"]
