"""Runs of the bundled city that several files look at: the first worker that asks computes them, the others wait."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

from geodata.hitachi import load_hitachi
from scenarios.batch import run_batch
from scenarios.store import ResultStore

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS = ("baseline-r5", "trend-r11", "brt-extend-hitachi")
"""What the page is opened with: today, the do-nothing future, and one that adds a line to it."""


def bundled_runs(folder: Path) -> tuple[Path, ResultStore]:
    """
    Return the folder of the runs of `SCENARIOS`, which nobody may write to, and the store they were computed into.

    The store may be added to: its results and travel times are found by their content. Routed with as many draws of
    headway offsets as everywhere: with three instead of five the library loses the gain of the hospital shuttle, which
    is seconds in the mean of the city, and the evening that the pupils' timetable costs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    runs, store, done = folder / "runs", ResultStore(folder / "store"), folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file is closed, or its worker dies
        if not done.exists():
            batch = run_batch(SCENARIOS, load_hitachi(), out=runs, store=store, force=True)
            assert batch.failures == ()
            done.touch()
    return runs, store
