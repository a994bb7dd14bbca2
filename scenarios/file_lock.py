"""Owns keeping others out of a file or folder while it is changed: threads and processes, on one machine or a share."""

from __future__ import annotations

import contextlib
import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STALE_S = 20.0
"""A lock this old was left by a process that died."""
MOST_WAIT_S = 10.0
_POLL_S = 0.005


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """
    Hold a lock file for a block; yield whether it could be had.

    It cannot where nothing can be written, or somebody holds it for longer than anybody waits.
    """
    mine = secrets.token_hex(8)
    taken = _take(lock, mine)
    try:
        yield taken
    finally:
        if taken:
            with contextlib.suppress(OSError):
                if lock.read_text(encoding="ascii") == mine:  # else it was taken for stale, and is another's now
                    lock.unlink()


def _take(lock: Path, mine: str) -> bool:
    end = time.monotonic() + MOST_WAIT_S
    while time.monotonic() < end:
        try:
            with lock.open("x", encoding="ascii") as made:
                made.write(mine)
        except FileExistsError:
            with contextlib.suppress(OSError):
                if abs(time.time() - lock.stat().st_mtime) > STALE_S:  # in the future: a clock was set back since
                    lock.unlink()
            time.sleep(_POLL_S)
        except OSError:
            return False
        else:
            return True
    return False
