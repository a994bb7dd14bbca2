"""Owns Facilities: places people go to, with kind, capacity, opening hours and how well they are located."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geodata.frozen import freeze, require_lengths
from geodata.units import BoolArray, FloatArray, IntArray, StrArray


class FacilityKind(StrEnum):
    """The kinds that models ask for by name; a city may hold others."""

    CLINIC = "clinic"
    HOSPITAL = "hospital"
    CITY_OFFICE = "city_office"
    BRANCH_OFFICE = "branch_office"
    COMMUNITY_CENTRE = "community_centre"
    ELEMENTARY_SCHOOL = "elementary_school"
    JUNIOR_HIGH_SCHOOL = "junior_high_school"
    HIGH_SCHOOL = "high_school"
    LARGE_WORKPLACE = "large_workplace"
    DOCTOR_CAR_BASE = "doctor_car_base"
    SHOP = "shop"
    WELFARE = "welfare"
    SHELTER = "shelter"
    STATION_FRONT = "station_front"
    PARK_OR_SPORTS = "park_or_sports"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Facilities:
    """
    Facilities of a city; one row is one institution of one kind.

    Parameters
    ----------
    facility_id, name, kind
        facility → unique id, name, kind, shape (F,).
    lonlat, xy
        facility → position [degrees], [m], shape (F, 2).
    position_error_m
        facility → radius within which the true place lies [m]; 0 = surveyed, NaN = unknown, shape (F,).
    capacity
        facility → supply (weekly consultation hours, seats…); NaN = not known, shape (F,).
    open_to_public
        facility → False for in-house clinics and the like, shape (F,).
    specialty
        facility → departments or flags, free text, "" = not known, shape (F,).
    hazards
        facility → hazards a shelter is designated for, codes joined by "|", "" otherwise, shape (F,).
    source_id, status
        facility → its source and how sure its row is, shape (F,).
    hours_facility, hours_days, hours_start_s, hours_end_s
        opening row → facility index; bit mask of days (bit 0 Monday … 6 Sunday, 7 holiday); open and close [s],
        shape (H,). A facility without rows has no known hours.
    """

    facility_id: StrArray
    name: StrArray
    kind: StrArray
    lonlat: FloatArray
    xy: FloatArray
    position_error_m: FloatArray
    capacity: FloatArray
    open_to_public: BoolArray
    specialty: StrArray
    hazards: StrArray
    source_id: StrArray
    status: StrArray
    hours_facility: IntArray
    hours_days: IntArray
    hours_start_s: IntArray
    hours_end_s: IntArray

    def __post_init__(self) -> None:
        require_lengths(
            "facilities",
            len(self.facility_id),
            name=self.name,
            kind=self.kind,
            lonlat=self.lonlat,
            xy=self.xy,
            position_error_m=self.position_error_m,
            capacity=self.capacity,
            open_to_public=self.open_to_public,
            specialty=self.specialty,
            hazards=self.hazards,
            source_id=self.source_id,
            status=self.status,
        )
        freeze(self)

    @property
    def n_facilities(self) -> int:
        """Number of facilities."""
        return len(self.facility_id)

    def of_kind(self, *kinds: str) -> IntArray:
        """Return the indices of facilities of the given kinds, in order."""
        return np.flatnonzero(np.isin(self.kind, kinds)).astype(np.int32)
