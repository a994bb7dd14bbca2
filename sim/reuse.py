"""Owns what runs of one process share: results of slow steps, keyed by the digests of what they were computed from."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from geodata.units import Float32Array

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
TravelColumns = dict[tuple[float, float], Float32Array]
"""Target (x, y) [m] → minutes by cell, shape (C,)."""


class Shelf(Protocol):
    """Where travel times outlive the process; this package touches no files itself."""

    def find(self, key: str) -> TravelColumns:
        """Return the columns of a key; empty where nothing is known."""
        ...

    def keep(self, key: str, columns: TravelColumns) -> None:
        """Keep the columns of a key."""
        ...


class Reuse:
    """
    Memory of computed arrays, least recently used first out.

    A key is a digest of everything a value depends on (layers, request, parameters), so a hit is always right, and a
    scenario that touches only facilities finds its travel times here. With a `shelf`, those of earlier processes too.
    """

    def __init__(self, max_entries: int = 512, shelf: Shelf | None = None) -> None:
        self.shelf = shelf
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

    def travel_columns(self, key: str) -> tuple[TravelColumns, bool]:
        """Return the columns of a key, to be added to in place, and whether any were known."""
        columns, known = self.get(key, lambda: {} if self.shelf is None else self.shelf.find(key))
        return columns, known or bool(columns)

    def keep_travel(self, key: str, columns: TravelColumns) -> None:
        """Put columns on the shelf, where there is one."""
        if self.shelf is not None:
            self.shelf.keep(key, columns)


PROCESS_REUSE = Reuse()
"""The memory that runs of this process share unless they are given their own."""
