"""One holds a lock at a time; one that a dead process left is taken over, and the one who lost it takes no other's."""

from __future__ import annotations

import os
import threading
import time

import pytest

from scenarios import file_lock
from scenarios.file_lock import alone


def test_one_at_a_time_holds_it(tmp_path):
    lock, inside, most = tmp_path / ".lock", [], []

    def work():
        for _ in range(20):
            with alone(lock) as held:
                assert held
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 120
    assert set(most) == {1}
    assert not lock.exists()


def test_it_is_given_back_where_the_work_fails(tmp_path):
    with pytest.raises(KeyError), alone(tmp_path / ".lock"):
        raise KeyError
    assert not (tmp_path / ".lock").exists()


def test_who_lost_it_to_another_leaves_the_others(tmp_path):
    lock = tmp_path / ".lock"
    with alone(lock) as first:
        assert first
        os.utime(lock, (0, 0))  # it slept for too long
        with alone(lock) as second:
            assert second
            theirs = lock.read_text()
        lock.write_text(theirs)  # of a third, as if the second were still at work
    assert lock.read_text() == theirs


def test_where_none_can_be_made_or_it_is_held_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(file_lock, "MOST_WAIT_S", 0.05)
    with alone(tmp_path / "none" / ".lock") as held:
        assert not held
    (tmp_path / ".lock").touch()
    with alone(tmp_path / ".lock") as held:
        assert not held
    assert (tmp_path / ".lock").exists()


def test_a_lock_from_the_future_is_taken_over_too(tmp_path):
    lock = tmp_path / ".lock"
    lock.touch()
    ahead = time.time() + 86_400  # the clock was set back since its holder died
    os.utime(lock, (ahead, ahead))
    with alone(lock) as held:
        assert held
