"""Own scenarios: plain files with a history, nothing lost, nobody overwritten, no name that leads elsewhere."""

from __future__ import annotations

import errno
import json
import os
import threading

import pytest

from geodata.errors import ScenarioError, Severity
from scenarios.draft_history import FOLDER
from scenarios.drafts import OUTSIDE, DraftFolder, drafts_folder
from scenarios.files import list_scenario_files, new_scenario, read_scenario
from scenarios.yaml_reading import MAX_BYTES

TEXT = new_scenario("my-plan")


@pytest.fixture
def folder(tmp_path):
    return DraftFolder(tmp_path / "own")


@pytest.fixture
def kept(folder):
    folder.import_text(TEXT, who="山田", why="はじめ")
    return folder


def codes(raised):
    return [p.code for p in raised.value.problems]


def test_a_folder_that_does_not_exist_holds_nothing(folder):
    assert folder.infos() == ()
    assert folder.deleted() == ()
    assert not folder.root.exists()


def test_a_saved_draft_is_the_file_that_the_command_line_reads(kept):
    plain, number = kept.read("my-plan")
    plain["year"] = 2031
    revision = kept.save(plain, who="佐藤", why="年を改める", expected=number)
    assert (revision.number, revision.who, revision.why) == (2, "佐藤", "年を改める")
    assert revision.at.endswith("+00:00")
    path = kept.root / "my-plan.yaml"
    assert read_scenario(path).year == 2031
    assert list_scenario_files([kept.root]) == [path.resolve()]  # the history is no scenario
    assert kept.scenario(plain).digest == read_scenario(path).digest
    info = kept.info("my-plan")
    assert (info.title.ja, info.year, info.revision, info.problems) == ("新しいシナリオ", 2031, revision, ())
    assert kept.infos() == (info,)


def test_an_export_reads_back_equal_also_without_its_parents(kept, tmp_path):
    assert kept.export_text("my-plan") == TEXT  # comments too
    for whole in (False, True):
        path = tmp_path / f"{whole}.yaml"
        path.write_text(kept.export_text("my-plan", whole=whole), encoding="utf-8")
        assert read_scenario(path).digest == read_scenario(kept.root / "my-plan.yaml").digest
    assert "extends" not in kept.export_text("my-plan", whole=True)


def test_what_another_saved_meanwhile_is_never_overwritten(kept):
    mine, number = kept.read("my-plan")
    kept.save({**mine, "year": 2030}, who="佐藤", why="", expected=number)
    with pytest.raises(ScenarioError) as refused:
        kept.save({**mine, "year": 2031}, who="山田", why="", expected=number)
    assert codes(refused) == ["draft.conflict"]
    told = refused.value.problems[0]
    assert "佐藤" in told.message.ja
    assert kept.history("my-plan")[-1].at[:10] in told.message.ja
    assert told.hint.ja
    assert kept.read("my-plan") == ({**mine, "year": 2030}, 2)
    with pytest.raises(ScenarioError) as refused:
        kept.save(mine, who="山田", why="", expected=None)
    assert codes(refused) == ["draft.exists"]
    kept.delete("my-plan", who="佐藤")
    with pytest.raises(ScenarioError) as refused:
        kept.save(mine, who="山田", why="", expected=2)
    assert codes(refused) == ["draft.conflict"]
    assert kept.ids() == ()


def test_of_many_who_save_at_once_one_does(kept):
    plain, number = kept.read("my-plan")
    others = [DraftFolder(kept.root) for _ in range(8)]  # as processes: no lock is shared
    outcome = []

    def save(one, n):
        try:
            outcome.append(one.save({**plain, "year": 2030 + n}, who=f"w{n}", why="", expected=number).who)
        except ScenarioError as refused:
            outcome.append(refused.problems[0].code)

    threads = [threading.Thread(target=save, args=(one, n)) for n, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome)[:7] == ["draft.conflict"] * 7
    (winner,) = [one for one in outcome if one != "draft.conflict"]
    assert kept.history("my-plan")[-1].who == winner
    assert kept.read("my-plan")[0]["year"] == 2030 + int(winner[1:])


def test_a_lock_that_a_dead_process_left_is_taken_away(kept):
    lock = kept.root / FOLDER / ".lock"
    lock.touch()
    os.utime(lock, (0, 0))
    assert kept.read("my-plan")[1] == 1
    assert not lock.exists()


