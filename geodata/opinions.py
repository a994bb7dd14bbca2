"""Owns Opinions: what residents said, by place and theme, without any personal field (みんなの声)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.frozen import freeze, require_lengths
from geodata.units import FloatArray, IntArray, StrArray


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """
    Opinions of a survey, one row each.

    `lonlat` (N, 2): place [degrees], NaN = not known; `place_quality` (N,): how the place was found (``point``,
    ``town``, ``district``, ``none``); `district` (N,): index into the districts of the population, −1 = none;
    `theme`, `text`, `age_group`, `date`, `source_id` (N,): as written, "" = none.
    """

    lonlat: FloatArray
    place_quality: StrArray
    district: IntArray
    theme: StrArray
    text: StrArray
    age_group: StrArray
    date: StrArray
    source_id: StrArray

    def __post_init__(self) -> None:
        columns = {n: getattr(self, n) for n in ("lonlat", "place_quality", "district", "theme", "age_group", "date")}
        require_lengths("opinions", len(self.text), source_id=self.source_id, **columns)
        freeze(self)

    @property
    def n_opinions(self) -> int:
        """Number of opinions."""
        return len(self.text)


def no_opinions() -> Opinions:
    """Return an empty table."""
    empty = np.zeros(0, dtype="<U1")
    return Opinions(
        np.zeros((0, 2)),
        empty,
        np.zeros(0, np.int32),
        empty.copy(),
        empty.copy(),
        empty.copy(),
        empty.copy(),
        empty.copy(),
    )
