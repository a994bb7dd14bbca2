"""Owns PopulationOutlook: official projections of people by cell and year (将来推計人口メッシュ)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.frozen import freeze, require_lengths
from geodata.population import AgeBand
from geodata.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PopulationOutlook:
    """
    Official estimates of residents by year on the cells of the city.

    `years` ascending, shape (Y,); `bands`: age groups, in order; `persons` (Y, C, A) [persons]; NaN = no data.
    """

    years: tuple[int, ...]
    bands: tuple[AgeBand, ...]
    persons: FloatArray

    def __post_init__(self) -> None:
        require_lengths("outlook", len(self.years), persons=self.persons)
        freeze(self)

    def total(self, year: int) -> FloatArray:
        """Return residents of all ages by cell in one of `years` [persons], shape (C,)."""
        totals: FloatArray = np.asarray(self.persons[self.years.index(year)].sum(axis=1))
        return totals
