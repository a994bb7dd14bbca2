"""
Owns travel times kept on disk between processes, beside the stored results.

A scenario that leaves the timetable alone finds the times of an earlier run here, and so does an explanation. A file
is whole or not there; a damaged one counts as not there.
"""

from __future__ import annotations

import contextlib
import gc
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from scenarios.column_file import read_columns, write_columns
from scenarios.step_shelf import StepFolder
from scenarios.store import ResultStore, code_digest
from sim.reuse import Reuse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sim.travel_memory import TravelColumns


MAX_FILES = 16
"""Files of one key that are read one by one; more are put together."""


class TravelShelf:
    """
    Columns of travel times by content key: one folder per key, one file per lot of columns that was computed at once.

    Parameters
    ----------
    root
        Folder of the files. Keys also hold the code they were computed by.
    keeps
        Whether new columns are written; else what others wrote is read.
    """

    def __init__(self, root: Path, *, keeps: bool = True) -> None:
        self.root, self.keeps = root, keeps

    def find(self, key: str) -> TravelColumns:
        """Return target (x, y) → minutes by cell, shape (C,); empty where nothing is known."""
        return _read_all(self._files(key))

    def keep(self, key: str, columns: TravelColumns) -> None:
        """Keep columns beside those that are known; a full disk only costs the time again."""
        if not self.keeps:
            return
        folder = self._folder(key)
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder, columns)
            files = self._files(key)
            if len(files) > MAX_FILES:
                kept = _write(folder, _read_all(files))
                for path in files:
                    if path != kept:
                        path.unlink(missing_ok=True)

    def _files(self, key: str) -> list[Path]:
        return sorted(self._folder(key).glob("*.npz"))

    def _folder(self, key: str) -> Path:
        name = digest_of((key, code_digest()))
        return self.root / name[:2] / name


def _read_all(files: Iterable[Path]) -> TravelColumns:
    found: TravelColumns = {}
    for path in files:
        with contextlib.suppress(OSError, ValueError, KeyError):
            held = read_columns(path)
            points, minutes = held["points"], held["minutes"]
            found |= {(float(x), float(y)): column for (x, y), column in zip(points, minutes, strict=True)}
    return found


def _write(folder: Path, columns: TravelColumns) -> Path:
    """Write columns to a file named by their places: the same ones again replace a damaged file."""
    points = np.array(list(columns))
    path = folder / f"{digest_of(points)[:24]}.npz"
    write_columns(path, {"points": points, "minutes": np.stack(list(columns.values()))}, code_digest())
    return path


def memory_of(store: ResultStore) -> Reuse:
    """Return the memory that all runs of this process with a store share, backed by the store's shelves."""
    return _memory(store.root.parent, store.keeps_steps)


def forget_memories() -> None:
    """Let go of what runs of this process share: hundreds of MB, where others compute from now on."""
    _memory.cache_clear()
    gc.collect()  # steps and what they read hold each other


@lru_cache(maxsize=8)
def _memory(root: Path, keeps: bool) -> Reuse:
    shelf, steps = TravelShelf(root / "travel", keeps=keeps), StepFolder(root / "steps", keeps=keeps)
    return Reuse(shelf=shelf, steps=steps)
