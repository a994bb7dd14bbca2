"""Owns the jobs of one server: a queue of batches, one process at a time, each a folder that outlives the server."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import re
import secrets
import signal
import subprocess  # nosec B404 - fixed programs, no shell, nothing typed
import sys
from dataclasses import dataclass
from threading import RLock, Thread
from typing import TYPE_CHECKING

from app.jobs.alive import Heartbeat
from app.jobs.record import (
    ENDED,
    LOG,
    ORDER,
    PROGRESS,
    RESULT,
    STATE,
    Order,
    Outcome,
    Progress,
    Standing,
    State,
    read_record,
    write_record,
)
from app.logs import event_of
from geodata.errors import Text, UsageError, error

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.errors import Problem

LOGGER = logging.getLogger("ekisei.jobs")
MOST_WAITING = 20
KEPT = 100
"""Jobs kept in the list; of older ones that have ended, the folder is removed."""
LOG_TAIL = 20_000
"""Bytes of a log that are shown, from its end."""
GRACE_S = 5.0
_NAME = re.compile(r"^[0-9]{8}T[0-9]{6}-[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Job:
    """One job as the page shows it; `outcome` None until it has ended by itself."""

    job_id: str
    order: Order
    standing: Standing
    progress: Progress
    outcome: Outcome | None

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more will come of it."""
        return self.standing.state in ENDED


class JobBoard:
    """
    The queue.

    Jobs that waited or ran when their server stopped are 中断: what they had finished is there, and the same order goes
    on from it. Several servers may stand on one folder: each runs its own jobs, and all can stop any.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._running = ""
        self._interrupted = ""
        self._cancelled: set[str] = set()
        self._alive = Heartbeat(root)

    def submit(self, order: Order) -> str:
        """Take an order and return the id of its job; a queue that is full refuses."""
        with self._lock:
            waiting = [job for job in self.jobs() if not job.has_ended]
            if len(waiting) >= MOST_WAITING:
                raise UsageError(_full())
            self._alive.begin()
            now = dt.datetime.now(dt.UTC)
            job_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            folder = self.root / job_id
            folder.mkdir(parents=True)
            write_record(folder / ORDER, order.model_copy(update={"at": now.isoformat(timespec="seconds")}))
            self._stand(job_id, State.WAITING)
            self._forget_old()
        self._start_next()
        return job_id

    def jobs(self) -> tuple[Job, ...]:
        """Return the jobs, newest first."""
        names = (path.name for path in self.root.iterdir()) if self.root.is_dir() else ()
        found = [self.find(name) for name in sorted(names, reverse=True)]
        return tuple(job for job in found if job is not None)

    def find(self, job_id: str) -> Job | None:
        """Return a job, or None for an id that names none."""
        if not _NAME.fullmatch(job_id):
            return None
        folder = self.root / job_id
        order, standing = read_record(folder / ORDER, Order), read_record(folder / STATE, Standing)
        if order is None or standing is None:
            return None
        if standing.state not in ENDED and not self._alive.lives(standing.server):
            standing = standing.model_copy(update={"state": State.INTERRUPTED, "process": None})
        progress = read_record(folder / PROGRESS, Progress) or Progress(total=len(order.scenarios))
        return Job(job_id, order, standing, progress, read_record(folder / RESULT, Outcome))

    def log(self, job_id: str) -> str:
        """Return the end of what a job printed."""
        if self.find(job_id) is None:
            return ""
        try:
            with (self.root / job_id / LOG).open("rb") as lines:
                lines.seek(max(lines.seek(0, os.SEEK_END) - LOG_TAIL, 0))
                return lines.read().decode("utf-8", errors="replace")
        except OSError:
            return ""

    def cancel(self, job_id: str) -> bool:
        """Stop a job that waits or runs; tell whether there was anything to stop. Finished scenarios are kept."""
        with self._lock:
            job = self.find(job_id)
            if job is None or job.has_ended:
                return False
            self._cancelled.add(job_id)
            if job_id != self._running:
                self._stand(job_id, State.CANCELLED)  # the process of another server looks at this
                return True
            process = self._process
        if process is not None:
            _stop(process)
        return True

    def close(self) -> None:
        """Stop what runs, as the server stops; its job is 中断."""
        with self._lock:
            process, running = self._process, self._running
            self._cancelled |= {job.job_id for job in self.jobs() if job.standing.state == State.WAITING}
            self._interrupted = running
        if process is not None:
            _stop(process)
            process.wait(timeout=GRACE_S)
            self._end(running, process.returncode)
        self._alive.end()

    # ---------------------------------------------------------------- one after another

    def _start_next(self) -> None:
        with self._lock:
            if self._process is not None:
                return
            mine = [job for job in self.jobs() if job.standing.server == self._alive.server]
            waiting = [job for job in mine if job.standing.state == State.WAITING]
            waiting = [job for job in waiting if job.job_id not in self._cancelled]
            if not waiting:
                return
            job_id = waiting[-1].job_id
            folder = self.root / job_id
            with (folder / LOG).open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603  # nosec B603 - our own program, and a folder we named
                    [sys.executable, "-m", "app.jobs.worker", str(folder)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env={**os.environ, "PYTHONUTF8": "1"},
                )
            self._running = job_id
            self._stand(job_id, State.RUNNING, self._process.pid)
            process = self._process
        Thread(target=self._await, args=(job_id, process), daemon=True, name=f"job {job_id}").start()

    def _await(self, job_id: str, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        with self._lock:
            self._end(job_id, code)
            self._process, self._running = None, ""
        self._start_next()

    def _end(self, job_id: str, code: int) -> None:
        """Write how a job ended, once: whoever sees its process end first, the thread that waits or the close."""
        with self._lock:
            job = self.find(job_id)
            if job is None or job.has_ended:
                return
            if code == 0 and job.outcome is not None:
                state = State.DONE
            elif job_id in self._cancelled and job.outcome is None:
                state = State.CANCELLED
            else:
                state = State.INTERRUPTED if job_id == self._interrupted else State.FAILED
            self._stand(job_id, state)

    def _stand(self, job_id: str, state: State, process: int | None = None) -> None:
        known = read_record(self.root / job_id / STATE, Standing)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        started = now if state == State.RUNNING else "" if known is None else known.started
        ended = now if state in ENDED else ""
        server = self._alive.server if known is None else known.server
        standing = Standing(state=state, started=started, ended=ended, process=process, server=server)
        write_record(self.root / job_id / STATE, standing)
        LOGGER.info("job %s: %s", job_id, state, extra=event_of(f"job.{state}", job=job_id))

    def _forget_old(self) -> None:
        for job in self.jobs()[KEPT:]:
            if job.has_ended:
                folder = self.root / job.job_id
                for file in folder.iterdir():
                    file.unlink(missing_ok=True)
                folder.rmdir()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and what it started; first by asking."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
    try:
        process.wait(timeout=GRACE_S)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()


def _full() -> Problem:
    return error(
        "jobs.full",
        "jobs",
        Text(f"待っている計算が {MOST_WAITING} 件あります", f"{MOST_WAITING} jobs are waiting"),
        Text("終わるのを待つか、取りやめてください", "wait for one to end, or cancel one"),
    )
