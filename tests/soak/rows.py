"""What a part of the soak is asked for and what it returns: rows of promise, what was done, figure, passed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """
    How much a part does.

    `kills`: processes killed in all. `seconds`: how long loads are kept up. `seed`: of every random moment and byte.
    `folder`: where a part may write, emptied before and kept after a failure.
    """

    kills: int = 200
    seconds: float = 1000.0
    seed: int = 1
    folder: Path = Path("out/soak")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what is promised, what was done to break it, the figure, whether the promise held."""

    promise: str
    done: str
    figure: str
    passed: bool
