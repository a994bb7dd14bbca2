"""Owns which servers on one folder of jobs are alive: each touches a file of its own now and then."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BEAT_S = 5.0
LOST_S = 30.0
"""A server that was not heard of for so long was killed: several beats, as a busy disk may delay one."""
_PREFIX = ".server-"


class Heartbeat:
    """
    The sign of life of this server, and those of others.

    A process id would not do: it is given to another process after a while, and a container's server always has the
    same.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.server = secrets.token_hex(8)
        self._lock = Lock()
        self._over = Event()
        self._thread: Thread | None = None

    def begin(self) -> None:
        """Be known as alive from now on, until `end`."""
        with self._lock:
            self._beat()
            if self._thread is None:
                self._over.clear()
                self._thread = Thread(target=self._go_on, daemon=True, name="heartbeat of jobs")
                self._thread.start()

    def end(self) -> None:
        """Be no longer known as alive."""
        with self._lock:
            thread, self._thread = self._thread, None
        self._over.set()
        if thread is not None:
            thread.join()
        self._file(self.server).unlink(missing_ok=True)

    def lives(self, server: str) -> bool:
        """Return whether a server, this or another, is still there."""
        if server == self.server:
            return True
        try:
            age = time.time() - self._file(server).stat().st_mtime
        except OSError:
            return False
        return abs(age) < LOST_S  # a beat from the future is of before the clock was set back; who lives beats again

    def _go_on(self) -> None:
        while not self._over.wait(BEAT_S):
            self._beat()

    def _beat(self) -> None:
        with suppress(OSError):  # told where a job is written
            self.root.mkdir(parents=True, exist_ok=True)
            self._file(self.server).touch()
            for path in self.root.glob(f"{_PREFIX}*"):
                if not self.lives(path.name.removeprefix(_PREFIX)):
                    path.unlink(missing_ok=True)

    def _file(self, server: str) -> Path:
        return self.root / f"{_PREFIX}{server}"
