"""
Owns giving back memory that is free: what nobody uses any more leaves the process, not only its objects.

The C library of Linux keeps an arena of free pieces for each of many threads and returns little of them. A server of
sixteen threads then grows for hours although it holds no more than before. Elsewhere nothing is done.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import time
from threading import Thread

ARENAS = 2
"""Threads take turns in Python anyway, so that few arenas make nobody wait."""
EVERY_S = 60.0
_M_ARENA_MAX = -8  # malloc.h


def share_arenas() -> bool:
    """Let all threads take memory from a few arenas, before there are any; return whether it was possible."""
    library = _c_library()
    return library is not None and bool(library.mallopt(_M_ARENA_MAX, ARENAS))


def give_back() -> None:
    """Return free memory to the system, where the C library can."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


def give_back_often() -> None:
    """Return free memory every minute, from a thread that ends with the process."""

    def work() -> None:
        while True:
            time.sleep(EVERY_S)
            give_back()

    if _c_library() is not None:
        Thread(target=work, daemon=True, name="spare memory").start()


def _c_library() -> ctypes.CDLL | None:
    """Return the C library where it is glibc."""
    if sys.platform != "linux":
        return None
    with contextlib.suppress(OSError):
        library = ctypes.CDLL("libc.so.6")
        if hasattr(library, "mallopt") and hasattr(library, "malloc_trim"):
            return library
    return None
