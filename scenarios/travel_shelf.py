"""
Owns travel times kept on disk between processes, beside the stored results.

A scenario that leaves the timetable alone finds the times of an earlier run here, and so does an explanation. A file
is whole or not there; a damaged one counts as not there.
"""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from scenarios.store import ResultStore, code_digest
from sim.reuse import Reuse

if TYPE_CHECKING:
    from sim.reuse import TravelColumns


class TravelShelf:
    """
    Columns of travel times by content key, one file per key.

    Parameters
    ----------
    root
        Folder of the files. Keys also hold the code they were computed by.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, key: str) -> TravelColumns:
        """Return target (x, y) → minutes by cell, shape (C,); empty where nothing is known."""
        try:
            with self._path(key).open("rb") as file, np.load(file, allow_pickle=False) as held:
                points, minutes = held["points"], held["minutes"]
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return {}
        return {(float(x), float(y)): column for (x, y), column in zip(points, minutes, strict=True)}

    def keep(self, key: str, columns: TravelColumns) -> None:
        """Keep columns beside those another process may have kept meanwhile; a full disk only costs the time again."""
        every = {**self.find(key), **columns}
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
                np.savez(part, points=np.array(list(every)), minutes=np.stack(list(every.values())))
            Path(part.name).replace(path)

    def _path(self, key: str) -> Path:
        name = digest_of((key, code_digest()))
        return self.root / name[:2] / f"{name}.npz"


def memory_of(store: ResultStore) -> Reuse:
    """Return the memory that all runs of this process with a store share, backed by the store's travel times."""
    return _memory(store.root.parent / "travel")


@lru_cache(maxsize=8)
def _memory(root: Path) -> Reuse:
    return Reuse(shelf=TravelShelf(root))
