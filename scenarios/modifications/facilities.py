"""Owns add- and adjust-facility: places that open or change what they offer."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.facilities import Facilities, FacilityKind
from geodata.provenance import Status
from geodata.units import FloatArray, IntArray
from scenarios.modifications.base import (
    DayName,
    DaySpan,
    Flag,
    Label,
    Location,
    ModificationBase,
    Names,
    Notes,
    Positive,
    days_mask,
    parse_clock,
    refuse,
)
from scenarios.modifications.closing import (
    NAMED_CLOSURE,
    NAMED_CLOSURE_HINT,
)
from scenarios.modifications.facility_rows import MEDICAL, district_of, named_facilities
from scenarios.modifications.placing import ROUNDED_DEGREES, check_near, city_xy
from scenarios.modifications.selecting import select_districts
from sim.clinic_access.supply import opening_week_hours, week_hours_of
from sim.params import Params

LEAST_WEEK_HOURS = 1.0
"""Who is open for less a week is as good as closed [h/week]."""
_ROUNDING = 1e-9


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


_NAMED_LOSS = Text(
    "実在の診療所・病院の診療を、閉院に等しいほど、または名指しで減らすことはできません",
    "a real clinic or hospital is never cut by name, nor to next to nothing",
)
_NAMED_LOSS_HINT = Text(
    "減らすなら category と districts で地区ごとに、閉じるなら remove-facility の「仮定の閉院」（無名）にしてください。"
    "実際の診療時間は都市データに入れます",
    "reduce by category and districts, or close anonymously with remove-facility; real hours belong in the city data",
)


def apply_adjust_facility(city: City, mod: AdjustFacility, notes: Notes) -> City:
    """Return the city whose chosen facilities offer something else."""
    facilities = city.facilities
    chosen = (
        named_facilities(city, mod, mod.ids, notes) if mod.ids is not None else facilities.of_kind(str(mod.category))
    )
    if mod.districts is not None:
        wanted = select_districts(city, mod, "districts", mod.districts, notes)
        chosen = chosen[np.isin(district_of(city)[chosen], wanted)]
    if not len(chosen):
        return city
    new = _adjusted(facilities, chosen, mod, notes.params)
    if _refuse_closure(facilities, new, chosen, mod, notes):
        return city
    notes.tell(mod, "facilities", f"{len(chosen)} 施設の内容を変更", f"changed {len(chosen)} facilities")
    return city.replace(facilities=new)


def _adjusted(facilities: Facilities, chosen: IntArray, mod: AdjustFacility, params: Params) -> Facilities:
    """
    Return the facilities with what a modification says of the chosen ones.

    New hours move the supply: a known capacity grows or shrinks as the hours open do; where they were not known, the
    new hours stand for it. A `capacity` given beside them stays as it is given.
    """
    capacity, public = facilities.capacity.copy(), facilities.open_to_public.copy()
    if mod.capacity is not None:
        capacity[chosen] = mod.capacity
    if mod.capacity_scale is not None:
        if mod.capacity is None:  # of clinics nobody knows, the assumed hours are scaled
            medical = chosen[np.isin(facilities.kind[chosen], MEDICAL)]
            capacity[medical] = week_hours_of(facilities, params)[medical]
        capacity[chosen] *= mod.capacity_scale
    if mod.open_to_public is not None:
        public[chosen] = mod.open_to_public
    new = replace(facilities, capacity=capacity, open_to_public=public)
    if mod.hours is None:
        return new
    new = _with_hours(new, chosen, mod.hours)
    before, after = opening_week_hours(facilities)[chosen], opening_week_hours(new)[chosen]
    if mod.capacity is None:
        moved = np.divide(after, before, out=np.full(len(chosen), np.nan), where=before > 0)
        capacity = new.capacity.copy()
        capacity[chosen] *= moved
        new = replace(new, capacity=capacity)
    return new


def _refuse_closure(before: Facilities, after: Facilities, chosen: IntArray, mod: AdjustFacility, notes: Notes) -> bool:
    """
    Refuse what amounts to closing a real clinic by name; return whether it does.

    By id, or where it is the only one chosen, a clinic or hospital may only gain: it stays open to the public, and
    offers no less than it is known or (by the parameters) assumed to offer. By kind, no clinic is shut or left with
    next to no hours: `remove-facility` closes anonymously.
    """
    medical = chosen[np.isin(before.kind[chosen], MEDICAL)]
    if not len(medical):
        return False
    if (before.open_to_public & ~after.open_to_public)[medical].any():
        notes.refuse(mod, "open_to_public", "named_closure", NAMED_CLOSURE, NAMED_CLOSURE_HINT)
        return True
    was, now = (week_hours_of(f, notes.params)[medical] for f in (before, after))
    named = mod.ids is not None or len(medical) == 1
    least = was * (1 - _ROUNDING) if named else np.minimum(was, LEAST_WEEK_HOURS)
    if (now >= least).all():
        return False
    at = next(name for name in ("hours", "capacity", "capacity_scale") if getattr(mod, name) is not None)
    notes.refuse(mod, at, "named_closure", _NAMED_LOSS, _NAMED_LOSS_HINT)
    return True


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


def _with(existing: np.ndarray[Any, Any], value: Any) -> np.ndarray[Any, Any]:
    dtype = str if existing.dtype.kind == "U" else existing.dtype
    return np.concatenate([existing, np.array([value], dtype)])
