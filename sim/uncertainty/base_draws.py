"""Owns the columns of the baseline under one evaluation: computed when asked for, told apart by what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.digest import digest_of
from sim.base_columns import BASE_PREFIX, DigestedColumns
from sim.cell_table import CELL_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.units import FloatArray
    from sim.context import RunContext

Digests = dict[int, tuple["FloatArray", str]]
"""Identity of a column → the column itself, so that no other comes to bear its number, and its digest."""


class BaseColumns(DigestedColumns):
    """
    Columns of the baseline under the same draw, each computed when it is first asked for.

    `digests`: those of columns seen before, which evaluations share; most draws leave the columns as they were.
    `reads`: names of what the columns asked for so far read of the baseline.
    """

    def __init__(self, context: RunContext, digests: Digests) -> None:
        self.context = context
        self._digests = digests
        self._known: dict[str, FloatArray] = {}
        self.reads: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self._known:
            if name not in CELL_STEPS or not name.startswith(BASE_PREFIX):
                raise KeyError(name)
            compute, context = CELL_STEPS[name], self.context
            column, reads = context.watched(lambda: context.step("column", name, lambda: compute(context)))
            self._known[name], self.reads = column, self.reads | context.spelled_out(reads)
        return self._known[name]

    def take_over(self, before: BaseColumns) -> None:
        """Take the columns of another evaluation that no setting in which they differ touches."""
        self._known, self.reads = dict(before._known), before.reads

    def digest(self, name: str) -> str:
        """Return the digest of a column, worked out once for as long as the memory hands out the same one."""
        column = self.get(name)
        if column is None:
            return digest_of(None)
        if id(column) not in self._digests:
            self._digests[id(column)] = column, digest_of(column)
        return self._digests[id(column)][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name in CELL_STEPS if name.startswith(BASE_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)
