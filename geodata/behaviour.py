"""Owns what a scenario supposes about how people choose: likings, value of time, sensitivity, licences; all assumed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BehaviourChange:
    """
    One supposition about how people choose; always 仮定.

    Parameters
    ----------
    change_id
        Which modification made it.
    liking_min
        (mode, minutes): what a mode is worth more (negative) or less on every trip, added to its generalised cost.
    time_value_factor
        Value of time over that of the parameters.
    fare_factor, frequency_factor, time_factor
        Elasticities over those of the parameters.
    licences
        (first age, last age or None, percentage points / 100 added to the share with a licence).
    """

    change_id: str
    liking_min: tuple[tuple[str, float], ...] = ()
    time_value_factor: float = 1.0
    fare_factor: float = 1.0
    frequency_factor: float = 1.0
    time_factor: float = 1.0
    licences: tuple[tuple[int, int | None, float], ...] = ()
