"""Looking over what is stored and making room, from the command line: each kind of damage is named, nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing

import pytest

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city
from scenarios.column_file import read_columns
from scenarios.drafts import DraftFolder
from scenarios.sealed import with_sum
from scenarios.store import code_digest

SCENARIO = """
schema: ekisei-scenario/1
id: capacity-{n}
title: {{ja: 例, en: Example}}
description: {{ja: 例, en: Example}}
compare_to: capacity-1
year: 2023
plan_status: hypothetical
modifications:
  - {{id: a, type: adjust-facility, category: clinic, capacity: {n}}}
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A user's folder with something of every kind, and two runs."""
    root = tmp_path_factory.mktemp("store")
    write_city(grid_city(), root / "city")
    (root / "files").mkdir()
    for n in (1, 2):
        (root / "files" / f"capacity-{n}.yaml").write_text(SCENARIO.format(n=n), encoding="utf-8")
    home = root / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(home))
        batch = [
            "batch",
            str(root / "files"),
            "--city",
            str(root / "city"),
            "--out",
            str(root / "runs"),
            "--draws",
            "2",
        ]
        assert run_cli(batch, os.environ) == 0
        assert run_cli(["user", "add", "yamada", "--no-password"], os.environ) == 0
        drafts = DraftFolder(home / "scenarios")
        drafts.import_text(SCENARIO.format(n=7), who="A", why="first")
        plain, number = drafts.read("capacity-7")
        drafts.save(plain | {"year": 2031}, who="A", why="later", expected=number)
        from app.database import Database

        Database(home / "desk.sqlite").prepare()
    job = home / "jobs" / "20260101T000000-00000000"
    job.mkdir(parents=True)
    (job / "order.json").write_text(json.dumps({"scenarios": {"a": None}, "runs_folder": "x"}), encoding="utf-8")
    (job / "state.json").write_text(json.dumps({"state": "done"}), encoding="utf-8")
    return root


@pytest.fixture
def place(filled, tmp_path, monkeypatch):
    """A copy of it that a test may damage."""
    shutil.copytree(filled, tmp_path / "copy")
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "copy" / "home"))
    return tmp_path / "copy"


def call(capsys, *arguments):
    code = run_cli(["--lang", "en", "store", *map(str, arguments)], os.environ)
    told = capsys.readouterr()
    return code, told.out, told.err


