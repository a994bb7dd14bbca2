"""The commands on rides, from a folder to printed tables: loads, elasticities, and the refusal of the test by the BRT."""

from __future__ import annotations

import pandas as pd
import pytest

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city

FARE = """
schema: ekisei-scenario/1
id: cheap
title: {ja: 半額, en: Half the fare}
description: {ja: 試し, en: a trial}
year: 2023
plan_status: hypothetical
modifications:
  - {id: half, type: adjust-fare, scale: 0.5}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return str(write_city(grid_city(n_x=4, n_y=6), tmp_path_factory.mktemp("rides") / "city"))


@pytest.fixture
def run(folder, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")

    def call(*arguments, lang="ja"):
        code = run_cli(["--lang", lang, "rides", *arguments, "--city", folder], {"COLUMNS": "110"})
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_loads_are_withheld_where_lines_are_assumed(run):
    code, out, _ = run("loads")
    assert code == 0
    assert "算定不可（実GTFSが必要）" in out
    assert "—" in out


def test_half_the_fare_fills_the_lines(run, tmp_path):
    plain, cheap, scenario = tmp_path / "plain.csv", tmp_path / "cheap.csv", tmp_path / "cheap.yaml"
    scenario.write_text(FARE, encoding="utf-8")
    code, out, _ = run("loads", "--with-assumed", "--csv", str(plain), lang="en")
    assert code == 0
    assert "reference" in out
    assert run("loads", str(scenario), "--with-assumed", "--csv", str(cheap))[0] == 0
    before, after = (pd.read_csv(path) for path in (plain, cheap))
    assert before["boardings_day"].sum() > 0
    assert after["boardings_day"].sum() > before["boardings_day"].sum()
    assert after["runs_day"].tolist() == before["runs_day"].tolist()


def test_elasticities_stand_beside_those_of_the_literature(run):
    code, out, _ = run("elasticities")
    assert code == 0
    assert "-0.6 / -0.3 / -0.1" in out
    assert "-0.30" in out  # the fare elasticity is set, the others follow


def test_a_city_without_the_brt_has_no_backcast(run):
    code, out, err = run("backcast")
    assert code == 4
    assert "hitachi-brt" in out + err
    assert "--city" in out + err
