"""Owns having a folder to oneself for as long as one works on it: whoever comes meanwhile is told who is there."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import json
import logging
import os
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from geodata.errors import Text, UsageError, error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geodata.errors import Problem

LOCK = ".in-use"
JST = dt.timezone(dt.timedelta(hours=9))
LOG = logging.getLogger("ekisei.lock")

if sys.platform == "win32":
    import msvcrt

    def _hold(lock: TextIO) -> None:
        lock.seek(1 << 30)  # beyond what is written: a byte that is held cannot be read there
        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            raise BlockingIOError from None

else:
    import fcntl

    def _hold(lock: TextIO) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """
    Have a folder to oneself for a block, made where there is none; the system lets go of it when the process dies.

    Raises
    ------
    UsageError
        If another process has it, with who and since when.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / LOCK
    with _held(place) as lock:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        lock.truncate(0)
        lock.write(json.dumps({"user": _user(), "host": socket.gethostname(), "process": os.getpid(), "since": now}))
        lock.flush()
        try:
            yield
        finally:
            if os.name == "posix":
                place.unlink(missing_ok=True)  # while it is held, so that it is nobody else's
    if os.name != "posix":
        with contextlib.suppress(OSError):  # only what is closed can go there; another may have it by now
            place.unlink()


def refuse_used(folder: Path) -> None:
    """
    Refuse a folder that another process has to itself; nothing is made.

    Raises
    ------
    UsageError
        With who has it, and since when.
    """
    place = folder / LOCK
    with contextlib.suppress(FileNotFoundError), place.open("r+", encoding="utf-8") as lock:
        _hold_or_refuse(lock, place)


@contextmanager
def _held(place: Path) -> Iterator[TextIO]:
    """Hold the lock file of a name, however often whoever had it before removes it."""
    while True:
        with place.open("a+", encoding="utf-8") as lock:
            _hold_or_refuse(lock, place)
            if _stands(lock, place):
                yield lock
                return


def _hold_or_refuse(lock: TextIO, place: Path) -> None:
    try:
        _hold(lock)
    except BlockingIOError:
        raise UsageError(_in_use(place)) from None
    except OSError:
        LOG.warning("%s cannot be locked; nothing keeps others out", place)  # some shares know no locks


def _stands(lock: TextIO, place: Path) -> bool:
    """Return whether an open file is still the one of its name."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), place.stat())
    except FileNotFoundError:
        return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return "?"


def _in_use(place: Path) -> Problem:
    """Return who has a folder and since when, as far as they could say it."""
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        since = dt.datetime.fromisoformat(told["since"]).astimezone(JST)
        who = (f"{told['user']}@{told['host']}", told["process"], f"{since:%Y-%m-%d %H:%M}")
    except (OSError, ValueError, KeyError, TypeError):
        who = ("?", "?", "?")
    name, process, moment = who
    message = Text(
        f"ほかの計算が使っています（{name}、プロセス {process}、{moment} から）",
        f"another computation uses it ({name}, process {process}, since {moment} JST)",
    )
    hint = Text("終わるのを待つか、別のフォルダを選んでください", "wait until it ends, or choose another folder")
    return error("out.in_use", str(place.parent), message, hint)