def test_a_draft_that_is_deleted_while_all_are_listed_leaves_the_others(kept, monkeypatch):
    kept.import_text(new_scenario("other"), who="x")
    listed = kept.ids()
    kept.delete("other", who="x")
    monkeypatch.setattr(kept, "ids", lambda: listed)
    assert [info.scenario_id for info in kept.infos()] == ["my-plan"]


def test_a_folder_of_the_name_of_a_shipped_scenario_does_not_hide_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "baseline-r5").mkdir()  # as among the results of runs
    assert read_scenario("baseline-r5").id == "baseline-r5"


def test_earlier_revisions_and_deleted_drafts_come_back(kept):
    plain, number = kept.read("my-plan")
    kept.save({**plain, "year": 2035}, who="佐藤", why="", expected=number)
    assert kept.at("my-plan", 1)["year"] == 2029
    assert kept.restore("my-plan", 1, who="山田").number == 3
    assert kept.export_text("my-plan") == TEXT
    gone = kept.delete("my-plan", who="山田", why="要らない")
    assert (gone.number, gone.deleted) == (4, True)
    assert (kept.ids(), kept.deleted()) == ((), ("my-plan",))
    assert [r.number for r in kept.history("my-plan")] == [1, 2, 3, 4]
    kept.restore("my-plan", 2, who="佐藤", why="やはり要る")
    assert (kept.read("my-plan")[0]["year"], kept.deleted()) == (2035, ())
    with pytest.raises(ScenarioError) as refused:
        kept.at("my-plan", 9)
    assert codes(refused) == ["draft.no_revision"]


def test_a_file_changed_by_hand_is_a_draft_and_is_kept_before_it_is_replaced(kept):
    path = kept.root / "my-plan.yaml"
    path.write_text(TEXT.replace("year: 2029", "year: 2032"), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        kept.save(kept.at("my-plan", 1), who="山田", why="", expected=1)
    assert codes(refused) == ["draft.conflict"]
    plain, number = kept.read("my-plan")
    assert (plain["year"], number) == (2032, 2)
    kept.save({**plain, "year": 2033}, who="山田", why="", expected=number)
    assert [(r.number, r.why) for r in kept.history("my-plan")] == [(1, "はじめ"), (2, OUTSIDE), (3, "")]
    assert kept.at("my-plan", 2)["year"] == 2032


def test_broken_drafts_are_told_and_can_be_replaced(kept):
    path = kept.root / "my-plan.yaml"
    path.write_bytes(b"year: [1, 2\n\xff")
    info = kept.info("my-plan")
    assert info.title.ja == "my-plan"
    assert info.problems[0].code == "scenario.encoding"
    assert info.problems[0].where.startswith("my-plan.yaml:2")
    with pytest.raises(ScenarioError):
        kept.read("my-plan")
    kept.restore("my-plan", 1, who="山田")
    assert kept.info("my-plan").problems == ()
    assert [r.number for r in kept.history("my-plan")] == [1, 2, 3]  # the broken file too


def test_a_damaged_history_is_told_and_stops_nobody(kept):
    record = kept.root / FOLDER / "my-plan" / "000001.json"
    text = next((kept.root / FOLDER / ".texts").iterdir())
    plain, number = kept.read("my-plan")
    kept.save({**plain, "year": 2030}, who="佐藤", why="", expected=number)
    record.write_text("{", encoding="utf-8")
    info = kept.info("my-plan")
    assert [(p.code, p.severity) for p in info.problems] == [("draft.damaged_history", Severity.WARNING)]
    assert [r.number for r in kept.history("my-plan")] == [2]
    assert kept.save({**plain, "year": 2031}, who="佐藤", why="", expected=2).number == 3
    (kept.root / FOLDER / "my-plan" / "000003.json").write_text(json.dumps({"number": "3"}), encoding="utf-8")
    assert kept.read("my-plan")[1] == 4  # no longer known who saved it: as if changed by hand
    text.write_text("id: other", encoding="utf-8")
    record.unlink()
    with pytest.raises(ScenarioError):
        kept.text_at("my-plan", 1)
    assert kept.at("my-plan", 2)["year"] == 2030


@pytest.mark.parametrize(
    "name",
    ["", "..", "../up", "a/b", "a\\b", "/etc/passwd", ".hidden", "C:x", "con", "名前", "a.yaml", "A", "a\n", "x" * 81],
)
def test_names_that_lead_elsewhere_are_refused(kept, name):
    plain, _ = kept.read("my-plan")
    before = sorted(kept.root.parent.rglob("*"))
    for ask in (
        lambda: kept.read(name),
        lambda: kept.history(name),
        lambda: kept.export_text(name),
        lambda: kept.delete(name, who="x"),
        lambda: kept.restore(name, 1, who="x"),
        lambda: kept.save({**plain, "id": name}, who="x", why="", expected=None),
    ):
        with pytest.raises(ScenarioError) as refused:
            ask()
        assert codes(refused) == ["draft.bad_id"]
    assert sorted(kept.root.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["baseline-r5", "trend-r11", "city-as-it-is"])
def test_what_comes_along_is_locked(kept, name):
    plain, _ = kept.read("my-plan")
    with pytest.raises(ScenarioError) as refused:
        kept.save({**plain, "id": name}, who="x", why="", expected=None)
    assert codes(refused) == ["draft.locked"]
    with pytest.raises(ScenarioError):
        kept.import_text(TEXT.replace("id: my-plan", f"id: {name}"), who="x")
    assert kept.ids() == ("my-plan",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "scenario.empty"),
        ("- a\n", "scenario.empty"),
        ("a: &x 1\nb: *x\n", "scenario.alias"),
        ("a: !!python/object/apply:os.system ['x']\n", "scenario.tag"),
        ("a: [1\n", "scenario.syntax"),
        (TEXT + "# \ud800", "scenario.syntax"),
        (TEXT.replace("year: 2029", "yearr: 2029"), "scenario.unknown_key"),
        (TEXT.replace("extends: trend-r11", "extends: nothing-here"), "scenario.unknown_parent"),
        ("# " + "x" * MAX_BYTES, "scenario.too_large"),
    ],
)
def test_files_that_are_no_scenarios_are_not_imported(folder, text, code):
    with pytest.raises(ScenarioError) as refused:
        folder.import_text(text, who="x")
    assert code in codes(refused)
    assert all(p.where for p in refused.value.problems)
    assert not folder.root.exists()


