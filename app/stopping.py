"""Owns the end of the web server: asked to stop, it answers what it has begun, so that all know what was saved."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

HANDING_OVER_S = 2.0
_NAP_S = 0.01


def leave_when_asked() -> None:
    """Let a service manager's SIGTERM end the server as Ctrl-C does; other threads than the first cannot ask for it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _leave)


def hand_over(channels: Mapping[int, Any]) -> None:
    """
    Send answers that were ready when the server stopped listening.

    Parameters
    ----------
    channels
        Of the server, as it was given them: who has not got all of an answer can still be written to.
    """
    until = time.monotonic() + HANDING_OVER_S
    while time.monotonic() < until:
        left = [one for one in list(channels.values()) if getattr(one, "total_outbufs_len", 0) and one.connected]
        if not left:
            return
        for one in left:
            with suppress(OSError):
                one.handle_write()
        time.sleep(_NAP_S)


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)
