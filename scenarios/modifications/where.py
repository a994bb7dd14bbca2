"""Owns the choice of a place among the cells: districts, cells, stations, zones, a polygon, a point."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.units import BoolArray, FloatArray
from scenarios.modifications.base import Flag, Location, Model, ModificationBase, Names, Notes, Number, Positive, refuse
from scenarios.modifications.placing import check_in_city, city_xy, nearest_cell
from scenarios.modifications.selecting import find_rows, refuse_unknown, select_districts

_LEAST_SHARE = 1e-9
Ring = Annotated[tuple[tuple[Number, Number], ...], Field(min_length=3)]


class Where(Model):
    """Which cells: those that meet every key given; no key at all is refused."""

    districts: Names | None = Field(default=None, description="地区の id または名称")
    cells: Names | None = Field(default=None, description="メッシュコードまたはセルの id")
    near_stations_m: Positive | None = Field(default=None, description="鉄道駅からの直線距離 [m] 以内（セルの中心）")
    polygon: Ring | None = Field(default=None, description="多角形の頂点 [経度, 緯度] の並び")
    zones: Names | None = Field(
        default=None, description="区域の種類（居住誘導区域・洪水浸水想定区域など）、id、または名称。面積で按分"
    )
    outside_zones: Names | None = Field(default=None, description="この区域の外。書き方は zones と同じ")
    location: Location | None = Field(default=None, description="地点。radius_m が無ければ最も近いセル")
    radius_m: Positive | None = Field(default=None, description="location からの直線距離 [m] 以内（セルの中心）")
    everywhere: Flag = Field(default=False, description="市全域")

    @model_validator(mode="after")
    def _something(self) -> Any:
        areas = (self.polygon, self.zones, self.outside_zones, self.location)
        keys = (self.districts, self.cells, self.near_stations_m, *areas)
        if all(k is None for k in keys) and not self.everywhere:
            raise refuse(
                "where",
                "where に場所がありません",
                "where names no place",
                "districts・cells・near_stations_m・zones・polygon・location・everywhere のどれかを書いてください",
                "give districts, cells, near_stations_m, zones, polygon, location or everywhere",
            )
        if self.radius_m is not None and self.location is None:
            raise refuse("radius", "radius_m には location が要ります", "radius_m needs a location")
        return self


def find_share(city: City, mod: ModificationBase, at: str, where: Where, notes: Notes) -> FloatArray | None:
    """
    Return cell → share of it that meets every key of `where`, shape (C,); None, and notes, where there is none.

    Zones cut cells by area; all other keys take a cell whole or not at all.
    """
    people = city.population
    share = np.ones(people.n_cells)
    before = len(notes.problems)
    if where.districts is not None:
        share *= np.isin(people.district, select_districts(city, mod, f"{at}.districts", where.districts, notes))
    if where.cells is not None:
        share *= np.isin(people.cell_id, where.cells)
        for number, code in enumerate(where.cells):
            if code not in people.cell_id:
                known = people.cell_id.tolist()[:5000]
                refuse_unknown(notes, mod, f"{at}.cells[{number}]", "cell", code, known)
    if where.near_stations_m is not None:
        share *= _near_stations(city, where.near_stations_m)
    if where.polygon is not None:
        share *= _in_polygon(people.lonlat, where.polygon)
    if where.location is not None:
        share *= _near_point(city, mod, at, where, notes)
    if where.zones is not None:
        share = in_both(share, _in_zones(city, mod, f"{at}.zones", where.zones, notes))
    if where.outside_zones is not None:
        share = in_both(share, 1.0 - _in_zones(city, mod, f"{at}.outside_zones", where.outside_zones, notes))
    if len(notes.problems) > before:
        return None
    if not share.any():
        notes.refuse(
            mod,
            at,
            "nowhere",
            Text("条件に合うセルがありません", "no cell meets the conditions"),
            _hint_of(where, people.lonlat),
        )
        return None
    return share


def _hint_of(where: Where, lonlat: FloatArray) -> Text:
    """Return how to mend a place without cells; a polygon whose corners are swapped holds some when swapped back."""
    if where.polygon is not None and _in_polygon(lonlat[:, ::-1], where.polygon).any():
        return Text(
            "polygon の緯度と経度が逆です。頂点は [経度, 緯度] の順に書いてください",
            "lat and lon of the polygon are swapped: write its corners as [lon, lat]",
        )
    return Text("範囲を広げてください", "widen the place")


def in_both(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return cell → share certainly in both of two parts of it, whatever their shape; exact if either is whole."""
    common = one + other - 1.0
    return np.where(common > _LEAST_SHARE, common, 0.0)


