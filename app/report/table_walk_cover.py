"""Owns who lives within walking circles of stations, stops and services: what the KPIs do not tell apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from geodata.facilities import FacilityKind
from geodata.timetable import RouteClass
from sim.catchment import cover_share, stop_xy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.city import City
    from geodata.units import FloatArray

    Circles = list[tuple[FloatArray, float]]
    """Centres [m] and radius [m]."""

SERVICE_M = 800.0
"""Walking distance to services of daily life in the handbook [m]."""
ROADS = tuple(kind.value for kind in RouteClass if kind is not RouteClass.RAIL)
SERVICES: dict[str, tuple[FacilityKind, ...]] = {
    "medical": (FacilityKind.CLINIC, FacilityKind.HOSPITAL),
    "welfare": (FacilityKind.WELFARE,),
    "shop": (FacilityKind.SHOP,),
}
M2_PER_HA = 10_000.0


@dataclass(frozen=True, slots=True)
class Covered:
    """Residents within circles, of how many, and how many live there on a hectare; NaN where nobody can tell."""

    persons: float
    total: float
    per_ha: float

    @property
    def share(self) -> float:
        """Share of residents; NaN in an empty city."""
        return self.persons / self.total if self.total > 0 else math.nan


def walk_covers(city: City, station_m: float, stop_m: float) -> dict[str, Covered]:
    """
    Return what → who is covered: ``rail``, ``bus``, ``transit``, each of `SERVICES` there is, ``daily`` where all are.

    Parameters
    ----------
    city
        The city of a run.
    station_m, stop_m
        Radius around stations and around other stops [m].

    Notes
    -----
    Cells cut by a circle count by area, as in the KPIs. ``daily`` needs medical, welfare, shop and transit all at once:
    the area of an intersection follows from the areas of unions.
    """
    timetable = city.timetable
    rail: Circles = [(stop_xy(timetable, RouteClass.RAIL), station_m)]
    bus: Circles = [(stop_xy(timetable, *ROADS), stop_m)]
    circles = {"rail": rail, "bus": bus, "transit": rail + bus} if timetable.n_stops else {}
    circles |= {name: own for name, kinds in SERVICES.items() if (own := _around(city, kinds))}
    found = {name: covered(city, _union(city, own)) for name, own in circles.items()}
    needed = ("transit", *SERVICES)
    if all(name in circles for name in needed):
        found["daily"] = covered(city, shared_area(city, [circles[name] for name in needed]))
    return found


def _around(city: City, kinds: tuple[FacilityKind, ...]) -> Circles:
    facilities = city.facilities
    places = facilities.of_kind(*kinds)
    places = places[facilities.open_to_public[places]]
    return [(facilities.xy[places], SERVICE_M)] if len(places) else []


def _union(city: City, circles: Circles) -> FloatArray:
    """Return cell → share of its area within any of the circles, shape (C,)."""
    centres = np.concatenate([xy for xy, _ in circles])
    radii = np.concatenate([np.full(len(xy), radius) for xy, radius in circles])
    return cover_share(city.population.polygon_xy, centres, radii)


def shared_area(city: City, groups: Sequence[Circles]) -> FloatArray:
    """Return cell → share of its area within every group of circles, by inclusion and exclusion; shape (C,)."""
    found = np.zeros(len(city.population.polygon_xy))
    for n in range(1, len(groups) + 1):
        for chosen in combinations(groups, n):
            found += (-1) ** (n + 1) * _union(city, [circle for group in chosen for circle in group])
    return np.clip(found, 0.0, 1.0)


def covered(city: City, share: FloatArray) -> Covered:
    """Return who lives within shares of cells, and how densely."""
    people = city.population
    persons, area = float(people.total @ share), float(people.area_m2 @ share)
    return Covered(persons, float(people.total.sum()), persons / (area / M2_PER_HA) if area > 0 else math.nan)


def missing_of(found: Mapping[str, Covered]) -> list[str]:
    """Return the services of daily life that nothing is known of."""
    return [name for name in ("transit", *SERVICES) if name not in found]
