"""How far the running tasks of a batch are: told while they run, by name, and never of what has ended."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from scenarios import batch_board
from scenarios.batch_board import running_told, watched


def test_those_that_run_are_told_with_how_far_they_are():
    assert running_told(["trend-r11", "package-2031"], [0.644, 0.0]) == "trend-r11 64%, package-2031"


def test_a_slow_task_is_told_while_another_has_ended(monkeypatch):
    monkeypatch.setattr(batch_board, "POLL_S", 0.01)
    told, go_on, shares = [], Event(), [0.0, 0.0]

    def slow():
        shares[1] = 0.5
        go_on.wait(20)
        return "b"

    def tell(ended, running):
        told.append((ended, running))
        if ended == 1:
            go_on.set()

    with ThreadPoolExecutor(2) as pool:
        futures = {pool.submit(lambda: "a"): 0, pool.submit(slow): 1}
        found = dict(watched(futures, {0: "first", 1: "second"}, shares, tell))
    assert found == {0: "a", 1: "b"}
    assert (1, "second 50%") in told
    assert not any("first" in running for _, running in told)