def test_a_draft_may_stand_on_another(kept):
    plain, _ = kept.read("my-plan")
    child = {**plain, "id": "child", "extends": "my-plan", "compare_to": "my-plan"}
    kept.save(child, who="x", why="", expected=None)
    assert kept.scenario(child).resolved_from == ("trend-r11", "my-plan")
    kept.delete("my-plan", who="x")
    assert [p.code for p in kept.info("child").problems] == ["scenario.unknown_parent"]


def test_notes_are_one_line_and_no_essay(kept):
    plain, number = kept.read("my-plan")
    revision = kept.save(plain, who="山\n田\x00", why="a\t b\u2028c" + "x" * 1_000, expected=number)
    assert revision.who == "山 田"
    assert revision.why.startswith("a b c")
    assert len(revision.why) == 400


def test_a_file_of_another_name_is_told(kept):
    (kept.root / "my-plan.yaml").rename(kept.root / "copy.yaml")
    assert [p.code for p in kept.info("copy").problems] == ["draft.other_name"]


def test_the_folder_is_in_the_user_s_own(monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    assert drafts_folder() == tmp_path / "scenarios"


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "空き"), (errno.EACCES, "権限がありません"), (errno.EIO, "書き込めません")]
)
def test_a_full_disk_is_refused_in_words_and_leaves_what_was_saved(tmp_path, monkeypatch, number, words):
    kept = DraftFolder(tmp_path)
    plain = {"schema": "ekisei-scenario/1", "id": "mine", "title": {"ja": "例", "en": "E"}, "year": 2031}
    kept.save(plain, who="A", why="first", expected=None)

    def full(*_args):
        raise OSError(number, "as the system says it")

    monkeypatch.setattr("scenarios.draft_history.write_whole", full)
    with pytest.raises(ScenarioError) as refused:
        kept.save(plain | {"year": 2032}, who="A", why="second", expected=1)
    assert [p.code for p in refused.value.problems] == ["draft.unwritable"]
    assert words in refused.value.problems[0].message.ja
    assert kept.read("mine") == (plain, 1)
