"""Owns adjust-population: more, fewer or moved residents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.units import BoolArray, FloatArray
from scenarios.modifications.base import Flag, Model, ModificationBase, Names, Notes, Number, Positive, refuse
from scenarios.modifications.selecting import refuse_unknown, select_districts

LEAST_PERSONS = 1e-9
Ring = Annotated[tuple[tuple[Number, Number], ...], Field(min_length=3)]


class Where(Model):
    """Which cells: those that meet every key given; no key at all is refused."""

    districts: Names | None = Field(default=None, description="地区の id または名称")
    cells: Names | None = Field(default=None, description="メッシュコードまたはセルの id")
    near_stations_m: Positive | None = Field(default=None, description="鉄道駅からの直線距離 [m] 以内（セルの中心）")
    polygon: Ring | None = Field(default=None, description="多角形の頂点 [経度, 緯度] の並び")
    everywhere: Flag = Field(default=False, description="市全域")

    @model_validator(mode="after")
    def _something(self) -> Any:
        keys = (self.districts, self.cells, self.near_stations_m, self.polygon)
        if all(k is None for k in keys) and not self.everywhere:
            raise refuse(
                "where",
                "where に場所がありません",
                "where names no place",
                "districts・cells・near_stations_m・polygon・everywhere のどれかを書いてください",
                "give districts, cells, near_stations_m, polygon or everywhere",
            )
        return self


class AdjustPopulation(ModificationBase):
    """
    Scale residents, or add (or take away) persons, in some cells and age bands.

    Notes
    -----
    With `conserve_total` what is added in `where` leaves the cells of `origin` (default: all others) in proportion to
    their residents, band by band, and the other way round: the total of every band is kept. `persons` are shared
    out over cells and bands in proportion to who lives there; over empty cells evenly, with the city's bands.
    """

    type: Literal["adjust-population"]
    where: Where = Field(description="対象の場所")
    scale: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=100)] | None = Field(
        default=None, description="人口の倍率"
    )
    persons: Number | None = Field(default=None, description="増やす人数（負なら減らす）")
    bands: Names | None = Field(default=None, description="年齢階級の id（省くと全階級）")
    conserve_total: Flag = Field(default=False, description="市の総数を変えず、ほかから移す")
    origin: Where | None = Field(default=None, description="conserve_total のときの移動元（省くとほか全域）")

    @model_validator(mode="after")
    def _scale_or_persons(self) -> Any:
        if (self.scale is None) == (self.persons is None):
            raise refuse(
                "scale_or_persons",
                "scale か persons のどちらか一方を書いてください",
                "give either scale or persons",
                "例: persons: 500",
                "e.g. persons: 500",
            )
        if self.origin is not None and not self.conserve_total:
            raise refuse(
                "origin",
                "origin は conserve_total: true のときだけ使えます",
                "origin needs conserve_total: true",
            )
        return self


def apply_adjust_population(city: City, mod: AdjustPopulation, notes: Notes) -> City:
    """Return the city with other residents."""
    inside = find_cells(city, mod, "where", mod.where, notes)
    bands = _bands(city, mod, notes)
    outside = None if inside is None else ~inside
    if mod.origin is not None and inside is not None:
        found = find_cells(city, mod, "origin", mod.origin, notes)
        outside = None if found is None else found & ~inside
    if inside is None or bands is None or outside is None:
        return city
    delta = _delta(city.population.persons, inside, bands, mod)
    if mod.conserve_total:
        delta += _counterpart(city.population.persons, delta.sum(axis=0), outside)
    persons = city.population.persons + delta
    short = float(-persons.min()) if persons.size else 0.0
    if short > LEAST_PERSONS or not np.isfinite(persons).all():
        notes.refuse(
            mod,
            "scale" if mod.scale is not None else "persons",
            "not_enough_persons",
            Text("移す（減らす）人数が、そこに住む人より多くなります", "more persons would leave than live there"),
            Text("人数を減らすか、移動元を広げてください", "take fewer persons, or widen the origin"),
        )
        return city
    moved = float(np.abs(delta[inside]).sum())
    notes.tell(mod, "population", f"対象の場所で {moved:,.0f} 人の増減", f"{moved:,.0f} persons more or fewer there")
    return city.replace(population=city.population.with_persons(np.maximum(persons, 0.0)))


def find_cells(city: City, mod: ModificationBase, at: str, where: Where, notes: Notes) -> BoolArray | None:
    """Return cell → meets every key of `where`, shape (C,); None, and notes, where there is none."""
    people = city.population
    inside = np.ones(people.n_cells, bool)
    before = len(notes.problems)
    if where.districts is not None:
        inside &= np.isin(people.district, select_districts(city, mod, f"{at}.districts", where.districts, notes))
    if where.cells is not None:
        inside &= np.isin(people.cell_id, where.cells)
        for number, code in enumerate(where.cells):
            if code not in people.cell_id:
                known = people.cell_id.tolist()[:5000]
                refuse_unknown(notes, mod, f"{at}.cells[{number}]", "cell", code, known)
    if where.near_stations_m is not None:
        inside &= _near_stations(city, where.near_stations_m)
    if where.polygon is not None:
        inside &= _in_polygon(people.lonlat, where.polygon)
    if len(notes.problems) > before:
        return None
    if not inside.any():
        notes.refuse(
            mod,
            at,
            "nowhere",
            Text("条件に合うセルがありません", "no cell meets the conditions"),
            Text("範囲を広げてください", "widen the place"),
        )
        return None
    return inside


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


def _bands(city: City, mod: AdjustPopulation, notes: Notes) -> BoolArray | None:
    known = [b.band_id for b in city.population.bands]
    if mod.bands is None:
        return np.ones(len(known), bool)
    for number, band in enumerate(mod.bands):
        if band not in known:
            notes.refuse(
                mod,
                f"bands[{number}]",
                "unknown_band",
                Text(f"年齢階級 {band!r} は都市データにありません", f"no age band {band!r} in the city"),
                Text("あるもの: " + "、".join(known), "known: " + ", ".join(known)),
            )
    return np.isin(known, mod.bands) if set(mod.bands) <= set(known) else None


def _delta(persons: FloatArray, inside: BoolArray, bands: BoolArray, mod: AdjustPopulation) -> FloatArray:
    """Return cell, band → change inside the place [persons]."""
    chosen = persons * inside[:, None] * bands[None, :]
    if mod.scale is not None:
        return chosen * (mod.scale - 1.0)
    wanted = float(mod.persons or 0.0)
    total = float(chosen.sum())
    if total > 0:
        return chosen * (wanted / total)
    mix = persons.sum(axis=0) * bands
    mix = mix / mix.sum() if mix.sum() > 0 else bands / bands.sum()
    shared: FloatArray = np.outer(inside / inside.sum(), mix) * wanted
    return shared


def _counterpart(persons: FloatArray, change: FloatArray, outside: BoolArray) -> FloatArray:
    """Return the opposite change outside, band by band in proportion to residents [persons]."""
    base = persons * outside[:, None]
    totals = base.sum(axis=0)
    # Leaving nobody to move is found as a negative count by the caller.
    share = np.divide(base, totals, out=np.zeros_like(base), where=totals > 0)
    stuck = (totals <= 0) & (np.abs(change) > LEAST_PERSONS)
    counter: FloatArray = -share * change
    if stuck.any():
        counter[0, stuck] = -np.inf
    return counter
