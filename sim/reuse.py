"""
Owns what runs of one process share: results of slow steps, keyed by the digests of what they were computed from.

Two kinds of memory. A *value* has a key its maker can name beforehand (targets, radii, request). A *trace* notes what a
computation really read of its city, and holds again for every city where just those readings are the same.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, fields, is_dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from sim.bounded import Bounded
from sim.travel_memory import TravelMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sim.shelved import Columns, Pack, StepShelf
    from sim.travel_memory import Point, Shelf, TravelColumns, Variant

T = TypeVar("T")

MAX_ENTRIES = 8_192
MAX_BYTES = 512 * 2**20
MAX_HEAVY_BYTES = 768 * 2**20
"""For prepared searches alone, so that a few of them never push out thousands of small results."""
MAX_TRACES = 64
"""Traces kept of one step: as many variants of a city are told apart."""
_PLAIN_BYTES = 64
_ROW_BYTES = 500
_SCALARS = (str, int, float, bool, type(None))
_PLAIN = frozenset(_SCALARS)
_MOST_MEASURED = 64
"""Things of one kind whose sizes are added up one by one; of more, as many are measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Many small values without arrays; need not be looked through."""

    rows: Any

    @property
    def nbytes(self) -> int:
        """About how many bytes they take."""
        return _ROW_BYTES * len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Recalled:
    """
    Answer of the memory to one step.

    `found`: a trace holds, and `value` is its value. `reads`: names of what that trace read. `differs`: where nothing
    was found, the readings in which the most similar earlier trace differs; empty = never computed before.
    """

    found: bool
    value: Any = None
    reads: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


class _Traces:
    """What one step read whenever it was computed; `names`: sets of readings that occur → how often."""

    __slots__ = ("names", "reads")

    def __init__(self) -> None:
        self.reads: OrderedDict[str, Mapping[str, str]] = OrderedDict()
        self.names: Counter[tuple[str, ...]] = Counter()

    def note(self, step: str, reads: Mapping[str, str]) -> str:
        """Note what was read, and return the key of the value; of very many the oldest are forgotten."""
        names = tuple(sorted(reads))
        key = step + spell(names, reads.__getitem__)
        if key not in self.reads:
            self.names[names] += 1
        self.reads[key] = dict(reads)
        self.reads.move_to_end(key)
        while len(self.reads) > MAX_TRACES:
            gone = tuple(sorted(self.reads.popitem(last=False)[1]))
            self.names[gone] -= 1
            if not self.names[gone]:
                del self.names[gone]
        return key


def spell(names: Sequence[str], digest_of_read: Callable[[str], str]) -> str:
    """Return a set of readings, in order, with what they are in a city: what makes the key of a step's value."""
    return "/" + "/".join([f"{name}={digest_of_read(name)}" for name in names])


