"""Owns what steps look like that outlive the process: a value as named columns, and the shelf they are kept on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geodata.units import FloatArray

Columns = dict[str, "FloatArray"]


class Pack(NamedTuple):
    """How a value becomes columns, and is made of them again, bit for bit."""

    columns_of: Callable[[Any], Columns]
    value_of: Callable[[Columns], Any]


class StepShelf(Protocol):
    """Where steps outlive the process; this package touches no files itself."""

    def find(self, step: str, digest_of_read: Callable[[str], str]) -> tuple[dict[str, str], Columns] | None:
        """Return what a step read (name → digest) and its columns, where all of that is the same now."""
        ...

    def keep(self, step: str, reads: Mapping[str, str], columns: Columns) -> None:
        """Keep the columns of a step beside those it has under other readings."""
        ...
