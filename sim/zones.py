"""Owns the table of zones: people, density, coverage and facilities inside and outside 誘導区域 and hazard areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geodata.errors import Text
from geodata.facilities import FacilityKind
from sim.catchment import area_share
from sim.clinic import public_clinics
from sim.kpi.coverage import measure_catchment, measure_transit_coverage
from sim.pivot import join_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.boundaries import Zone
    from geodata.city import City
    from geodata.units import BoolArray, FloatArray
    from sim.context import RunContext
    from sim.kpi.measure import Measure

GUIDANCE: dict[str, Text] = {
    "residential_guidance": Text("居住誘導区域", "residential guidance area"),
    "urban_function": Text("都市機能誘導区域", "urban function area"),
}
HAZARDS: dict[str, Text] = {
    "flood": Text("洪水浸水想定区域", "flood area"),
    "inland_flood": Text("内水浸水想定区域", "inland flood area"),
    "landslide": Text("土砂災害警戒区域", "landslide area"),
    "tsunami": Text("津波浸水想定区域", "tsunami area"),
    "storm_surge": Text("高潮浸水想定区域", "storm surge area"),
}
ZONE_KINDS = GUIDANCE | HAZARDS
"""Kinds of zones that have sides: name in a file → name on the page."""

NEEDS_ZONES = "区域データ未登録"
PLACES: dict[str, tuple[FacilityKind, ...]] = {
    "n_clinics": (FacilityKind.CLINIC,),
    "n_hospitals": (FacilityKind.HOSPITAL,),
    "n_city_offices": (FacilityKind.CITY_OFFICE, FacilityKind.BRANCH_OFFICE),
    "n_community_centres": (FacilityKind.COMMUNITY_CENTRE,),
    "n_schools": (FacilityKind.ELEMENTARY_SCHOOL, FacilityKind.JUNIOR_HIGH_SCHOOL, FacilityKind.HIGH_SCHOOL),
    "n_welfare": (FacilityKind.WELFARE,),
    "n_shops": (FacilityKind.SHOP,),
    "n_shelters": (FacilityKind.SHELTER,),
}
"""Column → kinds of facilities that it counts; clinics are those open to the public."""

_AGES = (65, 75)
_M2_PER_HA = 10_000.0
_M2_PER_KM2 = 1_000_000.0
COLUMNS = (
    "zone_kind",
    "zone",
    "zone_en",
    "side",
    "persons",
    "persons_share",
    "persons_65plus",
    "persons_75plus",
    "area_km2",
    "persons_per_ha",
    "transit_coverage_share",
    "transit_coverage_no_assumed_share",
    "catchment_share",
    *PLACES,
    "status",
    "note",
)


def zones_of(city: City, kind: str) -> tuple[Zone, ...]:
    """Return the zones of one kind."""
    return tuple(zone for zone in city.zones if zone.kind == kind)


@dataclass(frozen=True, slots=True, eq=False)
class _Covers:
    """Cell → share served, shape (C,), None where nobody can tell; and what is said of it."""

    transit: FloatArray | None
    bare: FloatArray | None
    catchment: FloatArray | None
    note: str


def zone_table(context: RunContext) -> pd.DataFrame:
    """
    Return one row inside and one outside each kind of zone, and one inside each named zone where a kind has several.

    People are shared out by area within a cell, and coverage within a cell is taken as the same on both sides of a
    zone's edge. A city without zones has one row that says so; a kind of 誘導区域 that is missing has a row as well.

    Notes
    -----
    Inside and outside of a kind sum to all residents, all area, and all facilities.
    """
    city = context.city
    known = [kind for kind in ZONE_KINDS if zones_of(city, kind)]
    if not known:
        return pd.DataFrame([_missing("")], columns=list(COLUMNS))
    covers = _covers(context)
    rows: list[dict[str, Any]] = []
    for kind in ZONE_KINDS:
        zones = zones_of(city, kind)
        if zones:
            rows += _kind_rows(context, kind, zones, covers)
        elif kind in GUIDANCE:
            rows.append(_missing(kind))
    if not set(known) & set(HAZARDS):
        rows.append(_missing("hazard"))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _missing(kind: str) -> dict[str, Any]:
    name = ZONE_KINDS.get(kind, Text("災害の想定区域", "hazard areas") if kind else Text("", ""))
    return {"zone_kind": kind, "zone": name.ja, "zone_en": name.en, "status": "no-data", "note": NEEDS_ZONES}


def _covers(context: RunContext) -> _Covers:
    """Return coverage by the definitions of the KPIs, default settings."""
    transit = next(iter(measure_transit_coverage(context)))
    bare = next(iter(measure_transit_coverage(context.bare())))
    catchment = next(iter(measure_catchment(context)))
    setting = context.params.catchment_setting
    told = join_notes(f"駅勢圏の定義 {setting}", transit.note, transit.missing)
    return _Covers(_values(transit), _values(bare), _values(catchment), told)


def _values(measure: Measure) -> FloatArray | None:
    return None if measure.missing else measure.standard


def _kind_rows(context: RunContext, kind: str, zones: tuple[Zone, ...], covers: _Covers) -> Iterator[dict[str, Any]]:
    polygons = context.city.population.polygon_xy
    whole = np.array([zone.xy for zone in zones], dtype=object)
    inside, there = area_share(polygons, whole), _facilities_inside(context, whole)
    name = ZONE_KINDS[kind]
    yield _row(context, (kind, name, "inside"), inside, there, covers)
    outside = {column: ~found for column, found in there.items()}
    yield _row(context, (kind, name, "outside"), 1.0 - inside, outside, covers)
    if len(zones) > 1:
        for zone in zones:
            part = np.array([zone.xy], dtype=object)
            found = _facilities_inside(context, part)
            yield _row(context, (kind, zone.name, "inside"), area_share(polygons, part), found, covers)


def _facilities_inside(context: RunContext, areas: np.ndarray[Any, Any]) -> dict[str, BoolArray]:
    """Return column → whether each facility of its kinds lies in any of the areas."""
    union = shapely.union_all(areas)
    shapely.prepare(union)
    found: dict[str, BoolArray] = {}
    for column, kinds in PLACES.items():
        facilities = context.facilities(*kinds)
        xy = facilities.xy
        if column == "n_clinics":
            xy = xy[public_clinics(facilities)]
        found[column] = shapely.intersects_xy(union, xy[:, 0], xy[:, 1])
    return found


def _row(
    context: RunContext,
    what: tuple[str, Text, str],
    share: FloatArray,
    places: dict[str, BoolArray],
    covers: _Covers,
) -> dict[str, Any]:
    kind, name, side = what
    people = context.city.population
    persons, total = people.total * share, float(people.total.sum())
    area, there = float(people.area_m2 @ share), float(persons.sum())
    older = {f"persons_{age}plus": _older(people, age, share) for age in _AGES}
    return {
        "zone_kind": kind,
        "zone": name.ja,
        "zone_en": name.en,
        "side": side,
        "persons": there,
        "persons_share": there / total if total > 0 else None,
        **older,
        "area_km2": area / _M2_PER_KM2,
        "persons_per_ha": there / (area / _M2_PER_HA) if area > 0 else None,
        "transit_coverage_share": _mean(covers.transit, persons),
        "transit_coverage_no_assumed_share": _mean(covers.bare, persons),
        "catchment_share": _mean(covers.catchment, persons),
        **{column: int(found.sum()) for column, found in places.items()},
        "status": str(context.status("population", "zones", extra=(context.timetable_status(),))),
        "note": covers.note,
    }


def _older(people: Any, age: int, share: FloatArray) -> float | None:
    return float(people.at_least(age) @ share) if people.knows_age(age) else None


def _mean(values: FloatArray | None, persons: FloatArray) -> float | None:
    return None if values is None or persons.sum() <= 0 else float(values @ persons / persons.sum())
