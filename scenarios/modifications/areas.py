"""Owns the area of a service: zones of the city, polygons, districts or a circle, as one polygon in the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from geodata.city import City
from geodata.errors import Text
from scenarios.modifications.base import Location, Model, ModificationBase, Names, Notes, Number, Positive, refuse
from scenarios.modifications.placing import check_near, city_xy
from scenarios.modifications.population import Ring
from scenarios.modifications.selecting import find_rows, refuse_unknown, select_districts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Position = Annotated[tuple[Number, ...], Field(min_length=2, max_length=3)]
Outline = Annotated[tuple[Position, ...], Field(min_length=4)]
Rings = Annotated[tuple[Outline, ...], Field(min_length=1)]


class GeoPolygon(Model):
    """A GeoJSON polygon: rings of [lon, lat], the first and last point equal; the first ring is the outline."""

    type: Literal["Polygon"]
    coordinates: Rings = Field(description="輪の並び（経度, 緯度）")

    @property
    def parts(self) -> tuple[Rings, ...]:
        """The polygons of it."""
        return (self.coordinates,)


class GeoMultiPolygon(Model):
    """A GeoJSON MultiPolygon."""

    type: Literal["MultiPolygon"]
    coordinates: tuple[Rings, ...] = Field(min_length=1, description="多角形の並び")

    @property
    def parts(self) -> tuple[Rings, ...]:
        """The polygons of it."""
        return self.coordinates


GeoArea = Annotated[GeoPolygon | GeoMultiPolygon, Field(discriminator="type")]


def _sorted_out(value: Any) -> Any:
    """Return a bare list (zone ids, GeoJSON), an id or a GeoJSON polygon as the keys it stands for."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, dict) and "coordinates" in value:
        value = [value]
    if not isinstance(value, (list, tuple)):
        return value
    shapes = [v for v in value if isinstance(v, dict)]
    named = [v for v in value if not isinstance(v, dict)]
    return ({"ids": named} if named or not shapes else {}) | ({"geojson": shapes} if shapes else {})


class Area(Model):
    """Where a service runs: the union of all that is given; a circle needs `location` and `radius_m`."""

    ids: Names | None = Field(default=None, description="区域（都市データの zones）の id または名称")
    districts: Names | None = Field(default=None, description="地区の id または名称")
    polygon: Ring | None = Field(default=None, description="多角形の頂点 [経度, 緯度] の並び")
    geojson: tuple[GeoArea, ...] | None = Field(default=None, min_length=1, description="GeoJSON の Polygon")
    location: Location | None = Field(default=None, description="円の中心")
    radius_m: Positive | None = Field(default=None, le=20_000, description="円の半径 [m]")

    @model_validator(mode="after")
    def _something(self) -> Any:
        if (self.location is None) != (self.radius_m is None):
            raise refuse(
                "circle",
                "location と radius_m は組で書いてください",
                "location and radius_m go together",
                "例: {location: {lat: 36.59, lon: 140.65}, radius_m: 800}",
                "e.g. {location: {lat: 36.59, lon: 140.65}, radius_m: 800}",
            )
        if all(v is None for v in (self.ids, self.districts, self.polygon, self.geojson, self.location)):
            raise refuse(
                "area",
                "区域がありません",
                "no area is given",
                "区域の id のリストか、districts・polygon・location と radius_m のどれかを書いてください",
                "list zone ids, or give districts, polygon, or location with radius_m",
            )
        return self


Zones = Annotated[
    Area, BeforeValidator(_sorted_out, json_schema_input_type=Area | GeoArea | str | tuple[str | GeoArea, ...])
]
"""An area; also a list of zone ids and GeoJSON polygons."""


def area_xy(city: City, mod: ModificationBase, area: Area, notes: Notes) -> BaseGeometry | None:
    """Return an area as a polygon in the plane [m]; None, and notes, where part of it is unknown or far away."""
    import shapely  # noqa: PLC0415 -- only areas need it

    before = len(notes.problems)
    parts = [*_named(city, mod, area, notes), *_districts(city, mod, area, notes), *_drawn(city, mod, area, notes)]
    if area.location is not None and area.radius_m is not None:
        lonlat = np.array([[area.location.lon, area.location.lat]])
        if check_near(city, mod, "zones.location", lonlat, notes):
            parts.append(shapely.Point(city_xy(city, lonlat)[0]).buffer(area.radius_m, quad_segs=16))
    if len(notes.problems) > before:
        return None
    whole: BaseGeometry = shapely.unary_union(parts)
    if not whole.area > 0:
        notes.refuse(
            mod,
            "zones",
            "flat_area",
            Text("区域に広さがありません", "the area is empty"),
            Text("頂点の並びを確かめてください", "check the corners"),
        )
        return None
    return whole


def _named(city: City, mod: ModificationBase, area: Area, notes: Notes) -> list[BaseGeometry]:
    ids = np.array([z.zone_id for z in city.zones], str)
    names = [np.array([getattr(z.name, lang) for z in city.zones], str) for lang in ("ja", "en")]
    found: list[BaseGeometry] = []
    for number, wanted in enumerate(area.ids or ()):
        rows = find_rows(wanted, ids, *names)
        if not len(rows):
            known = [*ids.tolist(), *names[0].tolist()]
            if wanted in city.population.district_id or wanted in city.population.district_name:
                _meant_a_district(notes, mod, number, wanted)
            else:
                refuse_unknown(notes, mod, f"zones[{number}]", "zone", wanted, known)
        found += [city.zones[row].xy for row in rows.tolist()]
    return found


def _meant_a_district(notes: Notes, mod: ModificationBase, number: int, wanted: str) -> None:
    notes.refuse(
        mod,
        f"zones[{number}]",
        "unknown_zone",
        Text(f"区域 {wanted!r} はありません（地区にはあります）", f"no zone {wanted!r}, but a district is called so"),
        Text(f"zones: {{districts: [{wanted}]}} と書いてください", f"write zones: {{districts: [{wanted}]}}"),
    )


def _districts(city: City, mod: ModificationBase, area: Area, notes: Notes) -> list[BaseGeometry]:
    if area.districts is None:
        return []
    rows = select_districts(city, mod, "zones.districts", area.districts, notes)
    people = city.population
    return list(people.polygon_xy[np.isin(people.district, rows) & (people.district >= 0)])


def _drawn(city: City, mod: ModificationBase, area: Area, notes: Notes) -> list[BaseGeometry]:
    drawn: list[tuple[str, Any]] = [("zones.polygon", (area.polygon,))] if area.polygon is not None else []
    drawn += [(f"zones[{n}]", rings) for n, shape in enumerate(area.geojson or ()) for rings in shape.parts]
    return [p for at, rings in drawn for p in _polygon(city, mod, at, rings, notes)]


def _polygon(city: City, mod: ModificationBase, at: str, rings: Any, notes: Notes) -> list[BaseGeometry]:
    import shapely  # noqa: PLC0415 -- only areas need it

    corners = [np.array([point[:2] for point in ring], float) for ring in rings]
    if not all(check_near(city, mod, at, point[None, :], notes) for point in corners[0]):
        return []
    outline, *holes = (city_xy(city, ring) for ring in corners)
    shape = shapely.make_valid(shapely.Polygon(outline, holes))
    return [part for part in shapely.get_parts(shape).tolist() if part.area > 0]
