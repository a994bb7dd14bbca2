"""Owns overlays: the planner's own layers laid over a base city, and what that replaces, keeps and ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.build_checks import FAR_APART_M, nearest_m
from geodata.city import City, CityDefaults
from geodata.crs import to_plane
from geodata.errors import DataError, Problem, Severity, Text, error, warning
from geodata.former_nearest import find_former_ids
from geodata.overlay_people import lay_people
from geodata.overlay_places import lay_facilities, lay_hubs, lay_targets, lay_zones
from geodata.overlay_sources import sources_after
from geodata.overlay_timetable import lay_timetable
from geodata.reading import Reading
from geodata.streets import DetourPlane, StreetModel
from geodata.targets import Targets

if TYPE_CHECKING:
    from geodata.boundaries import Zone
    from geodata.daytime import DaytimePopulation
    from geodata.facilities import Facilities
    from geodata.opinions import Opinions
    from geodata.outlook import PopulationOutlook
    from geodata.population import PopulationCells
    from geodata.provenance import Source
    from geodata.timetable import Timetable
    from geodata.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CityParts:
    """
    What a planner's files brought: a city in which every layer may be missing.

    `epsg`: plane of every `xy` here; None = that of the base. `population` with the cells of the base stands for the
    same people fitted anew (districts, control totals); one without districts gets those of the base. `defaults`: None
    = days chosen from the timetable, if there is one. `replaces`: route classes of the base that `timetable` takes the
    place of; None = those it holds, and BRT with buses.
    """

    city_id: str
    name: Text
    epsg: int | None = None
    defaults: CityDefaults | None = None
    population: PopulationCells | None = None
    timetable: Timetable | None = None
    facilities: Facilities | None = None
    streets: StreetModel | None = None
    targets: Targets = field(default_factory=Targets)
    zones: tuple[Zone, ...] = ()
    daytime: DaytimePopulation | None = None
    outlook: PopulationOutlook | None = None
    opinions: Opinions | None = None
    sources: tuple[Source, ...] = ()
    replaces: tuple[str, ...] | None = None


def lay_over(base: City, own: CityParts) -> Reading[City]:
    """
    Return the base city with the planner's layers in place of its own.

    Own routes take the place of the base's routes of their classes, own facilities that of facilities of their kinds,
    own zones that of zones of their kinds, own figures that of figures of the same KPI, kind and year; people and
    streets are replaced whole. A layer without own files stays as it is, to the last bit. Sources of what went go too.
    Hubs stay while a stop is near, mobile offices and on-demand services always.

    Parameters
    ----------
    base
        The city to lay over; never changed.
    own
        The planner's layers.

    Returns
    -------
    reading
        The city on the base's plane, with `former_ids`; what was replaced, kept and mended as notes and warnings.

    Raises
    ------
    DataError
        If a layer lies nowhere near the base's people, or does not fit the cells.
    """
    own = _on_plane(own, base.epsg)
    _refuse_far_apart(base, own)
    problems: list[Problem] = []
    counts: dict[str, int] = {}
    layers: dict[str, Any] = {"city_id": own.city_id, "name": own.name}
    layers |= {n: v for n in ("streets", "defaults") if (v := getattr(own, n)) is not None}
    layers |= lay_people(base, own, problems, counts)
    population = layers.get("population", base.population)
    zones = lay_zones(base, own.zones, problems, counts)
    if own.facilities is not None:
        layers["facilities"] = lay_facilities(base, own.facilities, own.city_id, problems, counts)
    if own.timetable is not None:
        laid = lay_timetable(base, own, zones, population)
        layers |= {"timetable": laid.timetable, "defaults": laid.defaults}
        problems += laid.problems
        counts |= laid.counts
    layers |= {"zones": zones, "targets": lay_targets(base.targets, own.targets, problems, counts)}
    draft = base.replace(**{n: v for n, v in layers.items() if v is not getattr(base, n)})
    draft = draft.replace(hubs=lay_hubs(base, draft, problems))
    draft = draft.replace(sources=sources_after(base, draft, own.sources, problems))
    former = find_former_ids(base, draft)
    city = draft.replace(former_ids=former)
    problems += _told_former(base, city, counts)
    return Reading(city, tuple(problems), counts=counts)


def _on_plane(own: CityParts, epsg: int) -> CityParts:
    """Return the parts with every `xy` on a plane."""
    if own.epsg is None or own.epsg == epsg:
        return own

    def flat(lonlat: FloatArray) -> FloatArray:
        return to_plane(epsg, lonlat)

    moved: dict[str, Any] = {}
    if own.population is not None:
        outlines = shapely.transform(own.population.polygon_lonlat, flat)
        xy = flat(own.population.lonlat)
        moved["population"] = replace(own.population, xy=xy, polygon_xy=np.asarray(outlines, dtype=object))
    if own.timetable is not None:
        stops = own.timetable.stops
        moved["timetable"] = replace(own.timetable, stops=replace(stops, xy=flat(stops.lonlat)))
    if own.facilities is not None:
        moved["facilities"] = replace(own.facilities, xy=flat(own.facilities.lonlat))
    if own.streets is not None and not isinstance(own.streets, DetourPlane):
        moved["streets"] = replace(own.streets, node_xy=flat(own.streets.node_lonlat))
    moved["zones"] = tuple(replace(z, xy=shapely.transform(z.lonlat, flat)) for z in own.zones)
    return replace(own, epsg=epsg, **moved)


def _refuse_far_apart(base: City, own: CityParts) -> None:
    """Raise if a layer holds places and none of them is within 50 km of the base's people."""
    cells = base.population.xy
    if not len(cells):
        return
    places: dict[str, FloatArray | None] = {
        "population": None if own.population is None else own.population.xy,
        "gtfs": None if own.timetable is None else own.timetable.stops.xy,
        "facilities": None if own.facilities is None else own.facilities.xy,
        "streets": getattr(own.streets, "node_xy", None),
    }
    problems = []
    for layer, xy in places.items():
        if xy is None or not len(xy):
            continue
        nearest = float(nearest_m(cells, xy).min())
        if not nearest <= FAR_APART_M:
            problems.append(_far_apart(base, layer, nearest))
    if problems:
        raise DataError(problems)


