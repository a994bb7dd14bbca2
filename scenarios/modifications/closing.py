"""Owns remove-facility: places that close, by name or, where they are clinics and hospitals, anonymously."""

from __future__ import annotations

import hashlib
import math
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.facilities import Facilities, FacilityKind
from geodata.units import BoolArray, IntArray
from scenarios.modifications.base import Closure, ModificationBase, Names, Notes, NotNegative, refuse
from scenarios.modifications.facility_rows import MEDICAL, district_of, named_facilities
from scenarios.modifications.selecting import select_districts
from sim.rng import unit_number

Hazard = Literal["equal", "owner-age"]
YOUNGEST_OWNER, OLDEST_OWNER = 30.0, 100.0


class RemoveFacility(ModificationBase):
    """
    Facilities that close: by `ids`, or anonymously by `category` and `count` (仮定の閉院).

    Notes
    -----
    Clinics and hospitals are never closed by name. `count` may have decimals (1.4 a year × 6 years) and is rounded
    half up. Who closes is drawn by the seed, the same in every scenario with it: a larger count closes the same ones
    and more. With `hazard: owner-age` every owner is drawn an age (real ages are not public) from a normal distribution
    with mean 64 (observed 2023), and closing grows likelier by `hazard_per_year` with each year of it; all alike in the
    mean, since nobody's own age is known. All of a place's clinics cannot close, for that would name them. Results tell
    districts, never names.
    """

    type: Literal["remove-facility"]
    ids: Names | None = Field(default=None, description="施設の id または名称（医療機関は不可）")
    category: FacilityKind | None = Field(default=None, description="施設の種類（無名の閉鎖）")
    count: NotNegative | None = Field(default=None, description="閉じる数（小数可、四捨五入）")
    districts: Names | None = Field(default=None, description="地区を限る")
    hazard: Hazard = Field(default="equal", description="閉じやすさ（equal = 一様, owner-age = 開業者の年齢による）")
    owner_age_mean: float = Field(default=64.0, ge=30, le=90, description="開業者の平均年齢（2023年の実測 64）")
    owner_age_sd: float = Field(default=10.0, ge=0, le=30, description="開業者の年齢の標準偏差（仮定）")
    hazard_per_year: float = Field(default=0.1, ge=0, le=1, description="1 歳ごとの閉じやすさの増え方（仮定）")

    @model_validator(mode="after")
    def _ages_of_anonymous_clinics(self) -> Any:
        if self.hazard == "owner-age" and self.category != FacilityKind.CLINIC:
            raise refuse(
                "owner_age",
                "hazard: owner-age は category: clinic のときだけです",
                "hazard: owner-age is for category: clinic only",
            )
        return self

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


NAMED_CLOSURE = Text(
    "実在の診療所・病院を名指しで閉じることはできません",
    "a real clinic or hospital is never closed by name",
)
NAMED_CLOSURE_HINT = Text(
    "category: clinic と count で「仮定の閉院」（無名）にしてください",
    "use category: clinic with count, which closes anonymously",
)


_ALL_CLOSE = Text(
    "該当する医療機関がすべて閉じ、どこが閉じたか分かってしまいます",
    "every clinic there would close, which names them",
)
_ALL_CLOSE_HINT = Text("count を減らすか、districts を広げてください", "lower count, or choose more districts")


def apply_remove_facility(city: City, mod: RemoveFacility, notes: Notes) -> City:
    """Return the city without some facilities."""
    if mod.ids is not None:
        gone = named_facilities(city, mod, mod.ids, notes)
        medical = np.isin(city.facilities.kind[gone], MEDICAL)
        if medical.any():
            notes.refuse(mod, "ids", "named_closure", NAMED_CLOSURE, NAMED_CLOSURE_HINT)
            return city
        notes.tell(mod, "facilities", f"{len(gone)} 施設を廃止", f"closed {len(gone)} facilities")
    else:
        gone = _anonymous(city, mod, notes)
    if not len(gone):
        return city
    keep = np.ones(city.facilities.n_facilities, bool)
    keep[gone] = False
    return city.replace(facilities=_kept(city.facilities, keep))


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
    if wanted and wanted == len(pool) and mod.category in MEDICAL:
        notes.refuse(mod, "count", "named_closure", _ALL_CLOSE, _ALL_CLOSE_HINT)
        return np.zeros(0, np.int32)
    gone = _drawn(facilities, pool, mod, notes.seed)[:wanted]
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


def _drawn(facilities: Facilities, pool: IntArray, mod: RemoveFacility, seed: int) -> IntArray:
    """Return facilities in the order in which they close."""
    ids = [str(name) for name in facilities.facility_id[pool].tolist()]
    if mod.hazard == "equal":
        return pool[np.argsort(np.array([closing_rank(seed, name) for name in ids], dtype="<U64"), kind="stable")]
    years = [closing_years(seed, name, mod.owner_age_mean, mod.owner_age_sd, mod.hazard_per_year) for name in ids]
    return pool[np.lexsort((np.array(ids), np.array(years)))]


def owner_age(seed: int, facility_id: str, mean: float, sd: float) -> float:
    """
    Return the age that is drawn for the owner of a clinic [years].

    Assumption: normal, within 30–100, one draw per seed and clinic; real ages are not public.
    """
    number = min(max(unit_number(seed, "owner age", facility_id), 1e-12), 1 - 1e-12)
    drawn = NormalDist(mean, sd).inv_cdf(number) if sd > 0 else mean
    return min(max(drawn, YOUNGEST_OWNER), OLDEST_OWNER)


def closing_years(seed: int, facility_id: str, mean: float, sd: float, per_year: float) -> float:
    """Return after how long a clinic closes: exponential, at a hazard that is 1 at the mean age and e^per_year more."""
    hazard = math.exp(per_year * (owner_age(seed, facility_id, mean, sd) - mean))
    return -math.log1p(-unit_number(seed, "closing", facility_id)) / hazard


def closing_rank(seed: int, facility_id: str) -> str:
    """Return a seeded rank that does not depend on the order of the list: the smallest closes first."""
    return hashlib.sha256(f"closure|{seed}|{facility_id}".encode()).hexdigest()


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
