"""From scenario files to printed tables: run, batch, compare and explain on the grid city."""

import json
import re

import pandas as pd
import pytest
from rich.cells import cell_len

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city
from scenarios.sureness import DEFAULT_DRAWS
from sim.results import KPI_COLUMNS

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
CLINIC = """
schema: ekisei-scenario/1
id: no-hospital
title: {ja: 病院なし, en: No hospital}
description: {ja: 病院が 1 つ減る, en: one hospital less}
compare_to: as-it-is
year: 2023
plan_status: hypothetical
modifications:
  - id: close
    type: remove-facility
    category: clinic
    count: 1
"""
MORE = """  - id: longer
    type: adjust-facility
    category: clinic
    capacity: 60
"""
CLINIC_KPIS = {
    "access_gini",
    "clinic_e2sfca",
    "clinic_nearest_min",
    "clinic_round_trip_share",
    "clinic_within_30min_share",
    "clinics_count",
    "clinics_per_100k",
    "worst_district_clinic_share",
}
RIDE_KPIS = {
    "bus_rides_per_citizen",
    "bus_rides_total",
    "linked_trips_total",
    "transfers_per_trip",
    "car_vehicle_km",
    "co2_t",
    "subsidy_yen",
    "cost_recovery_share",
}
"""Who rode to a clinic that is gone rides elsewhere, and pays and burns accordingly."""
FILES = {
    "kpi.csv", "cells.parquet", "splits.csv", "scenario.yaml", "manifest.json", "map.json", "run.log", "tables",
    "draws.parquet",
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    write_city(grid_city(), folder / "city")
    (folder / "files").mkdir()
    (folder / "files" / "as-it-is.yaml").write_text(EMPTY, encoding="utf-8")
    (folder / "files" / "no-hospital.yaml").write_text(CLINIC, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(folder / "home"))
        yield folder


FEW = ("--draws", "2")
"""How often runs are drawn where that is not the subject."""


def call(place, *arguments, draws=FEW):
    drawn = draws if arguments[0] in {"run", "batch"} else ()
    return run_cli([*map(str, arguments), *drawn, "--city", str(place / "city")], {})


@pytest.fixture(scope="module")
def runs(place):
    assert call(place, "batch", place / "files", "--out", place / "runs") == 0
    return place / "runs"


def test_run_writes_a_whole_folder_and_prints_what_changed(place, capsys):
    out = place / "one"
    assert call(place, "run", place / "files" / "no-hospital.yaml", "--out", out, draws=()) == 0
    shown = capsys.readouterr().out
    drawn = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["draws"]
    assert drawn["n_draws"] == DEFAULT_DRAWS
    assert {p.name for p in out.iterdir()} == FILES
    assert tuple(pd.read_csv(out / "kpi.csv").columns) == KPI_COLUMNS
    assert "病院なし　2023年（R5）" in shown
    assert "差は「いまのまま　2023年（R5）」との比較" in shown
    assert "悪化" in shown, shown
    assert "坂道は考慮していません" in shown
    assert "市の計画ではありません" in shown
    tables = [line for line in shown.splitlines() if not line.startswith("・")]
    assert max(map(cell_len, tables)) <= 100


def test_a_folder_that_holds_something_is_refused_resumed_or_replaced(place, capsys):
    out, file = place / "again", place / "files" / "as-it-is.yaml"
    assert call(place, "run", file, "--out", out) == 0
    stamp = (out / "manifest.json").stat().st_mtime_ns
    assert call(place, "run", file, "--out", out) == 2
    assert "--resume" in capsys.readouterr().err
    assert call(place, "run", file, "--out", out, "--resume") == 0
    assert "計算済みの結果を使いました" in capsys.readouterr().out
    assert (out / "manifest.json").stat().st_mtime_ns == stamp
    assert call(place, "run", file, "--out", out, "--force") == 0
    assert (out / "manifest.json").stat().st_mtime_ns > stamp
    assert call(place, "run", file, "--out", out, "--force", "--resume") == 2


def test_a_foreign_folder_is_never_replaced(place, capsys):
    out = place / "photos"
    out.mkdir()
    (out / "family.jpg").write_bytes(b"x")
    assert call(place, "run", place / "files" / "as-it-is.yaml", "--out", out, "--force") == 2
    assert (out / "family.jpg").exists()
    assert call(place, "run", place / "files" / "as-it-is.yaml", "--out", out / "family.jpg") == 2
    assert "ファイル" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "batch"])
