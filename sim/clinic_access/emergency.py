"""Owns emergency care: which hospitals take emergencies, where doctor cars wait, and how far both are by car."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind
from sim.accessibility import dual_access
from sim.clinic_access.competition import drive_minutes

if TYPE_CHECKING:
    from geodata.facilities import Facilities
    from geodata.units import FloatArray, IntArray
    from sim.context import RunContext

TAKES_EMERGENCIES = ("救急", "救命")
NAMED, BY_SPECIALTY, ALL_HOSPITALS = "名称による", "診療科の記載による", "救急の受入れが未登録のため全病院（仮定）"


@dataclass(frozen=True, slots=True, eq=False)
class EmergencyPlaces:
    """Hospitals that take emergencies and bases of doctor cars, as rows of `facilities`; how we know of the former."""

    facilities: Facilities
    hospitals: IntArray
    bases: IntArray
    told_by: str


def find_emergency(context: RunContext) -> EmergencyPlaces:
    """
    Return the places of emergency care.

    Hospitals: those the parameters name; in a city without them, those whose specialty speaks of 救急 or 救命; where
    none does, every hospital, which is an assumption.
    """
    facilities = context.facilities(FacilityKind.HOSPITAL, FacilityKind.DOCTOR_CAR_BASE)
    hospitals = facilities.of_kind(FacilityKind.HOSPITAL)
    bases = facilities.of_kind(FacilityKind.DOCTOR_CAR_BASE)
    named = np.isin(facilities.name[hospitals], context.params.emergency_hospitals)
    if named.any():
        return EmergencyPlaces(facilities, hospitals[named], bases, NAMED)
    by_specialty = [any(w in text for w in TAKES_EMERGENCIES) for text in facilities.specialty[hospitals].tolist()]
    if any(by_specialty):
        return EmergencyPlaces(facilities, hospitals[np.array(by_specialty, bool)], bases, BY_SPECIALTY)
    return EmergencyPlaces(facilities, hospitals, bases, ALL_HOSPITALS)


def emergency_minutes(context: RunContext, rows: IntArray) -> FloatArray:
    """Return cell → minutes at the wheel in the peak from home to the nearest of some hospitals, shape (C,)."""
    places = find_emergency(context).facilities.xy[rows]
    return dual_access(drive_minutes(context, places, context.params.car_peak_kmh, 0.0).astype(np.float32))


def doctor_car_minutes(context: RunContext, rows: IntArray) -> FloatArray:
    """Return cell → minutes at the wheel in the peak from the nearest of some bases to the home, shape (C,)."""
    places = find_emergency(context).facilities.xy[rows]
    minutes = drive_minutes(context, places, context.params.car_peak_kmh, 0.0, outward=True)
    return dual_access(minutes.astype(np.float32))
