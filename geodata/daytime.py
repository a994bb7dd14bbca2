"""Owns DaytimePopulation: who is there at noon, and who commutes in; optional beside residents."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.frozen import freeze, require_lengths
from geodata.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DaytimePopulation:
    """
    People by day, on the cells of the city.

    `persons` (C,): daytime population [persons]; NaN = no data. `inflow` (C,): those of them who commute in from
    elsewhere [persons]; NaN = no data. `year`: of the survey.
    """

    persons: FloatArray
    inflow: FloatArray
    year: int

    def __post_init__(self) -> None:
        require_lengths("daytime", len(self.persons), inflow=self.inflow)
        freeze(self)
