"""Owns what a build finds on its way, layer by layer: files, counts, repairs, problems."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from geodata.errors import DataError, Problem, Severity
from geodata.readers.archive import unreadable_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from geodata.reading import FileRecord, Reading

T = TypeVar("T")


@dataclass
class LayerFindings:
    """Findings of one layer while a build goes on."""

    problems: list[Problem] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    counts_in: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        *,
        problems: Iterable[Problem] = (),
        files: Iterable[FileRecord] = (),
        counts: Mapping[str, int] | None = None,
        repairs: Mapping[str, int] | None = None,
    ) -> None:
        """Add findings; equal repairs add up, a later count of the same name stands."""
        self.problems += problems
        self.files += files
        self.counts |= counts or {}
        for code, count in (repairs or {}).items():
            self.repairs[code] = self.repairs.get(code, 0) + count


class Findings:
    """All findings of one build; errors are kept, so that one report names those of every layer."""

    def __init__(self) -> None:
        self.layers: dict[str, LayerFindings] = {}
        self.seconds: dict[str, float] = {}

    def of(self, layer: str) -> LayerFindings:
        """Return the findings of a layer, to be added to."""
        return self.layers.setdefault(layer, LayerFindings())

    def read(self, layer: str, call: Callable[[], T]) -> T | None:
        """Return what `call` makes; None if it refuses, with its problems kept."""
        try:
            return call()
        except DataError as exc:
            self.of(layer).add(problems=exc.problems)
        except OSError as exc:  # vanished while it was read, forbidden, on a disk that fails
            self.of(layer).add(problems=[unreadable_input(exc, layer)])
        return None

    def take(self, layer: str, call: Callable[[], Reading[T]]) -> T | None:
        """Return the value of a reading, its findings kept; None if it refuses."""
        reading = self.read(layer, call)
        if reading is None:
            return None
        self.of(layer).add(
            problems=reading.problems, files=reading.files, counts=reading.counts, repairs=reading.repairs
        )
        return reading.value

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note how long a stage takes [s]."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of the layers; the same one told by several layers stands once."""
        return tuple(dict.fromkeys(p for found in self.layers.values() for p in found.problems))

    @property
    def counts(self) -> dict[str, int]:
        """Counts of all layers."""
        return {name: n for found in self.layers.values() for name, n in found.counts.items()}

    @property
    def repairs(self) -> dict[str, int]:
        """Repairs of all layers, added up."""
        total: dict[str, int] = {}
        for found in self.layers.values():
            for code, count in found.repairs.items():
                total[code] = total.get(code, 0) + count
        return total

    @property
    def failed(self) -> bool:
        """Whether any layer was refused."""
        return any(p.severity is Severity.ERROR for p in self.problems)
