"""Owns how much may come in a while: per phone, and from all of them."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

from app.features.workshop.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW_S = 60
MOST_BY_PHONE = 30
MOST_BY_ALL = 1_500
"""Fifty phones at their own limit."""


class Pace:
    """
    Counts posts of the last minute, in memory only.

    Parameters
    ----------
    by_phone, by_all
        Most posts in a window [count].
    clock
        Seconds that never go back.
    """

    def __init__(
        self, by_phone: int = MOST_BY_PHONE, by_all: int = MOST_BY_ALL, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = {True: by_phone, False: by_all}
        self._clock = clock
        self._lock = Lock()
        self._seen: dict[str, deque[float]] = {}

    def take(self, workshop_id: str, phone: str, posts: int) -> None:
        """
        Count posts of a phone; all or none.

        Raises
        ------
        Refusal
            ``busy``, with the seconds after which they may come again.
        """
        now = self._clock()
        with self._lock:
            self._forget(now)
            lines = {f"{workshop_id}/{phone}": True, workshop_id: False}
            for key, own in lines.items():
                seen = self._seen.get(key, ())
                if len(seen) + posts > self._most[own]:
                    oldest = seen[0] if seen else now
                    raise Refusal("busy", wait_s=max(1, round(oldest + WINDOW_S - now)))
            for key in lines:
                self._seen.setdefault(key, deque()).extend([now] * posts)

    def _forget(self, now: float) -> None:
        for key in list(self._seen):
            seen = self._seen[key]
            while seen and seen[0] <= now - WINDOW_S:
                seen.popleft()
            if not seen:
                del self._seen[key]
