"""
Owns steps kept on disk between processes, beside travel times: what trips cost from each cell, such as the draws ask.

A file is whole or not there; a damaged one counts as not there. What a step read stands in its file's name, so that a
search opens none but the right one.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from geodata.digest import digest_of
from scenarios.column_file import read_columns, write_columns
from scenarios.store import code_digest
from scenarios.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sim.shelved import Columns

STEP_SCHEMA = "ekisei-step/2"
_LENGTH = 24
"""Signs of a digest in the name of a file."""


class StepFolder:
    """
    Columns of steps: one folder per step, one file per value, and one file for each set of readings that decides.

    Parameters
    ----------
    root
        Folder of the files. Keys also hold the code they were computed by.
    keeps
        Whether new columns are written; else what others wrote is read.
    """

    def __init__(self, root: Path, *, keeps: bool = True) -> None:
        self.root, self.keeps = root, keeps

    def find(self, step: str, digest_of_read: Callable[[str], str]) -> tuple[dict[str, str], Columns] | None:
        """Return what a step read (name → digest) and its columns, where all of that is the same now."""
        folder = self._folder(step)
        for told in sorted(folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError, KeyError):
                reads = {name: digest_of_read(name) for name in names_read(told)}
                path = _file_of(folder, told.stem, reads)
                if path.exists():
                    return reads, read_columns(path)
        return None

    def keep(self, step: str, reads: Mapping[str, str], columns: Columns) -> None:
        """Keep the columns of a step; a full disk only costs the time again."""
        if not self.keeps:
            return
        folder, names = self._folder(step), sorted(reads)
        kind = digest_of(names)[:_LENGTH]
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            write_columns(_file_of(folder, kind, reads), columns, code_digest())
            told = folder / f"{kind}.json"
            if not _is_whole(told):
                with whole_file(told, durable=False) as part:
                    part.write(json.dumps({"schema": STEP_SCHEMA, "reads": names}).encode())

    def _folder(self, step: str) -> Path:
        name = digest_of((step, code_digest()))
        return self.root / name[:2] / name


def names_read(told: Path) -> tuple[str, ...]:
    """
    Return the names of what a step reads; the first version wrote them as a plain list.

    Raises
    ------
    OSError, ValueError
        If they are not what the name of the file was made from.
    """
    plain = json.loads(told.read_text(encoding="utf-8"))
    names = tuple(str(name) for name in (plain.get("reads", ()) if isinstance(plain, dict) else plain))
    if digest_of(list(names))[:_LENGTH] != told.stem:
        raise ValueError(told.name)
    return names


def _is_whole(told: Path) -> bool:
    try:
        return bool(names_read(told))
    except (OSError, ValueError, TypeError):
        return False


def _file_of(folder: Path, kind: str, reads: Mapping[str, str]) -> Path:
    return folder / f"{kind}-{digest_of(sorted(reads.items()))[:_LENGTH]}.npz"
