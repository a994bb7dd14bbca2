"""Owns add-, remove- and adjust-facility: places that open, close or change what they offer."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.facilities import Facilities, FacilityKind
from geodata.provenance import Status
from geodata.units import BoolArray, FloatArray, IntArray
from scenarios.modifications.base import (
    Closure,
    DayName,
    DaySpan,
    Flag,
    Label,
    Location,
    ModificationBase,
    Names,
    Notes,
    NotNegative,
    Positive,
    days_mask,
    parse_clock,
    refuse,
)
from scenarios.modifications.placing import ROUNDED_DEGREES, check_near, city_xy, nearest_cell
from scenarios.modifications.selecting import find_rows, refuse_unknown, select_districts

MEDICAL = (FacilityKind.CLINIC, FacilityKind.HOSPITAL)


class OpeningHours(DaySpan):
    """One row of opening hours."""

    days: tuple[DayName, ...] = Field(min_length=1, description="曜日（holiday = 日祝）")


class AddFacility(ModificationBase):
    """A new facility, at a `location` or at the centre of population of a `district` (assumed)."""

    type: Literal["add-facility"]
    category: FacilityKind = Field(description="施設の種類（clinic, city_office, …）")
    name: Label = Field(description="名称")
    location: Location | None = Field(default=None, description="位置")
    district: str | None = Field(default=None, description="地区の id または名称（人口の重心に置く。仮定）")
    capacity: Positive | None = Field(default=None, description="供給量（診療所は週の診療時間）")
    hours: tuple[OpeningHours, ...] = Field(default=(), description="開所時間")
    specialty: str = Field(default="", description="診療科など")
    open_to_public: Flag = Field(default=True, description="一般に開かれている")

    @model_validator(mode="after")
    def _one_place(self) -> Any:
        if (self.location is None) == (self.district is None):
            raise refuse(
                "place",
                "location か district のどちらか一方を書いてください",
                "give either location or district",
                "例: location: {lat: 36.59, lon: 140.65}",
                "e.g. location: {lat: 36.59, lon: 140.65}",
            )
        return self


class RemoveFacility(ModificationBase):
    """
    Facilities that close: by `ids`, or anonymously by `category` and `count` (仮定の閉院).

    Notes
    -----
    Clinics and hospitals are never closed by name. `count` may have decimals (1.4 a year × 6 years) and is rounded
    half up. Who closes follows a seeded rank of equal hazard (the owners' ages are not known: assumed), the same in
    every scenario with that seed: a larger count closes the same ones and more. Results tell districts, never names.
    """

    type: Literal["remove-facility"]
    ids: Names | None = Field(default=None, description="施設の id または名称（医療機関は不可）")
    category: FacilityKind | None = Field(default=None, description="施設の種類（無名の閉鎖）")
    count: NotNegative | None = Field(default=None, description="閉じる数（小数可、四捨五入）")
    districts: Names | None = Field(default=None, description="地区を限る")

    @model_validator(mode="after")
    def _named_or_anonymous(self) -> Any:
        anonymous = self.category is not None and self.count is not None
        if (self.ids is not None) == anonymous or (self.ids is not None and (self.category or self.districts)):
            raise refuse(
                "remove_what",
                "ids か、category と count の組のどちらか一方を書いてください",
                "give either ids, or category with count",
                "例: category: clinic と count: 8.4",
                "e.g. category: clinic and count: 8.4",
            )
        return self


class AdjustFacility(ModificationBase):
    """Facilities that offer more, less, or at other hours."""

    type: Literal["adjust-facility"]
    ids: Names | None = Field(default=None, description="施設の id または名称")
    category: FacilityKind | None = Field(default=None, description="施設の種類（該当するものすべて）")
    districts: Names | None = Field(default=None, description="地区を限る（category のとき）")
    capacity: Positive | None = Field(default=None, description="供給量（置き換え）")
    capacity_scale: Positive | None = Field(default=None, description="供給量の倍率")
    hours: tuple[OpeningHours, ...] | None = Field(default=None, min_length=1, description="開所時間（置き換え）")
    open_to_public: Flag | None = Field(default=None, description="一般に開くかどうか")

    @model_validator(mode="after")
    def _what_and_how(self) -> Any:
        if (self.ids is None) == (self.category is None):
            raise refuse("adjust_what", "ids か category のどちらか一方を書いてください", "give either ids or category")
        if all(getattr(self, k) is None for k in ("capacity", "capacity_scale", "hours", "open_to_public")):
            raise refuse(
                "adjust_how",
                "変える内容がありません",
                "nothing to change is given",
                "capacity・capacity_scale・hours・open_to_public のどれかを書いてください",
                "give capacity, capacity_scale, hours or open_to_public",
            )
        return self


def apply_add_facility(city: City, mod: AddFacility, notes: Notes) -> City:
    """Return the city with one more facility."""
    old = city.facilities
    if mod.id in old.facility_id.tolist():
        notes.refuse(
            mod, "id", "duplicate_facility", Text(f"施設の id {mod.id!r} は既にあります", f"id {mod.id!r} is taken")
        )
        return city
    place = _place(city, mod, notes)
    if place is None:
        return city
    lonlat, xy, error_m = place
    row: dict[str, Any] = {
        "facility_id": mod.id,
        "name": mod.name.ja,
        "kind": str(mod.category),
        "lonlat": lonlat,
        "xy": xy,
        "position_error_m": error_m,
        "capacity": math.nan if mod.capacity is None else mod.capacity,
        "open_to_public": mod.open_to_public,
        "specialty": mod.specialty,
        "hazards": "",
        "source_id": "scenario",
        "status": str(Status.ASSUMED),
    }
    grown = {k: _with(getattr(old, k), v) for k, v in row.items()}
    hours = _hours_rows(mod.hours, np.array([old.n_facilities], np.int32))
    columns = ("hours_facility", "hours_days", "hours_start_s", "hours_end_s")
    grown |= {k: np.concatenate([getattr(old, k), h]) for k, h in zip(columns, hours, strict=True)}
    notes.tell(mod, "facilities", f"{mod.category} を 1 か所追加", f"one more {mod.category}")
    return city.replace(facilities=replace(old, **grown))


def _place(city: City, mod: AddFacility, notes: Notes) -> tuple[FloatArray, FloatArray, float] | None:
    if mod.location is not None:
        lonlat = np.array([[mod.location.lon, mod.location.lat]])
        if not check_near(city, mod, "location", lonlat, notes):
            return None
        return lonlat[0], city_xy(city, lonlat)[0], 0.0
    rows = select_districts(city, mod, "district", (mod.district or "",), notes)
    if not len(rows):
        return None
    people = city.population
    inside = np.isin(people.district, rows)
    weights = people.total[inside]
    if not weights.sum() > 0:
        notes.refuse(mod, "district", "nowhere", Text("この地区に人口がありません", "nobody lives in this district"))
        return None
    lonlat = np.average(people.lonlat[inside], axis=0, weights=weights).round(ROUNDED_DEGREES)
    xy = np.average(people.xy[inside], axis=0, weights=weights)
    spread = float(np.average(np.hypot(*(people.xy[inside] - xy).T), weights=weights))
    return lonlat, xy, round(spread, 0)


def apply_remove_facility(city: City, mod: RemoveFacility, notes: Notes) -> City:
    """Return the city without some facilities."""
    if mod.ids is not None:
        gone = _named(city, mod, mod.ids, notes)
        medical = np.isin(city.facilities.kind[gone], MEDICAL)
        if medical.any():
            notes.refuse(mod, "ids", "named_closure", _NAMED_CLOSURE, _NAMED_CLOSURE_HINT)
            return city
        notes.tell(mod, "facilities", f"{len(gone)} 施設を廃止", f"closed {len(gone)} facilities")
    else:
        gone = _anonymous(city, mod, notes)
    if not len(gone):
        return city
    keep = np.ones(city.facilities.n_facilities, bool)
    keep[gone] = False
    return city.replace(facilities=_kept(city.facilities, keep))


_NAMED_CLOSURE = Text(
    "実在の診療所・病院を名指しで閉じることはできません",
    "a real clinic or hospital is never closed by name",
)
_NAMED_CLOSURE_HINT = Text(
    "category: clinic と count で「仮定の閉院」（無名）にしてください",
    "use category: clinic with count, which closes anonymously",
)


def _anonymous(city: City, mod: RemoveFacility, notes: Notes) -> IntArray:
    """Return the facilities that close by the seeded rank; notes their number by district."""
    facilities = city.facilities
    pool = facilities.of_kind(str(mod.category))
    pool = pool[facilities.open_to_public[pool]]  # in-house ones do not count, so their closing would show nowhere
    district = district_of(city)
    if mod.districts is not None:
        chosen = select_districts(city, mod, "districts", mod.districts, notes)
        pool = pool[np.isin(district[pool], chosen)]
    wanted = math.floor((mod.count or 0.0) + 0.5)
    if wanted > len(pool):
        notes.refuse(
            mod,
            "count",
            "too_many_closures",
            Text(
                f"{wanted} か所閉じるには {len(pool)} か所しかありません", f"only {len(pool)} exist to close {wanted}"
            ),
            Text("count を減らしてください", "lower count"),
        )
        return np.zeros(0, np.int32)
    ranks = [closing_rank(notes.seed, str(facilities.facility_id[f])) for f in pool.tolist()]
    gone = pool[np.argsort(np.array(ranks, dtype="<U64"), kind="stable")[:wanted]]
    people = city.population
    for index in np.unique(district[gone]).tolist():
        known = index >= 0
        notes.closures.append(
            Closure(
                str(mod.category),
                str(people.district_id[index]) if known else "",
                str(people.district_name[index]) if known else "",
                int((district[gone] == index).sum()),
            )
        )
    notes.tell(mod, "facilities", f"仮定の閉院 {wanted} か所（無名）", f"{wanted} assumed closures, anonymous")
    return np.sort(gone).astype(np.int32)


def closing_rank(seed: int, facility_id: str) -> str:
    """Return a seeded rank that does not depend on the order of the list: the smallest closes first."""
    return hashlib.sha256(f"closure|{seed}|{facility_id}".encode()).hexdigest()


def district_of(city: City) -> IntArray:
    """Return facility → district of the nearest cell, −1 where there is none, shape (F,)."""
    cell, _ = nearest_cell(city, city.facilities.xy)
    return np.append(city.population.district, np.int32(-1))[cell]


def apply_adjust_facility(city: City, mod: AdjustFacility, notes: Notes) -> City:
    """Return the city whose chosen facilities offer something else."""
    facilities = city.facilities
    chosen = _named(city, mod, mod.ids, notes) if mod.ids is not None else facilities.of_kind(str(mod.category))
    if mod.districts is not None:
        wanted = select_districts(city, mod, "districts", mod.districts, notes)
        chosen = chosen[np.isin(district_of(city)[chosen], wanted)]
    if not len(chosen):
        return city
    medical = np.isin(facilities.kind[chosen], MEDICAL).any()
    if mod.open_to_public is False and medical and mod.ids is not None:
        notes.refuse(mod, "open_to_public", "named_closure", _NAMED_CLOSURE, _NAMED_CLOSURE_HINT)
        return city
    capacity, public = facilities.capacity.copy(), facilities.open_to_public.copy()
    if mod.capacity is not None:
        capacity[chosen] = mod.capacity
    if mod.capacity_scale is not None:
        capacity[chosen] *= mod.capacity_scale
    if mod.open_to_public is not None:
        public[chosen] = mod.open_to_public
    new = replace(facilities, capacity=capacity, open_to_public=public)
    if mod.hours is not None:
        new = _with_hours(new, chosen, mod.hours)
    notes.tell(mod, "facilities", f"{len(chosen)} 施設の内容を変更", f"changed {len(chosen)} facilities")
    return city.replace(facilities=new)


def _with_hours(facilities: Facilities, chosen: IntArray, hours: tuple[OpeningHours, ...]) -> Facilities:
    keep = ~np.isin(facilities.hours_facility, chosen)
    rows = _hours_rows(hours, chosen)
    columns = ("hours_facility", "hours_days", "hours_start_s", "hours_end_s")
    merged = {k: np.concatenate([getattr(facilities, k)[keep], r]) for k, r in zip(columns, rows, strict=True)}
    order = np.lexsort((merged["hours_start_s"], merged["hours_days"], merged["hours_facility"]))
    return replace(facilities, **{k: v[order] for k, v in merged.items()})


def _hours_rows(hours: tuple[OpeningHours, ...], owners: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    rows = [(f, days_mask(h.days), parse_clock(h.start), parse_clock(h.end)) for f in owners.tolist() for h in hours]
    table = np.array(rows, np.int32).reshape(-1, 4)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy(), table[:, 3].copy()


def _named(city: City, mod: ModificationBase, wanted: Names, notes: Notes) -> IntArray:
    facilities = city.facilities
    found: list[int] = []
    for number, name in enumerate(wanted):
        rows = find_rows(name, facilities.facility_id, facilities.name)
        if not len(rows):
            known = [*facilities.name.tolist(), *facilities.facility_id.tolist()]
            refuse_unknown(notes, mod, f"ids[{number}]", "facility", name, known)
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)


def _kept(facilities: Facilities, keep: BoolArray) -> Facilities:
    index = np.cumsum(keep) - 1
    per_facility = (
        "facility_id",
        "name",
        "kind",
        "lonlat",
        "xy",
        "position_error_m",
        "capacity",
        "open_to_public",
        "specialty",
        "hazards",
        "source_id",
        "status",
    )
    hours = keep[facilities.hours_facility] if len(facilities.hours_facility) else np.zeros(0, bool)
    columns: dict[str, Any] = {k: getattr(facilities, k)[keep] for k in per_facility}
    columns["hours_facility"] = index[facilities.hours_facility[hours]].astype(np.int32)
    for name in ("hours_days", "hours_start_s", "hours_end_s"):
        columns[name] = getattr(facilities, name)[hours]
    return Facilities(**columns)


def _with(existing: np.ndarray[Any, Any], value: Any) -> np.ndarray[Any, Any]:
    dtype = str if existing.dtype.kind == "U" else existing.dtype
    return np.concatenate([existing, np.array([value], dtype)])
