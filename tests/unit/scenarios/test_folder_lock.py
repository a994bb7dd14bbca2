"""A folder has one user at a time: the next is told who and since when, and a process that dies lets go at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from geodata.errors import UsageError
from scenarios import folder_lock
from scenarios.folder_lock import LOCK, refuse_used, sole_use

HOLD = """
import sys, time
from pathlib import Path
from scenarios.folder_lock import sole_use
with sole_use(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "out"], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_has_it_and_since_when(tmp_path, holder):
    since = json.loads((tmp_path / "out" / LOCK).read_text())["since"]
    for ask in (refuse_used, lambda folder: sole_use(folder).__enter__()):
        with pytest.raises(UsageError, match=r"out\.in_use") as refused:
            ask(tmp_path / "out")
        (problem,) = refused.value.problems
        assert str(holder.pid) in problem.message.ja
        assert since[14:16] in problem.message.en  # the hour is Japan's
        assert problem.where == str(tmp_path / "out")


def test_whoever_is_killed_lets_go_at_once(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert (tmp_path / "out" / LOCK).exists()
    refuse_used(tmp_path / "out")
    with sole_use(tmp_path / "out"):
        assert json.loads((tmp_path / "out" / LOCK).read_text())["process"] == os.getpid()
    assert not any((tmp_path / "out").iterdir())


def test_it_is_given_back_where_the_work_fails(tmp_path):
    with pytest.raises(KeyError), sole_use(tmp_path):
        raise KeyError
    refuse_used(tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_lock_that_its_owner_removes_meanwhile_is_not_held(tmp_path, monkeypatch):
    really, waited = folder_lock._hold, []

    def hold_late(lock):
        if not waited:
            waited.append((tmp_path / LOCK).unlink())  # who had it before ends between opening and holding
        really(lock)

    monkeypatch.setattr(folder_lock, "_hold", hold_late)
    with sole_use(tmp_path), pytest.raises(UsageError):
        refuse_used(tmp_path)


def test_a_share_without_locks_is_told_and_used(tmp_path, monkeypatch, caplog):
    def cannot(lock):
        raise OSError(95, "not supported")

    monkeypatch.setattr(folder_lock, "_hold", cannot)
    with sole_use(tmp_path):
        pass
    assert "cannot be locked" in caplog.text
