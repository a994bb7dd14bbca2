"""Owns the columns of a baseline that later runs tell a change from."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.units import FloatArray

BASE_PREFIX = "ride_base_"
"""How columns of cells begin that a later run reads of its baseline."""
BARE_PREFIX = "ride_base_bare_"
"""The same of the baseline without assumed lines, which a run without them reads in their place."""


class DigestedColumns(Mapping[str, "FloatArray"]):
    """Columns that know their digests."""

    @abstractmethod
    def digest(self, name: str) -> str:
        """Return the digest of a column, that of None where there is none."""


class BareColumns(Mapping[str, "FloatArray"]):
    """Columns of the baseline as a run without assumed lines reads them."""

    def __init__(self, base: Mapping[str, FloatArray]) -> None:
        self._base = base

    def __getitem__(self, name: str) -> FloatArray:
        bare = name.replace(BASE_PREFIX, BARE_PREFIX, 1)
        return self._base[bare if bare in self._base else name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._base if not name.startswith(BARE_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)
