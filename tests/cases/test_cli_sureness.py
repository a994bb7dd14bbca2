"""How sure a number is, from the command line: low and high of a run, the difference of two, what moves a number."""

import json

import numpy as np
import pandas as pd
import pytest

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city
from scenarios.compare import compare
from scenarios.store import DRAWS_FILE, ResultStore, read_run
from scenarios.sureness import ROUTES, few_draws, is_too_few

HEAD = """schema: ekisei-scenario/1
id: {id}
title: {{ja: {id}, en: {id}}}
description: {{ja: 例, en: Example}}
year: 2023
plan_status: hypothetical
analysis: {{window: ["10:00", "10:20"], headway_draws: 1{more}}}
"""
CLOSE = """modifications:
  - {id: close, type: remove-facility, category: clinic, count: 1}
"""
AS_IT_IS = "modifications: []\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sure")
    write_city(grid_city(), folder / "city")
    (folder / "files").mkdir()
    for name, body in (("a", AS_IT_IS), ("b", CLOSE)):
        text = HEAD.format(id=name, more="") + body
        (folder / "files" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(folder / "home"))
        yield folder


def call(place, *arguments):
    return run_cli([*map(str, arguments), "--city", str(place / "city")], {})


@pytest.fixture(scope="module")
def runs(place):
    assert call(place, "batch", place / "files", "--out", place / "runs", "--draws", "6") == 0
    return place / "runs"


