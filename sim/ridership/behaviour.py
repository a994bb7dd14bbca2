"""Owns how people choose in a scenario: what its suppositions about behaviour come to together."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from geodata.provenance import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.context import RunContext

MODES = ("bus", "car", "lift", "taxi", "walk")
"""Bus, own car, 家族送迎, taxi, on foot or by bicycle."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """
    What suppositions come to; neutral where the city holds none.

    Parameters
    ----------
    asc_shift_min
        Mode → minutes added to its generalised cost; negative = liked better.
    vot_factor
        Value of time over that of the parameters.
    fare_elasticity_factor, frequency_elasticity_factor, time_elasticity_factor
        Elasticities over those of the parameters.
    licence_shift
        (first age, last age or None, share added to those with a licence); later ones add up.
    status
        ``assumed`` where anything is supposed.
    """

    asc_shift_min: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(dict.fromkeys(MODES, 0.0)))
    vot_factor: float = 1.0
    fare_elasticity_factor: float = 1.0
    frequency_elasticity_factor: float = 1.0
    time_elasticity_factor: float = 1.0
    licence_shift: tuple[tuple[int, int | None, float], ...] = ()
    status: Status = Status.OBSERVED

    @property
    def neutral(self) -> bool:
        """Whether nothing is supposed."""
        return self.status is Status.OBSERVED

    def licensed(self, share: float, age: float) -> float:
        """Return the share with a licence at an age after all shifts, within 0–1."""
        added = sum(
            points for first, last, points in self.licence_shift if first <= age and (last is None or age < last + 1)
        )
        return min(1.0, max(0.0, share + added))


def behaviour(context: RunContext) -> Behaviour:
    """Return how people choose: minutes add up over suppositions, factors multiply."""
    changes = context.city.behaviour
    likings = dict.fromkeys(MODES, 0.0)
    factors = {"time_value_factor": 1.0, "fare_factor": 1.0, "frequency_factor": 1.0, "time_factor": 1.0}
    for change in changes:
        for mode, minutes in change.liking_min:
            likings[mode] += minutes
        for name in factors:
            factors[name] *= getattr(change, name)
    return Behaviour(
        asc_shift_min=MappingProxyType(likings),
        vot_factor=factors["time_value_factor"],
        fare_elasticity_factor=factors["fare_factor"],
        frequency_elasticity_factor=factors["frequency_factor"],
        time_elasticity_factor=factors["time_factor"],
        licence_shift=tuple(shift for change in changes for shift in change.licences),
        status=Status.ASSUMED if changes else Status.OBSERVED,
    )


__all__ = ["MODES", "Behaviour", "behaviour"]
