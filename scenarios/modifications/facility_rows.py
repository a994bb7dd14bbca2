"""Owns finding facilities: by id or name, and in which district they stand; and which of them are medical."""

from __future__ import annotations

import numpy as np

from geodata.city import City
from geodata.facilities import FacilityKind
from geodata.units import IntArray
from scenarios.modifications.base import ModificationBase, Names, Notes
from scenarios.modifications.placing import nearest_cell
from scenarios.modifications.selecting import find_rows, refuse_unknown

MEDICAL = (FacilityKind.CLINIC, FacilityKind.HOSPITAL)


def district_of(city: City) -> IntArray:
    """Return facility → district of the nearest cell, −1 where there is none, shape (F,)."""
    cell, _ = nearest_cell(city, city.facilities.xy)
    return np.append(city.population.district, np.int32(-1))[cell]


def named_facilities(city: City, mod: ModificationBase, wanted: Names, notes: Notes) -> IntArray:
    """Return the facilities of some ids or names, ascending; those nobody knows are refused where they are written."""
    facilities = city.facilities
    found: list[int] = []
    for number, name in enumerate(wanted):
        rows = find_rows(name, facilities.facility_id, facilities.name)
        if not len(rows):
            known = [*facilities.name.tolist(), *facilities.facility_id.tolist()]
            refuse_unknown(notes, mod, f"ids[{number}]", "facility", name, known)
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)
