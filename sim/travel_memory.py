"""Owns the travel times that runs of one process share, column by column, and their way from and to a shelf."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from geodata.units import Float32Array
from sim.bounded import Bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Point = tuple[float, float]
TravelColumns = dict[Point, Float32Array]
"""Target (x, y) [m] → minutes by cell, shape (C,)."""

MAX_COLUMNS = 1 << 17
MAX_COLUMN_BYTES = 384 * 2**20
MAX_VARIANTS = 4
"""Variants of on-demand rides whose columns of one question may be mended for another."""
MAX_KEYS = 4_096
"""Questions whose columns on the shelf are known by name."""


class Shelf(Protocol):
    """Where travel times outlive the process; this package touches no files itself."""

    def find(self, key: str) -> TravelColumns:
        """Return the columns of a key; empty where nothing is known."""
        ...

    def keep(self, key: str, columns: TravelColumns) -> None:
        """Keep further columns of a key."""
        ...


class Variant(NamedTuple):
    """
    One question under certain on-demand rides.

    `key`: of its columns. `drawn`: whether rides differ between draws. `areas`: digest of all a service does for a
    traveller → where it takes people.
    """

    key: str
    drawn: bool
    areas: Mapping[str, Any]


class TravelMemory:
    """
    Columns by question and place, each held for itself.

    Thousands of scenarios each ask for a place of their own beside the hundreds that all of them have: theirs make
    room, those of all stay. The shelf is read once for a question, and again only for columns it is known to hold.

    Parameters
    ----------
    shelf
        Where columns outlive the process; None = nowhere.
    """

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = shelf
        self._columns = Bounded(MAX_COLUMNS, MAX_COLUMN_BYTES)
        self._on_shelf: OrderedDict[str, set[Point]] = OrderedDict()
        self._asked: OrderedDict[str, None] = OrderedDict()
        self._variants: OrderedDict[str, tuple[Variant, ...]] = OrderedDict()
        self._lock = RLock()

    def find(self, key: str, points: Iterable[Point]) -> TravelColumns:
        """Return the columns of a question that are known among those of some places."""
        wanted = list(dict.fromkeys(points))
        found = {point: column for point in wanted if (column := self._columns.find((key, point))) is not None}
        missing = [point for point in wanted if point not in found]
        if missing and self._shelf is not None:
            shelved = self._on_shelf.get(key)
            if shelved is None or not shelved.isdisjoint(missing):
                held = self._shelf.find(key)
                if held:
                    with self._lock:
                        self._on_shelf[key] = set(held)
                        _trim(self._on_shelf)
                more = {point: held[point] for point in missing if point in held}
                self._hold(key, more)
                found |= more
        return found

    def knows(self, key: str) -> bool:
        """Tell whether any column of a question has been known."""
        return key in self._asked or bool(self._on_shelf.get(key))

    def keep(self, key: str, columns: TravelColumns) -> None:
        """Keep columns, on the shelf too where there is one."""
        self._hold(key, columns)
        if self._shelf is not None:
            self._shelf.keep(key, columns)

    def variants(self, question: str) -> tuple[Variant, ...]:
        """Return the variants of a question that were asked, the first one first: most often the baseline's."""
        return self._variants.get(question, ())

    def note(self, question: str, variant: Variant) -> None:
        """Remember that a variant of a question was asked; the first one stays, of the others the last ones."""
        with self._lock:
            known = self._variants.get(question, ())
            if all(one.key != variant.key for one in known):
                self._variants[question] = (*known[:1], *known[1:][2 - MAX_VARIANTS :], variant)
                _trim(self._variants)

    def _hold(self, key: str, columns: TravelColumns) -> None:
        for point, column in columns.items():
            column.flags.writeable = False
            self._columns.keep((key, point), column, column.nbytes)
        if columns:
            with self._lock:
                self._asked[key] = None
                _trim(self._asked)


def _trim(held: OrderedDict[str, Any]) -> None:
    while len(held) > MAX_KEYS:
        held.popitem(last=False)