def _far_apart(base: City, layer: str, nearest: float) -> Problem:
    return error(
        "build.far_apart",
        layer,
        Text(
            f"土台の都市「{base.name.ja}」の人口から最も近い所でも {nearest / 1000:,.0f} km 離れています",
            f"even the nearest place is {nearest / 1000:,.0f} km from the people of the base {base.name.en}",
        ),
        Text(
            "土台（base:）と同じ地域のデータにしてください（緯度と経度が逆ではありませんか）。"
            "別の都市なら base: を消して単独で作ります",
            "use files of the base's area (are latitude and longitude swapped?); for another city remove base:",
        ),
    )


def _told_former(base: City, city: City, counts: dict[str, int]) -> list[Problem]:
    """Return how many ids of the base no longer exist, and those that mean another place now."""
    words = {
        "stop": ("停留所", "stops"),
        "route": ("路線", "routes"),
        "pattern": ("運行系統", "patterns"),
        "facility": ("施設", "facilities"),
        "district": ("地区", "districts"),
        "cell": ("メッシュ", "cells"),
    }
    number = {kind: sum(f.kind == kind for f in city.former_ids) for kind in words}
    counts |= {f"former_{kind}": n for kind, n in number.items() if n}
    problems: list[Problem] = []
    if city.former_ids:
        ja = "、".join(f"{words[k][0]} {n:,}" for k, n in number.items() if n)
        en = ", ".join(f"{n:,} {words[k][1]}" for k, n in number.items() if n)
        problems.append(
            _note(
                "overlay.former_ids",
                f"base: {base.city_id}",
                f"土台の id のうち置き換わったもの: {ja}。シナリオで使うと最寄りを示します",
                f"ids of the base that are no more: {en}; scenarios that use them are told the nearest",
            )
        )
    return [*problems, *_ids_elsewhere(base, city)]


_MOVED_M = 300.0


def _ids_elsewhere(base: City, city: City) -> list[Problem]:
    """Return warnings about ids of the base that stand for something over 300 m away now."""
    problems = []
    words = {"timetable": ("停留所", "stop"), "facilities": ("施設", "facility")}
    for layer, (ja, en) in words.items():
        moved = _moved_ids(base, city, layer)
        if not moved:
            continue
        shown = "、".join(moved[:3])
        problems.append(
            warning(
                "overlay.id_elsewhere",
                f"base: {base.city_id}",
                Text(
                    f"土台と同じ{ja} id が 300 m 以上離れた別の場所を指します: {shown}",
                    f"{en} ids of the base that stand for a place over 300 m away now: {shown}",
                ),
                Text(
                    f"これらの id を使うシナリオの{ja}を確かめてください",
                    f"check the scenarios that name a {en} by one of them",
                ),
                len(moved),
            )
        )
    return problems


def _moved_ids(base: City, city: City, layer: str) -> list[str]:
    if getattr(city, layer) is getattr(base, layer):
        return []
    old, new = (c.timetable.stops if layer == "timetable" else c.facilities for c in (base, city))
    ids = [getattr(t, "stop_id" if layer == "timetable" else "facility_id") for t in (old, new)]
    _, here, there = np.intersect1d(*ids, return_indices=True)
    away = np.hypot(*(old.xy[here] - new.xy[there]).T)
    found: list[str] = ids[0][here[away > _MOVED_M]].tolist()
    return found


def _note(code: str, where: str, ja: str, en: str) -> Problem:
    return Problem(Severity.INFO, code, where, Text(ja, en))
