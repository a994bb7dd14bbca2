"""Owns the figures of whole commands, each in its own process, with an empty result store first."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING

from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import timed

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench


def commands(bench: Bench) -> Part:
    """Time the start of the command line and a run of the bundled city."""
    part = Part("commands", "whole commands on the bundled city")
    numbers = count()
    env = {**os.environ, "EKISEI_HOME": str(bench.scratch / "home")}

    def ekisei(*words: str) -> None:
        subprocess.run([sys.executable, "-m", "app.cli", *words], check=True, env=env, capture_output=True)

    def run() -> None:
        ekisei("run", "baseline-r5", "--out", str(bench.scratch / f"run-{next(numbers)}"))

    def run_afresh() -> None:
        env["EKISEI_HOME"] = str(bench.scratch / f"home-{next(numbers)}")
        run()

    start = timed("ekisei --help", lambda: ekisei("--help"), bench.runs, bench.tell)
    afresh = timed("ekisei run baseline-r5, empty store, compiled kernels", run_afresh, bench.runs, bench.tell)
    again = timed("ekisei run baseline-r5, again", run, bench.runs, bench.tell)
    part.add(start, afresh, again)
    part.add(
        Goal("start-up of the command line", start.median, 1, at_least=False, unit=" s"),
        Goal("ekisei run baseline-r5 after the first time", again.median, 10, at_least=False, unit=" s"),
    )
    return part
