"""Owns waiting for one's turn: what takes seconds is done one at a time, and few threads of the server wait for it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from app.access.refusals import RefusedError, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_WAITING = 2
"""Of one turnstile: each holds a thread of the server, and phones and pages need the others."""
COME_AGAIN_S = 30.0
_UNAVAILABLE = 503


class Turnstile:
    """
    Lets one in at a time.

    Parameters
    ----------
    most_waiting
        How many may wait; who comes then is told to come again.
    """

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most = most_waiting + 1
        self._here = 0
        self._count = Lock()
        self._turn = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """
        Wait for one's turn, and keep it for the block.

        Raises
        ------
        RefusedError
            503, in words, where too many wait already.
        """
        with self._count:
            if self._here >= self._most:
                raise RefusedError(_UNAVAILABLE, in_words("refused_busy"), COME_AGAIN_S)
            self._here += 1
        try:
            with self._turn:
                yield
        finally:
            with self._count:
                self._here -= 1
