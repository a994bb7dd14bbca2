"""Owns how often somebody may try to log in: counted by address and by name, in bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import TYPE_CHECKING

from app.access.users import spelled

if TYPE_CHECKING:
    from collections.abc import Callable

SPAN_S = 300.0
MOST_PAIR, MOST_ADDRESS, MOST_NAME = 5, 30, 60
"""
Failures within `SPAN_S` of one name from one address, of an address, of a name from anywhere.

The last is high, so that nobody can lock a colleague out by typing the name wrong a few times.
"""
KEPT = 4_096
"""Entries of each count; the oldest go first."""
_IPV6_PREFIX = 64


class Count:
    """Events by key within a span of time."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self.most = most
        self._clock = clock
        self._found: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def add(self, key: str) -> None:
        """Count one more."""
        begun, n = self._current(key)
        self._found[key] = (begun, n + 1)
        self._found.move_to_end(key)
        while len(self._found) > KEPT:
            self._found.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Count one less."""
        begun, n = self._current(key)
        if n <= 1:
            self._found.pop(key, None)
        else:
            self._found[key] = (begun, n - 1)

    def wait_s(self, key: str) -> float:
        """Return how long the key has to wait."""
        begun, n = self._current(key)
        return max(begun + SPAN_S - self._clock(), 0.0) if n >= self.most else 0.0

    def _current(self, key: str) -> tuple[float, int]:
        moment = self._clock()
        begun, n = self._found.get(key, (moment, 0))
        return (moment, 0) if moment - begun >= SPAN_S else (begun, n)

    def __len__(self) -> int:
        return len(self._found)


class Attempts:
    """
    Attempts to log in.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = Lock()
        self.pairs, self.addresses, self.names = (Count(n, clock) for n in (MOST_PAIR, MOST_ADDRESS, MOST_NAME))

    def begin(self, address: str, name: str) -> float:
        """Count an attempt before it is checked; return how many seconds it has to wait instead, 0 if it may go on."""
        with self._lock:
            entries = self._entries(address, name)
            wait = max(count.wait_s(key) for count, key in entries)
            if not wait:
                for count, key in entries:
                    count.add(key)
            return wait

    def succeed(self, address: str, name: str) -> None:
        """Take an attempt back: it was the right password."""
        with self._lock:
            for count, key in self._entries(address, name):
                count.take_back(key)

    def _entries(self, address: str, name: str) -> tuple[tuple[Count, str], ...]:
        # as the file of users finds it, else ｔａｒｏ and taro would have tries of their own
        place, who = customer_of(address), spelled(name).casefold()[:64]
        return (self.pairs, f"{place}\0{who}"), (self.addresses, place), (self.names, who)


def customer_of(address: str) -> str:
    """Return what one customer of a network can have of an address: one of IPv4, the upper half of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(int(found) >> _IPV6_PREFIX)
    return str(getattr(found, "ipv4_mapped", None) or found)
