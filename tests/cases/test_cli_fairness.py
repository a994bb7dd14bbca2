"""From run folders to printed fairness: sentences, winners and losers, the cross-sector effect, refusals."""

import json

import pandas as pd
import pytest
from rich.cells import cell_len

from app.cli import run_cli
from geodata.synthetic import grid_city
from scenarios.files import read_scenario
from scenarios.runner import run_scenario
from scenarios.store import ResultStore

SCENARIO = """
schema: ekisei-scenario/1
id: {id}
title: {{ja: {id}, en: {id}}}
description: {{ja: {id}, en: {id}}}
compare_to: as-it-is
year: 2023
plan_status: hypothetical
modifications: {modifications}
"""
ADDED = """
  - id: clinic
    type: add-facility
    category: clinic
    name: {ja: 新しい診療所, en: New clinic}
    district: east
"""
EFFECT = """sector,measure,quantity,times_per_year,unit_cost_yen,source
医療,通院のタクシー券,finding:clinic-75plus-no-licence-left,24,3000,要綱
教育,スクールバス,1,,2000000,
財政支出,補助,500000,,1,決算書
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fair")
    city, store = grid_city(), ResultStore(folder / "store")
    for name, modifications in (("as-it-is", "[]"), ("new-clinic", ADDED)):
        file = folder / f"{name}.yaml"
        file.write_text(SCENARIO.format(id=name, modifications=modifications), encoding="utf-8")
        run_scenario(read_scenario(file), city, out=folder / "runs" / name, store=store)
    return folder / "runs"


def call(runs, *arguments):
    return run_cli([*map(str, arguments), "--runs", str(runs)], {})


def test_the_sentences_come_first(runs, capsys):
    assert call(runs, "fairness", "as-it-is") == 0
    shown = capsys.readouterr().out
    first = next(line for line in shown.splitlines() if line.startswith("・"))
    assert first.startswith("・免許のない75歳以上（480 人）のうち")
    assert "最も低い地区は 西地区" in shown
    assert shown.index("市民2人をくじで選ぶと") < shown.index("ジニ係数 ", shown.index("くじ") + 60)
    assert "仮定" in shown
    assert max(cell_len(line) for line in shown.splitlines() if not line.startswith(("・", "表の全部"))) <= 100
    assert call(runs, "fairness", "as-it-is", "--districts", "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert "without a driving licence" in shown
    assert "East" in shown


def test_winners_are_printed_and_written(runs, capsys, tmp_path):
    out = tmp_path / "winners"
    assert call(runs, "winners", "as-it-is", "new-clinic", "--out", out) == 0
    shown = capsys.readouterr().out
    assert "便利になる人" in shown
    assert "65歳未満" in shown
    whole = pd.read_csv(out / "winners-all.csv").set_index("destination")
    assert whole.loc["clinic", "better"] > 0
    assert whole.loc["clinic", "worse"] == 0
    assert whole.loc["station", "better"] == 0
    for by in ("age", "district", "cell"):
        parts = pd.read_csv(out / f"winners-{by}.csv").groupby("destination")["better"].sum()
        assert parts["clinic"] == pytest.approx(whole.loc["clinic", "better"])
    assert set(pd.read_csv(out / "winners-map.csv")["verdict_ja"]) == {"便利になる", "変わらない"}
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["b"] == "new-clinic"
    assert "便利になるだけの人は" in (out / "winners.txt").read_text(encoding="utf-8")
    assert call(runs, "winners", "as-it-is", "new-clinic", "--out", out) == 2
    assert "--force" in capsys.readouterr().err
    assert call(runs, "winners", "as-it-is", "new-clinic", "--by", "district", "--out", out, "--force") == 0
    assert [p.name for p in out.parent.iterdir()] == ["winners"]


def test_a_run_beside_itself_has_neither_winners_nor_losers(runs, capsys):
    assert call(runs, "winners", "as-it-is", "as-it-is", "--by", "all", "--lang", "en") == 0
    assert "0 people (0.0 %) are only better off by 5 min or more, 0 (0.0 %) only worse off" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["--by", "street"], "--by"),
        (["--to", "school"], "--to"),
        (["--least", "0"], "--least"),
        (["--people", "c"], "--people"),
    ],
)
def test_wrong_questions_are_refused_where_they_stand(runs, arguments, where, capsys):
    assert call(runs, "winners", "as-it-is", "new-clinic", *arguments) == 2
    shown = capsys.readouterr().err
    assert where in shown
    assert "Traceback" not in shown


def test_an_unknown_run_names_the_known_ones(runs, capsys):
    assert call(runs, "winners", "as-it-is", "nothing") == 2
    assert "new-clinic" in capsys.readouterr().err
    assert call(runs, "fairness", "nothing") == 2


def test_a_run_without_people_by_age_and_district_is_refused(runs, capsys, monkeypatch):
    from scenarios import store

    read = store.read_run
    bare = read(runs / "as-it-is")
    bare.tables.clear()
    monkeypatch.setattr(store, "read_run", lambda *_arguments: bare)
    assert call(runs, "fairness", "as-it-is") == 2
    assert "公平性の表がありません" in capsys.readouterr().err


def test_the_cross_sector_effect_is_added_up_from_the_users_table(runs, capsys, tmp_path):
    table, csv = tmp_path / "effect.csv", tmp_path / "computed.csv"
    table.write_text(EFFECT, encoding="utf-8-sig")
    assert call(runs, "cross-sector", "as-it-is", "--table", table, "--csv", csv) == 0
    shown = capsys.readouterr().out
    # 55 people × 24 × 3,000 yen + 2 million − 0.5 million
    assert "クロスセクター効果（費用の計 − 財政支出）: 5,460 千円" in shown
    assert "仮定" in shown
    assert pd.read_csv(csv)["yen"].tolist() == pytest.approx([55 * 24 * 3000, 2_000_000, 500_000])


def test_the_template_is_written_once_and_then_filled_in(runs, capsys, tmp_path):
    path = tmp_path / "fill.csv"
    assert call(runs, "cross-sector", "--template", path) == 0
    assert call(runs, "cross-sector", "--template", path) == 2
    assert "上書きしません" in capsys.readouterr().err
    assert call(runs, "cross-sector", "as-it-is", "--table", path) == 0
    shown = capsys.readouterr().out
    assert "未記入" in shown
    assert "効果は計算していません" in shown
    assert call(runs, "cross-sector") == 2
    assert "--template" in capsys.readouterr().err


def test_a_wrong_cell_of_the_table_is_named_by_file_and_row(runs, capsys, tmp_path):
    table = tmp_path / "effect.csv"
    table.write_text(EFFECT.replace("2000000", "二百万"), encoding="utf-8")
    assert call(runs, "cross-sector", "as-it-is", "--table", table) == 3
    assert "effect.csv 3 行目" in capsys.readouterr().err
