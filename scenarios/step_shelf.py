"""
Owns steps kept on disk between processes, beside travel times: what trips cost from each cell, such as the draws ask.

A file is whole or not there; a damaged one counts as not there. What a step read stands in its file's name, so that a
search opens none but the right one.
"""

from __future__ import annotations

import contextlib
import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from scenarios.store import code_digest
from scenarios.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sim.shelved import Columns

_LENGTH = 24
"""Signs of a digest in the name of a file."""


class StepFolder:
    """
    Columns of steps: one folder per step, one file per value, and one file for each set of readings that decides.

    Parameters
    ----------
    root
        Folder of the files. Keys also hold the code they were computed by.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, step: str, digest_of_read: Callable[[str], str]) -> tuple[dict[str, str], Columns] | None:
        """Return what a step read (name → digest) and its columns, where all of that is the same now."""
        folder = self._folder(step)
        for told in sorted(folder.glob("*.json")):
            with contextlib.suppress(OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
                reads = {str(name): digest_of_read(str(name)) for name in json.loads(told.read_text(encoding="utf-8"))}
                path = _file_of(folder, told.stem, reads)
                if path.exists():
                    with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                        return reads, {name: held[name] for name in held.files}
        return None

    def keep(self, step: str, reads: Mapping[str, str], columns: Columns) -> None:
        """Keep the columns of a step; a full disk only costs the time again."""
        folder, names = self._folder(step), sorted(reads)
        kind = digest_of(names)[:_LENGTH]
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with whole_file(_file_of(folder, kind, reads)) as part:
                np.savez(part, **columns)  # type: ignore[arg-type]
            told = folder / f"{kind}.json"
            if not told.exists():
                with whole_file(told) as part:
                    part.write(json.dumps(names).encode())

    def _folder(self, step: str) -> Path:
        name = digest_of((step, code_digest()))
        return self.root / name[:2] / name


def _file_of(folder: Path, kind: str, reads: Mapping[str, str]) -> Path:
    return folder / f"{kind}-{digest_of(sorted(reads.items()))[:_LENGTH]}.npz"