class Reuse:
    """
    Memory of computed values, least recently used first out, bounded by number and by size.

    A key is a digest of everything a value depends on (layers, request, parameters), so a hit is always right, and a
    scenario that touches only facilities finds its travel times here. With a `shelf`, those of earlier processes too,
    and with `steps` what they worked out from them.
    """

    def __init__(
        self,
        max_entries: int = MAX_ENTRIES,
        shelf: Shelf | None = None,
        *,
        steps: StepShelf | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.steps = steps
        self._travel = TravelMemory(shelf)
        self._values = Bounded(max_entries, max_bytes)
        self._heavy = Bounded(max_entries, MAX_HEAVY_BYTES)
        self._traces: OrderedDict[str, _Traces] = OrderedDict()
        self._max_entries = max_entries
        self._lock = RLock()

    def find(self, key: str) -> Any | None:
        """Return the value of a key, or None."""
        return self._values.find(key)

    def keep(self, key: str, value: Any) -> None:
        """Remember a value, its arrays made read-only; the oldest ones make room."""
        if not isinstance(value, Rows):
            seal(value)
        self._values.keep(key, value, size_of(value))

    def get(self, key: str, compute: Callable[[], T]) -> tuple[T, bool]:
        """Return (value, whether it was known), computing it where needed."""
        known = self.find(key)
        if known is not None:
            return cast("T", known), True
        value = compute()
        self.keep(key, value)
        return value, False

    def prepared(self, key: str, compute: Callable[[], T], size: Callable[[T], int]) -> tuple[T, bool]:
        """Return (a large value that is handed to compiled code as it is, whether it was known)."""
        known = self._heavy.find(key)
        if known is not None:
            return cast("T", known), True
        value = compute()
        self._heavy.keep(key, value, size(value))
        return value, False

    # ---------------------------------------------------------------- traces

    def recall(
        self,
        step: str,
        digest_of_read: Callable[[str], str],
        spelled: Callable[[tuple[str, ...]], str] | None = None,
    ) -> Recalled:
        """
        Return what is known of a step in a city.

        Parameters
        ----------
        step
            Digest of what is computed and of everything it gets that is no reading (settings, arguments).
        digest_of_read
            Name of a reading → its digest in the city at hand.
        spelled
            `spell` for that city, where somebody remembers it: hundreds of steps read the same.
        """
        known = self._held(step, spelled or (lambda names: spell(names, digest_of_read)))
        if known is not None:
            return known
        with self._lock:
            traces = self._traces.get(step)
            earlier = [] if traces is None else list(traces.reads.values())
        nearest: tuple[str, ...] = ()
        for reads in reversed(earlier):
            differs = tuple(name for name, digest in reads.items() if digest_of_read(name) != digest)
            if differs and (not nearest or len(differs) < len(nearest)):
                nearest = differs
            if len(nearest) == 1:
                break
        return Recalled(False, differs=nearest)

    def _held(self, step: str, spelled: Callable[[tuple[str, ...]], str]) -> Recalled | None:
        """Return the value of a step whose readings are the same now, or None: one look for each set of readings."""
        with self._lock:
            traces = self._traces.get(step)
            if traces is None:
                return None
            self._traces.move_to_end(step)
            sets = list(traces.names)
        for names in sets:
            key = step + spelled(names)
            reads, held = traces.reads.get(key), self.find(key)
            if reads is not None and held is not None:
                return Recalled(True, held.rows if isinstance(held, Rows) else held[0], tuple(reads))
        return None

    def memorize(self, step: str, reads: Mapping[str, str], value: Any, *, plain: bool = False) -> None:
        """Remember the value of a step together with what it read: name → digest; `plain`: a tuple of rows."""
        with self._lock:
            key = self._traces.setdefault(step, _Traces()).note(step, reads)
            while len(self._traces) > self._max_entries:
                self._traces.popitem(last=False)
        self.keep(key, Rows(value) if plain else (value,))

    def fetch(self, step: str, digest_of_read: Callable[[str], str], pack: Pack) -> Recalled:
        """Return what an earlier process knew of a step, which is known from now on."""
        found = None if self.steps is None else self.steps.find(step, digest_of_read)
        if found is None:
            return Recalled(False)
        reads, value = found[0], pack.value_of(found[1])
        self.memorize(step, reads, value)
        return Recalled(True, value, tuple(reads))

    def shelve(self, step: str, reads: Mapping[str, str], columns: Columns) -> None:
        """Keep a step for later processes, where there is a shelf."""
        if self.steps is not None:
            self.steps.keep(step, reads, columns)

    # ---------------------------------------------------------------- travel times

    def travel_columns(self, key: str, points: Iterable[Point]) -> TravelColumns:
        """Return the columns of a key that are known among those of some places."""
        return self._travel.find(key, points)

    def knows_travel(self, key: str) -> bool:
        """Tell whether any column of a key has been known."""
        return self._travel.knows(key)

    def travel_variants(self, question: str) -> tuple[Variant, ...]:
        """Return how a question was asked under other on-demand rides, the first one first."""
        return self._travel.variants(question)

    def note_variant(self, question: str, variant: Variant) -> None:
        """Remember that a question was asked under certain on-demand rides."""
        self._travel.note(question, variant)

    def keep_travel(self, key: str, columns: TravelColumns) -> None:
        """Keep further columns of a key, on the shelf too where there is one."""
        self._travel.keep(key, columns)


_NAMES: dict[type, tuple[str, ...]] = {}


def _part_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass, looked up once; of any other class none."""
    known = _NAMES.get(kind)
    if known is None:
        known = _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return known


def seal(value: Any) -> None:
    """Make the arrays of a value read-only: many runs will look at them."""
    kind: type = type(value)
    if kind in _PLAIN:
        return
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, (list, tuple)):
        if not _PLAIN.issuperset(map(type, value)):
            for item in value:
                seal(item)
    elif isinstance(value, dict):
        if not _PLAIN.issuperset(map(type, value.values())):
            for item in value.values():
                seal(item)
    else:
        for name in _part_names(kind):
            seal(getattr(value, name))


def size_of(value: Any) -> int:
    """
    Return about how many bytes a value takes; an object may tell by `nbytes`.

    Long rows of things of one kind are told by an even sample of them.
    """
    kind: type = type(value)
    if kind in _PLAIN:
        return _PLAIN_BYTES
    if isinstance(value, (list, tuple)):
        return _PLAIN_BYTES + _size_of_all(value)
    if isinstance(value, dict):
        return _PLAIN_BYTES + _PLAIN_BYTES * len(value) + _size_of_all(list(value.values()))
    if isinstance(value, _SCALARS):
        return _PLAIN_BYTES
    told = getattr(value, "nbytes", None)
    if isinstance(told, (int, np.integer)):
        return int(told) + _PLAIN_BYTES
    return _PLAIN_BYTES + sum([size_of(getattr(value, name)) for name in _part_names(kind)])


def _size_of_all(items: Sequence[Any]) -> int:
    kinds = set(map(type, items))
    if _PLAIN.issuperset(kinds):
        return _PLAIN_BYTES * len(items)
    if len(items) <= _MOST_MEASURED or len(kinds) > 1 or np.ndarray in kinds:
        return sum(map(size_of, items))
    sample = items[:: -(-len(items) // _MOST_MEASURED)]
    return sum(map(size_of, sample)) * len(items) // len(sample)


PROCESS_REUSE = Reuse()
"""The memory that runs of this process share unless they are given their own."""
