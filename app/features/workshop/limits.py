"""Owns how much may come in a while: per phone, from all of them, and from phones that nobody has seen before."""

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
SHARE = 6
"""Posts a minute that a phone which takes part may always send: nobody else can use up its room."""
MOST_NEW = ((WINDOW_S, 60), (3_600, 300))
"""Seconds → phones that may begin to take part from one address: a hall behind one router, but no list filled up."""
MOST_ASKED, MOST_ASKED_BY_ALL = 60, 6_000
"""Looks at one's own posts in a window."""


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
        self._by_phone, self._by_all = by_phone, by_all
        self._clock = clock
        self._lock = Lock()
        self._seen: dict[str, deque[float]] = {}
        self._new: dict[str, deque[float]] = {}

    def take(self, workshop_id: str, phone: str, posts: int, *, is_known: bool = False) -> None:
        """
        Count posts of a phone; all or none.

        Parameters
        ----------
        workshop_id, phone
            Who sends.
        posts
            How many.
        is_known
            Whether the phone takes part already: then it has its `SHARE` however much the others send.

        Raises
        ------
        Refusal
            ``busy``, with the seconds after which they may come again.
        """
        now = self._clock()
        own, every = f"{workshop_id}/{phone}", workshop_id
        with self._lock:
            _forget(self._seen, now - WINDOW_S)
            sent = len(self._seen.get(own, ()))
            if sent + posts > self._by_phone:
                raise self._busy(self._seen.get(own), now, WINDOW_S)
            has_room = len(self._seen.get(every, ())) + posts <= self._by_all
            if not has_room and not (is_known and sent + posts <= SHARE):
                raise self._busy(self._seen.get(every), now, WINDOW_S)
            for key in (own, every):
                self._seen.setdefault(key, deque()).extend([now] * posts)

    def begin(self, workshop_id: str, address: str) -> None:
        """
        Count a phone that nobody has seen before.

        Raises
        ------
        Refusal
            ``busy``, where too many came from its address.
        """
        now = self._clock()
        key = f"{workshop_id}/{address}"
        with self._lock:
            _forget(self._new, now - max(window_s for window_s, _ in MOST_NEW))
            come = self._new.get(key, deque())
            for window_s, most in MOST_NEW:
                recent = [at for at in come if at > now - window_s]
                if len(recent) >= most:
                    raise self._busy(deque(recent), now, window_s)
            self._new.setdefault(key, come).append(now)

    @staticmethod
    def _busy(seen: deque[float] | None, now: float, window_s: float) -> Refusal:
        oldest = seen[0] if seen else now
        return Refusal("busy", wait_s=max(1, round(oldest + window_s - now)))


def _forget(lines: dict[str, deque[float]], before: float) -> None:
    for key in list(lines):
        line = lines[key]
        while line and line[0] <= before:
            line.popleft()
        if not line:
            del lines[key]
