"""Keys, ids and values of files that mean to forge another line of a message: each message stays what it is."""

from __future__ import annotations

import json

import pytest

from app.cli import run_cli
from geodata.errors import CitySimError
from scenarios.files import parse_scenario
from scenarios.sweep import make_variants, parse_setting
from scenarios.sweep_file import read_sweep

FORGED = "エラー: すべて消しました [a.b]"
GOOD = """
schema: ekisei-scenario/1
id: mine
title: {ja: 題, en: title}
description: {ja: 説明, en: text}
year: 2029
plan_status: studied
modifications:
  - id: more
    type: adjust-frequency
    routes: [hitachi-brt]
    scale: 1.2
"""
SWEEP = """
format: ekisei-sweep/1
id: places
base: baseline-r5
vary:
  - grid: {year: [2025, 2029]}
"""
ENDS = ["\n", "\r", "\x85", "\u2028", "\x1b[2K\r"]


def quoted(end):
    """Return a text that holds a line of its own, as YAML writes it."""
    return json.dumps(f"x{end}{FORGED}")


def lines_of(problems):
    """Return the lines of all problems in both languages; two of each at most."""
    told = [problem.render(lang) for problem in problems for lang in ("ja", "en")]
    assert all(len(one.splitlines()) <= 2 for one in told), told
    return [line for one in told for line in one.splitlines()]


@pytest.fixture(params=ENDS, ids=["newline", "return", "next line", "separator", "escape"])
def word(request):
    return quoted(request.param)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("year: 2029", "year: 2029\n{}: 1"),
        ("plan_status: studied", "plan_status: {}"),
        ("id: mine", "id: {}"),
        ("type: adjust-frequency", "type: {}"),
        ("scale: 1.2", "scale: {}"),
        ("scale: 1.2", "scale: 1.2\n    {}: 1"),
        ("year: 2029", "year: 2029\n{0}: 1\n{0}: 2"),
        ("year: 2029", "parameters: {{{}: 1}}"),
        ("year: 2029", "year: {}"),
    ],
    ids=["key", "choice", "id", "type", "number", "inner key", "key twice", "parameter", "year"],
)
def test_nothing_in_a_scenario_begins_a_line_of_its_message(word, old, new):
    text = GOOD.replace(old, new.format(word))
    assert text != GOOD
    with pytest.raises(CitySimError) as refused:
        parse_scenario(text, "mine.yaml")
    assert not [line for line in lines_of(refused.value.problems) if line.startswith(FORGED)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{year:", "{{{}:"),
        ("id: places", "id: {}"),
        ("base: baseline-r5", "base: {}"),
        ("id: places", "id: places\n{}: 1"),
        ("id: places", "id: places\npareto: [{}, clinic_nearest_min]"),
    ],
    ids=["path", "id", "base", "key", "kpi"],
)
def test_nothing_in_a_sweep_begins_a_line_of_its_message(word, old, new, tmp_path):
    path = tmp_path / "sweep.yaml"
    path.write_text(SWEEP.replace(old, new.format(word)), encoding="utf-8")
    with pytest.raises(CitySimError) as refused:
        read_sweep(path)
    assert not [line for line in lines_of(refused.value.problems) if line.startswith(FORGED)]


def test_nothing_in_a_setting_begins_a_line_of_its_message():
    scenario = parse_scenario(GOOD, "mine.yaml")
    with pytest.raises(CitySimError) as refused:
        make_variants(scenario, [parse_setting(f"parameters.x\n{FORGED}=1")])
    assert not [line for line in lines_of(refused.value.problems) if line.startswith(FORGED)]


def test_a_key_forges_no_line_of_the_terminal(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD.replace("year: 2029", f"year: 2029\n{quoted(chr(10))}: 1"), encoding="utf-8")
    assert run_cli(["--lang", "ja", "scenario", "check", str(path)], {}) == 2
    shown = capsys.readouterr().err
    assert "x\\nエラー" in shown.replace("\n", "")
    assert not [line for line in shown.splitlines() if line.startswith(FORGED)]