def test_every_default_value_of_a_run_has_low_and_high(runs):
    kpi = pd.read_csv(runs / "b" / "kpi.csv")
    default = kpi[(kpi["setting"] == "default") & kpi["value"].notna()]
    assert default["low"].notna().all()
    assert (default["low"] <= default["value"]).all()
    assert (default["value"] <= default["high"]).all()
    assert (default["low"] < default["high"]).any()
    assert kpi.loc[kpi["setting"] != "default", "low"].isna().all()
    manifest = json.loads((runs / "b" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["draws"] == {"n_draws": 6, "n_rerouted": 3, "level": 5 / 7}
    lines = pd.read_csv(runs / "b" / "tables" / "uncertainty.csv")
    assert list(lines) == ["kpi", "setting", "group", "line", "low", "high", "n_draws", "n_rerouted"]
    assert set(lines["line"]) == {"draws", "definition"}


def test_several_processes_draw_the_same_to_the_bit(place, runs, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(place / "several"))  # nothing of the draws is in this store
    arguments = ("batch", place / "files", "--out", place / "shared", "--draws", "6", "--jobs", "2")
    assert call(place, *arguments) == 0
    store = ResultStore()
    assert len(list(store.root.rglob("draws.parquet"))) == 2  # the baseline's, put together from parts, and those of b
    for name in ("a", "b"):
        one, other = (pd.read_parquet(folder / name / DRAWS_FILE) for folder in (runs, place / "shared"))
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_too_few_draws_are_said_to_give_no_interval_of_90_per_cent(place, runs, capsys):
    arguments = (place / "files" / "b.yaml", "--out", place / "few", "--force")
    assert call(place, "run", *arguments, "--draws", "4") == 0
    shown = capsys.readouterr()
    assert "試行 4 回の幅は 90% の幅ではない（60% ほど。19 回以上で 90%）" in shown.err
    assert "試行 4 回の 60% の幅" in shown.out
    manifest = json.loads((place / "few" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["draws"]["level"] == pytest.approx(0.6)
    assert "run.few_draws" in [p["code"] for p in manifest["problems"]]
    assert run_cli(["compare", "a", "b", "--runs", str(runs), "--lang", "en"], {}) == 0
    shown = capsys.readouterr()
    assert "How sure the differences are (71 %" in shown.out
    assert "6 draws is not one of 90%" in shown.err


@pytest.mark.parametrize(("n_draws", "few"), [(1, True), (4, True), (5, False), (20, False)])
def test_nothing_is_judged_by_the_interval_of_too_few_draws(n_draws, few):
    manifest = {"draws": {"n_draws": n_draws, "n_rerouted": min(ROUTES, n_draws), "level": 0.0}}
    assert is_too_few(manifest) is few
    assert ("何も判定しない" in getattr(few_draws(n_draws), "ja", "")) is few
    assert not is_too_few({})
    assert not is_too_few({"draws": None})
    assert is_too_few({"draws": {"n_draws": 200, "n_rerouted": 1, "level": 0.9}}), "one set of routes shows nothing"


def test_enough_draws_are_not_warned_of():
    assert few_draws(18) is not None
    assert few_draws(19) is None
    assert few_draws(200) is None


def test_runs_that_were_drawn_unlike_each_other_give_no_interval_of_their_difference(place, runs, capsys):
    """Draw 3 under another seed, window or number of draws is another draw: an interval of B − A would be wrong."""
    other = HEAD.format(id="c", more=", seed: 7") + CLOSE
    (place / "c.yaml").write_text(other, encoding="utf-8")
    (place / "d.yaml").write_text(HEAD.format(id="d", more="") + CLOSE, encoding="utf-8")
    out = place / "unlike"
    assert call(place, "run", place / "c.yaml", "--out", out / "c", "--draws", "6") == 0
    assert call(place, "run", place / "d.yaml", "--out", out / "d", "--draws", "7") == 0
    base = read_run(runs / "a")
    for name, reason in (("c", "analysis.seed A 2031 / B 7"), ("d", "試行の回数が違う")):
        found = compare(base, read_run(out / name))
        assert reason in found.unpaired.ja
        assert found.table[["low", "high", "other_low", "other_high"]].isna().all(axis=None)
        assert (found.table["distinguishable"] == "").all()
        assert found.table["note"].str.contains(reason).all()
    assert compare(base, read_run(runs / "b")).unpaired is None
    capsys.readouterr()
    assert run_cli(["compare", str(runs / "a"), str(out / "c")], {}) == 0
    shown = capsys.readouterr().out
    assert "差の幅は出せない" in shown
    assert "差の確かさ" not in shown


def test_the_command_says_how_many_draws_were_rerouted(place, runs, capsys):
    arguments = (place / "files" / "b.yaml", "--out", place / "one", "--force", "--draws", "6")
    assert call(place, "run", *arguments) == 0
    shown = capsys.readouterr().out
    assert "試行 6 回" in shown
    assert "バス等の利用（1 年" in shown
    assert "人分" in shown
    assert call(place, "run", *arguments, "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert "3 sets of routes" in shown
    assert "linked trips" in shown
    table = pd.read_csv(place / "one" / "tables" / "ride_sides.csv")
    assert table["measure"].tolist() == ["boardings", "linked_trips", "transfers", "walk_min", "wait_min", "ride_min"]


@pytest.mark.parametrize(("command", "draws"), [("run", "0"), ("batch", "0"), ("run", "-3"), ("run", "100000")])
def test_a_number_of_draws_that_gives_no_interval_is_refused_before_computing(place, capsys, command, draws):
    what = place / "files" / "b.yaml" if command == "run" else place / "files"
    assert call(place, command, what, "--out", place / "never", "--draws", draws) != 0
    shown = capsys.readouterr().err
    assert "--draws" in shown
    assert "1000" in shown
    assert not (place / "never").exists()


def test_no_draws_in_a_file_are_refused_at_their_line(place, capsys):
    file = place / "none.yaml"
    file.write_text(HEAD.format(id="none", more=", draws: 0") + AS_IT_IS, encoding="utf-8")
    assert call(place, "run", file, "--out", place / "never") != 0
    shown = capsys.readouterr().err
    assert "none.yaml:7" in shown
    assert "draws" in shown


def test_other_draws_are_another_run(place, runs, capsys):
    before = (runs / "b" / "kpi.csv").read_bytes()
    options = ("--out", runs, "--resume")
    assert call(place, "batch", place / "files", *options, "--draws", "6") == 0
    assert (runs / "b" / "kpi.csv").read_bytes() == before
    out = place / "more"
    assert call(place, "batch", place / "files", "--out", out, "--draws", "7") == 0
    ours, theirs = (pd.read_csv(folder / "b" / "kpi.csv") for folder in (runs, out))
    assert ours["value"].equals(theirs["value"])
    assert not ours["high"].equals(theirs["high"])


def test_compare_says_whether_two_runs_can_be_told_apart(place, runs, capsys, tmp_path):
    csv = tmp_path / "difference.csv"
    assert run_cli(["compare", "a", "b", "--runs", str(runs), "--csv", str(csv)], {}) == 0
    shown = capsys.readouterr().out
    assert "差の確かさ" in shown
    assert "区別できる" in shown
    table = pd.read_csv(csv).set_index(["kpi_id", "setting", "group"])
    clinics = table.loc[("clinics_count", "default", "all")]
    assert clinics["distinguishable"] == "distinguishable"
    assert clinics["low"] == clinics["high"] == pytest.approx(clinics["difference"])
    told = table[table["distinguishable"].notna()]
    assert (told["low"] <= told["difference"] + 1e-9).all()
    assert (told["difference"] <= told["high"] + 1e-9).all()
    still = table[(table["difference"] == 0) & (table.index.get_level_values("setting") == "default")]
    assert set(still["distinguishable"].dropna()) == {"no-change"}
    drawn = table[table["distinguishable"] == "distinguishable"]
    assert len(drawn)
    hidden = table[table["distinguishable"] == "not-distinguishable"]
    assert not hidden["judgement"].isin(["improved", "worse"]).any()
    assert not table.loc[table["distinguishable"] == "no-change", "judgement"].isin(["improved", "worse"]).any()
    for lang, words in (("ja", "・A ＝ a、B ＝ b。差は B − A"), ("en", "- A = a, B = b; differences are B − A")):
        assert run_cli(["compare", "a", "b", "--runs", str(runs), "--lang", lang], {}) == 0
        shown = capsys.readouterr()
        assert words in shown.out
        assert ("・" in shown.out + shown.err) is (lang == "ja"), "one kind of bullet"


def test_one_kpi_has_one_verdict_in_both_tables_and_the_file(runs, capsys, monkeypatch):
    """What the draws cannot tell apart is not called better in the first table, and no other word in the second."""
    from sim.uncertainty import paired

    monkeypatch.setattr(paired, "_verdict", lambda *_: paired.NOT_DISTINGUISHABLE)
    table = compare(read_run(runs / "a"), read_run(runs / "b")).table
    drawn = table[table["distinguishable"] != ""]
    assert set(drawn["judgement"]) <= {"none", "withheld", "not-distinguishable"}
    assert "not-distinguishable" in set(drawn["judgement"])
    assert run_cli(["compare", "a", "b", "--runs", str(runs)], {}) == 0
    shown = capsys.readouterr().out.split("差の確かさ")[0]
    assert "区別できない" in shown
    assert "悪化" not in shown


def test_runs_of_too_few_draws_are_not_told_apart(place, capsys):
    out = place / "single"
    for name in ("a", "b"):
        assert call(place, "run", place / "files" / f"{name}.yaml", "--out", out / name, "--draws", "1") == 0
    assert "何も判定しない" in capsys.readouterr().err
    found = compare(read_run(out / "a"), read_run(out / "b"))
    assert "試行が少ない（1 回" in found.unpaired.ja
    assert (found.table["distinguishable"] == "").all()
    assert found.table[["low", "high", "other_low", "other_high"]].isna().all(axis=None)
    assert run_cli(["compare", str(out / "a"), str(out / "b"), "--lang", "en"], {}) == 0
    assert "- no interval of the difference: too few draws" in capsys.readouterr().out


def test_runs_that_were_not_drawn_say_nothing_of_it(place, capsys):
    from scenarios.batch import run_batch
    from scenarios.compare import compare_runs
    from scenarios.files import read_scenario
    from scenarios.store import read_run

    out = place / "plain"
    run_batch([place / "files"], grid_city(), out=out)
    assert read_scenario(place / "files" / "a.yaml").analysis.draws is None
    plain = [read_run(out / name) for name in ("a", "b")]
    assert plain[0].draws is None
    table = compare_runs(*plain)
    assert (table["distinguishable"] == "").all()
    assert np.isnan(table["low"]).all()
    assert run_cli(["compare", "a", "b", "--runs", str(out)], {}) == 0
    assert "差の確かさ" not in capsys.readouterr().out


def test_sensitivity_ranks_what_moves_a_number(place, runs, capsys, tmp_path):
    csv = tmp_path / "ranking.csv"
    number = ("--kpi", "operating_cost_yen")
    assert call(place, "sensitivity", place / "files" / "b.yaml", *number, "--csv", csv) == 0
    shown = capsys.readouterr().out
    assert "運行経費" in shown
    table = pd.read_csv(csv)
    assert table["swing"].dropna().is_monotonic_decreasing
    moved = set(table.loc[table["swing"] > 0, "parameter"])
    assert {"bus_cost_yen_hour", "bus_cost_yen_km"} <= moved
    assert "ride_fare_elasticity" not in moved


@pytest.mark.parametrize(
    ("number", "near"),
    [(("--kpi", "operating_cost"), "operating_cost_yen"), (("--kpi", "clinics_count", "--group", "nobody"), "nobody")],
)
def test_sensitivity_refuses_a_number_that_is_not_there(place, capsys, number, near):
    assert call(place, "sensitivity", place / "files" / "b.yaml", *number) != 0
    assert near in capsys.readouterr().err
