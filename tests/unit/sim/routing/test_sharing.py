"""Work shared out to threads: how many, and that a process may be held to fewer."""

from __future__ import annotations

import threading

import pytest

from sim.routing.sharing import N_THREADS, limit_threads, parts_of, share, threads


@pytest.fixture(autouse=True)
def _unlimited():
    yield
    limit_threads(N_THREADS)


def test_a_process_that_is_held_to_one_thread_starts_none():
    def where(_):
        return threading.current_thread().name

    assert set(share(where, range(9), 2)) != {threading.current_thread().name}
    limit_threads(1)
    assert threads() == threads(8) == 1
    assert set(share(where, range(9), 2)) == {threading.current_thread().name}
    limit_threads(0)
    assert threads() == 1


def test_parts_cover_every_row_once_and_none_is_empty():
    for n in (0, 1, 5, 8, 100):
        parts = parts_of(n)
        assert [row for first, last in parts for row in range(first, last)] == list(range(n))
        assert all(first < last for first, last in parts)
