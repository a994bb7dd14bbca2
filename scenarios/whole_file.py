"""
Owns files and folders that are whole or not there, also after a power cut: written beside their place, then moved.

What somebody wrote or will hand on is on the disk before it is named: a system that stops right after the renaming
would else keep the name of an empty file. What is only kept for reuse is not waited for: its checksum tells.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREFIX, SUFFIX = ".part-", ".part"


@contextmanager
def whole_file(path: Path, *, durable: bool = True, shared: bool = False) -> Iterator[IO[bytes]]:
    """
    Yield a file to write into, which stands in its place once the block has ended well; replaces an earlier one.

    Parameters
    ----------
    path
        Its place.
    durable
        Whether it is on the disk before this returns; False for what can be computed again.
    shared
        Whether others may read it, as the system's usual settings say; else its owner only.
    """
    with _file_beside(path, shared=shared) as part:
        beside = path.with_name(os.path.basename(part.name))  # noqa: PTH119 -- the name of an open file is a text
        try:
            yield part
            if durable:
                part.flush()
                os.fsync(part.fileno())
        except BaseException:
            _drop(part)
            beside.unlink(missing_ok=True)  # a full disk must not be filled with what could not be finished
            raise
    beside.replace(path)
    if durable:
        sync_names(path.parent)


def _drop(part: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what is still in its buffer has no room on a full disk either
        part.close()


def _file_beside(path: Path, *, shared: bool) -> IO[bytes]:
    if shared:
        return path.with_name(f"{PREFIX}{secrets.token_hex(4)}{SUFFIX}").open("x+b")
    made: IO[bytes] = tempfile.NamedTemporaryFile(  # noqa: SIM115 -- closed by the caller's block
        dir=path.parent, prefix=PREFIX, suffix=SUFFIX, delete=False
    )
    return made


def sync_file(path: Path) -> None:
    """Wait until a file that was written and closed is on the disk."""
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until every file below a folder is on the disk, and so are their names."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sync_file(path)
        else:
            sync_names(path)
    sync_names(folder)


def sync_names(folder: Path) -> None:
    """Wait until what was renamed in a folder is on the disk, where the system can tell (Windows does it by itself)."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some shares cannot sync folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
