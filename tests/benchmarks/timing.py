"""Owns how a figure is taken: interleaved runs, median with min and max, percentiles of many edits, peak memory."""

from __future__ import annotations

import math
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.benchmarks.report import Tell

BYTES_PER_MB = 2**20


@dataclass(frozen=True, slots=True)
class Figure:
    """Values of several runs of one thing, in seconds unless `unit` says otherwise."""

    name: str
    values: tuple[float, ...]
    unit: str = "s"

    @property
    def median(self) -> float:
        """Median of the runs."""
        return statistics.median(self.values)

    def scaled(self, factor: float, name: str | None = None) -> Figure:
        """Return the figure multiplied, such as one departure by the number of departures."""
        return Figure(name or self.name, tuple(v * factor for v in self.values), self.unit)


def nothing(_: str) -> None:
    """Tell nobody."""


def clock(action: Callable[[], object]) -> float:
    """Return the seconds an action takes, or those that it tells itself by returning a float."""
    start = time.perf_counter()
    told = action()
    taken = time.perf_counter() - start
    return told if isinstance(told, float) else taken


def timed(name: str, action: Callable[[], object], runs: int, tell: Tell = nothing) -> Figure:
    """Time an action several times."""
    return interleaved({name: action}, runs, tell)[0]


def interleaved(
    actions: Mapping[str, Callable[[], object]],
    runs: int,
    tell: Tell = nothing,
    *,
    warm_up: bool = True,
    budget_s: float = math.inf,
) -> list[Figure]:
    """
    Time actions in turn (A B A B …), so that a drift of the machine's speed touches all of them.

    With `warm_up` each is done once before, untimed: nothing is read or compiled for the first time. No run is begun
    after `budget_s`, so that a slow peer cannot hold up everything; the figure tells how many there were.
    """
    start = time.perf_counter()
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for run in range(-1 if warm_up else 0, runs):
        if run > 0 and time.perf_counter() - start > budget_s:
            tell(f"stopped after {run} of {runs} runs: they take too long")
            break
        for name, action in actions.items():
            tell(f"{name} ({'warm-up' if run < 0 else f'{run + 1}/{runs}'})")
            seconds = clock(action)
            if run >= 0:
                taken[name].append(seconds)
    return [Figure(name, tuple(seconds)) for name, seconds in taken.items()]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile: the smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def peak_mb() -> float:
    """
    Return the largest resident size of this process so far [MB]; NaN where the system does not tell.

    Linux tells it of this program alone; the figure of `getrusage` holds that of the process that started it too.
    """
    try:
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (BYTES_PER_MB if sys.platform == "darwin" else 1024)
