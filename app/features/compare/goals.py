"""Owns where people want to get to from a place: kinds of facilities that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.facilities import FacilityKind

if TYPE_CHECKING:
    from geodata.city import City

GOALS: dict[str, tuple[str, ...]] = {
    "clinic": (FacilityKind.CLINIC, FacilityKind.HOSPITAL),
    "hospital": (FacilityKind.HOSPITAL,),
    "office": (FacilityKind.CITY_OFFICE, FacilityKind.BRANCH_OFFICE),
    "station": (FacilityKind.STATION_FRONT,),
    "school": (FacilityKind.ELEMENTARY_SCHOOL, FacilityKind.JUNIOR_HIGH_SCHOOL),
    "high_school": (FacilityKind.HIGH_SCHOOL,),
    "community": (FacilityKind.COMMUNITY_CENTRE,),
    "shop": (FacilityKind.SHOP,),
}
"""Name of a goal → kinds of facilities; its words are ``goal_…``."""
CARE = frozenset({"clinic", "hospital"})
"""Goals that a run with 仮定の閉院 tells by district only."""


def goals_of(city: City) -> list[str]:
    """Return the goals of which a city holds any place."""
    kinds = set(city.facilities.kind.tolist())
    return [name for name, of in GOALS.items() if kinds & set(of)]