def flip(path):
    """Change one bit in the middle of a file."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0x01
    path.write_bytes(raw)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


KINDS = {
    "home/results/**/result.json": "results",
    "home/results/**/cells.parquet": "results",
    "home/results/**/draws.parquet": "draws",
    "home/results/**/checksums.json": "results",
    "home/travel/**/*.npz": "travel",
    "home/steps/**/*.npz": "steps",
    "home/steps/**/*.json": "steps",
    "home/scenarios/.history/capacity-7/*.json": "drafts",
    "home/scenarios/.history/.texts/*.yaml": "drafts",
    "runs/capacity-*/kpi.csv": "runs",
    "runs/capacity-*/cells.parquet": "runs",
    "runs/capacity-*/draws.parquet": "runs",
    "runs/capacity-*/tables/*.csv": "runs",
    "runs/capacity-*/manifest.json": "runs",
    "runs/kpi.csv": "tables",
    "home/users.json": "users",
}


def one_of(place, pattern):
    return next(p for p in sorted(place.glob(pattern)) if p.is_file())


def test_a_whole_store_is_said_to_be_whole(place, capsys):
    code, told, beside = call(capsys, "verify", "--runs", place / "runs")
    assert (code, beside) == (0, "")
    assert "nothing is damaged" in told
    for kind in ("results", "draws", "travel times", "own scenarios", "users", "database", "records of jobs"):
        assert f"  {kind}" in told


@pytest.mark.parametrize("damage", [flip, cut])
@pytest.mark.parametrize("pattern", KINDS)
def test_every_kind_of_damaged_file_is_named_with_what_to_do(place, capsys, pattern, damage):
    path = one_of(place, pattern)
    damage(path)
    code, told, beside = call(capsys, "verify", "--runs", place / "runs")
    assert code == 3
    assert "damaged files: 1" in told
    assert str(path) in beside
    assert "→" in beside


GONE = [p for p in KINDS if not p.endswith(".npz") and p not in {"runs/kpi.csv", "home/users.json"}]


@pytest.mark.parametrize("pattern", GONE)
def test_a_file_that_is_gone_is_named(place, capsys, pattern):
    path = one_of(place, pattern)
    path.unlink()
    code, _, beside = call(capsys, "verify", "--runs", place / "runs")
    # the last record of a history leaves a file that nobody saved here, as if edited by hand; the first, a gap
    assert code == 3
    assert str(path) in beside


def test_a_damaged_database_and_a_damaged_job_are_named(place, capsys):
    database = place / "home" / "desk.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(database.read_bytes())
    raw[4096:4200] = b"\xff" * 104
    database.write_bytes(raw)
    (order,) = place.rglob("order.json")
    order.write_text("{", encoding="utf-8")
    code, told, beside = call(capsys, "verify")
    assert code == 3
    assert "damaged files: 2" in told
    assert str(database) in beside
    assert str(order) in beside


def test_a_draft_edited_by_hand_is_told_and_no_damage_but_one_that_is_broken_or_gone_is(place, capsys):
    draft = place / "home" / "scenarios" / "capacity-7.yaml"
    draft.write_text(draft.read_text(encoding="utf-8").replace("2031", "2032"), encoding="utf-8")
    code, _, beside = call(capsys, "verify")
    assert code == 0
    assert str(draft) in beside
    draft.write_bytes(b"\x00\xff")
    code, _, beside = call(capsys, "verify")
    assert code == 3
    assert "ekisei scenario restore capacity-7 2" in beside
    draft.unlink()
    code, _, beside = call(capsys, "verify")
    assert (code, str(draft) in beside) == (3, True)


def test_a_folder_without_runs_is_refused(place, capsys):
    code, _, beside = call(capsys, "verify", "--runs", place / "files")
    assert code == 2
    assert "store.no_runs" in beside


# ---------------------------------------------------------------- gc


def everything(folder):
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def of_other_code(folder):
    """Make a stored result one of another version."""
    path = folder / "checksums.json"
    path.write_text(json.dumps(with_sum(json.loads(path.read_text()) | {"code": "0" * 64})), encoding="utf-8")


def test_what_this_code_stored_is_kept(place, capsys):
    before = everything(place)
    code, told, _ = call(capsys, "gc", "--runs", place / "runs")
    assert code == 0
    assert "nothing to remove" in told
    assert everything(place) == before


def test_results_of_other_code_and_old_leftovers_go_and_nothing_else(place, capsys):
    home, before = place / "home", everything(place)
    other = one_of(place, "home/results/**/result.json").parent
    of_other_code(other)
    travel = one_of(place, "home/travel/**/*.npz").parent
    for path in travel.glob("*.npz"):
        columns = read_columns(path)
        path.unlink()
        from scenarios.column_file import write_columns

        write_columns(path, columns, "0" * 64)
    young, old = home / "results" / "ab" / ".part-young", home / "results" / "ab" / ".part-old"
    for part in (young, old):
        part.mkdir(parents=True)
        (part / "cells.parquet").write_bytes(b"x" * 500)
    for path in (old / "cells.parquet", old):
        os.utime(path, (time.time() - 90_000,) * 2)
    replaced = place / "runs" / ".capacity-1.old-12345678"
    replaced.mkdir()
    os.utime(replaced, (0, 0))
    alone = place / "runs" / ".capacity-9.old-12345678"  # its successor never came
    alone.mkdir()
    os.utime(alone, (0, 0))
    gone = {p.relative_to(place) for folder in (other, travel) for p in folder.rglob("*")}

    code, told, _ = call(capsys, "gc", "--dry-run", "--runs", place / "runs")
    assert code == 0
    assert "4 with" in told
    assert old.exists()
    code, told, _ = call(capsys, "gc", "--keep-days", 1, "--runs", place / "runs")
    assert other.exists(), "one may go back to the version of yesterday"
    assert not old.exists()
    code, told, _ = call(capsys, "gc", "--runs", place / "runs")
    assert code == 0
    assert "computed by another version" in told
    after = everything(place)
    assert young.exists()
    assert alone.exists()
    assert [p for p in (replaced, other, travel) if p.exists()] == []
    assert {k: v for k, v in after.items() if ".part-young" not in str(k)} == {
        k: v for k, v in before.items() if k not in gone
    }


def test_what_the_first_version_stored_goes(place, capsys):
    folder = one_of(place, "home/results/**/result.json").parent
    record = json.loads((folder / "checksums.json").read_text(encoding="utf-8"))
    (folder / "checksums.json").write_text(json.dumps(record["files"]), encoding="utf-8")
    code, told, _ = call(capsys, "gc")
    assert (code, folder.exists()) == (0, False)
    assert "earlier format" in told


def test_a_run_after_cleaning_beside_it_is_the_same(place, capsys):
    """As beside a running batch: whatever is taken away under its feet is computed again."""
    before = everything(place / "runs")
    for seal in (place / "home").rglob("checksums.json"):
        of_other_code(seal.parent)
    assert call(capsys, "gc")[0] == 0
    assert not list((place / "home" / "results").rglob("result.json"))
    shutil.rmtree(place / "runs")
    batch = ["batch", str(place / "files"), "--city", str(place / "city"), "--out", str(place / "runs"), "--draws", "2"]
    assert run_cli(batch, os.environ) == 0
    after = everything(place / "runs")
    assert {k: v for k, v in after.items() if k.name != "run.log"} == {
        k: v for k, v in before.items() if k.name != "run.log"
    }
    assert len(code_digest()) == 64
