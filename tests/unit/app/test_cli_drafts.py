"""Own scenarios on the command line: listed, their history, and back to an earlier revision."""

from __future__ import annotations

import pytest

from app.cli import run_cli
from scenarios.drafts import DraftFolder, drafts_folder
from scenarios.files import new_scenario


@pytest.fixture
def kept(monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    folder = DraftFolder(drafts_folder())
    folder.import_text(new_scenario("my-plan"), who="山田", why="はじめ")
    plain, number = folder.read("my-plan")
    folder.save({**plain, "year": 2031}, who="佐藤", why="年を改める", expected=number)
    return folder


def run(capsys, *words):
    code = run_cli(list(words), {})
    told = capsys.readouterr()
    return code, told.out + told.err


def test_own_scenarios_are_listed_with_their_problems_and_the_deleted(kept, capsys):
    kept.import_text(new_scenario("other"), who="x")
    kept.delete("other", who="x")
    (kept.root / "broken.yaml").write_text("a: [", encoding="utf-8")
    code, told = run(capsys, "scenario", "drafts")
    assert code == 0
    for word in ("my-plan", "R13", "佐藤", "問題なし", "問題 1 件", "broken.yaml:1", "other", str(kept.root)):
        assert word in told.replace("\n", ""), word
    assert "No scenarios" in run(capsys, "--lang", "en", "scenario", "drafts", "--folder", str(kept.root / "no"))[1]


def test_the_history_says_when_who_and_why(kept, capsys):
    code, told = run(capsys, "scenario", "history", "my-plan")
    assert code == 0
    assert told.index("山田") < told.index("佐藤")
    assert "年を改める" in told
    assert kept.history("my-plan")[0].at[:10] in told
    code, told = run(capsys, "scenario", "history", "nothing")
    assert (code, "nothing" in told) == (2, True)


def test_an_earlier_revision_comes_back(kept, capsys):
    code, told = run(capsys, "scenario", "restore", "my-plan", "1", "--who", "鈴木", "--why", "やはり")
    assert (code, "3 版" in told) == (0, True)
    assert kept.read("my-plan")[0]["year"] == 2029
    assert (kept.history("my-plan")[-1].who, kept.history("my-plan")[-1].why) == ("鈴木", "やはり")
    code, told = run(capsys, "scenario", "restore", "my-plan", "9")
    assert (code, "draft.no_revision" in told) == (2, True)
    assert "Traceback" not in told