def test_a_place_that_cannot_be_written_is_refused_before_computing(place, command, capsys):
    file = place / "files" / "as-it-is.yaml"
    assert call(place, command, file, "--out", file / "deep" / "run") == 2
    shown = capsys.readouterr()
    assert "as-it-is.yaml" in shown.err
    assert "→" in shown.err
    assert shown.out == ""


def test_ctrl_c_leaves_nothing_half_written(place, capsys, monkeypatch):
    def interrupt(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("scenarios.run_folder.replace_folder", interrupt)
    before = {p for p in place.iterdir() if p.name != "home"}
    assert call(place, "run", place / "files" / "as-it-is.yaml", "--out", place / "stopped") == 5
    assert {p for p in place.iterdir() if p.name != "home"} == before
    assert "中止" in capsys.readouterr().err


def test_seed_travels_to_the_manifest(place):
    out = place / "seeded"
    assert call(place, "run", place / "files" / "as-it-is.yaml", "--out", out, "--seed", "7") == 0
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["seed"] == 7


def test_batch_writes_all_rows_and_prints_runs_side_by_side(place, runs, capsys):
    table = pd.read_csv(runs / "kpi.csv")
    assert set(table["scenario"]) == {"as-it-is", "no-hospital"}
    assert call(place, "batch", place / "files", "--out", runs, "--resume") == 0
    shown = capsys.readouterr().out
    assert "いまのまま" in shown
    assert "病院なし" in shown
    assert "差は「いまのまま" in shown
    assert str(runs / "kpi.csv") in shown


def test_one_bad_scenario_does_not_spoil_the_others(place, capsys, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(EMPTY.replace("year: 2023", "jahr: 2023"), encoding="utf-8")
    out = tmp_path / "out"
    assert call(place, "batch", bad, place / "files" / "no-hospital.yaml", "--out", out) == 2
    shown = capsys.readouterr()
    assert (out / "no-hospital" / "kpi.csv").is_file()
    assert "bad.yaml" in shown.err
    assert "year" in shown.err
    assert "病院なし" in shown.out


def test_compare_prints_differences_and_writes_the_whole_table(runs, capsys, tmp_path):
    file = tmp_path / "diff.csv"
    arguments = ["compare", "as-it-is", "no-hospital", "--runs", str(runs), "--csv", str(file)]
    assert run_cli(arguments, {}) == 0
    shown = capsys.readouterr().out
    assert "病院なし − いまのまま" in shown
    assert "悪化" in shown
    table = pd.read_csv(file)
    changed = table[table["difference"].abs() > 0]
    assert set(changed["kpi_id"]) <= CLINIC_KPIS | RIDE_KPIS
    assert len(changed) > 0
    assert run_cli(["compare", str(runs / "as-it-is"), str(runs / "as-it-is")], {}) == 0
    assert "差はありません" in capsys.readouterr().out


def test_a_csv_that_cannot_be_written_is_refused_and_a_new_folder_is_said(runs, capsys, tmp_path):
    compared = ["compare", "as-it-is", "no-hospital", "--runs", str(runs), "--csv"]
    for place in (tmp_path, runs / "kpi.csv" / "diff.csv"):
        assert run_cli([*compared, str(place)], {}) == 2
        shown = capsys.readouterr()
        assert str(place) in shown.err
        assert shown.out == ""
    file = tmp_path / "new" / "diff.csv"
    assert run_cli([*compared, str(file)], {}) == 0
    assert f"フォルダを作りました: {file.parent}" in capsys.readouterr().out
    assert file.is_file()


def test_compare_refuses_runs_of_two_cities(place, runs, capsys, tmp_path):
    other = tmp_path / "other"
    write_city(grid_city(n_x=4), other)
    file = place / "files" / "as-it-is.yaml"
    assert run_cli(["run", str(file), "--out", str(tmp_path / "run"), "--city", str(other), *FEW], {}) == 0
    capsys.readouterr()
    assert run_cli(["compare", str(runs / "as-it-is"), str(tmp_path / "run")], {}) == 2
    shown = capsys.readouterr()
    assert str(tmp_path / "run") in shown.err
    assert "--city" in shown.err
    assert shown.out == ""


def test_compare_all_prints_settings_and_groups_that_changed(runs, capsys):
    assert run_cli(["compare", "as-it-is", "no-hospital", "--runs", str(runs), "--all"], {}) == 0
    shown = capsys.readouterr().out
    assert "75plus" in shown
    assert "駅勢圏内の人口比率" not in shown.split("\n・")[0], "a hospital moves no catchment"


def test_an_unknown_run_is_refused_with_the_known_ones(runs, capsys):
    assert run_cli(["compare", "as-it-is", "nothing", "--runs", str(runs)], {}) == 2
    shown = capsys.readouterr().err
    assert "no-hospital" in shown
    assert str(runs) in shown


def test_explain_prints_formula_inputs_and_cells(place, runs, capsys, tmp_path):
    file = tmp_path / "cells.csv"
    asked = ("explain", "no-hospital", "catchment_population_share", "--runs", runs, "--setting", "jr-800m")
    assert call(place, *asked, "--csv", file) == 0
    shown = capsys.readouterr().out
    assert "計算式" in shown
    assert "JR駅 800 m" in shown
    assert "架空の都市" in shown
    assert "仮定" in shown
    assert {"cell_id", "contribution"} <= set(pd.read_csv(file).columns)
    assert "西地区" in shown or "東地区" in shown
    assert not re.search(r"\b(west|east)\b", shown), "districts are told by name"


def test_explain_tells_notes_and_units_in_the_language_asked_for(place, runs, capsys):
    for lang in ("en", "ja"):
        assert call(place, "--lang", lang, "explain", "no-hospital", "bus_rides_per_citizen", "--runs", runs) == 0
        shown = capsys.readouterr().out
        assert ("residents' model" in shown) == (lang == "en")
        assert ("住民のモデル" in shown) == (lang == "ja")
        assert ("1/day" in shown, "円/年" in shown) == (False, False)


def test_rides_of_a_scenario_are_explained_from_its_baseline(place, runs, tmp_path):
    file = tmp_path / "cells.csv"
    assert call(place, "explain", "no-hospital", "bus_rides_per_citizen", "--runs", runs, "--csv", file) == 0
    kpi = pd.read_csv(runs / "no-hospital" / "kpi.csv").query(
        "kpi_id == 'bus_rides_per_citizen' and setting == 'default' and group == 'all'"
    )
    assert pd.read_csv(file)["contribution"].sum() == pytest.approx(kpi["model_value"].item())


@pytest.mark.parametrize(
    ("number", "near"),
    [
        (("clinic_nearest_mn",), "clinic_nearest_min"),
        (("clinic_nearest_min", "--setting", "p99"), "p90"),
        (("clinic_nearest_min", "--group", "75+"), "75plus"),
    ],
)
def test_explain_names_the_nearest_numbers(place, runs, number, near, capsys):
    assert call(place, "explain", "no-hospital", *number, "--runs", runs) == 2
    assert near in capsys.readouterr().err


def test_explain_refuses_another_city(runs, capsys, tmp_path):
    other = tmp_path / "other"
    write_city(grid_city(n_x=4), other)
    arguments = ["explain", "no-hospital", "catchment_population_share", "--runs", str(runs), "--city", str(other)]
    assert run_cli(arguments, {}) == 2
    assert "--city" in capsys.readouterr().err


def test_an_edited_result_is_noticed(place, runs, capsys, tmp_path):
    import shutil

    copy = tmp_path / "edited"
    shutil.copytree(runs / "as-it-is", copy)
    with (copy / "kpi.csv").open("a", encoding="utf-8") as file:
        file.write("x\n")
    assert run_cli(["compare", str(copy), str(copy)], {}) != 0
    assert "kpi.csv" in capsys.readouterr().err


def test_scenario_commands(place, capsys, tmp_path):
    file = tmp_path / "my-idea.yaml"
    assert run_cli(["scenario", "new", "my-idea", "--out", str(file)], {}) == 0
    assert run_cli(["scenario", "new", "my-idea", "--out", str(file)], {}) == 2
    assert run_cli(["scenario", "new", "My Idea!"], {}) == 2
    assert run_cli(["scenario", "new", "brt-frequent"], {}) == 0
    assert "同梱" in capsys.readouterr().err
    capsys.readouterr()
    assert run_cli(["scenario", "new", "my-idea"], {}) == 0
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")
    assert call(place, "scenario", "check", place / "files" / "no-hospital.yaml", "no-such") == 2
    shown = capsys.readouterr()
    assert "病院なし" in shown.out
    assert "no-such" in shown.err
    assert call(place, "scenario", "check", place / "files") == 0
    shown = capsys.readouterr().out
    assert "病院なし" in shown
    assert "いまのまま" in shown
    (tmp_path / "empty").mkdir()
    assert call(place, "batch", tmp_path / "empty", "--out", tmp_path / "none") == 2
    assert "ekisei scenario new" in capsys.readouterr().err
    assert run_cli(["scenario", "list", "--lang", "en"], {}) == 0
    assert "baseline-r5" in capsys.readouterr().out


def test_city_show_names_sources_with_status(place, capsys):
    assert call(place, "city", "show") == 0
    shown = capsys.readouterr().out
    assert "9,600" in shown
    assert "架空の都市" in shown
    assert "仮定" in shown


def test_doctor_looks_at_the_installation(place, capsys):
    code = call(place, "doctor")
    shown = capsys.readouterr().out
    assert "EKISEI_HOME" in shown
    assert "計算部の準備" in shown
    assert code in {0, 3}
    assert (code == 0) == ("不可" not in shown)


def test_explain_says_what_was_reused_and_why(place, tmp_path, capsys):
    file = tmp_path / "one-clinic-less.yaml"
    text = CLINIC.replace("no-hospital", "one-clinic-less") + MORE
    file.write_text(text, encoding="utf-8")
    assert call(place, "run", place / "files" / "as-it-is.yaml", "--out", tmp_path / "base") == 0
    capsys.readouterr()
    assert call(place, "run", file, "--out", tmp_path / "one", "--explain") == 0
    shown = capsys.readouterr().out
    table = shown[shown.index("再利用の内訳") :]
    line = {text.split("  ")[1].strip(): text for text in table.splitlines() if text.startswith("   指標")}
    assert "再利用" in line["指標: 公共交通カバー率"]
    assert "同じ: 人口、公共交通" in line["指標: 公共交通カバー率"]
    assert "計算" in line["指標: 一般診療所数"]
    assert "違う: 施設（診療所）" in line["指標: 一般診療所数"]
    assert "現況との違い: 施設　同じ: 人口、公共交通" in table
    rows = table.partition("現況との違い")[0]  # the list of layers and the places of files may be long
    assert max(map(cell_len, rows.splitlines())) <= 100


def test_explain_of_a_stored_result_names_its_key_and_an_equal_folder_says_so(place, tmp_path, capsys):
    file = place / "files" / "no-hospital.yaml"
    for out in ("one", "two"):
        assert call(place, "run", file, "--out", tmp_path / out, "--explain", "--lang", "en") == 0
    shown = capsys.readouterr().out
    last = shown[shown.rindex("What was reused") :]
    assert last.count("same city, settings and code") == 2
    assert "KPI:" not in last
    assert "differs from the present: facilities" in last
    assert call(place, "run", file, "--out", tmp_path / "two", "--resume", "--explain") == 0
    assert "何も計算していません" in capsys.readouterr().out
