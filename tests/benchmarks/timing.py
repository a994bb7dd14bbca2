"""Owns how a figure is taken: interleaved runs, median with min and max."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds of several runs of one thing."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def row(self) -> str:
        return f"{self.name:<58} {self.median:8.3f} s   ({min(self.seconds):.3f}–{max(self.seconds):.3f})"


def timed(name: str, action: Callable[[], object], runs: int) -> Figure:
    """Time an action several times."""
    return interleaved({name: action}, runs)[0]


def interleaved(actions: dict[str, Callable[[], object]], runs: int) -> list[Figure]:
    """Time actions in turn (A B A B …), so that a drift of the machine's speed touches all of them."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(runs):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            taken[name].append(time.perf_counter() - start)
    return [Figure(name, tuple(seconds)) for name, seconds in taken.items()]
