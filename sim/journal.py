"""Owns the account of one run: per step what was found in the memory, what was computed, why, and how long it took."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

NEW = "new"
PLACES = "places"

KIND_TEXT = {
    "travel": Text("公共交通の所要時間", "travel times"),
    "prepare": Text("時刻表の準備", "preparation of the timetable"),
    "on_demand": Text("デマンド交通の模擬", "simulation of on-demand services"),
    "cover": Text("駅勢圏・カバー圏の面積", "areas of catchments"),
    "walk": Text("徒歩時間", "walks"),
    "rides": Text("バスの利用", "bus rides"),
    "fit": Text("公表値に合わせた半径", "radii fitted to the official figure"),
    "kpi": Text("評価指標", "KPIs"),
    "column": Text("メッシュの列", "columns of the cells"),
}
"""Kinds of steps that a person is told of, in the order of the account."""


@dataclass(frozen=True, slots=True)
class StepNote:
    """
    One line of the account.

    Parameters
    ----------
    kind, name
        What was done: ``kpi`` (id), ``column`` (of the table of cells), ``travel`` (walker and question),
        ``on_demand`` (service), ``cover``, ``walk``, ``prepare``, ``fit``.
    n_found, n_computed
        Values taken from the memory and computed afresh (of travel times: columns, one per place).
    because
        For computed ones, what differs from the most similar earlier computation: names of readings (see
        `sim.watching`), ``places`` = the places asked for, ``new`` = never computed under these settings.
    reads
        What the step read; empty where its key says it all.
    seconds
        Time of the step itself, steps within it apart.
    """

    kind: str
    name: str
    n_found: int
    n_computed: int
    because: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(slots=True)
class _Line:
    n_found: int = 0
    n_computed: int = 0
    because: dict[str, None] = field(default_factory=dict)
    reads: dict[str, None] = field(default_factory=dict)
    seconds: float = 0.0


class Journal:
    """
    Takes notes while a run goes on.

    What the run computed itself and found again is no reuse: a key is counted once.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], _Line] = {}
        self._counted: set[Hashable] = set()
        self._inner: list[float] = [0.0]

    @contextmanager
    def timed(self, kind: str, name: str) -> Iterator[None]:
        """Add the time within to a line, without that of timed steps inside it."""
        line = self._line(kind, name)
        self._inner.append(0.0)
        began = time.perf_counter()
        try:
            yield
        finally:
            whole = time.perf_counter() - began
            line.seconds += whole - self._inner.pop()
            self._inner[-1] += whole

    def found(self, kind: str, name: str, *keys: Hashable, reads: Iterable[str] = ()) -> None:
        """Count values that came from the memory."""
        new = set(keys) - self._counted
        if new:
            self._counted |= new
            line = self._line(kind, name)
            line.n_found += len(new)
            line.reads.update(dict.fromkeys(reads))

    def computed(
        self, kind: str, name: str, *keys: Hashable, because: Iterable[str] = (), reads: Iterable[str] = ()
    ) -> None:
        """Count values that were computed, and why."""
        self._counted.update(keys)
        line = self._line(kind, name)
        line.n_computed += len(keys)
        line.because.update(dict.fromkeys(because))
        line.reads.update(dict.fromkeys(reads))

    def notes(self) -> tuple[StepNote, ...]:
        """Return the lines in the order in which they began."""
        return tuple(
            StepNote(
                kind, name, line.n_found, line.n_computed, tuple(line.because), tuple(sorted(line.reads)), line.seconds
            )
            for (kind, name), line in self._lines.items()
            if line.n_found or line.n_computed
        )

    def _line(self, kind: str, name: str) -> _Line:
        return self._lines.setdefault((kind, name), _Line())


def reused_lines(notes: Iterable[StepNote]) -> tuple[str, ...]:
    """Return for each kind of step how much of it came from the memory, where anything did."""
    counts: dict[str, tuple[int, int]] = {}
    for note in notes:
        found, computed = counts.get(note.kind, (0, 0))
        counts[note.kind] = (found + note.n_found, computed + note.n_computed)
    return tuple(
        f"{text.ja} {counts[kind][0]}/{sum(counts[kind])}"
        for kind, text in KIND_TEXT.items()
        if kind in counts and counts[kind][0]
    )
