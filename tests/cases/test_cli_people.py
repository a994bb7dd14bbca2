"""ekisei population, from a scenario file to tables and the page that stands alone."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city

GUIDE = """
schema: ekisei-scenario/1
id: guide
title: {ja: 西へ, en: To the west}
description: {ja: 例, en: Example}
year: 2029
plan_status: hypothetical
population: {totals: {2035: 9000}}
modifications:
  - {id: g, type: guide-residents, where: {districts: [west]}, persons: 200}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    write_city(grid_city(), folder / "city")
    (folder / "guide.yaml").write_text(GUIDE, encoding="utf-8")
    return folder


@pytest.fixture
def run(folder):
    environ = {"EKISEI_HOME": str(folder / "home"), "COLUMNS": "120"}
    return lambda *arguments: run_cli(["population", *map(str, arguments), "--city", str(folder / "city")], environ)


def test_tables_by_year_district_and_band(run, folder, capsys):
    out = folder / "plain"
    assert run("--years", "2025-2035/5", "--out", out) == 0
    printed = capsys.readouterr().out
    assert "将来人口（社人研 2023）" in printed
    assert "2035年（R17）" in printed
    assert "試算" in printed
    table = pd.read_csv(out / "population.csv")
    assert sorted(table["year"].unique()) == [2025, 2030, 2035]
    assert set(table["district_id"]) == {"all", "west", "east"}
    city = table[table["district_id"] == "all"].groupby("year")["persons"].sum()
    assert city[2035] == pytest.approx(0.8 * 9600, abs=0.01)
    assert (table["change_by_measures"] == 0).all()
    assert set(table["status"]) == {"assumed"}
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["path"], manifest["years"]) == ("path", [2025, 2030, 2035])
    assert str(folder) not in (out / "manifest.json").read_text(encoding="utf-8")
    assert (out / "population.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_scenario_brings_its_path_and_its_measures(run, folder, capsys):
    out = folder / "guided"
    assert run(folder / "guide.yaml", "--years", "2025,2029,2035", "--out", out, "--lang", "en") == 0
    assert "To the west" in capsys.readouterr().out
    table = pd.read_csv(out / "population.csv")
    moved = table[table["district_id"] != "all"].groupby("year")["change_by_measures"].apply(lambda c: c.abs().sum())
    assert moved[2025] == 0
    assert moved[2029] > 0
    assert table[(table["district_id"] == "all") & (table["year"] == 2035)]["persons"].sum() == pytest.approx(9000)
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["path"] == {"2035": 9000.0}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--years", "2050-2025"], "--years"),
        (["--years", "soon"], "2025-2050/5"),
        (["--years", "2025-2040"], "--years 2036"),
        (["--years", "2020-2025"], "--years"),
        (["--path", "high"], "ipss"),
        (["--path", "vision"], "population.path"),
        (["guide", "--path", "ipss"], "population: {path: ipss}"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(run, folder, capsys, arguments, told):
    out = folder / "never"
    assert run(*arguments, "--out", out) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_in_use_is_not_overwritten_unasked(run, folder, capsys):
    out = folder / "again"
    assert run("--years", "2025", "--out", out) == 0
    assert run("--years", "2025", "--out", out) == 2
    assert "--force" in capsys.readouterr().err
    assert run("--years", "2026", "--out", out, "--force") == 0
    assert set(pd.read_csv(out / "population.csv")["year"]) == {2026}
