"""Owns what runs of one process share: results of slow steps, keyed by the digests of what they were computed from."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Reuse:
    """
    Memory of computed arrays, least recently used first out.

    A key is a digest of everything a value depends on (layers, request, parameters), so a hit is always right, and a
    scenario that touches only facilities finds its travel times here.
    """

    def __init__(self, max_entries: int = 512) -> None:
        self._entries: OrderedDict[str, Any] = OrderedDict()
        self._max_entries = max_entries
        self._lock = RLock()

    def find(self, key: str) -> Any | None:
        """Return the value of a key, or None."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key]

    def keep(self, key: str, value: Any) -> None:
        """Remember a value; the oldest one makes room."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    def get(self, key: str, compute: Callable[[], T]) -> tuple[T, bool]:
        """Return (value, whether it was known), computing it where needed."""
        known = self.find(key)
        if known is not None:
            return cast("T", known), True
        value = compute()
        self.keep(key, value)
        return value, False


PROCESS_REUSE = Reuse()
"""The memory that runs of this process share unless they are given their own."""