def _near_stations(city: City, radius_m: float) -> BoolArray:
    stops = city.timetable.stops
    stations = city.timetable.stops_of_class("rail")
    stations = stations[stops.in_city[stations]]
    near = np.zeros(city.population.n_cells, bool)
    for station in stations.tolist():
        near |= np.hypot(*(city.population.xy - stops.xy[station]).T) <= radius_m
    return near


def _in_polygon(lonlat: FloatArray, ring: Ring) -> BoolArray:
    import shapely  # noqa: PLC0415 -- only polygons need it

    polygon = shapely.Polygon(ring)
    inside: BoolArray = shapely.contains_xy(polygon if polygon.is_valid else polygon.buffer(0), lonlat)
    return inside


def _near_point(city: City, mod: ModificationBase, at: str, where: Where, notes: Notes) -> BoolArray:
    near = np.zeros(city.population.n_cells, bool)
    if where.location is None:
        return near
    lonlat = np.array([[where.location.lon, where.location.lat]])
    if not check_in_city(city, mod, f"{at}.location", lonlat, notes):
        return near
    xy = city_xy(city, lonlat)
    if where.radius_m is not None:
        near |= np.hypot(*(city.population.xy - xy[0]).T) <= where.radius_m
    near[nearest_cell(city, xy)[0]] = True
    return near


def _in_zones(city: City, mod: ModificationBase, at: str, wanted: tuple[str, ...], notes: Notes) -> FloatArray:
    """Return cell → share within the zones named, by kind (in any of its words), id or name, shape (C,)."""
    from sim.catchment import area_share  # noqa: PLC0415 -- only zones need it

    shapes = np.array([city.zones[row].xy for row in find_zones(city, mod, at, wanted, notes)], dtype=object)
    return area_share(city.population.polygon_xy, shapes)


def find_zones(city: City, mod: ModificationBase, at: str, wanted: tuple[str, ...], notes: Notes) -> list[int]:
    """Return the indices of the zones named, ascending; notes what is unknown."""
    from sim.zones import ZONE_KINDS  # noqa: PLC0415 -- only zones need it

    zones = city.zones
    labels = [ZONE_KINDS.get(z.kind, Text(z.kind, z.kind)) for z in zones]
    words = [
        [z.zone_id for z in zones],
        [z.kind for z in zones],
        [z.name.ja for z in zones],
        [z.name.en for z in zones],
    ]
    words += [[label.ja for label in labels], [label.en for label in labels]]
    columns = [np.array(column, str) for column in words]
    chosen: set[int] = set()
    for number, name in enumerate(wanted):
        rows = set(np.flatnonzero(np.any([column == name for column in columns], axis=0)).tolist()) if zones else set()
        rows = rows or (set(find_rows(name, *columns).tolist()) if zones else set())
        if not rows:
            _refuse_zone(city, mod, f"{at}[{number}]", name, notes)
        chosen |= rows
    return sorted(chosen)


def _refuse_zone(city: City, mod: ModificationBase, at: str, name: str, notes: Notes) -> None:
    if city.zones:
        known = [*dict.fromkeys([*(z.kind for z in city.zones), *(z.name.ja for z in city.zones)])]
        refuse_unknown(notes, mod, at, "zone", name, known)
        return
    notes.refuse(
        mod,
        at,
        "no_zones",
        Text(f"区域 {name!r} は使えません: 区域データ未登録", f"no zone {name!r}: the city has no zones"),
        Text(
            "都市データの boundaries: に区域の面（国土数値情報 A50・A31・A33 など）を登録するか、"
            "near_stations_m・districts・polygon で書いてください",
            "register polygons under boundaries: of the city, or use near_stations_m, districts or polygon",
        ),
    )
