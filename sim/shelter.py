"""Owns the walk to designated shelters, by hazard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind

if TYPE_CHECKING:
    from geodata.facilities import Facilities
    from geodata.units import IntArray

HAZARDS = ("tsunami", "flood", "landslide")
"""Settings of the KPI beside the default, which takes every designated shelter."""


def shelters_for(facilities: Facilities, hazard: str) -> IntArray:
    """Return the shelters designated for a hazard; ``default`` = every designated shelter."""
    shelters = facilities.of_kind(FacilityKind.SHELTER)
    if hazard == "default":
        return shelters
    named = np.array([hazard in text.split("|") for text in facilities.hazards[shelters]], dtype=np.bool_)
    return shelters[named]
