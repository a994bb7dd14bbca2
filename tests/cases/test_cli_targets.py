"""Targets, actuals, assumptions and reactions on the command line, on the grid city."""

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
description: {ja: 東に診療所を二つ, en: two clinics in the east}
compare_to: as-it-is
year: 2029
plan_status: hypothetical
parameters: {clinic_within_min: 20}
modifications:
  - {id: one, type: add-facility, category: clinic, name: 一, district: east}
  - {id: two, type: add-facility, category: clinic, name: 二, district: east}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("targets")
    write_city(grid_city(), folder / "city")
    (folder / "files").mkdir()
    (folder / "files" / "as-it-is.yaml").write_text(EMPTY, encoding="utf-8")
    (folder / "files" / "more-clinics.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "actuals.csv").write_text(
        "kpi_id,year,value\ncatchment_population_share,R6,26.9%\ncatchment_population,R6,2500\n", encoding="utf-8"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(folder / "home"))
        yield folder


def call(place, *arguments, city=True):
    return run_cli([*map(str, arguments), *(("--city", str(place / "city")) if city else ())], {})


@pytest.fixture(scope="module")
def runs(place):
    assert call(place, "batch", place / "files", "--out", place / "runs", "--draws", "3") == 0
    return place / "runs"


def test_without_a_run_official_figures_and_actuals_are_shown(place, capsys):
    assert call(place, "targets", "--actuals", place / "actuals.csv") == 0
    shown = capsys.readouterr().out
    assert "27.1% R5" in shown
    assert "26.9% R6" in shown
    assert "目標線に届かない" in shown
    assert re.search(r"人）\s+[\d,]+\s+2,500\s", shown), "the absolute number stands beneath the rate"


def test_a_run_is_judged_with_its_interval_and_written_as_page_and_table(place, runs, capsys):
    out = place / "out"
    assert call(place, "targets", "more-clinics", "--runs", runs, "--actuals", place / "actuals.csv", "--out", out) == 0
    shown = capsys.readouterr().out
    assert "診療所を増やす" in shown
    assert re.search(r"達成|未達|区別できない|幅が未計算", shown)
    page = (out / "targets.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 8, "two KPIs with rate and absolute number, in both languages"
    assert not re.search(r"""(src|href)=["']?https?:""", page), "nothing from elsewhere"
    with (out / "targets.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    clinics = [r for r in rows if (r["kpi_id"], r["kind"]) == ("clinics_count", "run")]
    assert {r["run"] for r in clinics} == {"more-clinics"}
    assert float(clinics[0]["value"]) == pytest.approx(58.0 * 9_600 / 100_000 + 2, abs=1e-6)
    verdicts = {r["verdict"] for r in rows if r["kind"] == "run" and r["number"] == "rate"}
    assert verdicts <= {"met", "not-met", "undecided", "no-interval"}
    actual = next(r for r in rows if r["kind"] == "actual" and r["kpi_id"] == "catchment_population_share")
    assert float(actual["value"]) == pytest.approx(0.269)


def test_what_was_written_is_not_replaced_unasked(place, runs, capsys):
    out = place / "twice"
    assert call(place, "targets", "--out", out) == 0
    (out / "note.txt").write_text("mine", encoding="utf-8")
    assert call(place, "targets", "--out", out) == 2
    assert "--force" in capsys.readouterr().err
    assert call(place, "targets", "--out", out, "--force") == 0
    assert (out / "note.txt").read_text(encoding="utf-8") == "mine"


def test_wrong_actuals_are_refused_with_their_rows(place, capsys):
    bad = place / "bad.csv"
    bad.write_text("kpi_id,year,value,kind\nclinics_per_100k,2020,58,target\nclinic,2024,3,\n", encoding="utf-8")
    assert call(place, "targets", "--actuals", bad) == 3
    told = capsys.readouterr().err
    assert "bad.csv 2 行目 year 列" in told
    assert "過去" in told
    assert "bad.csv 3 行目 kpi_id 列" in told


def test_a_run_of_another_city_is_refused(place, runs, capsys):
    assert call(place, "targets", "more-clinics", "--runs", runs, city=False) == 2
    assert "more-clinics" in capsys.readouterr().err


def test_reactions_are_told_before_a_run_and_hold_after_it(place, runs, capsys):
    assert call(place, "scenario", "reacts", place / "files" / "more-clinics.yaml") == 0
    shown = capsys.readouterr().out
    assert "いまのまま" in shown
    line = next(text for text in shown.splitlines() if "デマンド交通の待ち時間" in text)
    assert "動かない" in line
    assert call(place, "scenario", "check", place / "files" / "more-clinics.yaml") == 0
    assert "動きうる指標" in capsys.readouterr().out


def test_assumptions_are_printed_and_written(place, capsys):
    out = place / "assumptions.csv"
    assert call(place, "assumptions", place / "files" / "more-clinics.yaml", "--changed", "--out", out) == 0
    shown = capsys.readouterr().out
    assert "clinic_within_min" in shown
    assert "既定 30" in shown
    assert "シナリオが変えたもの 1" in shown
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["parameter"], r["value"], r["default"], r["changed"]) for r in rows] == [
        ("clinic_within_min", "20", "30", "1")
    ]
    assert rows[0]["source"]
    assert rows[0]["status"]


def test_shares_are_printed_as_per_cent_and_written_as_they_are(place, capsys):
    out = place / "all.csv"
    assert run_cli(["assumptions", "--out", str(out)], {}) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert " share" not in shown
    assert "12%" in shown  # older_pass_share
    assert not re.search(r"[0-9] (days|yen|h|min|years|persons|ratio)\b", shown), "units are told in Japanese"
    assert "600 円" in shown  # ride_taxi_first_yen
    assert shown.count("未入力（使わない）") == 1  # bus_standard_cost_yen_km: no value of the city
    assert "0:0%, 20:45%" in shown  # a table by age
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {r["parameter"]: r for r in csv.DictReader(file)}
    assert (rows["older_pass_share"]["value"], rows["older_pass_share"]["unit"]) == ("0.12", "share")
    assert rows["ride_work_shares"]["value"].startswith("0:0, 20:0.45")


def test_every_assumption_stands_in_english_too(place, capsys):
    assert run_cli(["--lang", "en", "assumptions"], {}) == 0
    shown = capsys.readouterr().out
    assert "walk_standard_m_min" in shown
    assert "to be confirmed" in shown
